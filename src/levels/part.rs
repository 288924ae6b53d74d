//! One part of a tree as a bundle.

use crate::bundle::{FORMAT, VECTORS_OF, VERSION, lossless};
use crate::cutout::SIDE;
use crate::grouping::{Merge, Tree};
use crate::tensors::{Tensor, bytes, metadata, numbers, write};
use safetensors::{Dtype, SafeTensors};
use serde_json::json;
use std::collections::BTreeMap;

/// What a part is written from. Lists have one entry for each leaf.
#[derive(Clone, Debug, Default)]
pub struct PartContents<'a> {
    /// The galaxies whose pictures are shown.
    pub ids: &'a [i64],
    /// Their names.
    pub names: &'a [String],
    /// Their pictures as bytes, 255 for 1. `[N * 4096]`; empty when there are none.
    pub images: &'a [u8],
    /// Their vectors. `[N * width]`
    pub vectors: &'a [f64],
    /// Numbers of one vector.
    pub width: usize,
    /// The merges between the leaves.
    pub merges: &'a [Merge],
    /// Galaxies that each stands for.
    pub stands_for: &'a [u64],
    /// The part that holds these; `None` for a galaxy.
    pub parts: &'a [Option<usize>],
    /// The number of this part.
    pub part: usize,
    /// The part above.
    pub up: Option<usize>,
    /// Galaxies of the whole tree.
    pub galaxies: u64,
    /// Which model gave the vectors.
    pub vectors_of: Option<&'a str>,
    /// Whom to credit.
    pub credit: Option<&'a str>,
}

/// Where a part is in the whole tree, and its own tree.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Level {
    /// The number of the part.
    pub part: u32,
    /// The part above; `None` at the top.
    pub up: Option<u32>,
    /// Galaxies of the whole tree.
    pub galaxies: u64,
    /// Galaxies that each leaf stands for. `[N]`
    pub stands_for: Vec<u64>,
    /// The part that holds these; `None` for a galaxy. `[N]`
    pub parts: Vec<Option<u32>>,
    /// Children of the merges. `[N - 1]`
    pub a: Vec<u32>,
    /// The same.
    pub b: Vec<u32>,
    /// Their heights.
    pub heights: Vec<f64>,
}

impl Level {
    /// Leaves.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.stands_for.len()
    }

    /// Galaxies of this part.
    #[must_use]
    pub fn here(&self) -> u64 {
        self.stands_for.iter().sum()
    }
}

/// Why bytes are no part.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LevelError {
    /// No safetensors file.
    #[error("the part is damaged ({0})")]
    Damaged(String),
    /// A tensor or a metadata key is missing or wrong.
    #[error("the part has no usable `{0}`")]
    Wrong(&'static str),
}

/// The bytes of a part.
#[must_use]
pub fn write_part(part: &PartContents<'_>) -> Vec<u8> {
    let n = part.ids.len();
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    let mut add = |name: &str, kind, shape: Vec<usize>, data: Vec<u8>| {
        tensors.insert(name.to_owned(), (kind, shape, data));
    };
    add("id", Dtype::I64, vec![n], bytes(part.ids, i64::to_le_bytes));
    let (is_f32, vectors) = lossless(|| part.vectors.iter().copied());
    let kind = if is_f32 { Dtype::F32 } else { Dtype::F64 };
    add("embedding", kind, vec![n, part.width], vectors);
    if !part.images.is_empty() {
        add("image", Dtype::U8, vec![n, SIDE, SIDE], part.images.to_vec());
    }
    let columns = part
        .merges
        .iter()
        .flat_map(|merge| [merge.a as f64, merge.b as f64, merge.height, merge.size as f64]);
    let columns: Vec<f64> = columns.collect();
    add(
        "linkage",
        Dtype::F64,
        vec![part.merges.len(), 4],
        bytes(&columns, f64::to_le_bytes),
    );
    let counts: Vec<i64> = part.stands_for.iter().map(|count| *count as i64).collect();
    add(
        "stands_for",
        Dtype::I64,
        vec![n],
        bytes(&counts, i64::to_le_bytes),
    );
    let parts = part.parts.iter().map(|part| part.map_or(-1, |part| part as i32));
    let parts: Vec<i32> = parts.collect();
    add("part", Dtype::I32, vec![n], bytes(&parts, i32::to_le_bytes));

    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut say = |key: &str, value: String| {
        texts.insert(key.to_owned(), value);
    };
    say("format", FORMAT.to_owned());
    say("version", VERSION.to_owned());
    say("scale", "255".to_owned());
    say("level_part", part.part.to_string());
    say("level_galaxies", part.galaxies.to_string());
    if let Some(up) = part.up {
        say("level_up", up.to_string());
    }
    if part
        .names
        .iter()
        .zip(part.ids)
        .any(|(name, id)| *name != id.to_string())
    {
        say("names", json!(part.names).to_string());
    }
    if let Some(text) = part.vectors_of {
        say(VECTORS_OF, text.to_owned());
    }
    if let Some(text) = part.credit {
        say("credit", text.to_owned());
    }
    write(&texts, &tensors)
}

