//! `grove sort`, `grove audit` and `grove train --recipe shape`, run as a user runs them.

use galaxy_grove::bundle::Dtype;
use galaxy_grove::cutout::simulate::galaxy;
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use galaxy_grove::grouping::Method;
use galaxy_grove::grouping::linkage;
use galaxy_grove::shape::{Change, ShapeModel, changed};
use galaxy_grove::sorted::{RecipeName, Sorted};
use grove_model::ShapeExtractor;
use grove_model::device::processor;
use grove_test_support::{failed, grove, printed, stated, text, write_bundle};
use std::path::{Path, PathBuf};

/// What a run printed that did what it should.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let run = grove(arguments);
    assert!(run.status.success(), "{arguments:?}: {}", stated(&run));
    printed(&run)
}

/// So many simulated galaxies in a bundle.
fn simulated(folder: &Path, count: usize) -> PathBuf {
    let path = folder.join("galaxies.h5");
    done(&["simulate", &count.to_string(), "-o", text(&path), "--seed", "3"]);
    path
}

fn sorted(folder: &Path) -> Sorted {
    Sorted::from_bytes(&std::fs::read(folder.join("grove.safetensors")).unwrap()).unwrap()
}

fn model() -> ShapeModel {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/model/shape.safetensors");
    ShapeModel::from_bytes(&std::fs::read(path).unwrap()).unwrap()
}

/// A site is the page, opening with the set; what is no page, and a folder with something in it, are left alone.
#[test]
fn a_site_is_the_page_and_the_set() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (into, page, site) = (path("sorted"), path("dist"), path("site"));
    let input = simulated(folder.path(), 30);
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&into),
        "-k",
        "3",
        "--examples",
        "0",
    ]);
    std::fs::create_dir_all(page.join("pkg")).unwrap();
    std::fs::write(page.join("pkg/app.js"), "0").unwrap();
    let publish = |more: &[&str]| {
        let arguments = ["publish", text(&into), "-o", text(&site), "--page", text(&page)];
        grove(&[&arguments[..], more].concat())
    };
    failed(&publish(&[]), &["index.html", "the folder of the page"]);
    std::fs::write(page.join("index.html"), "<html>").unwrap();
    failed(&publish(&[]), &["is not the page"]);
    let start =
        "<html lang=\"en\" data-build=\"7\"><title>Galaxy Grove</title><!--card--><!--/card--></html>";
    std::fs::write(page.join("index.html"), start).unwrap();
    failed(&publish(&[]), &["shape.safetensors", "the page's model"]);
    std::fs::create_dir_all(page.join("www/model")).unwrap();
    let model = page.join("www/model/shape.safetensors");
    std::fs::write(&model, "another one").unwrap();
    let warned = publish(&["--title", "Other"]);
    assert!(
        stated(&warned).contains("another model than the page's"),
        "{}",
        stated(&warned)
    );
    let card = std::fs::read_to_string(site.join("data/CARD.md")).unwrap();
    assert!(card.contains("its groups differ"), "{card}");
    std::fs::remove_dir_all(&site).unwrap();
    std::fs::copy(
        grove_test_support::root().join("www/model/shape.safetensors"),
        &model,
    )
    .unwrap();
    let run = publish(&["--title", "Mine"]);
    assert!(!stated(&run).contains("another model"), "{}", stated(&run));
    assert!(run.status.success(), "{}", stated(&run));
    assert!(printed(&run).contains("?data=PATH"), "{}", printed(&run));
    let read = |name: &str| std::fs::read_to_string(site.join(name)).unwrap();
    assert!(read("index.html").contains("data-set=\"data/grove.safetensors\""));
    assert!(read("index.html").contains("og:title\" content=\"Mine\""));
    assert_eq!(read("pkg/app.js"), "0");
    assert!(read("data/CARD.md").contains("## 3 groups"));
    let container = |folder: &Path| std::fs::read(folder.join("grove.safetensors")).unwrap();
    assert!(
        container(&site.join("data")) == container(&into),
        "the same bytes"
    );
    let png = std::fs::read(site.join("data/card.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    failed(&publish(&[]), &["is not empty", "--force"]);
}

#[test]
fn galaxies_are_sorted_into_exactly_the_groups_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 60), folder.path().join("out"));
    let shown = done(&[
        "sort",
        text(&input),
        "-o",
        text(&out),
        "-k",
        "5",
        "-k",
        "2",
        "--examples",
        "3",
    ]);
    assert!(
        shown.contains("60 galaxies sorted with the recipe shape"),
        "{shown}"
    );
    let table = std::fs::read_to_string(out.join("groups.csv")).unwrap();
    let mut lines = table.lines();
    let head = lines.next().unwrap();
    assert!(head.starts_with("id,file,group_2,group_5,unlike,structure_concentration,"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 60);
    for (column, k) in [(2, 2), (3, 5)] {
        let mut groups: Vec<&str> = rows.iter().map(|row| row[column]).collect();
        groups.sort_unstable();
        groups.dedup();
        assert_eq!(groups.len(), k);
    }
    let all = sorted(&out);
    assert_eq!(all.groups.len(), 2);
    assert_eq!(rows[7][3], all.groups[1].1[7].to_string());
    let described = std::fs::read_to_string(out.join("descriptions.csv")).unwrap();
    assert_eq!(described.lines().count(), 1 + 2 + 5);
    let sizes: usize = described
        .lines()
        .skip(3)
        .map(|line| line.split(',').nth(2).unwrap().parse::<usize>().unwrap())
        .sum();
    assert_eq!(sizes, 60);
    assert!(all.structure.iter().filter(|v| v.is_finite()).count() > 600);
    assert!(out.join("sheets/5_groups/group_5.png").exists() && out.join("report.txt").exists());
    // Nothing is replaced unasked.
    let again = grove(&["sort", text(&input), "-o", text(&out)]);
    failed(&again, &["exists already", "--force"]);
}

