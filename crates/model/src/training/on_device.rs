//! Losses and gradients of a batch on any device of burn, through its automatic differentiation: a graphics processor, and the
//! twin that holds the kernels to the definition.

use super::clustering_loss::soft_silhouette;
use super::error::TrainingError;
use super::losses::{Gradients, LossWeights, Losses, codebook};
use super::network::EMBEDDING;
use super::parameters::Parameters;
use crate::network::{LoadError, VqVae, load};
use burn::module::Param;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::{Device, Gradients as Found, Tensor, TensorData};
use galaxy_grove::checkpoint::{WeightTensor, to_tf_layout};
use galaxy_grove::cutout::{CODES, GRID, PIXELS, SIDE};

/// The losses of a batch, gradients, and `z`.
///
/// # Errors
/// [`TrainingError::Device`] when the device fails.
pub fn gradients(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<(Losses, Gradients, Vec<f32>), TrainingError> {
    let device = device.clone().autodiff();
    let network = network(parameters, &device)?;
    let forward = Forward::new(&network, parameters, images, weights, &device)?;
    let found = forward.loss.backward();
    let mut gradients = Gradients::new();
    // With running averages the codebook has no gradient.
    if let Some(gradient) = network.embedding.grad(&found) {
        let values = host(gradient.transpose().into_data())?;
        gradients.insert(EMBEDDING.to_owned(), values);
    }
    let mut gather = Gather {
        found: &found,
        gradients: &mut gradients,
    };
    let (encoder, decoder) = (&network.encoder, &network.decoder);
    for (scope, layer) in [
        ("encoder/enc_1", &encoder.enc_1),
        ("encoder/enc_2", &encoder.enc_2),
        ("encoder/enc_3", &encoder.enc_3),
        ("encoder/enc_4", &encoder.enc_4),
        ("to_vq", &encoder.to_vq),
        ("decoder/dec_1", &decoder.dec_1),
    ] {
        gather.convolution(scope, layer)?;
    }
    for (part, stack) in [("encoder", &encoder.residuals), ("decoder", &decoder.residuals)] {
        for (at, block) in stack.blocks.iter().enumerate() {
            gather.convolution(&format!("{part}/res3x3_{at}"), &block.conv3x3)?;
            gather.convolution(&format!("{part}/res1x1_{at}"), &block.conv1x1)?;
        }
    }
    for (scope, layer) in [
        ("decoder/dec_2", &decoder.dec_2),
        ("decoder/dec_3", &decoder.dec_3),
        ("decoder/dec_4", &decoder.dec_4),
    ] {
        gather.transposed(scope, layer)?;
    }
    Ok((forward.losses, gradients, forward.z))
}

/// The losses alone.
///
/// # Errors
/// As [`gradients`].
pub fn losses(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<Losses, TrainingError> {
    let network = network(parameters, device)?;
    Ok(Forward::new(&network, parameters, images, weights, device)?.losses)
}

fn network(parameters: &Parameters, device: &Device) -> Result<VqVae, TrainingError> {
    let weights = parameters.weights()?;
    match load(&weights, device) {
        Ok((network, _)) => Ok(network),
        Err(LoadError::Codebook(error)) => Err(error.into()),
        Err(LoadError::Missing(name) | LoadError::Rank { name, .. }) => Err(TrainingError::Missing(name)),
    }
}

/// Puts gradients into TensorFlow's layout, under their published names.
struct Gather<'a> {
    found: &'a Found,
    gradients: &'a mut Gradients,
}

impl Gather<'_> {
    fn convolution(&mut self, scope: &str, layer: &Conv2d) -> Result<(), TrainingError> {
        self.layer(scope, &layer.weight, layer.bias.as_ref())
    }

    fn transposed(&mut self, scope: &str, layer: &ConvTranspose2d) -> Result<(), TrainingError> {
        self.layer(scope, &layer.weight, layer.bias.as_ref())
    }

    fn layer(
        &mut self,
        scope: &str,
        weight: &Param<Tensor<4>>,
        bias: Option<&Param<Tensor<1>>>,
    ) -> Result<(), TrainingError> {
        let missing = || TrainingError::Missing(format!("{scope}: gradient"));
        let gradient = weight.grad(self.found).ok_or_else(missing)?;
        let ours = WeightTensor {
            shape: gradient.dims().to_vec(),
            values: host(gradient.into_data())?,
        };
        self.gradients
            .insert(format!("{scope}/w"), to_tf_layout(&ours).values);
        let gradient = bias.and_then(|bias| bias.grad(self.found)).ok_or_else(missing)?;
        self.gradients
            .insert(format!("{scope}/b"), host(gradient.into_data())?);
        Ok(())
    }
}

