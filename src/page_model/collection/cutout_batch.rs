//! Galaxies on their way from a worker into the collection.

use super::galaxy::{Galaxy, PreviewImage};
use super::row::{Picture, Row};
use crate::cutout::{CODES, PIXELS};
use crate::page_model::protocol::CutoutHead;
use std::sync::Arc;

/// Cutouts that a worker read from one file, not yet in the collection.
#[derive(Debug, Clone, Default)]
pub struct CutoutBatch {
    /// Their facts.
    pub heads: Vec<CutoutHead>,
    /// Grey values for display `[N * 4096]`
    pub raw: Vec<u8>,
    /// f32 `[N * 4096]`
    pub images: Vec<f32>,
    /// The previews one after another.
    pub previews: Vec<u8>,
    /// u8 `[N * 64]`, instead of images, when the file holds codes.
    pub codes: Vec<u8>,
    /// The vectors one after another, of those that have one.
    pub vectors: Vec<f64>,
}

impl CutoutBatch {
    /// The number of galaxies.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// True when there is no galaxy in it.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The galaxies one by one, each with its codes where it came as codes.
    pub(super) fn into_rows(self, source: u32) -> impl Iterator<Item = (Row, Option<Vec<u8>>)> {
        let Self {
            heads,
            raw,
            images,
            previews,
            codes,
            vectors,
        } = self;
        let (mut at_preview, mut at_picture, mut at_vector) = (0, 0, 0);
        let mut last: Option<Arc<[u8]>> = None;
        heads.into_iter().enumerate().map(move |(at, mut head)| {
            let end = at_vector + head.vector as usize;
            head.about.vector = vectors.get(at_vector..end).unwrap_or_default().to_vec();
            at_vector = end;
            let size = (head.preview.0 as usize, head.preview.1 as usize);
            if !head.shares_preview {
                let end = (at_preview + size.0 * size.1).min(previews.len());
                let grey = previews.get(at_preview..end).filter(|grey| !grey.is_empty());
                last = grey.map(Arc::from);
                at_preview = end;
            }
            let preview = last.clone().map(|pixels| PreviewImage {
                size,
                pixels,
                square: head.square,
                scale: head.scale,
            });
            let pixels = at_picture * PIXELS..(at_picture + 1) * PIXELS;
            at_picture += usize::from(!head.is_without_picture);
            let has_picture = !head.is_without_picture;
            let picture = match (raw.get(pixels.clone()), images.get(pixels)) {
                (Some(raw), Some(image)) if has_picture => Some(Picture::cut(raw, image)),
                _ => None,
            };
            let codes = codes.get(at * CODES..(at + 1) * CODES).map(<[u8]>::to_vec);
            let row = Row {
                galaxy: galaxy(source, head, preview),
                picture,
                is_encoded: codes.is_some(),
                place: None,
                structure: None,
                original: None,
            };
            (row, codes)
        })
    }
}

fn galaxy(source: u32, head: CutoutHead, preview: Option<PreviewImage>) -> Galaxy {
    Galaxy {
        id: 0,
        wanted: head.id.as_deref().and_then(|id| id.parse().ok()),
        file_says: None,
        named: false,
        source,
        name: head.name,
        preview,
        sky: head.sky,
        measures: head.measures,
        half_side: head.half_side,
        about: head.about,
        remarks: head.remarks,
    }
}
