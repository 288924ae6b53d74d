//! Losses and gradients of a batch on the processor's kernels.

use super::clustering_loss::soft_silhouette;
use super::error::TrainingError;
use super::losses::{Gradients, LossWeights, Losses, codebook};
use super::network::{EMBEDDING, Encoded, Network, Sums};
use super::parameters::Parameters;
use super::shards;
use crate::network::Codebook;
use burn::tensor::{Device, Tensor, TensorData};
use galaxy_grove::cutout::{CODES, PIXELS};

/// Galaxies that one core computes at a time. The sums over a batch are taken in the order of these parts, whatever the
/// number of cores, so a run repeats on any machine of the same kind.
const SHARD: usize = 8;

/// Galaxies of a part that go forward and back together: few, so that what lies between stays in the cache.
const TOGETHER: usize = 4;

/// Galaxies, encoded.
struct Block {
    encoded: Encoded,
    codes: Vec<u8>,
    /// The codes' vectors, `[n * 64, dimensions]`.
    vectors: Vec<f32>,
}

/// What a part of the batch gives.
#[derive(Default)]
struct Part {
    /// Sums of squared differences.
    reconstruction: f64,
    quantisation: f64,
    codes: Vec<u8>,
    z: Vec<f32>,
    gradients: Option<(Sums, Vec<f32>)>,
}

/// The losses of a batch, gradients, and `z`.
///
/// # Errors
/// [`TrainingError`] when a variable is missing or the codebook is not finite.
pub fn gradients(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
) -> Result<(Losses, Gradients, Vec<f32>), TrainingError> {
    let codebook = Codes::new(parameters)?;
    // The clustering term is about pairs of galaxies, so it needs the whole batch before any gradient.
    let clustering = match weights.clustering {
        Some((weight, temperature)) => {
            let parts = each_part(images, |_, images| {
                let mut part = Part::default();
                let mut network = Network::new(parameters);
                for images in images.chunks(TOGETHER * PIXELS) {
                    part.z.extend(network.encode(images).z);
                }
                part
            })?;
            let z = parts.into_iter().flat_map(|part| part.z).collect();
            Some(cluster(parameters, z, weight, temperature)?)
        }
        None => None,
    };
    let galaxies = images.len() / PIXELS;
    let values = galaxies * CODES * codebook.dimensions;
    let (pixel, value) = (
        2.0 / (images.len() as f64 * weights.data_variance),
        2.0 / values as f64,
    );
    let parts = each_part(images, |start, images| {
        let mut network = Network::new(parameters);
        let mut sums = Sums::zeros(parameters);
        let mut of_codebook = vec![0.0; codebook.dimensions * codebook.size];
        let mut part = Part::default();
        for images in images.chunks(TOGETHER * PIXELS) {
            let block = codebook.encode(&mut network, images);
            let decoded = network.decode(straight_through(&block));
            part.add(&block, images, &decoded.images);
            let of_images: Vec<f32> = decoded
                .images
                .iter()
                .zip(images)
                .map(|(painted, image)| (pixel * f64::from(painted - image)) as f32)
                .collect();
            let mut of_z = network.decode_backward(&decoded, &of_images, &mut sums);
            let differences = block.encoded.z.iter().zip(&block.vectors);
            for (gradient, (z, vector)) in of_z.iter_mut().zip(differences) {
                *gradient += (weights.commitment * value * f64::from(z - vector)) as f32;
            }
            if let Some(more) = &clustering {
                let here = start * CODES * codebook.dimensions + part.z.len();
                let more = more.of_z.get(here..).unwrap_or_default();
                of_z.iter_mut()
                    .zip(more)
                    .for_each(|(gradient, more)| *gradient += more);
            }
            network.encode_backward(&block.encoded, images, &of_z, &mut sums);
            codebook.add_gradient(&block, value, &mut of_codebook);
            part.codes.extend(block.codes);
            part.z.extend(block.encoded.z);
        }
        part.gradients = Some((sums, of_codebook));
        part
    })?;

    let mut totals = Part::default();
    let mut embedding = clustering.as_ref().map(|term| term.of_embedding.clone());
    let mut sums: Option<Sums> = None;
    for part in parts {
        let Some((more, of_codebook)) = totals.merge(part) else {
            continue;
        };
        match &mut sums {
            None => sums = Some(more),
            Some(sums) => sums.add(&more),
        }
        // With running averages the codebook has no gradient of its own.
        if !weights.ema {
            let sum = embedding.get_or_insert_with(|| vec![0.0; of_codebook.len()]);
            sum.iter_mut()
                .zip(of_codebook)
                .for_each(|(sum, more)| *sum += more);
        }
    }
    let mut named = sums.map(Sums::named).unwrap_or_default();
    if let Some(embedding) = embedding {
        named.insert(EMBEDDING.to_owned(), embedding);
    }
    let z = std::mem::take(&mut totals.z);
    let term = clustering.map_or(0.0, |term| term.value);
    Ok((totals.losses(images.len(), values, weights, term), named, z))
}

