//! A page and its pool of workers in a browser that is played: each worker answers, fails, dies or stays silent as a test
//! wants.

use super::answers::{answer, cutouts, galaxies_in, progress};
use crate::page_model::Resemblance;
use crate::page_model::Topic;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::pool::{self, Event, Input, Job, Pool, TimerId, WorkerId};
use crate::page_model::protocol::{Backend, Report, Request};
use crate::page_model::session::Session;
use crate::page_model::{Action, Dropped, Effect, PageState, Settings, Stage, apply};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// What a worker, or the browser in its place, does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// What it should.
    Well,
    /// It reports progress.
    Progress,
    /// A reader gives its first galaxy, and goes on.
    Part,
    /// It fails at its job, and goes on.
    Fail,
    /// It dies with a word.
    Crash,
    /// An error event without a message: its script is missing.
    Error,
    /// Its device is lost.
    LoseDevice,
    /// Its last message was not posted.
    NotPosted,
    /// Its timer runs out.
    Time,
}

pub struct Fake {
    pub backend: Backend,
    runs: bool,
    message: Option<Rc<Job<u32>>>,
    timer: Option<TimerId>,
    /// It gave a part of its file already.
    gave: bool,
}

impl Fake {
    pub fn is_waited_for(&self) -> bool {
        !self.runs || self.message.is_some()
    }
}

pub struct World {
    pub page: PageState<u32>,
    pool: Pool<u32>,
    pub workers: BTreeMap<WorkerId, Fake>,
    actions: VecDeque<Action<u32>>,
    /// The page wants to go on moving galaxies.
    pub settles: u32,
    /// How many galaxies one turn moves.
    pub turn: u32,
}

impl World {
    /// A page that was opened with this link, with its workers just starting.
    pub fn open(link: &str, backend: Backend) -> Self {
        let settings = Settings { tree_budget: 100_000 };
        let mut world = Self::closed(Session::from_fragment(link), settings, backend);
        world.act(Action::Start { remark: None });
        world
    }

    fn closed(session: Session, settings: Settings, backend: Backend) -> Self {
        let (pool, effects) = Pool::new(pool::Settings {
            backend,
            cpu_workers: 2,
            ..pool::Settings::default()
        });
        let mut world = Self {
            page: PageState::new(session, settings),
            pool,
            workers: BTreeMap::new(),
            actions: VecDeque::new(),
            settles: 0,
            turn: 3,
        };
        world.carry_out(effects);
        world
    }

    /// Something happens to the page.
    pub fn act(&mut self, action: Action<u32>) {
        self.actions.push_back(action);
        while let Some(action) = self.actions.pop_front() {
            let mut left = self.turn;
            let mut has_time = || {
                left = left.saturating_sub(1);
                left > 0
            };
            let (_, effects) = apply(&mut self.page, action, &mut has_time);
            for effect in effects {
                match effect {
                    Effect::Submit(jobs) => self.send(Input::Submit(jobs)),
                    Effect::CancelJobs => {
                        self.actions.retain(
                            |action| !matches!(action, Action::Worker(event) if event.concerns_jobs()),
                        );
                        self.send(Input::CancelAll);
                    }
                    Effect::RefreshWorkers => self.send(Input::Refresh),
                    Effect::SettleLater => self.settles += 1,
                    Effect::NoteStart | Effect::NoteGroups => {}
                }
            }
        }
    }

    /// Drops files with these handles.
    pub fn drop_files(&mut self, handles: impl IntoIterator<Item = u32>) {
        let files = handles.into_iter().map(|file| Dropped {
            name: format!("file {file}"),
            file,
        });
        let files = files.collect();
        let missing = Vec::new();
        self.act(Action::Add { files, missing });
    }

    /// The turn that the page asked for comes.
    pub fn settle(&mut self) {
        if self.settles > 0 {
            self.settles -= 1;
            self.act(Action::Settle);
        }
    }

