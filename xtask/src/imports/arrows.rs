//! Which module takes what from where: every import and every path, resolved.

use super::gates::Gate;
use super::resolve::{Crates, Meaning, Place};
use super::source::Mention;

/// One thing taken from somewhere.
#[derive(Debug, Clone)]
pub struct Arrow {
    /// The module that takes.
    pub from: Place,
    /// The line in its file.
    pub line: usize,
    /// The words that say so.
    pub words: String,
    /// What is taken.
    pub to: Meaning,
    /// Under which features.
    pub gate: Gate,
    /// Only handed on: `pub use` of what lies below, and not used here itself.
    pub handed_on: bool,
}

/// All arrows of the workspace.
pub fn arrows(workspace: &Crates) -> Vec<Arrow> {
    let mut found = Vec::new();
    for (crate_index, known) in workspace.crates.iter().enumerate() {
        for node in 0..known.nodes.len() {
            of_module(workspace, (crate_index, node), &mut found);
        }
    }
    found
}

fn of_module(workspace: &Crates, from: Place, found: &mut Vec<Arrow>) {
    let node = workspace.node(from);
    for mention in &node.paths {
        for to in workspace.meanings(from, &mention.path) {
            found.push(arrow(from, mention, mention.path.join("::"), to, false));
        }
    }
    for import in &node.imports {
        let words = format!("use {}", import.what.path.join("::"));
        if import.glob {
            let mut any = false;
            // A glob brings in whatever this module names and has from nowhere else.
            for name in node.names.keys().filter(|name| !is_own(workspace, from, name)) {
                for to in workspace.through_glob(from, &import.what.path, name) {
                    any = true;
                    found.push(arrow(
                        from,
                        &import.what,
                        format!("{words}::* for {name}"),
                        to,
                        false,
                    ));
                }
            }
            for to in workspace.meanings(from, &import.what.path) {
                let to = match to {
                    // Nothing seen of it, such as a trait's methods: then of the module itself.
                    Meaning::Module(place) if !any && !import.public => Meaning::Item {
                        at: place,
                        spelled: place,
                    },
                    to => to,
                };
                let handed_on = import.public && is_below(workspace, from, &to);
                found.push(arrow(from, &import.what, format!("{words}::*"), to, handed_on));
            }
            continue;
        }
        for to in workspace.meanings(from, &import.what.path) {
            let used = import
                .name
                .as_ref()
                .is_some_and(|name| node.names.contains_key(name));
            let handed_on = import.public && !used && is_below(workspace, from, &to);
            found.push(arrow(from, &import.what, words.clone(), to, handed_on));
        }
    }
}

fn arrow(from: Place, mention: &Mention, words: String, to: Meaning, handed_on: bool) -> Arrow {
    Arrow {
        from,
        line: mention.line,
        words,
        to,
        gate: mention.gate.clone(),
        handed_on,
    }
}

/// True if a module has a name without any glob.
fn is_own(workspace: &Crates, at: Place, name: &str) -> bool {
    let node = workspace.node(at);
    node.defined.contains(name)
        || node.children.contains_key(name)
        || node
            .imports
            .iter()
            .any(|import| import.name.as_deref() == Some(name))
}

fn is_below(workspace: &Crates, parent: Place, meaning: &Meaning) -> bool {
    match meaning {
        Meaning::Item { at, .. } | Meaning::Module(at) => {
            at.0 == parent.0 && workspace.node(*at).path.starts_with(&workspace.node(parent).path)
        }
        Meaning::Outside { .. } => false,
    }
}
