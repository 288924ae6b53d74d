//! What a convolution is: its sizes.

/// A convolution of square images, channels last (`[n, side, side, inputs]` to `[n, side / stride, side / stride, outputs]`).
///
/// Weights are `[kernel, kernel, inputs, outputs]`, as in TensorFlow; the image is 0 beyond its edges, by `(kernel - 1) / 2` pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Pixels along the input.
    pub side: usize,
    /// Channels of the input.
    pub inputs: usize,
    /// Channels of the output.
    pub outputs: usize,
    /// Pixels along the kernel.
    pub kernel: usize,
    /// Pixels from one patch to the next.
    pub stride: usize,
}

impl Convolution {
    /// Pixels along the output.
    #[must_use]
    pub fn side_out(&self) -> usize {
        self.side / self.stride
    }

    /// Values of one input image.
    #[must_use]
    pub fn values_in(&self) -> usize {
        self.side * self.side * self.inputs
    }

    /// Values of one output image.
    #[must_use]
    pub fn values_out(&self) -> usize {
        self.side_out() * self.side_out() * self.outputs
    }

    /// Values of one patch.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.kernel * self.kernel * self.inputs
    }

    /// Number of weights.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.depth() * self.outputs
    }

    /// Multiplications for one image.
    #[must_use]
    pub fn cost(&self) -> usize {
        self.side_out() * self.side_out() * self.weights()
    }
}
