//! From a file's bytes to cutouts, with a verdict for each file.
