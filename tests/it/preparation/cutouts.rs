//! Galaxies are found where they are, and fill their cutouts.

use super::scene::{Scene, cut, difference, hashed, sound};
use galaxy_grove::cutout::prepare::{PrepareError, Prepared, Recipe, prepare, preview};
use galaxy_grove::cutout::{Frame, PIXELS, SIDE, Tone, correlation};
use proptest::prelude::*;

#[test]
fn a_galaxy_at_the_edge_stays_the_one_that_was_found() {
    let frame = |speck: bool| {
        let mut frame = Scene {
            width: 1300,
            height: 1300,
            x: 1240.0,
            y: 640.0,
            ..Scene::standard()
        }
        .frame(Tone::Stretched);
        // Nearer to the middle of the window that is laid around the galaxy, and too small to be seen before.
        for (i, v) in frame.pixels.iter_mut().enumerate().filter(|_| speck) {
            let (dx, dy) = ((i % 1300) as f64 - 1090.0, (i / 1300) as f64 - 650.0);
            *v += (0.25 * (-(dx * dx + dy * dy) / 18.0).exp()) as f32;
        }
        frame
    };
    let (alone, beside) = (cut(&frame(false)), cut(&frame(true)));
    let (found, expected) = (beside.square.unwrap(), alone.square.unwrap());
    assert!((expected.0 - 1240.0).abs() < 10.0, "{expected:?}");
    assert!(
        (found.0 - expected.0).abs() < 3.0,
        "{found:?} and not {expected:?}"
    );
    assert!(correlation(&beside.image, &alone.image) > 0.99);
}