#[test]
fn vectors_are_those_of_the_library_and_the_row_order_does_not_change_the_tree() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 40), folder.path().join("out"));
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&out),
        "-k",
        "6",
        "--examples",
        "0",
    ]);
    let all = sorted(&out);
    let model = model();
    let extractor = ShapeExtractor::new(&model, processor());
    let found = pollster::block_on(extractor.place(&all.images[..3 * PIXELS])).unwrap();
    for (row, (codes, placed)) in found.iter().enumerate() {
        assert_eq!(all.codes[row * 64..(row + 1) * 64], codes.codes);
        assert_eq!(
            all.vectors[row * 16..(row + 1) * 16],
            placed.vector,
            "burn and our kernels"
        );
    }
    pollster::block_on(extractor.test(&model)).unwrap();
    assert!(model.metadata.contains_key("known_answer"));

    let order: Vec<usize> = (0..40).rev().collect();
    let pick = |column: &[f32]| {
        order
            .iter()
            .flat_map(|row| column[row * PIXELS..(row + 1) * PIXELS].to_vec())
            .collect()
    };
    let ids = order.iter().map(|row| all.ids[*row]).collect();
    let turned = CutoutSet::new(ids, Vec::new(), pick(&all.images), pick(&all.images)).unwrap();
    let other = folder.path().join("other.safetensors");
    let other = write_bundle(other, &turned, Dtype::F32);
    let second = folder.path().join("second");
    done(&[
        "sort",
        text(&other),
        "-o",
        text(&second),
        "-k",
        "6",
        "--examples",
        "0",
    ]);
    let shown = done(&[
        "compare",
        text(&out.join("groups.csv")),
        text(&second.join("groups.csv")),
        "--column-a",
        "group_6",
        "--column-b",
        "group_6",
    ]);
    assert!(
        shown.contains("40 galaxies in both; adjusted Rand index 1.0000"),
        "{shown}"
    );
}

#[test]
fn the_recipe_reference_gives_its_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 30), folder.path().join("out"));
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&out),
        "-k",
        "4",
        "--recipe",
        "reference",
        "--examples",
        "0",
    ]);
    let all = sorted(&out);
    assert_eq!((all.recipe, all.vectors.len()), (RecipeName::Reference, 0));
    let features = folder.path().join("features.npy");
    let model = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../www/model/galaxies.safetensors"
    );
    let extracted = grove(&["extract", text(&input), "--model", model, "-o", text(&features)]);
    assert!(extracted.status.success());
    let codes = std::fs::read(&features).unwrap();
    assert_eq!(codes[codes.len() - 30 * 64..], all.codes);
    assert_eq!(
        linkage(&all.codes, 64, Method::default(), None).unwrap(),
        all.tree
    );
}

