//! Where the pictures lie in an array of any number of axes.

use std::ops::Range;

use crate::limits::Limits;
use crate::refusal::Refusal;

/// A colour axis that comes first, as in a JPEG turned into FITS, has three or four entries.
const COLOURS: [u64; 2] = [3, 4];
/// Beside such a short first axis, the others have at least this length.
const FAR_LONGER: u64 = 16;

/// The pictures of an array: one for each plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::intake) struct PlaneLayout {
    /// Pixels across.
    pub width: usize,
    /// Pixels from bottom to top.
    pub height: usize,
    /// How many pictures there are, at least one.
    pub planes: usize,
    /// Values from one pixel to its right neighbour, to the one above it, and to the next plane.
    step: [usize; 3],
    /// True when the picture's axes are the array's first two, as its WCS tells them.
    pub first: bool,
}

impl PlaneLayout {
    /// Finds the pictures in an array with these axes, the fastest first. Axes of length 1 do not count. `None` when
    /// fewer than two are left: a spectrum is no picture.
    ///
    /// # Errors
    /// A [`Refusal`] when a picture is too large or the number of planes is not valid.
    pub(in crate::intake) fn new(axes: &[u64], limits: &Limits) -> Result<Option<Self>, Refusal> {
        let long: Vec<u64> = axes.iter().copied().filter(|n| *n != 1).collect();
        let (bands_first, width, height, deeper) = match long.as_slice() {
            [bands, width, height]
                if COLOURS.contains(bands) && *width >= FAR_LONGER && *height >= FAR_LONGER =>
            {
                (Some(*bands), *width, *height, &[][..])
            }
            [width, height, deeper @ ..] => (None, *width, *height, deeper),
            _ => return Ok(None),
        };
        limits.check_picture(width, height)?;
        let planes = deeper
            .iter()
            .try_fold(bands_first.unwrap_or(1), |product, n| product.checked_mul(*n))
            .filter(|n| *n > 0);
        // All positions must fit the machine's addresses.
        let total = planes.and_then(|n| n.checked_mul(width)?.checked_mul(height));
        let (Some(planes), Some(_)) = (planes, total.and_then(|n| usize::try_from(n).ok())) else {
            return Err(Refusal::new(
                "the cube has an impossible number of planes",
                "check the file with `fitsverify`",
            ));
        };
        let (width, height, planes) = (width as usize, height as usize, planes as usize);
        let step = match bands_first {
            Some(_) => [planes, planes * width, 1],
            None => [1, width, width * height],
        };
        let first = matches!(axes, [a, b, ..] if *a != 1 && *b != 1) && bands_first.is_none();
        Ok(Some(Self {
            width,
            height,
            planes,
            step,
            first,
        }))
    }

    /// The pictures of an array whose sides are not its first two axes: those of these numbers, from 0, are the width and the
    /// height, and all others count planes. `None` when another axis than one more is longer than 1.
    ///
    /// # Errors
    /// As [`PlaneLayout::new`].
    pub(in crate::intake) fn on(
        axes: &[u64],
        [across, up]: [usize; 2],
        limits: &Limits,
    ) -> Result<Option<Self>, Refusal> {
        let others: Vec<usize> = (0..axes.len())
            .filter(|at| *at != across && *at != up && axes.get(*at).is_some_and(|n| *n != 1))
            .collect();
        let deep = match others.as_slice() {
            [] => None,
            [deep] => Some(*deep),
            _ => return Ok(None),
        };
        let length = |at: usize| axes.get(at).copied().unwrap_or(1);
        limits.check_picture(length(across), length(up))?;
        let total = axes.iter().try_fold(1u64, |product, n| product.checked_mul(*n));
        if total.is_none_or(|total| total == 0 || usize::try_from(total).is_err()) {
            return Ok(None);
        }
        let step = |at: usize| axes.iter().take(at).product::<u64>() as usize;
        Ok(Some(Self {
            width: length(across) as usize,
            height: length(up) as usize,
            planes: deep.map_or(1, length) as usize,
            step: [step(across), step(up), deep.map_or(0, step)],
            first: (across, up) == (0, 1),
        }))
    }

