//! Every way of storing pixels, every type, every shape.

use super::common::{
    AREA, N, WIDTH, check_all, colour, decode, decode_with, fixture, levels, mixed, original, read,
};
use galaxy_grove::cutout::Tone;
use galaxy_grove::intake::Limits;

#[test]
fn every_way_of_storing_gives_the_same_pixels() {
    for name in [
        "contiguous.h5",
        "gzip_shuffle.h5",
        "fletcher32.h5",
        "lzf.h5",
        "lzf_shuffle_fletcher32.h5",
        "scaleoffset.h5",
        "edge_chunks.h5",
        "growing.h5",
        "gzip_shuffle_latest.h5",
        "growing_latest.h5",
        "contiguous_latest.h5",
        "v108.h5",
        "v110.h5",
        "user_block.h5",
        "superblock1.h5",
        "compact.h5",
        "c.npy",
        "fortran.npy",
    ] {
        let (pictures, remarks, questions) = decode(name, &[]);
        check_all(name, &pictures);
        assert_eq!(remarks, Vec::<String>::new(), "{name}");
        // Five pictures could be five bands of one.
        assert_eq!(questions.len(), 1, "{name}");
        assert_eq!(
            (&*questions[0].key.to_string(), questions[0].taken),
            ("layout", 0),
            "{name}"
        );
        let (one, ..) = decode(name, &[("layout", "2"), ("band", "2")]);
        assert_eq!((one.len(), &one[0].frame.pixels), (1, &levels(1)), "{name}");
    }
    let versions = [
        ("contiguous.h5", 0),
        ("superblock1.h5", 1),
        ("v108.h5", 2),
        ("v110.h5", 3),
    ];
    for (name, version) in versions {
        assert_eq!(
            fixture(name)[8],
            version,
            "{name} tests the superblock that it says"
        );
    }
}

#[test]
fn every_type_and_byte_order() {
    let half = |row: usize| -> Vec<f32> {
        let halves = original(row)
            .into_iter()
            .map(|v| half::f16::from_f64(f64::from(v) / 255.0).to_f32());
        halves.collect()
    };
    let double = |row: usize| -> Vec<f32> {
        original(row)
            .into_iter()
            .map(|v| (f64::from(v) / 255.0) as f32)
            .collect()
    };
    for row in 0..2 {
        let halved: Vec<f32> = original(row).iter().map(|v| f32::from(v / 2)).collect();
        let flag: Vec<f32> = original(row)
            .iter()
            .map(|v| f32::from(u8::from(*v > 100)))
            .collect();
        let cases = [
            ("u1", levels(row), Tone::Stretched),
            ("little_u2", levels(row), Tone::Stretched),
            ("big_u2", levels(row), Tone::Stretched),
            ("i1", halved, Tone::Linear),
            ("little_i2", levels(row), Tone::Stretched),
            ("big_i4", levels(row), Tone::Stretched),
            ("little_i8", levels(row), Tone::Stretched),
            ("big_u4", levels(row), Tone::Stretched),
            ("big_u8", levels(row), Tone::Stretched),
            ("little_f2", half(row), Tone::Stretched),
            ("big_f2", half(row), Tone::Stretched),
            ("little_f4", double(row), Tone::Stretched),
            ("big_f4", double(row), Tone::Stretched),
            ("little_f8", double(row), Tone::Stretched),
            ("big_f8", double(row), Tone::Stretched),
            ("flag", flag, Tone::Stretched),
        ];
        for (dataset, wanted, tone) in cases {
            let (pictures, ..) = decode("types.h5", &[("dataset", dataset)]);
            assert_eq!(pictures.len(), 2);
            let frame = &pictures[row].frame;
            assert_eq!(frame.pixels.len(), AREA);
            let worst = frame
                .pixels
                .iter()
                .zip(&wanted)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            // 16-bit words: v * 257 / 65535 is v / 255 but for rounding. All others are equal.
            let bound = if dataset.ends_with("_u2") { 6e-8 } else { 0.0 };
            assert!(worst <= bound, "{dataset}: {worst}");
            assert_eq!(frame.tone, tone, "{dataset}");
        }
    }
    for (name, wanted) in [("big_f8.npy", double(3)), ("half.npy", half(3))] {
        let (pictures, ..) = decode(name, &[]);
        assert_eq!(pictures[3].frame.pixels, wanted, "{name}");
    }
    let (pictures, ..) = decode("bool.npy", &[]);
    let flag: Vec<f32> = original(1)
        .iter()
        .map(|v| f32::from(u8::from(*v > 100)))
        .collect();
    assert_eq!(pictures[1].frame.pixels, flag);
}

