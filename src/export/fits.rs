//! Codes as a FITS table, byte for byte as the reference writes it with astropy.

use super::error::ExportError;
use super::error::{same_length, width_of};
use super::facts::{FactColumn, FactNumbers};
use super::id_column::ID_COLUMN;
use std::collections::BTreeSet;

/// FITS files come in blocks of this many bytes.
pub(super) const BLOCK: usize = 2880;

/// A header line.
pub(super) const CARD: usize = 80;

/// Columns of a table at most.
const FIELDS: usize = 999;

/// How wide a code's column is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeatureFormat {
    /// 64-bit integers (`K`), as the reference.
    #[default]
    Reference,
    /// Bytes (`B`): an eighth of the size; the ids stay 64-bit.
    Compact,
}

impl FeatureFormat {
    /// Bytes of one row.
    pub(super) fn row_bytes(self, width: usize) -> usize {
        match self {
            Self::Reference => 8 + 8 * width,
            Self::Compact => 8 + width,
        }
    }
}

/// A FITS file with one binary table: `sdss_objid` and `f0`, `f1`, ... (63 for the published model). `codes` is
/// `[N * width]`, row-major.
///
/// # Errors
/// [`ExportError`] when the codes do not fit the ids or a FITS table.
pub fn features_fits(ids: &[i64], codes: &[u8], format: FeatureFormat) -> Result<Vec<u8>, ExportError> {
    let width = width_of(codes.len(), ids.len())?;
    if width >= FIELDS {
        return Err(ExportError::TooWide { width });
    }
    let mut out = head(ids.len(), width, format);
    out.reserve(ids.len() * format.row_bytes(width) + BLOCK);
    for (id, galaxy) in ids.iter().zip(codes.chunks_exact(width.max(1))) {
        row(&mut out, *id, galaxy, format);
    }
    pad(&mut out, 0);
    Ok(out)
}

/// Everything before the rows. Its length does not depend on the number of rows.
pub(super) fn head(rows: usize, width: usize, format: FeatureFormat) -> Vec<u8> {
    let letter = match format {
        FeatureFormat::Reference => "K",
        FeatureFormat::Compact => "B",
    };
    let columns = (0..width).map(|position| (format!("f{position}"), letter.to_owned()));
    table_head(
        rows,
        format.row_bytes(width),
        &std::iter::once((ID_COLUMN.to_owned(), "K".to_owned()))
            .chain(columns)
            .collect::<Vec<_>>(),
    )
}

/// An empty primary part and the header of a binary table, as astropy writes them: columns by name and type.
pub(super) fn table_head(rows: usize, row_bytes: usize, columns: &[(String, String)]) -> Vec<u8> {
    let mut out = Vec::new();
    card(&mut out, &number("SIMPLE", "T", "conforms to FITS standard"));
    card(&mut out, &number("BITPIX", 8, "array data type"));
    card(&mut out, &number("NAXIS", 0, "number of array dimensions"));
    card(&mut out, "EXTEND  =                    T");
    end_header(&mut out);

    card(
        &mut out,
        "XTENSION= 'BINTABLE'           / binary table extension",
    );
    card(&mut out, &number("BITPIX", 8, "array data type"));
    card(&mut out, &number("NAXIS", 2, "number of array dimensions"));
    card(&mut out, &number("NAXIS1", row_bytes, "length of dimension 1"));
    card(&mut out, &number("NAXIS2", rows, "length of dimension 2"));
    card(&mut out, &number("PCOUNT", 0, "number of group parameters"));
    card(&mut out, &number("GCOUNT", 1, "number of groups"));
    card(
        &mut out,
        &number("TFIELDS", columns.len(), "number of table fields"),
    );
    for (index, (name, form)) in columns.iter().enumerate() {
        column(&mut out, index + 1, name, form);
    }
    end_header(&mut out);
    out
}

/// One galaxy: its id and its codes.
pub(super) fn row(out: &mut Vec<u8>, id: i64, codes: &[u8], format: FeatureFormat) {
    out.extend(id.to_be_bytes());
    match format {
        FeatureFormat::Reference => out.extend(codes.iter().flat_map(|&code| i64::from(code).to_be_bytes())),
        FeatureFormat::Compact => out.extend(codes),
    }
}

