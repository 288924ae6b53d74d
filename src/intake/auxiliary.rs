//! What is stored beside a picture and is no picture of a galaxy: variances, weights, masks, models and similar data, recognised by
//! names and units.

use super::report::key::QuestionKey;
use super::report::question::Reading;
use crate::refusal::Refusal;

/// What an image shows instead of a galaxy's light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::intake) enum Nature {
    Variance,
    InverseVariance,
    Error,
    Weight,
    Mask,
    Segmentation,
    Model,
    Residual,
    Psf,
    Coverage,
    Exposure,
    Background,
    Calibration,
}

impl Nature {
    /// For sentences: "it holds ...".
    pub(in crate::intake) fn words(self) -> &'static str {
        match self {
            Self::Variance => "variances",
            Self::InverseVariance => "inverse variances",
            Self::Error => "errors",
            Self::Weight => "weights",
            Self::Mask => "a mask",
            Self::Segmentation => "a segmentation map",
            Self::Model => "a model",
            Self::Residual => "residuals",
            Self::Psf => "a point spread function",
            Self::Coverage => "a map of how often each pixel was seen",
            Self::Exposure => "exposure times",
            Self::Background => "the background",
            Self::Calibration => "a calibration frame",
        }
    }
}

use Nature::{
    Background, Calibration, Coverage, Error, Exposure, InverseVariance, Mask, Model, Psf, Residual,
    Segmentation, Variance, Weight,
};

/// Words that say it wherever they are in a name.
const ANYWHERE: &[(&str, Nature)] = &[
    ("var", Variance),
    ("variance", Variance),
    ("variances", Variance),
    ("varmap", Variance),
    ("ivar", InverseVariance),
    ("ivars", InverseVariance),
    ("invvar", InverseVariance),
    ("invar", InverseVariance),
    ("invvariance", InverseVariance),
    ("inversevariance", InverseVariance),
    ("err", Error),
    ("errs", Error),
    ("error", Error),
    ("errors", Error),
    ("errmap", Error),
    ("errormap", Error),
    ("std", Error),
    ("stddev", Error),
    ("stdev", Error),
    ("sigma", Error),
    ("sigmap", Error),
    ("rms", Error),
    ("rmsmap", Error),
    ("noise", Error),
    ("noisemap", Error),
    ("unc", Error),
    ("uncert", Error),
    ("uncertainty", Error),
    ("uncertainties", Error),
    ("wht", Weight),
    ("wgt", Weight),
    ("wt", Weight),
    ("weight", Weight),
    ("weights", Weight),
    ("weightmap", Weight),
    ("whtmap", Weight),
    ("mask", Mask),
    ("masks", Mask),
    ("maskbits", Mask),
    ("msk", Mask),
    ("dq", Mask),
    ("dqf", Mask),
    ("quality", Mask),
    ("bitmask", Mask),
    ("bpm", Mask),
    ("badpix", Mask),
    ("badpixel", Mask),
    ("badpixels", Mask),
    ("flag", Mask),
    ("flags", Mask),
    ("flagmap", Mask),
    ("seg", Segmentation),
    ("segm", Segmentation),
    ("segmap", Segmentation),
    ("segment", Segmentation),
    ("segmentation", Segmentation),
    ("segmentations", Segmentation),
    ("segmask", Segmentation),
    ("model", Model),
    ("models", Model),
    ("bestfit", Model),
    ("resid", Residual),
    ("resids", Residual),
    ("residual", Residual),
    ("residuals", Residual),
    ("chi2", Residual),
    ("psf", Psf),
    ("psfs", Psf),
    ("psfsize", Psf),
    ("psfdepth", Coverage),
    ("galdepth", Coverage),
    ("nexp", Coverage),
    ("nobs", Coverage),
    ("coverage", Coverage),
    ("footprint", Coverage),
    ("exptime", Exposure),
    ("expmap", Exposure),
    ("expwt", Exposure),
    ("exposure", Exposure),
    ("exposures", Exposure),
    ("rrhr", Exposure),
    ("bkg", Background),
    ("bkgd", Background),
    ("background", Background),
];

