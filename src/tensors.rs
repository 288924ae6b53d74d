//! Writing safetensors files whose bytes depend on nothing but their contents.

use safetensors::{Dtype, SafeTensorError, SafeTensors};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A tensor to write: type, shape, little-endian bytes.
pub(crate) type Tensor = (Dtype, Vec<usize>, Vec<u8>);

/// Metadata and tensors by name, larger numbers first, so that all are aligned; data without gaps.
pub(crate) fn write(metadata: &BTreeMap<String, String>, tensors: &BTreeMap<String, Tensor>) -> Vec<u8> {
    let mut order: Vec<_> = tensors.iter().collect();
    order.sort_by_key(|(_, (dtype, ..))| std::cmp::Reverse(dtype.bitsize()));
    let mut head = Map::new();
    head.insert("__metadata__".to_owned(), json!(metadata));
    let mut start = 0;
    for (name, (dtype, shape, bytes)) in &order {
        let end = start + bytes.len();
        let entry = json!({"dtype": format!("{dtype:?}"), "shape": shape, "data_offsets": [start, end]});
        head.insert((*name).clone(), entry);
        start = end;
    }
    let mut text = Value::Object(head).to_string().into_bytes();
    while !text.len().is_multiple_of(8) {
        text.push(b' ');
    }
    let mut out = Vec::with_capacity(8 + text.len() + start);
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text);
    for (_, (.., bytes)) in order {
        out.extend_from_slice(bytes);
    }
    out
}

/// The metadata of a safetensors file.
///
/// # Errors
/// The format's own error, when it is no such file.
pub(crate) fn metadata(file: &[u8]) -> Result<BTreeMap<String, String>, SafeTensorError> {
    let (_, head) = SafeTensors::read_metadata(file)?;
    let pairs = head.metadata().iter().flatten();
    Ok(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// The bytes of numbers.
pub(crate) fn bytes<T: Copy, const N: usize>(values: &[T], write: impl Fn(T) -> [u8; N]) -> Vec<u8> {
    values.iter().flat_map(|value| write(*value)).collect()
}

/// The numbers of bytes.
pub(crate) fn numbers<T, const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    let words = bytes.chunks_exact(N);
    words.filter_map(|word| word.try_into().ok().map(&read)).collect()
}
