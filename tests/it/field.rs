//! Fields of many galaxies: real pictures, where they are at hand.
use std::path::PathBuf;

use galaxy_grove::cutout::field::{FieldOptions, cut, find, judge};
use galaxy_grove::cutout::prepare::{Flag, Recipe, flags, measure};
use galaxy_grove::cutout::{Duplicates, Fingerprint, Frame, PIXELS, SIDE, Tone};
use galaxy_grove::intake::{self, Answers, Content, Limits, Reading};

/// The pictures of a file.
fn frames(path: &std::path::Path) -> Vec<Frame> {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let (limits, answers) = (Limits::default(), Answers::default());
    match intake::decode(name, &bytes, &mut Reading::new(&limits, &answers)) {
        Ok(Content::Pictures { pictures, .. }) => pictures.into_iter().map(|p| p.frame).collect(),
        Ok(Content::Set { .. } | Content::Codes(_) | Content::Vectors(_)) => vec![],
        Err(refusal) => {
            println!("{name}: {refusal}");
            vec![]
        }
    }
}

/// Sample pictures that show many sources; all others show one galaxy.
const FIELDS: [&str; 3] = [
    "hubble_deep_field.jpg",
    "field_int16_bscale.fits",
    "m13_rice.fits",
];

#[test]
fn fields_are_told_from_single_galaxies() {
    let Some(folder) = grove_test_support::shared("samples") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|path| path.extension().is_none_or(|e| e != "md"))
        .collect();
    if let Some(more) = grove_test_support::shared("data/pairs") {
        files.extend(std::fs::read_dir(more).unwrap().map(|e| e.unwrap().path()));
    }
    files.sort();
    let (mut fields, mut singles, mut wrong) = (0, 0, Vec::new());
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap();
        for frame in frames(&path) {
            let judged = judge(&frame);
            if FIELDS.contains(&name) {
                fields += 1;
            } else {
                singles += 1;
            }
            if judged.is_field != FIELDS.contains(&name) {
                wrong.push((name.to_owned(), judged));
            }
        }
    }
    println!("{fields} fields and {singles} single galaxies, wrong: {wrong:?}");
    assert!(fields == 3 && singles > 70);
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// Rows of a dataset of the training data, or `None` where they are not at hand.
fn training(dataset: &str) -> Option<Vec<f32>> {
    let file = hdf5_reader::Hdf5File::open(grove_test_support::shared("data/train.hdf5")?).unwrap();
    let all = file.dataset(dataset).unwrap().read_array::<f32>().unwrap();
    Some(all.into_iter().collect())
}

#[test]
fn real_cutouts_are_hardly_flagged_and_no_fields() {
    let Some(raw) = training("img_raw") else { return };
    let mut counts = std::collections::BTreeMap::new();
    let total = raw.len() / PIXELS;
    for (index, image) in raw.chunks_exact(PIXELS).enumerate() {
        for flag in flags(&measure(image, None)) {
            *counts.entry(flag).or_insert(0_usize) += 1;
        }
        if index % 8 == 0 {
            let frame = Frame {
                width: SIDE,
                height: SIDE,
                pixels: image.to_vec(),
                tone: Tone::Stretched,
            };
            assert!(!judge(&frame).is_field, "row {index}");
        }
    }
    println!("of {total}: {counts:?}");
    for flag in [
        Flag::Blank,
        Flag::Constant,
        Flag::Saturated,
        Flag::StarLike,
        Flag::Faint,
    ] {
        let count = counts.get(&flag).copied().unwrap_or(0);
        assert!(count * 100 < total, "{flag:?}: {count} of {total}");
    }
}

/// The pairs of cutouts among these that show the same.
fn alike(images: &[f32]) -> Vec<(usize, usize)> {
    let cutouts: Vec<&[f32]> = images.chunks_exact(PIXELS).collect();
    let mut found = Duplicates::default();
    (0..cutouts.len())
        .filter_map(|row| {
            let first = found.add(row, &Fingerprint::of(cutouts[row]), |row| cutouts[row])?;
            Some((first, row))
        })
        .collect()
}

#[test]
fn real_galaxies_are_no_duplicates_of_each_other() {
    let Some(images) = training("img_1sigma") else {
        return;
    };
    let started = std::time::Instant::now();
    let pairs = alike(&images);
    println!("{} pairs in {:?}: {pairs:?}", pairs.len(), started.elapsed());
    assert!(pairs.len() < 40, "{pairs:?}");
    // A set twice over is all duplicates.
    let mut twice = images[..500 * PIXELS].to_vec();
    twice.extend_from_slice(&images[..500 * PIXELS]);
    let pairs = alike(&twice);
    assert!(
        (0..500).all(|i| pairs.iter().any(|p| p.1 == 500 + i)),
        "{pairs:?}"
    );
}

#[test]
fn sources_of_a_deep_field_become_cutouts() {
    let Some(folder) = grove_test_support::shared("samples") else {
        return;
    };
    let frame = frames(&folder.join("hubble_deep_field.jpg")).remove(0);
    let started = std::time::Instant::now();
    let field = find(&frame, &FieldOptions::default()).unwrap();
    println!("{} sources in {:?}", field.sources.len(), started.elapsed());
    // sep 1.4.1 with the same settings finds 3,041.
    assert!((2700..3400).contains(&field.sources.len()));
    let promising: Vec<_> = field.sources.iter().filter(|s| s.flags.is_promising()).collect();
    assert!((60..250).contains(&promising.len()), "{}", promising.len());
    let out = std::env::var("GROVE_DUMP").map(PathBuf::from).ok();
    let mut images = Vec::new();
    for source in &promising {
        let done = cut(&frame, &field, source, &Recipe::default()).unwrap();
        assert_eq!(done.square.unwrap().2, source.half_side);
        assert!(done.image.contains(&1.0));
        images.extend(done.raw.iter().chain(&done.image).flat_map(|v| v.to_le_bytes()));
    }
    if let Some(out) = out {
        std::fs::write(out.join("cuts.f32"), images).unwrap();
    }
}

#[test]
#[ignore = "prints what is found, for display"]
fn dump() {
    let Some(folder) = grove_test_support::shared("samples") else {
        return;
    };
    let out = std::env::var("GROVE_DUMP").map(std::path::PathBuf::from).ok();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    if let Some(more) = grove_test_support::shared("data/pairs") {
        files.extend(std::fs::read_dir(more).unwrap().map(|e| e.unwrap().path()));
    }
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.ends_with(".md") {
            continue;
        }
        for (number, frame) in frames(&path).iter().enumerate() {
            let started = std::time::Instant::now();
            let judged = judge(frame);
            let time = started.elapsed();
            println!(
                "{name}[{number}] {}x{} {judged:?} {time:?}",
                frame.width, frame.height
            );
            if let Some(out) = &out {
                let field = find(frame, &FieldOptions::default()).unwrap();
                println!(
                    "   {} sources, stars {:?}",
                    field.sources.len(),
                    field.stellar_radius
                );
                let stem = out.join(format!("{name}.{number}"));
                std::fs::write(
                    stem.with_extension(format!("{number}.json")),
                    serde_json::to_string(&(frame.width, frame.height, &field.sources)).unwrap(),
                )
                .unwrap();
                std::fs::write(
                    stem.with_extension(format!("{number}.f32")),
                    frame
                        .pixels
                        .iter()
                        .flat_map(|v| v.to_le_bytes())
                        .collect::<Vec<u8>>(),
                )
                .unwrap();
            }
        }
    }
}
