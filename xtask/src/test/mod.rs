//! Every check, in the order of what is quickest to fail. The first failure ends the run and names its command.

mod count;
mod package;
mod steps;

use std::process::{Command, Stdio};

use anyhow::Result;
use clap::Args;

use crate::product::Backend;
use crate::workspace::Workspace;
use crate::{book, build, feature_builds, features, imports, run, setup, sizes, words};
use count::count_tests;
use grove_site::Site;
use steps::{Step, Steps};

/// The path at which the tested page is served: not the root, because it must work below any path.
const BASE: &str = "/some/host/grove/";

/// What to leave out.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub struct Options {
    /// Run these steps only (separated by commas); the set-up is always run.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
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
    let mut steps = Steps::new(&options.only);
    let result = all(workspace, options, &mut steps);
    println!("\n{}", steps.summary(result.is_ok()));
    result
}

fn all(workspace: &Workspace, options: &Options, steps: &mut Steps) -> Result<()> {
    let page = !options.quick && !options.no_page;
    // Asked for first: a missing browser should be reported at once, not after half an hour.
    let needs_chromium = page && steps.has(Step::Page);
    let chromium = steps.always("set-up", || {
        setup::components(workspace)?;
        if !options.quick {
            setup::wasm_target(workspace)?;
        }
        needs_chromium.then(setup::chromium).transpose()
    })?;

    steps.step(Step::Format, "format", || {
        run::run(workspace.cargo().args(["fmt", "--all", "--check"]))
    })?;
    steps.step(Step::Imports, "imports", || imports::check(workspace))?;
    steps.step(Step::Words, "words", || words::check(workspace))?;
    steps.step(Step::CompiledOnce, "compiled once", || features::check(workspace))?;
    let links = book::Options { links: true };
    steps.step(Step::Book, "links", || book::book(workspace, &links))?;
    steps.step(Step::Package, "package", || package::check(workspace))?;
    steps.step(Step::Clippy, "clippy, native", || {
        run::run(&mut clippy_native(workspace))
    })?;
    steps.step(Step::Features, "features alone", || {
        feature_builds::check(workspace)
    })?;
    if options.quick {
        for (step, name) in [
            (Step::ClippyWasm, "clippy, wasm"),
            (Step::ClippyGraphics, "clippy, graphics"),
            (Step::Docs, "docs"),
            (Step::Book, "book"),
            (Step::Fuzz, "fuzz targets"),
            (Step::Deny, "licences"),
        ] {
            steps.leave_out(step, name, "--quick");
        }
    } else {
        steps.step(Step::ClippyWasm, "clippy, wasm", || {
            run::run(&mut clippy_wasm(workspace, options.backend))
        })?;
        // Nothing else compiles what serves graphics processors natively.
        steps.step(Step::ClippyGraphics, "clippy, graphics", || {
            let mut clippy = workspace.cargo();
            clippy.args(["clippy", "--package", "grove-cli", "--features", "gpu"]);
            run::run(clippy.args(["--", "-D", "warnings"]))
        })?;
        steps.step(Step::Docs, "docs", || docs(workspace))?;
        steps.step(Step::Book, "book", || {
            book::book(workspace, &book::Options::default())
        })?;
        fuzz(workspace, steps)?;
        deny(workspace, steps)?;
    }
    steps.with_count(Step::Tests, "tests", || {
        count_tests(
            workspace
                .cargo()
                .args(["test", "--workspace", "--", "--show-output"]),
        )
    })?;

    let Some(chromium) = chromium else {
        let why = if options.quick { "--quick" } else { "--no-page" };
        steps.leave_out(Step::Page, "page", why);
        return Ok(());
    };
    let how = build::Options {
        backend: options.backend,
        ..build::Options::default()
    };
    steps.step(Step::Page, "build the page", || build::build(workspace, &how))?;
    steps.step(Step::Page, "sizes", || sizes::check(workspace))?;
    steps.with_count(Step::Page, "page in Chromium", || {
        let site = start(workspace)?;
        // Some tests compare the page with the command line. It is built as for the tests before: `cargo build` would
        // choose other features, those without what only tests need, and so compile burn and the library again.
        run::run(
            workspace
                .cargo()
                .args(["test", "--workspace", "--no-run", "--test", "it"]),
        )?;
        // Two browsers at a time, one for each core of the smallest machine that this is meant for.
        count_tests(&mut in_browser(
            workspace,
            &chromium,
            &site,
            &["--test-threads=2", "--nocapture"],
        ))
    })
}

/// The documentation of all members; a link that leads nowhere is an error. The page and its workers are compiled for the
/// browser: there is nothing of them on this machine.
fn docs(workspace: &Workspace) -> Result<()> {
    let strict =
        |command: &mut Command| run::run(command.env("RUSTDOCFLAGS", "-D warnings").arg("--no-deps"));
    let mut native = workspace.cargo();
    native.args(["doc", "--workspace"]);
    native.args(["--exclude", "grove-engine", "--exclude", "grove-page"]);
    strict(&mut native)?;
    let mut browser = workspace.cargo_wasm();
    browser.args(["doc", "--target", setup::WASM]);
    browser.args(["--package", "grove-page", "--package", "grove-browser"]);
    browser.args(["--package", "grove-engine", "--features", "grove-engine/cpu"]);
    strict(&mut browser)
}

/// That the fuzz targets compile. Their runtime, libFuzzer, is C++.
fn fuzz(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    if !answers(Command::new("c++").arg("--version")) {
        steps.leave_out(Step::Fuzz, "fuzz targets", "there is no C++ compiler (c++)");
        return Ok(());
    }
    steps.step(Step::Fuzz, "fuzz targets", || {
        let mut check = workspace.cargo();
        run::run(check.args(["check", "--manifest-path", "fuzz/Cargo.toml"]))
    })
}

/// Whether a program is there and answers.
fn answers(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Licences and sources of all dependencies. The advisories are left to the hosted check: they change by themselves.
fn deny(workspace: &Workspace, steps: &mut Steps) -> Result<()> {
    if answers(workspace.cargo().args(["deny", "--version"])) {
        return steps.step(Step::Deny, "licences", || {
            run::run(
                workspace
                    .cargo()
                    .args(["deny", "check", "licenses", "bans", "sources"]),
            )
        });
    }
    steps.leave_out(Step::Deny, "licences", "cargo-deny is not installed");
    Ok(())
}

/// Serves `dist/` for the browser.
pub fn start(workspace: &Workspace) -> Result<Site> {
    Ok(Site::start(workspace.dist(), 0, BASE)?)
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

#[cfg(test)]
mod tests {
    use super::*;

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
