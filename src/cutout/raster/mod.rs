//! Grids of values: what preparation, fields and the simulator share.

pub(super) mod background;
mod gaps;
pub(super) mod moments;
pub(super) mod plane;
pub(super) mod resample;
pub(super) mod sky;
pub(super) mod smooth;
#[cfg(test)]
pub(super) mod testing;
pub(super) mod watershed;
