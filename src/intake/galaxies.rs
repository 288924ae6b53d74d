//! From decoded pictures to prepared galaxies.

use super::picture::Picture;
use super::preparing::Failure;
use super::preparing::galaxy;
use crate::cutout::Recipe;
use crate::intake::report::field_view::FieldView;
use crate::intake::report::found::GalaxiesAndRemarks;
use crate::intake::report::question::Reading;
use crate::intake::{auxiliary, fields};
use crate::refusal::Refusal;

/// Prepares the pictures of a file. A picture of many galaxies gives each of them, and the picture with their boxes into
/// `field`.
pub(super) fn galaxies(
    name: &str,
    pictures: Vec<Picture>,
    mut remarks: Vec<String>,
    recipe: &Recipe,
    reading: &mut Reading,
    field: &mut Option<FieldView>,
) -> Result<GalaxiesAndRemarks, Refusal> {
    let several = pictures.len() > 1;
    if !several {
        auxiliary::ask(name, reading)?;
    }
    let (mut galaxies, mut failures) = (Vec::new(), Vec::new());
    for picture in pictures {
        if !several && fields::wanted(&picture.frame, recipe, reading)? {
            let found = fields::galaxies(name, &picture, recipe, reading)?;
            galaxies.extend(found.galaxies);
            failures.extend(found.failures);
            remarks.extend(picture.remarks);
            remarks.push(found.remark);
            *field = found.view;
            continue;
        }
        match galaxy(name, picture, recipe, reading.limits, reading.answers, several) {
            Ok(galaxy) => galaxies.push(galaxy),
            Err(failure) => failures.push(failure),
        }
    }
    if galaxies.is_empty() {
        let reason = failures
            .into_iter()
            .next()
            .map_or_else(|| "there is no picture in it".to_owned(), |failure| failure.why);
        return Err(Refusal::new(
            reason,
            "look at it in a viewer; switch preparation off if it is a cutout already",
        ));
    }
    remarks.extend(
        failures
            .into_iter()
            .map(|Failure { label, why }| format!("{label} was left out: {why}")),
    );
    Ok((galaxies, remarks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::About;
    use crate::cutout::simulate::galaxy as simulated;
    use crate::cutout::{Frame, SIDE, Tone, Wcs};
    use crate::intake::report::galaxy::{Galaxy, Preview};
    use crate::intake::report::question::Answers;
    use crate::limits::Limits;

    /// A galaxy with a bright knot away from its centre.
    fn with_knot(index: usize) -> Picture {
        let mut pixels = simulated(31, index).raw;
        for (at, value) in pixels.iter_mut().enumerate() {
            let (x, y) = ((at % SIDE) as f32 - 41.0, (at / SIDE) as f32 - 25.0);
            *value = 0.5 * *value + (-(x * x + y * y) / 4.5).exp();
        }
        let mut picture = Picture::new(SIDE, SIDE, pixels);
        picture.about.wcs = Some(Wcs {
            ctype: ["RA---TAN".to_owned(), "DEC--TAN".to_owned()],
            crval: [150.0, 2.0],
            crpix: [20.0, 40.0],
            cd: [-1e-4, 2e-5, 3e-5, 1.1e-4],
            sip: None,
        });
        picture
    }

    /// Where the knot is in the sky: the centre of light of its brightest part.
    fn knot(galaxy: &Galaxy) -> (f64, f64) {
        let brightest = galaxy.raw.iter().copied().fold(0.0_f32, f32::max);
        let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
        for (at, value) in galaxy.raw.iter().enumerate() {
            let above = f64::from((value - 0.6 * brightest).max(0.0));
            sum += above;
            x += above * (at % SIDE) as f64;
            y += above * (at / SIDE) as f64;
        }
        let wcs = galaxy.about.wcs.as_ref().unwrap();
        wcs.sky(x / sum + 1.0, SIDE as f64 - y / sum).unwrap()
    }

    #[test]
    fn a_turned_cutout_keeps_its_place_in_the_sky() {
        let (limits, answers) = (Limits::default(), Answers::default());
        let make = |index: usize, orient: bool| {
            let recipe = Recipe {
                orient,
                ..Recipe::default()
            };
            galaxy("g.fits", with_knot(index), &recipe, &limits, &answers, false).unwrap()
        };
        let (mut turned, mut flipped) = (0, [0, 0]);
        for index in 0..24 {
            let (before, after) = (make(index, false), make(index, true));
            let stated = after.about.columns["orientation"].as_str();
            if !stated.starts_with("Oriented") {
                assert_eq!(before.about.wcs, after.about.wcs);
                continue;
            }
            turned += 1;
            flipped[0] += usize::from(stated.contains("left to right"));
            flipped[1] += usize::from(stated.contains("top to bottom"));
            let (a, b) = (knot(&before), knot(&after));
            let [cd11, cd12, cd21, cd22] = before.about.wcs.as_ref().unwrap().cd;
            let pixel = (cd11 * cd22 - cd12 * cd21).abs().sqrt();
            let far = ((a.0 - b.0) * a.1.to_radians().cos()).hypot(a.1 - b.1) / pixel;
            assert!(far < 0.2, "galaxy {index} ({stated}): {far} pixels");
            let wcs = after.about.wcs.as_ref().unwrap();
            let centre = wcs.sky(32.5, 32.5).unwrap();
            assert_eq!(
                (after.about.ra, after.about.dec),
                (Some(centre.0), Some(centre.1))
            );
        }
        assert!(
            turned > 10 && flipped.iter().all(|n| *n > 0),
            "{turned} {flipped:?}"
        );
    }

    #[test]
    fn galaxies_of_a_field_do_not_take_its_name_and_place() {
        let scene = crate::cutout::simulate::FieldScene::default();
        let (frame, _) = crate::cutout::simulate::field(5, &scene);
        assert_eq!(frame.tone, Tone::Linear);
        let about = About {
            object: Some("Abell 2744".to_owned()),
            ra: Some(3.6),
            dec: Some(-30.4),
            filter: Some("F814W".to_owned()),
            ..About::default()
        };
        let limits = Limits {
            preview: 40,
            ..Limits::default()
        };
        let answers = Answers::default();
        let found = |wcs: Option<Wcs>| {
            let picture = Picture {
                about: About { wcs, ..about.clone() },
                frame: Frame { ..frame.clone() },
                ..Picture::new(0, 0, Vec::new())
            };
            let mut reading = Reading::new(&limits, &answers);
            fields::galaxies("a.fits", &picture, &Recipe::default(), &mut reading)
                .unwrap()
                .galaxies
        };
        let galaxies = found(None);
        assert!(galaxies.len() > 5, "{}", galaxies.len());
        for galaxy in &galaxies {
            let of = &galaxy.about;
            assert_eq!((&of.object, of.ra, of.dec), (&None, None, None));
            assert_eq!(of.filter.as_deref(), Some("F814W"));
        }
        let wcs = with_knot(0).about.wcs;
        let placed = found(wcs);
        assert!(placed.iter().all(|galaxy| galaxy.about.ra.is_some()));
        assert_ne!(placed[0].about.ra, placed[1].about.ra);
        // One drawing of the field, with a square of its own for each.
        let previews: Vec<&Preview> = placed
            .iter()
            .filter_map(|galaxy| galaxy.preview.as_ref())
            .collect();
        assert_eq!(previews.len(), placed.len());
        assert_eq!(previews[0].grey, previews[1].grey);
        assert_ne!(previews[0].square, previews[1].square);
    }
}
