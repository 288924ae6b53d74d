//! Sorted galaxies: what `grove sort` leaves in its folder, in one safetensors file.
//!
//! | tensor | type | shape | what |
//! |---|---|---|---|
//! | `id` | i64 | N | identifiers |
//! | `image` | f32 | N, 64, 64 | cutouts that the model saw |
//! | `codes` | u8 | N, 64 | recipe `reference`: the codes |
//! | `shape/codes` | u8 | N, 64 | recipe `shape`: the codes of the cutout as it is |
//! | `vectors` | f64 | N, 16 | recipe `shape`: what is clustered |
//! | `histograms` | f32 | N, H | recipe `shape`: the ring histograms that the vectors are made of |
//! | `unlike` | f64 | N | recipe `shape`: the share of the model's training galaxies that are less unusual, above 1 beyond all of them |
//! | `structure` | f64 | N, 12 | measures of the cutouts ([`crate::structure::NUMBERS`], the first 12); NaN where one would mean nothing |
//! | `linkage` | f64 | N - 1, 4 | the tree, as SciPy writes it |
//! | `groups` | i32 | N, M | the group of each galaxy, from 1, for each of M numbers of groups |
//!
//! The file is a bundle as well ([`crate::bundle`]): the page opens it. Metadata: `recipe`, `model_sha256`, `group_numbers` (such as `2 5`), `made_by`,
//! `settings`.

use crate::bundle;
use crate::compared::Compared;
use crate::cutout::{CODES, PIXELS, SIDE};
use crate::grouping::{Merge, Placement, Tree, hamming_placement};
use crate::shape::DIMENSIONS;
use crate::structure::{MEASURES, measure_of_all};
use crate::tensors::{Tensor, bytes, metadata, numbers, write};
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// The name that `grove sort` gives the file.
pub const FILE: &str = "grove.safetensors";

/// How galaxies are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipeName {
    /// By ring histograms of a network that was trained to ignore turns, flips and brightness; Ward on Euclidean distances.
    #[default]
    Shape,
    /// As Cheng et al. 2021 do: codes of the VQ-VAE, Ward on Hamming distances.
    Reference,
}

impl RecipeName {
    /// Its name in files and links.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Reference => "reference",
        }
    }

    /// The recipe of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Shape, Self::Reference]
            .into_iter()
            .find(|recipe| recipe.name() == name)
    }
}

/// Sorted galaxies.
#[derive(Clone, Debug, PartialEq)]
pub struct Sorted {
    /// How they were grouped.
    pub recipe: RecipeName,
    /// Identifiers.
    pub ids: Vec<i64>,
    /// The name of each, usually its file's.
    pub names: Vec<String>,
    /// Cutouts, `[N * 4096]`.
    pub images: Vec<f32>,
    /// Codes, `[N * 64]`.
    pub codes: Vec<u8>,
    /// What was clustered, `[N * 16]`; empty for the recipe `reference`.
    pub vectors: Vec<f64>,
    /// Ring histograms, `[N * H]`; empty for the recipe `reference`.
    pub histograms: Vec<f32>,
    /// How unusual each is; empty for the recipe `reference`.
    pub unlike: Vec<f64>,
    /// Measures of the cutouts, `[N * 12]`, NaN where one would mean nothing.
    pub structure: Vec<f64>,
    /// The tree: leaf i is galaxy i.
    pub tree: Tree,
    /// For each number of groups the group of every galaxy, from 1.
    pub groups: Vec<(usize, Vec<i32>)>,
    /// Other metadata, such as `model_sha256`, `made_by`, `settings`.
    pub metadata: BTreeMap<String, String>,
}

/// Why a file does not hold sorted galaxies.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SortedError {
    /// The bytes are no safetensors file.
    #[error(
        "this is not a file of sorted galaxies ({0}): give the grove.safetensors that `grove sort` wrote"
    )]
    NotSafetensors(String),
    /// A file of another kind.
    #[error("this file holds galaxies, but no tree and groups: run `grove sort` on it first")]
    Unsorted,
    /// A tensor is missing, or has another type or shape.
    #[error("`{0}` is missing, or has another type or shape: run `grove sort` again")]
    Tensor(&'static str),
}

impl Sorted {
    /// The vector of a galaxy; empty for the recipe `reference`, and where there is no such galaxy.
    #[must_use]
    pub fn vector(&self, row: usize) -> &[f64] {
        row_of(&self.vectors, row, DIMENSIONS)
    }

    /// The codes of a galaxy; empty where there is no such galaxy.
    #[must_use]
    pub fn codes_of(&self, row: usize) -> &[u8] {
        row_of(&self.codes, row, CODES)
    }

    /// One measure of structure of every galaxy, by its place in [`crate::structure::NUMBERS`].
    #[must_use]
    pub fn measure(&self, place: usize) -> Vec<f64> {
        measure_of_all(&self.structure, place)
    }

