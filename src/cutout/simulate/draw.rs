//! Draws a galaxy of each kind: from chance to lights.
//!
//! Every galaxy is scaled as preparation scales a real one: its outer isophote, a few sigma above the sky, touches a
//! square of nine tenths of the frame.

use super::arms::Arms;
use super::camera::Camera;
use super::dice::{Dice, Texture, exp};
use super::kind::Kind;
use super::light::{Bar, Cloud, Disc, EdgeOn, Light, Pose, Ring, Spheroid, Spot};

/// Everything in the frame.
#[derive(Default)]
pub(super) struct Scene {
    pub lights: Vec<Light>,
    pub spots: Vec<Spot>,
}

/// A galaxy of the given kind with what happens to stand around it.
pub(super) fn scene(kind: Kind, dice: &mut Dice) -> Scene {
    let mut scene = Scene::default();
    match kind {
        Kind::Elliptical => elliptical(dice, &mut scene),
        Kind::Lenticular => lenticular(dice, &mut scene),
        Kind::Spiral => spiral(dice, &mut scene, false),
        Kind::BarredSpiral => spiral(dice, &mut scene, true),
        Kind::EdgeOn => edge_on(dice, &mut scene),
        Kind::Irregular => irregular(dice, &mut scene),
        Kind::Merger => merger(dice, &mut scene),
    }
    surroundings(dice, &mut scene);
    scene
}

/// Atmosphere and exposure. Structure is worth a sharper look than smooth light.
pub(super) fn camera(kind: Kind, dice: &mut Dice) -> Camera {
    let blur = match kind {
        Kind::Elliptical | Kind::Lenticular => dice.scale(0.9, 1.9),
        Kind::EdgeOn => dice.scale(0.7, 1.3),
        _ => dice.scale(0.6, 1.15),
    };
    Camera {
        blur,
        grain: dice.uniform(0.3, 1.1),
        photons: dice.scale(25.0, 120.0),
        soft: dice.scale(5.0, 20.0),
        pedestal: dice.uniform(0.7, 1.5),
        white: if dice.chance(0.4) {
            dice.uniform(0.86, 1.0)
        } else {
            1.0
        },
    }
}

/// Pixels from the centre to the isophote.
fn reach(dice: &mut Dice) -> f32 {
    dice.uniform(25.0, 30.0)
}

/// Brightness at that isophote, in sigma.
fn threshold(dice: &mut Dice) -> f32 {
    dice.scale(3.2, 6.0)
}

fn pose(dice: &mut Dice, ratio: f32) -> Pose {
    Pose::new(
        dice.uniform(-0.6, 0.6),
        dice.uniform(-0.6, 0.6),
        dice.angle(),
        ratio,
    )
}

fn texture(dice: &mut Dice) -> Texture {
    Texture { seed: dice.bits() }
}

fn elliptical(dice: &mut Dice, scene: &mut Scene) {
    let ratio = if dice.chance(0.55) {
        dice.uniform(0.8, 1.0)
    } else {
        dice.uniform(0.42, 0.8)
    };
    let pose = pose(dice, ratio);
    let edge = pose.fitting(reach(dice));
    let n = dice.uniform(2.0, 6.0);
    let half_light = edge * dice.uniform(0.32, 0.6);
    scene.lights.push(Light::Spheroid(Spheroid::through(
        pose,
        n,
        half_light,
        edge,
        threshold(dice),
    )));
}

