//! What the workers say.

use super::file_list::ReportSummary;
use super::{encoding, failure, linkage, reading, study, tables};
use crate::page_model::collection::CutoutBatch;
use crate::page_model::insight::Topic;
use crate::page_model::pool::Event;
use crate::page_model::protocol::{Backend, Buffer, Ready, Report};
use crate::page_model::stage::DeviceState;
use crate::page_model::state::PageState;
use std::sync::Arc;

/// Takes what the workers say.
pub fn on_worker_event<F: Clone>(page: &mut PageState<F>, event: Event, has_time: &mut dyn FnMut() -> bool) {
    match event {
        Event::Report { report, buffers } => reported(page, report, buffers, has_time),
        Event::Lost { request, reason } => failure::lost(page, &request, &reason, has_time),
        Event::FellBack { reason } => {
            page.set_device(DeviceState::Loading(0.0, 0.0));
            page.say(format!("The processor does the computing now, because {reason}."));
        }
        Event::Unusable { reason } => failure::unusable(page, &reason),
    }
}

fn reported<F: Clone>(
    page: &mut PageState<F>,
    report: Report,
    buffers: Vec<Buffer>,
    has_time: &mut dyn FnMut() -> bool,
) {
    match report {
        Report::Ready(ready) => device_ready(page, ready),
        Report::Loading { done, total } => {
            if matches!(page.device, DeviceState::Loading(..)) {
                page.set_device(DeviceState::Loading(done, total));
            }
        }
        Report::Cutouts {
            file: source,
            member,
            verdict,
            cutouts,
            questions,
            tables,
            more,
        } => {
            let [raw, images, previews, codes, vectors] = Buffer::first(buffers);
            let cutout_batch = CutoutBatch {
                heads: cutouts,
                raw: raw.into_u8(),
                images: images.into_f32(),
                previews: previews.into_u8(),
                codes: codes.into_u8(),
                vectors: vectors.into_f64(),
            };
            let arrival = ReportSummary {
                source,
                member,
                verdict,
                questions,
                tables,
                more,
            };
            reading::arrived(page, arrival, cutout_batch, has_time);
        }
        Report::Level { file, level } => reading::found_level(page, file, level),
        Report::Field { file, name, mut view } => {
            let [grey] = Buffer::first(buffers);
            view.grey = grey.into_u8();
            reading::found_field(page, file, name, view);
        }
        Report::Joined {
            file,
            name,
            verdict,
            facts,
            questions,
            more,
        } => {
            let replaced = page.collection.add_facts(facts);
            let joined = tables::Joined {
                name: &name,
                verdict,
                questions,
                replaced,
                more,
            };
            tables::joined(page, file, joined);
        }
        Report::Encoded { first } => {
            let [codes, margins] = Buffer::first(buffers);
            encoding::encoded(page, first as usize, &codes.into_u8(), &margins.into_f32());
        }
        Report::Placed { first } => {
            let [vectors, unlike] = Buffer::first(buffers);
            encoding::placed(page, first as usize, &vectors.into_f64(), &unlike.into_f64());
        }
        Report::ReconstructedMany { first } => {
            let [images] = Buffer::first(buffers);
            encoding::decoded(page, first as usize, &images.into_f32());
        }
        Report::BuildingTree { done, total } => linkage::progressed(page, done, total),
        Report::TreeBuilt { leaves, inversions } => {
            let [a, b, heights] = Buffer::first(buffers);
            let (a, b, heights) = (a.into_u32(), b.into_u32(), heights.into_f64());
            linkage::built(page, leaves as usize, inversions as usize, (&a, &b, &heights));
        }
        Report::Measured { tree, first } => {
            let [structure, flags] = Buffer::first(buffers);
            study::measured(
                page,
                tree,
                first as usize,
                (&structure.into_f64(), &flags.into_u8()),
            );
        }
        Report::TestingSteadiness { done, total } => {
            study::progressed(page, Topic::Steadiness, done as usize, total as usize);
        }
        Report::SteadinessTested { tree, cut } => {
            let [galaxies, means] = Buffer::first(buffers);
            study::tested(page, tree, cut, galaxies.into_f64(), means.into_f64());
        }
        Report::QualityMeasured { tree, cophenetic } => {
            let [silhouettes, indices] = Buffer::first(buffers);
            study::rated(
                page,
                tree,
                cophenetic,
                &silhouettes.into_f64(),
                &indices.into_f64(),
            );
        }
        Report::MakingMap { done, total } => {
            study::progressed(page, Topic::Map, done as usize, total as usize);
        }
        Report::MapMade { tree } => {
            let [places] = Buffer::first(buffers);
            study::mapped(page, tree, places.into_f32());
        }
        Report::Reconstructed { row } => {
            let [image] = Buffer::first(buffers);
            let row = row as usize;
            // The answer for a galaxy that was closed meanwhile would hide that for the one that is open.
            if page.session.galaxy == Some(row) {
                page.set_reconstruction(Some((row, Arc::new(image.into_f32()))));
            }
        }
        Report::NotReconstructed { reason } => {
            page.complain(format!("{reason}."));
            encoding::decode_next(page);
        }
        // A request that belongs to no job; what belongs to one comes as a lost job.
        Report::Failed { reason } => page.complain(format!("That did not work: {reason}.")),
        Report::Hello
        | Report::ModelInUse
        | Report::Timed(_)
        | Report::Unusable { .. }
        | Report::Inspected
        | Report::Crashed { .. } => {}
    }
}

/// The first device that is ready is shown, or the one that was chosen.
fn device_ready<F>(page: &mut PageState<F>, ready: Ready) {
    let is_better = match &page.device {
        DeviceState::Ready(now) => {
            ready.trial.is_some() || (now.backend == Backend::Cpu && ready.backend != Backend::Cpu)
        }
        _ => true,
    };
    if is_better {
        page.set_device(DeviceState::Ready(Box::new(ready)));
    }
}
