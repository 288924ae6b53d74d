//! What goes with the pictures: ids, labels, other columns; several arrays in one file.

use super::common::{AREA, N, check_all, decode, fixture, mixed, read};
use galaxy_grove::intake::{self, Answers, Content, Limits, Reading};

#[test]
fn galaxy10_works_at_once() {
    let report = read("Galaxy10_DECals.h5", &fixture("galaxy10.h5"), &Limits::default());
    assert_eq!(report.galaxies().len(), N, "{}", report.verdict());
    assert!(!report.is_set());
    let keys: Vec<String> = report
        .questions
        .iter()
        .map(|question| question.key.to_string())
        .collect();
    assert_eq!(
        keys,
        ["band"],
        "there is one array of images, and it is in colour"
    );
    assert!(report.questions[0].options[report.questions[0].taken].starts_with("mixed"));
    for (row, galaxy) in report.galaxies().iter().enumerate() {
        let about = &galaxy.about;
        assert_eq!(about.columns["label"], row.to_string());
        assert_eq!(about.columns["pxscale"], "0.262");
        assert!((about.ra.unwrap() - (100.0 + 25.0 * row as f64)).abs() < 1e-9);
        assert!((about.dec.unwrap() - (-10.0 + 5.0 * row as f64)).abs() < 1e-9);
        assert_eq!(galaxy.name, format!("Galaxy10_DECals.h5[{row}]"));
        assert_eq!(galaxy.id, None, "the file has none");
        assert!(!about.columns.contains_key("ra") && !about.columns.contains_key("ans"));
    }
    let redshift = |row: usize| {
        report.galaxies()[row]
            .about
            .columns
            .get("redshift")
            .map(String::as_str)
    };
    assert_eq!(
        [redshift(0), redshift(1), redshift(2), redshift(4)],
        [Some("0.1"), None, Some("0.25"), Some("0.001")],
        "NaN is no value"
    );
    let (pictures, ..) = decode("galaxy10.h5", &[]);
    assert_eq!(
        pictures[3].frame.pixels,
        mixed(3),
        "chunks of (2, 5, 8, 1) are put together"
    );
}

#[test]
fn ids_labels_and_words_come_from_the_same_group() {
    let (pictures, _, questions) = decode("groups.h5", &[]);
    check_all("groups.h5", &pictures);
    assert_eq!(questions.len(), 1);
    assert_eq!(
        questions[0].options,
        [
            "survey/train/images (5, 20, 24, 1) uint8",
            "masks (5, 40, 40) uint8"
        ],
        "a name is worth more than size, and a group within itself is listed once"
    );
    let class = ["spiral", "elliptical", "merger", "", "edge-on"];
    let mag = [Some("15.5"), Some("16.25"), None, Some("14"), Some("0.1")];
    let clean = ["true", "false", "true", "true", "false"];
    for (row, picture) in pictures.iter().enumerate() {
        assert_eq!(
            picture.id,
            Some(587_722_952_230_502_863 + 7 * row as i64),
            "64-bit ids are exact"
        );
        let column = |name: &str| picture.about.columns.get(name).map(String::as_str);
        assert_eq!(column("label"), Some(class[row]).filter(|word| !word.is_empty()));
        assert_eq!(column("mag"), mag[row]);
        assert_eq!(column("clean"), Some(clean[row]));
        assert_eq!(picture.about.object.as_deref(), Some(format!("J{row}").as_str()));
    }
    let (pictures, ..) = decode("groups.h5", &[("dataset", "masks")]);
    assert_eq!((pictures[0].frame.width, pictures[0].frame.pixels[0]), (40, 0.0));
    assert_eq!(
        pictures[1].id,
        Some(587_722_952_230_502_870),
        "as long as the ids"
    );
}

#[test]
fn an_npz_is_a_set_of_arrays() {
    let (limits, none) = (Limits::default(), Answers::default());
    let mut reading = Reading::new(&limits, &none);
    let bytes = fixture("set.npz");
    let Content::Pictures { pictures, .. } = intake::decode("set.npz", &bytes, &mut reading).unwrap() else {
        panic!("an NPZ holds pictures")
    };
    check_all("set.npz", &pictures);
    assert_eq!(
        reading.questions[0].options,
        ["images (5, 20, 24) uint8", "big (2, 9, 9) float64"]
    );
    assert_eq!(pictures[2].about.columns["label"], "ring");
    assert_eq!(pictures[2].about.ra, Some(0.5));
    let report = read("set.npz", &bytes, &limits);
    assert_eq!(report.galaxies().len(), N, "{}", report.verdict());
    assert_eq!(report.galaxies()[1].id, Some(587_722_952_230_502_870));
    // Only a piece of it is in memory as pictures, as with an NPY file: more pixels than a picture may have are allowed.
    let few = Limits {
        pixels: 2 * AREA,
        ..Limits::default()
    };
    assert_eq!(read("set.npz", &bytes, &few).galaxies().len(), N);
}

#[test]
fn what_was_not_looked_at_is_told() {
    let (pictures, remarks, _) = decode("deep.h5", &[]);
    check_all("deep.h5", &pictures);
    assert_eq!(remarks.len(), 1);
    assert!(
        remarks[0].contains("not all of the file was looked through"),
        "{remarks:?}"
    );
}
