//! Products of matrices in slices.

use gemm::Parallelism;

/// A matrix in a slice, row by row or transposed.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> Matrix<'a> {
    /// `rows` x `columns` values, row by row.
    ///
    /// # Panics
    /// When the slice has another length: a mistake of the calling code.
    #[must_use]
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} x {columns}");
        Self {
            values,
            rows,
            columns,
            transposed: false,
        }
    }

    /// The same values with rows and columns exchanged; nothing is copied.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            transposed: !self.transposed,
            ..self
        }
    }

    /// Steps between neighbours in a column and in a row.
    fn steps(&self) -> (isize, isize) {
        if self.transposed {
            (1, self.rows as isize)
        } else {
            (self.columns as isize, 1)
        }
    }
}

/// `out = a b`, row by row.
///
/// # Panics
/// When the sizes do not fit: a mistake of the calling code.
pub fn multiply(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>) {
    product(out, a, b, false);
}

/// `out += a b`, row by row.
///
/// # Panics
/// As [`multiply`].
pub fn multiply_add(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>) {
    product(out, a, b, true);
}

#[expect(unsafe_code, reason = "the library takes pointers")]
fn product(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, add: bool) {
    let (m, n, k) = (a.rows, b.columns, a.columns);
    assert_eq!(b.rows, k, "columns of the first matrix and rows of the second");
    assert_eq!(out.len(), m * n, "a product of {m} x {n}");
    let (a_row, a_column) = a.steps();
    let (b_row, b_column) = b.steps();
    // SAFETY: `Matrix::new` checked that each slice holds rows x columns values, the steps stay inside them, and the output was
    // checked above; it is borrowed alone, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            n as isize,
            add,
            a.values.as_ptr(),
            a_column,
            a_row,
            b.values.as_ptr(),
            b_column,
            b_row,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(count: usize, seed: usize) -> Vec<f32> {
        (0..count)
            .map(|at| ((at * 37 + seed * 11) % 17) as f32 - 8.0)
            .collect()
    }

    proptest! {
        /// Small whole numbers: every order of sums gives the same.
        #[test]
        fn products_are_the_definition(m in 1_usize..20, n in 1_usize..20, k in 0_usize..20, turned in 0_usize..4, add: bool) {
            let (a, b) = (values(m * k, 1), values(k * n, 2));
            let first = if turned & 1 == 1 { Matrix::new(&a, k, m).transposed() } else { Matrix::new(&a, m, k) };
            let second = if turned & 2 == 2 { Matrix::new(&b, n, k).transposed() } else { Matrix::new(&b, k, n) };
            let mut out = values(m * n, 3);
            let before = out.clone();
            if add { multiply_add(&mut out, first, second) } else { multiply(&mut out, first, second) }
            for (at, found) in out.iter().enumerate() {
                let (row, column) = (at / n, at % n);
                let sum: f32 = (0..k).map(|depth| {
                    let left = if turned & 1 == 1 { a[depth * m + row] } else { a[row * k + depth] };
                    let right = if turned & 2 == 2 { b[column * k + depth] } else { b[depth * n + column] };
                    left * right
                }).sum();
                prop_assert_eq!(*found, sum + if add { before[at] } else { 0.0 });
            }
        }
    }

    #[test]
    #[should_panic(expected = "columns of the first")]
    fn sizes_that_do_not_fit_are_refused() {
        let (a, b) = ([0.0; 6], [0.0; 6]);
        multiply(&mut [0.0; 9], Matrix::new(&a, 2, 3), Matrix::new(&b, 2, 3));
    }
}