/// The losses alone.
///
/// # Errors
/// As [`gradients`].
pub fn losses(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
) -> Result<Losses, TrainingError> {
    let codebook = Codes::new(parameters)?;
    let parts = each_part(images, |_, images| {
        let mut network = Network::new(parameters);
        let mut part = Part::default();
        for images in images.chunks(TOGETHER * PIXELS) {
            let block = codebook.encode(&mut network, images);
            let painted = network.decode(straight_through(&block)).images;
            part.add(&block, images, &painted);
            part.codes.extend(block.codes);
            part.z.extend(block.encoded.z);
        }
        part
    })?;
    let mut totals = Part::default();
    for part in parts {
        totals.merge(part);
    }
    let z = std::mem::take(&mut totals.z);
    let values = z.len();
    let term = match weights.clustering {
        Some((weight, temperature)) => cluster(parameters, z, weight, temperature)?.value,
        None => 0.0,
    };
    Ok(totals.losses(images.len(), values, weights, term))
}

/// Runs `work` on every part of a batch, with the number of its first galaxy.
fn each_part(
    images: &[f32],
    work: impl Fn(usize, &[f32]) -> Part + Sync,
) -> Result<Vec<Part>, TrainingError> {
    let parts: Vec<(usize, &[f32])> = images
        .chunks(SHARD * PIXELS)
        .enumerate()
        .map(|(at, part)| (at * SHARD, part))
        .collect();
    shards::run(&parts, |(start, part)| work(*start, part))
}

/// The codebook, for nearest codes in double precision, and as TensorFlow keeps it, a code in a column.
struct Codes<'a> {
    codebook: Codebook,
    columns: &'a [f32],
    size: usize,
    dimensions: usize,
}

impl<'a> Codes<'a> {
    fn new(parameters: &'a Parameters) -> Result<Self, TrainingError> {
        Ok(Self {
            codebook: codebook(parameters)?,
            columns: embedding(parameters)?,
            size: parameters.architecture.codebook,
            dimensions: parameters.architecture.embedding_dim,
        })
    }

    fn encode(&self, network: &mut Network<'_>, images: &[f32]) -> Block {
        let encoded = network.encode(images);
        let codes = self.codebook.assign_rows(&encoded.z);
        let mut vectors = Vec::with_capacity(encoded.z.len());
        for &code in &codes {
            let column = self.columns.iter().skip(usize::from(code)).step_by(self.size);
            vectors.extend(column.copied());
        }
        Block {
            encoded,
            codes,
            vectors,
        }
    }

    /// Adds the gradient of `mean((q - sg(z))^2)` with respect to the codebook, `[dimensions, codes]`.
    fn add_gradient(&self, block: &Block, value: f64, gradient: &mut [f32]) {
        let vectors = block.vectors.chunks_exact(self.dimensions.max(1));
        let rows = vectors.zip(block.encoded.z.chunks_exact(self.dimensions.max(1)));
        for (&code, (vector, z)) in block.codes.iter().zip(rows) {
            let column = gradient.iter_mut().skip(usize::from(code)).step_by(self.size);
            for (sum, (vector, z)) in column.zip(vector.iter().zip(z)) {
                *sum += (value * f64::from(vector - z)) as f32;
            }
        }
    }
}