/// Names that say it when nothing else is in the name.
const WHOLE: &[(&str, Nature)] = &[
    ("con", Coverage),
    ("ctx", Coverage),
    ("cov", Coverage),
    ("cvg", Coverage),
    ("area", Exposure),
    ("exp", Exposure),
    ("texp", Exposure),
    ("lsf", Psf),
    ("kernel", Psf),
    ("sky", Background),
    ("skybg", Background),
    ("bg", Background),
    ("bgd", Background),
    ("mod", Model),
    ("bad", Mask),
    ("depth", Coverage),
    ("res", Residual),
];

/// Words of cards that tell what was exposed.
const FRAMES: &[&str] = &[
    "bias", "zero", "dark", "flat", "domeflat", "skyflat", "arc", "lamp", "focus",
];

fn known(table: &[(&str, Nature)], word: &str) -> Option<Nature> {
    table
        .iter()
        .find(|(known, _)| *known == word)
        .map(|(_, nature)| *nature)
}

/// The words of a name, in small letters: `maskBits_2` is `mask`, `bits`, `2`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = !letter.is_alphanumeric() || letter.is_uppercase() && before.is_lowercase();
        if begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a word says, also with a number behind it or the letter of a filter before it (`err2`, `gpsf`).
fn of_word(word: &str) -> Option<Nature> {
    let bare = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    known(ANYWHERE, word)
        .or_else(|| known(ANYWHERE, bare))
        .or_else(|| {
            let rest = bare.strip_prefix(['g', 'r', 'i', 'z', 'y', 'u'])?;
            known(ANYWHERE, rest).filter(|_| rest.len() > 2 && rest != "masks")
        })
}

/// What a name (of an extension, a dataset, a band) says about an image; nothing for pictures of galaxies.
pub(in crate::intake) fn of_name(name: &str) -> Option<Nature> {
    let words = words(name);
    // `SCI_ERR`, `ERR`, but also `inv_var`, `bad pix` and `seg-map`.
    let pairs = words.windows(2).find_map(|pair| known(ANYWHERE, &pair.concat()));
    let whole: Vec<&String> = words.iter().filter(|word| !is_number(word)).collect();
    let alone = || match whole.as_slice() {
        [word] => known(
            WHOLE,
            word.trim_end_matches(|letter: char| letter.is_ascii_digit()),
        ),
        _ => None,
    };
    pairs
        .or_else(|| words.iter().rev().find_map(|word| of_word(word)))
        .or_else(alone)
}

/// What a card that tells the kind of an image says: IMAGETYP, OBSTYPE and others.
pub(in crate::intake) fn of_kind(kind: &str) -> Option<Nature> {
    let words = words(kind);
    if words.iter().any(|word| FRAMES.contains(&word.as_str())) {
        return Some(Calibration);
    }
    // An exposure is what a camera makes; here the word tells nothing.
    of_name(kind).filter(|nature| !matches!(nature, Exposure | Coverage))
}

/// Letters and numbers of filters that may stand behind what a file's name says: `invvar-r`, `img-m`.
const BEHIND: &[&str] = &[
    "g", "r", "i", "z", "y", "u", "v", "b", "j", "h", "k", "ks", "w1", "w2", "w3", "w4", "nuv", "fuv", "m",
    "n", "d", "nd", "fd", "drz", "drc", "i2d",
];
/// Words that say it at the end of a file's name, beside those that say it anywhere.
const ENDINGS: &[(&str, Nature)] = &[
    ("exp", Exposure),
    ("skybg", Background),
    ("cov", Coverage),
    ("bad", Mask),
];

