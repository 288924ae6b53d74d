//! Which galaxies are shown where a map has more of them than there is room for pictures.

/// A cell of a grid over a map, and the galaxy that is shown there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From the left.
    pub column: usize,
    /// From the top.
    pub row: usize,
    /// The galaxy nearest to the cell's middle.
    pub galaxy: usize,
    /// How many galaxies lie in the cell.
    pub count: usize,
}

/// The part of a map that is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Its left and top.
    pub from: (f64, f64),
    /// The side of a cell.
    pub cell: f64,
    /// Cells across and down.
    pub cells: (usize, usize),
}

impl View {
    /// All of a map (x, y of each galaxy) in `across` times `down` cells, in the middle.
    #[must_use]
    pub fn of_all(map: &[f32], (across, down): (usize, usize)) -> Self {
        let (mut from, mut to) = (
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NEG_INFINITY),
        );
        for place in map.chunks_exact(2) {
            let (x, y) = (f64::from(place[0]), f64::from(place[1]));
            from = (x.min(from.0), y.min(from.1));
            to = (x.max(to.0), y.max(to.1));
        }
        let (across, down) = (across.max(1), down.max(1));
        let size = |from: f64, to: f64| if to > from { to - from } else { 0.0 };
        let (width, height) = (size(from.0, to.0), size(from.1, to.1));
        let cell = (width / across as f64).max(height / down as f64) * 1.02;
        let cell = if cell > 0.0 { cell } else { 1.0 };
        let middle = |from: f64, size: f64| if from.is_finite() { from + size / 2.0 } else { 0.0 };
        Self {
            from: (
                middle(from.0, width) - cell * across as f64 / 2.0,
                middle(from.1, height) - cell * down as f64 / 2.0,
            ),
            cell,
            cells: (across, down),
        }
    }

    /// Where a place of the map is, in cells from the left and the top.
    #[must_use]
    pub fn place(&self, x: f64, y: f64) -> (f64, f64) {
        ((x - self.from.0) / self.cell, (y - self.from.1) / self.cell)
    }

    /// The same view with cells of another size, so that what is `at` a place (in cells) stays there. `factor` below 1 looks closer.
    #[must_use]
    pub fn zoomed(&self, factor: f64, at: (f64, f64)) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return *self;
        }
        let cell = self.cell * factor;
        Self {
            from: (
                self.from.0 + at.0 * (self.cell - cell),
                self.from.1 + at.1 * (self.cell - cell),
            ),
            cell,
            cells: self.cells,
        }
    }

    /// The view moved by so many cells.
    #[must_use]
    pub fn moved(&self, by: (f64, f64)) -> Self {
        Self {
            from: (self.from.0 + by.0 * self.cell, self.from.1 + by.1 * self.cell),
            ..*self
        }
    }

    /// The same middle and scale in another number of cells.
    #[must_use]
    pub fn resized(&self, cells: (usize, usize)) -> Self {
        let half = |own: usize, new: usize| self.cell * (own as f64 - new as f64) / 2.0;
        Self {
            from: (
                self.from.0 + half(self.cells.0, cells.0),
                self.from.1 + half(self.cells.1, cells.1),
            ),
            cell: self.cell,
            cells,
        }
    }

    /// The cells that hold galaxies, row by row.
    #[must_use]
    pub fn fill(&self, map: &[f32]) -> Vec<Cell> {
        let (across, down) = self.cells;
        let mut nearest: Vec<Option<(f64, Cell)>> = vec![None; across * down];
        for (galaxy, place) in map.chunks_exact(2).enumerate() {
            let (x, y) = self.place(f64::from(place[0]), f64::from(place[1]));
            if !(x >= 0.0 && y >= 0.0 && x < across as f64 && y < down as f64) {
                continue;
            }
            let (column, row) = (x as usize, y as usize);
            let (dx, dy) = (x - column as f64 - 0.5, y - row as f64 - 0.5);
            let away = dx * dx + dy * dy;
            let Some(cell) = nearest.get_mut(row * across + column) else {
                continue;
            };
            let count = cell.map_or(0, |(_, cell)| cell.count) + 1;
            *cell = Some(match cell.take() {
                Some((best, known)) if best <= away => (best, Cell { count, ..known }),
                _ => (
                    away,
                    Cell {
                        column,
                        row,
                        galaxy,
                        count,
                    },
                ),
            });
        }
        nearest.into_iter().flatten().map(|(_, cell)| cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_galaxy_is_counted_once_and_the_nearest_to_the_middle_is_shown() {
        let map: Vec<f32> = (0..200).map(|i| (i * 37 % 101) as f32 / 10.0).collect();
        let view = View::of_all(&map, (8, 5));
        let cells = view.fill(&map);
        assert_eq!(cells.iter().map(|cell| cell.count).sum::<usize>(), 100);
        for cell in &cells {
            let away = |galaxy: usize| {
                let (x, y) = view.place(f64::from(map[2 * galaxy]), f64::from(map[2 * galaxy + 1]));
                let inside = x as usize == cell.column && y as usize == cell.row;
                let (dx, dy) = (x - cell.column as f64 - 0.5, y - cell.row as f64 - 0.5);
                inside.then_some(dx * dx + dy * dy)
            };
            let best = (0..100).filter_map(away).fold(f64::INFINITY, f64::min);
            assert_eq!(away(cell.galaxy), Some(best));
        }
    }

    #[test]
    fn a_view_moves_and_zooms_around_a_place() {
        let map = [0.0, 0.0, 10.0, 4.0];
        let view = View::of_all(&map, (10, 10));
        let before = view.place(3.0, 1.0);
        let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9;
        assert!(near(view.zoomed(0.5, before).place(3.0, 1.0), before));
        assert!(near(
            view.moved((1.0, -2.0)).place(3.0, 1.0),
            (before.0 - 1.0, before.1 + 2.0)
        ));
        let wider = view.resized((14, 6));
        assert!(near(wider.place(3.0, 1.0), (before.0 + 2.0, before.1 - 2.0)));
        assert_eq!(view.zoomed(f64::NAN, before), view);
        assert_eq!(view.zoomed(0.0, before), view);
    }

    #[test]
    fn one_galaxy_and_none_have_a_view() {
        assert_eq!(View::of_all(&[3.0, 4.0], (4, 4)).fill(&[3.0, 4.0]).len(), 1);
        assert!(View::of_all(&[], (4, 4)).fill(&[]).is_empty());
        assert!(View::of_all(&[f32::NAN, 1.0], (4, 4)).cell.is_finite());
    }
}
