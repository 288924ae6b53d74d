//! What is no picture, too large or damaged.

use super::common::{AREA, N, decode_with, fixture, original, read};
use galaxy_grove::intake::{Limits, Refusal, Verdict};
use proptest::prelude::*;

fn refusal(name: &str) -> Refusal {
    decode_with(name, &[], &Limits::default())
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn what_is_no_picture_is_refused_by_name() {
    for (name, words) in [
        ("only_table.h5", "it holds names (2) text, redshift (9) float64"),
        ("empty.h5", "is empty"),
        ("no_rows.h5", "0 rows"),
        ("keras.h5", "Keras model"),
        ("blosc.h5", "compressed with Blosc (HDF5 filter 32001)"),
        ("objects.npy", "pickle"),
        ("records.npy", "it holds array/a (3) float32, array/b (3) float32"),
    ] {
        let refusal = refusal(name);
        assert!(refusal.reason.contains(words), "{name}: {refusal}");
        assert!(refusal.remedy.len() > 10, "{name}: {refusal}");
        let report = read(name, &fixture(name), &Limits::default());
        assert!(
            report.verdict().to_string().contains(words),
            "{name}: {}",
            report.verdict()
        );
    }
}

#[test]
fn limits_hold_before_memory_is_spent() {
    let small = Limits {
        side: 23,
        ..Limits::default()
    };
    for name in ["contiguous.h5", "c.npy"] {
        let refusal = decode_with(name, &[], &small).unwrap_err();
        assert!(refusal.reason.contains("24 x 20"), "{name}: {refusal}");
        let few = Limits {
            pixels: AREA * N - 1,
            ..Limits::default()
        };
        let refusal = decode_with(name, &[], &few).unwrap_err();
        assert!(refusal.remedy.contains("grove convert"), "{name}: {refusal}");
        // Prepared one by one they fit.
        assert_eq!(read(name, &fixture(name), &few).galaxies().len(), N, "{name}");
    }
    // A million million galaxies are promised, and none of them was written: black pictures give no galaxy.
    let report = read(
        "huge.h5",
        &fixture("huge.h5"),
        &Limits {
            galaxies: 100,
            ..Limits::default()
        },
    );
    assert!(report.verdict().is_refused(), "{}", report.verdict());
}

#[test]
fn damage_is_told_by_the_checksum_or_the_length() {
    let whole = fixture("fletcher32.h5");
    let first = original(0);
    let at = whole
        .windows(AREA)
        .position(|window| window == first)
        .expect("chunks are stored as they are");
    let mut damaged = whole.clone();
    damaged[at + 100] ^= 1;
    let report = read("f.h5", &damaged, &Limits::default());
    assert!(
        report.verdict().to_string().contains("images cannot be read"),
        "{}",
        report.verdict()
    );

    for name in ["contiguous.h5", "gzip_shuffle.h5", "lzf.h5", "c.npy", "v110.h5"] {
        let bytes = fixture(name);
        let report = read(name, &bytes[..bytes.len() - 700], &Limits::default());
        let stated = report.verdict().to_string();
        assert!(
            report.verdict().is_refused() || stated.contains("reading stopped"),
            "{name}: {stated}"
        );
        assert!(report.galaxies().len() < N, "{name}: {stated}");
    }
}

const SEEDS: [&str; 16] = [
    "galaxy10.h5",
    "groups.h5",
    "gzip_shuffle.h5",
    "lzf_shuffle_fletcher32.h5",
    "scaleoffset.h5",
    "growing_latest.h5",
    "gzip_shuffle_latest.h5",
    "v110.h5",
    "compact.h5",
    "shapes.h5",
    "user_block.h5",
    "superblock1.h5",
    "c.npy",
    "colour_fortran.npy",
    "objects.npy",
    "records.npy",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Damaged files end in a verdict that fits their galaxies, soon and without a panic of ours.
    #[test]
    fn damaged_files_get_a_verdict(
        which in 0..SEEDS.len(),
        cut in prop::option::of(0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>(), any::<bool>()), 0..16),
    ) {
        let mut bytes = fixture(SEEDS[which]);
        for (place, byte, early) in changes {
            let reach = if early { bytes.len().min(2500) } else { bytes.len() };
            bytes[(place * reach as f64) as usize] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * bytes.len() as f64) as usize);
        }
        let limits = Limits { pixels: 1 << 20, galaxies: 100, ..Limits::default() };
        let begun = std::time::Instant::now();
        let report = read(SEEDS[which], &bytes, &limits);
        prop_assert_eq!(report.galaxies().is_empty(), report.verdict().is_refused());
        prop_assert!(!matches!(&report.verdict(), Verdict::Remarked(listed) if listed.is_empty()));
        prop_assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
