//! What the axes of an array mean: which are pixels, which are bands, and which counts galaxies.

use super::arrays::Array;
use super::element::Element;
use crate::intake::picture::Picture;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Shorter axes are no sides of a picture.
const SHORTEST: u64 = 8;
/// Longer axes are no bands.
const MOST_BANDS: u64 = 8;

/// Where the bands of a picture stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bands {
    /// There is one band, without an axis of its own.
    One,
    /// Last: the bands of a pixel stand together.
    Last(u64),
    /// Before the pixels: one picture after another.
    First(u64),
}

/// A reading of an array's axes as pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Galaxies.
    pub count: u64,
    /// Rows of the first axis that one galaxy takes.
    pub span: u64,
    height: u64,
    width: u64,
    bands: Bands,
}

/// What becomes of the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Band {
    /// One of them, from 0.
    This(usize),
    /// 0.25 of the first, 0.5 of the second, 0.25 of the third: what colour pictures become everywhere here.
    Mixed,
}

impl Layout {
    fn many(count: u64, height: u64, width: u64, bands: Bands) -> Self {
        Self {
            count,
            span: 1,
            height,
            width,
            bands,
        }
    }

    fn lone(rows: u64, height: u64, width: u64, bands: Bands) -> Self {
        Self {
            count: 1,
            span: rows,
            height,
            width,
            bands,
        }
    }

    /// All readings of a shape, the likeliest first; none when it holds no pictures. `companions`: the file has other
    /// columns that are as long as the first axis, so this axis counts galaxies wherever it can.
    pub fn of(shape: &[u64], companions: bool) -> Vec<Self> {
        let mut shape = shape.to_vec();
        while shape.len() > 2 && shape.last() == Some(&1) {
            shape.pop();
        }
        let is_side = |n: u64| n >= SHORTEST;
        let is_bands = |n: u64| (1..=MOST_BANDS).contains(&n);
        let mut found = Vec::new();
        match *shape.as_slice() {
            [n, area] => {
                let side = area.isqrt();
                if is_side(side) && side * side == area {
                    found.push(Self::many(n, side, side, Bands::One));
                }
                if is_side(n) && is_side(area) {
                    found.push(Self::lone(n, n, area, Bands::One));
                }
                // A square number of columns is no accident where the picture would be a strip.
                let strip = n.max(area) / n.min(area).max(1) >= 4;
                let ours = area == crate::cutout::PIXELS as u64;
                if !(ours || companions || strip) {
                    found.reverse();
                }
            }
            [a, b, c] => {
                if is_side(b) && is_side(c) {
                    found.push(Self::many(a, b, c, Bands::One));
                }
                if is_side(a) && is_side(b) && is_bands(c) {
                    found.push(Self::lone(a, a, b, Bands::Last(c)));
                }
                if (2..=MOST_BANDS).contains(&a) && is_side(b) && is_side(c) {
                    found.push(Self::lone(a, b, c, Bands::First(a)));
                }
            }
            [n, b, c, d] => {
                if is_side(b) && is_side(c) && is_bands(d) {
                    found.push(Self::many(n, b, c, Bands::Last(d)));
                }
                if is_bands(b) && is_side(c) && is_side(d) {
                    found.push(Self::many(n, c, d, Bands::First(b)));
                }
            }
            _ => {}
        }
        if companions && found.iter().any(|layout| layout.span == 1) {
            found.retain(|layout| layout.span == 1);
        }
        found
    }

    /// Decides between the readings of an array; asks when there are several. The answer's key is `layout`.
    ///
    /// # Errors
    /// A [`Refusal`] when there is none, or the answer fits none.
    pub fn choose(array: &Array, companions: bool, reading: &mut Reading) -> Result<Self, Refusal> {
        let found = Self::of(&array.shape, companions);
        let options = found.iter().map(Self::words).collect();
        let text = format!("How are the values of {} to be read?", array.words());
        let taken = reading.choose(QuestionKey::Layout, &text, options, 0)?;
        found.get(taken).copied().ok_or_else(|| {
            Refusal::new(
                format!("{} holds no pictures by its shape", array.words()),
                "give images as (N,H,W), (N,H,W,C), (N,C,H,W) or (N,side*side)",
            )
        })
    }

