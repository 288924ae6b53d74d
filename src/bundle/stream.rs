//! Writing a bundle galaxy by galaxy, so that its pixels are never in memory together.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::contents::{GalaxyFacts, duplicate};
use super::dtype::Dtype;
use super::embedding;
use super::error::BundleError;
use super::write::{Extent, head, pixels};
use crate::cutout::{PIXELS, SIDE, SetError};

/// Which cutouts of a galaxy: 4096 values each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Before pixels under the sky were cleared.
    Raw,
    /// What the model sees.
    Image,
}

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// What it should hold does not fit a bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The pixels could not be read, or the bundle not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a bundle, byte for byte as [`write()`](super::write()) does. `pixels_of` gives the 4096 values of a galaxy, by its
/// number in the lists; it is asked for all of [`Plane::Raw`] first. Returns the length in bytes.
///
/// # Errors
/// [`StreamError`] when lists do not fit together, an id appears twice, a value is not finite or does not fit `dtype`, or
/// reading or writing fails.
pub fn write_rows(
    out: &mut dyn Write,
    heads: &GalaxyFacts<'_>,
    dtype: Dtype,
    metadata: &BTreeMap<String, String>,
    pixels_of: &mut dyn FnMut(Plane, usize) -> io::Result<Vec<f32>>,
) -> Result<u64, StreamError> {
    let count = heads.ids.len();
    for (column, found) in [("name", heads.names.len()), ("about", heads.about.len())] {
        if found != count {
            let error = SetError::Length {
                column,
                found,
                ids: count,
                needed: count,
            };
            return Err(BundleError::from(error).into());
        }
    }
    if let Some(id) = duplicate(heads.ids) {
        return Err(BundleError::Duplicate(id).into());
    }
    let shape = vec![count, SIDE, SIDE];
    let length = count * PIXELS * dtype.bytes();
    let vectors = embedding::tensor(heads.ids, heads.about).map_err(StreamError::Bundle)?;
    let mut extents: Vec<Extent> = vec![("id", "I64", vec![count], count * 8)];
    if let Some((name, kind, shape, bytes)) = &vectors {
        extents.push((name, kind, shape.clone(), bytes.len()));
    }
    extents.extend([
        ("raw", dtype.kind(), shape.clone(), length),
        ("image", dtype.kind(), shape, length),
    ]);
    let header = head(heads, dtype, metadata, &extents)?;
    out.write_all(&header)?;
    for id in heads.ids {
        out.write_all(&id.to_le_bytes())?;
    }
    if let Some((_, _, _, bytes)) = &vectors {
        out.write_all(bytes)?;
    }
    for (plane, tensor) in [(Plane::Raw, "raw"), (Plane::Image, "image")] {
        for (row, id) in heads.ids.iter().enumerate() {
            let values = pixels_of(plane, row)?;
            if values.len() != PIXELS {
                let error = SetError::Length {
                    column: tensor,
                    found: values.len(),
                    ids: 1,
                    needed: PIXELS,
                };
                return Err(BundleError::from(error).into());
            }
            out.write_all(&pixels(tensor, &values, &[*id], dtype)?)?;
        }
    }
    let data: usize = extents.iter().map(|(_, _, _, length)| length).sum();
    Ok((header.len() + data) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate::simulate;

    #[test]
    fn a_bundle_in_a_stream_has_the_same_bytes() {
        let mut set = simulate(3, 5);
        set.about[2].ra = Some(12.5);
        set.names[1] = "b".to_owned();
        set.about
            .iter_mut()
            .for_each(|about| about.vector = vec![0.1, 2.0]);
        let metadata = BTreeMap::from([("credit".to_owned(), "me".to_owned())]);
        for dtype in [Dtype::F32, Dtype::F16, Dtype::U8] {
            let whole = crate::bundle::write(&set, None, dtype, &metadata).unwrap();
            let heads = GalaxyFacts {
                ids: &set.ids,
                names: &set.names,
                about: &set.about,
            };
            let mut out = Vec::new();
            let mut pixels_of = |plane: Plane, row: usize| {
                Ok(match plane {
                    Plane::Raw => set.raw_of(row).to_vec(),
                    Plane::Image => set.image[row * PIXELS..][..PIXELS].to_vec(),
                })
            };
            let length = write_rows(&mut out, &heads, dtype, &metadata, &mut pixels_of).unwrap();
            assert_eq!(length, out.len() as u64);
            assert!(out == whole, "{dtype}");
            let mut broken = |_: Plane, _: usize| Ok(vec![f32::NAN; PIXELS]);
            let error = write_rows(&mut Vec::new(), &heads, dtype, &metadata, &mut broken);
            assert!(matches!(
                error,
                Err(StreamError::Bundle(BundleError::NotFinite { .. }))
            ));
        }
    }
}
