//! The cells of a binary table: what tile-compressed images, tables of galaxies, of codes and of facts all need.

use super::header::Header;
use super::numbers::{Number, Scaling, double_text, integers, single_text};

/// Largest number of columns that a table may have.
const COLUMNS: i64 = 999;
/// Longest array whose values are shown as text. Longer ones are spectra or images.
const SHORT: usize = 16;

/// A column of a table: where its cell lies in a row, and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    /// TTYPE, as it is written.
    pub name: String,
    /// Elements in one cell; of a column of arrays in the heap 0 or 1.
    pub repeat: usize,
    /// `P` or `Q` for arrays in the heap, else the type's letter.
    pub code: u8,
    /// The type's letter of the elements.
    pub element: u8,
    /// TDIM: the shape of a cell, the fastest axis first.
    pub dims: Option<Vec<u64>>,
    /// TSCAL, TZERO and TNULL.
    pub scaling: Scaling,
    offset: usize,
    width: usize,
}

impl Column {
    /// The type of the elements, if they are numbers.
    pub(crate) fn number(&self) -> Option<Number> {
        Number::of_letter(self.element)
    }

    /// True when cells hold arrays of any length, in the heap.
    pub(crate) fn is_array(&self) -> bool {
        matches!(self.code, b'P' | b'Q')
    }

    /// True when its cells can be shown as text: words, bits, or a few numbers.
    pub(crate) fn is_shown(&self) -> bool {
        self.element == b'A' || (!self.is_array() && (self.code == b'X' || self.repeat <= SHORT))
    }

    /// The name for display.
    pub(crate) fn label(&self, number: usize) -> String {
        if self.name.is_empty() {
            format!("column {number}")
        } else {
            self.name.clone()
        }
    }
}

/// The rows of a table and the heap behind them.
pub(crate) struct Table<'a> {
    /// How many rows there are.
    pub rows: usize,
    /// The columns, in the order of the file.
    pub columns: Vec<Column>,
    main: &'a [u8],
    row: usize,
    heap: &'a [u8],
}

impl<'a> Table<'a> {
    /// Checks a table's layout against its bytes.
    ///
    /// # Errors
    /// A sentence that names what is not valid.
    pub(crate) fn new(header: &Header, data: &'a [u8]) -> Result<Self, String> {
        Self::open(header, data, true)
    }

