//! Measures of structure against `statmorph`, on frames that are computed here, and against what the frames were made from.
//!
//! `tests/fixtures/make_structure.py` reads the frames that [`write_frames`] writes and keeps what `statmorph` says of them in
//! `structure/statmorph.json`.

use galaxy_grove::structure::{Light, Options, Structure, structure};
use grove_test_support::fixture_path;
use std::collections::BTreeMap;

const SIDE: usize = 121;

/// One made galaxy, and the Sersic profile that it was made from.
struct Made {
    n: f64,
    radius: f64,
    axis_ratio: f64,
    angle: f64,
    lopsided: f64,
    peak: f64,
}

fn made() -> Vec<Made> {
    let mut all = Vec::new();
    for (i, n) in [0.6, 1.0, 1.0, 1.5, 2.0, 3.0, 4.0, 4.0].into_iter().enumerate() {
        for (j, radius) in [4.0, 6.5, 10.0].into_iter().enumerate() {
            let at = (3 * i + j) as f64;
            all.push(Made {
                n,
                radius,
                axis_ratio: 0.3 + 0.65 * ((at * 0.37) % 1.0),
                angle: (at * 47.0) % 180.0,
                lopsided: [0.0, 0.25, 0.6][(i + j) % 3],
                // At the radius, in sigma of the sky.
                peak: [20.0, 40.0, 80.0][(i + 2 * j) % 3],
            });
        }
    }
    all
}

/// Numbers of a normal distribution, the same on every machine (Box & Muller 1958 on a linear congruential generator).
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(self.uniform())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.uniform())
    }
}

/// A frame with a sky of 5 and noise of 1: the profile, sampled finely where it is steep, and clumps on one side.
fn frame(made: &Made, seed: u64) -> Vec<f32> {
    let mut noise = Noise(seed);
    let middle = (SIDE as f64 / 2.0 + 1.3, SIDE as f64 / 2.0 - 2.2);
    // Half the light is within the radius (Ciotti & Bertin 1999).
    let b = 2.0 * made.n - 1.0 / 3.0 + 4.0 / (405.0 * made.n) + 46.0 / (25515.0 * made.n * made.n);
    let (s, c) = libm::sincos(-made.angle.to_radians());
    let profile = |x: f64, y: f64| {
        let (dx, dy) = (x - middle.0, y - middle.1);
        let (along, across) = (dx * c + dy * s, (dy * c - dx * s) / made.axis_ratio);
        let r = (along * along + across * across).sqrt() / made.radius;
        made.peak * libm::exp(-b * (libm::pow(r, 1.0 / made.n) - 1.0))
    };
    let clump = |x: f64, y: f64| {
        let (dx, dy) = (
            x - middle.0 - 0.8 * made.radius * c,
            y - middle.1 - 0.8 * made.radius * s,
        );
        made.lopsided * made.peak * libm::exp(-(dx * dx + dy * dy) / (0.18 * made.radius * made.radius))
    };
    (0..SIDE * SIDE)
        .map(|at| {
            let (x, y) = ((at % SIDE) as f64, (at / SIDE) as f64);
            let (dx, dy) = (x - middle.0, y - middle.1);
            let points: usize = if dx * dx + dy * dy < 25.0 { 21 } else { 5 };
            let place = |i: usize| (i as f64 + 0.5) / points as f64 - 0.5;
            let sum: f64 = (0..points * points)
                .map(|i| profile(x + place(i % points), y + place(i / points)))
                .sum();
            (5.0 + sum / (points * points) as f64 + clump(x, y) + noise.normal()) as f32
        })
        .collect()
}

/// All frames, with their light.
fn frames() -> Vec<(Made, Vec<f32>, Light)> {
    made()
        .into_iter()
        .enumerate()
        .map(|(seed, made)| {
            let pixels = frame(&made, seed as u64);
            let light = Light::find(SIDE, SIDE, &pixels, None).unwrap();
            (made, pixels, light)
        })
        .collect()
}

