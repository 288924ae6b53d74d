//! The workers, and which of them does what: a state machine: inputs say what happened, effects say what to do. No clock, no
//! browser, no closures.
//!
//! Reading files and building the tree need no model: any CPU worker does them. Encoding and painting go to a worker
//! whose model passed its test: the WebGPU worker where there is one, the CPU workers otherwise.
//!
//! Whether a graphics processor is worth its while is measured, not assumed: with [`Settings::trial`] the CPU workers begin, while a WebGPU worker
//! loads, compiles and tests; when the speeds of both are known, the faster one goes on and a slower WebGPU worker is ended.
//!
//! Every submitted job ends in exactly one of three ways: with an answer ([`Event::Report`]), given up
//! ([`Event::Lost`]), or cancelled silently ([`Input::CancelAll`]). Nothing is waited for without a deadline.
//!
//! ```
//! use galaxy_grove::page_model::pool::{Effect, Input, Job, Pool, Settings};
//! use galaxy_grove::page_model::protocol::{Backend, Report, Request};
//!
//! let (mut pool, effects) = Pool::<()>::new(Settings { cpu_workers: 1, ..Settings::default() });
//! let Some(Effect::Spawn { worker, backend: Backend::Cpu }) = effects.first() else { panic!() };
//! let worker = *worker;
//! pool.handle(Input::Submit(vec![Job::new(Request::Encode { first: 0 }, Vec::new())]));
//! // It says hello, and is asked to load the model.
//! let effects = pool.handle(Input::Answer { worker, report: Report::Hello, buffers: Vec::new() });
//! assert!(matches!(effects.first(), Some(Effect::Post { .. })));
//! ```

mod answer;
mod deadlines;
mod job;
mod machine;
mod messages;
mod queue;
mod settings;
mod trial;
mod worker;

#[cfg(test)]
mod tests;

pub use job::Job;
pub use machine::Pool;
pub use messages::{Effect, Event, Input, TimerId, WorkerId};
pub use settings::Settings;
