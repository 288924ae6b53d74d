//! Codes as safetensors: the tensors `id` (i64, N) and `codes` (u8, N x width), as in a bundle.

use super::features::{Features, FeaturesError};
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// Room for the header, so that the number of galaxies can be filled in at the end.
const ROOM: usize = 1024;

fn damaged(why: impl std::fmt::Display) -> FeaturesError {
    FeaturesError::Damaged {
        format: "safetensors",
        why: why.to_string(),
    }
}

/// The head of a file whose data are the codes of `n` galaxies and then their ids. Its length does not depend on `n`.
pub(super) fn header(n: usize, width: usize, made_by: &str) -> Vec<u8> {
    let codes = n * width;
    let mut json = serde_json::json!({
        "__metadata__": BTreeMap::from([
            ("format", "galaxy-grove codes".to_owned()),
            ("made_by", made_by.chars().take(200).collect()),
        ]),
        "codes": {"dtype": "U8", "shape": [n, width], "data_offsets": [0, codes]},
        "id": {"dtype": "I64", "shape": [n], "data_offsets": [codes, codes + 8 * n]},
    })
    .to_string()
    .into_bytes();
    json.resize(ROOM - 8, b' ');
    [&(json.len() as u64).to_le_bytes()[..], &json].concat()
}

/// Reads `id` and `codes`.
pub(super) fn read_codes(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let codes = file.tensor("codes").ok().ok_or(FeaturesError::NoCodes)?;
    if codes.dtype() != Dtype::U8 {
        return Err(FeaturesError::NotInteger {
            column: "codes".to_owned(),
            form: format!("{:?} (u8 is needed)", codes.dtype()).to_lowercase(),
        });
    }
    let (n, width) = match codes.shape().split_first() {
        Some((&n, sides)) if !sides.is_empty() => (n, sides.iter().product()),
        _ => {
            return Err(FeaturesError::Shape {
                found: codes.shape().iter().map(|&side| side as u64).collect(),
            });
        }
    };
    if width == 0 {
        return Err(FeaturesError::NoCodes);
    }
    let ids = file.tensor("id").ok().ok_or_else(|| FeaturesError::NoIds {
        found: file.names().join(", "),
    })?;
    if ids.dtype() != Dtype::I64 {
        return Err(FeaturesError::NotInteger {
            column: "id".to_owned(),
            form: format!("{:?} (i64 is needed)", ids.dtype()).to_lowercase(),
        });
    }
    let (words, _) = ids.data().as_chunks::<8>();
    if words.len() != n {
        return Err(FeaturesError::Ids {
            ids: words.len(),
            galaxies: n,
        });
    }
    Ok(Features {
        ids: words.iter().map(|word| i64::from_le_bytes(*word)).collect(),
        codes: codes.data().to_vec(),
        width,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::read::read_features;

    #[test]
    fn a_models_file_has_no_codes() {
        let json = br#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
        let bytes = [&(json.len() as u64).to_le_bytes()[..], json, &[0; 4]].concat();
        assert_eq!(read_features(&bytes), Err(FeaturesError::NoCodes));
        assert!(matches!(
            read_features(&bytes[..40]),
            Err(FeaturesError::Damaged { .. })
        ));
    }

    #[test]
    fn the_head_always_has_the_same_length() {
        assert_eq!(header(0, 64, "test").len(), ROOM);
        assert_eq!(header(usize::MAX / 1000, 64, "test").len(), ROOM);
        assert_eq!(ROOM % 8, 0);
    }
}
