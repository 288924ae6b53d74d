//! `grove structure`, `grove cut`, `grove orient`, `grove quality`, `grove steady`, `grove place`, `grove map`, run as a user runs them.

use grove_test_support::{failed, fits_image, fixture_path, grove, printed, stated, text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a run printed that did what it should.
#[track_caller]
fn done(arguments: &[&str]) -> String {
    let run = grove(arguments);
    assert!(run.status.success(), "{arguments:?}: {}", stated(&run));
    printed(&run)
}

fn simulated(folder: &Path, count: usize, seed: &str) -> PathBuf {
    let path = folder.join(format!("{seed}.h5"));
    done(&["simulate", &count.to_string(), "-o", text(&path), "--seed", seed]);
    path
}

/// The rows of a table, by the names of their columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows = reader.deserialize().map(Result::unwrap);
    rows.collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("{column}: `{}`", row[column]))
}

#[test]
fn prepared_cutouts_are_measured_and_flagged_as_stretched() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (simulated(folder.path(), 20, "3"), folder.path().join("s.csv"));
    let shown = done(&["structure", text(&input), "-o", text(&out)]);
    assert!(
        shown.contains("20 galaxies measured") && shown.contains("stretched: 20"),
        "{shown}"
    );
    let table = rows(&out);
    assert_eq!(table.len(), 20);
    for row in &table {
        assert!((0.0..1.0).contains(&number(row, "structure_gini")), "{row:?}");
        assert!(
            (0.0..1.0).contains(&number(row, "structure_ellipticity")),
            "{row:?}"
        );
        assert!(number(row, "structure_half_light_radius") > 1.0);
        assert!(row["structure_sersic_n"].is_empty() && row["structure_flags"].contains("stretched"));
    }
    failed(
        &grove(&["structure", text(&input), "-o", text(&out)]),
        &["exists already", "--force"],
    );
}

/// A FITS image is light: no flag says otherwise, and with `--sersic` there is a profile. Tables and bundles take the columns along.
#[test]
fn light_is_measured_on_its_own_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture_path("fits/grz.fits.gz");
    let out = folder.path().join("s.csv");
    done(&["structure", text(&input), "-o", text(&out), "--sersic"]);
    let table = rows(&out);
    assert!(!table.is_empty());
    for row in &table {
        assert!(!row["structure_flags"].contains("stretched"), "{row:?}");
        assert!(number(row, "structure_sersic_n") > 0.0, "{row:?}");
        assert!(number(row, "structure_sersic_n_error") > 0.0, "{row:?}");
    }
    let set = folder.path().join("set.safetensors");
    done(&["convert", text(&input), "-o", text(&set), "--structure"]);
    let bundle = galaxy_grove::bundle::read(&std::fs::read(&set).unwrap()).unwrap();
    for (about, row) in bundle.set.about.iter().zip(&table) {
        assert_eq!(about.columns["structure_gini"], row["structure_gini"]);
        assert!(!about.columns.contains_key("structure_sersic_n"));
    }
}

/// A star of a normal profile: `side * side` values around the middle, or around `at`.
fn star(side: usize, at: f64, sigma: f64) -> Vec<f32> {
    let value = |i: usize| {
        let (x, y) = ((i % side) as f64 - at, (i / side) as f64 - at);
        (-0.5 * (x * x + y * y) / (sigma * sigma)).exp() as f32
    };
    (0..side * side).map(value).collect()
}

