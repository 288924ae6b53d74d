//! The page and its workers together, in a browser that is played.

mod answers;
mod interleavings;
mod kept;
mod levels;
mod scenarios;
mod study;
mod tables;
mod vectors;
mod world;
