//! `grove train`: train the network on a set of cutouts.

mod arguments;
mod data;
mod figures;
mod folder;
mod shape;

pub use arguments::{Arguments, RecipeFlag};

use crate::outputs::terminal::say;
use crate::work::stop::stopped_by_user;
use anyhow::Context as _;
use folder::Folder;
use grove_model::training::{Run, metrics};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Steps between two writings of `metrics.csv`, the last model and the figures.
const WRITE_EVERY: u64 = 500;

/// Runs the subcommand.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.recipe == RecipeFlag::Shape {
        return shape::run(arguments);
    }
    let settings = arguments.settings()?;
    let set = data::training_set(arguments)?;
    let name = arguments.data.display().to_string();
    let device = crate::work::device::for_training(arguments.device)?;
    let mut folder = Folder::new(&arguments.output, &arguments.data, arguments.tensorflow);
    let mut run = match &arguments.resume {
        Some(save) => {
            folder.resume(save)?;
            folder::read(save, set.image, settings, device)?
        }
        None => {
            folder.create(arguments.force)?;
            Run::new(set.image, settings, device).with_context(|| format!("cannot train on {name}"))?
        }
    };
    say!("Number of training dataset: {}", run.split.training.len());
    say!("Number of validation dataset: {}", run.split.validation.len());
    folder.settings(&run)?;

    let stop = stopped_by_user("stopping after this step, and saving")?;
    let bar = progress_bar(&run)?;
    let mut warned = false;
    while !run.is_done() && !stop.load(Ordering::Relaxed) {
        let outcome = match run.step() {
            Ok(outcome) => outcome,
            Err(error) => {
                bar.abandon();
                return Err(error).context(format!("the saves in {} are whole", folder.path().display()));
            }
        };
        if outcome.one_cluster && !warned {
            warned = true;
            bar.suspend(|| {
                eprintln!(
                    "step {}: the batch has one cluster only, its silhouette counts as 0 (said once)",
                    run.progress.step
                );
            });
        }
        if outcome.saves {
            let saved = folder.save_by_rule(&run)?;
            bar.suspend(|| say!("saved {saved}"));
        }
        if outcome.best {
            folder.save(&run, "best")?;
        }
        let step = run.progress.step;
        if step >= run.settings.score_from && step.is_multiple_of(100) {
            let lines = metrics::printed(&run.records).unwrap_or_default();
            bar.suspend(|| print!("{lines}"));
        }
        if step.is_multiple_of(WRITE_EVERY) {
            folder.write(&run)?;
            if bar.is_hidden() {
                // Without a terminal there is no bar: a log gets a line.
                eprintln!("step {step} of {}: {}", run.settings.steps, message(&run));
            }
        }
        bar.set_position(step);
        bar.set_message(message(&run));
    }
    let elapsed = bar.elapsed();
    bar.finish_and_clear();
    folder.write(&run)?;
    say!(" ## CODE RUNTIME: {:.1} s", elapsed.as_secs_f64());
    let (path, step) = (folder.path().display(), run.progress.step);
    if run.is_done() {
        say!(
            "done: {step} steps; the last model is {path}/last.safetensors, the best {path}/best.safetensors"
        );
        return Ok(ExitCode::SUCCESS);
    }
    say!("stopped after step {step}; go on with: grove train {name} -o {path} --resume {path}/last.json");
    // What shells give for a program that was interrupted.
    Ok(ExitCode::from(130))
}

fn progress_bar(run: &Run) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:30} step {pos}/{len}  {per_sec}, {eta} left\n{msg}")?;
    let bar = ProgressBar::new(run.settings.steps).with_style(style);
    bar.set_position(run.progress.step);
    bar.reset_eta();
    bar.reset_elapsed();
    Ok(bar)
}

fn message(run: &Run) -> String {
    let shown = |value: Option<f64>, digits| value.map_or("-".to_owned(), |v| format!("{v:.digits$}"));
    format!(
        "last 100 steps: NMSE {}  validation {}  perplexity {}  silhouette {}  loss {}",
        shown(metrics::recent(&run.records, |r| Some(r.reconstruction)), 4),
        shown(metrics::recent(&run.records, |r| r.validation), 4),
        shown(metrics::recent(&run.records, |r| Some(r.perplexity)), 2),
        shown(metrics::recent(&run.records, |r| r.silhouette), 3),
        shown(metrics::recent(&run.records, |r| Some(r.loss)), 3),
    )
}