fn lenticular(dice: &mut Dice, scene: &mut Scene) {
    let ratio = dice.uniform(0.3, 0.95);
    let pose = pose(dice, ratio);
    let edge = pose.fitting(reach(dice));
    let outer = threshold(dice);
    let contrast = dice.scale(10.0, 26.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;
    let smooth = Disc {
        pose,
        centre,
        length,
        edge,
        patchy: 0.0,
        texture: texture(dice),
        arms: None,
    };
    scene.lights.push(Light::Disc(smooth));
    let size = edge * dice.uniform(0.1, 0.18);
    let strength = centre * dice.scale(0.5, 1.6);
    scene
        .lights
        .push(bulge(pose, dice.uniform(1.8, 3.5), size, strength));
    if dice.chance(0.3) {
        let radius = edge * dice.uniform(0.45, 0.7);
        let under = centre * exp(-radius / length);
        let brightness = under * dice.uniform(0.3, 0.7);
        scene.lights.push(Light::Ring(Ring {
            pose,
            radius,
            width: 0.12 * radius,
            brightness,
        }));
    }
    if dice.chance(0.25) {
        let half_length = edge * dice.uniform(0.25, 0.38);
        let brightness = centre * dice.uniform(0.5, 0.9);
        scene.lights.push(bar(
            pose,
            dice.angle(),
            half_length,
            0.3 * half_length,
            brightness,
        ));
    }
}

/// A bulge in a disc: rounder than the disc. `at_half` is its brightness at its half-light radius.
fn bulge(pose: Pose, n: f32, half_light: f32, at_half: f32) -> Light {
    let ratio = (0.45 + 0.55 * pose.ratio * pose.ratio).sqrt();
    Light::Spheroid(Spheroid::through(
        pose.with_ratio(ratio),
        n,
        half_light,
        half_light,
        at_half,
    ))
}

fn bar(pose: Pose, azimuth: f32, half_length: f32, half_width: f32, brightness: f32) -> Light {
    let turn = (libm::cosf(azimuth), libm::sinf(azimuth));
    Light::Bar(Bar {
        pose,
        turn,
        half_length,
        half_width,
        brightness,
    })
}

fn spiral(dice: &mut Dice, scene: &mut Scene, barred: bool) {
    let ratio = dice.uniform(0.38, 1.0);
    let pose = pose(dice, ratio);
    let edge = pose.fitting(reach(dice) * 0.97);
    // From early (large bulge, tight smooth arms) to late types (small bulge, open patchy arms).
    let late = dice.unit();
    let outer = threshold(dice);
    let contrast = dice.scale(9.0, 22.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;

    let pitch = (9.0 + 13.0 * late + dice.uniform(-2.0, 5.0)).to_radians();
    let half_length = edge * dice.uniform(0.26, 0.42);
    let start = if barred {
        0.95 * half_length
    } else {
        edge * dice.uniform(0.1, 0.2)
    };
    let flocculence = if dice.chance(0.3) {
        dice.uniform(0.5, 0.95)
    } else {
        dice.uniform(0.05, 0.4)
    };
    let count = if barred || dice.chance(0.68) {
        2.0
    } else {
        dice.count(3, 4) as f32
    };
    let arms = Arms {
        count,
        winding: dice.sign() * libm::cosf(pitch) / libm::sinf(pitch),
        azimuth: dice.angle(),
        start,
        end: edge,
        strength: dice.uniform(1.0, 2.2),
        sharpness: dice.uniform(1.2, 3.6),
        flocculence,
        dust: dice.uniform(0.0, 0.5),
        uneven: (dice.uniform(0.0, 0.4), dice.angle()),
        wobble: (dice.uniform(0.0, 0.3), dice.angle()),
        texture: texture(dice),
    };
    let patchy = 0.1 + 0.15 * late;
    let disc = Disc {
        pose,
        centre,
        length,
        edge,
        patchy,
        texture: texture(dice),
        arms: Some(arms),
    };
    scene.lights.push(Light::Disc(disc));

    let size = edge * (0.14 - 0.09 * late) * dice.uniform(0.8, 1.2);
    let strength = centre * (1.3 - 0.7 * late) * dice.scale(0.4, 1.3);
    scene
        .lights
        .push(bulge(pose, 1.2 + 1.6 * (1.0 - late), size, strength));
    if barred {
        let width = half_length * dice.uniform(0.2, 0.32);
        scene.lights.push(bar(
            pose,
            arms.azimuth,
            half_length,
            width,
            centre * dice.uniform(0.6, 1.2),
        ));
        if dice.chance(0.4) {
            let brightness = centre * exp(-half_length / length) * dice.uniform(0.3, 0.8);
            scene.lights.push(Light::Ring(Ring {
                pose,
                radius: half_length,
                width: 0.13 * half_length,
                brightness,
            }));
        }
    }
    births(dice, scene, &pose, &arms, centre, length, late);
}

/// Regions of star birth, strung along the arms.
fn births(dice: &mut Dice, scene: &mut Scene, pose: &Pose, arms: &Arms, centre: f32, length: f32, late: f32) {
    let number = dice.count(2, 6) + (14.0 * late) as u32;
    for _ in 0..number {
        let r = dice.uniform(1.1 * arms.start, 0.95 * arms.end);
        let arm = dice.count(1, arms.count as u32) as f32;
        let azimuth = arms.crest(r) + arm * std::f32::consts::TAU / arms.count + 0.16 * dice.normal();
        let (sin, cos) = libm::sincosf(azimuth);
        let (x, y) = pose.sky(r * cos, r * sin);
        let under = centre * exp(-r / length);
        let peak = under * dice.scale(0.5, 2.2) * (0.5 + 0.7 * late);
        scene.spots.push(Spot {
            x,
            y,
            sigma: dice.scale(0.6, 1.3),
            peak,
        });
    }
}

fn edge_on(dice: &mut Dice, scene: &mut Scene) {
    let thickness = dice.scale(0.055, 0.14);
    // The isophote of an edge-on disc is about three scale heights thick.
    let pose = pose(dice, 3.0 * thickness);
    let edge = pose.fitting(reach(dice));
    let outer = threshold(dice);
    let contrast = dice.scale(12.0, 36.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;
    let height = (edge * thickness).max(1.1);
    let dusty = dice.chance(0.5);
    let disc = EdgeOn {
        pose,
        centre,
        length,
        edge,
        height,
        warp: if dice.chance(0.35) {
            dice.sign() * dice.uniform(0.8, 2.5)
        } else {
            0.0
        },
        dust: if dusty { dice.uniform(0.35, 0.75) } else { 0.0 },
        lane: (dice.uniform(-0.35, 0.35) * height, (0.35 * height).max(0.7)),
        texture: texture(dice),
    };
    scene.lights.push(Light::EdgeOn(disc));
    if dice.chance(0.75) {
        let size = edge * dice.uniform(0.07, 0.15);
        let strength = centre * dice.scale(0.35, 1.3);
        let round = pose.with_ratio(dice.uniform(0.6, 0.9));
        let n = dice.uniform(1.5, 3.0);
        scene
            .lights
            .push(Light::Spheroid(Spheroid::through(round, n, size, size, strength)));
    }
}

fn irregular(dice: &mut Dice, scene: &mut Scene) {
    let ratio = dice.uniform(0.45, 0.9);
    let pose = pose(dice, ratio);
    let edge = pose.fitting(reach(dice));
    let outer = threshold(dice);
    let body = Spheroid::through(
        pose,
        dice.uniform(0.6, 1.1),
        edge * dice.uniform(0.4, 0.55),
        edge,
        outer,
    );
    let cloud = Cloud {
        body,
        torn: dice.uniform(0.4, 0.9),
        grain: dice.uniform(0.08, 0.15),
        texture: texture(dice),
    };
    scene.lights.push(Light::Cloud(cloud));
    let bright = body.at_half;
    if dice.chance(0.6) {
        // A bar off the centre, as in the Magellanic Clouds.
        let (dx, dy) = (dice.uniform(-0.18, 0.18) * edge, dice.uniform(-0.18, 0.18) * edge);
        let aside = pose.moved(dx, dy);
        let half_length = edge * dice.uniform(0.25, 0.4);
        scene.lights.push(bar(
            aside,
            dice.angle(),
            half_length,
            0.35 * half_length,
            bright * 1.2,
        ));
    }
    for _ in 0..dice.count(5, 14) {
        let r = edge * 0.75 * dice.unit().sqrt();
        let (sin, cos) = libm::sincosf(dice.angle());
        let (x, y) = pose.sky(r * cos, r * sin);
        scene.spots.push(Spot {
            x,
            y,
            sigma: dice.scale(0.7, 2.2),
            peak: bright * dice.scale(0.3, 2.0),
        });
    }
}

fn merger(dice: &mut Dice, scene: &mut Scene) {
    let apart = dice.uniform(10.0, 20.0);
    let azimuth = dice.angle();
    let (sin, cos) = libm::sincosf(azimuth);
    let outer = threshold(dice);
    let share = dice.uniform(0.35, 0.6);
    let bodies = [(share, 1.0_f32), (share - 1.0, dice.uniform(0.55, 1.0))];
    for (place, scale) in bodies {
        let ratio = dice.uniform(0.4, 0.95);
        let (x, y) = (cos * apart * place, sin * apart * place);
        let pose = Pose::new(x, y, dice.angle(), ratio);
        let edge = 17.0 * scale / ratio.sqrt();
        let contrast = dice.scale(12.0, 40.0);
        let centre = outer * contrast;
        let length = edge / libm::logf(contrast);
        if dice.chance(0.65) {
            let arms = Arms {
                count: 2.0,
                winding: dice.sign() * dice.uniform(1.4, 2.8),
                azimuth: dice.angle(),
                start: 0.15 * edge,
                end: edge,
                strength: dice.uniform(0.9, 1.9),
                sharpness: dice.uniform(1.2, 2.5),
                flocculence: dice.uniform(0.2, 0.6),
                dust: dice.uniform(0.0, 0.4),
                uneven: (dice.uniform(0.2, 0.7), dice.angle()),
                wobble: (dice.uniform(0.0, 0.4), dice.angle()),
                texture: texture(dice),
            };
            let patchy = dice.uniform(0.1, 0.35);
            let disc = Disc {
                pose,
                centre,
                length,
                edge,
                patchy,
                texture: texture(dice),
                arms: Some(arms),
            };
            scene.lights.push(Light::Disc(disc));
            scene
                .lights
                .push(bulge(pose, 1.8, 0.12 * edge, centre * dice.uniform(0.8, 1.6)));
        } else {
            let n = dice.uniform(2.0, 4.0);
            scene.lights.push(Light::Spheroid(Spheroid::through(
                pose,
                n,
                0.35 * edge,
                edge,
                outer,
            )));
        }
        if dice.chance(0.6) {
            tail(dice, scene, (x, y), azimuth, place, scale * outer);
        }
    }
    // Stars torn loose lie between and around the two.
    let halo = Pose::new(0.0, 0.0, azimuth, 0.7);
    scene.lights.push(Light::Spheroid(Spheroid::through(
        halo,
        1.0,
        14.0,
        28.0,
        0.5 * outer,
    )));
}

/// A tidal tail: grains of light along a curve that leaves the galaxy on the side away from its partner.
fn tail(dice: &mut Dice, scene: &mut Scene, from: (f32, f32), azimuth: f32, place: f32, outer: f32) {
    let away = if place < 0.0 { std::f32::consts::PI } else { 0.0 };
    let mut heading = azimuth + away + dice.uniform(-0.5, 0.5);
    let bend = dice.sign() * dice.uniform(0.02, 0.055);
    heading -= 8.0 * bend;
    let (mut x, mut y) = from;
    let steps = dice.count(26, 44);
    let peak = outer * dice.uniform(2.0, 5.0);
    let width = dice.uniform(1.3, 2.2);
    for i in 0..steps {
        let t = i as f32 / steps as f32;
        let (sin, cos) = libm::sincosf(heading);
        x += cos * 0.9;
        y += sin * 0.9;
        heading += bend * (1.0 + t);
        let clump = 1.0 + 0.35 * dice.normal();
        let spot = Spot {
            x,
            y,
            sigma: width * (1.0 + 0.9 * t),
            peak: peak * (1.0 - t) * clump.max(0.1) * 0.5,
        };
        scene.spots.push(spot);
    }
}

/// Faint galaxies and stars that happen to stand in the frame, clear of the middle.
fn surroundings(dice: &mut Dice, scene: &mut Scene) {
    let aside = |dice: &mut Dice| {
        let (sin, cos) = libm::sincosf(dice.angle());
        let r = dice.uniform(21.0, 42.0);
        (r * cos, r * sin)
    };
    if dice.chance(0.3) {
        for _ in 0..dice.count(1, 3) {
            let (x, y) = aside(dice);
            let spot = Spot {
                x,
                y,
                sigma: 0.6,
                peak: dice.scale(25.0, 500.0),
            };
            scene.spots.push(spot);
        }
    }
    if dice.chance(0.3) {
        for _ in 0..dice.count(1, 2) {
            let (x, y) = aside(dice);
            let pose = Pose::new(x, y, dice.angle(), dice.uniform(0.4, 1.0));
            let size = dice.uniform(0.9, 2.0);
            let value = dice.scale(5.0, 40.0);
            scene
                .lights
                .push(Light::Spheroid(Spheroid::through(pose, 1.2, size, size, value)));
        }
    }
}
