//! Pages that hold numbers of colours. The crate refuses them, so it is given the same file with the page marked as grey,
//! and the colours are looked up here.

use super::directory::Directory;

/// A copy of the file whose directory at `at` says grey (BlackIsZero) in place of palette.
pub fn as_grey(bytes: &[u8], at: u64) -> Option<Vec<u8>> {
    const PHOTOMETRIC: u64 = 262;
    const GREY: u16 = 1;
    let mut copy = bytes.to_vec();
    Directory::new(bytes, at)?.set_short(&mut copy, PHOTOMETRIC, GREY)?;
    Some(copy)
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
}