/// For `make_structure.py`: each frame above its sky with the galaxy's pixels, as 64-bit numbers and bytes, in the folder `GROVE_FRAMES`.
#[test]
#[ignore = "writes files for make_structure.py"]
fn write_frames() {
    let folder = std::path::PathBuf::from(std::env::var("GROVE_FRAMES").unwrap());
    std::fs::create_dir_all(&folder).unwrap();
    for (at, (_, _, light)) in frames().iter().enumerate() {
        let values: Vec<u8> = light.values.iter().flat_map(|v| v.to_le_bytes()).collect();
        std::fs::write(folder.join(format!("{at:02}.f64")), values).unwrap();
        let galaxy: Vec<u8> = light.galaxy.iter().map(|own| u8::from(*own)).collect();
        std::fs::write(folder.join(format!("{at:02}.galaxy")), galaxy).unwrap();
        let masked: Vec<u8> = light.masked.iter().map(|other| u8::from(*other)).collect();
        std::fs::write(folder.join(format!("{at:02}.masked")), masked).unwrap();
        std::fs::write(folder.join(format!("{at:02}.sigma")), light.sigma.to_le_bytes()).unwrap();
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    0.5 * (values[(values.len() - 1) / 2] + values[middle])
}

fn with_fit(light: &Light) -> Structure {
    let options = Options {
        sersic: true,
        ..Options::default()
    };
    structure(light, &options).unwrap()
}

/// A name, how it is taken from ours, and the most that the median of the relative differences may be.
type Compared = (&'static str, fn(&Structure) -> Option<f64>, f64);

const COMPARED: [Compared; 11] = [
    ("concentration", |s| s.concentration, 0.03),
    ("gini", |s| s.gini, 0.03),
    ("m20", |s| s.m20, 0.03),
    ("ellipticity", |s| s.ellipticity, 0.03),
    ("asymmetry", |s| s.asymmetry, 0.05),
    ("smoothness", |s| s.smoothness, 0.10),
    ("petrosian_radius", |s| s.petrosian_radius, 0.01),
    ("signal_to_noise", |s| s.signal_to_noise, 0.03),
    ("sersic_n", |s| s.sersic.map(|fit| fit.n), 0.10),
    // `statmorph` takes the profile at the middles of pixels, which is too faint near the centre: the truth is nearer to ours.
    ("sersic_radius", |s| s.sersic.map(|fit| fit.radius), 0.10),
    (
        "sersic_ellipticity",
        |s| s.sersic.map(|fit| 1.0 - fit.axis_ratio),
        0.05,
    ),
];

#[test]
fn the_numbers_are_those_of_statmorph() {
    let text = std::fs::read_to_string(fixture_path("structure/statmorph.json")).unwrap();
    let expected: Vec<BTreeMap<String, f64>> = serde_json::from_str(&text).unwrap();
    let found: Vec<Structure> = frames().iter().map(|(_, _, light)| with_fit(light)).collect();
    assert_eq!(found.len(), expected.len());
    let mut report = String::new();
    let mut failed = false;
    for (name, take, most) in COMPARED {
        let pairs: Vec<(f64, f64)> = found
            .iter()
            .zip(&expected)
            .filter_map(|(ours, theirs)| Some((take(ours)?, *theirs.get(name)?)))
            .collect();
        assert_eq!(pairs.len(), found.len(), "{name} is missing somewhere");
        // Nearer to 0 the difference is that of the two estimates of what noise adds: `statmorph` takes it from one box of 32 x 32.
        let least = match name {
            "asymmetry" => 0.05,
            "smoothness" => 0.01,
            _ => 0.0,
        };
        let pairs = pairs.iter().filter(|(_, theirs)| theirs.abs() >= least);
        let differences = pairs.map(|(ours, theirs)| ((ours - theirs) / theirs).abs());
        let middle = median(differences.collect());
        failed |= middle.is_nan() || middle > most;
        report.push_str(&format!(
            "{name}: median difference {:.2} % of at most {:.0} %\n",
            100.0 * middle,
            100.0 * most
        ));
    }
    println!("{report}");
    assert!(!failed, "{report}");
}

/// Galaxies without clumps: what the fit says is what they were made from.
#[test]
fn the_fit_finds_what_the_galaxies_were_made_from() {
    let mut differences = (Vec::new(), Vec::new(), Vec::new());
    for (made, _, light) in frames().iter().filter(|(made, _, _)| made.lopsided == 0.0) {
        let fit = with_fit(light).sersic.unwrap();
        assert!(fit.converged, "{fit:?}");
        let angle = (fit.position_angle - made.angle + 90.0).rem_euclid(180.0) - 90.0;
        assert!(
            angle.abs() < 3.0 || made.axis_ratio > 0.9,
            "{fit:?} {}",
            made.angle
        );
        differences.0.push((fit.n / made.n - 1.0).abs());
        differences.1.push((fit.radius / made.radius - 1.0).abs());
        differences.2.push((fit.axis_ratio - made.axis_ratio).abs());
    }
    assert!(differences.0.len() >= 8);
    let (n, radius, ratio) = (
        median(differences.0),
        median(differences.1),
        median(differences.2),
    );
    println!("n {n:.4}, radius {radius:.4}, axis ratio {ratio:.4}");
    assert!(
        n < 0.03 && radius < 0.03 && ratio < 0.01,
        "n {n}, radius {radius}, axis ratio {ratio}"
    );
}

#[test]
fn sky_and_noise_are_found() {
    // Steeper profiles have wings that reach the frame's edge.
    for (_, pixels, light) in frames().into_iter().filter(|(made, _, _)| made.n <= 2.0) {
        let level = f64::from(pixels[0]) - light.values[0];
        assert!((level - 5.0).abs() < 0.1, "{level}");
        assert!((light.sigma - 1.0).abs() < 0.05, "{}", light.sigma);
    }
}

/// Turning a frame by quarter turns changes no number beyond rounding, and the angle by a quarter turn.
#[test]
fn a_quarter_turn_changes_the_angle_only() {
    for (_, pixels, light) in frames().into_iter().take(6) {
        let turned: Vec<f32> = (0..SIDE * SIDE)
            .map(|at| pixels[(at % SIDE) * SIDE + SIDE - 1 - at / SIDE])
            .collect();
        let before = structure(&light, &Options::default()).unwrap();
        let after = structure(
            &Light::find(SIDE, SIDE, &turned, None).unwrap(),
            &Options::default(),
        )
        .unwrap();
        let close = |a: Option<f64>, b: Option<f64>| {
            (a.unwrap() - b.unwrap()).abs() < 0.01 * a.unwrap().abs().max(0.1)
        };
        assert!(
            close(before.gini, after.gini) && close(before.m20, after.m20),
            "{before:?} {after:?}"
        );
        assert!(
            close(before.concentration, after.concentration),
            "{before:?} {after:?}"
        );
        assert!(close(before.asymmetry, after.asymmetry), "{before:?} {after:?}");
        let turn = (after.position_angle.unwrap() - before.position_angle.unwrap()).rem_euclid(180.0);
        assert!((turn - 90.0).abs() < 1.5, "{turn}");
    }
}
