//! What changes the state of the page, or does something in the browser.

pub mod adjust;
pub mod arrivals;
pub mod atlas;
pub mod context;
pub mod download;
pub mod flow;
pub mod growing;
pub mod keys;
pub mod link;
pub mod pick;
pub mod save;
pub mod show;
pub mod sky_run;
pub mod sources;
pub mod take;
pub mod timing;
pub mod tree_window;
