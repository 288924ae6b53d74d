//! The workers, and which of them does what.
//!
//! Reading files and growing the tree need no model: any CPU worker does them. Encoding and painting go to a worker
//! whose model passed its test: the WebGPU worker where there is one, the CPU workers otherwise. A worker that dies is
//! replaced; the job it held is tried once more, or, if it was reading a file, that file is refused.

use galaxy_grove::page_model::protocol::{Backend, Report, Request};
use grove_browser::{Bulk, Envelope, describe};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

/// Something for a worker to do.
#[derive(Debug, Clone)]
pub struct Job {
    /// What to do.
    pub request: Request,
    /// With which arrays.
    pub bulk: Vec<Bulk>,
    /// With which file.
    pub file: Option<File>,
    tries: u8,
}

impl Job {
    /// A job with arrays.
    pub fn new(request: Request, bulk: Vec<Bulk>) -> Self {
        Self {
            request,
            bulk,
            file: None,
            tries: 0,
        }
    }

    /// A job on a file.
    pub fn on_file(request: Request, file: File) -> Self {
        Self {
            request,
            bulk: Vec::new(),
            file: Some(file),
            tries: 0,
        }
    }

    fn reads(&self) -> bool {
        matches!(
            self.request,
            Request::Read { .. } | Request::Join { .. } | Request::Fetch { .. }
        )
    }

    fn needs_model(&self) -> bool {
        matches!(
            self.request,
            Request::Encode { .. } | Request::Depict { .. } | Request::Reconstruct { .. } | Request::Inspect
        )
    }
}

/// What the pool tells the page.
#[derive(Debug)]
pub enum Event {
    /// A worker's report. Boxed: it may carry arrays.
    Report(Box<Envelope<Report>>),
    /// A job was given up.
    Lost {
        /// The job.
        request: Request,
        /// Why.
        reason: String,
    },
    /// The device cannot be used, and the pool goes on with another.
    FellBack {
        /// Why.
        reason: String,
    },
    /// Not even the CPU workers can be used.
    Unusable {
        /// Why.
        reason: String,
    },
}

struct Slot {
    worker: Worker,
    backend: Backend,
    /// The model is loaded and tested.
    ready: bool,
    /// Starting counts as busy.
    busy: bool,
    job: Option<Job>,
    // Dropped with the slot: the browser must not call into freed closures.
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

/// The workers.
pub struct Pool {
    slots: Vec<Option<Slot>>,
    /// Jobs that need the model, and those that do not.
    modelled: VecDeque<Job>,
    plain: VecDeque<Job>,
    backend: Backend,
    cpu_workers: usize,
    version: String,
    failures: u32,
    listener: Rc<dyn Fn(Event)>,
}

/// Failed starts after which the pool gives up.
const MOST_FAILURES: u32 = 8;

/// A pool that closures can reach.
#[derive(Clone)]
pub struct SharedPool(Rc<RefCell<Pool>>);

impl SharedPool {
    /// Starts the workers. `version` is added to every address.
    pub fn start(backend: Backend, cpu_workers: usize, version: String, listener: Rc<dyn Fn(Event)>) -> Self {
        let pool = Pool {
            slots: Vec::new(),
            modelled: VecDeque::new(),
            plain: VecDeque::new(),
            backend,
            cpu_workers: cpu_workers.max(1),
            version,
            failures: 0,
            listener,
        };
        let shared = Self(Rc::new(RefCell::new(pool)));
        shared.fill();
        shared
    }

    /// Adds a job to the end of its queue.
    pub fn submit(&self, job: Job) {
        self.submit_all([job]);
    }

    /// Adds jobs to the ends of their queues.
    pub fn submit_all(&self, jobs: impl IntoIterator<Item = Job>) {
        {
            let mut pool = self.0.borrow_mut();
            for job in jobs {
                pool.queue_of(&job).push_back(job);
            }
        }
        self.dispatch();
    }

    /// Forgets all jobs and ends the workers that are at one; fresh ones take their place.
    pub fn cancel(&self) {
        {
            let mut pool = self.0.borrow_mut();
            pool.modelled.clear();
            pool.plain.clear();
            for place in &mut pool.slots {
                if place.as_ref().is_some_and(|slot| slot.job.is_some()) {
                    end(place);
                }
            }
        }
        self.fill();
    }

