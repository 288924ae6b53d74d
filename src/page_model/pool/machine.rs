//! The machine itself.

use super::answer::{Meaning, meaning};
use super::deadlines::Deadlines;
use super::job::Job;
use super::messages::{Effect, Event, Input, TimerId, WorkerId};
use super::queue::{Capabilities, Queue, Task};
use super::settings::Settings;
use super::trial::Trial;
use super::worker::{Running, State, Worker};
use crate::count::counted;
use crate::page_model::protocol::{Backend, Buffer, Ready, Report, Request, TrialOutcome};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How often a job is tried.
const TRIES: u8 = 3;
/// CPU workers that failed without a job, one after another, before the pool does with fewer of them, or gives up.
const MAX_FAILED_STARTS: u32 = 8;

/// The workers, and the jobs that wait for them. See the module's documentation.
#[derive(Debug)]
pub struct Pool<F> {
    /// Its `backend` and `cpu_workers` are what is wanted now: both change when workers fail.
    settings: Settings,
    deadlines: Deadlines,
    workers: BTreeMap<WorkerId, Worker<F>>,
    queue: Queue<F>,
    /// A graphics processor is being tried.
    trial: Option<Trial>,
    /// How the CPU workers introduced themselves.
    processor: Option<Ready>,
    /// CPU workers that failed without a job since the last answer.
    failed_starts: u32,
    /// Why there are no workers any more.
    unusable: Option<String>,
    workers_so_far: u32,
    timers_so_far: u64,
    /// What [`Self::handle`] is about to return.
    effects: Vec<Effect<F>>,
}

impl<F> Pool<F> {
    /// A pool, and what to do to start its workers.
    pub fn new(settings: Settings) -> (Self, Vec<Effect<F>>) {
        let mut pool = Self {
            deadlines: Deadlines::new(settings.deadline_factor),
            trial: (settings.trial && settings.backend == Backend::Cpu).then(Trial::default),
            processor: None,
            settings: Settings {
                cpu_workers: settings.cpu_workers.max(1),
                ..settings
            },
            workers: BTreeMap::new(),
            queue: Queue::new(),
            failed_starts: 0,
            unusable: None,
            workers_so_far: 0,
            timers_so_far: 0,
            effects: Vec::new(),
        };
        pool.settle();
        let effects = std::mem::take(&mut pool.effects);
        (pool, effects)
    }

    /// Takes what happened, and returns what to do now, in this order.
    pub fn handle(&mut self, input: Input<F>) -> Vec<Effect<F>> {
        match input {
            Input::Submit(jobs) => self.submit(jobs),
            Input::CancelAll => self.cancel(),
            Input::Refresh => self.refresh(),
            Input::Answer {
                worker,
                report,
                buffers,
            } => self.on_report(worker, report, buffers),
            Input::WorkerFailed { worker, reason } => self.failed(worker, &reason, true),
            Input::NotSpawned { worker, reason } => self.failed(worker, &reason, false),
            Input::NotPosted { worker, reason } => self.not_posted(worker, &reason),
            Input::TimerFired { worker, timer } => self.late(worker, timer),
        }
        self.settle();
        std::mem::take(&mut self.effects)
    }

    fn submit(&mut self, jobs: Vec<Job<F>>) {
        for job in jobs {
            let task = Task::new(job);
            match self.unusable.clone() {
                Some(reason) => self.lose(task, &reason),
                None => self.queue.add(task),
            }
        }
    }

    fn cancel(&mut self) {
        self.queue.drain();
        self.end_where(|worker| matches!(worker.state, State::Working(_)));
    }

    fn refresh(&mut self) {
        self.end_where(|worker| worker.backend == Backend::Cpu && worker.is_idle());
    }

    fn on_report(&mut self, id: WorkerId, report: Report, buffers: Vec<Buffer>) {
        if let Report::Timed(timing) = report {
            // It is at work.
            let is_loading = |worker: &Worker<F>| matches!(worker.state, State::Loading);
            if self.workers.get(&id).is_some_and(is_loading) {
                self.renew(id);
            }
            if let (Some(trial), Some(worker)) = (&mut self.trial, self.workers.get(&id)) {
                trial.note(worker.backend, timing);
                self.decide();
            }
            return;
        }
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        match (&worker.state, &report) {
            (_, Report::Crashed { reason } | Report::Unusable { reason })
            // It did not understand what it was asked.
            | (State::Loading, Report::Failed { reason }) => {
                return self.failed(id, &reason.clone(), true);
            }
            (State::Starting, Report::Hello) => return worker.rest(),
            (State::Loading, Report::Ready(ready)) => {
                worker.ready = true;
                worker.rest();
                match (&mut self.trial, worker.backend) {
                    (Some(trial), Backend::WebGpu) => {
                        trial.candidate = Some(ready.clone());
                        return self.decide();
                    }
                    (_, Backend::Cpu) => self.processor = Some(ready.clone()),
                    (None, Backend::WebGpu) => {}
                }
            }
            (State::Loading, Report::Loading { .. }) => self.renew(id),
            (State::Working(_), Report::Failed { reason }) => {
                return self.give_back(id, &reason.clone(), false);
            }
            (State::Working(task), _) => match meaning(&task.job.request, &report) {
                Meaning::Progress => self.renew(id),
                Meaning::Done => {
                    worker.rest();
                    self.failed_starts = 0;
                }
                Meaning::Foreign => return,
            },
            _ => return,
        }
        self.effects
            .push(Effect::Notify(Event::Report { report, buffers }));
    }

