//! Reading a bundle. The container is parsed and bounded by the `safetensors` crate.

use half::f16;
use safetensors::{Dtype as Kind, SafeTensors, tensor::TensorView};

use super::{Bundle, BundleError, CODES, Dtype, FORMAT, VERSION, duplicate, inspect::metadata};
use crate::cutout::{CutoutSet, PIXELS, SIDE};

/// The number of galaxies in a bundle, from its header: cheap.
///
/// # Errors
/// [`BundleError`] when the file is no bundle.
pub fn count(bytes: &[u8]) -> Result<usize, BundleError> {
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| BundleError::Container(error.to_string()))?;
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

/// Reads a bundle.
///
/// When only one of `raw` and `image` is there it serves as both, with a remark. Images of shape (N, 4096) are taken too.
///
/// # Errors
/// [`BundleError`] when the container is damaged, a tensor is missing or has the wrong type or shape, an id stands twice,
/// or a value is not finite.
pub fn read(bytes: &[u8]) -> Result<Bundle, BundleError> {
    let count = count(bytes)?;
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| BundleError::Container(error.to_string()))?;
    let metadata = metadata(&header);
    if metadata.get("format").is_some_and(|format| format == FORMAT)
        && let Some(version) = metadata.get("version").filter(|version| *version != VERSION)
    {
        return Err(BundleError::Version(version.clone()));
    }
    let tensors =
        SafeTensors::deserialize(bytes).map_err(|error| BundleError::Container(error.to_string()))?;
    let ids = ids(&tensors)?;
    if let Some(id) = duplicate(&ids) {
        return Err(BundleError::Duplicate(id));
    }
    let scale = match metadata.get("scale") {
        None => 255.0,
        Some(text) => text
            .parse::<f32>()
            .ok()
            .filter(|scale| scale.is_finite() && *scale > 0.0)
            .ok_or_else(|| BundleError::Scale(text.clone()))?,
    };
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
    let names = match metadata.get("names") {
        None => Vec::new(),
        Some(text) => serde_json::from_str::<Vec<String>>(text)
            .ok()
            .filter(|names| names.len() == count)
            .ok_or(BundleError::Names(count))?,
    };
    let codes = codes(&tensors, count)?;
    Ok(Bundle {
        set: CutoutSet::new(ids, names, raw, image)?,
        codes,
        dtype,
        metadata,
        remarks,
    })
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

fn wrong_type(name: &'static str, view: &TensorView<'_>, wanted: &'static str) -> BundleError {
    BundleError::Type {
        name,
        found: format!("{:?}", view.dtype()).to_lowercase(),
        wanted,
    }
}

fn ids(tensors: &SafeTensors<'_>) -> Result<Vec<i64>, BundleError> {
    let view = tensors.tensor("id").ok().ok_or(BundleError::Missing("id"))?;
    if view.dtype() != Kind::I64 {
        return Err(wrong_type("id", &view, "i64"));
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
    let data = view.data();
    let (values, dtype): (Vec<f32>, _) = match view.dtype() {
        Kind::F32 => (
            data.as_chunks::<4>()
                .0
                .iter()
                .map(|word| f32::from_le_bytes(*word))
                .collect(),
            Dtype::F32,
        ),
        Kind::F16 => (
            data.as_chunks::<2>()
                .0
                .iter()
                .map(|word| f16::from_le_bytes(*word).to_f32())
                .collect(),
            Dtype::F16,
        ),
        Kind::U8 => (
            data.iter().map(|byte| f32::from(*byte) / scale).collect(),
            Dtype::U8,
        ),
        _ => return Err(wrong_type(name, &view, "f32, f16 or u8")),
    };
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
        return Err(wrong_type("codes", &view, "u8"));
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
