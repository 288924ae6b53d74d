//! FITS as a container: headers, tables, and images compressed in tiles. It knows nothing of galaxies.

mod coding;
mod grid;
mod gzip;
mod hcompress;
pub(crate) mod header;
mod hsmooth;
pub(crate) mod numbers;
mod quantise;
pub(crate) mod table;
pub(crate) mod tiles;
