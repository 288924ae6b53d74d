//! A run: the reference's loop, one step at a time. It knows no disk; the command line saves and resumes.

use super::adam::Adam;
use super::ema::Ema;
use super::error::TrainingError;
use super::init::initial_weights;
use super::kmedoids::cluster;
use super::losses::LossWeights;
use super::metrics::{Record, recent};
use super::network::EMBEDDING;
use super::parameters::Parameters;
use super::saving::SavingRule;
use super::settings::Settings;
use super::silhouette::{Distances, silhouette};
use super::split::{Sampler, Split, data_variance, gather, validation_batch};
use super::step::{evaluate, step};
use burn::tensor::Device;
use galaxy_grove::cutout::{CODES, PIXELS};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// Streams of random numbers that one seed gives.
const BATCHES: u64 = 1 << 40;
const MEDOIDS: u64 = 2 << 40;

/// What a resumed run needs to know besides the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: u64,
    /// The saving rule with its marks.
    pub rule: SavingRule,
    /// The codes of the last batch, whose silhouette the next step takes.
    pub codes: Vec<u8>,
    /// The least NMSE on the whole validation set so far, and its step.
    pub best: Option<(f64, u64)>,
}

/// What a step asks its caller to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The reference's rule saves this step.
    pub saves: bool,
    /// This step has the least NMSE on the whole validation set so far.
    pub best: bool,
    /// The previous batch had a single cluster, so its silhouette counts as 0.
    pub one_cluster: bool,
}

/// A run in progress.
#[derive(Debug)]
pub struct Run {
    /// The settings.
    pub settings: Settings,
    /// The network and Adam's memory.
    pub parameters: Parameters,
    /// The codebook's running averages, if it has them.
    pub ema: Option<Ema>,
    /// Where the run stands.
    pub progress: Progress,
    /// One record a step of this run, and of what it resumed.
    pub records: Vec<Record>,
    /// The variance of the training pixels.
    pub data_variance: f32,
    /// Rows that train and rows that validate.
    pub split: Split,
    images: Vec<f32>,
    sampler: Sampler,
    device: Device,
}

impl Run {
    /// A fresh run on `images` (`[N * 4096]`).
    ///
    /// # Errors
    /// [`TrainingError`] for sets too small to split, images that are all the same, and impossible sizes.
    pub fn new(images: Vec<f32>, settings: Settings, device: Device) -> Result<Self, TrainingError> {
        let weights = initial_weights(&settings.architecture(), settings.seed)?;
        let parameters = Parameters::new(&weights, settings.beta1, settings.beta2);
        let progress = Progress {
            step: 0,
            rule: SavingRule::new(settings.save_from),
            codes: Vec::new(),
            best: None,
        };
        Self::resume(images, settings, device, parameters, progress, Vec::new())
    }

