//! Fetching, verifying and testing the model.

use super::answer::Answer;
use super::outbox::post;
use super::{device, loaded};
use galaxy_grove::checkpoint::{Manifest, Weights};
use galaxy_grove::page_model::protocol::{Ready, Report, Request};
use grove_browser::{Envelope, fetch_bytes};
use grove_model::KnownAnswer;

/// Replaces the model by one that the page sends. There is no known answer for it.
pub async fn use_model(mut envelope: Envelope<Request>) -> Answer {
    let [weights] = envelope.take();
    let failed = |reason: String| Report::Failed { reason };
    let weights = Weights::from_safetensors(&weights.into_u8()).map_err(|error| failed(error.to_string()))?;
    let device = match loaded::model() {
        Some(extractor) => {
            device::of(&extractor).ok_or_else(|| failed("the model is on no device".to_owned()))?
        }
        None => device::open().await.map_err(failed)?.device,
    };
    let extractor = device::extractor(&weights, device).map_err(|error| failed(error.to_string()))?;
    loaded::replace(extractor);
    Ok(Envelope::new(Report::ModelInUse))
}

/// Brings the model up and tells the page how that went.
pub async fn start(manifest_url: &str, version: &str) {
    match start_device(manifest_url, version).await {
        Ok(ready) => post(Envelope::new(Report::Ready(ready))),
        Err(reason) => post(Envelope::new(Report::Unusable { reason })),
    }
}

async fn start_device(manifest_url: &str, version: &str) -> Result<Ready, String> {
    let begun = js_sys::Date::now();
    let folder = manifest_url.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |file: &str| format!("{folder}/{file}{version}");
    loaded::remember_folder(loaded::Folder {
        url: folder.to_owned(),
        version: version.to_owned(),
    });
    let text = |error: grove_browser::FetchError| error.to_string();
    let bytes = fetch_bytes(&format!("{manifest_url}{version}"), |_, _| {})
        .await
        .map_err(text)?;
    let manifest = Manifest::from_json(&bytes).map_err(|error| error.to_string())?;
    let opened = device::open().await?;
    let size = manifest.bytes as f64;
    let weights = fetch_bytes(&beside(&manifest.file), |done, _| {
        post(Envelope::new(Report::Loading { done, total: size }));
    })
    .await
    .map_err(text)?;
    let weights = manifest.open(&weights).map_err(|error| error.to_string())?;
    let extractor = device::extractor(&weights, opened.device).map_err(|error| error.to_string())?;

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
    loaded::replace(extractor);
    Ok(Ready {
        backend: opened.backend,
        device: opened.name,
        model: manifest.name.clone(),
        model_sha256: manifest.sha256.clone(),
        model_note: manifest.summary(),
        compared: test.compared as u32,
        milliseconds: js_sys::Date::now() - begun,
    })
}
