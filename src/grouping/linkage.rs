//! Which linkage, in which precision, by which engine; and how much memory that takes.

use super::code_chain::ward_of_codes;
use super::hamming::{pairs, rows, table};
use super::{GroupingError, PackedCodes, Real, RowOrder, Tree, chain};

/// What the tree is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Linkage {
    /// Ward's formula on Hamming distances as they are: the reference method (Cheng et al. 2021). Hamming distances are
    /// not Euclidean, so the heights are no variances, and ties make the tree depend on the order of the rows.
    #[default]
    Reference,
    /// Ward's formula on the square root of the Hamming distance, which is Euclidean: the distance of one-hot codes (up
    /// to a factor), so that Ward means what it says.
    WardEuclidean,
    /// The mean distance of all pairs (UPGMA), on Hamming distances.
    Average,
    /// The largest distance of any pair.
    Complete,
    /// The mean of the distances of the two parts, whatever their sizes (WPGMA).
    Weighted,
    /// The smallest distance of any pair.
    Single,
    /// The distance of the means, on the square roots of Hamming distances, which are Euclidean. A merge may lie below those it is
    /// made of (an inversion).
    Centroid,
    /// The same, where the mean of a merge is the middle of its two parts whatever their sizes.
    Median,
}

impl Linkage {
    /// All of them, by their names in commands and settings.
    pub const ALL: [(&'static str, Self); 8] = [
        ("reference", Self::Reference),
        ("ward-euclidean", Self::WardEuclidean),
        ("average", Self::Average),
        ("complete", Self::Complete),
        ("weighted", Self::Weighted),
        ("single", Self::Single),
        ("centroid", Self::Centroid),
        ("median", Self::Median),
    ];

    /// Its name in commands, settings and links.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|(_, linkage)| *linkage == self)
            .map_or("", |(name, _)| name)
    }

    /// The linkage of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, linkage)| linkage)
    }

    /// The distance for a share of differing positions.
    fn scale(self, share: f64) -> f64 {
        match self {
            Self::WardEuclidean | Self::Centroid | Self::Median => share.sqrt(),
            _ => share,
        }
    }

    /// Whether our chain builds it; it knows Ward's formula only.
    fn is_ward(self) -> bool {
        matches!(self, Self::Reference | Self::WardEuclidean)
    }

    /// The kodama crate's name for it.
    fn kodama(self) -> kodama::Method {
        match self {
            Self::Reference | Self::WardEuclidean => kodama::Method::Ward,
            Self::Average => kodama::Method::Average,
            Self::Complete => kodama::Method::Complete,
            Self::Weighted => kodama::Method::Weighted,
            Self::Single => kodama::Method::Single,
            Self::Centroid => kodama::Method::Centroid,
            Self::Median => kodama::Method::Median,
        }
    }
}

/// The precision of the distances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Precision {
    /// 8 bytes a pair. With [`Engine::Chain`], SciPy's tree to the last bit.
    #[default]
    Double,
    /// 4 bytes a pair: half the memory. Merges that are nearly tied may come in another order.
    Single,
}

impl Precision {
    /// Bytes for each pair of galaxies.
    pub fn bytes(self) -> usize {
        match self {
            Self::Double => <f64 as Real>::BYTES,
            Self::Single => <f32 as Real>::BYTES,
        }
    }
}

/// The code that does the merging.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Engine {
    /// Our nearest-neighbour chain with SciPy's tie rules ([`ward_chain`](super::ward_chain)). Reports progress.
    #[default]
    Chain,
    /// The kodama crate. Its order among tied merges is its own, and it reports no progress.
    Kodama,
}

/// How to build a tree. The default is the reference's tree, bit for bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Method {
    /// What the tree is made from.
    pub linkage: Linkage,
    /// The precision of the distances.
    pub precision: Precision,
    /// The code that does the merging.
    pub engine: Engine,
    /// The order in which rows enter the tree.
    #[cfg_attr(feature = "serde", serde(default))]
    pub rows: RowOrder,
}

