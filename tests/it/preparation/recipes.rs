//! What a user can ask for.

use super::scene::{Scene, cut, sound};
use galaxy_grove::cutout::prepare::{
    Override, PrepareError, Prepared, Recipe, Scale, common_scale, is_prepared, measure, prepare,
    prepare_with,
};
use galaxy_grove::cutout::{Frame, PIXELS, SIDE, Tone};

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
