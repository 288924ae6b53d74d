//! The names of what a group holds, without opening any of it: read from the group's own bytes (HDF5 File Format
//! Specification, IV.A), for groups whose members cannot all be opened, and to find what is in other files.

use hdf5_reader::group::Group;

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub name: String,
    /// The file that it is in, when that is another one.
    pub elsewhere: Option<String>,
}

/// Blocks of a header that are read at most.
const BLOCKS: usize = 64;
/// Bytes of one block, or of a heap of names, that are read at most.
const MAX_LENGTH: u64 = 1 << 20;
/// Types of messages.
const LINK: u16 = 0x0006;
const CONTINUATION: u16 = 0x0010;
const SYMBOLS: u16 = 0x0011;

/// The members of a group, as far as its header lists them; none when it is written in a way that is not supported.
pub fn links(group: &Group) -> Vec<Link> {
    if group.offset_size() != 8 || group.length_size() != 8 {
        return Vec::new();
    }
    let mut found = Vec::new();
    let _ = read(group, &mut found);
    found
}

fn range(group: &Group, offset: u64, length: u64) -> Option<Vec<u8>> {
    let room = group.storage().len().checked_sub(offset)?;
    let length = usize::try_from(length.min(room).min(MAX_LENGTH)).ok()?;
    let bytes = group.storage().read_range(offset, length).ok()?;
    Some(bytes.as_ref().to_vec())
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}

/// Goes through the blocks of the group's header.
fn read(group: &Group, found: &mut Vec<Link>) -> Option<()> {
    let head = range(group, group.address(), 64)?;
    let is_new = head.starts_with(b"OHDR");
    let mut blocks: Vec<(u64, u64)> = Vec::new();
    let mut has_order = false;
    if is_new {
        let flags = *head.get(5)?;
        has_order = flags & 0x04 != 0;
        let start = 6 + if flags & 0x20 != 0 { 16 } else { 0 } + if flags & 0x10 != 0 { 4 } else { 0 };
        let width = 1usize << (flags & 3);
        let length = number(&head, start, width)?;
        blocks.push((group.address() + (start + width) as u64, length));
    } else {
        blocks.push((group.address() + 16, number(&head, 8, 4)?));
    }
    let mut done = 0;
    while let Some((offset, length)) = blocks.pop() {
        done += 1;
        if done > BLOCKS {
            break;
        }
        let block = range(group, offset, length)?;
        let mut at = 0;
        // A message's head: its type, length and flags.
        let width = if is_new {
            4 + if has_order { 2 } else { 0 }
        } else {
            8
        };
        while at + width <= block.len() {
            let (kind, size) = if is_new {
                (number(&block, at, 1)?, number(&block, at + 1, 2)?)
            } else {
                (number(&block, at, 2)?, number(&block, at + 2, 2)?)
            };
            let Some(data) = block.get(at + width..at + width + size as usize) else {
                break;
            };
            match kind as u16 {
                LINK => found.extend(link(data)),
                SYMBOLS => names(group, number(data, 8, 8)?, found)?,
                CONTINUATION => {
                    let (offset, length) = (number(data, 0, 8)?, number(data, 8, 8)?);
                    // A further block of a new header has a signature in front and a checksum behind.
                    let (front, both) = if is_new { (4, 8) } else { (0, 0) };
                    blocks.push((offset.checked_add(front)?, length.saturating_sub(both)));
                }
                _ => {}
            }
            at += width + size as usize;
        }
    }
    Some(())
}

/// A link message.
fn link(data: &[u8]) -> Option<Link> {
    let flags = *data.get(1)?;
    let mut at = 2;
    let kind = if flags & 0x08 != 0 {
        at += 1;
        *data.get(at - 1)?
    } else {
        0
    };
    at += if flags & 0x04 != 0 { 8 } else { 0 };
    at += usize::from(flags & 0x10 != 0);
    let width = 1usize << (flags & 3);
    let length = usize::try_from(number(data, at, width)?).ok()?;
    at += width;
    let name = String::from_utf8_lossy(data.get(at..at.checked_add(length)?)?).into_owned();
    at += length;
    // Type 64: two bytes of length, one of version, and the file's name up to a zero.
    let elsewhere = (kind == 64).then(|| {
        let file = data.get(at + 3..).unwrap_or_default();
        let end = file.iter().position(|byte| *byte == 0).unwrap_or(file.len());
        String::from_utf8_lossy(file.get(..end).unwrap_or_default()).into_owned()
    });
    Some(Link { name, elsewhere })
}

/// The names in the heap of an old group. Names of what was removed may still stand there.
fn names(group: &Group, heap: u64, found: &mut Vec<Link>) -> Option<()> {
    let head = range(group, heap, 32)?;
    if !head.starts_with(b"HEAP") {
        return None;
    }
    let data = range(group, number(&head, 24, 8)?, number(&head, 8, 8)?)?;
    let words = data.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let readable = words.filter_map(|word| std::str::from_utf8(word).ok());
    found.extend(
        readable
            .filter(|word| !word.contains(char::is_control))
            .map(|word| Link {
                name: word.to_owned(),
                elsewhere: None,
            }),
    );
    Some(())
}
