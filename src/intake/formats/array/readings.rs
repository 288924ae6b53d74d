//! All readings that the shape of an array allows, the likeliest first.

use super::arrays::{Array, Hints};
use super::axes::{Axis, named};
use super::layout::{ArrayLayout, Step};
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Shorter axes are no sides of a picture.
const MIN_LENGTH: u64 = 8;
/// Longer axes are no bands.
const MAX_BANDS: u64 = 8;
/// Of so many planes or fewer one may be meant to be a colour: more are not asked about beside bands.
const COLOURS: u64 = 4;
/// Pictures that are columns of an array have at least this many pixels: tables are tall too.
const COLUMN: u64 = 256;

/// All that tells what the axes of an array mean, beside its values.
#[derive(Clone, Debug, Default)]
pub struct Signs<'a> {
    /// Lengths of its axes, the slowest first.
    pub shape: &'a [u64],
    /// What the file says about it.
    pub hints: Hints,
    /// For each axis, whether the file has other columns that are as long: such an axis counts galaxies.
    pub counted: Vec<bool>,
    /// Whether the last axis counts galaxies by the look of the values; none when they were not looked at, or do not tell.
    pub is_last: Option<bool>,
    /// True when neither the shape nor the values tell whether the first or the last axis counts galaxies.
    pub in_doubt: bool,
    /// Whether the planes of the first axis are so alike that they are bands of one picture.
    pub is_bands: bool,
}

/// The axes of an array in the order of its writer.
struct View<'a> {
    signs: &'a Signs<'a>,
    axes: Vec<usize>,
}

impl View<'_> {
    fn length(&self, at: usize) -> u64 {
        let axis = self.axes.get(at).and_then(|axis| self.signs.shape.get(*axis));
        axis.copied().unwrap_or(1)
    }

    fn is_counted(&self, at: usize) -> bool {
        let axis = self.axes.get(at).and_then(|axis| self.signs.counted.get(*axis));
        axis.copied().unwrap_or(false)
    }

    fn step(&self, at: usize, by: u64) -> Step {
        Step {
            axis: self.axes.get(at).copied().unwrap_or(0),
            by,
        }
    }

    fn layout(&self, count: Option<usize>, [down, across]: [usize; 2], bands: Option<usize>) -> ArrayLayout {
        ArrayLayout {
            count: count.map_or(1, |at| self.length(at)),
            along: count.and_then(|at| self.axes.get(at).copied()),
            shape: self.signs.shape.to_vec(),
            height: self.length(down),
            width: self.length(across),
            bands: bands.map_or(1, |at| self.length(at)),
            down: self.step(down, 1),
            across: self.step(across, 1),
            deep: self.step(bands.unwrap_or(0), 1),
        }
    }

    /// Pictures whose pixels are in one row, along the axis `pixels`.
    fn squares(&self, count: usize, pixels: usize) -> Option<ArrayLayout> {
        let area = self.length(pixels);
        let side = area.isqrt();
        if side < MIN_LENGTH || side * side != area {
            return None;
        }
        let (down, across) = if self.signs.hints.reversed {
            (1, side)
        } else {
            (side, 1)
        };
        Some(ArrayLayout {
            count: self.length(count),
            along: self.axes.get(count).copied(),
            shape: self.signs.shape.to_vec(),
            height: side,
            width: side,
            bands: 1,
            down: self.step(pixels, down),
            across: self.step(pixels, across),
            deep: self.step(pixels, 0),
        })
    }
}

fn is_side(n: u64) -> bool {
    n >= MIN_LENGTH
}

fn is_bands(n: u64) -> bool {
    (1..=MAX_BANDS).contains(&n)
}

impl ArrayLayout {
    /// All readings of a shape, the likeliest first; none when it holds no pictures.
    pub fn of(signs: &Signs<'_>) -> Vec<Self> {
        let mut axes: Vec<usize> = (0..signs.shape.len()).collect();
        if signs.hints.reversed {
            axes.reverse();
        }
        let length = |axis: &usize| signs.shape.get(*axis).copied().unwrap_or(1);
        while axes.len() > 2 && axes.last().map(length) == Some(1) {
            axes.pop();
        }
        let view = View { signs, axes };
        if let Some(layout) = Self::by_names(&view) {
            return vec![layout];
        }
        match view.axes.len() {
            2 => Self::flat(&view),
            3 => Self::deep(&view),
            4 => Self::deeper(&view),
            _ => Vec::new(),
        }
    }

    /// The reading that the names of the axes tell, if they do.
    fn by_names(view: &View<'_>) -> Option<Self> {
        let names = &view.signs.hints.axes;
        if names.len() != view.signs.shape.len() {
            return None;
        }
        let place = |wanted: Axis| {
            let is = |axis: &usize| names.get(*axis).and_then(|name| named(name)) == Some(wanted);
            let mut found = view
                .axes
                .iter()
                .enumerate()
                .filter(|(_, axis)| is(axis))
                .map(|(at, _)| at);
            found.next().filter(|_| found.next().is_none())
        };
        let (down, across) = (place(Axis::Down)?, place(Axis::Across)?);
        let (count, bands) = (place(Axis::Count), place(Axis::Bands));
        // Every axis must have a meaning.
        let listed = 2 + usize::from(count.is_some()) + usize::from(bands.is_some());
        (listed == view.axes.len() && is_side(view.length(down)) && is_side(view.length(across)))
            .then(|| view.layout(count, [down, across], bands))
    }

