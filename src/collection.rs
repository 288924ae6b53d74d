//! The galaxies on the page, as columns. The page owns them: workers come and go.

use crate::cutout::{CODES, PIXELS};
use crate::intake::unique_ids;
use crate::protocol::CutoutHead;
use std::collections::BTreeMap;

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
}

/// Cutouts that a worker read from one file, not yet in the catalogue.
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
}

/// All galaxies.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Facts. `[N]`
    pub galaxies: Vec<Galaxy>,
    /// Cutouts before the sky was cleared, for display. `[N * 4096]`
    pub raw: Vec<u8>,
    /// What the model sees. `[N * 4096]`
    pub images: Vec<f32>,
    /// Codes, as far as encoded. `[N * 64]`
    pub codes: Vec<u8>,
    /// Margins, as far as encoded. `[N * 64]`
    pub margins: Vec<f32>,
    /// Galaxies whose codes are known.
    pub encoded: usize,
}

/// A pixel for the eye.
pub fn grey(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

impl Catalogue {
    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.galaxies.len()
    }

    /// Appends the parcels in the order of their files, so that rows do not depend on which worker was faster. Ids are
    /// made unique by the rule of the command line.
    pub fn append(&mut self, parcels: BTreeMap<u32, Vec<Parcel>>) {
        let parcels: Vec<Parcel> = parcels.into_values().flatten().collect();
        let heads = parcels.iter().flat_map(|parcel| &parcel.heads);
        let wanted: Vec<Option<i64>> = heads
            .map(|head| head.id.as_deref().and_then(|id| id.parse().ok()))
            .collect();
        let taken = self.galaxies.iter().map(|galaxy| galaxy.id).collect();
        let mut assigned = unique_ids(&wanted, &taken).into_iter();
        for parcel in parcels {
            let mut previews = parcel.previews.as_slice();
            for (head, given) in parcel.heads.into_iter().zip(assigned.by_ref()) {
                let size = (head.preview.0 as usize, head.preview.1 as usize);
                let (mine, rest) = previews.split_at((size.0 * size.1).min(previews.len()));
                previews = rest;
                let preview = (!mine.is_empty()).then(|| Preview {
                    size,
                    pixels: mine.to_vec(),
                    square: head.square,
                });
                let remarks = head.remarks.into_iter().chain(given.remark()).collect();
                self.galaxies.push(Galaxy {
                    id: given.id,
                    name: head.name,
                    preview,
                    sky: head.sky,
                    remarks,
                });
            }
            self.raw.extend(parcel.raw.iter().map(|&value| grey(value)));
            self.images.extend(parcel.images);
        }
    }

    /// Forgets all galaxies after the first `count`, whose codes are all known.
    pub fn truncate(&mut self, count: usize) {
        self.galaxies.truncate(count);
        self.raw.truncate(count * PIXELS);
        self.images.truncate(count * PIXELS);
        self.codes.truncate(count * CODES);
        self.margins.truncate(count * CODES);
        self.encoded = count;
    }

    /// Keeps only these rows, in this order.
    pub fn keep(&mut self, rows: &[usize]) {
        let pick = |column: &[f32]| -> Vec<f32> {
            rows.iter()
                .flat_map(|&row| column[row * PIXELS..(row + 1) * PIXELS].iter().copied())
                .collect()
        };
        let images = pick(&self.images);
        let raw = rows
            .iter()
            .flat_map(|&row| self.raw[row * PIXELS..(row + 1) * PIXELS].iter().copied())
            .collect();
        let codes = rows
            .iter()
            .flat_map(|&row| self.codes[row * 64..(row + 1) * 64].iter().copied())
            .collect();
        let margins = rows
            .iter()
            .flat_map(|&row| self.margins[row * 64..(row + 1) * 64].iter().copied())
            .collect();
        let galaxies = rows.iter().map(|&row| self.galaxies[row].clone()).collect();
        (self.images, self.raw, self.codes, self.margins, self.galaxies) =
            (images, raw, codes, margins, galaxies);
        self.encoded = rows.len();
    }

    /// Puts codes where they belong.
    pub fn set_codes(&mut self, first: usize, codes: &[u8], margins: &[f32]) {
        let needed = self.len() * 64;
        self.codes.resize(needed, 0);
        self.margins.resize(needed, 0.0);
        let at = first * 64;
        if let (Some(to), Some(to_margins)) = (
            self.codes.get_mut(at..at + codes.len()),
            self.margins.get_mut(at..at + margins.len()),
        ) {
            to.copy_from_slice(codes);
            to_margins.copy_from_slice(margins);
            self.encoded += codes.len() / 64;
        }
    }

    /// The prepared image of a row; empty when there is no such row.
    pub fn image(&self, row: usize) -> &[f32] {
        self.images.get(row * PIXELS..(row + 1) * PIXELS).unwrap_or(&[])
    }

    /// The raw cutout of a row; empty when there is no such row.
    pub fn raw(&self, row: usize) -> &[u8] {
        self.raw.get(row * PIXELS..(row + 1) * PIXELS).unwrap_or(&[])
    }
}
