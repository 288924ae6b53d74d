//! The two precisions in which distances are held.

use std::ops::{Add, Div, Mul, Sub};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A precision for distances: `f32` or `f64`.
pub trait Real:
    sealed::Sealed
    + kodama::Float
    + Copy
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
