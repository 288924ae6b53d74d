//! From `src/` to `pkg/`: cargo makes the wasm, wasm-bindgen (as a library: there is no tool to install) makes the
//! JavaScript around it.
//!
//! Three products, because each visitor should load only what he needs: the page, the engine that computes on the
//! CPU, and the large engine for WebGPU that only a browser with an adapter loads. For a product `engine-cpu` this
//! leaves in `pkg/`:
//!
//! - `engine-cpu_bg.wasm`, the code;
//! - `engine-cpu.js`, an ES module that loads it;
//! - `engine-cpu-worker.js`, three lines that start it as a worker; the page is started by `www/boot.js`, so that
//!   `index.html` needs no script of its own and its content security policy can forbid them.
//!
//! These files name each other with `?v=HASH`, the start of the SHA-256 of the file named, so that no browser ever
//! pairs old JavaScript with new wasm.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::house::House;
use crate::{dist, run, setup, sizes};

/// One wasm file and how it is made.
pub struct Product {
    /// Its name in `pkg/`.
    pub name: &'static str,
    /// The member that makes it; its program has the product's name.
    pub package: &'static str,
    /// The features of that member.
    pub features: &'static [&'static str],
    /// The script that starts it as a worker. The page has its own in `www/boot.js`, which says in words what fails.
    pub entry: Option<&'static str>,
}

/// The page.
pub const APP: Product = Product {
    name: "app",
    package: "grove-page",
    features: &[],
    entry: None,
};
/// The worker on the CPU: every visitor can run it.
pub const ENGINE_CPU: Product = Product {
    name: "engine-cpu",
    package: "grove-engine",
    features: &["grove-engine/cpu"],
    entry: Some("engine-cpu-worker.js"),
};
/// The worker on WebGPU: large, loaded only where there is an adapter.
pub const ENGINE_WEBGPU: Product = Product {
    name: "engine-webgpu",
    package: "grove-engine",
    features: &["grove-engine/webgpu"],
    entry: Some("engine-webgpu-worker.js"),
};

/// Which engines to build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// Both engines: the page as it is published.
    #[default]
    All,
    /// The CPU's engine only: the quickest page that works.
    Cpu,
    /// The WebGPU engine only.
    Webgpu,
    /// No engine: the page alone, for work on its looks.
    None,
}

impl Backend {
    /// The page, and the engines asked for.
    pub fn products(self) -> Vec<&'static Product> {
        match self {
            Self::All => vec![&APP, &ENGINE_CPU, &ENGINE_WEBGPU],
            Self::Cpu => vec![&APP, &ENGINE_CPU],
            Self::Webgpu => vec![&APP, &ENGINE_WEBGPU],
            Self::None => vec![&APP],
        }
    }
}

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
    /// Which engines to build. Those not named stay as they were last built.
    #[arg(long, value_enum, default_value_t)]
    pub backend: Backend,
}

/// Builds `pkg/` and `dist/`.
pub fn build(house: &House, options: &Options) -> Result<()> {
    setup::wasm_target(house)?;
    for product in options.backend.products() {
        let start = Instant::now();
        let wasm = compile(house, product, options)?;
        let made = bind(&house.pkg(), product, &wasm, options.dev)?;
        println!(
            "  pkg/{}_bg.wasm: {} ({}, {:.1} s)",
            product.name,
            sizes::human(fs::metadata(house.pkg().join(wasm_file(product)))?.len()),
            if made { "made" } else { "unchanged" },
            start.elapsed().as_secs_f64()
        );
    }
    let site = dist::assemble(house)?;
    println!(
        "  dist/: {} files, {}; any static host can serve this folder",
        site.files,
        sizes::human(site.bytes)
    );
    Ok(())
}

/// Runs cargo for one product and returns the wasm that it linked.
fn compile(house: &House, product: &Product, options: &Options) -> Result<Vec<u8>> {
    let (profile, folder) = match options {
        Options { dev: true, .. } => ("dev", "debug"),
        Options { small: true, .. } => ("web-small", "web-small"),
        _ => ("web", "web"),
    };
    let mut cargo = house.cargo_wasm();
    cargo.args([
        "build",
        "--target",
        setup::WASM,
        "--profile",
        profile,
        "--package",
        product.package,
        "--bin",
        product.name,
    ]);
    cargo.args(
        product
            .features
            .iter()
            .flat_map(|feature| ["--features", feature]),
    );
    run::run(&mut cargo)?;
    let path = house
        .target
        .join(setup::WASM)
        .join(folder)
        .join(product.name)
        .with_extension("wasm");
    fs::read(&path).with_context(|| format!("cargo left no {}", path.display()))
}

