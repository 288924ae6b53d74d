//! From sums of whole numbers to numbers of 16 bits: divided by powers of two, rounded down, and cut.

/// A power of two. Vectors of WebAssembly have no shift by another number in each lane: there it is a multiplication, which is exact too, because sums
/// are below 2^24.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct Divisor(
    #[cfg(target_arch = "wasm32")] f32,
    #[cfg(not(target_arch = "wasm32"))] u32,
);

impl Divisor {
    /// Two to this power, at most 31.
    #[must_use]
    pub fn power(shift: u8) -> Self {
        #[cfg(target_arch = "wasm32")]
        return Self(0.5_f32.powi(i32::from(shift)));
        #[cfg(not(target_arch = "wasm32"))]
        Self(u32::from(shift))
    }

    #[inline(always)]
    fn divide(self, sum: i32) -> i32 {
        #[cfg(target_arch = "wasm32")]
        return (sum as f32 * self.0).floor() as i32;
        #[cfg(not(target_arch = "wasm32"))]
        sum.wrapping_shr(self.0)
    }

    /// Eight sums.
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    #[inline(always)]
    fn eight(sums: &[i32; 8], divisors: &[Self; 8], (least, most): (i16, i16)) -> [i16; 8] {
        use std::arch::wasm32::*;
        let mut out = [0; 8];
        // SAFETY: each pointer is good for eight values, of which four are read at a time; a divisor is a number.
        unsafe {
            let four = |at: usize| {
                let sums = v128_load(sums.as_ptr().add(at).cast());
                let divisors = v128_load(divisors.as_ptr().add(at).cast());
                i32x4_trunc_sat_f32x4(f32x4_floor(f32x4_mul(f32x4_convert_i32x4(sums), divisors)))
            };
            let eight = i16x8_narrow_i32x4(four(0), four(4));
            let cut = i16x8_min(i16x8_max(eight, i16x8_splat(least)), i16x8_splat(most));
            v128_store(out.as_mut_ptr().cast(), cut);
        }
        out
    }

    /// Eight sums.
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    #[inline(always)]
    fn eight(sums: &[i32; 8], divisors: &[Self; 8], (least, most): (i16, i16)) -> [i16; 8] {
        let mut out = [0; 8];
        for ((out, sum), divisor) in out.iter_mut().zip(sums).zip(divisors) {
            *out = divisor.cut(*sum, (least, most));
        }
        out
    }

    #[inline(always)]
    fn cut(self, sum: i32, (least, most): (i16, i16)) -> i16 {
        // `clamp` would check its bounds each time.
        self.divide(sum).max(i32::from(least)).min(i32::from(most)) as i16
    }
}

/// Changes each value by a sum that was divided and cut, eight at a time, as vectors hold them.
#[inline(always)]
pub fn divided(
    to: &mut [i16],
    sums: &[i32],
    divisors: &[Divisor],
    bounds: (i16, i16),
    value: impl Fn(i16, i16) -> i16,
) {
    let count = to.len().min(sums.len()).min(divisors.len());
    let (to, sums, divisors) = (&mut to[..count], &sums[..count], &divisors[..count]);
    let (eights, ones) = to.as_chunks_mut::<8>();
    let (sum_eights, sum_ones) = sums.as_chunks::<8>();
    let (divisor_eights, divisor_ones) = divisors.as_chunks::<8>();
    for ((to, sums), divisors) in eights.iter_mut().zip(sum_eights).zip(divisor_eights) {
        let divided = Divisor::eight(sums, divisors, bounds);
        for (to, divided) in to.iter_mut().zip(divided) {
            *to = value(*to, divided);
        }
    }
    for ((to, sum), divisor) in ones.iter_mut().zip(sum_ones).zip(divisor_ones) {
        *to = value(*to, divisor.cut(*sum, bounds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_divided_rounded_down_and_cut(
            sums in prop::collection::vec(-(1 << 23)..(1_i32 << 23), 0..30),
            shifts in prop::collection::vec(0_u8..24, 30),
        ) {
            let divisors: Vec<Divisor> = shifts.iter().map(|shift| Divisor::power(*shift)).collect();
            let mut found = vec![7_i16; sums.len()];
            divided(&mut found, &sums, &divisors, (-255, 510), |before, value| value + before);
            for ((found, sum), shift) in found.iter().zip(&sums).zip(&shifts) {
                let exact = (f64::from(*sum) / f64::from(1_u32 << shift)).floor().clamp(-255.0, 510.0);
                prop_assert_eq!(f64::from(*found), exact + 7.0);
            }
        }
    }
}
