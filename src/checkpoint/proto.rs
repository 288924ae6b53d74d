//! As much of Protocol Buffers as a checkpoint index needs: fields in, fields out, no schema compiler.

use super::wire::{Cursor, put_varint};

/// The value of one field, by its wire type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field<'a> {
    /// Integers, booleans and enumerations (wire type 0).
    Varint(u64),
    /// Eight fixed bytes (wire type 1). TensorFlow's index uses none, but unknown fields may be skipped.
    Fixed64(u64),
    /// Strings, bytes and nested messages (wire type 2).
    Bytes(&'a [u8]),
    /// Four fixed bytes (wire type 5).
    Fixed32(u32),
}

/// The message ends inside a field, or has a wire type that nobody writes today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Walks the fields of one message in file order; stops after the first malformed one.
#[derive(Debug, Clone)]
pub(crate) struct Fields<'a>(Cursor<'a>);

impl<'a> Fields<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self(Cursor::new(message))
    }

    fn read(&mut self) -> Option<(u64, Field<'a>)> {
        let tag = self.0.varint()?;
        let field = match tag & 7 {
            0 => Field::Varint(self.0.varint()?),
            1 => Field::Fixed64(self.0.u64()?),
            2 => {
                let len = self.0.varint()?;
                Field::Bytes(self.0.take(len)?)
            }
            5 => Field::Fixed32(self.0.u32()?),
            // 3 and 4 are the groups of proto1.
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        match self.read() {
            Some(field) => Some(Ok(field)),
            None => {
                self.0 = Cursor::new(&[]);
                Some(Err(Malformed))
            }
        }
    }
}

/// Appends an integer field; zero is left out, as proto3 does.
pub(crate) fn put_integer(out: &mut Vec<u8>, number: u64, value: u64) {
    if value != 0 {
        put_varint(out, number << 3);
        put_varint(out, value);
    }
}

/// Appends a nested message or string, empty or not.
pub(crate) fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_varint(out, (number << 3) | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends a 32-bit word; zero is left out, as proto3 does.
pub(crate) fn put_fixed32(out: &mut Vec<u8>, number: u64, value: u32) {
    if value != 0 {
        put_varint(out, (number << 3) | 5);
        out.extend_from_slice(&value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_header_of_the_published_index_is_written_and_read() {
        let mut version = Vec::new();
        put_integer(&mut version, 1, 1);
        let mut header = Vec::new();
        put_integer(&mut header, 1, 1);
        put_integer(&mut header, 2, 0);
        put_bytes(&mut header, 3, &version);
        assert_eq!(header, [0x08, 0x01, 0x1a, 0x02, 0x08, 0x01]);
        let fields: Vec<_> = Fields::new(&header).collect();
        assert_eq!(
            fields,
            [Ok((1, Field::Varint(1))), Ok((3, Field::Bytes(&[0x08, 0x01])))]
        );
    }

    #[test]
    fn groups_and_cut_fields_are_malformed_once() {
        for message in [
            &[0x0b][..],
            &[0x0a, 0x05, 1, 2],
            &[0x35, 1, 2, 3],
            &[0x08],
            &[0x09, 0, 0],
        ] {
            let fields: Vec<_> = Fields::new(message).collect();
            assert_eq!(fields, [Err(Malformed)], "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end_the_walk(message: Vec<u8>) {
            // Each field takes two bytes at least, so a walk that ends is a short one.
            prop_assert!(Fields::new(&message).count() <= message.len() / 2 + 1);
        }
    }
}
