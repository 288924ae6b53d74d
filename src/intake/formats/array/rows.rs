//! The galaxies of a file of arrays, a few at a time.

use std::ops::Range;

use super::arrays::{Array, Arrays, Values};
use super::columns::Columns;
use super::each;
use super::element::Element;
use super::layout::{ArrayLayout, Band};
use super::levels::Levels;
use super::pick::Pick;
use super::readings::Signs;
use crate::intake::formats::array::{columns, facts, pick, planes, sample};
use crate::intake::picture::Picture;
use crate::intake::report::question::Reading;
use crate::refusal::Refusal;

/// Bytes that are read at once, when rows are stored one by one.
const PIECE: u64 = 64 << 20;
/// Bytes that are read at once at most, when many rows are stored together. One galaxy may not be larger.
const MAX_PIECE: u64 = 256 << 20;
/// Pictures that are handed over at once at most, and their pixels.
const HANDED: usize = 64;
const HANDED_PIXELS: u64 = 1 << 23;

/// Bytes that are looked at, to see what the numbers stand for.
const LOOKED_AT: u64 = 4 << 20;

/// The galaxies of a file, in the order of its rows.
pub struct Rows<'a> {
    arrays: &'a dyn Arrays,
    index: usize,
    layout: ArrayLayout,
    element: Element,
    band: Band,
    levels: Levels,
    columns: Columns,
    /// The arrays of the galaxies, when each has its own.
    singles: Option<Vec<usize>>,
    /// The rows that are wanted, ascending, and how many of them were read.
    wanted: Vec<u64>,
    done: usize,
    piece: Piece,
    /// Sentences about the file.
    remarks: Vec<String>,
    flux: u64,
}

/// Some rows in memory.
#[derive(Default)]
struct Piece {
    rows: Range<u64>,
    bytes: Vec<u8>,
    about: Vec<(Option<i64>, crate::cutout::About)>,
    /// Where in the wanted rows it ends.
    until: usize,
}

impl<'a> Rows<'a> {
    /// Finds the images and everything that goes with them; asks what is open. Reads no row. `what` names the kind of
    /// file.
    ///
    /// # Errors
    /// A [`Refusal`] when there are no images, they are too large, or an answer does not fit.
    pub fn open(arrays: &'a dyn Arrays, what: &str, reading: &mut Reading) -> Result<Self, Refusal> {
        let list = arrays.list();
        let (index, singles) = match pick::images(list, what, reading)? {
            Pick::One(index) => (index, None),
            Pick::Each(indices) => (indices.first().copied().unwrap_or_default(), Some(indices)),
        };
        let lost = || {
            Refusal::new(
                format!("the {what} holds no images"),
                "give a file with images in it",
            )
        };
        let array = list.get(index).ok_or_else(lost)?;
        let Values::Numbers(element) = array.values else {
            return Err(lost());
        };
        let layout = match &singles {
            Some(_) => each::lone(array).ok_or_else(lost)?,
            None => choose_layout(arrays, index, array, element, reading)?,
        };
        if layout.count == 0 {
            return Err(Refusal::new(
                format!("{} holds no images: it has 0 rows", array.words()),
                "write it again with its rows",
            ));
        }
        check(&layout, element, array, reading)?;
        let band = layout.choose_band(element, reading)?;
        let count = singles
            .as_ref()
            .map_or(layout.count, |singles| singles.len() as u64);
        let (wanted, mut remarks) = sample::choose(count, reading)?;
        remarks.extend_from_slice(arrays.remarks());
        remarks.extend(layout.remark());
        let columns = Columns::find(arrays, count, index);
        let mut rows = Self {
            arrays,
            index,
            layout,
            element,
            band,
            levels: Levels::of(element).without(&array.hints.none),
            columns,
            singles,
            wanted,
            done: 0,
            piece: Piece::default(),
            remarks,
            flux: 0,
        };
        rows.look()?;
        Ok(rows)
    }

    /// Looks at some pictures, to see whether their numbers are those of pictures.
    /// Where the first ones cannot be read, none can.
    fn look(&mut self) -> Result<(), Refusal> {
        let beginning = match self.layout.along {
            Some(axis) => self.arrays.numbers_along(self.index, axis, 0..1),
            None => self.whole(self.index),
        };
        beginning?;
        if self.element.white().is_some() {
            return Ok(());
        }
        let bytes = self
            .layout
            .values()
            .unwrap_or(usize::MAX)
            .saturating_mul(self.element.size()) as u64;
        let some = (LOOKED_AT / bytes.max(1)).clamp(1, 16).min(self.layout.count);
        // Those at the beginning and those in the middle.
        let mut values = Vec::new();
        for start in [0, (self.layout.count - some) / 2] {
            let part = match self.layout.along {
                Some(axis) => self.arrays.numbers_along(self.index, axis, start..start + some),
                None => self.whole(self.index),
            };
            values.extend(self.element.floats(&part.unwrap_or_default()));
        }
        let mut levels = self.levels.clone();
        levels.clean(&mut values);
        levels = levels.looked_at(&values);
        self.remarks.extend(levels.remarks());
        self.levels = levels;
        Ok(())
    }

