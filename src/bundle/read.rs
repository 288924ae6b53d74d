//! Reading a bundle. The container is parsed and bounded by the `safetensors` crate.

use std::collections::BTreeMap;

use half::f16;
use safetensors::tensor::Metadata;
use safetensors::{Dtype as Kind, SafeTensors};

use super::contents::{Bundle, CODES, FORMAT, VECTORS_OF, VERSION, VectorsAlone, duplicate};
use super::dtype::Dtype;
use super::embedding;
use super::error::BundleError;
use super::inspect::metadata;
use crate::cutout::{About, CutoutSet, PIXELS, SIDE};

/// The number of galaxies in a bundle, from its header: cheap.
///
/// # Errors
/// [`BundleError`] when the file is no bundle.
pub fn count(bytes: &[u8]) -> Result<usize, BundleError> {
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| BundleError::Container(error.to_string()))?;
    galaxies(&header)
}

/// The number of galaxies by the header.
pub(super) fn galaxies(header: &Metadata) -> Result<usize, BundleError> {
    if ["raw", "image"].iter().all(|name| header.info(name).is_none()) {
        return Err(BundleError::NoBundle(described(header.offset_keys())));
    }
    let info = header.info("id").ok_or(BundleError::Missing("id"))?;
    match info.shape.as_slice() {
        [count] => Ok(*count),
        other => Err(BundleError::Shape {
            name: "id",
            found: other.to_vec(),
            wanted: vec![other.iter().product()],
        }),
    }
}

/// Metadata, tensors and identifiers.
type Opened<'a> = (BTreeMap<String, String>, SafeTensors<'a>, Vec<i64>);

/// What every file of galaxies begins with: of a version that is known, each identifier once.
fn opened(bytes: &[u8]) -> Result<Opened<'_>, BundleError> {
    let damaged = |error: safetensors::SafeTensorError| BundleError::Container(error.to_string());
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let metadata = metadata(&header);
    check_version(&metadata)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let ids = ids(&tensors)?;
    match duplicate(&ids) {
        Some(id) => Err(BundleError::Duplicate(id)),
        None => Ok((metadata, tensors, ids)),
    }
}

/// Reads a bundle.
///
/// When only one of `raw` and `image` is there it serves as both, with a remark. Images of shape (N, 4096) are taken too.
///
/// # Errors
/// [`BundleError`] when the container is damaged, a tensor is missing or has the wrong type or shape, an id appears twice,
/// or a value is not finite.
pub fn read(bytes: &[u8]) -> Result<Bundle, BundleError> {
    let count = count(bytes)?;
    let (metadata, tensors, ids) = opened(bytes)?;
    let scale = scale(&metadata)?;
    let mut remarks = Vec::new();
    let raw = images(&tensors, "raw", &ids, scale)?;
    let image = images(&tensors, "image", &ids, scale)?;
    let (raw, image, dtype) = match (raw, image) {
        (Some((raw, dtype)), Some((image, _))) => (raw, image, dtype),
        (Some((raw, dtype)), None) => {
            remarks.push("the bundle has no `image`: its `raw` cutouts serve as both".to_owned());
            (raw.clone(), raw, dtype)
        }
        (None, Some((image, dtype))) => {
            remarks.push("the bundle has no `raw`: its `image` cutouts serve as both".to_owned());
            (image.clone(), image, dtype)
        }
        (None, None) => return Err(BundleError::Missing("image")),
    };
    let names = names(&metadata, count)?;
    let codes = codes(&tensors, count)?;
    let vectors = embedding::embedding(&tensors, &ids)?;
    let mut set = CutoutSet::new(ids, names, raw, image)?;
    if let Some(text) = metadata.get("about") {
        match serde_json::from_str::<Vec<About>>(text) {
            Ok(about) if about.len() == count => set.about = about,
            _ => remarks.push(format!(
                "its `about` is no list of facts on {count} galaxies and was passed over"
            )),
        }
    }
    if let Some((values, width)) = vectors {
        for (about, vector) in set.about.iter_mut().zip(values.chunks_exact(width)) {
            about.vector = vector.to_vec();
        }
    }
    Ok(Bundle {
        set,
        codes,
        dtype,
        metadata,
        remarks,
    })
}

/// True for a file of vectors without pictures, by its header.
#[must_use]
pub fn holds_vectors_alone(bytes: &[u8]) -> bool {
    SafeTensors::read_metadata(bytes).is_ok_and(|(_, header)| {
        let has = |name: &str| header.info(name).is_some();
        has("id") && has(embedding::EMBEDDING) && !has("raw") && !has("image")
    })
}

/// Reads a file of vectors without pictures, as [`vectors_alone`](super::vectors_alone) writes it.
///
/// # Errors
/// [`BundleError`] as for [`read`].
pub fn read_vectors(bytes: &[u8]) -> Result<VectorsAlone, BundleError> {
    let (mut metadata, tensors, ids) = opened(bytes)?;
    let (values, width) =
        embedding::embedding(&tensors, &ids)?.ok_or(BundleError::Missing(embedding::EMBEDDING))?;
    let names = names(&metadata, ids.len())?;
    Ok(VectorsAlone {
        names: if names.is_empty() {
            ids.iter().map(i64::to_string).collect()
        } else {
            names
        },
        ids,
        values,
        width,
        vectors_of: metadata.remove(VECTORS_OF),
    })
}

