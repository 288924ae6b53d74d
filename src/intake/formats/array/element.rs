//! One number of an array: its type, and its bytes as a value.

use half::f16;

/// The family of a number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Whole numbers from 0 up.
    Unsigned,
    /// Whole numbers.
    Signed,
    /// Floats (IEEE 754).
    Float,
    /// Truth values, one byte each.
    Bool,
}

/// The type of an array's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    class: Class,
    size: usize,
    big: bool,
}

/// One value, exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number.
    Whole(i128),
    /// A float of at most 32 bits; kept apart because its shortest decimal form is shorter.
    Single(f32),
    /// A float of 64 bits.
    Double(f64),
    /// A truth value.
    Truth(bool),
}

/// Reads every number as an `f32`.
macro_rules! floats {
    ($bytes:expr, $big:expr, $type:ty, $convert:expr) => {{
        let (numbers, _) = $bytes.as_chunks::<{ size_of::<$type>() }>();
        let convert = $convert;
        if $big {
            numbers
                .iter()
                .map(|n| convert(<$type>::from_be_bytes(*n)))
                .collect()
        } else {
            numbers
                .iter()
                .map(|n| convert(<$type>::from_le_bytes(*n)))
                .collect()
        }
    }};
}

impl Element {
    /// A number type of `size` bytes; `None` for sizes that are not supported. `big`: the most significant byte first.
    pub fn new(class: Class, size: usize, big: bool) -> Option<Self> {
        let known = match class {
            Class::Unsigned | Class::Signed => matches!(size, 1 | 2 | 4 | 8),
            Class::Float => matches!(size, 2 | 4 | 8),
            Class::Bool => size == 1,
        };
        known.then_some(Self { class, size, big })
    }

    /// Bytes of one number.
    pub fn size(self) -> usize {
        self.size
    }

    /// True for whole numbers.
    pub fn is_whole(self) -> bool {
        matches!(self.class, Class::Unsigned | Class::Signed)
    }

    /// True for bytes, 0 to 255.
    pub fn is_byte(self) -> bool {
        self.class == Class::Unsigned && self.size == 1
    }

    /// True for floats.
    pub fn is_float(self) -> bool {
        self.class == Class::Float
    }

    /// The value that stands for white, where the type says so by itself: bytes, 16-bit words and truth values.
    pub fn white(self) -> Option<f32> {
        match (self.class, self.size) {
            (Class::Unsigned, 1) => Some(255.0),
            (Class::Unsigned, 2) => Some(65_535.0),
            (Class::Bool, _) => Some(1.0),
            _ => None,
        }
    }

    /// NumPy's name for it.
    pub fn name(self) -> String {
        let bits = self.size * 8;
        match self.class {
            Class::Unsigned => format!("uint{bits}"),
            Class::Signed => format!("int{bits}"),
            Class::Float => format!("float{bits}"),
            Class::Bool => "bool".to_owned(),
        }
    }

    /// All numbers in `bytes`, as `f32`, rounded to nearest where that is needed. A part of a number at the end is left
    /// out.
    pub fn floats(self, bytes: &[u8]) -> Vec<f32> {
        let big = self.big;
        match (self.class, self.size) {
            (Class::Unsigned, 1) => bytes.iter().map(|n| f32::from(*n)).collect(),
            (Class::Unsigned, 2) => floats!(bytes, big, u16, f32::from),
            (Class::Unsigned, 4) => floats!(bytes, big, u32, |n| n as f32),
            (Class::Unsigned, _) => floats!(bytes, big, u64, |n| n as f32),
            (Class::Signed, 1) => bytes.iter().map(|n| f32::from(n.cast_signed())).collect(),
            (Class::Signed, 2) => floats!(bytes, big, i16, f32::from),
            (Class::Signed, 4) => floats!(bytes, big, i32, |n| n as f32),
            (Class::Signed, _) => floats!(bytes, big, i64, |n| n as f32),
            (Class::Float, 2) => floats!(bytes, big, f16, f16::to_f32),
            (Class::Float, 4) => floats!(bytes, big, f32, |n| n),
            (Class::Float, _) => floats!(bytes, big, f64, |n| n as f32),
            (Class::Bool, _) => bytes.iter().map(|n| if *n == 0 { 0.0 } else { 1.0 }).collect(),
        }
    }

    /// All numbers in `bytes`, exactly.
    pub fn numbers(self, bytes: &[u8]) -> Vec<Number> {
        bytes.chunks_exact(self.size).map(|n| self.number(n)).collect()
    }

