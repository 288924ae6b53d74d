//! AVX2 with fused multiply-add, and AVX-512.

use super::{Lanes, Pair};
use std::arch::x86_64::*;

/// AVX2 and FMA: 8 lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2<T>(std::marker::PhantomData<T>);

/// AVX-512 (F and BW): 16 lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512<T>(std::marker::PhantomData<T>);

/// AVX-512 with VNNI, which multiplies and adds pairs in one instruction: 16 lanes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512Vnni;

macro_rules! lanes {
    ($kind:ty, $step:ty, $sum:ty, $steps:ty, $sums:ty, $lanes:literal, $spread:expr, $load:expr, $begin:expr, $store:expr, $add:expr) => {
        // SAFETY: the caller has checked the processor, and its pointers are good for as many values.
        unsafe impl Lanes for $kind {
            type Step = $step;
            type Sum = $sum;
            type Steps = $steps;
            type Sums = $sums;
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn spread(from: *const $step) -> $steps {
                // SAFETY: as the trait states.
                unsafe { $spread(from) }
            }
            #[inline(always)]
            unsafe fn load(from: *const $step) -> $steps {
                // SAFETY: as the trait states.
                unsafe { $load(from.cast()) }
            }
            #[inline(always)]
            unsafe fn begin(from: *const $sum) -> $sums {
                // SAFETY: as the trait states.
                unsafe { $begin(from.cast()) }
            }
            #[inline(always)]
            unsafe fn store(sums: $sums, to: *mut $sum) {
                // SAFETY: as the trait states.
                unsafe { $store(to.cast(), sums) }
            }
            #[inline(always)]
            unsafe fn add_product(sums: $sums, a: $steps, b: $steps) -> $sums {
                // SAFETY: as the trait states.
                unsafe { $add(sums, a, b) }
            }
        }
    };
}

lanes!(
    Avx2<f32>,
    f32,
    f32,
    __m256,
    __m256,
    8,
    |from: *const f32| _mm256_set1_ps(*from),
    |from| _mm256_loadu_ps(from),
    |from| _mm256_loadu_ps(from),
    |to, sums| _mm256_storeu_ps(to, sums),
    |sums, a, b| _mm256_fmadd_ps(a, b, sums)
);
lanes!(
    Avx2<i32>,
    Pair,
    i32,
    __m256i,
    __m256i,
    8,
    |from: *const Pair| _mm256_set1_epi32(from.cast::<i32>().read_unaligned()),
    |from| _mm256_loadu_si256(from),
    |from| _mm256_loadu_si256(from),
    |to, sums| _mm256_storeu_si256(to, sums),
    |sums, a, b| _mm256_add_epi32(sums, _mm256_madd_epi16(a, b))
);
lanes!(
    Avx512<f32>,
    f32,
    f32,
    __m512,
    __m512,
    16,
    |from: *const f32| _mm512_set1_ps(*from),
    |from| _mm512_loadu_ps(from),
    |from| _mm512_loadu_ps(from),
    |to, sums| _mm512_storeu_ps(to, sums),
    |sums, a, b| _mm512_fmadd_ps(a, b, sums)
);
lanes!(
    Avx512<i32>,
    Pair,
    i32,
    __m512i,
    __m512i,
    16,
    |from: *const Pair| _mm512_set1_epi32(from.cast::<i32>().read_unaligned()),
    |from| _mm512_loadu_si512(from),
    |from| _mm512_loadu_si512(from),
    |to, sums| _mm512_storeu_si512(to, sums),
    |sums, a, b| _mm512_add_epi32(sums, _mm512_madd_epi16(a, b))
);
lanes!(
    Avx512Vnni,
    Pair,
    i32,
    __m512i,
    __m512i,
    16,
    |from: *const Pair| _mm512_set1_epi32(from.cast::<i32>().read_unaligned()),
    |from| _mm512_loadu_si512(from),
    |from| _mm512_loadu_si512(from),
    |to, sums| _mm512_storeu_si512(to, sums),
    |sums, a, b| _mm512_dpwssd_epi32(sums, a, b)
);
