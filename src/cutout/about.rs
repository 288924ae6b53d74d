//! What a file says about its galaxy, beside the pixels.

use std::collections::BTreeMap;

use super::duplicates::DUPLICATE_OF;
use super::size::SIDE;
use super::wcs::Wcs;
use crate::cutout::prepare::Orientation;

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
    /// Numbers that another model gave it, for comparing it with others; empty where there are none. Not part of the text: bundles have a
    /// tensor for them, and messages an array.
    #[serde(skip)]
    pub vector: Vec<f64>,
}

impl About {
    /// True when there are no facts; a vector is none.
    pub fn is_empty(&self) -> bool {
        let Self {
            object,
            ra,
            dec,
            filter,
            wcs,
            columns,
            vector: _,
        } = self;
        object.is_none()
            && ra.is_none()
            && dec.is_none()
            && filter.is_none()
            && wcs.is_none()
            && columns.is_empty()
    }

    /// True when there are facts, or a vector.
    pub fn says_anything(&self) -> bool {
        !self.is_empty() || !self.vector.is_empty()
    }

    /// Notes the identifier of the galaxy that this one shows again, or that it shows none again.
    pub fn set_duplicate_of(&mut self, original: Option<String>) {
        match original {
            Some(id) => self.columns.insert(DUPLICATE_OF.to_owned(), id),
            None => self.columns.remove(DUPLICATE_OF),
        };
    }

    /// The facts about a cutout of `square` from a picture that these are about: the coordinates are those of the
    /// cutout's pixels and centre. `height` is the picture's, in pixels; `square` is as in
    /// [`Prepared::square`](super::Prepared::square), and without one the picture itself is the cutout. `turned` is how the
    /// cutout was then turned.
    #[must_use]
    pub fn cut(
        mut self,
        height: usize,
        square: Option<(f32, f32, f32)>,
        turned: Option<&Orientation>,
    ) -> Self {
        if let Some(wcs) = &mut self.wcs {
            let centre = (SIDE as f64 + 1.0) / 2.0;
            *wcs = match square {
                Some((x, y, half)) => wcs.cut(height, (f64::from(x), f64::from(y), f64::from(half))),
                None => wcs.linear_at(centre, centre),
            };
            if let Some(turned) = turned {
                *wcs = wcs.turn(turned);
            }
            if let Some((ra, dec)) = wcs.sky(centre, centre) {
                (self.ra, self.dec) = (Some(ra), Some(dec));
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_that_of_the_cutout() {
        let whole = Wcs {
            ctype: ["RA---TAN".to_owned(), "DEC--TAN".to_owned()],
            crval: [359.99, 60.0],
            crpix: [30.5, 10.25],
            cd: [-2e-3, 5e-4, 4e-4, 2.1e-3],
            sip: None,
        };
        let (height, (x, y, half)) = (100, (37.3, 20.6, 17.0));
        let about = About {
            wcs: Some(whole.clone()),
            ra: Some(1.0),
            ..About::default()
        };
        let done = about.cut(height, Some((x as f32, y as f32, half as f32)), None);
        let centre = whole.sky(x + 1.0, height as f64 - y).unwrap();
        assert!((done.ra.unwrap() - centre.0).abs() < 1e-6 && (done.dec.unwrap() - centre.1).abs() < 1e-6);
    }
}
