//! The model of the recipe `shape`: fetched and tested when the first galaxies need it.

use super::answer::failure;
use super::{device, loaded};
use galaxy_grove::page_model::protocol::Report;
use galaxy_grove::shape::ShapeModel;
use grove_browser::fetch_bytes;
use grove_model::ShapeExtractor;

/// The model, ready to run.
pub async fn model() -> Result<ShapeExtractor, Report> {
    if let Some(extractor) = loaded::shape() {
        return Ok(extractor);
    }
    let failed = |reason: String| Report::Failed { reason };
    let folder = loaded::folder();
    let url = format!("{}/shape.safetensors{}", folder.url, folder.version);
    let bytes = fetch_bytes(&url, |_, _| {})
        .await
        .map_err(|error| failed(error.to_string()))?;
    let model = ShapeModel::from_bytes(&bytes).map_err(|error| failed(error.to_string()))?;
    let extractor = on_device(&model)?;
    extractor.test(&model).await.map_err(|error| failure(&error))?;
    loaded::keep_shape(extractor.clone());
    Ok(extractor)
}

/// On the device that was opened.
fn on_device(model: &ShapeModel) -> Result<ShapeExtractor, Report> {
    let opened = loaded::device().ok_or_else(|| Report::Failed {
        reason: "the worker was not started".to_owned(),
    })?;
    Ok(device::shape(model, opened.device))
}
