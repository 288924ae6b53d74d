//! `grove import-tf`.

/// Turn a TensorFlow checkpoint into a model.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs the sub-command.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
