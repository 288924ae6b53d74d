//! The models that are in use, and what they are on: all that the worker keeps.

use super::device::Opened;
use galaxy_grove::checkpoint::Manifest;
use grove_model::{Extractor, ShapeExtractor};
use std::cell::RefCell;

thread_local! {
    static MODEL: RefCell<Option<Extractor>> = const { RefCell::new(None) };
    static OPENED: RefCell<Option<(Opened, Manifest)>> = const { RefCell::new(None) };
    static SHAPE: RefCell<Option<ShapeExtractor>> = const { RefCell::new(None) };
    static FOLDER: RefCell<Folder> = const { RefCell::new(Folder { url: String::new(), version: String::new() }) };
}

/// The model of the recipe `reference`, when it was loaded. Cheap: the tensors are shared.
pub fn model() -> Option<Extractor> {
    MODEL.with_borrow(Clone::clone)
}

/// The device, when it was opened.
pub fn device() -> Option<Opened> {
    OPENED.with_borrow(|opened| Some(opened.as_ref()?.0.clone()))
}

/// What the model of the recipe `reference` must be.
pub fn manifest() -> Option<Manifest> {
    OPENED.with_borrow(|opened| Some(opened.as_ref()?.1.clone()))
}

/// Keeps the device, and what the model of the recipe `reference` must be.
pub fn keep_device(opened: Opened, manifest: Manifest) {
    OPENED.set(Some((opened, manifest)));
}

/// Where the models stand, and what is added to their addresses.
#[derive(Clone, Default)]
pub struct Folder {
    /// The folder's address.
    pub url: String,
    /// Added to every address, so that a new build is not served old files.
    pub version: String,
}

/// Where the models stand.
pub fn folder() -> Folder {
    FOLDER.with_borrow(Clone::clone)
}

/// Remembers where the models stand.
pub fn remember_folder(folder: Folder) {
    FOLDER.set(folder);
}

/// The model of the recipe `shape`, when it was fetched.
pub fn shape() -> Option<ShapeExtractor> {
    SHAPE.with_borrow(Clone::clone)
}

/// Keeps the model of the recipe `shape`.
pub fn keep_shape(extractor: ShapeExtractor) {
    SHAPE.set(Some(extractor));
}

/// Takes another model into use.
pub fn replace(extractor: Extractor) {
    MODEL.set(Some(extractor));
}
