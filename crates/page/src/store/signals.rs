//! The state as signals. Everybody may read them; they are written in one place, [`Page::change`], which only
//! [`actions::apply`](crate::actions::apply) calls.

use super::handles::{CollectionHandle, FieldsHandle, FilesHandle, State};
use super::{Action, Effect};
use galaxy_grove::cutout::prepare::Override;
use galaxy_grove::describe::Description;
use galaxy_grove::page_model::session::Session;
use galaxy_grove::page_model::{
    Cutting, DeviceState, Dropped, FieldKey, Insight, Notice, PageState, Part, Reconstruction, Settings,
    Sheet, Stage, TreeView, apply,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use web_sys::File;

/// Everything the page knows. Copied freely: only handles.
#[derive(Clone, Copy)]
pub struct Page {
    /// The view.
    pub session: ReadSignal<Session>,
    /// What the page is doing.
    pub stage: ReadSignal<Stage>,
    /// The compute device.
    pub device: ReadSignal<DeviceState>,
    /// A sentence above the panels.
    pub notice: ReadSignal<Option<Notice>>,
    /// The files and their verdicts.
    pub files: FilesHandle,
    /// The galaxies.
    pub collection: CollectionHandle,
    /// The number of galaxies; changes after the collection did.
    pub count: ReadSignal<usize>,
    /// Another number whenever galaxies show other pictures.
    pub pictures: ReadSignal<u32>,
    /// The tree.
    pub tree: ReadSignal<Option<Arc<TreeView>>>,
    /// The tree cut into groups.
    pub cutting: Memo<Option<Arc<Cutting>>>,
    /// The node under the pointer.
    pub hover: ReadSignal<Option<usize>>,
    /// The last galaxy decoded from its codes, and its row.
    pub reconstruction: ReadSignal<Option<Reconstruction>>,
    /// The pictures that were taken as fields.
    pub fields: FieldsHandle,
    /// The field that its sheet shows.
    pub field: ReadSignal<Option<FieldKey>>,
    /// What is known about the groups beside the tree.
    pub insight: ReadSignal<Insight>,
    /// The groups in words, as soon as all galaxies are measured.
    pub described: Memo<Option<Arc<Vec<Description>>>>,
    /// What lies over the page.
    pub sheet: ReadSignal<Option<Sheet>>,
    /// Files were set aside, and can be brought back.
    pub has_shelf: ReadSignal<bool>,
    state: State,
    writers: StoredValue<Writers>,
}

/// The other ends of the signals.
#[derive(Clone, Copy)]
struct Writers {
    session: WriteSignal<Session>,
    stage: WriteSignal<Stage>,
    device: WriteSignal<DeviceState>,
    notice: WriteSignal<Option<Notice>>,
    files: WriteSignal<()>,
    count: WriteSignal<usize>,
    pictures: WriteSignal<u32>,
    tree: WriteSignal<Option<Arc<TreeView>>>,
    hover: WriteSignal<Option<usize>>,
    reconstruction: WriteSignal<Option<Reconstruction>>,
    fields: WriteSignal<()>,
    field: WriteSignal<Option<FieldKey>>,
    insight: WriteSignal<Insight>,
    sheet: WriteSignal<Option<Sheet>>,
    has_shelf: WriteSignal<bool>,
}

impl Page {
    /// A page that looks at `first`.
    pub fn new(first: Session, settings: Settings) -> Self {
        let state = StoredValue::new_local(PageState::new(first.clone(), settings));
        let (session, set_session) = signal(first);
        let (stage, set_stage) = signal(Stage::Idle);
        let (device, set_device) = signal(DeviceState::Loading(0.0, 0.0));
        let (notice, set_notice) = signal(None);
        let (files_changed, set_files) = signal(());
        let (count, set_count) = signal(0);
        let (pictures, set_pictures) = signal(0);
        let (tree, set_tree) = signal(None);
        let (hover, set_hover) = signal(None);
        let (reconstruction, set_reconstruction) = signal(None);
        let (fields_changed, set_fields) = signal(());
        let (field, set_field) = signal(None);
        let (insight, set_insight) = signal(Insight::default());
        let (sheet, set_sheet) = signal(None);
        let (has_shelf, set_has_shelf) = signal(false);
        let cutting = cutting(tree, session);
        Self {
            session,
            stage,
            device,
            notice,
            files: FilesHandle {
                state,
                changed: files_changed,
            },
            collection: CollectionHandle { state },
            count,
            pictures,
            tree,
            cutting,
            insight,
            described: described(insight, cutting),
            hover,
            reconstruction,
            fields: FieldsHandle {
                state,
                changed: fields_changed,
            },
            field,
            sheet,
            has_shelf,
            state,
            writers: StoredValue::new(Writers {
                session: set_session,
                stage: set_stage,
                device: set_device,
                notice: set_notice,
                files: set_files,
                count: set_count,
                pictures: set_pictures,
                tree: set_tree,
                hover: set_hover,
                reconstruction: set_reconstruction,
                fields: set_fields,
                field: set_field,
                insight: set_insight,
                sheet: set_sheet,
                has_shelf: set_has_shelf,
            }),
        }
    }

    /// The page that a component belongs to.
    pub fn current() -> Self {
        expect_context::<Self>()
    }

    /// Changes the state by what happened, updates the signals, and returns what is to be done.
    pub(crate) fn change(&self, action: Action, has_time: &mut dyn FnMut() -> bool) -> Vec<Effect> {
        let done = self
            .state
            .try_update_value(|state| apply(state, action, has_time));
        // The page is closed: nobody looks any more.
        let Some((changes, effects)) = done else {
            return Vec::new();
        };
        let to = self.writers.get_value();
        self.state.with_value(|state| {
            if changes.has(Part::Session) {
                to.session.set(state.session().clone());
            }
            if changes.has(Part::Stage) {
                to.stage.set(state.stage().clone());
            }
            if changes.has(Part::Device) {
                to.device.set(state.device().clone());
            }
            if changes.has(Part::Notice) {
                to.notice.set(state.notice().cloned());
            }
            if changes.has(Part::Files) {
                to.files.set(());
            }
            if changes.has(Part::Count) {
                to.count.set(state.count());
            }
            if changes.has(Part::Pictures) {
                to.pictures.set(state.pictures());
            }
            if changes.has(Part::Tree) {
                to.tree.set(state.tree().cloned());
            }
            if changes.has(Part::Hover) {
                to.hover.set(state.hover());
            }
            if changes.has(Part::Reconstruction) {
                to.reconstruction.set(state.reconstruction().cloned());
            }
            if changes.has(Part::Fields) {
                to.fields.set(());
            }
            if changes.has(Part::Field) {
                to.field.set(state.field().cloned());
            }
            if changes.has(Part::Insight) {
                to.insight.set(state.insight().clone());
            }
            if changes.has(Part::Sheet) {
                to.sheet.set(state.sheet());
            }
            if changes.has(Part::Shelf) {
                to.has_shelf.set(state.has_shelf());
            }
        });
        effects
    }

    /// The name of a galaxy, empty when there is no such row.
    pub fn name_of(&self, row: usize) -> String {
        self.state.with_value(|state| state.name_of(row))
    }

    /// What is done differently for a galaxy of one of the user's files.
    pub fn change_of(&self, source: u32, galaxy: &str) -> Override {
        self.state.with_value(|state| state.change_of(source, galaxy))
    }

    /// How many galaxies of a file something is done differently for.
    pub fn changes_of(&self, source: u32) -> usize {
        self.state.with_value(|state| state.changes_of(source))
    }

    /// The keys of the surveys of the sky that the user's galaxies came from.
    pub fn surveys(&self) -> BTreeSet<&'static str> {
        self.state.with_value(|state| state.surveys().clone())
    }

    /// True if groups of the user's galaxies would be lost with the page.
    pub fn has_unsaved(&self) -> bool {
        self.state.with_value(PageState::has_unsaved)
    }

    /// A file of the user's.
    pub fn dropped(&self, source: u32) -> Option<Dropped<File>> {
        self.state.with_value(|state| state.dropped(source).cloned())
    }
}

