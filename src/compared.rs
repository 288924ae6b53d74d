//! What galaxies are compared by, whichever recipe it is: the trees, maps and measures of quality that rest on it.

use crate::cutout::CODES;
use crate::grouping::{
    self, GroupingError, Linkage, Method, Tree, TreeOrder, cophenetic_correlation, cut_into, davies_bouldin,
    silhouettes, ward_vectors,
};
use crate::map::{NEIGHBOURS, Near, code_shares, near_codes, near_vectors, principal};

/// One row for each galaxy.
#[derive(Clone, Copy, Debug)]
pub enum Compared<'a> {
    /// Codes of the recipe `reference`, `[N * 64]`, by Hamming distances.
    Codes(&'a [u8]),
    /// Vectors, `[N * width]`, by Euclidean distances: 16 numbers each of the recipe `shape`, any number of another model.
    Vectors(&'a [f64], usize),
}

/// How good one number of groups is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QualityOfCut {
    /// The number of groups.
    pub groups: usize,
    /// The mean silhouette.
    pub silhouette: Option<f64>,
    /// The index of Davies & Bouldin; only of vectors.
    pub davies_bouldin: Option<f64>,
    /// Galaxies in the smallest and in the largest group.
    pub sizes: (usize, usize),
}

/// How good a tree and its cuts are.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// The correlation of distances with heights; `None` when all are the same.
    pub cophenetic: Option<f64>,
    /// The cuts, in the order that was asked for.
    pub cuts: Vec<QualityOfCut>,
}

/// The rows that are wanted, `width` numbers each; rows that do not exist are passed over.
fn picked<T: Copy>(all: &[T], width: usize, rows: &[usize]) -> Vec<T> {
    let each = rows
        .iter()
        .filter_map(|row| all.get(row * width..(row + 1) * width));
    each.flatten().copied().collect()
}

impl Compared<'_> {
    /// The number of galaxies.
    #[must_use]
    pub fn galaxies(&self) -> usize {
        match self {
            Self::Codes(codes) => codes.len() / CODES,
            Self::Vectors(vectors, width) => vectors.len() / width.max(&1),
        }
    }

    /// The distance between two galaxies: Euclidean, or the share of codes that differ.
    #[must_use]
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        match self {
            Self::Codes(codes) => {
                let row = |row: usize| codes.get(row * CODES..(row + 1) * CODES).unwrap_or_default();
                let differing = row(a).iter().zip(row(b)).filter(|(a, b)| a != b);
                differing.count() as f64 / CODES as f64
            }
            Self::Vectors(vectors, width) => {
                let row = |row: usize| {
                    let numbers = row * width..(row + 1) * width;
                    vectors.get(numbers).unwrap_or_default()
                };
                let squares = row(a).iter().zip(row(b)).map(|(a, b)| (a - b) * (a - b));
                squares.sum::<f64>().sqrt()
            }
        }
    }

    /// The tree of some galaxies; the linkage is that of codes.
    ///
    /// # Errors
    /// What the linkage said.
    pub fn tree_of(&self, rows: &[usize], linkage: Linkage) -> Result<Tree, GroupingError> {
        match self {
            Self::Codes(codes) => {
                let method = Method {
                    linkage,
                    ..Method::default()
                };
                grouping::linkage(&picked(codes, CODES, rows), CODES, method, None)
            }
            Self::Vectors(vectors, width) => ward_vectors(&picked(vectors, *width, rows), *width, None),
        }
    }

    /// The nearest galaxies of each, as a map needs them. `each(done, all)` follows the work.
    ///
    /// # Errors
    /// What comparing codes said.
    pub fn near(&self, each: &mut dyn FnMut(usize, usize)) -> Result<Near, GroupingError> {
        match self {
            Self::Codes(codes) => near_codes(codes, CODES, NEIGHBOURS, each),
            Self::Vectors(vectors, width) => Ok(near_vectors(vectors, *width, NEIGHBOURS, each)),
        }
    }

    /// Numbers whose Euclidean distances stand for those of the galaxies, and how many each has: the vectors, or shares of codes.
    #[must_use]
    pub fn numbers(&self) -> (Vec<f64>, usize) {
        match self {
            Self::Codes(codes) => code_shares(codes, CODES),
            Self::Vectors(vectors, width) => (vectors.to_vec(), *width),
        }
    }

    /// The first two principal components of each galaxy.
    #[must_use]
    pub fn principal(&self) -> Vec<f64> {
        let (numbers, width) = self.numbers();
        principal(&numbers, width)
    }

    /// How good a tree of all galaxies is, and its cuts into these numbers of groups. O(n²) distances, each taken twice.
    #[must_use]
    pub fn quality(&self, tree: &Tree, order: &TreeOrder, wanted: &[usize]) -> Quality {
        let groupings: Vec<Vec<usize>> = wanted
            .iter()
            .map(|k| cut_into(tree, order, *k).group_of().to_vec())
            .collect();
        let n = self.galaxies();
        let found = silhouettes(n, &groupings, |a, b| self.distance(a, b));
        let cuts = wanted.iter().zip(&groupings).zip(found);
        let cuts = cuts.map(|((groups, labels), silhouette)| {
            let mut sizes = vec![0_usize; *groups];
            for label in labels {
                if let Some(size) = sizes.get_mut(*label) {
                    *size += 1;
                }
            }
            let least = sizes.iter().min().copied().unwrap_or_default();
            let most = sizes.iter().max().copied().unwrap_or_default();
            QualityOfCut {
                groups: *groups,
                silhouette,
                davies_bouldin: match self {
                    Self::Codes(_) => None,
                    Self::Vectors(vectors, width) => davies_bouldin(vectors, *width, labels),
                },
                sizes: (least, most),
            }
        });
        Quality {
            cuts: cuts.collect(),
            cophenetic: cophenetic_correlation(tree, |a, b| self.distance(a, b)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: usize = 5;

    #[test]
    fn both_kinds_give_trees_of_some_rows_and_their_distances() {
        let mut vectors = vec![0.0; 4 * WIDTH];
        let mut codes = vec![0_u8; 4 * CODES];
        for (row, x) in [0.0, 1.0, 10.0, 12.0].into_iter().enumerate() {
            vectors[row * WIDTH] = x;
            codes[row * CODES..row * CODES + 4 * x as usize].fill(1);
        }
        let (by_vectors, by_codes) = (Compared::Vectors(&vectors, WIDTH), Compared::Codes(&codes));
        assert_eq!((by_vectors.galaxies(), by_codes.galaxies()), (4, 4));
        assert_eq!(by_vectors.distance(1, 3), 11.0);
        assert_eq!(by_codes.distance(1, 3), 44.0 / 64.0);
        for compared in [by_vectors, by_codes] {
            let tree = compared.tree_of(&[0, 1, 3], Linkage::Reference).unwrap();
            // Rows 0 and 1 are joined first.
            let first = tree.merges()[0];
            assert_eq!((first.a.min(first.b), first.a.max(first.b)), (0, 1));
            let all = compared.tree_of(&[0, 1, 2, 3], Linkage::Reference).unwrap();
            let quality = compared.quality(&all, &TreeOrder::new(&all), &[2, 3]);
            let has_vectors = matches!(compared, Compared::Vectors(..));
            assert_eq!(quality.cuts[0].davies_bouldin.is_some(), has_vectors);
            assert!(quality.cuts[0].silhouette.unwrap() > 0.8);
            assert_eq!(quality.cuts[0].sizes, (2, 2));
            assert_eq!(quality.cuts[1].sizes, (1, 2));
            assert!(quality.cophenetic.unwrap() > 0.9);
        }
    }
}
