//! Unpacking gzip, bzip2, xz and zstd with an end to it: 1 MB may expand to 1 GB.

use std::io::{self, ErrorKind, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use crate::limits::{Limits, size};
use crate::refusal::Refusal;

/// What a packed stream may ask for to work with: `xz -9` takes 64 MiB, `zstd --long` 128 MiB.
const WORKSPACE: u32 = 128 * 1024 * 1024;

/// How one stream of bytes is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// gzip (RFC 1952).
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Packing {
    /// Tells it by the first bytes.
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        const MAGIC: [(&[u8], Packing); 4] = [
            (b"\x1f\x8b", Packing::Gzip),
            (b"BZh", Packing::Bzip2),
            (b"\xfd7zXZ\0", Packing::Xz),
            (b"\x28\xb5\x2f\xfd", Packing::Zstd),
        ];
        MAGIC
            .iter()
            .find(|(magic, _)| bytes.starts_with(magic))
            .map(|(_, packing)| *packing)
    }

    /// The name for display.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
        }
    }

    /// The content, as it is asked for. Several streams one behind another are read as one.
    pub(in crate::intake) fn reader<'a>(self, bytes: &'a [u8]) -> Box<dyn Read + 'a> {
        match self {
            Self::Gzip | Self::Bzip2 => Box::new(Streams {
                packing: self,
                open: Some(Stream::new(self, bytes)),
            }),
            Self::Xz => Box::new(XzReader::new_mem_limit(bytes, true, WORKSPACE / 1000)),
            Self::Zstd => Box::new(Frames {
                rest: bytes,
                open: None,
            }),
        }
    }

    /// The first `most` bytes of the content, or fewer when the file is damaged.
    pub(crate) fn head(self, bytes: &[u8], most: usize) -> Vec<u8> {
        let mut head = Vec::new();
        let mut reader = self.reader(bytes).take(most as u64);
        // A failure is met and reported when the file is read.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reader.read_to_end(&mut head)));
        head
    }

    /// A failure of [`Packing::reader`] after `unpacked` bytes, in words.
    pub(in crate::intake) fn refusal(self, error: &io::Error, unpacked: u64) -> Refusal {
        let name = self.name();
        let again = "download or copy it again";
        match error.kind() {
            ErrorKind::UnexpectedEof => Refusal::new(
                format!(
                    "the {name} file is cut short: it ends after {} of content",
                    size(unpacked)
                ),
                again,
            ),
            ErrorKind::OutOfMemory => Refusal::new(
                format!(
                    "the {name} file needs more memory to be unpacked than {}, the limit",
                    size(WORKSPACE.into())
                ),
                "unpack it first",
            ),
            _ => Refusal::new(format!("the {name} file is damaged ({error})"), again),
        }
    }
}

/// Unpacks a gzip, bzip2, xz or zstd file of any number of streams.
///
/// # Errors
/// A [`Refusal`] when the content is larger than [`Limits::unpacked`] allows, or the stream is damaged or cut short.
pub fn expand(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Refusal> {
    let packing = Packing::detect(bytes).ok_or_else(|| {
        Refusal::new(
            "it is compressed by a method that is not supported",
            "unpack it first",
        )
    })?;
    let most = limits.unpacked(bytes.len() as u64);
    let mut content = Vec::new();
    let outcome = packing
        .reader(bytes)
        .take(most.saturating_add(1))
        .read_to_end(&mut content);
    if content.len() as u64 > most {
        return Err(too_much(most, limits));
    }
    match outcome {
        Ok(_) => Ok(content),
        Err(error) => Err(packing.refusal(&error, content.len() as u64)),
    }
}

/// The refusal of what unpacks to more than `most` bytes.
pub(in crate::intake) fn too_much(most: u64, limits: &Limits) -> Refusal {
    let why = if most < limits.expanded {
        format!(", {} times its size", limits.ratio)
    } else {
        String::new()
    };
    Refusal::new(
        format!("it unpacks to more than {}, the limit{why}", size(most)),
        "unpack it first and give the files in it, or cut the galaxies out",
    )
}

/// One stream of gzip or bzip2.
enum Stream<'a> {
    Gzip(GzDecoder<&'a [u8]>),
    Bzip2(BzDecoder<&'a [u8]>),
}

impl<'a> Stream<'a> {
    fn new(packing: Packing, bytes: &'a [u8]) -> Self {
        match packing {
            Packing::Bzip2 => Self::Bzip2(BzDecoder::new(bytes)),
            _ => Self::Gzip(GzDecoder::new(bytes)),
        }
    }

    /// What follows it.
    fn into_rest(self) -> &'a [u8] {
        match self {
            Self::Gzip(stream) => stream.into_inner(),
            Self::Bzip2(stream) => stream.into_inner(),
        }
    }
}

/// Streams of gzip or bzip2 one behind another. What follows the last and is none is passed over, as gzip itself does: mail
/// programs, tapes and disks leave such bytes.
struct Streams<'a> {
    packing: Packing,
    open: Option<Stream<'a>>,
}