#[test]
fn a_standard_galaxy_fills_its_cutout() {
    let frame = Scene {
        x: 205.0,
        y: 219.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    let done = cut(&frame);
    sound(&done);
    let (x, y, half) = done.square.unwrap();
    assert!((x - 205.0).abs() < 0.5 && (y - 219.0).abs() < 0.5, "{x} {y}");
    assert!((40.0..70.0).contains(&half), "{half}");
    assert!(done.remarks.is_empty(), "{:?}", done.remarks);
    let zeros = done.image.iter().filter(|v| **v == 0.0).count() as f64 / PIXELS as f64;
    assert!((0.05..0.6).contains(&zeros), "{zeros}");
}

#[test]
fn an_off_centre_galaxy_is_found_and_told_of() {
    let done = cut(&Scene {
        x: 90.0,
        y: 330.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched));
    let (x, y, _) = done.square.unwrap();
    assert!((x - 90.0).abs() < 0.7 && (y - 330.0).abs() < 0.7, "{x} {y}");
    assert!(done.remarks[0].contains("lies off it"), "{:?}", done.remarks);
}

#[test]
fn units_and_pedestals_of_linear_data_do_not_matter() {
    let frame = Scene {
        noise: 0.004,
        ..Scene::standard()
    }
    .frame(Tone::Linear);
    let plain = cut(&frame);
    sound(&plain);
    for (scale, offset) in [(1e-12_f32, 0.0_f32), (5e3, -2e3), (1.0, 7.0)] {
        let pixels = frame.pixels.iter().map(|v| v * scale + offset).collect();
        let other = cut(&Frame {
            pixels,
            ..frame.clone()
        });
        assert!(difference(&plain.image, &other.image) < 2e-3, "{scale} {offset}");
    }
}

#[test]
fn a_small_galaxy_in_a_large_frame_is_looked_at_closely() {
    let scene = Scene {
        width: 1500,
        height: 1200,
        x: 741.0,
        y: 610.0,
        radius: 10.0,
        ..Scene::standard()
    };
    let done = cut(&scene.frame(Tone::Stretched));
    let (x, y, half) = done.square.unwrap();
    assert!(
        (x - 741.0).abs() < 1.0 && (y - 610.0).abs() < 1.0 && half <= 40.0,
        "{x} {y} {half}"
    );
}

#[test]
fn a_turned_picture_gives_a_turned_cutout() {
    let frame = Scene {
        x: 200.0,
        y: 217.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    let done = cut(&frame);
    type Turn = fn(usize, usize, usize) -> (usize, usize);
    let turns: [Turn; 3] = [
        |x, y, n| (n - 1 - x, y),
        |x, y, n| (x, n - 1 - y),
        |x, y, _| (y, x),
    ];
    let turn = |values: &[f32], n: usize, by: Turn| -> Vec<f32> {
        (0..n * n)
            .map(|i| {
                let (x, y) = by(i % n, i / n, n);
                values[y * n + x]
            })
            .collect()
    };
    for by in turns {
        let turned = cut(&Frame {
            pixels: turn(&frame.pixels, 424, by),
            ..frame.clone()
        });
        let back = turn(&turned.raw, SIDE, by);
        let worst = back
            .iter()
            .zip(&done.raw)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst < 2e-3, "{worst}");
    }
}

#[test]
fn the_bits_are_the_same_everywhere() {
    // FNV-1a over the raw cutouts, in steps of 1/4096. The page and the command line must both give these numbers.
    let sum = |done: &Prepared| {
        done.raw
            .iter()
            .chain(&done.image)
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, v| {
                let steps = (v * 4096.0) as u64;
                (hash ^ steps).wrapping_mul(0x0000_0100_0000_01b3)
            })
    };
    let stretched = sum(&cut(&Scene::standard().frame(Tone::Stretched)));
    let linear = sum(&cut(&Scene {
        noise: 0.003,
        ..Scene::standard()
    }
    .frame(Tone::Linear)));
    assert_eq!(
        (stretched, linear),
        (11_289_124_947_684_491_086, 12_730_708_279_527_481_206)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_frame_gives_a_cutout_or_a_reason(
        (width, height) in (1_usize..90, 1_usize..90),
        seed in any::<u64>(),
        kind in 0..6,
        linear in any::<bool>(),
        recipe in (any::<bool>(), any::<bool>()),
    ) {
        let value = |i: u64| {
            let v = hashed(seed.wrapping_add(i));
            match kind {
                0 => v as f32,
                1 => if v < 0.1 { f32::NAN } else { v as f32 },
                2 => if v < 0.5 { 0.0 } else { 1.0 },
                3 => ((v - 0.5) * 6e38) as f32,
                4 => if v < 0.02 { f32::NEG_INFINITY } else if v < 0.9 { 7.0 } else { 1e-40 },
                _ => if v < 0.97 { f32::NAN } else { -(v as f32) },
            }
        };
        let frame = Frame {
            width,
            height,
            pixels: (0..(width * height) as u64).map(value).collect(),
            tone: if linear { Tone::Linear } else { Tone::Stretched },
        };
        match prepare(&frame, &Recipe { prepare: recipe.0, stretch: recipe.1, ..Recipe::default() }) {
            Ok(done) => sound(&done),
            Err(PrepareError::Blank | PrepareError::NoValues) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
        prop_assert_eq!(preview(&frame, 24).grey.len(), 24 * 24);
    }

    #[test]
    fn galaxies_are_found_where_they_are(
        (width, height) in (120_usize..500, 120_usize..500),
        (x, y) in (0.42..0.58, 0.42..0.58),
        flat in 0.4..1.0,
        linear in any::<bool>(),
    ) {
        let short = width.min(height) as f64;
        let scene = Scene {
            width, height, flat,
            x: x * width as f64, y: y * height as f64,
            radius: 0.05 * short,
            ..Scene::standard()
        };
        let done = cut(&scene.frame(if linear { Tone::Linear } else { Tone::Stretched }));
        sound(&done);
        let (cx, cy, half) = done.square.unwrap();
        prop_assert!((f64::from(cx) - scene.x).abs() < 1.5 && (f64::from(cy) - scene.y).abs() < 1.5, "{} {} of {} {}", cx, cy, scene.x, scene.y);
        prop_assert!((0.08..0.3).contains(&(f64::from(half) / short)), "{}", half);
    }
}
