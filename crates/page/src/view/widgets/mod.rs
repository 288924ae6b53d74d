//! Parts that panels and sheets are made of.

pub mod adjust;
pub mod bar;
pub mod gaps;
pub mod map;
pub mod members;
pub mod menu;
pub mod questions;
pub mod scrolled;
pub mod sheet;
pub mod sky_list;
pub mod sky_progress;
pub mod switch;
pub mod thumb;
