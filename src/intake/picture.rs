//! One decoded picture.

use crate::cutout::About;
use crate::cutout::Frame;
use crate::cutout::Tone;
use crate::intake::none;
use crate::intake::tone::are_bytes;

/// One decoded picture of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The identifier that the file gives its galaxy, if any.
    pub id: Option<i64>,
    /// Which part of the file it is, when there are several: the number of the header-data unit, or of the row (from 0).
    pub label: Option<String>,
    /// The picture.
    pub frame: Frame,
    /// What the file says about its galaxy.
    pub about: About,
    /// Sentences about it.
    pub remarks: Vec<String>,
}

impl Picture {
    /// A stretched picture of `width * height` values, the only one of its file.
    pub(super) fn new(width: usize, height: usize, pixels: Vec<f32>) -> Self {
        let frame = Frame {
            width,
            height,
            pixels,
            tone: Tone::Stretched,
        };
        Self {
            id: None,
            label: None,
            frame,
            about: About::default(),
            remarks: Vec::new(),
        }
    }

    /// Decides whether a picture of plain numbers is linear: values within 0..1 are taken as already stretched, and so are
    /// whole numbers within 0..255 that reach almost to white.
    pub(super) fn judge_tone(&mut self) {
        self.remarks.extend(none::clear(&mut self.frame));
        let within = |value: &f32| value.is_nan() || (0.0..=1.0).contains(value);
        if self.frame.pixels.iter().all(within) {
            self.frame.tone = Tone::Stretched;
        } else if are_bytes(&self.frame.pixels, false) {
            self.frame.pixels.iter_mut().for_each(|value| *value /= 255.0);
            self.frame.tone = Tone::Stretched;
            self.remarks.push(
                "its values are those of a picture, from 0 to 255, so they were taken as stretched, not as flux".to_owned(),
            );
        } else {
            self.frame.tone = Tone::Linear;
            self.remarks
                .push("its values are not within 0 and 1, so they were taken as flux (linear)".to_owned());
        }
    }
}
