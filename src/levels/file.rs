//! The file of all parts: a short header, a list of places, and the parts one behind the other.

use crate::bundle::header_length;
use crate::tensors::numbers;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The value of the metadata key `format`.
const FORMAT: &str = "galaxy-grove levels";
const VERSION: &str = "1";

/// The header of a file of parts of these lengths in bytes, with the list of their places; the parts follow it in their order.
#[must_use]
pub fn header(lengths: &[u64], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let mut metadata = metadata.clone();
    metadata.insert("format".to_owned(), FORMAT.to_owned());
    metadata.insert("version".to_owned(), VERSION.to_owned());
    let mut places = vec![0_u64];
    for length in lengths {
        places.push(places.last().copied().unwrap_or_default() + length);
    }
    let (listed, all) = (
        8 * places.len() as u64,
        places.last().copied().unwrap_or_default(),
    );
    let mut head = Map::new();
    head.insert("__metadata__".to_owned(), json!(metadata));
    let mut add = |name: &str, kind: &str, count: u64, start: u64, end: u64| {
        let entry = json!({"dtype": kind, "shape": [count], "data_offsets": [start, end]});
        head.insert(name.to_owned(), entry);
    };
    add("places", "I64", places.len() as u64, 0, listed);
    add("parts", "U8", all, listed, listed + all);
    let mut text = Value::Object(head).to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut file = (text.len() as u64).to_le_bytes().to_vec();
    file.append(&mut text);
    file.extend(places.iter().flat_map(|place| place.to_le_bytes()));
    file
}

/// Why bytes are not the beginning of a file of levels.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexError {
    /// Something else.
    #[error("it is no file of levels: make it with `grove levels`")]
    Other,
    /// Of a later version.
    #[error("it has version {0}; this program reads version {VERSION}: get a newer one")]
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

/// The header: what the file says of itself, and the place of the list of places.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// What the file says of itself.
    pub metadata: BTreeMap<String, String>,
    /// The list of places, in bytes from the beginning of the file.
    pub list: Range<u64>,
    /// The parts, in bytes from the beginning of the file.
    parts: Range<u64>,
}

impl Head {
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
        let json = header.get(8..).unwrap_or_default();
        let head: Map<String, Value> = serde_json::from_slice(json).ok().ok_or(IndexError::Other)?;
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
        let place = |name: &str| {
            let offsets = head.get(name)?.get("data_offsets")?;
            let at = |index: usize| offsets.get(index)?.as_u64()?.checked_add(header.len() as u64);
            at(0).zip(at(1)).filter(|(start, end)| start <= end)
        };
        let (Some(list), Some(parts)) = (place("places"), place("parts")) else {
            return Err(IndexError::Other);
        };
        Ok(Self {
            metadata,
            list: list.0..list.1,
            parts: parts.0..parts.1,
        })
    }

    /// The places of all parts, from the bytes of the list.
    ///
    /// # Errors
    /// [`IndexError::Other`] when they are none.
    pub fn index(&self, list: &[u8]) -> Result<Index, IndexError> {
        let offsets = numbers(list, u64::from_le_bytes);
        let places: Option<Vec<Range<u64>>> = offsets
            .windows(2)
            .map(|pair| {
                let at = |offset: u64| {
                    self.parts
                        .start
                        .checked_add(offset)
                        .filter(|at| *at <= self.parts.end)
                };
                let (start, end) = (at(*pair.first()?)?, at(*pair.last()?)?);
                (start <= end).then_some(start..end)
            })
            .collect();
        let places = places
            .filter(|places| !places.is_empty())
            .ok_or(IndexError::Other)?;
        Ok(Index { places })
    }
}

/// Where each part is in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    places: Vec<Range<u64>>,
}

impl Index {
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
    fn parts_are_where_the_list_says_and_every_reader_of_safetensors_finds_them() {
        let parts: Vec<Vec<u8>> = (0..12).map(|part| vec![part as u8; 3 + 5 * part]).collect();
        let lengths: Vec<u64> = parts.iter().map(|part| part.len() as u64).collect();
        let metadata = BTreeMap::from([("galaxies".to_owned(), "99".to_owned())]);
        let mut file = header(&lengths, &metadata);
        let begun = file.len();
        parts.iter().for_each(|part| file.extend(part));
        let length = Head::length(*file.first_chunk().unwrap()).unwrap();
        let head = Head::new(&file[..length]).unwrap();
        assert_eq!(head.metadata["galaxies"], "99");
        assert_eq!(head.list.end as usize, begun);
        let index = head.index(&file[length..begun]).unwrap();
        assert_eq!(index.parts(), 12);
        let tensors = SafeTensors::deserialize(&file).unwrap();
        let all = tensors.tensor("parts").unwrap().data().to_vec();
        let places = numbers(tensors.tensor("places").unwrap().data(), u64::from_le_bytes);
        for (part, bytes) in parts.iter().enumerate() {
            let place = index.place(part).unwrap();
            assert_eq!(&file[place.start as usize..place.end as usize], bytes.as_slice());
            assert_eq!(
                &all[places[part] as usize..places[part + 1] as usize],
                bytes.as_slice()
            );
        }
        assert_eq!(index.place(12), Err(IndexError::Part { part: 12, last: 11 }));
        // A list that points behind the file, or backwards.
        for list in [[0, u64::MAX], [0, 1_000_000], [5, 2]] {
            let list: Vec<u8> = list.iter().flat_map(|place| place.to_le_bytes()).collect();
            assert_eq!(head.index(&list), Err(IndexError::Other));
        }
        assert_eq!(head.index(&[]), Err(IndexError::Other));
    }

    #[test]
    fn other_files_are_refused() {
        assert_eq!(Head::new(b""), Err(IndexError::Other));
        assert_eq!(Head::new(b"12345678{}"), Err(IndexError::Other));
        let later = header(&[1], &BTreeMap::new());
        let length = Head::length(*later.first_chunk().unwrap()).unwrap();
        let text = String::from_utf8(later[8..length].to_vec()).unwrap();
        let later = "12345678".to_owned() + &text.replace("\"version\":\"1\"", "\"version\":\"2\"");
        assert_eq!(
            Head::new(later.as_bytes()),
            Err(IndexError::Version("2".to_owned()))
        );
    }
}
