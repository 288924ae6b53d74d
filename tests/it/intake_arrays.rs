//! HDF5 of any layout and NumPy's arrays against what made them; lazily and from memory; whole, damaged and foreign.

use grove_test_support::answers;
use std::fs;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use galaxy_grove::{
    cutout::{Recipe, Tone},
    intake::{
        self, Answers, Content, FileReport, Galaxy, Limits, Picture, Question, Reading, Refusal, Source,
        Verdict, in_turn,
    },
};
use proptest::prelude::*;

const N: usize = 5;
const WIDTH: usize = 24;
const HEIGHT: usize = 20;
const AREA: usize = WIDTH * HEIGHT;

fn fixture(name: &str) -> Vec<u8> {
    grove_test_support::fixture(&format!("arrays/{name}"))
}

/// Pictures, remarks and questions.
type Decoded = (Vec<Picture>, Vec<String>, Vec<Question>);

fn decode_with(name: &str, pairs: &[(&str, &str)], limits: &Limits) -> Result<Decoded, Refusal> {
    let answers = answers(pairs);
    let mut reading = Reading::new(limits, &answers);
    match intake::decode(name, &fixture(name), &mut reading)? {
        Content::Pictures { pictures, remarks } => Ok((pictures, remarks, reading.questions)),
        Content::Set { .. } | Content::Codes(_) => panic!("{name} was taken for a set"),
    }
}

fn decode(name: &str, pairs: &[(&str, &str)]) -> Decoded {
    decode_with(name, pairs, &Limits::default()).unwrap_or_else(|refusal| panic!("{name}: {refusal}"))
}

fn refusal(name: &str) -> Refusal {
    decode_with(name, &[], &Limits::default())
        .map(|_| ())
        .unwrap_err()
}

fn read(name: &str, bytes: &[u8], limits: &Limits) -> FileReport {
    intake::read(name, bytes, &Recipe::default(), limits, &Answers::default())
}

/// The original picture `row`: grey bytes.
fn original(row: usize) -> Vec<u8> {
    fixture("bytes.u8")[row * AREA..(row + 1) * AREA].to_vec()
}

/// The original picture as intake gives it.
fn levels(row: usize) -> Vec<f32> {
    original(row).iter().map(|v| f32::from(*v) / 255.0).collect()
}

#[track_caller]
fn check_all(name: &str, pictures: &[Picture]) {
    assert_eq!(pictures.len(), N, "{name}");
    for (row, picture) in pictures.iter().enumerate() {
        assert_eq!(
            (picture.frame.width, picture.frame.height),
            (WIDTH, HEIGHT),
            "{name}"
        );
        assert_eq!(picture.frame.pixels, levels(row), "{name}: row {row}");
        assert_eq!(picture.frame.tone, Tone::Stretched, "{name}");
        assert_eq!(picture.label, Some(row.to_string()), "{name}");
    }
}

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
            (questions[0].key.as_str(), questions[0].taken),
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
    let scaled = |row: usize, scale: f32| -> Vec<f32> {
        original(row).iter().map(|v| f32::from(*v) * scale).collect()
    };
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
            ("little_i2", scaled(row, 1.0), Tone::Linear),
            ("big_i4", scaled(row, 1.0), Tone::Linear),
            ("little_i8", scaled(row, 1.0), Tone::Linear),
            ("big_u4", scaled(row, 1.0), Tone::Linear),
            ("big_u8", scaled(row, 1.0), Tone::Linear),
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

/// The colour picture `row`: red is the original, green its negative, blue its half.
fn colour(row: usize) -> [Vec<f32>; 3] {
    let of = |f: fn(u8) -> u8| {
        original(row)
            .into_iter()
            .map(|v| f32::from(f(v)) / 255.0)
            .collect()
    };
    [of(|v| v), of(|v| 255 - v), of(|v| v / 2)]
}

