//! Matrix products and convolutions on the processor, forward and adjoint.
//!
//! ```text
//! training     Convolution (feature `adjoint`): patches times weights by the library `gemm`, and the adjoint
//! encoding     Packed: weights packed once, the image read in place (Grid), sums kept in registers (tile), by the instructions at hand (Path)
//! ```
//!
//! The only crate of the project with `unsafe` code: one call of the library `gemm`, whose bounds are checked before it, and the kernels of
//! [`Packed`], whose bounds [`Packed::run`] checks. Each kind of processor is one implementation of a small trait (`lanes`); the loops are
//! written once. Everything here works on plain slices, one thread each, and gives the same bits in every run on the same path; whole numbers on
//! every path.

#[expect(unsafe_code, reason = "a view of whole lines as the values in them")]
mod aligned;
#[cfg(feature = "adjoint")]
mod convolution;
#[cfg_attr(
    target_arch = "wasm32",
    expect(unsafe_code, reason = "vectors of WebAssembly, on pointers")
)]
mod divide;
mod grid;
#[expect(unsafe_code, reason = "instructions of one kind of processor, on pointers")]
mod lanes;
#[cfg(feature = "adjoint")]
mod matrix;
mod packed;
mod path;
mod shape;
#[expect(unsafe_code, reason = "the kernels take pointers, which `Packed::run` checks")]
mod tile;

pub use divide::{Divisor, divided};
pub use grid::Grid;
#[cfg(feature = "adjoint")]
pub use matrix::{Matrix, multiply, multiply_add};
pub use packed::Packed;
pub use path::Path;
pub use shape::Convolution;
pub use tile::{Finish, Number, Row, Whole};
