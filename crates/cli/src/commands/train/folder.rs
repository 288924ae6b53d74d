//! The folder of a run: what is written there, and read back to go on.

use super::figures::losses;
use crate::outputs::files::write_file;
use anyhow::{Context as _, bail};
use galaxy_grove::checkpoint::{Metadata, Precision, TensorBundle, Training};
use grove_model::device::Device;
use grove_model::training::{Parameters, Progress, Run, SavingRule, Settings, metrics, stem};
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder and what this run has put there.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    data: String,
    tensorflow: bool,
    /// Stems of the saving rule's models, oldest first.
    kept: VecDeque<String>,
}

impl Folder {
    /// The folder `path` of a run on the file `data`.
    pub fn new(path: &Path, data: &Path, tensorflow: bool) -> Self {
        Self {
            path: path.to_owned(),
            data: data
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            tensorflow,
            kept: VecDeque::new(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the folder for a fresh run.
    ///
    /// # Errors
    /// When another run is in it and `force` is not given.
    pub fn create(&self, force: bool) -> anyhow::Result<()> {
        let path = self.path.display();
        if !force && self.path.join("run.toml").exists() {
            bail!(
                "{path} holds a run already: choose another folder, go on with --resume {path}/last.json, or --force to write over it"
            );
        }
        fs::create_dir_all(&self.path).with_context(|| format!("cannot make the folder {path}"))
    }

    /// Makes the folder for a resumed run, and looks which models the rule saved before.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn resume(&mut self, save: &Path) -> anyhow::Result<()> {
        let path = self.path.display();
        fs::create_dir_all(&self.path).with_context(|| format!("cannot make the folder {path}"))?;
        let same = save.parent().is_some_and(|parent| parent == self.path);
        if same && let Ok(entries) = fs::read_dir(&self.path) {
            let mut stems: Vec<(u64, String)> = entries
                .flatten()
                .filter_map(|entry| {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let stem = name.strip_suffix(".safetensors")?.to_owned();
                    let step = stem.split_once("_ep")?.1.split('_').next()?.parse().ok()?;
                    Some((step, stem))
                })
                .collect();
            stems.sort();
            self.kept = stems.into_iter().map(|(_, stem)| stem).collect();
        }
        Ok(())
    }

    /// Writes `run.toml`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn settings(&self, run: &Run) -> anyhow::Result<()> {
        let text = format!(
            "# A run of Galaxy Grove {} on {}: {} galaxies train, {} validate, data variance {}\n{}",
            crate::version::FULL,
            self.data,
            run.split.training.len(),
            run.split.validation.len(),
            run.data_variance,
            toml::to_string(&run.settings)?
        );
        write_file(&self.path.join("run.toml"), text.as_bytes())
    }

    /// Saves under the reference's name, and drops the oldest such save beyond the number to keep. Gives the name.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save_by_rule(&mut self, run: &Run) -> anyhow::Result<String> {
        let score = run
            .records
            .last()
            .and_then(|record| record.silhouette)
            .unwrap_or_default();
        let name = stem(run.settings.codes, run.progress.step, score);
        self.save(run, &name)?;
        self.kept.push_back(name.clone());
        while run.settings.keep > 0 && self.kept.len() > run.settings.keep {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            for ending in ["safetensors", "json", "ckpt.index", "ckpt.data-00000-of-00001"] {
                let path = self.path.join(format!("{oldest}.{ending}"));
                if path.exists() {
                    fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                }
            }
        }
        Ok(name)
    }

