//! TIFF files of numbers: 32-bit and 64-bit integers, and floats, as astronomers' programs write them. The `image` crate
//! reads the pictures (8 and 16 bits) and leaves these to us.

use std::io::Cursor;

use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits as TiffLimits},
    tags::Tag,
};

use super::{Limits, Picture, Refusal};

/// Reads a one-channel TIFF of floats, signed or wide integers. `None` when it is an ordinary picture (for `image`).
///
/// # Errors
/// A [`Refusal`] when it is damaged or too large.
pub fn decode_numbers(bytes: &[u8], limits: &Limits) -> Result<Option<Picture>, Refusal> {
    let mut strict = TiffLimits::default();
    strict.decoding_buffer_size = limits.pixels.saturating_mul(8);
    strict.intermediate_buffer_size = limits.pixels.saturating_mul(8);
    let mut decoder = Decoder::new(Cursor::new(bytes))
        .map_err(|error| refusal(&error))?
        .with_limits(strict);
    let (width, height) = decoder.dimensions().map_err(|error| refusal(&error))?;
    limits.check_picture(width.into(), height.into())?;
    let several = decoder.more_images();
    let ordinary = {
        let format: u16 = decoder
            .find_tag_unsigned_vec(Tag::SampleFormat)
            .ok()
            .flatten()
            .and_then(|v| v.first().copied())
            .unwrap_or(1);
        // Sample format 1 is unsigned.
        match decoder.colortype().map_err(|error| refusal(&error))? {
            ColorType::Gray(bits) => format == 1 && bits <= 16,
            _ => true,
        }
    };
    if ordinary {
        return Ok(None);
    }
    let values: Vec<f32> = match decoder.read_image().map_err(|error| refusal(&error))? {
        DecodingResult::U8(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::U16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::U32(v) => v.into_iter().map(|v| v as f32).collect(),
        DecodingResult::U64(v) => v.into_iter().map(|v| v as f32).collect(),
        DecodingResult::I8(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::I16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::I32(v) => v.into_iter().map(|v| v as f32).collect(),
        DecodingResult::I64(v) => v.into_iter().map(|v| v as f32).collect(),
        DecodingResult::F16(v) => v.into_iter().map(f32::from).collect(),
        DecodingResult::F32(v) => v,
        DecodingResult::F64(v) => v.into_iter().map(|v| v as f32).collect(),
    };
    let (width, height) = (width as usize, height as usize);
    if values.len() != width * height {
        return Err(Refusal::new(
            format!(
                "the TIFF holds {} values where {} are needed",
                values.len(),
                width * height
            ),
            "save it again from the program that made it",
        ));
    }
    let pixels = values
        .into_iter()
        .map(|v| if v.is_finite() { v } else { f32::NAN })
        .collect();
    let mut picture = Picture::new(width, height, pixels);
    picture.judge_tone();
    if several {
        picture
            .remarks
            .push("the TIFF has several pages: the first was taken".to_owned());
    }
    Ok(Some(picture))
}

fn refusal(error: &TiffError) -> Refusal {
    match error {
        TiffError::UnsupportedError(_) => Refusal::new(
            format!("this kind of TIFF is not read here ({error})"),
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
