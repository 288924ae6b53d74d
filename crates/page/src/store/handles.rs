//! Parts of the state that are too large to copy into a signal: they are read where they are.

use galaxy_grove::page_model::collection::Collection;
use galaxy_grove::page_model::protocol::FieldView;
use galaxy_grove::page_model::{FieldKey, FileRow, PageState};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use web_sys::File;

/// Where the state stands.
pub(super) type State = StoredValue<PageState<File>, LocalStorage>;

/// The list of files.
#[derive(Clone, Copy)]
pub struct FilesHandle {
    pub(super) state: State,
    pub(super) changed: ReadSignal<()>,
}

impl FilesHandle {
    /// Reads the list, and follows it.
    pub fn with<T>(&self, read: impl FnOnce(&[FileRow]) -> T) -> T {
        self.changed.track();
        self.with_untracked(read)
    }

    /// Reads the list.
    pub fn with_untracked<T>(&self, read: impl FnOnce(&[FileRow]) -> T) -> T {
        self.state.with_value(|state| read(state.files()))
    }
}

/// The pictures that were taken as fields, by their source and name.
#[derive(Clone, Copy)]
pub struct FieldsHandle {
    pub(super) state: State,
    pub(super) changed: ReadSignal<()>,
}

impl FieldsHandle {
    /// Reads the fields, and follows them.
    pub fn with<T>(&self, read: impl FnOnce(&BTreeMap<FieldKey, Arc<FieldView>>) -> T) -> T {
        self.changed.track();
        self.state.with_value(|state| read(state.fields()))
    }
}

/// The galaxies. Not reactive: [`Page::count`](super::Page::count) changes after they did.
#[derive(Clone, Copy)]
pub struct CollectionHandle {
    pub(super) state: State,
}

impl CollectionHandle {
    /// Reads the galaxies.
    pub fn with_value<T>(&self, read: impl FnOnce(&Collection) -> T) -> T {
        self.state.with_value(|state| read(state.collection()))
    }
}