    fn words(&self) -> String {
        let Self {
            count, height, width, ..
        } = self;
        let bands = match self.bands() {
            1 => String::new(),
            n => format!(" in {n} bands"),
        };
        match count {
            1 => format!("one picture of {width} x {height}{bands}"),
            n => format!("{n} pictures of {width} x {height}{bands}"),
        }
    }

    fn bands(&self) -> u64 {
        match self.bands {
            Bands::One => 1,
            Bands::Last(n) | Bands::First(n) => n,
        }
    }

    /// Decides what becomes of several bands; asks. The answer's key is `band`.
    ///
    /// # Errors
    /// A [`Refusal`] when the answer is none of the bands.
    pub fn choose_band(&self, element: Element, reading: &mut Reading) -> Result<Band, Refusal> {
        let bands = self.bands();
        let mut options: Vec<String> = (1..=bands).map(|band| format!("band {band}")).collect();
        let mut default = (bands / 2) as usize;
        if bands == 3 {
            options.push("mixed (0.25 of the first, 0.5 of the second, 0.25 of the third)".to_owned());
            // Three bands of bytes are a colour picture; three bands of flux may be any filters.
            if element.white().is_some() {
                default = 3;
            }
        }
        let text = format!("The pictures have {bands} bands. Which one is taken?");
        let taken = reading.choose(QuestionKey::Band, &text, options, default)?;
        Ok(if bands == 3 && taken == 3 {
            Band::Mixed
        } else {
            Band::This(taken)
        })
    }

    /// Values of one galaxy in all bands; `None` when they do not fit any memory.
    pub fn values(&self) -> Option<usize> {
        let area = self.height.checked_mul(self.width)?;
        usize::try_from(area.checked_mul(self.bands())?).ok()
    }

    /// Pixels of one galaxy.
    pub fn area(&self) -> u64 {
        self.height.saturating_mul(self.width)
    }

    /// Checks one picture's size, in pixels.
    ///
    /// # Errors
    /// As [`Limits::check_picture`].
    pub fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        limits.check_picture(self.width, self.height)
    }

    /// One galaxy's picture. `bytes` are those of all its bands. The second value is true when the numbers are plain
    /// and run beyond 0..1, so that they were taken as flux.
    pub fn picture(&self, element: Element, band: Band, bytes: &[u8]) -> (Picture, bool) {
        let mut values = element.floats(bytes);
        if let Some(white) = element.white() {
            values.iter_mut().for_each(|value| *value /= white);
        }
        let pixels = match (self.bands, band) {
            (Bands::One, _) => values,
            (Bands::Last(bands), Band::This(band)) => values
                .iter()
                .skip(band)
                .step_by(bands as usize)
                .copied()
                .collect(),
            (Bands::Last(_), Band::Mixed) => {
                let (pixels, _) = values.as_chunks::<3>();
                pixels.iter().map(|rgb| mix(*rgb)).collect()
            }
            (Bands::First(_), band) => {
                let area = self.area() as usize;
                let mut planes = values.chunks_exact(area);
                match band {
                    Band::This(band) => planes.nth(band).unwrap_or_default().to_vec(),
                    Band::Mixed => match (planes.next(), planes.next(), planes.next()) {
                        (Some(r), Some(g), Some(b)) => r
                            .iter()
                            .zip(g)
                            .zip(b)
                            .map(|((r, g), b)| mix([*r, *g, *b]))
                            .collect(),
                        _ => Vec::new(),
                    },
                }
            }
        };
        let mut picture = Picture::new(self.width as usize, self.height as usize, pixels);
        if element.white().is_some() {
            return (picture, false);
        }
        picture.judge_tone();
        // Said once for the file, not once for each of its thousands of pictures.
        let flux = !picture.remarks.is_empty();
        picture.remarks.clear();
        (picture, flux)
    }
}

