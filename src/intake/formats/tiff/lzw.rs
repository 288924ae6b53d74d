//! LZW as the `tiff` crate (0.11) cannot read it: where rows are shorter than what a few codes stand for, as in tiles over a
//! black sky, its reader takes the end of the input for a failure. Such a page is unpacked here, put behind a copy of the
//! file as plain values, and read from there.

use tiff::{
    decoder::ChunkType,
    tags::{CompressionMethod, PlanarConfiguration, Tag},
};
use weezl::{BitOrder, LzwStatus, decode::Configuration};

use super::directory::Directory;
use super::open::Tiff;

const COMPRESSION: u64 = 259;
const PLAIN: u16 = 1;

/// A copy of the file in which the page on which `tiff` stands is not packed. `None` when it is not packed with LZW, or
/// would take more than `most` bytes.
pub fn unpacked(tiff: &mut Tiff<'_>, bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let compression: u16 = tiff.find_tag_unsigned(Tag::Compression).ok()??;
    if compression != CompressionMethod::LZW.to_u16() {
        return None;
    }
    let (offsets_tag, counts_tag) = match tiff.get_chunk_type() {
        ChunkType::Strip => (Tag::StripOffsets, Tag::StripByteCounts),
        ChunkType::Tile => (Tag::TileOffsets, Tag::TileByteCounts),
    };
    let offsets = tiff.get_tag_u64_vec(offsets_tag).ok()?;
    let counts = tiff.get_tag_u64_vec(counts_tag).ok()?;
    let chunk = chunk_bytes(tiff)?;
    if chunk.checked_mul(offsets.len())? > most {
        return None;
    }
    let directory = Directory::new(bytes, tiff.ifd_pointer()?.0)?;
    let mut copy = bytes.to_vec();
    let mut places = Vec::new();
    let mut lengths = Vec::new();
    for (offset, count) in offsets.iter().zip(&counts) {
        let start = usize::try_from(*offset).ok()?;
        let end = start.checked_add(usize::try_from(*count).ok()?)?;
        let packed = bytes.get(start..end.min(bytes.len()))?;
        places.push(copy.len() as u64);
        lengths.push(append(&mut copy, packed, chunk) as u64);
    }
    directory.set_many(&mut copy, offsets_tag.to_u16().into(), &places)?;
    directory.set_many(&mut copy, counts_tag.to_u16().into(), &lengths)?;
    directory.set_short(&mut copy, COMPRESSION, PLAIN)?;
    Some(copy)
}

/// The bytes of a whole strip or tile.
fn chunk_bytes(tiff: &mut Tiff<'_>) -> Option<usize> {
    let (width, height) = tiff.chunk_dimensions();
    let (_, rows) = tiff.dimensions().ok()?;
    let height = match tiff.get_chunk_type() {
        // "All rows in one strip" may be written as a huge number.
        ChunkType::Strip => height.min(rows),
        ChunkType::Tile => height,
    };
    let bits = usize::from(tiff.colortype().ok()?.bit_depth());
    let planar: Option<u16> = tiff.find_tag_unsigned(Tag::PlanarConfiguration).ok().flatten();
    let samples = if planar == Some(PlanarConfiguration::Planar.to_u16()) {
        1
    } else {
        tiff.find_tag_unsigned::<u16>(Tag::SamplesPerPixel)
            .ok()
            .flatten()
            .unwrap_or(1)
    };
    let row = (width as usize)
        .checked_mul(usize::from(samples))?
        .checked_mul(bits)?
        .div_ceil(8);
    row.checked_mul(height as usize)
}

/// Unpacks at most `most` bytes to the end of `copy`; returns how many there were.
fn append(copy: &mut Vec<u8>, packed: &[u8], most: usize) -> usize {
    let start = copy.len();
    copy.resize(start + most, 0);
    let mut decoder = Configuration::with_tiff_size_switch(BitOrder::Msb, 8)
        .with_yield_on_full_buffer(true)
        .build();
    let mut rest = packed;
    let mut done = 0;
    while done < most {
        let Some(out) = copy.get_mut(start + done..) else {
            break;
        };
        let step = decoder.decode_bytes(rest, out);
        done += step.consumed_out;
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        let idle = step.consumed_in == 0 && step.consumed_out == 0;
        if idle || matches!(step.status, Ok(LzwStatus::Done) | Err(_)) {
            break;
        }
    }
    copy.truncate(start + done);
    done
}
