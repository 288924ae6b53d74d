//! The same galaxy twice in a set: cutouts that are equal or nearly so.
//!
//! Each cutout is averaged to 16 by 16 pixels and normalised; its products with 24 cosine waves of length 1 are compared
//! before any pixels are. Two that correlate by more than 0.999 are so near in these products that none is missed; of the
//! pairs of 4,000 real galaxies, two in a million are as near. A coarse grid over the four most telling waves spares nine of
//! ten comparisons.

use super::size::SIDE;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Cutouts that correlate more than this are the same.
const ALIKE: f64 = 0.999;
/// Pixels along one side of the small picture.
const SMALL: usize = 16;
/// The waves: half periods across and down. Those of the grid first, then the rest, those that vary most first.
const WAVES: [(usize, usize); 24] = [
    (2, 0),
    (0, 2),
    (1, 1),
    (2, 2),
    (4, 0),
    (0, 4),
    (3, 1),
    (1, 3),
    (3, 3),
    (4, 2),
    (2, 4),
    (1, 0),
    (0, 1),
    (4, 4),
    (3, 0),
    (0, 3),
    (2, 1),
    (1, 2),
    (3, 2),
    (2, 3),
    (4, 1),
    (1, 4),
    (4, 3),
    (3, 4),
];
/// Waves that span the grid.
const AXES: usize = 4;
/// The side of a cell.
const CELL: f64 = 0.1;
/// How far apart the products of two alike can be: the root of `2 (1 - 0.999)` is 0.045, and a little for rounding.
const SLACK: f64 = 0.05;

type Products = [f64; WAVES.len()];
type Cell = [i8; AXES];

/// The name of the column that says of a galaxy which other one shows the same: that one's identifier. A name that no
/// table of a user's has.
pub const DUPLICATE_OF: &str = "grove_duplicate_of";

static TABLE: LazyLock<Vec<Vec<f64>>> = LazyLock::new(waves);

/// What little of a cutout tells whether another can be equal to it. To be made once, and kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint(Option<Products>);

impl Fingerprint {
    /// The fingerprint of a cutout of 4096 values.
    #[must_use]
    pub fn of(cutout: &[f32]) -> Self {
        Self(products(cutout, &TABLE))
    }
}

/// Finds cutouts that show the same, while they come in one after another.
#[derive(Clone, Debug, Default)]
pub struct Duplicates {
    /// Cutouts that are the first of their kind, by cell.
    cells: HashMap<Cell, Vec<(usize, Products)>>,
    /// The first one without any contrast: all of these are equal.
    flat: Option<usize>,
}

impl Duplicates {
    /// Takes the next cutout, and returns the row of the first one that shows the same, if there is one. Otherwise it is
    /// the first of its kind. `row` is its number, greater than those before; `image` gives the 4096 values of a row.
    pub fn add<'a>(
        &mut self,
        row: usize,
        likeness: &Fingerprint,
        image: impl Fn(usize) -> &'a [f32],
    ) -> Option<usize> {
        self.add_with(row, likeness, |other| is_same(image(other), image(row)))
    }

    /// As [`add`](Self::add), where `is_same` says whether the cutout of an earlier row and this one are the same.
    pub fn add_with(
        &mut self,
        row: usize,
        likeness: &Fingerprint,
        mut is_same: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let Fingerprint(Some(products)) = likeness else {
            let first = self.flat;
            self.flat = first.or(Some(row));
            return first;
        };
        let mut first: Option<usize> = None;
        for cell in reachable(products) {
            for (other, theirs) in self.cells.get(&cell).map_or(&[][..], Vec::as_slice) {
                let sooner = first.is_none_or(|f| *other < f);
                if sooner && near(theirs, products) && is_same(*other) {
                    first = Some(*other);
                }
            }
        }
        if first.is_none() {
            self.cells
                .entry(home(products))
                .or_default()
                .push((row, *products));
        }
        first
    }
}

/// Whether two cutouts show the same.
pub fn is_same(a: &[f32], b: &[f32]) -> bool {
    correlation(a, b) > ALIKE
}

/// The correlation (Pearson's) of two pictures of one size, -1 to 1; 0 when one of them has no contrast.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |v: &[f32]| v.iter().map(|x| f64::from(*x)).sum::<f64>() / v.len().max(1) as f64;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x) - ma, f64::from(*y) - mb);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    let norm = (aa * bb).sqrt();
    if norm > 0.0 { ab / norm } else { 0.0 }
}

