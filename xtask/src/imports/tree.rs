//! The modules of a crate, from its root file down, as the compiler finds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::gates::Gate;
use super::source::{self, Import, Mention, Module};

/// A package of the workspace.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The name and the root file of its library and of each of its programs; a library comes first.
    pub crates: Vec<(String, PathBuf)>,
}

/// A module.
#[derive(Debug)]
pub struct Node {
    /// Its place below the crate's root: `["view", "widgets"]`.
    pub path: Vec<String>,
    /// The file that it is in: an index into [`Crate::files`].
    pub file: usize,
    /// The module around it.
    pub parent: Option<usize>,
    /// The modules in it.
    pub children: BTreeMap<String, usize>,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Paths that its code names.
    pub paths: Vec<Mention>,
    /// Single names that its code uses.
    pub names: BTreeMap<String, usize>,
    /// What it defines.
    pub defined: std::collections::BTreeSet<String>,
}

/// One library or program.
#[derive(Debug)]
pub struct Crate {
    /// The package that it belongs to.
    pub member: String,
    /// The name by which others import it.
    pub name: String,
    /// True for a library: programs cannot be imported.
    pub is_library: bool,
    /// Its modules; the first is the root.
    pub nodes: Vec<Node>,
    /// Its files, relative to the workspace where they lie in it.
    pub files: Vec<PathBuf>,
}

/// Reads every crate of a member.
pub fn read(root: &Path, member: &Member) -> Result<Vec<Crate>> {
    member
        .crates
        .iter()
        .enumerate()
        .map(|(index, (name, file))| {
            let mut made = Crate {
                member: member.name.clone(),
                name: name.clone(),
                is_library: index == 0 && !file.ends_with("main.rs"),
                nodes: Vec::new(),
                files: Vec::new(),
            };
            let folder = file.parent().unwrap_or(root).to_path_buf();
            let place = Place {
                path: Vec::new(),
                parent: None,
                folder,
            };
            made.file(root, file, place, &Gate::default())?;
            Ok(made)
        })
        .collect()
}

/// Where a module goes.
struct Place {
    path: Vec<String>,
    parent: Option<usize>,
    /// Where the files of its modules lie.
    folder: PathBuf,
}

impl Crate {
    /// Reads a file and all below it. `None` if it is for tests only.
    fn file(&mut self, root: &Path, file: &Path, place: Place, gate: &Gate) -> Result<Option<usize>> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let Some(module) = source::read(&text, gate) else {
            return Ok(None);
        };
        self.files
            .push(file.strip_prefix(root).unwrap_or(file).to_path_buf());
        let index = self.files.len() - 1;
        let beside = file.parent().unwrap_or(root).to_path_buf();
        self.module(root, module, index, place, &beside).map(Some)
    }

    fn module(
        &mut self,
        root: &Path,
        module: Module,
        file: usize,
        place: Place,
        beside: &Path,
    ) -> Result<usize> {
        let id = self.nodes.len();
        self.nodes.push(Node {
            path: place.path.clone(),
            file,
            parent: place.parent,
            children: BTreeMap::new(),
            imports: module.imports,
            paths: module.paths,
            names: module.names,
            defined: module.defined,
        });
        let below = |name: &str| Place {
            path: place.path.iter().cloned().chain([name.to_owned()]).collect(),
            parent: Some(id),
            folder: place.folder.join(name),
        };
        for (name, inner) in module.inline {
            let child = self.module(root, inner, file, below(&name), beside)?;
            self.nodes[id].children.insert(name, child);
        }
        for child in module.files {
            let candidates = match &child.path {
                Some(path) => vec![beside.join(path)],
                None => vec![
                    place.folder.join(format!("{}.rs", child.name)),
                    place.folder.join(&child.name).join("mod.rs"),
                ],
            };
            // A file that is not there is the compiler's to complain of; it may be made by a build script.
            let Some(path) = candidates.into_iter().find(|path| path.is_file()) else {
                continue;
            };
            if let Some(made) = self.file(root, &path, below(&child.name), &child.gate)? {
                self.nodes[id].children.insert(child.name, made);
            }
        }
        Ok(id)
    }
}
