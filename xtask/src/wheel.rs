//! The wheel of the Python package, by maturin in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::display::size;
use crate::product::Backend;
use crate::workspace::Workspace;
use crate::{build, run, setup};

/// A larger wheel is too large to hand out.
const MAX_BYTES: u64 = 12_000_000;

/// Models that the compiled part holds: it hands them out to the page.
const IN_THE_PACKAGE: [&str; 2] = ["model/galaxies.safetensors", "model/shape.safetensors"];

const MATURIN: &str = "maturin>=1.9,<2";

/// How the wheel is made.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Where it goes
    #[arg(long, value_name = "FOLDER", default_value = "crates/python/dist")]
    output: PathBuf,
    /// Install it into a new environment and run the example
    #[arg(long)]
    check: bool,
    /// Show the page in a JupyterLab in Chromium, open a group, and see that Python has its galaxies
    #[arg(long)]
    notebook: bool,
}

/// Builds the wheel, and says how large it is.
pub fn wheel(workspace: &Workspace, options: &Options) -> Result<()> {
    let output = workspace.root.join(&options.output);
    let maturin = environment(workspace, "wheel", &[MATURIN])?.join("maturin");
    // Of wheels of other versions nobody would know which one is meant.
    for old in wheels(&output)? {
        fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    page(workspace)?;
    let mut make = Command::new(&maturin);
    make.current_dir(workspace.root.join("crates/python"))
        .env("CARGO_TARGET_DIR", &workspace.target)
        .args(["build", "--release", "--out"])
        .arg(&output);
    run::run(&mut make)?;
    let [made] = wheels(&output)?
        .try_into()
        .map_err(|found: Vec<PathBuf>| anyhow::anyhow!("maturin left {} wheels", found.len()))?;
    let bytes = made.metadata()?.len();
    println!("{}: {}", made.display(), size(bytes));
    if bytes > MAX_BYTES {
        bail!(
            "the wheel is larger than {}: see what is in it with `unzip -l`",
            size(MAX_BYTES)
        );
    }
    if options.check {
        check(workspace, &made)?;
    }
    if options.notebook {
        notebook(workspace, &made)?;
    }
    Ok(())
}

/// Builds the page for the processor and puts it into the package, for notebooks; without the demo of real galaxies, which is a fifth of it.
fn page(workspace: &Workspace) -> Result<()> {
    let options = build::Options {
        backend: Backend::Cpu,
        ..build::Options::default()
    };
    build::build(workspace, &options)?;
    let inside = workspace.root.join("crates/python/python/galaxy_grove/page");
    if inside.is_dir() {
        fs::remove_dir_all(&inside).with_context(|| format!("cannot remove {}", inside.display()))?;
    }
    copy(&workspace.dist(), &inside)?;
    // The page must not look for what an earlier build for graphics processors left, and the package does not hold.
    let start = inside.join("index.html");
    let index = fs::read_to_string(&start).with_context(|| format!("cannot read {}", start.display()))?;
    fs::write(&start, for_the_processor(&index)?).with_context(|| format!("cannot write {}", start.display()))
}

/// The page's start, with the processor's engine only.
fn for_the_processor(index: &str) -> Result<String> {
    let mark = "data-engines=\"";
    let parts = index
        .split_once(mark)
        .and_then(|(head, rest)| Some((head, rest.split_once('"')?)));
    let (head, (engines, tail)) = parts.context("the page's start names no engines")?;
    let kept: Vec<&str> = engines.split(' ').filter(|engine| *engine != "webgpu").collect();
    Ok(format!("{head}{mark}{}\"{tail}", kept.join(" ")))
}

/// Files of the engine for graphics processors, which the package leaves out: they are a quarter of its largest size.
fn is_webgpu(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("engine-webgpu"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let path = entry?.path();
        let place = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() && !path.ends_with("www/demo") {
            copy(&path, &place)?;
        } else if path.is_file() && !is_webgpu(&path) && !IN_THE_PACKAGE.iter().any(|own| path.ends_with(own))
        {
            fs::copy(&path, &place).with_context(|| format!("cannot write {}", place.display()))?;
        }
    }
    Ok(())
}

/// Installs the wheel where nothing else is, and runs the example, which compares its groups with the ones that are kept.
fn check(workspace: &Workspace, wheel: &Path) -> Result<()> {
    let programs = environment(workspace, "wheel-check", &[])?;
    let python = programs.join("python");
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--force-reinstall"])
        .arg(wheel);
    run::run(&mut install)?;
    run::run(Command::new(&python).arg(workspace.root.join("crates/python/examples/demo.py")))
}

fn notebook(workspace: &Workspace, wheel: &Path) -> Result<()> {
    let chromium = setup::chromium()?;
    let programs = environment(
        workspace,
        "wheel-notebook",
        &["anywidget", "jupyterlab", "selenium"],
    )?;
    let mut install = Command::new(programs.join("python"));
    run::run(
        install
            .args(["-m", "pip", "install", "--quiet", "--force-reinstall"])
            .arg(wheel),
    )?;
    let mut look = Command::new(programs.join("python"));
    look.arg(workspace.root.join("crates/python/tests/in_jupyterlab.py"));
    look.arg(&chromium.browser).arg(&chromium.driver);
    run::run(look.arg(workspace.target.join("in_jupyterlab.png")))
}

/// The programs of an environment below the target folder, with these packages.
fn environment(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let folder = workspace.target.join(name);
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if !folder.is_dir() {
        run::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            .context("Python 3.10 or later is needed, with its module venv")?;
    }
    if !packages.is_empty() {
        let mut install = Command::new(programs.join("python"));
        run::run(install.args(["-m", "pip", "install", "--quiet"]).args(packages))?;
    }
    Ok(programs)
}

fn wheels(folder: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "whl") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_package_knows_of_the_processor_only() -> Result<()> {
        let index = r#"<html data-engines="cpu webgpu" lang="en"><p>webgpu"#;
        assert_eq!(
            for_the_processor(index)?,
            r#"<html data-engines="cpu" lang="en"><p>webgpu"#
        );
        assert!(for_the_processor("<html>").is_err());
        assert!(
            is_webgpu(Path::new("pkg/engine-webgpu_bg.wasm")) && !is_webgpu(Path::new("pkg/engine-cpu.js"))
        );
        Ok(())
    }
}