    /// Ends every worker without a job, to give their memory back; fresh ones take their place.
    pub fn refresh(&self) {
        for place in &mut self.0.borrow_mut().slots {
            if place
                .as_ref()
                .is_some_and(|slot| slot.backend == Backend::Cpu && !slot.busy)
            {
                end(place);
            }
        }
        self.fill();
    }

    /// Puts a worker in every empty place: the CPU workers first, the WebGPU worker last.
    fn fill(&self) {
        let (backend, cpu_workers) = {
            let pool = self.0.borrow();
            (pool.backend, pool.cpu_workers)
        };
        let wanted = cpu_workers + usize::from(backend == Backend::WebGpu);
        for index in 0..wanted {
            let empty = self.0.borrow().slots.get(index).is_none_or(Option::is_none);
            if empty {
                let kind = if index < cpu_workers {
                    Backend::Cpu
                } else {
                    Backend::WebGpu
                };
                self.spawn(index, kind);
            }
        }
    }

    fn spawn(&self, index: usize, backend: Backend) {
        let version = self.0.borrow().version.clone();
        let script = match backend {
            Backend::Cpu => format!("./pkg/engine-cpu-worker.js{version}"),
            Backend::WebGpu => format!("./pkg/engine-webgpu-worker.js{version}"),
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = match Worker::new_with_options(&script, &options) {
            Ok(worker) => worker,
            Err(error) => {
                return self.tell(Event::Unusable {
                    reason: describe(&error),
                });
            }
        };
        let pool = self.clone();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match Envelope::<Report>::from_js(&event.data()) {
                Ok(envelope) => pool.hear(index, envelope),
                Err(error) => pool.died(index, &error.to_string()),
            }
        });
        let pool = self.clone();
        let on_error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            pool.died(index, &event.message());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let slot = Slot {
            worker,
            backend,
            ready: false,
            // Busy until it says hello.
            busy: true,
            job: None,
            _on_message: on_message,
            _on_error: on_error,
        };
        let mut pool = self.0.borrow_mut();
        if pool.slots.len() <= index {
            pool.slots.resize_with(index + 1, || None);
        }
        pool.slots[index] = Some(slot);
    }

    fn hear(&self, index: usize, envelope: Envelope<Report>) {
        match &envelope.head {
            Report::Hello => return self.greeted(index),
            Report::Crashed { reason } => return self.died(index, &reason.clone()),
            Report::Unusable { reason } => return self.unusable(index, &reason.clone()),
            Report::Ready(_) => {
                if let Some(slot) = &mut self.0.borrow_mut().slots[index] {
                    (slot.ready, slot.busy) = (true, false);
                }
            }
            Report::Loading { .. } | Report::Growing { .. } | Report::Cutouts { more: true, .. } => {}
            Report::Joined { more: true, .. } | Report::Field { .. } => {}
            // A file inside an archive: the archive itself is still being read.
            Report::Cutouts { member: Some(_), .. } => {}
            _ => {
                if let Some(slot) = &mut self.0.borrow_mut().slots[index] {
                    (slot.job, slot.busy) = (None, false);
                }
            }
        }
        self.tell(Event::Report(Box::new(envelope)));
        self.dispatch();
    }

    /// A worker runs. It loads the model if it is to use it.
    fn greeted(&self, index: usize) {
        let mut pool = self.0.borrow_mut();
        let (backend, version) = (pool.backend, pool.version.clone());
        if let Some(slot) = &mut pool.slots[index] {
            if slot.backend == backend {
                begin(slot, version);
            } else {
                slot.busy = false;
            }
        }
        drop(pool);
        self.dispatch();
    }

