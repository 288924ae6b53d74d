//! NumPy's NPY: one array a file.

use super::features::{Features, FeaturesError, code};
use npyz::{DType, NpyFile};

fn damaged(why: impl std::fmt::Display) -> FeaturesError {
    FeaturesError::Damaged {
        format: "NPY",
        why: why.to_string(),
    }
}

/// The head of an NPY file, version 1.0, C order: what `numpy.save` writes, byte for byte. `descr` is NumPy's type, such
/// as `<f8`. Its length does not depend on the first side.
pub(super) fn header(descr: &str, shape: &[usize]) -> Vec<u8> {
    let sides: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let mut header = format!(
        "{{'descr': '{descr}', 'fortran_order': False, 'shape': ({}{comma}), }}",
        sides.join(", ")
    );
    // NumPy leaves room for the first side to grow to 21 digits, then pads to 64 bytes with a line break at the end.
    let digits = sides.first().map_or(0, String::len);
    let grown = header.len() + 21_usize.saturating_sub(digits);
    let padded = (10 + grown + 1).div_ceil(64) * 64 - 10;
    while header.len() + 1 < padded {
        header.push(' ');
    }
    header.push('\n');
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out
}

/// All numbers of an array of integers of any width, with its shape.
fn integers(bytes: &[u8], column: &str) -> Result<(Vec<u64>, Vec<i64>), FeaturesError> {
    let file = NpyFile::new(bytes).map_err(damaged)?;
    let shape = file.shape().to_vec();
    let columns = file.order() == npyz::Order::Fortran && shape.len() > 1;
    let DType::Plain(kind) = file.dtype() else {
        return Err(FeaturesError::NotInteger {
            column: column.to_owned(),
            form: "records".to_owned(),
        });
    };
    let form = kind.to_string();
    macro_rules! read {
        ($kind:ty) => {
            file.into_vec::<$kind>()
                .map_err(damaged)?
                .into_iter()
                // Unsigned ids above 2^63 keep their bits.
                .map(|value| value as i64)
                .collect()
        };
    }
    let values: Vec<i64> = match form.get(1..) {
        Some("u1") => read!(u8),
        Some("i1") => read!(i8),
        Some("u2") => read!(u16),
        Some("i2") => read!(i16),
        Some("u4") => read!(u32),
        Some("i4") => read!(i32),
        Some("u8") => read!(u64),
        Some("i8") => read!(i64),
        _ => {
            return Err(FeaturesError::NotInteger {
                column: column.to_owned(),
                form,
            });
        }
    };
    Ok((
        shape.clone(),
        if columns {
            transposed(&shape, &values)
        } else {
            values
        },
    ))
}

/// From column-major to row-major, whatever the number of axes.
fn transposed(shape: &[u64], values: &[i64]) -> Vec<i64> {
    // The last axis runs fastest in what is made, and has the longest stride in what is there.
    let mut axes = Vec::with_capacity(shape.len());
    let mut stride = 1;
    for &side in shape {
        let side = side as usize;
        axes.push((side.max(1), stride));
        stride *= side;
    }
    let place = |at: usize| {
        let unravel = |(rest, place): (usize, usize), &(side, stride): &(usize, usize)| {
            (rest / side, place + rest % side * stride)
        };
        axes.iter().rev().fold((at, 0), unravel).1
    };
    (0..values.len())
        .filter_map(|at| values.get(place(at)).copied())
        .collect()
}

/// Codes `[N, width]` or `[N, 8, 8]`; the ids are 1, 2, ... N.
pub(super) fn read_codes(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let (shape, values) = integers(bytes, "codes")?;
    let (&n, sides) = shape
        .split_first()
        .filter(|(_, sides)| !sides.is_empty())
        .ok_or(FeaturesError::Shape { found: shape.clone() })?;
    let width = sides.iter().product::<u64>() as usize;
    if width == 0 {
        return Err(FeaturesError::NoCodes);
    }
    let codes = values
        .iter()
        .enumerate()
        .map(|(at, &value)| code(&format!("f{}", at % width), at / width, value))
        .collect::<Result<_, _>>()?;
    Ok(Features {
        ids: (1..=n as i64).collect(),
        codes,
        width,
    })
}