/// A disc of scale length 4 (half its light within 6.7 pixels), axis ratio .5, seen through a star of sigma 2.5.
fn blurred_disc() -> Vec<f32> {
    let (side, reach, fine) = (121, 12, 3);
    let count = side + 2 * reach;
    let sharp: Vec<f64> = (0..count * count)
        .map(|i| {
            let (column, row) = ((i % count) as f64, (i / count) as f64);
            let middle = count as f64 / 2.0 - 0.5;
            let parts = (0..fine * fine).map(|part| {
                let offset = |p: usize| (p as f64 + 0.5) / fine as f64 - 0.5;
                let (x, y) = (
                    column + offset(part % fine) - middle,
                    row + offset(part / fine) - middle,
                );
                (-(x * x + 4.0 * y * y).sqrt() / 4.0).exp()
            });
            parts.sum::<f64>() / (fine * fine) as f64
        })
        .collect();
    let weights: Vec<f64> = (0..=2 * reach)
        .map(|i| (-0.5 * ((i as f64 - reach as f64) / 2.5).powi(2)).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    let along = |values: &[f64], at: usize, step: usize| -> f64 {
        let each = weights.iter().enumerate();
        each.map(|(i, weight)| weight / total * values[at + i * step - reach * step])
            .sum()
    };
    let rows: Vec<f64> = (0..count * count)
        .map(|i| {
            let inside = (reach..count - reach).contains(&(i % count));
            if inside { along(&sharp, i, 1) } else { 0.0 }
        })
        .collect();
    (0..side * side)
        .map(|i| {
            let at = (i / side + reach) * count + i % side + reach;
            let noise = ((i * 7919) % 1009) as f64 / 1009.0 - 0.5;
            (along(&rows, at, count) + 0.002 * noise + 0.1) as f32
        })
        .collect()
}

/// With the star the fit gives the galaxy's own size and shape; without it, larger and rounder ones.
#[test]
fn a_star_takes_the_blur_out_of_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (galaxy, psf, double) = (path("galaxy.fits"), path("star.fits"), path("corner.fits"));
    std::fs::write(&galaxy, fits_image(121, &blurred_disc())).unwrap();
    std::fs::write(&psf, fits_image(32, &star(32, 16.0, 2.5))).unwrap();
    std::fs::write(&double, fits_image(32, &star(32, 3.0, 2.5))).unwrap();
    let fitted = |name: &str, more: &[&str]| {
        let out = path(name);
        let arguments = ["structure", text(&galaxy), "-o", text(&out), "--sersic"];
        let shown = done(&[&arguments[..], more].concat());
        (rows(&out).remove(0), shown)
    };
    let (with, shown) = fitted("with.csv", &["--psf", text(&psf)]);
    assert!(shown.contains("star.fits (31 x 31 pixels)"), "{shown}");
    assert!(with["structure_psf"].ends_with("star.fits"), "{with:?}");
    let (without, _) = fitted("without.csv", &[]);
    assert!(!without.contains_key("structure_psf"));
    let close = |column: &str, truth: f64, share: f64| (number(&with, column) / truth - 1.0).abs() < share;
    assert!(close("structure_sersic_n", 1.0, 0.03), "{with:?}");
    assert!(
        close("structure_sersic_radius", 4.0 * 1.678_347, 0.01),
        "{with:?}"
    );
    assert!(close("structure_sersic_axis_ratio", 0.5, 0.01), "{with:?}");
    assert!(
        number(&without, "structure_sersic_axis_ratio") > 0.55,
        "{without:?}"
    );
    assert!(number(&without, "structure_sersic_radius") > 7.0, "{without:?}");
    // What is no star is refused before anything is written.
    let out = path("none.csv");
    for (star, words) in [
        (&double, "centre the star"),
        (&path("missing.fits"), "missing.fits"),
        (&fixture_path("fits/grz.fits.gz"), "no point spread function"),
    ] {
        let arguments = [
            "structure",
            text(&galaxy),
            "-o",
            text(&out),
            "--sersic",
            "--psf",
            text(star),
        ];
        failed(&grove(&arguments), &[words]);
        assert!(!out.exists());
    }
    let run = grove(&["structure", text(&galaxy), "-o", text(&out), "--psf", text(&psf)]);
    assert_eq!(run.status.code(), Some(2));
}

/// Where columns would be dropped, the flag is not taken.
#[test]
fn structure_is_asked_for_only_where_it_is_kept() {
    for command in ["sort", "extract", "place", "reconstruct"] {
        let run = grove(&[command, "in.fits", "--structure"]);
        assert_eq!(run.status.code(), Some(2), "{command}");
        assert!(
            stated(&run).contains("unexpected argument '--structure'"),
            "{}",
            stated(&run)
        );
    }
}

