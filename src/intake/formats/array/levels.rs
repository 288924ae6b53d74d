//! What the numbers of an array stand for: a picture from black to white, or flux.

use super::element::Element;
use crate::cutout::Tone;
use crate::intake::picture::Picture;

/// What the numbers of an array stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// The number that stands for white, where the type or the values say so.
    white: Option<f32>,
    /// True when the type itself says it, so that every picture is one.
    is_sure: bool,
    /// Numbers that stand for no value.
    none: Vec<f32>,
}

/// Share of the numbers of a picture in bytes that are whole.
const WHOLE: f64 = 0.999;

impl Levels {
    /// What the type says.
    pub fn of(element: Element) -> Self {
        Self {
            white: element.white(),
            is_sure: element.white().is_some(),
            none: Vec::new(),
        }
    }

    /// The same with numbers that stand for no value.
    #[must_use]
    pub fn without(mut self, none: &[f64]) -> Self {
        self.none = none.iter().map(|value| *value as f32).collect();
        self
    }

    /// Looks at some of the values: whole numbers within 0 and 255 that reach far up are pictures in bytes, whatever type
    /// they were turned into.
    #[must_use]
    pub fn looked_at(mut self, values: &[f32]) -> Self {
        if !self.is_sure && are_bytes(values) {
            self.white = Some(255.0);
        }
        self
    }

    /// A sentence when the values, not the type, say that they are pictures.
    pub fn remark(&self) -> Option<String> {
        (!self.is_sure && self.white.is_some()).then(|| {
            "its values are those of pictures, from 0 to 255, so they were taken as stretched, not as flux".to_owned()
        })
    }

    /// Takes out the values that stand for none.
    pub fn clean(&self, values: &mut [f32]) {
        if !self.none.is_empty() {
            for value in values.iter_mut().filter(|value| self.none.contains(value)) {
                *value = f32::NAN;
            }
        }
    }

    /// Brings values to where 1 is white, and takes out those that stand for none.
    pub fn scale(&self, values: &mut [f32]) {
        self.clean(values);
        if let Some(white) = self.white {
            values.iter_mut().for_each(|value| *value /= white);
        }
    }

    /// Decides whether a picture is flux; returns true when it is.
    pub fn judge(&self, picture: &mut Picture) -> bool {
        if self.is_sure {
            return false;
        }
        let within = |value: &f32| value.is_nan() || (0.0..=1.0).contains(value);
        let is_flux = !picture.frame.pixels.iter().all(within);
        picture.frame.tone = if is_flux { Tone::Linear } else { Tone::Stretched };
        if is_flux && let Some(white) = self.white {
            picture.frame.pixels.iter_mut().for_each(|value| *value *= white);
        }
        is_flux
    }
}

/// True for the values of a picture in bytes that were turned into another type.
pub fn are_bytes(values: &[f32]) -> bool {
    let known = || values.iter().filter(|value| !value.is_nan());
    let (mut low, mut high, mut whole, mut count) = (f32::INFINITY, f32::NEG_INFINITY, 0usize, 0usize);
    for value in known() {
        low = low.min(*value);
        high = high.max(*value);
        whole += usize::from(value.fract() == 0.0);
        count += 1;
    }
    if count == 0 || low < 0.0 || high > 255.0 {
        return false;
    }
    // Photons are whole numbers too, but a picture reaches almost to white, and its black is black. Values that were
    // interpolated still end at both ends of the scale.
    let is_whole = whole as f64 >= WHOLE * count as f64;
    (is_whole && high >= 128.0 && low < 64.0) || (low == 0.0 && high == 255.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_in_other_types_are_told_from_flux() {
        let ramp: Vec<f32> = (0..1000).map(|n| (n % 256) as f32).collect();
        assert!(are_bytes(&ramp));
        let halves: Vec<f32> = ramp.iter().map(|value| value * 0.5).collect();
        assert!(!are_bytes(&halves), "not whole, and it ends at 127.5");
        let smooth: Vec<f32> = (0..1000).map(|n| n as f32 * (255.0 / 999.0)).collect();
        assert!(are_bytes(&smooth));
        let counts: Vec<f32> = (0..1000).map(|n| (n % 5) as f32).collect();
        assert!(!are_bytes(&counts), "photons");
        let sky: Vec<f32> = (0..1000).map(|n| 100.0 + (n % 50) as f32).collect();
        assert!(!are_bytes(&sky), "no black");
        assert!(!are_bytes(&[-1.0, 255.0]) && !are_bytes(&[f32::NAN]) && !are_bytes(&[]));
    }
}
