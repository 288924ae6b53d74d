//! Holds the arrows against the table of rules.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::arrows::Arrow;
use super::resolve::{Crates, Meaning, Place};
use super::rules::{Ban, Order};

/// An import that a rule forbids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file.
    pub file: PathBuf,
    /// The line in it.
    pub line: usize,
    /// What it says, and why that is wrong.
    pub text: String,
}

/// Everything that the rules forbid, sorted by place.
pub fn violations(workspace: &Crates, arrows: &[Arrow], bans: &[Ban], orders: &[Order]) -> Vec<Violation> {
    let mut found = BTreeSet::new();
    for arrow in arrows {
        let known = &workspace.crates[arrow.from.0];
        let mut report = |text: String| {
            found.insert(Violation {
                file: known.files[workspace.node(arrow.from).file].clone(),
                line: arrow.line,
                text: format!("`{}`: {text}", arrow.words),
            });
        };
        let mut homeless = Vec::new();
        for ban in bans.iter().filter(|ban| ban.who.means(&known.member)) {
            if ban.unless.is_some_and(|feature| arrow.gate.has(feature)) {
                continue;
            }
            if let Some(name) = ban.names.iter().find(|name| names(workspace, arrow, name)) {
                report(format!("{} must not name {name}. {}", known.member, ban.why));
            }
        }
        for order in orders.iter().filter(|order| order.member == known.member) {
            for wrong in out_of_order(workspace, arrow, order) {
                match wrong {
                    Wrong::Order(text) => report(format!("{text} {}", order.why)),
                    Wrong::NoRoom(at) => homeless.push(at),
                }
            }
        }
        // Said once a module.
        for at in homeless {
            let node = workspace.node(at);
            found.insert(Violation {
                file: workspace.crates[at.0].files[node.file].clone(),
                line: 1,
                text: format!(
                    "the table of rules in xtask/src/imports/rules.rs has no layer for `{}`",
                    node.path.join("::")
                ),
            });
        }
    }
    found.into_iter().collect()
}

/// True if what is taken lies at or below the path `name`.
fn names(workspace: &Crates, arrow: &Arrow, name: &str) -> bool {
    match &arrow.to {
        // What another member hands on is that member's to answer for.
        Meaning::Outside { by, path } => {
            if *by != arrow.from.0 {
                return false;
            }
            let mut parts = path.iter();
            name.split("::")
                .all(|part| parts.next().is_some_and(|named| named == part))
        }
        Meaning::Module(at) | Meaning::Item { at, .. } => {
            at.0 != arrow.from.0 && workspace.crates[at.0].name == name
        }
    }
}

/// What is wrong with an arrow.
enum Wrong {
    /// It points up.
    Order(String),
    /// One end is in no layer.
    NoRoom(Place),
}

/// A layer: the entry of the table, and the module that it stands for.
struct Layer {
    entry: &'static str,
    name: String,
}

/// The layer that a module belongs to: the longest entry that fits, and of two as long the one without `*`.
fn layer(workspace: &Crates, at: Place, order: &Order) -> Option<Layer> {
    let path = &workspace.node(at).path;
    if path.is_empty() {
        return Some(Layer {
            entry: "",
            name: String::new(),
        });
    }
    let parts = |entry: &str| entry.split("::").count();
    let fits = |entry: &str| {
        parts(entry) <= path.len()
            && entry
                .split("::")
                .zip(path)
                .all(|(part, named)| part == "*" || part == named)
    };
    let (entry, _) = order
        .layers
        .iter()
        .filter(|(entry, _)| fits(entry))
        .max_by_key(|(entry, _)| (parts(entry), !entry.contains('*')))?;
    Some(Layer {
        entry,
        name: path[..parts(entry)].join("::"),
    })
}

/// What is wrong with an arrow between layers of one crate.
fn out_of_order(workspace: &Crates, arrow: &Arrow, order: &Order) -> Vec<Wrong> {
    let (at, spelled) = match &arrow.to {
        Meaning::Item { at, spelled } => (*at, *spelled),
        Meaning::Module(at) => (*at, *at),
        Meaning::Outside { .. } => return Vec::new(),
    };
    if at.0 != arrow.from.0 || workspace.node(arrow.from).path.is_empty() {
        return Vec::new();
    }
    let Some(from) = layer(workspace, arrow.from, order) else {
        return vec![Wrong::NoRoom(arrow.from)];
    };
    let allowed = order
        .layers
        .iter()
        .find(|(entry, _)| *entry == from.entry)
        .map_or(&[][..], |(_, allowed)| *allowed);
    let mut found = Vec::new();
    let mut ends = vec![at];
    // A module that hands on what others define is imported too, unless it stands around the one that imports.
    if !workspace
        .node(arrow.from)
        .path
        .starts_with(&workspace.node(spelled).path)
    {
        ends.push(spelled);
    }
    ends.dedup();
    for end in ends {
        let is_mere_module = matches!(arrow.to, Meaning::Module(_));
        if is_mere_module
            && workspace
                .node(arrow.from)
                .path
                .starts_with(&workspace.node(end).path)
        {
            continue;
        }
        match layer(workspace, end, order) {
            None => found.push(Wrong::NoRoom(end)),
            Some(to) if to.name != from.name && !allowed.contains(&to.entry) => {
                let whither = if to.name.is_empty() {
                    "the root file"
                } else {
                    &to.name
                };
                found.push(Wrong::Order(format!("{} must not import {whither}.", from.name)));
            }
            Some(_) => {}
        }
    }
    found
}
