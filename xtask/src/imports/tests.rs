//! The whole check on small workspaces.

use std::fs;

use super::rules::{Ban, Order, Who};
use super::tree::Member;
use super::{Findings, find};

const BANS: &[Ban] = &[
    Ban {
        who: Who::Only(&["lib"]),
        names: &["std::fs", "burn"],
        unless: None,
        why: "No disk.",
    },
    Ban {
        who: Who::Only(&["lib"]),
        names: &["rayon"],
        unless: Some("parallel"),
        why: "No threads.",
    },
    Ban {
        who: Who::AllBut(&["program"]),
        names: &["program"],
        unless: None,
        why: "Nobody imports a program.",
    },
];

const ORDERS: &[Order] = &[Order {
    member: "lib",
    layers: &[
        ("a", &["b", "c"]),
        ("b", &["c"]),
        ("c", &[]),
        ("view", &["view::*"]),
        ("view::widgets", &["c"]),
        ("view::*", &["view::widgets", "c"]),
    ],
    why: "Downwards.",
}];

/// Checks a library `lib` of these files, with a program that imports it.
fn checked(files: &[(&str, &str)]) -> Findings {
    checked_by(files, BANS)
}

fn checked_by(files: &[(&str, &str)], bans: &[Ban]) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let all = [("program/main.rs", "fn main() { lib::c::go() }")]
        .into_iter()
        .chain(files.iter().copied());
    for (name, text) in all {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let members = [
        Member {
            name: "lib".into(),
            crates: vec![("lib".into(), root.join("lib.rs"))],
        },
        Member {
            name: "program".into(),
            crates: vec![("program".into(), root.join("program/main.rs"))],
        },
    ];
    find(root, &members, bans, ORDERS).unwrap()
}

/// The circles, each as its files.
fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
    checked(files)
        .circles
        .iter()
        .map(|circle| {
            circle
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect()
        })
        .collect()
}

/// Where rules are broken, as `file:line`.
fn broken(files: &[(&str, &str)]) -> Vec<String> {
    checked(files)
        .violations
        .iter()
        .map(|violation| format!("{}:{}", violation.file.display(), violation.line))
        .collect()
}

const CLEAN: &[(&str, &str)] = &[
    ("lib.rs", "mod a; mod b; pub mod c;"),
    ("a.rs", "use crate::{b::B, c}; fn f(b: B) { c::go() }"),
    ("b.rs", "pub struct B; fn g() { crate::c::go() }"),
    ("c.rs", "use std::fmt; pub fn go() {}"),
];

fn with(name: &'static str, text: &'static str) -> Vec<(&'static str, &'static str)> {
    CLEAN
        .iter()
        .map(|(file, old)| (*file, if *file == name { text } else { old }))
        .collect()
}

#[test]
fn a_clean_tree_passes() {
    let findings = checked(CLEAN);
    assert_eq!(findings.files, 5);
    assert!(findings.violations.is_empty(), "{}", findings.describe());
    assert!(findings.circles.is_empty(), "{}", findings.describe());
}

#[test]
fn a_forbidden_crate_is_found_however_it_is_named() {
    for text in [
        "\nuse std::fs;",
        "\nuse std::{fmt, fs::File};",
        "\nfn f() { std::fs::read(\"x\"); }",
        "use std as s;\nfn f() { s::fs::read(\"x\"); }",
        "\nuse ::burn::tensor::Tensor as T;",
        "\nuse program::x;",
        "\nuse rayon::prelude::*;",
    ] {
        assert_eq!(broken(&with("c.rs", text)), ["c.rs:2"], "{text}");
    }
}

#[test]
fn what_another_member_hands_on_is_not_named() {
    let files = with(
        "c.rs",
        "pub use std::collections::BTreeMap as Map; pub fn go() {}",
    );
    const NO_MAPS: &[Ban] = &[Ban {
        who: Who::Only(&["program"]),
        names: &["std::collections"],
        unless: None,
        why: "None.",
    }];
    let program = (
        "program/main.rs",
        "fn main() { lib::c::Map::<u8, u8>::new(); lib::c::go() }",
    );
    let findings = checked_by(&[files, vec![program]].concat(), NO_MAPS);
    assert!(findings.violations.is_empty(), "{}", findings.describe());
}

#[test]
fn a_feature_allows_what_it_is_for() {
    assert!(
        broken(&with(
            "c.rs",
            "#[cfg(feature = \"parallel\")] use rayon::prelude::*;"
        ))
        .is_empty()
    );
    assert_eq!(
        broken(&with(
            "c.rs",
            "#[cfg(not(feature = \"parallel\"))] use rayon::prelude::*;"
        )),
        ["c.rs:1"]
    );
    let mut files = with("c.rs", "#[cfg(feature = \"parallel\")] mod fast;");
    files.push(("c/fast.rs", "use rayon::prelude::*;"));
    assert!(broken(&files).is_empty());
}

#[test]
fn rooms_keep_their_order() {
    assert_eq!(broken(&with("b.rs", "pub struct B;\nuse crate::a;")), ["b.rs:2"]);
    // Re-exported by a layer that may be imported, it is still from one that may not be.
    let mut files = with("lib.rs", "mod a; mod b; pub mod c; mod d;");
    files.push(("d.rs", ""));
    assert!(
        broken(&files).is_empty(),
        "a module that imports nothing is in nobody's way"
    );
    files.push(("d.rs", "\nuse crate::c::go;"));
    assert_eq!(broken(&files), ["d.rs:1"], "a module without a layer is named");
}

