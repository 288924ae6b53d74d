//! A seeded simulator of galaxies.
