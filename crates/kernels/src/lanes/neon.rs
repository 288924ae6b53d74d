//! NEON, on ARM processors of 64 bits: always there.

use super::{Lanes, Pair};
use std::arch::aarch64::*;

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neon<T>(std::marker::PhantomData<T>);

// SAFETY: every processor of this kind has NEON, and the caller's pointers are good for as many values.
unsafe impl Lanes for Neon<f32> {
    type Step = f32;
    type Sum = f32;
    type Steps = float32x4_t;
    type Sums = float32x4_t;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn spread(from: *const f32) -> float32x4_t {
        // SAFETY: as the trait states.
        unsafe { vld1q_dup_f32(from) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> float32x4_t {
        // SAFETY: as the trait states.
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn begin(from: *const f32) -> float32x4_t {
        // SAFETY: as the trait states.
        unsafe { vld1q_f32(from) }
    }
    #[inline(always)]
    unsafe fn store(sums: float32x4_t, to: *mut f32) {
        // SAFETY: as the trait states.
        unsafe { vst1q_f32(to, sums) }
    }
    #[inline(always)]
    unsafe fn add_product(sums: float32x4_t, a: float32x4_t, b: float32x4_t) -> float32x4_t {
        // SAFETY: as the trait states.
        unsafe { vfmaq_f32(sums, a, b) }
    }
}

// SAFETY: as above.
unsafe impl Lanes for Neon<i32> {
    type Step = Pair;
    type Sum = i32;
    type Steps = int16x8_t;
    type Sums = int32x4_t;
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn spread(from: *const Pair) -> int16x8_t {
        // SAFETY: as the trait states; the pair may lie at any even address.
        unsafe { vreinterpretq_s16_s32(vdupq_n_s32(from.cast::<i32>().read_unaligned())) }
    }
    #[inline(always)]
    unsafe fn load(from: *const Pair) -> int16x8_t {
        // SAFETY: as the trait states.
        unsafe { vld1q_s16(from.cast()) }
    }
    #[inline(always)]
    unsafe fn begin(from: *const i32) -> int32x4_t {
        // SAFETY: as the trait states.
        unsafe { vld1q_s32(from) }
    }
    #[inline(always)]
    unsafe fn store(sums: int32x4_t, to: *mut i32) {
        // SAFETY: as the trait states.
        unsafe { vst1q_s32(to, sums) }
    }
    #[inline(always)]
    unsafe fn add_product(sums: int32x4_t, a: int16x8_t, b: int16x8_t) -> int32x4_t {
        // SAFETY: as the trait states. Products of neighbours are added in pairs.
        unsafe {
            let low = vmull_s16(vget_low_s16(a), vget_low_s16(b));
            let high = vmull_high_s16(a, b);
            vaddq_s32(sums, vpaddq_s32(low, high))
        }
    }
}
