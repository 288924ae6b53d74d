//! The ready list of 200 well known galaxies, with positions and sizes, so that they need no look-up.

use super::key::key;
use super::target::Position;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The list as `tools/famous_galaxies.py` makes it; its first lines state source and licence.
const TEXT: &str = include_str!("../../www/famous-galaxies.csv");

/// Whom to credit for the list.
pub const CREDIT: &str =
    "Names, positions, sizes and types of the list: OpenNGC by Mattia Verga and contributors, CC BY-SA 4.0";

/// The coarse kind of a galaxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// E.
    Elliptical,
    /// S0 and what lies between it and its neighbours.
    Lenticular,
    /// Spirals without a bar.
    Spiral,
    /// Spirals with a bar, strong (SB) or weak (SAB).
    Barred,
    /// Irregulars, and what has no stage.
    Irregular,
}

impl Kind {
    /// All kinds, in Hubble's order.
    pub const ALL: [Self; 5] = [
        Self::Elliptical,
        Self::Lenticular,
        Self::Spiral,
        Self::Barred,
        Self::Irregular,
    ];

    /// The plural, for buttons.
    pub fn label(self) -> &'static str {
        match self {
            Self::Elliptical => "ellipticals",
            Self::Lenticular => "lenticulars",
            Self::Spiral => "spirals",
            Self::Barred => "barred spirals",
            Self::Irregular => "irregulars",
        }
    }

    /// The kind of a Hubble type.
    fn of(hubble: &str) -> Self {
        match hubble {
            "E" => Self::Elliptical,
            kind if kind.contains("S0") => Self::Lenticular,
            "S?" => Self::Irregular,
            kind if kind.starts_with("SB") || kind.starts_with("SAB") => Self::Barred,
            kind if kind.starts_with('S') => Self::Spiral,
            _ => Self::Irregular,
        }
    }
}

/// One galaxy of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Famous {
    /// The name to show: Messier's number, else NGC or IC.
    pub name: &'static str,
    /// The NGC number of a Messier galaxy, else empty.
    pub other: &'static str,
    /// A common name, else empty.
    pub common: &'static str,
    /// Its place.
    pub position: Position,
    /// Its major axis in arcminutes.
    pub diameter: f64,
    /// Its Hubble type.
    pub hubble: &'static str,
    /// Its coarse kind.
    pub kind: Kind,
}

impl Famous {
    fn read(row: &'static str) -> Option<Self> {
        // The list is ours and holds no quotes.
        let cells: Vec<&'static str> = row.split(',').collect();
        let [name, other, common, ra, dec, diameter, hubble] = cells.as_slice() else {
            return None;
        };
        Some(Self {
            name,
            other,
            common,
            position: Position::new(ra.parse().ok()?, dec.parse().ok()?).ok()?,
            diameter: diameter.parse().ok()?,
            hubble,
            kind: Kind::of(hubble),
        })
    }

    /// True when one of its names, or its type, holds these letters; small or capital, with or without spaces.
    pub fn matches(&self, letters: &str) -> bool {
        let wanted = key(letters);
        wanted.is_empty()
            || [self.name, self.other, self.common]
                .iter()
                .any(|name| key(name).contains(&wanted))
            || self.hubble.eq_ignore_ascii_case(letters.trim())
    }
}

/// The list, Messier's galaxies first.
pub fn famous() -> &'static [Famous] {
    static LIST: OnceLock<Vec<Famous>> = OnceLock::new();
    LIST.get_or_init(|| {
        let rows = TEXT.lines().filter(|line| !line.starts_with('#')).skip(1);
        rows.filter_map(Famous::read).collect()
    })
}

/// The galaxy of this name: `M51`, `Messier 51`, `ngc 5194`, `Whirlpool Galaxy`.
pub fn by_name(name: &str) -> Option<&'static Famous> {
    static NAMES: OnceLock<BTreeMap<String, usize>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = BTreeMap::new();
        for (index, galaxy) in famous().iter().enumerate() {
            for name in [galaxy.name, galaxy.other, galaxy.common] {
                if !name.is_empty() {
                    // A pair shares its common name: the first of the two has it.
                    names.entry(key(name)).or_insert(index);
                }
            }
        }
        names
    });
    famous().get(*names.get(&key(name))?)
}

