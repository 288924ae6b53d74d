//! The innermost loops: a few pixels times a few vectors of outputs, kept in registers.

use crate::lanes::Lanes;
use crate::path::Path;

/// One convolution of one image, checked: the input has a border that the kernel stays in, and the weights are whole blocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a, Step, Sum> {
    /// The input with its border, from the first pixel that the kernel touches.
    pub input: &'a [Step],
    /// Steps from one row of the input to the next.
    pub row: usize,
    /// Steps from the input of one output pixel to that of the next, and of one row of output pixels to the next.
    pub apart: (usize, usize),
    /// Rows of the kernel, and steps of each.
    pub kernel: (usize, usize),
    /// Pixels along the output.
    pub side: usize,
    /// Outputs of a pixel.
    pub outputs: usize,
    /// `[blocks][rows of the kernel][steps of each][outputs of a block]`
    pub weights: &'a [Step],
    /// Of all blocks.
    pub bias: &'a [Sum],
}

/// Sums of `M` pixels and `V` vectors of outputs.
///
/// # Safety
/// The processor has the instructions of `L`; the pointers are good for what the job says.
#[inline(always)]
unsafe fn tile<L: Lanes, const M: usize, const V: usize>(
    input: *const L::Step,
    apart: usize,
    row: usize,
    (rows, run): (usize, usize),
    mut weights: *const L::Step,
    bias: *const L::Sum,
    out: *mut L::Sum,
) {
    // SAFETY: as the function's.
    unsafe {
        let mut sums = [[L::begin(bias); V]; M];
        for sums in &mut sums {
            for (v, sums) in sums.iter_mut().enumerate() {
                *sums = L::begin(bias.add(v * L::LANES));
            }
        }
        for y in 0..rows {
            let here = input.add(y * row);
            for at in 0..run {
                let mut w = [L::load(weights); V];
                for (v, w) in w.iter_mut().enumerate() {
                    *w = L::load(weights.add(v * L::LANES));
                }
                weights = weights.add(V * L::LANES);
                for (m, sums) in sums.iter_mut().enumerate() {
                    let x = L::spread(here.add(m * apart + at));
                    for (sums, w) in sums.iter_mut().zip(w) {
                        *sums = L::add_product(*sums, x, w);
                    }
                }
            }
        }
        for (m, sums) in sums.into_iter().enumerate() {
            for (v, sums) in sums.into_iter().enumerate() {
                L::store(sums, out.add((m * V + v) * L::LANES));
            }
        }
    }
}

/// Sums of the largest tile.
const LARGEST: usize = 8 * 32;

/// The sums of some pixels side by side, for some neighbouring outputs.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, Sum> {
    /// The row.
    pub y: usize,
    /// The first of the pixels.
    pub x: usize,
    /// The first of the outputs.
    pub first: usize,
    /// How many outputs there are.
    pub count: usize,
    /// From one pixel to the next.
    block: usize,
    sums: &'a [Sum],
}

impl<'a, Sum> Row<'a, Sum> {
    /// The outputs.
    #[inline(always)]
    #[must_use]
    pub fn outputs(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }

    /// The sums of each pixel, from left to right.
    #[inline(always)]
    pub fn pixels(&self) -> impl Iterator<Item = &'a [Sum]> + use<'a, Sum> {
        let count = self.count;
        self.sums
            .chunks_exact(self.block)
            .map(move |sums| sums.get(..count).unwrap_or_default())
    }
}

/// What is done with sums as they leave the registers. No closure: those are not compiled for the processor's instructions, unless they are short.
pub trait Finish<Sum> {
    /// Takes sums; mark it `#[inline(always)]`.
    fn finish(&mut self, row: Row<'_, Sum>);
}

/// All pixels and outputs.
///
/// # Safety
/// The processor has the instructions of `L`; the job is whole, for blocks of `V * LANES` outputs.
#[inline(always)]
unsafe fn all<L: Lanes, const M: usize, const V: usize>(
    job: &Job<'_, L::Step, L::Sum>,
    mut finish: impl Finish<L::Sum>,
) {
    let block = V * L::LANES;
    let depth = job.kernel.0 * job.kernel.1;
    let mut sums = [L::Sum::default(); LARGEST];
    for (index, first) in (0..job.outputs).step_by(block).enumerate() {
        let count = block.min(job.outputs - first);
        // SAFETY: `Packed::run` has checked that the input holds every pixel that the kernel touches, and the weights and biases whole
        // blocks; `sums` holds the largest tile.
        unsafe {
            let weights = job.weights.as_ptr().add(index * depth * block);
            let bias = job.bias.as_ptr().add(first);
            for y in 0..job.side {
                let line = job.input.as_ptr().add(y * job.apart.1);
                let mut x = 0;
                while x < job.side {
                    let input = line.add(x * job.apart.0);
                    let out = sums.as_mut_ptr();
                    let pixels = if x + M <= job.side {
                        tile::<L, M, V>(input, job.apart.0, job.row, job.kernel, weights, bias, out);
                        M
                    } else {
                        tile::<L, 1, V>(input, job.apart.0, job.row, job.kernel, weights, bias, out);
                        1
                    };
                    finish.finish(Row {
                        y,
                        x,
                        first,
                        count,
                        block,
                        sums: sums.get(..pixels * block).unwrap_or_default(),
                    });
                    x += pixels;
                }
            }
        }
    }
}

/// A kind of number that is convolved.
pub trait Number: Copy {
    /// What is multiplied at once.
    type Step: Copy + Default + Send + Sync + std::fmt::Debug;
    /// What products add up to.
    type Sum: Copy + Default + Send + Sync + std::fmt::Debug;

