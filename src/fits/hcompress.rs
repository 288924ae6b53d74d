//! `HCOMPRESS_1`: the H-transform of White (1992, Digitised Optical Sky Surveys, p. 167), its coefficients stored as
//! quadtrees of bit planes (FITS standard 4.0, section 10.4.5).
//!
//! `fitskit` has a decoder too, without the smoothing that SMOOTH = 1 asks for, and one that trusts its stream. This one
//! looks at every index.

use super::grid::Grid;
use crate::fits::hsmooth;

/// Bits of a stream, the highest first.
struct Bits<'a> {
    bytes: std::slice::Iter<'a, u8>,
    buffer: u32,
    held: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes: bytes.iter(),
            buffer: 0,
            held: 0,
        }
    }

    /// The next `count` bits, at most 8.
    fn take(&mut self, count: u32) -> Option<u32> {
        if self.held < count {
            self.buffer = self.buffer << 8 | u32::from(*self.bytes.next()?);
            self.held += 8;
        }
        self.held -= count;
        Some(self.buffer >> self.held & ((1 << count) - 1))
    }

    /// Four bits that a fixed Huffman code packs: frequent patterns in three bits, rare ones in six.
    fn huffman(&mut self) -> Option<u8> {
        let mut code = self.take(3)?;
        if code < 4 {
            return Some(1 << code);
        }
        code = code << 1 | self.take(1)?;
        match code {
            8 => return Some(3),
            9 => return Some(5),
            10 => return Some(10),
            11 => return Some(12),
            12 => return Some(15),
            _ => {}
        }
        code = code << 1 | self.take(1)?;
        match code {
            26 => return Some(6),
            27 => return Some(7),
            28 => return Some(9),
            29 => return Some(11),
            30 => return Some(13),
            _ => {}
        }
        code = code << 1 | self.take(1)?;
        Some(if code == 62 { 0 } else { 14 })
    }
}

