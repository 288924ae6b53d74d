//! One simulated galaxy, and sets of them.

use super::kind::Kind;
use super::light::Light;
use super::rng::GalaxyRng;
use crate::cutout::about::About;
use crate::cutout::set::CutoutSet;
use crate::cutout::simulate::draw;
use crate::cutout::size::PIXELS;

/// One simulated galaxy.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// `index + 1`.
    pub id: i64,
    /// Kind and number in words, such as "Simulated barred spiral 17".
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The angle of its main component's major axis in degrees, from 0 to 180, counted from the right against the clock.
    pub angle: f32,
    /// The apparent axis ratio of its main component, from 0 to 1.
    pub axis_ratio: f32,
    /// 64x64 values from 0 to 1, before the sky is cleared.
    pub raw: Vec<f32>,
    /// The same with pixels under sky + 1 sigma set to 0.
    pub image: Vec<f32>,
}

/// Galaxy `index` (from 0) of the world that `seed` stands for.
pub fn galaxy(seed: u64, index: usize) -> Simulated {
    let mut rng = GalaxyRng::new(seed, index as u64);
    let kind = Kind::of_percent(rng.count(0, 99));
    let camera = draw::camera(kind, &mut rng);
    let scene = draw::scene(kind, &mut rng);
    let exposure = camera.expose(&scene.lights, &scene.spots, &mut rng);
    let number = index as u64 + 1;
    // The first light is the main one, in every kind.
    let pose = scene.lights.first().map(Light::pose);
    Simulated {
        id: number as i64,
        name: format!("Simulated {} {number}", kind.label()),
        kind,
        angle: pose.map_or(0.0, |pose| pose.degrees()),
        axis_ratio: pose.map_or(1.0, |pose| pose.ratio),
        raw: exposure.raw,
        image: exposure.image,
    }
}

/// The first `count` galaxies of the world that `seed` stands for, ids from 1.
pub fn simulate(seed: u64, count: usize) -> CutoutSet {
    let mut set = CutoutSet {
        ids: Vec::with_capacity(count),
        names: Vec::with_capacity(count),
        raw: Vec::with_capacity(count * PIXELS),
        image: Vec::with_capacity(count * PIXELS),
        about: vec![About::default(); count],
    };
    for index in 0..count {
        let one = galaxy(seed, index);
        set.ids.push(one.id);
        set.names.push(one.name);
        set.raw.extend(one.raw);
        set.image.extend(one.image);
    }
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn values_are_cutouts() {
        for index in 0..40 {
            let one = galaxy(11, index);
            assert_eq!((one.raw.len(), one.image.len()), (PIXELS, PIXELS), "{}", one.name);
            for (&raw, &image) in one.raw.iter().zip(&one.image) {
                assert!((0.0..=1.0).contains(&raw), "{}: {raw}", one.name);
                assert!(image == raw || image == 0.0, "{}: {image} of {raw}", one.name);
            }
            assert_eq!(one.raw.iter().copied().fold(0.0, f32::max), 1.0, "{}", one.name);
        }
    }

    /// FNV-1a over the values in steps of 1/4096.
    fn digest(galaxies: impl Iterator<Item = Simulated>) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for one in galaxies {
            for value in one.raw.iter().chain(&one.image) {
                for byte in ((value * 4096.0) as u16).to_le_bytes() {
                    hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                }
            }
        }
        hash
    }

    #[test]
    fn galaxies_stay_what_they_are() {
        // The same number came out of this code compiled for wasm32. When the simulator is changed on purpose, the
        // number changes with it, and whatever was computed from simulated galaxies must be computed again.
        assert_eq!(
            digest((0..24).map(|index| galaxy(1, index))),
            0x47fe_4221_fc05_3ee0
        );
    }

    #[test]
    fn a_shorter_set_is_the_beginning_of_a_longer_one() {
        let (short, long) = (simulate(5, 10), simulate(5, 20));
        assert_eq!(long.ids, (1..=20).collect::<Vec<i64>>());
        assert_eq!(short.names, long.names[..10]);
        assert_eq!(short.raw, long.raw[..10 * PIXELS]);
        assert_eq!(short.image, long.image[..10 * PIXELS]);
        assert_ne!(simulate(6, 1).raw, short.raw[..PIXELS]);
        assert_eq!(galaxy(5, 19).raw, long.raw_of(19));
    }

    #[test]
    fn none_is_an_empty_set() {
        assert!(simulate(1, 0).is_empty());
    }

    #[test]
    fn every_kind_appears_and_names_tell_it() {
        let seen: BTreeSet<Kind> = (0..120)
            .map(|index| {
                let kind = Kind::of_percent(GalaxyRng::new(1, index).count(0, 99));
                assert!(Kind::ALL.iter().any(|(known, _)| *known == kind));
                kind
            })
            .collect();
        assert_eq!(seen.len(), Kind::ALL.len(), "{seen:?}");
        let one = galaxy(1, 16);
        assert_eq!(one.name, format!("Simulated {} 17", one.kind.label()));
    }

    #[test]
    fn shares_add_up_to_a_hundred() {
        assert_eq!(Kind::ALL.iter().map(|(_, share)| share).sum::<u32>(), 100);
    }
}
