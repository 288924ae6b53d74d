//! The settings of the preparation.

use super::change::Scale;
use crate::cutout::psf::Psf;

/// The settings of the preparation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Recipe {
    /// Find, centre, crop, scale and clear. Off: the whole frame is resampled to 64x64 and its maximum set to 1.
    pub prepare: bool,
    /// Stretch linear data (FITS) with asinh first.
    pub stretch: bool,
    /// Whether each galaxy fills its cutout or all are shown at one scale.
    pub scale: Scale,
    /// Turn each galaxy's major axis to the horizontal. The reference does not: exports say so.
    pub orient: bool,
    /// Measure each galaxy's structure on the picture's own pixels, into columns. It changes no cutout.
    pub structure: Measured,
    /// The point spread function of the pictures, for fits.
    #[serde(skip)]
    pub psf: Option<Psf>,
}

/// Which measures of structure are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// None.
    #[default]
    Nothing,
    /// Concentration, asymmetry, Gini and the like.
    Numbers,
    /// These, with their errors, which takes eleven times as long.
    NumbersAndErrors,
    /// The numbers, and a Sersic fit, which takes far longer.
    NumbersAndFit,
    /// All of it.
    All,
}

impl Measured {
    /// The numbers, with errors and a fit if they are wanted.
    #[must_use]
    pub fn numbers(errors: bool, fit: bool) -> Self {
        match (errors, fit) {
            (false, false) => Self::Numbers,
            (true, false) => Self::NumbersAndErrors,
            (false, true) => Self::NumbersAndFit,
            (true, true) => Self::All,
        }
    }

    /// Whether errors are wanted.
    #[must_use]
    pub fn has_errors(self) -> bool {
        matches!(self, Self::NumbersAndErrors | Self::All)
    }

    /// Whether a fit is wanted.
    #[must_use]
    pub fn has_fit(self) -> bool {
        matches!(self, Self::NumbersAndFit | Self::All)
    }
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            prepare: true,
            stretch: true,
            scale: Scale::EachFillsTheFrame,
            orient: false,
            structure: Measured::Nothing,
            psf: None,
        }
    }
}

impl Recipe {
    /// What this recipe does beyond the reference's, in a sentence for exports; `None` when it does nothing else.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let mut parts = Vec::new();
        if !self.prepare {
            parts.push(
                "pictures were only resampled to 64x64, without finding or clearing anything".to_owned(),
            );
        }
        if !self.stretch {
            parts.push("linear data were not stretched".to_owned());
        }
        if let Scale::AllTheSame { half_side } = self.scale {
            parts.push(format!(
                "all galaxies were cut at one scale ({:.1} pixels a side)",
                2.0 * half_side
            ));
        }
        if self.orient {
            parts.push(
                "galaxies that are not round and did not come as prepared cutouts were turned so that their major axis is horizontal, \
                 and flipped so that their heavier side is on the right and on top"
                    .to_owned(),
            );
        }
        (!parts.is_empty()).then(|| format!("Preparation departs from the reference: {}.", parts.join("; ")))
    }
}
