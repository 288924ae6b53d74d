//! Pages that hold numbers of colours. The crate refuses them, so it is given the same file with the page marked as grey,
//! and the colours are looked up here.

/// A copy of the file whose directory at `at` says grey (BlackIsZero) in place of palette.
pub fn as_grey(bytes: &[u8], at: u64) -> Option<Vec<u8>> {
    const PHOTOMETRIC: u64 = 262;
    const GREY: u8 = 1;
    let big_endian = bytes.starts_with(b"MM");
    let number = |from: usize, length: usize| -> Option<u64> {
        let field = bytes.get(from..from.checked_add(length)?)?;
        let join = |value: u64, byte: &u8| (value << 8) | u64::from(*byte);
        Some(if big_endian {
            field.iter().fold(0, join)
        } else {
            field.iter().rev().fold(0, join)
        })
    };
    let big_tiff = number(2, 2)? == 43;
    // The count of entries, then entries of tag, type, count and value.
    let (count, entry, value) = if big_tiff { (8, 20, 12) } else { (2, 12, 8) };
    let at = usize::try_from(at).ok()?;
    let entries = number(at, count)?.min(u64::from(u16::MAX));
    let mut from = at.checked_add(count)?;
    for _ in 0..entries {
        if number(from, 2)? == PHOTOMETRIC {
            let mut copy = bytes.to_vec();
            let field = copy.get_mut(from + value..from + value + 2)?;
            field.copy_from_slice(&if big_endian { [0, GREY] } else { [GREY, 0] });
            return Some(copy);
        }
        from = from.checked_add(entry)?;
    }
    None
}

/// The light of each colour: the map holds all reds, then all greens, then all blues, from 0 to 65535. Programs write 8-bit
/// colours either times 256 or times 257: the high byte is right for both.
pub fn lights(map: &[u16]) -> Vec<f32> {
    let third = map.len() / 3;
    let (red, rest) = map.split_at(third);
    let (green, blue) = rest.split_at(third);
    let level = |value: &u16| f32::from(value >> 8) / 255.0;
    red.iter()
        .zip(green)
        .zip(blue)
        .map(|((r, g), b)| 0.25 * level(r) + 0.5 * level(g) + 0.25 * level(b))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_their_light() {
        assert_eq!(lights(&[65_535, 0, 0, 65_535, 0, 0]), [0.25, 0.5]);
        assert!(lights(&[1, 2]).is_empty());
    }

    #[test]
    fn short_files_have_no_directory() {
        assert_eq!(as_grey(b"II*\0", 8), None);
        assert_eq!(as_grey(b"II*\0\x08\0\0\0\xff\xff", 8), None);
        assert_eq!(as_grey(b"MM\0*", u64::MAX), None);
        let mut one = b"II*\0\x08\0\0\0\x01\0".to_vec();
        one.extend_from_slice(&[6, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0]);
        let grey = as_grey(&one, 8).unwrap();
        assert_eq!(grey[18], 1);
        assert_eq!(grey.len(), one.len());
    }
}
