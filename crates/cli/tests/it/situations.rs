//! Files as people drop them together, pictures and tables, through `grove convert`. `tests/fixtures/make_tables.py` made the
//! sets in `tests/fixtures/tables`, and pandas, astropy and h5py say what is right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use galaxy_grove::bundle;
use grove_test_support::{fixture_path, grove_in, stated};
use serde_json::Value;

/// All files below a folder but what is expected of them, with their paths in it.
fn files_below(folder: &Path, inside: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            files_below(&entry.path(), &format!("{inside}{name}/"), found);
        } else if name != "expected.json" {
            found.push(format!("{inside}{name}"));
        }
    }
}

/// The verdicts by file.
fn verdicts(text: &str) -> BTreeMap<String, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| {
        (
            row[0].replace('\\', "/"),
            row.iter().skip(1).collect::<Vec<_>>().join(" "),
        )
    })
    .collect()
}

/// What is wrong with a run, in words.
fn wrong(source: &Path, run: &Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    match run["files"].as_array() {
        Some(list) => files.extend(list.iter().map(|file| file.as_str().unwrap().to_owned())),
        None => files_below(source, "", &mut files),
    }
    for file in &files {
        let place = folder.path().join("in").join(file);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::copy(source.join(file), place).unwrap();
    }
    let mut arguments: Vec<String> = [
        "convert",
        "in",
        "-o",
        "out.safetensors",
        "--verdicts",
        "verdicts.csv",
    ]
    .map(str::to_owned)
    .to_vec();
    for (key, answer) in run["choose"].as_object().into_iter().flatten() {
        arguments.extend([
            "--choose".to_owned(),
            format!("{key}={}", answer.as_str().unwrap()),
        ]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = grove_in(folder.path(), &arguments);
    let Ok(bytes) = fs::read(folder.path().join("out.safetensors")) else {
        return vec![format!("nothing was written: {}", stated(&output))];
    };
    let set = bundle::read(&bytes).unwrap().set;
    let listed = verdicts(&fs::read_to_string(folder.path().join("verdicts.csv")).unwrap());
    let mut wrong = Vec::new();
    let wanted = run["galaxies"].as_object().unwrap();
    if set.len() != wanted.len() {
        wrong.push(format!(
            "{} galaxies, not {}: {:?}",
            set.len(),
            wanted.len(),
            set.names
        ));
    }
    for (name, facts) in wanted {
        let Some(at) = set.names.iter().position(|own| own == name) else {
            wrong.push(format!("no galaxy {name}: {:?}", set.names));
            continue;
        };
        let about = &set.about[at];
        let Some(facts) = facts.as_object() else {
            if about.columns.contains_key("kind") {
                wrong.push(format!("{name} has a row: {:?}", about.columns));
            }
            continue;
        };
        for (column, value) in facts {
            let near = |own: Option<f64>| own.is_some_and(|own| (own - value.as_f64().unwrap()).abs() < 1e-6);
            let is_right = match column.as_str() {
                "@id" => Some(set.ids[at]) == value.as_i64(),
                "@ra" => near(about.ra),
                "@dec" => near(about.dec),
                column => about.columns.get(column).map(String::as_str) == value.as_str(),
            };
            if !is_right {
                wrong.push(format!(
                    "{name}: {column} is not {value}: id {}, {about:?}",
                    set.ids[at]
                ));
            }
        }
    }
    for (file, words) in run["words"].as_object().into_iter().flatten() {
        let own = listed.get(&format!("in/{file}")).map_or("", String::as_str);
        for word in words.as_array().unwrap() {
            if !own.contains(word.as_str().unwrap()) {
                wrong.push(format!("{file} does not say {word}: {own}"));
            }
        }
    }
    wrong
}

fn check(folder: &Path) -> Vec<String> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let runs = expected["runs"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![expected]);
    let all = runs.iter().flat_map(|run| wrong(folder, run));
    all.map(|what| format!("{name}: {what}")).collect()
}

#[test]
fn tables_and_pictures_that_come_together() {
    let mut folders: Vec<PathBuf> = fs::read_dir(fixture_path("tables"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() > 30);
    let failures: Vec<String> = folders.iter().flat_map(|folder| check(folder)).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn identifiers_and_labels_of_public_files() {
    let cases = [
        "01-topcat-fitsplus",
        "10-specobjid",
        "11-string-objid",
        "23-no-header",
    ];
    let failures: Vec<String> = cases
        .iter()
        .flat_map(|name| check(&fixture_path("cases").join(name)))
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// How many galaxies `grove info` announces in a file; none when it refuses it.
fn announced(folder: &Path, file: &str) -> Option<u64> {
    let output = grove_in(folder, &["info", "--json", file]);
    let infos: Value = serde_json::from_slice(&output.stdout).unwrap();
    let info = &infos[0];
    info["refused"]
        .is_null()
        .then(|| info["reads"]["galaxies"].as_u64().unwrap())
}

#[test]
fn what_is_announced_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for group in [
        "intake",
        "formats",
        "situations",
        "cases/17-last-axis",
        "cases/36-lost-labels",
    ] {
        let mut files = Vec::new();
        files_below(&fixture_path(group), "", &mut files);
        files.sort();
        for file in files
            .iter()
            .filter(|file| !file.ends_with(".json") && !file.ends_with(".md"))
        {
            let place = fixture_path(group).join(file);
            let path = place.to_str().unwrap();
            let output = grove_in(
                folder.path(),
                &["convert", path, "-o", "o.safetensors", "--force"],
            );
            let read = match fs::read(folder.path().join("o.safetensors")) {
                Ok(bytes) if output.status.code() != Some(1) => {
                    Some(bundle::read(&bytes).unwrap().set.len() as u64)
                }
                _ => None,
            };
            let _ = fs::remove_file(folder.path().join("o.safetensors"));
            let announced = announced(folder.path(), path);
            if announced.unwrap_or(0) != read.unwrap_or(0) {
                failures.push(format!("{group}/{file}: announced {announced:?}, read {read:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn what_cannot_be_read_is_named_and_its_neighbours_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let expected: Value =
        serde_json::from_slice(&fs::read(fixture_path("unread").join("expected.json")).unwrap()).unwrap();
    let mut failures = Vec::new();
    for (name, right) in expected.as_object().unwrap() {
        let path = fixture_path("unread").join(name);
        let arguments = [
            "convert",
            path.to_str().unwrap(),
            "-o",
            "o.safetensors",
            "--force",
        ];
        let output = grove_in(folder.path(), &arguments);
        let count = fs::read(folder.path().join("o.safetensors"))
            .map_or(0, |bytes| bundle::read(&bytes).unwrap().set.len() as u64);
        let _ = fs::remove_file(folder.path().join("o.safetensors"));
        let text = stated(&output);
        if count != right["count"] {
            failures.push(format!(
                "{name}: {count} galaxies, not {}: {text}",
                right["count"]
            ));
        }
        for word in right["words"].as_array().unwrap() {
            if !text.contains(word.as_str().unwrap()) {
                failures.push(format!("{name} does not say {word}: {text}"));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[cfg(unix)]
#[test]
fn linked_folders_are_read_once() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("in/real")).unwrap();
    fs::create_dir_all(at("other")).unwrap();
    let picture = fixture_path("figures").join("plain.png");
    fs::copy(&picture, at("in/real/a.png")).unwrap();
    fs::copy(fixture_path("figures").join("negative.png"), at("other/b.png")).unwrap();
    symlink(at("in/real"), at("in/again")).unwrap();
    symlink(at("in"), at("in/loop")).unwrap();
    symlink(at("other"), at("in/linked")).unwrap();
    symlink(at("nowhere"), at("in/broken")).unwrap();
    let output = grove_in(folder.path(), &["convert", "in", "-o", "o.safetensors"]);
    let text = stated(&output);
    let set = bundle::read(&fs::read(at("o.safetensors")).unwrap()).unwrap().set;
    assert_eq!(set.names, ["linked/b.png", "real/a.png"], "{text}");
    assert_eq!(
        text.matches("a link to a folder that is read already").count(),
        2,
        "{text}"
    );
    assert!(
        text.contains("broken") && text.contains("cannot be opened"),
        "{text}"
    );
}

#[test]
fn simulated_galaxies_come_back_with_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = grove_in(folder.path(), &["simulate", "30", "-o", "s.h5", "--seed", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let again = grove_in(folder.path(), &["simulate", "3", "-o", "s.h5"]);
    assert!(stated(&again).contains("exists already"), "{}", stated(&again));
    let output = grove_in(
        folder.path(),
        &["convert", "s.h5", "s.csv", "-o", "o.safetensors"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let set = bundle::read(&fs::read(folder.path().join("o.safetensors")).unwrap())
        .unwrap()
        .set;
    let right = galaxy_grove::cutout::simulate::simulate(5, 30);
    assert!(set.ids == right.ids && set.raw == right.raw && set.image == right.image);
    for (at, about) in set.about.iter().enumerate() {
        let one = galaxy_grove::cutout::simulate::galaxy(5, at);
        assert_eq!(about.columns["kind"], one.kind.label());
        assert_eq!(about.columns["axis_ratio"], format!("{:.4}", one.axis_ratio));
    }
}

#[test]
fn galaxies_of_two_files_can_be_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = grove_in(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
        bundle::read(&fs::read(folder.path().join("o.safetensors")).unwrap()).unwrap()
    };
    for (name, seed) in [("one.h5", "1"), ("two.h5", "2")] {
        grove_in(folder.path(), &["simulate", "2", "-o", name, "--seed", seed]);
    }
    let one = run(&["convert", "one.h5", "-o", "o.safetensors"]).set;
    assert_eq!(one.names, ["1", "2"], "of one file nothing needs to be said");
    let both = run(&["convert", "one.h5", "two.h5", "-o", "o.safetensors", "--force"]).set;
    assert_eq!(both.names, ["one.h5[1]", "one.h5[2]", "two.h5[1]", "two.h5[2]"]);
    // Files of one name in two folders.
    for below in ["a", "b"] {
        fs::create_dir(folder.path().join(below)).unwrap();
        let name = if below == "a" { "plain.png" } else { "negative.png" };
        fs::copy(
            fixture_path("figures").join(name),
            folder.path().join(below).join("x.png"),
        )
        .unwrap();
    }
    let set = run(&["convert", "a/x.png", "b/x.png", "-o", "o.safetensors", "--force"]).set;
    assert_eq!(set.names, ["a/x.png", "b/x.png"]);
}

#[test]
fn what_was_turned_is_told_galaxy_by_galaxy() {
    let folder = tempfile::tempdir().unwrap();
    grove_in(folder.path(), &["simulate", "3", "-o", "s.h5"]);
    let picture = fixture_path("figures").join("plain.png");
    let arguments = [
        "convert",
        "s.h5",
        picture.to_str().unwrap(),
        "-o",
        "o.safetensors",
        "--orient",
    ];
    let output = grove_in(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stated(&output));
    let bundle = bundle::read(&fs::read(folder.path().join("o.safetensors")).unwrap()).unwrap();
    let words = &bundle.metadata["preparation"];
    assert!(
        words.contains("1 galaxies were turned") && words.contains("3 were left as they came"),
        "{words}"
    );
    let stated: Vec<&str> = bundle
        .set
        .about
        .iter()
        .map(|about| about.columns["orientation"].as_str())
        .collect();
    assert!(
        stated[..3]
            .iter()
            .all(|words| words.starts_with("Not turned: it came")),
        "{stated:?}"
    );
    assert!(stated[3].starts_with("Oriented"), "{stated:?}");
    // No file in the making stays behind.
    let left = fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".part")
    });
    assert_eq!(left.count(), 0);
}
