//! A grid of whole numbers, as H-compress works on it.

/// The coefficients on their grid. Positions outside are 0 and cannot be set.
pub(crate) struct Grid {
    /// Rows (the slow axis) and columns.
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) values: Vec<i64>,
}

impl Grid {
    pub(crate) fn get(&self, row: usize, column: usize) -> i64 {
        if column < self.columns {
            self.values.get(row * self.columns + column).copied().unwrap_or(0)
        } else {
            0
        }
    }

    pub(crate) fn at(&mut self, row: usize, column: usize) -> Option<&mut i64> {
        if column < self.columns {
            self.values.get_mut(row * self.columns + column)
        } else {
            None
        }
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, value: i64) {
        if let Some(place) = self.at(row, column) {
            *place = value;
        }
    }
}
