//! The state of a page: all that it knows, as values.

use super::action::Effect;
use super::collection::{Collection, CutoutBatch};
use super::files::{FieldKey, FileRow, Sources};
use super::insight::Insight;
use super::protocol::FieldView;
use super::session::Session;
use super::shelf::Shelf;
use super::stage::{DeviceState, Notice, Sheet, Stage};
use super::steps::Steps;
use super::tree_view::TreeView;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// The most galaxies that the page takes: 40 kB each.
pub const MAX_GALAXIES: usize = 25_000;

/// What the page knows of the computer that it runs on.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// The most bytes that the tree's distances may take.
    pub tree_budget: u64,
}

/// A part of the state, for the views: reported when it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The view.
    Session,
    /// What the page is doing.
    Stage,
    /// The compute device.
    Device,
    /// The sentence above the panels.
    Notice,
    /// The list of files.
    Files,
    /// The number of galaxies that are shown; changes after the collection did.
    Count,
    /// The pictures of the galaxies, or their rows.
    Pictures,
    /// The tree.
    Tree,
    /// What is known about the groups beside the tree.
    Insight,
    /// The node under the pointer.
    Hover,
    /// The last galaxy decoded from its codes.
    Reconstruction,
    /// The pictures that were taken as fields.
    Fields,
    /// The field whose boxes are shown.
    Field,
    /// What lies over the page.
    Sheet,
    /// The files that were set aside for another set.
    Shelf,
}

/// Parts that have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes(u32);

impl Changes {
    /// True if this part has changed.
    pub fn has(self, part: Part) -> bool {
        self.0 & (1 << part as u32) != 0
    }

    fn add(&mut self, part: Part) {
        self.0 |= 1 << part as u32;
    }
}

/// The work in progress.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// What was read of each source and is not in the collection yet.
    pub cutout_batches: BTreeMap<u32, VecDeque<CutoutBatch>>,
    /// Galaxies in the parcels.
    pub waiting: usize,
    /// Sources that are still being read.
    pub unread: BTreeSet<u32>,
    /// All galaxies came with vectors when the last reading ended.
    pub has_vectors: bool,
    /// Sources whose galaxies, read before, are to be replaced.
    pub again: BTreeSet<u32>,
    /// Sources in this reading.
    pub to_read: usize,
    /// Sources since the last tree: what a cancel takes out again.
    pub fresh: BTreeSet<u32>,
    /// Sources that are tables, or hold some.
    pub tables: BTreeSet<u32>,
    /// Those of them that were not joined to the galaxies yet.
    pub unjoined: BTreeSet<u32>,
    /// Sources with tables that fitted no galaxy in this round.
    pub unmatched_table: BTreeSet<u32>,
    /// The tables that were joined: their sources and names.
    pub joined: BTreeSet<(u32, String)>,
    /// A table was joined in this round that was not before.
    pub has_joined: bool,
    /// For each table the columns that it replaced, with the number of galaxies.
    pub replaced: BTreeMap<(u32, String), BTreeMap<String, usize>>,
    /// Sources that hold more than there is room for.
    pub cut: BTreeSet<u32>,
    /// The cut and the selection of the session come from a link, and belong to the tree that is about to be built.
    pub from_link: bool,
    /// A further turn of moving galaxies is on its way.
    pub settling: bool,
    /// The galaxy to look at again when the tree was built again: its source and name.
    pub reopen: Option<(u32, String)>,
    /// What a set that came back still needs.
    pub resume: Option<Resume>,
    /// A worker finds something out about the tree that is shown.
    pub study: bool,
    /// The row from which the next galaxies to encode are sought.
    pub next_to_encode: usize,
    /// The row from which the next galaxies to decode are sought.
    pub next_to_decode: usize,
}

/// What is left to do for a set that is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resume {
    /// Its files have to be read again.
    Reading,
    /// Its galaxies wait for the model or for their tree.
    Encoding,
}

/// A galaxy decoded from its codes: its row, and 4096 pixels.
pub type Reconstruction = (usize, Arc<Vec<f32>>);

