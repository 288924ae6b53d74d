//! The galaxies on the page, as columns. The page owns them: workers come and go.

use crate::catalogue::merge;
use crate::cutout::{About, CODES, Duplicates, Likeness, PIXELS, prepare::Measures};
use crate::intake::unique_ids;
use crate::page_model::protocol::CutoutHead;
use std::collections::BTreeMap;
use std::ops::Range;

/// One galaxy's facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Galaxy {
    /// Unique within the page.
    pub id: i64,
    /// The name to show: most often the file's.
    pub name: String,
    /// The frame before preparation, where there was one.
    pub preview: Option<Preview>,
    /// Sky level and its standard deviation, where they were measured.
    pub sky: Option<(f32, f32)>,
    /// Numbers on the cutout, where it was prepared here.
    pub measures: Option<Measures>,
    /// Half the side of what was cut, in pixels of the picture.
    pub half_side: Option<f32>,
    /// What the file says about it, and what tables say.
    pub about: About,
    /// The number of the source that it came from. Galaxies stand in the order of their sources.
    pub source: u32,
    /// The id that the file gave; [`Collection::name_ids`] makes it unique.
    wanted: Option<i64>,
    named: bool,
    /// Sentences for the user.
    pub remarks: Vec<String>,
}

/// A small picture of the frame, before anything was cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Pixels across and down.
    pub size: (usize, usize),
    /// Grey values.
    pub pixels: Vec<u8>,
    /// What was cut: centre x, centre y, half side.
    pub square: Option<(f32, f32, f32)>,
    /// Pixels of the preview for one of the picture, and where the picture's left top corner is.
    pub scale: (f32, f32, f32),
}

impl Preview {
    /// The place in the picture that is shown at `(x, y)` of the preview. Whole numbers are pixel centres in the picture.
    pub fn place(&self, x: f32, y: f32) -> (f32, f32) {
        let (scale, left, top) = self.scale;
        let scale = if scale > 0.0 { scale } else { 1.0 };
        ((x - left) / scale - 0.5, (y - top) / scale - 0.5)
    }
}

/// Cutouts that a worker read from one file, not yet in the collection.
#[derive(Debug, Clone, Default)]
pub struct Parcel {
    /// Their facts.
    pub heads: Vec<CutoutHead>,
    /// f32 `[N * 4096]`
    pub raw: Vec<f32>,
    /// f32 `[N * 4096]`
    pub images: Vec<f32>,
    /// The previews one after another.
    pub previews: Vec<u8>,
    /// u8 `[N * 64]`, instead of images, when the file holds codes.
    pub codes: Vec<u8>,
}

/// All galaxies.
#[derive(Debug, Default)]
pub struct Collection {
    /// Facts. `[N]`
    pub galaxies: Vec<Galaxy>,
    /// Cutouts before the sky was cleared, for display: 4096 pixels each. `[N]`
    raw: Vec<Box<[u8]>>,
    /// What the model sees: 4096 pixels each. `[N]` Each on its own, for one long vector would be copied whenever it
    /// grows: hundreds of megabytes at once, while the page waits.
    images: Vec<Box<[f32]>>,
    /// Codes, as far as encoded. `[N * 64]`
    pub codes: Vec<u8>,
    /// Margins, as far as encoded. `[N * 64]`
    margins: Vec<f32>,
    /// The cutouts so far, for finding those that are equal to them.
    seen: Duplicates,
    /// What is compared first; `None` where there is no picture. `[N]`
    likenesses: Vec<Option<Likeness>>,
    /// The row of the first galaxy that shows the same. `[N]`
    originals: Vec<Option<usize>>,
    /// Whose codes are known. `[N]`
    known: Vec<bool>,
    /// Who has no picture yet: only codes came with it. `[N]`
    unseen: Vec<bool>,
}

