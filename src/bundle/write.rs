//! Writing a bundle.
//!
//! The container is written here rather than by the `safetensors` crate because that one takes its metadata in a hash
//! map, so that equal contents would give different bytes from run to run, and a hash of the file would mean nothing.
//! Its layout is eight bytes of header length, a JSON header padded with blanks to a multiple of eight, and the data.

use std::collections::BTreeMap;

use half::f16;
use serde_json::{Map, Value, json};

use super::contents::{CODES, FORMAT, GalaxyFacts, RESERVED, Tensor, VERSION, duplicate};
use super::dtype::Dtype;
use super::embedding;
use super::error::BundleError;
use crate::cutout::{About, CutoutSet, PIXELS, SIDE, SetError};

/// The largest header that readers accept.
const HEADER: usize = 100_000_000;
/// The largest 16-bit float.
const F16_TOP: f32 = 65_504.0;

/// Name, type, shape and length in bytes of a tensor.
pub(super) type Extent = (&'static str, &'static str, Vec<usize>, usize);

/// Writes a set of cutouts.
///
/// `codes` are 64 for each galaxy. `metadata` are free texts such as `credit` and `source`; keys of [`RESERVED`] are set
/// here and ignored there.
///
/// # Errors
/// [`BundleError`] when columns do not fit together, an id appears twice, a value is not finite or does not fit `dtype`.
pub fn write(
    set: &CutoutSet,
    codes: Option<&[u8]>,
    dtype: Dtype,
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>, BundleError> {
    write_with(set, codes, dtype, metadata, &[])
}

/// As [`write()`], with further tensors of 32-bit floats `[N, 64, 64]`, such as reconstructions. Readers of bundles pass
/// over them.
///
/// # Errors
/// As [`write()`].
pub fn write_with(
    set: &CutoutSet,
    codes: Option<&[u8]>,
    dtype: Dtype,
    metadata: &BTreeMap<String, String>,
    more: &[(&'static str, &[f32])],
) -> Result<Vec<u8>, BundleError> {
    let count = set.ids.len();
    // The columns are public, so that they are checked again here.
    for (column, found, needed) in [
        ("name", set.names.len(), count),
        ("about", set.about.len(), count),
        ("raw", set.raw.len(), count * PIXELS),
        ("image", set.image.len(), count * PIXELS),
    ] {
        if found != needed {
            return Err(SetError::Length {
                column,
                found,
                ids: count,
                needed,
            }
            .into());
        }
    }
    if let Some(id) = duplicate(&set.ids) {
        return Err(BundleError::Duplicate(id));
    }
    let shape = vec![count, SIDE, SIDE];
    let kind = dtype.kind();
    let ids = set.ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let mut tensors: Vec<Tensor> = vec![("id", "I64", vec![count], ids)];
    tensors.extend(embedding::tensor(&set.ids, &set.about)?);
    tensors.extend([
        (
            "raw",
            kind,
            shape.clone(),
            pixels("raw", &set.raw, &set.ids, dtype)?,
        ),
        (
            "image",
            kind,
            shape,
            pixels("image", &set.image, &set.ids, dtype)?,
        ),
    ]);
    if let Some(codes) = codes {
        if codes.len() != count * CODES {
            let wanted = vec![count, CODES];
            return Err(BundleError::Shape {
                name: "codes",
                found: vec![codes.len()],
                wanted,
            });
        }
        tensors.push(("codes", "U8", vec![count, CODES], codes.to_vec()));
    }
    for (name, values) in more {
        if values.len() != count * PIXELS {
            return Err(BundleError::Shape {
                name,
                found: vec![values.len()],
                wanted: vec![count, SIDE, SIDE],
            });
        }
        let bytes = pixels(name, values, &set.ids, Dtype::F32)?;
        tensors.push((name, "F32", vec![count, SIDE, SIDE], bytes));
    }
    let extents: Vec<Extent> = tensors
        .iter()
        .map(|(name, kind, shape, bytes)| (*name, *kind, shape.clone(), bytes.len()))
        .collect();
    let heads = GalaxyFacts {
        ids: &set.ids,
        names: &set.names,
        about: &set.about,
    };
    let header = head(&heads, dtype, metadata, &extents)?;
    Ok(joined(header, &tensors))
}

/// Writes the vectors of galaxies without their pictures.
///
/// # Errors
/// [`BundleError`] when an id appears twice, or a galaxy has no vector or one of another length.
pub fn vectors_alone(
    ids: &[i64],
    names: &[String],
    about: &[About],
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>, BundleError> {
    let count = ids.len();
    for (column, found) in [("name", names.len()), ("about", about.len())] {
        if found != count {
            return Err(SetError::Length {
                column,
                found,
                ids: count,
                needed: count,
            }
            .into());
        }
    }
    if let Some(id) = duplicate(ids) {
        return Err(BundleError::Duplicate(id));
    }
    let embedding = embedding::tensor(ids, about)?.ok_or(BundleError::Missing(embedding::EMBEDDING))?;
    let id_bytes = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let tensors: [Tensor; 2] = [("id", "I64", vec![count], id_bytes), embedding];
    let extents = tensors
        .each_ref()
        .map(|(name, kind, shape, bytes)| (*name, *kind, shape.clone(), bytes.len()));
    let header = head(&GalaxyFacts { ids, names, about }, Dtype::F32, metadata, &extents)?;
    Ok(joined(header, &tensors))
}

/// The beginning of a bundle, up to its first tensor.
pub(super) fn head(
    heads: &GalaxyFacts<'_>,
    dtype: Dtype,
    metadata: &BTreeMap<String, String>,
    extents: &[Extent],
) -> Result<Vec<u8>, BundleError> {
    let mut metadata: BTreeMap<String, String> = metadata
        .iter()
        .filter(|(key, _)| !RESERVED.contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    metadata.insert("format".to_owned(), FORMAT.to_owned());
    metadata.insert("version".to_owned(), VERSION.to_owned());
    let mut named = heads.names.iter().zip(heads.ids);
    if named.any(|(name, id)| *name != id.to_string()) {
        metadata.insert("names".to_owned(), json!(heads.names).to_string());
    }
    if !heads.about.iter().all(About::is_empty) {
        metadata.insert("about".to_owned(), json!(heads.about).to_string());
    }
    if dtype == Dtype::U8 {
        metadata.insert("scale".to_owned(), "255".to_owned());
    }
    header(&metadata, extents)
}

/// Turns pixels into little-endian bytes, each value checked.
pub(super) fn pixels(
    tensor: &'static str,
    values: &[f32],
    ids: &[i64],
    dtype: Dtype,
) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::with_capacity(values.len() * dtype.bytes());
    for (galaxy, id) in values.chunks(PIXELS).zip(ids) {
        for &value in galaxy {
            if !value.is_finite() {
                return Err(BundleError::NotFinite { tensor, id: *id });
            }
            let range = BundleError::Range {
                tensor,
                id: *id,
                value,
                dtype,
            };
            match dtype {
                Dtype::F32 => bytes.extend(value.to_le_bytes()),
                Dtype::F16 if value.abs() <= F16_TOP => bytes.extend(f16::from_f32(value).to_le_bytes()),
                Dtype::U8 if (0.0..=1.0).contains(&value) => bytes.push((value * 255.0).round() as u8),
                Dtype::F16 | Dtype::U8 => return Err(range),
            }
        }
    }
    Ok(bytes)
}

/// Lays tensors and metadata into a safetensors file. Tensors of wide types must come first, to stay aligned.
#[cfg(test)]
pub(super) fn container(
    tensors: &[Tensor],
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>, BundleError> {
    let extents: Vec<Extent> = tensors
        .iter()
        .map(|(name, kind, shape, bytes)| (*name, *kind, shape.clone(), bytes.len()))
        .collect();
    Ok(joined(header(metadata, &extents)?, tensors))
}

/// The length and the header of a safetensors file.
fn header(metadata: &BTreeMap<String, String>, extents: &[Extent]) -> Result<Vec<u8>, BundleError> {
    let mut header = Map::new();
    header.insert("__metadata__".to_owned(), json!(metadata));
    let mut offset = 0;
    for (name, kind, shape, length) in extents {
        let end = offset + length;
        header.insert(
            (*name).to_owned(),
            json!({"dtype": kind, "shape": shape, "data_offsets": [offset, end]}),
        );
        offset = end;
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    if header.len() > HEADER {
        return Err(BundleError::Metadata);
    }
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.append(&mut header);
    Ok(file)
}

fn joined(mut file: Vec<u8>, tensors: &[Tensor]) -> Vec<u8> {
    file.reserve_exact(tensors.iter().map(|(_, _, _, bytes)| bytes.len()).sum());
    for (_, _, _, bytes) in tensors {
        file.extend(bytes);
    }
    file
}
