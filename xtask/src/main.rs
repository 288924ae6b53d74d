//! `cargo xtask`: everything the project does beyond plain cargo, in Rust, so that rustup and git are all a
//! developer needs.
//!
//! | module | what it does |
//! |---|---|
//! | [`workspace`] | where things lie: the root, the target directory, `pkg/`, `dist/` |
//! | [`run`] | starts a command, shows it, names it when it fails |
//! | [`setup`] | what a bare machine lacks: the wasm target, clippy and rustfmt, Chromium |
//! | [`product`] | what there is to build: the page and its engines |
//! | [`build`] | from the sources to `pkg/`, with cargo and [`bind`] |
//! | [`bind`] | wasm-bindgen: the JavaScript around the wasm |
//! | [`later`] | the WebGPU engine, built while the page is served already |
//! | [`engines`] | which engines the page can use |
//! | [`stage`] | a stage of a build: how long it takes, how long it took |
//! | [`dist`] | from `index.html`, `www/` and `pkg/` to `dist/`, ready for any static host |
//! | [`serve`] | the local server |
//! | [`mod@test`] | every check, in order, each with its time |
//! | [`imports`] | that imports point down only: no circle, nothing that the table of rules forbids |
//! | [`features`] | that the library is compiled once for both engines |
//! | [`feature_builds`] | that the library builds with each of its features alone |
//! | [`mod@bench`] | the benchmarks |
//! | [`peers`] | ours beside other programs, in turns |
//! | [`sizes`] | what a visitor downloads: raw, gzip, brotli |
//! | [`lex`] | Rust's source text as comments, strings and names, for [`imports`] and [`words`] |
//! | [`book`] | the documents as one site, with their links checked |
//! | [`wheel`] | the wheel of the Python package, by maturin |
//! | [`words`] | plain words: what is not written, and what is written instead |
//! | [`version`], [`display`] | hashes of files; sizes and times for display |

mod bench;
mod bind;
mod book;
mod build;
mod display;
mod dist;
mod engines;
mod feature_builds;
mod features;
mod imports;
mod later;
mod lex;
mod peers;
mod product;
mod run;
mod serve;
mod setup;
mod sizes;
mod stage;
mod test;
mod version;
mod wheel;
mod words;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, serves and tests Galaxy Grove."
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the page into dist/, which any static host can serve from any path.
    Build(build::Options),
    /// Build the page and serve it on 127.0.0.1.
    Serve(serve::Options),
    /// Check everything: format, clippy for both targets, tests, the page in a headless Chromium.
    Test(test::Options),
    /// Print the rules of who may import what, and every import and circle that breaks them.
    Imports,
    /// Look for words that are not used here, in code, documents and the page, and say what to write instead.
    Words,
    /// Run the benchmarks: criterion's, then those in the browser.
    Bench(bench::Options),
    /// Build the wheel of the Python package.
    Wheel(wheel::Options),
    /// Check the links of all documents, and build them as one site (mdBook), with the tutorials as notebooks.
    Book(book::Options),
    /// Print what a visitor downloads: each file of dist/ raw, with gzip and with brotli.
    Sizes(sizes::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = Workspace::find().and_then(|workspace| match arguments.task {
        Task::Build(options) => build::build(&workspace, &options),
        Task::Serve(options) => serve::serve(&workspace, &options),
        Task::Test(options) => test::test(&workspace, &options),
        Task::Imports => imports::print(&workspace),
        Task::Words => words::check(&workspace),
        Task::Bench(options) => bench::bench(&workspace, &options),
        Task::Wheel(options) => wheel::wheel(&workspace, &options),
        Task::Book(options) => book::book(&workspace, &options),
        Task::Sizes(options) => sizes::sizes(&workspace, &options),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
