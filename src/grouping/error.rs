//! Why a tree or its groups cannot be made.

/// Why a tree or its groups cannot be made. Node ids are SciPy's: leaves `0..n`, merges `n..2n-1`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GroupingError {
    /// The codes are not whole galaxies.
    #[error("{found} codes do not make whole galaxies of {width} codes each; extract the codes again")]
    CodesShape {
        /// How many codes there are.
        found: usize,
        /// Codes of one galaxy.
        width: usize,
    },
    /// A vector has a value that is not finite.
    #[error(
        "the vector of row {row} (counted from 0) has a value that is not a finite number: leave that galaxy out"
    )]
    BadValue {
        /// The row.
        row: usize,
    },
    /// The distances would not fit into the memory that may be used.
    #[error(
        "a tree of {galaxies} galaxies needs {} MB and {} MB may be used; take at most {fits} galaxies, or use single precision, or run `grove` on a larger machine",
        needed.div_ceil(1_000_000), limit / 1_000_000
    )]
    TooLarge {
        /// The size of the set.
        galaxies: usize,
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
        /// The largest set that fits.
        fits: usize,
    },
    /// All pairs would have to be counted.
    #[error(
        "{galaxies} galaxies are too many to count in how many trees each pair is together: take at most {most}"
    )]
    TooManyPairs {
        /// The size of the set.
        galaxies: usize,
        /// The most that are taken.
        most: usize,
    },
    /// The system refused the memory.
    #[error(
        "no memory left for the distances of {galaxies} galaxies ({} MB); close other programs or tabs, or take fewer galaxies",
        needed.div_ceil(1_000_000)
    )]
    OutOfMemory {
        /// The size of the set.
        galaxies: usize,
        /// Bytes asked for.
        needed: u64,
    },
    /// A condensed vector of the wrong length.
    #[error("{found} distances are not those of {galaxies} galaxies, which have {needed}")]
    CondensedLength {
        /// Its length.
        found: usize,
        /// The number of galaxies.
        galaxies: usize,
        /// The length it must have.
        needed: usize,
    },
    /// A distance that is negative, infinite or not a number.
    #[error("distance number {index} is {value}; distances must be finite and not negative")]
    BadDistance {
        /// Its place in the condensed vector.
        index: usize,
        /// The value.
        value: f64,
    },
    /// Too many or too few merges for the number of leaves.
    #[error(
        "a tree of {leaves} leaves has {needed} merges, not {found}; the linkage is cut short or of another dataset"
    )]
    MergeCount {
        /// The number of leaves.
        leaves: usize,
        /// Merges found.
        found: usize,
        /// Merges needed.
        needed: usize,
    },
    /// A merge of a node that does not exist yet.
    #[error("merge {merge} joins node {node}, which does not exist before it; the linkage is damaged")]
    UnknownNode {
        /// The merge's rank.
        merge: usize,
        /// The node.
        node: usize,
    },
    /// A node that is merged twice.
    #[error("merge {merge} joins node {node}, which was joined before; the linkage is damaged")]
    JoinedTwice {
        /// The merge's rank.
        merge: usize,
        /// The node.
        node: usize,
    },
    /// A merge whose size is not the sum of its parts.
    #[error("merge {merge} claims {claimed} leaves and has {found}; the linkage is damaged")]
    WrongSize {
        /// The merge's rank.
        merge: usize,
        /// The size it claims.
        claimed: usize,
        /// The number of leaves below it.
        found: usize,
    },
    /// A height that is not a number or lower than the one before.
    #[error("merge {merge} has the height {height}; heights must be finite and must not fall")]
    BadHeight {
        /// The merge's rank.
        merge: usize,
        /// Its height.
        height: f64,
    },
}