    /// Ends the trial when both speeds are known: the faster device goes on.
    fn decide(&mut self) {
        let trial = self.trial.as_ref();
        let Some(outcome) = trial.and_then(|trial| trial.outcome(self.settings.cpu_workers)) else {
            return;
        };
        let candidate = self.trial.take().and_then(|trial| trial.candidate);
        let chosen = if outcome.graphics > outcome.processor {
            self.settings.backend = Backend::WebGpu;
            candidate
        } else {
            self.end_where(|worker| worker.backend == Backend::WebGpu);
            self.processor.clone()
        };
        self.introduce(chosen, Some(outcome));
    }

    /// Says again what computes.
    fn introduce(&mut self, device: Option<Ready>, trial: Option<TrialOutcome>) {
        if let Some(ready) = device {
            let report = Report::Ready(Ready { trial, ..ready });
            let buffers = Vec::new();
            self.effects
                .push(Effect::Notify(Event::Report { report, buffers }));
        }
    }

    fn not_posted(&mut self, id: WorkerId, reason: &str) {
        let reason = worded(reason, "the browser could not send a worker its task");
        match self.workers.get(&id).map(|worker| &worker.state) {
            Some(State::Working(_)) => self.give_back(id, &reason, true),
            Some(State::Loading) => self.failed(id, &reason, true),
            _ => {}
        }
    }

    /// A timer ran out: once for the deadline, and once more for the grace after it.
    fn late(&mut self, id: WorkerId, timer: TimerId) {
        let running = self.workers.get(&id).and_then(|worker| worker.deadline);
        let Some(running) = running.filter(|running| running.timer == timer) else {
            return;
        };
        if running.grace {
            let seconds = counted(running.seconds as usize, "second", "seconds");
            let reason = format!("a worker gave no answer for {seconds}");
            return self.failed(id, &reason, true);
        }
        let grace = self.deadlines.grace();
        self.set_timer(id, grace, running.seconds.saturating_add(grace), true);
    }

    /// A worker is of no use any more. `running`: it was started and has to be ended.
    fn failed(&mut self, id: WorkerId, reason: &str, running: bool) {
        let Some(worker) = self.workers.remove(&id) else {
            return;
        };
        if running {
            self.effects.push(Effect::Terminate { worker: id });
        }
        let reason = match worker.state {
            State::Starting => worded(reason, "a worker's program could not be loaded"),
            _ => worded(reason, "a worker broke off without saying why"),
        };
        match worker.state {
            State::Working(task) => {
                let again = !task.job.reads();
                self.fail_job(task, None, &reason, again);
            }
            _ if worker.backend == Backend::Cpu => self.failed_starts += 1,
            _ => {}
        }
        if worker.backend == Backend::WebGpu {
            (self.settings.backend, self.trial) = (Backend::Cpu, None);
            self.effects.push(Effect::Notify(Event::FellBack { reason }));
            // CPU workers that were ready before will not say so again.
            self.introduce(self.processor.clone(), None);
        } else if self.failed_starts >= MAX_FAILED_STARTS {
            self.do_with_fewer(reason);
        }
    }

    /// CPU workers cannot be started. If others work (there may not be memory for so many), they are enough.
    fn do_with_fewer(&mut self, reason: String) {
        let left = || {
            self.workers
                .values()
                .filter(|worker| worker.backend == Backend::Cpu)
        };
        if left().any(|worker| worker.is_proven(self.settings.backend)) {
            (self.settings.cpu_workers, self.failed_starts) = (left().count(), 0);
        } else {
            self.give_up(reason);
        }
    }

    /// Ends all workers and gives all jobs back.
    fn give_up(&mut self, reason: String) {
        let mut tasks = Vec::new();
        for (id, worker) in std::mem::take(&mut self.workers) {
            self.effects.push(Effect::Terminate { worker: id });
            if let State::Working(task) = worker.state {
                tasks.push(task);
            }
        }
        tasks.extend(self.queue.drain());
        for task in tasks {
            self.lose(task, &reason);
        }
        self.effects.push(Effect::Notify(Event::Unusable {
            reason: reason.clone(),
        }));
        self.unusable = Some(reason);
    }

