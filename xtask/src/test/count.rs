//! Runs tests, and counts them by what libtest prints.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run;

/// What libtest said in its result lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that passed.
    pub passed: usize,
    /// Tests that were not run.
    pub ignored: usize,
    /// Tests that said that their data are missing.
    pub skipped: usize,
}

impl Count {
    /// Takes in one line of a test run.
    pub fn read(&mut self, line: &str) {
        if line.starts_with("SKIPPED") {
            self.skipped += 1;
        }
        let Some(result) = line.strip_prefix("test result: ok. ") else {
            return;
        };
        for part in result.split(';') {
            let mut words = part.split_whitespace();
            let Some(number) = words.next().and_then(|word| word.parse::<usize>().ok()) else {
                continue;
            };
            match words.next() {
                Some("passed") => self.passed += number,
                Some("ignored") => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} tests passed, {} ignored", self.passed, self.ignored)?;
        match self.skipped {
            0 => Ok(()),
            n => write!(f, ", {n} SKIPPED because their data are missing"),
        }
    }
}

/// Runs tests, passing on what they print, and counts them. That no test ran is a failure.
pub fn count_tests(command: &mut Command) -> Result<Count> {
    let line = run::show(command);
    println!("  $ {line}");
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{line}`"))?;
    let mut count = Count::default();
    if let Some(stdout) = child.stdout.take() {
        let mut screen = std::io::stdout().lock();
        for bytes in BufReader::new(stdout).split(b'\n') {
            let text = String::from_utf8_lossy(&bytes?).into_owned();
            writeln!(screen, "{text}")?;
            count.read(&text);
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("this command failed ({status}); run it by itself to see more:\n  {line}");
    }
    if count.passed == 0 {
        bail!("this command ran no test at all:\n  {line}");
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut count = Count::default();
        for line in [
            "test cutout::tests::a ... ok",
            "SKIPPED: no ../shared here",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.10s",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        ] {
            count.read(line);
        }
        assert_eq!(
            count,
            Count {
                passed: 13,
                ignored: 2,
                skipped: 1
            }
        );
        assert_eq!(
            count.to_string(),
            "13 tests passed, 2 ignored, 1 SKIPPED because their data are missing"
        );
    }

    #[test]
    fn a_run_without_tests_fails() {
        // Cargo's own version is a success that counts no tests.
        let error = count_tests(Command::new("cargo").arg("--version")).expect_err("no test ran");
        assert!(error.to_string().contains("no test"), "{error}");
    }
}
