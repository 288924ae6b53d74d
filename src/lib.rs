//! Galaxy Grove: sort galaxies by shape, without labels.
//!
//! The method is that of Cheng et al. 2021, *Beyond the Hubble Sequence* (arXiv:2009.11932): a VQ-VAE turns each
//! 64x64 cutout into an 8x8 grid of codes out of a codebook of 16, Ward linkage on the Hamming distances of the codes
//! makes a merger tree, and cutting the tree gives groups.
//!
//! The rooms of the house, in the order in which they may know each other (a room knows only rooms above it):
//!
//! | room | what it holds |
//! |---|---|
//! | [`cutout`] | the cutout, sets of cutouts, preparation, the simulator |
//! | [`bundle`] | the binary format: safetensors |
//! | [`intake`] | from a file's bytes to cutouts, with a verdict for each file |
//! | [`sky`] | from names and positions to requests for cutouts of the real sky |
//! | [`catalogue`] | tables that come along with pictures, joined to the galaxies |
//! | `vqvae` | the network, its weights, extraction of codes (feature `model`) |
//! | [`checkpoint`] | TensorFlow's checkpoint format and the published names |
//! | [`grouping`] | Hamming distances, linkage, the tree, cuts, medoids |
//! | [`layout`] | from a tree to a list of lines to draw |
//! | [`export`] | CSV, FITS, Parquet, NPY, Newick |
//! | [`figure`] | figures as a list of marks: SVG, PNG |
//! | `training` | from cutouts to a trained network (feature `cli`) |
//! | [`session`] | the view as a value |
//! | [`protocol`] | what page and worker say to each other |
//! | [`collection`] | the galaxies on the page, as columns |
//! | `browser` | messages and fetching, for page and worker |
//! | `app`, `engine`, `cli` | the page, its worker, the command line |
//!
//! Everything but the last two rows is pure: values in, values out, no DOM and no disk.

#[cfg(feature = "formats")]
pub mod bundle;
#[cfg(feature = "tables")]
pub mod catalogue;
#[cfg(feature = "formats")]
pub mod checkpoint;
#[cfg(feature = "cutouts")]
pub mod cutout;
#[cfg(feature = "tables")]
pub mod export;
#[cfg(feature = "figures")]
pub mod figure;
#[cfg(feature = "formats")]
mod fits;
pub mod grouping;
#[cfg(feature = "formats")]
pub mod intake;
pub mod layout;
#[cfg(feature = "formats")]
mod limits;
#[cfg(feature = "tables")]
pub mod page_model;
#[cfg(feature = "formats")]
mod refusal;
#[cfg(feature = "tables")]
pub mod surveys;
