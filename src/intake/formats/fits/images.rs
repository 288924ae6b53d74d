//! The pictures of one image, plain or compressed: its values, its planes, and how planes become one picture.

use std::ops::Range;

use super::bands::Take;
use super::layout::PlaneLayout;
use crate::fits::header::{Header, Holds, Unit};
use crate::fits::numbers::{Number, Scaling, finite};
use crate::fits::tiles::Tiled;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A cube of at most this many planes is taken for bands of one picture: a pixel needs a value in all of them. In longer
/// ones (spectra) the mean is of those that have one.
const FEW: usize = 8;

/// An image whose values can be read in parts.
pub(in crate::intake) enum Values<'a> {
    Plain {
        data: &'a [u8],
        number: Number,
        scaling: Scaling,
    },
    Tiled(Box<Tiled<'a>>),
}

/// The lengths of an image's axes, the fastest first.
pub(in crate::intake) fn axes(unit: &Unit) -> Vec<u64> {
    let prefix = if unit.holds == Holds::Tiles {
        "ZNAXIS"
    } else {
        "NAXIS"
    };
    unit.header.axes(prefix).unwrap_or_default()
}

fn damaged(reason: String) -> Refusal {
    Refusal::new(reason, "check the file with `fitsverify`, or download it again")
}

impl<'a> Values<'a> {
    /// Makes an image's values ready. `data` are the unit's bytes.
    ///
    /// # Errors
    /// A [`Refusal`] when the header is not valid.
    pub(in crate::intake) fn new(unit: &Unit, data: &'a [u8], limits: &Limits) -> Result<Self, Refusal> {
        let header = &unit.header;
        if unit.holds == Holds::Tiles {
            return Tiled::new(header, data, limits.pixels)
                .map(|tiled| Self::Tiled(Box::new(tiled)))
                .map_err(|reason| damaged(format!("the compressed image cannot be read: {reason}")));
        }
        let bitpix = header.int("BITPIX").unwrap_or(0);
        let number = Number::of_bitpix(bitpix).ok_or_else(|| damaged(format!("BITPIX is {bitpix}")))?;
        Ok(Self::Plain {
            data,
            number,
            scaling: scaling(header),
        })
    }

    /// The physical values at these positions, NaN where there is none.
    fn read(&self, range: Range<usize>) -> Result<Vec<f32>, Refusal> {
        match self {
            Self::Plain {
                data,
                number,
                scaling,
            } => {
                let width = number.width();
                let bytes = range
                    .start
                    .checked_mul(width)
                    .zip(range.end.checked_mul(width))
                    .and_then(|(start, end)| data.get(start..end));
                let bytes = bytes
                    .ok_or_else(|| damaged("the image has fewer values than its header says".to_owned()))?;
                Ok(number.physical(bytes, scaling))
            }
            Self::Tiled(tiled) => tiled
                .values(range)
                .map_err(|reason| damaged(format!("the compressed image cannot be read: {reason}"))),
        }
    }

    /// Hands the planes out in turn, top row first. As many are read at once as `largest` values allow: a tile may reach
    /// through many planes, and would be unpacked for each.
    fn planes(
        &self,
        layout: &PlaneLayout,
        planes: Range<usize>,
        largest: usize,
        mut take: impl FnMut(usize, Vec<f32>),
    ) -> Result<(), Refusal> {
        let together = (largest / (layout.width * layout.height)).max(1);
        for first in planes.clone().step_by(together) {
            let end = first.saturating_add(together).min(planes.end);
            let start = layout.range(first).start;
            let values = self.read(start..layout.range(end - 1).end)?;
            for plane in first..end {
                let from = layout.range(plane).start - start;
                take(plane, layout.picture(values.get(from..).unwrap_or_default()));
            }
        }
        Ok(())
    }

