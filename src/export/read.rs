//! Codes of galaxies, read from a file of any of the formats that `grove extract` writes.

use super::features::{Features, FeaturesError};
use super::fits_read::read_fits;
use crate::export::{npy, tensors};

/// Reads ids and codes; the format is recognised by the first bytes.
///
/// - FITS: the first binary table; ids are the column `sdss_objid`, all others are codes in the order of the file, as
///   the reference takes them.
/// - Parquet: the same columns (command line only).
/// - NPY: an array of whole numbers `[N, width]`, which has no room for ids: they are 1, 2, ... N. See
///   [`read_ids_npy`](crate::export::read_ids_npy).
/// - safetensors: the tensors `id` and `codes`; a bundle with codes will do.
///
/// # Errors
/// [`FeaturesError`] says what is wrong and what to do.
pub fn read_features(bytes: &[u8]) -> Result<Features, FeaturesError> {
    match bytes {
        [0x1f, 0x8b, ..] => Err(FeaturesError::Packed),
        [b'P', b'A', b'R', b'1', ..] => read_parquet(bytes),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => npy::read_codes(bytes),
        _ if bytes.starts_with(b"SIMPLE  =") => read_fits(bytes),
        _ if bytes.get(8) == Some(&b'{') => tensors::read_codes(bytes),
        _ => Err(FeaturesError::Foreign),
    }
}

#[cfg(feature = "parquet")]
fn read_parquet(bytes: &[u8]) -> Result<Features, FeaturesError> {
    crate::export::parquet::read_codes(bytes)
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_bytes: &[u8]) -> Result<Features, FeaturesError> {
    Err(FeaturesError::NoParquet)
}
