//! Draws a galaxy of each kind: from chance to lights.
//!
//! Every galaxy is scaled as preparation scales a real one: its outer isophote, a few sigma above the sky, touches a
//! square of nine tenths of the frame.

use super::arms::Arms;
use super::camera::Camera;
use super::kind::Kind;
use super::light::{Bar, Cloud, Disc, EdgeOn, Light, Pose, Ring, Spheroid, Spot};
use super::rng::{GalaxyRng, Texture, exp};

/// Everything in the frame.
#[derive(Default)]
pub(super) struct Scene {
    pub lights: Vec<Light>,
    pub spots: Vec<Spot>,
}

/// A galaxy of the given kind with what happens to stand around it.
pub(super) fn scene(kind: Kind, rng: &mut GalaxyRng) -> Scene {
    let mut scene = Scene::default();
    match kind {
        Kind::Elliptical => elliptical(rng, &mut scene),
        Kind::Lenticular => lenticular(rng, &mut scene),
        Kind::Spiral => spiral(rng, &mut scene, false),
        Kind::BarredSpiral => spiral(rng, &mut scene, true),
        Kind::EdgeOn => edge_on(rng, &mut scene),
        Kind::Irregular => irregular(rng, &mut scene),
        Kind::Merger => merger(rng, &mut scene),
    }
    surroundings(rng, &mut scene);
    scene
}

/// Atmosphere and exposure. Structure is worth a sharper look than smooth light.
pub(super) fn camera(kind: Kind, rng: &mut GalaxyRng) -> Camera {
    let blur = match kind {
        Kind::Elliptical | Kind::Lenticular => rng.scale(0.9, 1.9),
        Kind::EdgeOn => rng.scale(0.7, 1.3),
        _ => rng.scale(0.6, 1.15),
    };
    Camera {
        blur,
        grain: rng.uniform(0.3, 1.1),
        photons: rng.scale(25.0, 120.0),
        soft: rng.scale(5.0, 20.0),
        pedestal: rng.uniform(0.7, 1.5),
        white: if rng.chance(0.4) {
            rng.uniform(0.86, 1.0)
        } else {
            1.0
        },
    }
}

/// Pixels from the centre to the isophote.
fn reach(rng: &mut GalaxyRng) -> f32 {
    rng.uniform(25.0, 30.0)
}

/// Brightness at that isophote, in sigma.
fn threshold(rng: &mut GalaxyRng) -> f32 {
    rng.scale(3.2, 6.0)
}

fn pose(rng: &mut GalaxyRng, ratio: f32) -> Pose {
    Pose::new(rng.uniform(-0.6, 0.6), rng.uniform(-0.6, 0.6), rng.angle(), ratio)
}

fn texture(rng: &mut GalaxyRng) -> Texture {
    Texture { seed: rng.bits() }
}

fn elliptical(rng: &mut GalaxyRng, scene: &mut Scene) {
    let ratio = if rng.chance(0.55) {
        rng.uniform(0.8, 1.0)
    } else {
        rng.uniform(0.42, 0.8)
    };
    let pose = pose(rng, ratio);
    let edge = pose.fitting(reach(rng));
    let n = rng.uniform(2.0, 6.0);
    let half_light = edge * rng.uniform(0.32, 0.6);
    scene.lights.push(Light::Spheroid(Spheroid::through(
        pose,
        n,
        half_light,
        edge,
        threshold(rng),
    )));
}

