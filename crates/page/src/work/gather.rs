//! From a drop, a paste or a file dialog to a flat list of files, folders walked.

use grove_browser::describe;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

/// A file that the user gave, with the browser's handle.
pub type Dropped = galaxy_grove::page_model::Dropped<File>;

/// Files that the user picked in a dialog, or pasted.
pub fn from_list(list: &FileList) -> Vec<Dropped> {
    (0..list.length())
        .filter_map(|index| list.get(index))
        .map(named)
        .collect()
}

fn named(file: File) -> Dropped {
    // A folder dialog gives each file its path; other sources leave it empty.
    let path = js_sys::Reflect::get(&file, &"webkitRelativePath".into())
        .ok()
        .and_then(|path| path.as_string());
    let name = path
        .filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name());
    Dropped { name, file }
}

/// The entries of a drop. To be called while the drop event runs: the browser forgets them afterwards.
pub fn entries(transfer: &DataTransfer) -> Vec<Entry> {
    let items = transfer.items();
    let mut found = Vec::new();
    for index in 0..items.length() {
        let Some(item) = items.get(index).filter(|item| item.kind() == "file") else {
            continue;
        };
        match item.webkit_get_as_entry() {
            // A file is there at once; its entry would have to be asked for it.
            Ok(Some(entry)) if entry.is_directory() => found.push(Entry::Entry(entry)),
            _ => found.extend(item.get_as_file().ok().flatten().map(Entry::File)),
        }
    }
    if found.is_empty() {
        let files = transfer.files().map(|list| from_list(&list)).unwrap_or_default();
        found.extend(files.into_iter().map(|dropped| Entry::File(dropped.file)));
    }
    found
}

/// A file or folder that was dropped.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A plain file.
    File(File),
    /// A file or folder with a path.
    Entry(FileSystemEntry),
}

impl Entry {
    fn is_file(&self) -> bool {
        matches!(self, Self::Entry(entry) if entry.is_file())
    }
}

/// Walks all folders. Returns the files in the order of their names, folder by folder, and the name of each entry that
/// the browser would not open, with its reason. `found` is called now and then with the number of files.
pub async fn walk(entries: Vec<Entry>, found: impl Fn(usize)) -> (Vec<Dropped>, Vec<(String, String)>) {
    /// Files between two words about them.
    const MIN_REPEATS: usize = 250;
    /// Files of a folder that the browser is asked for at once.
    const TOGETHER: usize = 64;
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut stack: Vec<Entry> = entries.into_iter().rev().collect();
    while let Some(entry) = stack.pop() {
        let before = files.len() / MIN_REPEATS;
        match entry {
            Entry::File(file) => files.push(named(file)),
            Entry::Entry(entry) if entry.is_directory() => {
                match read_folder(entry.clone().unchecked_into()).await {
                    Ok(mut inside) => {
                        // Each name is fetched once: ten thousand names are compared a quarter of a million times.
                        inside.sort_by_cached_key(FileSystemEntry::name);
                        stack.extend(inside.into_iter().rev().map(Entry::Entry));
                    }
                    Err(error) => {
                        let name = entry.full_path().trim_start_matches('/').to_owned();
                        problems.push((
                            name,
                            format!("the folder could not be read ({})", describe(&error)),
                        ));
                    }
                }
            }
            Entry::Entry(entry) => {
                // Those behind it are asked for while the first is waited for.
                let mut opening = vec![opened(&entry)];
                while opening.len() < TOGETHER
                    && let Some(Entry::Entry(next)) = stack.pop_if(|next| next.is_file())
                {
                    opening.push(opened(&next));
                }
                for (name, promise) in opening {
                    match JsFuture::from(promise).await.and_then(|file| file.dyn_into()) {
                        Ok(file) => files.push(Dropped { name, file }),
                        Err(error) => {
                            problems.push((
                                name,
                                format!("the browser did not open it ({})", describe(&error)),
                            ));
                        }
                    }
                }
            }
        }
        if files.len() / MIN_REPEATS > before {
            found(files.len());
        }
    }
    (files, problems)
}

/// A file's name with its folders, and the promise of the file.
fn opened(entry: &FileSystemEntry) -> (String, Promise) {
    let name = entry.full_path().trim_start_matches('/').to_owned();
    let entry: FileSystemFileEntry = entry.clone().unchecked_into();
    let promise = Promise::new(&mut |resolve: Function, reject: Function| {
        entry.file_with_callback_and_callback(&resolve, &reject);
    });
    (name, promise)
}

async fn read_folder(folder: FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader = folder.create_reader();
    let mut found = Vec::new();
    loop {
        let mut failed = None;
        let promise = Promise::new(&mut |resolve: Function, reject: Function| {
            failed = reader
                .read_entries_with_callback_and_callback(&resolve, &reject)
                .err();
        });
        if let Some(error) = failed {
            return Err(error);
        }
        // Browsers give a hundred at a time, and an empty list at the end.
        let part: Array = JsFuture::from(promise).await?.dyn_into()?;
        if part.length() == 0 {
            return Ok(found);
        }
        found.extend(part.iter().map(|entry| entry.unchecked_into::<FileSystemEntry>()));
    }
}
