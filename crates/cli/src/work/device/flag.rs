//! The choice of the user.

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
pub(super) const ON_PROCESSOR: usize = 16;

/// Why `--device gpu` cannot be.
#[cfg(not(feature = "gpu"))]
pub(super) fn no_support() -> anyhow::Error {
    anyhow::anyhow!(
        "this grove was built without support for graphics processors: build it with `cargo build --release -p grove-cli --features gpu`, or \
         use --device processor"
    )
}
