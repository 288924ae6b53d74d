//! What the axes of an array mean: which are pixels, which are bands, and which counts galaxies.

use super::element::Element;
use super::levels::Levels;
use crate::intake::picture::Picture;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A step from one pixel, or band, to the next: so many places along an axis of the array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub axis: usize,
    pub by: u64,
}

/// A reading of an array's axes as pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayLayout {
    /// Galaxies.
    pub count: u64,
    /// The axis that counts them; none when the array is one picture.
    pub along: Option<usize>,
    pub(super) shape: Vec<u64>,
    pub(super) height: u64,
    pub(super) width: u64,
    pub(super) bands: u64,
    pub(super) down: Step,
    pub(super) across: Step,
    pub(super) deep: Step,
}

/// What becomes of the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// One of them, from 0.
    This(usize),
    /// 0.25 of the first, 0.5 of the second, 0.25 of the third: what colour pictures become everywhere here.
    Mixed,
}

impl ArrayLayout {
    pub(super) fn words(&self) -> String {
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
    /// axis that counts galaxies; the galaxy is at the place `at` of it.
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
    /// in [`ArrayLayout::plane`].
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

    use super::super::readings::Signs;
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
        ArrayLayout::of(&signs(shape, counted))
            .iter()
            .map(ArrayLayout::words)
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
            ArrayLayout::of(&signs(&[u64::MAX, u64::MAX, u64::MAX, 3], &[]))[0].values(),
            None
        );
        assert!(ArrayLayout::of(&signs(&[0, 0], &[])).is_empty());
        assert!(ArrayLayout::of(&signs(&[], &[])).is_empty());
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
            ArrayLayout::of(&named)
                .iter()
                .map(ArrayLayout::words)
                .collect::<Vec<_>>(),
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
            let layout = ArrayLayout::of(&signs(&shape, &[axis])).remove(0);
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
        // MATLAB's (H,W,N) is stored as (N,W,H) in its files.
        let shape = [count, width, height];
        let all = bytes(shape, |[n, x, y]| [y, x, n]);
        let mut matlab = signs(&shape, &[0]);
        matlab.hints.reversed = true;
        let layout = ArrayLayout::of(&matlab).remove(0);
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
        let last_of = ArrayLayout::of(&signs(&[1, 8, 8, 3], &[])).remove(0);
        let first_of = ArrayLayout::of(&signs(&[1, 3, 8, 8], &[])).remove(0);
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