    /// Saves the model, the checkpoint and the progress as `name`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(&self, run: &Run, name: &str) -> anyhow::Result<()> {
        let path = |ending: &str| self.path.join(format!("{name}.{ending}"));
        let model = run
            .parameters
            .weights()?
            .to_safetensors(&self.metadata(run), Precision::Full)?;
        write_file(&path("safetensors"), &model)?;
        if self.tensorflow {
            let more = run.ema.as_ref().map_or_else(BTreeMap::new, |ema| ema.variables());
            let (index, data) = run.parameters.to_tf(&more)?;
            write_file(&path("ckpt.data-00000-of-00001"), &data)?;
            write_file(&path("ckpt.index"), &index)?;
        }
        let progress = serde_json::to_vec(&run.progress)?;
        write_file(&path("json"), &progress)
    }

    fn metadata(&self, run: &Run) -> Metadata {
        Training {
            source: Some(crate::version::made_by("grove train")),
            data: Some(format!(
                "{} ({} galaxies train)",
                self.data,
                run.split.training.len()
            )),
            steps: Some(run.progress.step),
            seed: Some(run.settings.seed),
            data_variance: Some(f64::from(run.data_variance)),
            validation_nmse: run.records.iter().rev().find_map(|record| record.validation_all),
        }
        .to_metadata()
    }

    /// Writes `metrics.csv`, the figures and the last model.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, run: &Run) -> anyhow::Result<()> {
        let lines: String = run.records.iter().map(metrics::Record::line).collect();
        write_file(
            &self.path.join("metrics.csv"),
            format!("{}{lines}", metrics::HEADER).as_bytes(),
        )?;
        let figure = losses(run, &self.data);
        write_file(
            &self.path.join("loss.svg"),
            figure.svg_by(&crate::version::made_by("grove train")).as_bytes(),
        )?;
        write_file(&self.path.join("loss.png"), &figure.png(1.5)?)?;
        self.save(run, "last")
    }
}

/// Goes on from `save`: the `.json` of one of our saves, or the `.index` of any TensorFlow checkpoint of the network.
///
/// # Errors
/// With the file's name and what is wrong with it.
pub fn read(save: &Path, images: Vec<f32>, settings: Settings, device: Device) -> anyhow::Result<Run> {
    let name = save.display().to_string();
    let (prefix, known) = match (name.strip_suffix(".json"), name.strip_suffix(".index")) {
        (Some(stem), _) => (format!("{stem}.ckpt"), true),
        (_, Some(prefix)) => (prefix.to_owned(), false),
        _ => bail!("{name} is no save of a run: give its .json file, or the .index file of a checkpoint"),
    };
    let read = |ending: &str| {
        let path = format!("{prefix}.{ending}");
        fs::read(&path).with_context(|| format!("cannot read {path}, which belongs to the save {name}"))
    };
    let bundle = TensorBundle::open(&read("index")?).with_context(|| format!("{prefix}.index"))?;
    let shard = read("data-00000-of-00001")?;
    let parameters = Parameters::from_tf(&bundle, &shard, settings.beta1, settings.beta2)
        .with_context(|| format!("{prefix} is not a checkpoint of this network"))?;
    if parameters.architecture != settings.architecture() {
        bail!(
            "{prefix} has the sizes {:?}, the settings say {:?}: give the settings of its run with --settings",
            parameters.architecture,
            settings.architecture()
        );
    }
    let (progress, records) = if known {
        let progress: Progress =
            serde_json::from_slice(&fs::read(save).with_context(|| format!("cannot read {name}"))?)
                .with_context(|| format!("{name} does not say where a run stood"))?;
        let csv = save.with_file_name("metrics.csv");
        let text = fs::read_to_string(&csv).unwrap_or_default();
        let mut records = metrics::parse(&text);
        records.retain(|record| record.step <= progress.step);
        (progress, records)
    } else {
        let progress = Progress {
            step: 0,
            rule: SavingRule::new(settings.save_from),
            codes: Vec::new(),
            best: None,
        };
        (progress, Vec::new())
    };
    let mut run = Run::resume(images, settings, device, parameters, progress, records)?;
    if let Some(ema) = &mut run.ema {
        ema.restore(|name| bundle.read_f32(name, &shard).ok());
    }
    Ok(run)
}
