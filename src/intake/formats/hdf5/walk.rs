//! All datasets of a file, wherever in its groups.

use std::collections::BTreeSet;

use hdf5_reader::error::{ByteOrder, Error};
use hdf5_reader::{Dataset, Datatype, Hdf5File, dtype_element_size, group::Group};

use super::links::links;
use super::open::{damaged, innermost};
use crate::intake::formats::array::{Array, Values};
use crate::intake::formats::array::{Class, Element};
use crate::refusal::Refusal;

/// Groups below groups are followed so deep.
const DEPTH: usize = 8;
/// More datasets than this are not looked at.
const DATASETS: usize = 1000;
/// More groups than this neither.
const GROUPS: usize = 1000;

/// Datasets that are named when they are left out.
const NAMED: usize = 8;

/// The datasets of a file with their paths (without the leading slash), by path; and sentences on what was not looked at or
/// cannot be read.
pub type DatasetsAndRemarks = (Vec<(String, Dataset)>, Vec<String>);

/// Finds the datasets of a file.
///
/// # Errors
/// A [`Refusal`] when the root group cannot be read. Groups below that cannot be read are passed over.
pub fn datasets(file: &Hdf5File) -> Result<DatasetsAndRemarks, Refusal> {
    let root = file.root_group().map_err(|error| damaged("/", &error))?;
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut is_cut = false;
    let mut lost: Vec<String> = Vec::new();
    let mut waiting: Vec<(String, Group, usize)> = vec![(String::new(), root, 0)];
    while let Some((path, group, depth)) = waiting.pop() {
        // A group may be linked from below itself.
        if !seen.insert(group.address()) {
            continue;
        }
        if seen.len() > GROUPS {
            is_cut = true;
            break;
        }
        // Names one by one: a single broken dataset must not hide its neighbours.
        let links = links(&group);
        let (groups, names) = match group.member_names() {
            Ok(names) => names,
            Err(error) if links.is_empty() && depth == 0 => return Err(damaged("/", &error)),
            Err(error) if links.is_empty() => {
                lost.push(format!("the group {path} ({})", why(&error)));
                continue;
            }
            Err(_) => {
                let here = links.iter().filter(|link| link.elsewhere.is_none());
                here.map(|link| link.name.clone())
                    .partition(|name| group.group(name).is_ok())
            }
        };
        for link in &links {
            if let Some(file) = &link.elsewhere {
                lost.push(format!("{path}{} (it is in another file, {file})", link.name));
            }
        }
        for name in names {
            if found.len() >= DATASETS {
                is_cut = true;
                break;
            }
            match group.dataset(&name) {
                Ok(dataset) => found.push((format!("{path}{name}"), dataset)),
                Err(Error::DatasetNotFound(_)) => {}
                Err(error) => lost.push(format!("{path}{name} ({})", why(&error))),
            }
        }
        if depth >= DEPTH {
            is_cut |= !groups.is_empty();
        } else {
            for name in groups {
                if let Ok(inner) = group.group(&name) {
                    waiting.push((format!("{path}{name}/"), inner, depth + 1));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let mut remarks = Vec::new();
    if !lost.is_empty() {
        lost.sort();
        let (first, rest) = lost.split_at(lost.len().min(NAMED));
        let more = match rest.len() {
            0 => String::new(),
            n => format!(", and {n} more"),
        };
        remarks.push(format!(
            "datasets that cannot be read here: {}{more}",
            first.join(", ")
        ));
    }
    if is_cut {
        remarks.push(format!(
            "not all of the file was looked through: the limits are {DATASETS} datasets in {GROUPS} groups, {DEPTH} deep"
        ));
    }
    // With nothing that can be read, what cannot be is the answer.
    match remarks.first() {
        Some(reason) if found.is_empty() => Err(Refusal::new(
            reason.clone(),
            "write the arrays themselves into the file: `h5repack` does it, or h5py: new['images'] = old['images'][...]",
        )),
        _ => Ok((found, remarks)),
    }
}

/// Why a dataset cannot be read, in a few words.
fn why(error: &Error) -> String {
    match innermost(error) {
        Error::UnsupportedLayoutClass(3) => "it is virtual: its values are in other datasets".to_owned(),
        other => other.to_string(),
    }
}

/// A dataset as an array.
pub fn array(name: &str, dataset: &Dataset) -> Array {
    let chunk = dataset.chunks().and_then(|chunk| chunk.first().copied());
    Array {
        name: name.to_owned(),
        shape: dataset.shape().to_vec(),
        values: values(dataset.dtype()),
        block: chunk.map_or(1, u64::from).max(1),
        hints: Default::default(),
    }
}

/// Bytes of one value of a type, as the dataset stores it.
pub fn size(datatype: &Datatype, dataset: &Dataset) -> Option<usize> {
    match datatype {
        Datatype::VarLen { .. } => Some(dataset.vlen_reference_size()),
        Datatype::String {
            size: hdf5_reader::StringSize::Variable,
            ..
        } => Some(dataset.vlen_reference_size()),
        other => dtype_element_size(other).ok(),
    }
}

/// What a type holds.
pub fn values(datatype: &Datatype) -> Values {
    let number = |class, size: &u8, order: &ByteOrder| {
        Element::new(class, usize::from(*size), *order == ByteOrder::BigEndian)
    };
    let element = match datatype {
        Datatype::FixedPoint {
            size,
            signed,
            byte_order,
        } => {
            let class = if *signed { Class::Signed } else { Class::Unsigned };
            number(class, size, byte_order)
        }
        Datatype::FloatingPoint { size, byte_order } => number(Class::Float, size, byte_order),
        Datatype::Bitfield { size, byte_order } => number(Class::Unsigned, size, byte_order),
        Datatype::Enum { base, members } => {
            // h5py writes truth values as an enumeration of FALSE and TRUE.
            let truth = members.len() == 2
                && members
                    .iter()
                    .any(|member| member.name.eq_ignore_ascii_case("true"));
            match (values(base), truth) {
                (Values::Numbers(element), true) if element.size() == 1 => {
                    Element::new(Class::Bool, 1, false)
                }
                // Words are kept as numbers in the file, with a list of what they mean.
                (Values::Numbers(_), _) => return Values::Text,
                _ => None,
            }
        }
        Datatype::String { .. } => return Values::Text,
        Datatype::VarLen {
            kind: hdf5_reader::VarLenKind::String,
            ..
        } => return Values::Text,
        _ => None,
    };
    element.map_or_else(|| Values::Other(type_name(datatype)), Values::Numbers)
}

/// A word up to its first zero byte. Bytes that are no UTF-8 become question marks in a diamond.
pub fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// A type in NumPy's words.
pub fn type_name(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint { size, signed, .. } => {
            format!("{}int{}", if *signed { "" } else { "u" }, u32::from(*size) * 8)
        }
        Datatype::FloatingPoint { size, .. } => format!("float{}", u32::from(*size) * 8),
        Datatype::Enum { .. } if matches!(values(datatype), Values::Numbers(e) if e.white() == Some(1.0)) => {
            "bool".to_owned()
        }
        Datatype::String { .. } | Datatype::VarLen { .. } => "text".to_owned(),
        Datatype::Compound { .. } => "records".to_owned(),
        Datatype::Reference { .. } => "references to other datasets, which are not followed".to_owned(),
        Datatype::Opaque { tag, .. } if !tag.is_empty() => {
            format!("values of the type {tag}, which is not read")
        }
        _ => "another type".to_owned(),
    }
}