#[test]
fn galaxies_are_placed_into_groups_that_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (
        simulated(folder.path(), 80, "3"),
        simulated(folder.path(), 12, "4"),
    );
    for recipe in ["shape", "reference"] {
        let sorted = folder.path().join(recipe);
        let into = ["-k", "2", "-k", "5", "--examples", "0", "--recipe", recipe];
        done(&[&["sort", text(&old), "-o", text(&sorted)][..], &into[..]].concat());
        let container = std::fs::read(sorted.join("grove.safetensors")).unwrap();
        // The galaxies themselves: each is its own nearest.
        let out = folder.path().join(format!("{recipe}.csv"));
        done(&["place", text(&old), "--into", text(&sorted), "-o", text(&out)]);
        let groups = rows(&sorted.join("groups.csv"));
        let (mut same, table) = (0, rows(&out));
        assert_eq!(table.len(), 80);
        for (row, group) in table.iter().zip(&groups) {
            assert_eq!(row["id"], group["id"]);
            assert_eq!(number(row, "nearest_distance"), 0.0);
            same += usize::from(row["group_5"] == group["group_5"]);
            assert!(number(row, "distance_5") <= number(row, "runner_up_distance_5"));
            assert!((0.0..=1.0).contains(&number(row, "confidence_5")), "{row:?}");
            assert_ne!(row["group_2"], row["runner_up_2"]);
        }
        assert!(same > 60, "{recipe}: {same} of 80 in their own group");
        // Others.
        let out = folder.path().join(format!("{recipe} new.csv"));
        let shown = done(&["place", text(&new), "--into", text(&sorted), "-o", text(&out)]);
        assert!(shown.contains("12 galaxies placed"), "{shown}");
        assert_eq!(rows(&out).len(), 12);
        assert_eq!(
            std::fs::read(sorted.join("grove.safetensors")).unwrap(),
            container
        );
    }
    let nowhere = folder.path().join("nowhere");
    let out = folder.path().join("none.csv");
    failed(
        &grove(&["place", text(&new), "--into", text(&nowhere), "-o", text(&out)]),
        &["cannot read", "grove sort"],
    );
    assert!(!out.exists());
}

#[test]
fn the_quality_of_each_number_of_groups_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 50, "3");
    for (recipe, has_index) in [("shape", true), ("reference", false)] {
        let sorted = folder.path().join(recipe);
        let with = ["--examples", "0", "--recipe", recipe];
        done(&[&["sort", text(&input), "-o", text(&sorted)][..], &with[..]].concat());
        let out = folder.path().join(format!("{recipe}.csv"));
        let shown = done(&["quality", text(&sorted), "-k", "2", "-k", "7", "-o", text(&out)]);
        assert!(shown.contains("cophenetic correlation: 0."), "{shown}");
        let table = rows(&out);
        assert_eq!(table.len(), 2);
        for row in &table {
            assert!((-1.0..1.0).contains(&number(row, "silhouette")));
            assert_eq!(!row["davies_bouldin"].is_empty(), has_index);
        }
        failed(
            &grove(&["quality", text(&sorted), "-k", "51"]),
            &["2 to 50 groups"],
        );
    }
}

#[test]
fn steadiness_is_a_share_for_each_galaxy() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 60, "3");
    for recipe in ["shape", "reference"] {
        let sorted = folder.path().join(recipe);
        let with = ["-k", "1", "-k", "4", "--examples", "0", "--recipe", recipe];
        done(&[&["sort", text(&input), "-o", text(&sorted)][..], &with[..]].concat());
        let out = folder.path().join(format!("{recipe}.csv"));
        let shown = done(&[
            "steady",
            text(&sorted),
            "-o",
            text(&out),
            "--rounds",
            "6",
            "--consensus",
        ]);
        assert!(
            shown.contains("consensus of the trees: adjusted Rand index"),
            "{shown}"
        );
        assert!(shown.contains("4 groups: adjusted Rand index"), "{shown}");
        let (table, groups) = (rows(&out), rows(&sorted.join("groups.csv")));
        for (row, group) in table.iter().zip(&groups) {
            assert_eq!((&row["id"], &row["group_4"]), (&group["id"], &group["group_4"]));
            assert_eq!(number(row, "steady_1"), 1.0);
            let share = number(row, "steady_4");
            assert!((0.0..=1.0).contains(&share));
            assert_eq!(row["unsure_4"] == "1", share < 0.75);
            assert_eq!(row["consensus_1"], "1");
            assert!((1.0..=4.0).contains(&number(row, "consensus_4")));
        }
        assert!(table.iter().any(|row| number(row, "steady_4") > 0.9));
    }
}

