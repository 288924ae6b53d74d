//! LZF, the fast compression that h5py adds to HDF5: chunks as Marc Lehmann's LibLZF writes them.
//!
//! A stream is a row of pieces. A first byte below 32 says how many bytes follow as they are, less one; any other holds
//! the length of a repetition in its upper three bits and the upper part of its distance in the lower five.

use hdf5_reader::{error::Error, messages::filter_pipeline::FilterDescription};

/// The number under which h5py registered it.
pub const FILTER: u16 = 32_000;

/// Unpacks a chunk. h5py writes the chunk's size into the filter's third parameter.
///
/// # Errors
/// When the stream is damaged or longer than `largest`.
pub fn filter(about: &FilterDescription, bytes: &[u8], largest: usize) -> Result<Vec<u8>, Error> {
    let size = about.client_data.get(2).map_or(0, |size| *size as usize);
    // A parameter of 0 comes from old files: then only the largest chunk is a bound.
    let most = if size == 0 { largest } else { size.min(largest) };
    expand(bytes, most).ok_or_else(|| Error::DecompressionError("the LZF stream is damaged".to_owned()))
}

/// Unpacks at most `most` bytes; `None` when the stream is damaged or holds more.
fn expand(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut out: Vec<u8> = Vec::new();
    let mut bytes = bytes.iter().copied();
    while let Some(control) = bytes.next() {
        let control = usize::from(control);
        if control < 32 {
            let count = control + 1;
            if out.len() + count > most {
                return None;
            }
            for _ in 0..count {
                out.push(bytes.next()?);
            }
            continue;
        }
        let mut count = (control >> 5) + 2;
        if count == 9 {
            count += usize::from(bytes.next()?);
        }
        let back = ((control & 31) << 8 | usize::from(bytes.next()?)) + 1;
        if out.len() + count > most {
            return None;
        }
        let start = out.len().checked_sub(back)?;
        // The repetition may overlap what it writes, so it goes byte by byte.
        for at in start..start + count {
            out.push(*out.get(at)?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_and_repetitions() {
        assert_eq!(expand(&[2, b'a', b'b', b'c'], 3).unwrap(), b"abc");
        // Three from three back, then eleven from one back: the latter overlaps itself.
        assert_eq!(
            expand(&[2, b'a', b'b', b'c', 0x20, 2, 0xe0, 2, 0], 100).unwrap(),
            b"abcabcccccccccccc"[..17].to_vec()
        );
        assert_eq!(expand(&[], 0).unwrap(), b"");
    }

    #[test]
    fn damage_is_seen() {
        assert_eq!(expand(&[2, b'a'], 100), None, "cut short");
        assert_eq!(
            expand(&[0, b'a', 0x20, 1], 100),
            None,
            "from before the beginning"
        );
        assert_eq!(expand(&[0, b'a', 0xe0, 255, 0], 100), None, "too long");
        assert_eq!(expand(&[0xe0], 100), None, "no length");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end(bytes: Vec<u8>) {
            if let Some(out) = expand(&bytes, 5000) {
                proptest::prop_assert!(out.len() <= 5000);
            }
        }
    }
}