/// Identifiers `[N]`, which `grove extract` writes beside an NPY file of codes.
///
/// # Errors
/// [`FeaturesError`] when it is no one-dimensional array of whole numbers.
pub fn read_ids_npy(bytes: &[u8]) -> Result<Vec<i64>, FeaturesError> {
    let (shape, values) = integers(bytes, "ids")?;
    if shape.len() == 1 {
        Ok(values)
    } else {
        Err(FeaturesError::Shape { found: shape })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::linkage::linkage_npy;
    use crate::export::read::read_features;
    use crate::grouping::Tree;
    use proptest::prelude::*;

    fn file(descr: &str, shape: &[usize], data: &[u8]) -> Vec<u8> {
        [header(descr, shape), data.to_vec()].concat()
    }

    #[test]
    fn the_header_is_numpys() {
        let bytes = linkage_npy(&Tree::from_merges(1, vec![]).unwrap());
        assert_eq!(bytes.len(), 128);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        assert!(bytes.ends_with(b" \n"));
        // numpy.save(f, numpy.zeros(3, 'i8')) has this head.
        let expected = "{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }";
        assert!(header("<i8", &[3])[10..].starts_with(expected.as_bytes()));
        assert_eq!(
            header("|u1", &[0, 64]).len(),
            header("|u1", &[123_456_789, 64]).len()
        );
    }

    proptest! {
        #[test]
        fn integers_of_any_width_read_the_same(rows in prop::collection::vec(prop::array::uniform4(0u8..128), 0..9)) {
            let flat: Vec<u8> = rows.concat();
            let wide: Vec<u8> = flat.iter().flat_map(|&v| i64::from(v).to_le_bytes()).collect();
            let big: Vec<u8> = flat.iter().flat_map(|&v| i16::from(v).to_be_bytes()).collect();
            for bytes in [
                file("|u1", &[rows.len(), 4], &flat),
                file("<i8", &[rows.len(), 4], &wide),
                file(">i2", &[rows.len(), 2, 2], &big),
            ] {
                let read = read_features(&bytes).unwrap();
                prop_assert_eq!(&read.codes, &flat);
                prop_assert_eq!(read.width, 4);
                prop_assert_eq!(read.ids, (1..=rows.len() as i64).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn column_major_arrays_are_turned() {
        let columns = |shape: &[usize], data: &[u8]| {
            let mut bytes = file("|u1", shape, data);
            let at = bytes.windows(5).position(|w| w == b"False").unwrap();
            bytes[at..at + 5].copy_from_slice(b"True ");
            read_features(&bytes).unwrap()
        };
        assert_eq!(columns(&[2, 3], &[1, 4, 2, 5, 3, 6]).codes, [1, 2, 3, 4, 5, 6]);
        // numpy.asfortranarray(numpy.arange(12).reshape(2, 2, 3)).ravel('K')
        let grids = columns(&[2, 2, 3], &[0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
        assert_eq!(grids.codes, (0..12).collect::<Vec<u8>>());
        assert_eq!((grids.width, grids.ids.len()), (6, 2));
    }

    #[test]
    fn faults_are_named() {
        use FeaturesError as E;
        assert!(
            matches!(read_features(&file("<f4", &[1, 1], &[0; 4])), Err(E::NotInteger { form, .. }) if form == "<f4")
        );
        assert!(matches!(
            read_features(&file("<i2", &[1, 2], &[0, 0, 0, 1])),
            Err(E::CodeRange {
                row: 1,
                value: 256,
                ..
            })
        ));
        assert!(matches!(
            read_features(&file("|u1", &[4], &[0; 4])),
            Err(E::Shape { .. })
        ));
        assert!(matches!(
            read_features(&file("|u1", &[9, 4], &[0; 4])),
            Err(E::Damaged { .. })
        ));
        assert_eq!(read_ids_npy(&file("<i8", &[1], &[255; 8])), Ok(vec![-1]));
        assert!(matches!(
            read_ids_npy(&file("<i8", &[1, 1], &[255; 8])),
            Err(E::Shape { .. })
        ));
    }
}