fn embedding(parameters: &Parameters) -> Result<&[f32], TrainingError> {
    let found = parameters.variables.get(EMBEDDING);
    found
        .map(|embedding| embedding.values.as_slice())
        .ok_or_else(|| TrainingError::Missing(EMBEDDING.to_owned()))
}

/// `z + (q - z)`: the vectors of the codes up to the rounding that the reference's arithmetic has, too.
fn straight_through(block: &Block) -> Vec<f32> {
    let both = block.encoded.z.iter().zip(&block.vectors);
    both.map(|(z, vector)| z + (vector - z)).collect()
}

/// The clustering term with its gradients, which burn takes; they carry the term's weight, its value does not.
struct Clustering {
    value: f64,
    of_z: Vec<f32>,
    of_embedding: Vec<f32>,
}

fn cluster(
    parameters: &Parameters,
    z: Vec<f32>,
    weight: f64,
    temperature: f64,
) -> Result<Clustering, TrainingError> {
    let device = Device::flex().autodiff();
    let (dimensions, size) = (
        parameters.architecture.embedding_dim,
        parameters.architecture.codebook,
    );
    let embedding = embedding(parameters)?.to_vec();
    let matrix = |values: Vec<f32>, shape: [usize; 2]| {
        Tensor::<2>::from_data(TensorData::new(values, shape), &device).require_grad()
    };
    let rows = z.len() / dimensions.max(1);
    let z = matrix(z, [rows, dimensions]);
    let embedding = matrix(embedding, [dimensions, size]);
    let term = soft_silhouette(z.clone(), embedding.clone(), temperature);
    let numbers = |tensor: Tensor<2>| host(tensor.into_data());
    let value = host(term.clone().into_data())?.first().copied();
    let gradients = term.mul_scalar(weight).backward();
    let of = |tensor: Tensor<2>| -> Result<Vec<f32>, TrainingError> {
        match tensor.grad(&gradients) {
            Some(gradient) => numbers(gradient),
            // Fewer than three galaxies have no clusters.
            None => Ok(vec![0.0; tensor.shape().num_elements()]),
        }
    };
    Ok(Clustering {
        value: f64::from(value.unwrap_or_default()),
        of_z: of(z)?,
        of_embedding: of(embedding)?,
    })
}

fn host(data: TensorData) -> Result<Vec<f32>, TrainingError> {
    data.try_into_vec_as::<f32>()
        .map_err(|error| TrainingError::Device(error.to_string()))
}

fn squares(a: &[f32], b: &[f32]) -> f64 {
    let differences = a.iter().zip(b).map(|(a, b)| f64::from(a - b));
    differences.map(|difference| difference * difference).sum()
}

impl Part {
    fn add(&mut self, block: &Block, images: &[f32], painted: &[f32]) {
        self.reconstruction += squares(painted, images);
        self.quantisation += squares(&block.vectors, &block.encoded.z);
    }

    /// Takes in the next part; gives its gradients.
    fn merge(&mut self, part: Self) -> Option<(Sums, Vec<f32>)> {
        self.reconstruction += part.reconstruction;
        self.quantisation += part.quantisation;
        self.codes.extend(part.codes);
        self.z.extend(part.z);
        part.gradients
    }

    fn losses(self, pixels: usize, values: usize, weights: &LossWeights, clustering: f64) -> Losses {
        let reconstruction = self.reconstruction / pixels as f64 / weights.data_variance;
        let both = if weights.ema { 0.0 } else { 1.0 } + weights.commitment;
        let quantisation = both * self.quantisation / values as f64;
        let weight = weights.clustering.map_or(0.0, |(weight, _)| weight);
        Losses {
            reconstruction,
            quantisation,
            clustering,
            total: reconstruction + quantisation + weight * clustering,
            perplexity: 0.0,
            codes: self.codes,
        }
    }
}