    fn flat(view: &View<'_>) -> Vec<Self> {
        let (n, area) = (view.length(0), view.length(1));
        let rows = view.squares(0, 1);
        let lone = (is_side(n) && is_side(area)).then(|| view.layout(None, [0, 1], None));
        let strip = n.max(area) / n.min(area).max(1) >= 4;
        let columns = view.squares(1, 0).filter(|_| n >= COLUMN && area > 0);
        if view.is_counted(0) && rows.is_some() {
            return rows.into_iter().collect();
        }
        if view.is_counted(1) && columns.is_some() {
            return columns.into_iter().collect();
        }
        // Pictures as columns, as linear algebra likes them: a tall array of columns that are squares.
        let columns = columns.filter(|_| strip && n > area && rows.is_none());
        let mut found: Vec<Self> = columns.into_iter().chain(rows).chain(lone).collect();
        // A square number of columns is no accident where the picture would be a strip.
        if !(area == crate::cutout::PIXELS as u64 || view.is_counted(0) || strip) {
            found.reverse();
        }
        found
    }

    fn deep(view: &View<'_>) -> Vec<Self> {
        let [a, b, c] = [0, 1, 2].map(|at| view.length(at));
        let many = |count: usize, sides: [usize; 2]| {
            sides
                .iter()
                .all(|at| is_side(view.length(*at)))
                .then(|| view.layout(Some(count), sides, None))
        };
        let (first, last, middle) = (many(0, [1, 2]), many(2, [0, 1]), many(1, [0, 2]));
        let counted: Vec<Self> = [(0, &first), (2, &last), (1, &middle)]
            .into_iter()
            .filter(|(at, _)| view.is_counted(*at))
            .filter_map(|(_, layout)| layout.clone())
            .collect();
        if !counted.is_empty() {
            return counted;
        }
        let bands_last =
            (is_side(a) && is_side(b) && is_bands(c)).then(|| view.layout(None, [0, 1], Some(2)));
        let bands_first = ((2..=MAX_BANDS).contains(&a) && is_side(b) && is_side(c))
            .then(|| view.layout(None, [1, 2], Some(0)));
        // Square pictures of galaxies are the rule: the odd axis counts them. Three or four planes are colours.
        let square_last = a == b && b != c && c > COLOURS;
        let found = if square_last && c > MAX_BANDS {
            [last, first, None, None]
        } else if square_last {
            [bands_last, last, first, None]
        } else if view.signs.is_last == Some(true) {
            [last, first, bands_last, bands_first]
        } else if a == b && b == c {
            [first, last, None, None]
        } else if view.signs.in_doubt {
            [first, last, bands_last, bands_first]
        } else if view.signs.is_bands {
            [bands_first, first, bands_last, None]
        } else {
            [first, bands_last, bands_first, None]
        };
        found.into_iter().flatten().collect()
    }

    fn deeper(view: &View<'_>) -> Vec<Self> {
        let length = |at: usize| view.length(at);
        let reading = |count: usize, sides: [usize; 2], bands: usize| {
            let fits = sides.iter().all(|at| is_side(length(*at))) && is_bands(length(bands));
            fits.then(|| view.layout(Some(count), sides, Some(bands)))
        };
        let first = [reading(0, [1, 2], 3), reading(0, [2, 3], 1)];
        // Colours before the last axis: MATLAB's montage, the street-view house numbers.
        let last = [reading(3, [0, 1], 2), reading(3, [1, 2], 0)];
        let of_counted = |layouts: &[Option<Self>], at: usize| {
            let all = layouts.iter().flatten().cloned();
            if view.is_counted(at) {
                all.collect()
            } else {
                Vec::new()
            }
        };
        let counted = [of_counted(&first, 0), of_counted(&last, 3)].concat();
        if !counted.is_empty() {
            return counted;
        }
        let first: Vec<Self> = first.into_iter().flatten().collect();
        let [montage, _] = last;
        if first.is_empty() {
            return montage.into_iter().collect();
        }
        first
    }

    /// Decides between the readings of an array; asks when there are several. The answer's key is `layout`.
    ///
    /// # Errors
    /// A [`Refusal`] when there is none, or the answer fits none.
    pub fn choose(array: &Array, signs: &Signs<'_>, reading: &mut Reading) -> Result<Self, Refusal> {
        let found = Self::of(signs);
        let options = found.iter().map(Self::words).collect();
        let text = format!("How are the values of {} to be read?", array.words());
        let taken = reading.choose(QuestionKey::Layout, &text, options, 0)?;
        found.get(taken).cloned().ok_or_else(|| {
            Refusal::new(
                format!("{} holds no pictures by its shape", array.words()),
                "give images as (N,H,W), (N,H,W,C), (N,C,H,W) or (N,side*side)",
            )
        })
    }
}
