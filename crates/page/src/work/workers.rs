//! The workers in the browser. What each of them is to do is decided by [`Pool`]; here its effects are carried out, and
//! what the browser says is reported to it.

use super::timers::Timers;
use galaxy_grove::page_model::pool::{self, Effect, Event, Input, Pool, Settings, WorkerId};
use galaxy_grove::page_model::protocol::{Backend, Report};
use grove_browser::{Envelope, describe, to_js};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Something for a worker to do.
pub type Job = pool::Job<File>;

/// The model's manifest. A worker's script is in pkg/, one folder below the page.
const MANIFEST: &str = "../www/model/manifest.json";

/// The workers. A clone is another handle to the same ones.
#[derive(Clone)]
pub struct Workers(Rc<Inner>);

struct Inner {
    pool: RefCell<Pool<File>>,
    /// What is still to be done. The pool gets all inputs at once, but its effects wait for those before them: an
    /// effect may cause further ones, and the listener may submit or cancel jobs.
    effects: RefCell<VecDeque<Effect<File>>>,
    /// Somebody further up the stack is carrying effects out.
    running: Cell<bool>,
    workers: RefCell<BTreeMap<WorkerId, Connection>>,
    timers: Timers,
    version: String,
    listener: Rc<dyn Fn(Event)>,
}

/// A worker, and who listens to it.
struct Connection {
    worker: Worker,
    // Dropped with the connection: the browser must not call into freed closures.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
    _on_unreadable: Closure<dyn FnMut(MessageEvent)>,
}

impl Workers {
    /// Workers that [`start`](Self::start) starts: on one device, or with a trial of the other one beside it. `version` is added to every address; every deadline is multiplied by
    /// `deadline_factor`. The listener may call the methods below.
    pub fn new(
        (backend, trial): (Backend, bool),
        cpu_workers: usize,
        version: String,
        deadline_factor: f64,
        listener: Rc<dyn Fn(Event)>,
    ) -> Self {
        let (pool, effects) = Pool::new(Settings {
            backend,
            trial,
            cpu_workers,
            manifest_url: MANIFEST.to_owned(),
            version: version.clone(),
            deadline_factor,
        });
        Self(Rc::new(Inner {
            pool: RefCell::new(pool),
            effects: RefCell::new(effects.into()),
            running: Cell::new(false),
            workers: RefCell::default(),
            timers: Timers::default(),
            version,
            listener,
        }))
    }

    /// Starts the workers, unless a job has done so. The browser may refuse at once, and an event reports it.
    pub fn start(&self) {
        self.carry_all_out();
    }

    /// Adds jobs to the ends of their queues.
    pub fn submit_all(&self, jobs: impl IntoIterator<Item = Job>) {
        let sized = |job: Job| {
            let bytes = job.file.as_ref().map_or(0, |file| file.size() as u64);
            job.of_size(bytes)
        };
        self.send(Input::Submit(jobs.into_iter().map(sized).collect()));
    }

    /// Forgets all jobs and replaces the workers that are at one. No more events of these jobs are sent.
    pub fn cancel(&self) {
        self.0
            .effects
            .borrow_mut()
            .retain(|effect| !matches!(effect, Effect::Notify(event) if event.concerns_jobs()));
        self.send(Input::CancelAll);
    }

    /// Replaces every worker without a job, to give its memory back.
    pub fn refresh(&self) {
        self.send(Input::Refresh);
    }

    fn send(&self, input: Input<File>) {
        let effects = self.0.pool.borrow_mut().handle(input);
        self.0.effects.borrow_mut().extend(effects);
        self.carry_all_out();
    }

    fn carry_all_out(&self) {
        if self.0.running.replace(true) {
            return;
        }
        let next = || self.0.effects.borrow_mut().pop_front();
        while let Some(effect) = next() {
            self.carry_out(effect);
        }
        self.0.running.set(false);
    }

    fn carry_out(&self, effect: Effect<File>) {
        match effect {
            Effect::Spawn { worker, backend } => match self.connect(worker, backend) {
                Ok(connection) => {
                    self.0.workers.borrow_mut().insert(worker, connection);
                }
                Err(error) => self.send(Input::NotSpawned {
                    worker,
                    reason: describe(&error),
                }),
            },
            Effect::Terminate { worker } => {
                self.0.timers.clear(worker);
                let connection = self.0.workers.borrow_mut().remove(&worker);
                if let Some(connection) = connection {
                    connection.end();
                }
            }
            Effect::Post { worker, message } => {
                let posted = match self.0.workers.borrow().get(&worker) {
                    Some(connection) => connection.post(&message),
                    // It was not started, and the pool knows.
                    None => Ok(()),
                };
                if let Err(reason) = posted {
                    self.send(Input::NotPosted { worker, reason });
                }
            }
            Effect::SetTimer {
                worker,
                timer,
                seconds,
            } => {
                if self.0.workers.borrow().contains_key(&worker) {
                    let workers = self.clone();
                    let fired = move || workers.send(Input::TimerFired { worker, timer });
                    self.0.timers.set(worker, seconds, fired);
                }
            }
            Effect::Notify(event) => (self.0.listener)(event),
        }
    }

    fn connect(&self, id: WorkerId, backend: Backend) -> Result<Connection, JsValue> {
        let program = match backend {
            Backend::Cpu => "engine-cpu-worker",
            Backend::WebGpu => "engine-webgpu-worker",
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&format!("./pkg/{program}.js{}", self.0.version), &options)?;
        let workers = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            workers.send(match Envelope::<Report>::from_js(&event.data()) {
                Ok(Envelope { head, buffers, .. }) => Input::Answer {
                    worker: id,
                    report: head,
                    buffers,
                },
                Err(error) => Input::WorkerFailed {
                    worker: id,
                    reason: error.to_string(),
                },
            });
        });
        let workers = self.clone();
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            event.prevent_default();
            // A script that is missing gives an event of the plain kind, without a message.
            let reason = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
            workers.send(Input::WorkerFailed {
                worker: id,
                reason: reason.unwrap_or_default(),
            });
        });
        let workers = self.clone();
        let on_unreadable = Closure::<dyn FnMut(MessageEvent)>::new(move |_: MessageEvent| {
            workers.send(Input::WorkerFailed {
                worker: id,
                reason: "the browser could not read a worker's message".to_owned(),
            });
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_unreadable.as_ref().unchecked_ref()));
        Ok(Connection {
            worker,
            _on_message: on_message,
            _on_error: on_error,
            _on_unreadable: on_unreadable,
        })
    }
}

impl Connection {
    /// Sends a message.
    fn post(&self, job: &Job) -> Result<(), String> {
        let made = to_js(&job.request, &job.buffers, job.file.as_ref());
        let (message, transfer) = made.map_err(|error| error.to_string())?;
        let posted = self.worker.post_message_with_transfer(&message, &transfer);
        posted.map_err(|error| describe(&error))
    }

    /// Ends the worker.
    fn end(self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}
