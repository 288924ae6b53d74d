//! Galaxies as the page receives them.

use galaxy_grove::cutout::About;
use galaxy_grove::cutout::simulate;
use galaxy_grove::intake::{Galaxy, Question, Verdict};
use galaxy_grove::page_model::collection::grey;
use galaxy_grove::page_model::protocol::{CutoutHead, Report};
use grove_browser::{Buffer, Envelope};
use std::sync::Arc;

/// Makes galaxies.
pub fn simulate(file: u32, seed: u64, first: u32, count: u32) -> Envelope<Report> {
    let galaxies = (first..first + count)
        .map(|index| {
            let made = simulate::galaxy(seed, index as usize);
            Galaxy {
                id: Some(made.id),
                name: made.name,
                raw: made.raw,
                image: made.image,
                preview: None,
                square: None,
                sky: 0.0,
                sigma: 0.0,
                measures: None,
                about: About::default(),
                remarks: Vec::new(),
                is_numbered: false,
            }
        })
        .collect();
    cutout_batch(file, None, Verdict::Accepted, galaxies, &[], false, false)
}

/// Galaxies of a file, or of a part of it.
pub fn cutout_batch(
    file: u32,
    member: Option<String>,
    verdict: Verdict,
    galaxies: Vec<Galaxy>,
    questions: &[Question],
    tables: bool,
    more: bool,
) -> Envelope<Report> {
    let (mut raw, mut images, mut previews, mut vectors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut cutouts = Vec::with_capacity(galaxies.len());
    let mut last: Option<Arc<[u8]>> = None;
    for mut galaxy in galaxies {
        let vector = std::mem::take(&mut galaxy.about.vector);
        raw.extend(galaxy.raw.into_iter().map(grey));
        images.extend(galaxy.image);
        let size = galaxy
            .preview
            .as_ref()
            .map_or((0, 0), |preview| (preview.side as u32, preview.side as u32));
        let scale = galaxy.preview.as_ref().map_or((0.0, 0.0, 0.0), |preview| {
            (preview.scale, preview.corner.0, preview.corner.1)
        });
        let square = galaxy.preview.as_ref().and_then(|preview| preview.square);
        let grey = galaxy.preview.map(|preview| preview.grey);
        // The galaxies of one picture have one preview.
        let shares_preview = grey.is_some() && grey == last;
        if let Some(grey) = grey.as_ref().filter(|_| !shares_preview) {
            previews.extend(grey.iter());
        }
        last = grey;
        cutouts.push(CutoutHead {
            id: galaxy.id.map(|id| id.to_string()),
            name: galaxy.name,
            preview: size,
            shares_preview,
            square,
            scale,
            half_side: galaxy.square.map(|(_, _, half)| half),
            measures: galaxy.measures,
            sky: (galaxy.sigma > 0.0).then_some((galaxy.sky, galaxy.sigma)),
            about: galaxy.about,
            vector: vector.len() as u32,
            is_without_picture: false,
            remarks: galaxy.remarks,
        });
        vectors.extend(vector);
    }
    Envelope::with(
        Report::Cutouts {
            file,
            member,
            verdict,
            cutouts,
            questions: questions.to_vec(),
            tables,
            more,
        },
        vec![
            Buffer::U8(raw),
            Buffer::F32(images),
            Buffer::U8(previews),
            Buffer::U8(Vec::new()),
            Buffer::F64(vectors),
        ],
    )
}
