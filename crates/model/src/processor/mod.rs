//! The networks on the processor, by kernels of our own (`grove-kernels`): several times as fast as burn's, one galaxy at a time, so that what
//! one layer leaves is still in the cache when the next one reads it. burn's networks are the twins that tests hold these to.

mod float;
mod whole;

pub use float::ProcessorEncoder;
pub use grove_kernels::Path;
pub use whole::ProcessorNetwork;