fn mixed(row: usize) -> Vec<f32> {
    let [r, g, b] = colour(row);
    r.iter()
        .zip(&g)
        .zip(&b)
        .map(|((r, g), b)| 0.25 * r + 0.5 * g + 0.25 * b)
        .collect()
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
        assert_eq!(questions.last().unwrap().key, "band");
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
        (band.key.as_str(), band.taken, band.options.len()),
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
fn galaxy10_works_at_once() {
    let report = read("Galaxy10_DECals.h5", &fixture("galaxy10.h5"), &Limits::default());
    assert_eq!(report.galaxies.len(), N, "{}", report.verdict);
    assert!(!report.is_set);
    let keys: Vec<&str> = report
        .questions
        .iter()
        .map(|question| question.key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["band"],
        "there is one array of images, and it is in colour"
    );
    assert!(report.questions[0].options[report.questions[0].taken].starts_with("mixed"));
    for (row, galaxy) in report.galaxies.iter().enumerate() {
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
        report.galaxies[row]
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
fn what_was_not_looked_at_is_told() {
    let (pictures, remarks, _) = decode("deep.h5", &[]);
    check_all("deep.h5", &pictures);
    assert_eq!(remarks.len(), 1);
    assert!(
        remarks[0].contains("not all of the file was looked through"),
        "{remarks:?}"
    );
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
    assert!(!report.verdict.is_refused(), "{}", report.verdict);
    assert!(
        report
            .galaxies
            .iter()
            .all(|galaxy| galaxy.image.iter().all(|v| v.is_finite()))
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
    assert_eq!(report.galaxies.len(), N, "{}", report.verdict);
    assert_eq!(report.galaxies[1].id, Some(587_722_952_230_502_870));
    // Only a piece of it is in memory as pictures, as with an NPY file: more pixels than a picture may have are no matter.
    let few = Limits {
        pixels: 2 * AREA,
        ..Limits::default()
    };
    assert_eq!(read("set.npz", &bytes, &few).galaxies.len(), N);
}

#[test]
fn what_is_no_picture_is_refused_by_name() {
    for (name, words) in [
        ("only_table.h5", "it holds names (2) text, redshift (9) float64"),
        ("empty.h5", "is empty"),
        ("no_rows.h5", "0 rows"),
        ("keras.h5", "Keras model"),
        ("records.h5", "images (5, 20, 24) records"),
        ("blosc.h5", "compressed with Blosc (HDF5 filter 32001)"),
        ("objects.npy", "pickle"),
        ("records.npy", "records"),
    ] {
        let refusal = refusal(name);
        assert!(refusal.reason.contains(words), "{name}: {refusal}");
        assert!(refusal.remedy.len() > 10, "{name}: {refusal}");
        let report = read(name, &fixture(name), &Limits::default());
        assert!(
            report.verdict.to_string().contains(words),
            "{name}: {}",
            report.verdict
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
        assert_eq!(read(name, &fixture(name), &few).galaxies.len(), N, "{name}");
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
    assert!(report.verdict.is_refused(), "{}", report.verdict);
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
        report.verdict.to_string().contains("images cannot be read"),
        "{}",
        report.verdict
    );

    for name in ["contiguous.h5", "gzip_shuffle.h5", "lzf.h5", "c.npy", "v110.h5"] {
        let bytes = fixture(name);
        let report = read(name, &bytes[..bytes.len() - 700], &Limits::default());
        let said = report.verdict.to_string();
        assert!(
            report.verdict.is_refused() || said.contains("reading stopped"),
            "{name}: {said}"
        );
        assert!(report.galaxies.len() < N, "{name}: {said}");
    }
}

/// A source that counts what is read of it, and can fail behind a place.
struct Counted {
    bytes: Vec<u8>,
    read: AtomicU64,
    broken_from: u64,
}

impl Counted {
    fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self {
            broken_from: bytes.len() as u64,
            bytes,
            read: AtomicU64::new(0),
        })
    }
}

impl Source for Counted {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        self.read.fetch_add(into.len() as u64, Ordering::Relaxed);
        if offset + into.len() as u64 > self.broken_from {
            return Err(Refusal::new("the disk was pulled out", "put it back"));
        }
        self.bytes.read_at(offset, into)
    }
}

fn lazily(source: Arc<dyn Source>, limits: &Limits, answers: &Answers) -> (FileReport, Vec<Galaxy>) {
    let mut galaxies = Vec::new();
    let mut keep = |galaxy| {
        galaxies.push(galaxy);
        ControlFlow::Continue(())
    };
    let report = intake::read_lazy(
        "f.h5",
        source,
        &Recipe::default(),
        limits,
        answers,
        &in_turn,
        &mut keep,
    );
    (report, galaxies)
}

#[test]
fn lazily_and_from_memory_are_the_same() {
    let reference = fs::read(grove_test_support::root().join("tests/fixtures/intake/chunked.hdf5"));
    for (name, bytes) in [
        ("galaxy10.h5", fixture("galaxy10.h5")),
        ("many.h5", fixture("many.h5")),
        ("only_table.h5", fixture("only_table.h5")),
        ("chunked.hdf5", reference.unwrap()),
    ] {
        let limits = Limits {
            galaxies: 50,
            preview: 16,
            ..Limits::default()
        };
        let report = read("f.h5", &bytes, &limits);
        let (lazy, galaxies) = lazily(Arc::new(bytes), &limits, &Answers::default());
        assert_eq!(galaxies, report.galaxies, "{name}");
        assert_eq!(FileReport { galaxies, ..lazy }, report, "{name}");
    }
}

/// A fixture with `gap` bytes of nothing behind it: a file of that size, of which nothing but the fixture is needed.
struct Long(Arc<Counted>, u64);

impl Source for Long {
    fn len(&self) -> u64 {
        self.0.len() + self.1
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        let end = offset + into.len() as u64;
        if end <= self.0.len() {
            return self.0.read_at(offset, into);
        }
        into.fill(0);
        let there = usize::try_from(self.0.len().saturating_sub(offset)).unwrap();
        match into.get_mut(..there) {
            Some(part) if there > 0 => self.0.read_at(offset, part),
            _ => Ok(()),
        }
    }
}

#[test]
fn two_rows_do_not_cost_the_whole_file() {
    // A few kB of images at the beginning of a file that is 3 GB long.
    let small = fixture("contiguous.h5");
    let counted = Counted::new(small.clone());
    let (report, galaxies) = lazily(
        Arc::new(Long(counted.clone(), 3 << 30)),
        &Limits::default(),
        &Answers::default(),
    );
    assert_eq!(galaxies.len(), N, "{}", report.verdict);
    let read = counted.read.load(Ordering::Relaxed);
    assert!(read <= 3 * small.len() as u64, "{read}");

    // Rows of their own: what is read is what is asked for, whatever stands between.
    let big = Big::new(20_000);
    let limits = Limits {
        take: Some(2),
        ..Limits::default()
    };
    let (report, galaxies) = lazily(big.clone(), &limits, &Answers::default());
    assert_eq!(galaxies.len(), 2, "{}", report.verdict);
    assert!(big.len() > 3 << 30, "{}", big.len());
    let read = big.read.load(Ordering::Relaxed);
    assert!(read < 2 << 20, "{read} bytes of {} for two rows", big.len());

    // A random sample of 30 from a thousand times as many.
    let limits = Limits {
        galaxies: 30,
        ..Limits::default()
    };
    let (report, galaxies) = lazily(big.clone(), &limits, &Answers::default());
    assert_eq!(galaxies.len(), 30);
    assert!(
        report
            .verdict
            .to_string()
            .contains("a random sample of 30 (seed 0) of 20,000 galaxies"),
        "{}",
        report.verdict
    );
    let read = big.read.load(Ordering::Relaxed) - read;
    assert!(read < 50 << 20, "{read} bytes of {} for 30 rows", big.len());
}

/// An HDF5 file of `count` contiguous pictures of 420 x 420 bytes, made as it is read: `head` is the small fixture's
/// metadata with another shape, and every picture is a disc.
struct Big {
    head: Vec<u8>,
    data: u64,
    length: u64,
    read: AtomicU64,
}

impl Big {
    const SIDE: u64 = 420;

    fn new(count: u64) -> Arc<Self> {
        let mut head = fixture("contiguous.h5");
        let old: Vec<u8> = [N as u64, HEIGHT as u64, WIDTH as u64]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let new: Vec<u8> = [count, Self::SIDE, Self::SIDE]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let at = head
            .windows(old.len())
            .position(|window| window == old)
            .expect("the shape");
        head[at..at + new.len()].copy_from_slice(&new);
        let first = original(0);
        let data = head
            .windows(AREA)
            .position(|window| window == first)
            .expect("the pixels") as u64;
        // The layout message holds the address and the size of the pixels; the superblock the end of the file.
        let size = count * Self::SIDE * Self::SIDE;
        let layout: Vec<u8> = [data, (N * AREA) as u64]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let at = head
            .windows(16)
            .position(|window| window == layout)
            .expect("the layout");
        head[at + 8..at + 16].copy_from_slice(&size.to_le_bytes());
        head.truncate(data as usize);
        Arc::new(Self {
            head,
            data,
            length: data + size,
            read: AtomicU64::new(0),
        })
    }
}

impl Source for Big {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        self.read.fetch_add(into.len() as u64, Ordering::Relaxed);
        for (at, byte) in (offset..).zip(into) {
            *byte = match at.checked_sub(self.data) {
                None => self.head[at as usize],
                Some(pixel) => {
                    let (x, y) = (pixel % Self::SIDE, pixel / Self::SIDE % Self::SIDE);
                    let (x, y) = (x as i64 - 210, y as i64 - 210);
                    u8::try_from((200 - (x * x + y * y) / 32).max(0)).unwrap()
                }
            };
        }
        Ok(())
    }
}

#[test]
fn a_sample_is_the_same_rows_everywhere() {
    let limits = Limits {
        galaxies: 20,
        ..Limits::default()
    };
    let (report, galaxies) = lazily(Counted::new(fixture("many.h5")), &limits, &Answers::default());
    let rows: Vec<i64> = galaxies
        .iter()
        .map(|galaxy| galaxy.id.unwrap() - 1_000_000)
        .collect();
    assert_eq!(rows.len(), 20, "{}", report.verdict);
    assert!(rows.is_sorted() && rows[0] != 0);
    for (row, galaxy) in rows.iter().zip(&galaxies) {
        assert_eq!(galaxy.name, format!("f.h5[{row}]"), "ids go with their rows");
    }
    let question = report
        .questions
        .iter()
        .find(|question| question.key == "sample")
        .unwrap();
    assert_eq!(question.options[1], "the first 20");
    assert!(
        report.verdict.to_string().contains("grove convert"),
        "{}",
        report.verdict
    );
    let (_, first) = lazily(
        Counted::new(fixture("many.h5")),
        &limits,
        &answers(&[("sample", "2")]),
    );
    let ids: Vec<i64> = first.iter().map(|galaxy| galaxy.id.unwrap()).collect();
    assert_eq!(ids, (1_000_000..1_000_020).collect::<Vec<i64>>());
    // The same from memory.
    assert_eq!(read("f.h5", &fixture("many.h5"), &limits).galaxies, galaxies);
}

#[test]
fn a_file_that_breaks_half_way_keeps_what_it_gave() {
    // A little larger than one block of the cache, so that the end of it is read late.
    let bytes = fixture("many.h5");
    let source = Arc::new(Counted {
        broken_from: 40_000,
        read: AtomicU64::new(0),
        bytes,
    });
    let (report, galaxies) = lazily(source, &Limits::default(), &Answers::default());
    assert!(galaxies.is_empty());
    assert!(
        report.verdict.to_string().contains("the disk was pulled out"),
        "{}",
        report.verdict
    );

    let mut seen = 0;
    let mut two = |_| {
        seen += 1;
        if seen == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let (limits, none) = (Limits::default(), Answers::default());
    let source = Arc::new(fixture("many.h5"));
    let report = intake::read_lazy(
        "f.h5",
        source,
        &Recipe::default(),
        &limits,
        &none,
        &in_turn,
        &mut two,
    );
    assert_eq!(seen, 2);
    assert!(!report.verdict.is_refused());
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
        prop_assert_eq!(report.galaxies.is_empty(), report.verdict.is_refused());
        prop_assert!(!matches!(&report.verdict, Verdict::Remarked(told) if told.is_empty()));
        prop_assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
