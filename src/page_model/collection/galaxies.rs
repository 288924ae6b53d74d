//! All galaxies: a row each, and the arrays that are computed on.

use super::cutout_batch::CutoutBatch;
use super::galaxy::Galaxy;
use super::row::{Picture, Row};
use crate::catalogue::merge;
use crate::cutout::{About, CODES, DUPLICATE_OF, Duplicates, PIXELS, is_same};
use crate::intake::unique_ids;
use crate::page_model::protocol::Level;
use crate::shape::DIMENSIONS;
use crate::structure::{MEASURES, NOTHING_TO_MEASURE, StructureFlag};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// All galaxies, in the order of their sources.
#[derive(Debug, Default)]
pub struct Collection {
    rows: Vec<Row>,
    /// Codes, as far as encoded. `[N * 64]`
    codes: Vec<u8>,
    /// Margins, as far as encoded. `[N * 64]`
    margins: Vec<f32>,
    /// The cutouts so far, for finding those that are equal to them.
    seen: Duplicates,
    /// Rows that were compared with those before them.
    compared: usize,
    /// Where these galaxies are in a larger tree.
    level: Option<Arc<Level>>,
}

impl Collection {
    /// Notes that the galaxies that come next are a part of a larger tree.
    pub fn set_level(&mut self, level: Level) {
        self.level = Some(Arc::new(level));
    }

    /// Where the galaxies are in a larger tree, if they are a whole part of one.
    pub fn level(&self) -> Option<&Arc<Level>> {
        self.level
            .as_ref()
            .filter(|level| level.leaves() == self.rows.len())
    }

    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is no galaxy.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Galaxies whose place by the recipe `shape` is known.
    pub fn placed(&self) -> usize {
        self.rows.iter().filter(|row| row.place.is_some()).count()
    }

    /// Galaxies that came as codes, without a picture: only the recipe `reference` can group them.
    pub fn without_pictures(&self) -> usize {
        self.rows.iter().filter(|row| row.picture.is_none()).count()
    }

    /// The next rows from `from` on whose place is not known, `most` at most, side by side.
    pub fn to_place(&self, from: usize, most: usize) -> Option<Range<usize>> {
        self.run(from, most, |row| row.place.is_none() && row.picture.is_some())
    }

    /// Puts places where they belong: vectors `[n * 16]`, and how unusual each galaxy is.
    pub fn set_places(&mut self, first: usize, vectors: &[f64], unlike: &[f64]) {
        let rows = self.rows.get_mut(first..).unwrap_or_default();
        for ((row, vector), unlike) in rows.iter_mut().zip(vectors.chunks_exact(DIMENSIONS)).zip(unlike) {
            row.place = Some((vector.into(), *unlike));
        }
    }

    /// The vectors of all galaxies, `[N * 16]`; `None` as long as one is not placed.
    pub fn vectors(&self) -> Option<Vec<f64>> {
        let mut all = Vec::with_capacity(self.rows.len() * DIMENSIONS);
        for row in &self.rows {
            all.extend_from_slice(&row.place.as_ref()?.0);
        }
        Some(all)
    }

    /// Galaxies whose file gave a vector.
    pub fn with_vectors(&self) -> usize {
        self.galaxies()
            .filter(|galaxy| !galaxy.about.vector.is_empty())
            .count()
    }

    /// The numbers of one vector, if all galaxies came with one, and all of one length.
    pub fn vector_width(&self) -> Option<usize> {
        let mut widths = self.galaxies().map(|galaxy| galaxy.about.vector.len());
        let first = widths.next().filter(|width| *width > 0)?;
        widths.all(|width| width == first).then_some(first)
    }

    /// The vectors that the galaxies came with, `[N * width]`; `None` where not all have one, and of one length.
    pub fn given_vectors(&self) -> Option<(Vec<f64>, usize)> {
        let width = self.vector_width()?;
        let vectors = self.galaxies().flat_map(|galaxy| &galaxy.about.vector);
        Some((vectors.copied().collect(), width))
    }

    /// Galaxies that can be compared by vectors only: they came without a picture and without codes.
    pub fn vectors_only(&self) -> usize {
        let lacks = |row: &&Row| row.picture.is_none() && !row.is_encoded;
        self.rows.iter().filter(lacks).count()
    }

