//! Frames that are not as a galaxy's should be, and what is said of them.

use super::scene::{Scene, cut, sound};
use galaxy_grove::cutout::prepare::{
    Flag, Override, PrepareError, Recipe, is_prepared, prepare, prepare_with,
};
use galaxy_grove::cutout::{Frame, SIDE, Tone, correlation};

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
        done.remarks[0].contains("No object is brighter than the sky"),
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
