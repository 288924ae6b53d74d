//! Raw frames of colour cameras: each pixel behind a red, a green or a blue filter, in a pattern of two by two.

use crate::fits::header::Header;

/// The pattern of the filters, as `RGGB`, if the header names one.
pub(super) fn pattern(header: &Header) -> Option<String> {
    const KEYS: [&str; 4] = ["BAYERPAT", "CFAPAT", "BAYERPATTERN", "COLORTYP"];
    let found = KEYS.iter().find_map(|key| header.text(key))?;
    let letters: String = found.trim().to_uppercase();
    let count = |letter: char| letters.matches(letter).count();
    (letters.len() == 4 && (count('R'), count('G'), count('B')) == (1, 2, 1)).then_some(letters)
}

/// The mean of each two by two pixels: 0.25 R + 0.5 G + 0.25 B, as all colour pictures become here. A last odd row or column is
/// left out.
pub(super) fn merged(pixels: &[f32], width: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = pixels.chunks_exact(width.max(1)).collect();
    rows.chunks_exact(2)
        .flat_map(|pair| {
            let (above, below) = (
                pair.first().copied().unwrap_or_default(),
                pair.get(1).copied().unwrap_or_default(),
            );
            above
                .chunks_exact(2)
                .zip(below.chunks_exact(2))
                .map(|(a, b)| a.iter().chain(b).sum::<f32>() / 4.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_pixels_become_one() {
        let pixels = [1.0, 2.0, 9.0, 3.0, 6.0, 9.0, 0.0, 0.0, 0.0];
        assert_eq!(merged(&pixels, 3), [3.0]);
        assert_eq!(
            pattern(&Header::of(&[("BAYERPAT", "'RGGB    '")])).as_deref(),
            Some("RGGB")
        );
        assert_eq!(pattern(&Header::of(&[("BAYERPAT", "'NONE'")])), None);
        assert_eq!(pattern(&Header::of(&[])), None);
    }
}