/// What the end of a file's name says: `cutout-invvar.fits`, `skycell.unconv.mask.fits.gz`, `mask_12.png`.
pub(in crate::intake) fn of_file(path: &str) -> Option<Nature> {
    const EXTENSIONS: &[&str] = &[
        "fits", "fit", "fts", "gz", "fz", "bz2", "xz", "zst", "png", "jpg", "jpeg", "tif", "tiff", "npy",
        "bmp", "webp", "gif",
    ];
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let mut words = words(name);
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| EXTENSIONS.contains(&word.as_str()))
    {
        words.pop();
    }
    // A number counts the files, a letter names the filter.
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| is_number(word) || BEHIND.contains(&word.as_str()))
    {
        // `unwise-0000p000-w1-n-m` counts the exposures.
        let counts = words.last().is_some_and(|word| word == "n")
            && words
                .iter()
                .rev()
                .nth(1)
                .is_some_and(|word| ["w1", "w2", "w3", "w4"].contains(&word.as_str()));
        if counts {
            return Some(Coverage);
        }
        words.pop();
    }
    let last = words.last()?;
    let pair = || {
        words
            .get(words.len().checked_sub(2)?..)
            .and_then(|pair| known(ANYWHERE, &pair.concat()))
    };
    pair()
        .or_else(|| known(ANYWHERE, last))
        .or_else(|| known(ENDINGS, last))
}

/// Asks what is to become of a file that by its name holds weights, a mask or similar data: it is refused unless somebody
/// answers otherwise.
///
/// # Errors
/// A [`Refusal`] when it is not to be taken.
pub(in crate::intake) fn ask(name: &str, reading: &mut Reading) -> Result<(), Refusal> {
    let Some(nature) = of_file(name) else {
        return Ok(());
    };
    let words = nature.words();
    let options = vec!["leave it out".to_owned(), "take it as a galaxy".to_owned()];
    let text = format!("By its name the file holds {words}. What should be done with it?");
    match reading.choose(QuestionKey::Auxiliary, &text, options, 0)? {
        0 => Err(Refusal::new(
            format!("by its name it holds {words}, not a galaxy's light"),
            "if it is a galaxy all the same, answer `auxiliary` with `take it as a galaxy`, or rename the file",
        )),
        _ => Ok(()),
    }
}

/// What a unit says: squares of a brightness are variances, seconds are exposure times.
pub(in crate::intake) fn of_unit(unit: &str) -> Option<Nature> {
    let text: String = unit
        .to_ascii_lowercase()
        .replace(char::is_whitespace, "")
        .replace("**", "^");
    match text.as_str() {
        "s" | "sec" | "second" | "seconds" => return Some(Exposure),
        "bit" | "bits" | "bitmask" | "flag" | "flags" | "bool" | "boolean" => return Some(Mask),
        "1/variance" | "1/var" | "1/sigma^2" => return Some(InverseVariance),
        _ => {}
    }
    const LIGHT: &[&str] = &[
        "electrons",
        "electron",
        "e-",
        "counts",
        "count",
        "cts",
        "ct",
        "adu",
        "dn",
        "nanomaggies",
        "nanomaggy",
        "nmgy",
        "maggy",
        "maggies",
        "jy",
        "mjy",
        "njy",
        "ujy",
        "nanomaggys",
        "nmaggy",
    ];
    let square = |text: &str| {
        // The unit in its brackets, or by itself.
        let bare = text
            .strip_suffix("^2")
            .or_else(|| text.strip_suffix("^(2)"))
            .or_else(|| text.strip_suffix(")2").map(|_| text.trim_end_matches('2')));
        bare.is_some_and(|bare| LIGHT.contains(&bare) || bare.ends_with(')') && is_one_bracket(bare))
    };
    if square(&text) {
        return Some(Variance);
    }
    let inverse = text.strip_prefix("1/").is_some_and(|rest| {
        square(rest)
            || rest
                .strip_prefix('(')
                .and_then(|rest| rest.strip_suffix(')'))
                .is_some_and(square)
    });
    let negative = ["^-2", "^(-2)"].iter().find_map(|power| text.strip_suffix(power));
    let negative =
        negative.is_some_and(|bare| LIGHT.contains(&bare) || bare.ends_with(')') && is_one_bracket(bare));
    (inverse || negative).then_some(InverseVariance)
}

