//! Tables whose columns are separated by blanks, with names in the first row, in a comment, or as SExtractor lists them.

use std::collections::BTreeMap;

use super::heading::is_number;

/// Lines that are looked at to tell such a table.
const SAMPLE: usize = 50;

/// Cells that blanks part. Quotes hold words together.
pub fn cells(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut letters = line.trim().chars().peekable();
    while let Some(first) = letters.peek().copied() {
        if first.is_whitespace() {
            letters.next();
            continue;
        }
        let mut cell = String::new();
        if first == '"' || first == '\'' {
            letters.next();
            for letter in letters.by_ref() {
                if letter == first {
                    break;
                }
                cell.push(letter);
            }
        } else {
            while let Some(letter) = letters.next_if(|letter| !letter.is_whitespace()) {
                cell.push(letter);
            }
        }
        found.push(cell);
    }
    found
}

fn is_row(line: &&str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with('#')
}

/// True when almost all lines have equally many cells, at least two, and one of them is a number or the name of a file:
/// prose is no table.
pub fn is_table(text: &str) -> bool {
    if sextractor(text).is_some() {
        return true;
    }
    let rows: Vec<Vec<String>> = text.lines().filter(is_row).take(SAMPLE).map(cells).collect();
    let Some(last) = rows.last().map(Vec::len) else {
        return false;
    };
    let same = rows.iter().filter(|row| row.len() == last).count();
    let names_things = |row: &Vec<String>| {
        row.iter()
            .any(|cell| is_number(cell) || cell.contains('.') || cell.contains('_'))
    };
    let speaking = rows.iter().skip(1).filter(|row| names_things(row)).count();
    last > 1 && rows.len() > 1 && same * 10 >= rows.len() * 9 && speaking * 10 >= (rows.len() - 1) * 9
}

/// A list of columns at the head of a SExtractor catalogue: `#   1 NUMBER   Running object number   [unit]`. A column that
/// holds several values takes as many numbers. Returns names and units.
pub fn sextractor(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut listed: BTreeMap<usize, (String, Option<String>)> = BTreeMap::new();
    for line in text.lines().take_while(|line| line.starts_with('#')) {
        let mut words = line.trim_start_matches('#').split_whitespace();
        let (Some(Ok(number)), Some(name)) = (words.next().map(str::parse::<usize>), words.next()) else {
            return None;
        };
        let unit = line
            .trim_end()
            .strip_suffix(']')
            .and_then(|line| line.rsplit_once('['));
        listed.insert(
            number,
            (name.to_owned(), unit.map(|(_, unit)| unit.trim().to_owned())),
        );
    }
    let width = text.lines().find(is_row).map(|line| cells(line).len())?;
    if listed.first_key_value().map(|(number, _)| *number) != Some(1)
        || listed.keys().any(|number| *number > width)
    {
        return None;
    }
    let mut names = Vec::with_capacity(width);
    let (mut base, mut unit, mut first) = (String::new(), None, 1);
    for number in 1..=width {
        if let Some((name, of)) = listed.get(&number) {
            (base, unit, first) = (name.clone(), of.clone(), number);
        }
        let name = match number - first {
            0 => base.clone(),
            more => format!("{base}_{more}"),
        };
        names.push((name, unit.clone()));
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_part_cells() {
        assert_eq!(
            cells("  1  \"NGC 5194\"\t'a b' x "),
            ["1", "NGC 5194", "a b", "x"]
        );
        assert!(is_table("id ra dec\n1 10.5 2\n2 11.5 3\n"));
        assert!(is_table("gal_a.png spiral\ngal_b.png ring\n"));
        assert!(!is_table(
            "This is a read me.\nIt has lines\nof words and nothing else that counts.\n"
        ));
        assert!(
            !is_table("one two\nthree four\nfive six\n"),
            "words alone are prose"
        );
    }

    #[test]
    fn columns_of_sextractor_are_read() {
        let text = "#   1 NUMBER    Running object number\n#   2 MAG_APER  Fixed aperture magnitude vector  [mag]\n#   4 ALPHA_J2000 Right \
                    ascension [deg]\n  1 12.5 12.7 180.25\n";
        let names: Vec<String> = sextractor(text)
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["NUMBER", "MAG_APER", "MAG_APER_1", "ALPHA_J2000"]);
        assert_eq!(sextractor(text).unwrap()[3].1.as_deref(), Some("deg"));
        assert_eq!(sextractor("# id ra\n1 2\n"), None);
    }
}
