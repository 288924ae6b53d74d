//! Something for a worker to do.

use crate::page_model::protocol::{Buffer, Request};

/// Something for a worker to do. `F` is a handle to a file of the user's: the page's `File`, a number in tests.
#[derive(Debug, Clone, PartialEq)]
pub struct Job<F> {
    /// What to do.
    pub request: Request,
    /// With which arrays.
    pub buffers: Vec<Buffer>,
    /// With which file.
    pub file: Option<F>,
    /// The file's bytes, 0 where that is not known: a large file is given more time.
    pub bytes: u64,
}

impl<F> Job<F> {
    /// A job with arrays.
    pub fn new(request: Request, buffers: Vec<Buffer>) -> Self {
        Self {
            request,
            buffers,
            file: None,
            bytes: 0,
        }
    }

    /// A job on a file.
    pub fn on_file(request: Request, file: F) -> Self {
        Self {
            request,
            buffers: Vec::new(),
            file: Some(file),
            bytes: 0,
        }
    }

    /// The same job on a file of this many bytes.
    #[must_use]
    pub fn of_size(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }

    /// It reads a file or a bundle. What killed one reader would kill the next one too, and its first galaxies may be
    /// with the page already: so it is not tried again.
    pub(super) fn reads(&self) -> bool {
        matches!(
            self.request,
            Request::Read { .. } | Request::Join { .. } | Request::Fetch { .. }
        )
    }

    /// It needs a worker whose model passed its test.
    pub(super) fn needs_model(&self) -> bool {
        matches!(
            self.request,
            Request::Encode { .. }
                | Request::Place { .. }
                | Request::ReconstructMany { .. }
                | Request::Reconstruct { .. }
                | Request::Inspect
        )
    }
}
