//! What the tests of this module share.

/// A number from 0 to 1 for every index, the same everywhere.
pub fn hashed(i: u64) -> f64 {
    let mut x = i.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Noise with a standard deviation of 1.
pub fn noise(i: u64) -> f64 {
    ((0..4).map(|k| hashed(4 * i + k)).sum::<f64>() - 2.0) * 3.0_f64.sqrt()
}