    /// A device failed. The WebGPU worker is given up for good; a CPU worker is tried again.
    fn unusable(&self, index: usize, reason: &str) {
        let (was_gpu, lost) = {
            let mut pool = self.0.borrow_mut();
            let slot = end(&mut pool.slots[index]);
            let was_gpu = slot.as_ref().is_some_and(|slot| slot.backend == Backend::WebGpu);
            let job = slot.and_then(|slot| slot.job);
            // A file that breaks its reader says nothing about the device.
            pool.failures += u32::from(!job.as_ref().is_some_and(Job::reads));
            (was_gpu, job)
        };
        self.try_again(lost, reason);
        if was_gpu {
            {
                let mut guard = self.0.borrow_mut();
                let pool = &mut *guard;
                pool.backend = Backend::Cpu;
                for slot in pool
                    .slots
                    .iter_mut()
                    .flatten()
                    .filter(|slot| !slot.ready && !slot.busy)
                {
                    begin(slot, pool.version.clone());
                }
            }
            self.tell(Event::FellBack {
                reason: reason.to_owned(),
            });
        } else if self.0.borrow().failures > MOST_FAILURES {
            return self.tell(Event::Unusable {
                reason: reason.to_owned(),
            });
        }
        self.fill();
        self.dispatch();
    }

    /// A worker died: a panic, or a script that could not be loaded.
    fn died(&self, index: usize, reason: &str) {
        let known = self.0.borrow().slots.get(index).is_some_and(Option::is_some);
        if known {
            self.unusable(index, reason);
        }
    }

    fn try_again(&self, job: Option<Job>, reason: &str) {
        let Some(mut job) = job else { return };
        job.tries += 1;
        // A file that killed its reader would kill the next one too.
        if job.reads() || job.tries > 2 {
            self.tell(Event::Lost {
                request: job.request,
                reason: reason.to_owned(),
            });
        } else {
            self.0.borrow_mut().queue_of(&job).push_front(job);
        }
    }

    /// Hands jobs to idle workers.
    fn dispatch(&self) {
        loop {
            let mut guard = self.0.borrow_mut();
            let pool = &mut *guard;
            let mut handed = false;
            for slot in pool.slots.iter_mut().flatten().filter(|slot| !slot.busy) {
                // What needs the model comes first: somebody may be waiting for a picture.
                let modelled = if slot.ready {
                    pool.modelled.pop_front()
                } else {
                    None
                };
                let job = modelled.or_else(|| match slot.backend {
                    Backend::Cpu => pool.plain.pop_front(),
                    Backend::WebGpu => None,
                });
                let Some(mut job) = job else {
                    continue;
                };
                // Lent to the message, and kept, in case the worker dies over it.
                let envelope = Envelope {
                    head: job.request,
                    bulk: job.bulk,
                    file: job.file,
                };
                post(&slot.worker, &envelope);
                (job.request, job.bulk, job.file) = (envelope.head, envelope.bulk, envelope.file);
                (slot.busy, slot.job) = (true, Some(job));
                handed = true;
            }
            if !handed {
                return;
            }
        }
    }

    fn tell(&self, event: Event) {
        let listener = Rc::clone(&self.0.borrow().listener);
        listener(event);
    }
}

impl Pool {
    fn queue_of(&mut self, job: &Job) -> &mut VecDeque<Job> {
        if job.needs_model() {
            &mut self.modelled
        } else {
            &mut self.plain
        }
    }
}

/// Asks a worker to load and test the model.
fn begin(slot: &mut Slot, version: String) {
    slot.busy = true;
    // The worker's script stands in pkg/, one folder below the page.
    let manifest_url = "../www/model/manifest.json".to_owned();
    post(
        &slot.worker,
        &Envelope::new(Request::Start {
            manifest_url,
            version,
        }),
    );
}

fn end(place: &mut Option<Slot>) -> Option<Slot> {
    let slot = place.take()?;
    slot.worker.set_onmessage(None);
    slot.worker.set_onerror(None);
    slot.worker.terminate();
    Some(slot)
}

fn post(worker: &Worker, envelope: &Envelope<Request>) {
    match envelope.to_js() {
        Ok((message, transfer)) => {
            if let Err(error) = worker.post_message_with_transfer(&message, &transfer) {
                web_sys::console::error_1(&error);
            }
        }
        Err(error) => web_sys::console::error_1(&error.to_string().into()),
    }
}
