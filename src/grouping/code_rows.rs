//! The distances that a tree of codes needs while it grows: those of merged clusters, which are known by no formula, and those of single
//! galaxies only while the chain holds them.
//!
//! A merged cluster has a column, in the order of birth, and a row: its distances to the single galaxies and to the columns. The row of a
//! younger cluster holds its distance to an older one first; older rows learn the distances of young columns together, [`BATCH`] at a time,
//! because they lie side by side there and far apart from row to row.

use super::Real;
use super::chain::Ward;
use super::counts::Positions;

/// Young columns that older rows learn at once.
const BATCH: usize = 16;

/// Columns that there is room for beside one and a half times the live ones.
const SPARE: usize = 64;

/// Where the cluster of a slot is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A galaxy that was not merged.
    Single(usize),
    /// A merged cluster.
    Column(usize),
    /// Merged into another slot.
    Dead,
}

/// A cluster's distances. Those to itself and to dead clusters mean nothing.
#[derive(Debug)]
pub(super) struct Row<T> {
    singles: Vec<T>,
    /// To the first columns: how many are known.
    columns: Vec<T>,
}

impl<T: Real> Row<T> {
    /// The distance to another cluster.
    pub fn to(&self, place: Place) -> T {
        let found = match place {
            Place::Single(single) => self.singles.get(single),
            Place::Column(column) => self.columns.get(column),
            Place::Dead => None,
        };
        found.copied().unwrap_or(T::INFINITE)
    }
}

/// All clusters and their distances.
#[derive(Debug)]
pub(super) struct Rows<T> {
    /// The distance for each number of differing positions.
    table: Vec<T>,
    positions: Positions,
    counts: Vec<u32>,
    /// By slot.
    pub places: Vec<Place>,
    /// Slots of the singles, rising.
    single_slots: Vec<usize>,
    /// Added to distances: 0 for the living, infinite for the dead, so that a scan need not ask.
    far_singles: Vec<T>,
    live_singles: usize,
    rows: Vec<Option<Row<T>>>,
    slots: Vec<usize>,
    /// Galaxies of each column's cluster. Whole numbers, held as T so that the update vectorises.
    sizes: Vec<T>,
    far: Vec<T>,
    room: usize,
    /// Rows of single galaxies in the chain, by slot.
    loose: Vec<(usize, Row<T>)>,
}

impl<T: Real> Rows<T> {
    pub fn new(codes: &[u8], width: usize, table: Vec<T>) -> Self {
        let positions = Positions::new(codes, width);
        let n = positions.len();
        Self {
            table,
            positions,
            counts: Vec::new(),
            places: (0..n).map(Place::Single).collect(),
            single_slots: (0..n).collect(),
            far_singles: vec![T::ZERO; n],
            live_singles: n,
            rows: Vec::new(),
            slots: Vec::new(),
            sizes: Vec::new(),
            far: Vec::new(),
            room: SPARE,
            loose: Vec::new(),
        }
    }

    /// The row of a slot, all of it known.
    pub fn row(&mut self, slot: usize) -> Option<&Row<T>> {
        match *self.places.get(slot)? {
            Place::Column(column) => {
                learn(&mut self.rows, column);
                self.rows.get(column)?.as_ref()
            }
            Place::Single(single) => {
                if !self.loose.iter().any(|(own, _)| *own == slot) {
                    let row = self.single_row(single);
                    self.loose.push((slot, row));
                }
                let at = self.loose.iter().rposition(|(own, _)| *own == slot)?;
                let (_, row) = self.loose.get_mut(at)?;
                let known = row.columns.len();
                row.columns.extend(
                    self.rows
                        .iter()
                        .skip(known)
                        .map(|row| of_single(row.as_ref(), single)),
                );
                Some(row)
            }
            Place::Dead => None,
        }
    }

