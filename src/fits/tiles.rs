//! Images compressed in tiles: the Tiled Image Convention (FITS standard 4.0, section 10).
//!
//! Each row of a binary table holds one tile. The loop over tiles and its bounds are here, the codings of one tile in
//! [`super::coding`].

use std::ops::Range;

use super::coding::Coding;
use super::header::Header;
use super::numbers::finite;
use super::table::Table;

/// A compressed image, to be unpacked in parts.
pub(crate) struct Tiled<'a> {
    dims: Vec<usize>,
    tile: Vec<usize>,
    coding: Coding,
    table: Table<'a>,
    /// BSCALE and BZERO, which apply to integer images only: floats have theirs in the tiles.
    scale: f64,
    zero: f64,
}

impl<'a> Tiled<'a> {
    /// Checks the header of a compressed image, whose tiles may have `largest` pixels each. `data` are the unit's bytes.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(crate) fn new(header: &Header, data: &'a [u8], largest: usize) -> Result<Self, String> {
        let axes = header
            .axes("ZNAXIS")
            .filter(|axes| !axes.is_empty() && axes.iter().all(|n| *n > 0))
            .ok_or("ZNAXIS or one of ZNAXISn is missing or is not valid")?;
        let dims: Vec<usize> = axes.iter().filter_map(|n| usize::try_from(*n).ok()).collect();
        let pixels = dims.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
        if pixels.is_none() || dims.len() != axes.len() {
            return Err("its ZNAXISn are not valid".to_owned());
        }
        let tile: Vec<usize> = dims
            .iter()
            .enumerate()
            .map(|(axis, n)| {
                let usual = if axis == 0 { *n } else { 1 };
                header
                    .int(&format!("ZTILE{}", axis + 1))
                    .and_then(|t| usize::try_from(t).ok())
                    .unwrap_or(usual)
                    .clamp(1, *n)
            })
            .collect();
        let pixels: usize = tile.iter().product();
        if pixels > largest {
            return Err(format!("its tiles have {pixels} pixels; the limit is {largest}"));
        }
        let table = Table::new(header, data)?;
        let coding = Coding::new(header, &table)?;
        let (scale, zero) = if coding.is_integer() {
            (header.float("BSCALE"), header.float("BZERO"))
        } else {
            (None, None)
        };
        Ok(Self {
            dims,
            tile,
            coding,
            table,
            scale: scale.unwrap_or(1.0),
            zero: zero.unwrap_or(0.0),
        })
    }

    /// The physical values from position `range.start` to `range.end` (the first axis fastest), NaN where there is none.
    /// Tiles that lie wholly outside are passed over.
    ///
    /// # Errors
    /// A sentence that names the tile which cannot be read.
    pub(crate) fn values(&self, range: Range<usize>) -> Result<Vec<f32>, String> {
        let mut values = vec![f32::NAN; range.len()];
        let mut corner = vec![0usize; self.dims.len()];
        for index in 0.. {
            // Tiles come in the order of their first pixels.
            if place(&self.dims, &corner) >= range.end {
                break;
            }
            if index >= self.table.rows {
                return Err(format!("its tile {} is missing", index + 1));
            }
            let size: Vec<usize> = corner
                .iter()
                .zip(&self.dims)
                .zip(&self.tile)
                .map(|((start, n), t)| (*t).min(n - start))
                .collect();
            let last: Vec<usize> = corner.iter().zip(&size).map(|(start, n)| start + n - 1).collect();
            if place(&self.dims, &last) >= range.start {
                let decoded = self
                    .coding
                    .tile(&self.table, index, &size)
                    .map_err(|reason| format!("its tile {} cannot be read: {reason}", index + 1))?;
                self.paste(&mut values, range.start, &corner, &size, &decoded);
            }
            if !step(&mut corner, &self.dims, &self.tile) {
                break;
            }
        }
        Ok(values)
    }

    /// Copies a tile's rows to their place in the values that begin at position `start`.
    fn paste(&self, values: &mut [f32], start: usize, corner: &[usize], size: &[usize], tile: &[f64]) {
        let Some(width) = size.first().copied().filter(|width| *width > 0) else {
            return;
        };
        let mut within = vec![0usize; size.len()];
        for row in tile.chunks_exact(width) {
            let at: Vec<usize> = corner.iter().zip(&within).map(|(a, b)| a + b).collect();
            let first = place(&self.dims, &at);
            // The part of the row that was asked for.
            let skipped = start.saturating_sub(first).min(width);
            let target = values.get_mut((first + skipped).saturating_sub(start)..);
            for (to, from) in target
                .unwrap_or_default()
                .iter_mut()
                .zip(row.iter().skip(skipped))
            {
                *to = finite(from * self.scale + self.zero);
            }
            for (at, n) in within.iter_mut().zip(size).skip(1) {
                *at += 1;
                if *at < *n {
                    break;
                }
                *at = 0;
            }
        }
    }
}

/// The position of a pixel, the first axis fastest.
fn place(dims: &[usize], at: &[usize]) -> usize {
    let mut stride = 1;
    let mut position = 0;
    for (at, n) in at.iter().zip(dims) {
        position += at * stride;
        stride *= n;
    }
    position
}

/// Moves `corner` on by one tile, the first axis fastest. False at the end.
fn step(corner: &mut [usize], dims: &[usize], tile: &[usize]) -> bool {
    for ((at, n), t) in corner.iter_mut().zip(dims).zip(tile) {
        *at += t;
        if *at < *n {
            return true;
        }
        *at = 0;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_find_their_place() {
        let mut corner = vec![0, 0];
        let mut seen = vec![corner.clone()];
        while step(&mut corner, &[4, 3], &[2, 2]) {
            seen.push(corner.clone());
        }
        assert_eq!(seen, [[0, 0], [2, 0], [0, 2], [2, 2]]);
        assert_eq!(place(&[4, 3, 5], &[2, 1, 1]), 18);
    }
}
