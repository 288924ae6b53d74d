//! What is found out about the tree that is shown: structure, steadiness, the map.

use super::answer::Answer;
use super::outbox::now_and_then;
use galaxy_grove::cutout::{CODES, PIXELS};
use galaxy_grove::grouping::{self, GroupingError, Linkage, Method, Tree};
use galaxy_grove::map::{NEIGHBOURS, code_shares, near_codes, near_vectors, principal, umap};
use galaxy_grove::page_model::protocol::{Report, Request};
use galaxy_grove::shape::DIMENSIONS;
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
    let measures = images.chunks_exact(PIXELS).flat_map(measures_of_cutout);
    let measures = Buffer::F64(measures.collect());
    Ok(Envelope::with(Report::Measured { tree, first }, vec![measures]))
}

fn failed(error: &GroupingError) -> Report {
    Report::Failed {
        reason: error.to_string(),
    }
}

/// The rows that are wanted, `width` numbers each.
fn picked<T: Copy>(all: &[T], width: usize, rows: &[usize]) -> Vec<T> {
    let each = rows
        .iter()
        .filter_map(|row| all.get(row * width..(row + 1) * width));
    each.flatten().copied().collect()
}

/// Tests how steady groups are.
pub fn steadiness(
    tree: u64,
    cut: String,
    groups: u32,
    linkage: Linkage,
    mut envelope: Envelope<Request>,
) -> Answer {
    let [compared, labels] = envelope.take();
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
    let k = groups as usize;
    let found = match compared {
        Buffer::F64(vectors) => {
            let tree_of = |rows: &[usize]| -> Result<Tree, GroupingError> {
                grouping::ward_vectors(&picked(&vectors, DIMENSIONS, rows), DIMENSIONS, None)
            };
            grouping::steadiness(&labels, k, TREES, tree_of, &mut each)
        }
        codes => {
            let codes = codes.into_u8();
            let tree_of = |rows: &[usize]| -> Result<Tree, GroupingError> {
                let method = Method {
                    linkage,
                    ..Method::default()
                };
                grouping::linkage(&picked(&codes, CODES, rows), CODES, method, None)
            };
            grouping::steadiness(&labels, k, TREES, tree_of, &mut each)
        }
    };
    let found = found.map_err(|error| failed(&error))?;
    Ok(Envelope::with(
        Report::SteadinessTested { tree, cut },
        vec![Buffer::F64(found.galaxies), Buffer::F64(found.groups)],
    ))
}

/// Puts galaxies on a map.
pub fn map(tree: u64, mut envelope: Envelope<Request>) -> Answer {
    let [compared] = envelope.take();
    let mut report = now_and_then(|done, total| Report::MakingMap { done, total });
    let (near, start) = match compared {
        Buffer::F64(vectors) => (
            near_vectors(&vectors, DIMENSIONS, NEIGHBOURS, &mut |_, all| report(0, all)),
            principal(&vectors, DIMENSIONS),
        ),
        codes => {
            let codes = codes.into_u8();
            let near = near_codes(&codes, CODES, NEIGHBOURS, &mut |_, all| report(0, all));
            let (shares, width) = code_shares(&codes, CODES);
            (near.map_err(|error| failed(&error))?, principal(&shares, width))
        }
    };
    let places = umap(&near, &start, SEED, &mut |done, total| {
        report(done as usize, total as usize);
        true
    });
    Ok(Envelope::with(
        Report::MapMade { tree },
        vec![Buffer::F32(places)],
    ))
}