#[test]
fn panels_import_widgets_and_never_each_other() {
    let files = |panel| {
        vec![
            ("lib.rs", "mod c; mod view; use view::panel::show;"),
            ("c.rs", "pub fn go() {}"),
            ("view/mod.rs", "pub mod panel; pub mod other; pub mod widgets;"),
            ("view/panel.rs", panel),
            ("view/other/mod.rs", "mod part; pub use part::part;"),
            (
                "view/other/part.rs",
                "use super::super::widgets::frame; pub fn part() {}",
            ),
            ("view/widgets/mod.rs", "pub fn frame() { crate::c::go() }"),
        ]
    };
    assert!(broken(&files("use super::widgets; fn f() { widgets::frame() }")).is_empty());
    assert_eq!(broken(&files("use super::other::part;")), ["view/panel.rs:1"]);
    assert_eq!(
        broken(&files("fn f() { super::other::part() }")),
        ["view/panel.rs:1"]
    );
}

#[test]
fn circles_of_two_and_three_are_found() {
    assert_eq!(
        circles(&with("b.rs", "use crate::a::f; pub struct B;")),
        [["a.rs", "b.rs"]]
    );
    assert_eq!(
        circles(&with("c.rs", "use super::a::f; pub fn go() {}")),
        [["a.rs", "b.rs", "c.rs"]]
    );
}

#[test]
fn a_circle_through_paths_in_code_is_found() {
    assert_eq!(
        circles(&with("b.rs", "pub struct B; fn g() { super::a::f(B) }")),
        [["a.rs", "b.rs"]]
    );
    // By way of an imported module, too.
    assert_eq!(
        circles(&with(
            "b.rs",
            "use crate::a as other; pub struct B; fn g() { other::f(B) }"
        )),
        [["a.rs", "b.rs"]]
    );
}

#[test]
fn a_parent_that_hands_on_is_no_circle() {
    let files = |child| {
        vec![
            ("lib.rs", "pub mod p;"),
            (
                "p/mod.rs",
                "mod one; mod two; pub use one::{One, *}; pub(crate) use self::two::{self as second, Two as Renamed};",
            ),
            ("p/one.rs", child),
            ("p/two.rs", "pub struct Two; pub trait Tell {}"),
        ]
    };
    for child in [
        "use super::Renamed; pub struct One;",
        "use crate::p::{Renamed as R}; pub struct One;",
        "use super::*; pub struct One(Renamed);",
        "pub struct One(super::second::Two);",
    ] {
        assert!(circles(&files(child)).is_empty(), "{child}");
    }
    // But the arrow is there, from child to child.
    let mut files = files("use super::Renamed; pub struct One;");
    files[3].1 = "use super::One; pub struct Two;";
    assert_eq!(circles(&files), [["p/one.rs", "p/two.rs"]]);
}

#[test]
fn a_child_that_needs_what_its_parent_defines_is_one() {
    let files = |parent| {
        vec![
            ("lib.rs", "pub mod p;"),
            ("p/mod.rs", parent),
            ("p/one.rs", "use super::Own; pub struct One;"),
        ]
    };
    let both = [["p/mod.rs", "p/one.rs"]];
    assert_eq!(
        circles(&files("mod one; use one::One; pub struct Own(One);")),
        both
    );
    assert_eq!(
        circles(&files("mod one; pub use one::One; pub struct Own(One);")),
        both
    );
    assert_eq!(circles(&files("mod one; pub struct Own(one::One);")), both);
    assert!(circles(&files("mod one; pub use one::One; pub struct Own;")).is_empty());
}

#[test]
fn tests_strings_and_comments_do_not_count() {
    for text in [
        "pub struct B; #[cfg(test)] mod tests { use super::*; use crate::a::f; use std::fs; }",
        "pub struct B; #[cfg(test)] use crate::a::f;",
        "pub struct B; // crate::a::f\n/* use crate::a; */ /// [`crate::a::f`]\nfn f() { \"crate::a::f\"; r#\"std::fs::read\"#; }",
        "#![doc = \"crate::a::f\"] pub struct B; #[test] fn t() { crate::a::f(); std::fs::read(); }",
    ] {
        let findings = checked(&with("b.rs", text));
        assert!(findings.circles.is_empty(), "{text}\n{}", findings.describe());
        assert!(findings.violations.is_empty(), "{text}\n{}", findings.describe());
    }
    let mut files = with("b.rs", "pub struct B; #[cfg(test)] mod testing;");
    files.push(("b/testing.rs", "use crate::a::f; use std::fs;"));
    assert!(circles(&files).is_empty() && broken(&files).is_empty());
}

#[test]
fn every_rule_gives_a_reason() {
    let text = super::table(super::BANS, super::ORDERS);
    for ban in super::BANS {
        assert!(ban.why.ends_with('.') && text.contains(ban.why));
    }
    for order in super::ORDERS {
        assert!(order.why.ends_with('.') && text.contains(order.why));
        for (_, allowed) in order.layers {
            for name in *allowed {
                assert!(
                    order.layers.iter().any(|(layer, _)| layer == name),
                    "{name} is no layer"
                );
            }
        }
    }
}
