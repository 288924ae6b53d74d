//! The file of all parts: its header, from which each part's place is known.

use crate::bundle::header_length;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The value of the metadata key `format`.
const FORMAT: &str = "galaxy-grove levels";
const VERSION: &str = "1";

/// The name of a part's tensor.
#[must_use]
pub fn part_name(part: usize) -> String {
    format!("part/{part}")
}

/// The header of a file of parts of these lengths in bytes, which follow it in their order.
#[must_use]
pub fn header(lengths: &[u64], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let mut metadata = metadata.clone();
    metadata.insert("format".to_owned(), FORMAT.to_owned());
    metadata.insert("version".to_owned(), VERSION.to_owned());
    let mut head = Map::new();
    head.insert("__metadata__".to_owned(), json!(metadata));
    let mut start = 0;
    for (part, length) in lengths.iter().enumerate() {
        let entry = json!({"dtype": "U8", "shape": [length], "data_offsets": [start, start + length]});
        head.insert(part_name(part), entry);
        start += length;
    }
    let mut text = Value::Object(head).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut file = (text.len() as u64).to_le_bytes().to_vec();
    file.append(&mut text);
    file
}

/// Why bytes are no header of a file of levels.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexError {
    /// Something else.
    #[error("it is no file of levels: make it with `grove levels`")]
    Other,
    /// Of a later version.
    #[error("it has version {0}; this page reads version {VERSION}: get a newer one")]
    Version(String),
    /// There is no such part.
    #[error("it has no part {part}: they run from 0 to {last}")]
    Part {
        /// The part that was asked for.
        part: usize,
        /// The last one.
        last: usize,
    },
}

/// The place of each part in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    places: Vec<Range<u64>>,
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
}

impl Index {
    /// The length of the header, from the first eight bytes of the file.
    ///
    /// # Errors
    /// [`IndexError::Other`] when it cannot be one.
    pub fn length(first: [u8; 8]) -> Result<usize, IndexError> {
        header_length(first).ok_or(IndexError::Other)
    }

    /// From the whole header.
    ///
    /// # Errors
    /// [`IndexError`] when it is the header of another kind of file, or of a later version.
    pub fn new(header: &[u8]) -> Result<Self, IndexError> {
        let head: Map<String, Value> = serde_json::from_slice(header.get(8..).unwrap_or_default())
            .ok()
            .ok_or(IndexError::Other)?;
        let texts = head.get("__metadata__").and_then(Value::as_object);
        let metadata: BTreeMap<String, String> = texts
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect();
        if metadata.get("format").is_none_or(|format| format != FORMAT) {
            return Err(IndexError::Other);
        }
        if let Some(version) = metadata.get("version").filter(|version| *version != VERSION) {
            return Err(IndexError::Version(version.clone()));
        }
        let mut places = Vec::with_capacity(head.len());
        for part in 0..head.len() - 1 {
            let offsets = head
                .get(&part_name(part))
                .and_then(|entry| entry.get("data_offsets"));
            let at = |index: usize| offsets?.get(index)?.as_u64();
            let (Some(start), Some(end)) = (at(0), at(1)) else {
                return Err(IndexError::Other);
            };
            let base = header.len() as u64;
            let place = base.saturating_add(start)..base.saturating_add(end);
            if place.start > place.end {
                return Err(IndexError::Other);
            }
            places.push(place);
        }
        if places.is_empty() {
            return Err(IndexError::Other);
        }
        Ok(Self { places, metadata })
    }

    /// The number of parts.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.places.len()
    }

    /// The place of a part in the file, in bytes.
    ///
    /// # Errors
    /// [`IndexError::Part`] when there is no such part.
    pub fn place(&self, part: usize) -> Result<Range<u64>, IndexError> {
        self.places.get(part).cloned().ok_or(IndexError::Part {
            part,
            last: self.places.len() - 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::SafeTensors;

    #[test]
    fn parts_are_where_the_header_says_and_every_reader_of_safetensors_finds_them() {
        let parts: Vec<Vec<u8>> = (0..12).map(|part| vec![part as u8; 3 + 5 * part]).collect();
        let lengths: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
        let metadata = BTreeMap::from([("galaxies".to_owned(), "99".to_owned())]);
        let mut file = header(&lengths, &metadata);
        let head = file.clone();
        parts.iter().for_each(|part| file.extend(part));
        assert_eq!(Index::length(*file.first_chunk().unwrap()), Ok(head.len()));
        let index = Index::new(&head).unwrap();
        assert_eq!((index.parts(), index.metadata["galaxies"].as_str()), (12, "99"));
        let tensors = SafeTensors::deserialize(&file).unwrap();
        for (part, bytes) in parts.iter().enumerate() {
            let place = index.place(part).unwrap();
            assert_eq!(&file[place.start as usize..place.end as usize], bytes.as_slice());
            assert_eq!(tensors.tensor(&part_name(part)).unwrap().data(), bytes.as_slice());
        }
        assert_eq!(index.place(12), Err(IndexError::Part { part: 12, last: 11 }));
    }

    #[test]
    fn other_files_are_refused() {
        assert_eq!(Index::new(b""), Err(IndexError::Other));
        assert_eq!(Index::new(b"12345678{}"), Err(IndexError::Other));
        let later = header(&[1], &BTreeMap::new());
        let later = String::from_utf8_lossy(&later).replace("\"version\":\"1\"", "\"version\":\"2\"");
        assert_eq!(
            Index::new(later.as_bytes()),
            Err(IndexError::Version("2".to_owned()))
        );
        assert_eq!(Index::new(&header(&[], &BTreeMap::new())), Err(IndexError::Other));
    }
}
