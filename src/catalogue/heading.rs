//! Whether the first row of a table of text names the columns or is data.

/// Endings of files that hold galaxies: a cell that ends so names a file, not a column.
const FILES: [&str; 19] = [
    ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".fits", ".fit", ".fts", ".gz", ".fz", ".npy", ".npz", ".h5",
    ".hdf5", ".webp", ".bmp", ".gif", ".pgm", ".ppm",
];

/// True for a number, also with a comma for its point.
pub fn is_number(cell: &str) -> bool {
    let is = |text: &str| text.parse::<f64>().is_ok_and(f64::is_finite);
    is(cell) || cell.contains(',') && !cell.contains('.') && is(&cell.replacen(',', ".", 1))
}

/// True for the name of a file with pictures.
fn is_file(cell: &str) -> bool {
    let cell = cell.to_ascii_lowercase();
    FILES
        .iter()
        .any(|ending| cell.ends_with(ending) && cell.len() > ending.len())
}

/// True when the first row is data: it holds a number, the name of a file, or a word that stands further down in the same
/// column. `rows` are the first rows of the table.
pub fn is_data(rows: &[Vec<String>]) -> bool {
    let Some((first, below)) = rows.split_first() else {
        return false;
    };
    let in_column = |at: usize| {
        below
            .iter()
            .filter_map(move |row| row.get(at))
            .filter(|cell| !cell.is_empty())
    };
    first
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.is_empty())
        .any(|(at, cell)| {
            // Columns may be numbered: `0,1,2` over words.
            let is_data_number =
                is_number(cell) && (below.is_empty() || in_column(at).any(|cell| is_number(cell)));
            is_data_number || is_file(cell) || in_column(at).any(|other| other == cell)
        })
}

/// True for the line that VizieR and others draw under the names: `-------|-----`.
pub fn is_rule(row: &[String]) -> bool {
    let mut cells = row.iter().filter(|cell| !cell.is_empty()).peekable();
    cells.peek().is_some()
        && cells
            .all(|cell| cell.len() > 1 && cell.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'+' | b':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let cells = |line: &str| line.split(',').map(str::to_owned).collect();
        text.lines().map(cells).collect()
    }

    #[test]
    fn data_is_told_from_names() {
        for data in [
            "gal_a.png,spiral\ngal_b.png,ring",
            "gal_a,spiral\ngal_b,ring\ngal_c,spiral",
            "1237648720693755918,spiral\n1237648720693755919,ring",
            "M 51,0.003\nM 101,0.001",
            "a/b.FITS.gz,x\nc,y",
        ] {
            assert!(is_data(&rows(data)), "{data}");
        }
        for names in [
            "file,class\ngal_a.png,spiral\ngal_b.png,spiral",
            "name,ra\nM 51,202.4",
            "0,1\na,spiral\nb,ring",
            "file,class",
            "",
        ] {
            assert!(!is_data(&rows(names)), "{names}");
        }
        assert!(is_rule(&rows("-----,----")[0]) && !is_rule(&rows("-,5")[0]) && !is_rule(&rows(",")[0]));
    }
}
