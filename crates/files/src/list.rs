//! What the user gave: files, and folders of files.

use galaxy_grove::intake;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A file to read: where it is, and what its galaxy will be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// What its galaxy will be called.
    pub name: String,
}

/// The files to read, and what was passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The files, in their order.
    pub inputs: Vec<Input>,
    /// What was passed over, a sentence each.
    pub notes: Vec<String>,
}

/// Why files could not be listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// A folder cannot be listed.
    #[error("cannot list `{}`: {error}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A folder holds nothing to read.
    #[error("the folder `{}` holds no files", folder.display())]
    Empty {
        /// The folder.
        folder: PathBuf,
    },
}

/// Lists the files to read: those given, in their order, and folders' files, sorted. Hidden files are passed over, and
/// so is what is about to be written: the files and folders that are `own`, unless the folder given lies in one of them.
///
/// # Errors
/// [`ListError`] for folders that cannot be listed or hold no files.
pub fn collect<'a>(
    given: &[PathBuf],
    own: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<Listed, ListError> {
    let own: Vec<PathBuf> = own
        .into_iter()
        .filter_map(|own| own.canonicalize().ok())
        .collect();
    let mut inputs = Vec::new();
    let mut notes = Vec::new();
    let mut passed_over = 0;
    for path in given {
        if !path.is_dir() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            inputs.push(Input {
                path: path.clone(),
                name: name.to_string_lossy().into_owned(),
            });
            continue;
        }
        let FolderContents {
            files: mut found,
            passed_over: left,
            links,
        } = below(path)?;
        passed_over += left;
        for link in links {
            notes.push(format!(
                "{}: passed over: it is a link to a folder that is read already",
                link.display()
            ));
        }
        let here = path.canonicalize().unwrap_or_default();
        let own: Vec<&PathBuf> = own.iter().filter(|own| !here.starts_with(own)).collect();
        let is_own = |file: &PathBuf| {
            !own.is_empty()
                && file
                    .canonicalize()
                    .is_ok_and(|file| own.iter().any(|own| file.starts_with(own)))
        };
        found.retain(|file| !is_own(file));
        found.sort();
        if found.is_empty() {
            return Err(ListError::Empty { folder: path.clone() });
        }
        inputs.extend(found.into_iter().map(|file| {
            let name = file.strip_prefix(path).unwrap_or(&file);
            let name = name.to_string_lossy().replace('\\', "/");
            Input { path: file, name }
        }));
    }
    if passed_over > 0 {
        notes.push(format!(
            "passed over: {passed_over} hidden files and files that systems leave in folders"
        ));
    }
    name_apart(&mut inputs, given);
    Ok(Listed { inputs, notes })
}

/// Files of one name that were given from several folders get their folders into their names: else nobody could tell them
/// apart.
fn name_apart(inputs: &mut [Input], given: &[PathBuf]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for input in inputs.iter() {
        *counts.entry(input.name.clone()).or_default() += 1;
    }
    for input in inputs.iter_mut() {
        let is_shared = counts.get(&input.name).is_some_and(|count| *count > 1);
        if is_shared && given.contains(&input.path) {
            let path = input.path.to_string_lossy().replace('\\', "/");
            let parts = path.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
            input.name = parts.collect::<Vec<_>>().join("/");
        }
    }
}

/// What is in a folder and below it.
#[derive(Default)]
struct FolderContents {
    files: Vec<PathBuf>,
    /// Hidden files and files that systems leave behind.
    passed_over: usize,
    /// Links to folders that are read already.
    links: Vec<PathBuf>,
}

/// All files below a folder. Linked folders are followed, but none is read twice, so that no loop can arise.
fn below(folder: &Path) -> Result<FolderContents, ListError> {
    let mut found = FolderContents::default();
    let mut seen: BTreeSet<PathBuf> = folder.canonicalize().into_iter().collect();
    let mut linked = Vec::new();
    let mut folders = vec![folder.to_owned()];
    // Real folders first: a link may lead to one of them.
    while let Some(folder) = folders
        .pop()
        .or_else(|| next_link(&mut linked, &mut seen, &mut found))
    {
        let unreadable = |error| ListError::Unreadable {
            folder: folder.clone(),
            error,
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            if intake::passed_over(&entry.file_name().to_string_lossy()) {
                found.passed_over += 1;
                continue;
            }
            let kind = entry.file_type().map_err(unreadable)?;
            if kind.is_dir() {
                seen.extend(path.canonicalize());
                folders.push(path);
            } else if kind.is_symlink() && path.is_dir() {
                linked.push(path);
            } else {
                found.files.push(path);
            }
        }
    }
    Ok(found)
}

/// The next linked folder that was not read yet.
fn next_link(
    linked: &mut Vec<PathBuf>,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut FolderContents,
) -> Option<PathBuf> {
    while let Some(link) = linked.pop() {
        let is_new = link.canonicalize().is_ok_and(|place| {
            let is_inside = seen.iter().any(|folder| place.starts_with(folder));
            !is_inside && seen.insert(place)
        });
        if is_new {
            return Some(link);
        }
        found.links.push(link);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_looked_through_and_what_is_passed_over_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("b");
        fs::create_dir(&inside).unwrap();
        for name in ["z.png", ".hidden", "b/a.png"] {
            fs::write(folder.path().join(name), b"x").unwrap();
        }
        let listed = collect(&[folder.path().to_owned()], []).unwrap();
        let names: Vec<&str> = listed.inputs.iter().map(|input| input.name.as_str()).collect();
        assert_eq!(names, ["b/a.png", "z.png"]);
        assert_eq!(listed.notes.len(), 1, "{:?}", listed.notes);
        // What is about to be written is no input.
        let listed = collect(&[folder.path().to_owned()], [&inside]).unwrap();
        assert_eq!(listed.inputs.len(), 1);
        let empty = tempfile::tempdir().unwrap();
        let error = collect(&[empty.path().to_owned()], []).unwrap_err();
        assert!(error.to_string().contains("holds no files"), "{error}");
    }
}
