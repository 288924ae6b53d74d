//! What reads: files and folders that the user names, galaxies from them, codes, models, and the flags that say how.

pub mod attached;
pub mod batch;
pub mod codes;
pub mod duplicates;
pub mod gather;
pub mod list;
pub mod model;
pub mod numbers;
pub mod opened;
pub mod pictures;
pub mod preparation;
pub mod rows;
pub mod set;
pub mod shard;
pub mod stream;
pub mod tables;