/// Cuts the tree again when it, or how it is to be cut, has changed.
fn cutting(
    tree: ReadSignal<Option<Arc<TreeView>>>,
    session: ReadSignal<Session>,
) -> Memo<Option<Arc<Cutting>>> {
    let wanted = Memo::new(move |_| session.with(|session| (session.groups, session.edits.clone())));
    Memo::new_with_compare(
        move |_| {
            let tree = tree.get()?;
            let (groups, edits) = wanted.get();
            Some(Arc::new(Cutting::new(&tree, tree.rule(groups, &edits))))
        },
        |old: Option<&Option<Arc<Cutting>>>, new: Option<&Option<Arc<Cutting>>>| match (old, new) {
            (Some(Some(old)), Some(Some(new))) => !old.same_as(new),
            (Some(None), Some(None)) | (None, None) => false,
            _ => true,
        },
    )
}

/// The groups of the cut that is shown in words.
fn described(
    insight: ReadSignal<Insight>,
    cutting: Memo<Option<Arc<Cutting>>>,
) -> Memo<Option<Arc<Vec<Description>>>> {
    Memo::new(move |_| {
        let cutting = cutting.get()?;
        let describer =
            insight.with(|insight| insight.describer.clone().filter(|_| insight.tree == cutting.tree))?;
        if describer.knows_nothing() {
            return None;
        }
        Some(Arc::new(
            describer.describe(cutting.groups.group_of(), cutting.len()),
        ))
    })
}
