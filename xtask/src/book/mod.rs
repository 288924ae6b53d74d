//! The documents as one site: checked links, mdBook's pages, and each tutorial as a notebook.

mod links;
mod notebook;
mod staged;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::workspace::Workspace;
use crate::{dist, run};

/// The version of mdBook that the site is built with.
const MDBOOK: &str = "0.5.4";

/// What to do.
#[derive(Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Options {
    /// Only check that every link to a file and a heading leads somewhere.
    #[arg(long)]
    pub links: bool,
}

/// Checks the links and builds the site into `target/book/`.
pub fn book(workspace: &Workspace, options: &Options) -> Result<()> {
    check_links(workspace)?;
    if options.links {
        return Ok(());
    }
    let made = workspace.target.join("book");
    let source = stage(workspace)?;
    run::run(
        std::process::Command::new(mdbook(workspace)?)
            .arg("build")
            .arg(&source)
            .arg("--dest-dir")
            .arg(&made),
    )?;
    let mut notebooks = 0;
    for (name, path) in dist::files(&workspace.root.join("docs/tutorials"))? {
        if let Some(stem) = name.strip_suffix(".md") {
            let text = fs::read_to_string(&path)?;
            let place = made.join("tutorials").join(format!("{stem}.ipynb"));
            fs::write(&place, notebook::of(&text)?)
                .with_context(|| format!("cannot write {}", place.display()))?;
            notebooks += 1;
        }
    }
    println!(
        "  {}, with {notebooks} notebooks",
        made.join("index.html").display()
    );
    Ok(())
}

/// Copies the documents to where mdBook reads them.
fn stage(workspace: &Workspace) -> Result<PathBuf> {
    let source = workspace.target.join("book-source");
    if source.is_dir() {
        fs::remove_dir_all(&source).with_context(|| format!("cannot remove {}", source.display()))?;
    }
    for (name, path) in dist::files(&workspace.root.join("docs"))? {
        let place = source.join(&name);
        fs::create_dir_all(place.parent().unwrap_or(&source))?;
        if name.ends_with(".md") {
            fs::write(&place, staged::of(&name, &fs::read_to_string(&path)?))?;
        } else {
            fs::copy(&path, &place).with_context(|| format!("cannot write {}", place.display()))?;
        }
    }
    Ok(source)
}

/// Every link in a document of the project leads to a file and a heading that are there.
fn check_links(workspace: &Workspace) -> Result<()> {
    let mut documents: Vec<PathBuf> = Vec::new();
    for folder in ["docs", "crates", "www", "tests", "research"] {
        documents.extend(dist::files(&workspace.root.join(folder))?.into_values());
    }
    for entry in fs::read_dir(&workspace.root)? {
        documents.push(entry?.path());
    }
    documents.retain(|path| path.is_file() && path.extension().is_some_and(|end| end == "md"));
    // A copy of the page that `cargo xtask wheel` leaves in the package: its links are those of `www/`.
    let copied = workspace.root.join("crates/python/python/galaxy_grove/page");
    documents.retain(|path| !path.starts_with(&copied));
    let mut broken = Vec::new();
    for path in &documents {
        broken.extend(links::broken(path)?);
    }
    // A page that the summary leaves out is not in the site.
    let summary = fs::read_to_string(workspace.root.join("docs/SUMMARY.md"))?;
    for name in dist::files(&workspace.root.join("docs"))?.into_keys() {
        if name.ends_with(".md") && name != "SUMMARY.md" && !summary.contains(&format!("({name})")) {
            broken.push(format!("docs/SUMMARY.md does not list {name}"));
        }
    }
    if !broken.is_empty() {
        bail!("links that lead nowhere:\n{}", broken.join("\n"));
    }
    println!("  {} documents, every link leads somewhere", documents.len());
    Ok(())
}

/// mdBook, installed beside the build if it is not there.
fn mdbook(workspace: &Workspace) -> Result<PathBuf> {
    let root = workspace.target.join(format!("tools/mdbook-{MDBOOK}"));
    let program = root
        .join("bin")
        .join(format!("mdbook{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        let mut install = workspace.cargo();
        install.args(["install", "mdbook", "--version", MDBOOK, "--locked"]);
        install.args(["--no-default-features", "--features", "search", "--root"]);
        run::run(install.arg(&root))?;
    }
    Ok(program)
}