fn mix([r, g, b]: [f32; 3]) -> f32 {
    0.25 * r + 0.5 * g + 0.25 * b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::formats::array::element::Class;

    #[test]
    fn shapes_are_understood() {
        let words = |shape: &[u64], companions| -> Vec<String> {
            Layout::of(shape, companions).iter().map(Layout::words).collect()
        };
        let cases: [(&[u64], bool, &[&str]); 17] = [
            (
                &[17_736, 256, 256, 3],
                true,
                &["17736 pictures of 256 x 256 in 3 bands"],
            ),
            (&[5, 3, 40, 32], false, &["5 pictures of 32 x 40 in 3 bands"]),
            (
                &[20, 4096],
                false,
                &["20 pictures of 64 x 64", "one picture of 4096 x 20"],
            ),
            (
                &[4096, 4096],
                false,
                &["4096 pictures of 64 x 64", "one picture of 4096 x 4096"],
            ),
            (
                &[256, 256],
                false,
                &["one picture of 256 x 256", "256 pictures of 16 x 16"],
            ),
            (&[256, 256], true, &["256 pictures of 16 x 16"]),
            (&[2, 100], false, &["2 pictures of 10 x 10"]),
            (&[40, 32], false, &["one picture of 32 x 40"]),
            (
                &[7, 40, 32],
                false,
                &["7 pictures of 32 x 40", "one picture of 32 x 40 in 7 bands"],
            ),
            (&[40, 32, 3], false, &["one picture of 32 x 40 in 3 bands"]),
            (&[9, 40, 32, 1], false, &["9 pictures of 32 x 40"]),
            (&[9, 1, 40, 32], false, &["9 pictures of 32 x 40"]),
            (&[1, 40, 32], false, &["one picture of 32 x 40"]),
            (&[100], false, &[]),
            (&[100, 7], false, &[]),
            (&[5, 40, 32, 9], false, &[]),
            (
                &[u64::MAX, u64::MAX, u64::MAX, 3],
                false,
                &["18446744073709551615 pictures of 18446744073709551615 x 18446744073709551615 in 3 bands"],
            ),
        ];
        for (shape, companions, wanted) in cases {
            assert_eq!(words(shape, companions), wanted, "{shape:?}");
        }
        assert_eq!(
            Layout::of(&[u64::MAX, u64::MAX, u64::MAX, 3], false)[0].values(),
            None
        );
        assert!(Layout::of(&[0, 0], false).is_empty());
        assert!(Layout::of(&[], false).is_empty());
    }

    #[test]
    fn bands_are_taken_from_both_orders() {
        let element = Element::new(Class::Unsigned, 1, false).unwrap();
        let area = 64u8;
        let last: Vec<u8> = (0..area).flat_map(|p| [p, p + 100, p + 50]).collect();
        let first: Vec<u8> = [0, 100, 50]
            .into_iter()
            .flat_map(|b| (0..area).map(move |p| p + b))
            .collect();
        let last_of = Layout::of(&[1, 8, 8, 3], false)[0];
        let first_of = Layout::of(&[1, 3, 8, 8], false)[0];
        for band in [Band::This(0), Band::This(1), Band::This(2), Band::Mixed] {
            let (one, flux) = last_of.picture(element, band, &last);
            let (other, _) = first_of.picture(element, band, &first);
            assert_eq!(one, other, "{band:?}");
            assert!(!flux);
            assert_eq!(one.frame.pixels.len(), 64);
            let wanted = match band {
                Band::This(band) => [10.0, 110.0, 60.0][band] / 255.0,
                Band::Mixed => 0.25 * (10.0f32 / 255.0) + 0.5 * (110.0 / 255.0) + 0.25 * (60.0 / 255.0),
            };
            assert_eq!(one.frame.pixels[10], wanted);
        }
    }
}
