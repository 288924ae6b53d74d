//! Headers that lie, and bytes that were changed.

use super::common::unpacked;
use galaxy_grove::intake::{Content, Limits, Reading, decode};
use proptest::prelude::*;

/// Cards that lie about sizes, in the place of honest ones.
#[test]
fn lying_headers_cost_nothing() {
    let huge = [
        "9223372036854775807",
        "-7",
        "4000000000",
        "0",
        "99999999999999999999",
    ];
    for name in [
        "rice_1_none",
        "rice_cube",
        "grz",
        "table_images",
        "table_arrays",
        "codes_k",
        "plio_i32",
    ] {
        let whole = unpacked(&format!("{name}.fits"));
        for key in [
            "NAXIS", "NAXIS1", "NAXIS2", "NAXIS3", "ZNAXIS", "ZNAXIS1", "ZNAXIS2", "ZNAXIS3", "ZTILE1",
            "ZTILE2", "PCOUNT", "GCOUNT", "TFIELDS", "THEAP", "BITPIX", "ZBITPIX", "ZVAL1", "ZVAL2",
        ] {
            let card = format!("{key:<8}= ");
            let places = whole.chunks_exact(80).enumerate();
            for (at, _) in places.filter(|(_, found)| found.starts_with(card.as_bytes())) {
                for value in huge {
                    let mut bytes = whole.clone();
                    let lie = format!("{card}{value:>20}");
                    bytes[at * 80..at * 80 + lie.len()].copy_from_slice(lie.as_bytes());
                    verdict_of(&bytes);
                }
            }
        }
    }
}

/// Reads with narrow limits, without the net that catches panics; whatever comes keeps to the limits.
fn verdict_of(bytes: &[u8]) {
    let limits = Limits {
        pixels: 1 << 14,
        galaxies: 100,
        expanded: 1 << 22,
        ..Limits::default()
    };
    let answers = grove_test_support::answers(&[]);
    let mut reading = Reading::new(&limits, &answers);
    match decode("damaged", bytes, &mut reading) {
        Ok(Content::Pictures { pictures, .. }) => {
            assert!(!pictures.is_empty());
            for picture in pictures {
                let frame = picture.frame;
                assert_eq!(frame.pixels.len(), frame.width * frame.height);
                assert!(frame.pixels.len() <= limits.pixels);
                assert!(frame.pixels.iter().all(|v| !v.is_infinite()));
            }
        }
        Ok(Content::Codes(codes)) => assert_eq!(codes.codes.len(), codes.width() * codes.ids.len()),
        Ok(Content::Set { .. } | Content::Vectors(_)) => panic!("FITS holds no sets"),
        Err(refusal) => assert!(
            !refusal.reason.contains("did not expect"),
            "a decoder panicked: {refusal}"
        ),
    }
}

/// Fixtures to be damaged: one of every way of reading.
const SEEDS: [&str; 14] = [
    "rice_1_dither1",
    "gzip_2_none",
    "hcompress_i16_30_1",
    "hcompress_1_dither2",
    "plio_i16",
    "nocompress_i16",
    "rice_cube",
    "grz",
    "sci_err_dq",
    "table_images",
    "table_arrays",
    "table_cubes",
    "codes_b",
    "wcs_cd",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: ProptestConfig::default().cases.max(400), ..ProptestConfig::default() })]

    #[test]
    fn damaged_fits_is_refused_or_read(
        which in 0..SEEDS.len(),
        cut in prop::option::weighted(0.2, 0.0f64..1.0),
        changes in prop::collection::vec((0.0f64..1.0, any::<u8>(), any::<bool>()), 1..20),
    ) {
        let mut bytes = unpacked(&format!("{}.fits", SEEDS[which]));
        let length = bytes.len();
        for (place, byte, digit) in changes {
            // Half of the changes put digits where digits are: other sizes, other offsets.
            if digit {
                let start = (place * length as f64) as usize;
                let found = (start..length).find(|at| bytes[*at].is_ascii_digit());
                if let Some(at) = found {
                    bytes[at] = b'0' + byte % 10;
                }
            } else {
                bytes[(place * length as f64) as usize] = byte;
            }
        }
        if let Some(cut) = cut {
            bytes.truncate((cut * length as f64) as usize);
        }
        verdict_of(&bytes);
    }

    #[test]
    fn cards_of_garbage_are_refused(text in "[ -~]{0,400}") {
        let mut bytes = b"SIMPLE  =                    T".to_vec();
        bytes.resize(80, b' ');
        bytes.extend(text.as_bytes());
        bytes.resize(2880, b' ');
        verdict_of(&bytes);
        bytes[2800..2803].copy_from_slice(b"END");
        verdict_of(&bytes);
    }
}
