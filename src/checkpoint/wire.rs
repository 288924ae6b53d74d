//! The small change of LevelDB tables and Protocol Buffers: varints, little-endian words, masked checksums.

/// What LevelDB adds to a rotated checksum, so that the checksum of data that holds checksums stays useful.
const MASK_DELTA: u32 = 0xa282_ead8;

/// The CRC-32C (Castagnoli) of `bytes`, masked as LevelDB and TensorFlow store it.
pub(crate) fn masked_crc32c(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(MASK_DELTA)
}

/// Appends `value` as a base-128 varint.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Reads forward through bytes; every read gives `None` where the bytes end too soon.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    start_len: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            start_len: bytes.len(),
        }
    }

    /// How many bytes have been read.
    pub(crate) fn position(&self) -> usize {
        self.start_len - self.rest.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next `len` bytes. The length is 64 bits wide because files claim such lengths, also on 32-bit machines.
    pub(crate) fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(usize::try_from(len).ok()?)?;
        self.rest = rest;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// A base-128 varint of at most 64 bits.
    pub(crate) fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            // The tenth byte has room for one bit only.
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A little-endian 32-bit word.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*word))
    }

    /// A little-endian 64-bit word.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        let (word, rest) = self.rest.split_first_chunk::<8>()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn crc_of_the_standard_check_string_is_masked_as_leveldb_does() {
        // CRC-32C("123456789") is 0xe3069283; the mask is ((crc >> 15) | (crc << 17)) + delta.
        let crc = 0xe306_9283u32;
        let masked = crc.rotate_right(15).wrapping_add(0xa282_ead8);
        assert_eq!(masked_crc32c(b"123456789"), masked);
    }

    #[test]
    fn a_varint_longer_than_64_bits_is_refused() {
        let mut bytes = vec![0xff; 9];
        bytes.push(0x02);
        assert_eq!(Cursor::new(&bytes).varint(), None);
        bytes[9] = 0x01;
        assert_eq!(Cursor::new(&bytes).varint(), Some(u64::MAX));
        assert_eq!(Cursor::new(&[0x80; 11]).varint(), None);
    }

    #[test]
    fn taking_more_than_there_is_leaves_the_cursor_where_it_was() {
        let mut cursor = Cursor::new(&[1, 2, 3]);
        assert_eq!(cursor.take(u64::MAX), None);
        assert_eq!(cursor.take(4), None);
        assert_eq!(cursor.take(2), Some(&[1u8, 2][..]));
        assert_eq!(cursor.position(), 2);
        assert_eq!(cursor.u32(), None);
        assert_eq!(cursor.u64(), None);
    }

    proptest! {
        #[test]
        fn varints_come_back(value: u64, shift in 0u32..64) {
            let value = value >> shift;
            let mut bytes = Vec::new();
            put_varint(&mut bytes, value);
            let mut cursor = Cursor::new(&bytes);
            prop_assert_eq!(cursor.varint(), Some(value));
            prop_assert!(cursor.is_empty());
        }
    }
}