    /// How unusual a galaxy is: the share of the model's training galaxies that are less so; above 1 beyond all of them.
    pub fn unlike(&self, row: usize) -> Option<f64> {
        Some(self.rows.get(row)?.place.as_ref()?.1)
    }

    /// Galaxies whose structure was measured.
    pub fn measured(&self) -> usize {
        self.rows.iter().filter(|row| row.structure.is_some()).count()
    }

    /// The next rows that were not measured, `most` at most, side by side. What was decoded from codes is the model's picture, not the galaxy's.
    pub fn to_measure(&self, most: usize) -> Option<Range<usize>> {
        let is_own = |row: &Row| {
            row.picture
                .as_ref()
                .is_some_and(|picture| picture.likeness.is_some())
        };
        self.run(0, most, |row| row.structure.is_none() && is_own(row))
    }

    /// Puts measures, `[n * 12]`, and their flags, `[n]`, where they belong.
    pub fn set_structure(&mut self, first: usize, structure: &[f64], flags: &[u8]) {
        let rows = self.rows.get_mut(first..).unwrap_or_default();
        for ((row, measures), flags) in rows.iter_mut().zip(structure.chunks_exact(MEASURES)).zip(flags) {
            row.structure = Some((measures.into(), *flags));
        }
    }

    /// The measures of one galaxy's structure, in the order of [`crate::structure::NUMBERS`]; NaN where one would mean nothing.
    pub fn structure_of(&self, row: usize) -> Option<&[f64]> {
        Some(&self.rows.get(row)?.structure.as_ref()?.0)
    }

    /// The flags of one galaxy's measures, as they are written in tables.
    pub fn structure_flags(&self, row: usize) -> Option<String> {
        let (_, bits) = self.rows.get(row)?.structure.as_ref()?;
        let names: Vec<&str> = StructureFlag::of_bits(*bits).map(StructureFlag::name).collect();
        if names.is_empty() {
            return Some(NOTHING_TO_MEASURE.to_owned());
        }
        Some(names.join(" "))
    }

    /// The measures of all galaxies, `[N * 12]`; NaN where there is none.
    pub fn structure(&self) -> Vec<f64> {
        let unknown = [f64::NAN; MEASURES];
        let rows = self.rows.iter();
        rows.flat_map(|row| {
            row.structure
                .as_ref()
                .map_or(&unknown[..], |(measures, _)| measures)
        })
        .copied()
        .collect()
    }