/// All that a page knows. `F` is the browser's handle of a file.
///
/// Only [`apply`](super::apply::apply) changes it.
#[derive(Debug)]
pub struct PageState<F> {
    pub(super) settings: Settings,
    pub(super) session: Session,
    pub(super) stage: Stage,
    pub(super) device: DeviceState,
    pub(super) notice: Option<Notice>,
    pub(super) files: Vec<FileRow>,
    pub(super) collection: Collection,
    pub(super) count: usize,
    pub(super) pictures: u32,
    pub(super) tree: Option<Arc<TreeView>>,
    pub(super) insight: Insight,
    pub(super) hover: Option<usize>,
    pub(super) reconstruction: Option<Reconstruction>,
    pub(super) fields: BTreeMap<FieldKey, Arc<FieldView>>,
    pub(super) field: Option<FieldKey>,
    pub(super) sheet: Option<Sheet>,
    pub(super) sources: Sources<F>,
    pub(super) work: Work,
    pub(super) steps: Steps,
    pub(super) surveys: BTreeSet<&'static str>,
    pub(super) trees: u64,
    /// The user's files that were set aside for another set.
    pub(super) shelf: Option<Box<Shelf<F>>>,
    /// The demo that was shown, until the next set is there.
    pub(super) before: Option<Box<Shelf<F>>>,
    /// The set that is being opened took the place of the files on the shelf.
    pub(super) left_files: bool,
    /// The view that the address named while files were shown.
    pub(super) linked: Option<Box<Session>>,
    /// The groups of the user's galaxies have changed since they were saved.
    pub(super) unsaved: bool,
    pub(super) effects: Vec<Effect<F>>,
    changes: Changes,
}

impl<F> PageState<F> {
    /// An empty page that looks at `session`. Nothing happens before [`Action::Start`](super::Action::Start).
    pub fn new(session: Session, settings: Settings) -> Self {
        Self {
            settings,
            session,
            stage: Stage::Idle,
            device: DeviceState::Loading(0.0, 0.0),
            notice: None,
            files: Vec::new(),
            collection: Collection::default(),
            count: 0,
            pictures: 0,
            tree: None,
            insight: Insight::default(),
            hover: None,
            reconstruction: None,
            fields: BTreeMap::new(),
            field: None,
            sheet: None,
            sources: Sources::default(),
            work: Work::default(),
            steps: Steps::default(),
            surveys: BTreeSet::new(),
            trees: 0,
            shelf: None,
            before: None,
            left_files: false,
            linked: None,
            unsaved: false,
            effects: Vec::new(),
            changes: Changes::default(),
        }
    }

