//! A stage of a build: says before how long it will take, and after how long it took.
//!
//! The times of this machine are kept in the target directory. Only those of stages that had something to do are: that
//! nothing took no time helps nobody.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::display;
use crate::workspace::Workspace;

/// What compiling takes the first time, in seconds, on two cores that have nothing else to do.
const FIRST_TIMES: &[(&str, &str, f64)] = &[
    ("page and CPU engine: compile", "web", 420.0),
    ("page and CPU engine: compile", "web-small", 600.0),
    ("page and CPU engine: compile", "dev", 180.0),
    ("page: compile", "web", 300.0),
    ("page: compile", "web-small", 420.0),
    ("page: compile", "dev", 150.0),
    ("WebGPU engine: compile", "web", 480.0),
    ("WebGPU engine: compile", "web-small", 780.0),
    ("WebGPU engine: compile", "dev", 240.0),
];

/// Whether a stage had something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It had.
    Made,
    /// All was there.
    Unchanged,
}

impl Outcome {
    /// `Made` if something was made.
    pub fn of(made: bool) -> Self {
        if made { Self::Made } else { Self::Unchanged }
    }
}

/// A stage.
pub struct Stage {
    /// What it does.
    pub name: String,
    /// Cargo's profile.
    pub profile: &'static str,
}

impl Stage {
    /// Does the work.
    pub fn run<T>(&self, workspace: &Workspace, work: impl FnOnce() -> Result<(T, Outcome)>) -> Result<T> {
        println!("{}", self.expectation(&times(workspace)));
        let start = Instant::now();
        let (value, outcome) = work()?;
        let seconds = start.elapsed().as_secs_f64();
        let taken = display::time(seconds);
        match outcome {
            Outcome::Unchanged => println!("  {}: nothing to do ({taken})", self.name),
            Outcome::Made => {
                println!("  {}: took {taken}", self.name);
                self.remember(workspace, seconds);
            }
        }
        Ok(value)
    }

    fn expectation(&self, times: &BTreeMap<String, f64>) -> String {
        let first = FIRST_TIMES
            .iter()
            .find(|(name, profile, _)| *name == self.name && *profile == self.profile);
        let expected = match (times.get(&self.key()), first) {
            (Some(last), _) => format!(" (took {} last time)", display::time(*last)),
            (None, Some((_, _, first))) => {
                format!(" (the first time about {} on two cores)", display::time(*first))
            }
            (None, None) => String::new(),
        };
        format!("{}{expected}", self.name)
    }

    fn key(&self) -> String {
        format!("{}, {}", self.name, self.profile)
    }

    /// Notes what it took. That this fails is no reason for a build to fail.
    fn remember(&self, workspace: &Workspace, seconds: f64) {
        let mut times = times(workspace);
        times.insert(self.key(), (seconds * 10.0).round() / 10.0);
        if let Ok(text) = serde_json::to_string_pretty(&times) {
            let _unwritable = fs::write(path(workspace), text);
        }
    }
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.target.join("grove-times.json")
}

/// What stages took last. None if none are known, or the file is not what we wrote.
fn times(workspace: &Workspace) -> BTreeMap<String, f64> {
    fs::read(path(workspace))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_is_told_and_doing_nothing_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace {
            root: folder.path().to_path_buf(),
            target: folder.path().to_path_buf(),
        };
        let stage = Stage {
            name: "page and CPU engine: compile".into(),
            profile: "web",
        };
        let described = || stage.expectation(&times(&workspace));
        assert_eq!(
            described(),
            "page and CPU engine: compile (the first time about 7 min on two cores)"
        );
        stage.run(&workspace, || Ok(((), Outcome::Unchanged))).unwrap();
        assert!(described().contains("first time"));
        stage.run(&workspace, || Ok(((), Outcome::Made))).unwrap();
        assert_eq!(described(), "page and CPU engine: compile (took 0.0 s last time)");
        stage.remember(&workspace, 95.04);
        assert!(described().ends_with("(took 1 min 35 s last time)"));
        fs::write(path(&workspace), "not JSON").unwrap();
        assert!(described().contains("first time"));
    }

    #[test]
    fn every_group_has_a_first_time() {
        use crate::product::Backend;
        for backend in [Backend::All, Backend::Cpu, Backend::Webgpu, Backend::None] {
            for group in backend.groups() {
                for profile in ["web", "web-small", "dev"] {
                    let name = format!("{}: compile", group.name);
                    assert!(
                        FIRST_TIMES.iter().any(|(n, p, _)| *n == name && *p == profile),
                        "{name}, {profile}"
                    );
                }
            }
        }
    }
}
