//! A file on disk, read where it is needed.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use crate::intake::{Failure, Galaxy, Picture, Prepare, Refusal, Source};

/// An open file.
pub struct FileSource {
    // One place to read at belongs to the file: whoever seeks must also read.
    file: Mutex<File>,
    length: u64,
}

impl FileSource {
    /// Opens a file.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, file) = opened.map_err(|error| {
            Refusal::new(
                format!("it cannot be opened ({error})"),
                "check the name and the rights",
            )
        })?;
        Ok(Self {
            file: Mutex::new(file),
            length,
        })
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(into));
        read.map_err(|error| {
            Refusal::new(
                format!("it cannot be read ({error})"),
                "check the rights and the disk",
            )
        })
    }
}

/// Prepares pictures on all cores, in their order.
pub fn on_all_cores(pictures: Vec<Picture>, prepare: Prepare) -> Vec<Result<Galaxy, Failure>> {
    pictures.into_par_iter().map(prepare).collect()
}
