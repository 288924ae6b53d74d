//! What a file says about its galaxy, beside the pixels.

use std::collections::BTreeMap;

use super::SIDE;
use super::prepare::Orientation;

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
            if let Some((x, y, half)) = square {
                *wcs = wcs.cut(height, (f64::from(x), f64::from(y), f64::from(half)));
            }
            if let Some(turned) = turned {
                *wcs = wcs.turn(turned);
            }
            let centre = (SIDE as f64 + 1.0) / 2.0;
            if let Some((ra, dec)) = wcs.sky(centre, centre) {
                (self.ra, self.dec) = (Some(ra), Some(dec));
            }
        }
        self
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

impl Wcs {
    /// Right ascension and declination of a point, in degrees. `x` and `y` are in pixels as FITS counts them: from 1, at
    /// the pixels' centres, upwards. `None` for other axes and projections than the zenithal TAN, SIN, ARC, ZEA and STG,
    /// and beyond their horizon.
    pub fn sky(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let [first, second] = &self.ctype;
        let swapped = first.starts_with("DEC-") && second.starts_with("RA--");
        let straight = first.starts_with("RA--") && second.starts_with("DEC-");
        if !(straight || swapped) {
            return None;
        }
        let projection = first.get(5..8)?;
        let [cd11, cd12, cd21, cd22] = self.cd;
        let [crpix1, crpix2] = self.crpix;
        let (dx, dy) = (x - crpix1, y - crpix2);
        let (one, two) = (cd11 * dx + cd12 * dy, cd21 * dx + cd22 * dy);
        let [begin, above] = self.crval;
        // Towards the east and the north, in radians, and the same for the point of reference.
        let (east, north, ra, dec) = if swapped {
            (two, one, above, begin)
        } else {
            (one, two, begin, above)
        };
        let radians = std::f64::consts::PI / 180.0;
        let (east, north, pole) = (east * radians, north * radians, dec * radians);
        let radius = (east * east + north * north).sqrt();
        // The angle from the point of reference.
        let angle = match projection {
            "TAN" => libm::atan(radius),
            "SIN" => libm::asin(radius),
            "ARC" => radius,
            "ZEA" => 2.0 * libm::asin(radius / 2.0),
            "STG" => 2.0 * libm::atan(radius / 2.0),
            _ => return None,
        };
        if !angle.is_finite() || angle > std::f64::consts::PI {
            return None;
        }
        let share = if radius > 0.0 {
            libm::sin(angle) / radius
        } else {
            1.0
        };
        let (l, m, n) = (east * share, north * share, libm::cos(angle));
        let (sine, cosine) = (libm::sin(pole), libm::cos(pole));
        let toward = n * cosine - m * sine;
        let ra = ra + libm::atan2(l, toward) / radians;
        let dec = libm::atan2(n * sine + m * cosine, (l * l + toward * toward).sqrt()) / radians;
        let turns = libm::floor(ra / 360.0);
        Some((ra - 360.0 * turns, dec))
    }

    /// The coordinates of the cutout (64 x 64 pixels) of a square: its centre x and y and its half side, in pixels of a
    /// picture of `height` rows, where whole numbers are the pixels' centres, counted from 0 from the left and **from the
    /// top**.
    #[must_use]
    pub fn cut(&self, height: usize, (x, y, half): (f64, f64, f64)) -> Self {
        let scale = SIDE as f64 / (2.0 * half);
        let [crpix1, crpix2] = self.crpix;
        // The reference pixel from the left and the top of the picture, then in pixels of the cutout.
        let (left, top) = (crpix1 - 1.0, height as f64 - crpix2);
        Self {
            ctype: self.ctype.clone(),
            crval: self.crval,
            crpix: [
                (left - (x - half)) * scale + 0.5,
                SIDE as f64 + 0.5 - (top - (y - half)) * scale,
            ],
            cd: self.cd.map(|degrees| degrees / scale),
        }
    }

