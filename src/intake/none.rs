//! Values that mean "none" without being NaN: -999, 1e20, zeros where a chip has its gap.

use crate::cutout::Frame;

/// Numbers that people and programs write where there is no value, from below.
const LOW: &[f32] = &[
    -99.0,
    -99.9,
    -99.99,
    -999.0,
    -999.9,
    -999.99,
    -9999.0,
    -9999.9,
    -99999.0,
    -999999.0,
    -32767.0,
    -32768.0,
    -2147483648.0,
    -1e10,
    -1e15,
    -1e20,
    -1e30,
    -1e31,
    -1e32,
    -1e33,
    -1.6375e30,
    f32::MIN,
];
/// The same from above: the fill values of NetCDF, IRAF's and others' huge numbers.
const HIGH: &[f32] = &[
    1e15,
    1e20,
    1e30,
    1e31,
    1e32,
    1e33,
    1.6375e30,
    9.969_21e36,
    1.701_411_7e38,
    f32::MAX,
];
/// A known number counts when it is this many times further from the others than these spread downwards.
const FAR: f32 = 5.0;
/// Any other number, when it stands so often,
const MIN_REPEATS: usize = 4;
/// and this much further.
const VERY_FAR: f32 = 30.0;
/// A number counts as huge when it is this many times larger than all others.
const HUGE: f32 = 1e6;
/// From the hundredth to the tenth part of Gaussian noise it is 1.05 sigma; the spread downwards is 2.33.
const SIGMAS: f32 = 2.2;
/// The number of values to look at for the spread.
const SAMPLED: usize = 1 << 14;

/// Replaces the values of a picture of plain numbers that stand for none by NaN, and says which and how many.
pub(in crate::intake) fn clear(frame: &mut Frame) -> Vec<String> {
    let mut stated = Vec::new();
    // Two such numbers may are in one picture: one from the mosaic, one from the cutter.
    for _ in 0..3 {
        let Some((value, count)) = odd(&frame.pixels) else {
            break;
        };
        for pixel in frame.pixels.iter_mut().filter(|pixel| **pixel == value) {
            *pixel = f32::NAN;
        }
        stated.push(format!(
            "{} of {} was taken as no value: it is far from all others",
            pixels(count),
            short(value)
        ));
    }
    let zeros = gaps(frame);
    if zeros > 0 {
        stated.push(format!(
            "{} of exactly 0 in whole areas was taken as no value: gaps or margins",
            pixels(zeros)
        ));
    }
    stated
}

fn pixels(count: usize) -> String {
    match count {
        1 => "1 pixel".to_owned(),
        n => format!("{n} pixels"),
    }
}

