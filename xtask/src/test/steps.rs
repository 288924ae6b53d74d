//! The steps of a check: which to run, how long each took, and what is reported at the end.

use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use super::count::Count;

/// One step of the check. `.ci/run` runs all of them; each job of a hosted check runs one or a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Formatting.
    Format,
    /// Who may import what.
    Imports,
    /// Plain words.
    Words,
    /// Both engines share one compiled library.
    CompiledOnce,
    /// Clippy on this machine.
    Clippy,
    /// The library with some of its features only.
    Features,
    /// Clippy for the browser.
    ClippyWasm,
    /// Clippy on what serves graphics processors natively.
    ClippyGraphics,
    /// The documentation of all members, without a warning.
    Docs,
    /// The documents as one site, every link checked.
    Book,
    /// What the library's package holds.
    Package,
    /// The fuzz targets compile.
    Fuzz,
    /// Licences and sources of all dependencies, where cargo-deny is installed.
    Deny,
    /// All tests that need no browser, and the examples of the documentation.
    Tests,
    /// The page in Chromium.
    Page,
}

/// The steps so far.
pub struct Steps {
    only: Vec<Step>,
    done: Vec<String>,
}

impl Steps {
    /// Runs these steps only; all of them when none is given.
    pub fn new(only: &[Step]) -> Self {
        Self {
            only: only.to_vec(),
            done: Vec::new(),
        }
    }

    /// Whether a step is to be run.
    pub fn has(&self, step: Step) -> bool {
        self.only.is_empty() || self.only.contains(&step)
    }

    /// Runs a step if it is among those to run.
    pub fn step(&mut self, step: Step, name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        if self.has(step) {
            self.always(name, work)
        } else {
            Ok(())
        }
    }

    /// Runs a step whichever were chosen.
    pub fn always<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        let outcome = if result.is_ok() { "" } else { " FAILED" };
        self.done.push(format!("{name}{outcome} {seconds:.0} s"));
        result
    }

    /// Runs a step that counts tests, if it is among those to run.
    pub fn with_count(&mut self, step: Step, name: &str, work: impl FnOnce() -> Result<Count>) -> Result<()> {
        if !self.has(step) {
            return Ok(());
        }
        let count = self.always(name, work)?;
        if let Some(last) = self.done.last_mut() {
            last.push_str(&format!(" ({count})"));
        }
        Ok(())
    }

    /// Notes that a step was not run, and why.
    pub fn leave_out(&mut self, step: Step, name: &str, why: &str) {
        if self.has(step) {
            println!("\n== {name}: NOT RUN, because of {why}");
            self.done.push(format!("{name} NOT RUN ({why})"));
        }
    }

    /// All steps in one line.
    pub fn summary(&self, passed: bool) -> String {
        format!(
            "{}: {}",
            if passed { "all passed" } else { "FAILED" },
            self.done.join(" | ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn the_summary_names_every_step() {
        let mut steps = Steps::new(&[]);
        steps.step(Step::Format, "first", || Ok(())).unwrap();
        steps.leave_out(Step::Fuzz, "second", "--quick");
        steps.step(Step::Tests, "third", || bail!("no")).unwrap_err();
        assert_eq!(
            steps.summary(false),
            "FAILED: first 0 s | second NOT RUN (--quick) | third FAILED 0 s"
        );
    }

    #[test]
    fn steps_that_were_not_chosen_are_not_run() {
        let mut steps = Steps::new(&[Step::Docs]);
        steps
            .step(Step::Format, "format", || bail!("not this one"))
            .unwrap();
        steps.leave_out(Step::Page, "page", "--quick");
        steps.step(Step::Docs, "docs", || Ok(())).unwrap();
        assert_eq!(steps.summary(true), "all passed: docs 0 s");
    }
}