    /// The layout of a square picture of this side, alone in its array.
    pub(in crate::intake) fn square(side: usize) -> Self {
        Self {
            width: side,
            height: side,
            planes: 1,
            step: [1, side, side * side],
            first: true,
        }
    }

    /// The positions that a plane's values lie between.
    pub(in crate::intake) fn range(&self, plane: usize) -> Range<usize> {
        let [across, up, deep] = self.step;
        let start = plane * deep;
        start..start + (self.width - 1) * across + (self.height - 1) * up + 1
    }

    /// A plane as a picture, top row first, out of the values from the start of its [range](PlaneLayout::range). FITS rows
    /// run upwards.
    pub(in crate::intake) fn picture(&self, values: &[f32]) -> Vec<f32> {
        let [across, up, _] = self.step;
        let mut picture = Vec::with_capacity(self.width * self.height);
        for row in (0..self.height).rev() {
            let rest = values.get(row * up..).unwrap_or_default();
            picture.extend(rest.iter().step_by(across).take(self.width));
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(axes: &[u64]) -> Option<PlaneLayout> {
        PlaneLayout::new(axes, &Limits::default()).unwrap()
    }

    #[test]
    fn planes_are_found() {
        let cube = layout(&[4, 3, 5]).unwrap();
        assert_eq!((cube.width, cube.height, cube.planes), (4, 3, 5));
        assert_eq!(cube.range(2), 24..36);
        assert!(cube.first);
        assert_eq!(layout(&[4, 3, 1, 1]).unwrap().planes, 1);
        assert_eq!(layout(&[4, 3, 2, 2]).unwrap().planes, 4);
        assert!(!layout(&[1, 4, 3]).unwrap().first);
        assert_eq!(layout(&[100, 1]), None, "a spectrum is no picture");
        assert!(PlaneLayout::new(&[4, 3, u64::MAX, 9], &Limits::default()).is_err());
        assert!(PlaneLayout::new(&[4, 3, 0], &Limits::default()).is_err());
        assert!(PlaneLayout::new(&[u64::MAX, u64::MAX], &Limits::default()).is_err());
    }

    #[test]
    fn sides_may_be_any_axes() {
        let limits = Limits::default();
        // Planes first: value = 100 plane + 10 y + x.
        let cube = PlaneLayout::on(&[2, 3, 4], [1, 2], &limits).unwrap().unwrap();
        assert_eq!((cube.width, cube.height, cube.planes), (3, 4, 2));
        let mut values = Vec::new();
        for y in 0..4 {
            for x in 0..3 {
                for plane in 0..2 {
                    values.push((100 * plane + 10 * y + x) as f32);
                }
            }
        }
        let picture = cube.picture(&values[cube.range(1)]);
        assert_eq!(picture[..4], [130.0, 131.0, 132.0, 120.0]);
        assert_eq!(PlaneLayout::on(&[2, 3, 4, 5], [1, 2], &limits).unwrap(), None);
        assert_eq!(
            PlaneLayout::on(&[4, 3, 5], [0, 1], &limits).unwrap(),
            layout(&[4, 3, 5])
        );
    }

    #[test]
    fn rows_are_turned_over() {
        let picture = layout(&[2, 2]).unwrap().picture(&[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(picture, [3.0, 4.0, 1.0, 2.0]);
    }

    #[test]
    fn colours_may_come_first() {
        let rgb = layout(&[3, 20, 16]).unwrap();
        assert_eq!((rgb.width, rgb.height, rgb.planes), (20, 16, 3));
        let values: Vec<f32> = (0..3 * 20 * 16).map(|i| i as f32).collect();
        let green = rgb.picture(&values[rgb.range(1)]);
        assert_eq!(green.len(), 320);
        // The top left pixel is the first of the last row.
        assert_eq!(green[0], (15 * 20 * 3 + 1) as f32);
        assert_eq!(green[1], (15 * 20 * 3 + 4) as f32);
        assert_eq!(green[319], (19 * 3 + 1) as f32);
    }
}