    /// All bytes of an array.
    fn whole(&self, index: usize) -> Result<Vec<u8>, Refusal> {
        let rows = self
            .arrays
            .list()
            .get(index)
            .and_then(|array| array.shape.first().copied());
        self.arrays.numbers(index, 0..rows.unwrap_or_default())
    }

    /// How many galaxies there will be.
    pub fn len(&self) -> usize {
        self.wanted.len()
    }

    /// Pixels of all galaxies together.
    pub fn pixels(&self) -> u64 {
        self.layout.area().saturating_mul(self.wanted.len() as u64)
    }

    /// The array that holds the images, in words.
    pub fn words(&self) -> String {
        self.arrays
            .list()
            .get(self.index)
            .map(Array::words)
            .unwrap_or_default()
    }

    /// The next few pictures; none when all were read.
    ///
    /// # Errors
    /// A [`Refusal`] when the file cannot be read any further.
    pub fn next(&mut self) -> Result<Vec<Picture>, Refusal> {
        if let Some(singles) = self.singles.take() {
            let next = self.next_single(&singles);
            self.singles = Some(singles);
            return next.map(|picture| picture.into_iter().collect());
        }
        if self.done >= self.piece.until {
            let Some(piece) = self.read_piece()? else {
                return Ok(Vec::new());
            };
            self.piece = piece;
        }
        let most = HANDED
            .min((HANDED_PIXELS / self.layout.area().max(1)) as usize)
            .max(1);
        let until = self.piece.until.min(self.done.saturating_add(most));
        let rows = self.wanted.get(self.done..until).unwrap_or_default();
        let length = self.piece.rows.end.saturating_sub(self.piece.rows.start);
        let mut pictures = Vec::with_capacity(rows.len());
        for row in rows {
            let place = row.saturating_sub(self.piece.rows.start);
            let at = place as usize;
            let found = self.layout.picture(
                self.element,
                self.band,
                &self.levels,
                &self.piece.bytes,
                (length, place),
            );
            let (mut picture, flux) = found.ok_or_else(|| {
                Refusal::new(
                    format!("row {row} of {} is missing", self.words()),
                    "download or copy the file again",
                )
            })?;
            self.flux += u64::from(flux);
            if let Some((id, about)) = self.piece.about.get_mut(at) {
                picture.id = *id;
                picture.about = std::mem::take(about);
            }
            if self.layout.count > 1 {
                picture.label = Some(row.to_string());
            }
            pictures.push(picture);
        }
        self.done = until;
        Ok(pictures)
    }

    /// The next picture, where each has an array of its own; `None` at the end.
    fn next_single(&mut self, singles: &[usize]) -> Result<Option<Picture>, Refusal> {
        let Some(row) = self.wanted.get(self.done).copied() else {
            return Ok(None);
        };
        self.done += 1;
        let index = singles.get(row as usize).copied().unwrap_or_default();
        let arrays = self.arrays;
        let missing = || {
            Refusal::new(
                "a picture of the file is missing",
                "download or copy the file again",
            )
        };
        let array = arrays.list().get(index).ok_or_else(missing)?;
        let (Values::Numbers(element), Some(layout)) = (&array.values, each::lone(array)) else {
            return Err(missing());
        };
        let levels = if *element == self.element {
            self.levels.clone()
        } else {
            Levels::of(*element).without(&array.hints.none)
        };
        let bytes = self.whole(index)?;
        let found = layout.picture(*element, self.band, &levels, &bytes, (1, 0));
        let (mut picture, flux) = found.ok_or_else(missing)?;
        self.flux += u64::from(flux);
        if let Some((id, about)) = self.columns.read(arrays, row..row + 1).pop() {
            picture.id = id;
            picture.about = about;
        }
        facts::put(arrays, array, &mut picture.about);
        picture.label = Some(array.name.clone());
        Ok(Some(picture))
    }

    /// Reads as many of the wanted rows at once as fit, and belong together; `None` at the end.
    fn read_piece(&mut self) -> Result<Option<Piece>, Refusal> {
        let rest = self.wanted.get(self.done..).unwrap_or_default();
        let (Some(first), Some(array)) = (rest.first().copied(), self.arrays.list().get(self.index)) else {
            return Ok(None);
        };
        let row_bytes = (self.layout.values().unwrap_or_default() * self.element.size()).max(1) as u64;
        let block = if self.layout.along == Some(0) {
            array.block.max(1)
        } else {
            1
        };
        let count = run(rest, block, row_bytes);
        let last = rest.get(count - 1).copied().unwrap_or(first);
        let rows = first..last + 1;
        let bytes = match self.layout.along {
            Some(0) => self.arrays.numbers(self.index, rows.clone())?,
            Some(axis) => self.arrays.numbers_along(self.index, axis, rows.clone())?,
            None => self.whole(self.index)?,
        };
        let about = self.columns.read(self.arrays, rows.clone());
        Ok(Some(Piece {
            rows,
            bytes,
            about,
            until: self.done + count,
        }))
    }

