//! The recipe `reference` on a device.

use super::flag::{DeviceFlag, ON_PROCESSOR};
use galaxy_grove::checkpoint::Weights;
use grove_model::Extractor;
use pollster::block_on;

/// A model of the recipe `reference` on a device. Its codes are the processor's, wherever it runs.
pub struct Reference {
    extractor: Extractor,
    /// Encodes again what lies so close between two codes that a graphics processor's rounding could decide.
    #[cfg(feature = "gpu")]
    twin: Option<super::graphics::Twin>,
    /// Galaxies that one task should encode.
    pub together: usize,
}

impl Reference {
    /// Brings the model to the device, and tests that.
    ///
    /// # Errors
    /// When there is no graphics processor, when it gives wrong codes, or when this program was built without support for one.
    pub fn open(weights: &Weights, flag: DeviceFlag) -> anyhow::Result<Self> {
        let processor = Extractor::on_processor(weights)?;
        match flag {
            DeviceFlag::Processor => Ok(Self {
                extractor: processor,
                #[cfg(feature = "gpu")]
                twin: None,
                together: ON_PROCESSOR,
            }),
            #[cfg(feature = "gpu")]
            DeviceFlag::Gpu => {
                let (extractor, twin, together) = super::graphics::reference(weights, processor)?;
                Ok(Self {
                    extractor,
                    twin: Some(twin),
                    together,
                })
            }
            #[cfg(not(feature = "gpu"))]
            DeviceFlag::Gpu => Err(super::flag::no_support()),
        }
    }

    /// The network.
    pub fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    /// The codes of `images` (`[N * 4096]`): `[N * 64]`.
    ///
    /// # Errors
    /// What the network said.
    pub fn codes(&self, images: &[f32]) -> anyhow::Result<Vec<u8>> {
        let found = block_on(self.extractor.extract(images))?;
        #[cfg(feature = "gpu")]
        if let Some(twin) = &self.twin {
            return twin.settle(images, found);
        }
        Ok(found.codes)
    }

    /// What ran where, when there is something to say.
    pub fn account(&self) -> Option<String> {
        #[cfg(feature = "gpu")]
        if let Some(twin) = &self.twin {
            return Some(twin.account());
        }
        None
    }
}
