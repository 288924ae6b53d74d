//! Rows joined to galaxies.

use std::fs;

use super::support::{fixture, join, join_names, known, table};
use crate::catalogue::columns::label_column;
use crate::catalogue::{By, Facts, Known, read};
use crate::intake::{Answers, QuestionKey};
use crate::limits::Limits;

#[test]
fn rows_find_their_galaxies() {
    let found = read("table.csv", &fixture("table.csv"), &Limits::default()).unwrap();
    // By path, though the archive's name comes first.
    let joined = join(
        &found,
        &[(7, "set.zip/spirals/103169.png"), (8, "X.PNG"), (9, "none.png")],
    );
    assert_eq!(joined.key_column, Some(1));
    assert_eq!(joined.by, Some(By::FileName));
    assert_eq!(joined.matched, [Some(0), Some(3), None]);
    assert_eq!((joined.unmatched_rows, joined.duplicates), (2, 0));
    let verdict = joined.verdict(&found).to_string();
    assert!(
        verdict.contains("2 of 3 galaxies") && verdict.contains("by file name"),
        "{verdict}"
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
    assert!(joined.verdict(&found).is_refused());
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
    assert_eq!(joined.matched, [Some(1), None], "the longer path wins");
    assert!(
        joined
            .remarks
            .iter()
            .any(|remark| remark.contains("say different things")),
        "{:?}",
        joined.remarks
    );
    let same = table("file,class\nx.png,one\ny.png,four\ny.png,four\n");
    let joined = join(&same, &[(1, "x.png"), (2, "y.png")]);
    assert_eq!(
        (joined.matched.as_slice(), joined.duplicates),
        (&[Some(0), Some(1)][..], 1)
    );
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
    let Some(path) = grove_test_support::shared("data/train_labels.csv") else {
        return;
    };
    let bytes = fs::read(path).unwrap();
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

#[test]
fn running_numbers_of_the_program_are_no_keys() {
    // A column that counts the rows, as pandas writes it, and one that names the files in another order.
    let labels = table("index,file,class\n1,b.png,spiral\n2,a.png,ring\n3,c.png,merger\n");
    let joined = join_names(&labels, &["a.png", "b.png", "c.png"]);
    assert_eq!(joined.matched, [Some(1), Some(0), Some(2)]);
    // Without the names there is nothing to go by.
    let labels = table("index,class\n1,spiral\n2,ring\n3,merger\n");
    assert_eq!(
        join_names(&labels, &["a.png", "b.png", "c.png"]).matched,
        [None; 3]
    );
    assert_eq!(
        join_names(&labels, &["g1.png", "g2.png", "g3.png"]).matched,
        [None; 3],
        "rows are counted from anywhere"
    );
    assert_eq!(join(&labels, &[(1, "a.png"), (2, "b.png")]).matched, [None; 2]);
}

#[test]
fn the_surest_way_that_covers_most_wins() {
    // The identifiers fit all four, but the names say otherwise of three.
    let labels = table("objid,file\n100001,b.png\n100002,c.png\n100003,a.png\n100004,zzz.png\n");
    let galaxies = [
        (100_001, "a.png"),
        (100_002, "b.png"),
        (100_003, "c.png"),
        (100_004, "d.png"),
    ];
    let joined = join(&labels, &galaxies);
    assert_eq!(joined.by, Some(By::FileName));
    assert_eq!(joined.matched, [Some(2), Some(0), Some(1), None]);
    // One name of four says otherwise: that is for the user to decide.
    let labels = table("objid,file\n100001,b.png\n100002,x.png\n100003,y.png\n100004,z.png\n");
    let joined = join(&labels, &galaxies);
    assert_eq!((joined.key_column, joined.questions.len()), (None, 1));
    let verdict = joined.verdict(&labels).to_string();
    assert!(
        verdict.contains("`objid`") && verdict.contains("`file`"),
        "{verdict}"
    );
    let mut answers = Answers::default();
    answers.set(QuestionKey::Key, "objid");
    let joined = crate::catalogue::join(&labels, &known(&galaxies), &answers);
    assert_eq!(joined.matched, [Some(0), Some(1), Some(2), Some(3)]);
    assert_eq!(joined.questions[0].taken, 0);
    answers.set(QuestionKey::Key, "none of them");
    let joined = crate::catalogue::join(&labels, &known(&galaxies), &answers);
    assert_eq!(joined.key_column, None);
}

#[test]
fn two_columns_of_names_are_asked_about() {
    let labels = table("image,neighbour,z\na.png,b.png,0.1\nb.png,c.png,0.2\nc.png,a.png,0.3\n");
    let joined = join_names(&labels, &["a.png", "b.png", "c.png"]);
    assert_eq!(joined.key_column, None);
    let options = &joined.questions[0].options;
    assert!(
        options[0].starts_with("image (by") || options[0].starts_with("image ("),
        "{options:?}"
    );
    assert_eq!(joined.questions[0].taken, options.len() - 1);
    // Columns that agree are no question.
    let labels = table("image,path,z\na.png,x/a.png,0.1\nb.png,x/b.png,0.2\n");
    assert_eq!(
        join_names(&labels, &["a.png", "b.png"]).matched,
        [Some(0), Some(1)]
    );
}

#[test]
fn a_row_that_fits_several_galaxies_joins_none() {
    let labels = table("file,class\nx.png,spiral\ny.png,ring\n");
    let joined = join_names(&labels, &["a/x.png", "b/x.png", "b/y.png"]);
    assert_eq!(joined.matched, [None, None, Some(1)]);
    assert!(
        joined.remarks.iter().any(|remark| remark.contains("folders")),
        "{:?}",
        joined.remarks
    );
    // The path decides.
    let labels = table("file,class\nb\\x.png,spiral\n");
    assert_eq!(
        join_names(&labels, &["a/x.png", "b/x.png"]).matched,
        [None, Some(0)]
    );
    // So does the number of the extension.
    let labels = table("file,class\ncube.fits[2],spiral\n");
    assert_eq!(
        join_names(&labels, &["cube.fits[1]", "cube.fits[2]"]).matched,
        [None, Some(0)]
    );
    // When no row is certain, the verdict says why.
    let labels = table("file,class\nx.png,spiral\n");
    let verdict = join_names(&labels, &["a/x.png", "b/x.png"])
        .verdict(&labels)
        .to_string();
    assert!(verdict.contains("fits several galaxies alike"), "{verdict}");
}

#[test]
fn names_compare_as_people_see_them() {
    // The letter as one character in the table, as two in the file's name, as macOS writes it.
    let labels = table("file,class\ngr\u{f6}\u{df}e.png,spiral\nCAF\u{c9}.PNG,ring\n");
    let joined = join_names(&labels, &["set/gro\u{308}\u{df}e.png", "cafe\u{301}.png"]);
    assert_eq!(joined.matched, [Some(0), Some(1)]);
    // Another letter is another name.
    assert_eq!(join_names(&labels, &["grosse.png"]).matched, [None]);
    let labels = table("url,class\nhttps://x.org/My%20Galaxy.jpg?size=3,spiral\n");
    assert_eq!(join_names(&labels, &["my galaxy.jpg"]).matched, [Some(0)]);
}

#[test]
fn identifiers_keep_every_digit() {
    let labels = table("specobjid,class\n11117381420133974016,GALAXY\n14783464213117718528,QSO\n");
    let joined = join_names(
        &labels,
        &["spec-14783464213117718528.png", "spec-11117381420133974016.png"],
    );
    assert_eq!(joined.matched, [Some(1), Some(0)]);
    let from_file = |id: &str| Known {
        name: "row".to_owned(),
        facts: vec![("source_id".to_owned(), id.to_owned())],
        ..Known::default()
    };
    let galaxies = [
        from_file("14783464213117718528"),
        from_file("11117381420133974016"),
    ];
    let joined = crate::catalogue::join(&labels, &galaxies, &Answers::default());
    assert_eq!(
        (joined.by, joined.matched.as_slice()),
        (Some(By::Id), &[Some(1), Some(0)][..])
    );
    // Neighbours that only floating point would take for the same.
    let labels = table("objid,class\n1237648720693755918,A\n1237648720693755919,B\n");
    let joined = join(
        &labels,
        &[
            (1_237_648_720_693_755_919, "row"),
            (1_237_648_720_693_755_918, "row"),
        ],
    );
    assert_eq!(joined.matched, [Some(1), Some(0)]);
}

#[test]
fn identifiers_that_were_rounded_are_no_keys() {
    for cells in [
        ["1.23765E+18", "1.23765E+18"],
        ["1237648720693750000", "1237648720693760000"],
        ["1.2376487206937559e+18", "1.2376487206937563e+18"],
        ["1237648720693755904.0", "1237648720693756160.0"],
    ] {
        let labels = table(&format!("objid,class\n{},A\n{},B\n", cells[0], cells[1]));
        let joined = join(
            &labels,
            &[
                (1_237_648_720_693_750_000, "row"),
                (1_237_648_720_693_755_904, "row"),
            ],
        );
        assert_eq!(joined.matched, [None, None], "{cells:?}");
        let verdict = joined.verdict(&labels).to_string();
        assert!(
            verdict.contains("`objid`") && verdict.contains("rounded"),
            "{verdict}"
        );
    }
}

#[test]
fn a_second_table_may_know_a_column_of_the_first() {
    let second = table("dr7objid,class\n587722981742084201,E\n587722981742084144,Sb\n");
    let galaxy = |name: &str, asset: &str, objid: &str| Known {
        name: name.to_owned(),
        facts: vec![
            ("asset_id".to_owned(), asset.to_owned()),
            ("objid".to_owned(), objid.to_owned()),
        ],
        ..Known::default()
    };
    let galaxies = [
        galaxy("a.png", "5", "587722981742084144"),
        galaxy("b.png", "6", "587722981742084201"),
    ];
    let joined = crate::catalogue::join(&second, &galaxies, &Answers::default());
    assert_eq!(
        (joined.by, joined.matched.as_slice()),
        (Some(By::Column), &[Some(1), Some(0)][..])
    );
    // A number that is short is the same only in a column of the same name.
    let third = table("asset_id,votes\n6,12\n5,13\n");
    let joined = crate::catalogue::join(&third, &galaxies, &Answers::default());
    assert_eq!(joined.matched, [Some(1), Some(0)]);
    let votes = table("votes,place\n6,12\n5,13\n");
    assert_eq!(
        crate::catalogue::join(&votes, &galaxies, &Answers::default()).key_column,
        None
    );
    // A value that two galaxies share names neither.
    let galaxies = [
        galaxy("a.png", "5", "587722981742084144"),
        galaxy("b.png", "5", "587722981742084144"),
    ];
    assert_eq!(
        crate::catalogue::join(&second, &galaxies, &Answers::default()).matched,
        [None, None]
    );
}

#[test]
fn numbers_of_other_catalogues_are_no_keys() {
    let names = table("name,t\nM 51,4\nNGC 51,-2\n");
    assert_eq!(join_names(&names, &["ngc_51.png"]).matched, [Some(1)]);
    assert_eq!(join_names(&names, &["ic51.png"]).matched, [None]);
}

#[test]
fn a_few_short_numbers_are_no_join() {
    let labels = table("id,class\n1,A\n2,B\n3,C\n");
    let names: Vec<String> = (1..=3)
        .map(|n| format!("x{n}.png"))
        .chain((0..20).map(|n| format!("field_{}.png", 40 + n)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(join_names(&labels, &names).key_column, None);
    assert_eq!(
        join_names(&labels, &names[..4]).matched,
        [Some(0), Some(1), Some(2), None]
    );
}

#[test]
fn a_name_that_is_but_the_identifier_is_no_file_name() {
    let labels = table("objid,class\n1237648720693755918,A\n7,B\n");
    let joined = join(
        &labels,
        &[(1_237_648_720_693_755_918, "1237648720693755918"), (7, "7")],
    );
    assert_eq!(
        (joined.by, joined.matched.as_slice()),
        (Some(By::Id), &[Some(0), Some(1)][..])
    );
    // The same name of a file is one.
    let joined = join(
        &labels,
        &[
            (1_237_648_720_693_755_918, "1237648720693755918.png"),
            (7, "7.png"),
        ],
    );
    assert_eq!(
        (joined.by, joined.matched.as_slice()),
        (Some(By::Stem), &[Some(0), Some(1)][..])
    );
}
