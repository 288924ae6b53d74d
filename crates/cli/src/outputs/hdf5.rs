//! Writing HDF5 in pieces: datasets of fixed shape in one group, each in one stretch of the file, so that any part of them
//! can be written at any time. The oldest form of the format, which every reader knows (HDF5 File Format Specification,
//! superblock version 0).

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};

/// No address.
const NONE: u64 = u64::MAX;
/// Symbols in half a leaf, and children in half a node, of the tree of names.
const LEAF: usize = 4;
const NODE: usize = 16;

/// The type of the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// 32-bit float, little-endian.
    F32,
    /// 64-bit integer with a sign, little-endian.
    I64,
}

impl Type {
    fn size(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::I64 => 8,
        }
    }

    /// The datatype message.
    fn message(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::F32 => {
                // Version 1, class 1; the mantissa's first bit is implied, the sign is bit 31.
                bytes.extend([0x11, 0x20, 31, 0]);
                bytes.extend(4u32.to_le_bytes());
                // Offset, precision; places and lengths of exponent and mantissa; bias.
                bytes.extend([0, 0, 32, 0, 23, 8, 0, 23]);
                bytes.extend(127u32.to_le_bytes());
            }
            Self::I64 => {
                bytes.extend([0x10, 0x08, 0, 0]);
                bytes.extend(8u32.to_le_bytes());
                bytes.extend([0, 0, 64, 0]);
            }
        }
        bytes
    }
}

/// A dataset: its name, type and shape.
#[derive(Clone, Copy, Debug)]
pub struct Dataset<'a> {
    pub name: &'a str,
    pub kind: Type,
    pub shape: &'a [u64],
}

impl Dataset<'_> {
    fn bytes(&self) -> u64 {
        self.kind.size() * self.shape.iter().product::<u64>()
    }

    /// The object header, for data at an address.
    fn header(&self, address: u64) -> Vec<u8> {
        let mut space = vec![1, self.shape.len() as u8, 0, 0, 0, 0, 0, 0];
        space.extend(self.shape.iter().flat_map(|length| length.to_le_bytes()));
        let mut layout = vec![3, 1];
        layout.extend(address.to_le_bytes());
        layout.extend(self.bytes().to_le_bytes());
        // Room is taken early, and no value is filled in.
        let fill = vec![2, 1, 1, 0];
        object(&[
            (0x0001, space),
            (0x0003, self.kind.message()),
            (0x0005, fill),
            (0x0008, layout),
        ])
    }
}

/// An object header with messages.
fn object(messages: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, data) in messages {
        let length = data.len().next_multiple_of(8);
        body.extend(kind.to_le_bytes());
        body.extend((length as u16).to_le_bytes());
        body.extend([0; 4]);
        body.extend(data);
        body.resize(body.len() + length - data.len(), 0);
    }
    let mut header = vec![1, 0];
    header.extend((messages.len() as u16).to_le_bytes());
    header.extend(1u32.to_le_bytes());
    header.extend((body.len() as u32).to_le_bytes());
    header.extend([0; 4]);
    header.append(&mut body);
    header
}

/// An entry of a table of symbols: where its name is in the heap, where its object header is.
fn entry(name: u64, header: u64) -> Vec<u8> {
    let mut bytes = name.to_le_bytes().to_vec();
    bytes.extend(header.to_le_bytes());
    bytes.extend([0; 24]);
    bytes
}

/// A file of datasets that are written piece by piece.
pub struct Hdf5 {
    file: File,
    /// Where the data of each dataset begin, and how long they are.
    places: Vec<(u64, u64)>,
}

impl Hdf5 {
    /// Writes everything but the data. At most eight datasets, in the order of their names' bytes.
    ///
    /// # Errors
    /// When the disk is full, or the names are not in order.
    pub fn create(mut file: File, datasets: &[Dataset<'_>]) -> io::Result<Self> {
        let in_order = datasets
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.name < b.name));
        if datasets.is_empty() || datasets.len() > 2 * LEAF || !in_order {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the datasets' names are not in order",
            ));
        }
        let mut heap = vec![0; 8];
        let names: Vec<u64> = datasets
            .iter()
            .map(|dataset| {
                let at = heap.len() as u64;
                heap.extend(dataset.name.as_bytes());
                heap.resize((heap.len() + 1).next_multiple_of(8), 0);
                at
            })
            .collect();
        // Everything has a fixed length, so that the addresses are known before anything is written.
        let root = 96u64;
        let tree = root + object(&[(0x0011, vec![0; 16])]).len() as u64;
        let symbols = tree + (24 + 2 * NODE * 8 + (2 * NODE + 1) * 8) as u64;
        let heap_head = symbols + (8 + 2 * LEAF * 40) as u64;
        let heap_data = heap_head + 32;
        let mut next = heap_data + heap.len() as u64;
        let headers: Vec<u64> = datasets
            .iter()
            .map(|dataset| {
                let at = next;
                next += dataset.header(0).len() as u64;
                at
            })
            .collect();
        let places: Vec<(u64, u64)> = datasets
            .iter()
            .map(|dataset| {
                let at = next.next_multiple_of(8);
                next = at + dataset.bytes();
                (at, dataset.bytes())
            })
            .collect();

        let mut head = b"\x89HDF\r\n\x1a\n".to_vec();
        // Versions, sizes of addresses and lengths.
        head.extend([0, 0, 0, 0, 0, 8, 8, 0]);
        head.extend((LEAF as u16).to_le_bytes());
        head.extend((NODE as u16).to_le_bytes());
        head.extend([0; 4]);
        for address in [0, NONE, next, NONE] {
            head.extend(address.to_le_bytes());
        }
        // The root group's entry names its tree and heap too.
        head.extend(0u64.to_le_bytes());
        head.extend(root.to_le_bytes());
        head.extend(1u32.to_le_bytes());
        head.extend([0; 4]);
        let group = [tree.to_le_bytes(), heap_head.to_le_bytes()].concat();
        head.extend(&group);
        head.extend(object(&[(0x0011, group)]));

        head.extend(b"TREE\0\0");
        head.extend(1u16.to_le_bytes());
        for address in [NONE, NONE, 0, symbols, names.last().copied().unwrap_or(0)] {
            head.extend(address.to_le_bytes());
        }
        head.resize(symbols as usize, 0);

        head.extend(b"SNOD\x01\0");
        head.extend((datasets.len() as u16).to_le_bytes());
        for (name, header) in names.iter().zip(&headers) {
            head.extend(entry(*name, *header));
        }
        head.resize(heap_head as usize, 0);

        head.extend(b"HEAP\0\0\0\0");
        head.extend((heap.len() as u64).to_le_bytes());
        // No free room in the heap.
        head.extend(1u64.to_le_bytes());
        head.extend(heap_data.to_le_bytes());
        head.append(&mut heap);
        for (dataset, (place, _)) in datasets.iter().zip(&places) {
            head.extend(dataset.header(*place));
        }
        file.write_all(&head)?;
        file.set_len(next)?;
        Ok(Self { file, places })
    }

    /// Writes a part of a dataset's bytes, from `offset` on.
    ///
    /// # Errors
    /// When the disk is full, or the part lies outside the dataset.
    pub fn write(&mut self, dataset: usize, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let place = self.places.get(dataset).copied();
        let (start, _) = place
            .filter(|(_, length)| {
                offset
                    .checked_add(bytes.len() as u64)
                    .is_some_and(|end| end <= *length)
            })
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a part lies outside its dataset"))?;
        self.file.seek(SeekFrom::Start(start + offset))?;
        self.file.write_all(bytes)
    }
}
