//! HDF5 of any layout and NumPy's arrays against what made them; lazily and from memory; whole, damaged and foreign.

mod common;
mod lazy;
mod refusals;
mod sets;
mod storage;
