//! The flags of `grove train`.

use crate::work::device::DeviceFlag;
use anyhow::Context as _;
use grove_model::training::{Order, Search, Settings, ShapeSettings};
use serde::de::DeserializeOwned;
use std::path::PathBuf;

/// Train the network on prepared cutouts, as the reference script does.
///
/// The folder RUN gets the settings (run.toml), every step's losses (metrics.csv), their figures, the models that the
/// reference's rule saves under the reference's names, and always the last and the best model. Each save is a model
/// (.safetensors, for `grove extract --model`), a TensorFlow checkpoint with the optimiser's memory, and where the run
/// stood (.json). Ctrl-C saves and stops.
///
/// A step is one batch; the reference calls it an epoch.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  grove train data.hdf5 -o run/
  grove train data.hdf5 -o run/ --steps 60000 --seed 7
  grove train data.hdf5 -o run/ --resume run/last.json --steps 90000
  grove train data.hdf5 -o again/ --settings run/run.toml")]
pub struct Arguments {
    /// HDF5 in the reference layout, or a bundle made by `grove convert`.
    #[arg(value_name = "DATA")]
    pub data: PathBuf,
    /// The folder of the run. It is made; it must not hold another run.
    #[arg(short, long, value_name = "RUN")]
    pub output: PathBuf,
    /// Go on from a save: its .json file, or the .index file of a TensorFlow checkpoint.
    #[arg(long, value_name = "SAVE")]
    pub resume: Option<PathBuf>,
    /// Settings from a TOML file; flags go before it.
    #[arg(long, value_name = "TOML")]
    pub settings: Option<PathBuf>,
    /// Which network: `reference` as the reference script trains it, or the one of the recipe `shape` (docs/science.md).
    #[arg(long, value_enum, default_value = "reference")]
    pub recipe: RecipeFlag,
    /// What computes: the processor, or a graphics processor (recipe `reference` only; needs a grove built with `--features gpu`).
    #[arg(long, value_enum, default_value = "processor")]
    pub device: DeviceFlag,
    /// A text file with ids, one a line: these galaxies do not train, so that they can judge.
    #[arg(long, value_name = "FILE")]
    pub leave_out: Option<PathBuf>,
    /// Write into a folder that holds a run already.
    #[arg(long)]
    pub force: bool,
    /// Save TensorFlow checkpoints with every model (they hold the optimiser's memory, which --resume needs).
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    pub tensorflow: bool,

    /// Steps of one batch each [default: 6000]
    #[arg(long)]
    steps: Option<u64>,
    /// Galaxies in a batch [default: 32]
    #[arg(long)]
    batch: Option<usize>,
    /// Adam's step length [default: 0.0003]
    #[arg(long)]
    learning_rate: Option<f32>,
    /// Channels of the hidden layers [default: 128]
    #[arg(long)]
    hidden: Option<usize>,
    /// Channels inside a residual block [default: 32]
    #[arg(long)]
    residual_hidden: Option<usize>,
    /// Residual blocks in encoder and decoder each [default: 2]
    #[arg(long)]
    residual_layers: Option<usize>,
    /// Numbers in a code's vector [default: 64]
    #[arg(long)]
    embedding_dim: Option<usize>,
    /// Codes in the codebook [default: 16]
    #[arg(long)]
    codes: Option<usize>,
    /// Weight of the commitment term [default: 0.25]
    #[arg(long)]
    commitment: Option<f64>,
    /// Let the codebook follow running averages, not gradients
    #[arg(long)]
    ema: bool,
    /// The decay of those averages [default: 0.99]
    #[arg(long)]
    ema_decay: Option<f64>,
    /// Weight of the score penalty, which has no gradient [default: 0.1]
    #[arg(long)]
    penalty: Option<f64>,
    /// The first step whose silhouette is taken [default: 1000]
    #[arg(long)]
    score_from: Option<u64>,
    /// Clusters whose silhouette is taken [default: 2]
    #[arg(long)]
    clusters: Option<usize>,
    /// How their medoids are sought [default: alternate]
    #[arg(long, value_enum)]
    search: Option<SearchFlag>,
    /// `none` as in the reference, or a clustering term that carries a gradient (docs/training.md) [default: none]
    #[arg(long, value_enum)]
    clustering_loss: Option<ClusteringFlag>,
    /// Weight of the differentiable clustering term [default with it: 0.1]
    #[arg(long)]
    clustering_weight: Option<f64>,
    /// Temperature of its soft codes [default: 0.1]
    #[arg(long)]
    clustering_temperature: Option<f64>,
    /// The step that sets the saving rule's marks; later ones may save [default: 5000]
    #[arg(long)]
    save_from: Option<u64>,
    /// Models of the saving rule to keep, 0 for all [default: 5]
    #[arg(long)]
    keep: Option<usize>,
    /// Steps between two validations on all validation galaxies [default: 250]
    #[arg(long)]
    validate_all_every: Option<u64>,
    /// Share of the galaxies that train [default: 0.9]
    #[arg(long)]
    training_share: Option<f64>,
    /// In which order galaxies are drawn: as the reference's shuffle buffer, or in whole passes [default: buffer]
    #[arg(long, value_enum)]
    order: Option<OrderFlag>,
    /// Seed of weights, batches and K-medoids [default: 0]
    #[arg(long)]
    seed: Option<u64>,
}

