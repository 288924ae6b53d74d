//! Films in picture formats are recognised, so that taking their first picture is reported.

use crate::intake::kind::Kind;

/// True when the file shows several pictures one after another.
pub fn is_film(bytes: &[u8], kind: Kind) -> bool {
    match kind {
        Kind::Png => animated_png(bytes).unwrap_or(false),
        Kind::Gif => animated_gif(bytes).unwrap_or(false),
        // The flags of the extended header: bit 1 is animation.
        Kind::WebP => {
            bytes.get(12..16) == Some(b"VP8X") && bytes.get(20).is_some_and(|flags| flags & 0b10 != 0)
        }
        _ => false,
    }
}

/// An `acTL` chunk before the first `IDAT` says how many frames follow.
fn animated_png(bytes: &[u8]) -> Option<bool> {
    let mut rest = bytes.get(8..)?;
    loop {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let (name, behind) = behind.split_first_chunk::<4>()?;
        match name {
            b"acTL" => return behind.first_chunk::<4>().map(|n| u32::from_be_bytes(*n) > 1),
            b"IDAT" | b"IEND" => return Some(false),
            // The chunk and its check sum.
            _ => rest = behind.get((u32::from_be_bytes(*length) as usize).checked_add(4)?..)?,
        }
    }
}

/// Two image blocks make a film.
fn animated_gif(bytes: &[u8]) -> Option<bool> {
    /// A table of colours follows when the top bit is set.
    fn colours(flags: u8) -> usize {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    }
    let mut rest = bytes.get(13 + colours(*bytes.get(10)?)..)?;
    let mut images = 0;
    loop {
        let skip = match *rest.first()? {
            // An extension with its label.
            0x21 => 2,
            // An image: place, size, flags, colours, and the least bits of a code.
            0x2c => {
                images += 1;
                if images == 2 {
                    return Some(true);
                }
                11 + colours(*rest.get(9)?)
            }
            _ => return Some(false),
        };
        rest = rest.get(skip..)?;
        // Blocks of at most 255 bytes, until an empty one.
        loop {
            let length = usize::from(*rest.first()?);
            rest = rest.get(1 + length..)?;
            if length == 0 {
                break;
            }
        }
    }
}
