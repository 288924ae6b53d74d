//! What headers say about a galaxy: its name, place, filter and coordinates.

use crate::cutout::{About, Sip, Wcs};
use crate::fits::header::Header;
use crate::intake::angle::sexagesimal;

/// Keywords that name the target, the best first.
const OBJECT: [&str; 5] = ["OBJECT", "TARGNAME", "TARGET", "OBJNAME", "OBJ_NAME"];
/// Keywords of one filter, the best first; Hubble's two wheels are seen to apart.
const FILTER: [&str; 6] = ["FILTER", "INSFILTE", "BAND", "FILTNAM", "FILT", "FILTNAM1"];
/// Pairs of keywords of the target's place, the best first.
const PLACES: [(&str, &str); 5] = [
    ("RA", "DEC"),
    ("RA_TARG", "DEC_TARG"),
    ("RA_OBJ", "DEC_OBJ"),
    ("OBJCTRA", "OBJCTDEC"),
    ("RAJ2000", "DEJ2000"),
];

/// The facts of an image. `more` is the primary header where it speaks for this image too. `flat` tells that the
/// picture's axes are the header's first two.
pub(in crate::intake) fn about(header: &Header, more: Option<&Header>, flat: bool) -> About {
    let wcs = if flat { wcs(header) } else { None };
    let headers = [Some(header), more];
    let headers = || headers.into_iter().flatten();
    let (ra, dec) = headers().find_map(place).unzip();
    About {
        object: headers().find_map(|header| named(header, &OBJECT)),
        ra,
        dec,
        filter: headers().find_map(filter),
        wcs,
        columns: Default::default(),
    }
}

/// The first of these text cards that says something.
fn named(header: &Header, keys: &[&str]) -> Option<String> {
    let card = |key: &&str| header.text(key).filter(|text| !text.is_empty());
    keys.iter().find_map(card).map(str::to_owned)
}

fn filter(header: &Header) -> Option<String> {
    named(header, &FILTER).or_else(|| {
        // Two wheels: what is clear is no filter.
        let wheel = |key: &str| {
            let text = header.text(key)?.to_owned();
            let upper = text.to_ascii_uppercase();
            let empty = ["CLEAR", "OPEN", "NONE", "EMPTY", "N/A"];
            (!upper.is_empty() && !empty.iter().any(|word| upper.starts_with(word))).then_some(text)
        };
        match (wheel("FILTER1"), wheel("FILTER2")) {
            (Some(one), Some(two)) => Some(format!("{one}, {two}")),
            (one, two) => one.or(two),
        }
    })
}

/// The target's place by keywords, in degrees.
fn place(header: &Header) -> Option<(f64, f64)> {
    PLACES.iter().find_map(|(ra, dec)| {
        let angle = |key: &str, is_ra: bool| {
            header
                .float(key)
                .or_else(|| header.text(key).and_then(|text| angle(text, is_ra)))
        };
        within(angle(ra, true)?, angle(dec, false)?)
    })
}

/// A place in the sky, if these degrees are one.
pub(in crate::intake) fn within(ra: f64, dec: f64) -> Option<(f64, f64)> {
    ((-360.0..=360.0).contains(&ra) && (-90.0..=90.0).contains(&dec))
        .then_some((if ra < 0.0 { ra + 360.0 } else { ra }, dec))
}

/// An angle in degrees from text: a number, or sixtieths.
fn angle(text: &str, is_ra: bool) -> Option<f64> {
    match text.trim().parse::<f64>() {
        Ok(degrees) => Some(degrees).filter(|degrees| degrees.is_finite()),
        Err(_) => sexagesimal(text, is_ra),
    }
}

/// The highest order of a distortion.
const MOST_ORDER: i32 = 9;

