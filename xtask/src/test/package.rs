//! What the library's package would hold: nothing large, and nothing that is not its own.

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{display, run};

/// The largest file that may be in the package.
const MAX_FILE: u64 = 1_000_000;

/// Lists the files of the library's package, and checks their sizes.
///
/// # Errors
/// When one is larger than 1 MB, or is a test's fixture.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut list = workspace.cargo();
    list.args(["package", "--list", "--allow-dirty", "--package", "galaxy-grove"]);
    let listed =
        String::from_utf8(run::output(&mut list)?).context("cargo listed a name that is not text")?;
    let (mut count, mut total) = (0_usize, 0);
    for name in listed.lines() {
        // Cargo adds files that are not in the working tree, such as the original manifest.
        let Ok(file) = std::fs::metadata(workspace.root.join(name)) else {
            continue;
        };
        if name.starts_with("tests/") {
            bail!("{name} would be in the library's package: see `include` in Cargo.toml");
        }
        if file.len() > MAX_FILE {
            bail!(
                "{name} would be in the library's package with {}",
                display::size(file.len())
            );
        }
        count += 1;
        total += file.len();
    }
    if count == 0 {
        bail!("the library's package would be empty");
    }
    println!("  {count} files, {} before packing", display::size(total));
    Ok(())
}
