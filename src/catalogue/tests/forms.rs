//! The same table in every form, and limits.

use proptest::prelude::*;

use super::support::{fixture, join, table};
use crate::catalogue::columns::label_column;
use crate::catalogue::{Facts, FileContent, Table, TableKind, detect, read, read_or_detect};
use crate::cutout::Recipe;
use crate::intake::Answers;
use crate::limits::Limits;

const FORMS: [(&str, TableKind); 11] = [
    ("table.csv", TableKind::Csv),
    ("table.tsv", TableKind::Csv),
    ("table_marked.csv", TableKind::Csv),
    ("table_semicolon.csv", TableKind::Csv),
    ("table_pipe.txt", TableKind::Csv),
    ("table.ecsv", TableKind::Ecsv),
    ("table_comma.ecsv", TableKind::Ecsv),
    ("table_tabledata.xml", TableKind::VoTable),
    ("table_binary.xml", TableKind::VoTable),
    ("table_binary2.xml", TableKind::VoTable),
    ("table.fits", TableKind::Fits),
];

/// A cell in words that all forms share.
fn same(cell: &str) -> String {
    match cell.to_lowercase().as_str() {
        "true" | "1" => "1".to_owned(),
        "false" | "0" => "0".to_owned(),
        other => match (other.parse::<i64>(), other.parse::<f64>()) {
            (Err(_), Ok(value)) => value.to_string(),
            _ => other.to_owned(),
        },
    }
}

fn cells(table: &Table) -> Vec<Vec<String>> {
    let columns = &table.columns;
    columns
        .iter()
        .map(|column| column.cells.iter().map(same).collect())
        .collect()
}

#[test]
fn every_form_holds_the_same() {
    let wanted = cells(&read("table.csv", &fixture("table.csv"), &Limits::default()).unwrap());
    assert_eq!(wanted[0][0], "587722952230502863");
    assert_eq!(wanted[1][2], "say \"m51\".fits");
    for (name, kind) in FORMS {
        let bytes = fixture(name);
        assert_eq!(detect(name, &bytes), Some(kind), "{name}");
        let found = read(name, &bytes, &Limits::default()).unwrap();
        let names: Vec<&str> = found.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(
            names,
            ["objid", "file", "ra", "dec", "class", "flag", "mag"],
            "{name}"
        );
        assert_eq!(cells(&found), wanted, "{name}");
        assert!(found.remarks.is_empty(), "{name}: {:?}", found.remarks);
        if kind != TableKind::Csv {
            assert_eq!(found.columns[2].unit.as_deref(), Some("deg"), "{name}");
        }
        if matches!(kind, TableKind::Ecsv | TableKind::VoTable) {
            let stated = found.columns[6].description.as_deref();
            assert_eq!(stated, Some("apparent magnitude"), "{name}");
        }
    }
    let ascii = read(
        "table_ascii.fits",
        &fixture("table_ascii.fits"),
        &Limits::default(),
    )
    .unwrap();
    let found = cells(&ascii);
    assert_eq!(
        [&found[0], &found[1], &found[2], &found[3]],
        [&wanted[0], &wanted[1], &wanted[2], &wanted[4]]
    );
}

/// A FITS file with one binary table: names and forms of its columns, cards besides, the bytes of its rows.
fn fits_table(columns: &[(&str, &str)], more: &[&str], rows: usize, data: &[u8]) -> Vec<u8> {
    let mut cards: Vec<String> = vec![
        "XTENSION= 'BINTABLE'".to_owned(),
        "BITPIX  = 8".to_owned(),
        "NAXIS   = 2".to_owned(),
        format!("NAXIS1  = {}", data.len() / rows.max(1)),
        format!("NAXIS2  = {rows}"),
        "PCOUNT  = 0".to_owned(),
        "GCOUNT  = 1".to_owned(),
        format!("TFIELDS = {}", columns.len()),
    ];
    for (at, (name, form)) in columns.iter().enumerate() {
        cards.push(format!("{:<8}= '{name}'", format!("TTYPE{}", at + 1)));
        cards.push(format!("{:<8}= '{form}'", format!("TFORM{}", at + 1)));
    }
    cards.extend(more.iter().map(|card| (*card).to_owned()));
    let header = |cards: &[String]| {
        let mut text: String = cards.iter().map(|card| format!("{card:<80}")).collect();
        text += &format!("{:<80}", "END");
        let length = text.len().next_multiple_of(2880);
        format!("{text:<length$}").into_bytes()
    };
    let primary = ["SIMPLE  =                    T", "BITPIX  = 8", "NAXIS   = 0"].map(str::to_owned);
    let mut bytes = [header(&primary), header(&cards), data.to_vec()].concat();
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}