    fn single_row(&mut self, single: usize) -> Row<T> {
        self.positions.differing(single, &mut self.counts);
        let look_up = |count: &u32| self.table.get(*count as usize).copied().unwrap_or(T::INFINITE);
        let mut singles: Vec<T> = self.counts.iter().map(look_up).collect();
        if let Some(own) = singles.get_mut(single) {
            *own = T::INFINITE;
        }
        let columns = Vec::with_capacity(self.room);
        Row { singles, columns }
    }

    /// The living cluster that is nearest to a slot, nearer than `limit`: the lowest slot among equals.
    pub fn nearest(&mut self, slot: usize, limit: T) -> Option<usize> {
        self.row(slot)?;
        let row = match *self.places.get(slot)? {
            Place::Column(column) => self.rows.get(column)?.as_ref()?,
            _ => &self.loose.iter().rfind(|(own, _)| *own == slot)?.1,
        };
        let (single, column) = (
            minimum(&row.singles, &self.far_singles),
            minimum(&row.columns, &self.far),
        );
        let least = if single < column { single } else { column };
        if least >= limit {
            return None;
        }
        // Singles are in the order of their slots, columns are not.
        let singles = ties(&row.singles, &self.far_singles, least).take(usize::from(single == least));
        let columns = ties(&row.columns, &self.far, least);
        let singles = singles.filter_map(|at| self.single_slots.get(at));
        let columns = columns.filter_map(|at| self.slots.get(at));
        singles.chain(columns).min().copied()
    }

    /// Merges the clusters of the slots `x < y` at distance `dxy`: x dies, y becomes the merged cluster.
    pub fn merge(&mut self, x: usize, y: usize, dxy: T) {
        let (Some((mut row, nx)), Some((other, ny))) = (self.take(x), self.take(y)) else {
            return;
        };
        let formula = Ward { nx, ny, dxy };
        for (from_x, from_y) in row.singles.iter_mut().zip(&other.singles) {
            *from_x = formula.update(*from_x, *from_y, T::ONE);
        }
        let sizes = self.sizes.iter();
        for ((from_x, from_y), size) in row.columns.iter_mut().zip(&other.columns).zip(sizes) {
            *from_x = formula.update(*from_x, *from_y, *size);
        }
        drop(other);
        row.columns.push(T::INFINITE);
        self.set_place(x, Place::Dead);
        self.set_place(y, Place::Column(self.rows.len()));
        self.rows.push(Some(row));
        self.slots.push(y);
        self.sizes.push(nx + ny);
        self.far.push(T::ZERO);
        self.tidy();
    }

    fn set_place(&mut self, slot: usize, place: Place) {
        if let Some(there) = self.places.get_mut(slot) {
            *there = place;
        }
    }

    /// Takes a cluster off, with its row and size.
    fn take(&mut self, slot: usize) -> Option<(Row<T>, T)> {
        self.row(slot)?;
        match *self.places.get(slot)? {
            Place::Column(column) => {
                *self.far.get_mut(column)? = T::INFINITE;
                Some((self.rows.get_mut(column)?.take()?, *self.sizes.get(column)?))
            }
            Place::Single(single) => {
                *self.far_singles.get_mut(single)? = T::INFINITE;
                self.live_singles -= 1;
                let at = self.loose.iter().rposition(|(own, _)| *own == slot)?;
                Some((self.loose.remove(at).1, T::ONE))
            }
            Place::Dead => None,
        }
    }

    /// Lets older rows learn of young columns, and drops the dead, each when it is worth it.
    fn tidy(&mut self) {
        let count = self.rows.len();
        if count.is_multiple_of(BATCH) || count >= self.room {
            for column in 0..count {
                learn(&mut self.rows, column);
            }
        }
        if count >= self.room {
            self.drop_dead_columns();
        }
        let singles = self.far_singles.len();
        if self.live_singles < singles - singles / 4 {
            self.drop_dead_singles();
        }
    }

