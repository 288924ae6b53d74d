//! The celestial coordinates of an image. Those that cannot be read right are not read, and it says why.

use super::polynomial::{Polynomial, composed};
use crate::cutout::{Sip, Wcs};
use crate::fits::header::Header;

/// The highest order of a distortion.
const MAX_ORDER: i32 = 9;
/// Projections that are read.
const PROJECTIONS: &[&str] = &["TAN", "SIN", "ARC", "ZEA", "STG"];
/// Cards of distortions by tables, which are not supported.
const LOOKUPS: &[&str] = &["CPDIS1", "CPDIS2", "CQDIS1", "D2IMDIS1", "D2IMDIS2"];

/// Why there are no coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::intake) enum Missing {
    /// The header gives none of the sky.
    None,
    /// It gives some that are not supported, for this reason.
    Unread(String),
}

/// The coordinates, when they are equatorial (ICRS or FK5 of 2000) or galactic, in degrees, and zenithal without further
/// parameters but the distortions SIP and TPV.
///
/// # Errors
/// Why they were not read.
pub(in crate::intake) fn read(header: &Header) -> Result<Wcs, Missing> {
    let kind = |key: &str| header.text(key).map(str::to_ascii_uppercase).ok_or(Missing::None);
    let (first, second) = (kind("CTYPE1")?, kind("CTYPE2")?);
    let is_sky = |kind: &str| {
        ["RA--", "DEC-", "GLON", "GLAT", "ELON", "ELAT", "SLON", "SLAT"]
            .iter()
            .any(|sky| kind.starts_with(sky))
    };
    if !is_sky(&first) || !is_sky(&second) {
        return Err(Missing::None);
    }
    let unread = |why: String| Err(Missing::Unread(why));
    let bare = |kind: &str| kind.strip_suffix("-SIP").unwrap_or(kind).to_owned();
    let ctype = [bare(&first), bare(&second)];
    let projection = ctype[0].get(5..).unwrap_or_default().to_owned();
    if ctype[1].get(5..).unwrap_or_default() != projection {
        return unread(format!(
            "CTYPE1 = '{first}' and CTYPE2 = '{second}' do not go together"
        ));
    }
    let is_known = PROJECTIONS.contains(&projection.as_str()) || projection == "TPV";
    if !is_known {
        return unread(format!("the projection {projection} is not supported"));
    }
    let galactic = ctype.iter().all(|kind| kind.starts_with("GL"));
    let equatorial = ctype
        .iter()
        .all(|kind| kind.starts_with("RA") || kind.starts_with("DEC"));
    let system = header.text("RADESYS").or_else(|| header.text("RADECSYS"));
    let equinox = header.float("EQUINOX").or_else(|| header.float("EPOCH"));
    match system.map(str::to_ascii_uppercase).as_deref() {
        // These say nothing of galactic axes.
        _ if galactic => {}
        _ if !equatorial => return unread(format!("its axes ({first}) are neither equatorial nor galactic")),
        Some("ICRS") => {}
        Some("FK5") | Some("") | None if equinox.is_none_or(|year| year == 2000.0) => {}
        system => {
            let year = equinox.map(|year| format!(" of {year}")).unwrap_or_default();
            let system = system.filter(|system| !system.is_empty()).unwrap_or("equinox");
            return unread(format!("they are those of {system}{year}, not of ICRS or 2000"));
        }
    }
    for key in ["CUNIT1", "CUNIT2"] {
        if let Some(unit) = header
            .text(key)
            .filter(|unit| !unit.is_empty() && !unit.to_ascii_lowercase().starts_with("deg"))
        {
            return unread(format!("{key} = '{unit}' are not degrees"));
        }
    }
    if let Some(pole) = header.float("LONPOLE").filter(|pole| *pole != 180.0) {
        return unread(format!("LONPOLE is {pole}"));
    }
    let number = |key: &str, usual: f64| header.float(key).unwrap_or(usual);
    let cd = matrix(header).map_err(Missing::Unread)?;
    let [a, b, c, d] = cd;
    let (Some(one), Some(two)) = (header.float("CRVAL1"), header.float("CRVAL2")) else {
        return unread("CRVAL1 or CRVAL2 is missing".to_owned());
    };
    if a * d - b * c == 0.0 {
        return unread("its matrix cannot be inverted".to_owned());
    }
    let sip = match sip(header) {
        Some(sip) => Some(sip),
        None => tpv(header, &projection, cd).map_err(Missing::Unread)?,
    };
    let ctype = ctype.map(|kind| kind.replace("TPV", "TAN"));
    let wcs = Wcs {
        ctype,
        crval: [one, two],
        crpix: [number("CRPIX1", 0.0), number("CRPIX2", 0.0)],
        cd,
        sip,
    };
    let [first, second] = wcs.crpix;
    match wcs.sky(first, second) {
        Some(_) => Ok(wcs),
        // What the projection cannot turn into a place is of no use to anybody.
        None => unread("they give no place".to_owned()),
    }
}

