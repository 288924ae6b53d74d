//! The names in a ZIP archive, read from its central directory without opening it.
//!
//! The `zip` crate builds an entry of some hundred bytes for each name; this walk spends nothing. So a file can be recognised
//! (an array of NumPy's, a document of an office program) and its entries counted before memory is spent.

/// The names of the entries, as bytes. Empty when there is no directory.
pub fn names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = directory(bytes).unwrap_or_default();
    std::iter::from_fn(move || {
        const FIXED: usize = 46;
        if !rest.starts_with(b"PK\x01\x02") {
            return None;
        }
        let name = usize::from(half(rest, 28)?);
        let extra = usize::from(half(rest, 30)?);
        let comment = usize::from(half(rest, 32)?);
        let found = rest.get(FIXED..FIXED + name)?;
        rest = rest.get(FIXED + name + extra + comment..)?;
        Some(found)
    })
}

/// What a ZIP archive is when it is no archive of files to look into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// All its members are NumPy arrays.
    Npz,
    /// A document: Microsoft's, OpenDocument, EPUB.
    Document,
}

/// Tells documents and NumPy archives from plain archives. Looks at the first thousand names only.
pub fn special(bytes: &[u8]) -> Option<Special> {
    const LOOKED_AT: usize = 1000;
    let mut count = 0;
    let mut arrays = 0;
    for name in names(bytes).take(LOOKED_AT) {
        if name == b"[Content_Types].xml" || name == b"mimetype" {
            return Some(Special::Document);
        }
        count += 1;
        arrays += usize::from(name.ends_with(b".npy"));
    }
    (count > 0 && count == arrays).then_some(Special::Npz)
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u16::from_le_bytes(*chunk))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u32::from_le_bytes(*chunk))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|chunk| u64::from_le_bytes(*chunk))
}

/// The central directory and what follows it. It stands right before its end record, so that bytes in front of the
/// archive do not matter.
fn directory(bytes: &[u8]) -> Option<&[u8]> {
    /// The end record and the longest comment behind it.
    const REACH: usize = 22 + 65_535;
    let tail = bytes.len().saturating_sub(REACH);
    let end = tail
        + bytes
            .get(tail..)?
            .windows(4)
            .rposition(|four| four == b"PK\x05\x06")?;
    let size = word(bytes, end + 12)?;
    let locator = end.checked_sub(20);
    let (end, size) = match locator {
        Some(at) if bytes.get(at..)?.starts_with(b"PK\x06\x07") => {
            // ZIP64: its own end record stands where the locator says.
            let end = usize::try_from(long(bytes, at + 8)?).ok()?;
            if !bytes.get(end..)?.starts_with(b"PK\x06\x06") {
                return None;
            }
            (end, usize::try_from(long(bytes, end.checked_add(40)?)?).ok()?)
        }
        _ => (end, size as usize),
    };
    bytes.get(end.checked_sub(size)?..end)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn zip_of(members: &[&str]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(b"x").unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn names_are_found() {
        let bytes = zip_of(&["a/b.fits", "c.npy"]);
        let found: Vec<&[u8]> = names(&bytes).collect();
        assert_eq!(found, [&b"a/b.fits"[..], b"c.npy"]);
        let behind = [&b"a program in front of it"[..], &bytes].concat();
        assert_eq!(names(&behind).count(), 2);
        assert_eq!(names(&bytes[..bytes.len() - 10]).count(), 0);
        assert_eq!(names(b"").count(), 0);
    }

    #[test]
    fn kinds_are_told() {
        assert_eq!(special(&zip_of(&["a.npy", "b.npy"])), Some(Special::Npz));
        assert_eq!(special(&zip_of(&["a.npy", "b.fits"])), None);
        assert_eq!(special(&zip_of(&[])), None);
        assert_eq!(
            special(&zip_of(&["[Content_Types].xml", "word/document.xml"])),
            Some(Special::Document)
        );
    }
}
