//! The view as a value.
