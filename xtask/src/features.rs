//! The check that the library is compiled once for the browser, not once for each engine.
//!
//! Cargo compiles a package again where its features, or those of anything below it, come out differently; and they
//! come out by what else is built in the same run. Nothing breaks then, a build merely takes minutes longer, so
//! nobody would notice.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::product::{Group, PAGE_AND_CPU, WEBGPU};
use crate::workspace::Workspace;
use crate::{build, run, setup};

/// The package that both engines should share.
const SHARED: &str = "galaxy-grove";

/// Fails with every package below the library whose features differ between the two.
pub fn check(workspace: &Workspace) -> Result<()> {
    let (first, later) = (below(workspace, &PAGE_AND_CPU)?, below(workspace, &WEBGPU)?);
    if first == later {
        println!(
            "  {} packages below {SHARED}, each with the same features for both engines",
            first.len()
        );
        return Ok(());
    }
    let mut lines = String::new();
    for (group, mine, other) in [(&PAGE_AND_CPU, &first, &later), (&WEBGPU, &later, &first)] {
        for package in mine.difference(other) {
            lines.push_str(&format!("\n  {}: {package}", group.name));
        }
    }
    bail!(
        "{SHARED} is compiled twice for the browser, because packages below it have other features for one engine than \
         for the other. Name the missing features in crates/engine/Cargo.toml:{lines}"
    )
}

/// What is below the library, each with its version and features, as a group of products is built.
fn below(workspace: &Workspace, group: &Group) -> Result<BTreeSet<String>> {
    let mut cargo = workspace.cargo_wasm();
    cargo
        .args(["tree", "--target", setup::WASM, "--edges", "normal,build"])
        .args(["--prefix", "depth", "--format", " {p} {f}"])
        .args(build::selection(group));
    let text = String::from_utf8_lossy(&run::output(&mut cargo)?).into_owned();
    let below = closure(&edges(&text), SHARED);
    if below.is_empty() {
        bail!("`{}` names no {SHARED}", run::show(&cargo));
    }
    Ok(below)
}

/// What each package of `cargo tree --prefix depth` depends on.
fn edges(tree: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // The packages from the root down to the line before.
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines() {
        let Some((depth, package)) = line.split_once(' ') else {
            continue;
        };
        let Ok(depth) = depth.parse::<usize>() else {
            continue;
        };
        // Cargo marks what it has shown before.
        let package = package.trim_end_matches("(*)").trim().to_owned();
        above.truncate(depth);
        if let Some(parent) = above.last() {
            found.entry(parent.clone()).or_default().insert(package.clone());
        }
        found.entry(package.clone()).or_default();
        above.push(package);
    }
    found
}

/// A package, by its name, and all below it.
fn closure(edges: &BTreeMap<String, BTreeSet<String>>, name: &str) -> BTreeSet<String> {
    let mut open: Vec<&String> = edges
        .keys()
        .filter(|package| package.split(' ').next() == Some(name))
        .collect();
    let mut found = BTreeSet::new();
    while let Some(package) = open.pop() {
        if found.insert(package.clone()) {
            open.extend(edges.get(package).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_below_is_found_across_repetitions() {
        let tree = "0 page v1 \n1 leptos v1 csr\n2 serde v1 std\n3 syn v2 full\n1 galaxy-grove v1 (/x) \n2 serde v1 std (*)\n2 png v1 \n\n0 engine v1 cpu\n1 burn v1 \n1 galaxy-grove v1 (/x)  (*)";
        let below = closure(&edges(tree), "galaxy-grove");
        assert_eq!(
            below.iter().map(String::as_str).collect::<Vec<_>>(),
            ["galaxy-grove v1 (/x)", "png v1", "serde v1 std", "syn v2 full"]
        );
        assert!(closure(&edges(tree), "nothing").is_empty());
    }
}
