//! Tables: text of every kind, VOTable, FITS. The first byte chooses the end of the file's name.
#![no_main]

use galaxy_grove::catalogue;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 8] = [
    "fuzz.csv", "fuzz.tsv", "fuzz.txt", "fuzz.ecsv", "fuzz.vot", "fuzz.fits", "fuzz.xml", "fuzz.dat",
];

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else {
        return;
    };
    let name = NAMES[usize::from(first) % NAMES.len()];
    let limits = galaxy_grove_fuzz::limits();
    let _ = catalogue::detect(name, bytes);
    if let Ok(table) = catalogue::read(name, bytes, &limits) {
        let galaxies = [(1_i64, "a/1.png"), (587_722_981_742_084_144, "spec-587722981742084144.png")];
        let join = catalogue::join(&table, &galaxies);
        let _ = join.verdict(&table);
    }
});
