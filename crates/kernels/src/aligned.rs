//! Numbers that begin at a multiple of 64 bytes, the length of a cache line: vectors that lie across two lines are read a third slower.

/// Values of four bytes in one line.
const IN_LINE: usize = 16;

/// One line.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Line<T>([T; IN_LINE]);

/// Values of four bytes each, aligned.
#[derive(Clone, Debug)]
pub(crate) struct Aligned<T> {
    lines: Vec<Line<T>>,
    count: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// Copies values, which must take four bytes each.
    pub fn new(values: &[T]) -> Self {
        const { assert!(size_of::<T>() == 4, "a line holds 16 values of four bytes") };
        let lines = values.chunks(IN_LINE).map(|values| {
            let mut line = Line([T::default(); IN_LINE]);
            for (to, value) in line.0.iter_mut().zip(values) {
                *to = *value;
            }
            line
        });
        Self {
            lines: lines.collect(),
            count: values.len(),
        }
    }
}

impl<T> std::ops::Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: lines are arrays without a gap between them (64 bytes each, as `new` has checked), and hold at least `count` values.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_order_and_begin_at_a_line() {
        for count in [0, 1, 15, 16, 17, 1_000] {
            let values: Vec<f32> = (0..count).map(|at| at as f32).collect();
            let aligned = Aligned::new(&values);
            assert_eq!(aligned[..], values[..]);
            assert_eq!(aligned.clone().as_ptr().align_offset(64), 0);
        }
    }
}
