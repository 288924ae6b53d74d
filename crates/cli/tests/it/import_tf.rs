//! The real binary on checkpoints: small ones that our writer makes, and the reference ones where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use galaxy_grove::checkpoint::manifest::sha256_hex;
use galaxy_grove::checkpoint::{
    Architecture, Manifest, NewTensor, TensorBundle, WeightTensor, Weights, write_bundle, write_sharded,
};
use grove_test_support::{Npz, grove, shared};
use safetensors::SafeTensors;

const TINY: Architecture = Architecture {
    hidden: 4,
    residual_hidden: 2,
    residual_layers: 1,
    embedding_dim: 3,
    codebook: 4,
};

fn tiny() -> Weights {
    let mut next = 0.0;
    let tensors = TINY.expected().into_iter().map(|(name, shape)| {
        let values = (0..shape.iter().product::<usize>())
            .map(|_| {
                next += 0.5;
                next
            })
            .collect();
        (name, WeightTensor { shape, values })
    });
    Weights::new(tensors.collect()).unwrap()
}

/// Writes the tiny network as `FOLDER/t.ckpt.*`; gives the prefix.
fn tiny_checkpoint(folder: &Path) -> PathBuf {
    let (index, data) = tiny().to_tf().unwrap();
    fs::write(folder.join("t.ckpt.index"), index).unwrap();
    fs::write(folder.join("t.ckpt.data-00000-of-00001"), data).unwrap();
    folder.join("t.ckpt")
}

/// Runs an import: whether it went well, and what it said on both channels.
fn import(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> (bool, String, String) {
    let words = arguments
        .iter()
        .map(|argument| argument.as_ref().to_str().unwrap());
    let arguments: Vec<&str> = std::iter::once("import-tf").chain(words).collect();
    let output = grove(&arguments);
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Runs an import that must fail; gives its message.
fn refusal(arguments: &[&dyn AsRef<std::ffi::OsStr>]) -> String {
    let (success, _, message) = import(arguments);
    assert!(!success, "should have been refused");
    assert!(message.starts_with("error: "), "{message}");
    message
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(grove_test_support::root().join(path)).unwrap()
}

#[test]
fn a_checkpoint_becomes_a_model_and_a_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = tiny_checkpoint(folder.path());
    let (model, manifest) = (folder.path().join("m.safetensors"), folder.path().join("m.json"));
    let (success, report, message) = import(&[
        &prefix,
        &"-o",
        &model,
        &"--manifest",
        &manifest,
        &"--steps",
        &"7",
        &"--data-variance",
        &"0.25",
        &"--name",
        &"Tiny",
        &"--licence",
        &"CC0",
        &"--credit",
        &"Nobody",
    ]);
    assert!(success, "{message}");
    let bytes = fs::read(&model).unwrap();
    for part in [
        "taken      27",
        "left out    0",
        &sha256_hex(&bytes),
        "4 codes of 3 dimensions",
    ] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    let manifest = Manifest::from_json(&fs::read(&manifest).unwrap()).unwrap();
    assert_eq!(
        (manifest.name.as_str(), manifest.file.as_str()),
        ("Tiny", "m.safetensors")
    );
    assert_eq!(
        (manifest.trained.steps, manifest.trained.data_variance),
        (Some(7), Some(0.25))
    );
    assert_eq!(
        (manifest.licence.as_deref(), manifest.data_credit.as_deref()),
        (Some("CC0"), Some("Nobody"))
    );
    let weights = manifest.open(&bytes).unwrap();
    assert!(weights.iter().eq(tiny().iter()));
    assert_eq!(weights.data_variance(), Some(0.25));
    assert_eq!(weights.metadata()["source"], "TensorFlow checkpoint t.ckpt");
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn any_file_of_the_checkpoint_will_do_and_the_bytes_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = tiny_checkpoint(folder.path());
    let mut models = Vec::new();
    for ending in ["", ".index", ".data-00000-of-00001"] {
        let model = folder.path().join("m.safetensors");
        let given = format!("{}{ending}", prefix.display());
        let (success, _, message) = import(&[&given, &"-o", &model, &"--force"]);
        assert!(success, "{message}");
        models.push(fs::read(&model).unwrap());
    }
    assert!(models[0] == models[1] && models[1] == models[2]);
}

#[test]
fn half_precision_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = tiny_checkpoint(folder.path());
    let model = folder.path().join("m.safetensors");
    let (success, report, message) = import(&[&prefix, &"-o", &model, &"--half"]);
    assert!(success, "{message}");
    assert!(report.contains("as F16"), "{report}");
    let weights = Weights::from_safetensors(&fs::read(&model).unwrap()).unwrap();
    assert_eq!(weights.codebook(), tiny().codebook());
}

