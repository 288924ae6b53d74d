//! What the numbers of an array stand for: a picture from black to white, or flux.

use super::element::Element;
use crate::cutout::Tone;
use crate::intake::none;
use crate::intake::picture::Picture;
use crate::intake::tone::are_bytes;

/// What the numbers of an array stand for.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// The number that stands for white, where the type or the values say so.
    white: Option<f32>,
    /// True when the type itself says it, so that every picture is one.
    is_sure: bool,
    /// True for whole numbers by type.
    is_whole: bool,
    /// Numbers that stand for no value.
    none: Vec<f32>,
}

impl Levels {
    /// What the type says.
    pub fn of(element: Element) -> Self {
        Self {
            white: element.white(),
            is_sure: element.white().is_some(),
            is_whole: element.is_whole(),
            none: Vec::new(),
        }
    }

    /// The same with numbers that stand for no value.
    #[must_use]
    pub fn without(mut self, none: &[f64]) -> Self {
        // Black is a value of every picture in bytes, whatever their writer thought.
        let counts = |value: &f32| !(self.is_sure && *value == 0.0);
        self.none = none.iter().map(|value| *value as f32).filter(counts).collect();
        self
    }

    /// Looks at some of the values: whole numbers within 0 and 255 that reach far up are pictures in bytes, whatever type
    /// they were turned into.
    #[must_use]
    pub fn looked_at(mut self, values: &[f32]) -> Self {
        if !self.is_sure && are_bytes(values, self.is_whole) {
            self.white = Some(255.0);
        }
        self
    }

    /// Sentences when the values, not the type, say that they are pictures, and when some stand for none.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.is_sure && self.white.is_some() {
            remarks.push(
                "its values are those of pictures, from 0 to 255, so they were taken as stretched, not as flux".to_owned(),
            );
        }
        let none: Vec<String> = self
            .none
            .iter()
            .filter(|value| !value.is_nan())
            .map(f32::to_string)
            .collect();
        if !none.is_empty() {
            remarks.push(format!("by its attributes {} means no value", none.join(" or ")));
        }
        remarks
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
        let stated = none::clear(&mut picture.frame);
        picture.remarks.extend(stated);
        let within = |value: &f32| value.is_nan() || (0.0..=1.0).contains(value);
        let is_flux = !picture.frame.pixels.iter().all(within);
        picture.frame.tone = if is_flux { Tone::Linear } else { Tone::Stretched };
        if is_flux && let Some(white) = self.white {
            picture.frame.pixels.iter_mut().for_each(|value| *value *= white);
        }
        is_flux
    }
}
