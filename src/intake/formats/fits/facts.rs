//! What headers say about a galaxy: its name, place, filter and coordinates.

use super::coordinates;
use crate::cutout::About;
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

/// The facts of an image. `more` is the primary header where it applies to this image too. `flat` tells that the
/// picture's axes are the header's first two.
pub(in crate::intake) fn about(header: &Header, more: Option<&Header>, flat: bool) -> About {
    let wcs = if flat {
        coordinates::read(header).ok()
    } else {
        None
    };
    let headers = [Some(header), more];
    let headers = || headers.into_iter().flatten();
    let (ra, dec) = headers().find_map(place).unzip();
    About {
        object: headers().find_map(|header| named(header, &OBJECT)),
        ra,
        dec,
        filter: headers().find_map(filter),
        wcs,
        ..About::default()
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
}