    /// What the tree was made from.
    #[must_use]
    pub fn compared(&self) -> Compared<'_> {
        match self.recipe {
            RecipeName::Shape => Compared::Vectors(&self.vectors, DIMENSIONS),
            RecipeName::Reference => Compared::Codes(&self.codes),
        }
    }

    /// Groups of these galaxies (`labels`, one a galaxy), into which others can be placed.
    #[must_use]
    pub fn placement(&self, labels: &[i32]) -> Placement {
        match self.recipe {
            RecipeName::Shape => Placement::means(&self.vectors, labels),
            RecipeName::Reference => hamming_placement(&self.codes, labels),
        }
    }

    /// The bytes of the file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let n = self.ids.len();
        let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
        let mut add = |name: &str, dtype, shape: Vec<usize>, bytes| {
            tensors.insert(name.to_owned(), (dtype, shape, bytes));
        };
        add("id", Dtype::I64, vec![n], bytes(&self.ids, i64::to_le_bytes));
        let images = bytes(&self.images, f32::to_le_bytes);
        add("image", Dtype::F32, vec![n, SIDE, SIDE], images);
        let codes = match self.recipe {
            RecipeName::Shape => "shape/codes",
            RecipeName::Reference => "codes",
        };
        add(codes, Dtype::U8, vec![n, CODES], self.codes.clone());
        if self.recipe == RecipeName::Shape {
            let vectors = bytes(&self.vectors, f64::to_le_bytes);
            add("vectors", Dtype::F64, vec![n, DIMENSIONS], vectors);
            let width = self.histograms.len() / n.max(1);
            let histograms = bytes(&self.histograms, f32::to_le_bytes);
            add("histograms", Dtype::F32, vec![n, width], histograms);
            add(
                "unlike",
                Dtype::F64,
                vec![n],
                bytes(&self.unlike, f64::to_le_bytes),
            );
        }
        let structure = bytes(&self.structure, f64::to_le_bytes);
        add("structure", Dtype::F64, vec![n, MEASURES], structure);
        let merges: Vec<f64> = self
            .tree
            .merges()
            .iter()
            .flat_map(|merge| [merge.a as f64, merge.b as f64, merge.height, merge.size as f64])
            .collect();
        let rows = self.tree.merges().len();
        add(
            "linkage",
            Dtype::F64,
            vec![rows, 4],
            bytes(&merges, f64::to_le_bytes),
        );
        let labels: Vec<i32> = (0..n)
            .flat_map(|row| {
                self.groups
                    .iter()
                    .filter_map(move |(_, labels)| labels.get(row).copied())
            })
            .collect();
        add(
            "groups",
            Dtype::I32,
            vec![n, self.groups.len()],
            bytes(&labels, i32::to_le_bytes),
        );
        let mut metadata = self.metadata.clone();
        let numbers: Vec<String> = self.groups.iter().map(|(k, _)| k.to_string()).collect();
        for (key, value) in [
            ("format", bundle::FORMAT.to_owned()),
            ("version", bundle::VERSION.to_owned()),
            ("names", serde_json::json!(self.names).to_string()),
            ("recipe", self.recipe.name().to_owned()),
            ("group_numbers", numbers.join(" ")),
        ] {
            metadata.insert(key.to_owned(), value);
        }
        write(&metadata, &tensors)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`SortedError`] says what is wrong with it.
    pub fn from_bytes(file: &[u8]) -> Result<Self, SortedError> {
        let failed = |error: safetensors::SafeTensorError| SortedError::NotSafetensors(error.to_string());
        let mut metadata = metadata(file).map_err(failed)?;
        let tensors = SafeTensors::deserialize(file).map_err(failed)?;
        let mut take = |key: &str| metadata.remove(key).unwrap_or_default();
        let (_, _, names) = (take("format"), take("version"), take("names"));
        let recipe = RecipeName::from_name(&take("recipe")).ok_or(SortedError::Unsorted)?;
        let group_numbers = take("group_numbers");
        let data = |name: &'static str, dtype: Dtype, shape: &[usize]| {
            tensors
                .tensor(name)
                .ok()
                .filter(|tensor| tensor.dtype() == dtype && tensor.shape() == shape)
                .map(|tensor| tensor.data())
                .ok_or(SortedError::Tensor(name))
        };
        let n = tensors.tensor("id").map_or(0, |ids| ids.shape().iter().product());
        let ids = numbers(data("id", Dtype::I64, &[n])?, i64::from_le_bytes);
        let images = numbers(data("image", Dtype::F32, &[n, SIDE, SIDE])?, f32::from_le_bytes);
        let shape = recipe == RecipeName::Shape;
        let codes = data(
            if shape { "shape/codes" } else { "codes" },
            Dtype::U8,
            &[n, CODES],
        )?
        .to_vec();
        let (mut vectors, mut unlike, mut histograms) = (Vec::new(), Vec::new(), Vec::new());
        if shape {
            let width = tensors
                .tensor("histograms")
                .map_or(0, |found| found.shape().last().copied().unwrap_or(0));
            histograms = numbers(data("histograms", Dtype::F32, &[n, width])?, f32::from_le_bytes);
            vectors = numbers(data("vectors", Dtype::F64, &[n, DIMENSIONS])?, f64::from_le_bytes);
            unlike = numbers(data("unlike", Dtype::F64, &[n])?, f64::from_le_bytes);
        }
        let structure = numbers(data("structure", Dtype::F64, &[n, MEASURES])?, f64::from_le_bytes);
        let linkage = data("linkage", Dtype::F64, &[n.saturating_sub(1), 4])?;
        let merges = numbers(linkage, f64::from_le_bytes)
            .chunks_exact(4)
            .map(|row| Merge {
                a: row[0] as usize,
                b: row[1] as usize,
                height: row[2],
                size: row[3] as usize,
            })
            .collect();
        let tree = Tree::from_merges(n, merges).map_err(|_damaged| SortedError::Tensor("linkage"))?;
        let wanted: Option<Vec<usize>> = group_numbers.split_whitespace().map(|k| k.parse().ok()).collect();
        let wanted = wanted.ok_or(SortedError::Tensor("groups"))?;
        let labels = numbers(
            data("groups", Dtype::I32, &[n, wanted.len()])?,
            i32::from_le_bytes,
        );
        let groups: Vec<(usize, Vec<i32>)> = wanted
            .iter()
            .enumerate()
            .map(|(column, k)| {
                (
                    *k,
                    labels
                        .iter()
                        .skip(column)
                        .step_by(wanted.len())
                        .copied()
                        .collect(),
                )
            })
            .collect();
        // Groups are numbered from 1, as many as the cut has.
        let is_number =
            |k: usize, label: i32| usize::try_from(label).is_ok_and(|label| (1..=k).contains(&label));
        if groups
            .iter()
            .any(|(k, labels)| labels.iter().any(|label| !is_number(*k, *label)))
        {
            return Err(SortedError::Tensor("groups"));
        }
        let names: Vec<String> = serde_json::from_str(&names).unwrap_or_default();
        if names.len() != n || images.len() != n * PIXELS || vectors.iter().any(|value| !value.is_finite()) {
            return Err(SortedError::Tensor("id"));
        }
        Ok(Self {
            recipe,
            ids,
            names,
            images,
            codes,
            vectors,
            histograms,
            unlike,
            structure,
            tree,
            groups,
            metadata,
        })
    }
}