struct Forward {
    loss: Tensor<1>,
    losses: Losses,
    /// `[N * 64, dimensions]`
    z: Vec<f32>,
}

impl Forward {
    fn new(
        network: &VqVae,
        parameters: &Parameters,
        images: &[f32],
        weights: &LossWeights,
        device: &Device,
    ) -> Result<Self, TrainingError> {
        let count = images.len() / PIXELS;
        let sizes = parameters.architecture;
        let x = Tensor::<4>::from_data(TensorData::new(images.to_vec(), [count, 1, SIDE, SIDE]), device);
        let z = network.encoder.forward(x.clone());
        let dimensions = sizes.embedding_dim;
        // [N, D, 8, 8] to one row a position.
        let z = z
            .reshape([count, dimensions, CODES])
            .swap_dims(1, 2)
            .reshape([count * CODES, dimensions]);
        let host_z = host(z.clone().detach().into_data())?;
        let codes = codebook(parameters)?.assign_rows(&host_z);

        // The vectors of the codes as a product with one-hot rows: its gradient is what reaches the codebook.
        let embedding = network.embedding.val();
        let rows = TensorData::new(one_hot(&codes, sizes.codebook), [codes.len(), sizes.codebook]);
        let quantised = Tensor::<2>::from_data(rows, device).matmul(embedding.clone());

        let codebook_loss = square(quantised.clone() - z.clone().detach());
        let commitment = square(quantised.clone().detach() - z.clone()).mul_scalar(weights.commitment);
        let straight = z.clone() + (quantised - z.clone()).detach();
        let straight = straight
            .reshape([count, CODES, dimensions])
            .swap_dims(1, 2)
            .reshape([count, dimensions, GRID, GRID]);
        let difference = network.decoder.forward(straight) - x;
        let reconstruction = square(difference).div_scalar(weights.data_variance);
        let quantisation = if weights.ema {
            commitment
        } else {
            codebook_loss + commitment
        };
        let mut loss = reconstruction.clone() + quantisation.clone();
        let mut clustering = 0.0;
        if let Some((weight, temperature)) = weights.clustering {
            let term = soft_silhouette(z, embedding.transpose(), temperature);
            clustering = number(term.clone())?;
            loss = loss + term.mul_scalar(weight);
        }
        let losses = Losses {
            reconstruction: number(reconstruction)?,
            quantisation: number(quantisation)?,
            clustering,
            total: number(loss.clone())?,
            perplexity: 0.0,
            codes,
        };
        Ok(Self {
            loss,
            losses,
            z: host_z,
        })
    }
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

fn square<const D: usize>(difference: Tensor<D>) -> Tensor<1> {
    (difference.clone() * difference).mean()
}

fn host(data: TensorData) -> Result<Vec<f32>, TrainingError> {
    data.try_into_vec_as::<f32>()
        .map_err(|error| TrainingError::Device(error.to_string()))
}

fn number(tensor: Tensor<1>) -> Result<f64, TrainingError> {
    let values = host(tensor.into_data())?;
    let first = values.first().map(|&value| f64::from(value));
    first.ok_or_else(|| TrainingError::Device("a loss came back empty".to_owned()))
}