/// A sentence on coordinates that were not read, or not all of them; nothing when all is well.
pub(in crate::intake) fn doubt(header: &Header) -> Option<String> {
    match read(header) {
        Err(Missing::Unread(why)) => Some(format!("its celestial coordinates were left out: {why}")),
        Err(Missing::None) => None,
        Ok(_) => LOOKUPS.iter().find(|key| header.text(key).is_some()).map(|key| {
            format!(
                "its distortion by tables ({key}) was left out: places may be off by a fraction of a pixel"
            )
        }),
    }
}

/// Degrees for each pixel: CD1_1, CD1_2, CD2_1, CD2_2.
fn matrix(header: &Header) -> Result<[f64; 4], String> {
    let number = |key: &str, usual: f64| header.float(key).unwrap_or(usual);
    let any = |keys: [&str; 4]| keys.iter().any(|key| header.float(key).is_some());
    let (step1, step2) = (number("CDELT1", 1.0), number("CDELT2", 1.0));
    const CD: [&str; 4] = ["CD1_1", "CD1_2", "CD2_1", "CD2_2"];
    if any(CD) {
        return Ok(CD.map(|key| number(key, 0.0)));
    }
    // The second way is that of drafts of the standard.
    for keys in [
        ["PC1_1", "PC1_2", "PC2_1", "PC2_2"],
        ["PC001001", "PC001002", "PC002001", "PC002002"],
    ] {
        if any(keys) {
            let [one, two, three, four] = keys;
            return Ok([
                number(one, 1.0) * step1,
                number(two, 0.0) * step1,
                number(three, 0.0) * step2,
                number(four, 1.0) * step2,
            ]);
        }
    }
    if header.float("CDELT1").is_none() || header.float("CDELT2").is_none() {
        return Err("the size of its pixels is missing (CDELT, PC or CD)".to_owned());
    }
    if header.float("CROTA2").is_none() && header.float("CROTA1").is_some_and(|turn| turn != 0.0) {
        return Err("CROTA1 tells a rotation and CROTA2 does not".to_owned());
    }
    let turn = number("CROTA2", 0.0) * (std::f64::consts::PI / 180.0);
    let (sine, cosine) = (libm::sin(turn), libm::cos(turn));
    Ok([step1 * cosine, -step2 * sine, step1 * sine, step2 * cosine])
}

