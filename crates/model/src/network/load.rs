//! From named weights to the network on a device.

use super::codebook::Codebook;
use super::decoder::Decoder;
use super::encoder::Encoder;
use super::error::LoadError;
use super::layers::{ResidualBlock, ResidualStack};
use super::model::VqVae;
use super::named::{CODEBOOK, codebook};
use burn::module::Param;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, ConvTranspose2d};
use burn::tensor::{Device, Tensor, TensorData};
use galaxy_grove::checkpoint::Weights;

/// Builds the network from weights whose shapes were checked ([`Weights`] refuses others), and copies the codebook
/// out for the host.
///
/// # Errors
/// [`LoadError`] names the first tensor that is missing or has another rank.
pub fn load(weights: &Weights, device: &Device) -> Result<(VqVae, Codebook), LoadError> {
    let from = WeightSource { weights, device };
    let encoder = Encoder {
        enc_1: from.conv("encoder/enc_1", 2)?,
        enc_2: from.conv("encoder/enc_2", 2)?,
        enc_3: from.conv("encoder/enc_3", 2)?,
        enc_4: from.conv("encoder/enc_4", 1)?,
        residuals: from.residuals("encoder")?,
        to_vq: from.conv("to_vq", 1)?,
    };
    let decoder = Decoder {
        dec_1: from.conv("decoder/dec_1", 1)?,
        residuals: from.residuals("decoder")?,
        dec_2: from.transposed("decoder/dec_2")?,
        dec_3: from.transposed("decoder/dec_3")?,
        dec_4: from.transposed("decoder/dec_4")?,
    };
    let found = codebook(weights)?;
    let embedding = from.parameter::<2>(CODEBOOK)?;
    Ok((
        VqVae {
            encoder,
            embedding,
            decoder,
        },
        found,
    ))
}

/// Weights on their way to a device.
struct WeightSource<'a> {
    weights: &'a Weights,
    device: &'a Device,
}

impl<'a> WeightSource<'a> {
    fn find<const D: usize>(&self, name: &str) -> Result<([usize; D], &'a [f32]), LoadError> {
        let tensor = self
            .weights
            .get(name)
            .ok_or_else(|| LoadError::Missing(name.to_owned()))?;
        let shape = tensor
            .shape
            .as_slice()
            .try_into()
            .map_err(|_ignored| LoadError::Rank {
                name: name.to_owned(),
                found: tensor.shape.clone(),
                rank: D,
            })?;
        Ok((shape, &tensor.values))
    }

    fn parameter<const D: usize>(&self, name: &str) -> Result<Param<Tensor<D>>, LoadError> {
        let (shape, values) = self.find::<D>(name)?;
        let data = TensorData::new(values.to_vec(), shape);
        Ok(Param::from_tensor(Tensor::from_data(data, self.device)))
    }

    /// A convolution whose padding keeps `size / stride`: what TensorFlow calls SAME, symmetric for these kernels.
    fn conv(&self, scope: &str, stride: usize) -> Result<Conv2d, LoadError> {
        let weight = self.parameter::<4>(&format!("{scope}/w"))?;
        let [_, _, height, width] = weight.dims();
        let [rows, columns] = [(height - 1) / 2, (width - 1) / 2];
        Ok(Conv2d {
            bias: Some(self.parameter::<1>(&format!("{scope}/b"))?),
            stride: [stride, stride],
            kernel_size: [height, width],
            dilation: [1, 1],
            groups: 1,
            padding: PaddingConfig2d::Explicit(rows, columns, rows, columns),
            weight,
        })
    }

    /// A transposed convolution that doubles the size: kernel 4, stride 2, padding 1.
    fn transposed(&self, scope: &str) -> Result<ConvTranspose2d, LoadError> {
        let weight = self.parameter::<4>(&format!("{scope}/w"))?;
        let [input, output, height, width] = weight.dims();
        Ok(ConvTranspose2d {
            bias: Some(self.parameter::<1>(&format!("{scope}/b"))?),
            stride: [2, 2],
            kernel_size: [height, width],
            dilation: [1, 1],
            groups: 1,
            padding: [1, 1],
            padding_out: [0, 0],
            channels: [input, output],
            weight,
        })
    }

    fn residuals(&self, scope: &str) -> Result<ResidualStack, LoadError> {
        let mut blocks = Vec::new();
        while self
            .weights
            .get(&format!("{scope}/res3x3_{}/w", blocks.len()))
            .is_some()
        {
            let layer = blocks.len();
            blocks.push(ResidualBlock {
                conv3x3: self.conv(&format!("{scope}/res3x3_{layer}"), 1)?,
                conv1x1: self.conv(&format!("{scope}/res1x1_{layer}"), 1)?,
            });
        }
        Ok(ResidualStack { blocks })
    }
}
