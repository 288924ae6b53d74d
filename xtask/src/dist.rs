//! From `index.html`, `www/` and `pkg/` to `dist/`.
//!
//! `dist/` has the same shape as the source (`index.html`, `www/...`, `pkg/...`), so the same relative addresses work
//! in both, at any path of any host. Three things change in `index.html`: every quoted mention of a file of `dist/`
//! gets `?v=HASH`, so that an update is never half seen through a cache, and `@BUILD@` becomes one hash of all
//! of `pkg/`, for what the page itself wants to version. `@ENGINES@` becomes the list of the engines that it can use.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::engines;
use crate::version::version;
use crate::workspace::Workspace;

const INDEX: &str = "index.html";

/// What `dist/` holds.
pub struct Site {
    /// How many files.
    pub files: usize,
    /// Their size together.
    pub bytes: u64,
}

/// Brings `dist/` up to date: writes what changed and removes what no longer belongs.
pub fn assemble(workspace: &Workspace) -> Result<Site> {
    let index_path = workspace.root.join(INDEX);
    let index = fs::read_to_string(&index_path)
        .with_context(|| format!("cannot read {}, the page's shell", index_path.display()))?;

    let mut site: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for folder in ["pkg", "www"] {
        for (name, path) in files(&workspace.root.join(folder))? {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            site.insert(format!("{folder}/{name}"), bytes);
        }
    }
    let index =
        with_versions(&index, &site).replace("@ENGINES@", &engines::listed(&workspace.pkg()).join(" "));
    site.insert(INDEX.into(), index.into_bytes());

    let dist = workspace.dist();
    // The index last: what it names is there before it.
    for (name, bytes) in site
        .iter()
        .filter(|(name, _)| *name != INDEX)
        .chain(site.get_key_value(INDEX))
    {
        let path = dist.join(name);
        if !fs::read(&path).is_ok_and(|old| old == *bytes) {
            fs::create_dir_all(path.parent().unwrap_or(&dist))?;
            // In one move: the folder may be served, and nobody should be sent half a file.
            let unfinished = dist.join(".unfinished");
            fs::write(&unfinished, bytes)
                .and_then(|()| fs::rename(&unfinished, &path))
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    for (name, path) in files(&dist)? {
        if !site.contains_key(&name) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(Site {
        files: site.len(),
        bytes: site.values().map(|bytes| bytes.len() as u64).sum(),
    })
}

/// The files below `folder` by their names relative to it, with `/` between the parts; hidden ones are left out.
/// No folder, no files.
pub fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), folder.to_path_buf())];
    while let Some((prefix, path)) = open.pop() {
        if !path.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type()?.is_dir() {
                open.push((format!("{prefix}{name}/"), entry.path()));
            } else {
                found.insert(format!("{prefix}{name}"), entry.path());
            }
        }
    }
    Ok(found)
}

fn with_versions(index: &str, site: &BTreeMap<String, Vec<u8>>) -> String {
    let mut all = String::new();
    let mut text = index.to_owned();
    for (name, bytes) in site {
        let version_of_file = version(bytes);
        for start in ["", "./"] {
            text = text.replace(
                &format!("\"{start}{name}\""),
                &format!("\"{start}{name}?v={version_of_file}\""),
            );
        }
        if name.starts_with("pkg/") {
            all.push_str(&version_of_file);
        }
    }
    text.replace("@BUILD@", &version(all.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        for (name, text) in [
            (
                "index.html",
                r#"<html data-build="@BUILD@" data-engines="@ENGINES@"><script src="./pkg/app.js"></script><img src="x.png">"#,
            ),
            ("pkg/app.js", "abc"),
            ("pkg/.gitignore", "*"),
            ("www/deep/er/style.css", "p {}"),
        ] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (
            folder,
            Workspace {
                target: root.join("target"),
                root,
            },
        )
    }

    #[test]
    fn dist_has_the_shape_of_the_source() {
        let (_folder, workspace) = workspace();
        let site = assemble(&workspace).unwrap();
        let names: Vec<String> = files(&workspace.dist()).unwrap().into_keys().collect();
        assert_eq!(names, ["index.html", "pkg/app.js", "www/deep/er/style.css"]);
        assert_eq!(site.files, 3);
    }

    #[test]
    fn the_index_names_files_by_version() {
        let (_folder, workspace) = workspace();
        assemble(&workspace).unwrap();
        let index = fs::read_to_string(workspace.dist().join("index.html")).unwrap();
        assert!(index.contains(r#"src="./pkg/app.js?v=ba7816bf8f01""#), "{index}");
        assert!(
            index.contains(r#"src="x.png""#),
            "a file that is not ours stays as it is: {index}"
        );
        assert!(!index.contains("@BUILD@"), "{index}");
        assert!(index.contains(r#"data-engines="""#), "{index}");
    }

    #[test]
    fn what_left_the_source_leaves_dist() {
        let (_folder, workspace) = workspace();
        assemble(&workspace).unwrap();
        fs::remove_file(workspace.root.join("www/deep/er/style.css")).unwrap();
        fs::write(workspace.pkg().join("app.js"), "new").unwrap();
        assemble(&workspace).unwrap();
        assert!(!workspace.dist().join("www/deep/er/style.css").exists());
        assert_eq!(
            fs::read_to_string(workspace.dist().join("pkg/app.js")).unwrap(),
            "new"
        );
    }

    #[test]
    fn a_missing_index_is_named() {
        let (_folder, workspace) = workspace();
        fs::remove_file(workspace.root.join("index.html")).unwrap();
        let error = assemble(&workspace).err().unwrap();
        assert!(error.to_string().contains("index.html"), "{error}");
    }
}