#[test]
fn every_shape_is_a_picture() {
    for dataset in ["channels_last", "channels_first"] {
        let (pictures, _, questions) = decode("shapes.h5", &[("dataset", dataset)]);
        assert_eq!(pictures.len(), N, "{dataset}");
        assert_eq!(
            pictures[4].frame.pixels,
            mixed(4),
            "{dataset}: colour is mixed by default"
        );
        assert_eq!(questions.last().unwrap().key.to_string(), "band");
        for band in 0..3 {
            let number = format!("{}", band + 1);
            let (pictures, ..) = decode("shapes.h5", &[("dataset", dataset), ("band", &number)]);
            assert_eq!(
                pictures[2].frame.pixels,
                colour(2)[band],
                "{dataset}, band {number}"
            );
        }
    }
    let (pictures, _, questions) = decode("shapes.h5", &[("dataset", "five_bands")]);
    let third: Vec<f32> = original(1).iter().map(|v| f32::from(v / 3) / 255.0).collect();
    assert_eq!(pictures[1].frame.pixels, third, "of five bands the middle one");
    let band = questions.last().unwrap();
    assert_eq!(
        (&*band.key.to_string(), band.taken, band.options.len()),
        ("band", 2, 5)
    );

    check_all("one_band", &decode("shapes.h5", &[("dataset", "one_band")]).0);
    for (name, pairs) in [("shapes.h5", &[("dataset", "lone")][..]), ("lone.npy", &[])] {
        let (pictures, ..) = decode(name, pairs);
        assert_eq!(pictures.len(), 1, "{name}");
        assert_eq!(pictures[0].frame.pixels, levels(0), "{name}");
        assert_eq!(pictures[0].label, None, "the only picture needs no number");
    }
    let (pictures, ..) = decode("shapes.h5", &[("dataset", "lone_colour")]);
    assert_eq!(pictures[0].frame.pixels, mixed(0));
    let (pictures, ..) = decode("shapes.h5", &[("dataset", "flat")]);
    let corner: Vec<f32> = levels(3)
        .chunks(WIDTH)
        .take(16)
        .flat_map(|line| line[..16].to_vec())
        .collect();
    assert_eq!(
        pictures[3].frame.pixels, corner,
        "rows of 256 numbers are 16 x 16"
    );
    for name in ["colour.npy", "colour_fortran.npy"] {
        let (pictures, ..) = decode(name, &[]);
        assert_eq!(pictures[2].frame.pixels, mixed(2), "{name}");
    }
    let limits = Limits::default();
    let wrong = decode_with("shapes.h5", &[("dataset", "spectra")], &limits).unwrap_err();
    assert!(wrong.reason.contains("`spectra` is no answer"), "{wrong}");
    let wrong = decode_with("shapes.h5", &[("dataset", "five_bands"), ("band", "6")], &limits).unwrap_err();
    assert!(wrong.remedy.contains("band 5"), "{wrong}");
}

#[test]
fn flux_and_missing_values_are_told() {
    let (pictures, remarks, _) = decode("flux.h5", &[]);
    assert!(pictures.iter().all(|picture| picture.frame.tone == Tone::Linear));
    assert_eq!(remarks.len(), 1, "said once, not five times: {remarks:?}");
    assert!(remarks[0].contains("taken as flux"), "{remarks:?}");
    let wanted: Vec<f32> = original(1).iter().map(|v| f32::from(*v) * 3.0).collect();
    assert_eq!(pictures[1].frame.pixels, wanted);
    assert!(pictures[0].frame.pixels[0].is_nan());
    let report = read("flux.h5", &fixture("flux.h5"), &Limits::default());
    assert!(!report.verdict().is_refused(), "{}", report.verdict());
    assert!(
        report
            .galaxies()
            .iter()
            .all(|galaxy| galaxy.image.iter().all(|v| v.is_finite()))
    );
}
