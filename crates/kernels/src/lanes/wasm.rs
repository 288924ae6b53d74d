//! WebAssembly's 128-bit SIMD; with `relaxed-simd`, multiplication and addition in one instruction.

use super::{Lanes, Pair};
use std::arch::wasm32::*;

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simd128<T>(std::marker::PhantomData<T>);

// SAFETY: the module is compiled with `simd128`, and the caller's pointers are good for as many values.
unsafe impl Lanes for Simd128<f32> {
    type Step = f32;
    type Sum = f32;
    type Steps = v128;
    type Sums = v128;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn spread(from: *const f32) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load32_splat(from.cast()) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn begin(from: *const f32) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(sums: v128, to: *mut f32) {
        // SAFETY: as the trait states.
        unsafe { v128_store(to.cast(), sums) }
    }
    #[inline(always)]
    unsafe fn add_product(sums: v128, a: v128, b: v128) -> v128 {
        #[cfg(target_feature = "relaxed-simd")]
        return f32x4_relaxed_madd(a, b, sums);
        #[cfg(not(target_feature = "relaxed-simd"))]
        f32x4_add(sums, f32x4_mul(a, b))
    }
}

// SAFETY: as above.
unsafe impl Lanes for Simd128<i32> {
    type Step = Pair;
    type Sum = i32;
    type Steps = v128;
    type Sums = v128;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn spread(from: *const Pair) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load32_splat(from.cast()) }
    }
    #[inline(always)]
    unsafe fn load(from: *const Pair) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn begin(from: *const i32) -> v128 {
        // SAFETY: as the trait states.
        unsafe { v128_load(from.cast()) }
    }
    #[inline(always)]
    unsafe fn store(sums: v128, to: *mut i32) {
        // SAFETY: as the trait states.
        unsafe { v128_store(to.cast(), sums) }
    }
    #[inline(always)]
    unsafe fn add_product(sums: v128, a: v128, b: v128) -> v128 {
        i32x4_add(sums, i32x4_dot_i16x8(a, b))
    }
}
