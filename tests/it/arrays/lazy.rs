//! Files of any size, read where they are asked for.

use super::common::{AREA, HEIGHT, N, WIDTH, fixture, original, read};
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, FileReport, Galaxy, Limits, ReadAt, Refusal, in_turn};
use grove_test_support::answers;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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

impl ReadAt for Counted {
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

fn lazily(source: Arc<dyn ReadAt>, limits: &Limits, answers: &Answers) -> (FileReport, Vec<Galaxy>) {
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
    let reference = grove_test_support::fixture("intake/chunked.hdf5");
    for (name, bytes) in [
        ("galaxy10.h5", fixture("galaxy10.h5")),
        ("many.h5", fixture("many.h5")),
        ("only_table.h5", fixture("only_table.h5")),
        ("chunked.hdf5", reference),
    ] {
        let limits = Limits {
            galaxies: 50,
            preview: 16,
            ..Limits::default()
        };
        let report = read("f.h5", &bytes, &limits);
        let (lazy, galaxies) = lazily(Arc::new(bytes), &limits, &Answers::default());
        assert_eq!(galaxies, report.galaxies(), "{name}");
        assert_eq!(lazy.with(galaxies), report, "{name}");
    }
}

/// A fixture with `gap` bytes of nothing behind it: a file of that size, of which nothing but the fixture is needed.
struct Long(Arc<Counted>, u64);

impl ReadAt for Long {
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
    assert_eq!(galaxies.len(), N, "{}", report.verdict());
    let read = counted.read.load(Ordering::Relaxed);
    assert!(read <= 3 * small.len() as u64, "{read}");

    // Rows of their own: what is read is what is asked for, whatever stands between.
    let big = Big::new(20_000);
    let limits = Limits {
        take: Some(2),
        ..Limits::default()
    };
    let (report, galaxies) = lazily(big.clone(), &limits, &Answers::default());
    assert_eq!(galaxies.len(), 2, "{}", report.verdict());
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
            .verdict()
            .to_string()
            .contains("a random sample of 30 (seed 0) of 20,000 galaxies"),
        "{}",
        report.verdict()
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

impl ReadAt for Big {
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
    assert_eq!(rows.len(), 20, "{}", report.verdict());
    assert!(rows.is_sorted() && rows[0] != 0);
    for (row, galaxy) in rows.iter().zip(&galaxies) {
        assert_eq!(galaxy.name, format!("f.h5[{row}]"), "ids go with their rows");
    }
    let question = report
        .questions
        .iter()
        .find(|question| question.key.to_string() == "sample")
        .unwrap();
    assert_eq!(question.options[1], "the first 20");
    assert!(
        report.verdict().to_string().contains("grove convert"),
        "{}",
        report.verdict()
    );
    let (_, first) = lazily(
        Counted::new(fixture("many.h5")),
        &limits,
        &answers(&[("sample", "2")]),
    );
    let ids: Vec<i64> = first.iter().map(|galaxy| galaxy.id.unwrap()).collect();
    assert_eq!(ids, (1_000_000..1_000_020).collect::<Vec<i64>>());
    // The same from memory.
    assert_eq!(read("f.h5", &fixture("many.h5"), &limits).galaxies(), galaxies);
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
        report.verdict().to_string().contains("the disk was pulled out"),
        "{}",
        report.verdict()
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
    assert!(!report.verdict().is_refused());
}