#[test]
fn long_vectors_do_not_cost_the_table() {
    // A redshift's probabilities on a grid of 65 beside its best value.
    let columns = [("objid", "K"), ("z", "D"), ("pz", "65E")];
    let mut data = Vec::new();
    for row in 0..2i64 {
        data.extend((100_000 + row).to_be_bytes());
        data.extend(0.5f64.to_be_bytes());
        data.extend([0; 65 * 4]);
    }
    let bytes = fits_table(&columns, &[], 2, &data);
    assert_eq!(detect("t.fits", &bytes), Some(TableKind::Fits));
    let found = read("t.fits", &bytes, &Limits::default()).unwrap();
    assert_eq!(found.columns.len(), 2);
    assert_eq!(found.columns[0].cells.get(1), Some("100001"));
    assert!(
        found.remarks[0].contains("`pz` was left out"),
        "{:?}",
        found.remarks
    );
    // Pictures are for intake, whatever else is in the table.
    let square = fits_table(&[("objid", "K"), ("stamp", "1024B")], &[], 1, &[0; 1032]);
    assert_eq!(detect("t.fits", &square), None);
    // So much can be recognised from the beginning, which is all that is unpacked of a packed file.
    assert_eq!(detect("t.fits", &bytes[..3 * 2880 - 100]), Some(TableKind::Fits));
    assert_eq!(detect("t.fits", &bytes[..2880 + 80]), None);
    let many = fits_table(&[("objid", "K"), ("stamp", "1024B")], &[], 3, &[0; 3 * 1032]);
    assert_eq!(detect("t.fits", &many[..2 * 2880 + 100]), None);
}

#[test]
fn tables_without_anything_to_keep_say_why() {
    let packed = fits_table(&[("z", "1PB(9)")], &["ZTABLE  = T"], 1, &[0; 8]);
    assert_eq!(detect("t.fits", &packed), None, "intake says how to unpack it");
    let limits = Limits::default();
    let reason = |bytes: &[u8]| read("t.fits", bytes, &limits).unwrap_err().reason;
    let spectra = fits_table(&[("flux", "33E")], &[], 1, &[0; 33 * 4]);
    assert!(reason(&spectra).contains("no column of the table could be kept: the column `flux`"));
    let empty = fits_table(&[("z", "D")], &[], 0, &[0; 8]);
    assert!(reason(&empty).contains("no rows"), "{}", reason(&empty));
}

#[test]
fn cells_of_binary_tables_are_written() {
    let columns = [
        ("unsigned", "K"),
        ("small", "I"),
        ("byte", "B"),
        ("word", "6A"),
        ("flag", "L"),
        ("bits", "3X"),
        ("pair", "2E"),
        ("half", "D"),
    ];
    let cards = ["TZERO1  = 9223372036854775808", "TNULL2  = -99", "TSCAL8  = 0.5"];
    let data = [
        &i64::MAX.to_be_bytes()[..],
        &(-99i16).to_be_bytes(),
        &[200],
        b"M 51\0x",
        b"T",
        &[0b1010_0000],
        &8.25f32.to_be_bytes(),
        &f32::NAN.to_be_bytes(),
        &3f64.to_be_bytes(),
    ]
    .concat();
    let found = read(
        "t.fits",
        &fits_table(&columns, &cards, 1, &data),
        &Limits::default(),
    )
    .unwrap();
    let cells: Vec<&str> = found
        .columns
        .iter()
        .filter_map(|column| column.cells.get(0))
        .collect();
    assert_eq!(
        cells,
        [
            "18446744073709551615",
            "",
            "200",
            "M 51",
            "true",
            "101",
            "8.25 ",
            "1.5"
        ]
    );
}

#[test]
fn what_is_no_table_is_none() {
    for name in ["set.zip", "g1.png", "flux.fits.bz2", "table.nothing"] {
        let bytes = if name == "table.nothing" {
            b"hello\nthere\n".to_vec()
        } else {
            fixture(name)
        };
        assert_eq!(detect(name, &bytes), None, "{name}");
    }
    assert_eq!(detect("README.md", b"a, b\nc, d\n"), None);
    assert_eq!(detect("list.csv", b"id\n1\n2\n"), Some(TableKind::Csv));
    assert_eq!(detect("list.txt", b"id\n1\n2\n"), None);
    assert_eq!(
        detect("features.fits", &fixture("../grouping/reference.fits")),
        None,
        "codes are no facts"
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, &fixture("table.fits")).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(detect("table.fits.gz", &packed), Some(TableKind::Fits));
    assert_eq!(
        read("table.fits.gz", &packed, &Limits::default()).unwrap().rows(),
        4
    );
}

