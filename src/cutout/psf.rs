//! A point spread function: what a star looks like on a picture.

/// A point spread function: an odd number of pixels across and down, the star in the middle, a sum of 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Psf {
    side: usize,
    values: Vec<f64>,
}

/// Why an image is no point spread function.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PsfError {
    /// Width, height and number of values do not fit.
    #[error("its values are not {width} x {height}")]
    Shape {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// More than [`Psf::MAX_SIDE`] across or down.
    #[error("it is {width} x {height} pixels; at most {limit} across are taken: cut out the part with the star", limit = Psf::MAX_SIDE)]
    Large {
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
    },
    /// A pixel is no number.
    #[error("it has pixels without a value: fill them, with 0 say")]
    NotFinite,
    /// Nothing shines.
    #[error("its pixels have no positive sum: subtract the sky, or give the right image")]
    NoLight,
    /// The brightest pixel is so far from the middle that a square around it leaves light out.
    #[error(
        "its brightest pixel, at ({x}, {y}) from the top left, is so far from the middle of {width} x {height} that a square around it holds only \
         {percent:.0} % of the light: centre the star"
    )]
    NotCentred {
        /// Column of the brightest pixel.
        x: usize,
        /// Its row.
        y: usize,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// The share of the light in the largest square around it.
        percent: f64,
    },
}

impl Psf {
    /// More pixels across are not taken: the model of a galaxy is blurred hundreds of times.
    pub const MAX_SIDE: usize = 255;

    /// The largest odd square around the brightest pixel of an image (`width * height` values, row-major, top row first), scaled to a sum of 1.
    ///
    /// # Errors
    /// [`PsfError`] when that square would leave out more than 5 % of the light, or the image has none, or too many pixels.
    pub fn centred(width: usize, height: usize, values: &[f64]) -> Result<Self, PsfError> {
        const MIN_SHARE: f64 = 0.95;
        if width.checked_mul(height) != Some(values.len()) {
            return Err(PsfError::Shape { width, height });
        }
        if width > Self::MAX_SIDE || height > Self::MAX_SIDE {
            return Err(PsfError::Large { width, height });
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(PsfError::NotFinite);
        }
        let total: f64 = values.iter().sum();
        let brightest = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let Some((at, _)) = brightest.filter(|_| total > 0.0) else {
            return Err(PsfError::NoLight);
        };
        let (x, y) = (at % width, at / width);
        let reach = x.min(y).min(width - 1 - x).min(height - 1 - y);
        let side = 2 * reach + 1;
        let square: Vec<f64> = (y - reach..=y + reach)
            .flat_map(|row| values.iter().skip(row * width + x - reach).take(side).copied())
            .collect();
        let sum: f64 = square.iter().sum();
        if sum < MIN_SHARE * total {
            return Err(PsfError::NotCentred {
                x,
                y,
                width,
                height,
                percent: 100.0 * sum / total,
            });
        }
        let values = square.into_iter().map(|value| value / sum).collect();
        Ok(Self { side, values })
    }

    /// Pixels across.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Rows, the top one first.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.side)
    }

    /// On pixels that are `factor` times as wide: the mean over the places in its pixel where a source may be.
    #[must_use]
    pub fn binned(&self, factor: usize) -> Self {
        if factor <= 1 {
            return self.clone();
        }
        let old = (self.side / 2) as f64;
        let reach = (self.side / 2).div_ceil(factor);
        let side = 2 * reach + 1;
        let width = factor as f64;
        let mut values = vec![0.0; side * side];
        // A source anywhere in a wide pixel, and light collected over a wide pixel: a triangle of weights.
        let weight = |narrow: usize, wide: usize| {
            let distance = (narrow as f64 - old) - (wide as f64 - reach as f64) * width;
            (1.0 - distance.abs() / width).max(0.0)
        };
        for (row, line) in self.rows().enumerate() {
            for (column, value) in line.iter().enumerate() {
                for (at, sum) in values.iter_mut().enumerate() {
                    *sum += value * weight(row, at / side) * weight(column, at % side);
                }
            }
        }
        let sum: f64 = values.iter().sum();
        values.iter_mut().for_each(|value| *value /= sum);
        Self { side, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gauss(width: usize, height: usize, (x, y): (f64, f64), sigma: f64) -> Vec<f64> {
        let at = |i: usize| {
            let (dx, dy) = ((i % width) as f64 - x, (i / width) as f64 - y);
            libm::exp(-0.5 * (dx * dx + dy * dy) / (sigma * sigma))
        };
        (0..width * height).map(at).collect()
    }

    fn spread(psf: &Psf) -> f64 {
        let middle = (psf.side() / 2) as f64;
        let square = |(row, line): (usize, &[f64])| -> f64 {
            let distance = row as f64 - middle;
            line.iter().sum::<f64>() * distance * distance
        };
        psf.rows().enumerate().map(square).sum::<f64>()
    }

    #[test]
    fn an_even_image_is_cut_around_its_star() {
        let psf = Psf::centred(32, 32, &gauss(32, 32, (16.0, 16.0), 2.0)).unwrap();
        assert_eq!(psf.side(), 31);
        let middle = psf.rows().nth(15).unwrap()[15];
        assert!(
            (middle - 1.0 / (8.0 * std::f64::consts::PI)).abs() < 1e-4,
            "{middle}"
        );
        assert!((psf.rows().flatten().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_star_in_the_middle_is_refused() {
        let cases = [
            (Psf::centred(3, 3, &[1.0; 8]), "not 3 x 3"),
            (Psf::centred(3, 3, &[0.0; 9]), "no positive sum"),
            (Psf::centred(3, 1, &[0.0, f64::NAN, 1.0]), "without a value"),
            (Psf::centred(999, 1, &[1.0; 999]), "at most 255"),
            (
                Psf::centred(32, 32, &gauss(32, 32, (4.0, 16.0), 4.0)),
                "centre the star",
            ),
        ];
        for (found, words) in cases {
            let reason = found.unwrap_err().to_string();
            assert!(reason.contains(words), "{reason}");
        }
    }

    /// Its light lands between the middles of two wide pixels, which share it: that adds `1/6 - 1/(6 f^2)` of a wide pixel to the variance.
    #[test]
    fn on_wide_pixels_the_star_is_as_wide_as_averaging_makes_it() {
        let psf = Psf::centred(41, 41, &gauss(41, 41, (20.0, 20.0), 3.0)).unwrap();
        for factor in [2, 3, 4] {
            let binned = psf.binned(factor);
            let f = (factor * factor) as f64;
            let expected = spread(&psf) / f + (1.0 - 1.0 / f) / 6.0;
            assert!(
                (spread(&binned) / expected - 1.0).abs() < 1e-3,
                "{factor}: {} {expected}",
                spread(&binned)
            );
            assert!((binned.rows().flatten().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        assert_eq!(psf.binned(1), psf);
    }
}
