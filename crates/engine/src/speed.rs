//! How fast this worker is: what the page chooses the device by.

use super::outbox::post;
use super::{reference, shape};
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::cutout::simulate::simulate;
use galaxy_grove::page_model::protocol::{Report, TimedWork, Timing};
use grove_browser::Envelope;
use grove_model::ExtractError;

/// Galaxies that the page sends together to be encoded and to be placed.
const TOGETHER: [(TimedWork, usize); 2] = [(TimedWork::Encode, 32), (TimedWork::Place, 8)];
/// The first round compiles; the best of the others counts.
const ROUNDS: usize = 4;

/// Says how fast work on `pixels` pixels was that began at `begun` (milliseconds).
pub fn report(work: TimedWork, pixels: usize, begun: f64) {
    // The clock's steps may be longer than the work.
    let seconds = ((js_sys::Date::now() - begun) / 1000.0).max(0.0005);
    let per_second = (pixels / PIXELS) as f64 / seconds;
    post(Envelope::new(Report::Timed(Timing { work, per_second })));
}

/// Times a graphics processor with made galaxies, which also compiles what it will need.
///
/// # Errors
/// With a sentence when a model cannot be loaded, or the device fails.
pub async fn try_out() -> Result<(), String> {
    for (work, together) in TOGETHER {
        let images = simulate(1, together).image;
        for round in 0..ROUNDS {
            let begun = js_sys::Date::now();
            run(work, &images).await?;
            if round > 0 {
                report(work, images.len(), begun);
            }
        }
    }
    Ok(())
}

async fn run(work: TimedWork, images: &[f32]) -> Result<(), String> {
    let failed = |error: ExtractError| error.to_string();
    match work {
        TimedWork::Encode => {
            let model = reference::model().await.map_err(reason)?;
            model.extract(images).await.map(drop).map_err(failed)
        }
        TimedWork::Place => {
            let model = shape::model().await.map_err(reason)?;
            model.place(images).await.map(drop).map_err(failed)
        }
    }
}

fn reason(report: Report) -> String {
    match report {
        Report::Failed { reason } | Report::Unusable { reason } => reason,
        _ => "the model could not be loaded".to_owned(),
    }
}