fn lenticular(rng: &mut GalaxyRng, scene: &mut Scene) {
    let ratio = rng.uniform(0.3, 0.95);
    let pose = pose(rng, ratio);
    let edge = pose.fitting(reach(rng));
    let outer = threshold(rng);
    let contrast = rng.scale(10.0, 26.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;
    let smooth = Disc {
        pose,
        centre,
        length,
        edge,
        patchy: 0.0,
        texture: texture(rng),
        arms: None,
    };
    scene.lights.push(Light::Disc(smooth));
    let size = edge * rng.uniform(0.1, 0.18);
    let strength = centre * rng.scale(0.5, 1.6);
    scene
        .lights
        .push(bulge(pose, rng.uniform(1.8, 3.5), size, strength));
    if rng.chance(0.3) {
        let radius = edge * rng.uniform(0.45, 0.7);
        let under = centre * exp(-radius / length);
        let brightness = under * rng.uniform(0.3, 0.7);
        scene.lights.push(Light::Ring(Ring {
            pose,
            radius,
            width: 0.12 * radius,
            brightness,
        }));
    }
    if rng.chance(0.25) {
        let half_length = edge * rng.uniform(0.25, 0.38);
        let brightness = centre * rng.uniform(0.5, 0.9);
        scene
            .lights
            .push(bar(pose, rng.angle(), half_length, 0.3 * half_length, brightness));
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

fn spiral(rng: &mut GalaxyRng, scene: &mut Scene, barred: bool) {
    let ratio = rng.uniform(0.38, 1.0);
    let pose = pose(rng, ratio);
    let edge = pose.fitting(reach(rng) * 0.97);
    // From early (large bulge, tight smooth arms) to late types (small bulge, open patchy arms).
    let late = rng.unit();
    let outer = threshold(rng);
    let contrast = rng.scale(9.0, 22.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;

    let pitch = (9.0 + 13.0 * late + rng.uniform(-2.0, 5.0)).to_radians();
    let half_length = edge * rng.uniform(0.26, 0.42);
    let start = if barred {
        0.95 * half_length
    } else {
        edge * rng.uniform(0.1, 0.2)
    };
    let flocculence = if rng.chance(0.3) {
        rng.uniform(0.5, 0.95)
    } else {
        rng.uniform(0.05, 0.4)
    };
    let count = if barred || rng.chance(0.68) {
        2.0
    } else {
        rng.count(3, 4) as f32
    };
    let arms = Arms {
        count,
        winding: rng.sign() * libm::cosf(pitch) / libm::sinf(pitch),
        azimuth: rng.angle(),
        start,
        end: edge,
        strength: rng.uniform(1.0, 2.2),
        sharpness: rng.uniform(1.2, 3.6),
        flocculence,
        dust: rng.uniform(0.0, 0.5),
        uneven: (rng.uniform(0.0, 0.4), rng.angle()),
        wobble: (rng.uniform(0.0, 0.3), rng.angle()),
        texture: texture(rng),
    };
    let patchy = 0.1 + 0.15 * late;
    let disc = Disc {
        pose,
        centre,
        length,
        edge,
        patchy,
        texture: texture(rng),
        arms: Some(arms),
    };
    scene.lights.push(Light::Disc(disc));

    let size = edge * (0.14 - 0.09 * late) * rng.uniform(0.8, 1.2);
    let strength = centre * (1.3 - 0.7 * late) * rng.scale(0.4, 1.3);
    scene
        .lights
        .push(bulge(pose, 1.2 + 1.6 * (1.0 - late), size, strength));
    if barred {
        let width = half_length * rng.uniform(0.2, 0.32);
        scene.lights.push(bar(
            pose,
            arms.azimuth,
            half_length,
            width,
            centre * rng.uniform(0.6, 1.2),
        ));
        if rng.chance(0.4) {
            let brightness = centre * exp(-half_length / length) * rng.uniform(0.3, 0.8);
            scene.lights.push(Light::Ring(Ring {
                pose,
                radius: half_length,
                width: 0.13 * half_length,
                brightness,
            }));
        }
    }
    births(rng, scene, &pose, &arms, centre, length, late);
}

/// Regions of star birth, strung along the arms.
fn births(
    rng: &mut GalaxyRng,
    scene: &mut Scene,
    pose: &Pose,
    arms: &Arms,
    centre: f32,
    length: f32,
    late: f32,
) {
    let number = rng.count(2, 6) + (14.0 * late) as u32;
    for _ in 0..number {
        let r = rng.uniform(1.1 * arms.start, 0.95 * arms.end);
        let arm = rng.count(1, arms.count as u32) as f32;
        let azimuth = arms.crest(r) + arm * std::f32::consts::TAU / arms.count + 0.16 * rng.normal();
        let (sin, cos) = libm::sincosf(azimuth);
        let (x, y) = pose.sky(r * cos, r * sin);
        let under = centre * exp(-r / length);
        let peak = under * rng.scale(0.5, 2.2) * (0.5 + 0.7 * late);
        scene.spots.push(Spot {
            x,
            y,
            sigma: rng.scale(0.6, 1.3),
            peak,
        });
    }
}

fn edge_on(rng: &mut GalaxyRng, scene: &mut Scene) {
    let thickness = rng.scale(0.055, 0.14);
    // The isophote of an edge-on disc is about three scale heights thick.
    let pose = pose(rng, 3.0 * thickness);
    let edge = pose.fitting(reach(rng));
    let outer = threshold(rng);
    let contrast = rng.scale(12.0, 36.0);
    let length = edge / libm::logf(contrast);
    let centre = outer * contrast;
    let height = (edge * thickness).max(1.1);
    let dusty = rng.chance(0.5);
    let disc = EdgeOn {
        pose,
        centre,
        length,
        edge,
        height,
        warp: if rng.chance(0.35) {
            rng.sign() * rng.uniform(0.8, 2.5)
        } else {
            0.0
        },
        dust: if dusty { rng.uniform(0.35, 0.75) } else { 0.0 },
        lane: (rng.uniform(-0.35, 0.35) * height, (0.35 * height).max(0.7)),
        texture: texture(rng),
    };
    scene.lights.push(Light::EdgeOn(disc));
    if rng.chance(0.75) {
        let size = edge * rng.uniform(0.07, 0.15);
        let strength = centre * rng.scale(0.35, 1.3);
        let round = pose.with_ratio(rng.uniform(0.6, 0.9));
        let n = rng.uniform(1.5, 3.0);
        scene
            .lights
            .push(Light::Spheroid(Spheroid::through(round, n, size, size, strength)));
    }
}

fn irregular(rng: &mut GalaxyRng, scene: &mut Scene) {
    let ratio = rng.uniform(0.45, 0.9);
    let pose = pose(rng, ratio);
    let edge = pose.fitting(reach(rng));
    let outer = threshold(rng);
    let body = Spheroid::through(
        pose,
        rng.uniform(0.6, 1.1),
        edge * rng.uniform(0.4, 0.55),
        edge,
        outer,
    );
    let cloud = Cloud {
        body,
        torn: rng.uniform(0.4, 0.9),
        grain: rng.uniform(0.08, 0.15),
        texture: texture(rng),
    };
    scene.lights.push(Light::Cloud(cloud));
    let bright = body.at_half;
    if rng.chance(0.6) {
        // A bar off the centre, as in the Magellanic Clouds.
        let (dx, dy) = (rng.uniform(-0.18, 0.18) * edge, rng.uniform(-0.18, 0.18) * edge);
        let aside = pose.moved(dx, dy);
        let half_length = edge * rng.uniform(0.25, 0.4);
        scene.lights.push(bar(
            aside,
            rng.angle(),
            half_length,
            0.35 * half_length,
            bright * 1.2,
        ));
    }
    for _ in 0..rng.count(5, 14) {
        let r = edge * 0.75 * rng.unit().sqrt();
        let (sin, cos) = libm::sincosf(rng.angle());
        let (x, y) = pose.sky(r * cos, r * sin);
        scene.spots.push(Spot {
            x,
            y,
            sigma: rng.scale(0.7, 2.2),
            peak: bright * rng.scale(0.3, 2.0),
        });
    }
}

fn merger(rng: &mut GalaxyRng, scene: &mut Scene) {
    let apart = rng.uniform(10.0, 20.0);
    let azimuth = rng.angle();
    let (sin, cos) = libm::sincosf(azimuth);
    let outer = threshold(rng);
    let share = rng.uniform(0.35, 0.6);
    let bodies = [(share, 1.0_f32), (share - 1.0, rng.uniform(0.55, 1.0))];
    for (place, scale) in bodies {
        let ratio = rng.uniform(0.4, 0.95);
        let (x, y) = (cos * apart * place, sin * apart * place);
        let pose = Pose::new(x, y, rng.angle(), ratio);
        let edge = 17.0 * scale / ratio.sqrt();
        let contrast = rng.scale(12.0, 40.0);
        let centre = outer * contrast;
        let length = edge / libm::logf(contrast);
        if rng.chance(0.65) {
            let arms = Arms {
                count: 2.0,
                winding: rng.sign() * rng.uniform(1.4, 2.8),
                azimuth: rng.angle(),
                start: 0.15 * edge,
                end: edge,
                strength: rng.uniform(0.9, 1.9),
                sharpness: rng.uniform(1.2, 2.5),
                flocculence: rng.uniform(0.2, 0.6),
                dust: rng.uniform(0.0, 0.4),
                uneven: (rng.uniform(0.2, 0.7), rng.angle()),
                wobble: (rng.uniform(0.0, 0.4), rng.angle()),
                texture: texture(rng),
            };
            let patchy = rng.uniform(0.1, 0.35);
            let disc = Disc {
                pose,
                centre,
                length,
                edge,
                patchy,
                texture: texture(rng),
                arms: Some(arms),
            };
            scene.lights.push(Light::Disc(disc));
            scene
                .lights
                .push(bulge(pose, 1.8, 0.12 * edge, centre * rng.uniform(0.8, 1.6)));
        } else {
            let n = rng.uniform(2.0, 4.0);
            scene.lights.push(Light::Spheroid(Spheroid::through(
                pose,
                n,
                0.35 * edge,
                edge,
                outer,
            )));
        }
        if rng.chance(0.6) {
            tail(rng, scene, (x, y), azimuth, place, scale * outer);
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
fn tail(rng: &mut GalaxyRng, scene: &mut Scene, from: (f32, f32), azimuth: f32, place: f32, outer: f32) {
    let away = if place < 0.0 { std::f32::consts::PI } else { 0.0 };
    let mut heading = azimuth + away + rng.uniform(-0.5, 0.5);
    let bend = rng.sign() * rng.uniform(0.02, 0.055);
    heading -= 8.0 * bend;
    let (mut x, mut y) = from;
    let steps = rng.count(26, 44);
    let peak = outer * rng.uniform(2.0, 5.0);
    let width = rng.uniform(1.3, 2.2);
    for i in 0..steps {
        let t = i as f32 / steps as f32;
        let (sin, cos) = libm::sincosf(heading);
        x += cos * 0.9;
        y += sin * 0.9;
        heading += bend * (1.0 + t);
        let clump = 1.0 + 0.35 * rng.normal();
        let spot = Spot {
            x,
            y,
            sigma: width * (1.0 + 0.9 * t),
            peak: peak * (1.0 - t) * clump.max(0.1) * 0.5,
        };
        scene.spots.push(spot);
    }
}

/// Faint galaxies and stars that happen to are in the frame, clear of the middle.
fn surroundings(rng: &mut GalaxyRng, scene: &mut Scene) {
    let aside = |rng: &mut GalaxyRng| {
        let (sin, cos) = libm::sincosf(rng.angle());
        let r = rng.uniform(21.0, 42.0);
        (r * cos, r * sin)
    };
    if rng.chance(0.3) {
        for _ in 0..rng.count(1, 3) {
            let (x, y) = aside(rng);
            let spot = Spot {
                x,
                y,
                sigma: 0.6,
                peak: rng.scale(25.0, 500.0),
            };
            scene.spots.push(spot);
        }
    }
    if rng.chance(0.3) {
        for _ in 0..rng.count(1, 2) {
            let (x, y) = aside(rng);
            let pose = Pose::new(x, y, rng.angle(), rng.uniform(0.4, 1.0));
            let size = rng.uniform(0.9, 2.0);
            let value = rng.scale(5.0, 40.0);
            scene
                .lights
                .push(Light::Spheroid(Spheroid::through(pose, 1.2, size, size, value)));
        }
    }
}
