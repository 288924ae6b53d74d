//! What an image's header says that it shows: a galaxy's light, or variances, masks and similar data.

use crate::fits::header::Unit;
use crate::intake::auxiliary::{Nature, of_kind, of_name, of_unit};

/// Why an image is not taken for a galaxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::intake) struct Reason {
    /// What it shows.
    pub nature: Nature,
    /// What says so, for a sentence: `EXTNAME = 'ERR' says`.
    pub stated: String,
}

/// Cards that name an image, the surest first.
const NAMES: &[&str] = &["EXTNAME", "HDUNAME", "EXTTYPE", "CONTENT"];
/// Cards that tell what kind of image it is. ESO writes HDUCLAS2 = 'ERROR', HDUCLAS3 = 'MSE'.
const KINDS: &[&str] = &[
    "IMAGETYP",
    "IMAGETYPE",
    "IMTYPE",
    "OBSTYPE",
    "FILETYPE",
    "PRODTYPE",
    "DATATYPE",
    "DATATYP",
    "HDUCLAS2",
    "HDUCLAS3",
];

/// What the header says against an image, if anything.
pub(in crate::intake) fn of(unit: &Unit) -> Option<Reason> {
    let header = &unit.header;
    let of_cards = |keys: &[&str], judge: fn(&str) -> Option<Nature>| {
        keys.iter().find_map(|key| {
            let text = header.text(key)?;
            let nature = judge(text).or_else(|| of_class(key, text))?;
            Some(Reason {
                nature,
                stated: format!("{key} = '{text}' says"),
            })
        })
    };
    let fitted = || {
        // GALFIT names the planes of its blocks so: the galaxy's name is in the first.
        let text = header.text("OBJECT")?;
        let nature = match text.to_ascii_lowercase().as_str() {
            "model" => Nature::Model,
            "residual" | "residual map" | "residuals" => Nature::Residual,
            _ => return None,
        };
        Some(Reason {
            nature,
            stated: format!("OBJECT = '{text}' says"),
        })
    };
    // Each bit of a mask has a card in the pipelines of Rubin, Subaru's HSC and similar ones.
    let planes = || {
        ["MP_BAD", "MP_SAT", "MP_CR", "MP_EDGE"]
            .iter()
            .find(|key| header.int(key).is_some())
            .map(|key| Reason {
                nature: Nature::Mask,
                stated: format!("{key}, the card of a mask's bit, says"),
            })
    };
    let unit_says = || {
        let text = header.text("BUNIT")?;
        Some(Reason {
            nature: of_unit(text)?,
            stated: format!("its unit '{text}' says"),
        })
    };
    of_cards(NAMES, of_name)
        .or_else(|| of_cards(KINDS, of_kind))
        .or_else(fitted)
        .or_else(planes)
        .or_else(unit_says)
}

/// The words of HDUCLAS3 that are no words elsewhere.
fn of_class(key: &str, text: &str) -> Option<Nature> {
    let text = text.to_ascii_uppercase();
    match text.as_str() {
        _ if !key.starts_with("HDUCLAS") => None,
        "MSE" => Some(Nature::Variance),
        "INVMSE" => Some(Nature::InverseVariance),
        "RMSE" | "INVRMSE" => Some(Nature::Error),
        _ if text.starts_with("MASK") || text.starts_with("FLAG") => Some(Nature::Mask),
        _ => None,
    }
}

/// A name for an image without one, from the card that tells its kind.
pub(in crate::intake) fn title(unit: &Unit) -> String {
    NAMES
        .iter()
        .chain(&["IMAGETYP", "OBSTYPE"])
        .filter_map(|key| unit.header.text(key))
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::header::{Header, Holds};

    fn nature(cards: &[(&str, &str)]) -> Option<Nature> {
        let unit = Unit {
            index: 1,
            header: Header::of(cards),
            holds: Holds::Image,
            data: 0..0,
        };
        of(&unit).map(|reason| reason.nature)
    }

    #[test]
    fn cards_of_many_pipelines() {
        use Nature::{Error, InverseVariance, Mask, Model, Residual, Variance};
        for (key, value, expected) in [
            ("IMAGETYP", "'INVVAR'", Some(InverseVariance)),
            ("EXTTYPE", "'VARIANCE'", Some(Variance)),
            ("HDUCLAS2", "'ERROR'", Some(Error)),
            ("HDUCLAS3", "'MSE'", Some(Variance)),
            ("HDUCLAS2", "'QUALITY'", Some(Mask)),
            ("HDUCLAS2", "'DATA'", None),
            ("OBJECT", "'model'", Some(Model)),
            ("OBJECT", "'residual map'", Some(Residual)),
            ("OBJECT", "'Model Galaxy 5'", None),
            ("MP_BAD", "0", Some(Mask)),
            ("BUNIT", "'count^2'", Some(Variance)),
            ("BUNIT", "'count'", None),
            ("IMAGETYP", "'IMAGE'", None),
            ("OBSTYPE", "'OBJECT'", None),
        ] {
            assert_eq!(nature(&[(key, value)]), expected, "{key} {value}");
        }
    }
}