/// Bytes that [`linkage`] needs at most: the distances of all pairs, once, and about 600 bytes a galaxy for codes, chain and tree. Ward's
/// chain keeps the distances of merged clusters only, which takes about half as much on galaxies' codes; how much is known afterwards.
pub fn memory_needed(galaxies: usize, precision: Precision) -> u64 {
    (pairs(galaxies).saturating_mul(precision.bytes() as u64)).saturating_add(galaxies as u64 * 600)
}

/// The largest number of galaxies whose tree can be built in `limit` bytes.
pub fn largest_set(limit: u64, precision: Precision) -> usize {
    let (mut fits, mut too_many) = (0, 1_usize << 31);
    while too_many - fits > 1 {
        let middle = fits + (too_many - fits) / 2;
        if memory_needed(middle, precision) <= limit {
            fits = middle
        } else {
            too_many = middle
        }
    }
    fits
}

/// Says beforehand whether a tree will fit: the bytes that it needs.
///
/// # Errors
/// [`GroupingError::TooLarge`] with the numbers and what would fit.
pub fn check_memory(galaxies: usize, precision: Precision, limit: u64) -> Result<u64, GroupingError> {
    let needed = memory_needed(galaxies, precision);
    if needed > limit {
        let fits = largest_set(limit, precision);
        return Err(GroupingError::TooLarge {
            galaxies,
            needed,
            limit,
            fits,
        });
    }
    Ok(needed)
}

/// From codes `[N * width]` to the similarity tree of the N galaxies. Whatever the order in which rows enter the tree, leaf
/// i of the result is row i. `progress(done, total)` counts merges; kodama calls it once, at the end.
///
/// # Errors
/// [`GroupingError`] when the codes are not whole galaxies or the memory is not there.
/// # Examples
/// ```
/// use galaxy_grove::grouping::{Method, linkage};
///
/// let codes = [1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 9];
/// let tree = linkage(&codes, 4, Method::default(), None)?;
/// assert_eq!((tree.leaves(), tree.nodes()), (3, 5));
/// // The two galaxies that differ in a quarter of their codes are merged first, at that height.
/// assert_eq!(tree.heights()[0], 0.25);
/// # Ok::<(), galaxy_grove::grouping::GroupingError>(())
/// ```
pub fn linkage(
    codes: &[u8],
    width: usize,
    method: Method,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Tree, GroupingError> {
    Ok(linked(codes, width, method, progress)?.tree)
}

/// A tree, and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// The tree.
    pub tree: Tree,
    /// Merges that lay below one of an earlier merge, and were raised to its height: [`Linkage::Centroid`] and [`Linkage::Median`] have
    /// such inversions.
    pub inversions: usize,
}

