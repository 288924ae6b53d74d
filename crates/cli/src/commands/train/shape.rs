//! `grove train --recipe shape`.

use super::Arguments;
use super::data::training_set;
use crate::outputs::files::write_file;
use crate::outputs::terminal::say;
use crate::work::stop::stopped_by_user;
use anyhow::{Context as _, bail};
use grove_model::training::{ShapeProgress, ShapeRecord, ShapeRun};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

/// Steps between two saves.
const WRITE_EVERY: u64 = 100;

/// The name of the save, and of the curves.
const STATE: &str = "last.state.safetensors";
const METRICS: &str = "metrics.csv";

/// Trains, saves, and writes the model.
///
/// # Errors
/// With the file's name and the remedy.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let settings = arguments.shape_settings()?;
    let set = training_set(arguments)?;
    let (folder, name) = (&arguments.output, arguments.data.display());
    let shown = folder.display();
    if arguments.resume.is_none() && !arguments.force && folder.join("run.toml").exists() {
        bail!(
            "{shown} holds a run already: choose another folder, go on with --resume {shown}/{STATE}, or --force to write over it"
        );
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {shown}"))?;
    let mut run = match &arguments.resume {
        Some(save) => {
            let path = save.display();
            let bytes = fs::read(save).with_context(|| format!("cannot read {path}"))?;
            let progress =
                ShapeProgress::from_bytes(&bytes, settings.sizes).with_context(|| path.to_string())?;
            let text = fs::read_to_string(save.with_file_name(METRICS)).unwrap_or_default();
            let records = parse(&text, progress.optimiser.steps);
            ShapeRun::resume(set.image, settings, progress, records)?
        }
        None => ShapeRun::new(set.image, settings).with_context(|| format!("cannot train on {name}"))?,
    };
    let head = format!(
        "# A run of Galaxy Grove {} on {name}: {} galaxies train\n",
        crate::version::FULL,
        set.ids.len()
    );
    let text = format!("{head}{}", toml::to_string(&run.settings)?);
    write_file(&folder.join("run.toml"), text.as_bytes())?;
    say!(
        "{} galaxies train, in {} steps of {}",
        set.ids.len(),
        run.settings.steps,
        run.settings.batch
    );

    let stop = stopped_by_user("stopping after this step, and saving")?;
    let style = ProgressStyle::with_template("{bar:30} step {pos}/{len}  {per_sec}, {eta} left\n{msg}")?;
    let bar = ProgressBar::new(run.settings.steps).with_style(style);
    bar.set_position(run.steps());
    bar.reset_eta();
    let last = run.settings.stop_after;
    let ends = |run: &ShapeRun| run.is_done() || (last > 0 && run.steps() >= last);
    while !ends(&run) && !stop.load(Ordering::Relaxed) {
        let record = match run.step() {
            Ok(record) => record,
            Err(error) => {
                bar.abandon();
                return Err(error).context(format!("the last save in {shown} is whole"));
            }
        };
        if record.step.is_multiple_of(WRITE_EVERY) {
            write(&run, folder)?;
            if bar.is_hidden() {
                eprintln!(
                    "step {} of {}: {}",
                    record.step,
                    run.settings.steps,
                    message(&record)
                );
            }
        }
        bar.set_position(record.step);
        bar.set_message(message(&record));
    }
    let elapsed = bar.elapsed();
    bar.finish_and_clear();
    write(&run, folder)?;
    say!("{} steps in {:.1} s", run.steps(), elapsed.as_secs_f64());
    if run.is_done() {
        say!("{}", finish(&run, folder, &arguments.data)?);
        return Ok(ExitCode::SUCCESS);
    }
    say!(
        "stopped after step {}; go on with: grove train {name} --recipe shape -o {shown} --resume {shown}/{STATE}",
        run.steps()
    );
    // What shells give for a program that was interrupted.
    Ok(ExitCode::from(130))
}

/// Writes the model; gives the last line.
fn finish(run: &ShapeRun, folder: &Path, data: &Path) -> anyhow::Result<String> {
    let style =
        ProgressStyle::with_template("summing up the training galaxies: {bar:30} {pos}/{len}, {eta} left")?;
    let bar = ProgressBar::new(0).with_style(style);
    let mut model = run.model(&|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let data = data
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    model.metadata.insert("data".to_owned(), data);
    model
        .metadata
        .insert("source".to_owned(), crate::version::made_by("grove train"));
    let path = folder.join("model.safetensors");
    write_file(&path, &model.to_bytes())?;
    Ok(format!("done: the model is {}", path.display()))
}

fn message(record: &ShapeRecord) -> String {
    format!(
        "loss {:.3}  contrast {:.3}  partners found {:.3}  quantisation {:.4}  perplexity {:.1}  gradient {:.2}",
        record.loss, record.contrast, record.found, record.quantisation, record.perplexity, record.gradient
    )
}

const HEADER: &str = "step,loss,contrast,found,quantisation,perplexity,gradient\n";

fn write(run: &ShapeRun, folder: &Path) -> anyhow::Result<()> {
    let mut text = HEADER.to_owned();
    for r in &run.records {
        text += &format!(
            "{},{},{},{},{},{},{}\n",
            r.step, r.loss, r.contrast, r.found, r.quantisation, r.perplexity, r.gradient
        );
    }
    write_file(&folder.join(METRICS), text.as_bytes())?;
    write_file(&folder.join(STATE), &run.progress.to_bytes()?)
}

/// The records of a run up to a step; what is no record is passed over.
fn parse(text: &str, steps: u64) -> Vec<ShapeRecord> {
    let line = |line: &str| {
        let mut cells = line.split(',');
        let step = cells.next()?.parse().ok()?;
        let mut next = || cells.next()?.parse::<f64>().ok();
        Some(ShapeRecord {
            step,
            loss: next()?,
            contrast: next()?,
            found: next()?,
            quantisation: next()?,
            perplexity: next()?,
            gradient: next()?,
        })
    };
    text.lines()
        .filter_map(line)
        .filter(|record| record.step <= steps)
        .collect()
}
