//! Tables: text of every kind, VOTable, FITS. The first byte chooses the end of the file's name.
#![no_main]

use galaxy_grove::catalogue::{self, Facts, Known, join_best};
use galaxy_grove::intake::Answers;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 9] = [
    "fuzz.csv", "fuzz.tsv", "fuzz.txt", "fuzz.ecsv", "fuzz.vot", "fuzz.fits", "fuzz.xml", "fuzz.dat", "fuzz.tbl",
];

fuzz_target!(|data: &[u8]| {
    let limits = galaxy_grove_fuzz::limits();
    let known = |id: Option<&str>, name: &str, fact: &str| Known {
        id: id.map(str::to_owned),
        name: name.to_owned(),
        facts: vec![("objid".to_owned(), fact.to_owned())],
    };
    let galaxies = [
        known(Some("1237648720693755918"), "a/x_103169.png", "M 51"),
        known(None, "b/y.fits[2]", "14783464213117718528"),
    ];
    let (name, content) = match data.split_first() {
        Some((kind, content)) => (NAMES[usize::from(*kind) % NAMES.len()], content),
        None => return,
    };
    if let Ok(tables) = catalogue::read_all(name, content, &limits) {
        let (taken, join) = join_best(&tables, &galaxies, &Answers::default());
        let table = &tables[taken];
        assert_eq!(join.matched.len(), galaxies.len());
        let facts = Facts::new(table, join.key_column);
        for row in join.matched.iter().flatten() {
            assert!(*row < table.rows());
            let _ = facts.of(*row);
        }
        let _ = join.verdict(table);
    }
});
