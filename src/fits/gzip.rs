//! gzip inside other formats. Whole files are unpacked in [`unpack`](crate::intake::unpack).

use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Unpacks one gzip stream of at most `largest` bytes, for tiles inside FITS files. `None` when it is damaged or larger.
pub(crate) fn expand_tile(bytes: &[u8], largest: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(largest as u64 + 1)
        .read_to_end(&mut content)
        .ok()?;
    (content.len() <= largest).then_some(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_tile_has_its_size() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&[0; 100]).unwrap();
        let packed = encoder.finish().unwrap();
        assert!(expand_tile(&packed, 99).is_none());
        assert_eq!(expand_tile(&packed, 100), Some(vec![0; 100]));
        assert!(expand_tile(b"\x1f\x8b\x08\0garbage garbage", 100).is_none());
    }
}
