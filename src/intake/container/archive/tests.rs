//! Archives made in memory: what is visited, what is refused, and where it ends.

use std::io::{Cursor, Write};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::limits::Limits;
use crate::refusal::Refusal;
use std::ops::ControlFlow;

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

type Seen = Vec<(String, Result<Vec<u8>, String>)>;

fn seen(bytes: &[u8], limits: &Limits) -> (Seen, Result<(), Refusal>) {
    let mut seen = Vec::new();
    let outcome = walk("set", bytes, limits, &mut |path, content| {
        seen.push((
            path.to_owned(),
            content.map(<[u8]>::to_vec).map_err(|refusal| refusal.reason),
        ));
        ControlFlow::Continue(())
    });
    (seen, outcome)
}

fn ok(path: &str, content: &[u8]) -> (String, Result<Vec<u8>, String>) {
    (path.to_owned(), Ok(content.to_vec()))
}

#[test]
fn members_are_visited_in_order() {
    let members: [(&str, &[u8]); 3] = [("a/x.png", b"one"), ("y.fits", b"two"), ("a/empty", b"")];
    let tar = tar_of(&members);
    for archive in [zip_of(&members), gzip(&tar), tar] {
        let (seen, outcome) = seen(&archive, &Limits::default());
        outcome.unwrap();
        assert_eq!(
            seen,
            [
                ok("set/a/x.png", b"one"),
                ok("set/y.fits", b"two"),
                ok("set/a/empty", b"")
            ]
        );
    }
}

#[test]
fn notes_of_systems_are_passed_over_and_names_are_harmless() {
    let archive = zip_of(&[
        ("__MACOSX/._x.png", b"a"),
        (".DS_Store", b"b"),
        ("../../etc/x.png", b"c"),
        ("/abs.png", b"d"),
    ]);
    let (seen, outcome) = seen(&archive, &Limits::default());
    outcome.unwrap();
    assert_eq!(seen, [ok("set/etc/x.png", b"c"), ok("set/abs.png", b"d")]);
}

#[test]
fn archives_are_nested_up_to_the_limit() {
    let mut archive = zip_of(&[("x.png", b"pixels")]);
    for level in 0..2 {
        archive = gzip(&tar_of(&[
            (&format!("{level}.zip"), &archive),
            ("beside.txt", b"t"),
        ]));
    }
    let (seen_all, outcome) = seen(&archive, &Limits::default());
    outcome.unwrap();
    assert_eq!(
        seen_all,
        [
            ok("set/1.zip/0.zip/x.png", b"pixels"),
            ok("set/1.zip/beside.txt", b"t"),
            ok("set/beside.txt", b"t")
        ]
    );
    let shallow = Limits {
        nesting: 2,
        ..Limits::default()
    };
    let (seen_few, outcome) = seen(&archive, &shallow);
    outcome.unwrap();
    assert_eq!(seen_few.len(), 3);
    assert_eq!(seen_few[0].0, "set/1.zip/0.zip");
    assert!(
        seen_few[0].1.as_ref().unwrap_err().contains("inside 2 archives"),
        "{seen_few:?}"
    );
}

#[test]
fn a_bomb_ends() {
    let zeros = vec![0; 1 << 20];
    let many: Vec<(String, &[u8])> = (0..40).map(|at| (format!("{at}.fits"), &zeros[..])).collect();
    let many: Vec<(&str, &[u8])> = many
        .iter()
        .map(|(name, content)| (name.as_str(), *content))
        .collect();
    let tar = tar_of(&many);
    for (archive, nested) in [
        (zip_of(&many), false),
        (gzip(&tar), false),
        (zip_of(&[("inner.tar.gz", &gzip(&tar))]), true),
    ] {
        assert!(archive.len() < 200_000);
        let (members, outcome) = seen(&archive, &Limits::default());
        // 16 MiB and 200 times less than 100 kB, then it ends.
        let total: usize = members
            .iter()
            .map(|(_, content)| content.as_ref().unwrap().len())
            .sum();
        assert!(total <= (16 << 20) + 200 * archive.len(), "{total}");
        assert!(
            outcome.unwrap_err().reason.contains("200 times its size"),
            "{nested}"
        );
        assert!(!members.is_empty());
        let small = Limits {
            expanded: 3 << 20,
            ..Limits::default()
        };
        let (members, outcome) = seen(&archive, &small);
        assert!(members.len() <= 3);
        assert!(outcome.unwrap_err().reason.contains("more than 3.1 MB"));
    }
}

