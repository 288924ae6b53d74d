//! From channels to one value for each pixel.

/// How the values of a page lie.
pub struct SampleLayout {
    pub width: usize,
    pub height: usize,
    /// Values for each pixel.
    pub samples: usize,
    /// True when all values of one channel come before those of the next.
    pub planar: bool,
    /// Bits of a value.
    pub bits: u8,
    /// True for integers without sign of up to 16 bits.
    pub is_picture: bool,
}

/// What the channels of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// One channel of several, counted from 0.
    Band(usize),
    /// The mean of all channels.
    Mean,
    GreyAlpha {
        multiplied: bool,
    },
    Rgb,
    Rgba {
        multiplied: bool,
    },
    /// Ink on white: 1 is dark.
    Cmyk,
    YCbCr,
}

/// Mixes the channels of each pixel, laid on black where they are transparent. Values that are no numbers become NaN.
pub fn mix<T: Copy>(values: &[T], level: impl Fn(T) -> f32, layout: &SampleLayout, ink: Ink) -> Vec<f32> {
    let count = layout.width * layout.height;
    let light = |r: f32, g: f32, b: f32| 0.25 * r + 0.5 * g + 0.25 * b;
    (0..count)
        .map(|pixel| {
            let at = |channel: usize| {
                let place = if layout.planar {
                    channel * count + pixel
                } else {
                    pixel * layout.samples + channel
                };
                values.get(place).map_or(f32::NAN, |value| level(*value))
            };
            let value = match ink {
                Ink::Band(channel) => at(channel),
                Ink::Mean => (0..layout.samples).map(&at).sum::<f32>() / layout.samples as f32,
                Ink::GreyAlpha { multiplied: true } => at(0),
                Ink::GreyAlpha { multiplied: false } => at(0) * at(1),
                Ink::Rgb | Ink::Rgba { multiplied: true } => light(at(0), at(1), at(2)),
                Ink::Rgba { multiplied: false } => light(at(0), at(1), at(2)) * at(3),
                Ink::Cmyk => light(1.0 - at(0), 1.0 - at(1), 1.0 - at(2)) * (1.0 - at(3)),
                Ink::YCbCr => {
                    // JFIF's constants; the chroma stands around 128 of 255.
                    let (y, cb, cr) = (at(0), at(1) - 128.0 / 255.0, at(2) - 128.0 / 255.0);
                    let clamp = |v: f32| v.clamp(0.0, 1.0);
                    light(
                        clamp(y + 1.402 * cr),
                        clamp(y - 0.344_136 * cb - 0.714_136 * cr),
                        clamp(y + 1.772 * cb),
                    )
                }
            };
            if value.is_finite() { value } else { f32::NAN }
        })
        .collect()
}

/// Values of less than a byte, one in each byte. Rows begin at whole bytes.
pub fn unpack_bits(packed: &[u8], layout: &SampleLayout) -> Vec<u8> {
    let bits = usize::from(layout.bits);
    let (across, channels) = if layout.planar {
        (layout.width, layout.samples)
    } else {
        (layout.width * layout.samples, 1)
    };
    let row = (across * bits).div_ceil(8);
    let mask = ((1u16 << bits) - 1) as u8;
    let mut values = Vec::with_capacity(across * layout.height * channels);
    for row in packed.chunks_exact(row.max(1)).take(layout.height * channels) {
        values.extend((0..across).map(|at| {
            let bit = at * bits;
            let pair = u16::from_be_bytes([
                row.get(bit / 8).copied().unwrap_or(0),
                row.get(bit / 8 + 1).copied().unwrap_or(0),
            ]);
            (pair >> (16 - bit % 8 - bits)) as u8 & mask
        }));
    }
    values
}

/// Turns a picture as EXIF's orientation (1 to 8) says. Returns the new width and height.
pub fn turn(width: usize, height: usize, pixels: Vec<f32>, orientation: u16) -> (usize, usize, Vec<f32>) {
    if !(2..=8).contains(&orientation) {
        return (width, height, pixels);
    }
    let swapped = orientation >= 5;
    let (across, down) = if swapped { (height, width) } else { (width, height) };
    let turned = (0..across * down)
        .map(|place| {
            let (x, y) = (place % across, place / across);
            let (x, y) = match orientation {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                _ => (width - 1 - y, x),
            };
            pixels.get(y * width + x).copied().unwrap_or(f32::NAN)
        })
        .collect();
    (across, down, turned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(samples: usize, planar: bool) -> SampleLayout {
        SampleLayout {
            width: 2,
            height: 1,
            samples,
            planar,
            bits: 8,
            is_picture: true,
        }
    }

    #[test]
    fn channels_are_mixed() {
        let level = |v: u8| f32::from(v) / 100.0;
        let rgb = [100u8, 0, 0, 0, 100, 0];
        assert_eq!(mix(&rgb, level, &layout(3, false), Ink::Rgb), [0.25, 0.5]);
        let planes = [100u8, 0, 0, 100, 0, 0];
        assert_eq!(mix(&planes, level, &layout(3, true), Ink::Rgb), [0.25, 0.5]);
        assert_eq!(
            mix(
                &[100u8, 50, 40, 100],
                level,
                &layout(2, false),
                Ink::GreyAlpha { multiplied: false }
            ),
            [0.5, 0.4]
        );
        assert_eq!(
            mix(
                &[0u8, 0, 0, 50, 0, 100, 0, 0],
                level,
                &layout(4, false),
                Ink::Cmyk
            ),
            [0.5, 0.5]
        );
        assert_eq!(mix(&rgb, level, &layout(3, false), Ink::Band(1)), [0.0, 1.0]);
        let short = mix(&[1u8], level, &layout(3, false), Ink::Rgb);
        assert!(short.iter().all(|v| v.is_nan()));
    }

    #[test]
    fn bits_are_unpacked() {
        let packed = SampleLayout {
            width: 3,
            height: 2,
            samples: 1,
            planar: false,
            bits: 2,
            is_picture: true,
        };
        assert_eq!(
            unpack_bits(&[0b11_01_00_00, 0b00_10_11_00], &packed),
            [3, 1, 0, 0, 2, 3]
        );
        // Values of three bits cross bytes.
        let three = SampleLayout {
            bits: 3,
            height: 1,
            ..packed
        };
        assert_eq!(unpack_bits(&[0b1010_1111, 0], &three), [5, 3, 6]);
    }

    #[test]
    fn pictures_are_turned() {
        // a b c
        // d e f
        let pixels = vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        for (orientation, width, wanted) in [
            (1, 3, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
            (2, 3, [3.0, 2.0, 1.0, 6.0, 5.0, 4.0]),
            (3, 3, [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]),
            (4, 3, [4.0, 5.0, 6.0, 1.0, 2.0, 3.0]),
            (5, 2, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]),
            (6, 2, [4.0, 1.0, 5.0, 2.0, 6.0, 3.0]),
            (7, 2, [6.0, 3.0, 5.0, 2.0, 4.0, 1.0]),
            (8, 2, [3.0, 6.0, 2.0, 5.0, 1.0, 4.0]),
            (9, 3, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ] {
            let (across, down, turned) = turn(3, 2, pixels.clone(), orientation);
            assert_eq!((across, down), (width, 6 / width), "{orientation}");
            assert_eq!(turned, wanted, "{orientation}");
        }
    }
}
