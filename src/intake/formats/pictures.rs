//! PNG, JPEG, WebP, GIF, BMP and Netpbm pictures, to one channel.
//!
//! Colour becomes mono as 0.25 R + 0.5 G + 0.25 B; transparent pixels are laid on black; 16-bit values keep their
//! precision; a camera's note on how it was held (EXIF orientation) is obeyed. The margins of figures are cut off and colour
//! maps undone, with a remark.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer, ImageDecoder, ImageError, ImageFormat, ImageReader, Pixel};

use super::animation::is_film;
use super::figure;
use crate::intake::content::Content;
use crate::intake::kind::Kind;
use crate::intake::picture::Picture;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Bytes that a decoder may take for each allowed pixel: four channels of 32 bits, and as much again to work with.
const BYTES_PER_PIXEL: u64 = 32;

/// Reads a PNG.
///
/// # Errors
/// A [`Refusal`] when it is damaged, cut short, too large or of a kind that is not read.
pub fn png(bytes: &[u8], limits: &Limits) -> Result<Content, Refusal> {
    decode(bytes, Kind::Png, limits)
}

/// Reads a JPEG.
///
/// # Errors
/// As [`png`].
pub fn jpeg(bytes: &[u8], limits: &Limits) -> Result<Content, Refusal> {
    if is_cut(bytes) {
        // The decoder would fill the missing part with grey and say nothing.
        return Err(Refusal::new(
            "the JPEG is cut short: its end is missing",
            "download or copy it again",
        ));
    }
    decode(bytes, Kind::Jpeg, limits)
}

/// Reads a WebP, GIF, BMP or Netpbm picture; of a film the first picture.
///
/// # Errors
/// As [`png`].
pub fn other(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Content, Refusal> {
    decode(bytes, kind, limits)
}

/// Width, height and pixel type of a picture, without decoding it: for `grove info`.
///
/// # Errors
/// As `png`.
pub fn probe(bytes: &[u8], kind: Kind) -> Result<(u32, u32, String), Refusal> {
    let decoder = ImageReader::with_format(Cursor::new(bytes), format(kind)).into_decoder();
    let decoder = decoder.map_err(|error| refusal(&error, kind))?;
    let (width, height) = decoder.dimensions();
    Ok((width, height, format!("{:?}", decoder.original_color_type())))
}

fn format(kind: Kind) -> ImageFormat {
    match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Tiff => ImageFormat::Tiff,
        Kind::WebP => ImageFormat::WebP,
        Kind::Gif => ImageFormat::Gif,
        Kind::Bmp => ImageFormat::Bmp,
        Kind::Pnm => ImageFormat::Pnm,
        _ => ImageFormat::Png,
    }
}

/// A JPEG ends with the marker FF D9. Inside the coded picture FF is always followed by 00 or a restart marker, so a
/// file without FF D9 behind its last start of scan (FF DA) was cut.
fn is_cut(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    match (last(0xda), last(0xd9)) {
        (Some(scan), Some(end)) => end < scan,
        _ => true,
    }
}

fn decode(bytes: &[u8], kind: Kind, limits: &Limits) -> Result<Content, Refusal> {
    let stated = |error: ImageError| refusal(&error, kind);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(kind));
    let mut strict = image::Limits::default();
    // A little room, so that our own message with the numbers is the one that is seen.
    let side = u32::try_from(limits.side).unwrap_or(u32::MAX);
    strict.max_image_width = Some(side);
    strict.max_image_height = Some(side);
    strict.max_alloc = Some(BYTES_PER_PIXEL.saturating_mul(limits.pixels as u64));
    reader.limits(image::Limits::no_limits());
    let mut decoder = reader.into_decoder().map_err(stated)?;
    let (width, height) = decoder.dimensions();
    limits.check_picture(width.into(), height.into())?;
    decoder.set_limits(strict).map_err(stated)?;
    let orientation = decoder.orientation().map_err(stated)?;
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(stated)?;
    decoded.apply_orientation(orientation);
    let is_exact = !matches!(kind, Kind::Jpeg | Kind::WebP);
    // A palette has few colours, whatever the picture shows: byte 25 of a PNG tells its colour type.
    let has_palette = kind == Kind::Gif || kind == Kind::Png && bytes.get(25) == Some(&3);
    let cleared = figure::clear(&decoded, is_exact, has_palette);
    if let Some((left, top, width, height)) = cleared.part {
        decoded = decoded.crop_imm(left, top, width, height);
    }
    let (pixels, is_float) = match cleared.values {
        Some(values) => (values, false),
        None => mono(&decoded),
    };
    let (width, height) = (decoded.width() as usize, decoded.height() as usize);
    let mut picture = Picture::new(width, height, pixels);
    if is_float {
        picture.judge_tone();
    }
    picture.remarks.extend(cleared.remarks);
    if is_film(bytes, kind) {
        picture.remarks.push(format!(
            "the {} is a film: its first picture was taken",
            kind.name()
        ));
    }
    Ok(Content::one(picture))
}