#[test]
fn existing_files_are_not_replaced_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = tiny_checkpoint(folder.path());
    let (model, manifest) = (folder.path().join("m.safetensors"), folder.path().join("m.json"));
    fs::write(&manifest, "mine").unwrap();
    let message = refusal(&[&prefix, &"-o", &model, &"--manifest", &manifest]);
    assert!(
        message.contains("m.json exists") && message.contains("--force"),
        "{message}"
    );
    assert!(!model.exists());
    assert_eq!(fs::read_to_string(&manifest).unwrap(), "mine");
    assert!(import(&[&prefix, &"-o", &model, &"--manifest", &manifest, &"--force"]).0);
    assert_ne!(fs::read_to_string(&manifest).unwrap(), "mine");
}

#[test]
fn refusals_name_the_file_and_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let prefix = tiny_checkpoint(folder.path());
    let at = |name: &str| folder.path().join(name);
    let model = at("m.safetensors");
    let check = |given: &Path, parts: &[&str]| {
        let message = refusal(&[&given, &"-o", &model]);
        for part in parts {
            assert!(message.contains(part), "{part} is not in\n{message}");
        }
        assert!(!model.exists());
    };

    check(&at("absent"), &["there is no", "absent.index", "prefix"]);
    check(folder.path(), &["is a folder", "t.ckpt"]);

    fs::write(at("hdf.index"), b"\x89HDF\r\n\x1a\n and more").unwrap();
    check(
        &at("hdf"),
        &[
            "hdf.index",
            "not a TensorFlow V2 checkpoint index (it is an HDF5 file",
        ],
    );

    let index = fs::read(at("t.ckpt.index")).unwrap();
    fs::write(at("cut.index"), &index[..index.len() / 2]).unwrap();
    check(&at("cut"), &["cut.index", "its end is missing"]);

    fs::write(at("alone.index"), &index).unwrap();
    check(
        &at("alone"),
        &["there is no", "alone.data-00000-of-00001", "beside"],
    );

    let data = fs::read(at("t.ckpt.data-00000-of-00001")).unwrap();
    fs::write(at("alone.data-00000-of-00001"), &data[..data.len() - 10]).unwrap();
    check(&at("alone"), &["10 bytes short", "`vq_layer/embedding`"]);

    let mut damaged = data.clone();
    damaged[1] ^= 0x10;
    fs::write(at("alone.data-00000-of-00001"), damaged).unwrap();
    check(&at("alone"), &["tensor `decoder/dec_1/b` has checksum"]);

    let (other, _) = write_bundle(&[NewTensor {
        name: "dense/kernel",
        shape: &[1],
        values: &[1.0],
    }])
    .unwrap();
    fs::write(at("other.index"), other).unwrap();
    check(&at("other"), &["other.index", "35 missing", "dense/kernel"]);

    let message = refusal(&[&prefix, &"-o", &at("no/such/m.safetensors")]);
    assert!(
        message.contains("cannot write") && message.contains("make its folder first"),
        "{message}"
    );
}

#[test]
fn a_checkpoint_of_several_data_files_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (index, data) = tiny().to_tf().unwrap();
    let bundle = TensorBundle::open(&index).unwrap();
    let values: Vec<_> = bundle
        .entries()
        .iter()
        .map(|entry| bundle.read_f32(&entry.name, &data).unwrap())
        .collect();
    let tensors: Vec<_> = bundle
        .entries()
        .iter()
        .zip(&values)
        .map(|(entry, values)| NewTensor {
            name: &entry.name,
            shape: &entry.shape,
            values,
        })
        .collect();
    let (index, shards) = write_sharded(&tensors, 3).unwrap();
    fs::write(folder.path().join("s.index"), index).unwrap();
    for (number, shard) in shards.iter().enumerate() {
        fs::write(folder.path().join(format!("s.data-{number:05}-of-00003")), shard).unwrap();
    }
    let model = folder.path().join("m.safetensors");
    let (success, report, message) = import(&[&folder.path().join("s"), &"-o", &model]);
    assert!(success, "{message}");
    assert!(report.contains("3 data file(s)"), "{report}");
    let weights = Weights::from_safetensors(&fs::read(&model).unwrap()).unwrap();
    assert!(weights.iter().eq(tiny().iter()));
}

#[test]
fn the_help_shows_a_worked_example() {
    let (success, help, _) = import(&[&"--help"]);
    assert!(
        success && help.contains("Example:") && help.contains("grove import-tf runs/model.ckpt -o"),
        "{help}"
    );
}

#[test]
fn the_shipped_model_is_the_one_of_its_manifest() {
    let manifest = Manifest::from_json(&fixture("www/model/manifest.json")).unwrap();
    let weights = manifest
        .open(&fixture(&format!("www/model/{}", manifest.file)))
        .unwrap();
    assert_eq!(weights.architecture(), Architecture::PUBLISHED);
    assert_eq!((manifest.tensors.len(), manifest.parameters), (35, 1_184_193));
    assert_eq!(manifest.trained.steps, Some(7_227));
    assert_eq!(weights.data_variance(), Some(0.037_473_83));
}