fn row_of<T>(values: &[T], row: usize, width: usize) -> &[T] {
    values.get(row * width..(row + 1) * width).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::ward_vectors;

    fn example() -> Sorted {
        let vectors: Vec<f64> = (0..3 * DIMENSIONS).map(|at| (at * at % 7) as f64).collect();
        Sorted {
            recipe: RecipeName::Shape,
            ids: vec![5, i64::MAX, -1],
            names: vec!["a.fits".into(), "b \"quoted\".png".into(), "c".into()],
            images: (0..3 * PIXELS).map(|at| (at % 9) as f32 / 8.0).collect(),
            codes: (0..3 * CODES).map(|at| at as u8).collect(),
            tree: ward_vectors(&vectors, DIMENSIONS, None).unwrap(),
            vectors,
            histograms: vec![0.25; 3 * 8],
            unlike: vec![0.5, 1.25, 0.0],
            structure: (0..3 * MEASURES).map(|at| at as f64 / 7.0).collect(),
            groups: vec![(2, vec![1, 2, 1]), (3, vec![1, 2, 3])],
            metadata: BTreeMap::from([("model_sha256".into(), "abc".into())]),
        }
    }

    #[test]
    fn sorted_galaxies_come_back_and_are_a_bundle() {
        let sorted = example();
        let file = sorted.to_bytes();
        assert_eq!(Sorted::from_bytes(&file).unwrap(), sorted);
        assert_eq!(file, sorted.to_bytes());
        let bundle = bundle::read(&file).unwrap();
        assert_eq!((&bundle.set.ids, &bundle.set.names), (&sorted.ids, &sorted.names));
        assert_eq!((bundle.set.image, bundle.codes), (sorted.images, None));
    }

    #[test]
    fn group_numbers_beyond_the_cut_are_refused() {
        for label in [0, 3, i32::MIN] {
            let mut sorted = example();
            sorted.groups[0].1[1] = label;
            let found = Sorted::from_bytes(&sorted.to_bytes());
            assert!(matches!(found, Err(SortedError::Tensor("groups"))), "{label}");
        }
    }

    #[test]
    fn damaged_files_are_refused_and_do_not_panic() {
        let file = example().to_bytes();
        for cut in [0, 7, 100, file.len() / 2, file.len() - 1] {
            assert!(Sorted::from_bytes(&file[..cut]).is_err());
        }
        let plain = bundle::write(
            &bundle::read(&file).unwrap().set,
            None,
            bundle::Dtype::F32,
            &BTreeMap::new(),
        );
        assert!(matches!(
            Sorted::from_bytes(&plain.unwrap()),
            Err(SortedError::Unsorted)
        ));
    }
}
