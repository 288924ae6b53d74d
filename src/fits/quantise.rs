//! Floats that were quantised to integers before they were compressed, and cfitsio's dithering (FITS standard 4.0,
//! section 10.2).

use super::header::Header;

/// Length of cfitsio's fixed sequence of random numbers.
const RANDOM: usize = 10_000;
/// The quantised value that stands for an exact zero under `SUBTRACTIVE_DITHER_2`.
const EXACT_ZERO: i64 = -2_147_483_646;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dither {
    None,
    One,
    Two,
}

/// How an image's floats were quantised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quantised {
    dither: Dither,
    seed: i64,
}

impl Quantised {
    /// Reads ZQUANTIZ and ZDITHER0.
    ///
    /// # Errors
    /// A sentence that names a method which is not known.
    pub(crate) fn new(header: &Header) -> Result<Self, String> {
        let dither = match header.text("ZQUANTIZ").unwrap_or("NONE") {
            "NONE" | "NO_DITHER" | "" => Dither::None,
            "SUBTRACTIVE_DITHER_1" => Dither::One,
            "SUBTRACTIVE_DITHER_2" => Dither::Two,
            other => return Err(format!("ZQUANTIZ = '{other}' is not known")),
        };
        Ok(Self {
            dither,
            seed: header.int("ZDITHER0").unwrap_or(1),
        })
    }

    /// The floats of tile `index` (from 0): `zero + scale * (quantised - random + 0.5)`, NaN for `blank`.
    pub(crate) fn values(
        self,
        quantised: &[i64],
        index: usize,
        scale: f64,
        zero: f64,
        blank: Option<i64>,
    ) -> Vec<f64> {
        let random = random_numbers();
        let at = |i: usize| f64::from(random.get(i).copied().unwrap_or(0.0));
        let mut seed = (index as i64)
            .wrapping_add(self.seed)
            .wrapping_sub(1)
            .rem_euclid(RANDOM as i64) as usize;
        let mut next = (at(seed) * 500.0) as usize;
        let mut values = Vec::with_capacity(quantised.len());
        for quantised in quantised {
            values.push(if Some(*quantised) == blank {
                f64::NAN
            } else if self.dither == Dither::Two && *quantised == EXACT_ZERO {
                0.0
            } else if self.dither == Dither::None {
                *quantised as f64 * scale + zero
            } else {
                (*quantised as f64 - at(next) + 0.5) * scale + zero
            });
            next += 1;
            if next == RANDOM {
                seed = (seed + 1) % RANDOM;
                next = (at(seed) * 500.0) as usize;
            }
        }
        values
    }
}

/// cfitsio's fixed sequence: the "minimal standard" generator of Park and Miller from seed 1.
fn random_numbers() -> &'static [f32] {
    static NUMBERS: std::sync::OnceLock<Vec<f32>> = std::sync::OnceLock::new();
    NUMBERS.get_or_init(|| {
        let mut seed = 1u64;
        (0..RANDOM)
            .map(|_| {
                seed = seed * 16_807 % 2_147_483_647;
                (seed as f64 / 2_147_483_647.0) as f32
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_random_sequence_is_cfitsios() {
        // cfitsio checks that the 10,000th seed is 1043618065.
        let last = random_numbers()[RANDOM - 1];
        assert_eq!(last, (1_043_618_065.0 / 2_147_483_647.0) as f32);
    }

    #[test]
    fn blanks_and_zeros_are_exact() {
        let method = Quantised {
            dither: Dither::Two,
            seed: 1,
        };
        let values = method.values(
            &[EXACT_ZERO, -2_147_483_647, 5],
            3,
            0.5,
            10.0,
            Some(-2_147_483_647),
        );
        assert_eq!(values[0], 0.0);
        assert!(values[1].is_nan());
        assert!((values[2] - 12.5).abs() <= 0.25, "{}", values[2]);
        let plain = Quantised {
            dither: Dither::None,
            ..method
        };
        assert_eq!(plain.values(&[5], 3, 0.5, 10.0, None), [12.5]);
    }
}
