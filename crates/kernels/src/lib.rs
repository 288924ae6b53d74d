//! Matrix products and convolutions on the processor, forward and adjoint.
//!
//! The only crate of the project with `unsafe` code: one call of the library `gemm`, whose bounds are checked before it.
//! Everything here works on plain slices, one thread each, and gives the same bits in every run on the same kind of processor.

mod convolution;
mod matrix;

pub use convolution::Convolution;
pub use matrix::{Matrix, multiply, multiply_add};
