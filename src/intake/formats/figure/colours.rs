//! Colour maps: from the colours of a picture back to the values that they stand for.

use std::collections::{HashMap, HashSet};

use image::RgbImage;

use super::maps::MAPS;

/// Steps of a map.
const STEPS: usize = 256;
/// Pixels that are compared with every map.
const SAMPLE: usize = 2000;
/// Share of the pixels that must lie on the map.
const ON_IT: f64 = 0.92;
/// Share of the map that must be in use.
const RANGE: usize = STEPS * 3 / 10;
/// Fewer coloured pixels are no picture in colours.
const COLOURED: f64 = 0.05;

type Colour = [u8; 3];

/// The colours of a map, from its low end to its high end.
fn table(digits: &str) -> Vec<[f32; 3]> {
    let bytes: Vec<f32> = digits
        .as_bytes()
        .chunks_exact(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .map(f32::from)
        .collect();
    let (anchors, _) = bytes.as_chunks::<3>();
    let last = anchors.len().saturating_sub(1);
    let colour = |step: usize| {
        let place = step as f32 * last as f32 / (STEPS - 1) as f32;
        let at = (place as usize).min(last);
        let (low, high) = (anchors.get(at)?, anchors.get((at + 1).min(last))?);
        let part = place - at as f32;
        let [a, b, c] = *low;
        let [x, y, z] = *high;
        Some([a + (x - a) * part, b + (y - b) * part, c + (z - c) * part])
    };
    (0..STEPS).filter_map(colour).collect()
}

/// The step whose colour is nearest, and how far it is.
fn nearest(table: &[[f32; 3]], colour: Colour) -> (usize, f32) {
    let mut best = (0, f32::INFINITY);
    for (step, of) in table.iter().enumerate() {
        let distance: f32 = of
            .iter()
            .zip(colour)
            .map(|(a, b)| (a - f32::from(b)) * (a - f32::from(b)))
            .sum();
        if distance < best.1 {
            best = (step, distance);
        }
    }
    (best.0, best.1.sqrt())
}

fn chroma(colour: Colour) -> u8 {
    let most = colour.iter().max().copied().unwrap_or(0);
    most - colour.iter().min().copied().unwrap_or(0)
}

/// True when a good part of a picture is in colours.
pub fn is_coloured(view: &RgbImage) -> bool {
    let coloured = view.pixels().filter(|pixel| chroma(pixel.0) > 24).count();
    coloured as f64 >= COLOURED * f64::from(view.width() * view.height())
}

/// Turns the colours of a known map into values from 0 to 1; and the name of the map. `None` for natural colours and greys.
pub fn undo(view: &RgbImage, is_exact: bool) -> Option<(&'static str, Vec<f32>)> {
    if !is_coloured(view) {
        return None;
    }
    let count = (view.width() as usize) * (view.height() as usize);
    // Black lies on many maps: it tells none.
    let speaking = |colour: &Colour| chroma(*colour) > 12 || colour.iter().any(|value| *value > 64);
    let sample: Vec<Colour> = view
        .pixels()
        .step_by((count / SAMPLE).max(1))
        .map(|pixel| pixel.0)
        .collect();
    let listeners: Vec<Colour> = sample.iter().copied().filter(speaking).collect();
    if listeners.len() * 10 < sample.len() {
        return None;
    }
    let near = if is_exact { 12.0 } else { 16.0 };
    let mut best: Option<(f64, f32, &'static str, Vec<[f32; 3]>)> = None;
    for (name, digits) in MAPS {
        let table = table(digits);
        let (mut on, mut off, mut sum, mut used) = (0usize, 0usize, 0.0, HashSet::new());
        for colour in &listeners {
            let (step, distance) = nearest(&table, *colour);
            if distance <= near {
                on += 1;
                sum += distance;
                used.insert(step);
            } else {
                off += 1;
            }
            // Natural colours leave a map at once.
            if off as f64 > (1.0 - ON_IT) * listeners.len() as f64 {
                break;
            }
        }
        let share = on as f64 / listeners.len() as f64;
        let range = used.iter().max().copied().unwrap_or(0) - used.iter().min().copied().unwrap_or(0);
        if share < ON_IT || range < RANGE {
            continue;
        }
        let mean = sum / on.max(1) as f32;
        if best
            .as_ref()
            .is_none_or(|(other, distance, ..)| (share, -mean) > (*other, -distance))
        {
            best = Some((share, mean, name, table));
        }
    }
    let (_, _, name, table) = best?;
    let mut known: HashMap<Colour, f32> = HashMap::new();
    let values = view.pixels().map(|pixel| {
        *known
            .entry(pixel.0)
            .or_insert_with(|| nearest(&table, pixel.0).0 as f32 / (STEPS - 1) as f32)
    });
    Some((name, values.collect()))
}

/// True when a coloured picture has no more colours than a map has steps.
pub fn are_of_a_map(view: &RgbImage) -> bool {
    const PIXELS: u32 = 4 * STEPS as u32;
    if view.width() * view.height() < PIXELS || !is_coloured(view) {
        return false;
    }
    let mut colours: HashMap<Colour, usize> = HashMap::new();
    for pixel in view.pixels() {
        *colours.entry(pixel.0).or_default() += 1;
        if colours.len() > 16 * STEPS {
            return false;
        }
    }
    // Lines and letters on the picture have some more.
    let mut counts: Vec<usize> = colours.into_values().collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let few: usize = counts.iter().take(STEPS).sum();
    let all: usize = counts.iter().sum();
    few as f64 >= 0.98 * all as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn painted(digits: &str) -> RgbImage {
        let table = table(digits);
        let mut view = RgbImage::new(32, 16);
        for (at, pixel) in view.pixels_mut().enumerate() {
            let [r, g, b] = table[(at * 37) % STEPS];
            *pixel = Rgb([r.round() as u8, g.round() as u8, b.round() as u8]);
        }
        view
    }

    #[test]
    fn every_map_is_undone() {
        for (name, digits) in MAPS {
            let Some((found, values)) = undo(&painted(digits), true) else {
                panic!("{name} was not known");
            };
            if found != name {
                // Some maps share colours.
                eprintln!("{name} was taken for {found}");
                continue;
            }
            let wrong = values
                .iter()
                .enumerate()
                .filter(|(at, value)| (**value - ((at * 37) % STEPS) as f32 / 255.0).abs() > 0.03)
                .count();
            assert!(wrong < 32 * 16 / 20, "{name}: {wrong} values differ");
        }
    }

    #[test]
    fn natural_colours_are_left_alone() {
        // A bright middle that is yellow, blue arms, and noise in each channel.
        let mut view = RgbImage::new(96, 96);
        let mut seed = 1u32;
        for y in 0..96u32 {
            for x in 0..96u32 {
                let radius = f64::from((x as i32 - 48).pow(2) + (y as i32 - 48).pow(2)).sqrt();
                let mut noise = || {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    f64::from(seed >> 24) / 16.0
                };
                let (bulge, disc) = (200.0 * (-radius / 6.0).exp(), 90.0 * (-radius / 20.0).exp());
                let colour = [
                    bulge + 0.6 * disc + noise(),
                    0.8 * bulge + 0.8 * disc + noise(),
                    0.5 * bulge + 1.1 * disc + noise(),
                ];
                view.put_pixel(x, y, Rgb(colour.map(|value| value as u8)));
            }
        }
        assert!(undo(&view, true).is_none());
        assert!(!are_of_a_map(&view));
        let grey = RgbImage::from_fn(64, 64, |x, y| Rgb([((x * y) % 256) as u8; 3]));
        assert!(undo(&grey, true).is_none() && !are_of_a_map(&grey));
    }

    #[test]
    fn a_map_that_is_not_known_is_told() {
        let odd = RgbImage::from_fn(64, 64, |x, y| {
            let value = ((x * 5 + y * 3) % 128) as u8;
            Rgb([value, 255 - value, if value.is_multiple_of(2) { 200 } else { 20 }])
        });
        assert!(undo(&odd, true).is_none());
        assert!(are_of_a_map(&odd));
    }
}