/// Medians are those of groups.csv, and a catalogue's columns are plotted, left out or refused, each reported.
#[test]
fn numbers_are_plotted_by_group() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (input, sorted) = (simulated(folder.path(), 40, "5"), path("sorted"));
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&sorted),
        "-k",
        "3",
        "--examples",
        "0",
    ]);
    let groups = rows(&sorted.join("groups.csv"));
    let mut catalogue = "objid,redshift,class\n999,0.5,x\n".to_owned();
    for (at, row) in groups.iter().enumerate().skip(1) {
        catalogue.push_str(&format!("{},{},spiral\n", row["id"], at as f64 / 100.0));
    }
    std::fs::write(path("catalogue.csv"), &catalogue).unwrap();
    let (figure, medians) = (path("plots.svg"), path("medians.csv"));
    let (catalogue_path, twice_path) = (path("catalogue.csv"), path("twice.csv"));
    let with = ["--with", text(&catalogue_path), "--medians", text(&medians)];
    let shown = done(&[&["plot", text(&sorted), "-o", text(&figure)][..], &with[..]].concat());
    assert!(
        shown.contains("39 of 40 galaxies have a row; 1 row of it without a galaxy here"),
        "{shown}"
    );
    assert!(shown.contains("a cell that is no number: class"), "{shown}");
    let svg = std::fs::read_to_string(&figure).unwrap();
    assert!(svg.contains("redshift") && svg.contains("concentration") && svg.contains("3 groups"));
    let table = rows(&medians);
    for group in ["1", "2", "3"] {
        let of = |column: &str| {
            table
                .iter()
                .find(|row| row["group"] == group && row["column"] == column)
                .unwrap()
        };
        let mut values: Vec<f64> = groups
            .iter()
            .filter(|row| row["group_3"] == group && !row["structure_gini"].is_empty())
            .map(|row| number(row, "structure_gini"))
            .collect();
        values.sort_by(f64::total_cmp);
        let middle = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
        assert!((number(of("gini"), "median") - middle).abs() < 1e-5);
        let members = groups
            .iter()
            .skip(1)
            .filter(|row| row["group_3"] == group)
            .count();
        assert_eq!(of("redshift")["galaxies"], members.to_string());
    }
    std::fs::write(path("twice.csv"), format!("{catalogue}{},1,x\n", groups[1]["id"])).unwrap();
    let twice = [
        "plot",
        text(&sorted),
        "-o",
        text(&figure),
        "--force",
        "--with",
        text(&twice_path),
    ];
    failed(&grove(&twice), &["two rows"]);
    failed(
        &grove(&["plot", text(&sorted), "-o", text(&figure), "--force", "-k", "7"]),
        &["no such cut", "it has 3"],
    );
}

