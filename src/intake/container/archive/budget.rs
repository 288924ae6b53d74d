//! How much an archive may still unpack to, counted over all readers that unpack parts of it.

use std::{
    cell::Cell,
    io::{self, Read},
};

/// Bytes that may be unpacked in all.
pub struct Budget {
    all: u64,
    left: Cell<u64>,
    spent: Cell<bool>,
}

impl Budget {
    pub fn new(all: u64) -> Self {
        Self {
            all,
            left: Cell::new(all),
            spent: Cell::new(false),
        }
    }

    /// What there was at the beginning.
    pub fn all(&self) -> u64 {
        self.all
    }

    /// True when more was asked for than there was.
    pub fn is_spent(&self) -> bool {
        self.spent.get()
    }
}

/// A reader that takes what it reads from a budget, and fails when that is spent.
pub struct Metered<'b, R> {
    source: R,
    budget: &'b Budget,
}

impl<'b, R: Read> Metered<'b, R> {
    pub fn new(source: R, budget: &'b Budget) -> Self {
        Self { source, budget }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.left.get();
        // One byte more than is left, to tell a source that ends here from one that goes on.
        let most = usize::try_from(left.saturating_add(1)).unwrap_or(usize::MAX);
        let room = buffer.len().min(most);
        let read = self.source.read(buffer.get_mut(..room).unwrap_or_default())?;
        match left.checked_sub(read as u64) {
            Some(left) => {
                self.budget.left.set(left);
                Ok(read)
            }
            None => {
                self.budget.left.set(0);
                self.budget.spent.set(true);
                Err(io::Error::other("the limit is reached"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_share_a_budget() {
        let budget = Budget::new(10);
        let read = |length: usize| {
            let mut out = Vec::new();
            Metered::new(&vec![1; length][..], &budget)
                .read_to_end(&mut out)
                .map(|_| out.len())
        };
        assert_eq!(read(4).unwrap(), 4);
        assert_eq!(read(6).unwrap(), 6);
        assert!(!budget.is_spent());
        assert!(read(1).is_err());
        assert!(budget.is_spent());
    }
}
