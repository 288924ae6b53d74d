//! A browser that is played: its workers answer, stay silent, die and fail as a test wants. It checks every effect.

use super::ledger::Ledger;
use crate::page_model::pool::{Effect, Event, Input, Job, Pool, Settings, TimerId, WorkerId};
use crate::page_model::protocol::{Backend, Ready, Report, Request, TimedWork, Timing, Verdict};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a worker, or the browser in its place, does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// What it should: say hello, load the model, answer.
    Well,
    /// It reports progress.
    Progress,
    /// It fails at what it was asked, and goes on.
    Fail,
    /// It dies with a word.
    Crash,
    /// Its device is lost.
    LoseDevice,
    /// An error event without a message: its script is missing.
    Error,
    /// Its last message was not posted.
    NotPosted,
    /// It was not even started.
    NotSpawned,
    /// Its timer runs out.
    Time,
    /// It says what it was not asked for.
    Nonsense,
}

/// A worker.
pub struct Fake {
    pub backend: Backend,
    /// It said hello.
    pub runs: bool,
    /// What it is at.
    pub message: Option<Rc<Job<u32>>>,
    pub timer: Option<TimerId>,
    /// What its timer was set to last.
    pub seconds: u32,
}

/// The browser.
pub struct Browser {
    pool: Pool<u32>,
    pub workers: BTreeMap<WorkerId, Fake>,
    pub dead: Vec<WorkerId>,
    pub timers: Vec<(WorkerId, TimerId)>,
    pub ledger: Ledger,
    pub events: Vec<Event>,
    /// Jobs posted, without those that start the model.
    pub posted: Vec<(WorkerId, Request)>,
}

impl Browser {
    pub fn start(backend: Backend, cpu_workers: usize) -> Self {
        Self::with(Settings {
            backend,
            cpu_workers,
            ..Settings::default()
        })
    }

    pub fn with(settings: Settings) -> Self {
        let (pool, effects) = Pool::new(settings);
        let mut browser = Self {
            pool,
            workers: BTreeMap::new(),
            dead: Vec::new(),
            timers: Vec::new(),
            ledger: Ledger::default(),
            events: Vec::new(),
            posted: Vec::new(),
        };
        browser.carry_out(effects);
        browser
    }

    pub fn submit(&mut self, jobs: Vec<Job<u32>>) {
        jobs.iter().for_each(|job| self.ledger.submit(job));
        self.send(Input::Submit(jobs));
    }

    pub fn cancel(&mut self) {
        self.ledger.cancel();
        self.send(Input::CancelAll);
        assert!(self.workers.values().all(|fake| !fake.is_at_a_job()));
    }

    pub fn refresh(&mut self) {
        self.send(Input::Refresh);
    }

    /// A timer runs out. One that is out of date changes nothing.
    pub fn fire(&mut self, worker: WorkerId, timer: TimerId) {
        let fake = self.workers.get_mut(&worker);
        let set = fake.filter(|fake| fake.timer == Some(timer));
        let is_set = set.map(|fake| fake.timer = None).is_some();
        let effects = self.pool.handle(Input::TimerFired { worker, timer });
        assert!(
            is_set || effects.is_empty(),
            "a timer that is out of date was heard"
        );
        self.carry_out(effects);
    }

    pub fn say(&mut self, worker: WorkerId, report: Report) {
        let buffers = Vec::new();
        self.send(Input::Answer {
            worker,
            report,
            buffers,
        });
    }

