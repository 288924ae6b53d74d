//! The benchmarks: criterion's on this machine, then the page's own in Chromium.

use anyhow::Result;
use clap::Args;

use crate::product::Backend;
use crate::workspace::Workspace;
use crate::{build, peers, run, setup, test};

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
    /// Ours beside other programs, in turns, instead; writes docs/benchmarks.md. Needs Python, npm and the network.
    #[arg(long)]
    peers: bool,
    /// Fail when ours is below a goal; with --peers.
    #[arg(long, requires = "peers")]
    check: bool,
    /// Rounds of --peers.
    #[arg(long, default_value_t = 5, requires = "peers", value_parser = rounds)]
    rounds: usize,
}

fn rounds(text: &str) -> Result<usize, String> {
    let rounds = text.parse().ok().filter(|rounds| (1..=100).contains(rounds));
    rounds.ok_or_else(|| "give a number from 1 to 100".to_owned())
}

/// Runs them.
pub fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.peers {
        return peers::peers(workspace, options.rounds, !options.no_page, options.check);
    }
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