/// A pixel for the eye.
pub fn grey(value: f32) -> u8 {
    // Not `round`, which WebAssembly has no instruction for.
    (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
}

impl Collection {
    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.galaxies.len()
    }

    /// True when there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.galaxies.is_empty()
    }

    /// Galaxies whose codes are known.
    pub fn encoded(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }

    /// Appends a parcel of a source. Ids are still to be [named](Self::name_ids).
    pub fn append(&mut self, source: u32, parcel: Parcel) {
        let mut previews = parcel.previews.as_slice();
        let count = parcel.heads.len();
        for head in parcel.heads {
            let size = (head.preview.0 as usize, head.preview.1 as usize);
            let (mine, rest) = previews.split_at((size.0 * size.1).min(previews.len()));
            previews = rest;
            let preview = (!mine.is_empty()).then(|| Preview {
                size,
                pixels: mine.to_vec(),
                square: head.square,
                scale: head.scale,
            });
            let wanted = head.id.as_deref().and_then(|id| id.parse().ok());
            self.galaxies.push(Galaxy {
                id: 0,
                wanted,
                named: false,
                source,
                name: head.name,
                preview,
                sky: head.sky,
                measures: head.measures,
                half_side: head.half_side,
                about: head.about,
                remarks: head.remarks,
            });
        }
        let coded = !parcel.codes.is_empty();
        let raw = parcel.raw.chunks_exact(PIXELS);
        self.raw
            .extend(raw.map(|cutout| cutout.iter().map(|&value| grey(value)).collect::<Box<[u8]>>()));
        self.images
            .extend(parcel.images.chunks_exact(PIXELS).map(Box::<[f32]>::from));
        let likenesses = parcel.images.chunks_exact(PIXELS).map(Likeness::of);
        self.likenesses.extend(likenesses.map(Some));
        self.codes.extend(parcel.codes);
        let n = self.galaxies.len();
        // What comes as codes has no pictures yet.
        self.raw.resize_with(n, Box::default);
        self.images.resize_with(n, Box::default);
        self.likenesses.resize(n, None);
        self.codes.resize(n * CODES, 0);
        self.margins.resize(n * CODES, 0.0);
        self.known.extend(std::iter::repeat_n(coded, count));
        self.unseen.extend(std::iter::repeat_n(coded, count));
        self.look_for_duplicates();
    }

    /// Looks for the like of galaxies that were not looked at yet.
    fn look_for_duplicates(&mut self) {
        for row in self.originals.len()..self.galaxies.len() {
            let likeness = self.likenesses.get(row).and_then(Option::as_ref);
            let original = likeness.and_then(|likeness| {
                let image = |row: usize| self.images.get(row).map_or(&[][..], AsRef::as_ref);
                self.seen.add(row, likeness, image)
            });
            self.originals.push(original);
        }
    }

    /// Looks at all galaxies anew: their rows have changed.
    fn look_again(&mut self) {
        self.seen = Duplicates::default();
        self.originals.clear();
        self.look_for_duplicates();
    }

    /// The rows of a source's galaxies.
    pub fn rows_of(&self, source: u32) -> Range<usize> {
        let start = self.galaxies.partition_point(|galaxy| galaxy.source < source);
        start..self.galaxies.partition_point(|galaxy| galaxy.source <= source)
    }

    /// Puts parcels in the place of all that came from their source before. A galaxy of the same name keeps its id, and its
    /// codes too if its image is the same.
    pub fn replace(&mut self, source: u32, parcels: Vec<Parcel>) {
        let mut fresh = Self::default();
        for parcel in parcels {
            fresh.append(source, parcel);
        }
        let Range { start, end } = self.rows_of(source);
        let named = (start..end).filter(|&row| self.galaxies.get(row).is_some_and(|galaxy| galaxy.named));
        // Of two of one name the first counts.
        let mut old: BTreeMap<String, usize> = named
            .rev()
            .filter_map(|row| Some((self.galaxies.get(row)?.name.clone(), row)))
            .collect();
        for at in 0..fresh.len() {
            let Some(galaxy) = fresh.galaxies.get_mut(at) else {
                continue;
            };
            let Some(row) = old.remove(&galaxy.name) else {
                continue;
            };
            if let Some(before) = self.galaxies.get(row) {
                (galaxy.id, galaxy.named) = (before.id, true);
            }
            let is_known = self.known.get(row) == Some(&true);
            if is_known && !self.image(row).is_empty() && self.image(row) == fresh.image(at) {
                fresh.set_codes(at, self.codes(row), self.margins(row));
            }
        }
        self.galaxies.splice(start..end, fresh.galaxies);
        self.raw.splice(start..end, fresh.raw);
        self.images.splice(start..end, fresh.images);
        self.likenesses.splice(start..end, fresh.likenesses);
        self.codes.splice(start * CODES..end * CODES, fresh.codes);
        self.margins.splice(start * CODES..end * CODES, fresh.margins);
        self.known.splice(start..end, fresh.known);
        self.unseen.splice(start..end, fresh.unseen);
        self.look_again();
    }

    /// Gives every galaxy that has none yet an id, unique by the rule of the command line.
    pub fn name_ids(&mut self) {
        let named = self.galaxies.iter().filter(|galaxy| galaxy.named);
        let mut taken = named.map(|galaxy| galaxy.id).collect();
        let wanted: Vec<Option<i64>> = self
            .galaxies
            .iter()
            .filter(|galaxy| !galaxy.named)
            .map(|galaxy| galaxy.wanted)
            .collect();
        let nameless = self.galaxies.iter_mut().filter(|galaxy| !galaxy.named);
        for (galaxy, given) in nameless.zip(unique_ids(&wanted, &mut taken)) {
            galaxy.remarks.extend(given.remark());
            (galaxy.id, galaxy.named) = (given.id, true);
        }
    }

    /// Adds what a table says of galaxies, by their rows.
    pub fn tell(&mut self, facts: Vec<(u32, About)>) {
        for (row, about) in facts {
            if let Some(galaxy) = self.galaxies.get_mut(row as usize) {
                merge(&mut galaxy.about, about);
            }
        }
    }

    /// Notes in the facts of galaxies which earlier one they show again. Returns the pairs of rows: the first of its kind,
    /// and a later one. Galaxies that came as codes are not looked at. Ids must have been [named](Self::name_ids).
    pub fn mark_duplicates(&mut self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for (row, original) in self.originals.iter().enumerate() {
            let id = original
                .and_then(|first| self.galaxies.get(first))
                .map(|galaxy| galaxy.id.to_string());
            let Some(galaxy) = self.galaxies.get_mut(row) else {
                continue;
            };
            galaxy.about.set_duplicate_of(id);
            pairs.extend(original.map(|first| (first, row)));
        }
        pairs
    }

    /// The galaxy that the one in `row` shows again.
    pub fn original_of(&self, row: usize) -> Option<usize> {
        self.originals.get(row).copied().flatten()
    }

    /// Forgets all galaxies after the first `count`, whose codes are all known.
    pub fn truncate(&mut self, count: usize) {
        self.galaxies.truncate(count);
        self.raw.truncate(count);
        self.images.truncate(count);
        self.likenesses.truncate(count);
        self.codes.truncate(count * CODES);
        self.margins.truncate(count * CODES);
        self.known.truncate(count);
        self.unseen.truncate(count);
        self.look_again();
    }

    /// Keeps only these rows, in this order.
    pub fn keep(&mut self, rows: &[usize]) {
        fn pick<T: Copy>(column: &[T], width: usize, rows: &[usize]) -> Vec<T> {
            rows.iter()
                .filter_map(|&row| column.get(row * width..(row + 1) * width))
                .flatten()
                .copied()
                .collect()
        }
        /// Moves the rows out: no row is wanted twice.
        fn take<T>(column: &mut Vec<T>, rows: &[usize]) -> Vec<T> {
            let mut all: Vec<Option<T>> = std::mem::take(column).into_iter().map(Some).collect();
            rows.iter().filter_map(|&row| all.get_mut(row)?.take()).collect()
        }
        *self = Self {
            galaxies: take(&mut self.galaxies, rows),
            raw: take(&mut self.raw, rows),
            images: take(&mut self.images, rows),
            likenesses: take(&mut self.likenesses, rows),
            codes: pick(&self.codes, CODES, rows),
            margins: pick(&self.margins, CODES, rows),
            known: pick(&self.known, 1, rows),
            unseen: pick(&self.unseen, 1, rows),
            ..Self::default()
        };
        self.look_for_duplicates();
    }

    /// The next rows from `from` on whose codes are not known, `most` at most, side by side.
    pub fn to_encode(&self, from: usize, most: usize) -> Option<Range<usize>> {
        stretch(&self.known, from, most, false)
    }

    /// The next rows from `from` on that have codes and no picture.
    pub fn to_paint(&self, from: usize, most: usize) -> Option<Range<usize>> {
        stretch(&self.unseen, from, most, true)
    }

    /// Puts codes where they belong.
    pub fn set_codes(&mut self, first: usize, codes: &[u8], margins: &[f32]) {
        let at = first * CODES;
        if let (Some(to), Some(to_margins), Some(known)) = (
            self.codes.get_mut(at..at + codes.len()),
            self.margins.get_mut(at..at + margins.len()),
            self.known.get_mut(first..first + codes.len() / CODES),
        ) {
            to.copy_from_slice(codes);
            to_margins.copy_from_slice(margins);
            known.fill(true);
        }
    }

    /// Puts pictures, painted from codes, where there are none.
    pub fn set_pictures(&mut self, first: usize, images: &[f32]) {
        for (row, image) in (first..).zip(images.chunks_exact(PIXELS)) {
            if let (Some(to), Some(raw), Some(unseen)) = (
                self.images.get_mut(row),
                self.raw.get_mut(row),
                self.unseen.get_mut(row),
            ) {
                *to = image.into();
                *raw = image.iter().map(|&value| grey(value)).collect();
                *unseen = false;
            }
        }
    }

    /// The prepared image of a row; empty when there is no such row.
    pub fn image(&self, row: usize) -> &[f32] {
        self.images.get(row).map_or(&[], AsRef::as_ref)
    }

    /// The images of these rows, one after another.
    pub fn images(&self, rows: Range<usize>) -> Vec<f32> {
        self.images.get(rows).unwrap_or(&[]).concat()
    }

    /// The codes of a row; empty when there is no such row.
    pub fn codes(&self, row: usize) -> &[u8] {
        self.codes.get(row * CODES..(row + 1) * CODES).unwrap_or(&[])
    }

    /// The margins of a row; empty when there is no such row.
    pub fn margins(&self, row: usize) -> &[f32] {
        self.margins.get(row * CODES..(row + 1) * CODES).unwrap_or(&[])
    }

    /// The raw cutout of a row; empty when there is no such row.
    pub fn raw(&self, row: usize) -> &[u8] {
        self.raw.get(row).map_or(&[], AsRef::as_ref)
    }
}