    /// A worker acts, if it can act so now.
    pub fn worker(&mut self, worker: WorkerId, act: Act) {
        let Some(fake) = self.workers.get_mut(&worker) else {
            return;
        };
        let backend = fake.backend;
        let reason = "out of luck".to_owned();
        let input = match act {
            Act::Well if !fake.runs => {
                fake.runs = true;
                Some((Report::Hello, Vec::new()))
            }
            Act::Well => fake.message.take().map(|job| {
                let gave = std::mem::take(&mut fake.gave);
                match (&job.request, job.file) {
                    (Request::Read { file, .. }, Some(handle)) if gave => {
                        cutouts(*file, 1, galaxies_in(handle) - 1, false)
                    }
                    _ => answer(&job, backend),
                }
            }),
            Act::Progress => fake.message.as_deref().and_then(progress),
            Act::Part => match fake.message.as_deref() {
                Some(Job {
                    request: Request::Read { file, .. },
                    file: Some(handle),
                    ..
                }) if !fake.gave && galaxies_in(*handle) > 0 => {
                    fake.gave = true;
                    Some(cutouts(*file, 0, 1, true))
                }
                _ => None,
            },
            Act::Fail if fake.runs => {
                (fake.message, fake.gave) = (None, false);
                Some((Report::Failed { reason }, Vec::new()))
            }
            Act::Fail => None,
            Act::Crash => Some((Report::Crashed { reason }, Vec::new())),
            Act::LoseDevice => Some((Report::Unusable { reason }, Vec::new())),
            Act::Error => {
                let reason = String::new();
                return self.send(Input::WorkerFailed { worker, reason });
            }
            Act::NotPosted => {
                fake.gave = false;
                if fake.message.take().is_some() {
                    self.send(Input::NotPosted { worker, reason });
                }
                return;
            }
            Act::Time => {
                if let Some(timer) = fake.timer.take() {
                    self.send(Input::TimerFired { worker, timer });
                }
                return;
            }
        };
        if let Some((report, buffers)) = input {
            self.send(Input::Answer {
                worker,
                report,
                buffers,
            });
        }
    }

    /// Everybody does well until nothing is left to do.
    pub fn work(&mut self) {
        self.play(|_| Act::Well);
    }

    /// The workers that are waited for act, one after another, until nothing is left to do.
    pub fn play(&mut self, nature: impl Fn(u64) -> Act) {
        for turn in 0..20_000_u64 {
            if self.settles > 0 {
                self.settle();
                continue;
            }
            let mut waited_for = self.workers.iter().filter(|(_, fake)| fake.is_waited_for());
            let Some((&worker, _)) = waited_for.next() else {
                return;
            };
            // What cannot be done now is waiting for the timer.
            let before = self.stand(worker);
            self.worker(worker, nature(turn));
            if before == self.stand(worker) {
                self.worker(worker, Act::Time);
            }
        }
        panic!("it does not come to rest: {:?}", self.page.stage());
    }

    /// The first worker that is waited for does well once; false when none is.
    pub fn step(&mut self) -> bool {
        if self.settles > 0 {
            self.settle();
            return true;
        }
        let mut waited_for = self.workers.iter().filter(|(_, fake)| fake.is_waited_for());
        let Some((&worker, _)) = waited_for.next() else {
            return false;
        };
        self.worker(worker, Act::Well);
        true
    }

    /// How far a worker is: whether it runs, at which message it is, and whether it gave a part of its file.
    fn stand(&self, worker: WorkerId) -> Option<(bool, Option<*const Job<u32>>, bool)> {
        let fake = self.workers.get(&worker)?;
        Some((fake.runs, fake.message.as_ref().map(Rc::as_ptr), fake.gave))
    }

    /// The worker that is at a job like that.
    pub fn at(&self, is_wanted: impl Fn(&Request) -> bool) -> Option<WorkerId> {
        let mut workers = self.workers.iter();
        let at = workers.find(|(_, fake)| fake.message.as_ref().is_some_and(|job| is_wanted(&job.request)));
        at.map(|(&worker, _)| worker)
    }

    /// The sentence above the panels, empty if there is none.
    pub fn stated(&self) -> &str {
        self.page.notice().map_or("", |notice| &notice.text)
    }

    /// The outcome of each file: galaxies, and the verdict's word.
    pub fn verdicts(&self) -> Vec<(usize, &str)> {
        let files = self.page.files().iter();
        files
            .map(|row| {
                (
                    row.galaxies,
                    row.verdict.as_ref().map_or("waiting", |verdict| verdict.word()),
                )
            })
            .collect()
    }

