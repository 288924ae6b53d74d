//! Tests of weights: the layouts, the import, the model file.

use super::super::Precision;
use super::super::model_file::Metadata;
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// A network small enough to make by the hundred.
const TINY: Architecture = Architecture {
    hidden: 4,
    residual_hidden: 3,
    residual_layers: 2,
    embedding_dim: 5,
    codebook: 6,
};

/// Weights whose every value is its own: running numbers, times `scale`.
fn numbered(architecture: &Architecture, scale: f32) -> Weights {
    let mut next = 0u16;
    let tensors = architecture.expected().into_iter().map(|(name, shape)| {
        let values = (0..shape.iter().product::<usize>())
            .map(|_| {
                next += 1;
                f32::from(next) * scale
            })
            .collect();
        (name, WeightTensor { shape, values })
    });
    Weights::new(tensors.collect()).unwrap()
}

/// Permutes by the definition: one index at a time.
fn slow_from_tf(shape: [usize; 4], values: &[f32]) -> Vec<f32> {
    let [h, w, c, d] = shape;
    let mut out = vec![f32::NAN; values.len()];
    for (y, x, i, o) in itertools4(h, w, c, d) {
        out[((o * c + i) * h + y) * w + x] = values[((y * w + x) * c + i) * d + o];
    }
    out
}

fn itertools4(h: usize, w: usize, c: usize, d: usize) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..h).flat_map(move |y| {
        (0..w).flat_map(move |x| (0..c).flat_map(move |i| (0..d).map(move |o| (y, x, i, o))))
    })
}