    fn number(self, bytes: &[u8]) -> Number {
        // The least significant byte first.
        let mut word = [0; 8];
        for (at, to) in word.iter_mut().enumerate().take(self.size) {
            let from = if self.big { self.size - 1 - at } else { at };
            *to = bytes.get(from).copied().unwrap_or_default();
        }
        let word = u64::from_le_bytes(word);
        match (self.class, self.size) {
            (Class::Unsigned, _) => Number::Whole(i128::from(word)),
            (Class::Signed, size) => {
                // The sign moves to the top and back, which fills the bits above with it.
                let unused = 64 - 8 * size as u32;
                Number::Whole(i128::from((word << unused).cast_signed() >> unused))
            }
            (Class::Float, 2) => Number::Single(f16::from_bits(word as u16).to_f32()),
            (Class::Float, 4) => Number::Single(f32::from_bits(word as u32)),
            (Class::Float, _) => Number::Double(f64::from_bits(word)),
            (Class::Bool, _) => Number::Truth(word != 0),
        }
    }
}

impl Number {
    /// As a coordinate; `None` when it is not finite.
    pub fn degrees(self) -> Option<f64> {
        let value = match self {
            Self::Whole(value) => value as f64,
            Self::Single(value) => f64::from(value),
            Self::Double(value) => value,
            Self::Truth(_) => return None,
        };
        value.is_finite().then_some(value)
    }

    /// In the fewest digits that give the value back; `None` for NaN, which means no value.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Whole(value) => Some(value.to_string()),
            Self::Single(value) => (!value.is_nan()).then(|| value.to_string()),
            Self::Double(value) => (!value.is_nan()).then(|| value.to_string()),
            Self::Truth(value) => Some(value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(class: Class, size: usize, big: bool) -> Element {
        Element::new(class, size, big).unwrap()
    }

    #[test]
    fn numbers_of_every_type_and_order() {
        use Class::{Bool, Float, Signed, Unsigned};
        let cases: [(Element, &[u8], f32, Number); 12] = [
            (element(Unsigned, 1, false), &[200], 200.0, Number::Whole(200)),
            (element(Signed, 1, false), &[200], -56.0, Number::Whole(-56)),
            (element(Unsigned, 2, true), &[1, 2], 258.0, Number::Whole(258)),
            (element(Signed, 2, false), &[0xfe, 0xff], -2.0, Number::Whole(-2)),
            (
                element(Signed, 4, true),
                &[0xff, 0xff, 0xff, 0xfe],
                -2.0,
                Number::Whole(-2),
            ),
            (
                element(Unsigned, 4, false),
                &[1, 0, 0, 0x80],
                2_147_483_649u32 as f32,
                Number::Whole(2_147_483_649),
            ),
            (
                element(Signed, 8, true),
                &[0x80, 0, 0, 0, 0, 0, 0, 0],
                i64::MIN as f32,
                Number::Whole(i64::MIN.into()),
            ),
            (
                element(Unsigned, 8, false),
                &[0xff; 8],
                u64::MAX as f32,
                Number::Whole(u64::MAX.into()),
            ),
            (element(Float, 2, true), &[0x3c, 0x00], 1.0, Number::Single(1.0)),
            (
                element(Float, 4, true),
                &[0x3f, 0x80, 0, 0],
                1.0,
                Number::Single(1.0),
            ),
            (
                element(Float, 8, false),
                &[0, 0, 0, 0, 0, 0, 0xf0, 0xbf],
                -1.0,
                Number::Double(-1.0),
            ),
            (element(Bool, 1, false), &[1], 1.0, Number::Truth(true)),
        ];
        for (element, bytes, float, number) in cases {
            assert_eq!(element.floats(bytes), [float], "{element:?}");
            assert_eq!(element.numbers(bytes), [number], "{element:?}");
        }
        assert_eq!(Element::new(Class::Float, 16, false), None);
        assert_eq!(Element::new(Class::Signed, 3, false), None);
    }

    #[test]
    fn values_become_ids_coordinates_and_words() {
        assert_eq!(Number::Single(0.1).text().as_deref(), Some("0.1"));
        assert_eq!(Number::Double(f64::NAN).text(), None);
        assert_eq!(Number::Double(f64::INFINITY).degrees(), None);
        assert_eq!(Number::Double(12.5).degrees(), Some(12.5));
    }
}
