//! wasm-bindgen, as a library, so that there is no tool to install: from a program's wasm to its files in `pkg/`.
//!
//! These files name each other with `?v=HASH`, the start of the SHA-256 of the file named, so that no browser ever
//! pairs old JavaScript with new wasm.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::product::Product;
use crate::version::{hash, version};

/// Runs wasm-bindgen for one product, unless `pkg` already holds what it would make. True if it ran.
pub fn bind(pkg: &Path, product: &Product, wasm: &[u8], dev: bool) -> Result<bool> {
    // The stamp says what the files were made from and how. Raise the recipe's number when this function changes.
    let recipe = 3;
    let beside = product.beside.map_or_else(String::new, |beside| {
        fs::read(pkg.join(beside.script())).map_or_else(|_| "absent".to_owned(), |script| hash(&script))
    });
    let stamp = format!(
        "{} {} {recipe} {dev} {beside}\n",
        hash(wasm),
        wasm_bindgen_cli_support_version()
    );
    let stamp_path = pkg.join(format!(".{}.stamp", product.name));
    let named = [product.wasm(), product.script()];
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
        // The library leaves the wasm's address out unless an option turns it off, unlike the tool.
        .omit_default_module_path(false)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .generate(pkg)
        .with_context(|| format!("wasm-bindgen could not process {}", product.name))?;
    let script_path = pkg.join(product.script());
    let script = with_version(
        &fs::read_to_string(&script_path)?,
        &product.wasm(),
        &version(&fs::read(pkg.join(product.wasm()))?),
    )?;
    fs::write(&script_path, &script)?;
    if let Some(name) = product.entry {
        let beside = product.beside.map(|beside| {
            let script = fs::read(pkg.join(beside.script()))?;
            anyhow::Ok((beside.script(), version(&script)))
        });
        let text = entry(product, &version(script.as_bytes()), beside.transpose()?.as_ref());
        fs::write(pkg.join(name), text)?;
    }
    fs::write(&stamp_path, stamp)?;
    Ok(true)
}

/// The script that starts a product. `beside` is the script of what it may load later, and its version.
fn entry(product: &Product, version: &str, beside: Option<&(String, String)>) -> String {
    let later = beside.map_or_else(String::new, |(script, version)| {
        format!(
            "let files;\n\
             self.loadFiles = () => (files ??= import('./{script}?v={version}')\n  \
               .then(async (program) => {{ await program.default(); return program; }})\n  \
               .catch((error) => {{ files = undefined; throw error; }}));\n"
        )
    });
    format!(
        "// Made by `cargo xtask build`. Thrown from a task of its own, a failure reaches whoever listens for errors.\n\
         import init from './{}?v={version}';\n\
         {later}\
         init().catch((error) => setTimeout(() => {{ throw error; }}));\n",
        product.script()
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

/// The version pinned in `xtask/Cargo.toml`: a new one must make the files again.
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
    use crate::product::{ENGINE_CPU, ENGINE_FILES};

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
    fn binding_writes_the_three_files_once() {
        let pkg = tempfile::tempdir().unwrap();
        assert!(bind(pkg.path(), &ENGINE_FILES, EMPTY, false).unwrap());
        assert!(bind(pkg.path(), &ENGINE_CPU, EMPTY, false).unwrap());
        let entry = fs::read_to_string(pkg.path().join("engine-cpu-worker.js")).unwrap();
        let script = fs::read(pkg.path().join("engine-cpu.js")).unwrap();
        assert!(
            entry.contains(&format!("'./engine-cpu.js?v={}'", version(&script))),
            "{entry}"
        );
        let beside = fs::read(pkg.path().join("engine-files.js")).unwrap();
        assert!(
            entry.contains(&format!("import('./engine-files.js?v={}')", version(&beside))),
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