#[test]
fn odd_texts_are_read() {
    let commented = table("# made by topcat\n# id,ra,class\n1,2.5,spiral\n2,3.5,disc\n");
    assert_eq!(commented.columns[2].name, "class");
    assert_eq!(commented.rows(), 2);
    let nameless = table("1,2.5\n2,3.5\n");
    assert_eq!(nameless.columns[1].name, "column 2");
    assert_eq!(nameless.rows(), 2);
    let ragged = table(
        "a,b,c\nx,y,z\nx,y\nx,y,z,w\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n1,2,3\n",
    );
    assert_eq!(ragged.columns[2].cells.get(1), Some(""));
    assert_eq!(ragged.remarks.len(), 2);
    let wide: Vec<u8> = "\u{feff}id;Größe\n1;2\n3;4\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        read("w.csv", &wide, &Limits::default()).unwrap().columns[1].name,
        "Größe"
    );
    let latin = b"id;Gr\xf6\xdfe\n1;2\n3;4\n";
    assert_eq!(
        read("l.csv", latin, &Limits::default()).unwrap().columns[1].name,
        "Größe"
    );
}

#[test]
fn spreadsheets_of_windows_are_read() {
    // Typographic quotes, a dash and a euro, as Windows-1252 has them.
    let bytes = b"name,note\r\nM 51,\x93whirl\x94 \x96 5 \x80\r\nM 31,caf\xe9\r\n";
    assert_eq!(detect("t.csv", bytes), Some(TableKind::Csv));
    let found = read("t.csv", bytes, &Limits::default()).unwrap();
    let notes: Vec<&str> = found.columns[1].cells.iter().collect();
    assert_eq!(notes, ["\u{201c}whirl\u{201d} \u{2013} 5 \u{20ac}", "caf\u{e9}"]);
}

#[test]
fn names_that_begin_with_a_hash_are_rows() {
    let found = table("# made by hand\nname,z\n#1,0.1\n# the faint ones\n#2,0.2\nM 51,0.3\n");
    let names: Vec<&str> = found.columns[0].cells.iter().collect();
    assert_eq!(names, ["#1", "#2", "M 51"]);
    assert!(
        found.remarks[0].starts_with("1 lines among"),
        "{:?}",
        found.remarks
    );
}

#[test]
fn pictures_are_read_and_tables_are_told() {
    let listed = |name: &str, bytes: &[u8]| {
        read_or_detect(
            name,
            bytes,
            &Recipe::default(),
            &Limits::default(),
            &Answers::default(),
        )
    };
    for (name, kind) in FORMS {
        let found = listed(name, &fixture(name));
        assert!(
            matches!(found, FileContent::Table(found) if found == kind),
            "{name}: {found:?}"
        );
    }
    let FileContent::Report(report) = listed("g1.png", &fixture("g1.png")) else {
        panic!("a picture is no table")
    };
    assert!(!report.verdict().is_refused(), "{}", report.verdict());
    // Netpbm's letters are no table, whatever the name says.
    let mut letters = "P2\n32 32\n255\n".to_owned();
    for at in 0..32 * 32i32 {
        let (x, y) = (at % 32 - 16, at / 32 - 16);
        letters += &format!("{}\n", 2000 / (10 + x * x + y * y));
    }
    assert_eq!(detect("t.csv", letters.as_bytes()), Some(TableKind::Csv));
    let found = listed("t.csv", letters.as_bytes());
    assert!(
        matches!(&found, FileContent::Report(report) if !report.verdict().is_refused()),
        "{found:?}"
    );
}

#[test]
fn limits_hold() {
    for (name, _) in FORMS {
        let few = Limits {
            table_cells: 27,
            ..Limits::default()
        };
        let refusal = read(name, &fixture(name), &few).unwrap_err();
        assert!(refusal.reason.contains("cells"), "{name}: {refusal}");
        let enough = Limits {
            table_cells: 28,
            ..Limits::default()
        };
        assert!(read(name, &fixture(name), &enough).is_ok(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_tables_do_not_panic(
        which in 0..FORMS.len(),
        cut in prop::option::of(0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..12),
    ) {
        let (name, _) = FORMS[which];
        let mut bytes = fixture(name);
        for (place, byte) in changes {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let limits = Limits { table_cells: 1000, ..Limits::default() };
        if let Ok(table) = read(name, &bytes, &limits) {
            prop_assert!(table.columns.iter().all(|column| column.cells.len() == table.rows()));
            let joined = join(&table, &[(103_169, "spirals/103169.png"), (1, "m51.fits")]);
            prop_assert_eq!(joined.matched.len(), 2);
            let facts = Facts::new(&table, None);
            for row in 0..table.rows() {
                let _ = facts.of(row);
            }
            let _ = label_column(&table);
        }
    }
}
