//! The encoder in Chromium, one thread each: ours in a worker, the others on a page of their own.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::contest::{Entry, Outcome};
use super::tools::Tools;
use crate::product::Backend;
use crate::workspace::Workspace;
use crate::{build, run, setup, test};

/// What a line of the test's output begins with, before the numbers as JSON.
const MARK: &str = "PEERS ";

/// Builds the page, puts the others beside it, and has the browser take turns.
pub fn run(workspace: &Workspace, tools: &Tools, rounds: usize) -> Result<Outcome> {
    let chromium = setup::chromium()?;
    let options = build::Options {
        backend: Backend::Cpu,
        ..build::Options::default()
    };
    build::build(workspace, &options)?;
    let folder = workspace.dist().join("peers");
    tools.libraries(&folder)?;
    let site = test::start(workspace)?;
    let arguments = ["peers_take_turns", "--ignored", "--nocapture", "--test-threads=1"];
    let mut command = test::in_browser(workspace, &chromium, &site, &arguments);
    let text = run::output(
        command
            .env("GROVE_ROUNDS", rounds.to_string())
            .env("GROVE_LITERT", if tools.has_tensorflow { "1" } else { "" }),
    );
    fs::remove_dir_all(&folder)?;
    let text = String::from_utf8(text?)?;
    let line = text.lines().find_map(|line| line.split_once(MARK));
    let (_, line) = line.context("the browser printed no numbers")?;
    let found: Value = serde_json::from_str(line)?;
    let mut names = vec!["ours", "onnxruntime-web", "tfjs"];
    if tools.has_tensorflow {
        names.push("LiteRT.js");
    }
    let entries = names.into_iter().map(|name| {
        let rates = found[name]["rates"].as_array().into_iter().flatten();
        Entry {
            name: name.to_owned(),
            rates: rates.filter_map(Value::as_f64).collect(),
            hash: found[name]["codes"].to_string(),
        }
    });
    Ok(Outcome {
        name: "encode in Chromium, one worker",
        unit: "galaxies",
        entries: entries.collect(),
        same: &["onnxruntime-web", "tfjs", "LiteRT.js"],
        goal: 1.5,
    })
}