/// Groups as a FITS table: `sdss_objid` and `group`, both 64-bit integers, then the facts: whole numbers as `K`, other
/// numbers as `D`, all others as text.
///
/// # Errors
/// [`ExportError`] when the columns do not fit together, or a FITS table.
pub fn groups_fits(ids: &[i64], groups: &[usize], facts: &[FactColumn]) -> Result<Vec<u8>, ExportError> {
    same_length("group numbers", groups.len(), ids.len())?;
    let mut columns = vec![
        (ID_COLUMN.to_owned(), "K".to_owned()),
        ("group".to_owned(), "K".to_owned()),
    ];
    if columns.len() + facts.len() > FIELDS {
        let columns = columns.len() + facts.len();
        return Err(ExportError::TooManyColumns { columns });
    }
    let mut taken: BTreeSet<String> = columns.iter().map(|(name, _)| name.to_lowercase()).collect();
    let mut cells = Vec::with_capacity(facts.len());
    let mut row_bytes = 16;
    for fact in facts {
        same_length("facts", fact.values.len(), ids.len())?;
        let column = Cells::new(fact);
        row_bytes += column.bytes();
        columns.push((column_name(&fact.name, &mut taken), column.form()));
        cells.push(column);
    }
    let mut out = table_head(ids.len(), row_bytes, &columns);
    for (row, (id, group)) in ids.iter().zip(groups).enumerate() {
        out.extend(id.to_be_bytes());
        out.extend((*group as i64).to_be_bytes());
        cells.iter().for_each(|column| column.write(row, &mut out));
    }
    pad(&mut out, 0);
    Ok(out)
}

/// A column's name as FITS takes it: ASCII, no longer than a card holds, and no other column's. `taken` are those of the
/// columns before it, in small letters.
fn column_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = name.chars().filter(|c| (' '..='~').contains(c) && *c != '\'');
    let plain: String = plain.take(60).collect();
    let plain = match plain.trim() {
        "" => "column",
        name => name,
    };
    let mut name = plain.to_owned();
    let mut number = 1;
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{plain}_{number}");
    }
    name
}

/// A column of facts as a FITS table holds it.
enum Cells<'a> {
    Whole(Vec<i64>),
    Numbers(Vec<f64>),
    Text(&'a [String], usize),
}

impl<'a> Cells<'a> {
    fn new(fact: &'a FactColumn) -> Self {
        match fact.numbers() {
            Some(FactNumbers::Whole(values)) => Self::Whole(values),
            Some(FactNumbers::Real(values)) => Self::Numbers(values),
            None => {
                let longest = fact.values.iter().map(|value| ascii(value).count()).max();
                Self::Text(&fact.values, longest.unwrap_or_default().max(1))
            }
        }
    }

    fn form(&self) -> String {
        match self {
            Self::Whole(_) => "K".to_owned(),
            Self::Numbers(_) => "D".to_owned(),
            Self::Text(_, width) => format!("{width}A"),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Whole(_) | Self::Numbers(_) => 8,
            Self::Text(_, width) => *width,
        }
    }

    fn write(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Whole(values) => {
                out.extend(values.get(row).copied().unwrap_or_default().to_be_bytes());
            }
            Self::Numbers(values) => {
                out.extend(values.get(row).copied().unwrap_or(f64::NAN).to_be_bytes());
            }
            Self::Text(values, width) => {
                let end = out.len() + width;
                out.extend(values.get(row).map(|value| ascii(value)).into_iter().flatten());
                out.resize(end, 0);
            }
        }
    }
}

/// A text as FITS holds it: printable ASCII, anything else as a question mark.
fn ascii(text: &str) -> impl Iterator<Item = u8> {
    text.chars()
        .map(|c| if (' '..='~').contains(&c) { c as u8 } else { b'?' })
}

/// A header line for a number or a truth value, as astropy sets it.
fn number(key: &str, value: impl std::fmt::Display, comment: &str) -> String {
    format!("{key:<8}= {value:>20} / {comment}")
}

/// A column's name and type.
fn column(out: &mut Vec<u8>, index: usize, name: &str, form: &str) {
    card(out, &format!("{:<8}= '{name:<8}'", format!("TTYPE{index}")));
    card(out, &format!("{:<8}= '{form:<8}'", format!("TFORM{index}")));
}

fn card(out: &mut Vec<u8>, text: &str) {
    let end = out.len() + CARD;
    out.extend(text.as_bytes());
    out.resize(end, b' ');
}

fn end_header(out: &mut Vec<u8>) {
    card(out, "END");
    pad(out, b' ');
}