    /// What must be true whenever nothing is left to do.
    #[track_caller]
    pub fn check_rest(&self) {
        let page = &self.page;
        assert!(
            matches!(page.stage(), Stage::Ready | Stage::Idle),
            "{:?}",
            page.stage()
        );
        assert_eq!(page.collection().len(), page.count());
        assert!(
            page.work.cutout_batches.is_empty() && page.work.unread.is_empty() && page.work.again.is_empty()
        );
        let tree = page.tree().map(|tree| tree.leaves());
        if *page.stage() == Stage::Ready {
            assert_eq!(tree, Some(page.count()));
            let (by, collection) = (page.session().grouped_by, page.collection());
            let done = match by {
                GroupedBy::Shape => collection.placed(),
                GroupedBy::Reference => collection.encoded(),
                GroupedBy::Vectors => collection.with_vectors(),
            };
            assert_eq!(done, page.count());
            let is_vectors = page
                .tree()
                .map(|tree| matches!(tree.resemblance, Resemblance::Vectors { .. }));
            assert_eq!(
                is_vectors,
                Some(by != GroupedBy::Reference),
                "the tree of the recipe that is chosen"
            );
            let linkage = page.tree().map(|tree| tree.linkage);
            assert_eq!(linkage, Some(page.session().linkage));
            let (insight, failed) = (page.insight(), |topic| page.insight().failed.contains(&topic));
            if page.work.study {
                // Something is being found out.
                assert!(self.workers.values().any(Fake::is_waited_for));
            } else {
                assert_eq!(insight.progress, None);
                let is_summary = page.tree().is_some_and(|tree| tree.is_summary());
                assert!(insight.map.is_some() || !page.session().map || failed(Topic::Map));
                if is_summary {
                    // Only the map: all else would be said of pictures that stand for others.
                    assert!(insight.describer.is_none() && insight.rating.is_none());
                    return;
                }
                assert!(insight.describer.is_some() || failed(Topic::Structure));
                let (view, session) = (page.tree().unwrap(), page.session());
                let rule = view.rule(session.groups, &session.edits);
                let k = rule.apply(&view.tree, &view.order).unwrap().len();
                let is_tested = insight.steady.contains_key(&rule.to_string()) || failed(Topic::Steadiness);
                let is_rated = insight.rating.is_some() || failed(Topic::Quality) || page.count() < 3;
                assert!(is_rated && insight.sides.is_some() == insight.describer.is_some());
                assert!(is_tested || k < 2 || k >= page.count(), "{k} of {}", page.count());
            }
        } else if page.count() > 0 {
            assert!(page.notice().is_some(), "it ended without a tree and silently");
        }
        for row in page.files() {
            assert!(row.verdict.is_some(), "no verdict on {}", row.name);
        }
    }

    /// Every galaxy that the list of files counts is there.
    #[track_caller]
    pub fn check_galaxies(&self) {
        let page = &self.page;
        for row in page.files().iter().filter(|row| !row.is_member) {
            let held = page.collection().rows_of(row.source).len();
            assert_eq!(row.galaxies, held, "{}: {:?}", row.name, row.verdict);
        }
    }

    fn send(&mut self, input: Input<u32>) {
        let effects = self.pool.handle(input);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<pool::Effect<u32>>) {
        let mut events: Vec<Event> = Vec::new();
        for effect in effects {
            match effect {
                pool::Effect::Spawn { worker, backend } => {
                    let fake = Fake {
                        backend,
                        runs: false,
                        message: None,
                        timer: None,
                        gave: false,
                    };
                    self.workers.insert(worker, fake);
                }
                pool::Effect::Terminate { worker } => {
                    self.workers.remove(&worker);
                }
                pool::Effect::Post { worker, message } => {
                    if let Some(fake) = self.workers.get_mut(&worker) {
                        (fake.message, fake.gave) = (Some(message), false);
                    }
                }
                pool::Effect::SetTimer { worker, timer, .. } => {
                    if let Some(fake) = self.workers.get_mut(&worker) {
                        fake.timer = Some(timer);
                    }
                }
                pool::Effect::Notify(event) => events.push(event),
            }
        }
        for event in events {
            self.act(Action::Worker(event));
        }
    }
}
