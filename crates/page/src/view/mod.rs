//! Panels and sheets, one a file. Only the shell mounts them; none of them knows another.

pub mod drop;
pub mod field_sheet;
pub mod files_sheet;
pub mod galaxy_panel;
pub mod groups_panel;
pub mod header;
pub mod help_sheet;
pub mod level_bar;
pub mod sky_panel;
pub mod sky_status;
pub mod status;
pub mod tree_panel;
pub mod widgets;
