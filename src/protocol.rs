//! Page and worker.
