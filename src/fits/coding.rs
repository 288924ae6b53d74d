//! How one tile of a compressed image is coded, and how its numbers become values.
//!
//! The Rice and PLIO decoders are `fitskit`'s. (Its own loop over tiles unpacks gzip without an end, and it forgets to
//! un-shuffle lossless `GZIP_2` floats.)

use fitskit::tile_compress::{plio_decompress, rice_decompress_i8, rice_decompress_i16, rice_decompress_i32};

use super::gzip::expand_tile;
use super::header::Header;
use super::numbers::{Number, integers};
use super::quantise::Quantised;
use super::table::{Column, Table};
use crate::fits::hcompress;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Rice,
    Gzip1,
    Gzip2,
    Hcompress,
    Plio,
    Plain,
}

/// The coding of an image's tiles, and the table's columns that hold them.
pub(crate) struct Coding {
    name: Name,
    stored: Number,
    rice_block: usize,
    rice_bytes: i64,
    smooth: bool,
    quantised: Quantised,
    scale: Option<f64>,
    zero: Option<f64>,
    blank: Option<i64>,
    data: Column,
    gzip: Option<Column>,
    plain: Option<Column>,
    scales: Option<Column>,
    zeros: Option<Column>,
    blanks: Option<Column>,
}

impl Coding {
    /// Reads the keywords and finds the columns.
    ///
    /// # Errors
    /// A sentence that names the keyword or column which is missing or not understood.
    pub(crate) fn new(header: &Header, table: &Table<'_>) -> Result<Self, String> {
        let name = header.text("ZCMPTYPE").ok_or("ZCMPTYPE is missing")?;
        let name = match name.to_ascii_uppercase().as_str() {
            "RICE_1" | "RICE_ONE" => Name::Rice,
            "GZIP_1" => Name::Gzip1,
            "GZIP_2" => Name::Gzip2,
            "HCOMPRESS_1" => Name::Hcompress,
            "PLIO_1" => Name::Plio,
            "NOCOMPRESS" => Name::Plain,
            other => {
                return Err(format!(
                    "its coding {other} is not known here; unpack it with `funpack`"
                ));
            }
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
        let stored = header.int("ZBITPIX").and_then(Number::of_bitpix);
        let stored = stored.ok_or("ZBITPIX is not valid")?;
        let blank = header.int("ZBLANK");
        Ok(Self {
            name,
            stored,
            rice_block: setting("BLOCKSIZE")
                .and_then(|n| usize::try_from(n).ok())
                .filter(|n| *n > 0)
                .unwrap_or(32),
            rice_bytes: setting("BYTEPIX").unwrap_or(4),
            smooth: setting("SMOOTH").unwrap_or(0) != 0,
            quantised: Quantised::new(header)?,
            scale: header.float("ZSCALE"),
            zero: header.float("ZZERO"),
            blank: if stored.is_integer() {
                blank.or_else(|| header.int("BLANK"))
            } else {
                blank
            },
            data: table
                .find("COMPRESSED_DATA")
                .cloned()
                .ok_or("there is no column COMPRESSED_DATA")?,
            gzip: table.find("GZIP_COMPRESSED_DATA").cloned(),
            plain: table.find("UNCOMPRESSED_DATA").cloned(),
            scales: table.find("ZSCALE").cloned(),
            zeros: table.find("ZZERO").cloned(),
            blanks: table.find("ZBLANK").cloned(),
        })
    }

    /// True when the image was one of integers.
    pub(crate) fn is_integer(&self) -> bool {
        self.stored.is_integer()
    }

    /// Decodes tile `index` of that size, the first axis fastest: integers as stored, floats as they are. NaN where
    /// blank.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the tile.
    pub(crate) fn tile(&self, table: &Table<'_>, index: usize, size: &[usize]) -> Result<Vec<f64>, String> {
        let pixels = size.iter().product();
        let coded = table
            .bytes(index, &self.data)
            .ok_or("its bytes lie outside the file")?;
        let number = |column: &Option<Column>| column.as_ref().and_then(|column| table.number(index, column));
        let blank = number(&self.blanks).map(|blank| blank as i64).or(self.blank);
        let width = self.stored.width();
        if self.is_integer() {
            let integers = if coded.is_empty() {
                let bytes = self.elsewhere(table, index, pixels * width)?;
                integers(&bytes, width).collect()
            } else {
                self.integers(coded, pixels, width, size)?
            };
            let values = integers
                .iter()
                .map(|v| if Some(*v) == blank { f64::NAN } else { *v as f64 });
            return exactly(values.collect(), pixels);
        }
        let scale = number(&self.scales).or(self.scale).filter(|scale| *scale != 0.0);
        let zero = number(&self.zeros).or(self.zero);
        if let (Some(scale), Some(zero), false) = (scale, zero, coded.is_empty()) {
            // Quantised floats are 32-bit integers whatever ZBITPIX says.
            let integers = self.integers(coded, pixels, 4, size)?;
            return exactly(
                self.quantised.values(&integers, index, scale, zero, blank),
                pixels,
            );
        }
        let bytes = match self.name {
            _ if coded.is_empty() => self.elsewhere(table, index, pixels * width)?,
            Name::Plain => coded.to_vec(),
            Name::Gzip2 => unshuffle(&inflate(coded, pixels * width)?, width),
            Name::Gzip1 => inflate(coded, pixels * width)?,
            _ => return Err("it holds integers, but its ZSCALE or ZZERO is missing".to_owned()),
        };
        exactly(floats(&bytes, width), pixels)
    }

    /// A tile that did not compress well is kept in another column.
    fn elsewhere(&self, table: &Table<'_>, index: usize, bytes: usize) -> Result<Vec<u8>, String> {
        let cell = |column: &Option<Column>| {
            let cell = column.as_ref().and_then(|column| table.bytes(index, column));
            cell.filter(|cell| !cell.is_empty())
        };
        if let Some(packed) = cell(&self.gzip) {
            return inflate(packed, bytes);
        }
        cell(&self.plain)
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
        let stated = |error: fitskit::Error| error.to_string();
        Ok(match self.name {
            Name::Rice => {
                let block = self.rice_block;
                // Every block of pixels takes at least three bits, so a short stream cannot hold much.
                if pixels / block / 8 * 3 > coded.len() {
                    return Err("its Rice stream is cut short".to_owned());
                }
                match self.rice_bytes {
                    1 => wide(rice_decompress_i8(coded, pixels, block).map_err(stated)?),
                    2 => wide(rice_decompress_i16(coded, pixels, block).map_err(stated)?),
                    4 => wide(rice_decompress_i32(coded, pixels, block).map_err(stated)?),
                    other => return Err(format!("BYTEPIX = {other} is not known for RICE_1")),
                }
            }
            Name::Gzip1 => integers(&inflate(coded, pixels * width)?, width).collect(),
            Name::Gzip2 => integers(&unshuffle(&inflate(coded, pixels * width)?, width), width).collect(),
            Name::Plain => integers(coded, width).collect(),
            Name::Plio => {
                let words: Vec<i16> = integers(coded, 2).map(|word| word as i16).collect();
                wide(plio_decompress(&words, pixels).map_err(stated)?)
            }
            Name::Hcompress => {
                // The transform is of two axes; longer tiles of length 1 elsewhere do not matter.
                let mut long = size.iter().copied().filter(|n| *n > 1);
                let (across, up) = match size {
                    [across, up, rest @ ..] if rest.iter().all(|n| *n == 1) => (*across, *up),
                    _ => (long.next().unwrap_or(1), long.next().unwrap_or(1)),
                };
                hcompress::decode(coded, across, up, self.smooth)?
            }
        })
    }
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

fn floats(bytes: &[u8], width: usize) -> Vec<f64> {
    if width == 4 {
        let (words, _) = bytes.as_chunks::<4>();
        let float = |word: &[u8; 4]| f64::from(f32::from_be_bytes(*word));
        words.iter().map(float).collect()
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
    fn bytes_are_unshuffled() {
        assert_eq!(unshuffle(&[1, 2, 3, 11, 12, 13], 2), [1, 11, 2, 12, 3, 13]);
        assert_eq!(unshuffle(&[1, 2, 3], 1), [1, 2, 3]);
    }
}
