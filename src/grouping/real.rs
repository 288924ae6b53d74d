//! The two precisions in which distances are held.

use std::ops::{Add, Div, Mul, Sub};

use super::tree::Merge;

mod sealed {
    use super::Merge;

    /// What only the precisions of this crate can do.
    pub trait Sealed: Sized {
        /// The merges of a tree by the kodama crate, out of condensed distances, which serve as work space.
        fn kodama(distances: &mut [Self], n: usize, method: kodama::Method) -> Vec<Merge>;
    }

    impl Sealed for f32 {
        fn kodama(distances: &mut [Self], n: usize, method: kodama::Method) -> Vec<Merge> {
            super::kodama_merges(distances, n, method, f64::from)
        }
    }

    impl Sealed for f64 {
        fn kodama(distances: &mut [Self], n: usize, method: kodama::Method) -> Vec<Merge> {
            super::kodama_merges(distances, n, method, |height| height)
        }
    }
}

fn kodama_merges<T: kodama::Float>(
    distances: &mut [T],
    n: usize,
    method: kodama::Method,
    double: impl Fn(T) -> f64,
) -> Vec<Merge> {
    kodama::linkage(distances, n, method)
        .steps()
        .iter()
        .map(|step| Merge {
            a: step.cluster1.min(step.cluster2),
            b: step.cluster1.max(step.cluster2),
            height: double(step.dissimilarity),
            size: step.size,
        })
        .collect()
}

/// A precision for distances: `f32` or `f64`.
pub trait Real:
    sealed::Sealed
    + Copy
    + Send
    + Sync
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// Positive infinity, the mark of a distance that no longer counts.
    const INFINITE: Self;
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Bytes of one value.
    const BYTES: usize;
    /// Rounded to this precision.
    fn of(value: f64) -> Self;
    /// As a double, without loss.
    fn double(self) -> f64;
    /// The square root, correctly rounded.
    fn root(self) -> Self;
}

impl Real for f32 {
    const INFINITE: Self = Self::INFINITY;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const BYTES: usize = 4;
    fn of(value: f64) -> Self {
        value as Self
    }
    fn double(self) -> f64 {
        f64::from(self)
    }
    fn root(self) -> Self {
        self.sqrt()
    }
}

impl Real for f64 {
    const INFINITE: Self = Self::INFINITY;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const BYTES: usize = 8;
    fn of(value: f64) -> Self {
        value
    }
    fn double(self) -> f64 {
        self
    }
    fn root(self) -> Self {
        self.sqrt()
    }
}
