//! Codes as a FITS table, byte for byte as the reference writes it with astropy.

use super::ExportError;
use super::error::width_of;

/// The name of the column of ids.
pub const ID_COLUMN: &str = "sdss_objid";

/// FITS files come in blocks of this many bytes.
pub(super) const BLOCK: usize = 2880;
/// A header line.
pub(super) const CARD: usize = 80;

/// How wide a code's column is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FeatureFormat {
    /// 64-bit integers (`K`), as the reference.
    #[default]
    Reference,
    /// Bytes (`B`): an eighth of the size; the ids stay 64-bit.
    Compact,
}

/// A FITS file with one binary table: `sdss_objid` and `f0`, `f1`, ... (63 for the published model). `codes` is
/// `[N * width]`, row-major.
///
/// # Errors
/// [`ExportError`] when the codes do not fit the ids or a FITS table.
pub fn features_fits(ids: &[i64], codes: &[u8], format: FeatureFormat) -> Result<Vec<u8>, ExportError> {
    let width = width_of(codes.len(), ids.len())?;
    if width > 998 {
        return Err(ExportError::TooWide { width });
    }
    let (letter, cell) = match format {
        FeatureFormat::Reference => ('K', 8),
        FeatureFormat::Compact => ('B', 1),
    };
    let row = 8 + width * cell;
    let mut out = Vec::with_capacity(width * 2 * CARD + ids.len() * row + 4 * BLOCK);

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
    card(&mut out, &number("NAXIS1", row, "length of dimension 1"));
    card(&mut out, &number("NAXIS2", ids.len(), "length of dimension 2"));
    card(&mut out, &number("PCOUNT", 0, "number of group parameters"));
    card(&mut out, &number("GCOUNT", 1, "number of groups"));
    card(&mut out, &number("TFIELDS", width + 1, "number of table fields"));
    column(&mut out, 1, ID_COLUMN, 'K');
    for position in 0..width {
        column(&mut out, position + 2, &format!("f{position}"), letter);
    }
    end_header(&mut out);

    for (id, galaxy) in ids.iter().zip(codes.chunks_exact(width.max(1))) {
        out.extend(id.to_be_bytes());
        match format {
            FeatureFormat::Reference => {
                out.extend(galaxy.iter().flat_map(|&code| i64::from(code).to_be_bytes()))
            }
            FeatureFormat::Compact => out.extend(galaxy),
        }
    }
    pad(&mut out, 0);
    Ok(out)
}

/// A header line for a number or a truth value, as astropy sets it.
fn number(key: &str, value: impl std::fmt::Display, comment: &str) -> String {
    format!("{key:<8}= {value:>20} / {comment}")
}

/// A column's name and type.
fn column(out: &mut Vec<u8>, index: usize, name: &str, letter: char) {
    card(out, &format!("{:<8}= '{name:<8}'", format!("TTYPE{index}")));
    card(out, &format!("{:<8}= '{letter:<8}'", format!("TFORM{index}")));
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
    use super::super::read_features;
    use super::*;
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
