//! One step of training: losses, gradients, and Adam.

use super::adam::Adam;
use super::ema::Ema;
use super::error::TrainingError;
use super::losses::{Gradients, LossWeights, Losses, perplexity};
use super::network::EMBEDDING;
use super::parameters::Parameters;
use super::{on_device, on_processor};
use burn::backend::DispatchDevice;
use burn::tensor::Device;
use galaxy_grove::cutout::PIXELS;

/// The losses of a batch, the gradients of every variable and the encoder's output.
///
/// The loss is that of Cheng et al. 2021 and van den Oord et al. 2017, with `q` the code's vector and `sg` a stopped
/// gradient:
///
/// `mean((x - decode(z + sg(q - z)))^2) / variance + mean((q - sg(z))^2) + 0.25 mean((sg(q) - z)^2)`
///
/// `images` is `[N * 4096]`. On the processor the kernels of `grove-kernels` compute; any other device runs the network in burn.
///
/// # Errors
/// [`TrainingError::Pixels`] for ragged or empty batches, [`TrainingError::Device`] when the device fails.
pub fn gradients(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<(Losses, Gradients, Vec<f32>), TrainingError> {
    check(images)?;
    let mut found = if is_processor(device) {
        on_processor::gradients(parameters, images, weights)?
    } else {
        on_device::gradients(parameters, images, weights, device)?
    };
    found.0.perplexity = perplexity(&found.0.codes, parameters.architecture.codebook);
    Ok(found)
}

/// The losses of a batch, without gradients.
///
/// # Errors
/// As [`gradients`].
pub fn evaluate(
    parameters: &Parameters,
    images: &[f32],
    weights: &LossWeights,
    device: &Device,
) -> Result<Losses, TrainingError> {
    check(images)?;
    let mut losses = if is_processor(device) {
        on_processor::losses(parameters, images, weights)?
    } else {
        on_device::losses(parameters, images, weights, device)?
    };
    losses.perplexity = perplexity(&losses.codes, parameters.architecture.codebook);
    Ok(losses)
}

fn check(images: &[f32]) -> Result<(), TrainingError> {
    if images.is_empty() || !images.len().is_multiple_of(PIXELS) {
        return Err(TrainingError::Pixels(images.len()));
    }
    Ok(())
}

fn is_processor(device: &Device) -> bool {
    matches!(device.as_dispatch(), DispatchDevice::Flex(_))
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
            loss(&evaluate(&moved, &images, weights, &device).unwrap())
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

    /// The kernels against burn's automatic differentiation, with every term of the loss.
    #[test]
    fn the_kernels_give_what_automatic_differentiation_gives() {
        let parameters = small(3);
        // Not a whole number of parts, and none of blocks.
        let images = simulate::simulate(11, 5).image;
        for weights in [
            WEIGHTS,
            LossWeights { ema: true, ..WEIGHTS },
            LossWeights {
                clustering: Some((0.1, 0.1)),
                ..WEIGHTS
            },
        ] {
            let (losses, found, z) = gradients(&parameters, &images, &weights, &Device::flex()).unwrap();
            let slow = on_device::gradients(&parameters, &images, &weights, &Device::flex()).unwrap();
            let (slow_losses, slow_found, slow_z) = slow;
            assert_eq!(losses.codes, slow_losses.codes);
            let close = |a: f64, b: f64, most: f64| (a - b).abs() <= 2e-5 * most;
            for (a, b) in [
                (losses.total, slow_losses.total),
                (losses.reconstruction, slow_losses.reconstruction),
                (losses.quantisation, slow_losses.quantisation),
                (losses.clustering, slow_losses.clustering),
            ] {
                assert!(close(a, b, b), "{losses:?} {slow_losses:?}");
            }
            assert!(z.iter().zip(&slow_z).all(|(a, b)| (a - b).abs() < 1e-5));
            assert_eq!(
                found.keys().collect::<Vec<_>>(),
                slow_found.keys().collect::<Vec<_>>()
            );
            for (name, gradient) in &found {
                let most = slow_found[name]
                    .iter()
                    .fold(0.0_f64, |most, &g| most.max(f64::from(g).abs()));
                assert!(most > 0.0, "{name} has no gradient");
                for (a, b) in gradient.iter().zip(&slow_found[name]) {
                    assert!(
                        close(f64::from(*a), f64::from(*b), most),
                        "{name}: {a} {b} of {most}"
                    );
                }
            }
            let alone = evaluate(&parameters, &images, &weights, &Device::flex()).unwrap();
            assert_eq!(alone, losses);
        }
    }

    #[test]
    fn a_ragged_or_empty_batch_is_refused() {
        for images in [&[][..], &[0.0; 100]] {
            let found = evaluate(&small(1), images, &WEIGHTS, &Device::flex());
            assert!(matches!(found, Err(TrainingError::Pixels(_))));
        }
    }
}
