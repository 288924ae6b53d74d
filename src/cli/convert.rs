//! `grove convert`.

/// Make one bundle of HDF5 files, FITS images and pictures.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Runs the sub-command.
pub fn run(_arguments: &Arguments) -> anyhow::Result<()> {
    anyhow::bail!("not written yet")
}
