//! FITS: images, cubes, images compressed in tiles, and tables of images or of codes.
//!
//! All BITPIX are read, with BSCALE, BZERO and BLANK; primary images, image extensions and images compressed in tiles.
//! Where a file can be read in more ways than one (which images, which band, which column), it [asks](Reading::choose).
//! FITS rows run from the bottom of the sky to its top; pictures here run from the top down, so rows are turned over.

mod bands;
mod budget;
mod choice;
mod codes;
mod coordinates;
mod decode;
mod facts;
mod images;
mod layout;
mod list;
mod mosaic;
mod nature;
mod numbers;
mod order;
mod polynomial;
mod psf;
mod rows;
mod sides;

#[cfg(feature = "tables")]
pub(crate) use self::decode::has_galaxies;
pub use self::{
    decode::decode,
    list::{Entry, list},
    psf::read_psf,
};
