//! The cutter hips2fits of the CDS: it cuts a picture of any size out of a survey (Boch et al. 2020).
//!
//! `GET .../hips2fits?hips=...&width=...&height=...&fov=...&ra=...&dec=...&projection=TAN&coordsys=icrs&format=fits`. See
//! <https://alasky.cds.unistra.fr/hips-image-services/hips2fits>. A place that the survey does not cover is no error to it:
//! a FITS file comes full of NaN (or of one value), a JPEG in one colour. [`Cutout::check`] and [`is_blank`] find that out.

use super::request::encoded;
use super::survey::{Form, Survey};
use super::target::Position;
use crate::refusal::Refusal;

/// The longest answer, in bytes: 256 by 256 numbers of 8 bytes are half a megabyte.
pub const MAX_BYTES: usize = 8_000_000;

/// One picture to cut out.
#[derive(Clone, Debug, PartialEq)]
pub struct Cutout {
    /// From where.
    pub survey: &'static Survey,
    /// Its centre.
    pub position: Position,
    /// Its width, in degrees.
    pub field: f64,
    /// Its width and height, in pixels.
    pub side: usize,
}

impl Cutout {
    /// The address that asks for the picture, north up and east left. `base` is the service's.
    ///
    /// The digits are rounded to 0.00036 arcseconds, so that the same place has the same address.
    pub fn request(&self, base: &str) -> String {
        format!(
            "{base}?hips={}&width={side}&height={side}&fov={:.7}&ra={:.7}&dec={:.7}&projection=TAN&coordsys=icrs&format={}",
            encoded(self.survey.hips),
            self.field,
            self.position.ra,
            self.position.dec,
            self.survey.form.extension(),
            side = self.side,
        )
    }

    /// Checks that an answer is the picture that was asked for, and, for FITS, that the survey has something there.
    ///
    /// # Errors
    /// A [`Refusal`] that says what came instead, or that the survey has no picture of this place.
    pub fn check(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let is_right = match self.survey.form {
            Form::Fits => bytes.starts_with(b"SIMPLE  ="),
            Form::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]),
        };
        if !is_right {
            let what = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
                None => "nothing",
                Some(b'<') => "a web page",
                Some(b'{') => "a message",
                Some(_) => "something else",
            };
            return Err(Refusal::new(
                format!("hips2fits sent {what} instead of a picture"),
                "fetch this one again later, or choose another survey",
            ));
        }
        if self.survey.form == Form::Fits && fits_is_blank(bytes) {
            return Err(self.survey.uncovered());
        }
        Ok(())
    }
}

/// True when no two pixels of a decoded picture (red, green, blue, alpha) differ by more than what JPEG makes of one
/// colour.
pub fn is_blank(rgba: &[u8]) -> bool {
    const SAME: u8 = 3;
    let (pixels, _) = rgba.as_chunks::<4>();
    let Some([red, green, blue, _]) = pixels.first() else {
        return true;
    };
    pixels.iter().all(|[r, g, b, _]| {
        r.abs_diff(*red) <= SAME && g.abs_diff(*green) <= SAME && b.abs_diff(*blue) <= SAME
    })
}

/// True when the first picture of a FITS file is all NaN or all one value. A file that this does not understand is not
/// blank: the reader of FITS files has its own words for it.
fn fits_is_blank(bytes: &[u8]) -> bool {
    let Some((bitpix, data)) = first_picture(bytes) else {
        return false;
    };
    let floats = bitpix < 0;
    let size = bitpix.unsigned_abs() as usize / 8;
    let mut first: Option<&[u8]> = None;
    for value in data.chunks_exact(size) {
        let is_nan = floats
            && match *value {
                [a, b, c, d] => f32::from_be_bytes([a, b, c, d]).is_nan(),
                [a, b, c, d, e, f, g, h] => f64::from_be_bytes([a, b, c, d, e, f, g, h]).is_nan(),
                _ => false,
            };
        if is_nan {
            continue;
        }
        match first {
            None => first = Some(value),
            Some(one) if one != value => return false,
            Some(_) => {}
        }
    }
    true
}

