//! Vectors of galaxies, read from a file.

use super::features::FeaturesError;
use super::vectors::{VectorColumns, Vectors};
use npyz::{DType, NpyFile};

/// Whether a file holds vectors rather than codes: an NPY array of real numbers, or a Parquet table with lists or columns of them.
#[must_use]
pub fn holds_vectors(bytes: &[u8]) -> bool {
    match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => NpyFile::new(bytes).is_ok_and(
            |file| matches!(file.dtype(), DType::Plain(kind) if kind.to_string().get(1..2) == Some("f")),
        ),
        [b'P', b'A', b'R', b'1', ..] => parquet_holds_vectors(bytes),
        _ => false,
    }
}

/// Reads vectors.
///
/// - NPY: an array of real numbers `[N, width]` (4 or 8 bytes); it has no room for ids.
/// - Parquet (command line only): a column of lists of one length, or else all columns of real numbers, in their order. Ids are a column of whole numbers
///   called `id`, `sdss_objid`, `objid`, `object_id` or `source_id`, or the one that `columns` names.
///
/// # Errors
/// [`FeaturesError`] says what is wrong and what to do.
pub fn read_vectors(bytes: &[u8], columns: VectorColumns<'_>) -> Result<Vectors, FeaturesError> {
    match bytes {
        [0x1f, 0x8b, ..] => Err(FeaturesError::Packed),
        [b'P', b'A', b'R', b'1', ..] => read_parquet(bytes, columns),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => read_npy(bytes),
        _ => Err(FeaturesError::ForeignVectors),
    }?
    .checked()
}

fn read_npy(bytes: &[u8]) -> Result<Vectors, FeaturesError> {
    let damaged = |why: std::io::Error| FeaturesError::Damaged {
        format: "NPY",
        why: why.to_string(),
    };
    let file = NpyFile::new(bytes).map_err(damaged)?;
    let shape = file.shape().to_vec();
    let &[galaxies, width] = shape.as_slice() else {
        return Err(FeaturesError::VectorShape { found: shape });
    };
    let by_columns = file.order() == npyz::Order::Fortran;
    let kind = match file.dtype() {
        DType::Plain(kind) => kind.to_string(),
        _ => "records".to_owned(),
    };
    let values: Vec<f64> = match kind.get(1..) {
        Some("f4") => file
            .into_vec::<f32>()
            .map_err(damaged)?
            .into_iter()
            .map(f64::from)
            .collect(),
        Some("f8") => file.into_vec().map_err(damaged)?,
        _ => {
            return Err(FeaturesError::NotReal {
                column: "array".to_owned(),
                form: kind,
            });
        }
    };
    let (galaxies, width) = (galaxies as usize, width as usize);
    let values = match by_columns {
        true => (0..values.len())
            .filter_map(|at| values.get(at % width * galaxies + at / width).copied())
            .collect(),
        false => values,
    };
    Ok(Vectors {
        ids: None,
        values,
        width,
        column: "the array".to_owned(),
    })
}

#[cfg(feature = "parquet")]
fn read_parquet(bytes: &[u8], columns: VectorColumns<'_>) -> Result<Vectors, FeaturesError> {
    super::parquet_vectors::read(bytes, columns)
}

#[cfg(feature = "parquet")]
fn parquet_holds_vectors(bytes: &[u8]) -> bool {
    super::parquet_vectors::holds_vectors(bytes)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_bytes: &[u8], _columns: VectorColumns<'_>) -> Result<Vectors, FeaturesError> {
    Err(FeaturesError::NoParquet)
}

#[cfg(not(feature = "parquet"))]
fn parquet_holds_vectors(_bytes: &[u8]) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::npy::header;

    fn file(descr: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
        [header(descr, shape), data.to_vec()].concat()
    }

    fn read(bytes: &[u8]) -> Result<Vectors, FeaturesError> {
        read_vectors(bytes, VectorColumns::default())
    }

    #[test]
    fn arrays_of_real_numbers_are_vectors() {
        let numbers = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0];
        let single: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        let double: Vec<u8> = numbers.iter().flat_map(|v| f64::from(*v).to_be_bytes()).collect();
        for bytes in [file("<f4", &[2, 3], &single), file(">f8", &[2, 3], &double)] {
            assert!(holds_vectors(&bytes));
            let found = read(&bytes).unwrap();
            assert_eq!((found.width, found.galaxies(), found.ids), (3, 2, None));
            assert_eq!(found.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        }
        // numpy.asfortranarray
        let mut columns = file("<f4", &[2, 3], &single);
        let at = columns.windows(5).position(|w| w == b"False").unwrap();
        columns[at..at + 5].copy_from_slice(b"True ");
        assert_eq!(read(&columns).unwrap().values, [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
        assert!(!holds_vectors(&file("|u1", &[1, 2], &[0, 1])), "codes");
    }

    #[test]
    fn what_has_no_distances_is_refused() {
        let row = |values: &[f32]| -> Vec<u8> { values.iter().flat_map(|v| v.to_le_bytes()).collect() };
        let broken = file("<f4", &[2, 2], &row(&[0.0, 1.0, f32::NAN, 0.0]));
        assert!(matches!(
            read(&broken),
            Err(FeaturesError::NotFinite { row: 2, .. })
        ));
        assert!(matches!(
            read(&file("<f4", &[4], &row(&[0.0; 4]))),
            Err(FeaturesError::VectorShape { .. })
        ));
        assert!(matches!(
            read(&file("<f4", &[3, 0], &[])),
            Err(FeaturesError::NoVectors { .. })
        ));
        assert!(matches!(
            read(&file("|u1", &[1, 1], &[1])),
            Err(FeaturesError::NotReal { form, .. }) if form == "|u1"
        ));
        assert!(matches!(
            read(&file("<f4", &[9, 2], &row(&[0.0]))),
            Err(FeaturesError::Damaged { .. })
        ));
        assert_eq!(read(b"SIMPLE  ="), Err(FeaturesError::ForeignVectors));
    }
}
