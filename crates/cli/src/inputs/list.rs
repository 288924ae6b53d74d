//! What the user gave: files, and folders of files.

use anyhow::{Context as _, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// A file to read: where it is, and what its galaxy will be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub path: PathBuf,
    pub name: String,
}

/// Lists the files to read: those given, in their order, and folders' files, sorted. Hidden files are passed over, and
/// so is what is about to be written: the files and folders that are `own`, unless the folder given lies in one of them.
///
/// # Errors
/// For folders that cannot be listed or hold no files.
pub fn collect<'a>(
    given: &[PathBuf],
    own: impl IntoIterator<Item = &'a PathBuf>,
) -> anyhow::Result<Vec<Input>> {
    let own: Vec<PathBuf> = own
        .into_iter()
        .filter_map(|own| own.canonicalize().ok())
        .collect();
    let mut inputs = Vec::new();
    for path in given {
        if !path.is_dir() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            inputs.push(Input {
                path: path.clone(),
                name: name.to_string_lossy().into_owned(),
            });
            continue;
        }
        let mut found = below(path)?;
        let here = path.canonicalize().unwrap_or_default();
        let own: Vec<&PathBuf> = own.iter().filter(|own| !here.starts_with(own)).collect();
        let is_own = |file: &PathBuf| {
            !own.is_empty()
                && file
                    .canonicalize()
                    .is_ok_and(|file| own.iter().any(|own| file.starts_with(own)))
        };
        found.retain(|file| !file.is_dir() && !is_own(file));
        found.sort();
        if found.is_empty() {
            bail!("the folder `{}` holds no files", path.display());
        }
        inputs.extend(found.into_iter().map(|file| {
            let name = file.strip_prefix(path).unwrap_or(&file);
            let name = name.to_string_lossy().replace('\\', "/");
            Input { path: file, name }
        }));
    }
    Ok(inputs)
}

/// All entries below a folder that are no folders themselves.
fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let said = || format!("cannot list `{}`", folder.display());
        for entry in fs::read_dir(&folder).with_context(said)? {
            let entry = entry.with_context(said)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // The entry's own type: a link to a folder is not followed, so that no loop can arise.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}