    /// The coordinates of a cutout that was turned, where these are those of the cutout before.
    #[must_use]
    pub fn turn(&self, way: &Orientation) -> Self {
        let theta = -f64::from(way.angle).to_radians();
        let (sine, cosine) = (libm::sin(theta), libm::cos(theta));
        let sign = |flip: bool| if flip { -1.0 } else { 1.0 };
        let (across, up) = (sign(way.flipped.0), sign(way.flipped.1));
        let scale = f64::from(way.scale);
        let middle = (SIDE as f64 + 1.0) / 2.0;
        let [cd11, cd12, cd21, cd22] = self.cd;
        let [crpix1, crpix2] = self.crpix;
        // A step of (1, 0) and one of (0, 1) in the turned cutout are these in the one before, with FITS's rows upwards;
        // its middle is the galaxy's centre there.
        let right = (across * cosine / scale, -across * sine / scale);
        let above = (up * sine / scale, up * cosine / scale);
        let (dx, dy) = (
            crpix1 - f64::from(way.centre.0) - 1.0,
            crpix2 - SIDE as f64 + f64::from(way.centre.1),
        );
        Self {
            ctype: self.ctype.clone(),
            crval: self.crval,
            crpix: [
                middle + scale * across * (cosine * dx - sine * dy),
                middle + scale * up * (sine * dx + cosine * dy),
            ],
            cd: [
                cd11 * right.0 + cd12 * right.1,
                cd11 * above.0 + cd12 * above.1,
                cd21 * right.0 + cd22 * right.1,
                cd21 * above.0 + cd22 * above.1,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wcs(projection: &str) -> Wcs {
        Wcs {
            ctype: [format!("RA---{projection}"), format!("DEC--{projection}")],
            crval: [359.99, 60.0],
            crpix: [30.5, 10.25],
            cd: [-2e-3, 5e-4, 4e-4, 2.1e-3],
        }
    }

    /// Made with astropy: `WCS.all_pix2world(40.0, 70.0, 1)`.
    const ASTROPY: [(&str, f64, f64); 5] = [
        ("TAN", 0.011835331025054074, 60.129272983704666),
        ("SIN", 0.011835387217558946, 60.12927331507856),
        ("ARC", 0.01183536848662925, 60.12927320462021),
        ("ZEA", 0.011835373169333252, 60.12927323223477),
        ("STG", 0.011835359121221245, 60.1292731493912),
    ];

    #[test]
    fn the_sky_is_astropys() {
        // astropy.wcs.WCS(...).all_pix2world(40.0, 70.0, 1) of the same header, and of the other projections.
        for (projection, ra, dec) in ASTROPY {
            let (found_ra, found_dec) = wcs(projection).sky(40.0, 70.0).unwrap();
            assert!((found_ra - ra).abs() < 1e-10, "{projection}: {found_ra}");
            assert!((found_dec - dec).abs() < 1e-10, "{projection}: {found_dec}");
        }
        let mut swapped = wcs("TAN");
        swapped.ctype.reverse();
        swapped.crval.reverse();
        swapped.cd = [4e-4, 2.1e-3, -2e-3, 5e-4];
        assert_eq!(swapped.sky(40.0, 70.0), wcs("TAN").sky(40.0, 70.0));
        assert_eq!(wcs("CAR").sky(1.0, 1.0), None);
        let (ra, dec) = wcs("TAN").sky(30.5, 10.25).unwrap();
        assert!((ra - 359.99).abs() < 1e-12 && (dec - 60.0).abs() < 1e-12);
        let mut wide = wcs("SIN");
        wide.cd = [10.0, 0.0, 0.0, 10.0];
        assert_eq!(wide.sky(60.0, 60.0), None, "beyond the horizon");
    }

    #[test]
    fn a_cutout_keeps_its_place_in_the_sky() {
        let whole = wcs("TAN");
        let (height, (x, y, half)) = (100, (37.3, 20.6, 17.0));
        let cut = whole.cut(height, (x, y, half));
        // Pixel (k, r) of the cutout, from its top left, is this point of the picture.
        for (k, r) in [(0.0, 0.0), (63.0, 0.0), (31.5, 31.5), (10.0, 50.0)] {
            let from_left = x - half + (k + 0.5) * 2.0 * half / 64.0;
            let from_top = y - half + (r + 0.5) * 2.0 * half / 64.0;
            let there = whole.sky(from_left + 1.0, height as f64 - from_top).unwrap();
            let here = cut.sky(k + 1.0, 64.0 - r).unwrap();
            assert!((there.0 - here.0).abs() < 1e-10 && (there.1 - here.1).abs() < 1e-10);
        }
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
