//! What the page knows, as signals.

use crate::actions::flow::Flow;
use crate::store::grove::{Cutting, Grove};
use crate::store::sky_state::Sky;
use crate::store::steps::Steps;
use galaxy_grove::intake::Refusal;
use galaxy_grove::page_model::collection::Collection;
use galaxy_grove::page_model::protocol::{FieldView, Question, Ready, Verdict};
use galaxy_grove::page_model::session::Session;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the page is doing.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nothing is loaded.
    Idle,
    /// Files are read, or galaxies simulated.
    Reading {
        /// Sources done.
        done: usize,
        /// Sources in all.
        total: usize,
    },
    /// The model works.
    Encoding {
        /// Galaxies done.
        done: usize,
        /// Galaxies in all.
        total: usize,
    },
    /// The tree grows.
    Growing {
        /// Merges done.
        done: usize,
        /// Merges in all.
        total: usize,
    },
    /// There is a tree.
    Ready,
}

impl Stage {
    /// True while something runs that can be cancelled.
    pub fn busy(&self) -> bool {
        matches!(
            self,
            Self::Reading { .. } | Self::Encoding { .. } | Self::Growing { .. }
        )
    }

    /// A short name, for the page's tests and for styles.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Reading { .. } => "reading",
            Self::Encoding { .. } => "encoding",
            Self::Growing { .. } => "growing",
            Self::Ready => "ready",
        }
    }
}

/// The compute device.
#[derive(Debug, Clone, PartialEq)]
pub enum DeviceState {
    /// The model is being loaded: bytes so far and in all.
    Loading(f64, f64),
    /// Tested and at work.
    Ready(Box<Ready>),
    /// Nothing works here.
    Unusable(String),
}

/// A sentence above the panels.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// Something failed, rather than changed.
    pub bad: bool,
    /// What the buttons beside it do.
    pub offers: Vec<Offer>,
}

/// What a notice can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Keep a random sample of this many galaxies.
    Sample(usize),
    /// Show the list of files.
    Files,
    /// Show the boxes of a field.
    Field,
    /// Leave out galaxies that show the same as another one.
    Unique,
    /// Go on with what was cancelled.
    GoOn,
}

/// A file and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRow {
    /// Name with folders.
    pub name: String,
    /// `None` while it waits.
    pub verdict: Option<Verdict>,
    /// Galaxies found in it.
    pub galaxies: usize,
    /// The source that it is, or is a part of.
    pub source: u32,
    /// It stands inside an archive.
    pub is_member: bool,
    /// What it can be asked to give instead.
    pub questions: Vec<Question>,
}

/// The source of what is no file of the user's and cannot be read again: behind all others.
pub const NO_SOURCE: u32 = u32::MAX;

impl FileRow {
    /// A file that waits to be read.
    pub fn waiting(name: String, source: u32) -> Self {
        Self {
            name,
            verdict: None,
            galaxies: 0,
            source,
            is_member: false,
            questions: Vec::new(),
        }
    }

    /// Something that gave no file at all.
    pub fn missing(name: String, refusal: Refusal) -> Self {
        Self {
            verdict: Some(refusal.into()),
            is_member: true,
            ..Self::waiting(name, NO_SOURCE)
        }
    }
}

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The list of files.
    Files,
    /// A picture of many galaxies with a box on each.
    Field,
    /// Help and facts.
    Help,
    /// Pictures of the real sky.
    Sky,
}

