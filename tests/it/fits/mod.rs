//! FITS of every kind against what astropy makes of it (`tests/fixtures/make_fits.py`), and FITS that is damaged.

mod common;
mod damage;
mod images;
mod samples;
mod tables;
