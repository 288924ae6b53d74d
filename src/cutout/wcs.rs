//! World coordinates: from pixels to places in the sky.

use super::size::SIDE;
use crate::cutout::prepare::Orientation;

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
    /// The distortion of a picture. Cutouts have none: see [`Wcs::linear_at`].
    #[serde(skip)]
    pub sip: Option<Sip>,
}

/// A distortion in the SIP convention (Shupe et al. 2005): polynomials of the distance from the reference pixel, in pixels,
/// that are added to it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sip {
    /// `(p, q, A_p_q)`: what `u^p v^q` adds to the first coordinate.
    pub a: Vec<(i32, i32, f64)>,
    /// `(p, q, B_p_q)`: what it adds to the second.
    pub b: Vec<(i32, i32, f64)>,
}

impl Sip {
    /// The distorted place, and its derivatives by `u` and `v`: for each coordinate its value, then both.
    fn at(&self, u: f64, v: f64) -> [[f64; 3]; 2] {
        // Whole powers by multiplication: the same bits everywhere.
        let power = |base: f64, times: i32| (0..times).fold(1.0, |product, _| product * base);
        let sum = |terms: &[(i32, i32, f64)], mut start: [f64; 3]| {
            let [value, by_u, by_v] = &mut start;
            for &(p, q, factor) in terms {
                *value += factor * power(u, p) * power(v, q);
                *by_u += factor * f64::from(p) * power(u, p - 1) * power(v, q);
                *by_v += factor * f64::from(q) * power(u, p) * power(v, q - 1);
            }
            start
        };
        [sum(&self.a, [u, 1.0, 0.0]), sum(&self.b, [v, 0.0, 1.0])]
    }
}

/// From galactic longitude and latitude to right ascension and declination, all in degrees: the pole and the node of
/// Reid & Brunthaler 2004, which agree with ICRS to a tenth of an arcsecond.
fn from_galactic(longitude: f64, latitude: f64) -> (f64, f64) {
    const POLE: (f64, f64) = (192.859_481_206_534_8, 27.128_251_180_856_22);
    const NODE: f64 = 122.931_918_568_002_6;
    let radians = std::f64::consts::PI / 180.0;
    let (along, up, tilt) = ((NODE - longitude) * radians, latitude * radians, POLE.1 * radians);
    let (x, y, z) = (
        libm::cos(up) * libm::cos(along),
        libm::cos(up) * libm::sin(along),
        libm::sin(up),
    );
    let (sine, cosine) = (libm::sin(tilt), libm::cos(tilt));
    let toward = z * cosine - x * sine;
    let ra = POLE.0 + libm::atan2(y, toward) / radians;
    let dec = libm::atan2(z * sine + x * cosine, (y * y + toward * toward).sqrt()) / radians;
    (ra - 360.0 * libm::floor(ra / 360.0), dec)
}

impl Wcs {
    /// Right ascension and declination of a point, in degrees, also where the axes are galactic. `x` and `y` are in pixels as FITS counts them: from 1, at
    /// the pixels' centres, upwards. `None` for other axes, and projections other than the zenithal TAN, SIN, ARC, ZEA and STG,
    /// and beyond their horizon.
    pub fn sky(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let [first, second] = &self.ctype;
        let are = |one: &str, two: &str| first.starts_with(one) && second.starts_with(two);
        let galactic = are("GLON", "GLAT") || are("GLAT", "GLON");
        let swapped = are("DEC-", "RA--") || are("GLAT", "GLON");
        if !(swapped || galactic || are("RA--", "DEC-")) {
            return None;
        }
        let projection = first.get(5..8)?;
        let [cd11, cd12, cd21, cd22] = self.cd;
        let [crpix1, crpix2] = self.crpix;
        let (mut dx, mut dy) = (x - crpix1, y - crpix2);
        if let Some(sip) = &self.sip {
            [[dx, ..], [dy, ..]] = sip.at(dx, dy);
        }
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
        let ra = ra - 360.0 * libm::floor(ra / 360.0);
        Some(if galactic {
            from_galactic(ra, dec)
        } else {
            (ra, dec)
        })
    }

