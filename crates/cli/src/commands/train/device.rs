//! The device that computes the gradients.

use super::DeviceFlag;
use grove_model::device::{Device, processor};

/// Opens it.
///
/// # Errors
/// When there is no graphics processor, or this program was built without support for one.
pub fn open(flag: DeviceFlag) -> anyhow::Result<Device> {
    match flag {
        DeviceFlag::Processor => Ok(processor()),
        DeviceFlag::Gpu => graphics(),
    }
}

#[cfg(feature = "gpu")]
fn graphics() -> anyhow::Result<Device> {
    pollster::block_on(grove_model::device::graphics()).map_err(|error| {
        anyhow::anyhow!("no graphics processor can be used ({error}): train with --device processor")
    })
}

#[cfg(not(feature = "gpu"))]
fn graphics() -> anyhow::Result<Device> {
    anyhow::bail!(
        "this grove was built without support for graphics processors: build it with `cargo build --release -p grove-cli --features gpu`, or \
         train with --device processor"
    )
}
