//! From `index.html`, `www/` and `pkg/` to `dist/`.
//!
//! `dist/` has the same shape as the source (`index.html`, `www/...`, `pkg/...`), so the same relative addresses work
//! in both, at any path of any host. Three things change in `index.html`: every quoted mention of a file of `dist/`
//! gets `?v=HASH`, so that an update is never half seen through a cache, and `@BUILD@` becomes one hash of all
//! of `pkg/`, for what the page itself wants to version. `@ENGINES@` becomes the list of the engines that it can use.
//! One file moves: `www/offline.js` must stand beside `index.html`, because a service worker answers only for what lies below it; it gets the list of all
//! files with their hashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::engines;
use crate::version::version;
use crate::workspace::Workspace;

const INDEX: &str = "index.html";

/// The service worker, where it is in the source and what it is called in `dist/`.
const OFFLINE: (&str, &str) = ("www/offline.js", "offline.js");

/// Where what shared links show ends in the index.
const END_OF_CARD: &str = "<!--/card-->";

/// What `dist/` holds.
pub struct Site {
    /// How many files.
    pub files: usize,
    /// Their size together.
    pub bytes: u64,
}

/// Brings `dist/` up to date: writes what changed and removes what no longer belongs.
///
/// With the address where the page will stand, shared links show its picture, which they need whole.
pub fn assemble(workspace: &Workspace, base_url: Option<&str>) -> Result<Site> {
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
    let worker = site.remove(OFFLINE.0);
    let build = build(&site);
    let index = with_versions(&index, &site)
        .replace("@BUILD@", &build)
        .replace("@ENGINES@", &engines::listed(&workspace.pkg()).join(" "));
    let index = base_url.map_or(index.clone(), |base| with_card(&index, base));
    if let Some(worker) = worker {
        let worker = String::from_utf8(worker).context("www/offline.js is not text")?;
        let worker = worker.replace("const FILES = {};", &format!("const FILES = {};", listed(&site)?));
        site.insert(OFFLINE.1.into(), worker.replace("@BUILD@", &build).into_bytes());
    }
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

/// One hash of all of `pkg/`.
fn build(site: &BTreeMap<String, Vec<u8>>) -> String {
    let parts = site.iter().filter(|(name, _)| name.starts_with("pkg/"));
    let all: String = parts.map(|(_, bytes)| version(bytes)).collect();
    version(all.as_bytes())
}

/// All files with their hashes, as JSON.
fn listed(site: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    let hashes: BTreeMap<&String, String> = site.iter().map(|(name, bytes)| (name, version(bytes))).collect();
    Ok(serde_json::to_string(&hashes)?)
}

/// The index with the address of the page and of its picture.
fn with_card(index: &str, base: &str) -> String {
    let base = format!("{}/", base.trim_end_matches('/'));
    let card = format!(
        "<meta property=\"og:url\" content=\"{base}\">\n<meta property=\"og:image\" content=\"{base}www/card.jpg\">\n\
         <meta name=\"twitter:card\" content=\"summary_large_image\">\n{END_OF_CARD}"
    );
    index.replacen(END_OF_CARD, &card, 1)
}

fn with_versions(index: &str, site: &BTreeMap<String, Vec<u8>>) -> String {
    let mut text = index.to_owned();
    for (name, bytes) in site {
        let version_of_file = version(bytes);
        for start in ["", "./"] {
            text = text.replace(
                &format!("\"{start}{name}\""),
                &format!("\"{start}{name}?v={version_of_file}\""),
            );
        }
    }
    text
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
        let site = assemble(&workspace, None).unwrap();
        let names: Vec<String> = files(&workspace.dist()).unwrap().into_keys().collect();
        assert_eq!(names, ["index.html", "pkg/app.js", "www/deep/er/style.css"]);
        assert_eq!(site.files, 3);
    }

    #[test]
    fn the_index_names_files_by_version() {
        let (_folder, workspace) = workspace();
        assemble(&workspace, None).unwrap();
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
    fn the_service_worker_stands_beside_the_index_and_knows_all_files() {
        let (_folder, workspace) = workspace();
        let source = workspace.root.join("www/offline.js");
        fs::write(&source, "const FILES = {};\nconst BUILD = \"@BUILD@\";").unwrap();
        assemble(&workspace, None).unwrap();
        let read = |name: &str| fs::read_to_string(workspace.dist().join(name)).unwrap();
        let worker = read("offline.js");
        assert!(
            worker.contains(r#"{"pkg/app.js":"ba7816bf8f01","www/deep/er/style.css":"#),
            "{worker}"
        );
        assert!(!worker.contains("@BUILD@"), "{worker}");
        assert!(!workspace.dist().join("www/offline.js").exists());
    }

    #[test]
    fn shared_links_show_a_picture_where_the_address_is_known() {
        let (_folder, workspace) = workspace();
        let index = workspace.root.join("index.html");
        let card = fs::read_to_string(&index).unwrap() + "<!--card--><!--/card-->";
        fs::write(&index, card).unwrap();
        assemble(&workspace, Some("https://example.org/grove")).unwrap();
        let made = fs::read_to_string(workspace.dist().join("index.html")).unwrap();
        assert!(
            made.contains(r#"og:image" content="https://example.org/grove/www/card.jpg""#),
            "{made}"
        );
    }

    #[test]
    fn what_left_the_source_leaves_dist() {
        let (_folder, workspace) = workspace();
        assemble(&workspace, None).unwrap();
        fs::remove_file(workspace.root.join("www/deep/er/style.css")).unwrap();
        fs::write(workspace.pkg().join("app.js"), "new").unwrap();
        assemble(&workspace, None).unwrap();
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
        let error = assemble(&workspace, None).err().unwrap();
        assert!(error.to_string().contains("index.html"), "{error}");
    }
}
