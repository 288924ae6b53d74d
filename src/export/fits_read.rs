//! Reads a FITS table of codes, ours or the reference's, with integer columns of any width.

use super::features::{Features, FeaturesError};
use super::fits::{BLOCK, CARD, ID_COLUMN};

/// One header: its keywords and values as text, and where the next thing begins.
struct Header<'a> {
    cards: Vec<(&'a str, String)>,
    end: usize,
}

/// One column.
struct Column {
    name: String,
    /// First byte in the row.
    offset: usize,
    /// Bytes of one value.
    bytes: usize,
    /// Values in one row.
    repeat: usize,
    /// Added to each value (unsigned columns are stored with an offset).
    zero: i128,
}

/// Reads ids and codes from the first binary table of a FITS file. Ids are the column `sdss_objid`; all other columns
/// are codes, in the order of the file, as the reference takes them.
///
/// # Errors
/// [`FeaturesError`] says what is wrong and what to do.
pub(super) fn read_fits(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let mut start = 0;
    while start < bytes.len() {
        let header = Header::read(bytes, start)?;
        if header.text("XTENSION") == Some("BINTABLE") && header.text("ZIMAGE").is_none() {
            return table(&header, bytes);
        }
        let size = header.data_size()?;
        let next = size
            .div_ceil(BLOCK)
            .checked_mul(BLOCK)
            .and_then(|size| header.end.checked_add(size));
        start = next.ok_or_else(|| wrong("NAXIS"))?;
    }
    Err(FeaturesError::NoTable)
}

fn wrong(key: &str) -> FeaturesError {
    FeaturesError::Header { key: key.to_owned() }
}

impl<'a> Header<'a> {
    fn read(bytes: &'a [u8], start: usize) -> Result<Self, FeaturesError> {
        let mut cards = Vec::new();
        let mut at = start;
        loop {
            let card = bytes.get(at..at + CARD).ok_or(FeaturesError::Truncated {
                found: bytes.len(),
                needed: at + CARD,
            })?;
            at += CARD;
            let card = std::str::from_utf8(card)
                .ok()
                .ok_or_else(|| wrong("text (not ASCII)"))?;
            // All ASCII here, or else the split could fall inside a letter: then there is no such keyword.
            let (key, rest) = card.split_at_checked(8).unwrap_or((card, ""));
            if key.trim_end() == "END" {
                break;
            }
            if let Some(rest) = rest.strip_prefix("= ") {
                cards.push((key.trim_end(), value(rest)));
            }
        }
        Ok(Self {
            cards,
            end: at.div_ceil(BLOCK) * BLOCK,
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.cards
            .iter()
            .find(|card| card.0 == key)
            .map(|card| card.1.as_str())
    }

    fn integer(&self, key: &str) -> Result<usize, FeaturesError> {
        self.text(key)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| wrong(key))
    }

    /// Bytes of data after the header, without padding.
    fn data_size(&self) -> Result<usize, FeaturesError> {
        let axes = self.integer("NAXIS")?;
        if axes == 0 {
            return Ok(0);
        }
        let bits: i64 = self
            .text("BITPIX")
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| wrong("BITPIX"))?;
        let mut values = 1_usize;
        for axis in 1..=axes.min(999) {
            let side = self.integer(&format!("NAXIS{axis}"))?;
            values = values.checked_mul(side).ok_or_else(|| wrong("NAXIS"))?;
        }
        let more = self.integer("PCOUNT").unwrap_or(0);
        let times = self.integer("GCOUNT").unwrap_or(1);
        let total = values
            .checked_add(more)
            .and_then(|values| values.checked_mul(times));
        let bytes_each = usize::try_from(bits.unsigned_abs() / 8).unwrap_or(usize::MAX);
        total
            .and_then(|total| total.checked_mul(bytes_each))
            .ok_or_else(|| wrong("NAXIS"))
    }