/// True when one pair of brackets holds the whole unit, or all but a number before it: `1e-40(erg/s/cm^2)`.
fn is_one_bracket(text: &str) -> bool {
    let mut depth = 0usize;
    // From its end back to the bracket that opens it.
    let open = text.char_indices().rev().find(|(_, letter)| {
        match letter {
            ')' => depth += 1,
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let before = open.and_then(|(at, _)| text.get(..at)).unwrap_or_default();
    text.ends_with(')')
        && before
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b".e+-^()*".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told() {
        for (name, nature) in [
            ("INVVAR", Some(InverseVariance)),
            ("inv_var", Some(InverseVariance)),
            ("MASKBITS", Some(Mask)),
            ("maskBits", Some(Mask)),
            ("SCI_ERR", Some(Error)),
            ("VAR_POISSON", Some(Variance)),
            ("ERR2", Some(Error)),
            ("GPSF", Some(Psf)),
            ("residual map", Some(Residual)),
            ("segmentation_maps", Some(Segmentation)),
            ("images_ivar", Some(InverseVariance)),
            ("EXP", Some(Exposure)),
            ("SKY", Some(Background)),
            ("img_1sigma", None),
            ("SCI", None),
            ("FLUX", None),
            ("images", None),
            ("masked_images", None),
            ("weighted", None),
            ("GIMG", None),
            ("COMPRESSED_IMAGE", None),
            ("sky_images", None),
        ] {
            assert_eq!(of_name(name), nature, "{name}");
        }
        assert_eq!(of_kind("Dark Frame"), Some(Calibration));
        assert_eq!(of_kind("INVVAR"), Some(InverseVariance));
        for light in ["object", "Light Frame", "IMAGE", "SCIENCE", "exposure"] {
            assert_eq!(of_kind(light), None, "{light}");
        }
    }

    #[test]
    fn files_are_told() {
        for (name, nature) in [
            ("legacysurvey-1895p012-invvar-r.fits.fz", Some(InverseVariance)),
            ("unwise-1890p000-w1-std-m.fits.gz", Some(Error)),
            ("unwise-1890p000-w1-n-m.fits", Some(Coverage)),
            ("unwise-1890p000-w1-img-m.fits", None),
            ("rings.v3.skycell.1405.053.stk.g.unconv.wt.fits", Some(Weight)),
            ("rings.v3.skycell.1405.053.stk.g.unconv.fits", None),
            ("a/b/NGC_5457_mask.png", Some(Mask)),
            ("mask_0012.png", Some(Mask)),
            ("AIS_123_sg12-nd-rrhr.fits", Some(Exposure)),
            ("AIS_123_sg12-nd-int.fits", None),
            ("hst_10775_f814w_wht.fits", Some(Weight)),
            ("psf_matched_ngc5.fits", None),
            ("587722952230502863.jpg", None),
            ("mask/spiral.png", None),
            ("unmasked.png", None),
        ] {
            assert_eq!(of_file(name), nature, "{name}");
        }
    }

    #[test]
    fn units_are_told() {
        for (unit, nature) in [
            ("nanomaggy^2", Some(Variance)),
            ("1/nanomaggy^2", Some(InverseVariance)),
            ("nanomaggies**-2", Some(InverseVariance)),
            ("(MJy/sr)^2", Some(Variance)),
            ("10**(-40)*(erg/s/cm**2/Angstrom)**2", Some(Variance)),
            ("1E-20 (erg / (s cm2))**2", Some(Variance)),
            ("1/(1E-17 erg/s/cm^2)^2", Some(InverseVariance)),
            ("s", Some(Exposure)),
            ("MJy/sr", None),
            ("erg/s/cm^2", None),
            ("mag/arcsec^2", None),
            ("nanomaggy/arcsec^2", None),
            ("electrons/s", None),
            ("W/(m^2 sr)", None),
            ("", None),
        ] {
            assert_eq!(of_unit(unit), nature, "{unit}");
        }
    }
}
