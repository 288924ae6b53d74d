//! What a file says about its galaxy, beside the pixels.

use std::collections::BTreeMap;

/// Facts that travel with a galaxy from its file into tables and exports. All may be absent.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct About {
    /// The target's name, as the file gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Right ascension of the galaxy (the cutout's centre where there is a WCS), in degrees, ICRS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ra: Option<f64>,
    /// Declination, in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dec: Option<f64>,
    /// The filter or band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The celestial coordinates of the cutout's pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wcs: Option<Wcs>,
    /// Further columns by name: labels and what a joined table says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

impl About {
    /// True when nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A tangent-plane (or other linear) world coordinate system, as FITS writes it (Greisen & Calabretta 2002).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wcs {
    /// `CTYPE1` and `CTYPE2`, say `RA---TAN` and `DEC--TAN`.
    pub ctype: [String; 2],
    /// The world coordinates of the reference pixel, in degrees.
    pub crval: [f64; 2],
    /// The reference pixel; FITS counts from 1, at the pixel's centre, the first row at the bottom of the picture.
    pub crpix: [f64; 2],
    /// Degrees for each pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    pub cd: [f64; 4],
}
