//! From the sources to `pkg/` and `dist/`: cargo makes the wasm, wasm-bindgen the JavaScript around it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};
use clap::Args;

use crate::product::{Backend, Group, Product};
use crate::stage::{Outcome, Stage};
use crate::workspace::Workspace;
use crate::{bind, display, dist, engines, run, setup};

/// How to build.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Options {
    /// Build with cargo's `dev` profile instead of `web`: quick to compile, slow to run, with names in stack traces.
    #[arg(long, conflicts_with = "small")]
    pub dev: bool,
    /// Optimise across crates: the WebGPU engine becomes a third smaller, and building takes minutes longer. For publishing.
    #[arg(long)]
    pub small: bool,
    /// Where the page will stand, such as `https://example.org/grove/`: links to it that are shared then show its picture.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Which engines to build. Those not named stay as they were last built.
    #[arg(long, value_enum, default_value_t)]
    pub backend: Backend,
}

impl Options {
    /// Cargo's profile, and the folder that it builds into.
    pub fn profile(&self) -> (&'static str, &'static str) {
        match self {
            Self { dev: true, .. } => ("dev", "debug"),
            Self { small: true, .. } => ("web-small", "web-small"),
            _ => ("web", "web"),
        }
    }
}

/// Builds `pkg/` and `dist/`.
pub fn build(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::wasm_target(workspace)?;
    for group in options.backend.groups() {
        make(workspace, group, options, run::run)?;
    }
    assemble(workspace, options.base_url.as_deref())
}

/// Brings one group up to date in `pkg/`. `start` runs cargo.
pub fn make(
    workspace: &Workspace,
    group: &'static Group,
    options: &Options,
    start: impl FnOnce(&mut Command) -> Result<()>,
) -> Result<()> {
    let stage = Stage {
        name: format!("{}: compile", group.name),
        profile: options.profile().0,
    };
    stage.run(workspace, || {
        let before = linked(workspace, group, options);
        start(&mut cargo(workspace, group, options))?;
        Ok(((), Outcome::of(before != linked(workspace, group, options))))
    })?;
    let stage = Stage {
        name: format!("{}: bind", group.name),
        profile: options.profile().0,
    };
    let lines = stage.run(workspace, || {
        let mut lines = Vec::new();
        let mut any = false;
        for product in group.products {
            let path = wasm(workspace, product, options);
            let bytes = fs::read(&path).with_context(|| format!("cargo left no {}", path.display()))?;
            let made = bind::bind(&workspace.pkg(), product, &bytes, options.dev)?;
            any |= made;
            lines.push(format!(
                "  pkg/{}: {} ({})",
                product.wasm(),
                display::size(fs::metadata(workspace.pkg().join(product.wasm()))?.len()),
                if made { "made" } else { "unchanged" },
            ));
        }
        Ok((lines, Outcome::of(any)))
    })?;
    for line in lines {
        println!("{line}");
    }
    engines::confirm(&workspace.pkg(), group)
}

/// Brings `dist/` up to date.
pub fn assemble(workspace: &Workspace, base_url: Option<&str>) -> Result<()> {
    let site = dist::assemble(workspace, base_url)?;
    println!(
        "  dist/: {} files, {}; any static host can serve this folder",
        site.files,
        display::size(site.bytes)
    );
    Ok(())
}

/// The packages and features that a group is built with.
///
/// Always both packages and one backend, though it may make one program only: cargo chooses the features of all
/// dependencies by the packages named, and where they are the same, nothing is compiled twice.
pub fn selection(group: &Group) -> [&'static str; 6] {
    [
        "--package",
        "grove-page",
        "--package",
        "grove-engine",
        "--features",
        group.feature,
    ]
}

/// The run of cargo that makes a group.
fn cargo(workspace: &Workspace, group: &Group, options: &Options) -> Command {
    let mut cargo = workspace.cargo_wasm();
    cargo
        .args(["build", "--target", setup::WASM])
        .args(["--profile", options.profile().0])
        .args(selection(group))
        .args(group.products.iter().flat_map(|product| ["--bin", product.name]));
    cargo
}

fn wasm(workspace: &Workspace, product: &Product, options: &Options) -> PathBuf {
    workspace
        .target
        .join(setup::WASM)
        .join(options.profile().1)
        .join(product.name)
        .with_extension("wasm")
}

/// When each program of a group was last linked.
fn linked(workspace: &Workspace, group: &Group, options: &Options) -> Vec<Option<SystemTime>> {
    group
        .products
        .iter()
        .map(|product| {
            fs::metadata(wasm(workspace, product, options))
                .ok()?
                .modified()
                .ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::product::{PAGE_AND_CPU, WEBGPU};

    #[test]
    fn page_and_cpu_engine_are_one_run_of_cargo() {
        let workspace = Workspace {
            root: "root".into(),
            target: "target".into(),
        };
        let line = |group| run::show(&cargo(&workspace, group, &Options::default()));
        assert!(
            line(&PAGE_AND_CPU).ends_with(
                "build --target wasm32-unknown-unknown --profile web --package grove-page --package grove-engine \
                 --features grove-engine/cpu --bin app --bin engine-files --bin engine-cpu"
            ),
            "{}",
            line(&PAGE_AND_CPU)
        );
        assert!(line(&WEBGPU).ends_with("--features grove-engine/webgpu --bin engine-webgpu"));
    }
}
