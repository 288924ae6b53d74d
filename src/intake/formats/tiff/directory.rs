//! The entries of a TIFF directory, to be changed in a copy of the file: for pages that the crate cannot read as they are.

/// Where a directory's entries lie, and how wide its numbers are.
pub struct Directory {
    /// The tag of each entry and where the entry begins.
    entries: Vec<(u64, usize)>,
    big_endian: bool,
    big_tiff: bool,
}

impl Directory {
    /// Reads the directory at `at`.
    pub fn new(bytes: &[u8], at: u64) -> Option<Self> {
        let mut directory = Self {
            entries: Vec::new(),
            big_endian: bytes.starts_with(b"MM"),
            big_tiff: false,
        };
        directory.big_tiff = directory.number(bytes, 2, 2)? == 43;
        let (count, entry) = if directory.big_tiff { (8, 20) } else { (2, 12) };
        let at = usize::try_from(at).ok()?;
        let entries = directory.number(bytes, at, count)?.min(u64::from(u16::MAX));
        let mut from = at.checked_add(count)?;
        for _ in 0..entries {
            let tag = directory.number(bytes, from, 2)?;
            directory.entries.push((tag, from));
            from = from.checked_add(entry)?;
        }
        Some(directory)
    }

    fn number(&self, bytes: &[u8], from: usize, length: usize) -> Option<u64> {
        let field = bytes.get(from..from.checked_add(length)?)?;
        let join = |value: u64, byte: &u8| (value << 8) | u64::from(*byte);
        Some(if self.big_endian {
            field.iter().fold(0, join)
        } else {
            field.iter().rev().fold(0, join)
        })
    }

    fn write(&self, bytes: &mut [u8], from: usize, length: usize, value: u64) -> Option<()> {
        let field = bytes.get_mut(from..from.checked_add(length)?)?;
        for (at, byte) in field.iter_mut().enumerate() {
            let shift = if self.big_endian { length - 1 - at } else { at };
            *byte = (value >> (8 * shift)) as u8;
        }
        Some(())
    }

    fn find(&self, tag: u64) -> Option<usize> {
        self.entries
            .iter()
            .find(|(known, _)| *known == tag)
            .map(|(_, from)| *from)
    }

    /// Sets an entry of one 16-bit number.
    pub fn set_short(&self, bytes: &mut [u8], tag: u64, value: u16) -> Option<()> {
        let value_at = if self.big_tiff { 12 } else { 8 };
        self.write(bytes, self.find(tag)? + value_at, 2, value.into())
    }

    /// Sets an entry to many numbers, which are written to the end of the file.
    pub fn set_many(&self, bytes: &mut Vec<u8>, tag: u64, values: &[u64]) -> Option<()> {
        /// The types LONG and LONG8.
        const LONG: u64 = 4;
        const LONG8: u64 = 16;
        let entry = self.find(tag)?;
        let (kind, width) = if self.big_tiff { (LONG8, 8) } else { (LONG, 4) };
        self.write(bytes, entry + 2, 2, kind)?;
        self.write(bytes, entry + 4, width, values.len() as u64)?;
        // One number is in the entry itself.
        let mut place = entry + 4 + width;
        if values.len() > 1 {
            let start = bytes.len();
            self.write(bytes, place, width, start as u64)?;
            bytes.resize(start.checked_add(values.len().checked_mul(width)?)?, 0);
            place = start;
        }
        for value in values {
            if width == 4 && *value > u64::from(u32::MAX) {
                return None;
            }
            self.write(bytes, place, width, *value)?;
            place += width;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_changed() {
        let mut one = b"II*\0\x08\0\0\0\x01\0".to_vec();
        one.extend_from_slice(&[6, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0]);
        let directory = Directory::new(&one, 8).unwrap();
        assert!(directory.find(262).is_some() && directory.find(263).is_none());
        let mut copy = one.clone();
        directory.set_short(&mut copy, 262, 1).unwrap();
        assert_eq!(copy[18], 1);
        directory.set_many(&mut copy, 262, &[7, 8]).unwrap();
        assert_eq!(copy[12..22], [4, 0, 2, 0, 0, 0, 22, 0, 0, 0]);
        assert_eq!(copy[22..], [7, 0, 0, 0, 8, 0, 0, 0]);
        assert!(directory.set_many(&mut copy, 262, &[1 << 40, 1]).is_none());
    }

    #[test]
    fn short_files_have_no_directory() {
        assert!(Directory::new(b"II*\0", 8).is_none());
        assert!(Directory::new(b"II*\0\x08\0\0\0\xff\xff", 8).is_none());
        assert!(Directory::new(b"MM\0*", u64::MAX).is_none());
    }
}