/// BITPIX and the data of the primary array. `None` when the header is not that of a plain picture.
fn first_picture(bytes: &[u8]) -> Option<(i64, &[u8])> {
    const BLOCK: usize = 2880;
    let (mut bitpix, mut axes) = (0, Vec::new());
    let (cards, _) = bytes.as_chunks::<80>();
    let mut end = None;
    for (index, card) in cards.iter().enumerate().take(1_000) {
        let text = std::str::from_utf8(card).ok()?;
        if text.trim_end() == "END" {
            end = Some(index + 1);
            break;
        }
        let Some((key, value)) = text.split_once('=') else {
            continue;
        };
        let value = || value.split('/').next()?.trim().parse::<i64>().ok();
        match key.trim() {
            "BITPIX" => bitpix = value()?,
            "NAXIS" => {}
            axis if axis.starts_with("NAXIS") => axes.push(usize::try_from(value()?).ok()?),
            _ => {}
        }
    }
    let start = (end? * 80).div_ceil(BLOCK) * BLOCK;
    let known = matches!(bitpix, 8 | 16 | 32 | 64 | -32 | -64);
    let count = axes
        .iter()
        .try_fold(1_usize, |count, axis| count.checked_mul(*axis))?;
    let length = count.checked_mul(bitpix.unsigned_abs() as usize / 8)?;
    let data = bytes.get(start..start.checked_add(length)?)?;
    (known && !data.is_empty()).then_some((bitpix, data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surveys::size::field_of;
    use crate::surveys::survey::SURVEYS;

    fn cutout(key: &str) -> Cutout {
        let survey = Survey::by_key(key).unwrap();
        let (field, side) = field_of(11.2, survey).unwrap();
        Cutout {
            survey,
            position: Position::new(202.469575, 47.195258).unwrap(),
            field,
            side,
        }
    }

    fn fits(bitpix: i64, values: &[u8]) -> Vec<u8> {
        let count = values.len() * 8 / bitpix.unsigned_abs() as usize;
        let cards = [
            "SIMPLE  =                    T / FITS".to_owned(),
            format!("BITPIX  = {bitpix:>20} / bits"),
            "NAXIS   =                    2".to_owned(),
            format!("NAXIS1  = {count:>20}"),
            "NAXIS2  =                    1".to_owned(),
            "END".to_owned(),
        ];
        let mut bytes: Vec<u8> = cards
            .iter()
            .flat_map(|card| format!("{card:<80}").into_bytes())
            .collect();
        bytes.resize(2880, b' ');
        bytes.extend_from_slice(values);
        bytes.resize(bytes.len().next_multiple_of(2880), 0);
        bytes
    }

    fn floats(values: &[f32]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_be_bytes()).collect()
    }

    #[test]
    fn a_request_names_the_documented_parameters() {
        let base = "https://alasky.cds.unistra.fr/hips-image-services/hips2fits";
        assert_eq!(
            cutout("sdss-r").request(base),
            format!(
                "{base}?hips=CDS%2FP%2FSDSS9%2Fr&width=256&height=256&fov=0.3733333&ra=202.4695750&dec=47.1952580\
                 &projection=TAN&coordsys=icrs&format=fits"
            )
        );
        for survey in &SURVEYS {
            let url = cutout(survey.key).request(base);
            assert!(
                url.is_ascii() && !url.contains(' ') && url.ends_with(survey.form.extension()),
                "{url}"
            );
        }
    }

    #[test]
    fn a_place_outside_the_survey_is_found_out() {
        let sdss = cutout("sdss-r");
        for empty in [
            fits(-32, &floats(&[f32::NAN; 16])),
            fits(-32, &floats(&[0.0; 16])),
            fits(-64, &f64::NAN.to_be_bytes().repeat(4)),
            fits(16, &[0x80, 0].repeat(9)),
        ] {
            let refusal = sdss.check(&empty).unwrap_err();
            assert!(refusal.reason.contains("SDSS9 r has no picture"), "{refusal}");
            assert!(refusal.remedy.contains("DSS2"), "{refusal}");
        }
        let half = floats(&[f32::NAN, 1.0, 2.0, f32::NAN]);
        assert_eq!(sdss.check(&fits(-32, &half)), Ok(()));
        assert_eq!(sdss.check(&fits(16, &[0, 1, 0, 2])), Ok(()));
    }

    #[test]
    fn a_header_that_is_odd_is_left_to_the_reader() {
        let sdss = cutout("sdss-r");
        let whole = fits(-32, &floats(&[f32::NAN; 16]));
        for cut in [0, 9, 80, 479, 480, 2879, 2880, 2881] {
            let answer = sdss.check(&whole[..cut]);
            assert_eq!(answer.is_ok(), cut >= 9, "{cut}");
        }
        let huge =
            String::from_utf8_lossy(&whole[..480]).replace("                  16", "99999999999999999999");
        assert!(sdss.check(huge.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_picture_is_named() {
        for (bytes, word) in [
            (&b"\n<html>"[..], "a web page"),
            (br#"{"title":"Error"}"#, "a message"),
            (b"", "nothing"),
            (b"\xff\xd8\xff\xe0", "something else"),
        ] {
            let refusal = cutout("dss2-red").check(bytes).unwrap_err();
            assert!(refusal.reason.contains(word), "{refusal}");
        }
        assert!(cutout("sdss-color").check(b"\xff\xd8\xff\xe0").is_ok());
        assert!(cutout("sdss-color").check(b"SIMPLE  =").is_err());
    }

    #[test]
    fn one_colour_is_blank() {
        assert!(is_blank(&[]));
        assert!(is_blank(&[4, 5, 6, 255, 6, 5, 4, 255]));
        assert!(!is_blank(&[4, 5, 6, 255, 4, 5, 60, 255]));
    }
}