/// The polynomials of a distortion in the SIP convention, where there are any; also where CTYPE keeps quiet about them, as
/// Spitzer's do.
fn sip(header: &Header) -> Option<Sip> {
    let terms = |letter: char| {
        let order = header.float(&format!("{letter}_ORDER"));
        let order = order.map_or(0, |order| order as i32).clamp(0, MAX_ORDER);
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

/// The powers of the terms of TPV by their numbers, of the axis itself and the other one; none for powers of the distance.
fn power(number: usize) -> Option<(usize, usize)> {
    // Numbers 0, 1 and 2 are of the orders 0 and 1; behind every odd order stands a power of the distance.
    let mut at = 0;
    for order in 0..=7 {
        for other in 0..=order {
            if at == number {
                return Some((order - other, other));
            }
            at += 1;
        }
        if order % 2 == 1 {
            at += 1;
        }
    }
    None
}

/// The distortion of the convention TPV, which SCAMP also writes for TAN, as that of SIP: polynomials of pixels instead of
/// degrees.
fn tpv(header: &Header, projection: &str, cd: [f64; 4]) -> Result<Option<Sip>, String> {
    let cards = |axis: usize| -> Vec<(usize, f64)> {
        (0..40)
            .filter_map(|m| Some((m, header.float(&format!("PV{axis}_{m}"))?)))
            .collect()
    };
    let (one, two) = (cards(1), cards(2));
    // PV1_0 to PV1_4 of a plain TAN are the places of its poles.
    let is_tpv =
        projection == "TPV" || projection == "TAN" && (!two.is_empty() || one.iter().any(|(m, _)| *m > 4));
    if !is_tpv {
        return match projection {
            "TAN" => Ok(None),
            _ if two.iter().any(|(_, value)| *value != 0.0) => Err(format!(
                "the parameters of its projection {projection} (PV2_1 and so on) are not supported"
            )),
            _ => Ok(None),
        };
    }
    let polynomial = |cards: &[(usize, f64)], is_second: bool| {
        let mut terms = vec![];
        if !cards.iter().any(|(m, _)| *m == 1) {
            terms.push(((1, 0), 1.0));
        }
        for (m, value) in cards.iter().filter(|(_, value)| *value != 0.0) {
            match power(*m) {
                Some(powers) => terms.push((powers, *value)),
                None => {
                    return Err(
                        "its distortion holds powers of the distance (PV1_3, PV1_11 and so on)".to_owned(),
                    );
                }
            }
        }
        if is_second {
            // Its own axis is the second.
            terms
                .iter_mut()
                .for_each(|((own, other), _)| std::mem::swap(own, other));
        }
        Ok(Polynomial(terms))
    };
    let (one, two) = (polynomial(&one, false)?, polynomial(&two, true)?);
    let [a, b, c, d] = cd;
    let area = a * d - b * c;
    let (x, y) = (composed(&one, [a, b], [c, d]), composed(&two, [a, b], [c, d]));
    // Back to pixels, and without the pixel itself, which SIP adds.
    let mut sip = Sip::default();
    let back = |first: f64, second: f64| [(d * first - b * second) / area, (a * second - c * first) / area];
    let powers: std::collections::BTreeSet<(usize, usize)> =
        x.0.iter().chain(&y.0).map(|(powers, _)| *powers).collect();
    for (p, q) in powers {
        let [mut u, mut v] = back(x.factor(p, q), y.factor(p, q));
        match (p, q) {
            (1, 0) => u -= 1.0,
            (0, 1) => v -= 1.0,
            _ => {}
        }
        sip.a.push((p as i32, q as i32, u));
        sip.b.push((p as i32, q as i32, v));
    }
    Ok(Some(sip))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wcs(header: &Header) -> Option<Wcs> {
        read(header).ok()
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
            "it cannot be inverted"
        );
        assert!(of(&[("CD1_1", "1.0"), ("CD2_2", "1.0"), ("CUNIT1", "'arcsec'")]).is_none());
        assert!(of(&[("CD1_1", "1.0"), ("CD2_2", "1.0"), ("LONPOLE", "90.0")]).is_none());
    }

    #[test]
    fn tpv_is_astropys() {
        let cards = [
            ("CTYPE1", "'RA---TPV'"),
            ("CTYPE2", "'DEC--TPV'"),
            ("CRVAL1", "150.1"),
            ("CRVAL2", "2.2"),
            ("CRPIX1", "512."),
            ("CRPIX2", "400."),
            ("CD1_1", "-7.3E-5"),
            ("CD1_2", "2E-6"),
            ("CD2_1", "1.5E-6"),
            ("CD2_2", "7.2E-5"),
            ("PV1_0", "1E-4"),
            ("PV1_1", "1.0003"),
            ("PV1_2", "-2E-4"),
            ("PV1_4", "3E-3"),
            ("PV1_5", "-2E-3"),
            ("PV1_7", "0.02"),
            ("PV2_0", "-2E-4"),
            ("PV2_1", "0.9998"),
            ("PV2_2", "1E-4"),
            ("PV2_4", "-1E-3"),
            ("PV2_6", "2E-3"),
            ("PV2_9", "-0.03"),
        ];
        let scamp = [&[("CTYPE1", "'RA---TAN'"), ("CTYPE2", "'DEC--TAN'")], &cards[..]].concat();
        for cards in [cards.to_vec(), scamp] {
            let wcs = wcs(&Header::of(&cards)).unwrap();
            // astropy.wcs.WCS(header).all_pix2world(x, y, 1)
            for (x, y, ra, dec) in [
                (40.0, 70.0, 150.133_941_337_684_12, 2.175_342_417_453_664_6),
                (900.0, 20.0, 150.070_992_263_971_68, 2.173_025_825_190_144),
            ] {
                let found = wcs.sky(x, y).unwrap();
                assert!(
                    (found.0 - ra).abs() < 1e-9 && (found.1 - dec).abs() < 1e-9,
                    "{found:?}"
                );
            }
        }
        let draft = wcs(&Header::of(&[
            ("CTYPE1", "'RA---TAN'"),
            ("CTYPE2", "'DEC--TAN'"),
            ("CRVAL1", "150.1"),
            ("CRVAL2", "2.2"),
            ("CRPIX1", "512."),
            ("CRPIX2", "400."),
            ("CDELT1", "-7.3E-5"),
            ("CDELT2", "7.2E-5"),
            ("PC001001", "0.8"),
            ("PC001002", "-.6"),
            ("PC002001", ".6"),
            ("PC002002", ".8"),
        ]));
        let found = draft.unwrap().sky(40.0, 70.0).unwrap();
        assert!(
            (found.0 - 150.113_120_124_071_3).abs() < 1e-9 && (found.1 - 2.160_601_549_616_582).abs() < 1e-9
        );
    }

    #[test]
    fn terms_have_numbers() {
        for (number, powers) in [
            (0, Some((0, 0))),
            (1, Some((1, 0))),
            (2, Some((0, 1))),
            (3, None),
            (4, Some((2, 0))),
            (6, Some((0, 2))),
            (7, Some((3, 0))),
            (10, Some((0, 3))),
            (11, None),
            (12, Some((4, 0))),
            (16, Some((0, 4))),
            (22, Some((0, 5))),
            (23, None),
            (31, Some((7, 0))),
            (38, Some((0, 7))),
            (39, None),
        ] {
            assert_eq!(power(number), powers, "{number}");
        }
    }

    #[test]
    fn what_is_not_read_is_told() {
        let doubt_of = |more: &[(&str, &str)]| {
            let base = [
                ("CTYPE1", "'RA---TAN'"),
                ("CTYPE2", "'DEC--TAN'"),
                ("CRVAL1", "10.0"),
                ("CRVAL2", "-20.0"),
                ("CD1_1", "-1E-4"),
                ("CD2_2", "1E-4"),
            ];
            // The first of two cards counts.
            doubt(&Header::of(&[more, &base[..]].concat())).unwrap_or_default()
        };
        for (cards, words) in [
            (
                &[("CTYPE1", "'RA---TNX'"), ("CTYPE2", "'DEC--TNX'")][..],
                "projection TNX",
            ),
            (&[("EQUINOX", "1950.0")], "1950"),
            (&[("RADESYS", "'FK4'")], "FK4"),
            (&[("CUNIT1", "'arcsec'")], "not degrees"),
            (&[("LONPOLE", "90.0")], "LONPOLE"),
            (&[("CTYPE2", "'DEC--SIN'")], "do not go together"),
            (&[("CPDIS1", "'LOOKUP'")], "by tables"),
            (&[("PV1_3", "0.1"), ("PV2_1", "1.0")], "powers of the distance"),
        ] {
            assert!(doubt_of(cards).contains(words), "{words}: {}", doubt_of(cards));
        }
        assert_eq!(doubt_of(&[]), "");
        assert_eq!(
            doubt(&Header::of(&[("CTYPE1", "'LINEAR'"), ("CTYPE2", "'LINEAR'")])),
            None
        );
    }
}
