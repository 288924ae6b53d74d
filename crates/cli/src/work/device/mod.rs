//! What computes: the processor, or a graphics processor.

#[cfg(feature = "gpu")]
mod graphics;
mod reference;

pub use reference::Reference;

use galaxy_grove::shape::ShapeModel;
use grove_model::ShapeExtractor;

/// What computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum DeviceFlag {
    /// The processor.
    #[default]
    Processor,
    /// The graphics processor, through Vulkan, Metal or DirectX 12.
    Gpu,
}

/// Galaxies that one task on the processor encodes: enough to fill the matrix kernels, few enough to share out.
const ON_PROCESSOR: usize = 16;

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

#[cfg(not(feature = "gpu"))]
fn no_support() -> anyhow::Error {
    anyhow::anyhow!(
        "this grove was built without support for graphics processors: build it with `cargo build --release -p grove-cli --features gpu`, or \
         use --device processor"
    )
}
