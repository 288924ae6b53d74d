//! What the workers say.

use super::file_list::Arrival;
use super::{encoding, failure, linkage, reading, tables};
use crate::page_model::collection::Parcel;
use crate::page_model::pool::Event;
use crate::page_model::protocol::{Backend, Bulk, Ready, Report};
use crate::page_model::stage::DeviceState;
use crate::page_model::state::PageState;
use std::sync::Arc;

/// Takes what the workers say.
pub fn heard<F: Clone>(page: &mut PageState<F>, event: Event, has_time: &mut dyn FnMut() -> bool) {
    match event {
        Event::Report { report, bulk } => reported(page, report, bulk, has_time),
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
    bulk: Vec<Bulk>,
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
            let [raw, images, previews, codes] = Bulk::first(bulk);
            let parcel = Parcel {
                heads: cutouts,
                raw: raw.into_f32(),
                images: images.into_f32(),
                previews: previews.into_u8(),
                codes: codes.into_u8(),
            };
            let arrival = Arrival {
                source,
                member,
                verdict,
                questions,
                tables,
                more,
            };
            reading::arrived(page, arrival, parcel, has_time);
        }
        Report::Field { file, name, mut view } => {
            let [grey] = Bulk::first(bulk);
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
            let [codes, margins] = Bulk::first(bulk);
            encoding::encoded(page, first as usize, &codes.into_u8(), &margins.into_f32());
        }
        Report::Depicted { first } => {
            let [images] = Bulk::first(bulk);
            encoding::decoded(page, first as usize, &images.into_f32());
        }
        Report::Growing { done, total } => linkage::progressed(page, done, total),
        Report::Grown { leaves } => {
            let [a, b, heights] = Bulk::first(bulk);
            let (a, b, heights) = (a.into_u32(), b.into_u32(), heights.into_f64());
            linkage::built(page, leaves as usize, &a, &b, &heights);
        }
        Report::Reconstructed { row } => {
            let [image] = Bulk::first(bulk);
            let row = row as usize;
            // The answer for a galaxy that was closed meanwhile would hide that for the one that is open.
            if page.session.galaxy == Some(row) {
                page.set_reconstruction(Some((row, Arc::new(image.into_f32()))));
            }
        }
        Report::NotDepicted { reason } => {
            page.complain(format!("{reason}."));
            encoding::decode_next(page);
        }
        // A request that belongs to no job; what belongs to one comes as a lost job.
        Report::Failed { reason } => page.complain(format!("That did not work: {reason}.")),
        Report::Hello
        | Report::ModelInUse
        | Report::Unusable { .. }
        | Report::Inspected
        | Report::Crashed { .. } => {}
    }
}

/// The first device that is ready is shown, or a better one.
fn device_ready<F>(page: &mut PageState<F>, ready: Ready) {
    let is_better = match &page.device {
        DeviceState::Ready(now) => now.backend == Backend::Cpu && ready.backend != Backend::Cpu,
        _ => true,
    };
    if is_better {
        page.set_device(DeviceState::Ready(Box::new(ready)));
    }
}