    /// True when a galaxy's codes are known.
    pub fn is_encoded(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.is_encoded)
    }

    /// Galaxies whose codes are known.
    pub fn encoded(&self) -> usize {
        self.rows.iter().filter(|row| row.is_encoded).count()
    }

    /// The facts of all galaxies, row by row.
    pub fn galaxies(&self) -> impl Iterator<Item = &Galaxy> {
        self.rows.iter().map(|row| &row.galaxy)
    }

    /// The facts of one galaxy.
    pub fn galaxy(&self, row: usize) -> Option<&Galaxy> {
        self.rows.get(row).map(|row| &row.galaxy)
    }

    /// The codes of all galaxies, zero where they are not known yet. `[N * 64]`
    pub fn all_codes(&self) -> &[u8] {
        &self.codes
    }

    /// Appends a parcel of a source. Ids are still to be [named](Self::name_ids).
    pub fn append(&mut self, source: u32, cutout_batch: CutoutBatch) {
        for (row, codes) in cutout_batch.into_rows(source) {
            self.rows.push(row);
            self.codes.extend(codes.unwrap_or_else(|| vec![0; CODES]));
        }
        self.margins.resize(self.rows.len() * CODES, 0.0);
        self.find_duplicates();
    }

    /// Compares the galaxies that were not compared yet with those before them.
    fn find_duplicates(&mut self) {
        while self.compared < self.rows.len() {
            let at = self.compared;
            self.compared += 1;
            let rows = &self.rows;
            let picture = |row: usize| rows.get(row).and_then(|row| row.picture.as_ref());
            let likeness = picture(at).and_then(|picture| picture.likeness.as_ref());
            let image = |row: usize| picture(row).map(|picture| picture.pixels.image());
            let is_like = |other: usize| match (image(other), image(at)) {
                (Some(other), Some(this)) => is_same(&other, &this),
                _ => false,
            };
            let original = likeness.and_then(|likeness| self.seen.add_with(at, likeness, is_like));
            if let Some(row) = self.rows.get_mut(at) {
                row.original = original;
            }
        }
    }

    /// Compares all galaxies again: their rows have changed.
    fn restart_duplicate_search(&mut self) {
        self.seen = Duplicates::default();
        self.compared = 0;
        self.find_duplicates();
    }

    /// The rows of a source's galaxies.
    pub fn rows_of(&self, source: u32) -> Range<usize> {
        let start = self.rows.partition_point(|row| row.galaxy.source < source);
        start..self.rows.partition_point(|row| row.galaxy.source <= source)
    }

    /// Puts parcels in the place of all that came from their source before. A galaxy of the same name keeps its id, and its
    /// codes too if its image is the same.
    pub fn replace(&mut self, source: u32, cutout_batches: Vec<CutoutBatch>) {
        let mut fresh = Self::default();
        for cutout_batch in cutout_batches {
            fresh.append(source, cutout_batch);
        }
        self.level = None;
        let Range { start, end } = self.rows_of(source);
        let named = (start..end).filter(|&row| self.galaxy(row).is_some_and(|galaxy| galaxy.named));
        // Of two of one name the first counts.
        let mut old: BTreeMap<String, usize> = named
            .rev()
            .filter_map(|row| Some((self.galaxy(row)?.name.clone(), row)))
            .collect();
        for at in 0..fresh.len() {
            let Some(galaxy) = fresh.rows.get_mut(at).map(|row| &mut row.galaxy) else {
                continue;
            };
            let Some(row) = old.remove(&galaxy.name) else {
                continue;
            };
            if let Some(before) = self.galaxy(row) {
                (galaxy.id, galaxy.named) = (before.id, true);
            }
            let is_encoded = self.rows.get(row).is_some_and(|row| row.is_encoded);
            let pictures = self.picture(row).zip(fresh.picture(at));
            if !pictures.is_some_and(|(before, now)| before.pixels.has_image_of(&now.pixels)) {
                continue;
            }
            if is_encoded {
                fresh.set_codes(at, self.codes(row), self.margins(row));
            }
            let old = self.rows.get(row);
            let place = old.and_then(|row| row.place.clone());
            let structure = old.and_then(|row| row.structure.clone());
            if let Some(row) = fresh.rows.get_mut(at) {
                (row.place, row.structure) = (place, structure);
            }
        }
        self.rows.splice(start..end, fresh.rows);
        self.codes.splice(start * CODES..end * CODES, fresh.codes);
        self.margins.splice(start * CODES..end * CODES, fresh.margins);
        self.restart_duplicate_search();
    }

    /// Gives every galaxy that has none yet an id, unique by the rule of the command line.
    pub fn name_ids(&mut self) {
        let named = self.galaxies().filter(|galaxy| galaxy.named);
        let mut taken = named.map(|galaxy| galaxy.id).collect();
        let nameless = self.galaxies().filter(|galaxy| !galaxy.named);
        let wanted: Vec<Option<i64>> = nameless.map(|galaxy| galaxy.wanted).collect();
        let nameless = self.rows.iter_mut().map(|row| &mut row.galaxy);
        let nameless = nameless.filter(|galaxy| !galaxy.named);
        for (galaxy, given) in nameless.zip(unique_ids(&wanted, &mut taken)) {
            galaxy.remarks.extend(given.remark());
            (galaxy.id, galaxy.named) = (given.id, true);
        }
    }

    /// Adds what a table says of galaxies, by their rows. Returns the columns that said something else before, with the number
    /// of galaxies.
    pub fn add_facts(&mut self, facts: Vec<(u32, About)>) -> BTreeMap<String, usize> {
        let mut replaced = BTreeMap::new();
        for (row, about) in facts {
            let Some(Row { galaxy, .. }) = self.rows.get_mut(row as usize) else {
                continue;
            };
            galaxy
                .file_says
                .get_or_insert_with(|| Box::new(galaxy.about.clone()));
            for column in merge(&mut galaxy.about, about) {
                *replaced.entry(column).or_default() += 1;
            }
        }
        replaced
    }

    /// Forgets what tables said: only what the files say stays.
    pub fn clear_tables(&mut self) {
        for galaxy in self.rows.iter_mut().map(|row| &mut row.galaxy) {
            if let Some(own) = galaxy.file_says.take() {
                let original = galaxy.about.columns.remove(DUPLICATE_OF);
                galaxy.about = *own;
                galaxy.about.set_duplicate_of(original);
            }
        }
    }

    /// Notes in the facts of galaxies which earlier one they show again. Returns the pairs of rows: the first of its kind,
    /// and a later one. Galaxies that came as codes are not compared. Ids must have been [named](Self::name_ids).
    pub fn mark_duplicates(&mut self) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        for at in 0..self.rows.len() {
            let original = self.original_of(at);
            let id = original
                .and_then(|first| self.galaxy(first))
                .map(|galaxy| galaxy.id.to_string());
            if let Some(row) = self.rows.get_mut(at) {
                row.galaxy.about.set_duplicate_of(id);
                pairs.extend(original.map(|first| (first, at)));
            }
        }
        pairs
    }

    /// The galaxy that the one in `row` shows again.
    pub fn original_of(&self, row: usize) -> Option<usize> {
        self.rows.get(row)?.original
    }

    /// Forgets all galaxies after the first `count`, whose codes are all known.
    pub fn truncate(&mut self, count: usize) {
        self.level = None;
        self.rows.truncate(count);
        self.codes.truncate(count * CODES);
        self.margins.truncate(count * CODES);
        self.restart_duplicate_search();
    }

    /// Keeps only these rows, in this order.
    pub fn keep(&mut self, rows: &[usize]) {
        fn pick<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
            let each = rows.iter();
            let each = each.filter_map(|&row| column.get(row * CODES..(row + 1) * CODES));
            each.flatten().copied().collect()
        }
        let (codes, margins) = (pick(&self.codes, rows), pick(&self.margins, rows));
        // Moved, not copied: no row is wanted twice.
        let mut all: Vec<Option<Row>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        *self = Self {
            level: None,
            rows: rows.iter().filter_map(|&row| all.get_mut(row)?.take()).collect(),
            codes,
            margins,
            ..Self::default()
        };
        self.find_duplicates();
    }

    /// The next rows from `from` on whose codes are not known, `most` at most, side by side.
    pub fn to_encode(&self, from: usize, most: usize) -> Option<Range<usize>> {
        self.run(from, most, |row| !row.is_encoded)
    }

    /// The next rows from `from` on that have codes and no picture.
    pub fn to_reconstruct(&self, from: usize, most: usize) -> Option<Range<usize>> {
        self.run(from, most, |row| row.is_encoded && row.picture.is_none())
    }

    /// The first run of rows like that from `from` on, `most` long at most.
    fn run(&self, from: usize, most: usize, is_wanted: impl Fn(&Row) -> bool) -> Option<Range<usize>> {
        let start = from + self.rows.get(from..)?.iter().position(&is_wanted)?;
        let rest = self.rows.get(start..)?.iter().take(most);
        Some(start..start + rest.take_while(|row| is_wanted(row)).count())
    }

    /// Puts codes where they belong.
    pub fn set_codes(&mut self, first: usize, codes: &[u8], margins: &[f32]) {
        let at = first * CODES;
        if let (Some(to), Some(to_margins), Some(rows)) = (
            self.codes.get_mut(at..at + codes.len()),
            self.margins.get_mut(at..at + margins.len()),
            self.rows.get_mut(first..first + codes.len() / CODES),
        ) {
            to.copy_from_slice(codes);
            to_margins.copy_from_slice(margins);
            rows.iter_mut().for_each(|row| row.is_encoded = true);
        }
    }

    /// Puts pictures, decoded from codes, where there are none.
    pub fn set_pictures(&mut self, first: usize, images: &[f32]) {
        let rows = self.rows.get_mut(first..).unwrap_or_default();
        for (row, image) in rows.iter_mut().zip(images.chunks_exact(PIXELS)) {
            row.picture = Some(Picture::decoded(image));
        }
    }

    fn picture(&self, row: usize) -> Option<&Picture> {
        self.rows.get(row)?.picture.as_ref()
    }

    /// The prepared image of a row; empty when there is none.
    pub fn image(&self, row: usize) -> Vec<f32> {
        self.images(row..row + 1)
    }

    /// The images of these rows, one after another.
    pub fn images(&self, rows: Range<usize>) -> Vec<f32> {
        let mut images = Vec::with_capacity(rows.len() * PIXELS);
        let pictures = rows.filter_map(|row| self.picture(row));
        pictures.for_each(|picture| picture.pixels.append_to(&mut images));
        images
    }

    /// The codes of a row; empty when there is no such row.
    pub fn codes(&self, row: usize) -> &[u8] {
        self.codes_of(row..row + 1)
    }

    /// The codes of these rows, one after another; empty when not all of them are there.
    pub fn codes_of(&self, rows: Range<usize>) -> &[u8] {
        self.codes
            .get(rows.start * CODES..rows.end * CODES)
            .unwrap_or(&[])
    }

    /// The margins of a row; empty when there is no such row.
    pub fn margins(&self, row: usize) -> &[f32] {
        self.margins.get(row * CODES..(row + 1) * CODES).unwrap_or(&[])
    }

    /// The raw cutout of a row; empty when there is none.
    pub fn raw(&self, row: usize) -> Vec<u8> {
        self.picture(row)
            .map_or_else(Vec::new, |picture| picture.pixels.raw())
    }

    /// True when a row has a picture.
    pub fn has_picture(&self, row: usize) -> bool {
        self.picture(row).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cutout::DUPLICATE_OF;
    use crate::page_model::collection::grey;
    use crate::page_model::protocol::CutoutHead;

    fn cutout_batch(names: &[&str], value: f32) -> CutoutBatch {
        let heads = names.iter().map(|name| CutoutHead {
            name: (*name).to_owned(),
            ..CutoutHead::default()
        });
        CutoutBatch {
            heads: heads.collect(),
            raw: vec![grey(value); names.len() * PIXELS],
            images: vec![value; names.len() * PIXELS],
            ..CutoutBatch::default()
        }
    }

    #[test]
    fn a_source_that_is_read_again_keeps_its_place_and_the_ids_of_its_galaxies() {
        let mut all = Collection::default();
        all.append(0, cutout_batch(&["a"], 0.1));
        all.append(1, cutout_batch(&["b", "c"], 0.2));
        all.append(2, cutout_batch(&["d"], 0.3));
        all.name_ids();
        all.set_codes(0, &[7; 4 * CODES], &[1.0; 4 * CODES]);
        assert_eq!(all.encoded(), 4);
        all.replace(1, vec![cutout_batch(&["c", "new", "newer"], 0.9)]);
        all.name_ids();
        let listed: Vec<(&str, i64)> = all.galaxies().map(|g| (g.name.as_str(), g.id)).collect();
        assert_eq!(listed, [("a", 1), ("c", 3), ("new", 2), ("newer", 5), ("d", 4)]);
        assert_eq!(all.to_encode(0, 32), Some(1..4));
        assert_eq!(all.to_encode(0, 2), Some(1..3));
        assert_eq!(all.to_encode(4, 2), None);
        // Read again without a change, it keeps its codes as well.
        let before = all.encoded();
        all.replace(0, vec![cutout_batch(&["a"], 0.1)]);
        assert_eq!(all.encoded(), before);
        assert_eq!(all.image(1)[0], 0.9);
        assert_eq!(all.image(4)[0], 0.3);
        // Cutouts without contrast are all the same.
        assert_eq!(all.mark_duplicates(), [(0, 1), (0, 2), (0, 3), (0, 4)]);
        assert_eq!(all.original_of(3), Some(0));
        assert_eq!(all.galaxy(3).unwrap().about.columns[DUPLICATE_OF], "1");
        all.keep(&[4, 0]);
        assert_eq!(all.mark_duplicates(), [(0, 1)]);
        assert_eq!((all.len(), all.encoded(), all.image(0)[0]), (2, 2, 0.3));
    }
}
