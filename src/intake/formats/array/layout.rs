//! What the axes of an array mean: which are pixels, which are bands, and which counts galaxies.

use super::arrays::{Array, Hints};
use super::axes::{Axis, named};
use super::element::Element;
use super::levels::Levels;
use crate::intake::picture::Picture;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Shorter axes are no sides of a picture.
const SHORTEST: u64 = 8;
/// Longer axes are no bands.
const MOST_BANDS: u64 = 8;
/// Of so many planes or fewer one may be meant to be a colour: more are not asked about beside bands.
const COLOURS: u64 = 4;
/// Pictures that are columns of an array have at least so many pixels: tables are tall too.
const COLUMN: u64 = 256;

/// A step from one pixel, or band, to the next: so many places along an axis of the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    axis: usize,
    by: u64,
}

/// A reading of an array's axes as pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Galaxies.
    pub count: u64,
    /// The axis that counts them; none when the array is one picture.
    pub along: Option<usize>,
    shape: Vec<u64>,
    height: u64,
    width: u64,
    bands: u64,
    down: Step,
    across: Step,
    deep: Step,
}

/// What becomes of the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// One of them, from 0.
    This(usize),
    /// 0.25 of the first, 0.5 of the second, 0.25 of the third: what colour pictures become everywhere here.
    Mixed,
}

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

    fn layout(&self, count: Option<usize>, [down, across]: [usize; 2], bands: Option<usize>) -> Layout {
        Layout {
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

    /// Pictures whose pixels stand in one row, along the axis `pixels`.
    fn squares(&self, count: usize, pixels: usize) -> Option<Layout> {
        let area = self.length(pixels);
        let side = area.isqrt();
        if side < SHORTEST || side * side != area {
            return None;
        }
        let (down, across) = if self.signs.hints.reversed {
            (1, side)
        } else {
            (side, 1)
        };
        Some(Layout {
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
    n >= SHORTEST
}

fn is_bands(n: u64) -> bool {
    (1..=MOST_BANDS).contains(&n)
}

impl Layout {
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
        let told = 2 + usize::from(count.is_some()) + usize::from(bands.is_some());
        (told == view.axes.len() && is_side(view.length(down)) && is_side(view.length(across)))
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
        let bands_first = ((2..=MOST_BANDS).contains(&a) && is_side(b) && is_side(c))
            .then(|| view.layout(None, [1, 2], Some(0)));
        // Square pictures of galaxies are the rule: the odd axis counts them. Three or four planes are colours.
        let square_last = a == b && b != c && c > COLOURS;
        let found = if square_last && c > MOST_BANDS {
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

    fn words(&self) -> String {
        let Self {
            count, height, width, ..
        } = self;
        let bands = match self.bands {
            1 => String::new(),
            n => format!(" in {n} bands"),
        };
        // The first axis is where everybody looks for them.
        let place = match self.along {
            None | Some(0) => "",
            Some(at) if at + 1 == self.shape.len() => ", counted by the last axis",
            Some(_) => ", counted by an axis in the middle",
        };
        match self.along {
            None => format!("one picture of {width} x {height}{bands}"),
            Some(_) if *count == 1 => format!("one picture of {width} x {height}{bands}{place}"),
            Some(_) => format!("{count} pictures of {width} x {height}{bands}{place}"),
        }
    }

    /// A sentence when galaxies are counted by another axis than the first.
    pub fn remark(&self) -> Option<String> {
        self.along
            .filter(|at| *at > 0)
            .map(|_| format!("its axes were read as {}", self.words()))
    }

    /// Decides what becomes of several bands; asks. The answer's key is `band`.
    ///
    /// # Errors
    /// A [`Refusal`] when the answer is none of the bands.
    pub fn choose_band(&self, element: Element, reading: &mut Reading) -> Result<Band, Refusal> {
        let bands = self.bands;
        let mut options: Vec<String> = (1..=bands).map(|band| format!("band {band}")).collect();
        let mut default = (bands / 2) as usize;
        if bands == 3 {
            options.push("mixed (0.25 of the first, 0.5 of the second, 0.25 of the third)".to_owned());
            // Three bands of bytes are a colour picture; three bands of flux may be any filters.
            if element.white().is_some() {
                default = 3;
            }
        }
        let text = format!("The pictures have {bands} bands. Which one is taken?");
        let taken = reading.choose(QuestionKey::Band, &text, options, default)?;
        Ok(if bands == 3 && taken == 3 {
            Band::Mixed
        } else {
            Band::This(taken)
        })
    }

    /// Values of one galaxy in all bands; `None` when they do not fit any memory.
    pub fn values(&self) -> Option<usize> {
        let area = self.height.checked_mul(self.width)?;
        usize::try_from(area.checked_mul(self.bands)?).ok()
    }

    /// Pixels of one galaxy.
    pub fn area(&self) -> u64 {
        self.height.saturating_mul(self.width)
    }

    /// Checks one picture's size, in pixels.
    ///
    /// # Errors
    /// As [`Limits::check_picture`].
    pub fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        limits.check_picture(self.width, self.height)
    }

    /// Bytes from one place of each axis to the next, in a part of the array with `length` places along the axis that
    /// counts galaxies.
    fn strides(&self, length: u64, size: usize) -> Option<Vec<usize>> {
        let mut strides = vec![0; self.shape.len()];
        let mut stride = size;
        for (axis, to) in strides.iter_mut().enumerate().rev() {
            *to = stride;
            let places = if Some(axis) == self.along {
                length
            } else {
                self.shape.get(axis).copied()?
            };
            stride = stride.checked_mul(usize::try_from(places).ok()?)?;
        }
        Some(strides)
    }

    /// One galaxy's values in one band, as they are stored. `bytes` are a part of the array with `length` places along the
    /// axis that counts galaxies; the galaxy stands at the place `at` of it.
    fn plane(&self, element: Element, bytes: &[u8], (length, at): (u64, u64), band: u64) -> Option<Vec<u8>> {
        let size = element.size();
        let strides = self.strides(length, size)?;
        let stride = |step: Step| {
            strides
                .get(step.axis)?
                .checked_mul(usize::try_from(step.by).ok()?)
        };
        let (down, across) = (stride(self.down)?, stride(self.across)?);
        let galaxy = match self.along {
            Some(axis) => strides.get(axis)?.checked_mul(usize::try_from(at).ok()?)?,
            None => 0,
        };
        let deep = if self.bands > 1 { stride(self.deep)? } else { 0 };
        let start = galaxy.checked_add(deep.checked_mul(usize::try_from(band).ok()?)?)?;
        let (height, width) = (self.height as usize, self.width as usize);
        let mut plane = Vec::with_capacity(height.checked_mul(width)?.checked_mul(size)?);
        for row in 0..height {
            let begin = start.checked_add(row.checked_mul(down)?)?;
            if across == size {
                plane.extend_from_slice(bytes.get(begin..begin.checked_add(width * size)?)?);
                continue;
            }
            for column in 0..width {
                let pixel = begin.checked_add(column.checked_mul(across)?)?;
                plane.extend_from_slice(bytes.get(pixel..pixel.checked_add(size)?)?);
            }
        }
        Some(plane)
    }

    /// One galaxy's picture, and what its numbers were taken for; `None` when it is not there. `bytes` and `place` are as
    /// in [`Layout::plane`].
    pub fn picture(
        &self,
        element: Element,
        band: Band,
        levels: &Levels,
        bytes: &[u8],
        place: (u64, u64),
    ) -> Option<(Picture, bool)> {
        let plane = |band: u64| {
            let mut values = element.floats(&self.plane(element, bytes, place, band)?);
            levels.scale(&mut values);
            Some(values)
        };
        let pixels = match band {
            Band::This(band) => plane(band as u64)?,
            Band::Mixed => {
                let (r, g, b) = (plane(0)?, plane(1)?, plane(2)?);
                let mix = |((r, g), b): ((&f32, &f32), &f32)| 0.25 * r + 0.5 * g + 0.25 * b;
                r.iter().zip(&g).zip(&b).map(mix).collect()
            }
        };
        let mut picture = Picture::new(self.width as usize, self.height as usize, pixels);
        let is_flux = levels.judge(&mut picture);
        Some((picture, is_flux))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::formats::array::element::Class;

    fn signs<'a>(shape: &'a [u64], counted: &[usize]) -> Signs<'a> {
        Signs {
            shape,
            counted: (0..shape.len()).map(|axis| counted.contains(&axis)).collect(),
            ..Signs::default()
        }
    }

    fn words(shape: &[u64], counted: &[usize]) -> Vec<String> {
        Layout::of(&signs(shape, counted))
            .iter()
            .map(Layout::words)
            .collect()
    }

    #[test]
    fn shapes_are_understood() {
        let cases: &[(&[u64], &[usize], &[&str])] = &[
            (
                &[17_736, 256, 256, 3],
                &[0],
                &["17736 pictures of 256 x 256 in 3 bands"],
            ),
            (&[5, 3, 40, 32], &[], &["5 pictures of 32 x 40 in 3 bands"]),
            (
                &[20, 4096],
                &[],
                &["20 pictures of 64 x 64", "one picture of 4096 x 20"],
            ),
            (
                &[4096, 4096],
                &[],
                &["4096 pictures of 64 x 64", "one picture of 4096 x 4096"],
            ),
            (
                &[256, 256],
                &[],
                &["one picture of 256 x 256", "256 pictures of 16 x 16"],
            ),
            (&[256, 256], &[0], &["256 pictures of 16 x 16"]),
            (&[2, 100], &[], &["2 pictures of 10 x 10"]),
            (&[40, 32], &[], &["one picture of 32 x 40"]),
            (
                &[7, 40, 32],
                &[],
                &["7 pictures of 32 x 40", "one picture of 32 x 40 in 7 bands"],
            ),
            (&[40, 32, 3], &[], &["one picture of 32 x 40 in 3 bands"]),
            (&[40, 40, 3], &[], &["one picture of 40 x 40 in 3 bands"]),
            (&[9, 40, 32, 1], &[], &["9 pictures of 32 x 40"]),
            (&[9, 1, 40, 32], &[], &["9 pictures of 32 x 40"]),
            (&[1, 40, 32], &[], &["one picture of 32 x 40"]),
            (&[100], &[], &[]),
            (&[100, 7], &[], &[]),
            (&[5, 40, 32, 9], &[], &[]),
            (
                &[u64::MAX, u64::MAX, u64::MAX, 3],
                &[],
                &["18446744073709551615 pictures of 18446744073709551615 x 18446744073709551615 in 3 bands"],
            ),
        ];
        for (shape, counted, wanted) in cases {
            assert_eq!(words(shape, counted), *wanted, "{shape:?}");
        }
        assert_eq!(
            Layout::of(&signs(&[u64::MAX, u64::MAX, u64::MAX, 3], &[]))[0].values(),
            None
        );
        assert!(Layout::of(&signs(&[0, 0], &[])).is_empty());
        assert!(Layout::of(&signs(&[], &[])).is_empty());
    }

    #[test]
    fn the_last_axis_may_count_galaxies() {
        let last = |n: u64, side: u64| format!("{n} pictures of {side} x {side}, counted by the last axis");
        assert_eq!(words(&[64, 64, 40], &[2]), [last(40, 64)]);
        assert_eq!(words(&[64, 64, 5], &[2]), [last(5, 64)]);
        assert_eq!(words(&[64, 64, 20], &[])[0], last(20, 64));
        assert_eq!(words(&[64, 64, 20], &[]).len(), 2, "it asks");
        assert_eq!(words(&[20, 64, 64], &[]), ["20 pictures of 64 x 64"]);
        assert_eq!(
            words(&[64, 64, 64], &[]),
            ["64 pictures of 64 x 64".to_owned(), last(64, 64)]
        );
        assert_eq!(words(&[4096, 20], &[])[0], last(20, 64));
        assert_eq!(words(&[4096, 7], &[1]), [last(7, 64)]);
        assert_eq!(
            words(&[32, 32, 3, 50], &[]),
            ["50 pictures of 32 x 32 in 3 bands, counted by the last axis"]
        );
        assert_eq!(
            words(&[64, 40, 48], &[1]),
            ["40 pictures of 48 x 64, counted by an axis in the middle"]
        );
        let mut named = signs(&[40, 48, 30], &[]);
        named.hints.axes = ["y", "x", "galaxy"].map(str::to_owned).to_vec();
        assert_eq!(
            Layout::of(&named).iter().map(Layout::words).collect::<Vec<_>>(),
            ["30 pictures of 48 x 40, counted by the last axis"]
        );
    }

    /// a[y, x, n] = 100 n + 10 y + x, in every order of its axes.
    #[test]
    fn pixels_come_from_any_order() {
        let element = Element::new(Class::Unsigned, 2, false).unwrap();
        let (height, width, count) = (8u64, 9u64, 10u64);
        let value = |y: u64, x: u64, n: u64| (100 * n + 10 * y + x) as u16;
        let bytes = |shape: [u64; 3], at: fn([u64; 3]) -> [u64; 3]| -> Vec<u8> {
            let mut bytes = Vec::new();
            for i in 0..shape[0] {
                for j in 0..shape[1] {
                    for k in 0..shape[2] {
                        let [y, x, n] = at([i, j, k]);
                        bytes.extend(value(y, x, n).to_le_bytes());
                    }
                }
            }
            bytes
        };
        type Order = fn([u64; 3]) -> [u64; 3];
        let orders: [([u64; 3], usize, Order); 3] = [
            ([count, height, width], 0, |[n, y, x]| [y, x, n]),
            ([height, width, count], 2, |[y, x, n]| [y, x, n]),
            ([height, count, width], 1, |[y, n, x]| [y, x, n]),
        ];
        let wanted: Vec<f32> = (0..height)
            .flat_map(|y| (0..width).map(move |x| f32::from(value(y, x, 3)) / 65_535.0))
            .collect();
        for (shape, axis, order) in orders {
            let layout = Layout::of(&signs(&shape, &[axis])).remove(0);
            let all = bytes(shape, order);
            let levels = Levels::of(element);
            let (picture, _) = layout
                .picture(element, Band::This(0), &levels, &all, (count, 3))
                .unwrap();
            assert_eq!(picture.frame.pixels, wanted, "axis {axis}");
            assert_eq!((picture.frame.width, picture.frame.height), (9, 8));
            assert!(
                layout
                    .picture(element, Band::This(0), &levels, &all, (count, 10))
                    .is_none()
            );
        }
        // MATLAB's (H,W,N) stands as (N,W,H) in its files.
        let shape = [count, width, height];
        let all = bytes(shape, |[n, x, y]| [y, x, n]);
        let mut matlab = signs(&shape, &[0]);
        matlab.hints.reversed = true;
        let layout = Layout::of(&matlab).remove(0);
        let (picture, _) = layout
            .picture(element, Band::This(0), &Levels::of(element), &all, (count, 3))
            .unwrap();
        assert_eq!(picture.frame.pixels, wanted);
    }

    #[test]
    fn bands_are_taken_from_both_orders() {
        let element = Element::new(Class::Unsigned, 1, false).unwrap();
        let levels = Levels::of(element);
        let area = 64u8;
        let last: Vec<u8> = (0..area).flat_map(|p| [p, p + 100, p + 50]).collect();
        let first: Vec<u8> = [0, 100, 50]
            .into_iter()
            .flat_map(|b| (0..area).map(move |p| p + b))
            .collect();
        let last_of = Layout::of(&signs(&[1, 8, 8, 3], &[])).remove(0);
        let first_of = Layout::of(&signs(&[1, 3, 8, 8], &[])).remove(0);
        for band in [Band::This(0), Band::This(1), Band::This(2), Band::Mixed] {
            let (one, flux) = last_of.picture(element, band, &levels, &last, (1, 0)).unwrap();
            let (other, _) = first_of.picture(element, band, &levels, &first, (1, 0)).unwrap();
            assert_eq!(one, other, "{band:?}");
            assert!(!flux);
            assert_eq!(one.frame.pixels.len(), 64);
            let wanted = match band {
                Band::This(band) => [10.0, 110.0, 60.0][band] / 255.0,
                Band::Mixed => 0.25 * (10.0f32 / 255.0) + 0.5 * (110.0 / 255.0) + 0.25 * (60.0 / 255.0),
            };
            assert_eq!(one.frame.pixels[10], wanted);
        }
    }
}
