//! Why galaxies could not be encoded.

/// Why a batch could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The pixels do not make whole cutouts.
    #[error("{0} pixel values do not make whole cutouts of 64x64")]
    Pixels(usize),
    /// A cutout with a value that is no finite number.
    #[error(
        "cutout {0} of the batch (counted from 1) has values that are not finite numbers: its codes would mean nothing"
    )]
    NotFinite(usize),
    /// The codes do not make whole grids.
    #[error("{0} codes do not make whole grids of 8x8")]
    Codes(usize),
    /// A code that the codebook does not hold.
    #[error("code {code} is not in this model's codebook of {size}: were the codes made by another model?")]
    UnknownCode {
        /// The code.
        code: u8,
        /// The number of codes in the codebook.
        size: usize,
    },
    /// The device failed; its result cannot be used.
    #[error("the compute device failed: {0}")]
    Device(String),
}
