//! The binary format: a safetensors file of cutouts.
//!
//! | tensor | type | shape | what |
//! |---|---|---|---|
//! | `id` | i64 | N | identifiers, unique |
//! | `raw` | f32, f16 or u8 | N, 64, 64 | cutouts before the sky was cleared |
//! | `image` | as `raw` | N, 64, 64 | cutouts that the model sees |
//! | `codes` | u8 | N, 64 | optional: the codes, row-major from the top left of the 8x8 grid |
//!
//! Images are row-major with the top row first, from 0 to 1. As u8 they are stored as round(255 v). The metadata (all
//! text) hold `format` = `galaxy-grove bundle`, `version` = `1`, `names` (a JSON array of N names, when they differ from
//! the ids), `scale` (`255`, with u8) and freely chosen keys such as `credit` and `source`. Python reads it with
//! `safetensors.numpy.load_file(path)`. `docs/bundle.md` tells the same at more length.
//!
//! Equal contents give equal bytes: tensors and metadata are written in a fixed order.

mod inspect;
mod read;
mod rows;
mod write;

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::cutout::{CutoutSet, SetError};

pub use self::{
    inspect::{Contents, TensorEntry, inspect},
    read::{count, read},
    rows::{Rows, header_length},
    write::{write, write_with},
};

/// The value of the metadata key `format`.
pub const FORMAT: &str = "galaxy-grove bundle";
/// The value of the metadata key `version`.
pub const VERSION: &str = "1";
/// Codes of one galaxy.
pub const CODES: usize = 64;
/// Metadata keys that [`write()`] sets itself.
pub const RESERVED: [&str; 5] = ["about", "format", "version", "names", "scale"];

/// How pixels are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    /// 32-bit floats: exact. 32 kB for each galaxy.
    #[default]
    F32,
    /// 16-bit floats: to 3 digits. 16 kB for each galaxy.
    F16,
    /// Bytes, round(255 v): for values from 0 to 1. 8 kB for each galaxy.
    U8,
}

impl Dtype {
    /// Bytes of one pixel.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::U8 => 1,
        }
    }
}

impl fmt::Display for Dtype {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::U8 => "u8",
        })
    }
}

impl FromStr for Dtype {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "f32" => Ok(Self::F32),
            "f16" => Ok(Self::F16),
            "u8" => Ok(Self::U8),
            other => Err(format!("`{other}` is no pixel type: choose f32, f16 or u8")),
        }
    }
}

/// What a bundle holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The cutouts.
    pub set: CutoutSet,
    /// 64 codes for each galaxy, if the file has them. `[N * 64]`
    pub codes: Option<Vec<u8>>,
    /// How the pixels were stored.
    pub dtype: Dtype,
    /// All metadata, those of [`RESERVED`] included.
    pub metadata: BTreeMap<String, String>,
    /// Sentences for the user.
    pub remarks: Vec<String>,
}

/// Why a bundle cannot be written or read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BundleError {
    /// The safetensors container is damaged.
    #[error("the safetensors file is damaged or cut short ({0})")]
    Container(String),
    /// A safetensors file of something else.
    #[error("the safetensors file holds no galaxies but {0}")]
    NoBundle(String),
    /// A later version of the format.
    #[error("the bundle has version {0}; this program reads version {VERSION}")]
    Version(String),
    /// A tensor is missing.
    #[error("the bundle has no tensor `{0}`")]
    Missing(&'static str),
    /// A tensor has an unexpected type.
    #[error("the tensor `{name}` has the type {found} where {wanted} is needed")]
    Type {
        /// The tensor.
        name: &'static str,
        /// Its type.
        found: String,
        /// The type it must have.
        wanted: &'static str,
    },
    /// A tensor has an unexpected shape.
    #[error("the tensor `{name}` has the shape {found:?} where {wanted:?} is needed")]
    Shape {
        /// The tensor.
        name: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape it must have.
        wanted: Vec<usize>,
    },
    /// Columns that do not fit together.
    #[error(transparent)]
    Set(#[from] SetError),
    /// An identifier stands twice.
    #[error("two galaxies have the id {0}")]
    Duplicate(i64),
    /// The metadata key `names` is no JSON array of N texts.
    #[error("the metadata `names` are no JSON list of {0} names")]
    Names(usize),
    /// The metadata key `scale` is no positive number.
    #[error("the metadata `scale` is `{0}`, which is no positive number")]
    Scale(String),
    /// A pixel is NaN or infinite.
    #[error("the {tensor} of galaxy {id} has a value that is not finite")]
    NotFinite {
        /// `raw` or `image`.
        tensor: &'static str,
        /// The galaxy.
        id: i64,
    },
    /// A pixel cannot be stored in the chosen type.
    #[error("the {tensor} of galaxy {id} holds {value}, which does not fit {dtype}")]
    Range {
        /// `raw` or `image`.
        tensor: &'static str,
        /// The galaxy.
        id: i64,
        /// The value.
        value: f32,
        /// The chosen type.
        dtype: Dtype,
    },
    /// The metadata would be larger than safetensors allows.
    #[error("the metadata (names, credit, source) take more than 100 MB")]
    Metadata,
}

impl BundleError {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Container(_) => "download or copy it again",
            Self::NoBundle(_) => {
                "give a bundle made by `grove convert`; a model goes where models are asked for"
            }
            Self::Version(_) => "get a newer Galaxy Grove",
            Self::Duplicate(_) => "give every galaxy an id of its own",
            Self::Range { dtype: Dtype::U8, .. } => "u8 holds values from 0 to 1: choose --dtype f32 or f16",
            Self::Range { .. } => "choose --dtype f32",
            Self::NotFinite { .. } => "leave that galaxy out, or replace the value by 0",
            Self::Metadata => "give shorter names",
            _ => "write it as docs/bundle.md says, or make it with `grove convert`",
        }
    }
}