#[test]
fn entries_are_counted_before_they_are_read() {
    let members: Vec<(String, &[u8])> = (0..20).map(|at| (format!("{at}.png"), &b"x"[..])).collect();
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, content)| (name.as_str(), *content))
        .collect();
    let few = Limits {
        members: 19,
        ..Limits::default()
    };
    let (seen_zip, outcome) = seen(&zip_of(&members), &few);
    assert!(seen_zip.is_empty(), "a ZIP says how many it has");
    assert!(outcome.unwrap_err().reason.contains("more than 19 entries"));
    let (seen_tar, outcome) = seen(&tar_of(&members), &few);
    assert_eq!(seen_tar.len(), 19);
    assert!(outcome.is_err());
    let enough = Limits {
        members: 20,
        ..Limits::default()
    };
    assert_eq!(seen(&zip_of(&members), &enough).0.len(), 20);
}

#[test]
fn a_damaged_member_does_not_stop_the_others() {
    let noise: Vec<u8> = (0..4000u32).map(|v| ((v * v * 7) >> 5) as u8).collect();
    let whole = zip_of(&[("a.png", b"one"), ("b.png", &noise), ("c.png", b"three")]);
    let at = whole.windows(5).position(|window| window == b"b.png").unwrap();
    let mut damaged = whole.clone();
    for byte in &mut damaged[at + 300..at + 340] {
        *byte ^= 0x5a;
    }
    let (members, outcome) = seen(&damaged, &Limits::default());
    outcome.unwrap();
    assert_eq!(members.len(), 3);
    assert!(members[0].1.is_ok() && members[2].1.is_ok());
    assert!(
        members[1].1.as_ref().unwrap_err().contains("damaged"),
        "{members:?}"
    );
    // A cut ZIP has lost its directory; a cut tar gives what comes before the cut.
    let (members, outcome) = seen(&whole[..whole.len() - 40], &Limits::default());
    assert!(members.is_empty());
    assert!(outcome.unwrap_err().reason.contains("cut short"));
    let tar = tar_of(&[("a.png", b"one"), ("b.png", &noise)]);
    for archive in [&tar[..1536 + 2000], &gzip(&tar[..1536 + 2000])] {
        let (members, _) = seen(archive, &Limits::default());
        assert_eq!(members[0], ok("set/a.png", b"one"));
        assert!(members[1].1.is_err(), "{members:?}");
    }
}

#[test]
fn empty_and_foreign_archives_are_refused() {
    let (_, outcome) = seen(&zip_of(&[]), &Limits::default());
    assert!(outcome.unwrap_err().reason.contains("no file"));
    let (_, outcome) = seen(&zip_of(&[("__MACOSX/x", b"a")]), &Limits::default());
    assert!(outcome.unwrap_err().reason.contains("no file"));
    let (_, outcome) = seen(b"hello", &Limits::default());
    assert!(outcome.unwrap_err().reason.contains("not an archive"));
    // An empty archive inside another is that member's fault alone.
    let (members, outcome) = seen(
        &zip_of(&[("e.zip", &zip_of(&[])), ("x.png", b"p")]),
        &Limits::default(),
    );
    outcome.unwrap();
    assert_eq!(members.len(), 2);
    assert!(members[0].1.is_err() && members[1].1.is_ok());
}

#[test]
fn the_visitor_can_stop() {
    let mut count = 0;
    walk(
        "set",
        &zip_of(&[("a", b"1"), ("b", b"2")]),
        &Limits::default(),
        &mut |_, _| {
            count += 1;
            ControlFlow::Break(())
        },
    )
    .unwrap();
    assert_eq!(count, 1);
}

#[test]
fn numpy_archives_are_files() {
    let npz = zip_of(&[("images.npy", b"one"), ("ids.npy", b"two")]);
    assert!(!is_archive(&npz));
    assert_eq!(
        members(&npz, &Limits::default()).unwrap(),
        [
            ("images.npy".to_owned(), b"one".to_vec()),
            ("ids.npy".to_owned(), b"two".to_vec())
        ]
    );
    assert!(members(b"PK\x03\x04", &Limits::default()).is_err());
}

#[test]
fn a_tar_of_hdf5_files_is_a_tar() {
    // The members' signatures stand where that of a file with a user block would.
    let hdf5 = [b"\x89HDF\r\n\x1a\n".as_slice(), &[0; 100]].concat();
    let tar = tar_of(&[("a.h5", &hdf5), ("b.h5", &hdf5)]);
    assert_eq!(
        crate::intake::kind::Kind::detect(&tar),
        Ok(crate::intake::kind::Kind::Tar)
    );
    assert!(!crate::intake::source::reads_lazily(&tar));
    let (seen, outcome) = seen(&tar, &Limits::default());
    outcome.unwrap();
    assert_eq!(seen, [ok("set/a.h5", &hdf5), ok("set/b.h5", &hdf5)]);
}