/// One channel, from 0 to 1 for whole-number pixels; and whether the pixels were floats.
fn mono(image: &DynamicImage) -> (Vec<f32>, bool) {
    const BYTE: f32 = 255.0;
    const WORD: f32 = 65_535.0;
    match image {
        DynamicImage::ImageLuma8(buffer) => (mix(buffer, BYTE), false),
        DynamicImage::ImageLumaA8(buffer) => (mix(buffer, BYTE), false),
        DynamicImage::ImageRgb8(buffer) => (mix(buffer, BYTE), false),
        DynamicImage::ImageRgba8(buffer) => (mix(buffer, BYTE), false),
        DynamicImage::ImageLuma16(buffer) => (mix(buffer, WORD), false),
        DynamicImage::ImageLumaA16(buffer) => (mix(buffer, WORD), false),
        DynamicImage::ImageRgb16(buffer) => (mix(buffer, WORD), false),
        DynamicImage::ImageRgba16(buffer) => (mix(buffer, WORD), false),
        DynamicImage::ImageRgb32F(buffer) => (mix(buffer, 1.0), true),
        DynamicImage::ImageRgba32F(buffer) => (mix(buffer, 1.0), true),
        other => (mix(&other.to_rgba32f(), 1.0), true),
    }
}

/// Mixes the channels of each pixel; `top` is the value of white.
fn mix<P>(buffer: &ImageBuffer<P, Vec<P::Subpixel>>, top: f32) -> Vec<f32>
where
    P: Pixel,
    P::Subpixel: Into<f32>,
{
    let level = |value: &P::Subpixel| (*value).into() / top;
    let light = |r, g, b| 0.25 * level(r) + 0.5 * level(g) + 0.25 * level(b);
    buffer
        .pixels()
        .map(|pixel| match pixel.channels() {
            [v] => level(v),
            [v, a] => level(v) * level(a),
            [r, g, b] => light(r, g, b),
            [r, g, b, a] => light(r, g, b) * level(a),
            _ => 0.0,
        })
        .collect()
}

fn refusal(error: &ImageError, kind: Kind) -> Refusal {
    let name = kind.name();
    match error {
        ImageError::Unsupported(_) => Refusal::new(
            format!("this kind of {name} is not supported ({error})"),
            "save it as an ordinary 8-bit or 16-bit PNG",
        ),
        ImageError::Limits(_) => Refusal::new(
            format!("the {name} needs more memory than is allowed"),
            "cut the galaxy out of it first",
        ),
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            Refusal::new(format!("the {name} is cut short"), "download or copy it again")
        }
        _ => Refusal::new(
            format!("the {name} is damaged or cut short ({error})"),
            "open it in a viewer; download or copy it again",
        ),
    }
}

#[cfg(test)]
mod tests {
    use image::{Luma, LumaA, Rgb, Rgba};

    use super::*;

    #[test]
    fn channels_are_mixed() {
        let one = |image: DynamicImage| mono(&image).0[0];
        assert_eq!(one(ImageBuffer::from_pixel(1, 1, Luma([51u8])).into()), 0.2);
        assert_eq!(one(ImageBuffer::from_pixel(1, 1, Luma([65_535u16])).into()), 1.0);
        assert_eq!(
            one(ImageBuffer::from_pixel(1, 1, Rgb([255u8, 0, 0])).into()),
            0.25
        );
        assert_eq!(one(ImageBuffer::from_pixel(1, 1, Rgb([0u8, 255, 0])).into()), 0.5);
        assert_eq!(
            one(ImageBuffer::from_pixel(1, 1, Rgba([255u8, 255, 255, 51])).into()),
            0.2
        );
        assert_eq!(
            one(ImageBuffer::from_pixel(1, 1, LumaA([65_535u16, 0])).into()),
            0.0
        );
    }

    #[test]
    fn a_cut_jpeg_is_told_from_a_whole_one() {
        assert!(!is_cut(b"\xff\xd8..\xff\xda....\xff\x00..\xff\xd9"));
        assert!(is_cut(b"\xff\xd8..\xff\xda....\xff\x00.."));
        assert!(
            is_cut(b"\xff\xd8..thumbnail \xff\xd9 \xff\xda...."),
            "the thumbnail's end does not count"
        );
        assert!(is_cut(b"\xff\xd8\xff"));
    }
}