/// Decodes a tile of `width` by `height` pixels; the stream's own size must be that. Returns `width * height` values, the
/// first axis fastest.
///
/// # Errors
/// A sentence that says what is wrong with the stream.
pub(crate) fn decode(stream: &[u8], width: usize, height: usize, smooth: bool) -> Result<Vec<i64>, String> {
    let field = |at: usize| {
        let bytes = stream.get(at..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map(|bytes| i32::from_be_bytes(*bytes))
    };
    let short = || "its H-compress stream is cut short".to_owned();
    if !stream.starts_with(&[0xdd, 0x99]) {
        return Err("its bytes are no H-compress stream".to_owned());
    }
    // The stream calls the slow axis x; the fast one is y.
    let (rows, columns) = (field(2).ok_or_else(short)?, field(6).ok_or_else(short)?);
    if usize::try_from(rows) != Ok(height) || usize::try_from(columns) != Ok(width) {
        return Err("its size is not the tile's".to_owned());
    }
    let scale = i64::from(field(10).ok_or_else(short)?);
    let sum = stream.get(14..).and_then(|rest| rest.first_chunk::<8>());
    let sum = sum.map(|bytes| i64::from_be_bytes(*bytes)).ok_or_else(short)?;
    let planes = stream.get(22..).and_then(|rest| rest.first_chunk::<3>());
    let planes = *planes.ok_or_else(short)?;
    if planes.iter().any(|planes| *planes > 62) {
        return Err("its number of bit planes is not valid".to_owned());
    }
    let mut grid = Grid {
        rows: height,
        columns: width,
        values: vec![0; width.checked_mul(height).ok_or_else(short)?],
    };
    let mut bits = Bits::new(stream.get(25..).unwrap_or_default());
    read_quadrants(&mut bits, &mut grid, planes).ok_or("its H-compress stream is damaged or cut short")?;
    grid.set(0, 0, sum);
    if scale > 1 {
        grid.values
            .iter_mut()
            .for_each(|value| *value = value.wrapping_mul(scale));
    }
    invert(&mut grid, if smooth { scale >> 1 } else { 0 });
    Ok(grid.values)
}

/// Reads the bit planes of the four quadrants, and then the signs.
fn read_quadrants(bits: &mut Bits<'_>, grid: &mut Grid, planes: [u8; 3]) -> Option<()> {
    let (rows, columns) = (grid.rows, grid.columns);
    let (top, left) = (rows.div_ceil(2), columns.div_ceil(2));
    let [mean, slopes, curvature] = planes;
    let mut scratch = Vec::new();
    for (row, column, high, wide, planes) in [
        (0, 0, top, left, mean),
        (0, left, top, columns / 2, slopes),
        (top, 0, rows / 2, left, slopes),
        (top, left, rows / 2, columns / 2, curvature),
    ] {
        for bit in (0..planes).rev() {
            read_plane(bits, &mut scratch, high, wide)?;
            insert(grid, &scratch, (row, column), (high, wide), 1 << bit);
        }
    }
    // An end mark; the signs begin at the next byte.
    if bits.take(4)? != 0 {
        return None;
    }
    bits.held = 0;
    for value in grid.values.iter_mut().filter(|value| **value != 0) {
        if bits.take(1)? == 1 {
            *value = value.wrapping_neg();
        }
    }
    Some(())
}

/// The smallest power of two, as its exponent, that is not less than `length`.
fn exponent(length: usize) -> u32 {
    length.max(1).next_power_of_two().trailing_zeros()
}

/// Reads one bit plane of a quadrant: four bits for each block of 2 x 2, either plainly or as a quadtree.
fn read_plane(bits: &mut Bits<'_>, codes: &mut Vec<u8>, high: usize, wide: usize) -> Option<()> {
    codes.clear();
    match bits.take(4)? {
        0 => {
            for _ in 0..high.div_ceil(2) * wide.div_ceil(2) {
                codes.push(bits.take(4)? as u8);
            }
        }
        0xf => {
            let levels = exponent(high.max(wide));
            codes.push(bits.huffman()?);
            for level in 1..levels {
                // At this level the grid is cut into 2^level parts, the last of which may be beyond the edge.
                let part = 1usize << (levels - level);
                codes_below(bits, codes, high.div_ceil(part), wide.div_ceil(part))?;
            }
        }
        _ => return None,
    }
    Some(())
}

/// One level down the quadtree: each bit that is set in the codes stands for a code of its own, stored from the last to
/// the first.
fn codes_below(bits: &mut Bits<'_>, codes: &mut Vec<u8>, high: usize, wide: usize) -> Option<()> {
    let parents = wide.div_ceil(2);
    let mut below = vec![0u8; high * wide];
    for (index, code) in below.iter_mut().enumerate().rev() {
        let (row, column) = (index / wide, index % wide);
        let parent = codes.get(row / 2 * parents + column / 2).copied().unwrap_or(0);
        if parent >> (3 - (row % 2 * 2 + column % 2)) & 1 == 1 {
            *code = bits.huffman()?;
        }
    }
    *codes = below;
    Some(())
}

/// Sets `plane` in the coefficients whose bit is set in the codes.
fn insert(
    grid: &mut Grid,
    codes: &[u8],
    (top, left): (usize, usize),
    (high, wide): (usize, usize),
    plane: i64,
) {
    let blocks = wide.div_ceil(2);
    for (index, code) in codes.iter().enumerate() {
        if blocks == 0 || *code == 0 {
            continue;
        }
        let (row, column) = (index / blocks * 2, index % blocks * 2);
        for (bit, down, right) in [(8, 0, 0), (4, 0, 1), (2, 1, 0), (1, 1, 1)] {
            if code & bit != 0
                && row + down < high
                && column + right < wide
                && let Some(value) = grid.at(top + row + down, left + column + right)
            {
                *value |= plane;
            }
        }
    }
}

/// Interleaves the halves of a line of `length` values: the first half goes to even places, the second to odd ones.
fn interleave(line: &mut Vec<i64>, spare: &mut Vec<i64>) {
    let half = line.len().div_ceil(2);
    spare.clear();
    for i in 0..line.len() {
        let from = if i % 2 == 0 { i / 2 } else { half + i / 2 };
        spare.push(line.get(from).copied().unwrap_or(0));
    }
    std::mem::swap(line, spare);
}

/// The inverse H-transform, from the coarsest level to the finest. `change` is the most that smoothing may change a
/// coefficient; 0 for none.
fn invert(grid: &mut Grid, change: i64) {
    let levels = exponent(grid.rows.max(grid.columns));
    let mut bit = if levels == 0 { 0 } else { 1i64 << (levels - 1) };
    if levels > 0 {
        let mean = rounded(grid.get(0, 0), bit << 2);
        grid.set(0, 0, mean);
    }
    let (mut line, mut spare) = (Vec::new(), Vec::new());
    for level in (0..levels).rev() {
        let part = 1usize << level;
        let (high, wide) = (grid.rows.div_ceil(part), grid.columns.div_ceil(part));
        for row in 0..high {
            line.clear();
            line.extend((0..wide).map(|column| grid.get(row, column)));
            interleave(&mut line, &mut spare);
            for (column, value) in line.iter().enumerate() {
                grid.set(row, column, *value);
            }
        }
        for column in 0..wide {
            line.clear();
            line.extend((0..high).map(|row| grid.get(row, column)));
            interleave(&mut line, &mut spare);
            for (row, value) in line.iter().enumerate() {
                grid.set(row, column, *value);
            }
        }
        if change > 0 {
            hsmooth::smooth(grid, high, wide, change);
        }
        let shift = if level == 0 { 2 } else { 1 };
        for row in (0..high).step_by(2) {
            for column in (0..wide).step_by(2) {
                block(
                    grid,
                    (row, column),
                    (row + 1 < high, column + 1 < wide),
                    bit,
                    shift,
                );
            }
        }
        bit >>= 1;
    }
}

/// Rounds to a multiple of `unit`, a power of two, halves away from zero; a unit of 1 changes nothing.
fn rounded(value: i64, unit: i64) -> i64 {
    let half = unit >> 1;
    let add = if value >= 0 { half } else { (half - 1).max(0) };
    value.wrapping_add(add) & unit.wrapping_neg()
}

/// Adds to a value's size where it is positive, and takes away where it is negative.
fn outwards(value: i64, by: i64) -> i64 {
    if value >= 0 {
        value.wrapping_add(by)
    } else {
        value.wrapping_sub(by)
    }
}

/// Turns the mean, the two slopes and the curvature of one block into its four values, or what there is of them at the
/// edge. `below` and `right` tell whether the block has a second row and a second column.
fn block(grid: &mut Grid, (row, column): (usize, usize), (below, right): (bool, bool), bit: i64, shift: u32) {
    let mean = grid.get(row, column);
    let twice = bit << 1;
    if below && right {
        let curve = rounded(grid.get(row + 1, column + 1), bit);
        let low = curve & bit;
        let down = outwards(rounded(grid.get(row + 1, column), twice), low.wrapping_neg());
        let across = outwards(rounded(grid.get(row, column + 1), twice), low.wrapping_neg());
        let odd = (curve ^ down ^ across) & twice;
        let mean = if mean >= 0 {
            mean.wrapping_add(low).wrapping_sub(odd)
        } else {
            mean.wrapping_add(if low == 0 { odd } else { low.wrapping_sub(odd) })
        };
        let mut set = |dy: usize, dx: usize, value: i64| grid.set(row + dy, column + dx, value >> shift);
        let (far, near) = (mean.wrapping_add(down), mean.wrapping_sub(down));
        set(1, 1, far.wrapping_add(across).wrapping_add(curve));
        set(1, 0, far.wrapping_sub(across).wrapping_sub(curve));
        set(0, 1, near.wrapping_add(across).wrapping_sub(curve));
        set(0, 0, near.wrapping_sub(across).wrapping_add(curve));
    } else if below || right {
        let (dy, dx) = if below { (1, 0) } else { (0, 1) };
        let slope = rounded(grid.get(row + dy, column + dx), twice);
        let mean = outwards(mean, (slope & twice).wrapping_neg());
        grid.set(row + dy, column + dx, mean.wrapping_add(slope) >> shift);
        grid.set(row, column, mean.wrapping_sub(slope) >> shift);
    } else {
        grid.set(row, column, mean >> shift);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_highest_first() {
        let mut bits = Bits::new(&[0b1010_0000, 0b0111_1000]);
        assert_eq!(bits.take(3), Some(0b101));
        assert_eq!(bits.take(8), Some(0b0000_0011));
        assert_eq!(bits.take(5), Some(0b11000));
        assert_eq!(bits.take(1), None);
    }

    #[test]
    fn all_sixteen_huffman_codes_are_told_apart() {
        // White's table: the code of each pattern and its length.
        let table: [(u32, u32); 16] = [
            (0x3e, 6),
            (0x00, 3),
            (0x01, 3),
            (0x08, 4),
            (0x02, 3),
            (0x09, 4),
            (0x1a, 5),
            (0x1b, 5),
            (0x03, 3),
            (0x1c, 5),
            (0x0a, 4),
            (0x1d, 5),
            (0x0b, 4),
            (0x1e, 5),
            (0x3f, 6),
            (0x0c, 4),
        ];
        for (pattern, (code, length)) in table.iter().enumerate() {
            let byte = (code << (8 - length)) as u8;
            assert_eq!(Bits::new(&[byte]).huffman(), Some(pattern as u8), "{pattern}");
        }
    }

    #[test]
    fn rounding_is_away_from_zero() {
        assert_eq!(
            [5, 6, 7, -5, -6, -7].map(|v| rounded(v, 4)),
            [4, 8, 8, -4, -8, -8]
        );
        assert_eq!([5, -5].map(|v| rounded(v, 1)), [5, -5]);
        let mut line = vec![0, 1, 2, 10, 11];
        interleave(&mut line, &mut Vec::new());
        assert_eq!(line, [0, 10, 1, 11, 2]);
    }

    #[test]
    fn broken_streams_are_refused() {
        assert!(decode(b"", 4, 4, false).is_err());
        assert!(decode(&[0xdd, 0x99, 0, 0], 4, 4, false).is_err());
        let mut stream = vec![0xdd, 0x99, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1];
        stream.extend(0i64.to_be_bytes());
        stream.extend([255, 0, 0, 0]);
        assert!(decode(&stream, 4, 4, false).unwrap_err().contains("bit planes"));
        assert!(decode(&stream, 5, 4, false).unwrap_err().contains("size"));
        stream[22] = 3;
        assert!(decode(&stream, 4, 4, false).unwrap_err().contains("cut short"));
        stream[22] = 0;
        assert_eq!(decode(&stream, 4, 4, true), Ok(vec![0; 16]));
    }
}
