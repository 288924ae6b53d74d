//! From a path that is named to what it means: a file of some crate, or something outside the workspace.
//!
//! What a module merely hands on (`pub use`) is followed to the module that defines it.

use super::tree::{Crate, Node};

/// All crates of the workspace.
pub struct Crates {
    /// Them.
    pub crates: Vec<Crate>,
}

/// A module: the crate's index, and the module's in it.
pub type Place = (usize, usize);

/// What a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Something that a module defines, or is taken to define because nothing else does.
    Item {
        /// That module.
        at: Place,
        /// The module that the path spells, where it is another that hands the thing on.
        spelled: Place,
    },
    /// A module itself: nothing is taken from it yet.
    Module(Place),
    /// Outside the workspace.
    Outside {
        /// The crate of ours that names it.
        by: usize,
        /// The path, from the foreign crate's name on.
        path: Vec<String>,
    },
}

/// How far re-exports are followed: more than anybody writes, and an end to those that go in a ring.
const MAX_DEPTH: usize = 8;

impl Crates {
    /// A module.
    pub fn node(&self, at: Place) -> &Node {
        &self.crates[at.0].nodes[at.1]
    }

    /// The library that is imported by this name.
    fn library(&self, name: &str) -> Option<Place> {
        let index = self
            .crates
            .iter()
            .position(|known| known.is_library && known.name == name)?;
        Some((index, 0))
    }

    /// All that a path can mean where it is in the module `from`: more than one where `cfg` decides.
    pub fn meanings(&self, from: Place, path: &[String]) -> Vec<Meaning> {
        self.start(from, path, 0, true)
    }

    /// `globs`: whether the first name may have come in by a glob. Not for the path of a glob: it would ask for itself.
    fn start(&self, from: Place, path: &[String], depth: usize, globs: bool) -> Vec<Meaning> {
        let Some((first, rest)) = path.split_first() else {
            return vec![Meaning::Module(from)];
        };
        match first.as_str() {
            "crate" => self.walk((from.0, 0), rest, depth),
            "self" => self.walk(from, rest, depth),
            "super" => {
                let parent = self.node(from).parent.unwrap_or(0);
                // Further ones follow from there.
                if rest.first().is_some_and(|next| next == "super") {
                    self.start((from.0, parent), rest, depth, globs)
                } else {
                    self.walk((from.0, parent), rest, depth)
                }
            }
            "" => self.outside(from.0, rest, depth),
            _ if self.has(from, first, depth, globs) => self.walk(from, path, depth),
            _ => self.outside(from.0, path, depth),
        }
    }

    fn outside(&self, by: usize, path: &[String], depth: usize) -> Vec<Meaning> {
        match path.split_first() {
            Some((first, rest)) if self.library(first).is_some() => self
                .library(first)
                .map(|root| self.walk(root, rest, depth))
                .unwrap_or_default(),
            _ => vec![Meaning::Outside {
                by,
                path: path.to_vec(),
            }],
        }
    }

    /// True if a module knows a name.
    fn has(&self, at: Place, name: &str, depth: usize, globs: bool) -> bool {
        let node = self.node(at);
        node.defined.contains(name)
            || node.children.contains_key(name)
            || node
                .imports
                .iter()
                // `use std;` names itself, and means the crate.
                .any(|import| import.name.as_deref() == Some(name) && import.what.path != [name])
            || (globs && depth < MAX_DEPTH && self.globbed(at, name, depth + 1).is_some())
    }

    /// The module from which a glob brings in this name.
    fn globbed(&self, at: Place, name: &str, depth: usize) -> Option<Place> {
        self.node(at)
            .imports
            .iter()
            .filter(|import| import.glob)
            .flat_map(|import| self.start_of_glob(at, &import.what.path, depth))
            .find(|place| *place != at && depth < MAX_DEPTH && self.has(*place, name, depth + 1, true))
    }

    /// The modules that a glob opens.
    fn start_of_glob(&self, at: Place, path: &[String], depth: usize) -> Vec<Place> {
        if depth >= MAX_DEPTH {
            return Vec::new();
        }
        self.start(at, path, depth + 1, false)
            .into_iter()
            .filter_map(|meaning| match meaning {
                Meaning::Module(place) => Some(place),
                _ => None,
            })
            .collect()
    }

    /// Follows a path from a module.
    fn walk(&self, at: Place, path: &[String], depth: usize) -> Vec<Meaning> {
        let Some((name, rest)) = path.split_first() else {
            return vec![Meaning::Module(at)];
        };
        let here = vec![Meaning::Item { at, spelled: at }];
        if depth >= MAX_DEPTH {
            return here;
        }
        let node = self.node(at);
        let child = node.children.get(name).map(|child| (at.0, *child));
        if let Some(child) = child.filter(|_| !rest.is_empty()) {
            return self.walk(child, rest, depth + 1);
        }
        if node.defined.contains(name) {
            return here;
        }
        let mut found: Vec<Meaning> = node
            .imports
            .iter()
            .filter(|import| import.name.as_ref() == Some(name) && import.what.path != [name.as_str()])
            .flat_map(|import| {
                let whole: Vec<String> = import.what.path.iter().chain(rest).cloned().collect();
                self.start(at, &whole, depth + 1, true)
            })
            .collect();
        if found.is_empty() {
            if let Some(child) = child {
                return vec![Meaning::Module(child)];
            }
            if let Some(place) = self.globbed(at, name, depth + 1) {
                found = self.walk(place, path, depth + 1);
            }
        }
        if found.is_empty() {
            return here;
        }
        for meaning in &mut found {
            if let Meaning::Item { spelled, .. } = meaning {
                *spelled = at;
            }
        }
        found
    }

    /// What the single name `name`, used in `from`, means by way of a glob import of `from`; `None` if it is none.
    pub fn through_glob(&self, from: Place, glob: &[String], name: &str) -> Vec<Meaning> {
        self.start_of_glob(from, glob, 0)
            .into_iter()
            .filter(|place| self.has(*place, name, 0, true))
            .flat_map(|place| self.walk(place, &[name.to_owned()], 0))
            .collect()
    }
}
