//! What computes: the processor, or a graphics processor.

mod flag;
#[cfg(feature = "gpu")]
mod graphics;
mod reference;

pub use flag::DeviceFlag;
pub use reference::Reference;

use flag::ON_PROCESSOR;
#[cfg(not(feature = "gpu"))]
use flag::no_support;
use galaxy_grove::shape::ShapeModel;
use grove_model::ShapeExtractor;

/// The recipe `shape` on a device, and how many galaxies one task should encode.
///
/// # Errors
/// When there is no graphics processor, when it gives wrong codes, or when this program was built without support for one.
pub fn shape(model: &ShapeModel, flag: DeviceFlag) -> anyhow::Result<(ShapeExtractor, usize)> {
    match flag {
        DeviceFlag::Processor => Ok((ShapeExtractor::on_processor(model), ON_PROCESSOR)),
        #[cfg(feature = "gpu")]
        DeviceFlag::Gpu => graphics::shape(model),
        #[cfg(not(feature = "gpu"))]
        DeviceFlag::Gpu => Err(no_support()),
    }
}

/// The device that computes the gradients of a training.
///
/// # Errors
/// As [`shape`].
pub fn for_training(flag: DeviceFlag) -> anyhow::Result<grove_model::device::Device> {
    match flag {
        DeviceFlag::Processor => Ok(grove_model::device::processor()),
        #[cfg(feature = "gpu")]
        DeviceFlag::Gpu => Ok(graphics::open()?.device),
        #[cfg(not(feature = "gpu"))]
        DeviceFlag::Gpu => Err(no_support()),
    }
}
