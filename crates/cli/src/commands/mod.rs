//! One module for each subcommand: its flags, and what it does.

pub mod audit;
pub mod compare;
pub mod convert;
pub mod cut;
pub mod export_onnx;
pub mod extract;
pub mod groups;
pub mod import_tf;
pub mod info;
pub mod levels;
pub mod map;
pub mod orient;
pub mod place;
pub mod plot;
pub mod publish;
pub mod quality;
pub mod reconstruct;
pub mod serve;
pub mod simulate;
pub mod sort;
pub mod steady;
pub mod structure;
pub mod train;
pub mod tree;
