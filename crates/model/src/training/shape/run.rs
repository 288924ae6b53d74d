//! A run, one step at a time. It knows no disk; the command line saves and resumes.

use super::super::error::TrainingError;
use super::super::split::{Order, Sampler};
use super::optimiser::Optimiser;
use super::parameters::Tensors;
use super::quantisation::quantised;
use super::settings::ShapeSettings;
use super::step::{gradients, views};
use super::summary::summary;
use crate::shape::{KNOWN_ANSWER, ShapeEncoder, known_answer};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::shape::{RingHistogram, ShapeModel};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Galaxies whose activations set the scales of the network in whole numbers.
const SAMPLES: usize = 256;

/// What a step gave.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapeRecord {
    /// The step, from 1.
    pub step: u64,
    /// The whole loss.
    pub loss: f64,
    /// InfoNCE.
    pub contrast: f64,
    /// The share of the views whose partner is the most similar in the batch.
    pub found: f64,
    /// The mean squared distance of a vector's number to its code's.
    pub quantisation: f64,
    /// As if so many codes were used alike.
    pub perplexity: f64,
    /// The length of the gradient before it was shortened.
    pub gradient: f64,
}

/// Weights and the optimiser's memory: all that a run needs to go on, besides its settings and data.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeProgress {
    /// The weights.
    pub weights: Tensors,
    /// Running means.
    pub optimiser: Optimiser,
}

/// A run in progress.
#[derive(Debug)]
pub struct ShapeRun {
    /// The settings.
    pub settings: ShapeSettings,
    /// Where the run stands.
    pub progress: ShapeProgress,
    /// One record a step.
    pub records: Vec<ShapeRecord>,
    images: Vec<f32>,
    sampler: Sampler,
}

impl ShapeRun {
    /// A fresh run on `images` (`[N * 4096]`), all of which train.
    ///
    /// # Errors
    /// [`TrainingError`] for impossible settings and for fewer galaxies than a batch.
    pub fn new(images: Vec<f32>, settings: ShapeSettings) -> Result<Self, TrainingError> {
        settings.check()?;
        let weights = Tensors::random(settings.sizes, settings.seed);
        let optimiser = Optimiser::new(&weights);
        Self::resume(images, settings, ShapeProgress { weights, optimiser }, Vec::new())
    }

    /// Goes on from where a run stood. The same steps follow as if it had never stopped.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn resume(
        images: Vec<f32>,
        settings: ShapeSettings,
        progress: ShapeProgress,
        records: Vec<ShapeRecord>,
    ) -> Result<Self, TrainingError> {
        settings.check()?;
        let galaxies = images.len() / PIXELS;
        if galaxies < settings.batch {
            return Err(TrainingError::SmallerThanBatch {
                found: galaxies,
                batch: settings.batch,
            });
        }
        let mut sampler = Sampler::new((0..galaxies).collect(), Order::Epochs, 1, settings.seed ^ 0x5348);
        sampler.skip(progress.optimiser.steps, settings.batch);
        Ok(Self {
            settings,
            progress,
            records,
            images,
            sampler,
        })
    }

    /// The model as it stands: weights in whole numbers, and the summary of the training galaxies. `progress(done, total)` counts galaxies.
    ///
    /// # Errors
    /// [`TrainingError`] when the weights cannot be rounded, or the processor fails.
    pub fn model(&self, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<ShapeModel, TrainingError> {
        let rows = (0..self.images.len() / PIXELS).take(SAMPLES);
        let cutouts: Vec<&[f32]> = rows
            .filter_map(|row| self.images.get(row * PIXELS..(row + 1) * PIXELS))
            .collect();
        let samples = views(&cutouts, self.settings.seed, u64::from(u32::MAX)).concat();
        let network = quantised(&self.progress.weights, samples)?;
        let space = summary(&network, &self.images, progress)?;
        let encoder = ShapeEncoder::on_processor(network.clone());
        let rings = RingHistogram::new(network.codes());
        let answer = pollster::block_on(known_answer(&encoder, &rings))
            .map_err(|error| TrainingError::Device(error.to_string()))?;
        let metadata = BTreeMap::from([
            (KNOWN_ANSWER.to_owned(), answer),
            ("steps".to_owned(), self.steps().to_string()),
            ("batch".to_owned(), self.settings.batch.to_string()),
            ("seed".to_owned(), self.settings.seed.to_string()),
            ("galaxies".to_owned(), (self.images.len() / PIXELS).to_string()),
        ]);
        Ok(ShapeModel {
            network,
            space,
            metadata,
        })
    }

    /// Steps done.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.progress.optimiser.steps
    }

    /// Whether all steps are done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.steps() >= self.settings.steps
    }

    /// One step.
    ///
    /// # Errors
    /// [`TrainingError::Diverged`] when the loss is no longer finite; the weights are then those before the step.
    pub fn step(&mut self) -> Result<ShapeRecord, TrainingError> {
        let rows = self.sampler.batch(self.settings.batch);
        let cutouts: Vec<&[f32]> = rows
            .iter()
            .filter_map(|row| self.images.get(row * PIXELS..(row + 1) * PIXELS))
            .collect();
        let done = self.steps();
        let batch = views(&cutouts, self.settings.seed, done);
        let result = gradients(&self.progress.weights, &batch, &self.settings);
        if !result.loss.is_finite() {
            return Err(TrainingError::Diverged { step: done + 1 });
        }
        let rate = self.settings.rate(done);
        let ShapeProgress { weights, optimiser } = &mut self.progress;
        let length = optimiser.step(weights, &result.gradients, rate);
        let record = ShapeRecord {
            step: done + 1,
            loss: result.loss,
            contrast: result.contrast,
            found: result.found,
            quantisation: result.quantisation,
            perplexity: result.perplexity,
            gradient: length,
        };
        self.records.push(record);
        Ok(record)
    }
}
