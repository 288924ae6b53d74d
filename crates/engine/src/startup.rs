//! Starting: the device, and what there is to load.

use super::answer::Answer;
use super::outbox::post;
use super::{device, loaded, reference, speed};
use galaxy_grove::checkpoint::{Manifest, Weights};
use galaxy_grove::page_model::protocol::{Backend, Ready, Report, Request};
use grove_browser::{Envelope, fetch_bytes};

/// Replaces the model by one that the page sends. There is no known answer for it.
pub async fn use_model(mut envelope: Envelope<Request>) -> Answer {
    let [weights] = envelope.take();
    let failed = |reason: String| Report::Failed { reason };
    let weights = Weights::from_safetensors(&weights.into_u8()).map_err(|error| failed(error.to_string()))?;
    let device = match loaded::device() {
        Some(opened) => opened.device,
        None => device::open().await.map_err(failed)?.device,
    };
    let extractor = device::extractor(&weights, device).map_err(|error| failed(error.to_string()))?;
    loaded::replace(extractor);
    Ok(Envelope::new(Report::ModelInUse))
}

/// Brings the device up and tells the page how that went. `timed`: a graphics processor also says how fast it is.
pub async fn start(manifest_url: &str, version: &str, timed: bool) {
    match start_device(manifest_url, version, timed).await {
        Ok(ready) => post(Envelope::new(Report::Ready(ready))),
        Err(reason) => post(Envelope::new(Report::Unusable { reason })),
    }
}

async fn start_device(manifest_url: &str, version: &str, timed: bool) -> Result<Ready, String> {
    let begun = js_sys::Date::now();
    let folder = manifest_url.rsplit_once('/').map_or("", |(folder, _)| folder);
    loaded::remember_folder(loaded::Folder {
        url: folder.to_owned(),
        version: version.to_owned(),
    });
    let bytes = fetch_bytes(&format!("{manifest_url}{version}"), |_, _| {})
        .await
        .map_err(|error| error.to_string())?;
    let manifest = Manifest::from_json(&bytes).map_err(|error| error.to_string())?;
    let opened = device::open().await?;
    loaded::keep_device(opened.clone(), manifest.clone());
    // The processor loads each model when it is needed, and tests it then.
    let compared = match opened.backend {
        Backend::Cpu => 0,
        Backend::WebGpu => {
            let compared = reference::load(&manifest, &opened).await?.1;
            if timed {
                speed::try_out().await?;
            }
            compared
        }
    };
    Ok(Ready {
        backend: opened.backend,
        device: opened.name,
        model: manifest.name.clone(),
        model_sha256: manifest.sha256.clone(),
        model_note: manifest.summary(),
        compared: compared as u32,
        milliseconds: js_sys::Date::now() - begun,
        trial: None,
    })
}
