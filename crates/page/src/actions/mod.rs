//! What changes the state of the page, or does something in the browser. [`apply`] is the only way in.

mod apply;

pub mod adjust;
pub mod context;
pub mod download;
pub mod keys;
pub mod leaving;
pub mod link;
pub mod notify;
pub mod pick;
pub mod save;
pub mod show;
pub mod sky_form;
pub mod sky_run;
pub mod start;
pub mod take;
pub mod timing;
pub mod tree_window;

pub use apply::{
    answer, apply, change, change_galaxies, change_quietly, complain, remember, say, show_sheet, step,
};
