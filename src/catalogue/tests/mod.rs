//! The same table in every form, joins, limits.

mod forms;
mod joins;
mod support;
