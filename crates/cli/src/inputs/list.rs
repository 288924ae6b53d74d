//! What the user gave: files, and folders of files.

use grove_files::list::{Input, Listed};
use std::path::PathBuf;

/// Lists the files to read, and prints what was passed over.
///
/// # Errors
/// For folders that cannot be listed or hold no files.
pub fn collect<'a>(
    given: &[PathBuf],
    own: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<Vec<Input>> {
    let Listed { inputs, notes } = grove_files::list::collect(given, own)?;
    notes.iter().for_each(|note| eprintln!("{note}"));
    Ok(inputs)
}
