//! From codes to groups: Hamming distances, Ward linkage, the similarity tree, cuts, medoids.
//!
//! ```text
//! codes [N*64] --PackedCodes--> condensed --linkage--> Tree --TreeOrder--> leaf order
//!                                                        \--cut_into--> Groups --medoid, typicality--> one face a group
//! ```
//!
//! [`linkage()`] does the first half in one call. All of it is pure and single-threaded, and no walk over a tree recurses.

mod boxes;
pub mod chain;
mod code_chain;
mod code_rows;
pub mod colour;
mod consensus;
mod counts;
pub mod cut;
mod cut_rule;
mod error;
pub mod gaps;
pub mod hamming;
pub mod linkage;
pub mod medoid;
pub mod neighbours;
mod orientation;
mod placement;
mod quality;
mod real;
pub mod reference_cut;
pub mod shuffle;
pub mod stability;
mod steadiness;
pub mod tree;
mod two_samples;
mod vectors;

pub use chain::ward_chain;
pub use colour::{PALETTE_SIZE, colour_slots};
pub use consensus::{MAX_CONSENSUS, consensus};
pub use cut::{Group, Groups, cut_at_height, cut_height, cut_into, fcluster_labels};
pub use cut_rule::{CutRule, CutRuleError, Edit, Start};
pub use error::GroupingError;
pub use gaps::{CutGap, cut_gaps, most_groups, natural_cut, suggested_cuts};
pub use hamming::PackedCodes;
pub use linkage::{
    Engine, Linkage, Linked, Method, Precision, check_memory, kodama_linkage, largest_set, linkage, linked,
    memory_needed, ward_kodama,
};
pub use medoid::{ModalCode, Typical, agreement, medoid, medoids, typicality};
pub use neighbours::{Neighbour, nearest};
pub use orientation::{Aspect, Measure, OrientationCut, Split, Splits, Thresholds, Verdict};
pub use placement::{Candidate, Placement, hamming_placement};
pub use quality::{cophenetic_correlation, davies_bouldin, silhouettes};
pub use real::Real;
pub use reference_cut::{ReferenceCut, reference_cut};
pub use shuffle::{RowOrder, reference_order};
pub use stability::{Contingency, Enrichment, Majority, Stability, adjusted_rand, stability};
pub use steadiness::{Steadiness, UNSURE, steadiness};
pub use tree::{Merge, Tree, TreeOrder};
pub use two_samples::{Difference, Ranked};
pub use vectors::ward_vectors;
