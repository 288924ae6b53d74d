//! Vectors that a model gave: the tensor `embedding`.

use half::f16;
use safetensors::{Dtype as Kind, SafeTensors};

use super::contents::Tensor;
use super::error::BundleError;
use crate::cutout::About;

/// The tensor's name.
pub const EMBEDDING: &str = "embedding";

/// More numbers than this are no vector for comparing.
const WIDEST: usize = 1 << 16;

/// The vectors of all galaxies, row by row, and how many numbers each has; `None` when the file has none.
pub(super) fn embedding(
    tensors: &SafeTensors<'_>,
    ids: &[i64],
) -> Result<Option<(Vec<f64>, usize)>, BundleError> {
    let Ok(view) = tensors.tensor(EMBEDDING) else {
        return Ok(None);
    };
    let width = match *view.shape() {
        [count, width] if count == ids.len() && (1..=WIDEST).contains(&width) => width,
        ref other => {
            return Err(BundleError::Shape {
                name: EMBEDDING,
                found: other.to_vec(),
                wanted: vec![ids.len(), other.get(1).copied().unwrap_or(1).clamp(1, WIDEST)],
            });
        }
    };
    let data = view.data();
    let values: Vec<f64> = match view.dtype() {
        Kind::F64 => data
            .as_chunks::<8>()
            .0
            .iter()
            .map(|b| f64::from_le_bytes(*b))
            .collect(),
        Kind::F32 => {
            let words = data.as_chunks::<4>().0.iter();
            words.map(|b| f64::from(f32::from_le_bytes(*b))).collect()
        }
        Kind::F16 => {
            let words = data.as_chunks::<2>().0.iter();
            words.map(|b| f16::from_le_bytes(*b).to_f64()).collect()
        }
        other => {
            return Err(BundleError::Type {
                name: EMBEDDING,
                found: format!("{other:?}").to_lowercase(),
                wanted: "f64, f32 or f16",
            });
        }
    };
    let bad = values
        .chunks(width)
        .zip(ids)
        .find(|(vector, _)| !vector.iter().all(|value| value.is_finite()));
    match bad {
        Some((_, id)) => Err(BundleError::NotFinite {
            tensor: EMBEDDING,
            id: *id,
        }),
        None => Ok(Some((values, width))),
    }
}

/// The tensor of these galaxies' vectors, in 32 bits where that loses nothing; `None` when none has one.
pub(super) fn tensor(ids: &[i64], about: &[About]) -> Result<Option<Tensor>, BundleError> {
    let Some(width) = about
        .iter()
        .map(|about| about.vector.len())
        .find(|width| *width > 0)
    else {
        return Ok(None);
    };
    for (id, about) in ids.iter().zip(about) {
        if about.vector.len() != width {
            return Err(BundleError::Vector {
                id: *id,
                found: about.vector.len(),
                wanted: width,
            });
        }
        if !about.vector.iter().all(|value| value.is_finite()) {
            return Err(BundleError::NotFinite {
                tensor: EMBEDDING,
                id: *id,
            });
        }
    }
    let values = || about.iter().flat_map(|about| about.vector.iter().copied());
    let (is_f32, bytes) = lossless(values);
    let kind = if is_f32 { "F32" } else { "F64" };
    Ok(Some((EMBEDDING, kind, vec![ids.len(), width], bytes)))
}

/// The bytes of numbers, in 32 bits where that loses nothing; and whether it is so.
pub(crate) fn lossless<I: Iterator<Item = f64>>(values: impl Fn() -> I) -> (bool, Vec<u8>) {
    let is_f32 = values().all(|value| f64::from(value as f32).to_bits() == value.to_bits());
    let bytes = if is_f32 {
        values().flat_map(|value| (value as f32).to_le_bytes()).collect()
    } else {
        values().flat_map(f64::to_le_bytes).collect()
    };
    (is_f32, bytes)
}

#[cfg(test)]
mod tests {
    use crate::bundle::{Dtype, read, read_vectors, vectors_alone, write};
    use crate::cutout::simulate::simulate;
    use std::collections::BTreeMap;

    #[test]
    fn vectors_come_back_to_the_last_bit_with_pictures_and_without() {
        for third in [1.5, 1.0 / 3.0] {
            let mut set = simulate(2, 3);
            for (row, about) in set.about.iter_mut().enumerate() {
                about.vector = vec![row as f64, -0.25, third];
            }
            let bytes = write(&set, None, Dtype::U8, &BTreeMap::new()).unwrap();
            let back = read(&bytes).unwrap().set;
            assert_eq!(back.about[1].vector, [1.0, -0.25, third]);
            // The pictures are where they were.
            assert_eq!(back.ids, set.ids);

            let bytes = vectors_alone(&set.ids, &set.names, &set.about, &BTreeMap::new()).unwrap();
            assert!(read(&bytes).is_err());
            let alone = read_vectors(&bytes).unwrap();
            assert_eq!((alone.ids, alone.width), (set.ids.clone(), 3));
            assert_eq!(alone.names, set.names);
            assert_eq!(alone.values[2], third);
        }
    }

    #[test]
    fn one_galaxy_without_a_vector_is_an_error_and_so_is_one_of_another_length() {
        let mut set = simulate(2, 3);
        set.about[0].vector = vec![1.0, 2.0];
        set.about[1].vector = vec![1.0, 2.0];
        for wrong in [vec![], vec![1.0], vec![1.0, f64::NAN]] {
            set.about[2].vector = wrong;
            assert!(write(&set, None, Dtype::F32, &BTreeMap::new()).is_err());
        }
    }
}
