//! Fields against the truth that they were simulated from.

use super::*;
use crate::cutout::prepare::PrepareError;
use crate::cutout::prepare::Recipe;
use crate::cutout::simulate::field as simulated;
use crate::cutout::simulate::field::{FieldScene, Truth};
use crate::cutout::{Frame, Tone};

/// The found source nearest to a true one, and how far off it is.
fn nearest<'a>(field: &'a Field, truth: &Truth) -> Option<(&'a Source, f32)> {
    field
        .sources
        .iter()
        .map(|s| (s, ((s.x - truth.x).powi(2) + (s.y - truth.y).powi(2)).sqrt()))
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Whether another true source, bright enough to matter, is nearer than this, or the edge is.
fn crowded(one: &Truth, all: &[Truth], scene: &FieldScene, reach: f32) -> bool {
    let edge = one.x < reach
        || one.y < reach
        || one.x > scene.width as f32 - reach
        || one.y > scene.height as f32 - reach;
    edge || all
        .iter()
        .any(|t| t != one && (t.x - one.x).abs() < reach && (t.y - one.y).abs() < reach)
}

#[test]
fn simulated_fields_are_found_complete_and_pure() {
    let (mut seen, mut clear, mut found, mut false_ones, mut all_found) = (0, 0, 0, 0, 0);
    let mut errors = Vec::new();
    let mut ratios = Vec::new();
    let (mut stars, mut stars_known, mut galaxies, mut galaxies_lost) = (0, 0, 0, 0);
    for seed in 0..3 {
        let scene = FieldScene::default();
        let (frame, truth) = simulated(seed, &scene);
        let field = find(&frame, &FieldOptions::default()).unwrap();
        assert!(field.remarks.is_empty());
        for one in truth.iter().filter(|t| !crowded(t, &truth, &scene, 20.0)) {
            seen += 1;
            // Signal to noise in an aperture of twice the half-light radius of the blurred source.
            let radius = (one.half_light_radius.powi(2) + (1.18 * 1.4_f32).powi(2)).sqrt();
            let signal = 0.85 * one.flux / (std::f32::consts::PI * 4.0 * radius * radius).sqrt();
            if signal < 15.0 {
                continue;
            }
            clear += 1;
            let Some((source, off)) = nearest(&field, one) else {
                continue;
            };
            if off > 2.0 {
                continue;
            }
            found += 1;
            errors.push(off);
            if signal > 40.0 {
                ratios.push(source.flux / one.flux);
            }
            if signal > 30.0 && one.is_star {
                stars += 1;
                stars_known += usize::from(source.flags.star_like);
            } else if signal > 30.0 && one.half_light_radius > 2.5 {
                galaxies += 1;
                galaxies_lost += usize::from(source.flags.star_like);
            }
        }
        for source in &field.sources {
            all_found += 1;
            let reach = (3.0 * source.a).max(3.0);
            let real = truth
                .iter()
                .any(|t| (t.x - source.x).abs() < reach && (t.y - source.y).abs() < reach);
            false_ones += usize::from(!real);
        }
        assert!(
            field.sources.windows(2).all(|w| w[0].flux >= w[1].flux),
            "the brightest first"
        );
        for source in &field.sources {
            let area = field.segments.iter().filter(|s| **s == source.number).count();
            assert_eq!(area, source.area as usize);
        }
    }
    errors.sort_by(f32::total_cmp);
    ratios.sort_by(f32::total_cmp);
    let at = |v: &[f32], share: f32| v[(share * (v.len() - 1) as f32) as usize];
    println!(
        "{clear} clear of {seen} free ones, found {found}; {false_ones} false of {all_found}; off by median {:.2}, 95 % {:.2} \
         px; light over truth 5 % {:.3}, median {:.3}, 95 % {:.3}; stars known {stars_known} of {stars}; galaxies taken for \
         stars {galaxies_lost} of {galaxies}",
        at(&errors, 0.5),
        at(&errors, 0.95),
        at(&ratios, 0.05),
        at(&ratios, 0.5),
        at(&ratios, 0.95),
    );
    assert!(
        clear > 60 && found as f32 > 0.98 * clear as f32,
        "{found} of {clear}"
    );
    assert!(
        false_ones as f32 <= 0.03 * all_found as f32,
        "{false_ones} of {all_found}"
    );
    assert!(at(&errors, 0.95) < 0.5, "{errors:?}");
    // Kron's ellipse holds 90 to 97 % of a galaxy's light, less the steeper it is in the middle.
    assert!((at(&ratios, 0.5) - 1.0).abs() < 0.07, "{ratios:?}");
    let near = ratios.iter().filter(|r| (**r - 1.0).abs() < 0.1).count();
    assert!(near as f32 >= 0.75 * ratios.len() as f32, "{ratios:?}");
    assert!(
        stars_known as f32 >= 0.8 * stars as f32,
        "{stars_known} of {stars}"
    );
    assert!(
        galaxies_lost as f32 <= 0.02 * galaxies as f32,
        "{galaxies_lost} of {galaxies}"
    );
}

#[test]
fn a_field_is_one_and_a_galaxy_is_not() {
    let (frame, _) = simulated(7, &FieldScene::default());
    assert!(is_field(&frame));
    // One large galaxy in the middle of the same field.
    let mut single = frame;
    for (i, v) in single.pixels.iter_mut().enumerate() {
        let (dx, dy) = ((i % 512) as f32 - 250.0, (i / 512) as f32 - 260.0);
        *v += 1500.0 * libm::expf(-(dx * dx + 2.0 * dy * dy).sqrt() / 18.0);
    }
    let judged = judge(&single);
    assert!(!judged.is_field, "{judged:?}");
}

#[test]
fn nothing_is_found_in_the_dark_and_nothing_breaks() {
    let scene = FieldScene {
        galaxies: 0,
        stars: 0,
        ..FieldScene::default()
    };
    let (frame, _) = simulated(3, &scene);
    assert_eq!(find(&frame, &FieldOptions::default()).unwrap().sources, vec![]);
    let flat = |pixels: Vec<f32>, width: usize, height: usize| Frame {
        width,
        height,
        pixels,
        tone: Tone::Stretched,
    };
    assert_eq!(
        find(&flat(vec![0.5; 6], 3, 2), &FieldOptions::default()).err(),
        Some(PrepareError::Blank)
    );
    assert!(!is_field(&flat(vec![], 0, 0)));
    for (width, height) in [(1, 2), (2, 1), (1, 300), (3, 3)] {
        let pixels = (0..width * height).map(|i| (i % 7) as f32 / 7.0).collect();
        assert!(find(&flat(pixels, width, height), &FieldOptions::default()).is_ok());
    }
}

#[test]
fn a_cutout_shows_its_source_and_not_the_neighbours() {
    // A galaxy with one as bright at its side.
    let (mut frame, _) = simulated(
        1,
        &FieldScene {
            galaxies: 0,
            stars: 0,
            width: 300,
            height: 260,
            slope: 0.0,
            ..FieldScene::default()
        },
    );
    let alone = frame.clone();
    let add = |frame: &mut Frame, x: f32, y: f32| {
        for (i, v) in frame.pixels.iter_mut().enumerate() {
            let (dx, dy) = ((i % 300) as f32 - x, (i / 300) as f32 - y);
            *v += 200.0 * libm::expf(-(dx * dx + 1.5 * dy * dy).sqrt() / 5.0);
        }
    };
    add(&mut frame, 140.0, 120.0);
    let mut single = alone;
    add(&mut single, 140.0, 120.0);
    add(&mut frame, 190.0, 130.0);
    let field = find(&frame, &FieldOptions::default()).unwrap();
    let source = field
        .sources
        .iter()
        .find(|s| (s.x - 140.0).abs() < 1.0 && (s.y - 120.0).abs() < 1.0)
        .unwrap();
    let done = cut(&frame, &field, source, &Recipe::default()).unwrap();
    let (x, y, half) = done.square.unwrap();
    assert_eq!((x, y, half), (source.x, source.y, source.half_side));
    let wanted = find(&single, &FieldOptions::default()).unwrap();
    let other = Source {
        half_side: source.half_side,
        x: source.x,
        y: source.y,
        ..wanted.sources[0].clone()
    };
    let bare = cut(&single, &wanted, &other, &Recipe::default()).unwrap();
    let likeness = crate::cutout::duplicates::correlation(&done.image, &bare.image);
    assert!(likeness > 0.99, "{likeness}");
    // Another frame is refused, and a source at the very edge is cut with sky beyond.
    assert!(matches!(
        cut(
            &Frame {
                width: 2,
                height: 2,
                pixels: vec![0.0; 4],
                ..frame.clone()
            },
            &field,
            source,
            &Recipe::default()
        ),
        Err(PrepareError::Size { .. })
    ));
    let corner = Source {
        x: 0.0,
        y: 259.0,
        ..source.clone()
    };
    assert!(cut(&frame, &field, &corner, &Recipe::default()).is_ok());
}

#[test]
fn spikes_make_a_star() {
    let (mut frame, _) = simulated(
        2,
        &FieldScene {
            galaxies: 0,
            stars: 0,
            ..FieldScene::default()
        },
    );
    // Two round sources of one profile; one has four spikes, askew.
    for (i, v) in frame.pixels.iter_mut().enumerate() {
        for (x, y, spikes) in [(150.0, 200.0, true), (350.0, 300.0, false)] {
            let (dx, dy) = ((i % 512) as f32 - x, (i / 512) as f32 - y);
            let r = (dx * dx + dy * dy).sqrt();
            *v += 400.0 * libm::expf(-r / 3.0);
            let (u, w) = (0.8 * dx + 0.6 * dy, 0.8 * dy - 0.6 * dx);
            let off = if u.abs() < w.abs() { u } else { w };
            if spikes && r < 40.0 {
                *v += 60.0 * libm::expf(-r / 20.0 - off * off / 2.0);
            }
        }
    }
    let field = find(&frame, &FieldOptions::default()).unwrap();
    let at = |x: f32| field.sources.iter().find(|s| (s.x - x).abs() < 2.0).unwrap();
    assert!(at(150.0).flags.star_like, "{:?}", at(150.0));
    assert!(!at(350.0).flags.star_like, "{:?}", at(350.0));
}