/// The first identifier that stands twice.
fn duplicate(ids: &[i64]) -> Option<i64> {
    let mut seen = std::collections::BTreeSet::new();
    ids.iter().copied().find(|id| !seen.insert(*id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cutout::PIXELS;

    fn set(count: usize, value: impl Fn(usize) -> f32) -> CutoutSet {
        let raw: Vec<f32> = (0..count * PIXELS).map(&value).collect();
        let image = raw.iter().map(|v| if *v < 0.1 { 0.0 } else { *v }).collect();
        let ids = (0..count as i64).map(|i| i64::MAX - i).collect();
        CutoutSet::new(ids, Vec::new(), raw, image).unwrap()
    }

    fn ramp(i: usize) -> f32 {
        (i % 1009) as f32 / 1008.0
    }

    #[test]
    fn every_type_comes_back_to_its_precision() {
        let set = set(3, ramp);
        let codes: Vec<u8> = (0..3 * 64).map(|i| i % 16).collect();
        for (dtype, error) in [
            (Dtype::F32, 0.0),
            (Dtype::F16, 2.5e-4),
            (Dtype::U8, 0.5 / 255.0 + 1e-6),
        ] {
            let metadata = BTreeMap::from([("credit".to_owned(), "nobody \"and\" \u{1f30c}".to_owned())]);
            let bytes = write(&set, Some(&codes), dtype, &metadata).unwrap();
            assert_eq!(
                bytes,
                write(&set, Some(&codes), dtype, &metadata).unwrap(),
                "equal contents, equal bytes"
            );
            let back = read(&bytes).unwrap();
            assert_eq!(back.set.ids, set.ids, "64-bit ids are exact");
            assert_eq!(back.set.names, set.names);
            assert_eq!(back.codes.as_deref(), Some(codes.as_slice()));
            assert_eq!(back.dtype, dtype);
            assert_eq!(back.metadata["credit"], metadata["credit"]);
            assert_eq!(back.metadata["format"], FORMAT);
            assert!(
                !back.metadata.contains_key("names"),
                "names equal to the ids are not repeated"
            );
            assert!(back.remarks.is_empty());
            for (a, b) in set
                .raw
                .iter()
                .zip(&back.set.raw)
                .chain(set.image.iter().zip(&back.set.image))
            {
                assert!((a - b).abs() <= error, "{dtype}: {a} {b}");
            }
            assert!(
                back.set
                    .image
                    .iter()
                    .zip(&set.image)
                    .all(|(b, a)| *a != 0.0 || *b == 0.0),
                "zero stays zero"
            );
            assert_eq!(count(&bytes).unwrap(), 3);
        }
    }

    #[test]
    fn names_are_kept() {
        let mut named = set(2, ramp);
        named.names = vec!["NGC 1".into(), "a \"b\"\n".into()];
        let back = read(&write(&named, None, Dtype::U8, &BTreeMap::new()).unwrap()).unwrap();
        assert_eq!(back.set.names, named.names);
        assert_eq!(back.codes, None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let bright = set(1, |i| if i == 7 { 1.5 } else { 0.5 });
        let error = write(&bright, None, Dtype::U8, &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, BundleError::Range { value: 1.5, .. }));
        assert!(error.remedy().contains("f32"));
        assert!(write(&bright, None, Dtype::F16, &BTreeMap::new()).is_ok());
        let vast = set(1, |_| 1e6);
        assert!(matches!(
            write(&vast, None, Dtype::F16, &BTreeMap::new()),
            Err(BundleError::Range { .. })
        ));
        let nan = set(1, |i| if i == 7 { f32::NAN } else { 0.5 });
        let error = write(&nan, None, Dtype::F32, &BTreeMap::new()).unwrap_err();
        assert_eq!(
            error,
            BundleError::NotFinite {
                tensor: "raw",
                id: i64::MAX
            }
        );
        let mut twice = set(2, ramp);
        twice.ids = vec![5, 5];
        assert_eq!(
            write(&twice, None, Dtype::F32, &BTreeMap::new()),
            Err(BundleError::Duplicate(5))
        );
        let mut short = set(2, ramp);
        short.raw.pop();
        assert!(matches!(
            write(&short, None, Dtype::F32, &BTreeMap::new()),
            Err(BundleError::Set(_))
        ));
        let error = write(&set(2, ramp), Some(&[0; 64]), Dtype::F32, &BTreeMap::new()).unwrap_err();
        assert!(matches!(error, BundleError::Shape { name: "codes", .. }));
    }

    #[test]
    fn a_missing_half_is_taken_from_the_other() {
        let set = set(2, ramp);
        let bytes = write::container(
            &[
                ("id", "I64", vec![2], bytes_of(&set.ids)),
                ("image", "F32", vec![2, 4096], bytes_of(&set.image)),
            ],
            &BTreeMap::new(),
        )
        .unwrap();
        let back = read(&bytes).unwrap();
        assert_eq!(back.set.raw, set.image);
        assert_eq!(back.remarks.len(), 1);
    }

    fn bytes_of<T: bytemuck::NoUninit>(values: &[T]) -> Vec<u8> {
        bytemuck::cast_slice(values).to_vec()
    }

    #[test]
    fn wrong_tensors_are_named() {
        let set = set(2, ramp);
        let id = ("id", "I64", vec![2], bytes_of(&set.ids));
        let image = ("image", "F32", vec![2, 64, 64], bytes_of(&set.image));
        let none = BTreeMap::new();
        let read_of = |tensors: &[write::Tensor], metadata: &BTreeMap<String, String>| {
            read(&write::container(tensors, metadata).unwrap()).unwrap_err()
        };
        assert_eq!(
            read_of(std::slice::from_ref(&image), &none),
            BundleError::Missing("id")
        );
        let three = ("id", "I64", vec![3], bytes_of(&[1i64, 2, 3]));
        assert!(matches!(
            read_of(&[three, image.clone()], &none),
            BundleError::Shape { name: "image", .. }
        ));
        let narrow = ("id", "I32", vec![2], bytes_of(&[1i32, 2]));
        assert!(matches!(
            read_of(&[narrow, image.clone()], &none),
            BundleError::Type { name: "id", .. }
        ));
        let model = ("encoder.weight", "F32", vec![1], bytes_of(&[1f32]));
        let error = read_of(&[model], &none);
        assert!(error.to_string().contains("encoder.weight"), "{error}");
        let twice = ("id", "I64", vec![2], bytes_of(&[4i64, 4]));
        assert_eq!(read_of(&[twice, image.clone()], &none), BundleError::Duplicate(4));
        let mut bad = set.image.clone();
        bad[PIXELS] = f32::INFINITY;
        let bad = ("image", "F32", vec![2, 64, 64], bytes_of(&bad));
        assert_eq!(
            read_of(&[id.clone(), bad], &none),
            BundleError::NotFinite {
                tensor: "image",
                id: i64::MAX - 1
            }
        );
        let names = BTreeMap::from([("names".to_owned(), "[\"one\"]".to_owned())]);
        assert_eq!(
            read_of(&[id.clone(), image.clone()], &names),
            BundleError::Names(2)
        );
        let later = BTreeMap::from([
            ("format".to_owned(), FORMAT.to_owned()),
            ("version".to_owned(), "2".to_owned()),
        ]);
        assert_eq!(
            read_of(&[id, image], &later),
            BundleError::Version("2".to_owned())
        );
    }

    proptest! {
        #[test]
        fn damaged_bundles_do_not_panic(cut in 0usize..3000, at in 0usize..600, byte: u8) {
            let set = set(1, ramp);
            let mut bytes = write(&set, Some(&[3; 64]), Dtype::U8, &BTreeMap::new()).unwrap();
            let whole = bytes.clone();
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            if let Some(slot) = bytes.get_mut(at) {
                *slot = byte;
            }
            let outcome = read(&bytes);
            if bytes.len() < whole.len() {
                prop_assert!(outcome.is_err());
            }
            let _ = inspect(&bytes);
        }
    }
}
