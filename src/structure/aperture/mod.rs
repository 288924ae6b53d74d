//! Sums of light in circles and ellipses.
//!
//! Both are taken row by row: what lies wholly inside is a difference of two running sums, so that only the pixels on the edge need a look.

mod circle;
mod ellipse;

pub(super) use circle::{Circle, Touched};
pub(super) use ellipse::Ellipse;

use super::light::Light;
use std::ops::Range;

/// Light and area within a shape.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sum {
    pub light: f64,
    /// Pixels of the frame that count, in part or whole.
    pub area: f64,
}

impl Sum {
    pub(super) fn mean(&self) -> f64 {
        if self.area > 0.0 {
            self.light / self.area
        } else {
            0.0
        }
    }

    pub(super) fn without(&self, inner: &Self) -> Self {
        Self {
            light: self.light - inner.light,
            area: self.area - inner.area,
        }
    }

    /// Adds a share of another one.
    fn add(&mut self, share: f64, other: Self) {
        self.light += share * other.light;
        self.area += share * other.area;
    }
}

/// Running sums along the rows of a frame.
#[derive(Debug)]
pub(super) struct RowSums {
    width: usize,
    height: usize,
    /// Of each row the light and the area before each column and of the whole row, the last twice: `width + 2` pairs.
    before: Vec<[f64; 2]>,
}

impl RowSums {
    /// Of a galaxy's light: masked pixels have neither light nor area.
    pub(super) fn of(light: &Light) -> Self {
        Self::new(light, |at| light.value(at), |at| !light.is_masked(at))
    }

    /// Of other values of a frame.
    pub(super) fn new(light: &Light, value: impl Fn(usize) -> f64, counts: impl Fn(usize) -> bool) -> Self {
        let (width, height) = (light.width, light.height);
        let mut before = Vec::with_capacity((width + 2) * height);
        for row in 0..height {
            let mut sum = [0.0, 0.0];
            before.push(sum);
            for at in row * width..(row + 1) * width {
                if counts(at) {
                    sum = [sum[0] + value(at), sum[1] + 1.0];
                }
                before.push(sum);
            }
            before.push(sum);
        }
        Self {
            width,
            height,
            before,
        }
    }

    /// The sums before each column of a row.
    fn row(&self, row: usize) -> &[[f64; 2]] {
        let first = row * (self.width + 2);
        self.before.get(first..first + self.width + 2).unwrap_or_default()
    }
}

/// Columns of a row.
fn columns(row: &[[f64; 2]], columns: Range<usize>) -> Sum {
    let at = |column: usize| row.get(column).copied().unwrap_or_default();
    let (end, start) = (at(columns.end), at(columns.start));
    Sum {
        light: end[0] - start[0],
        area: end[1] - start[1],
    }
}

/// Whole numbers from `first` to before `end`, as far as they lie within `0..size`.
fn within(first: f64, end: f64, size: usize) -> Range<usize> {
    let clamp = |v: f64| if v > 0.0 { (v as usize).min(size) } else { 0 };
    let (first, end) = (clamp(first), clamp(end));
    first..end.max(first)
}

/// The next whole number that is at least `v`, 0 at least: `f64::ceil` is a call on processors without the instruction.
fn up(v: f64) -> f64 {
    let whole = v as u32;
    f64::from(whole) + if f64::from(whole) < v { 1.0 } else { 0.0 }
}

/// The next whole number above `v`, 0 at least.
fn above(v: f64) -> f64 {
    if v < 0.0 { 0.0 } else { f64::from(v as u32) + 1.0 }
}