impl Read for Streams<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.open {
                None => return Ok(0),
                Some(Stream::Gzip(stream)) => stream.read(buffer)?,
                Some(Stream::Bzip2(stream)) => stream.read(buffer)?,
            };
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let rest = self.open.take().map_or(&[][..], Stream::into_rest);
            if Packing::detect(rest) == Some(self.packing) {
                self.open = Some(Stream::new(self.packing, rest));
            }
        }
    }
}

/// Zstandard frames one behind another, with frames between them that are to be skipped.
struct Frames<'a> {
    rest: &'a [u8],
    open: Option<StreamingDecoder<&'a [u8], FrameDecoder>>,
}

impl Frames<'_> {
    /// Steps over a skippable frame. False when the next frame is none.
    fn skip(&mut self) -> io::Result<bool> {
        let Some(head) = self.rest.first_chunk::<8>() else {
            return Ok(false);
        };
        let word = |at: [u8; 4]| u32::from_le_bytes(at);
        let [a, b, c, d, e, f, g, h] = *head;
        if word([a, b, c, d]) & 0xffff_fff0 != 0x184d_2a50 {
            return Ok(false);
        }
        let length = word([e, f, g, h]) as usize;
        self.rest = self
            .rest
            .get(8..)
            .and_then(|rest| rest.get(length..))
            .ok_or(ErrorKind::UnexpectedEof)?;
        Ok(true)
    }
}

impl Read for Frames<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(open) = &mut self.open {
                let read = open.read(buffer).map_err(|error| {
                    if open.get_ref().is_empty() {
                        // The decoder wraps the end of its source into an error of its own.
                        io::Error::new(ErrorKind::UnexpectedEof, error)
                    } else {
                        error
                    }
                })?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.rest = open.get_ref();
                self.open = None;
            }
            if self.rest.is_empty() {
                return Ok(0);
            }
            if !self.skip()? {
                let frame = StreamingDecoder::new_with_max_window_size(self.rest, WORKSPACE.into());
                self.open = Some(frame.map_err(io::Error::other)?);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(content: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn there_is_an_end_to_expansion() {
        let zeros = vec![0; 100_000];
        for bomb in [gzip(&zeros), bzip2(&zeros), zstd(&zeros)] {
            assert!(bomb.len() < 1000);
            let limits = |expanded| Limits {
                expanded,
                ..Limits::default()
            };
            let refusal = expand(&bomb, &limits(99_999)).unwrap_err();
            assert!(refusal.reason.contains("more than 100.0 kB"), "{refusal}");
            assert_eq!(expand(&bomb, &limits(100_000)).unwrap(), zeros);
        }
    }

    #[test]
    fn a_bomb_ends_at_its_ratio() {
        let bomb = gzip(&vec![0; 40 << 20]);
        let refusal = expand(&bomb, &Limits::default()).unwrap_err();
        assert!(refusal.reason.contains("200 times its size"), "{refusal}");
    }

    #[test]
    fn streams_are_joined() {
        for pack in [gzip, bzip2, zstd] {
            let two = [pack(b"a galaxy "), pack(b"far away")].concat();
            assert_eq!(expand(&two, &Limits::default()).unwrap(), b"a galaxy far away");
        }
        let skipped = [&zstd(b"a")[..], b"\x51\x2a\x4d\x18\x02\0\0\0xx", &zstd(b"b")].concat();
        assert_eq!(expand(&skipped, &Limits::default()).unwrap(), b"ab");
    }

    #[test]
    fn a_cut_stream_is_refused() {
        let content: Vec<u8> = (0..5000u32).map(|v| ((v * v) >> 3) as u8).collect();
        for whole in [gzip(&content), bzip2(&content), zstd(&content)] {
            let refusal = expand(&whole[..whole.len() - 19], &Limits::default()).unwrap_err();
            assert!(refusal.reason.contains("cut short"), "{refusal}");
        }
        assert!(expand(b"\x1f\x8b\x08\0garbage garbage", &Limits::default()).is_err());
        assert!(expand(b"\xfd7zXZ\0garbage garbage", &Limits::default()).is_err());
        assert!(expand(b"a galaxy", &Limits::default()).is_err());
    }
}
