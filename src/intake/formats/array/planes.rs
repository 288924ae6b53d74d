//! What the values of an array say about its axes: galaxies are in the middle of their pictures.

use super::arrays::{Array, Arrays};
use super::element::Element;

/// Values that are read at most.
const MAX_COUNT: u64 = 1 << 22;
/// Rows that are looked at of an array with more values.
const ROWS: u64 = 48;
/// A side of pictures has so much more light in its middle than at its ends, as a part of the whole range.
const CENTRED: f64 = 0.25;
/// An axis that counts galaxies has less than this part of what the sides have.
const LESS: f64 = 0.5;
/// Planes of one picture in several bands are this similar: their correlation.
const ALIKE: f64 = 0.97;

/// The values of an array of three axes: all when they are few, or some rows from the first to the last.
fn some(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> Option<([usize; 3], Vec<f32>)> {
    let [a, b, c] = *array.shape.as_slice() else {
        return None;
    };
    let row = b.checked_mul(c).filter(|row| *row > 0 && *row <= MAX_COUNT)?;
    let mut values = Vec::new();
    let rows = if a <= MAX_COUNT / row {
        values = element.floats(&file.numbers(index, 0..a).ok()?);
        a
    } else {
        let rows = ROWS.min(MAX_COUNT / row).min(a);
        for at in 0..rows {
            // A damaged header may declare more rows than 64 bits can multiply.
            let from = u128::from(at) * u128::from(a - 1) / u128::from((rows - 1).max(1));
            let from = u64::try_from(from).ok()?;
            values.extend(element.floats(&file.numbers(index, from..from + 1).ok()?));
        }
        rows
    };
    let shape = [rows, b, c].map(|n| n as usize);
    (values.len() as u64 == rows * row).then_some((shape, values))
}

/// How much more light lies in the middle of an axis than at its ends, as a part of the range of its profile.
fn centred([a, b, c]: [usize; 3], values: &[f32], axis: usize) -> Option<f64> {
    let step = [b * c, c, 1].get(axis).copied()?;
    let length = [a, b, c].get(axis).copied()?;
    let mut profile = vec![0.0; length];
    for (at, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite()) {
        *profile.get_mut((at / step) % length)? += f64::from(*value);
    }
    let third = length / 3;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len().max(1) as f64;
    let (begin, middle, end) = (
        profile.get(..third)?,
        profile.get(third..length - third)?,
        profile.get(length - third..)?,
    );
    let (low, high) = profile
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    (high > low).then(|| (mean(middle) - mean(begin).max(mean(end))) / (high - low))
}

/// Whether the last axis counts galaxies by the look of the values, and not the first; `None` when they do not tell.
/// Pictures of galaxies are brightest in the middle of their sides.
pub fn is_last(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> Option<bool> {
    let (shape, values) = some(file, index, array, element)?;
    let along = |axis| centred(shape, &values, axis);
    let (first, middle, last) = (along(0)?, along(1)?, along(2)?);
    let counts = |axis: f64, one: f64, other: f64| one.min(other) > CENTRED && axis < LESS * one.min(other);
    if counts(last, first, middle) {
        Some(true)
    } else if counts(first, middle, last) {
        Some(false)
    } else {
        None
    }
}

/// True when the planes of the first axis are bands of one picture: all are like the first.
pub fn are_bands(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> bool {
    let Some(([planes, ..], values)) = some(file, index, array, element) else {
        return false;
    };
    let area = values.len() / planes.max(1);
    let mut planes = values.chunks_exact(area.max(1));
    let Some(first) = planes.next() else { return false };
    let mut others = planes.peekable();
    others.peek().is_some() && others.all(|other| correlation(first, other) > ALIKE)
}

/// Pearson's correlation of two planes; 0 when one of them is flat.
fn correlation(one: &[f32], other: &[f32]) -> f64 {
    let pairs = || {
        one.iter()
            .zip(other)
            .map(|(a, b)| (f64::from(*a), f64::from(*b)))
            .filter(|(a, b)| a.is_finite() && b.is_finite())
    };
    let count = pairs().count() as f64;
    let (a, b) = pairs().fold((0.0, 0.0), |(a, b), pair| (a + pair.0, b + pair.1));
    let (a, b) = (a / count, b / count);
    let (aa, bb, ab) = pairs().fold((0.0, 0.0, 0.0), |(aa, bb, ab), pair| {
        let (x, y) = (pair.0 - a, pair.1 - b);
        (aa + x * x, bb + y * y, ab + x * y)
    });
    let scale = (aa * bb).sqrt();
    if scale > 0.0 { ab / scale } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_brightest_in_the_middle() {
        let (height, width, count) = (12, 15, 10);
        let mut values = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for n in 0..count {
                    let (dy, dx) = (y as f32 - 5.5, x as f32 - 7.0);
                    let brightness = [3.0, 1.0, 2.0, 5.0, 1.0, 2.0, 1.0, 4.0, 1.0, 3.0][n];
                    values.push(brightness * (-(dx * dx + dy * dy) / 9.0).exp());
                }
            }
        }
        let along = |axis| centred([height, width, count], &values, axis).unwrap();
        assert!(along(0) > 0.4 && along(1) > 0.4, "{} {}", along(0), along(1));
        assert!(along(2) < 0.2, "{}", along(2));
        assert_eq!(centred([2, 2, 2], &[1.0; 8], 0), None);
    }

    #[test]
    fn planes_are_alike_or_not() {
        let one: Vec<f32> = (0..100).map(|n| (n % 13) as f32).collect();
        let twice: Vec<f32> = one.iter().map(|value| 2.0 * value + 5.0).collect();
        let other: Vec<f32> = (0..100).map(|n| ((n * 7) % 11) as f32).collect();
        assert!(correlation(&one, &twice) > 0.999);
        assert!(correlation(&one, &other).abs() < 0.5);
        assert_eq!(correlation(&one, &[1.0; 100]), 0.0);
    }
}
