//! Rows joined to galaxies.

use std::{fs, path::Path};

use super::support::{fixture, table};
use crate::catalogue::columns::label_column;
use crate::catalogue::*;
use crate::limits::Limits;

#[test]
fn rows_find_their_galaxies() {
    let found = read("table.csv", &fixture("table.csv"), &Limits::default()).unwrap();
    // By path, though the archive's name stands in front.
    let joined = join(
        &found,
        &[(7, "set.zip/spirals/103169.png"), (8, "X.PNG"), (9, "none.png")],
    );
    assert_eq!(joined.key_column, Some(1));
    assert_eq!(joined.by, Some(By::FileName));
    assert_eq!(joined.matched, [Some(0), Some(3), None]);
    assert_eq!((joined.unmatched_rows, joined.duplicates), (2, 0));
    assert!(
        joined.remarks[0].contains("2 of 3 galaxies"),
        "{:?}",
        joined.remarks
    );
    // By identifier.
    let joined = join(&found, &[(587_722_952_230_502_863, "a.png"), (103_169, "b.png")]);
    assert_eq!((joined.key_column, joined.by), (Some(0), Some(By::Id)));
    assert_eq!(joined.matched, [Some(0), Some(1)]);
    // By nothing.
    let joined = join(&found, &[(77, "q.png")]);
    assert_eq!(
        (joined.key_column, joined.matched.as_slice()),
        (None, &[None][..])
    );
    let facts = Facts::new(&found, None);
    let about = facts.of(0);
    assert_eq!((about.ra, about.dec), (Some(202.46959), Some(47.19518)));
    assert_eq!(about.columns["class"], "spiral");
    assert!(!about.columns.contains_key("ra"));
    assert_eq!(label_column(&found), Some(4));
}

#[test]
fn numbers_in_names_are_keys() {
    let labels = table("asset_id,gz2_class\n103169,Sc\n58,Er\n");
    let joined = join(&labels, &[(1, "gz2_thumb_103169.jpg"), (2, "gz2_thumb_58.jpg")]);
    assert_eq!((joined.key_column, joined.by), (Some(0), Some(By::Digits)));
    assert_eq!(joined.matched, [Some(0), Some(1)]);
    assert_eq!(label_column(&labels), Some(1));
    let names = table("name,t\nNGC 1365,3\nPGC0002522,-5\nPGC0011573,-2\n");
    let joined = join(
        &names,
        &[(2522, "efigi_PGC0002522.jpg"), (11573, "pgc0011573.fits.gz")],
    );
    assert_eq!(joined.matched, [Some(1), Some(2)], "{joined:?}");
    // Small numbers in a column of another name are chance.
    let votes = table("survey,votes\na,1\nb,2\nc,3\n");
    assert_eq!(
        join(&votes, &[(1, "x.png"), (2, "y.png"), (3, "z.png")]).key_column,
        None
    );
}

#[test]
fn missing_numbers_among_ids_are_no_fractions() {
    let table = table("objid,z\n1237648720693755918,0.1\nnan,0.2\ninf,0.3\n1237648720693755919,0.4\n");
    let galaxies = [(1_237_648_720_693_755_919, "a.png")];
    let joined = join(&table, &galaxies);
    assert_eq!((joined.key_column, joined.matched[0]), (Some(0), Some(3)));
}

#[test]
fn wide_tables_are_cut() {
    let mut names: Vec<String> = ["ra".to_owned(), "dec".to_owned()].to_vec();
    names.extend((0..60).map(|n| format!("c{n}")));
    names.extend(["asset_id", "object", "class"].map(str::to_owned));
    let row = |id: usize, class: &str| {
        let cells: Vec<String> = (0..60).map(|n| (n * id).to_string()).collect();
        format!("1.5,2.5,{},{id},M {id},{class}", cells.join(","))
    };
    let table = table(&format!(
        "{}\n{}\n{}\n",
        names.join(","),
        row(100_001, "spiral"),
        row(100_002, &"ring".repeat(100))
    ));
    let joined = join(&table, &[(1, "100001.png"), (2, "100002.png")]);
    let facts = Facts::new(&table, joined.key_column);
    let about = facts.of(0);
    assert_eq!(about.columns.len(), 32);
    assert_eq!((about.ra, about.object.as_deref()), (Some(1.5), Some("M 100001")));
    assert_eq!(about.columns["class"], "spiral");
    assert_eq!(about.columns["asset_id"], "100001");
    assert_eq!(facts.of(1).columns["class"].len(), 200);
    let verdict = joined.verdict(&table).to_string();
    assert!(
        verdict.contains("31 columns were left out: 32 are taken"),
        "{verdict}"
    );
}

#[test]
fn several_rows_for_a_galaxy_are_counted() {
    let twice = table("file,class\na/x.png,one\nb/x.png,two\nx.png,three\ny.png,four\ny.png,five\n");
    let joined = join(&twice, &[(1, "b/x.png"), (2, "y.png")]);
    assert_eq!(joined.matched, [Some(1), Some(3)], "the longer path wins");
    assert_eq!(joined.duplicates, 1);
}

#[test]
fn a_large_table_is_quick() {
    use std::fmt::Write;
    const ROWS: usize = 250_000;
    let mut text = (0..20)
        .map(|at| format!("column{at}"))
        .collect::<Vec<_>>()
        .join(",");
    text.push('\n');
    for row in 0..ROWS {
        let _ = write!(text, "{},g{row}.png", 1_000_000 + row);
        for at in 2..20 {
            let _ = write!(text, ",{}.{at}", row % 977);
        }
        text.push('\n');
    }
    let begin = std::time::Instant::now();
    let large = read("large.csv", text.as_bytes(), &Limits::default()).unwrap();
    let parsed = begin.elapsed();
    assert_eq!((large.rows(), large.columns.len()), (ROWS, 20));
    let names: Vec<String> = (0..10_000).map(|at| format!("g{}.png", at * 25)).collect();
    let galaxies: Vec<(i64, &str)> = names.iter().map(|name| (0, name.as_str())).collect();
    let begin = std::time::Instant::now();
    let joined = join(&large, &galaxies);
    eprintln!(
        "250,000 x 20: read in {parsed:?}, joined to 10,000 in {:?}",
        begin.elapsed()
    );
    assert_eq!(joined.key_column, Some(1));
    assert!(
        joined
            .matched
            .iter()
            .enumerate()
            .all(|(at, row)| *row == Some(at * 25))
    );
}

#[test]
fn the_real_labels_are_read() {
    let path = std::env::var_os("GROVE_SHARED").map(|root| Path::new(&root).join("data/train_labels.csv"));
    let Some(bytes) = path.and_then(|path| fs::read(path).ok()) else {
        eprintln!("SKIPPED: data/train_labels.csv is not there; set GROVE_SHARED");
        return;
    };
    let labels = read("train_labels.csv", &bytes, &Limits::default()).unwrap();
    assert_eq!((labels.rows(), labels.columns.len()), (4000, 11));
    assert_eq!(label_column(&labels), labels.find("label"));
    let joined = join(
        &labels,
        &[(2_000_000_553_608, "row 1"), (5, "879074.jpg"), (6, "other.jpg")],
    );
    eprintln!("{:?}", joined.remarks);
    assert!(joined.matched.iter().flatten().count() >= 1);
    let by_file = join(&labels, &[(1, "set.zip/553608.jpg"), (2, "879074.jpg")]);
    assert_eq!(by_file.key_column, labels.find("source_file"));
    assert_eq!(by_file.matched, [Some(0), Some(2)]);
}