#[test]
fn all_tensors_of_the_reference_checkpoints_are_read_and_written_byte_for_byte() {
    for folder in [
        "reference/golden/ckpt",
        "reference/golden/ckpt_random",
        "reference/pretrained",
    ] {
        let Some(folder) = shared(folder) else { return };
        let index = fs::read(folder.join("model.ckpt.index")).unwrap();
        let data = fs::read(folder.join("model.ckpt.data-00000-of-00001")).unwrap();
        let bundle = TensorBundle::open(&index).unwrap();
        // Reading checks each tensor's checksum.
        let values: BTreeMap<_, _> = bundle
            .entries()
            .iter()
            .map(|entry| (entry.name.as_str(), bundle.read_f32(&entry.name, &data).unwrap()))
            .collect();
        assert_eq!(values.len(), 107);
        let tensors: Vec<_> = bundle
            .entries()
            .iter()
            .map(|entry| NewTensor {
                name: &entry.name,
                shape: &entry.shape,
                values: &values[entry.name.as_str()],
            })
            .collect();
        let (written_index, written_data) = write_bundle(&tensors).unwrap();
        assert!(written_index == index, "{}: the index differs", folder.display());
        assert!(written_data == data, "{}: the data differ", folder.display());
    }
}

/// The codebooks that the reference code itself printed, [dimensions, codes].
#[test]
fn imported_codebooks_are_those_of_the_reference_outputs() {
    for (checkpoint, outputs) in [
        ("reference/golden/ckpt/model.ckpt", "reference/golden/golden.npz"),
        (
            "reference/pretrained/model.ckpt",
            "reference/pretrained/golden_pretrained.npz",
        ),
    ] {
        let (Some(index), Some(outputs)) = (shared(&format!("{checkpoint}.index")), shared(outputs)) else {
            return;
        };
        let data = fs::read(index.with_extension("data-00000-of-00001")).unwrap();
        let bundle = TensorBundle::open(&fs::read(&index).unwrap()).unwrap();
        let weights = Weights::from_tf(&bundle, |_| Some(&data)).unwrap();
        let array = Npz::open(&outputs).array("embedding");
        assert_eq!(array.shape(), [64, 16]);
        let golden: Vec<f32> = array.into_vec().unwrap();
        let codebook = weights.codebook();
        for code in 0..16 {
            for dimension in 0..64 {
                assert_eq!(codebook[code * 64 + dimension], golden[dimension * 16 + code]);
            }
        }
    }
}

/// One kernel against bytes picked from the data file by hand: METHOD section 12 gives the offset.
#[test]
fn a_kernel_is_permuted_as_the_method_says() {
    let Some(index) = shared("reference/golden/ckpt/model.ckpt.index") else {
        return;
    };
    let data = fs::read(index.with_extension("data-00000-of-00001")).unwrap();
    let bundle = TensorBundle::open(&fs::read(&index).unwrap()).unwrap();
    let weights = Weights::from_tf(&bundle, |_| Some(&data)).unwrap();
    let kernel = weights.get("encoder/enc_1/w").unwrap();
    assert_eq!(kernel.shape, [64, 1, 4, 4]);
    for y in 0..4 {
        for x in 0..4 {
            for out in 0..64 {
                let at = 6_607_124 + 4 * ((y * 4 + x) * 64 + out);
                let raw = f32::from_le_bytes(data[at..at + 4].try_into().unwrap());
                assert_eq!(kernel.values[(out * 4 + y) * 4 + x], raw);
            }
        }
    }
}

#[test]
fn the_known_answers_are_those_of_the_shipped_model() {
    let file = fixture("www/model/known-answer.safetensors");
    let manifest = Manifest::from_json(&fixture("www/model/manifest.json")).unwrap();
    let (_, head) = SafeTensors::read_metadata(&file).unwrap();
    let metadata = head.metadata().clone().unwrap();
    assert_eq!(metadata["model_sha256"], manifest.sha256);

    let tensors = SafeTensors::deserialize(&file).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        let (words, _) = tensors.tensor(name).unwrap().data().as_chunks::<4>();
        words.iter().map(|word| f32::from_le_bytes(*word)).collect()
    };
    assert_eq!(tensors.tensor("images").unwrap().shape(), [16, 64, 64]);
    assert!(floats("images").iter().all(|pixel| (0.0..=1.0).contains(pixel)));
    let codes = tensors.tensor("codes").unwrap();
    assert_eq!(codes.shape(), [16, 64]);
    assert!(codes.data().iter().all(|&code| code < 16));
    // Far above the rounding of any device: float32 distances err by less than 0.0002.
    assert_eq!(tensors.tensor("margin").unwrap().shape(), [16, 64]);
    assert!(floats("margin").iter().all(|&margin| margin > 0.06));
}