    /// All rows must know all columns.
    fn drop_dead_columns(&mut self) {
        let alive: Vec<usize> = (0..self.rows.len())
            .filter(|at| self.rows[*at].is_some())
            .collect();
        self.room = alive.len() + alive.len() / 2 + SPARE;
        self.rows.retain(Option::is_some);
        let loose = self.loose.iter_mut().map(|(_, row)| row);
        for row in self.rows.iter_mut().flatten().chain(loose) {
            keep(&mut row.columns, &alive);
            row.columns.reserve_exact(self.room - row.columns.len());
        }
        keep(&mut self.slots, &alive);
        keep(&mut self.sizes, &alive);
        self.far = vec![T::ZERO; alive.len()];
        for (column, slot) in self.slots.iter().enumerate() {
            if let Some(place) = self.places.get_mut(*slot) {
                *place = Place::Column(column);
            }
        }
    }

    fn drop_dead_singles(&mut self) {
        let alive: Vec<usize> = (0..self.far_singles.len())
            .filter(|at| self.far_singles[*at] < T::INFINITE)
            .collect();
        let loose = self.loose.iter_mut().map(|(_, row)| row);
        for row in self.rows.iter_mut().flatten().chain(loose) {
            keep(&mut row.singles, &alive);
            row.singles.shrink_to_fit();
        }
        self.positions.keep(&alive);
        keep(&mut self.single_slots, &alive);
        self.far_singles = vec![T::ZERO; alive.len()];
        for (single, slot) in self.single_slots.iter().enumerate() {
            if let Some(place) = self.places.get_mut(*slot) {
                *place = Place::Single(single);
            }
        }
    }
}

/// The distance of a cluster to a single galaxy.
fn of_single<T: Real>(row: Option<&Row<T>>, single: usize) -> T {
    row.and_then(|row| row.singles.get(single))
        .copied()
        .unwrap_or(T::INFINITE)
}

/// The places of the least of `distances + far`.
fn ties<'a, T: Real>(distances: &'a [T], far: &'a [T], least: T) -> impl Iterator<Item = usize> + 'a {
    let each = distances.iter().zip(far).enumerate();
    each.filter(move |(_, (distance, far))| **distance + **far == least)
        .map(|(at, _)| at)
}

/// Lets a row learn the distances of the columns that are younger than what it knows.
fn learn<T: Real>(rows: &mut [Option<Row<T>>], column: usize) {
    let (older, younger) = rows.split_at_mut(column + 1);
    let Some(Some(row)) = older.last_mut() else { return };
    let known = row.columns.len().saturating_sub(column + 1);
    let distances = younger.iter().skip(known).map(|young| {
        let distance = young.as_ref().and_then(|young| young.columns.get(column));
        distance.copied().unwrap_or(T::INFINITE)
    });
    row.columns.extend(distances);
}

/// Keeps some values, by their places in rising order; what is not there any more is left out.
fn keep<V: Copy>(values: &mut Vec<V>, kept: &[usize]) {
    let count = values.len();
    let mut to = 0;
    for &from in kept.iter().take_while(|from| **from < count) {
        values[to] = values[from];
        to += 1;
    }
    values.truncate(to);
}

/// The least of `distances + far`, in eight lanes so that it vectorises.
fn minimum<T: Real>(distances: &[T], far: &[T]) -> T {
    let ((blocks, rest), (far_blocks, far_rest)) = (distances.as_chunks::<8>(), far.as_chunks::<8>());
    let mut lanes = [T::INFINITE; 8];
    for (block, far) in blocks.iter().zip(far_blocks) {
        for ((lane, distance), far) in lanes.iter_mut().zip(block).zip(far) {
            let value = *distance + *far;
            *lane = if value < *lane { value } else { *lane };
        }
    }
    let rest = rest.iter().zip(far_rest).map(|(distance, far)| *distance + *far);
    let least = |least: T, value: T| if value < least { value } else { least };
    rest.fold(lanes.into_iter().fold(T::INFINITE, least), least)
}
