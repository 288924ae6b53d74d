//! What one file may spend in all: a small file can ask for many large pictures.

use super::layout::PlaneLayout;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// A file's pictures together may take this many times the largest one: 1 GiB under the page's limits.
const TIMES: usize = 4;

/// What is left to be spent.
#[derive(Clone, Copy, Debug)]
pub(in crate::intake) struct Budget {
    pixels: usize,
    galaxies: usize,
}

impl Budget {
    /// All that the limits allow.
    pub(in crate::intake) fn new(limits: &Limits) -> Self {
        Self {
            pixels: limits.pixels.saturating_mul(TIMES),
            galaxies: limits.galaxies,
        }
    }

    /// To be asked before so many pictures of that size are read.
    ///
    /// # Errors
    /// A [`Refusal`] when the file has spent all.
    pub(in crate::intake) fn spend(&mut self, pictures: usize, layout: &PlaneLayout) -> Result<(), Refusal> {
        let area = layout.width.saturating_mul(layout.height);
        let pixels = self.pixels.checked_sub(area.saturating_mul(pictures));
        let galaxies = self.galaxies.checked_sub(pictures);
        let (Some(pixels), Some(galaxies)) = (pixels, galaxies) else {
            return Err(Refusal::new(
                "its pictures are too many or too large to be read together",
                "split it into smaller files, or cut the galaxies out first",
            ));
        };
        *self = Self { pixels, galaxies };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends() {
        let limits = Limits {
            pixels: 100,
            galaxies: 10,
            ..Limits::default()
        };
        let layout = PlaneLayout::new(&[10, 10], &limits).unwrap().unwrap();
        let mut budget = Budget::new(&limits);
        assert!(budget.spend(4, &layout).is_ok());
        assert!(budget.spend(1, &layout).is_err(), "pixels");
        let small = PlaneLayout::new(&[2, 2], &limits).unwrap().unwrap();
        assert!(Budget::new(&limits).spend(11, &small).is_err(), "galaxies");
        assert!(Budget::new(&limits).spend(usize::MAX, &small).is_err());
    }
}
