//! The cells of a binary table, as far as tile-compressed images need them.

use super::header::Header;

/// Largest number of columns that a table may have.
const COLUMNS: i64 = 999;

/// A column of the table: where its cell lies in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    offset: usize,
    /// `P` or `Q` for arrays in the heap, else the type's letter.
    code: u8,
    /// The type of the array's elements.
    element: u8,
}

/// The rows of a table and the heap behind them.
pub(super) struct Table<'a> {
    rows: &'a [u8],
    row: usize,
    heap: &'a [u8],
    columns: Vec<(String, Column)>,
}

impl<'a> Table<'a> {
    /// Checks a table's layout against its bytes.
    pub(super) fn new(header: &Header, data: &'a [u8]) -> Result<Self, String> {
        let length = |name: &str| header.int(name).and_then(|n| usize::try_from(n).ok());
        let (row, rows) = length("NAXIS1")
            .zip(length("NAXIS2"))
            .ok_or("NAXIS1 or NAXIS2 is missing")?;
        let main = row
            .checked_mul(rows)
            .filter(|main| *main <= data.len())
            .ok_or("its table is cut short")?;
        let heap = length("THEAP").unwrap_or(main);
        let heap = data.get(heap..).ok_or("its heap (THEAP) lies outside the file")?;
        let fields = header
            .int("TFIELDS")
            .filter(|n| (0..=COLUMNS).contains(n))
            .ok_or("TFIELDS makes no sense")?;
        let mut columns = Vec::new();
        let mut offset = 0usize;
        for field in 1..=fields {
            let form = header
                .text(&format!("TFORM{field}"))
                .ok_or_else(|| format!("TFORM{field} is missing"))?;
            let (column, width) =
                column(form, offset).ok_or_else(|| format!("TFORM{field} = '{form}' is not understood"))?;
            let name = header
                .text(&format!("TTYPE{field}"))
                .unwrap_or_default()
                .to_ascii_uppercase();
            columns.push((name, column));
            offset = offset
                .checked_add(width)
                .filter(|end| *end <= row)
                .ok_or("its columns are wider than its rows")?;
        }
        Ok(Self {
            rows: data.get(..main).unwrap_or_default(),
            row,
            heap,
            columns,
        })
    }

    /// The column of that name.
    pub(super) fn find(&self, name: &str) -> Option<Column> {
        self.columns
            .iter()
            .find(|(column, _)| column == name)
            .map(|(_, column)| *column)
    }

    fn cell<const N: usize>(&self, row: usize, column: Column) -> Option<[u8; N]> {
        let start = row.checked_mul(self.row)?.checked_add(column.offset)?;
        self.rows.get(start..start.checked_add(N)?)?.try_into().ok()
    }

    /// The bytes of a cell that holds an array in the heap.
    pub(super) fn array(&self, row: usize, column: Column) -> Option<&'a [u8]> {
        let (count, offset) = match column.code {
            b'P' => {
                let cell = u64::from_be_bytes(self.cell(row, column)?);
                ((cell >> 32) as usize, (cell & 0xffff_ffff) as usize)
            }
            b'Q' => {
                let cell = u128::from_be_bytes(self.cell(row, column)?);
                (
                    usize::try_from(cell >> 64).ok()?,
                    usize::try_from(cell & u128::from(u64::MAX)).ok()?,
                )
            }
            _ => return None,
        };
        let length = count.checked_mul(width_of(column.element)?)?;
        self.heap.get(offset..offset.checked_add(length)?)
    }

    /// The number in a cell.
    pub(super) fn number(&self, row: usize, column: Column) -> Option<f64> {
        Some(match column.code {
            b'D' => f64::from_be_bytes(self.cell(row, column)?),
            b'E' => f64::from(f32::from_be_bytes(self.cell(row, column)?)),
            b'J' => f64::from(i32::from_be_bytes(self.cell(row, column)?)),
            b'I' => f64::from(i16::from_be_bytes(self.cell(row, column)?)),
            b'K' => i64::from_be_bytes(self.cell(row, column)?) as f64,
            _ => return None,
        })
    }
}

fn width_of(code: u8) -> Option<usize> {
    Some(match code {
        b'L' | b'B' | b'A' => 1,
        b'I' => 2,
        b'J' | b'E' => 4,
        b'K' | b'D' | b'C' | b'P' => 8,
        b'M' | b'Q' => 16,
        _ => return None,
    })
}

/// Reads a TFORM like `1PB(2880)`, `D` or `16A`. Returns the column and its width in a row.
fn column(form: &str, offset: usize) -> Option<(Column, usize)> {
    let digits = form.len() - form.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let repeat = if digits == 0 {
        1
    } else {
        form.get(..digits)?.parse::<usize>().ok()?
    };
    let mut letters = form.bytes().skip(digits);
    let code = letters.next()?;
    let width = if code == b'X' {
        repeat.div_ceil(8)
    } else {
        width_of(code)?.checked_mul(repeat)?
    };
    Some((
        Column {
            offset,
            code,
            element: letters.next().unwrap_or(code),
        },
        width,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let width = |form: &str| column(form, 0).map(|(_, width)| width);
        assert_eq!(width("1PB(2880)"), Some(8));
        assert_eq!(width("QB"), Some(16));
        assert_eq!(width("3D"), Some(24));
        assert_eq!(width("12X"), Some(2));
        assert_eq!(width("99999999999999999999B"), None);
        assert_eq!(width("18446744073709551615D"), None);
        assert_eq!(width(""), None);
    }
}