    /// The same of a table of which only the beginning is at hand: its rows are those that are there.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub(crate) fn beginning(header: &Header, data: &'a [u8]) -> Result<Self, String> {
        Self::open(header, data, false)
    }

    fn open(header: &Header, data: &'a [u8], is_whole: bool) -> Result<Self, String> {
        let length = |name: &str| header.int(name).and_then(|n| usize::try_from(n).ok());
        let (row, mut rows) = length("NAXIS1")
            .zip(length("NAXIS2"))
            .ok_or("NAXIS1 or NAXIS2 is missing")?;
        if !is_whole {
            rows = rows.min(data.len().checked_div(row).unwrap_or(0));
        }
        let main = row
            .checked_mul(rows)
            .filter(|main| *main <= data.len())
            .ok_or("its table is cut short")?;
        let heap = length("THEAP").unwrap_or(main);
        let heap = match data.get(heap..) {
            None if is_whole => return Err("its heap (THEAP) lies outside the file".to_owned()),
            heap => heap.unwrap_or_default(),
        };
        let fields = header
            .int("TFIELDS")
            .filter(|n| (0..=COLUMNS).contains(n))
            .ok_or("TFIELDS is not valid")?;
        let mut columns = Vec::new();
        let mut offset = 0usize;
        for field in 1..=fields {
            let form = header
                .text(&format!("TFORM{field}"))
                .ok_or_else(|| format!("TFORM{field} is missing"))?;
            let mut column =
                column(form).ok_or_else(|| format!("TFORM{field} = '{form}' is not understood"))?;
            column.name = header
                .text(&format!("TTYPE{field}"))
                .unwrap_or_default()
                .to_owned();
            column.dims = header.text(&format!("TDIM{field}")).and_then(dims);
            column.scaling = Scaling {
                scale: header.float(&format!("TSCAL{field}")).unwrap_or(1.0),
                zero: header.float(&format!("TZERO{field}")).unwrap_or(0.0),
                blank: header.int(&format!("TNULL{field}")),
            };
            column.offset = offset;
            offset = offset
                .checked_add(column.width)
                .filter(|end| *end <= row)
                .ok_or("its columns are wider than its rows")?;
            columns.push(column);
        }
        Ok(Self {
            // Rows of no bytes would cost nothing and last forever.
            rows: if row == 0 { 0 } else { rows },
            columns,
            main: data.get(..main).unwrap_or_default(),
            row,
            heap,
        })
    }

    /// The column of that name, in capitals or not.
    pub(crate) fn find(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The bytes that a row holds for a column; a descriptor for arrays in the heap.
    fn cell(&self, row: usize, column: &Column) -> Option<&'a [u8]> {
        let start = row.checked_mul(self.row)?.checked_add(column.offset)?;
        self.main.get(start..start.checked_add(column.width)?)
    }

    /// Where an array lies in the heap: the number of its elements and its first byte.
    fn descriptor(&self, row: usize, column: &Column) -> Option<(usize, usize)> {
        let cell = self.cell(row, column)?;
        Some(match column.code {
            _ if column.repeat == 0 => (0, 0),
            b'P' => {
                let (words, _) = cell.as_chunks::<4>();
                let [count, offset, ..] = words else { return None };
                (
                    u32::from_be_bytes(*count) as usize,
                    u32::from_be_bytes(*offset) as usize,
                )
            }
            b'Q' => {
                let (words, _) = cell.as_chunks::<8>();
                let [count, offset, ..] = words else { return None };
                (
                    usize::try_from(u64::from_be_bytes(*count)).ok()?,
                    usize::try_from(u64::from_be_bytes(*offset)).ok()?,
                )
            }
            _ => return None,
        })
    }

    /// The elements of a cell as bytes, from the row or from the heap. `None` when they lie outside the file.
    pub(crate) fn bytes(&self, row: usize, column: &Column) -> Option<&'a [u8]> {
        if !column.is_array() {
            return self.cell(row, column);
        }
        let (count, offset) = self.descriptor(row, column)?;
        if count == 0 {
            return Some(&[]);
        }
        let length = count.checked_mul(width_of(column.element)?)?;
        self.heap.get(offset..offset.checked_add(length)?)
    }

    /// How many elements a cell has.
    pub(crate) fn count(&self, row: usize, column: &Column) -> Option<usize> {
        if column.is_array() {
            self.descriptor(row, column).map(|(count, _)| count)
        } else {
            Some(column.repeat)
        }
    }

    /// The first number of a cell as it is stored, if it is an integer.
    pub(crate) fn stored(&self, row: usize, column: &Column) -> Option<i64> {
        let number = column.number().filter(|number| number.is_integer())?;
        integers(self.bytes(row, column)?, number.width()).next()
    }

    /// The first number of a cell, with TSCAL and TZERO; `None` where it is TNULL or NaN.
    pub(crate) fn number(&self, row: usize, column: &Column) -> Option<f64> {
        let scaling = &column.scaling;
        let bytes = self.bytes(row, column)?;
        let value = match column.number()? {
            Number::F32 => f64::from(f32::from_be_bytes(*bytes.first_chunk()?)),
            Number::F64 => f64::from_be_bytes(*bytes.first_chunk()?),
            _ => self
                .stored(row, column)
                .filter(|stored| Some(*stored) != scaling.blank)? as f64,
        };
        Some(value * scaling.scale + scaling.zero).filter(|value| value.is_finite())
    }

    /// The numbers of a cell as integers, exact, each `None` where it is TNULL. `None` for other columns.
    pub(crate) fn integers(
        &self,
        row: usize,
        column: &Column,
    ) -> Option<impl Iterator<Item = Option<i128>> + use<'a>> {
        let (zero, blank) = (whole(column)?, column.scaling.blank);
        let stored = integers(self.bytes(row, column)?, column.number()?.width());
        Some(stored.map(move |stored| (Some(stored) != blank).then(|| i128::from(stored) + zero)))
    }

    /// The first number of a cell as an integer, exact. `None` when it does not fit 64 bits with a sign.
    pub(crate) fn integer(&self, row: usize, column: &Column) -> Option<i64> {
        i64::try_from(self.integers(row, column)?.next()??).ok()
    }

    /// A cell for display: text, numbers with blanks between them, `true` and `false`, bits as 0 and 1. `None` when it
    /// holds nothing, or more than a few things.
    pub(crate) fn text(&self, row: usize, column: &Column) -> Option<String> {
        if !column.is_shown() {
            return None;
        }
        let bytes = self.bytes(row, column)?;
        let text = match column.element {
            b'A' => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
                let printable = text.chars().filter(|letter| !letter.is_control());
                printable.collect::<String>().trim().to_owned()
            }
            b'X' => {
                let is_set = |at: usize| {
                    let byte = bytes.get(at / 8);
                    byte.is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0)
                };
                (0..column.repeat)
                    .map(|at| if is_set(at) { '1' } else { '0' })
                    .collect()
            }
            letter => {
                // Of a complex number both parts are shown.
                let width = match letter {
                    b'C' => 4,
                    b'M' => 8,
                    other => width_of(other)?,
                };
                let parts = bytes.chunks_exact(width).map(|bytes| element(bytes, column));
                parts.collect::<Vec<_>>().join(" ")
            }
        };
        (!text.trim().is_empty()).then_some(text)
    }
}