/// The galaxy whose centre is within half an arcminute of a position.
pub fn by_position(position: &Position) -> Option<&'static Famous> {
    const NEAR: f64 = 0.5 / 60.0;
    famous()
        .iter()
        .find(|galaxy| galaxy.position.is_near(position, NEAR))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_holds_two_hundred_different_galaxies() {
        assert_eq!(famous().len(), 200);
        assert_eq!(TEXT.lines().filter(|line| !line.starts_with('#')).count(), 201);
        let names: BTreeSet<_> = famous().iter().map(|galaxy| key(galaxy.name)).collect();
        assert_eq!(names.len(), 200);
        for galaxy in famous() {
            assert!((0.5..200.0).contains(&galaxy.diameter), "{galaxy:?}");
            assert!(!galaxy.hubble.is_empty(), "{galaxy:?}");
            let near = famous()
                .iter()
                .filter(|other| other.position.is_near(&galaxy.position, 0.002))
                .count();
            assert_eq!(near, 1, "{galaxy:?} is there twice");
        }
        assert!(TEXT.contains("CC BY-SA 4.0") && TEXT.contains("OpenNGC"));
    }

    #[test]
    fn messiers_forty_galaxies_are_all_there() {
        let galaxies = [
            31, 32, 33, 49, 51, 58, 59, 60, 61, 63, 64, 65, 66, 74, 77, 81, 82, 83, 84, 85, 86, 87, 88, 89,
            90, 91, 94, 95, 96, 98, 99, 100, 101, 102, 104, 105, 106, 108, 109, 110,
        ];
        for number in galaxies {
            assert!(by_name(&format!("M {number}")).is_some(), "M {number}");
        }
        assert_eq!(
            famous()
                .iter()
                .filter(|galaxy| galaxy.name.starts_with("M "))
                .count(),
            40
        );
        assert_eq!(by_name("M 42"), None, "a nebula");
    }

    /// Against positions of the NASA/IPAC Extragalactic Database, as printed in textbooks.
    #[test]
    fn known_galaxies_are_where_they_are() {
        for (name, ra, dec, kind) in [
            ("M31", 10.6847, 41.2690, Kind::Spiral),
            ("messier 51", 202.4696, 47.1952, Kind::Barred),
            ("NGC4486", 187.7059, 12.3911, Kind::Elliptical),
            ("Sombrero galaxy", 189.9976, -11.6231, Kind::Spiral),
            ("ngc 1365", 53.4015, -36.1404, Kind::Spiral),
            ("Centaurus A", 201.3651, -43.0191, Kind::Lenticular),
            ("NGC 0253", 11.8880, -25.2882, Kind::Barred),
        ] {
            let galaxy = by_name(name).unwrap();
            let there = Position::new(ra, dec).unwrap();
            assert!(galaxy.position.is_near(&there, 0.002), "{galaxy:?}");
            assert_eq!(galaxy.kind, kind, "{galaxy:?}");
            assert_eq!(by_position(&there).map(|galaxy| galaxy.name), Some(galaxy.name));
        }
    }

    #[test]
    fn the_filter_finds_parts_of_names() {
        let found = |letters: &str| famous().iter().filter(|galaxy| galaxy.matches(letters)).count();
        assert_eq!(found(""), 200);
        assert_eq!(found("whirl"), 1);
        assert_eq!(found("m 104"), 1);
        assert!(found("ngc 42") > 3);
        assert_eq!(found("no such galaxy"), 0);
    }

    #[test]
    fn every_type_has_its_kind() {
        for (hubble, kind) in [
            ("E", Kind::Elliptical),
            ("E-S0", Kind::Lenticular),
            ("S0-a", Kind::Lenticular),
            ("Sbc", Kind::Spiral),
            ("SABb", Kind::Barred),
            ("SBm", Kind::Barred),
            ("IB", Kind::Irregular),
            ("S?", Kind::Irregular),
        ] {
            assert_eq!(Kind::of(hubble), kind, "{hubble}");
        }
        for kind in Kind::ALL {
            assert!(famous().iter().any(|galaxy| galaxy.kind == kind), "{kind:?}");
        }
    }
}
