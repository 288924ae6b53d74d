//! Square images with a border of zeros, so that kernels never ask whether they are inside.

/// A square image, channels last: `[side + 2 border, side + 2 border, channels]`, 0 in the border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid<T> {
    side: usize,
    channels: usize,
    border: usize,
    values: Vec<T>,
}

impl<T: Copy + Default> Grid<T> {
    /// All zeros.
    #[must_use]
    pub fn new(side: usize, channels: usize, border: usize) -> Self {
        let across = side + 2 * border;
        Self {
            side,
            channels,
            border,
            values: vec![T::default(); across * across * channels],
        }
    }

    /// Pixels along a side, without the border.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Numbers of a pixel.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Pixels of the border.
    #[must_use]
    pub fn border(&self) -> usize {
        self.border
    }

    /// All values, with the border.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// Values from one row to the next.
    pub(crate) fn row_length(&self) -> usize {
        (self.side + 2 * self.border) * self.channels
    }

    /// Where the pixel in row y and column x begins.
    #[inline(always)]
    fn start(&self, (y, x): (usize, usize)) -> usize {
        ((y + self.border) * (self.side + 2 * self.border) + x + self.border) * self.channels
    }

    /// The values of the pixel in row y and column x; none when there is no such pixel.
    #[inline(always)]
    #[must_use]
    pub fn pixel(&self, pixel: (usize, usize)) -> &[T] {
        let start = self.start(pixel);
        self.values.get(start..start + self.channels).unwrap_or_default()
    }

    /// The same, to write to.
    #[inline(always)]
    pub fn pixel_mut(&mut self, pixel: (usize, usize)) -> &mut [T] {
        let start = self.start(pixel);
        self.values
            .get_mut(start..start + self.channels)
            .unwrap_or_default()
    }

    /// One row without the border, `[side * channels]`.
    #[must_use]
    pub fn row(&self, y: usize) -> &[T] {
        let start = self.start((y, 0));
        let length = self.side * self.channels;
        self.values.get(start..start + length).unwrap_or_default()
    }

    /// The same, to write to.
    pub fn row_mut(&mut self, y: usize) -> &mut [T] {
        let start = self.start((y, 0));
        let length = self.side * self.channels;
        self.values.get_mut(start..start + length).unwrap_or_default()
    }
}