/// Where a part is in the whole tree.
///
/// # Errors
/// [`LevelError`] names what is missing, or does not fit the rest.
pub fn read_level(file: &[u8]) -> Result<Level, LevelError> {
    let damaged = |error: safetensors::SafeTensorError| LevelError::Damaged(error.to_string());
    let texts = metadata(file).map_err(damaged)?;
    let tensors = SafeTensors::deserialize(file).map_err(damaged)?;
    let number = |key: &'static str| -> Result<u64, LevelError> {
        let text = texts.get(key).and_then(|text| text.parse().ok());
        text.ok_or(LevelError::Wrong(key))
    };
    let small = |key: &'static str| u32::try_from(number(key)?).ok().ok_or(LevelError::Wrong(key));
    let data = |name: &'static str, kind: Dtype| {
        let view = tensors.tensor(name).ok().filter(|view| view.dtype() == kind);
        view.map(|view| view.data().to_vec())
            .ok_or(LevelError::Wrong(name))
    };
    let counts = numbers(&data("stands_for", Dtype::I64)?, i64::from_le_bytes);
    let stands_for: Option<Vec<u64>> = counts
        .iter()
        .map(|count| u64::try_from(*count).ok().filter(|n| *n > 0))
        .collect();
    let stands_for = stands_for.ok_or(LevelError::Wrong("stands_for"))?;
    let parts = numbers(&data("part", Dtype::I32)?, i32::from_le_bytes);
    let parts: Vec<Option<u32>> = parts.into_iter().map(|part| u32::try_from(part).ok()).collect();
    let linkage = numbers(&data("linkage", Dtype::F64)?, f64::from_le_bytes);
    let child = |value: f64| value as u32;
    let level = Level {
        part: small("level_part")?,
        up: match texts.contains_key("level_up") {
            true => Some(small("level_up")?),
            false => None,
        },
        galaxies: number("level_galaxies")?,
        a: linkage.iter().step_by(4).copied().map(child).collect(),
        b: linkage.iter().skip(1).step_by(4).copied().map(child).collect(),
        heights: linkage.iter().skip(2).step_by(4).copied().collect(),
        stands_for,
        parts,
    };
    if level.parts.len() != level.leaves() {
        return Err(LevelError::Wrong("part"));
    }
    let tree = Tree::from_columns(level.leaves(), &level.a, &level.b, &level.heights);
    match tree {
        Ok(_) => Ok(level),
        Err(_) => Err(LevelError::Wrong("linkage")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle;

    fn contents<'a>(
        ids: &'a [i64],
        names: &'a [String],
        merges: &'a [Merge],
        images: &'a [u8],
    ) -> PartContents<'a> {
        PartContents {
            ids,
            names,
            images,
            vectors: &[0.5, 1.0 / 3.0, 2.0],
            width: 1,
            merges,
            stands_for: &[1, 40, 2],
            parts: &[None, Some(7), Some(8)],
            part: 3,
            up: Some(0),
            galaxies: 1_000,
            vectors_of: Some("a model"),
            credit: None,
        }
    }

    #[test]
    fn a_part_is_a_bundle_with_its_place_in_the_tree() {
        let ids = [5, 6, i64::MAX];
        let names = ["a", "b", "c"].map(str::to_owned);
        let merges =
            [(1, 2, 1.0 / 3.0, 2), (0, 3, 7.5, 3)].map(|(a, b, height, size)| Merge { a, b, height, size });
        let images: Vec<u8> = (0..3 * SIDE * SIDE).map(|at| (at % 251) as u8).collect();
        let part = contents(&ids, &names, &merges, &images);
        let file = write_part(&part);
        let level = read_level(&file).unwrap();
        assert_eq!(
            (level.part, level.up, level.galaxies, level.here()),
            (3, Some(0), 1_000, 43)
        );
        assert_eq!(level.parts, [None, Some(7), Some(8)]);
        assert_eq!((level.a, level.b), (vec![1, 0], vec![2, 3]));
        assert_eq!(level.heights, [1.0 / 3.0, 7.5]);
        let set = bundle::read(&file).unwrap().set;
        assert_eq!((set.ids.as_slice(), set.names.as_slice()), (&ids[..], &names[..]));
        assert_eq!(set.about[1].vector, [1.0 / 3.0]);
        assert_eq!(set.image[77], 77.0 / 255.0);
        // Without pictures it is a file of vectors alone.
        let file = write_part(&PartContents { images: &[], ..part });
        assert!(bundle::holds_vectors_alone(&file));
        assert_eq!(
            bundle::read_vectors(&file).unwrap().vectors_of.as_deref(),
            Some("a model")
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let merges =
            [(1, 2, 1.0, 2), (0, 9, 7.5, 3)].map(|(a, b, height, size)| Merge { a, b, height, size });
        let file = write_part(&contents(&[1, 2, 3], &names, &merges, &[]));
        assert_eq!(read_level(&file), Err(LevelError::Wrong("linkage")));
        assert!(matches!(read_level(b"nonsense"), Err(LevelError::Damaged(_))));
        let plain = bundle::write(
            &crate::cutout::simulate::simulate(1, 2),
            None,
            bundle::Dtype::U8,
            &BTreeMap::new(),
        );
        assert_eq!(read_level(&plain.unwrap()), Err(LevelError::Wrong("stands_for")));
    }
}