/// A number in few digits.
fn short(value: f32) -> String {
    if value.abs() >= 1e7 {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

/// The value that stands for none, and how often it stands there.
fn odd(values: &[f32]) -> Option<(f32, usize)> {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let lowest = finite().reduce(f32::min)?;
    let highest = finite().reduce(f32::max)?;
    let total = finite().count();
    for end in [lowest, highest] {
        let is_low = end == lowest;
        let known = (if is_low { LOW } else { HIGH }).contains(&end);
        let count = finite().filter(|value| *value == end).count();
        // What is the rule is no exception.
        if count == total || !(known || is_low && end <= 0.0 && count >= MIN_REPEATS) {
            continue;
        }
        let rest = || finite().filter(|value| *value != end);
        let step = ((total - count) / SAMPLED).max(1);
        let mut sample: Vec<f32> = rest().step_by(step).collect();
        if sample.is_empty() {
            continue;
        }
        let place = |share: f64| ((sample.len() - 1) as f64 * share) as usize;
        let (bottom, low) = (place(0.01), place(0.1));
        let low = *sample.select_nth_unstable_by(low, f32::total_cmp).1;
        // What is below the tenth stands before it now.
        let bottom = *sample.select_nth_unstable_by(bottom, f32::total_cmp).1;
        let next = if is_low {
            rest().reduce(f32::min)
        } else {
            rest().reduce(f32::max)
        };
        let Some(next) = next else { continue };
        let largest = rest().fold(0.0f32, |largest, value| largest.max(value.abs()));
        let huge = end.abs() > HUGE * largest && largest > 0.0;
        // Downwards there is nothing but noise.
        let spread = SIGMAS * (low - bottom).abs();
        let gap = (next - end).abs();
        let far = is_low && gap > spread * if known { FAR } else { VERY_FAR } && spread > 0.0;
        let counts = if known {
            huge || far
        } else {
            far && share_is_small(count, total)
        };
        if counts {
            return Some((end, count));
        }
    }
    None
}

/// What is not known to stand for none is no more than half of a picture.
fn share_is_small(count: usize, total: usize) -> bool {
    2 * count <= total
}

/// Takes out zeros that fill whole areas of a picture with noise around 0; returns how many there were.
fn gaps(frame: &mut Frame) -> usize {
    let (width, height) = (frame.width, frame.height);
    let values = &frame.pixels;
    if width < 8 || height < 8 || values.len() != width * height {
        return 0;
    }
    let zeros = values.iter().filter(|value| **value == 0.0).count();
    if zeros < (values.len() / 500).max(32) {
        return 0;
    }
    let others = || {
        values
            .iter()
            .copied()
            .filter(|value| value.is_finite() && *value != 0.0)
    };
    let count = others().count();
    let below = others().filter(|value| *value < 0.0).count();
    let whole = others().filter(|value| value.fract() == 0.0).count();
    // Without noise on both sides of 0 it is a sky without light; whole numbers are often 0 by themselves.
    if count == 0 || below * 10 < count || whole * 10 > count * 9 {
        return 0;
    }
    let is_zero = |x: isize, y: isize| {
        let inside = (0..width as isize).contains(&x) && (0..height as isize).contains(&y);
        // Beyond the edge every value agrees.
        !inside
            || values
                .get(y as usize * width + x as usize)
                .is_none_or(|value| *value == 0.0)
    };
    let around = |at: usize| {
        let (x, y) = ((at % width) as isize, (at / width) as isize);
        (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| (x + dx, y + dy)))
    };
    let deep: Vec<bool> = (0..values.len())
        .map(|at| values.get(at) == Some(&0.0) && around(at).all(|(x, y)| is_zero(x, y)))
        .collect();
    let inner = deep.iter().filter(|deep| **deep).count();
    if inner < 16 || 4 * inner < zeros {
        return 0;
    }
    let is_deep = |(x, y): (isize, isize)| {
        (0..width as isize).contains(&x)
            && (0..height as isize).contains(&y)
            && deep.get(y as usize * width + x as usize) == Some(&true)
    };
    let gone: Vec<usize> = (0..values.len())
        .filter(|at| values.get(*at) == Some(&0.0) && around(*at).any(is_deep))
        .collect();
    if gone.len() == values.len() {
        return 0;
    }
    for at in &gone {
        if let Some(value) = frame.pixels.get_mut(*at) {
            *value = f32::NAN;
        }
    }
    gone.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::Tone;

    /// A galaxy of this many counts on a sky of that level, with noise.
    fn frame(sky: f32, peak: f32) -> Frame {
        let pixels = (0..48 * 48u32)
            .map(|at| {
                let (x, y) = ((at % 48) as f32 - 24.0, (at / 48) as f32 - 24.0);
                let rng = (at.wrapping_mul(2_654_435_761) >> 8) % 10_007;
                sky + 3.0 * (rng as f32 / 5003.0 - 1.0) + peak * (-(x * x + y * y).sqrt() / 4.0).exp()
            })
            .collect();
        Frame {
            width: 48,
            height: 48,
            pixels,
            tone: Tone::Linear,
        }
    }

    fn lost(frame: &Frame) -> usize {
        frame.pixels.iter().filter(|value| value.is_nan()).count()
    }

    #[test]
    fn numbers_that_mean_none() {
        for none in [-999.0, -9999.0, 1e20, -1e30, 9.969_21e36, f32::MIN, -500.0] {
            for (sky, peak) in [(100.0, 2000.0), (0.0, 2000.0), (0.0, 50.0)] {
                let mut frame = frame(sky, peak);
                for at in [5, 6, 7, 8, 300] {
                    frame.pixels[at] = none;
                }
                let stated = clear(&mut frame);
                assert_eq!(
                    (lost(&frame), stated.len()),
                    (5, 1),
                    "{none} on {sky}: {stated:?}"
                );
            }
        }
        // Zeros on a sky far above them.
        let mut holed = frame(1000.0, 100.0);
        holed.pixels[..96].fill(0.0);
        assert_eq!(clear(&mut holed).len(), 1);
        assert_eq!(lost(&holed), 96);
    }

    #[test]
    fn real_values_stay() {
        for (sky, peak) in [(100.0, 2000.0), (0.0, 2000.0), (0.0, 0.0), (-99.0, 10.0)] {
            let mut frame = frame(sky, peak);
            assert_eq!(clear(&mut frame), Vec::<String>::new(), "{sky} {peak}");
        }
        // Noise as wide as the number is large.
        let mut wide = frame(0.0, 2000.0);
        wide.pixels.iter_mut().for_each(|value| *value *= 400.0);
        wide.pixels[7] = -999.0;
        assert_eq!(clear(&mut wide).len(), 0);
        // A model without noise on a sky of 0.
        let mut model = frame(0.0, 100.0);
        let level = model.pixels.clone();
        for (value, level) in model.pixels.iter_mut().zip(level) {
            *value = (level - 4.0).max(0.0);
        }
        assert_eq!(clear(&mut model), Vec::<String>::new());
    }

    #[test]
    fn gaps_in_a_sky_of_zero() {
        let mut frame = frame(0.0, 100.0);
        for y in 0..48 {
            frame.pixels[y * 48..y * 48 + 6].fill(0.0);
        }
        // One that happens to be 0 stays.
        frame.pixels[20 * 48 + 40] = 0.0;
        assert_eq!(clear(&mut frame).len(), 1);
        assert_eq!(lost(&frame), 48 * 6);
    }
}