#[test]
fn the_codebook_is_transposed_so_that_a_row_is_a_code() {
    // [D = 2, K = 3]: column k is code k.
    let tensor = from_tf_layout(&[2, 3], &[1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
    assert_eq!(tensor.shape, [3, 2]);
    assert_eq!(tensor.values, [1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
}

#[test]
fn a_checkpoint_with_optimiser_slots_gives_the_network_only() {
    let weights = numbered(&TINY, 1.0);
    let tensors: Vec<_> = weights
        .iter()
        .map(|(name, tensor)| (name.to_owned(), to_tf_layout(tensor)))
        .collect();
    let mut all = tensors.clone();
    for (name, tensor) in tensors {
        all.push((format!("{name}/Adam"), tensor.clone()));
        all.push((format!("{name}/Adam_1"), tensor));
    }
    let scalar = WeightTensor {
        shape: vec![],
        values: vec![0.9],
    };
    all.push(("beta1_power".into(), scalar.clone()));
    all.push(("beta2_power".into(), scalar.clone()));
    all.push(("vq_layer/ema_cluster_size".into(), scalar));
    let views: Vec<_> = all
        .iter()
        .map(|(name, tensor)| NewTensor {
            name,
            shape: &tensor.shape,
            values: &tensor.values,
        })
        .collect();
    let (index, data) = write_bundle(&views).unwrap();
    let bundle = TensorBundle::open(&index).unwrap();

    let plan = Plan::new(&bundle).unwrap();
    assert_eq!((plan.taken.len(), plan.optimiser.len()), (35, 72));
    assert_eq!(plan.unknown, ["vq_layer/ema_cluster_size"]);
    assert_eq!(plan.architecture, TINY);
    assert_eq!(Weights::from_tf(&bundle, |_| Some(&data)), Ok(weights));
}

#[test]
fn a_checkpoint_of_another_network_is_refused_before_its_data_is_read() {
    let (index, _) = write_bundle(&[NewTensor {
        name: "dense/kernel",
        shape: &[1],
        values: &[1.0],
    }])
    .unwrap();
    let bundle = TensorBundle::open(&index).unwrap();
    let error = Weights::from_tf(&bundle, |_| panic!("no data should be asked for")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("35 missing") && message.contains("1 unknown (dense/kernel)"),
        "{message}"
    );
}

#[test]
fn numbers_that_are_none_are_refused_with_tensor_and_place() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut tensors = numbered(&TINY, 1.0).into_tensors();
        tensors.get_mut("to_vq/b").unwrap().values[3] = bad;
        let message = Weights::new(tensors).unwrap_err().to_string();
        assert!(
            message.contains("`to_vq/b`") && message.contains("position 3"),
            "{message}"
        );
    }
}

#[test]
fn a_wrong_number_of_values_is_refused() {
    let mut tensors = numbered(&TINY, 1.0).into_tensors();
    tensors.get_mut("to_vq/b").unwrap().values.pop();
    assert!(matches!(
        Weights::new(tensors),
        Err(WeightsError::Length { found: 4, .. })
    ));
}

#[test]
fn a_model_file_comes_back_with_its_metadata_and_equal_bytes() {
    let weights = numbered(&TINY, 0.1);
    let metadata: Metadata = [
        ("steps", "8000"),
        ("data_variance", "0.037473805"),
        ("name", "t\u{e9}st \"1\""),
    ]
    .map(|(key, text)| (key.to_owned(), text.to_owned()))
    .into();
    let file = weights.to_safetensors(&metadata, Precision::Full).unwrap();
    assert_eq!(file, weights.to_safetensors(&metadata, Precision::Full).unwrap());
    assert_eq!((file.len() - 4 * TINY.parameters()) % 8, 0);
    let read = Weights::from_safetensors(&file).unwrap();
    assert!(read.iter().eq(weights.iter()));
    assert_eq!(read.architecture(), TINY);
    assert_eq!(read.metadata()["format"], "galaxy-grove model");
    assert_eq!(read.metadata()["version"], "1");
    assert_eq!(read.metadata()["name"], metadata["name"]);
    assert_eq!(read.data_variance(), Some(0.037_473_805));
    assert_eq!(weights.data_variance(), None);
    assert_eq!(read.codebook().len(), 30);
}

#[test]
fn half_precision_is_half_the_size_and_near() {
    let weights = numbered(&TINY, 0.001);
    let full = weights.to_safetensors(&Metadata::new(), Precision::Full).unwrap();
    let half = weights.to_safetensors(&Metadata::new(), Precision::Half).unwrap();
    // The heads differ by the digits of the offsets.
    assert!((full.len() - half.len()).abs_diff(2 * TINY.parameters()) <= 64);
    let read = Weights::from_safetensors(&half).unwrap();
    for ((name, a), (_, b)) in weights.iter().zip(read.iter()) {
        for (a, b) in a.values.iter().zip(&b.values) {
            // 11 significant bits.
            assert!((a - b).abs() <= a.abs() / 2048.0, "{name}: {a} became {b}");
        }
    }
    let message = numbered(&TINY, 100.0)
        .to_safetensors(&Metadata::new(), Precision::Half)
        .unwrap_err()
        .to_string();
    assert!(message.contains("half precision"), "{message}");
}

#[test]
fn other_files_are_refused_with_a_reason() {
    let message = |file: &[u8]| Weights::from_safetensors(file).unwrap_err().to_string();
    assert!(message(b"").contains("not a model file"));
    assert!(message(b"SIMPLE  =                    T").contains("not a model file"));

    let text = |key: &str, value: &str| {
        let weights = numbered(&TINY, 1.0);
        let file = weights.to_safetensors(&Metadata::new(), Precision::Full).unwrap();
        // Of equal length, so that the head stays as long as it says.
        let from = format!(
            "\"{key}\":\"{}\"",
            if key == "format" {
                "galaxy-grove model"
            } else {
                "1"
            }
        );
        let to = format!("\"{key}\":\"{value}\"");
        assert_eq!(from.len(), to.len());
        let at = file
            .windows(from.len())
            .position(|window| window == from.as_bytes())
            .unwrap();
        let mut file = file;
        file[at..at + to.len()].copy_from_slice(to.as_bytes());
        file
    };
    assert!(message(&text("version", "2")).contains("update Galaxy Grove"));
    assert!(message(&text("format", "galaxy-grove stuff")).contains("not a model"));
    assert!(Weights::from_safetensors(&text("format", "another program...")).is_ok());
}

#[test]
fn integers_are_no_weights() {
    let head = br#"{"to_vq/b":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}"#;
    let mut file = (head.len() as u64).to_le_bytes().to_vec();
    file.extend(head);
    file.extend([0; 4]);
    let message = Weights::from_safetensors(&file).unwrap_err().to_string();
    assert!(message.contains("`to_vq/b` holds I32"), "{message}");
}

proptest! {
    #[test]
    fn kernels_are_permuted_as_defined(h in 1usize..4, w in 1usize..4, c in 1usize..5, d in 1usize..5) {
        let values: Vec<f32> = (0..h * w * c * d).map(|value| value as f32).collect();
        let tensor = from_tf_layout(&[h, w, c, d], &values);
        prop_assert_eq!(&tensor.shape, &[d, c, h, w]);
        prop_assert_eq!(&tensor.values, &slow_from_tf([h, w, c, d], &values));
        let back = to_tf_layout(&tensor);
        prop_assert_eq!(back.shape, [h, w, c, d]);
        prop_assert_eq!(back.values, values);
    }

    #[test]
    fn a_damaged_model_file_does_not_panic(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<prop::sample::Index>()) {
        let weights = numbered(&TINY, 1.0);
        let file = weights.to_safetensors(&Metadata::new(), Precision::Full).unwrap();
        let mut flipped = file.clone();
        flipped[at.index(file.len())] ^= 1 << bit;
        if let Ok(read) = Weights::from_safetensors(&flipped) {
            prop_assert!(read.iter().all(|(_, tensor)| tensor.values.iter().all(|value| value.is_finite())));
        }
        prop_assert!(Weights::from_safetensors(&file[..cut.index(file.len())]).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(Weights::from_safetensors(&bytes).is_err());
    }
}
