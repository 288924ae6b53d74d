//! The WebGPU engine, built while the page is served already, and at low priority: it is the largest part of a build,
//! and the page does all it can without it. When it is there, `dist/` is assembled again, and a page opened after that
//! uses it. Cargo's words go to a file, because the terminal belongs to the server; if cargo fails, its last words
//! are shown.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};

use crate::build;
use crate::product::WEBGPU;
use crate::workspace::Workspace;
use crate::{engines, run};

/// How many of cargo's lines are shown when it fails.
const LAST_WORDS: usize = 30;

/// A build that goes on by itself.
pub struct Later {
    running: Arc<Mutex<Running>>,
}

/// What there is to end.
#[derive(Default)]
struct Running {
    process: Option<u32>,
    ended: bool,
}

impl Later {
    /// Begins.
    pub fn start(workspace: &Workspace, options: &build::Options) -> Self {
        let running = Arc::new(Mutex::new(Running::default()));
        let (workspace, options, shared) = (workspace.clone(), options.clone(), Arc::clone(&running));
        std::thread::spawn(move || {
            let log = workspace.target.join("grove-webgpu.log");
            let is_there = engines::listed(&workspace.pkg()).contains(&"webgpu");
            println!(
                "\nThe WebGPU engine is brought up to date in the background; until then the page computes {}.",
                if is_there {
                    "with the one that is there"
                } else {
                    "on the processor"
                }
            );
            match make(&workspace, &options, &shared, &log) {
                Ok(true) => {
                    println!("The WebGPU engine is built: a page opened or reloaded from now on can use it.")
                }
                Ok(false) => println!("The WebGPU engine was up to date."),
                Err(_) if lock(&shared).ended => {}
                Err(error) => println!(
                    "\nThe WebGPU engine could not be built; the page goes on with what is there: {error:#}\n"
                ),
            }
        });
        Self { running }
    }

    /// Ends it, with the compilers that it started.
    pub fn end(&self) {
        let mut running = lock(&self.running);
        running.ended = true;
        if let Some(process) = running.process.take() {
            end_group(process);
        }
    }
}

/// Whoever held it may have failed, but there is nothing half-done in it.
fn lock(running: &Mutex<Running>) -> std::sync::MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Builds it. True if the page can use more than before.
fn make(
    workspace: &Workspace,
    options: &build::Options,
    running: &Mutex<Running>,
    log: &PathBuf,
) -> Result<bool> {
    let index = || fs::read(workspace.dist().join("index.html")).unwrap_or_default();
    let before = (index(), engines::listed(&workspace.pkg()));
    build::make(workspace, &WEBGPU, options, |cargo| quietly(cargo, running, log))?;
    build::assemble(workspace, options.base_url.as_deref())?;
    Ok(before != (index(), engines::listed(&workspace.pkg())))
}

/// Runs a command at low priority, with its words in a file.
fn quietly(command: &Command, running: &Mutex<Running>, log: &PathBuf) -> Result<()> {
    let line = run::show(command);
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command = patient(command);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
    let mut child = {
        let mut running = lock(running);
        if running.ended {
            bail!("interrupted");
        }
        let child = command
            .spawn()
            .with_context(|| format!("could not start `{line}`"))?;
        running.process = Some(child.id());
        child
    };
    let status = child.wait()?;
    lock(running).process = None;
    if !status.success() {
        let words = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = words.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n    ");
        bail!(
            "`{line}` failed ({status}); its last words, of {}:\n    {last}",
            log.display()
        );
    }
    Ok(())
}

/// The same command at low priority and, on Unix, in a process group of its own, to be ended as one.
fn patient(command: &Command) -> Command {
    #[cfg(unix)]
    let mut patient = {
        use std::os::unix::process::CommandExt;
        let mut nice = Command::new("nice");
        nice.args(["-n", "10"])
            .arg(command.get_program())
            .process_group(0);
        nice
    };
    #[cfg(not(unix))]
    let mut patient = Command::new(command.get_program());
    patient.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        patient.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => patient.env(name, value),
            None => patient.env_remove(name),
        };
    }
    patient
}

/// Ends a process and those that it started.
fn end_group(process: u32) {
    // The shell's own `kill`: not every machine has the program.
    let mut kill = if cfg!(unix) {
        let mut kill = Command::new("sh");
        kill.args(["-c", &format!("kill -TERM -{process}")]);
        kill
    } else {
        let mut kill = Command::new("taskkill");
        kill.args(["/T", "/F", "/PID", &process.to_string()]);
        kill
    };
    let _gone = kill
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn what_it_started_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let alive = folder.path().join("alive");
        let later = Later {
            running: Arc::new(Mutex::new(Running::default())),
        };
        // A shell that starts another, as cargo starts compilers.
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &format!(
                "sh -c 'while :; do date +%N > {}; sleep 0.05; done' & wait",
                alive.display()
            ),
        ]);
        let shared = Arc::clone(&later.running);
        let thread = std::thread::spawn(move || quietly(&command, &shared, &log));
        let start = Instant::now();
        while !alive.exists() && start.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(alive.exists());
        later.end();
        assert!(thread.join().unwrap().is_err());
        std::thread::sleep(Duration::from_millis(300));
        let last = fs::read(&alive).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(fs::read(&alive).unwrap(), last, "the inner one still runs");
    }

    #[test]
    fn a_failure_shows_the_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'error: no such thing' >&2; exit 3"]);
        let error = quietly(&command, &Mutex::default(), &folder.path().join("log")).unwrap_err();
        assert!(error.to_string().contains("error: no such thing"), "{error}");
    }
}
