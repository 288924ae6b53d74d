//! The figures of a run's losses.

use galaxy_grove::figure::{Chart, Figure, Series, charts};
use grove_model::training::Run;
use grove_model::training::metrics::{Record, curve};

/// Three panels as in the reference's figure: NMSE of training and validation, the silhouette, the perplexity. Each point
/// is a mean over a run of steps, 100 in all but short runs.
pub fn losses(run: &Run, data: &str) -> Figure {
    let records = &run.records;
    let every = if records.len() >= 1000 {
        100
    } else {
        (records.len() / 20).max(1)
    };
    let of = |number: fn(&Record) -> Option<f64>| curve(records, every, number);
    let (training, batches) = (of(|r| Some(r.reconstruction)), of(|r| r.validation));
    let all = curve(records, 1, |r| r.validation_all);
    let (silhouettes, perplexities) = (of(|r| r.silhouette), of(|r| Some(r.perplexity)));
    let panel = |title, log, series| Chart {
        title,
        x_label: "step (one batch)",
        log,
        series,
    };
    let series = |name, points| Series { name, points };
    charts(
        &format!("Training on {data}: means over {every} steps"),
        &[
            panel(
                "Reconstruction error (NMSE)",
                true,
                vec![
                    series("training", &training),
                    series("validation", &batches),
                    series("validation, all", &all),
                ],
            ),
            panel(
                "Silhouette of the previous batch",
                true,
                vec![series("silhouette", &silhouettes)],
            ),
            panel(
                "Codes in use (perplexity)",
                false,
                vec![series("perplexity", &perplexities)],
            ),
        ],
    )
}
