//! One page of a TIFF as a picture of one channel.

use crate::intake::report::key::QuestionKey;
use tiff::{
    ColorType,
    decoder::DecodingResult,
    tags::{PhotometricInterpretation, PlanarConfiguration, SampleFormat, Tag},
};

use super::mix::{Ink, SampleLayout, mix, turn, unpack_bits};
use super::open::{PIXEL, Tiff, open_at, refusal};
use crate::intake::formats::tiff::{lzw, palette};
use crate::intake::picture::Picture;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// More channels than this are not listed one by one.
const LISTED: usize = 100;

/// Reads the page on which `tiff` stands, the one of that number in the file, from 1. `bytes` are the whole file.
pub fn read(
    tiff: &mut Tiff<'_>,
    page: usize,
    bytes: &[u8],
    reading: &mut Reading,
) -> Result<Picture, Refusal> {
    let photometric: Option<u16> = tiff
        .find_tag_unsigned(Tag::PhotometricInterpretation)
        .ok()
        .flatten();
    if photometric == Some(PhotometricInterpretation::RGBPalette.to_u16()) {
        return coloured(tiff, bytes, reading);
    }
    let (values, layout) = values_or_unpacked(tiff, bytes, reading)?;
    let mut remarks = Vec::new();
    let ink = ink(tiff, page, layout.samples, reading, &mut remarks)?;
    let is_picture = layout.is_picture;
    let mut pixels = mixed(&values, &layout, ink);
    if let Some(none) = nodata(tiff).filter(|none| !(is_picture && *none == 0.0)) {
        let white = if is_picture {
            ((1u32 << layout.bits) - 1) as f32
        } else {
            1.0
        };
        let mut count = 0;
        for value in pixels
            .iter_mut()
            .filter(|value| (**value * white - none).abs() <= none.abs() * 1e-6)
        {
            *value = f32::NAN;
            count += 1;
        }
        remarks.push(format!(
            "by its GDAL nodata tag {none} means no value: {count} pixels have none"
        ));
    }
    let mut picture = finish(tiff, &layout, pixels);
    picture.remarks = remarks;
    if !is_picture {
        picture.judge_tone();
    }
    Ok(picture)
}

/// The page's values as they are stored, all channels.
fn values(tiff: &mut Tiff<'_>) -> Result<(DecodingResult, SampleLayout), Refusal> {
    let stated = |error| refusal(&error);
    let (width, height) = tiff.dimensions().map_err(stated)?;
    let colour = tiff.colortype().map_err(stated)?;
    let planar: Option<u16> = tiff.find_tag_unsigned(Tag::PlanarConfiguration).ok().flatten();
    let mut values = DecodingResult::U8(Vec::new());
    let found = tiff.read_image_to_buffer(&mut values).map_err(stated)?;
    if values.as_buffer(0).as_bytes().len() < found.complete_len {
        // The crate falls back to the first plane silently.
        return Err(refusal(&tiff::TiffError::LimitsExceeded));
    }
    let bits = colour.bit_depth();
    let samples = usize::from(colour.num_samples());
    let layout = SampleLayout {
        width: width as usize,
        height: height as usize,
        samples,
        planar: planar == Some(PlanarConfiguration::Planar.to_u16()) && samples > 1,
        bits,
        is_picture: found.sample_format == SampleFormat::Uint && bits <= 16,
    };
    let values = match values {
        DecodingResult::U8(packed) if bits < 8 => DecodingResult::U8(unpack_bits(&packed, &layout)),
        values => values,
    };
    Ok((values, layout))
}

/// As [`values`]; what the crate's LZW reader gives up on is unpacked here and tried again.
fn values_or_unpacked(
    tiff: &mut Tiff<'_>,
    bytes: &[u8],
    reading: &Reading,
) -> Result<(DecodingResult, SampleLayout), Refusal> {
    let first = values(tiff);
    if first.is_ok() {
        return first;
    }
    let at = tiff.ifd_pointer().map(|pointer| pointer.0);
    let most = reading.limits.pixels.saturating_mul(PIXEL);
    match (lzw::unpacked(tiff, bytes, most), at) {
        // Should this fail too, the first failure names the cause.
        (Some(plain), Some(at)) => open_at(&plain, at, reading.limits)
            .and_then(|mut plain| values(&mut plain))
            .or(first),
        _ => first,
    }
}

