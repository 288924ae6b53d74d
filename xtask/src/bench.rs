//! The benchmarks: criterion's on this machine, then the page's own in Chromium.

use anyhow::Result;
use clap::Args;

use crate::product::Backend;
use crate::workspace::Workspace;
use crate::{build, run, setup, test};

/// Which benchmarks.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Only those whose name contains this.
    filter: Option<String>,
    /// Leave the browser out.
    #[arg(long, conflicts_with = "only_page")]
    no_page: bool,
    /// Only the browser.
    #[arg(long)]
    only_page: bool,
    /// The engines to build for the page.
    #[arg(long, value_enum, default_value_t)]
    backend: Backend,
}

/// Runs them.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let chromium = if options.no_page {
        None
    } else {
        Some(setup::chromium()?)
    };
    if !options.only_page {
        run::run(
            workspace
                .cargo()
                .args(["bench", "--package", "galaxy-grove", "--package", "grove-model"])
                .args(["--features", "grove-model/flex", "--benches", "--"])
                .args(&options.filter),
        )?;
    }
    if let Some(chromium) = chromium {
        build::build(
            workspace,
            &build::Options {
                backend: options.backend,
                ..build::Options::default()
            },
        )?;
        browser_bench(workspace, &chromium, options.filter.as_deref())?;
    }
    Ok(())
}

/// The page's benchmarks are tests of `tests/page` that are ignored otherwise and have `bench` in their name.
fn browser_bench(workspace: &Workspace, chromium: &setup::Chromium, filter: Option<&str>) -> Result<()> {
    let site = test::start(workspace)?;
    let arguments = [
        filter.unwrap_or("bench"),
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ];
    run::run(&mut test::in_browser(workspace, chromium, &site, &arguments))
}