/// One value of a cell as text; nothing where there is none.
fn element(bytes: &[u8], column: &Column) -> String {
    let Scaling { scale, zero, blank } = column.scaling;
    let float = |stored: f64| double_text(stored * scale + zero);
    match column.element {
        b'L' => match bytes.first() {
            Some(b'T') => "true".to_owned(),
            Some(b'F') => "false".to_owned(),
            _ => String::new(),
        },
        b'E' | b'C' => match bytes.first_chunk().map(|bytes| f32::from_be_bytes(*bytes)) {
            // The shortest digits of single precision, not those of the double nearest to it.
            Some(value) if scale == 1.0 && zero == 0.0 => single_text(value),
            value => value.map_or_else(String::new, |value| float(f64::from(value))),
        },
        b'D' | b'M' => match bytes.first_chunk().map(|bytes| f64::from_be_bytes(*bytes)) {
            Some(value) => float(value),
            None => String::new(),
        },
        _ => match integers(bytes, bytes.len()).next() {
            Some(stored) if Some(stored) == blank => String::new(),
            // Unsigned columns are stored with an offset of up to 2^63: whole numbers stay exact.
            Some(stored) => whole(column).map_or_else(
                || float(stored as f64),
                |zero| (i128::from(stored) + zero).to_string(),
            ),
            None => String::new(),
        },
    }
}

/// What is added to a column's stored integers, when the result is an integer too.
pub(crate) fn whole(column: &Column) -> Option<i128> {
    let Scaling { scale, zero, .. } = column.scaling;
    let fits = column.number()?.is_integer() && scale == 1.0 && libm::trunc(zero) == zero;
    (fits && zero.abs() < 1e19).then_some(zero as i128)
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

/// Reads a TFORM like `1PB(2880)`, `D` or `16A`. The name and the place are still to come.
fn column(form: &str) -> Option<Column> {
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
    let element = match code {
        b'P' | b'Q' => letters.next()?,
        _ => code,
    };
    Some(Column {
        name: String::new(),
        repeat,
        code,
        element,
        dims: None,
        scaling: Scaling {
            scale: 1.0,
            zero: 0.0,
            blank: None,
        },
        offset: 0,
        width,
    })
}

/// Reads a TDIM like `(64,64)`.
fn dims(text: &str) -> Option<Vec<u64>> {
    let inside = text.trim().strip_prefix('(')?.strip_suffix(')')?;
    inside
        .split(',')
        .map(|length| length.trim().parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read() {
        let width = |form: &str| column(form).map(|column| column.width);
        assert_eq!(width("1PB(2880)"), Some(8));
        assert_eq!(width("QB"), Some(16));
        assert_eq!(width("3D"), Some(24));
        assert_eq!(width("12X"), Some(2));
        assert_eq!(width("0A"), Some(0));
        assert_eq!(width("99999999999999999999B"), None);
        assert_eq!(width("18446744073709551615D"), None);
        assert_eq!(width("P"), None);
        assert_eq!(width(""), None);
        assert_eq!(dims("(64, 32,3)"), Some(vec![64, 32, 3]));
        assert_eq!(dims("64,32"), None);
        assert_eq!(dims("(64,-32)"), None);
    }
}