/// Runs wasm-bindgen for one product, unless `pkg` already holds what it would make. True if it ran.
fn bind(pkg: &Path, product: &Product, wasm: &[u8], dev: bool) -> Result<bool> {
    // The stamp says what the files were made from and how. Raise the recipe's number when this function changes.
    let recipe = 2;
    let stamp = format!(
        "{} {} {recipe} {dev}\n",
        hash(wasm),
        wasm_bindgen_cli_support_version()
    );
    let stamp_path = pkg.join(format!(".{}.stamp", product.name));
    let named = [wasm_file(product), js_file(product)];
    let outputs: Vec<String> = named
        .into_iter()
        .chain(product.entry.map(str::to_owned))
        .collect();
    let fresh = fs::read_to_string(&stamp_path).is_ok_and(|old| old == stamp)
        && outputs.iter().all(|name| pkg.join(name).is_file());
    if fresh {
        return Ok(false);
    }
    // Should we fail below, the old stamp must not vouch for half-made files.
    fs::create_dir_all(pkg)?;
    if stamp_path.exists() {
        fs::remove_file(&stamp_path)?;
    }
    Bindgen::new()
        .input_bytes(product.name, wasm.to_vec())
        .web(true)?
        .typescript(false)
        // The library leaves the wasm's address out unless told not to, unlike the tool.
        .omit_default_module_path(false)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .generate(pkg)
        .with_context(|| format!("wasm-bindgen could not process {}", product.name))?;
    let script_path = pkg.join(js_file(product));
    let script = with_version(
        &fs::read_to_string(&script_path)?,
        &wasm_file(product),
        &version(&fs::read(pkg.join(wasm_file(product)))?),
    )?;
    fs::write(&script_path, &script)?;
    if let Some(name) = product.entry {
        fs::write(pkg.join(name), entry(product, &version(script.as_bytes())))?;
    }
    fs::write(&stamp_path, stamp)?;
    Ok(true)
}

/// The script that starts a product.
fn entry(product: &Product, version: &str) -> String {
    format!(
        "// Made by `cargo xtask build`. Thrown from a task of its own, a failure reaches whoever listens for errors.\n\
         import init from './{}?v={version}';\n\
         init().catch((error) => setTimeout(() => {{ throw error; }}));\n",
        js_file(product)
    )
}

/// `script` with each quoted mention of the file `name` followed by `?v=version`.
fn with_version(script: &str, name: &str, version: &str) -> Result<String> {
    let changed = ['\'', '"'].iter().fold(script.to_owned(), |text, quote| {
        text.replace(&format!("{name}{quote}"), &format!("{name}?v={version}{quote}"))
    });
    if changed == script {
        bail!("wasm-bindgen's script does not name {name}: its format has changed, and xtask must follow");
    }
    Ok(changed)
}

/// The first 12 digits of the SHA-256 of a file: enough to tell one build from another.
pub fn version(bytes: &[u8]) -> String {
    hash(bytes).chars().take(12).collect()
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn wasm_file(product: &Product) -> String {
    format!("{}_bg.wasm", product.name)
}

fn js_file(product: &Product) -> String {
    format!("{}.js", product.name)
}

/// The version pinned in `xtask/Cargo.toml`: a new one must make the files anew.
fn wasm_bindgen_cli_support_version() -> &'static str {
    let manifest = include_str!("../Cargo.toml");
    manifest
        .lines()
        .find(|line| line.starts_with("wasm-bindgen-cli-support"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest wasm module: the magic number and the version.
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn scripts_name_the_wasm_with_its_version() {
        let script = "module_or_path = new URL('app_bg.wasm', import.meta.url);";
        let changed = with_version(script, "app_bg.wasm", "abc").unwrap();
        assert_eq!(
            changed,
            "module_or_path = new URL('app_bg.wasm?v=abc', import.meta.url);"
        );
        assert!(with_version("nothing here", "app_bg.wasm", "abc").is_err());
    }

    #[test]
    fn a_version_follows_the_bytes() {
        // `printf abc | sha256sum`
        assert_eq!(version(b"abc"), "ba7816bf8f01");
        assert_ne!(version(b"abc"), version(b"abd"));
    }

    #[test]
    fn binding_writes_the_three_files_once() {
        let pkg = tempfile::tempdir().unwrap();
        assert!(bind(pkg.path(), &ENGINE_CPU, EMPTY, false).unwrap());
        let entry = fs::read_to_string(pkg.path().join("engine-cpu-worker.js")).unwrap();
        let script = fs::read(pkg.path().join("engine-cpu.js")).unwrap();
        assert!(
            entry.contains(&format!("'./engine-cpu.js?v={}'", version(&script))),
            "{entry}"
        );
        let wasm = fs::read(pkg.path().join("engine-cpu_bg.wasm")).unwrap();
        let script = String::from_utf8(script).unwrap();
        assert!(
            script.contains(&format!("engine-cpu_bg.wasm?v={}", version(&wasm))),
            "{script}"
        );

        assert!(
            !bind(pkg.path(), &ENGINE_CPU, EMPTY, false).unwrap(),
            "unchanged wasm is not bound again"
        );
        fs::remove_file(pkg.path().join("engine-cpu.js")).unwrap();
        assert!(
            bind(pkg.path(), &ENGINE_CPU, EMPTY, false).unwrap(),
            "a missing file is made again"
        );
        assert!(
            bind(pkg.path(), &ENGINE_CPU, EMPTY, true).unwrap(),
            "another mode is another file"
        );
    }

    #[test]
    fn the_pinned_version_is_found() {
        assert!(wasm_bindgen_cli_support_version().contains("=0.2."));
    }
}