    /// The view.
    pub fn session(&self) -> &Session {
        &self.session
    }
    /// What the page is doing.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }
    /// The compute device.
    pub fn device(&self) -> &DeviceState {
        &self.device
    }
    /// The sentence above the panels.
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }
    /// The files and their verdicts.
    pub fn files(&self) -> &[FileRow] {
        &self.files
    }
    /// The galaxies.
    pub fn collection(&self) -> &Collection {
        &self.collection
    }
    /// The number of galaxies that are shown.
    pub fn count(&self) -> usize {
        self.count
    }
    /// A number that is another one whenever a row shows another picture: what was painted before is out of date.
    pub fn pictures(&self) -> u32 {
        self.pictures
    }
    /// The tree.
    pub fn tree(&self) -> Option<&Arc<TreeView>> {
        self.tree.as_ref()
    }
    /// What is known about the groups beside the tree.
    pub fn insight(&self) -> &Insight {
        &self.insight
    }
    /// The node under the pointer.
    pub fn hover(&self) -> Option<usize> {
        self.hover
    }
    /// The last galaxy decoded from its codes.
    pub fn reconstruction(&self) -> Option<&Reconstruction> {
        self.reconstruction.as_ref()
    }
    /// The pictures that were taken as fields.
    pub fn fields(&self) -> &BTreeMap<FieldKey, Arc<FieldView>> {
        &self.fields
    }
    /// The field whose boxes are shown.
    pub fn field(&self) -> Option<&FieldKey> {
        self.field.as_ref()
    }
    /// What lies over the page.
    pub fn sheet(&self) -> Option<Sheet> {
        self.sheet
    }

    /// Rows show other pictures than before.
    pub(super) fn pictures_changed(&mut self) {
        self.pictures = self.pictures.wrapping_add(1);
        self.mark(Part::Pictures);
    }

    /// Notes that a part has changed.
    pub(super) fn mark(&mut self, part: Part) {
        self.changes.add(part);
    }

    /// What has changed since the last call.
    pub(super) fn take_changes(&mut self) -> Changes {
        std::mem::take(&mut self.changes)
    }

    pub(super) fn set_session(&mut self, session: Session) {
        self.session = session;
        self.mark(Part::Session);
    }
    pub(super) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
        self.mark(Part::Stage);
    }
    pub(super) fn set_device(&mut self, device: DeviceState) {
        self.device = device;
        self.mark(Part::Device);
    }
    pub(super) fn set_notice(&mut self, notice: Option<Notice>) {
        self.notice = notice;
        self.mark(Part::Notice);
    }
    pub(super) fn set_count(&mut self, count: usize) {
        self.count = count;
        self.mark(Part::Count);
    }
    pub(super) fn set_tree(&mut self, tree: Option<Arc<TreeView>>) {
        self.tree = tree;
        self.mark(Part::Tree);
        // What was known of the tree before means nothing now.
        let tree = self.tree.as_ref().map(|tree| tree.id).unwrap_or_default();
        self.set_insight(Insight {
            tree,
            ..Insight::default()
        });
    }
    pub(super) fn set_insight(&mut self, insight: Insight) {
        self.insight = insight;
        self.mark(Part::Insight);
    }
    /// What is known, to change it.
    pub(super) fn insight_mut(&mut self) -> &mut Insight {
        self.mark(Part::Insight);
        &mut self.insight
    }
    pub(super) fn set_hover(&mut self, hover: Option<usize>) {
        self.hover = hover;
        self.mark(Part::Hover);
    }
    pub(super) fn set_reconstruction(&mut self, reconstruction: Option<Reconstruction>) {
        self.reconstruction = reconstruction;
        self.mark(Part::Reconstruction);
    }
    pub(super) fn set_field(&mut self, field: Option<FieldKey>) {
        self.field = field;
        self.mark(Part::Field);
    }
    pub(super) fn set_sheet(&mut self, sheet: Option<Sheet>) {
        self.sheet = sheet;
        self.mark(Part::Sheet);
    }
    pub(super) fn set_shelf(&mut self, shelf: Option<Box<Shelf<F>>>) {
        self.shelf = shelf;
        self.mark(Part::Shelf);
    }
    /// Takes the files from the shelf.
    pub(super) fn take_shelf(&mut self) -> Option<Box<Shelf<F>>> {
        self.mark(Part::Shelf);
        self.shelf.take()
    }
    /// The fields, to change them.
    pub(super) fn fields_mut(&mut self) -> &mut BTreeMap<FieldKey, Arc<FieldView>> {
        self.mark(Part::Fields);
        &mut self.fields
    }
    /// The list of files, to change it.
    pub(super) fn files_mut(&mut self) -> &mut Vec<FileRow> {
        self.mark(Part::Files);
        &mut self.files
    }

    /// Ends all jobs of the workers.
    pub(super) fn cancel_jobs(&mut self) {
        self.effects.push(Effect::CancelJobs);
        self.work.study = false;
        if self.insight.progress.is_some() {
            self.insight_mut().progress = None;
        }
    }

    /// Says a sentence above the panels.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.set_notice(Some(Notice::plain(text)));
    }

    /// Says what failed above the panels.
    pub(super) fn complain(&mut self, text: impl Into<String>) {
        self.set_notice(Some(Notice::bad(text)));
    }
}