/// What the channels mean.
fn ink(
    tiff: &mut Tiff<'_>,
    page: usize,
    samples: usize,
    reading: &mut Reading,
    remarks: &mut Vec<String>,
) -> Result<Ink, Refusal> {
    let extra: Vec<u16> = tiff
        .find_tag_unsigned_vec(Tag::ExtraSamples)
        .ok()
        .flatten()
        .unwrap_or_default();
    // 1: the colours are multiplied by it already; 2: they are not.
    let opacity = extra.first().copied().unwrap_or(2);
    let multiplied = opacity == 1;
    Ok(match tiff.colortype().map_err(|error| refusal(&error))? {
        ColorType::RGB(_) => Ink::Rgb,
        ColorType::RGBA(_) => Ink::Rgba { multiplied },
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Ink::Cmyk,
        ColorType::YCbCr(_) => Ink::YCbCr,
        _ if samples == 2 && extra.len() == 1 && opacity != 0 => Ink::GreyAlpha { multiplied },
        _ if samples > 1 => {
            let listed = samples.min(LISTED);
            let mut options: Vec<String> = (1..=listed).map(|band| format!("channel {band}")).collect();
            options.push("mean of all".to_owned());
            let before = reading
                .questions
                .iter()
                .find(|question| question.key == QuestionKey::Band);
            // Pages of the same channels are asked about once and answered once.
            let same = before.filter(|question| question.options == options);
            let key = match (before, same) {
                (Some(_), None) => QuestionKey::BandOfPage(page),
                _ => QuestionKey::Band,
            };
            let answered = reading.answers.get(&key).is_some();
            let taken = match same {
                Some(question) => question.taken,
                None => {
                    let text = format!("The TIFF has {samples} channels without colours. Which one?");
                    reading.choose(key, &text, options, (samples / 2).min(listed - 1))?
                }
            };
            if !answered {
                let taken = if taken == listed {
                    "the mean of all".to_owned()
                } else {
                    format!("channel {}", taken + 1)
                };
                remarks.push(format!(
                    "it has {samples} channels without colours: {taken} was taken"
                ));
            }
            if taken == listed {
                Ink::Mean
            } else {
                Ink::Band(taken)
            }
        }
        _ => Ink::Band(0),
    })
}

/// One channel out of all.
fn mixed(values: &DecodingResult, layout: &SampleLayout, ink: Ink) -> Vec<f32> {
    let white = if layout.is_picture {
        ((1u32 << layout.bits) - 1) as f32
    } else {
        1.0
    };
    match values {
        DecodingResult::U8(v) => mix(v, |v| f32::from(v) / white, layout, ink),
        DecodingResult::U16(v) => mix(v, |v| f32::from(v) / white, layout, ink),
        DecodingResult::U32(v) => mix(v, |v| v as f32, layout, ink),
        DecodingResult::U64(v) => mix(v, |v| v as f32, layout, ink),
        DecodingResult::I8(v) => mix(v, f32::from, layout, ink),
        DecodingResult::I16(v) => mix(v, f32::from, layout, ink),
        DecodingResult::I32(v) => mix(v, |v| v as f32, layout, ink),
        DecodingResult::I64(v) => mix(v, |v| v as f32, layout, ink),
        DecodingResult::F16(v) => mix(v, f32::from, layout, ink),
        DecodingResult::F32(v) => mix(v, |v| v, layout, ink),
        DecodingResult::F64(v) => mix(v, |v| v as f32, layout, ink),
    }
}

/// The number that means no value, as GDAL writes it.
fn nodata(tiff: &mut Tiff<'_>) -> Option<f32> {
    let text = tiff.get_tag_ascii_string(Tag::GdalNodata).ok()?;
    let number: f32 = text.trim_matches(['\0', ' ']).parse().ok()?;
    number.is_finite().then_some(number)
}

/// Turns the picture as the page says it was held.
fn finish(tiff: &mut Tiff<'_>, layout: &SampleLayout, pixels: Vec<f32>) -> Picture {
    let orientation: Option<u16> = tiff.find_tag_unsigned(Tag::Orientation).ok().flatten();
    let (width, height, pixels) = turn(layout.width, layout.height, pixels, orientation.unwrap_or(1));
    Picture::new(width, height, pixels)
}

/// A page whose values are numbers of colours.
fn coloured(tiff: &mut Tiff<'_>, bytes: &[u8], reading: &mut Reading) -> Result<Picture, Refusal> {
    let map: Vec<u16> = tiff
        .find_tag_unsigned_vec(Tag::ColorMap)
        .ok()
        .flatten()
        .unwrap_or_default();
    let at = tiff.ifd_pointer().map(|pointer| pointer.0);
    let grey = at
        .and_then(|at| palette::as_grey(bytes, at))
        .ok_or_else(|| Refusal::new("the TIFF's palette cannot be read", "save it as PNG"))?;
    let mut plain = open_at(&grey, at.unwrap_or(0), reading.limits)?;
    let (values, layout) = values_or_unpacked(&mut plain, &grey, reading)?;
    let colours = palette::lights(&map);
    let light = |number: usize| colours.get(number).copied().unwrap_or(0.0);
    let pixels = match &values {
        DecodingResult::U8(v) => v.iter().map(|v| light(usize::from(*v))).collect(),
        DecodingResult::U16(v) => v.iter().map(|v| light(usize::from(*v))).collect(),
        _ => Vec::new(),
    };
    if pixels.len() != layout.width * layout.height {
        return Err(Refusal::new(
            "this kind of TIFF palette is not supported",
            "save it as PNG",
        ));
    }
    Ok(finish(tiff, &layout, pixels))
}