    /// Outputs that are computed side by side.
    #[doc(hidden)]
    fn block(path: Path) -> usize;

    /// Computes a job that was checked.
    ///
    /// # Safety
    /// The processor has `path`, and the job is whole for its blocks.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "only this crate calls it")]
    unsafe fn compute(path: Path, job: &Job<'_, Self::Step, Self::Sum>, finish: impl Finish<Self::Sum>);
}

/// Defines a function for one kind of processor: its tiles have `$m` pixels and `$v` vectors of outputs.
macro_rules! on {
    ($name:ident, $features:literal, $m:literal, $v:literal) => {
        /// # Safety
        /// As [`all`].
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = $features)]
        unsafe fn $name<L: Lanes>(job: &Job<'_, L::Step, L::Sum>, finish: impl Finish<L::Sum>) {
            // SAFETY: as the function's.
            unsafe { all::<L, $m, $v>(job, finish) }
        }
    };
}

on!(on_avx2, "avx2,fma", 4, 2);
on!(on_avx512, "avx512f,avx512bw", 8, 2);
on!(on_avx512_vnni, "avx512f,avx512bw,avx512vnni", 8, 2);

/// Numbers with a fraction, single precision.
impl Number for f32 {
    type Step = f32;
    type Sum = f32;

    fn block(path: Path) -> usize {
        match path {
            Path::Avx512Vnni | Path::Avx512 => 32,
            Path::Avx2 => 16,
            Path::Plain | Path::Neon | Path::Simd128 => 8,
        }
    }

    #[expect(private_interfaces, reason = "only this crate calls it")]
    unsafe fn compute(path: Path, job: &Job<'_, f32, f32>, finish: impl Finish<f32>) {
        use crate::lanes::*;
        // SAFETY: as the trait states.
        unsafe {
            match path {
                #[cfg(target_arch = "x86_64")]
                Path::Avx512Vnni | Path::Avx512 => on_avx512::<Avx512<f32>>(job, finish),
                #[cfg(target_arch = "x86_64")]
                Path::Avx2 => on_avx2::<Avx2<f32>>(job, finish),
                #[cfg(target_arch = "aarch64")]
                Path::Neon => all::<Neon<f32>, 4, 2>(job, finish),
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                Path::Simd128 => all::<Simd128<f32>, 4, 2>(job, finish),
                _ => all::<Plain<f32>, 2, 8>(job, finish),
            }
        }
    }
}

/// Whole numbers of 16 bits whose products add up within 32 bits. A step is a pair of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole;

impl Number for Whole {
    type Step = crate::lanes::Pair;
    type Sum = i32;

    fn block(path: Path) -> usize {
        <f32 as Number>::block(path)
    }

    #[expect(private_interfaces, reason = "only this crate calls it")]
    unsafe fn compute(path: Path, job: &Job<'_, Self::Step, i32>, finish: impl Finish<i32>) {
        use crate::lanes::*;
        // SAFETY: as the trait states.
        unsafe {
            match path {
                #[cfg(target_arch = "x86_64")]
                Path::Avx512Vnni => on_avx512_vnni::<Avx512Vnni>(job, finish),
                #[cfg(target_arch = "x86_64")]
                Path::Avx512 => on_avx512::<Avx512<i32>>(job, finish),
                #[cfg(target_arch = "x86_64")]
                Path::Avx2 => on_avx2::<Avx2<i32>>(job, finish),
                #[cfg(target_arch = "aarch64")]
                Path::Neon => all::<Neon<i32>, 4, 2>(job, finish),
                #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
                Path::Simd128 => all::<Simd128<i32>, 4, 2>(job, finish),
                _ => all::<Plain<i32>, 2, 8>(job, finish),
            }
        }
    }
}