#[test]
fn an_audit_says_how_many_keep_their_group_and_quarter_turns_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 40), folder.path().join("out"));
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&out),
        "-k",
        "4",
        "--examples",
        "0",
    ]);
    let shown = done(&["audit", text(&out), "--at-most", "20"]);
    let share = |what: &str| -> f64 {
        let line = shown
            .lines()
            .find(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {shown}"));
        line.split_whitespace().next_back().unwrap().parse().unwrap()
    };
    assert_eq!(share("turned by 90 degrees"), share("unchanged"));
    assert!(share("turned by 37 degrees") > 0.5 && share("blurred") > 0.3);

    // To the last bit, whatever the quarter turn.
    let model = model();
    let extractor = ShapeExtractor::on_processor(&model);
    let image = galaxy(1, 5).image;
    let place = |image: &[f32]| pollster::block_on(extractor.place(image)).unwrap().remove(0).1;
    let own = place(&image);
    for degrees in [90.0, 180.0, 270.0] {
        for flipped in [false, true] {
            let change = Change {
                degrees,
                flipped,
                ..Change::default()
            };
            assert_eq!(place(&changed(&image, &change)), own);
        }
    }
    let other = Change {
        degrees: 37.0,
        ..Change::default()
    };
    assert_ne!(place(&changed(&image, &other)), own);
}

#[test]
fn what_cannot_be_sorted_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 5), folder.path().join("out"));
    let (from, to) = (text(&input), text(&out));
    for (arguments, part) in [
        (
            vec!["sort", from, "-o", to, "-k", "6"],
            "5 galaxies make 1 to 5 groups",
        ),
        (vec!["sort", from, "-o", to, "-k", "0"], "-k is 0"),
        (vec!["sort", from, "-o", to, "-k", "2", "-k", "2"], "twice"),
        (
            vec!["sort", from, "-o", to, "--recipe", "shape", "--model", from],
            "this is not a model file",
        ),
        (vec!["audit", to], "cannot read"),
    ] {
        failed(&grove(&arguments), &[part]);
        assert!(!out.join("groups.csv").exists());
    }
}

#[test]
fn a_model_for_shape_is_trained_resumed_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 80);
    let settings = folder.path().join("settings.toml");
    let sizes = "[sizes]\nchannels = [4, 4, 4]\nresidual_hidden = 4\nresidual_layers = 1\nembedding_dim = 4\ncodes = 8\n";
    std::fs::write(&settings, format!("steps = 4\nbatch = 8\n{sizes}")).unwrap();
    let ids = folder.path().join("ids.txt");
    std::fs::write(&ids, "1\n2\n999999\n").unwrap();
    let run = |out: &Path, more: &[&str]| {
        let mut arguments = vec!["train", text(&input), "--recipe", "shape", "-o", text(out)];
        arguments.extend(more);
        // 130 is a run that was stopped.
        let run = grove(&arguments);
        assert!(matches!(run.status.code(), Some(0 | 130)), "{}", stated(&run));
        printed(&run)
    };
    let whole = folder.path().join("whole");
    let shown = run(
        &whole,
        &["--settings", text(&settings), "--leave-out", text(&ids)],
    );
    assert!(shown.contains("galaxies train, in 4 steps of 8"), "{shown}");
    // Two steps and two more give what four give.
    let part = folder.path().join("part");
    let half = folder.path().join("half.toml");
    std::fs::write(&half, format!("steps = 4\nbatch = 8\nstop_after = 2\n{sizes}")).unwrap();
    run(&part, &["--settings", text(&half), "--leave-out", text(&ids)]);
    let save = part.join("last.state.safetensors");
    run(
        &part,
        &[
            "--settings",
            text(&settings),
            "--leave-out",
            text(&ids),
            "--resume",
            text(&save),
        ],
    );
    let bytes = |folder: &Path| std::fs::read(folder.join("last.state.safetensors")).unwrap();
    assert_eq!(bytes(&part), bytes(&whole));
    let curves = std::fs::read_to_string(part.join("metrics.csv")).unwrap();
    assert_eq!(
        curves,
        std::fs::read_to_string(whole.join("metrics.csv")).unwrap()
    );
    assert_eq!(curves.lines().count(), 5);
    let out = folder.path().join("sorted");
    let model = whole.join("model.safetensors");
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&out),
        "-k",
        "3",
        "--model",
        text(&model),
        "--examples",
        "0",
    ]);
    assert_eq!(sorted(&out).groups[0].1.len(), 80);
    // A flag of the other recipe is refused.
    let other = grove(&[
        "train",
        text(&input),
        "--recipe",
        "shape",
        "-o",
        text(&part),
        "--hidden",
        "8",
    ]);
    failed(&other, &["--hidden belongs to --recipe reference"]);
}