    /// Goes on from saved parameters and progress. The same steps follow as if the run had never stopped.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn resume(
        images: Vec<f32>,
        settings: Settings,
        device: Device,
        parameters: Parameters,
        progress: Progress,
        records: Vec<Record>,
    ) -> Result<Self, TrainingError> {
        settings.check()?;
        let galaxies = images.len() / PIXELS;
        let split = Split::new(galaxies, settings.training_share);
        if split.training.is_empty() || split.validation.is_empty() {
            return Err(TrainingError::TooFew {
                found: galaxies,
                training: split.training.len(),
            });
        }
        let data_variance = data_variance(&images, &split.training);
        if data_variance.is_nan() || data_variance <= 0.0 {
            return Err(TrainingError::Constant);
        }
        let mut sampler = Sampler::new(
            split.training.clone(),
            settings.order,
            settings.buffer,
            settings.seed ^ BATCHES,
        );
        sampler.skip(progress.step, settings.batch);
        let ema = settings.ema.then(|| {
            let embedding = parameters.variables.get(EMBEDDING);
            let values = embedding.map_or(&[][..], |embedding| &embedding.values);
            Ema::new(settings.ema_decay, 1e-5, settings.codes, values)
        });
        Ok(Self {
            settings,
            parameters,
            ema,
            progress,
            records,
            data_variance,
            split,
            images,
            sampler,
            device,
        })
    }

    /// Whether all steps are done.
    pub fn is_done(&self) -> bool {
        self.progress.step >= self.settings.steps
    }

    /// The loss's weights.
    pub fn loss_weights(&self) -> LossWeights {
        let settings = &self.settings;
        LossWeights {
            data_variance: f64::from(self.data_variance),
            commitment: settings.commitment,
            clustering: (settings.clustering_weight > 0.0)
                .then_some((settings.clustering_weight, settings.clustering_temperature)),
            ema: settings.ema,
        }
    }

    /// Does the next step.
    ///
    /// # Errors
    /// [`TrainingError::Diverged`] when the loss is no longer finite; then nothing should be saved.
    pub fn step(&mut self) -> Result<Outcome, TrainingError> {
        let settings = &self.settings;
        let number = self.progress.step + 1;
        let scored = number >= settings.score_from;
        let score = if scored { self.score(number) } else { None };
        let adam = Adam {
            learning_rate: settings.learning_rate,
            beta1: settings.beta1,
            beta2: settings.beta2,
            epsilon: settings.epsilon,
        };
        let (weights, batch) = (self.loss_weights(), settings.batch);
        let penalty = settings.penalty;
        let images = gather(&self.images, &self.sampler.batch(batch));
        let losses = step(
            &mut self.parameters,
            self.ema.as_mut(),
            &images,
            &weights,
            &adam,
            &self.device,
        )?;
        if !losses.total.is_finite() {
            return Err(TrainingError::Diverged { step: number });
        }
        // One cluster has no silhouette; the reference's run ends there, ours scores 0.
        let shown = score.unwrap_or_default();
        let mut record = Record {
            step: number,
            reconstruction: losses.reconstruction,
            quantisation: losses.quantisation,
            clustering: losses.clustering,
            loss: losses.total + if scored { penalty * (1.0 - shown) } else { 0.0 },
            perplexity: losses.perplexity,
            silhouette: scored.then_some(shown),
            validation: None,
            validation_all: None,
        };
        self.progress.codes = losses.codes;
        self.progress.step = number;
        if scored {
            let rows = validation_batch(&self.split.validation, number - self.settings.score_from, batch);
            record.validation = Some(self.nmse(&rows)?);
        }
        let mut best = false;
        if number.is_multiple_of(self.settings.validate_all_every) || self.is_done() {
            let all = self.validate()?;
            record.validation_all = Some(all);
            // Before the codes have come to life the error says little, but it is never best for long.
            best = self.progress.best.is_none_or(|(least, _)| all < least);
            if best {
                self.progress.best = Some((all, number));
            }
        }
        let (loss, validation) = (record.loss, record.validation);
        self.records.push(record);
        let scored_records = |r: &Record| r.silhouette.map(|_| r.loss);
        let saves = match (scored, recent(&self.records, scored_records), validation) {
            (true, Some(mean), Some(error)) => self.progress.rule.step(number, shown, loss, mean, error),
            _ => false,
        };
        Ok(Outcome {
            saves,
            best,
            one_cluster: scored && score.is_none(),
        })
    }

    /// The silhouette of the previous batch's codes; `None` when they make one cluster.
    fn score(&self, number: u64) -> Option<f64> {
        let distances = Distances::hamming(&self.progress.codes, CODES);
        // Seeded by the step, so that a resumed run draws what an unbroken one would.
        let mut random = ChaCha8Rng::seed_from_u64(self.settings.seed ^ MEDOIDS);
        random.set_stream(number);
        let found = cluster(
            &distances,
            self.settings.clusters,
            self.settings.search,
            &mut random,
        );
        silhouette(&distances, &found.labels)
    }

    /// NMSE of these rows.
    fn nmse(&self, rows: &[usize]) -> Result<f64, TrainingError> {
        let images = gather(&self.images, rows);
        let weights = LossWeights {
            clustering: None,
            ..self.loss_weights()
        };
        Ok(evaluate(&self.parameters, &images, &weights, &self.device)?.reconstruction)
    }

    /// NMSE of the whole validation set.
    ///
    /// # Errors
    /// [`TrainingError::Device`] when the device fails.
    pub fn validate(&self) -> Result<f64, TrainingError> {
        let rows = &self.split.validation;
        let mut sum = 0.0;
        for part in rows.chunks(64) {
            sum += self.nmse(part)? * part.len() as f64;
        }
        Ok(sum / rows.len() as f64)
    }
}
