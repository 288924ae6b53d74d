//! A decoded picture, before a galaxy is cut from it.

/// How a picture's values relate to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Tone {
    /// Proportional to flux, as FITS images are: to be stretched before the model sees it.
    Linear,
    /// Already stretched for display, as JPEG and PNG images are.
    Stretched,
}

/// A decoded picture in one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `width * height` values, row-major, top row first. Stretched pictures run from 0 to 1; linear ones are in the
    /// file's own unit. May hold NaN where the file has no value; preparation fills those.
    pub pixels: Vec<f32>,
    /// Whether the values are flux or a stretched picture.
    pub tone: Tone,
}
