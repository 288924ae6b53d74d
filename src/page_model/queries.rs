//! Questions about the state of a page, for the views.

use super::files::Dropped;
use super::protocol::Answers;
use super::session::SetOrigin;
use super::state::PageState;
use crate::cutout::prepare::Override;
use std::collections::BTreeSet;

impl<F> PageState<F> {
    /// The name of a galaxy, empty when there is no such row.
    pub fn name_of(&self, row: usize) -> String {
        let galaxy = self.collection.galaxy(row);
        galaxy.map(|galaxy| galaxy.name.clone()).unwrap_or_default()
    }

    /// All that was said about a file of the user's.
    pub(super) fn answers_of(&self, source: u32) -> Option<&Answers> {
        Some(&self.sources.files.get(&source)?.answers)
    }

    /// What is done differently for a galaxy of one of the user's files.
    pub fn change_of(&self, source: u32, galaxy: &str) -> Override {
        self.answers_of(source)
            .map(|stated| stated.of(galaxy))
            .unwrap_or_default()
    }

    /// How many galaxies of a file something is done differently for.
    pub fn changes_of(&self, source: u32) -> usize {
        self.answers_of(source).map_or(0, |stated| stated.changes().len())
    }

    /// The keys of the surveys of the sky that the user's galaxies came from.
    pub fn surveys(&self) -> &BTreeSet<&'static str> {
        &self.surveys
    }

    /// True if files were set aside for another set, and can be brought back.
    pub fn has_shelf(&self) -> bool {
        self.shelf.is_some()
    }

    /// True if groups of the user's galaxies would be lost with the page: they were not saved, or are still being made.
    pub fn has_unsaved(&self) -> bool {
        let is_busy = self.session.source == SetOrigin::Files && self.stage.busy();
        self.unsaved || is_busy || self.shelf.as_ref().is_some_and(|shelf| shelf.unsaved)
    }

    /// A file of the user's.
    pub fn dropped(&self, source: u32) -> Option<&Dropped<F>> {
        Some(&self.sources.files.get(&source)?.dropped)
    }
}
