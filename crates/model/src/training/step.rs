//! One step of training: losses, gradients, and Adam.

use super::adam::Adam;
use super::clustering_loss::soft_silhouette;
use super::ema::Ema;
use super::error::TrainingError;
use super::network::{EMBEDDING, Network};
use super::parameters::Parameters;
use super::shards;
use crate::network::Codebook;
use burn::tensor::{Device, Tensor, TensorData};
use galaxy_grove::cutout::PIXELS;
use std::collections::BTreeMap;

/// Galaxies that one core computes at a time. The sums over a batch are taken in the order of these parts, whatever the
/// number of cores, so a run repeats on any machine of the same kind. Small enough for the caches, too.
const SHARD: usize = 8;

/// What a batch gives, before the weights are moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Losses {
    /// Mean squared error of the reconstruction divided by the variance of the training pixels (the NMSE).
    pub reconstruction: f64,
    /// Codebook and commitment terms together.
    pub quantisation: f64,
    /// The differentiable clustering term, without its weight; 0 when it is off.
    pub clustering: f64,
    /// Their sum, with the clustering term's weight, and without the score penalty, which has no gradient.
    pub total: f64,
    /// How many codes the batch uses, as the exponential of their entropy: 1 to the size of the codebook.
    pub perplexity: f64,
    /// `[N * 64]`
    pub codes: Vec<u8>,
}

impl Losses {
    /// Adds the losses of a part of the batch, which makes up `share` of it. All losses are means.
    fn add(&mut self, share: f64, part: Self) {
        self.reconstruction += share * part.reconstruction;
        self.quantisation += share * part.quantisation;
        self.clustering += share * part.clustering;
        self.total += share * part.total;
        self.codes.extend(part.codes);
    }
}

/// The weights of the loss's terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LossWeights {
    /// The variance of the training pixels.
    pub data_variance: f64,
    /// Of the commitment term; the reference uses 0.25.
    pub commitment: f64,
    /// Of the differentiable clustering term, with its temperature; `None` when it is off.
    pub clustering: Option<(f64, f64)>,
    /// Whether the codebook follows running averages, not a gradient.
    pub ema: bool,
}

/// A gradient for each variable, by its published name.
pub type Gradients = BTreeMap<String, Vec<f32>>;

