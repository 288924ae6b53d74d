//! `grove info`.

/// Print what a file holds.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs the sub-command.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
