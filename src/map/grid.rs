//! Which galaxies are shown where a map has more of them than there is room for pictures.

/// A cell of a grid over a map, and the galaxy that is shown there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// From the left.
    pub column: usize,
    /// From the top.
    pub row: usize,
    /// The galaxy.
    pub galaxy: usize,
    /// How many galaxies this one is shown for: itself, and those of the cell that found no room.
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

    /// The galaxies that are shown, row by row: of those that lie in one cell the nearest to its middle there, the others in the nearest free
    /// cells, at most [`REACH`] away. What finds none is counted where it lies.
    #[must_use]
    pub fn fill(&self, map: &[f32]) -> Vec<Cell> {
        let (across, down) = self.cells;
        let mut cells: Vec<Option<Cell>> = vec![None; across * down];
        // The nearest to a cell's middle first.
        let mut waiting: Vec<(f64, usize, (usize, usize))> = map
            .chunks_exact(2)
            .enumerate()
            .filter_map(|(galaxy, place)| {
                let (x, y) = self.place(f64::from(place[0]), f64::from(place[1]));
                let inside = x >= 0.0 && y >= 0.0 && x < across as f64 && y < down as f64;
                let (column, row) = (x as usize, y as usize);
                let (dx, dy) = (x - column as f64 - 0.5, y - row as f64 - 0.5);
                inside.then_some((dx * dx + dy * dy, galaxy, (column, row)))
            })
            .collect();
        waiting.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        waiting.retain(|(_, galaxy, at)| !self.take(&mut cells, *galaxy, *at));
        let steps = steps();
        for (_, galaxy, (column, row)) in waiting {
            let free = steps.iter().any(|(dx, dy)| {
                let at = (column.checked_add_signed(*dx), row.checked_add_signed(*dy));
                matches!(at, (Some(column), Some(row)) if self.take(&mut cells, galaxy, (column, row)))
            });
            if let (false, Some(Some(cell))) = (free, cells.get_mut(row * across + column)) {
                cell.count += 1;
            }
        }
        cells.into_iter().flatten().collect()
    }

    /// Puts a galaxy into a cell, if there is such a cell and it is free.
    fn take(&self, cells: &mut [Option<Cell>], galaxy: usize, (column, row): (usize, usize)) -> bool {
        let (across, down) = self.cells;
        match cells.get_mut(row * across + column) {
            Some(cell @ None) if column < across && row < down => {
                *cell = Some(Cell {
                    column,
                    row,
                    galaxy,
                    count: 1,
                });
                true
            }
            _ => false,
        }
    }
}

/// The farthest that a galaxy is shown from where it lies, in cells.
pub const REACH: isize = 4;

/// All steps to another cell in reach, the shortest first.
fn steps() -> Vec<(isize, isize)> {
    let reach = -REACH..=REACH;
    let all = reach.clone().flat_map(|dy| reach.clone().map(move |dx| (dx, dy)));
    let mut all: Vec<(isize, isize)> = all.filter(|step| *step != (0, 0)).collect();
    all.sort_by_key(|(dx, dy)| dx * dx + dy * dy);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_galaxy_is_counted_once_near_where_it_lies() {
        let map: Vec<f32> = (0..400).map(|i| (i * 37 % 101) as f32 / 10.0).collect();
        for cells in [(8, 5), (30, 30), (1, 1)] {
            let view = View::of_all(&map, cells);
            let shown = view.fill(&map);
            assert_eq!(shown.iter().map(|cell| cell.count).sum::<usize>(), 200);
            let mut galaxies: Vec<usize> = shown.iter().map(|cell| cell.galaxy).collect();
            galaxies.sort_unstable();
            galaxies.dedup();
            assert_eq!(galaxies.len(), shown.len());
            for cell in &shown {
                let (x, y) = view.place(
                    f64::from(map[2 * cell.galaxy]),
                    f64::from(map[2 * cell.galaxy + 1]),
                );
                let away = |own: f64, cell: usize| (own.floor() - cell as f64).abs();
                assert!(away(x, cell.column) <= REACH as f64 && away(y, cell.row) <= REACH as f64);
            }
        }
    }

    #[test]
    fn the_nearest_to_the_middle_stays_and_others_move_aside() {
        let view = View {
            from: (0.0, 0.0),
            cell: 1.0,
            cells: (9, 9),
        };
        let shown = view.fill(&[4.1, 4.1, 4.5, 4.4, 4.9, 4.9]);
        let at = |galaxy: usize| {
            shown
                .iter()
                .find(|cell| cell.galaxy == galaxy)
                .map(|cell| (cell.column, cell.row))
        };
        assert_eq!(at(1), Some((4, 4)));
        let is_beside =
            |at: Option<(usize, usize)>| at.is_some_and(|(x, y)| x.abs_diff(4) + y.abs_diff(4) == 1);
        assert!(is_beside(at(0)) && is_beside(at(2)));
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
