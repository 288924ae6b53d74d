//! Why no cutout could be made.

/// Why no cutout could be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PrepareError {
    /// All pixels are equal.
    #[error("every pixel has the same value: there is no galaxy to see")]
    Blank,
    /// No pixel is a finite number.
    #[error(
        "no pixel holds a number (all are NaN or infinite): check that the file has this image in this place"
    )]
    NoValues,
    /// The user left it out.
    #[error("it was left out by choice: take it in again to see it")]
    Excluded,
    /// No pixels at all.
    #[error("the picture has no pixels: choose a file with an image in it")]
    Empty,
    /// The pixels do not match the sides.
    #[error("the picture should be {width} by {height} pixels but holds {count}: read the file again")]
    Size {
        /// Pixels across, as stated.
        width: usize,
        /// Pixels down, as stated.
        height: usize,
        /// Pixels there are.
        count: usize,
    },
}