/// The waves over the small picture, each of length 1.
fn waves() -> Vec<Vec<f64>> {
    WAVES
        .iter()
        .map(|&(across, down)| {
            let along = |k: usize, i: usize| {
                libm::cos(std::f64::consts::PI * k as f64 * (i as f64 + 0.5) / SMALL as f64)
            };
            let wave: Vec<f64> = (0..SMALL * SMALL)
                .map(|i| along(across, i % SMALL) * along(down, i / SMALL))
                .collect();
            let norm = wave.iter().map(|v| v * v).sum::<f64>().sqrt();
            wave.into_iter().map(|v| v / norm).collect()
        })
        .collect()
}

/// The products of the normalised small picture with the waves; `None` without contrast.
fn products(image: &[f32], waves: &[Vec<f64>]) -> Option<Products> {
    const BLOCK: usize = SIDE / SMALL;
    let mut small = vec![0.0_f64; SMALL * SMALL];
    for (i, v) in image.iter().enumerate() {
        let at = (i / SIDE / BLOCK) * SMALL + i % SIDE / BLOCK;
        if let Some(s) = small.get_mut(at) {
            *s += f64::from(*v);
        }
    }
    let mean = small.iter().sum::<f64>() / small.len() as f64;
    small.iter_mut().for_each(|v| *v -= mean);
    let norm = small.iter().map(|v| v * v).sum::<f64>().sqrt();
    if norm.is_nan() || norm <= 1e-9 {
        return None;
    }
    let mut out = [0.0; WAVES.len()];
    for (product, wave) in out.iter_mut().zip(waves) {
        *product = small.iter().zip(wave).map(|(a, b)| a * b).sum::<f64>() / norm;
    }
    Some(out)
}

/// Whether two cutouts with these products can be alike: a quick look before all pixels are compared.
fn near(a: &Products, b: &Products) -> bool {
    let mut apart = 0.0;
    for (a, b) in a.iter().zip(b) {
        apart += (a - b) * (a - b);
        if apart > SLACK * SLACK {
            return false;
        }
    }
    true
}

fn cell_of(product: f64) -> i8 {
    (product / CELL).floor() as i8
}

/// The products that span the grid.
fn axes(products: &Products) -> impl Iterator<Item = f64> {
    products.iter().copied().take(AXES)
}

fn home(products: &Products) -> Cell {
    let mut cell = [0; AXES];
    for (side, p) in cell.iter_mut().zip(axes(products)) {
        *side = cell_of(p);
    }
    cell
}

/// The cells that a cutout's like can be in.
fn reachable(products: &Products) -> Vec<Cell> {
    let mut cells = vec![[0; AXES]];
    for (axis, p) in axes(products).enumerate() {
        let sides = cell_of(p - SLACK)..=cell_of(p + SLACK);
        cells = cells
            .into_iter()
            .flat_map(|cell| {
                sides.clone().map(move |side| {
                    let mut there = cell;
                    if let Some(place) = there.get_mut(axis) {
                        *place = side;
                    }
                    there
                })
            })
            .collect();
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate::galaxy::simulate;
    use crate::cutout::size::PIXELS;

    /// Pairs: the first of its kind, and a later one that equals it.
    fn duplicates(images: &[f32]) -> Vec<(usize, usize)> {
        let of = |row: usize| &images[row * PIXELS..(row + 1) * PIXELS];
        let mut found = Duplicates::default();
        (0..images.len() / PIXELS)
            .filter_map(|row| Some((found.add(row, &Fingerprint::of(of(row)), of)?, row)))
            .collect()
    }

    #[test]
    fn copies_are_found_and_others_are_not() {
        let set = simulate(9, 150);
        assert_eq!(duplicates(&set.image), vec![]);
        let mut images = set.image.clone();
        // A copy, a copy in 8 bits, a fainter copy; then two without contrast.
        images.extend_from_slice(set.image_of(7));
        images.extend(set.image_of(80).iter().map(|v| (v * 255.0).round() / 255.0));
        images.extend(set.image_of(7).iter().map(|v| v * 0.5));
        images.extend([0.25; 2 * PIXELS]);
        assert_eq!(duplicates(&images), [(7, 150), (80, 151), (7, 152), (153, 154)]);
        assert_eq!(duplicates(&[]), vec![]);
    }

    #[test]
    fn noise_up_to_the_limit_does_not_hide_a_copy() {
        let set = simulate(3, 30);
        let mut images = set.raw.clone();
        for index in 0..30 {
            let noisy = set.raw_of(index).iter().enumerate().map(|(i, v)| {
                v + 0.004 * crate::cutout::raster::testing::noise((index * PIXELS + i) as u64) as f32
            });
            images.extend(noisy);
        }
        let expected: Vec<(usize, usize)> = (0..30)
            .filter(|&i| {
                let of = |k: usize| &images[k * PIXELS..(k + 1) * PIXELS];
                correlation(of(i), of(30 + i)) > ALIKE
            })
            .map(|i| (i, 30 + i))
            .collect();
        assert!(expected.len() > 25);
        assert_eq!(duplicates(&images), expected);
    }
}
