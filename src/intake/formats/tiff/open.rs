//! Opening a TIFF within the limits.

use crate::limits::Limits;
use crate::refusal::Refusal;
use std::io::Cursor;
use tiff::TiffError;
use tiff::decoder::Decoder;
use tiff::decoder::Limits as TiffLimits;

pub(super) type Tiff<'a> = Decoder<Cursor<&'a [u8]>>;

/// Bytes of a pixel that are allowed for: eight channels of 8 bits, or one of 64.
pub(super) const PIXEL: usize = 8;

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Tiff<'a>, Refusal> {
    let mut strict = TiffLimits::default();
    strict.decoding_buffer_size = limits.pixels.saturating_mul(PIXEL);
    strict.intermediate_buffer_size = limits.pixels.saturating_mul(PIXEL);
    let tiff = Decoder::new(Cursor::new(bytes)).map_err(|error| refusal(&error))?;
    Ok(tiff.with_limits(strict))
}

/// Opens a changed copy of the file at the page whose directory is at `at`.
pub(super) fn open_at<'a>(bytes: &'a [u8], at: u64, limits: &Limits) -> Result<Tiff<'a>, Refusal> {
    let mut tiff = open(bytes, limits)?;
    let mut index = 0;
    while tiff.ifd_pointer().map(|pointer| pointer.0) != Some(at) {
        index += 1;
        tiff.seek_to_image(index).map_err(|error| refusal(&error))?;
    }
    Ok(tiff)
}

pub(super) fn refusal(error: &TiffError) -> Refusal {
    match error {
        TiffError::UnsupportedError(_) => Refusal::new(
            format!("this kind of TIFF is not supported ({error})"),
            "save it as an ordinary 8-bit or 16-bit PNG, or as FITS",
        ),
        TiffError::LimitsExceeded => Refusal::new(
            "the TIFF needs more memory than is allowed",
            "cut the galaxy out of it first",
        ),
        _ => Refusal::new(
            format!("the TIFF is damaged or cut short ({error})"),
            "open it in a viewer; download or copy it again",
        ),
    }
}