/// As [`linkage()`], with the number of inversions.
///
/// # Errors
/// As [`linkage()`].
pub fn linked(
    codes: &[u8],
    width: usize,
    method: Method,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Linked, GroupingError> {
    if method.rows == RowOrder::AsGiven || width == 0 {
        return linkage_in_given_order(codes, width, method, progress);
    }
    let rows = method.rows.rows(codes.len() / width);
    let ragged = codes.chunks_exact(width).remainder();
    let shuffled: Vec<u8> = rows
        .iter()
        .filter_map(|row| codes.get(row * width..(row + 1) * width))
        .flatten()
        .chain(ragged)
        .copied()
        .collect();
    let linked = linkage_in_given_order(&shuffled, width, method, progress)?;
    Ok(Linked {
        tree: linked.tree.relabelled(&rows)?,
        ..linked
    })
}

fn linkage_in_given_order(
    codes: &[u8],
    width: usize,
    method: Method,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Linked, GroupingError> {
    match method.precision {
        Precision::Double => linkage_in_order::<f64>(codes, width, method, progress),
        Precision::Single => linkage_in_order::<f32>(codes, width, method, progress),
    }
}

fn linkage_in_order<T: Real>(
    codes: &[u8],
    width: usize,
    method: Method,
    progress: Option<&mut dyn FnMut(usize, usize)>,
) -> Result<Linked, GroupingError> {
    let scale = |share| method.linkage.scale(share);
    if method.engine == Engine::Chain && method.linkage.is_ward() {
        rows(codes, width)?;
        return Ok(Linked {
            tree: ward_of_codes(codes, width, table::<T>(width, scale), progress)?,
            inversions: 0,
        });
    }
    let packed = PackedCodes::new(codes, width)?;
    let mut distances: Vec<T> = packed.condensed(scale)?;
    let linked = kodama_linkage(&mut distances, packed.len(), method.linkage)?;
    if let Some(report) = progress {
        report(linked.tree.merges().len(), linked.tree.merges().len());
    }
    Ok(linked)
}

/// Ward's tree by kodama from a condensed vector of distances, which serves as work space.
///
/// # Errors
/// [`GroupingError::CondensedLength`] or [`GroupingError::BadDistance`] when the vector is not one of distances.
pub fn ward_kodama<T: Real>(distances: &mut [T], n: usize) -> Result<Tree, GroupingError> {
    Ok(kodama_linkage(distances, n, Linkage::Reference)?.tree)
}

/// A tree of any linkage by kodama from a condensed vector of distances, which serves as work space. Centroid and median want Euclidean ones.
///
/// # Errors
/// As [`ward_kodama`].
pub fn kodama_linkage<T: Real>(
    distances: &mut [T],
    n: usize,
    rule: Linkage,
) -> Result<Linked, GroupingError> {
    chain::check(distances, n)?;
    let mut merges = if n < 2 {
        Vec::new()
    } else {
        T::kodama(distances, n, rule.kodama())
    };
    let mut inversions = 0;
    let mut last = 0.0;
    for merge in &mut merges {
        if merge.height < last {
            inversions += 1;
            merge.height = last;
        }
        last = merge.height;
    }
    Ok(Linked {
        tree: Tree::from_merges(n, merges)?,
        inversions,
    })
}

#[cfg(test)]
mod tests {
    use super::super::ward_chain;
    use super::*;
    use proptest::prelude::*;

    /// The definition, with no chain: merge the nearest two, again and again. O(n^3).
    fn greedy_heights(mut d: Vec<Vec<f64>>) -> Vec<f64> {
        let n = d.len();
        let mut size = vec![1.0; n];
        let mut live: Vec<usize> = (0..n).collect();
        let mut heights = Vec::new();
        while live.len() > 1 {
            let pairs = live
                .iter()
                .flat_map(|&x| live.iter().filter(move |&&y| y > x).map(move |&y| (x, y)));
            let (x, y) = pairs.min_by(|p, q| d[p.0][p.1].total_cmp(&d[q.0][q.1])).unwrap();
            let dxy = d[x][y];
            heights.push(dxy);
            live.retain(|&slot| slot != x);
            for &i in live.iter().filter(|&&i| i != y) {
                let t = size[x] + size[y] + size[i];
                let square = (size[i] + size[x]) * d[x][i].powi(2) + (size[i] + size[y]) * d[y][i].powi(2)
                    - size[i] * dxy * dxy;
                d[y][i] = (square / t).sqrt();
                d[i][y] = d[y][i];
            }
            size[y] += size[x];
        }
        heights
    }

    const SCIPY: [(Linkage, [f64; 11]); 7] = [
        (
            Linkage::WardEuclidean,
            [
                42.04759208326,
                42.19004621946,
                42.42640687119,
                46.9574275275,
                48.49742261193,
                48.49742261193,
                48.49742261193,
                133.09207339282,
                219.22591087734,
                233.76947334215,
                314.5038420539,
            ],
        ),
        (
            Linkage::Average,
            [
                42.04759208326,
                42.19004621946,
                42.42640687119,
                46.9574275275,
                46.95955784057,
                46.96595748265,
                46.97665262622,
                110.28820807228,
                129.62116686449,
                145.94031301554,
                160.38671907672,
            ],
        ),
        (
            Linkage::Complete,
            [
                42.04759208326,
                42.19004621946,
                42.42640687119,
                46.9574275275,
                47.85394445602,
                48.754486973,
                49.65883607174,
                127.01181047446,
                168.76018487783,
                216.69563908856,
                279.20601712714,
            ],
        ),
        (
            Linkage::Weighted,
            [
                42.04759208326,
                42.19004621946,
                42.42640687119,
                46.9574275275,
                46.95955784057,
                46.96595748265,
                46.97665262622,
                107.80436726546,
                119.31742270226,
                138.40203534466,
                169.16018732331,
            ],
        ),
        (
            Linkage::Single,
            [
                42.04759208326,
                42.19004621946,
                42.42640687119,
                44.2944691807,
                45.17742799231,
                46.06517122512,
                46.9574275275,
                84.09518416651,
                84.38009243892,
                84.85281374239,
                87.70974860299,
            ],
        ),
        (
            Linkage::Centroid,
            [
                42.04759208326,
                42.0,
                42.19004621946,
                42.0,
                42.42640687119,
                42.0,
                46.9574275275,
                108.66922287382,
                126.57013865837,
                122.83754515619,
                156.01281998605,
            ],
        ),
        (
            Linkage::Median,
            [
                42.04759208326,
                42.0,
                42.19004621946,
                42.0,
                42.42640687119,
                42.0,
                46.9574275275,
                106.62082348209,
                115.65573915721,
                124.11108935144,
                146.52351560415,
            ],
        ),
    ];

    /// SciPy 1.17's `linkage` on the same distances: heights of the merges in their order.
    #[test]
    fn other_linkages_are_those_of_scipy() {
        // 12 points of a plane, 8-bit numbers, so that distances are hardly tied.
        let points: Vec<(f64, f64)> = (0..12_u32)
            .map(|i| (f64::from(i * i * 42 % 251), f64::from(i * 21 % 239)))
            .collect();
        let mut condensed = Vec::new();
        for (i, a) in points.iter().enumerate() {
            for b in &points[i + 1..] {
                condensed.push((a.0 - b.0).hypot(a.1 - b.1));
            }
        }
        for (rule, expected) in SCIPY {
            let found = kodama_linkage(&mut condensed.clone(), 12, rule).unwrap();
            let mut last = 0.0_f64;
            let mut inversions = 0;
            for (merge, height) in found.tree.merges().iter().zip(expected) {
                inversions += usize::from(height < last);
                last = last.max(height);
                assert!(
                    (merge.height - last).abs() < 1e-9,
                    "{rule:?}: {} {height}",
                    merge.height
                );
            }
            assert_eq!(found.inversions, inversions, "{rule:?}");
        }
    }

    proptest! {
        #[test]
        fn without_ties_all_ways_agree(n in 0_usize..40, draws in prop::collection::vec(0.5_f64..1.5, 780)) {
            let condensed = &draws[..n * n.saturating_sub(1) / 2];
            let mut square = vec![vec![0.0; n]; n];
            let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
            for ((i, j), &distance) in pairs.zip(condensed) {
                square[i][j] = distance;
                square[j][i] = distance;
            }
            let expected = greedy_heights(square);
            let chain = ward_chain(&mut condensed.to_vec(), n, None).unwrap();
            let kodama = ward_kodama(&mut condensed.to_vec(), n).unwrap();
            let single: Vec<f32> = condensed.iter().map(|&d| d as f32).collect();
            let single = ward_chain(&mut single.clone(), n, None).unwrap();
            prop_assert_eq!(chain.merges().len(), expected.len());
            for (rank, &height) in expected.iter().enumerate() {
                prop_assert!((chain.merges()[rank].height - height).abs() < 1e-12);
                prop_assert!((kodama.merges()[rank].height - height).abs() < 1e-12);
                prop_assert!((single.merges()[rank].height - height).abs() < 1e-5);
                prop_assert_eq!((chain.merges()[rank].a, chain.merges()[rank].b),
                                (kodama.merges()[rank].a, kodama.merges()[rank].b));
            }
        }

        #[test]
        fn ties_and_zeros_never_break_a_tree(
            n in 0_usize..80, top in 1_u8..4, draws in prop::collection::vec(any::<u8>(), 80 * 3),
        ) {
            let codes: Vec<u8> = draws[..n * 3].iter().map(|c| c % (top + 1)).collect();
            for (name, rule) in Linkage::ALL {
                prop_assert_eq!(serde_json::to_value(rule).unwrap(), name);
                for precision in [Precision::Double, Precision::Single] {
                    for engine in [Engine::Chain, Engine::Kodama] {
                        let tree = linkage(&codes, 3, Method { linkage: rule, precision, engine, ..Method::default() }, None).unwrap();
                        prop_assert_eq!(tree.leaves(), n);
                    }
                }
            }
        }
    }

    /// A shuffled tree is the tree of the shuffled rows, with its leaves numbered as the rows were given.
    #[test]
    fn a_tree_of_shuffled_rows_speaks_of_the_rows_as_given() {
        let codes: Vec<u8> = (0..60_u32 * 4).map(|i| (i * i % 13 % 3) as u8).collect();
        let as_given = |codes: &[u8]| {
            let method = Method {
                rows: RowOrder::AsGiven,
                ..Method::default()
            };
            linkage(codes, 4, method, None).unwrap()
        };
        for rows in [RowOrder::Reference, RowOrder::Seeded(9)] {
            let tree = linkage(
                &codes,
                4,
                Method {
                    rows,
                    ..Method::default()
                },
                None,
            )
            .unwrap();
            let order = rows.rows(60);
            let shuffled: Vec<u8> = order
                .iter()
                .flat_map(|row| codes[row * 4..row * 4 + 4].to_vec())
                .collect();
            let theirs = as_given(&shuffled);
            let name = |node: usize| if node < 60 { order[node] } else { node };
            for (ours, theirs) in tree.merges().iter().zip(theirs.merges()) {
                assert_eq!((ours.a, ours.b), (name(theirs.a), name(theirs.b)));
                assert_eq!(ours.height.to_bits(), theirs.height.to_bits());
            }
        }
    }

    #[test]
    fn progress_ends_at_the_last_merge() {
        let codes: Vec<u8> = (0..700_u32 * 4).map(|i| (i * i % 11) as u8).collect();
        let mut seen = Vec::new();
        let mut note = |done, total| seen.push((done, total));
        linkage(&codes, 4, Method::default(), Some(&mut note)).unwrap();
        assert_eq!(seen.last(), Some(&(699, 699)));
        assert!(seen.len() > 100 && seen.len() < 300, "{}", seen.len());
        assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_numbers() {
        assert_eq!(memory_needed(0, Precision::Double), 0);
        assert_eq!(
            memory_needed(20_000, Precision::Double),
            199_990_000 * 8 + 12_000_000
        );
        let fits = largest_set(1 << 30, Precision::Single);
        assert!(memory_needed(fits, Precision::Single) <= 1 << 30);
        assert!(memory_needed(fits + 1, Precision::Single) > 1 << 30);
        let error = check_memory(64_000, Precision::Double, 2_000_000_000)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("64000 galaxies needs 16423 MB and 2000 MB may be used; take at most 22"),
            "{error}"
        );
        assert!(check_memory(5_000, Precision::Single, 1 << 30).is_ok());
    }

    #[test]
    fn bad_distances_are_refused() {
        assert!(matches!(
            ward_chain(&mut [1.0_f64; 4], 3, None),
            Err(GroupingError::CondensedLength { needed: 3, .. })
        ));
        assert!(matches!(
            ward_chain(&mut [1.0, f64::NAN, 1.0], 3, None),
            Err(GroupingError::BadDistance { index: 1, .. })
        ));
        assert!(matches!(
            ward_kodama(&mut [1.0_f32, 1.0, -1.0], 3),
            Err(GroupingError::BadDistance { index: 2, .. })
        ));
    }
}