/// Everything the page knows. Copied freely: only handles.
#[derive(Clone, Copy)]
pub struct Page {
    /// The view.
    pub session: RwSignal<Session>,
    /// What the page is doing.
    pub stage: RwSignal<Stage>,
    /// The compute device.
    pub device: RwSignal<DeviceState>,
    /// A sentence above the panels.
    pub notice: RwSignal<Option<Notice>>,
    /// The files and their verdicts.
    pub files: RwSignal<Vec<FileRow>>,
    /// The galaxies. Not reactive: see [`Self::count`].
    pub collection: StoredValue<Collection, LocalStorage>,
    /// The number of galaxies; changes after the collection did.
    pub count: RwSignal<usize>,
    /// Addresses of the pages of thumbnails.
    pub atlas: RwSignal<Vec<String>>,
    /// The tree.
    pub grove: RwSignal<Option<Arc<Grove>>>,
    /// The tree cut into groups.
    pub cutting: Memo<Option<Arc<Cutting>>>,
    /// The node under the pointer.
    pub hover: RwSignal<Option<usize>>,
    /// The last galaxy painted from its codes, and its row.
    pub painted: RwSignal<Option<(usize, Arc<Vec<f32>>)>>,
    /// The pictures that were taken as fields, by their source and name.
    pub fields: RwSignal<BTreeMap<(u32, String), Arc<FieldView>>>,
    /// The field that its sheet shows.
    pub field: RwSignal<Option<(u32, String)>>,
    /// What lies over the page.
    pub sheet: RwSignal<Option<Sheet>>,
    /// What is wanted from the sky.
    pub sky: Sky,
    /// The work in progress.
    pub flow: StoredValue<Flow, LocalStorage>,
    /// What undo and redo know.
    pub(crate) steps: Steps,
}

impl Page {
    /// A page that looks at `session`.
    pub fn new(session: Session) -> Self {
        let session = RwSignal::new(session);
        let grove = RwSignal::new(None::<Arc<Grove>>);
        let wanted = Memo::new(move |_| session.with(|session| session.groups));
        let cutting = Memo::new_with_compare(
            move |_| {
                grove
                    .get()
                    .map(|grove| Arc::new(Cutting::new(&grove, wanted.get())))
            },
            |old: Option<&Option<Arc<Cutting>>>, new: Option<&Option<Arc<Cutting>>>| match (old, new) {
                (Some(Some(old)), Some(Some(new))) => !old.same_as(new),
                (Some(None), Some(None)) | (None, None) => false,
                _ => true,
            },
        );
        Self {
            session,
            stage: RwSignal::new(Stage::Idle),
            device: RwSignal::new(DeviceState::Loading(0.0, 0.0)),
            notice: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            collection: StoredValue::new_local(Collection::default()),
            count: RwSignal::new(0),
            atlas: RwSignal::new(Vec::new()),
            grove,
            cutting,
            hover: RwSignal::new(None),
            painted: RwSignal::new(None),
            fields: RwSignal::new(BTreeMap::new()),
            field: RwSignal::new(None),
            sheet: RwSignal::new(None),
            sky: Sky::default(),
            flow: StoredValue::new_local(Flow::default()),
            steps: Steps::default(),
        }
    }

    /// The page that a component belongs to.
    pub fn current() -> Self {
        expect_context::<Self>()
    }

    /// Says a sentence.
    pub fn say(&self, text: impl Into<String>) {
        self.notice.set(Some(Notice {
            text: text.into(),
            bad: false,
            offers: Vec::new(),
        }));
    }

    /// Says what failed.
    pub fn complain(&self, text: impl Into<String>) {
        self.notice.set(Some(Notice {
            text: text.into(),
            bad: true,
            offers: Vec::new(),
        }));
    }

    /// Goes from the galaxy that is looked at to its neighbour in the order of the tree, if there is one.
    pub fn step_through_tree(&self, by: isize) {
        let row = self.session.with_untracked(|session| session.galaxy);
        let next = self.grove.with_untracked(|grove| {
            let order = &grove.as_ref()?.order;
            let place = order.places().get(row?)?.checked_add_signed(by)?;
            order.leaves().get(place).copied()
        });
        if next.is_some() {
            self.change(|session| session.galaxy = next);
        }
    }

    /// The name of a galaxy, empty when there is no such row.
    pub fn name_of(&self, row: usize) -> String {
        self.collection
            .with_value(|c| c.galaxies.get(row).map(|g| g.name.clone()).unwrap_or_default())
    }
}
