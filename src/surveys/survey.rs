//! The surveys that pictures are cut from, as the CDS publishes them (HiPS, Fernique et al. 2015).

use super::target::Position;
use crate::refusal::Refusal;

/// What hips2fits is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Numbers of one band.
    Fits,
    /// A colour picture.
    Jpeg,
}

impl Form {
    /// The value of the parameter `format`, which is the file's extension as well.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Jpeg => "jpg",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Fits => "application/fits",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// One survey in one band, or in colour.
#[derive(Debug, PartialEq)]
pub struct Survey {
    /// A short name for addresses and file names.
    pub key: &'static str,
    /// The name to show.
    pub name: &'static str,
    /// The identifier of its HiPS.
    pub hips: &'static str,
    /// What to ask for.
    pub form: Form,
    /// Arcseconds that one pixel of the survey's camera (or scan) covers.
    pub pixel: f64,
    /// The declinations that it reaches, in degrees. Within them there may be gaps.
    pub declinations: (f64, f64),
    /// How much of the sky there is, in words.
    pub coverage: &'static str,
    /// Whom to credit.
    pub credit: &'static str,
}

const SDSS: &str = "Sloan Digital Sky Survey, data release 9 (www.sdss.org), as HiPS by the CDS, Strasbourg";
const PAN_STARRS: &str =
    "The Pan-STARRS1 Surveys, data release 1 (PS1 Science Consortium; STScI), as HiPS by the CDS, Strasbourg";
const LEGACY: &str =
    "DESI Legacy Imaging Surveys, data release 10 (www.legacysurvey.org), as HiPS by the CDS, Strasbourg";
const DSS: &str = "Digitized Sky Survey 2 (STScI/NASA; Palomar Observatory and UK Schmidt plates), as HiPS by the CDS, Strasbourg";

/// All surveys on offer, the default first: the model was trained on SDSS pictures.
pub const SURVEYS: [Survey; 7] = [
    Survey {
        key: "sdss-r",
        name: "SDSS9 r",
        hips: "CDS/P/SDSS9/r",
        form: Form::Fits,
        pixel: 0.396,
        declinations: (-26.0, 85.0),
        coverage: "a third of the sky, mostly north of the equator and away from the Milky Way",
        credit: SDSS,
    },
    Survey {
        key: "sdss-color",
        name: "SDSS9 colour",
        hips: "CDS/P/SDSS9/color",
        form: Form::Jpeg,
        pixel: 0.396,
        declinations: (-26.0, 85.0),
        coverage: "a third of the sky, mostly north of the equator and away from the Milky Way",
        credit: SDSS,
    },
    Survey {
        key: "panstarrs-r",
        name: "Pan-STARRS DR1 r",
        hips: "CDS/P/PanSTARRS/DR1/r",
        form: Form::Fits,
        pixel: 0.258,
        declinations: (-31.0, 90.0),
        coverage: "all of the sky north of declination -30",
        credit: PAN_STARRS,
    },
    Survey {
        key: "panstarrs-color",
        name: "Pan-STARRS DR1 colour",
        hips: "CDS/P/PanSTARRS/DR1/color-i-r-g",
        form: Form::Jpeg,
        pixel: 0.258,
        declinations: (-31.0, 90.0),
        coverage: "all of the sky north of declination -30",
        credit: PAN_STARRS,
    },
    Survey {
        key: "legacy-r",
        name: "DESI Legacy DR10 r",
        hips: "CDS/P/DESI-Legacy-Surveys/DR10/r",
        form: Form::Fits,
        pixel: 0.262,
        declinations: (-90.0, 90.0),
        coverage: "half of the sky, mostly south of declination +34 and away from the Milky Way; the deepest of these surveys",
        credit: LEGACY,
    },
    Survey {
        key: "legacy-color",
        name: "DESI Legacy DR10 colour",
        hips: "CDS/P/DESI-Legacy-Surveys/DR10/color",
        form: Form::Jpeg,
        pixel: 0.262,
        declinations: (-90.0, 90.0),
        coverage: "half of the sky, mostly south of declination +34 and away from the Milky Way; the deepest of these surveys",
        credit: LEGACY,
    },
    Survey {
        key: "dss2-red",
        name: "DSS2 red",
        hips: "CDS/P/DSS2/red",
        form: Form::Fits,
        pixel: 1.0,
        declinations: (-90.0, 90.0),
        coverage: "the whole sky, from photographic plates: bright centres are burnt out",
        credit: DSS,
    },
];

impl Survey {
    /// The survey of this key.
    pub fn by_key(key: &str) -> Option<&'static Self> {
        SURVEYS.iter().find(|survey| survey.key == key)
    }

    /// Says no to what is certainly not in the survey, before anything is sent.
    ///
    /// # Errors
    /// A [`Refusal`] that names the survey and its limits. Within them there can still be no picture: see
    /// [`super::hips2fits::Cutout::check`].
    pub fn check(&self, position: &Position) -> Result<(), Refusal> {
        let (south, north) = self.declinations;
        if (south..=north).contains(&position.dec) {
            return Ok(());
        }
        Err(Refusal::new(
            format!(
                "{} has no picture at declination {:.1}: it covers {}",
                self.name, position.dec, self.coverage
            ),
            "choose another survey; DSS2 covers the whole sky",
        ))
    }

    /// The refusal of a picture without content.
    pub fn uncovered(&self) -> Refusal {
        Refusal::new(
            format!(
                "{} has no picture of this place: it covers {}",
                self.name, self.coverage
            ),
            "choose another survey; DSS2 covers the whole sky",
        )
    }

    /// The name of the file that a cutout becomes: `M 51 (SDSS9 r).fits`.
    pub fn file_name(&self, label: &str) -> String {
        // Slashes would be folders, and other programs stumble over the rest.
        let label: String = label
            .chars()
            .map(|letter| match letter {
                '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
                letter if letter.is_control() => ' ',
                letter => letter,
            })
            .take(80)
            .collect();
        format!("{} ({}).{}", label.trim(), self.name, self.form.extension())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn surveys_can_be_told_apart() {
        let keys: BTreeSet<_> = SURVEYS.iter().map(|survey| survey.key).collect();
        let names: BTreeSet<_> = SURVEYS.iter().map(|survey| survey.name).collect();
        let hips: BTreeSet<_> = SURVEYS.iter().map(|survey| survey.hips).collect();
        assert_eq!((keys.len(), names.len(), hips.len()), (7, 7, 7));
        assert_eq!(
            Survey::by_key("dss2-red").map(|survey| survey.hips),
            Some("CDS/P/DSS2/red")
        );
        assert_eq!(Survey::by_key("galex"), None);
    }

    #[test]
    fn the_south_is_not_in_the_north() {
        let south = Position::new(13.2, -60.0).unwrap();
        let refusal = SURVEYS[0].check(&south).unwrap_err();
        assert!(
            refusal.reason.contains("SDSS9 r") && refusal.reason.contains("-60.0"),
            "{refusal}"
        );
        assert!(Survey::by_key("dss2-red").unwrap().check(&south).is_ok());
    }

    #[test]
    fn files_are_named_after_galaxy_and_survey() {
        assert_eq!(SURVEYS[0].file_name("M 51"), "M 51 (SDSS9 r).fits");
        assert_eq!(SURVEYS[1].file_name("a/b:c"), "a-b-c (SDSS9 colour).jpg");
    }
}
