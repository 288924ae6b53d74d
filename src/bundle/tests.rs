//! Bundles written and read again.

use proptest::prelude::*;

use super::*;
use crate::cutout::{CutoutSet, PIXELS};
use std::collections::BTreeMap;

fn set(count: usize, value: impl Fn(usize) -> f32) -> CutoutSet {
    let raw: Vec<f32> = (0..count * PIXELS).map(&value).collect();
    let image = raw.iter().map(|v| if *v < 0.1 { 0.0 } else { *v }).collect();
    let ids = (0..count as i64).map(|i| i64::MAX - i).collect();
    CutoutSet::new(ids, Vec::new(), raw, image).unwrap()
}

fn ramp(i: usize) -> f32 {
    (i % 1009) as f32 / 1008.0
}

#[test]
fn every_type_comes_back_to_its_precision() {
    let set = set(3, ramp);
    let codes: Vec<u8> = (0..3 * 64).map(|i| i % 16).collect();
    for (dtype, error) in [
        (Dtype::F32, 0.0),
        (Dtype::F16, 2.5e-4),
        (Dtype::U8, 0.5 / 255.0 + 1e-6),
    ] {
        let metadata = BTreeMap::from([("credit".to_owned(), "nobody \"and\" \u{1f30c}".to_owned())]);
        let bytes = write(&set, Some(&codes), dtype, &metadata).unwrap();
        assert_eq!(
            bytes,
            write(&set, Some(&codes), dtype, &metadata).unwrap(),
            "equal contents, equal bytes"
        );
        let back = read(&bytes).unwrap();
        assert_eq!(back.set.ids, set.ids, "64-bit ids are exact");
        assert_eq!(back.set.names, set.names);
        assert_eq!(back.codes.as_deref(), Some(codes.as_slice()));
        assert_eq!(back.dtype, dtype);
        assert_eq!(back.metadata["credit"], metadata["credit"]);
        assert_eq!(back.metadata["format"], FORMAT);
        assert!(
            !back.metadata.contains_key("names"),
            "names equal to the ids are not repeated"
        );
        assert!(back.remarks.is_empty());
        for (a, b) in set
            .raw
            .iter()
            .zip(&back.set.raw)
            .chain(set.image.iter().zip(&back.set.image))
        {
            assert!((a - b).abs() <= error, "{dtype}: {a} {b}");
        }
        assert!(
            back.set
                .image
                .iter()
                .zip(&set.image)
                .all(|(b, a)| *a != 0.0 || *b == 0.0),
            "zero stays zero"
        );
        assert_eq!(count(&bytes).unwrap(), 3);
    }
}