fn pad(out: &mut Vec<u8>, filler: u8) {
    out.resize(out.len().div_ceil(BLOCK) * BLOCK, filler);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::read::read_features;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            ids in prop::collection::vec(any::<i64>(), 1..12),
            width in prop::sample::select(vec![1_usize, 3, 64]),
            seed in any::<u8>(),
        ) {
            let codes: Vec<u8> = (0..ids.len() * width).map(|i| (i as u8).wrapping_mul(31).wrapping_add(seed)).collect();
            for format in [FeatureFormat::Reference, FeatureFormat::Compact] {
                let bytes = features_fits(&ids, &codes, format).unwrap();
                prop_assert_eq!(bytes.len() % BLOCK, 0);
                let read = read_features(&bytes).unwrap();
                prop_assert_eq!(&read.ids, &ids);
                prop_assert_eq!(&read.codes, &codes);
                prop_assert_eq!(read.width, width);
            }
        }
    }

    #[test]
    fn no_galaxy_still_makes_a_table_of_64_codes() {
        let read = read_features(&features_fits(&[], &[], FeatureFormat::Reference).unwrap()).unwrap();
        assert_eq!((read.ids.len(), read.codes.len(), read.width), (0, 0, 64));
    }

    #[test]
    fn groups_are_a_table_of_two_columns() {
        let bytes = groups_fits(&[7, i64::MIN], &[2, 1], &[]).unwrap();
        assert_eq!(bytes.len() % BLOCK, 0);
        let read = read_features(&bytes).unwrap();
        assert_eq!(
            (read.ids, read.codes, read.width),
            (vec![7, i64::MIN], vec![2, 1], 1)
        );
        assert!(groups_fits(&[7], &[], &[]).is_err());
    }

    #[test]
    fn facts_are_numbers_or_text() {
        let fact = |name: &str, values: [&str; 2]| FactColumn {
            name: name.into(),
            values: values.map(str::to_owned).to_vec(),
        };
        let facts = [fact("ra", ["1.5", ""]), fact("label", ["Sbc é", "E"])];
        let bytes = groups_fits(&[7, 8], &[2, 1], &facts).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for card in [
            "NAXIS1  =                   29",
            "TFORM3  = 'D       '",
            "TFORM4  = '5A      '",
        ] {
            assert!(text.contains(card), "{card}");
        }
        let rows = &bytes[2 * BLOCK..];
        assert_eq!(rows[16..24], 1.5f64.to_be_bytes());
        assert_eq!(&rows[24..29], b"Sbc ?");
        assert!(f64::from_be_bytes(rows[45..53].try_into().unwrap()).is_nan());
        assert_eq!(&rows[53..58], b"E\0\0\0\0");
    }

    #[test]
    fn ids_in_facts_keep_their_digits() {
        let fact = |values: [&str; 2]| FactColumn {
            name: "objid".into(),
            values: values.map(str::to_owned).to_vec(),
        };
        let id = 1_237_648_720_693_755_918_i64;
        let all = groups_fits(&[7, 8], &[2, 1], &[fact([&id.to_string(), "5"])]).unwrap();
        assert!(String::from_utf8_lossy(&all).contains("TFORM3  = 'K       '"));
        assert_eq!(all[2 * BLOCK + 16..2 * BLOCK + 24], id.to_be_bytes());
        let some = groups_fits(&[7, 8], &[2, 1], &[fact([&id.to_string(), ""])]).unwrap();
        assert_eq!(some[2 * BLOCK + 16..2 * BLOCK + 35], *id.to_string().as_bytes());
    }

    #[test]
    fn names_of_columns_are_there_and_differ() {
        let fact = |name: &str| FactColumn {
            name: name.into(),
            values: vec!["x".into()],
        };
        let facts = ["größe", "gre", "α", "δ", "Group", "sdss_objid"].map(fact);
        let bytes = groups_fits(&[7], &[1], &facts).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for (at, name) in ["gre", "gre_2", "column", "column_2", "Group_2", "sdss_objid_2"]
            .iter()
            .enumerate()
        {
            let card = format!("TTYPE{}  = '{name:<8}'", at + 3);
            assert!(text.contains(&card), "{card}");
        }
        let many: Vec<FactColumn> = (0..998).map(|at| fact(&format!("c{at}"))).collect();
        assert!(groups_fits(&[7], &[1], &many[..997]).is_ok());
        let error = groups_fits(&[7], &[1], &many).unwrap_err();
        assert_eq!(error, ExportError::TooManyColumns { columns: 1000 });
    }

    #[test]
    fn as_many_columns_as_fits_allows() {
        let codes = vec![9; 998];
        assert_eq!(
            read_features(&features_fits(&[1], &codes, FeatureFormat::Compact).unwrap())
                .unwrap()
                .codes,
            codes
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(
            features_fits(&[1, 2], &[0; 3], FeatureFormat::Compact),
            Err(ExportError::Length { .. })
        ));
        assert!(matches!(
            features_fits(&[1], &[0; 999], FeatureFormat::Compact),
            Err(ExportError::TooWide { width: 999 })
        ));
    }
}
