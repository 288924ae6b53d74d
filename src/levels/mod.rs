//! A tree that is too large to be shown at once, in parts that are opened one by one.
//!
//! The file of levels is a safetensors file with two tensors: `parts`, bundles ([`crate::bundle`]) as bytes, one behind the other, and `places`, where each begins,
//! and the end of the last. A page reads the header and the places, and then only the parts that somebody opens, by HTTP range requests. The first part is the top of the tree. A leaf of a part is a galaxy, or
//! stands for all galaxies of a branch, which are a part of their own: then its picture is that of the galaxy nearest to the branch's mean.
//!
//! A part holds, beside what a bundle holds (`id`, `image` as u8, `embedding`):
//!
//! | tensor | type | shape | what |
//! |---|---|---|---|
//! | `linkage` | f64 | N - 1, 4 | the top of the branch's tree as SciPy writes it, heights as in the whole tree; sizes count leaves of the part |
//! | `stands_for` | i64 | N | galaxies that each leaf stands for; 1 for a galaxy |
//! | `part` | i32 | N | the part that holds them; -1 for a galaxy |

mod file;
mod part;
mod plan;

pub use file::{Head, Index, IndexError, header};
pub use part::{Level, LevelError, PartContents, read_level, write_part};
pub use plan::{Leaf, Part, plan};

/// How the file's name ends, without the dot: by it a page knows that it must not be read as a whole.
pub const EXTENSION: &str = "levels";