    /// The pictures that were chosen, in the order of their planes.
    ///
    /// # Errors
    /// A [`Refusal`] when values are missing or damaged.
    pub(in crate::intake) fn pictures(
        &self,
        layout: &PlaneLayout,
        take: &Take,
        limits: &Limits,
    ) -> Result<Vec<Vec<f32>>, Refusal> {
        let mut pictures = Vec::new();
        let planes = match take {
            Take::All => return Ok(vec![self.weighted(layout, limits)?]),
            Take::One(plane) => *plane..plane + 1,
            Take::Each => 0..layout.planes,
        };
        self.planes(layout, planes, limits.pixels, |_, picture| pictures.push(picture))?;
        Ok(pictures)
    }

    /// The planes as one picture: 1/4, 1/2 and 1/4 of three, the mean of any other number.
    fn weighted(&self, layout: &PlaneLayout, limits: &Limits) -> Result<Vec<f32>, Refusal> {
        let mut sums = vec![0.0f64; layout.width * layout.height];
        let mut counts = vec![0u32; sums.len()];
        self.planes(layout, 0..layout.planes, limits.pixels, |plane, values| {
            let weight = match (layout.planes, plane) {
                (3, 1) => 0.5,
                (3, _) => 0.25,
                _ => 1.0,
            };
            for ((sum, count), value) in sums.iter_mut().zip(&mut counts).zip(values) {
                if !value.is_nan() {
                    *sum += weight * f64::from(value);
                    *count += 1;
                }
            }
        })?;
        let needed = if layout.planes <= FEW { layout.planes } else { 1 };
        let share = |(sum, count): (&f64, &u32)| {
            if (*count as usize) < needed {
                f32::NAN
            } else if layout.planes == 3 {
                finite(*sum)
            } else {
                finite(*sum / f64::from(*count))
            }
        };
        Ok(sums.iter().zip(&counts).map(share).collect())
    }
}

/// BSCALE, BZERO and BLANK. A scale of 0, which would make all values one, counts as none.
fn scaling(header: &Header) -> Scaling {
    Scaling {
        scale: header
            .float("BSCALE")
            .filter(|scale| *scale != 0.0)
            .unwrap_or(1.0),
        zero: header.float("BZERO").unwrap_or(0.0),
        blank: header.int("BLANK"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(bytes: &[u8]) -> Values<'_> {
        Values::Plain {
            data: bytes,
            number: Number::U8,
            scaling: Scaling {
                scale: 1.0,
                zero: 0.0,
                blank: Some(255),
            },
        }
    }

    fn cube(axes: &[u64]) -> PlaneLayout {
        PlaneLayout::new(axes, &Limits::default()).unwrap().unwrap()
    }

    #[test]
    fn bands_are_weighted() {
        let limits = Limits {
            // Two planes at once.
            pixels: 8,
            ..Limits::default()
        };
        // Two pixels side by side, in two rows; the lower left one has no value in the last band.
        let bytes = [4, 8, 0, 0, 8, 8, 0, 0, 255, 16, 4, 0];
        let picture = plain(&bytes)
            .pictures(&cube(&[2, 2, 3]), &Take::All, &limits)
            .unwrap();
        assert_eq!(picture[0][..2], [1.0, 0.0]);
        assert!(picture[0][2].is_nan());
        assert_eq!(picture[0][3], 10.0);
        // Nine planes are a spectrum: the mean of those that there are.
        let mut bytes = vec![6u8; 36];
        bytes[0] = 255;
        bytes[5] = 15;
        let picture = plain(&bytes)
            .pictures(&cube(&[2, 2, 9]), &Take::All, &limits)
            .unwrap();
        assert_eq!(picture[0], [6.0, 6.0, 6.0, 7.0]);
        let each = plain(&bytes)
            .pictures(&cube(&[2, 2, 9]), &Take::Each, &limits)
            .unwrap();
        assert_eq!(each.len(), 9);
        assert_eq!(each[1], [6.0, 6.0, 6.0, 15.0]);
        assert!(
            plain(&bytes[..35])
                .pictures(&cube(&[2, 2, 9]), &Take::One(8), &limits)
                .is_err()
        );
    }
}