    /// A worker acts, if it can act so now. Dead ones do as they like: their messages are ignored.
    pub fn act(&mut self, worker: WorkerId, act: Act) {
        let no_reason = String::new();
        let fake = self.workers.get_mut(&worker);
        let message = fake.as_ref().and_then(|fake| fake.message.clone());
        match (act, fake) {
            (Act::Well, Some(fake)) => {
                if !fake.runs {
                    fake.runs = true;
                    self.say(worker, Report::Hello);
                } else if let Some(message) = message {
                    fake.message = None;
                    let backend = fake.backend;
                    if let Some(timing) = timing(&message.request, backend, worker) {
                        self.say(worker, Report::Timed(timing));
                    }
                    self.say(worker, answer(&message.request, backend));
                }
            }
            (Act::Well, None) => self.say(worker, Report::Hello),
            (Act::Progress, _) => {
                if let Some(report) = message.and_then(|message| progress(&message.request)) {
                    self.say(worker, report);
                }
            }
            (Act::Fail, fake) => {
                if let Some(fake) = fake {
                    fake.message = None;
                }
                let reason = "it does not fit".to_owned();
                self.say(worker, Report::Failed { reason });
            }
            (Act::Crash, _) => self.say(
                worker,
                Report::Crashed {
                    reason: "index out of bounds".to_owned(),
                },
            ),
            (Act::LoseDevice, _) => self.say(
                worker,
                Report::Unusable {
                    reason: "the device was lost".to_owned(),
                },
            ),
            (Act::Error, _) => self.send(Input::WorkerFailed {
                worker,
                reason: no_reason,
            }),
            (Act::NotPosted, Some(fake)) => {
                if fake.message.take().is_some() {
                    self.send(Input::NotPosted {
                        worker,
                        reason: no_reason,
                    });
                }
            }
            (Act::NotSpawned, Some(fake)) => {
                if !fake.runs {
                    self.workers.remove(&worker);
                    self.dead.push(worker);
                    self.send(Input::NotSpawned {
                        worker,
                        reason: no_reason,
                    });
                }
            }
            (Act::NotPosted, None) => self.send(Input::NotPosted {
                worker,
                reason: no_reason,
            }),
            (Act::NotSpawned, None) => self.send(Input::NotSpawned {
                worker,
                reason: no_reason,
            }),
            (Act::Time, Some(fake)) => {
                if let Some(timer) = fake.timer {
                    self.fire(worker, timer);
                }
            }
            (Act::Time, None) => {}
            (Act::Nonsense, _) => {
                for report in [
                    Report::Encoded { first: 999_999 },
                    Report::Hello,
                    Report::Inspected,
                ] {
                    // A worker that has yet to say hello says it.
                    if report != Report::Hello || self.workers.get(&worker).is_none_or(|fake| fake.runs) {
                        self.say(worker, report);
                    }
                }
            }
        }
    }

    /// Everybody does well until nobody is waited for.
    pub fn work(&mut self) {
        self.play(|_, _| Act::Well);
    }

    /// The workers that are waited for act, in turn, until nobody is waited for. A worker's nature may depend on its number.
    pub fn play(&mut self, nature: impl Fn(u32, &Fake) -> Act) {
        self.play_in_order(0, nature);
    }

    /// The same in another order.
    pub fn play_in_order(&mut self, seed: u32, nature: impl Fn(u32, &Fake) -> Act) {
        let mut random = seed;
        for turn in 0..20_000 {
            let waited_for = self.workers.iter().filter(|(_, fake)| fake.is_waited_for());
            let waited_for: Vec<WorkerId> = waited_for.map(|(&worker, _)| worker).collect();
            if waited_for.is_empty() {
                return;
            }
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let who = if seed == 0 { turn } else { (random >> 16) as usize };
            let worker = waited_for[who % waited_for.len()];
            let act = nature(worker.0, &self.workers[&worker]);
            self.act(worker, act);
        }
        panic!("it does not come to rest");
    }

    /// Workers act as long as one of them has something to do that it wants to do.
    pub fn play_some(&mut self, nature: impl Fn(u32, &Fake) -> Option<Act>) {
        for _ in 0..20_000 {
            let waited_for = self.workers.iter().filter(|(_, fake)| fake.is_waited_for());
            let next = waited_for
                .filter_map(|(&worker, fake)| Some((worker, nature(worker.0, fake)?)))
                .next();
            let Some((worker, act)) = next else { return };
            self.act(worker, act);
        }
        panic!("it does not come to rest");
    }

    /// The workers of one kind.
    pub fn of(&self, backend: Backend) -> Vec<WorkerId> {
        let workers = self.workers.iter();
        let of = workers.filter(|(_, fake)| fake.backend == backend);
        of.map(|(&id, _)| id).collect()
    }

    /// The worker that is at the job with this request.
    pub fn at(&self, request: &Request) -> WorkerId {
        let mut workers = self.workers.iter();
        let at = workers.find(|(_, fake)| fake.message.as_ref().is_some_and(|m| m.request == *request));
        *at.expect("nobody is at this job").0
    }

