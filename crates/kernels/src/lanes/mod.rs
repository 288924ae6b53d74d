//! What a processor does with several numbers at a time, behind one trait: the kernels are written once.

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(target_arch = "aarch64")]
pub(crate) use neon::Neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(crate) use wasm::Simd128;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512, Avx512Vnni};

/// Vectors of one kind of processor for one kind of number.
///
/// # Safety
/// Every function may use instructions that only this kind of processor has, and reads or writes [`LANES`](Self::LANES) values at its pointer, or
/// one step for [`spread`](Self::spread).
pub(crate) unsafe trait Lanes: Copy {
    /// What is multiplied at once by one lane: a number, or a pair of whole ones.
    type Step: Copy;
    /// What products add up to.
    type Sum: Copy + Default;
    /// A vector of steps.
    type Steps: Copy;
    /// A vector of sums.
    type Sums: Copy;
    /// Lanes of a vector.
    const LANES: usize;

    /// The same step in every lane.
    unsafe fn spread(from: *const Self::Step) -> Self::Steps;
    /// One step a lane.
    unsafe fn load(from: *const Self::Step) -> Self::Steps;
    /// One sum a lane.
    unsafe fn begin(from: *const Self::Sum) -> Self::Sums;
    /// Writes one sum a lane.
    unsafe fn store(sums: Self::Sums, to: *mut Self::Sum);
    /// `sums + a b`, lane by lane.
    unsafe fn add_product(sums: Self::Sums, a: Self::Steps, b: Self::Steps) -> Self::Sums;
}

/// Two whole numbers that are multiplied with two others and added, as one instruction does.
pub type Pair = [i16; 2];

/// One number at a time, in plain Rust: for processors without a better way, and to hold the others to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<T>(std::marker::PhantomData<T>);

// SAFETY: only what the pointers point to is read and written.
unsafe impl Lanes for Plain<f32> {
    type Step = f32;
    type Sum = f32;
    type Steps = f32;
    type Sums = f32;
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn spread(from: *const f32) -> f32 {
        // SAFETY: the caller's pointer is good for one step.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> f32 {
        // SAFETY: as above.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn begin(from: *const f32) -> f32 {
        // SAFETY: as above.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(sums: f32, to: *mut f32) {
        // SAFETY: as above.
        unsafe { *to = sums }
    }
    #[inline(always)]
    unsafe fn add_product(sums: f32, a: f32, b: f32) -> f32 {
        sums + a * b
    }
}

// SAFETY: as above.
unsafe impl Lanes for Plain<i32> {
    type Step = Pair;
    type Sum = i32;
    type Steps = Pair;
    type Sums = i32;
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn spread(from: *const Pair) -> Pair {
        // SAFETY: the caller's pointer is good for one step.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn load(from: *const Pair) -> Pair {
        // SAFETY: as above.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn begin(from: *const i32) -> i32 {
        // SAFETY: as above.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(sums: i32, to: *mut i32) {
        // SAFETY: as above.
        unsafe { *to = sums }
    }
    #[inline(always)]
    unsafe fn add_product(sums: i32, a: Pair, b: Pair) -> i32 {
        let product = |at: usize| i32::from(a[at]).wrapping_mul(i32::from(b[at]));
        sums.wrapping_add(product(0)).wrapping_add(product(1))
    }
}
