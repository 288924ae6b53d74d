//! From files to a tree: reading, encoding, linkage. Each step hands over to the next; each can be cancelled.
//!
//! ```text
//! open ──> reading ──> encoding ──> linkage
//!             ├─ file_list, duplicates, tables        └──> study: structure, steadiness, quality, map; orientation
//! said, cancel, failure, worker: what leads here
//! shelve: what is set aside for another set, and how it comes back
//! ```
//!
//! Every function changes the [state](super::state::PageState) and notes the effects that it wants; none knows a browser.

pub(super) mod answers;
pub(super) mod cancel;
mod duplicates;
pub(super) mod encoding;
mod failure;
mod file_list;
pub(super) mod linkage;
pub(super) mod open;
pub(super) mod orientation;
pub(super) mod reading;
pub(super) mod shelve;
mod stop;
pub(super) mod study;
pub(super) mod tables;
pub(super) mod view;
pub(super) mod worker;

pub use linkage::precision;
pub use study::MAX_TESTED;
