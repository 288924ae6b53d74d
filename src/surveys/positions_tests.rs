//! What was pasted and what it means.

use super::*;
use proptest::prelude::*;

/// The whirlpool, in degrees.
const M51: (f64, f64) = (202.469_583_333, 47.195_277_777);

fn one(line: &str) -> Target {
    let lines = read_targets(line).unwrap();
    assert_eq!(lines.len(), 1, "{line}");
    lines[0]
        .outcome
        .clone()
        .unwrap_or_else(|refusal| panic!("{line}: {refusal}"))
}

fn refused(line: &str) -> Refusal {
    let lines = read_targets(line).unwrap();
    assert_eq!(lines.len(), 1, "{line}");
    lines[0].outcome.clone().expect_err(line)
}

fn at(target: &Target) -> Position {
    match &target.place {
        Place::At(position) => *position,
        Place::Name(name) => panic!("{name} is a name"),
    }
}

#[test]
fn positions_are_read_in_every_usual_form() {
    for line in [
        "202.469583333 47.195277777",
        "202.469583333, +47.195277777",
        "202.469583333d 47.195277777d",
        "13:29:52.7 +47:11:43",
        "13:29:52.7+47:11:43",
        "13 29 52.7 +47 11 43",
        "13 29 52.7 47 11 43",
        "13h29m52.7s +47d11m43s",
        "13h29m52.7s+47d11m43s",
        "13h 29m 52.7s +47d 11m 43s",
        "13h 29m 52.7s, +47° 11' 43\"",
        "13h29m52.7s +47°11′43″",
    ] {
        let target = one(line);
        let position = at(&target);
        assert!(
            (position.ra - M51.0).abs() < 1e-8 && (position.dec - M51.1).abs() < 1e-8,
            "{line}: {position:?}"
        );
        assert_eq!(
            (target.label.as_str(), target.diameter),
            ("202.4696+47.1953", None),
            "{line}"
        );
    }
    assert!(
        (at(&one("00:42:44.3 -00:30:00")).dec + 0.5).abs() < 1e-12,
        "minus zero degrees"
    );
    assert_eq!(at(&one("360 0")), Position { ra: 0.0, dec: 0.0 });
    assert!(
        (at(&one("10.5 \u{2212}41.2")).dec + 41.2).abs() < 1e-12,
        "a typographer's minus"
    );
}

#[test]
fn sizes_and_labels_may_follow() {
    for (line, label, diameter) in [
        ("202.47 47.195 11.2'", "202.4700+47.1950", Some(11.2)),
        ("202.47 47.195 5m Whirlpool", "Whirlpool", Some(5.0)),
        ("202.47, 47.195, 30s, M 51", "M 51", Some(0.5)),
        ("202.47 47.195 M 51 0.1d", "M 51", Some(6.0)),
        ("202.47 47.195 11 arcmin M 51", "M 51", Some(11.0)),
        ("13:29:52.7 +47:11:43 M51", "M51", None),
        ("M 51, 202.47, 47.195, 11'", "M 51", Some(11.0)),
        ("NGC 5194 13:29:52.7 +47:11:43", "NGC 5194", None),
    ] {
        let target = one(line);
        assert!((at(&target).ra - 202.47).abs() < 0.001, "{line}");
        assert_eq!(
            (target.label.as_str(), target.diameter),
            (label, diameter),
            "{line}"
        );
    }
}

#[test]
fn what_is_no_position_is_a_name() {
    for (line, name, diameter) in [
        ("M 51", "M 51", None),
        ("M51 11'", "M51", Some(11.0)),
        ("NGC 1300 6 arcmin", "NGC 1300", Some(6.0)),
        ("47 Tuc", "47 Tuc", None),
        ("3C 273", "3C 273", None),
        ("NGC 224 10", "NGC 224 10", None),
        ("MCG -02-22-25", "MCG -02-22-25", None),
        ("2MASX J13295269+4711429", "2MASX J13295269+4711429", None),
        ("\"Hoag's Object\"", "Hoag's Object", None),
        ("Arp 87", "Arp 87", None),
    ] {
        let target = one(line);
        assert_eq!(target.place, Place::Name(name.to_owned()), "{line}");
        assert_eq!(target.diameter, diameter, "{line}");
    }
}

#[test]
fn mistakes_are_named() {
    for (line, words) in [
        ("202.47", "no declination"),
        ("13:29:52.7", "no declination"),
        ("202.47 north", "no declination"),
        ("400 10", "right ascension 400"),
        ("10.5 95", "declination 95"),
        ("13:61:00 +47:11:43", "60 or more minutes"),
        ("+47d11m43s 13h29m52.7s", "in hours"),
        ("202.47 47.195 11.2", "has no unit"),
        ("202,47 47,195", "has no unit"),
        ("***", "neither a name nor a position"),
        ("!!", "neither a name nor a position"),
    ] {
        let refusal = refused(line);
        assert!(refusal.reason.contains(words), "{line}: {refusal}");
        assert!(!refusal.remedy.is_empty());
    }
    assert!(refused(&"x".repeat(101)).reason.contains("101 letters"));
}

#[test]
fn lines_keep_their_numbers_and_comments_are_passed_over() {
    let lines = read_targets("# my galaxies\n\nM 51\n  202.47\nm51\nNGC 1300\n").unwrap();
    let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [3, 4, 5, 6]);
    assert!(lines[0].outcome.is_ok() && lines[3].outcome.is_ok());
    assert!(lines[1].outcome.is_err());
    let twice = lines[2].outcome.as_ref().unwrap_err();
    assert!(twice.reason.contains("line 3"), "{twice}");
}

#[test]
fn too_much_is_refused() {
    let many: String = (0..=MAX_TARGETS).map(|i| format!("UGC {i}\n")).collect();
    let lines = read_targets(&many).unwrap();
    assert!(lines[MAX_TARGETS - 1].outcome.is_ok());
    let refusal = lines[MAX_TARGETS].outcome.as_ref().unwrap_err();
    assert!(refusal.reason.contains("500"), "{refusal}");
    assert!(read_targets(&"M 51\n".repeat(50_000)).is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}(\n\\PC{0,60}){0,4}") {
        let lines = read_targets(&text).unwrap();
        for line in lines {
            if let Ok(Target { place: Place::At(position), .. }) = line.outcome {
                prop_assert!((0.0..360.0).contains(&position.ra) && (-90.0..=90.0).contains(&position.dec));
            }
        }
    }

    #[test]
    fn coordinates_made_of_their_own_letters_never_panic(text in "[0-9:.+hmsd'\" -]{0,40}") {
        read_targets(&text).unwrap();
    }

    #[test]
    fn sexagesimals_come_back(ra in 0.0..359.99_f64, dec in -89.99..89.99_f64) {
        let split = |value: f64| {
            let value = value.abs();
            let whole = value.floor();
            let minutes = ((value - whole) * 60.0).floor();
            // Cut, not rounded, so that no second becomes the sixtieth.
            let seconds = (((value - whole) * 60.0 - minutes) * 60.0 * 1000.0).floor() / 1000.0;
            (whole, minutes, seconds.max(0.0))
        };
        let ((h, m, s), (d, e, f)) = (split(ra / 15.0), split(dec));
        let sign = if dec < 0.0 { '-' } else { '+' };
        let position = at(&one(&format!("{h:02}:{m:02}:{s:06.3} {sign}{d:02}:{e:02}:{f:06.3}")));
        prop_assert!((position.ra - ra).abs() < 1e-5 && (position.dec - dec).abs() < 1e-5);
    }
}
