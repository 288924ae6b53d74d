//! The galaxies on the page. The page owns them: workers come and go.

mod galaxies;
mod galaxy;
mod parcel;
mod row;

pub use galaxies::Collection;
pub use galaxy::{Galaxy, Preview};
pub use parcel::Parcel;
pub use row::grey;
