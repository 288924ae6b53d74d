//! Reads a FITS table of codes, ours or the reference's, with integer columns of any width.

use super::features::{Features, FeaturesError};
use super::id_column::ID_COLUMN;
use crate::fits::header::{Holds, Unit, walk};
use crate::fits::table::{Table, whole};
use crate::limits::Limits;

/// Reads ids and codes from the first binary table of a FITS file. Ids are the column `sdss_objid`; all other columns
/// are codes, in the order of the file, as the reference takes them. (Intake is stricter: to tell a table of codes from
/// any other, it wants the names f0, f1, ...)
///
/// # Errors
/// [`FeaturesError`] says what is wrong and what to do.
pub(super) fn read_fits(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let walk = walk(bytes, &Limits::native()).map_err(|refusal| damaged(refusal.reason))?;
    let mut units = walk.units.iter();
    let unit = units
        .find(|unit| unit.holds == Holds::Table)
        .ok_or(FeaturesError::NoTable)?;
    if unit.is_compressed() {
        return Err(damaged("its table is compressed: unpack it with `funpack`"));
    }
    let data = bytes.get(unit.data.clone()).unwrap_or_default();
    rows(unit, &Table::new(&unit.header, data).map_err(damaged)?)
}

fn damaged(why: impl Into<String>) -> FeaturesError {
    FeaturesError::Damaged {
        format: "FITS",
        why: why.into(),
    }
}

fn rows(unit: &Unit, table: &Table<'_>) -> Result<Features, FeaturesError> {
    let named = || {
        let columns = table.columns.iter().enumerate();
        columns.map(|(at, column)| (column.label(at + 1), column))
    };
    for (at, (name, column)) in named().enumerate() {
        if column.is_array() || whole(column).is_none() {
            let mut form = unit
                .header
                .text(&format!("TFORM{}", at + 1))
                .unwrap_or_default()
                .to_owned();
            if column.scaling.scale != 1.0 {
                form += &format!(", scaled by {}", column.scaling.scale);
            }
            return Err(FeaturesError::NotInteger { column: name, form });
        }
    }
    let ids = table.find(ID_COLUMN).filter(|column| column.repeat == 1);
    let Some(ids) = ids else {
        let found: Vec<String> = named().map(|(name, _)| name).take(8).collect();
        return Err(FeaturesError::NoIds {
            found: found.join(", "),
        });
    };
    let codes: Vec<_> = named().filter(|(_, column)| *column != ids).collect();
    let width: usize = codes.iter().map(|(_, column)| column.repeat).sum();
    if width == 0 {
        return Err(FeaturesError::NoCodes);
    }
    let nothing =
        |row: usize, name: &str| damaged(format!("row {} of the column `{name}` holds nothing", row + 1));
    let mut features = Features {
        ids: Vec::with_capacity(table.rows),
        codes: Vec::with_capacity(table.rows.saturating_mul(width)),
        width,
    };
    for row in 0..table.rows {
        // Ids above 2^63 (unsigned columns) keep their bits.
        let id = table.integer(row, ids).ok_or_else(|| nothing(row, ID_COLUMN))?;
        features.ids.push(id);
        for (name, column) in &codes {
            for value in table.integers(row, column).into_iter().flatten() {
                let value = value.ok_or_else(|| nothing(row, name))?;
                let code = u8::try_from(value).ok();
                features.codes.push(code.ok_or_else(|| FeaturesError::CodeRange {
                    column: name.clone(),
                    row: row + 1,
                    value: value as i64,
                })?);
            }
        }
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fits::{FeatureFormat, features_fits};
    use crate::export::read::read_features;
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
        let full = sample();
        let why = |outcome: Result<Features, E>| match outcome {
            Err(E::Damaged { format: "FITS", why }) => why,
            other => panic!("{other:?}"),
        };
        for (length, words) in [
            (3000, "inside the header of its header-data unit 1"),
            (2 * 2880 + 10, "10 bytes are missing"),
        ] {
            let why = why(read_features(&full[..length]));
            assert!(why.contains("cut short") && why.contains(words), "{why}");
        }
        assert_eq!(read_features(&full[..2880]), Err(E::NoTable));
        assert_eq!(
            patched("sdss_objid", "galaxy_ids"),
            Err(E::NoIds {
                found: "galaxy_ids, f0, f1".into()
            })
        );
        assert!(
            matches!(patched("TFORM2  = 'B", "TFORM2  = 'L"), Err(E::NotInteger { column, .. }) if column == "f0")
        );
        for (from, to, words) in [
            ("NAXIS2  =", "NAXIS9  =", "NAXIS or one of NAXISn is missing"),
            (
                "NAXIS1  =                   10",
                "NAXIS1  =                    9",
                "wider than its rows",
            ),
        ] {
            let why = why(patched(from, to));
            assert!(why.contains(words), "{why}");
        }
        let wide = features_fits(&[1], &[0], FeatureFormat::Reference).unwrap();
        let mut negative = wide.clone();
        negative[2 * 2880 + 8] = 255;
        assert!(matches!(
            read_features(&negative),
            Err(E::CodeRange { row: 1, .. })
        ));
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