    fn send(&mut self, input: Input<u32>) {
        let effects = self.pool.handle(input);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect<u32>>) {
        for effect in effects {
            match effect {
                Effect::Spawn { worker, backend } => {
                    assert!(self.ledger.unusable.is_none());
                    assert!(!self.dead.contains(&worker), "a number was used again");
                    let fake = Fake {
                        backend,
                        runs: false,
                        message: None,
                        timer: None,
                        seconds: 0,
                    };
                    assert!(self.workers.insert(worker, fake).is_none());
                }
                Effect::Terminate { worker } => {
                    assert!(self.workers.remove(&worker).is_some(), "it was dead already");
                    self.dead.push(worker);
                }
                Effect::Post { worker, message } => {
                    let fake = self.workers.get_mut(&worker).expect("a message to a dead worker");
                    assert!(fake.runs, "a message to a worker that is not there yet");
                    if !matches!(message.request, Request::Start { .. }) {
                        self.posted.push((worker, message.request.clone()));
                    }
                    assert!(fake.message.replace(message).is_none(), "two jobs at once");
                }
                Effect::SetTimer {
                    worker,
                    timer,
                    seconds,
                } => {
                    let fake = self.workers.get_mut(&worker).expect("a timer for a dead worker");
                    assert!(seconds > 0);
                    (fake.timer, fake.seconds) = (Some(timer), seconds);
                    self.timers.push((worker, timer));
                }
                Effect::Notify(event) => {
                    self.ledger.record(&event);
                    self.events.push(event);
                }
            }
        }
        for fake in self.workers.values().filter(|fake| fake.is_waited_for()) {
            assert!(fake.timer.is_some(), "a wait without an end");
        }
    }
}

impl Fake {
    pub fn is_waited_for(&self) -> bool {
        !self.runs || self.message.is_some()
    }

    pub fn is_at_a_job(&self) -> bool {
        let message = self.message.as_ref();
        message.is_some_and(|message| !matches!(message.request, Request::Start { .. }))
    }

    /// It loads the model.
    pub fn loads(&self) -> bool {
        self.message.is_some() && !self.is_at_a_job()
    }
}

/// What a worker says of its speed: every second graphics processor is the faster one.
fn timing(request: &Request, backend: Backend, worker: WorkerId) -> Option<Timing> {
    let per_second = match (request, backend) {
        (Request::Encode { .. }, Backend::Cpu) => 10.0,
        (Request::Start { timed: true, .. }, Backend::WebGpu) if worker.0.is_multiple_of(2) => 100.0,
        (Request::Start { timed: true, .. }, Backend::WebGpu) => 1.0,
        _ => return None,
    };
    let work = TimedWork::Encode;
    Some(Timing { work, per_second })
}

fn cutouts(file: u32, more: bool) -> Report {
    Report::Cutouts {
        file,
        member: None,
        verdict: Verdict::Accepted,
        cutouts: Vec::new(),
        questions: Vec::new(),
        tables: false,
        more,
    }
}

fn joined(file: u32, more: bool) -> Report {
    Report::Joined {
        file,
        name: String::new(),
        verdict: Verdict::Accepted,
        facts: Vec::new(),
        questions: Vec::new(),
        more,
    }
}

fn answer(request: &Request, backend: Backend) -> Report {
    match request.clone() {
        Request::Start { .. } => Report::Ready(Ready {
            backend,
            device: String::new(),
            model: String::new(),
            model_sha256: String::new(),
            model_note: String::new(),
            compared: 0,
            milliseconds: 0.0,
            trial: None,
        }),
        Request::Read { file, .. } | Request::Fetch { file, .. } | Request::Simulate { file, .. } => {
            cutouts(file, false)
        }
        Request::Join { file, .. } => joined(file, false),
        Request::Encode { first } => Report::Encoded { first },
        Request::Place { first } => Report::Placed { first },
        Request::ReconstructMany { first } => Report::ReconstructedMany { first },
        Request::Reconstruct { row } => Report::Reconstructed { row },
        Request::BuildTree { .. } | Request::BuildVectorTree { .. } => Report::TreeBuilt {
            leaves: 2,
            inversions: 0,
        },
        Request::Inspect => Report::Inspected,
        Request::UseModel => Report::ModelInUse,
        Request::Measure { tree, first } => Report::Measured { tree, first },
        Request::TestSteadiness { tree, cut, .. } => Report::SteadinessTested { tree, cut },
        Request::MakeMap { tree, .. } => Report::MapMade { tree },
        Request::MeasureQuality { tree, .. } => Report::QualityMeasured {
            tree,
            cophenetic: None,
        },
    }
}

fn progress(request: &Request) -> Option<Report> {
    match *request {
        Request::Start { .. } => Some(Report::Loading {
            done: 1.0,
            total: 2.0,
        }),
        Request::Read { file, .. } => Some(cutouts(file, true)),
        Request::Join { file, .. } => Some(joined(file, true)),
        Request::TestSteadiness { .. } => Some(Report::TestingSteadiness { done: 1, total: 2 }),
        Request::MakeMap { .. } => Some(Report::MakingMap { done: 1, total: 2 }),
        Request::BuildTree { .. } | Request::BuildVectorTree { .. } => {
            Some(Report::BuildingTree { done: 1, total: 2 })
        }
        _ => None,
    }
}
