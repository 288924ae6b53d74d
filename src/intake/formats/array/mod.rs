//! Arrays of numbers that hold pictures of galaxies: the part that HDF5 and NumPy files share.
//!
//! A file is a list of [`Array`]s behind the trait [`Arrays`]. [`Rows`] finds the one that holds the images ([`pick`]),
//! decides what its axes mean ([`layout`]), asks where that is open, joins the other arrays of the same length as ids,
//! coordinates and labels ([`columns`]), and then reads the rows in pieces that fit into memory.

mod arrays;
mod axes;
mod columns;
mod each;
mod element;
mod facts;
mod layout;
mod levels;
mod names;
mod pick;
mod planes;
mod readings;
mod rows;
mod sample;
mod wide;

pub use self::{
    arrays::{Array, Arrays, Hints, Values},
    element::{Class, Element, Number},
    rows::{Rows, run},
    sample::choose as choose_rows,
};
