//! What is found out about the tree that is shown: structure, steadiness, quality, the map.

use super::answer::Answer;
use super::outbox::now_and_then;
use galaxy_grove::compared::{Compared, QualityOfCut};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::grouping::{self, GroupingError, Linkage, Tree, TreeOrder};
use galaxy_grove::map::umap;
use galaxy_grove::page_model::protocol::{Report, Request};
use galaxy_grove::structure::measures_of_cutout;
use grove_browser::{Buffer, Envelope};

/// Trees that a cut is held against.
const TREES: u32 = 30;

/// The map's seed: every visit shows the same map.
const SEED: u64 = 0;

/// Measures cutouts.
pub fn measure(tree: u64, first: u32, mut envelope: Envelope<Request>) -> Answer {
    let [images] = envelope.take();
    let images = images.into_f32();
    let (mut measures, mut flags) = (Vec::new(), Vec::new());
    for image in images.chunks_exact(PIXELS) {
        let (numbers, doubts) = measures_of_cutout(image);
        measures.extend(numbers);
        flags.push(doubts);
    }
    Ok(Envelope::with(
        Report::Measured { tree, first },
        vec![Buffer::F64(measures), Buffer::U8(flags)],
    ))
}

fn failed(error: &GroupingError) -> Report {
    Report::Failed {
        reason: error.to_string(),
    }
}

/// What galaxies are compared by.
fn compared(buffer: &Buffer, width: u32) -> Compared<'_> {
    match buffer {
        Buffer::U8(codes) => Compared::Codes(codes),
        Buffer::F64(vectors) => Compared::Vectors(vectors, width.max(1) as usize),
        _ => Compared::Codes(&[]),
    }
}

/// Tests how steady groups are.
pub fn steadiness(
    (tree, width): (u64, u32),
    cut: String,
    groups: u32,
    linkage: Linkage,
    mut envelope: Envelope<Request>,
) -> Answer {
    let [rows, labels] = envelope.take();
    let labels: Vec<usize> = labels
        .into_u32()
        .into_iter()
        .map(|label| label as usize)
        .collect();
    let mut report = now_and_then(|done, total| Report::TestingSteadiness { done, total });
    let mut each = |done: u32| {
        report(done as usize, TREES as usize);
        true
    };
    let compared = compared(&rows, width);
    let tree_of = |rows: &[usize]| compared.tree_of(rows, linkage);
    let found = grouping::steadiness(&labels, groups as usize, TREES, tree_of, &mut each);
    let found = found.map_err(|error| failed(&error))?;
    Ok(Envelope::with(
        Report::SteadinessTested { tree, cut },
        vec![Buffer::F64(found.galaxies), Buffer::F64(found.groups)],
    ))
}

/// Measures how good the tree and its cuts are.
pub fn quality((tree, width): (u64, u32), groups: &[u32], mut envelope: Envelope<Request>) -> Answer {
    let [rows, a, b, heights] = envelope.take();
    let compared = compared(&rows, width);
    let grown = Tree::from_columns(
        compared.galaxies(),
        &a.into_u32(),
        &b.into_u32(),
        &heights.into_f64(),
    );
    let grown = grown.map_err(|error| failed(&error))?;
    let wanted: Vec<usize> = groups.iter().map(|k| *k as usize).collect();
    let quality = compared.quality(&grown, &TreeOrder::new(&grown), &wanted);
    let column = |value: fn(&QualityOfCut) -> Option<f64>| {
        let values = quality.cuts.iter().map(value);
        Buffer::F64(values.map(|value| value.unwrap_or(f64::NAN)).collect())
    };
    let cophenetic = quality.cophenetic;
    Ok(Envelope::with(
        Report::QualityMeasured { tree, cophenetic },
        vec![column(|cut| cut.silhouette), column(|cut| cut.davies_bouldin)],
    ))
}

/// Puts galaxies on a map.
pub fn map((tree, width): (u64, u32), mut envelope: Envelope<Request>) -> Answer {
    let [rows] = envelope.take();
    let compared = compared(&rows, width);
    let mut report = now_and_then(|done, total| Report::MakingMap { done, total });
    let near = compared.near(&mut |_, all| report(0, all));
    let near = near.map_err(|error| failed(&error))?;
    let places = umap(&near, &compared.principal(), SEED, &mut |done, total| {
        report(done as usize, total as usize);
        true
    });
    Ok(Envelope::with(
        Report::MapMade { tree },
        vec![Buffer::F32(places)],
    ))
}
