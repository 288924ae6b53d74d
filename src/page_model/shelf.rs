//! A set of galaxies that was set aside for another one, kept to bring it back.

use super::collection::Collection;
use super::files::{FieldKey, FileRow, GivenFile};
use super::protocol::FieldView;
use super::session::{Session, SetOrigin};
use super::stage::Notice;
use super::steps::Steps;
use super::tree_view::TreeView;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All that belongs to one set.
#[derive(Debug)]
pub(super) struct Shelf<F> {
    pub session: Session,
    pub notice: Option<Notice>,
    pub rows: Vec<FileRow>,
    pub collection: Collection,
    pub tree: Option<Arc<TreeView>>,
    pub fields: BTreeMap<FieldKey, Arc<FieldView>>,
    pub field: Option<FieldKey>,
    pub files: BTreeMap<u32, GivenFile<F>>,
    pub missing: Vec<FileRow>,
    pub tables: BTreeSet<u32>,
    pub unjoined: BTreeSet<u32>,
    pub cut: BTreeSet<u32>,
    pub fresh: BTreeSet<u32>,
    pub steps: Steps,
    pub surveys: BTreeSet<&'static str>,
    pub unsaved: bool,
    /// It was still being read: its files have to be read again.
    pub was_reading: bool,
    /// Its galaxies were waiting for the model or for their tree.
    pub was_working: bool,
}

impl<F> Shelf<F> {
    /// True for what a person brought, which no demo can replace.
    pub fn is_users(&self) -> bool {
        self.session.source == SetOrigin::Files
    }

    /// Galaxies, as far as they were read.
    pub fn len(&self) -> usize {
        self.collection.len()
    }
}