#[test]
fn names_are_kept() {
    let mut named = set(2, ramp);
    named.names = vec!["NGC 1".into(), "a \"b\"\n".into()];
    let back = read(&write(&named, None, Dtype::U8, &BTreeMap::new()).unwrap()).unwrap();
    assert_eq!(back.set.names, named.names);
    assert_eq!(back.codes, None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let bright = set(1, |i| if i == 7 { 1.5 } else { 0.5 });
    let error = write(&bright, None, Dtype::U8, &BTreeMap::new()).unwrap_err();
    assert!(matches!(error, BundleError::Range { value: 1.5, .. }));
    assert!(error.remedy().contains("f32"));
    assert!(write(&bright, None, Dtype::F16, &BTreeMap::new()).is_ok());
    let vast = set(1, |_| 1e6);
    assert!(matches!(
        write(&vast, None, Dtype::F16, &BTreeMap::new()),
        Err(BundleError::Range { .. })
    ));
    let nan = set(1, |i| if i == 7 { f32::NAN } else { 0.5 });
    let error = write(&nan, None, Dtype::F32, &BTreeMap::new()).unwrap_err();
    assert_eq!(
        error,
        BundleError::NotFinite {
            tensor: "raw",
            id: i64::MAX
        }
    );
    let mut twice = set(2, ramp);
    twice.ids = vec![5, 5];
    assert_eq!(
        write(&twice, None, Dtype::F32, &BTreeMap::new()),
        Err(BundleError::Duplicate(5))
    );
    let mut short = set(2, ramp);
    short.raw.pop();
    assert!(matches!(
        write(&short, None, Dtype::F32, &BTreeMap::new()),
        Err(BundleError::Set(_))
    ));
    let error = write(&set(2, ramp), Some(&[0; 64]), Dtype::F32, &BTreeMap::new()).unwrap_err();
    assert!(matches!(error, BundleError::Shape { name: "codes", .. }));
}

#[test]
fn a_missing_half_is_taken_from_the_other() {
    let set = set(2, ramp);
    let bytes = write::container(
        &[
            ("id", "I64", vec![2], bytes_of(&set.ids)),
            ("image", "F32", vec![2, 4096], bytes_of(&set.image)),
        ],
        &BTreeMap::new(),
    )
    .unwrap();
    let back = read(&bytes).unwrap();
    assert_eq!(back.set.raw, set.image);
    assert_eq!(back.remarks.len(), 1);
}

fn bytes_of<T: bytemuck::NoUninit>(values: &[T]) -> Vec<u8> {
    bytemuck::cast_slice(values).to_vec()
}

#[test]
fn wrong_tensors_are_named() {
    let set = set(2, ramp);
    let id = ("id", "I64", vec![2], bytes_of(&set.ids));
    let image = ("image", "F32", vec![2, 64, 64], bytes_of(&set.image));
    let none = BTreeMap::new();
    let read_of = |tensors: &[contents::Tensor], metadata: &BTreeMap<String, String>| {
        read(&write::container(tensors, metadata).unwrap()).unwrap_err()
    };
    assert_eq!(
        read_of(std::slice::from_ref(&image), &none),
        BundleError::Missing("id")
    );
    let three = ("id", "I64", vec![3], bytes_of(&[1i64, 2, 3]));
    assert!(matches!(
        read_of(&[three, image.clone()], &none),
        BundleError::Shape { name: "image", .. }
    ));
    let narrow = ("id", "I32", vec![2], bytes_of(&[1i32, 2]));
    assert!(matches!(
        read_of(&[narrow, image.clone()], &none),
        BundleError::Type { name: "id", .. }
    ));
    let model = ("encoder.weight", "F32", vec![1], bytes_of(&[1f32]));
    let error = read_of(&[model], &none);
    assert!(error.to_string().contains("encoder.weight"), "{error}");
    let twice = ("id", "I64", vec![2], bytes_of(&[4i64, 4]));
    assert_eq!(read_of(&[twice, image.clone()], &none), BundleError::Duplicate(4));
    let mut bad = set.image.clone();
    bad[PIXELS] = f32::INFINITY;
    let bad = ("image", "F32", vec![2, 64, 64], bytes_of(&bad));
    assert_eq!(
        read_of(&[id.clone(), bad], &none),
        BundleError::NotFinite {
            tensor: "image",
            id: i64::MAX - 1
        }
    );
    let names = BTreeMap::from([("names".to_owned(), "[\"one\"]".to_owned())]);
    assert_eq!(
        read_of(&[id.clone(), image.clone()], &names),
        BundleError::Names(2)
    );
    let later = BTreeMap::from([
        ("format".to_owned(), FORMAT.to_owned()),
        ("version".to_owned(), "2".to_owned()),
    ]);
    assert_eq!(
        read_of(&[id, image], &later),
        BundleError::Version("2".to_owned())
    );
}

proptest! {
    #[test]
    fn damaged_bundles_do_not_panic(cut in 0usize..3000, at in 0usize..600, byte: u8) {
        let set = set(1, ramp);
        let mut bytes = write(&set, Some(&[3; 64]), Dtype::U8, &BTreeMap::new()).unwrap();
        let whole = bytes.clone();
        bytes.truncate(bytes.len() - cut.min(bytes.len()));
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        let outcome = read(&bytes);
        if bytes.len() < whole.len() {
            prop_assert!(outcome.is_err());
        }
        let _ = inspect(&bytes);
    }
}
