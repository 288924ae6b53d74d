//! Unpacking gzip with an end to it: 1 MB may expand to 1 GB.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{Limits, Refusal, limits::size};

/// Unpacks a gzip file of any number of members.
///
/// # Errors
/// A [`Refusal`] when the content is larger than [`Limits::expanded`], or the stream is damaged or cut short.
pub fn expand(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let mut content = Vec::new();
    let outcome = MultiGzDecoder::new(bytes)
        .take(limits.expanded.saturating_add(1))
        .read_to_end(&mut content);
    if content.len() as u64 > limits.expanded {
        return Err(Refusal::new(
            format!("it unpacks to more than {}, the limit", size(limits.expanded)),
            "unpack it with `gunzip` and cut the galaxies out first",
        ));
    }
    match outcome {
        Ok(_) => Ok(content),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(Refusal::new(
            format!(
                "the gzip file is cut short: it ends after {} of content",
                size(content.len() as u64)
            ),
            "download or copy it again",
        )),
        Err(error) => Err(Refusal::new(
            format!("the gzip file is damaged ({error})"),
            "download or copy it again",
        )),
    }
}

/// Unpacks one gzip stream of at most `largest` bytes, for tiles inside FITS files. `None` when it is damaged or larger.
pub(super) fn expand_tile(bytes: &[u8], largest: usize) -> Option<Vec<u8>> {
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

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn there_is_an_end_to_expansion() {
        let bomb = packed(&vec![0; 100_000]);
        assert!(bomb.len() < 1000);
        let limits = Limits {
            expanded: 99_999,
            ..Limits::default()
        };
        assert!(
            expand(&bomb, &limits)
                .unwrap_err()
                .reason
                .contains("more than 100.0 kB")
        );
        assert_eq!(
            expand(
                &bomb,
                &Limits {
                    expanded: 100_000,
                    ..limits
                }
            )
            .unwrap()
            .len(),
            100_000
        );
        assert!(expand_tile(&bomb, 99_999).is_none());
    }

    #[test]
    fn a_cut_stream_is_refused() {
        let whole = packed(b"a galaxy far away");
        let refusal = expand(&whole[..whole.len() - 9], &Limits::default()).unwrap_err();
        assert!(refusal.reason.contains("cut short"), "{refusal}");
        assert!(expand(b"\x1f\x8b\x08\0garbage garbage", &Limits::default()).is_err());
    }
}
