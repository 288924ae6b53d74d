//! Reading a bundle in pieces: from its header, where each galaxy's bytes stand.

use std::ops::Range;

use safetensors::Dtype as Kind;
use safetensors::tensor::{Metadata, TensorInfo};

use super::dtype::Dtype;
use super::error::BundleError;
use super::inspect::metadata;
use crate::bundle::read;
use crate::cutout::{PIXELS, SIDE};

/// Where the galaxies of a bundle are in its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    count: usize,
    ids: u64,
    images: u64,
    raw: u64,
    dtype: Dtype,
    scale: f32,
    /// Empty where the ids serve as names.
    names: Vec<String>,
}

/// The length of the header of a safetensors file, its own 8 bytes of length included, from these first 8 bytes. `None`
/// when the file cannot be one.
pub fn header_length(first: [u8; 8]) -> Option<usize> {
    const MAX_SIZE: u64 = 100_000_000;
    let length = u64::from_le_bytes(first);
    (length <= MAX_SIZE).then(|| length as usize + 8)
}

impl Rows {
    /// From the whole header (see [`header_length`]). When only one of `raw` and `image` is there it serves as both.
    ///
    /// # Errors
    /// [`BundleError`] when it is the header of no bundle, or the tensors have a wrong shape or type.
    pub fn new(header: &[u8]) -> Result<Self, BundleError> {
        // `SafeTensors::read_metadata` wants the whole file.
        let json = header.get(8..).unwrap_or_default();
        let tensors: Metadata =
            serde_json::from_slice(json).map_err(|error| BundleError::Container(error.to_string()))?;
        let count = read::galaxies(&tensors)?;
        let metadata = metadata(&tensors);
        read::check_version(&metadata)?;
        let data = header.len() as u64;
        let wanted = vec![count, SIDE, SIDE];
        let mut places = [None; 2];
        let mut stored = None;
        for (place, name) in places.iter_mut().zip(["image", "raw"]) {
            let Some(tensor) = tensors.info(name) else {
                continue;
            };
            if tensor.shape != wanted && tensor.shape != [count, PIXELS] {
                return Err(BundleError::Shape {
                    name,
                    found: tensor.shape.clone(),
                    wanted,
                });
            }
            let dtype = read::pixel_type(name, tensor.dtype)?;
            if stored.is_some_and(|stored| stored != dtype) {
                return Err(BundleError::Type {
                    name,
                    found: dtype.to_string(),
                    wanted: "that of `image`",
                });
            }
            fits(tensor, count, PIXELS * dtype.bytes())?;
            stored = Some(dtype);
            *place = Some(data.saturating_add(tensor.data_offsets.0 as u64));
        }
        let [image, raw] = places;
        let (Some(images), Some(dtype)) = (image.or(raw), stored) else {
            return Err(BundleError::Missing("image"));
        };
        let ids = tensors.info("id").ok_or(BundleError::Missing("id"))?;
        if ids.dtype != Kind::I64 {
            return Err(BundleError::Type {
                name: "id",
                found: format!("{:?}", ids.dtype).to_lowercase(),
                wanted: "i64",
            });
        }
        fits(ids, count, 8)?;
        Ok(Self {
            count,
            ids: data.saturating_add(ids.data_offsets.0 as u64),
            images,
            raw: raw.unwrap_or(images),
            dtype,
            scale: read::scale(&metadata)?,
            names: read::names(&metadata, count)?,
        })
    }

    /// The number of galaxies.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The names of some galaxies; none where the ids serve as names.
    pub fn names(&self, rows: Range<usize>) -> &[String] {
        self.names.get(rows).unwrap_or_default()
    }

    /// Where the ids of some galaxies are in the file.
    pub fn id_bytes(&self, rows: Range<usize>) -> Range<u64> {
        span(self.ids, 8, rows)
    }

    /// Where the images of some galaxies are in the file.
    pub fn image_bytes(&self, rows: Range<usize>) -> Range<u64> {
        span(self.images, PIXELS * self.dtype.bytes(), rows)
    }

    /// Where the images of some galaxies before the sky was cleared are in the file.
    pub fn raw_bytes(&self, rows: Range<usize>) -> Range<u64> {
        span(self.raw, PIXELS * self.dtype.bytes(), rows)
    }

    /// The least length of the file.
    pub fn end(&self) -> u64 {
        let all = 0..self.count;
        let ends = [
            self.id_bytes(all.clone()),
            self.image_bytes(all.clone()),
            self.raw_bytes(all),
        ];
        ends.iter().map(|range| range.end).max().unwrap_or(0)
    }

    /// Ids from their bytes.
    pub fn ids(&self, bytes: &[u8]) -> Vec<i64> {
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().map(|word| i64::from_le_bytes(*word)).collect()
    }

    /// Images from their bytes. `[n * 4096]`
    pub fn images(&self, bytes: &[u8]) -> Vec<f32> {
        read::pixels(bytes, self.dtype, self.scale)
    }
}

/// Refuses a tensor whose place in the file is not as long as its shape says.
fn fits(tensor: &TensorInfo, count: usize, size: usize) -> Result<(), BundleError> {
    let (start, end) = tensor.data_offsets;
    if end.checked_sub(start) == count.checked_mul(size) {
        Ok(())
    } else {
        Err(BundleError::Container("shapes and offsets disagree".to_owned()))
    }
}

fn span(start: u64, size: usize, rows: Range<usize>) -> Range<u64> {
    // Offsets are the file's word: beyond the end of numbers they are beyond the end of the file as well.
    let at = |row: usize| start.saturating_add((row as u64).saturating_mul(size as u64));
    at(rows.start)..at(rows.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::dtype::Dtype;
    use crate::bundle::{read, write};
    use crate::cutout::CutoutSet;

    #[test]
    fn pieces_are_parts_of_the_whole() {
        let raw: Vec<f32> = (0..5 * PIXELS).map(|i| (i % 251) as f32 / 250.0).collect();
        let image: Vec<f32> = raw.iter().map(|v| if *v < 0.1 { 0.0 } else { *v }).collect();
        let names: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        let set = CutoutSet::new(vec![9, 8, -7, 6, i64::MIN], names, raw, image).unwrap();
        for dtype in [Dtype::F32, Dtype::F16, Dtype::U8] {
            let bytes = write(&set, None, dtype, &Default::default()).unwrap();
            let whole = read(&bytes).unwrap().set;
            let length = header_length(*bytes.first_chunk().unwrap()).unwrap();
            let rows = Rows::new(&bytes[..length]).unwrap();
            assert_eq!((rows.count(), rows.end()), (5, bytes.len() as u64));
            for part in [0..5, 2..4, 3..3] {
                let at = |range: Range<u64>| &bytes[range.start as usize..range.end as usize];
                assert_eq!(rows.ids(at(rows.id_bytes(part.clone()))), whole.ids[part.clone()]);
                assert_eq!(rows.names(part.clone()), &whole.names[part.clone()]);
                let pixels = part.start * PIXELS..part.end * PIXELS;
                assert_eq!(
                    rows.images(at(rows.image_bytes(part.clone()))),
                    whole.image[pixels.clone()]
                );
                assert_eq!(rows.images(at(rows.raw_bytes(part))), whole.raw[pixels]);
            }
        }
    }

    #[test]
    fn other_files_are_refused() {
        assert_eq!(header_length([255; 8]), None);
        assert!(Rows::new(&[0; 8]).is_err());
        let json = br#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        let model = [&(json.len() as u64).to_le_bytes()[..], json].concat();
        assert!(matches!(Rows::new(&model), Err(BundleError::NoBundle(_))));
    }
}