    /// Sentences about the file, when all was read.
    pub fn remarks(self) -> Vec<String> {
        let mut remarks = self.remarks;
        let all = self.done as u64;
        match self.flux {
            0 => {}
            n if n == all => {
                remarks.push("its values are not within 0 and 1, so they were taken as flux (linear)".to_owned());
            }
            n => remarks.push(format!(
                "the values of {n} of {all} pictures are not within 0 and 1: these were taken as flux (linear), the \
                 others as stretched"
            )),
        }
        remarks.extend(self.columns.into_remarks());
        remarks
    }
}

/// What the axes of the array of images mean.
fn choose_layout(
    arrays: &dyn Arrays,
    index: usize,
    array: &Array,
    element: Element,
    reading: &mut Reading,
) -> Result<ArrayLayout, Refusal> {
    let mut signs = Signs {
        shape: &array.shape,
        hints: array.hints.clone(),
        counted: columns::counted(arrays.list(), index),
        ..Signs::default()
    };
    if let [a, b, c] = *array.shape.as_slice()
        && !signs.counted.contains(&true)
        && signs.hints.axes.is_empty()
        && !signs.hints.reversed
    {
        // Square pictures tell it by their shape.
        let is_odd = b == c && a != b || a == b && b != c;
        if !is_odd && a >= 8 && b >= 8 && c > 8 {
            signs.is_last = planes::is_last(arrays, index, array, element);
            signs.in_doubt = signs.is_last.is_none();
        }
        signs.is_bands = (3..=5).contains(&a) && planes::are_bands(arrays, index, array, element);
    }
    ArrayLayout::choose(array, &signs, reading)
}

/// Checks the size of one picture.
fn check(layout: &ArrayLayout, element: Element, array: &Array, reading: &Reading) -> Result<(), Refusal> {
    layout.check(reading.limits)?;
    let bytes = layout
        .values()
        .map(|n| (n as u64).saturating_mul(element.size() as u64));
    if bytes.is_none_or(|bytes| bytes > MAX_PIECE) {
        return Err(Refusal::new(
            format!("one picture of {} takes more than 256 MB", array.words()),
            "write the band that you want as a dataset of its own",
        ));
    }
    Ok(())
}

/// How many of the wanted rows to read at once: neighbours, and what is stored together, as far as memory allows. At
/// least one.
pub fn run(wanted: &[u64], block: u64, row_bytes: u64) -> usize {
    let room = PIECE.max(block.saturating_mul(row_bytes)).min(MAX_PIECE);
    let most = (room / row_bytes).max(1);
    let Some(first) = wanted.first() else { return 1 };
    let goes_on = |pair: &[u64]| {
        let [before, row] = pair else { return false };
        let (one, other) = (before / block, row / block);
        let fits = row - first < most;
        if one == other {
            return fits;
        }
        // A new block is begun only when the whole of it fits; else it would be unpacked twice.
        *row == before + 1 && ((other + 1).saturating_mul(block) - first <= most || block >= most && fits)
    };
    1 + wanted.windows(2).take_while(|pair| goes_on(pair)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_in_pieces_that_fit() {
        let all: Vec<u64> = (0..100).collect();
        // Contiguous: as many as fit into a piece.
        assert_eq!(run(&all, 1, PIECE / 10), 10);
        assert_eq!(run(&all, 1, 1), 100);
        assert_eq!(run(&all, 1, PIECE * 3), 1);
        // Blocks of 16 rows of which six fit, or one at least.
        assert_eq!(run(&all, 16, PIECE / 100), 96);
        assert_eq!(run(&all, 16, PIECE / 20), 16);
        assert_eq!(
            run(&all[5..], 16, PIECE / 20),
            11,
            "to the end of the first block"
        );
        assert_eq!(
            run(&all, 16, MAX_PIECE / 16),
            16,
            "a block may take more than a piece"
        );
        assert_eq!(run(&all, 64, MAX_PIECE / 16), 16, "but not more than the largest");
        // Scattered rows: together when they lie in one block.
        assert_eq!(run(&[3, 9, 15, 16, 40], 16, 1), 4);
        assert_eq!(run(&[3, 9, 15, 40], 16, 1), 3);
        assert_eq!(run(&[3, 9, 10], 1, 1), 1);
    }
}