/// The polynomials of a distortion in the SIP convention, where there are any.
fn sip(header: &Header) -> Option<Sip> {
    let terms = |letter: char| {
        let order = header.float(&format!("{letter}_ORDER"));
        let order = order.map_or(0, |order| order as i32).clamp(0, MOST_ORDER);
        let all = (0..=order).flat_map(|p| (0..=order - p).map(move |q| (p, q)));
        all.filter_map(|(p, q)| Some((p, q, header.float(&format!("{letter}_{p}_{q}"))?)))
            .collect::<Vec<_>>()
    };
    let sip = Sip {
        a: terms('A'),
        b: terms('B'),
    };
    (!sip.a.is_empty() || !sip.b.is_empty()).then_some(sip)
}

/// The celestial coordinates of an image, when they are equatorial (ICRS or FK5 of 2000) or galactic, in degrees, and
/// zenithal without further parameters but SIP's.
fn wcs(header: &Header) -> Option<Wcs> {
    let is_distorted = header.text("CTYPE1").is_some_and(|text| text.ends_with("-SIP"));
    let kind = |key: &str| {
        let text = header.text(key)?.to_ascii_uppercase();
        Some(text.strip_suffix("-SIP").map_or(text.clone(), str::to_owned))
    };
    let ctype = [kind("CTYPE1")?, kind("CTYPE2")?];
    let galactic = ctype.iter().all(|kind| kind.starts_with("GL"));
    let system = header.text("RADESYS").or_else(|| header.text("RADECSYS"));
    let equinox = header.float("EQUINOX").or_else(|| header.float("EPOCH"));
    match system.map(str::to_ascii_uppercase).as_deref() {
        // These say nothing of galactic axes.
        _ if galactic => {}
        Some("ICRS") => {}
        Some("FK5") | Some("") | None if equinox.is_none_or(|year| year == 2000.0) => {}
        _ => return None,
    }
    let degrees = |key: &str| {
        header
            .text(key)
            .is_none_or(|unit| unit.is_empty() || unit.starts_with("deg"))
    };
    if !degrees("CUNIT1") || !degrees("CUNIT2") {
        return None;
    }
    if header.float("LONPOLE").is_some_and(|pole| pole != 180.0) {
        return None;
    }
    let number = |key: &str, usual: f64| header.float(key).unwrap_or(usual);
    let any = |keys: [&str; 4]| keys.iter().any(|key| header.float(key).is_some());
    let (step1, step2) = (number("CDELT1", 1.0), number("CDELT2", 1.0));
    let cd = if any(["CD1_1", "CD1_2", "CD2_1", "CD2_2"]) {
        ["CD1_1", "CD1_2", "CD2_1", "CD2_2"].map(|key| number(key, 0.0))
    } else if any(["PC1_1", "PC1_2", "PC2_1", "PC2_2"]) {
        [
            number("PC1_1", 1.0) * step1,
            number("PC1_2", 0.0) * step1,
            number("PC2_1", 0.0) * step2,
            number("PC2_2", 1.0) * step2,
        ]
    } else {
        let turn = number("CROTA2", 0.0) * (std::f64::consts::PI / 180.0);
        let (sine, cosine) = (libm::sin(turn), libm::cos(turn));
        [step1 * cosine, -step2 * sine, step1 * sine, step2 * cosine]
    };
    let [a, b, c, d] = cd;
    let wcs = Wcs {
        ctype,
        crval: [header.float("CRVAL1")?, header.float("CRVAL2")?],
        crpix: [number("CRPIX1", 0.0), number("CRPIX2", 0.0)],
        cd,
        sip: if is_distorted { sip(header) } else { None },
    };
    let [first, second] = wcs.crpix;
    // What the projection cannot turn into a place is of no use to anybody.
    (a * d - b * c != 0.0 && wcs.sky(first, second).is_some()).then_some(wcs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_read() {
        assert_eq!(angle("187.5", true), Some(187.5), "a single number is degrees");
        assert_eq!(angle("12h30m00s", true), Some(187.5));
        assert_eq!(angle("187d30m00s", true), Some(187.5), "degrees are no hours");
        assert_eq!(angle("nan", false), None);
        assert_eq!(within(-1.0, 5.0), Some((359.0, 5.0)));
        assert_eq!(within(1.0, 91.0), None);
    }

    #[test]
    fn headers_are_understood() {
        let header = Header::of(&[
            ("OBJECT", "'  '"),
            ("TARGNAME", "'M 51    '"),
            ("FILTER1", "'CLEAR1L '"),
            ("FILTER2", "'F814W   '"),
            ("RA", "'13:29:24.00'"),
            ("DEC", "'47:15:34.00'"),
        ]);
        let about = about(&header, None, true);
        assert_eq!(about.object.as_deref(), Some("M 51"));
        assert_eq!(about.filter.as_deref(), Some("F814W"));
        assert!((about.ra.unwrap() - 202.35).abs() < 1e-9, "{about:?}");
        assert!((about.dec.unwrap() - 47.259_444_444).abs() < 1e-8, "{about:?}");
        assert_eq!(about.wcs, None);
        // What the image does not say, the primary header may.
        let inherited = crate::intake::formats::fits::facts::about(
            &Header::of(&[("OBJECT", "'it'")]),
            Some(&header),
            true,
        );
        assert_eq!(
            (inherited.object.as_deref(), inherited.filter.as_deref()),
            (Some("it"), Some("F814W"))
        );
    }

    #[test]
    fn three_ways_to_write_a_matrix() {
        let base = [
            ("CTYPE1", "'RA---TAN-SIP'"),
            ("CTYPE2", "'DEC--TAN-SIP'"),
            ("CRVAL1", "10.0"),
            ("CRVAL2", "-20.0"),
            ("CRPIX1", "5.0"),
            ("CRPIX2", "6.0"),
        ];
        let of = |more: &[(&str, &str)]| wcs(&Header::of(&[&base[..], more].concat()));
        let cd = of(&[("CD1_1", "-1E-4"), ("CD2_2", "1E-4")]).unwrap();
        assert_eq!(cd.cd, [-1e-4, 0.0, 0.0, 1e-4]);
        assert_eq!(cd.ctype[0], "RA---TAN");
        let pc = of(&[("CDELT1", "-2E-4"), ("CDELT2", "2E-4"), ("PC1_2", "0.5")]).unwrap();
        assert_eq!(pc.cd, [-2e-4, -1e-4, 0.0, 2e-4]);
        let turned = of(&[("CDELT1", "-1.0"), ("CDELT2", "1.0"), ("CROTA2", "90.0")]).unwrap();
        for (found, wanted) in turned.cd.iter().zip([0.0, -1.0, -1.0, 0.0]) {
            assert!((found - wanted).abs() < 1e-12, "{turned:?}");
        }
        let bent = of(&[
            ("CD1_1", "-1E-4"),
            ("CD2_2", "1E-4"),
            ("A_ORDER", "2"),
            ("A_2_0", "3E-5"),
            ("A_0_3", "1.0"),
            ("B_ORDER", "2"),
            ("B_1_1", "-2E-5"),
        ]);
        let bent = bent.unwrap().sip.unwrap();
        assert_eq!((bent.a, bent.b), (vec![(2, 0, 3e-5)], vec![(1, 1, -2e-5)]));
        let galactic = [
            ("CTYPE1", "'GLON-TAN'"),
            ("CTYPE2", "'GLAT-TAN'"),
            ("CRVAL1", "120.0"),
            ("CRVAL2", "-30.0"),
            ("CD1_1", "-1E-4"),
            ("CD2_2", "1E-4"),
        ];
        assert!(wcs(&Header::of(&galactic)).is_some());
        assert!(of(&[("CD1_1", "1.0"), ("RADESYS", "'FK4'")]).is_none());
        assert!(of(&[("CD1_1", "1.0"), ("CD2_2", "1.0"), ("EQUINOX", "1950.0")]).is_none());
        assert!(
            of(&[("CD1_1", "1.0"), ("CD1_2", "1.0")]).is_none(),
            "it cannot be turned round"
        );
        assert!(of(&[("CD1_1", "1.0"), ("CD2_2", "1.0"), ("CUNIT1", "'arcsec'")]).is_none());
        assert!(of(&[("CD1_1", "1.0"), ("CD2_2", "1.0"), ("LONPOLE", "90.0")]).is_none());
    }
}