    /// The same coordinates near a point, in pixels as FITS counts them, without the distortion: exact at the point, and to
    /// first order around it.
    #[must_use]
    pub fn linear_at(&self, x: f64, y: f64) -> Self {
        let Some(sip) = &self.sip else {
            return self.clone();
        };
        let [cd11, cd12, cd21, cd22] = self.cd;
        let [crpix1, crpix2] = self.crpix;
        let [[u, uu, uv], [v, vu, vv]] = sip.at(x - crpix1, y - crpix2);
        let area = uu * vv - uv * vu;
        if area == 0.0 || !area.is_finite() {
            // A distortion that cannot be inverted says nothing.
            return Self {
                sip: None,
                ..self.clone()
            };
        }
        Self {
            // From here to the point that the reference pixel would be at, were all as it is here.
            crpix: [x - (vv * u - uv * v) / area, y - (uu * v - vu * u) / area],
            cd: [
                cd11 * uu + cd12 * vu,
                cd11 * uv + cd12 * vv,
                cd21 * uu + cd22 * vu,
                cd21 * uv + cd22 * vv,
            ],
            ctype: self.ctype.clone(),
            crval: self.crval,
            sip: None,
        }
    }

    /// The coordinates of the cutout (64 x 64 pixels) of a square: its centre x and y and its half side, in pixels of a
    /// picture of `height` rows, where whole numbers are the pixels' centres, counted from 0 from the left and **from the
    /// top**.
    #[must_use]
    pub fn cut(&self, height: usize, (x, y, half): (f64, f64, f64)) -> Self {
        let scale = SIDE as f64 / (2.0 * half);
        let here = self.linear_at(x + 1.0, height as f64 - y);
        let [crpix1, crpix2] = here.crpix;
        // The reference pixel from the left and the top of the picture, then in pixels of the cutout.
        let (left, top) = (crpix1 - 1.0, height as f64 - crpix2);
        Self {
            ctype: self.ctype.clone(),
            crval: self.crval,
            crpix: [
                (left - (x - half)) * scale + 0.5,
                SIDE as f64 + 0.5 - (top - (y - half)) * scale,
            ],
            cd: here.cd.map(|degrees| degrees / scale),
            sip: None,
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
            sip: None,
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
            sip: None,
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

    /// The coordinates of the tests above, bent.
    fn bent() -> Wcs {
        let sip = Sip {
            a: vec![(2, 0, 2e-4), (1, 1, -1e-4), (0, 3, 1e-6)],
            b: vec![(0, 2, 3e-4), (2, 0, -5e-5)],
        };
        Wcs {
            sip: Some(sip),
            ..wcs("TAN")
        }
    }

    #[test]
    fn distortions_and_galactic_axes_are_astropys() {
        for ((x, y), (ra, dec)) in [
            ((40.0, 70.0), (0.012206442952049201, 60.131582412842505)),
            ((90.0, 20.0), (359.7586896702475, 60.04402153961934)),
        ] {
            let found = bent().sky(x, y).unwrap();
            assert!(
                (found.0 - ra).abs() < 1e-9 && (found.1 - dec).abs() < 1e-9,
                "{found:?}"
            );
        }
        let mut galactic = wcs("TAN");
        galactic.ctype = ["GLON-TAN".to_owned(), "GLAT-TAN".to_owned()];
        galactic.crval = [120.0, -30.0];
        let found = galactic.sky(40.0, 70.0).unwrap();
        // astropy's SkyCoord(l, b, frame="galactic").icrs: ours are those of FK5, within 0.1 arcseconds of ICRS.
        let apart = ((found.0 - 9.843166281375911) * 0.84, found.1 - 32.9326222781119);
        assert!(apart.0.hypot(apart.1) < 0.1 / 3600.0, "{found:?}");
        galactic.ctype.reverse();
        galactic.crval.reverse();
        galactic.cd = [4e-4, 2.1e-3, -2e-3, 5e-4];
        assert_eq!(galactic.sky(40.0, 70.0), Some(found));
    }

    #[test]
    fn a_small_cutout_of_a_bent_picture_is_straight() {
        let (height, (x, y, half)) = (100, (60.0, 30.0, 4.0));
        let cut = bent().cut(height, (x, y, half));
        assert_eq!(cut.sip, None);
        for (k, r, pixels) in [(31.5, 31.5, 1e-9), (20.0, 50.0, 0.01), (63.0, 0.0, 0.05)] {
            let from_left = x - half + (k + 0.5) * 2.0 * half / 64.0;
            let from_top = y - half + (r + 0.5) * 2.0 * half / 64.0;
            let there = bent().sky(from_left + 1.0, height as f64 - from_top).unwrap();
            let here = cut.sky(k + 1.0, 64.0 - r).unwrap();
            // A pixel of the picture is 2e-3 degrees.
            let apart = ((there.0 - here.0) * 0.5).hypot(there.1 - here.1) / 2e-3;
            assert!(apart < pixels, "({k}, {r}): {apart} pixels");
        }
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
    }
}
