//! Tables that come along with pictures: read, joined to the galaxies by file name or id, and turned into labels and
//! columns.
//!
//! [`read_or_detect`] reads pictures and tells tables, [`read`] reads one, [`join`](fn@join) finds each galaxy's row, [`Facts`] gives what the row says.

mod blanks;
mod cells;
mod columns;
mod ecsv;
mod fits;
mod fixed;
mod heading;
mod join;
mod key;
mod key_names;
mod known;
mod read;
mod rows;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod tidy;
mod trial;
mod votable;
mod votable_binary;
mod votable_field;
mod words;

pub use self::{
    cells::Cells,
    columns::{Axis, Facts, axis, merge, replaced},
    join::{Join, join, join_best},
    key::By,
    known::Known,
    read::{FileContent, TableKind, detect, has_tables, read, read_all, read_or_detect},
    table::{Column, Table},
};
