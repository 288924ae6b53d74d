//! The kinds of simulated galaxies.

/// What a simulated galaxy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A smooth spheroid after Sersic, n from 2 to 6.
    Elliptical,
    /// A disc with a bulge and no arms.
    Lenticular,
    /// A disc with two to four arms.
    Spiral,
    /// A disc whose arms leave the ends of a bar.
    BarredSpiral,
    /// A disc seen from the side, often with a lane of dust.
    EdgeOn,
    /// A ragged cloud of stars.
    Irregular,
    /// Two galaxies that meet.
    Merger,
}

impl Kind {
    /// All kinds, with the share of each among the simulated galaxies in percent.
    pub const ALL: [(Self, u32); 7] = [
        (Self::Elliptical, 20),
        (Self::Lenticular, 11),
        (Self::Spiral, 30),
        (Self::BarredSpiral, 15),
        (Self::EdgeOn, 13),
        (Self::Irregular, 6),
        (Self::Merger, 5),
    ];

    /// The kind in plain words, as it is in a galaxy's name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Elliptical => "elliptical",
            Self::Lenticular => "lenticular",
            Self::Spiral => "spiral",
            Self::BarredSpiral => "barred spiral",
            Self::EdgeOn => "edge-on disc",
            Self::Irregular => "irregular",
            Self::Merger => "merger",
        }
    }

    /// The kind that a number from 0 to 99 stands for.
    pub(super) fn of_percent(percent: u32) -> Self {
        let mut left = percent;
        for (kind, share) in Self::ALL {
            if left < share {
                return kind;
            }
            left -= share;
        }
        Self::Merger
    }
}