/// The first run of `wanted` from `from` on, `most` long at most.
fn stretch(flags: &[bool], from: usize, most: usize, wanted: bool) -> Option<Range<usize>> {
    let start = from + flags.get(from..)?.iter().position(|flag| *flag == wanted)?;
    let run = flags[start..]
        .iter()
        .take(most)
        .take_while(|flag| **flag == wanted);
    Some(start..start + run.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::DUPLICATE_OF;

    fn parcel(names: &[&str], value: f32) -> Parcel {
        let heads = names.iter().map(|name| CutoutHead {
            name: (*name).to_owned(),
            ..CutoutHead::default()
        });
        Parcel {
            heads: heads.collect(),
            raw: vec![value; names.len() * PIXELS],
            images: vec![value; names.len() * PIXELS],
            ..Parcel::default()
        }
    }

    #[test]
    fn a_source_that_is_read_again_keeps_its_place_and_the_ids_of_its_galaxies() {
        let mut all = Collection::default();
        all.append(0, parcel(&["a"], 0.1));
        all.append(1, parcel(&["b", "c"], 0.2));
        all.append(2, parcel(&["d"], 0.3));
        all.name_ids();
        all.set_codes(0, &[7; 4 * CODES], &[1.0; 4 * CODES]);
        assert_eq!(all.encoded(), 4);
        all.replace(1, vec![parcel(&["c", "new", "newer"], 0.9)]);
        all.name_ids();
        let told: Vec<(&str, i64)> = all.galaxies.iter().map(|g| (g.name.as_str(), g.id)).collect();
        assert_eq!(told, [("a", 1), ("c", 3), ("new", 2), ("newer", 5), ("d", 4)]);
        assert_eq!(all.to_encode(0, 32), Some(1..4));
        assert_eq!(all.to_encode(0, 2), Some(1..3));
        assert_eq!(all.to_encode(4, 2), None);
        // Read again without a change, it keeps its codes as well.
        let before = all.encoded();
        all.replace(0, vec![parcel(&["a"], 0.1)]);
        assert_eq!(all.encoded(), before);
        assert_eq!(all.image(1)[0], 0.9);
        assert_eq!(all.image(4)[0], 0.3);
        // Cutouts without contrast are all alike.
        assert_eq!(all.mark_duplicates(), [(0, 1), (0, 2), (0, 3), (0, 4)]);
        assert_eq!(all.original_of(3), Some(0));
        assert_eq!(all.galaxies[3].about.columns[DUPLICATE_OF], "1");
        all.keep(&[4, 0]);
        assert_eq!(all.mark_duplicates(), [(0, 1)]);
        assert_eq!((all.len(), all.encoded(), all.image(0)[0]), (2, 2, 0.3));
    }
}