#[test]
fn a_rule_cuts_single_branches() {
    let folder = tempfile::tempdir().unwrap();
    let (input, sorted) = (simulated(folder.path(), 40, "3"), folder.path().join("sorted"));
    done(&[
        "sort",
        text(&input),
        "-o",
        text(&sorted),
        "-k",
        "4",
        "--examples",
        "0",
    ]);
    let cut = |rule: &str, name: &str| {
        let out = folder.path().join(name);
        done(&["cut", text(&sorted), "--rule", rule, "-o", text(&out)]);
        rows(&out)
    };
    let plain = cut("groups 4", "plain.csv");
    for (row, group) in plain.iter().zip(rows(&sorted.join("groups.csv"))) {
        assert_eq!((&row["id"], &row["group"]), (&group["id"], &group["group_4"]));
    }
    // The largest group in two: the others keep their nodes.
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    plain
        .iter()
        .for_each(|row| *sizes.entry(&row["node"]).or_default() += 1);
    let largest = sizes.iter().max_by_key(|(_, size)| **size).unwrap().0.to_string();
    let split = cut(&format!("groups 4; split {largest}"), "split.csv");
    let mut nodes: Vec<&str> = split.iter().map(|row| row["node"].as_str()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    assert_eq!(nodes.len(), 5);
    for (before, after) in plain.iter().zip(&split) {
        assert_eq!(before["node"] == largest, before["node"] != after["node"]);
    }
    let out = folder.path().join("none.csv");
    let run = grove(&[
        "cut",
        text(&sorted),
        "--rule",
        "groups 4; split 3",
        "-o",
        text(&out),
    ]);
    failed(&run, &["node 3", "cannot be split"]);
    assert!(!out.exists());
    let run = grove(&["cut", text(&sorted), "--rule", "group 4", "-o", text(&out)]);
    assert_eq!(run.status.code(), Some(2), "{}", stated(&run));
}

#[test]
fn orientation_decides_the_number_of_groups() {
    let folder = tempfile::tempdir().unwrap();
    let (input, sorted) = (simulated(folder.path(), 150, "3"), folder.path().join("sorted"));
    let with = ["-k", "2", "--examples", "0", "--recipe", "reference"];
    done(&[&["sort", text(&input), "-o", text(&sorted)][..], &with[..]].concat());
    let out = folder.path().join("groups.csv");
    let shown = done(&["orient", text(&sorted), "-o", text(&out)]);
    assert!(shown.contains("splits: ") && shown.contains("angles "), "{shown}");
    let table = rows(&out);
    assert_eq!(table.len(), 150);
    let groups: usize = shown.split(' ').next().unwrap().parse().unwrap();
    let most = table
        .iter()
        .map(|row| row["group"].parse::<usize>().unwrap())
        .max();
    assert_eq!(most, Some(groups));
    // Where every effect is too small, nothing is separated.
    let whole = folder.path().join("whole.csv");
    let shown = done(&["orient", text(&sorted), "-o", text(&whole), "--effect", "1"]);
    assert!(shown.starts_with("1 group;"), "{shown}");
    let wrong = grove(&["orient", text(&sorted), "-o", text(&out), "--effect", "2"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", stated(&wrong));
}

#[test]
fn maps_are_the_same_for_the_same_seed_and_name_every_galaxy() {
    let folder = tempfile::tempdir().unwrap();
    let input = simulated(folder.path(), 60, "3");
    for recipe in ["shape", "reference"] {
        let sorted = folder.path().join(recipe);
        let with = ["--examples", "0", "--recipe", recipe, "-k", "4"];
        done(&[&["sort", text(&input), "-o", text(&sorted)][..], &with[..]].concat());
        let map = |name: &str, more: &[&str]| {
            let out = folder.path().join(format!("{recipe}_{name}.csv"));
            let shown = done(&[&["map", text(&sorted), "-o", text(&out)][..], more].concat());
            assert!(
                shown.contains("60 galaxies") && shown.contains("trustworthiness"),
                "{shown}"
            );
            std::fs::read_to_string(out).unwrap()
        };
        let figure = folder.path().join(format!("{recipe}.png"));
        let first = map("a", &["--figure", text(&figure)]);
        assert_eq!(first, map("b", &["--seed", "0"]));
        assert_ne!(first, map("c", &["--seed", "1"]));
        assert_ne!(first, map("d", &["--method", "pca"]));
        let (groups, places) = (
            rows(&sorted.join("groups.csv")),
            rows(&folder.path().join(format!("{recipe}_a.csv"))),
        );
        assert!(
            places
                .iter()
                .map(|row| &row["id"])
                .eq(groups.iter().map(|row| &row["id"]))
        );
        assert!(
            places
                .iter()
                .all(|row| number(row, "x").is_finite() && number(row, "y").is_finite())
        );
        assert!(std::fs::read(figure).unwrap().starts_with(b"\x89PNG"));
    }
    let out = folder.path().join("never.csv");
    failed(
        &grove(&["map", text(folder.path()), "-o", text(&out)]),
        &["cannot read", "grove sort"],
    );
}
