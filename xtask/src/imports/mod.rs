//! The check that imports point down only: no circles within a crate, and none of the imports that the table of rules
//! forbids.
//!
//! Rust's compiler allows both, so they come back unless somebody looks. This reads the source as text, without
//! compiling it.
//!
//! | module | what it does |
//! |---|---|
//! | [`gates`] | leaves out tests, marks what is behind a feature |
//! | [`source`] | what one file imports, names, defines |
//! | [`tree`] | a crate's modules, from its root file down |
//! | [`resolve`] | from a path to the file that defines what it means |
//! | [`arrows`] | every import and every path of the workspace, resolved |
//! | [`circles`] | files that import each other |
//! | [`rules`] | who may import what: the table |
//! | [`mod@check`] | holds the arrows against the table |

mod arrows;
mod check;
mod circles;
mod gates;
mod resolve;
mod rules;
mod source;
#[cfg(test)]
mod tests;
mod tree;

use std::fmt::Write;
use std::path::Path;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::run;
use crate::workspace::Workspace;
use circles::Circle;
use rules::{BANS, Ban, ORDERS, Order};
use tree::Member;

/// What was found.
struct Findings {
    files: usize,
    violations: Vec<check::Violation>,
    circles: Vec<Circle>,
}

/// Prints the rules, then what breaks them.
pub fn print(workspace: &Workspace) -> Result<()> {
    println!("{}", table(BANS, ORDERS));
    check(workspace)
}

/// Fails with every forbidden import and every circle.
pub fn check(workspace: &Workspace) -> Result<()> {
    let findings = find(&workspace.root, &members(workspace)?, BANS, ORDERS)?;
    if findings.violations.is_empty() && findings.circles.is_empty() {
        println!("  {} files: no forbidden import, no circle", findings.files);
        return Ok(());
    }
    println!("{}", findings.describe());
    bail!(
        "{} forbidden imports and {} circles; `cargo xtask imports` prints the rules too",
        findings.violations.len(),
        findings.circles.len()
    )
}

fn find(root: &Path, members: &[Member], bans: &[Ban], orders: &[Order]) -> Result<Findings> {
    let mut crates = Vec::new();
    for member in members {
        crates.extend(tree::read(root, member)?);
    }
    let workspace = resolve::Crates { crates };
    let arrows = arrows::arrows(&workspace);
    Ok(Findings {
        files: workspace.crates.iter().map(|known| known.files.len()).sum(),
        violations: check::violations(&workspace, &arrows, bans, orders),
        circles: circles::circles(&workspace, &arrows),
    })
}

/// The members of the workspace, as cargo knows them.
fn members(workspace: &Workspace) -> Result<Vec<Member>> {
    let metadata: Value = serde_json::from_slice(&run::output(workspace.cargo().args([
        "metadata",
        "--no-deps",
        "--offline",
        "--format-version",
        "1",
    ]))?)?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let mut crates = Vec::new();
        for target in package["targets"].as_array().into_iter().flatten() {
            let kinds: Vec<&str> = target["kind"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let (Some(name), Some(path)) = (target["name"].as_str(), target["src_path"].as_str()) else {
                continue;
            };
            let entry = (name.replace('-', "_"), path.into());
            if kinds.contains(&"lib") {
                crates.insert(0, entry);
            } else if kinds.contains(&"bin") {
                crates.push(entry);
            }
        }
        found.push(Member {
            name: package["name"].as_str().unwrap_or_default().to_owned(),
            crates,
        });
    }
    Ok(found)
}

impl Findings {
    fn describe(&self) -> String {
        let mut text = String::new();
        for violation in &self.violations {
            let _ = writeln!(
                text,
                "  {}:{}: {}",
                violation.file.display(),
                violation.line,
                violation.text
            );
        }
        for circle in &self.circles {
            let _ = writeln!(text, "  a circle of {} files:", circle.files.len());
            for (from, to, words) in &circle.ties {
                let _ = writeln!(text, "    {} -> {}: {words}", from.display(), to.display());
            }
        }
        text
    }
}

/// The rules, in words.
fn table(bans: &[Ban], orders: &[Order]) -> String {
    let mut text = String::from("Modules of one crate never import each other in a circle.\n");
    for ban in bans {
        let _ = write!(text, "\n{}: no {}", ban.who, ban.names.join(", "));
        if let Some(feature) = ban.unless {
            let _ = write!(text, " without the feature `{feature}`");
        }
        let _ = writeln!(text, "\n    {}", ban.why);
    }
    for order in orders {
        let _ = writeln!(
            text,
            "
layers of {}\n    {}",
            order.member, order.why
        );
        for (layer, allowed) in order.layers {
            let allowed = if allowed.is_empty() {
                "nothing of it".to_owned()
            } else {
                allowed.join(", ")
            };
            let _ = writeln!(text, "    {layer:<14} imports {allowed}");
        }
    }
    text
}
