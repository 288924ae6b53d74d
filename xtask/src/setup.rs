//! What a bare machine lacks: the wasm target, and a Chromium to test in.
//!
//! Each of these is put in place where that can be done without asking, and otherwise the task stops with the
//! command to run. Nothing is skipped.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::workspace::Workspace;

/// The browser's target.
pub const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target to the toolchain of `rust-toolchain.toml` if it is missing.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut ask = Command::new("rustc");
    ask.current_dir(&workspace.root)
        .args(["--print", "target-libdir", "--target", WASM]);
    let libdir =
        String::from_utf8(run::output(&mut ask)?).context("rustc printed a library path that is not text")?;
    if Path::new(libdir.trim()).is_dir() {
        return Ok(());
    }
    let mut add = Command::new("rustup");
    add.current_dir(&workspace.root).args(["target", "add", WASM]);
    run::run(&mut add).with_context(|| {
        format!(
            "Rust's `{WASM}` target is missing and could not be added. Check the network and run \
             `rustup target add {WASM}` in this folder. Without rustup, install the standard library for that \
             target with the tool that installed Rust."
        )
    })
}

/// Adds rustfmt and clippy to the toolchain if they are missing, as they can be where Rust is older than this checkout.
pub fn components(workspace: &Workspace) -> Result<()> {
    for (component, arguments) in [
        ("rustfmt", ["fmt", "--version"]),
        ("clippy", ["clippy", "--version"]),
    ] {
        if run::output(workspace.cargo().args(arguments)).is_ok() {
            continue;
        }
        let mut add = Command::new("rustup");
        add.current_dir(&workspace.root)
            .args(["component", "add", component]);
        run::run(&mut add).with_context(|| {
            format!("{component} is missing; run `rustup component add {component}` in this folder")
        })?;
    }
    Ok(())
}

/// The two programs that the page's tests need.
pub struct Chromium {
    /// The browser.
    pub browser: PathBuf,
    /// The driver that goes with it.
    pub driver: PathBuf,
}

/// Finds Chromium and its driver; installs Debian's packages if they are missing and that is possible.
pub fn chromium() -> Result<Chromium> {
    let first = find_chromium(&std::env::var_os("PATH").unwrap_or_default(), environment)?;
    if let Some(found) = first {
        return Ok(found);
    }
    if is_root() && in_path(&std::env::var_os("PATH").unwrap_or_default(), "apt-get").is_some() {
        println!("  Chromium or its driver is missing: installing Debian's packages");
        run::run(Command::new("apt-get").arg("update"))?;
        run::run(
            Command::new("apt-get")
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args([
                    "install",
                    "-y",
                    "--no-install-recommends",
                    "chromium",
                    "chromium-driver",
                ]),
        )?;
        if let Some(found) = find_chromium(&std::env::var_os("PATH").unwrap_or_default(), environment)? {
            return Ok(found);
        }
    }
    bail!(
        "the page's tests need Chromium and chromedriver, and one of them is missing. Install them:\n\
         \n  Debian, Ubuntu   sudo apt-get install chromium chromium-driver\
         \n  Fedora           sudo dnf install chromium chromedriver\
         \n  Arch             sudo pacman -S chromium\
         \n  macOS            brew install --cask chromium chromedriver\n\
         \nor point the environment variables CHROMIUM and CHROMEDRIVER at the two programs. \
         `cargo xtask test --no-page` runs everything else."
    )
}

/// Looks for both programs: first where the environment points, then along `path`. `None` if one is missing.
fn find_chromium(path: &OsStr, variable: impl Fn(&str) -> Option<OsString>) -> Result<Option<Chromium>> {
    let mac = Path::new("/Applications");
    let browser = match variable("CHROMIUM") {
        Some(named) => Some(existing("CHROMIUM", named)?),
        None => [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
            "chrome",
        ]
        .iter()
        .find_map(|name| in_path(path, name))
        .or_else(|| {
            [
                "Chromium.app/Contents/MacOS/Chromium",
                "Google Chrome.app/Contents/MacOS/Google Chrome",
            ]
            .iter()
            .map(|name| mac.join(name))
            .find(|candidate| candidate.is_file())
        }),
    };
    let driver = match variable("CHROMEDRIVER") {
        Some(named) => Some(existing("CHROMEDRIVER", named)?),
        None => ["chromedriver", "chromium.chromedriver"]
            .iter()
            .find_map(|name| in_path(path, name)),
    };
    Ok(browser
        .zip(driver)
        .map(|(browser, driver)| Chromium { browser, driver }))
}

/// A path that the user gave us: if it is wrong, falling back to another browser would hide the mistake.
fn existing(variable: &str, named: OsString) -> Result<PathBuf> {
    let named = PathBuf::from(named);
    if !named.is_file() {
        bail!(
            "the environment variable {variable} says {}, but there is no such file. Correct it or unset it.",
            named.display()
        );
    }
    Ok(named)
}

fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

fn in_path(path: &OsStr, name: &str) -> Option<PathBuf> {
    std::env::split_paths(path)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|candidate| candidate.is_file())
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::write(
                folder
                    .path()
                    .join(format!("{name}{}", std::env::consts::EXE_SUFFIX)),
                "",
            )
            .unwrap();
        }
        folder
    }

    #[test]
    fn both_programs_are_found_along_the_path() {
        let folder = folder_with(&["google-chrome", "chromedriver"]);
        let found = find_chromium(folder.path().as_os_str(), |_| None)
            .unwrap()
            .unwrap();
        assert!(found.browser.starts_with(folder.path()));
        assert!(found.driver.starts_with(folder.path()));
    }

    #[test]
    fn a_browser_without_its_driver_is_not_enough() {
        let folder = folder_with(&["chromium"]);
        assert!(
            find_chromium(folder.path().as_os_str(), |_| None)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn the_environment_comes_first_and_its_mistakes_are_named() {
        let folder = folder_with(&["chromium", "chromedriver", "mine"]);
        let mine = folder
            .path()
            .join(format!("mine{}", std::env::consts::EXE_SUFFIX));
        let point = |to: PathBuf| move |name: &str| (name == "CHROMIUM").then(|| to.clone().into_os_string());
        let found = find_chromium(folder.path().as_os_str(), point(mine.clone()))
            .unwrap()
            .unwrap();
        assert_eq!(found.browser, mine);
        let error = find_chromium(folder.path().as_os_str(), point(folder.path().join("gone")))
            .err()
            .unwrap();
        assert!(error.to_string().contains("CHROMIUM"), "{error}");
    }
}
