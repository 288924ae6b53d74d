//! The model of the recipe `reference`: fetched, verified and put to the known-answer test. On the processor when the first galaxies need
//! it; on a graphics processor at once, because that is what says whether its answers can be trusted.

use super::outbox::post;
use super::{device, loaded};
use galaxy_grove::checkpoint::Manifest;
use galaxy_grove::page_model::protocol::Report;
use grove_browser::{Envelope, fetch_bytes};
use grove_model::{Extractor, KnownAnswer};

/// The model, ready to run.
pub async fn model() -> Result<Extractor, Report> {
    if let Some(extractor) = loaded::model() {
        return Ok(extractor);
    }
    let (Some(manifest), Some(opened)) = (loaded::manifest(), loaded::device()) else {
        return Err(Report::Failed {
            reason: "the worker was not started".to_owned(),
        });
    };
    // A device that gives wrong answers is of no use for any galaxy.
    let (extractor, _) = load(&manifest, &opened)
        .await
        .map_err(|reason| Report::Unusable { reason })?;
    Ok(extractor)
}

/// Loads the model and tests it. Gives the number of known codes that it gave, too.
pub async fn load(manifest: &Manifest, opened: &device::Opened) -> Result<(Extractor, usize), String> {
    let folder = loaded::folder();
    let beside = |file: &str| format!("{}/{file}{}", folder.url, folder.version);
    let text = |error: grove_browser::FetchError| error.to_string();
    let size = manifest.bytes as f64;
    let weights = fetch_bytes(&beside(&manifest.file), |done, _| {
        post(Envelope::new(Report::Loading { done, total: size }));
    })
    .await
    .map_err(text)?;
    let weights = manifest.open(&weights).map_err(|error| error.to_string())?;
    let extractor = device::extractor(&weights, opened.device.clone()).map_err(|error| error.to_string())?;
    let answers = fetch_bytes(&beside("known-answer.safetensors"), |_, _| {})
        .await
        .map_err(text)?;
    let answers = KnownAnswer::read(&answers).map_err(|error| error.to_string())?;
    let test = answers.ask(&extractor).await.map_err(|error| error.to_string())?;
    if !test.passed() {
        return Err(format!(
            "the known-answer test failed on {} ({}): {} of {} codes were wrong",
            opened.backend.label(),
            opened.name,
            test.wrong,
            test.compared
        ));
    }
    loaded::replace(extractor.clone());
    Ok((extractor, test.compared))
}
