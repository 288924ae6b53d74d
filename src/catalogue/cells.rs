//! The cells of one column, as text, without a heap block for each.

/// Texts one behind another. A cell costs its letters and four bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Cells {
    text: String,
    ends: Vec<u32>,
}

impl Cells {
    /// Appends a cell. False, and nothing appended, when the column would grow beyond 4 GiB.
    #[must_use]
    pub fn push(&mut self, cell: &str) -> bool {
        let Ok(end) = u32::try_from(self.text.len() + cell.len()) else {
            return false;
        };
        self.text.push_str(cell);
        self.ends.push(end);
        true
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell of a row, counted from 0.
    pub fn get(&self, row: usize) -> Option<&str> {
        let end = *self.ends.get(row)?;
        let start = match row.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.text.get(start as usize..end as usize)
    }

    /// All cells in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_kept() {
        let mut cells = Cells::default();
        for cell in ["a", "", "ünder", "42"] {
            assert!(cells.push(cell));
        }
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["a", "", "ünder", "42"]);
        assert_eq!(cells.get(2), Some("ünder"));
        assert_eq!(cells.get(4), None);
        assert_eq!(cells.len(), 4);
    }
}
