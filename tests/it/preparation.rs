//! The preparation as others call it: held against the training data where that is at hand, and against what must
//! hold for every frame.
use std::path::PathBuf;

use galaxy_grove::cutout::prepare::{
    Flag, Override, PrepareError, Prepared, Recipe, Scale, common_scale, is_prepared, measure, prepare,
    prepare_with, preview,
};
use galaxy_grove::cutout::{Frame, PIXELS, SIDE, Tone, correlation};
use hdf5_reader::{Hdf5File, SliceInfo, SliceInfoElem};
use proptest::prelude::*;

/// A number from 0 to 1 for every index: the same everywhere.
fn hashed(i: u64) -> f64 {
    let mut x = i.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Noise with a standard deviation of 1.
fn noise(i: u64) -> f64 {
    ((0..4).map(|k| hashed(4 * i + k)).sum::<f64>() - 2.0) * 3.0_f64.sqrt()
}

/// A galaxy on a noisy sky, by arithmetic alone: centre, radius, axis ratio.
struct Scene {
    width: usize,
    height: usize,
    x: f64,
    y: f64,
    radius: f64,
    flat: f64,
    peak: f64,
    sky: f64,
    noise: f64,
}

impl Scene {
    fn standard() -> Self {
        Self {
            width: 424,
            height: 424,
            x: 211.5,
            y: 211.5,
            radius: 22.0,
            flat: 0.6,
            peak: 0.8,
            sky: 0.016,
            noise: 0.011,
        }
    }

    fn frame(&self, tone: Tone) -> Frame {
        let pixels = (0..self.width * self.height)
            .map(|i| {
                let (dx, dy) = ((i % self.width) as f64 - self.x, (i / self.width) as f64 - self.y);
                // Leaning by 3-4-5, so that nothing is symmetric.
                let (u, v) = (0.8 * dx + 0.6 * dy, (0.8 * dy - 0.6 * dx) / self.flat);
                let r2 = (u * u + v * v) / (self.radius * self.radius);
                (self.sky + self.peak / ((1.0 + r2) * (1.0 + r2)) + self.noise * noise(i as u64)) as f32
            })
            .collect();
        Frame {
            width: self.width,
            height: self.height,
            pixels,
            tone,
        }
    }
}

fn cut(frame: &Frame) -> Prepared {
    prepare(frame, &Recipe::default()).unwrap()
}

fn difference(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(x, y)| f64::from((x - y).abs()))
        .sum::<f64>()
        / a.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn sound(done: &Prepared) {
    assert_eq!((done.raw.len(), done.image.len()), (PIXELS, PIXELS));
    for (raw, image) in done.raw.iter().zip(&done.image) {
        assert!((0.0..=1.0).contains(raw), "{raw}");
        assert!(*image == 0.0 || image == raw, "{image} of {raw}");
    }
    assert!(done.raw.contains(&1.0) && done.image.contains(&1.0));
    assert!(done.sky.is_finite() && done.sigma.is_finite() && done.sigma >= 0.0);
    if let Some((x, y, half)) = done.square {
        assert!(x.is_finite() && y.is_finite() && half > 0.0, "{x} {y} {half}");
    }
}

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
fn resembles_the_training_data() {
    let Some(data) = grove_test_support::shared("data") else {
        return;
    };
    let file = Hdf5File::open(data.join("train.hdf5")).unwrap();
    let ids = file.dataset("OBJID").unwrap().read_array::<i64>().unwrap();
    let images = file.dataset("img_1sigma").unwrap();
    let labels = std::fs::read_to_string(data.join("train_labels.csv")).unwrap();
    let (mut zoo, mut efigi) = (Vec::new(), Vec::new());
    let mut files: Vec<PathBuf> = std::fs::read_dir(data.join("pairs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for path in files {
        let id: i64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let picture = image::open(&path).unwrap().to_rgb8();
        let pixels = picture
            .pixels()
            .map(|p| (0.25 * f32::from(p.0[0]) + 0.5 * f32::from(p.0[1]) + 0.25 * f32::from(p.0[2])) / 255.0)
            .collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let done = cut(&Frame {
            width,
            height,
            pixels,
            tone: Tone::Stretched,
        });
        sound(&done);
        let row = ids.iter().position(|i| *i == id).unwrap() as u64;
        let mut part = SliceInfo::all(2);
        part.selections[0] = SliceInfoElem::Slice {
            start: row,
            end: row + 1,
            step: 1,
        };
        let truth: Vec<f32> = images.read_slice::<f32>(&part).unwrap().into_iter().collect();
        let line = labels.lines().find(|l| l.starts_with(&format!("{id},"))).unwrap();
        let half: f64 = line.rsplit(',').nth(1).unwrap().parse().unwrap();
        let off = (f64::from(done.square.unwrap().2) - half).abs();
        let one = (
            correlation(&done.image, &truth),
            difference(&done.image, &truth),
            off,
        );
        if id < 2_000_000_000_000 {
            &mut efigi
        } else {
            &mut zoo
        }
        .push(one);
    }
    for (name, all) in [("Galaxy Zoo", &zoo), ("EFIGI", &efigi)] {
        let least = all.iter().map(|o| o.0).fold(f64::INFINITY, f64::min);
        println!(
            "{name}: {} pairs, correlation median {:.4}, least {least:.4}, above 0.98 {}; mean difference median {:.4}; half side off by median {:.2}, mean {:.2} px",
            all.len(),
            median(all.iter().map(|o| o.0).collect()),
            all.iter().filter(|o| o.0 > 0.98).count(),
            median(all.iter().map(|o| o.1).collect()),
            median(all.iter().map(|o| o.2).collect()),
            all.iter().map(|o| o.2).sum::<f64>() / all.len() as f64,
        );
        assert!(median(all.iter().map(|o| o.0).collect()) > 0.998, "{name}");
        assert!(least > 0.90, "{name}: {least}");
    }
    assert_eq!((zoo.len(), efigi.len()), (40, 8));
    assert!(
        efigi.iter().all(|o| o.2 == 0.0),
        "EFIGI thumbnails are framed already: {efigi:?}"
    );
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
fn what_is_prepared_passes_untouched_and_what_is_not_does_not() {
    let done = cut(&Scene::standard().frame(Tone::Stretched));
    let again = Frame {
        width: SIDE,
        height: SIDE,
        pixels: done.image.clone(),
        tone: Tone::Stretched,
    };
    assert!(is_prepared(&again));
    let twice = cut(&again);
    assert_eq!(
        (&twice.raw, &twice.image, twice.square),
        (&done.image, &done.image, None)
    );
    // Through 8 bits as well, as a PNG would hold it.
    let bytes = done.image.iter().map(|v| (v * 255.0).round() / 255.0).collect();
    assert!(is_prepared(&Frame {
        pixels: bytes,
        ..again.clone()
    }));
    let small = Scene {
        width: 64,
        height: 64,
        x: 31.5,
        y: 31.5,
        radius: 6.0,
        ..Scene::standard()
    };
    let frame = small.frame(Tone::Stretched);
    assert!(!is_prepared(&frame));
    assert!(cut(&frame).square.is_some());
    assert!(!is_prepared(&Frame {
        tone: Tone::Linear,
        ..again
    }));
}

#[test]
fn nothing_to_see_is_said_so() {
    let frame = |pixels: Vec<f32>| Frame {
        width: 8,
        height: 8,
        pixels,
        tone: Tone::Stretched,
    };
    let recipe = Recipe::default();
    assert_eq!(prepare(&frame(vec![0.3; 64]), &recipe), Err(PrepareError::Blank));
    assert_eq!(
        prepare(&frame(vec![f32::NAN; 64]), &recipe),
        Err(PrepareError::NoValues)
    );
    assert!(matches!(
        prepare(&frame(vec![0.3; 63]), &recipe),
        Err(PrepareError::Size { .. })
    ));
    let empty = Frame {
        width: 0,
        height: 0,
        pixels: vec![],
        tone: Tone::Linear,
    };
    assert_eq!(prepare(&empty, &recipe), Err(PrepareError::Empty));
}

#[test]
fn a_dark_sky_is_cut_from_the_middle_with_a_remark() {
    let done = cut(&Scene {
        peak: 0.0,
        width: 300,
        height: 200,
        ..Scene::standard()
    }
    .frame(Tone::Stretched));
    sound(&done);
    assert_eq!(done.square, Some((149.5, 99.5, 100.0)));
    assert!(
        done.remarks[0].contains("No object stands out"),
        "{:?}",
        done.remarks
    );
    let negative = cut(&Scene {
        peak: -0.7,
        sky: 0.9,
        ..Scene::standard()
    }
    .frame(Tone::Stretched));
    sound(&negative);
    assert!(negative.remarks[0].contains("negative"), "{:?}", negative.remarks);
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
fn missing_pixels_are_filled_and_counted() {
    let mut frame = Scene::standard().frame(Tone::Linear);
    let whole = cut(&frame);
    for i in 0..9 {
        frame.pixels[(210 + i / 3) * 424 + 210 + i % 3] = f32::NAN;
    }
    frame.pixels[5] = f32::INFINITY;
    let done = cut(&frame);
    sound(&done);
    assert!(done.remarks[0].starts_with("10 pixels"), "{:?}", done.remarks);
    assert!(correlation(&done.image, &whole.image) > 0.99);
}

#[test]
fn a_negative_is_turned_around_and_says_so() {
    let frame = Scene::standard().frame(Tone::Stretched);
    let plain = cut(&frame);
    let dark = Frame {
        pixels: frame.pixels.iter().map(|v| 1.0 - v).collect(),
        ..frame.clone()
    };
    let turned = cut(&dark);
    assert!(
        turned.inverted && turned.remarks[0].contains("negative"),
        "{:?}",
        turned.remarks
    );
    assert!(correlation(&turned.image, &plain.image) > 0.999);
    assert!(!plain.inverted && plain.flags.is_empty(), "{:?}", plain.flags);
    // By hand, either way.
    let change = |invert| Override {
        invert: Some(invert),
        ..Override::default()
    };
    let by_hand = prepare_with(&dark, &Recipe::default(), &change(true)).unwrap();
    assert_eq!((by_hand.image, by_hand.inverted), (turned.image, true));
    let kept = prepare_with(&dark, &Recipe::default(), &change(false)).unwrap();
    assert!(!kept.inverted && kept.remarks[0].contains("negative"));
}

#[test]
fn a_user_can_choose_the_centre_the_size_and_to_leave_it_out() {
    // Two galaxies; the second one is meant.
    let mut frame = Scene::standard().frame(Tone::Stretched);
    let second = Scene {
        x: 320.0,
        y: 120.0,
        radius: 12.0,
        noise: 0.0,
        sky: 0.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    frame
        .pixels
        .iter_mut()
        .zip(&second.pixels)
        .for_each(|(v, more)| *v += more);
    let with = |change: Override| prepare_with(&frame, &Recipe::default(), &change);
    let plain = cut(&frame);
    assert_eq!(with(Override::default()).unwrap(), plain);
    let there = with(Override {
        centre: Some((318.0, 121.0)),
        ..Override::default()
    })
    .unwrap();
    let (x, y, half) = there.square.unwrap();
    assert!(
        (x, y) == (318.0, 121.0) && half < 0.9 * plain.square.unwrap().2 && half > 20.0,
        "{half}"
    );
    sound(&there);
    let large = with(Override {
        half_side: Some(90.0),
        ..Override::default()
    })
    .unwrap();
    let (x, y, half) = large.square.unwrap();
    assert!((x - plain.square.unwrap().0).abs() < 1e-3 && (y - plain.square.unwrap().1).abs() < 1e-3);
    assert_eq!(half, 90.0);
    let both = with(Override {
        centre: Some((0.0, 423.0)),
        half_side: Some(1e30),
        ..Override::default()
    })
    .unwrap();
    sound(&both);
    assert!(both.square.unwrap().2 <= 848.0 && both.remarks.iter().any(|r| r.contains("beyond")));
    let out = Override {
        exclude: true,
        ..Override::default()
    };
    assert_eq!(with(out), Err(PrepareError::Excluded));
}

#[test]
fn at_one_scale_small_galaxies_stay_small() {
    let of = |radius: f64| {
        Scene {
            radius,
            ..Scene::standard()
        }
        .frame(Tone::Linear)
    };
    let frames = [of(10.0), of(18.0), of(30.0)];
    let halves: Vec<f32> = frames.iter().map(|f| cut(f).square.unwrap().2).collect();
    let half_side = common_scale(&halves);
    assert_eq!(half_side, halves[1]);
    let recipe = Recipe {
        scale: Scale::AllTheSame { half_side },
        ..Recipe::default()
    };
    let radii: Vec<f32> = frames
        .iter()
        .map(|frame| {
            let done = prepare(frame, &recipe).unwrap();
            assert_eq!(done.square.unwrap().2, half_side);
            done.measures.half_light_radius
        })
        .collect();
    assert!(
        radii[0] < 0.75 * radii[1] && radii[1] < 0.8 * radii[2],
        "{radii:?}"
    );
    assert!(recipe.words().unwrap().contains("one scale"));
    assert_eq!(Recipe::default().words(), None);
}

#[test]
fn an_oriented_galaxy_lies_and_says_so() {
    let recipe = Recipe {
        orient: true,
        ..Recipe::default()
    };
    let frame = Scene::standard().frame(Tone::Stretched);
    let done = prepare(&frame, &recipe).unwrap();
    sound(&done);
    // 3-4-5 leans by 36.9 degrees.
    let way = done.orientation.unwrap();
    assert!((way.angle + 36.9).abs() < 2.0, "{way:?}");
    assert!(measure(&done.raw, None).position_angle.abs() < 2.0);
    assert!(way.sentence().starts_with("Oriented") && done.remarks.is_empty());
    assert!(recipe.words().unwrap().contains("major axis"));
    let round = Scene {
        flat: 1.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    let same = prepare(&round, &recipe).unwrap();
    assert_eq!((&same.image, same.orientation), (&cut(&round).image, None));
    assert!(same.remarks[0].starts_with("Round"));
    // A finished cutout is turned as well, and stays a finished cutout.
    let finished = Frame {
        width: SIDE,
        height: SIDE,
        pixels: cut(&frame).image,
        tone: Tone::Stretched,
    };
    let turned = prepare(&finished, &recipe).unwrap();
    assert!(turned.orientation.is_some() && turned.square.is_none());
    assert!(is_prepared(&Frame {
        pixels: turned.image,
        ..finished
    }));
}

#[test]
fn an_old_recipe_still_reads() {
    let old: Recipe = serde_json::from_str(r#"{"prepare":true,"stretch":false}"#).unwrap();
    assert_eq!(
        old,
        Recipe {
            stretch: false,
            ..Recipe::default()
        }
    );
    let new = Recipe {
        scale: Scale::AllTheSame { half_side: 40.0 },
        orient: true,
        ..old
    };
    assert_eq!(
        serde_json::from_str::<Recipe>(&serde_json::to_string(&new).unwrap()).unwrap(),
        new
    );
}

#[test]
fn a_galaxy_at_the_edge_is_flagged_and_a_real_one_is_not() {
    let frame = Scene {
        x: 8.0,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    let done = cut(&frame);
    assert!(
        done.flags.contains(&Flag::Truncated),
        "{:?} {:?}",
        done.flags,
        done.measures
    );
    assert!(
        !cut(&Scene::standard().frame(Tone::Stretched))
            .flags
            .contains(&Flag::Truncated)
    );
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
fn the_stretch_lifts_faint_light_and_can_be_left_out() {
    let frame = Scene {
        noise: 0.002,
        ..Scene::standard()
    }
    .frame(Tone::Linear);
    let bent = cut(&frame);
    let straight = prepare(
        &frame,
        &Recipe {
            stretch: false,
            ..Recipe::default()
        },
    )
    .unwrap();
    sound(&straight);
    let mean = |p: &Prepared| p.image.iter().sum::<f32>() / PIXELS as f32;
    assert!(
        mean(&bent) > 1.3 * mean(&straight),
        "{} {}",
        mean(&bent),
        mean(&straight)
    );
    assert!((0.013..0.018).contains(&bent.sigma), "{}", bent.sigma);
}

#[test]
fn without_preparation_the_whole_frame_is_kept() {
    let frame = Scene {
        width: 500,
        height: 300,
        ..Scene::standard()
    }
    .frame(Tone::Stretched);
    let done = prepare(
        &frame,
        &Recipe {
            prepare: false,
            ..Recipe::default()
        },
    )
    .unwrap();
    sound(&done);
    assert_eq!(done.raw, done.image);
    assert_eq!(done.square, Some((249.5, 149.5, 250.0)));
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
