//! What the values of an array say about its axes: pixels of a picture are like their neighbours, galaxies are not.

use super::arrays::{Array, Arrays};
use super::element::Element;

/// Values that are read at most.
const MOST: u64 = 1 << 22;
/// Differences along the axis that counts galaxies are larger than those along pixels by this factor at least.
const CLEAR: f64 = 1.5;
/// Planes of one picture in several bands are as alike as this: their correlation.
const ALIKE: f64 = 0.9;

/// The values of an array of three axes, when they are few enough: all, or the rows in the middle.
fn middle(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> Option<([usize; 3], Vec<f32>)> {
    let [a, b, c] = *array.shape.as_slice() else {
        return None;
    };
    let row = b.checked_mul(c)?;
    let rows = (MOST / row.max(1)).min(a);
    if rows < 2 {
        return None;
    }
    let first = (a - rows) / 2;
    let bytes = file.numbers(index, first..first + rows).ok()?;
    let values = element.floats(&bytes);
    let shape = [rows, b, c].map(|n| n as usize);
    (values.len() as u64 == rows * row).then_some((shape, values))
}

/// The mean of the absolute differences between neighbours along an axis.
fn roughness([a, b, c]: [usize; 3], values: &[f32], axis: usize) -> Option<f64> {
    let step = [b * c, c, 1].get(axis).copied()?;
    let length = [a, b, c].get(axis).copied()?;
    let (mut sum, mut count) = (0.0, 0usize);
    for (at, value) in values.iter().enumerate() {
        if (at / step) % length + 1 < length
            && let Some(next) = values.get(at + step)
        {
            let difference = f64::from(next - value).abs();
            if difference.is_finite() {
                sum += difference;
                count += 1;
            }
        }
    }
    (count > 0).then(|| sum / count as f64)
}

/// True when the last axis counts galaxies by the look of the values, and the first does not.
pub fn is_last(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> bool {
    let Some((shape, values)) = middle(file, index, array, element) else {
        return false;
    };
    let rough = |axis| roughness(shape, &values, axis);
    match (rough(0), rough(1), rough(2)) {
        (Some(first), Some(middle), Some(last)) => last > CLEAR * first.max(middle),
        _ => false,
    }
}

/// True when the planes of the first axis are bands of one picture: all are like the first.
pub fn are_bands(file: &dyn Arrays, index: usize, array: &Array, element: Element) -> bool {
    let Some(([planes, ..], values)) = middle(file, index, array, element) else {
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
    fn galaxies_differ_more_than_pixels() {
        // A slope in y and x, another level in each galaxy.
        let (height, width, count) = (6, 7, 5);
        let mut values = Vec::new();
        for y in 0..height {
            for x in 0..width {
                for n in 0..count {
                    values.push((y + x) as f32 + 20.0 * (n % 2) as f32);
                }
            }
        }
        let shape = [height, width, count];
        let rough = |axis| roughness(shape, &values, axis).unwrap();
        assert_eq!((rough(0), rough(1), rough(2)), (1.0, 1.0, 20.0));
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
