//! Numbers as FITS stores them: big-endian, with a scale, a zero point and perhaps a value that means "none".

/// The type of stored numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// Bytes, without a sign.
    U8,
    /// 16-bit integers.
    I16,
    /// 32-bit integers.
    I32,
    /// 64-bit integers.
    I64,
    /// Single precision.
    F32,
    /// Double precision.
    F64,
}

impl Number {
    /// The type that BITPIX names.
    pub(crate) fn of_bitpix(bitpix: i64) -> Option<Self> {
        Some(match bitpix {
            8 => Self::U8,
            16 => Self::I16,
            32 => Self::I32,
            64 => Self::I64,
            -32 => Self::F32,
            -64 => Self::F64,
            _ => return None,
        })
    }

    /// The type of a table column's letter; `None` for text, logicals, bits and complex numbers.
    pub(crate) fn of_letter(letter: u8) -> Option<Self> {
        Some(match letter {
            b'B' => Self::U8,
            b'I' => Self::I16,
            b'J' => Self::I32,
            b'K' => Self::I64,
            b'E' => Self::F32,
            b'D' => Self::F64,
            _ => return None,
        })
    }

    /// Bytes of one number.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::I16 => 2,
            Self::I32 | Self::F32 => 4,
            Self::I64 | Self::F64 => 8,
        }
    }

    /// True for the integer types.
    pub(crate) fn is_integer(self) -> bool {
        !matches!(self, Self::F32 | Self::F64)
    }

    /// The physical values of `bytes`; NaN where there is no finite one. Bytes behind the last whole number are passed
    /// over.
    pub(crate) fn physical(self, bytes: &[u8], scaling: &Scaling) -> Vec<f32> {
        match self {
            Self::F32 => {
                let (words, _) = bytes.as_chunks::<4>();
                let float = |word: &[u8; 4]| scaling.float(f64::from(f32::from_be_bytes(*word)));
                words.iter().map(float).collect()
            }
            Self::F64 => {
                let (words, _) = bytes.as_chunks::<8>();
                let float = |word: &[u8; 8]| scaling.float(f64::from_be_bytes(*word));
                words.iter().map(float).collect()
            }
            _ => integers(bytes, self.width())
                .map(|stored| scaling.integer(stored))
                .collect(),
        }
    }
}

/// Big-endian integers of `width` bytes; those of one byte have no sign.
pub(crate) fn integers(bytes: &[u8], width: usize) -> impl Iterator<Item = i64> {
    bytes.chunks_exact(width.max(1)).map(move |chunk| {
        let negative = width > 1 && chunk.first().is_some_and(|byte| *byte > 127);
        let start = if negative { -1 } else { 0 };
        chunk
            .iter()
            .fold(start, |value: i64, byte| value << 8 | i64::from(*byte))
    })
}

/// A number's text; nothing for NaN.
pub(crate) fn double_text(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        value.to_string()
    }
}

/// The same for single precision, with its own shortest digits.
pub(crate) fn single_text(value: f32) -> String {
    if value.is_nan() {
        String::new()
    } else {
        value.to_string()
    }
}

/// From stored numbers to physical ones: `zero + scale * stored`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scaling {
    /// BSCALE or TSCAL.
    pub scale: f64,
    /// BZERO or TZERO.
    pub zero: f64,
    /// The stored integer that means no value: BLANK or TNULL.
    pub blank: Option<i64>,
}

impl Scaling {
    /// The physical value of a stored integer, or NaN.
    pub(crate) fn integer(&self, stored: i64) -> f32 {
        if Some(stored) == self.blank {
            f32::NAN
        } else if self.scale == 1.0 && (1e9..1e19).contains(&self.zero) && libm::trunc(self.zero) == self.zero
        {
            // Unsigned integers of 64 bits: doubles would round before the 2^63 that is added takes the high digits off.
            (i128::from(stored) + self.zero as i128) as f32
        } else {
            self.float(stored as f64)
        }
    }

    /// The physical value of a stored float, or NaN: an infinite brightness is none.
    pub(crate) fn float(&self, stored: f64) -> f32 {
        finite(stored * self.scale + self.zero)
    }
}

/// In single precision, with NaN for all that is not finite there.
pub(crate) fn finite(value: f64) -> f32 {
    let value = value as f32;
    if value.is_finite() { value } else { f32::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_integers() {
        let all = |bytes: &[u8], width| integers(bytes, width).collect::<Vec<_>>();
        assert_eq!(all(&[0xff, 0xfe, 0x01, 0x00], 2), [-2, 256]);
        assert_eq!(all(&[200], 1), [200]);
        assert_eq!(all(&(-5i64).to_be_bytes(), 8), [-5]);
        assert_eq!(all(&[0, 1, 9], 2), [1], "half a number is none");
    }

    #[test]
    fn blank_scale_and_infinities() {
        let scaling = Scaling {
            scale: 2.0,
            zero: 10.0,
            blank: Some(-1),
        };
        let values = Number::I16.physical(&[0xff, 0xff, 0, 0, 0, 2], &scaling);
        assert!(values[0].is_nan());
        assert_eq!(values[1..], [10.0, 14.0]);
        let mut bytes = f32::INFINITY.to_be_bytes().to_vec();
        bytes.extend(3.0f32.to_be_bytes());
        let values = Number::F32.physical(&bytes, &scaling);
        assert!(values[0].is_nan());
        assert_eq!(values[1], 16.0);
        // Too large for single precision.
        assert!(Number::F64.physical(&1e300f64.to_be_bytes(), &scaling)[0].is_nan());
        // Unsigned 64-bit integers are stored with 2^63 taken off.
        let unsigned = Scaling {
            scale: 1.0,
            zero: 9_223_372_036_854_775_808.0,
            blank: None,
        };
        // So 0 is stored as -2^63.
        for (stored, value) in [(i64::MIN, 0.0), (i64::MIN + 1232, 1232.0)] {
            assert_eq!(Number::I64.physical(&stored.to_be_bytes(), &unsigned), [value]);
        }
    }
}
