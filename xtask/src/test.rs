//! Every check, in the order of what is quickest to fail. The first failure ends the run and names its command.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::product::Backend;
use crate::serve::Site;
use crate::workspace::Workspace;
use crate::{build, feature_builds, features, imports, run, setup, words};

/// The path at which the tested page is served: not the root, because it must work below any path.
const BASE: &str = "/some/host/grove/";

/// What to leave out.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Only what needs no browser's code: format, clippy and tests on this machine.
    #[arg(long)]
    quick: bool,
    /// Do not build the page, and do not run it in Chromium.
    #[arg(long)]
    no_page: bool,
    /// The engines to check and to build for the page.
    #[arg(long, value_enum, default_value_t)]
    backend: Backend,
}

/// Runs the checks.
pub fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut steps = Steps { done: Vec::new() };
    let result = all(workspace, options, &mut steps);
    println!("\n{}", steps.summary(result.is_ok()));
    result
}

fn all(workspace: &Workspace, options: &Options, steps: &mut Steps) -> Result<()> {
    let page = !options.quick && !options.no_page;
    // Asked for first: a missing browser should be reported at once, not after half an hour.
    let chromium = steps.step("set-up", || {
        setup::components(workspace)?;
        if !options.quick {
            setup::wasm_target(workspace)?;
        }
        page.then(setup::chromium).transpose()
    })?;

    steps.step("format", || {
        run::run(workspace.cargo().args(["fmt", "--all", "--check"]))
    })?;
    steps.step("imports", || imports::check(workspace))?;
    steps.step("words", || words::check(workspace))?;
    steps.step("compiled once", || features::check(workspace))?;
    steps.step("clippy, native", || run::run(&mut clippy_native(workspace)))?;
    steps.step("features alone", || feature_builds::check(workspace))?;
    if options.quick {
        steps.leave_out("clippy, wasm", "--quick");
    } else {
        steps.step("clippy, wasm", || {
            run::run(&mut clippy_wasm(workspace, options.backend))
        })?;
    }
    steps.step_with_count("tests", || {
        count_tests(
            workspace
                .cargo()
                .args(["test", "--workspace", "--", "--show-output"]),
        )
    })?;

    let Some(chromium) = chromium else {
        steps.leave_out("page", if options.quick { "--quick" } else { "--no-page" });
        return Ok(());
    };
    let how = build::Options {
        backend: options.backend,
        ..build::Options::default()
    };
    steps.step("build the page", || build::build(workspace, &how))?;
    steps.step_with_count("page in Chromium", || {
        let site = start(workspace)?;
        // Some tests compare the page with the command line. It is built as for the tests before: `cargo build` would
        // choose other features, those without what only tests need, and so compile burn and the library again.
        run::run(
            workspace
                .cargo()
                .args(["test", "--workspace", "--no-run", "--test", "it"]),
        )?;
        // One browser at a time: on two cores two of them would slow each other past their time limits.
        count_tests(&mut in_browser(
            workspace,
            &chromium,
            &site,
            &["--test-threads=1", "--nocapture"],
        ))
    })
}

/// Serves `dist/` for the browser.
pub fn start(workspace: &Workspace) -> Result<Site> {
    Site::start(workspace.dist(), 0, BASE)
}

/// The command that runs `tests/page` against a served page.
pub fn in_browser(
    workspace: &Workspace,
    chromium: &setup::Chromium,
    site: &Site,
    arguments: &[&str],
) -> Command {
    let mut command = workspace.cargo();
    // `--workspace` as in the other test step, so that cargo resolves, and so compiles, the dependencies only once.
    command
        .args([
            "test",
            "--workspace",
            "--features",
            "grove-page-tests/chromium",
            "--test",
            "page",
            "--",
        ])
        .args(arguments)
        .env("GROVE_PAGE_URL", site.address())
        .env("GROVE_CHROMIUM", &chromium.browser)
        .env("GROVE_CHROMEDRIVER", &chromium.driver);
    command
}

fn clippy_native(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "grove-page-tests/chromium",
    ]);
    command.args(["--", "-D", "warnings"]);
    command
}

/// Clippy for the browser, with the list of what must not be called there: all in one pass, because page and engines
/// share most of their code, and nothing is linked that would mind both of burn's backends.
fn clippy_wasm(workspace: &Workspace, backend: Backend) -> Command {
    let mut command = workspace.cargo_wasm();
    command.env("CLIPPY_CONF_DIR", workspace.root.join(".ci").join("clippy-wasm"));
    command.args(["clippy", "--target", setup::WASM]);
    command.args(
        ["galaxy-grove", "grove-browser", "grove-page"]
            .iter()
            .flat_map(|name| ["--package", name]),
    );
    let engines = backend.engines();
    if !engines.is_empty() {
        command.args(["--package", "grove-model", "--package", "grove-engine"]);
        command.args(engines.iter().flat_map(|feature| ["--features", feature]));
    }
    command.args(["--", "-D", "warnings"]);
    command
}

/// What libtest said in its result lines.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    ignored: usize,
    skipped: usize,
}

impl Count {
    /// Takes in one line of a test run.
    fn read(&mut self, line: &str) {
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
            n => write!(f, ", {n} SKIPPED for want of their data"),
        }
    }
}

/// Runs tests, passing on what they print, and counts them. That no test ran is a failure.
fn count_tests(command: &mut Command) -> Result<Count> {
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

/// The steps so far.
struct Steps {
    done: Vec<String>,
}

impl Steps {
    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = work();
        let seconds = start.elapsed().as_secs_f64();
        let outcome = if result.is_ok() { "" } else { " FAILED" };
        self.done.push(format!("{name}{outcome} {seconds:.0} s"));
        result
    }

    fn step_with_count(&mut self, name: &str, work: impl FnOnce() -> Result<Count>) -> Result<()> {
        let count = self.step(name, work)?;
        if let Some(last) = self.done.last_mut() {
            last.push_str(&format!(" ({count})"));
        }
        Ok(())
    }

    fn leave_out(&mut self, name: &str, why: &str) {
        println!("\n== {name}: NOT RUN, because of {why}");
        self.done.push(format!("{name} NOT RUN ({why})"));
    }

    fn summary(&self, passed: bool) -> String {
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
            "13 tests passed, 2 ignored, 1 SKIPPED for want of their data"
        );
    }

    #[test]
    fn a_run_without_tests_fails() {
        // Cargo's own version is a success that counts no tests.
        let error = count_tests(Command::new("cargo").arg("--version")).expect_err("no test ran");
        assert!(error.to_string().contains("no test"), "{error}");
    }

    #[test]
    fn the_summary_names_every_step() {
        let mut steps = Steps { done: Vec::new() };
        steps.step("first", || Ok(())).unwrap();
        steps.leave_out("second", "--quick");
        steps.step::<()>("third", || bail!("no")).unwrap_err();
        assert_eq!(
            steps.summary(false),
            "FAILED: first 0 s | second NOT RUN (--quick) | third FAILED 0 s"
        );
    }

    #[test]
    fn the_page_and_both_engines_are_linted_in_one_pass() {
        let workspace = Workspace {
            target: "target".into(),
            root: "root".into(),
        };
        let line = run::show(&clippy_wasm(&workspace, Backend::All));
        assert!(
            line.contains("--package grove-page --package grove-model --package grove-engine"),
            "{line}"
        );
        assert!(
            line.contains("--features grove-engine/cpu --features grove-engine/webgpu"),
            "{line}"
        );
        let line = run::show(&clippy_wasm(&workspace, Backend::None));
        assert!(!line.contains("grove-engine"), "{line}");
    }
}