/// The losses of a batch, the gradients of every variable and the encoder's output.
///
/// The loss is that of Cheng et al. 2021 and van den Oord et al. 2017, with `q` the code's vector and `sg` a stopped
/// gradient:
///
/// `mean((x - decode(z + sg(q - z)))^2) / variance + mean((q - sg(z))^2) + 0.25 mean((sg(q) - z)^2)`
///
/// `images` is `[N * 4096]`.
///
/// # Errors
/// [`TrainingError::Pixels`] for ragged or empty batches, [`TrainingError::Device`] when the device fails.
pub fn gradients(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<(Losses, Gradients, Vec<f32>), TrainingError> {
    let device = device.clone().autodiff();
    // The clustering term is about pairs of galaxies, so it needs the batch in one piece.
    let shard = if weights.clustering.is_some() {
        usize::MAX
    } else {
        SHARD
    };
    let shards = shards::run(images, shard, |images| {
        let network = Network::new(parameters, &device, true);
        let forward = Forward::new(&network, parameters, images, weights, &device)?;
        let grads = forward.loss.backward();
        let mut found = BTreeMap::new();
        for (name, tensor) in network.tensors() {
            // With running averages the codebook has no gradient.
            if let Some(gradient) = tensor.grad(&grads) {
                found.insert(name.clone(), numbers(gradient)?);
            }
        }
        Ok((forward.losses, found, forward.z))
    })?;
    let mut whole = (Losses::default(), Gradients::new(), Vec::new());
    for (share, (losses, gradients, z)) in shards {
        whole.0.add(share, losses);
        for (name, gradient) in gradients {
            let sum = whole.1.entry(name).or_insert_with(|| vec![0.0; gradient.len()]);
            sum.iter_mut()
                .zip(gradient)
                .for_each(|(sum, g)| *sum += share as f32 * g);
        }
        whole.2.extend(z);
    }
    whole.0.perplexity = perplexity(&whole.0.codes, parameters.architecture.codebook);
    Ok(whole)
}

/// The losses of a batch, without gradients. The clustering term, which is about pairs of galaxies, is taken within
/// parts of the batch here; the other losses are exact.
///
/// # Errors
/// As [`gradients`].
pub fn evaluate(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<Losses, TrainingError> {
    let shards = shards::run(images, SHARD, |images| {
        let network = Network::new(parameters, device, false);
        Ok(Forward::new(&network, parameters, images, weights, device)?.losses)
    })?;
    let mut whole = Losses::default();
    for (share, losses) in shards {
        whole.add(share, losses);
    }
    whole.perplexity = perplexity(&whole.codes, parameters.architecture.codebook);
    Ok(whole)
}

/// One step: gradients, Adam, and the codebook's running averages if it has them.
///
/// # Errors
/// As [`gradients`].
pub fn step(
    parameters: &mut Parameters,
    ema: Option<&mut Ema>,
    images: &[f32],
    weights: &LossWeights,
    adam: &Adam,
    device: &Device,
) -> Result<Losses, TrainingError> {
    let (losses, gradients, z) = gradients(parameters, images, weights, device)?;
    adam.step(parameters, &gradients);
    if let (Some(ema), Some(embedding)) = (ema, parameters.variables.get_mut(EMBEDDING)) {
        ema.update(&z, &losses.codes, &mut embedding.values);
    }
    Ok(losses)
}

struct Forward {
    loss: Tensor<1>,
    losses: Losses,
    /// `[N * 64, dimensions]`
    z: Vec<f32>,
}

impl Forward {
    fn new(
        network: &Network,
        parameters: &Parameters,
        images: &[f32],
        weights: &LossWeights,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        if images.is_empty() || !images.len().is_multiple_of(PIXELS) {
            return Err(TrainingError::Pixels(images.len()));
        }
        let x = Tensor::<2>::from_data(TensorData::new(images.to_vec(), [images.len(), 1]), device);
        let z = network.encode(x.clone())?;
        let host_z = numbers(z.clone().detach())?;
        let size = parameters.architecture.codebook;
        let codes = codebook(parameters)?.assign_rows(&host_z);

        // The vectors of the codes as a product with one-hot rows: its gradient is what reaches the codebook.
        let embedding = network.get(EMBEDDING)?;
        let one_hot = Tensor::<2>::from_data(
            TensorData::new(one_hot(&codes, size), [codes.len(), size]),
            device,
        );
        let quantised = one_hot.matmul(embedding.clone().transpose());

        let codebook_loss = square(quantised.clone() - z.clone().detach());
        let commitment = square(quantised.clone().detach() - z.clone());
        let straight = z.clone() + (quantised - z.clone()).detach();
        let reconstruction = square(network.decode(straight)? - x).div_scalar(weights.data_variance);
        let commitment = commitment.mul_scalar(weights.commitment);
        let quantisation = if weights.ema {
            commitment
        } else {
            codebook_loss + commitment
        };

        let mut loss = reconstruction.clone() + quantisation.clone();
        let mut clustering = 0.0;
        if let Some((weight, temperature)) = weights.clustering {
            let term = soft_silhouette(z, embedding, temperature);
            clustering = number(term.clone())?;
            loss = loss + term.mul_scalar(weight);
        }
        let losses = Losses {
            reconstruction: number(reconstruction)?,
            quantisation: number(quantisation)?,
            clustering,
            total: number(loss.clone())?,
            perplexity: perplexity(&codes, size),
            codes,
        };
        Ok(Self {
            loss,
            losses,
            z: host_z,
        })
    }
}

/// The codebook in double precision.
pub(super) fn codebook(parameters: &Parameters) -> Result<Codebook, TrainingError> {
    let sizes = parameters.architecture;
    let embedding = parameters
        .variables
        .get(EMBEDDING)
        .ok_or_else(|| TrainingError::Missing(EMBEDDING.to_owned()))?;
    // TensorFlow keeps a code in a column, the codebook wants it in a row.
    let rows: Vec<f32> = (0..sizes.codebook)
        .flat_map(|code| {
            embedding
                .values
                .iter()
                .skip(code)
                .step_by(sizes.codebook)
                .copied()
        })
        .collect();
    Ok(Codebook::new(sizes.codebook, sizes.embedding_dim, &rows)?)
}

fn one_hot(codes: &[u8], size: usize) -> Vec<f32> {
    let mut rows = vec![0.0; codes.len() * size];
    for (row, &code) in rows.chunks_exact_mut(size).zip(codes) {
        if let Some(one) = row.get_mut(usize::from(code)) {
            *one = 1.0;
        }
    }
    rows
}

fn square(difference: Tensor<2>) -> Tensor<1> {
    (difference.clone() * difference).mean()
}

/// `exp(-sum p log(p + 1e-10))` over the shares of the codes, as Sonnet has it.
pub fn perplexity(codes: &[u8], size: usize) -> f64 {
    let mut counts = vec![0_usize; size.max(256)];
    for &code in codes {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    }
    let entropy: f64 = counts
        .into_iter()
        .map(|count| count as f64 / codes.len().max(1) as f64)
        .map(|share| -share * (share + 1e-10).ln())
        .sum();
    entropy.exp()
}

fn numbers(tensor: Tensor<2>) -> Result<Vec<f32>, TrainingError> {
    tensor
        .into_data()
        .try_into_vec_as::<f32>()
        .map_err(|error| TrainingError::Device(error.to_string()))
}

fn number(tensor: Tensor<1>) -> Result<f64, TrainingError> {
    let values = tensor
        .into_data()
        .try_into_vec_as::<f32>()
        .map_err(|error| TrainingError::Device(error.to_string()))?;
    values
        .first()
        .map(|&value| f64::from(value))
        .ok_or_else(|| TrainingError::Device("a loss came back empty".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::load;
    use crate::training::initial_weights;
    use galaxy_grove::checkpoint::Architecture;
    use galaxy_grove::cutout::simulate;

    const SMALL: Architecture = Architecture {
        hidden: 8,
        residual_hidden: 4,
        residual_layers: 2,
        embedding_dim: 6,
        codebook: 5,
    };
    const WEIGHTS: LossWeights = LossWeights {
        data_variance: 0.01,
        commitment: 0.25,
        clustering: None,
        ema: false,
    };

    fn small(seed: u64) -> Parameters {
        Parameters::new(&initial_weights(&SMALL, seed).unwrap(), 0.9, 0.999)
    }

    /// The matrix products and burn's own convolutions are the same network.
    #[test]
    fn it_is_the_network_that_extraction_uses() {
        let parameters = small(2);
        let images = simulate::simulate(4, 3).image;
        let device = Device::flex();
        let losses = evaluate(&parameters, &images, &WEIGHTS, &device).unwrap();
        let (model, codebook) = load(&parameters.weights().unwrap(), &device).unwrap();
        let extractor = crate::extraction::Extractor::new(model, codebook, device);
        let codes = pollster::block_on(extractor.extract(&images)).unwrap().codes;
        assert_eq!(losses.codes, codes);
        let painted = pollster::block_on(extractor.reconstruct(&codes)).unwrap();
        let error: f64 = images
            .iter()
            .zip(&painted)
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum::<f64>();
        let nmse = error / images.len() as f64 / WEIGHTS.data_variance;
        assert!(
            (losses.reconstruction / nmse - 1.0).abs() < 1e-4,
            "{} {nmse}",
            losses.reconstruction
        );
    }

    /// The gradient against the slope of the loss along it. Through the codebook's choice there is none, so the losses
    /// are compared where the codes stay as they are; the straight-through gradient is the golden files' business.
    fn slope_agrees(
        parameters: &Parameters,
        weights: &LossWeights,
        name: &str,
        loss: impl Fn(&Losses) -> f64,
    ) {
        let images = simulate::simulate(5, 4).image;
        let device = Device::flex();
        let (_, found, _) = gradients(parameters, &images, weights, &device).unwrap();
        let gradient = &found[name];
        let length = gradient.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
        assert!(length > 0.0, "{name} has no gradient");
        let at = |distance: f64| {
            let mut moved = parameters.clone();
            let values = &mut moved.variables.get_mut(name).unwrap().values;
            for (value, &g) in values.iter_mut().zip(gradient) {
                *value += (distance * f64::from(g) / length) as f32;
            }
            let network = Network::new(&moved, &device, false);
            let forward = Forward::new(&network, &moved, &images, weights, &device).unwrap();
            loss(&forward.losses)
        };
        let h = 2e-3;
        let slope = (at(h) - at(-h)) / (2.0 * h);
        assert!(
            (slope / length - 1.0).abs() < 0.02,
            "{name}: slope {slope}, gradient {length}"
        );
    }

    #[test]
    fn decoder_gradients_are_the_slopes_of_the_loss() {
        let parameters = small(7);
        for name in [
            "decoder/dec_4/w",
            "decoder/dec_4/b",
            "decoder/dec_3/w",
            "decoder/dec_2/w",
            "decoder/dec_1/w",
            "decoder/res3x3_0/w",
            "decoder/res1x1_1/w",
        ] {
            slope_agrees(&parameters, &WEIGHTS, name, |losses| losses.total);
        }
    }

    #[test]
    fn perplexity_counts_effective_codes() {
        assert!((perplexity(&[0, 1, 2, 3], 16) - 4.0).abs() < 1e-6);
        assert!((perplexity(&[5; 64], 16) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_ragged_or_empty_batch_is_refused() {
        for images in [&[][..], &[0.0; 100]] {
            let found = evaluate(&small(1), images, &WEIGHTS, &Device::flex());
            assert!(matches!(found, Err(TrainingError::Pixels(_))));
        }
    }
}
