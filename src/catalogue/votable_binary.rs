//! The rows of a VOTable in BINARY or BINARY2: big-endian values one behind another (VOTable 1.4, section 5.2).

use super::table::{Column, check_cells, too_long};
use super::votable_field::{Field, Form};
use crate::fits::numbers::{double_text, single_text};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Longest array whose values are kept as text. Longer ones are spectra or images.
const SHORT: usize = 16;

/// How many values a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Count {
    Fixed(usize),
    /// The number comes before the values, times this.
    Counted(usize),
}

/// `10`, `*`, `10*`, `3x4`, `3x*`.
fn count(arraysize: Option<&str>) -> Option<Count> {
    let Some(size) = arraysize.map(str::trim).filter(|size| !size.is_empty()) else {
        return Some(Count::Fixed(1));
    };
    let mut product = 1usize;
    let mut counted = false;
    let mut dimensions = size.split('x').peekable();
    while let Some(dimension) = dimensions.next() {
        if let Some(most) = dimension.strip_suffix('*') {
            if dimensions.peek().is_some() || !most.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            counted = true;
        } else {
            product = product.checked_mul(dimension.parse().ok()?)?;
        }
    }
    Some(if counted {
        Count::Counted(product)
    } else {
        Count::Fixed(product)
    })
}

/// Bytes of one value; `None` for unknown types. Bits are counted apart.
fn width(datatype: &str) -> Option<usize> {
    Some(match datatype {
        "boolean" | "unsignedByte" | "char" => 1,
        "short" | "unicodeChar" => 2,
        "int" | "float" => 4,
        "long" | "double" | "floatComplex" => 8,
        "doubleComplex" => 16,
        _ => return None,
    })
}

