//! Plain scenarios, and any interleaving, against a browser that is played.

mod browser;
mod interleavings;
mod jobs;
mod ledger;
mod scenarios;
mod trial;
