//! Images compressed in tiles: the Tiled Image Convention (FITS standard 4.0, section 10).
//!
//! Each row of a binary table holds one tile. The loop over tiles, its bounds, the limits and the scaling are ours; the
//! Rice and H-compress decoders are `fitskit`'s. (Its own loop unpacks gzip without an end, and it forgets to
//! un-shuffle lossless `GZIP_2` floats.)

use fitskit::tile_compress::{
    hcompress_decompress, rice_decompress_i8, rice_decompress_i16, rice_decompress_i32,
};

use super::{header::Header, table::Table};
use crate::intake::gzip::expand_tile;

/// Length of cfitsio's fixed sequence of random numbers.
const RANDOM: usize = 10_000;
/// The quantised value that stands for an exact zero under `SUBTRACTIVE_DITHER_2`.
const EXACT_ZERO: i64 = -2_147_483_646;

/// A decompressed image.
#[derive(Clone, Debug, PartialEq)]
pub struct Tiled {
    /// Lengths of the axes, the fastest first.
    pub axes: Vec<u64>,
    /// The values, the first axis fastest; for integer images as stored, before BSCALE and BZERO. NaN where blank.
    pub values: Vec<f64>,
    /// True when the image was integer, so that BSCALE and BZERO still apply.
    pub integer: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Dither {
    None,
    One,
    Two,
}

/// Decompresses an image of at most `largest` pixels. `data` are the unit's bytes.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn decompress(header: &Header, data: &[u8], largest: usize) -> Result<Tiled, String> {
    let axes = header
        .axes("ZNAXIS")
        .ok_or("ZNAXIS or one of ZNAXISn is missing")?;
    let dims: Vec<usize> = axes.iter().filter_map(|n| usize::try_from(*n).ok()).collect();
    let pixels = dims.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
    let pixels = pixels.filter(|n| *n > 0 && dims.len() == axes.len() && !dims.is_empty());
    let pixels = pixels.ok_or("its ZNAXISn make no sense")?;
    if pixels > largest {
        return Err(format!("it has {pixels} pixels; the limit is {largest}"));
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
    let coder = Coder::new(header)?;
    let table = Table::new(header, data)?;
    let mut values = vec![0.0; pixels];
    let mut corner = vec![0usize; dims.len()];
    for index in 0.. {
        let size: Vec<usize> = corner
            .iter()
            .zip(&dims)
            .zip(&tile)
            .map(|((start, n), t)| (*t).min(n - start))
            .collect();
        let decoded = coder
            .tile(&table, index, size.iter().product(), &size)
            .map_err(|reason| format!("its tile {} cannot be read: {reason}", index + 1))?;
        paste(&mut values, &dims, &corner, &size, &decoded);
        if !step(&mut corner, &dims, &tile) {
            break;
        }
    }
    Ok(Tiled {
        axes,
        values,
        integer: coder.bitpix > 0,
    })
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

/// Copies a tile's rows to their place in the image.
fn paste(image: &mut [f64], dims: &[usize], corner: &[usize], size: &[usize], tile: &[f64]) {
    let Some(width) = size.first().copied().filter(|width| *width > 0) else {
        return;
    };
    let mut within = vec![0usize; size.len()];
    for row in tile.chunks_exact(width) {
        let mut stride = 1;
        let mut start = 0;
        for axis in 0..dims.len() {
            start += (corner.get(axis).unwrap_or(&0) + within.get(axis).unwrap_or(&0)) * stride;
            stride *= dims.get(axis).unwrap_or(&1);
        }
        if let Some(target) = image.get_mut(start..start + width) {
            target.copy_from_slice(row);
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

/// How tiles are coded.
struct Coder {
    name: String,
    bitpix: i64,
    rice_block: usize,
    rice_bytes: i64,
    smooth: bool,
    dither: Dither,
    seed: i64,
    scale: Option<f64>,
    zero: Option<f64>,
    blank: Option<i64>,
}

impl Coder {
    fn new(header: &Header) -> Result<Self, String> {
        let name = header
            .text("ZCMPTYPE")
            .ok_or("ZCMPTYPE is missing")?
            .to_ascii_uppercase();
        let bitpix = header
            .int("ZBITPIX")
            .filter(|b| [8, 16, 32, 64, -32, -64].contains(b));
        let dither = match header.text("ZQUANTIZ").unwrap_or("NONE") {
            "NONE" | "NO_DITHER" | "" => Dither::None,
            "SUBTRACTIVE_DITHER_1" => Dither::One,
            "SUBTRACTIVE_DITHER_2" => Dither::Two,
            other => return Err(format!("ZQUANTIZ = '{other}' is not known")),
        };
        let setting = |wanted: &str| {
            (1..=99).find_map(|i| {
                let hit = header.text(&format!("ZNAME{i}"))?.eq_ignore_ascii_case(wanted);
                if hit {
                    header.int(&format!("ZVAL{i}"))
                } else {
                    None
                }
            })
        };
        Ok(Self {
            name,
            bitpix: bitpix.ok_or("ZBITPIX makes no sense")?,
            rice_block: setting("BLOCKSIZE")
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| *n > 0)
                .unwrap_or(32),
            rice_bytes: setting("BYTEPIX").unwrap_or(4),
            smooth: setting("SMOOTH").unwrap_or(0) != 0,
            dither,
            seed: header.int("ZDITHER0").unwrap_or(1),
            scale: header.float("ZSCALE"),
            zero: header.float("ZZERO"),
            blank: header.int("ZBLANK").or_else(|| header.int("BLANK")),
        })
    }

    /// Decodes tile `index` of `pixels` pixels.
    fn tile(
        &self,
        table: &Table<'_>,
        index: usize,
        pixels: usize,
        size: &[usize],
    ) -> Result<Vec<f64>, String> {
        let column = table
            .find("COMPRESSED_DATA")
            .ok_or("there is no column COMPRESSED_DATA")?;
        let coded = table
            .array(index, column)
            .ok_or("its bytes lie outside the file")?;
        let number = |name: &str| table.find(name).and_then(|column| table.number(index, column));
        let blank = number("ZBLANK").map(|blank| blank as i64).or(self.blank);
        if self.bitpix > 0 {
            let width = self.bitpix as usize / 8;
            let integers = if coded.is_empty() {
                self.fallback(table, index, pixels * width)
                    .map(|bytes| integers(&bytes, width))?
            } else {
                self.integers(coded, pixels, width, size)?
            };
            let values = integers
                .iter()
                .map(|v| if Some(*v) == blank { f64::NAN } else { *v as f64 });
            return exactly(values.collect(), pixels);
        }
        let scale = number("ZSCALE").or(self.scale).filter(|scale| *scale != 0.0);
        let zero = number("ZZERO").or(self.zero);
        if let (Some(scale), Some(zero), false) = (scale, zero, coded.is_empty()) {
            // Quantised floats are 32-bit integers whatever ZBITPIX says.
            let integers = self.integers(coded, pixels, 4, size)?;
            return exactly(self.unquantise(&integers, index, scale, zero, blank), pixels);
        }
        let width = self.bitpix.unsigned_abs() as usize / 8;
        let bytes = if coded.is_empty() {
            self.fallback(table, index, pixels * width)?
        } else {
            match self.name.as_str() {
                "NOCOMPRESS" => coded.to_vec(),
                "GZIP_2" => unshuffle(&inflate(coded, pixels * width)?, width),
                _ => inflate(coded, pixels * width)?,
            }
        };
        exactly(floats(&bytes, width), pixels)
    }

    /// A tile that did not compress well is kept elsewhere.
    fn fallback(&self, table: &Table<'_>, index: usize, bytes: usize) -> Result<Vec<u8>, String> {
        let cell = |name: &str| {
            table
                .find(name)
                .and_then(|column| table.array(index, column))
                .filter(|cell| !cell.is_empty())
        };
        if let Some(packed) = cell("GZIP_COMPRESSED_DATA") {
            return inflate(packed, bytes);
        }
        cell("UNCOMPRESSED_DATA")
            .map(<[u8]>::to_vec)
            .ok_or_else(|| "it is empty".to_owned())
    }

    fn integers(
        &self,
        coded: &[u8],
        pixels: usize,
        width: usize,
        size: &[usize],
    ) -> Result<Vec<i64>, String> {
        let block = self.rice_block;
        let said = |error: fitskit::Error| error.to_string();
        Ok(match (self.name.as_str(), self.rice_bytes) {
            // Every block of pixels takes at least three bits, so a short stream cannot ask for much.
            ("RICE_1" | "RICE_ONE", 1) => wide(rice_decompress_i8(coded, pixels, block).map_err(said)?),
            ("RICE_1" | "RICE_ONE", 2) => wide(rice_decompress_i16(coded, pixels, block).map_err(said)?),
            ("RICE_1" | "RICE_ONE", 4) => wide(rice_decompress_i32(coded, pixels, block).map_err(said)?),
            ("GZIP_1", _) => integers(&inflate(coded, pixels * width)?, width),
            ("GZIP_2", _) => integers(&unshuffle(&inflate(coded, pixels * width)?, width), width),
            ("NOCOMPRESS", _) => integers(coded, width),
            ("HCOMPRESS_1", _) if !self.smooth => {
                // The stream's own dimensions are what the decoder allocates.
                let side = |at: usize| {
                    coded
                        .get(at..at + 4)
                        .and_then(|b| b.try_into().ok())
                        .map(u32::from_be_bytes)
                        .map(|n| n as usize)
                };
                let expected = size
                    .first()
                    .copied()
                    .zip(size.get(1..).map(|rest| rest.iter().product::<usize>()));
                if side(6).zip(side(2)) != expected {
                    return Err("its size is not the tile's".to_owned());
                }
                hcompress_decompress(coded, self.bitpix != 8 && self.bitpix != 16, 0)
                    .map_err(said)?
                    .0
            }
            (other, _) => {
                return Err(format!(
                    "its coding {other} is not read here; unpack it with `funpack`"
                ));
            }
        })
    }

    /// Undoes the quantisation of floats, and cfitsio's dithering.
    fn unquantise(
        &self,
        integers: &[i64],
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
        let mut values = Vec::with_capacity(integers.len());
        for quantised in integers {
            values.push(if Some(*quantised) == blank {
                f64::NAN
            } else if self.dither == Dither::Two && *quantised == EXACT_ZERO {
                0.0
            } else if self.dither == Dither::None {
                (*quantised as f64).mul_add(scale, zero)
            } else {
                (*quantised as f64 - at(next) + 0.5).mul_add(scale, zero)
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

fn inflate(packed: &[u8], largest: usize) -> Result<Vec<u8>, String> {
    expand_tile(packed, largest).ok_or_else(|| "its gzip stream is damaged".to_owned())
}

/// `GZIP_2` stores first all first bytes, then all second bytes and so on.
fn unshuffle(bytes: &[u8], width: usize) -> Vec<u8> {
    let count = bytes.len() / width.max(1);
    (0..count * width)
        .filter_map(|i| bytes.get(i % width * count + i / width).copied())
        .collect()
}

fn wide<T: Into<i64>>(values: Vec<T>) -> Vec<i64> {
    values.into_iter().map(Into::into).collect()
}

/// Big-endian integers; one-byte ones are unsigned.
fn integers(bytes: &[u8], width: usize) -> Vec<i64> {
    let value = |chunk: &[u8]| {
        let start = if width > 1 && chunk.first().is_some_and(|byte| *byte > 127) {
            -1
        } else {
            0
        };
        chunk
            .iter()
            .fold(start, |value: i64, byte| value << 8 | i64::from(*byte))
    };
    bytes.chunks_exact(width.max(1)).map(value).collect()
}

fn floats(bytes: &[u8], width: usize) -> Vec<f64> {
    if width == 4 {
        let (words, _) = bytes.as_chunks::<4>();
        words
            .iter()
            .map(|word| f64::from(f32::from_be_bytes(*word)))
            .collect()
    } else {
        let (words, _) = bytes.as_chunks::<8>();
        words.iter().map(|word| f64::from_be_bytes(*word)).collect()
    }
}

fn exactly(values: Vec<f64>, pixels: usize) -> Result<Vec<f64>, String> {
    if values.len() == pixels {
        return Ok(values);
    }
    Err(format!(
        "it holds {} values where {pixels} are needed",
        values.len()
    ))
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
    fn bytes_become_integers() {
        assert_eq!(integers(&[0xff, 0xfe, 0x01, 0x00], 2), [-2, 256]);
        assert_eq!(integers(&[200], 1), [200]);
        assert_eq!(integers(&(-5i64).to_be_bytes(), 8), [-5]);
        assert_eq!(unshuffle(&[1, 2, 3, 11, 12, 13], 2), [1, 11, 2, 12, 3, 13]);
    }

    #[test]
    fn tiles_find_their_place() {
        let mut image = vec![0.0; 12];
        paste(&mut image, &[4, 3], &[2, 1], &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(image, [0., 0., 0., 0., 0., 0., 1., 2., 0., 0., 3., 4.]);
        let mut corner = vec![0, 0];
        let mut seen = vec![corner.clone()];
        while step(&mut corner, &[4, 3], &[2, 2]) {
            seen.push(corner.clone());
        }
        assert_eq!(seen, [[0, 0], [2, 0], [0, 2], [2, 2]]);
    }
}