    /// A job failed, and its worker goes on. `again`: even a job that reads is tried again.
    fn give_back(&mut self, id: WorkerId, reason: &str, again: bool) {
        let Some(worker) = self.workers.get_mut(&id) else {
            return;
        };
        let state = std::mem::replace(&mut worker.state, State::Idle);
        worker.rest();
        if let State::Working(task) = state {
            let again = again || !task.job.reads();
            let reason = worded(reason, "a worker could not do its task");
            self.fail_job(task, Some(id), &reason, again);
        }
    }

    fn fail_job(&mut self, mut task: Task<F>, failed_on: Option<WorkerId>, reason: &str, again: bool) {
        task.failures += 1;
        task.failed_on = failed_on;
        if again && task.failures < TRIES {
            self.queue.put_back(task);
        } else {
            self.lose(task, reason);
        }
    }

    fn lose(&mut self, task: Task<F>, reason: &str) {
        let request = match Rc::try_unwrap(task.job) {
            Ok(job) => job.request,
            // Its message is still on the way.
            Err(shared) => shared.request.clone(),
        };
        let reason = reason.to_owned();
        self.effects.push(Effect::Notify(Event::Lost { request, reason }));
    }

    fn end_where(&mut self, is_to_end: impl Fn(&Worker<F>) -> bool) {
        let effects = &mut self.effects;
        self.workers.retain(|&id, worker| {
            let ends = is_to_end(worker);
            if ends {
                effects.push(Effect::Terminate { worker: id });
            }
            !ends
        });
    }

    /// Starts the workers that are missing, and gives idle ones something to do.
    fn settle(&mut self) {
        if self.unusable.is_some() {
            return;
        }
        for (backend, wanted) in [
            (Backend::Cpu, self.settings.cpu_workers),
            (
                Backend::WebGpu,
                usize::from(self.settings.backend == Backend::WebGpu || self.trial.is_some()),
            ),
        ] {
            for _ in self.count(backend)..wanted {
                self.spawn(backend);
            }
        }
        let idle = self.workers.iter().filter(|(_, worker)| worker.is_idle());
        let idle: Vec<WorkerId> = idle.map(|(&id, _)| id).collect();
        for id in idle {
            self.employ(id);
        }
    }

    fn spawn(&mut self, backend: Backend) {
        self.workers_so_far += 1;
        let worker = WorkerId(self.workers_so_far);
        self.workers.insert(worker, Worker::new(backend));
        self.effects.push(Effect::Spawn { worker, backend });
        self.renew(worker);
    }

    /// Gives an idle worker something to do, if there is anything for it.
    fn employ(&mut self, id: WorkerId) {
        let Some(worker) = self.workers.get(&id) else {
            return;
        };
        let tried = worker.backend == Backend::WebGpu && self.trial.is_some();
        let is_wanted = worker.backend == self.settings.backend;
        let (state, message) = if (is_wanted || tried) && !worker.ready {
            let request = Request::Start {
                manifest_url: self.settings.manifest_url.clone(),
                version: self.settings.version.clone(),
                timed: tried,
            };
            (State::Loading, Rc::new(Job::new(request, Vec::new())))
        } else {
            let able = Capabilities {
                worker: id,
                model: worker.ready && is_wanted,
                plain: worker.backend == Backend::Cpu,
                others_model: self.count(self.settings.backend) > 1,
                others_plain: self.count(Backend::Cpu) > 1,
            };
            let Some(task) = self.queue.take(able) else {
                return;
            };
            let message = Rc::clone(&task.job);
            (State::Working(task), message)
        };
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.state = state;
        }
        self.effects.push(Effect::Post { worker: id, message });
        self.renew(id);
    }

    fn count(&self, backend: Backend) -> usize {
        let workers = self.workers.values();
        workers.filter(|worker| worker.backend == backend).count()
    }

    /// Starts the deadline for what a worker is at, or starts it again.
    fn renew(&mut self, id: WorkerId) {
        let Some(worker) = self.workers.get(&id) else {
            return;
        };
        let seconds = match &worker.state {
            State::Starting => self.deadlines.hello(worker.backend),
            State::Loading => self.deadlines.loading(worker.backend),
            State::Working(task) => self.deadlines.job(&task.job, worker.backend),
            State::Idle => return,
        };
        self.set_timer(id, seconds, seconds, false);
    }

    fn set_timer(&mut self, id: WorkerId, seconds: u32, in_all: u32, grace: bool) {
        self.timers_so_far += 1;
        let timer = TimerId(self.timers_so_far);
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.deadline = Some(Running {
                timer,
                seconds: in_all,
                grace,
            });
        }
        self.effects.push(Effect::SetTimer {
            worker: id,
            timer,
            seconds,
        });
    }
}

/// What the browser says, or a clause of our own where it says nothing.
fn worded(reason: &str, otherwise: &str) -> String {
    let reason = reason.trim();
    if reason.is_empty() { otherwise } else { reason }.to_owned()
}
