//! The network of the recipe `shape`, wherever it runs.

#[cfg(feature = "burn")]
use super::device::DeviceNetwork;
use crate::extraction::ExtractError;
#[cfg(feature = "processor")]
use crate::processor::ProcessorNetwork;
#[cfg(feature = "queue")]
use crate::queue::DeviceQueue;
#[cfg(feature = "burn")]
use burn::tensor::Device;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::shape::{CHANNELS, LARGEST, Network};

/// The network for shape on a device, with its codebook on the host.
#[derive(Debug, Clone)]
pub struct ShapeEncoder {
    place: Place,
    network: Network,
}

/// Where the convolutions run.
#[derive(Debug, Clone)]
enum Place {
    /// Our kernels on the processor.
    #[cfg(feature = "processor")]
    Processor(ProcessorNetwork),
    /// A device of burn's.
    #[cfg(feature = "burn")]
    Device(DeviceNetwork),
}

impl ShapeEncoder {
    /// On one of burn's devices.
    #[cfg(feature = "burn")]
    #[must_use]
    pub fn new(network: Network, device: Device) -> Self {
        Self {
            place: Place::Device(DeviceNetwork::new(&network, device)),
            network,
        }
    }

    /// On a graphics processor, behind the queue that keeps it busy: several threads may then encode at once.
    #[cfg(feature = "queue")]
    #[must_use]
    pub fn queued(network: Network, device: Device, queue: DeviceQueue) -> Self {
        Self {
            place: Place::Device(DeviceNetwork::new(&network, device).queued(queue)),
            network,
        }
    }

    /// On the processor.
    #[cfg(feature = "processor")]
    #[must_use]
    pub fn on_processor(network: Network) -> Self {
        Self {
            place: Place::Processor(ProcessorNetwork::new(&network)),
            network,
        }
    }

    /// How many galaxies should go through the network together: on the processor as many as its cache holds, on a graphics processor enough to
    /// keep all of it busy.
    pub(super) fn together(&self) -> usize {
        match self.place {
            #[cfg(feature = "processor")]
            Place::Processor(_) => 4,
            #[cfg(feature = "burn")]
            Place::Device(_) => 32,
        }
    }

    /// The network's numbers.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The codes (`[n * 64]`) of quantised channels (`[n * 3 * 4096]`, [`galaxy_grove::shape::quantise`]), and each one's squared distance of its
    /// vectors to their codes.
    ///
    /// # Errors
    /// [`ExtractError::Pixels`] for ragged input, [`ExtractError::Device`] when the device fails, or gives what is no whole number
    /// within the bounds.
    pub async fn codes(&self, channels: &[f32]) -> Result<(Vec<u8>, Vec<u32>), ExtractError> {
        if !channels.len().is_multiple_of(CHANNELS * PIXELS) {
            return Err(ExtractError::Pixels(channels.len()));
        }
        let vectors = match &self.place {
            _ if channels.is_empty() => Vec::new(),
            #[cfg(feature = "processor")]
            Place::Processor(network) => network.vectors(channels),
            #[cfg(feature = "burn")]
            Place::Device(network) => network.vectors(channels).await?,
        };
        let largest = LARGEST as f32;
        if let Some(value) = vectors.iter().find(|v| v.fract() != 0.0 || v.abs() > largest) {
            return Err(ExtractError::Device(format!(
                "it computed {value} where only whole numbers from -{LARGEST} to {LARGEST} are possible"
            )));
        }
        Ok(self.network.nearest(&vectors))
    }
}

#[cfg(all(test, feature = "training"))]
mod tests {
    use super::*;
    use crate::device::processor;
    use crate::processor::Path;
    use crate::training::{ShapeSettings, ShapeTensors, quantised};
    use galaxy_grove::cutout::simulate::galaxy;
    use galaxy_grove::cutout::{CODES, SIDE};
    use galaxy_grove::shape::Ending;
    use galaxy_grove::shape::inputs;

    /// The definition, in 64-bit whole numbers.
    fn slow(network: &Network, channels: &[f32]) -> Vec<i64> {
        let mut h: Vec<i64> = channels.iter().map(|v| *v as i64).collect();
        let (mut side, mut skip) = (SIDE, Vec::new());
        for (at, layer) in network.layers().iter().enumerate() {
            let (out, kernel) = (side / layer.stride, layer.kernel);
            let before = (kernel - 1) / 2;
            let mut next = Vec::new();
            for o in 0..layer.outputs() {
                for place in 0..out * out {
                    let mut sum = i64::from(layer.bias[o]);
                    for i in 0..layer.inputs {
                        for k in 0..kernel * kernel {
                            let y = (place / out * layer.stride + k / kernel).wrapping_sub(before);
                            let x = (place % out * layer.stride + k % kernel).wrapping_sub(before);
                            if x < side && y < side {
                                let weight = layer.weights[(o * layer.inputs + i) * kernel * kernel + k];
                                sum += i64::from(weight) * h[(i * side + y) * side + x];
                            }
                        }
                    }
                    let mut value = sum >> layer.shift[o];
                    if layer.ending == Ending::Added {
                        value += skip[o * out * out + place];
                    }
                    let least = if layer.ending == Ending::Rectified {
                        0
                    } else {
                        -255
                    };
                    next.push(value.clamp(least, 255));
                }
            }
            side = out;
            h = next;
            if layer.ending != Ending::Rectified && at + 1 < network.layers().len() {
                skip = h.clone();
                h.iter_mut().for_each(|v| *v = (*v).max(0));
            }
        }
        h
    }

    #[test]
    fn our_kernels_burn_and_the_definition_give_the_same_numbers() {
        let mut weights = ShapeTensors::random(ShapeSettings::default().sizes, 5);
        // Fresh weights give all places one code.
        weights
            .values
            .iter_mut()
            .flatten()
            .for_each(|value| *value *= 2.5);
        let input = inputs(&galaxy(3, 1).image).unwrap();
        let sample: Vec<f32> = (0..PIXELS)
            .flat_map(|pixel| (0..CHANNELS).map(move |c| c * PIXELS + pixel))
            .map(|at| input[at] / 128.0)
            .collect();
        let network = quantised(&weights, sample).unwrap();
        let two = &input[..2 * CHANNELS * PIXELS];
        let burn = ShapeEncoder::new(network.clone(), processor());
        let ours = ShapeEncoder::on_processor(network.clone());
        let found = pollster::block_on(burn.codes(two)).unwrap();
        assert_eq!(pollster::block_on(ours.codes(two)).unwrap(), found);
        let expected = slow(&network, &two[..CHANNELS * PIXELS]);
        let dim = network.dim();
        for path in Path::all() {
            let vectors = ProcessorNetwork::on(&network, path).vectors(&two[..CHANNELS * PIXELS]);
            for (at, value) in vectors.iter().enumerate() {
                let expected = expected[at % dim * CODES + at / dim];
                assert_eq!(*value as i64, expected, "{at} on {}", path.name());
            }
        }
        assert!(found.0.iter().any(|code| *code != found.0[0]), "the codes differ");
    }
}