/// The networks that can be trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum RecipeFlag {
    /// The reference's network and losses.
    Reference,
    /// The network of the recipe for shape.
    Shape,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum SearchFlag {
    Alternate,
    Exhaustive,
}

#[derive(Clone, Copy, Debug, PartialEq, clap::ValueEnum)]
enum ClusteringFlag {
    None,
    Differentiable,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum OrderFlag {
    Buffer,
    Epochs,
}

impl Arguments {
    /// The settings of the file that is given, or of the run that is resumed; the defaults without either.
    fn stored<T: DeserializeOwned + Default>(&self, what: &str) -> anyhow::Result<T> {
        let resumed = self
            .resume
            .as_ref()
            .map(|save| save.with_file_name("run.toml"))
            .filter(|path| path.exists());
        let Some(path) = self.settings.as_ref().or(resumed.as_ref()) else {
            return Ok(T::default());
        };
        let name = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        toml::from_str(&text).with_context(|| format!("{name} does not hold {what}"))
    }

    /// The settings of the recipe for shape: the flags, else the file, else the defaults.
    ///
    /// # Errors
    /// With the file's name, the flag that belongs to the other recipe, or the setting that cannot be.
    pub fn shape_settings(&self) -> anyhow::Result<ShapeSettings> {
        let mut settings: ShapeSettings = self.stored("settings of a run of the recipe shape")?;
        let foreign = [
            ("--device gpu", self.device == DeviceFlag::Gpu),
            ("--hidden", self.hidden.is_some()),
            ("--residual-hidden", self.residual_hidden.is_some()),
            ("--residual-layers", self.residual_layers.is_some()),
            ("--embedding-dim", self.embedding_dim.is_some()),
            ("--codes", self.codes.is_some()),
            ("--ema", self.ema || self.ema_decay.is_some()),
            ("--penalty", self.penalty.is_some()),
            ("--score-from", self.score_from.is_some()),
            ("--clusters", self.clusters.is_some()),
            ("--search", self.search.is_some()),
            ("--clustering-loss", self.clustering_loss.is_some()),
            ("--clustering-weight", self.clustering_weight.is_some()),
            ("--clustering-temperature", self.clustering_temperature.is_some()),
            ("--save-from", self.save_from.is_some()),
            ("--keep", self.keep.is_some()),
            ("--validate-all-every", self.validate_all_every.is_some()),
            ("--training-share", self.training_share.is_some()),
            ("--order", self.order.is_some()),
        ];
        if let Some((flag, _)) = foreign.iter().find(|(_, given)| *given) {
            anyhow::bail!(
                "{flag} belongs to --recipe reference; sizes of the recipe shape are set in a file for --settings"
            );
        }
        if let Some(steps) = self.steps {
            settings.steps = steps;
        }
        if let Some(batch) = self.batch {
            settings.batch = batch;
        }
        if let Some(rate) = self.learning_rate {
            settings.learning_rate = rate;
        }
        if let Some(commitment) = self.commitment {
            settings.commitment = commitment as f32;
        }
        if let Some(seed) = self.seed {
            settings.seed = seed;
        }
        settings.check()?;
        Ok(settings)
    }

    /// The settings of the reference's network: the flags, else the file (of `--settings`, or of the run that is resumed), else the defaults.
    ///
    /// # Errors
    /// With the file's name, or the setting that cannot be.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let mut settings: Settings = self.stored("settings of a run")?;
        macro_rules! take {
            ($($name:ident),*) => { $(if let Some(value) = self.$name { settings.$name = value; })* };
        }
        take!(
            steps,
            batch,
            learning_rate,
            hidden,
            residual_hidden,
            residual_layers,
            embedding_dim,
            codes,
            commitment,
            ema_decay,
            penalty,
            score_from,
            clusters,
            clustering_weight,
            clustering_temperature,
            save_from,
            keep,
            validate_all_every,
            training_share,
            seed
        );
        settings.ema |= self.ema;
        if let Some(search) = self.search {
            settings.search = match search {
                SearchFlag::Alternate => Search::Alternate,
                SearchFlag::Exhaustive => Search::Exhaustive,
            };
        }
        if let Some(order) = self.order {
            settings.order = match order {
                OrderFlag::Buffer => Order::Buffer,
                OrderFlag::Epochs => Order::Epochs,
            };
        }
        match self.clustering_loss {
            Some(ClusteringFlag::None) => settings.clustering_weight = 0.0,
            Some(ClusteringFlag::Differentiable) if settings.clustering_weight == 0.0 => {
                settings.clustering_weight = 0.1;
            }
            _ => {}
        }
        settings.check()?;
        Ok(settings)
    }
}
