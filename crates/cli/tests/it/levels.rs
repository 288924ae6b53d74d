//! Vectors that go with galaxies, and trees in parts.

use galaxy_grove::bundle;
use galaxy_grove::levels::{Head, read_level};
use grove_test_support::{failed, fixture_path, grove, npy, stated, succeeded, text};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// `galaxies.h5` with so many galaxies, and `vectors.npy` with two numbers for each id.
fn made(folder: &Path, galaxies: usize, ids: &[i64]) -> (PathBuf, PathBuf) {
    let (set, vectors) = (folder.join("galaxies.h5"), folder.join("vectors.npy"));
    let number = galaxies.to_string();
    succeeded(&grove(&[
        "simulate",
        &number,
        "-o",
        text(&set),
        "--seed",
        "4",
        "--force",
    ]));
    let values = ids.iter().flat_map(|id| [*id as f64, (id % 17) as f64]);
    let values: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
    fs::write(&vectors, npy("<f8", &format!("({}, 2)", ids.len()), values)).unwrap();
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    fs::write(
        folder.join("vectors.ids.npy"),
        npy("<i8", &format!("({},)", ids.len()), bytes),
    )
    .unwrap();
    (set, vectors)
}

/// The ids that the simulator gives.
fn simulated_ids(count: usize) -> Vec<i64> {
    (0..count)
        .map(|index| galaxy_grove::cutout::simulate::galaxy(4, index).id)
        .collect()
}

#[test]
fn convert_puts_each_galaxys_vector_beside_its_picture() {
    let folder = tempfile::tempdir().unwrap();
    let mut ids = simulated_ids(6);
    ids.reverse();
    ids.push(i64::MAX);
    let (set, vectors) = made(folder.path(), 6, &ids);
    let out = folder.path().join("o.safetensors");
    let run = grove(&[
        "convert",
        text(&set),
        "--vectors",
        text(&vectors),
        "--vectors-of",
        "a model",
        "-o",
        text(&out),
    ]);
    succeeded(&run);
    assert!(
        stated(&run).contains("1 vector belongs to galaxies that are not given"),
        "{}",
        stated(&run)
    );
    let read = bundle::read(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(read.metadata["vectors_of"], "a model");
    for (id, about) in read.set.ids.iter().zip(&read.set.about) {
        assert_eq!(about.vector, [*id as f64, (id % 17) as f64]);
    }
    // Once more through `convert`: vectors stay.
    let again = folder.path().join("again.safetensors");
    succeeded(&grove(&["convert", text(&out), "-o", text(&again)]));
    let again = bundle::read(&fs::read(&again).unwrap()).unwrap();
    assert_eq!(again.set.about, read.set.about);
}

#[test]
fn a_galaxy_without_a_vector_is_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let ids = simulated_ids(6);
    let (set, vectors) = made(folder.path(), 6, &ids[..4]);
    let out = folder.path().join("o.safetensors");
    let run = grove(&[
        "convert",
        text(&set),
        "--vectors",
        text(&vectors),
        "-o",
        text(&out),
    ]);
    failed(&run, &["2 galaxies are without a vector"]);
    assert!(!out.exists());
    // Files without ids cannot be joined.
    fs::remove_file(folder.path().join("vectors.ids.npy")).unwrap();
    let run = grove(&[
        "convert",
        text(&set),
        "--vectors",
        text(&vectors),
        "-o",
        text(&out),
    ]);
    failed(&run, &["vectors.ids.npy"]);
    // Flags of vectors without vectors.
    let run = grove(&["convert", text(&set), "--unit-length", "-o", text(&out)]);
    failed(&run, &["--vectors"]);
}

#[test]
fn vectors_alone_are_a_file_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("alone.safetensors");
    let table = fixture_path("vectors/lists.parquet");
    succeeded(&grove(&["convert", "--vectors", text(&table), "-o", text(&out)]));
    let read = bundle::read_vectors(&fs::read(&out).unwrap()).unwrap();
    assert_eq!(read.values.len(), read.ids.len() * read.width);
    // What needs pictures refuses it by name.
    let run = grove(&[
        "convert",
        text(&out),
        "-o",
        text(&folder.path().join("x.safetensors")),
    ]);
    failed(&run, &["vectors, not pictures"]);
}

#[test]
fn a_tree_in_parts_holds_every_galaxy_once_with_its_own_picture() {
    let folder = tempfile::tempdir().unwrap();
    let ids = simulated_ids(90);
    let (set, vectors) = made(folder.path(), 90, &ids);
    let out = folder.path().join("o.levels");
    let run = grove(&[
        "levels",
        text(&set),
        "--vectors",
        text(&vectors),
        "--first",
        "8",
        "--most",
        "20",
        "-o",
        text(&out),
    ]);
    succeeded(&run);
    let file = fs::read(&out).unwrap();
    let length = Head::length(*file.first_chunk().unwrap()).unwrap();
    let head = Head::new(&file[..length]).unwrap();
    assert_eq!(head.metadata["galaxies"], "90");
    let index = head
        .index(&file[head.list.start as usize..head.list.end as usize])
        .unwrap();
    let mut found = BTreeSet::new();
    for part in 0..index.parts() {
        let place = index.place(part).unwrap();
        let bytes = &file[place.start as usize..place.end as usize];
        let (level, set) = (read_level(bytes).unwrap(), bundle::read(bytes).unwrap().set);
        assert_eq!(
            (level.part as usize, level.galaxies, level.leaves()),
            (part, 90, set.len())
        );
        for (row, (id, inside)) in set.ids.iter().zip(&level.parts).enumerate() {
            let at = ids.iter().position(|other| other == id).unwrap();
            let image = galaxy_grove::cutout::simulate::galaxy(4, at).image;
            let near = set
                .image_of(row)
                .iter()
                .zip(&image)
                .all(|(a, b)| (a - b).abs() < 0.002_01);
            assert!(near, "the picture of {id}");
            if inside.is_none() {
                assert!(found.insert(*id), "{id} is there twice");
            }
        }
    }
    assert_eq!(found, ids.iter().copied().collect());
}

#[test]
fn a_tree_in_parts_needs_every_picture_and_its_own_ending() {
    let folder = tempfile::tempdir().unwrap();
    let mut ids = simulated_ids(10);
    ids.push(77);
    let (set, vectors) = made(folder.path(), 10, &ids);
    let out = folder.path().join("o.levels");
    let run = grove(&[
        "levels",
        text(&set),
        "--vectors",
        text(&vectors),
        "-o",
        text(&out),
    ]);
    failed(&run, &["the first is 77"]);
    // Without pictures it can be made.
    succeeded(&grove(&["levels", "--vectors", text(&vectors), "-o", text(&out)]));
    let run = grove(&[
        "levels",
        "--vectors",
        text(&vectors),
        "-o",
        text(&folder.path().join("o.bin")),
    ]);
    failed(&run, &[".levels"]);
}
