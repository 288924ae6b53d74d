//! What a page is, without a browser: values in, values out.
//!
//! A person's [`Action`] or a worker's event goes into [`apply`], which changes the [`PageState`] and returns the
//! [`Effect`]s that the page is to carry out: jobs for the workers, times to note. The workers themselves are kept by
//! the [`pool`], a machine of its own. Nothing here knows the DOM, a clock or a thread, so all of it is tested natively.
//!
//! ```text
//! person ──> Action ─┐                       ┌─> Changes ──> signals ──> what is shown
//!                    ├─> apply(PageState) ───┤
//! worker ──> Event ──┘                       └─> Effects ──> jobs ──> pool ──> workers
//! ```

mod action;
mod apply;
mod files;
mod flow;
mod insight;
mod queries;
mod resemblance;
mod shelf;
mod stage;
mod state;
mod steps;
mod tree_view;

pub mod collection;
mod grouped_by;
pub mod hosted;
pub mod pool;
pub mod protocol;
pub mod session;
#[cfg(test)]
mod tests;

pub use action::{Action, Effect};
pub use apply::apply;
pub use files::{Dropped, FieldKey, FileRow, NO_SOURCE};
pub use flow::{MAX_TESTED, precision};
pub use grouped_by::GroupedBy;
pub use insight::{Insight, Rated, Rating, Steady, Topic};
pub use resemblance::{Resemblance, Typical};
pub use stage::{DeviceState, Notice, Offer, Sheet, Stage};
pub use state::{Changes, MAX_GALAXIES, PageState, Part, Reconstruction, Settings};
pub use tree_view::{Cutting, TreeId, TreeView};