fn damaged(why: &str) -> Refusal {
    Refusal::new(
        format!("the VOTable's rows are damaged or cut short ({why})"),
        "ask the service for TABLEDATA or CSV",
    )
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Refusal> {
    let (cell, behind) = rest
        .split_at_checked(length)
        .ok_or_else(|| damaged("bytes are missing"))?;
    *rest = behind;
    Ok(cell)
}

/// Reads all rows into `columns`, one for each field. Returns sentences about cells that were left empty.
pub fn read(
    bytes: &[u8],
    form: Form,
    fields: &[Field],
    columns: &mut [Column],
    limits: &Limits,
) -> Result<Vec<String>, Refusal> {
    let mut shapes = Vec::new();
    for field in fields {
        let shape = count(field.arraysize.as_deref())
            .filter(|_| field.datatype == "bit" || width(&field.datatype).is_some())
            .ok_or_else(|| damaged(&format!("the type of `{}` is not understood", field.name)))?;
        shapes.push(shape);
    }
    let mut rest = bytes;
    let mut rows = 0;
    let mut left_out = vec![0usize; fields.len()];
    while !rest.is_empty() {
        let before = rest.len();
        rows += 1;
        check_cells(rows, columns.len(), limits)?;
        let flags = match form {
            Form::Binary => &[],
            Form::Binary2 => take(&mut rest, fields.len().div_ceil(8))?,
        };
        for (at, ((field, shape), column)) in fields.iter().zip(&shapes).zip(columns.iter_mut()).enumerate() {
            let count = match shape {
                Count::Fixed(count) => *count,
                Count::Counted(each) => {
                    let word = take(&mut rest, 4)?;
                    let count = word
                        .iter()
                        .fold(0usize, |value, byte| (value << 8) | usize::from(*byte));
                    count
                        .checked_mul(*each)
                        .ok_or_else(|| damaged("an array is longer than the file"))?
                }
            };
            let length = match width(&field.datatype) {
                Some(width) => count.checked_mul(width),
                None => Some(count.div_ceil(8)),
            };
            let cell = take(
                &mut rest,
                length.ok_or_else(|| damaged("an array is longer than the file"))?,
            )?;
            let is_null = flags
                .get(at / 8)
                .is_some_and(|flags| flags & (0x80 >> (at % 8)) != 0);
            let is_long = count > SHORT && !matches!(field.datatype.as_str(), "char" | "unicodeChar" | "bit");
            if is_long && let Some(left_out) = left_out.get_mut(at) {
                *left_out += 1;
            }
            let text = if is_null || is_long {
                String::new()
            } else {
                words(&field.datatype, cell, count)
            };
            let text = if field.null.as_deref() == Some(&text) {
                ""
            } else {
                &text
            };
            if !column.cells.push(text) {
                return Err(too_long(&field.name));
            }
        }
        if rest.len() == before {
            return Err(damaged("its rows hold nothing"));
        }
    }
    let listed = fields.iter().zip(left_out).filter(|(_, cells)| *cells > 0);
    Ok(listed
        .map(|(field, cells)| {
            format!(
                "{cells} cells of the column `{}` were left empty: they hold arrays of more than {SHORT} numbers",
                field.name
            )
        })
        .collect())
}

/// A cell as text.
fn words(datatype: &str, cell: &[u8], count: usize) -> String {
    match datatype {
        "char" => {
            let letters: Vec<u8> = cell.iter().copied().take_while(|byte| *byte != 0).collect();
            return String::from_utf8_lossy(&letters).trim().to_owned();
        }
        "unicodeChar" => {
            let (pairs, _) = cell.as_chunks::<2>();
            let letters: Vec<u16> = pairs
                .iter()
                .map(|pair| u16::from_be_bytes(*pair))
                .take_while(|letter| *letter != 0)
                .collect();
            return String::from_utf16_lossy(&letters).trim().to_owned();
        }
        // The standard puts a single bit first in its byte, astropy fifth.
        "bit" if count == 1 => {
            let set = cell.first().is_some_and(|byte| *byte != 0);
            return if set { "1".to_owned() } else { "0".to_owned() };
        }
        "bit" => {
            return (0..count)
                .map(|at| {
                    let set = cell
                        .get(at / 8)
                        .is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
                    if set { '1' } else { '0' }
                })
                .collect();
        }
        _ => {}
    }
    let doubles = |chunk: &[u8]| {
        chunk
            .first_chunk()
            .map_or_else(String::new, |c| double_text(f64::from_be_bytes(*c)))
    };
    let singles = |chunk: &[u8]| {
        chunk
            .first_chunk()
            .map_or_else(String::new, |c| single_text(f32::from_be_bytes(*c)))
    };
    let integers = |chunk: &[u8]| {
        let negative = chunk.len() > 1 && chunk.first().is_some_and(|top| *top > 127);
        let start = if negative { -1i64 } else { 0 };
        chunk
            .iter()
            .fold(start, |value, byte| (value << 8) | i64::from(*byte))
            .to_string()
    };
    let truths = |chunk: &[u8]| match chunk.first() {
        Some(b'T' | b't' | b'1') => "true".to_owned(),
        Some(b'F' | b'f' | b'0') => "false".to_owned(),
        _ => String::new(),
    };
    let each = match datatype {
        "floatComplex" => 4,
        "doubleComplex" => 8,
        other => width(other).unwrap_or(1),
    };
    let parts: Vec<String> = cell
        .chunks(each)
        .map(|chunk| match datatype {
            "boolean" => truths(chunk),
            "double" | "doubleComplex" => doubles(chunk),
            "float" | "floatComplex" => singles(chunk),
            _ => integers(chunk),
        })
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn array_sizes_are_read() {
        assert_eq!(count(None), Some(Count::Fixed(1)));
        assert_eq!(count(Some("10")), Some(Count::Fixed(10)));
        assert_eq!(count(Some("*")), Some(Count::Counted(1)));
        assert_eq!(count(Some("32*")), Some(Count::Counted(1)));
        assert_eq!(count(Some("3x4")), Some(Count::Fixed(12)));
        assert_eq!(count(Some("3x*")), Some(Count::Counted(3)));
        assert_eq!(count(Some("*x3")), None);
        assert_eq!(count(Some("99999999999999999999")), None);
    }

    #[test]
    fn values_are_written() {
        assert_eq!(words("short", &[255, 254], 1), "-2");
        assert_eq!(words("unsignedByte", &[255], 1), "255");
        assert_eq!(words("float", &8.25f32.to_be_bytes(), 1), "8.25");
        assert_eq!(words("double", &f64::NAN.to_be_bytes(), 1), "");
        assert_eq!(words("char", b"M 51\0\0", 6), "M 51");
        assert_eq!(words("boolean", b"TF?", 3), "true false ");
        assert_eq!(words("bit", &[0b1010_0000], 3), "101");
    }

    #[test]
    fn a_spectrum_is_no_cell() {
        let field = |name: &str, arraysize: Option<&str>| Field {
            name: name.to_owned(),
            datatype: "int".to_owned(),
            arraysize: arraysize.map(str::to_owned),
            ..Field::default()
        };
        let fields = [field("id", None), field("flux", Some("100"))];
        let mut columns = vec![Column::default(), Column::default()];
        let row = [0; 404];
        let remarks = read(&row, Form::Binary, &fields, &mut columns, &Limits::default()).unwrap();
        assert_eq!(
            columns
                .iter()
                .map(|column| column.cells.get(0))
                .collect::<Vec<_>>(),
            [Some("0"), Some("")]
        );
        assert!(remarks[0].contains("1 cells of the column `flux`"), "{remarks:?}");
    }
}
