//! Galaxy Grove: sort galaxies by shape, without labels.
//!
//! The method is that of Cheng et al. 2021, *Beyond the Hubble Sequence* (arXiv:2009.11932): a VQ-VAE turns each
//! 64x64 cutout into an 8x8 grid of codes out of a codebook of 16, Ward linkage on the Hamming distances of the codes
//! makes a similarity tree, and cutting the tree gives groups.
//!
//! The parts of the library, in the order in which they may know each other (each knows only those above it):
//!
//! | module | what it holds | feature |
//! |---|---|---|
//! | [`count`] | counts with their nouns, for messages | |
//! | [`grouping`] | Hamming distances, linkage, the tree, cuts, medoids | |
//! | [`layout`] | from a tree to a list of lines to draw | |
//! | [`cutout`] | the cutout, sets of cutouts, preparation, fields, the simulator | `cutouts` |
//! | [`shape`] | input and vectors of the recipe `shape` | `cutouts` |
//! | [`structure`] | structure in numbers: concentration, asymmetry, Gini, M20, radii, Sersic | `cutouts` |
//! | [`describe`], [`splits`] | groups in words; what the splits of a tree are about | `cutouts` |
//! | [`map`] | galaxies on a plane | `cutouts` |
//! | [`compared`] | what galaxies are compared by, with what rests on it: trees, maps, quality | `cutouts` |
//! | `fits` | FITS as a container: headers, tables, tiles | `formats` |
//! | [`bundle`] | the binary format: safetensors | `formats` |
//! | [`checkpoint`] | TensorFlow's checkpoint format and the published names | `formats` |
//! | [`intake`] | from a file's bytes to cutouts, with a verdict for each file | `formats` |
//! | [`catalogue`] | tables that come along with pictures, joined to the galaxies | `tables` |
//! | [`surveys`] | from names and positions to requests for cutouts of the real sky | `tables` |
//! | [`export`] | CSV, FITS, Parquet, NPY, Newick | `tables` |
//! | [`figure`] | figures as a list of marks: SVG, PNG | `figures` |
//! | [`page_model`] | the page without a browser: the view, the galaxies, the messages | `tables` |
//!
//! # Ten tasks, each with an example
//!
//! | task | function |
//! |---|---|
//! | read a file | `intake::read` |
//! | prepare a cutout | `cutout::prepare::prepare` |
//! | encode cutouts | the crate `grove-model` |
//! | read a TensorFlow checkpoint | `checkpoint` |
//! | distances | [`grouping::PackedCodes::condensed`] |
//! | linkage | [`grouping::linkage`](fn@grouping::linkage) |
//! | cut the tree | [`grouping::cut_into`] |
//! | the most typical galaxy of each group | [`grouping::medoids`] |
//! | export groups | `export::groups_csv` |
//! | draw the tree | `figure::tree_figure` |
//!
//! Everything is pure: values in, values out, no DOM and no disk. Without any feature there are `grouping` and `layout`,
//! on three crates.

#[cfg(feature = "formats")]
pub mod bundle;
#[cfg(feature = "tables")]
pub mod catalogue;
#[cfg(feature = "formats")]
pub mod checkpoint;
#[cfg(feature = "cutouts")]
pub mod compared;
pub mod count;
#[cfg(feature = "cutouts")]
pub mod cutout;
#[cfg(feature = "cutouts")]
pub mod describe;
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
pub mod levels;
#[cfg(feature = "formats")]
mod limits;
#[cfg(feature = "cutouts")]
pub mod map;
#[cfg(feature = "tables")]
pub mod page_model;
#[cfg(feature = "formats")]
pub mod placing;
#[cfg(feature = "formats")]
mod refusal;
#[cfg(feature = "cutouts")]
pub mod shape;
#[cfg(feature = "formats")]
pub mod sorted;
#[cfg(feature = "cutouts")]
pub mod splits;
#[cfg(feature = "cutouts")]
pub mod structure;
#[cfg(feature = "tables")]
pub mod surveys;
#[cfg(feature = "formats")]
mod tensors;
