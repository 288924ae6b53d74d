//! Fields of many galaxies: real pictures, where they are at hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test code stops at the first surprise"
)]

mod common;

use galaxy_grove::cutout::Frame;
use galaxy_grove::cutout::field::{FieldOptions, find, judge};
use galaxy_grove::intake::{self, Answers, Content, Limits, Reading};

/// The pictures of a file.
fn frames(path: &std::path::Path) -> Vec<Frame> {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let (limits, answers) = (Limits::default(), Answers::default());
    match intake::decode(name, &bytes, &mut Reading::new(&limits, &answers)) {
        Ok(Content::Pictures { pictures, .. }) => pictures.into_iter().map(|p| p.frame).collect(),
        Ok(Content::Set { .. }) => vec![],
        Err(refusal) => {
            println!("{name}: {refusal}");
            vec![]
        }
    }
}

#[test]
#[ignore = "prints what is found, for the eye"]
fn dump() {
    let Some(folder) = common::shared("samples") else {
        return;
    };
    let out = std::env::var("GROVE_DUMP").map(std::path::PathBuf::from).ok();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    if let Some(more) = common::shared("data/pairs") {
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
