//! The sixteen copies of a cutout that the network sees: turned by multiples of 45 degrees, and flipped.

use super::channels::channels;
use super::network::{quantise, turned_and_flipped};
use crate::cutout::{PIXELS, SIDE};

/// Copies of a galaxy. Their codes are pooled, so that turns and flips hardly change a galaxy's vector.
pub const COPIES: usize = 16;

/// The inputs of the network for one cutout (`[4096]`): `[16 * 3 * 4096]`, whole numbers, the cutout as it is first. Eight are its quarter turns and
/// flips, eight those of the cutout turned by 45 degrees. `None` for what is no cutout ([`channels`]).
#[must_use]
pub fn inputs(cutout: &[f32]) -> Option<Vec<f32>> {
    let mut all = Vec::with_capacity(COPIES * 3 * PIXELS);
    for image in [cutout, &turned(cutout)] {
        let mut planes = channels(image)?;
        quantise(&mut planes);
        all.extend(turned_and_flipped(&planes));
    }
    Some(all)
}

/// The cutout turned by 45 degrees around its centre, by bilinear interpolation; 0 from beyond its edges.
fn turned(cutout: &[f32]) -> Vec<f32> {
    let centre = (SIDE as f64 - 1.0) / 2.0;
    let value = |x: i64, y: i64| {
        let inside = (0..SIDE as i64).contains(&x) && (0..SIDE as i64).contains(&y);
        let at = (y * SIDE as i64 + x) as usize;
        let found = if inside { cutout.get(at) } else { None };
        f64::from(found.copied().unwrap_or(0.0))
    };
    let mut out = Vec::with_capacity(PIXELS);
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (dx, dy) = (x as f64 - centre, y as f64 - centre);
            let from_x = centre + std::f64::consts::FRAC_1_SQRT_2 * (dx - dy);
            let from_y = centre + std::f64::consts::FRAC_1_SQRT_2 * (dx + dy);
            let (left, top) = (from_x.floor(), from_y.floor());
            let (u, v) = (from_x - left, from_y - top);
            let (left, top) = (left as i64, top as i64);
            let upper = value(left, top) * (1.0 - u) + value(left + 1, top) * u;
            let lower = value(left, top + 1) * (1.0 - u) + value(left + 1, top + 1) * u;
            out.push((upper * (1.0 - v) + lower * v) as f32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::simulate::galaxy;
    use crate::shape::{CHANNELS, LARGEST};

    fn flipped(image: &[f32]) -> Vec<f32> {
        image
            .chunks_exact(SIDE)
            .flat_map(|row| row.iter().rev().copied())
            .collect()
    }

    fn quarter(image: &[f32]) -> Vec<f32> {
        (0..PIXELS)
            .map(|at| image[at % SIDE * SIDE + SIDE - 1 - at / SIDE])
            .collect()
    }

    /// The copies of one galaxy, in an order of their own.
    fn sorted(cutout: &[f32]) -> Vec<Vec<i32>> {
        let all = inputs(cutout).unwrap();
        let mut copies: Vec<Vec<i32>> = all
            .chunks_exact(CHANNELS * PIXELS)
            .map(|copy| copy.iter().map(|value| *value as i32).collect())
            .collect();
        copies.sort();
        copies
    }

    #[test]
    fn the_copies_of_a_turned_or_flipped_cutout_are_the_same() {
        for index in 0..4 {
            let image = galaxy(5, index).image;
            let copies = sorted(&image);
            assert_eq!(copies.len(), COPIES);
            assert!(copies.windows(2).all(|pair| pair[0] != pair[1]));
            assert_eq!(sorted(&quarter(&image)), copies);
            assert_eq!(sorted(&flipped(&image)), copies);
        }
    }

    #[test]
    fn inputs_are_whole_numbers_within_bounds_and_the_first_is_the_cutout_itself() {
        let image = galaxy(5, 1).image;
        let all = inputs(&image).unwrap();
        assert!(all.iter().all(|v| v.fract() == 0.0 && v.abs() <= LARGEST as f32));
        let first: Vec<f32> = image.iter().map(|v| (v.sqrt() * 128.0 + 0.5).floor()).collect();
        assert_eq!(all[..PIXELS], first);
        assert!(inputs(&[0.5; 7]).is_none());
    }
}
