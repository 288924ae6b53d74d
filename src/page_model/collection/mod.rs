//! The galaxies on the page. The page owns them: workers come and go.

mod cutout_batch;
mod galaxies;
mod galaxy;
mod packed;
mod row;

pub use cutout_batch::CutoutBatch;
pub use galaxies::Collection;
pub use galaxy::{Galaxy, PreviewImage};
pub use packed::grey;