    /// The columns in the order of the file.
    fn columns(&self) -> Result<Vec<Column>, FeaturesError> {
        let fields = self.integer("TFIELDS")?;
        let mut columns = Vec::new();
        let mut offset = 0_usize;
        for index in 1..=fields.min(999) {
            let key = format!("TFORM{index}");
            let form = self.text(&key).ok_or_else(|| wrong(&key))?.to_owned();
            let name = self
                .text(&format!("TTYPE{index}"))
                .map_or_else(|| format!("column {index}"), String::from);
            let digits = form.find(|c: char| !c.is_ascii_digit()).unwrap_or(form.len());
            let (repeat, letter) = form.split_at(digits);
            let repeat: usize = if repeat.is_empty() {
                1
            } else {
                repeat.parse().ok().ok_or_else(|| wrong(&key))?
            };
            let bytes = match letter {
                "B" => 1,
                "I" => 2,
                "J" => 4,
                "K" => 8,
                _ => return Err(FeaturesError::NotInteger { column: name, form }),
            };
            let scale = self.text(&format!("TSCAL{index}")).unwrap_or("1");
            let zero_key = format!("TZERO{index}");
            let zero = self.text(&zero_key).unwrap_or("0");
            let scaled = scale.parse() != Ok(1.0_f64);
            let zero: i128 = whole_number(zero).ok_or_else(|| wrong(&zero_key))?;
            if scaled {
                return Err(FeaturesError::NotInteger {
                    column: name,
                    form: format!("{form}, scaled by {scale}"),
                });
            }
            columns.push(Column {
                name,
                offset,
                bytes,
                repeat,
                zero,
            });
            offset = repeat
                .checked_mul(bytes)
                .and_then(|size| offset.checked_add(size))
                .ok_or_else(|| wrong(&key))?;
        }
        if self.integer("NAXIS1")? != offset {
            return Err(wrong("NAXIS1"));
        }
        Ok(columns)
    }
}

/// A card's value as text: without quotes and comment.
fn value(text: &str) -> String {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('\'') else {
        return text.split('/').next().unwrap_or("").trim().to_owned();
    };
    let mut out = String::new();
    let mut chars = quoted.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\'', Some('\'')) => {
                out.push('\'');
                chars.next();
            }
            ('\'', _) => break,
            _ => out.push(c),
        }
    }
    out.trim_end().to_owned()
}

/// A whole number, also when it is written as 32768.0.
fn whole_number(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction
        .bytes()
        .all(|digit| digit == b'0')
        .then(|| whole.parse().ok())?
}

/// A big-endian integer of 1, 2, 4 or 8 bytes; single bytes have no sign in FITS.
fn integer(cell: &[u8]) -> i64 {
    let negative = cell.len() > 1 && cell.first().is_some_and(|&top| top > 127);
    cell.iter()
        .fold(if negative { -1 } else { 0 }, |value: i64, &byte| {
            (value << 8) | i64::from(byte)
        })
}

