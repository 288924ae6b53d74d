//! Ours beside other programs, in turns on the same machine, with the same weights and galaxies: `cargo xtask bench --peers`.
//!
//! The others are tools of this benchmark only: Python packages in an environment of its own and JavaScript libraries, both below the target directory.

mod browser;
mod contest;
mod report;
mod tools;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use contest::{Contest, Outcome, Program};

/// Measures, prints, writes `docs/benchmarks.md`; with `check` fails when a goal is missed, or when not all give the same.
pub fn peers(workspace: &Workspace, rounds: usize, page: bool, check: bool) -> Result<()> {
    let tools = tools::Tools::ready(workspace)?;
    let mut outcomes: Vec<Outcome> = Vec::new();
    for contest in contests(&tools) {
        println!("\n{}", contest.name);
        let outcome = contest.run(rounds)?;
        print!("{}", report::lines(&outcome));
        outcomes.push(outcome);
    }
    if page {
        println!("\nencode in Chromium, one worker");
        let outcome = browser::run(workspace, &tools, rounds)?;
        print!("{}", report::lines(&outcome));
        outcomes.push(outcome);
    }
    report::write(workspace, &outcomes, &tools, rounds)?;
    let missed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| !outcome.is_met())
        .map(|outcome| outcome.name)
        .collect();
    if check && !missed.is_empty() {
        bail!("below its goal, or not the same: {}", missed.join("; "));
    }
    Ok(())
}

/// What is compared natively, one thread each.
fn contests(tools: &tools::Tools) -> Vec<Contest> {
    let ours = |task: &str| Program::new("ours", tools.paired(task));
    let python = |name: &str, task: &str| Program::new(name, tools.python(task));
    let mut encoders = vec![
        python("onnxruntime", "onnxruntime_encode"),
        python("tract", "tract_encode"),
    ];
    if tools.has_tensorflow {
        encoders.push(python("TensorFlow", "tensorflow_encode"));
    }
    let galaxies = tools::GALAXIES as f64;
    vec![
        Contest {
            name: "encode, native",
            unit: "galaxies",
            ours: ours("encode").units(galaxies),
            peers: encoders.into_iter().map(|peer| peer.units(galaxies)).collect(),
            same: &["onnxruntime", "tract", "TensorFlow"],
            goal: 1.0,
        },
        Contest {
            name: "grove extract, from HDF5 to a table, beside encoding alone",
            unit: "galaxies",
            ours: Program::new("grove extract", tools.extract()).units(tools::EXTRACTED as f64),
            peers: vec![python("onnxruntime", "onnxruntime_encode").units(galaxies)],
            same: &[],
            goal: 0.9,
        },
        Contest {
            name: "Ward of 10,000 galaxies by their codes, with distances",
            unit: "trees",
            ours: ours("ward"),
            peers: vec![
                python("SciPy", "scipy_ward"),
                python("fastcluster", "fastcluster_ward"),
            ],
            same: &["SciPy"],
            goal: 5.0,
        },
        Contest {
            name: "Ward of 10,000 galaxies by their vectors",
            unit: "trees",
            ours: ours("vectors"),
            peers: vec![
                python("SciPy", "scipy_vectors"),
                python("fastcluster", "fastcluster_vectors"),
            ],
            same: &[],
            goal: 1.0,
        },
    ]
}