/// The galaxies' names; none where the ids serve as names.
pub(super) fn names(metadata: &BTreeMap<String, String>, count: usize) -> Result<Vec<String>, BundleError> {
    match metadata.get("names") {
        None => Ok(Vec::new()),
        Some(text) => serde_json::from_str::<Vec<String>>(text)
            .ok()
            .filter(|names| names.len() == count)
            .ok_or(BundleError::Names(count)),
    }
}

/// Names some tensors of a file that is no bundle.
fn described(names: Vec<String>) -> String {
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => format!("one tensor, `{one}`"),
        [first, ..] => format!(
            "{} other tensors (such as `{first}`), as a model does",
            names.len()
        ),
    }
}

fn wrong_type(name: &'static str, found: Kind, wanted: &'static str) -> BundleError {
    BundleError::Type {
        name,
        found: format!("{found:?}").to_lowercase(),
        wanted,
    }
}

/// How pixels are stored, if in one of our ways.
pub(super) fn pixel_type(name: &'static str, kind: Kind) -> Result<Dtype, BundleError> {
    match kind {
        Kind::F32 => Ok(Dtype::F32),
        Kind::F16 => Ok(Dtype::F16),
        Kind::U8 => Ok(Dtype::U8),
        _ => Err(wrong_type(name, kind, "f32, f16 or u8")),
    }
}

/// Stored pixels as floats.
pub(super) fn pixels(data: &[u8], dtype: Dtype, scale: f32) -> Vec<f32> {
    match dtype {
        Dtype::F32 => {
            let (words, _) = data.as_chunks::<4>();
            words.iter().map(|word| f32::from_le_bytes(*word)).collect()
        }
        Dtype::F16 => {
            let (words, _) = data.as_chunks::<2>();
            words
                .iter()
                .map(|word| f16::from_le_bytes(*word).to_f32())
                .collect()
        }
        Dtype::U8 => data.iter().map(|byte| f32::from(*byte) / scale).collect(),
    }
}

/// What a byte of 255 stands for, by the metadata.
pub(super) fn scale(metadata: &BTreeMap<String, String>) -> Result<f32, BundleError> {
    match metadata.get("scale") {
        None => Ok(255.0),
        Some(text) => text
            .parse::<f32>()
            .ok()
            .filter(|scale| scale.is_finite() && *scale > 0.0)
            .ok_or_else(|| BundleError::Scale(text.clone())),
    }
}

/// Refuses a bundle of a later version of the format.
pub(super) fn check_version(metadata: &BTreeMap<String, String>) -> Result<(), BundleError> {
    let ours = metadata.get("format").is_some_and(|format| format == FORMAT);
    match metadata
        .get("version")
        .filter(|version| ours && *version != VERSION)
    {
        Some(version) => Err(BundleError::Version(version.clone())),
        None => Ok(()),
    }
}

fn ids(tensors: &SafeTensors<'_>) -> Result<Vec<i64>, BundleError> {
    let view = tensors.tensor("id").ok().ok_or(BundleError::Missing("id"))?;
    if view.dtype() != Kind::I64 {
        return Err(wrong_type("id", view.dtype(), "i64"));
    }
    let (words, _) = view.data().as_chunks::<8>();
    Ok(words.iter().map(|word| i64::from_le_bytes(*word)).collect())
}

type Images = Option<(Vec<f32>, Dtype)>;

fn images(
    tensors: &SafeTensors<'_>,
    name: &'static str,
    ids: &[i64],
    scale: f32,
) -> Result<Images, BundleError> {
    let Ok(view) = tensors.tensor(name) else {
        return Ok(None);
    };
    let count = ids.len();
    let wanted = vec![count, SIDE, SIDE];
    if view.shape() != wanted && view.shape() != [count, PIXELS] {
        return Err(BundleError::Shape {
            name,
            found: view.shape().to_vec(),
            wanted,
        });
    }
    let dtype = pixel_type(name, view.dtype())?;
    let values = pixels(view.data(), dtype, scale);
    let bad = values
        .chunks(PIXELS)
        .zip(ids)
        .find(|(galaxy, _)| !galaxy.iter().all(|v| v.is_finite()));
    match bad {
        Some((_, id)) => Err(BundleError::NotFinite {
            tensor: name,
            id: *id,
        }),
        None => Ok(Some((values, dtype))),
    }
}

fn codes(tensors: &SafeTensors<'_>, count: usize) -> Result<Option<Vec<u8>>, BundleError> {
    let Ok(view) = tensors.tensor("codes") else {
        return Ok(None);
    };
    if view.dtype() != Kind::U8 {
        return Err(wrong_type("codes", view.dtype(), "u8"));
    }
    let wanted = vec![count, CODES];
    if view.shape() != wanted {
        return Err(BundleError::Shape {
            name: "codes",
            found: view.shape().to_vec(),
            wanted,
        });
    }
    Ok(Some(view.data().to_vec()))
}