fn table(header: &Header<'_>, bytes: &[u8]) -> Result<Features, FeaturesError> {
    let columns = header.columns()?;
    let is_id = |column: &Column| column.name.eq_ignore_ascii_case(ID_COLUMN) && column.repeat == 1;
    let Some(id_column) = columns.iter().find(|column| is_id(column)) else {
        let found: Vec<&str> = columns
            .iter()
            .map(|column| column.name.as_str())
            .take(8)
            .collect();
        return Err(FeaturesError::NoIds {
            found: found.join(", "),
        });
    };
    let width: usize = columns
        .iter()
        .filter(|column| !is_id(column))
        .map(|column| column.repeat)
        .sum();
    if width == 0 {
        return Err(FeaturesError::NoCodes);
    }
    let (row_size, rows) = (header.integer("NAXIS1")?, header.integer("NAXIS2")?);
    let size = row_size.checked_mul(rows).ok_or_else(|| wrong("NAXIS2"))?;
    let needed = header.end.checked_add(size).ok_or_else(|| wrong("NAXIS2"))?;
    let data = bytes.get(header.end..needed).ok_or(FeaturesError::Truncated {
        found: bytes.len(),
        needed,
    })?;

    let mut features = Features {
        ids: Vec::with_capacity(rows),
        codes: Vec::with_capacity(rows * width),
        width,
    };
    for (row, cells) in data.chunks_exact(row_size).enumerate() {
        let id = i128::from(integer(&cells[id_column.offset..][..id_column.bytes])) + id_column.zero;
        // Ids above 2^63 (unsigned columns) keep their bits.
        features.ids.push(id as i64);
        for column in columns.iter().filter(|column| !is_id(column)) {
            let values = &cells[column.offset..][..column.bytes * column.repeat];
            for cell in values.chunks_exact(column.bytes) {
                let value = i128::from(integer(cell)) + column.zero;
                let Ok(code) = u8::try_from(value) else {
                    let (column, row, value) = (column.name.clone(), row + 1, value as i64);
                    return Err(FeaturesError::CodeRange { column, row, value });
                };
                features.codes.push(code);
            }
        }
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::super::{FeatureFormat, features_fits, read_features};
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        features_fits(&[7, i64::MIN], &[1, 2, 3, 255], FeatureFormat::Compact).unwrap()
    }

    /// Replaces a piece of the header by one of equal length.
    fn patched(from: &str, to: &str) -> Result<Features, FeaturesError> {
        assert_eq!(from.len(), to.len());
        let bytes = sample();
        let at = bytes
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .unwrap();
        let mut patched = bytes.clone();
        patched[at..at + to.len()].copy_from_slice(to.as_bytes());
        read_features(&patched)
    }

    #[test]
    fn each_fault_has_its_own_words() {
        use FeaturesError as E;
        assert_eq!(read_features(b"hello"), Err(E::Foreign));
        assert_eq!(read_features(&[0x1f, 0x8b, 8]), Err(E::Packed));
        assert!(matches!(
            read_features(&sample()[..3000]),
            Err(E::Truncated { found: 3000, .. })
        ));
        let full = sample();
        assert!(matches!(
            read_features(&full[..2 * 2880 + 10]),
            Err(E::Truncated { needed: 5780, .. })
        ));
        assert_eq!(read_features(&full[..2880]), Err(E::NoTable));
        assert_eq!(
            patched("sdss_objid", "galaxy_ids"),
            Err(E::NoIds {
                found: "galaxy_ids, f0, f1".into()
            })
        );
        assert!(
            matches!(patched("TFORM2  = 'B", "TFORM2  = 'E"), Err(E::NotInteger { column, .. }) if column == "f0")
        );
        assert_eq!(
            patched("NAXIS2  =", "NAXIS9  ="),
            Err(E::Header { key: "NAXIS2".into() })
        );
        assert_eq!(
            patched("NAXIS1  =                   10", "NAXIS1  =                   11"),
            Err(wrong("NAXIS1"))
        );
        let wide = features_fits(&[1], &[0], FeatureFormat::Reference).unwrap();
        let mut negative = wide.clone();
        negative[2 * 2880 + 8] = 255;
        assert!(matches!(
            read_features(&negative),
            Err(E::CodeRange { row: 1, .. })
        ));
    }

    #[test]
    fn signs_and_widths() {
        assert_eq!(integer(&[255]), 255);
        assert_eq!(integer(&[255, 254]), -2);
        assert_eq!(integer(&[0, 0, 1, 0]), 256);
        assert_eq!(integer(&i64::MIN.to_be_bytes()), i64::MIN);
        assert_eq!(value("'it''s   '   / a comment"), "it's");
        assert_eq!(value("     42 / answer"), "42");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(at in 0_usize..8640, byte in any::<u8>(), keep in 0_usize..9000) {
            let mut bytes = sample();
            let length = bytes.len();
            bytes[at % length] = byte;
            bytes.truncate(keep);
            if let Ok(features) = read_features(&bytes) {
                prop_assert_eq!(features.codes.len(), features.ids.len() * features.width);
            }
        }
    }
}
