//! Stacks that only a description declares: programs of microscopy write the values of many pictures behind one another and
//! a directory for the first only.

use tiff::tags::Tag;

use super::directory::Directory;
use super::open::{Tiff, open_at};
use crate::limits::Limits;
use crate::refusal::Refusal;

/// Tags of the numbers of strips, of compression, and of MetaMorph's planes.
const STRIP_OFFSETS: u64 = 273;
const UIC2: u16 = 33_629;

/// What a file's description says of its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The total.
    pub images: u64,
    /// Images of each galaxy, one behind the other; 1 when there are no channels.
    pub channels: u64,
}

/// What the description of the first page declares, if anything.
pub fn declared(tiff: &mut Tiff<'_>) -> Declared {
    let text = tiff
        .get_tag_ascii_string(Tag::ImageDescription)
        .unwrap_or_default();
    let (width, height) = tiff.dimensions().unwrap_or_default();
    let stated = described(&text, (width.into(), height.into()));
    if stated.images > 1 {
        return stated;
    }
    // MetaMorph writes six numbers for each plane.
    let planes = tiff
        .find_tag_unsigned_vec::<u32>(Tag::from_u16_exhaustive(UIC2))
        .ok()
        .flatten();
    match planes {
        Some(numbers) if numbers.len() >= 12 => Declared {
            images: numbers.len() as u64 / 6,
            channels: 1,
        },
        _ => stated,
    }
}

/// Reads a description: that of ImageJ, or the shape that tifffile writes, of pictures of that width and height.
fn described(text: &str, (width, height): (u64, u64)) -> Declared {
    if let Some(rest) = text.strip_prefix("ImageJ=") {
        let number = |key: &str| {
            rest.lines()
                .filter_map(|line| line.trim().split_once('='))
                .find(|(name, _)| *name == key)
                .and_then(|(_, value)| value.trim().parse::<u64>().ok())
        };
        return Declared {
            images: number("images").unwrap_or(1),
            channels: number("channels").unwrap_or(1).max(1),
        };
    }
    let shape = || -> Option<Vec<u64>> {
        let (_, rest) = text.split_once("\"shape\"")?;
        let (_, rest) = rest.split_once('[')?;
        let (list, _) = rest.split_once(']')?;
        list.split(',').map(|n| n.trim().parse().ok()).collect()
    };
    let images = match shape().as_deref() {
        Some([count @ .., rows, columns]) if (*columns, *rows) == (width, height) => {
            count.iter().try_fold(1u64, |product, n| product.checked_mul(*n))
        }
        _ => None,
    };
    Declared {
        images: images.unwrap_or(1),
        channels: 1,
    }
}

/// The place of a stack's pictures in its file.
pub struct Stack {
    /// How many follow one another, the first included.
    pub count: u64,
    offsets: Vec<u64>,
    step: u64,
    at: u64,
}

/// The pictures behind the first page, when that is the only one, not compressed, and as many are there as declared.
///
/// # Errors
/// How many there are, when they are fewer than declared.
pub fn find(tiff: &mut Tiff<'_>, bytes: &[u8], declared: Declared) -> Result<Option<Stack>, String> {
    if declared.images < 2 {
        return Ok(None);
    }
    let compression: Option<u16> = tiff.find_tag_unsigned(Tag::Compression).ok().flatten();
    let stated = |there: u64| {
        Err(format!(
            "its description declares {} pictures, and only {there} of them could be found",
            declared.images
        ))
    };
    if compression.unwrap_or(1) != 1 {
        return stated(1);
    }
    let (Ok(offsets), Ok(counts)) = (
        tiff.get_tag_u64_vec(Tag::StripOffsets),
        tiff.get_tag_u64_vec(Tag::StripByteCounts),
    ) else {
        return stated(1);
    };
    let (Some(first), Some(at)) = (
        offsets.first().copied(),
        tiff.ifd_pointer().map(|pointer| pointer.0),
    ) else {
        return stated(1);
    };
    // The strips of the first picture, or of all at once, as some write it.
    let (Ok((width, height)), Ok(colour)) = (tiff.dimensions(), tiff.colortype()) else {
        return stated(1);
    };
    let bits = u64::from(colour.bit_depth()) * u64::from(colour.num_samples());
    let step = u64::from(height) * (u64::from(width) * bits).div_ceil(8);
    let mut end = first;
    let together = offsets.iter().zip(&counts).all(|(offset, count)| {
        let follows = *offset == end;
        end = end.saturating_add(*count);
        follows
    });
    let there = (bytes.len() as u64)
        .saturating_sub(first)
        .checked_div(step)
        .unwrap_or(0);
    if !together || there < declared.images {
        return stated(there.max(1));
    }
    Ok(Some(Stack {
        count: declared.images,
        offsets,
        step,
        at,
    }))
}

impl Stack {
    /// A copy of the file's bytes to be pointed at one picture after the other.
    pub fn copy(&self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    /// Points the directory of a copy at the picture of that number, from 0, and opens it. `length` is the file's own.
    ///
    /// # Errors
    /// A [`Refusal`] when that cannot be done.
    pub fn open<'a>(
        &self,
        copy: &'a mut Vec<u8>,
        length: usize,
        number: u64,
        limits: &Limits,
    ) -> Result<Tiff<'a>, Refusal> {
        let damaged = || {
            Refusal::new(
                "the TIFF's directory cannot be read",
                "save it again, each picture as a page",
            )
        };
        copy.truncate(length);
        let offsets: Vec<u64> = self
            .offsets
            .iter()
            .map(|offset| offset + number * self.step)
            .collect();
        let directory = Directory::new(copy, self.at).ok_or_else(damaged)?;
        directory
            .set_many(copy, STRIP_OFFSETS, &offsets)
            .ok_or_else(damaged)?;
        open_at(copy, self.at, limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_read() {
        let declared = |images, channels| Declared { images, channels };
        assert_eq!(
            described("ImageJ=1.53c\nimages=20\nslices=20\n", (8, 9)),
            declared(20, 1)
        );
        assert_eq!(
            described("ImageJ=1.11a\nimages=6\nchannels=3\nframes=2", (8, 9)),
            declared(6, 3)
        );
        assert_eq!(described("{\"shape\": [20, 9, 8]}", (8, 9)), declared(20, 1));
        assert_eq!(described("{\"shape\": [9, 8, 3]}", (8, 9)), declared(1, 1));
        assert_eq!(described("NGC 5457, 20 images", (8, 9)), declared(1, 1));
    }
}
