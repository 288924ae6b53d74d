//! What can happen to a page, and what the page then wants done.

use super::files::{Dropped, FileRow};
use super::pool::{Event, Job};
use super::session::{Session, SetOrigin};
use super::stage::{Notice, Sheet};
use crate::cutout::Recipe;
use crate::cutout::prepare::Override;
use crate::grouping::Linkage;
use crate::intake::QuestionKey;
use crate::page_model::grouped_by::GroupedBy;

/// What a person does, or a worker says.
#[derive(Debug)]
pub enum Action<F> {
    /// The workers are there: show what the session asks for. The sentence stays above the panels.
    Start {
        /// A sentence about the device, if there is one.
        remark: Option<String>,
    },
    /// Show another set of galaxies, prepared in the same way.
    Show(SetOrigin),
    /// The address was changed by hand.
    FollowLink(Box<Session>),
    /// Open the set that the address named while files were shown.
    OpenLink,
    /// Show the files again that were set aside for another set.
    BringBack,
    /// The groups were saved.
    Saved,
    /// Add files, and a row in the list for each thing that gave none.
    Add {
        /// The files.
        files: Vec<Dropped<F>>,
        /// What gave none.
        missing: Vec<FileRow>,
    },
    /// Stop what runs.
    Cancel,
    /// Go on with what was cancelled or has failed.
    GoOn,
    /// Keep a random sample of this many galaxies.
    Sample(usize),
    /// Leave out galaxies that show the same as another one, or take them in again.
    LeaveOutDuplicates(bool),
    /// Group the galaxies by another recipe.
    GroupBy(GroupedBy),
    /// Build the tree of the recipe `reference` by another linkage.
    LinkBy(Linkage),
    /// Let orientation decide the number of groups: make only the splits of type, size or light.
    CutByOrientation,
    /// Prepare files differently from now on.
    Prepare(Recipe),
    /// Read one of the user's files again with another answer to what it left open.
    Answer {
        /// The file.
        source: u32,
        /// The question's key.
        key: QuestionKey,
        /// The answer.
        answer: String,
    },
    /// Do something differently for galaxies of one of the user's files, which is read again.
    ChangeGalaxies {
        /// The file.
        source: u32,
        /// The galaxies' names, and what is to be done for each.
        changes: Vec<(String, Override)>,
    },
    /// Take back all that is done differently in a file.
    ForgetChanges(u32),
    /// Change the view; the change can be undone.
    ChangeView(Box<Session>),
    /// Change the view in the middle of a drag: the whole drag is one step for undo, remembered by
    /// [`Action::RememberView`].
    DragView(Box<Session>),
    /// Remember the view before a drag for undo, unless nothing has changed since.
    RememberView(Box<Session>),
    /// Take the last step back.
    Undo,
    /// Do again what was undone.
    Redo,
    /// Go from the galaxy that is looked at to its neighbour in the order of the tree.
    StepThroughTree(isize),
    /// Show another part of a set that is opened part by part.
    OpenPart(u32),
    /// Have the galaxy of this row decoded from its codes.
    Reconstruct(usize),
    /// Show a sheet over the page, or none.
    ShowSheet(Option<Sheet>),
    /// Show the boxes of a field, by its source and name.
    ShowField(u32, String),
    /// The pointer is over a node of the tree, or over none.
    Hover(Option<usize>),
    /// Say something above the panels, or nothing.
    ShowNotice(Option<Notice>),
    /// Galaxies came from this survey of the sky.
    NoteSurvey(&'static str),
    /// Go on moving galaxies into the collection.
    Settle,
    /// Something from the workers.
    Worker(Event),
}

/// What the page wants done, in this order, after an [`Action`].
#[derive(Debug)]
pub enum Effect<F> {
    /// Give jobs to the workers.
    Submit(Vec<Job<F>>),
    /// End all jobs.
    CancelJobs,
    /// Replace workers that have no job, to give their memory back.
    RefreshWorkers,
    /// Send [`Action::Settle`] a little later.
    SettleLater,
    /// Reading begins: note the time.
    NoteStart,
    /// The groups are there: note the time.
    NoteGroups,
}
