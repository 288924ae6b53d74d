//! A file on disk, read where it is needed.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use galaxy_grove::intake::{Failure, Galaxy, Limits, Picture, Prepare, ReadAt, Refusal};

/// An open file.
pub struct DiskFile {
    // One place to read at belongs to the file: whoever seeks must also read.
    file: Mutex<File>,
    length: u64,
}

impl DiskFile {
    /// Opens a file.
    ///
    /// # Errors
    /// A [`Refusal`] when it cannot be opened or is a folder.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (about, file) = opened.map_err(|error| {
            Refusal::new(
                format!("it cannot be opened ({error})"),
                "check the name and the rights",
            )
        })?;
        if about.is_dir() {
            return Err(Refusal::new("it is a folder", "give the name of a file"));
        }
        Ok(Self {
            file: Mutex::new(file),
            length: about.len(),
        })
    }

    /// The first bytes, `most` at most.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read.
    pub fn head(&self, most: u64) -> Result<Vec<u8>, Refusal> {
        let mut head = vec![0; self.length.min(most) as usize];
        self.read_at(0, &mut head)?;
        Ok(head)
    }

    /// All of it.
    ///
    /// # Errors
    /// A [`Refusal`] when it is larger than the limit or cannot be read.
    pub fn whole(&self, name: &str, limits: &Limits) -> Result<Vec<u8>, Refusal> {
        limits.check_size(name, self.length)?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A pipe has no beginning to go back to, and a length of 0: what is in it is read all the same.
        let _ = file.seek(SeekFrom::Start(0));
        let mut bytes = Vec::with_capacity(self.length as usize);
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes)
    }
}

impl ReadAt for DiskFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(into));
        read.map_err(unreadable)
    }
}

fn unreadable(error: std::io::Error) -> Refusal {
    Refusal::new(
        format!("it cannot be read ({error})"),
        "check the rights and the disk",
    )
}

/// Prepares pictures on all cores, in their order.
pub fn on_all_cores(pictures: Vec<Picture>, prepare: Prepare) -> Vec<Result<Galaxy, Failure>> {
    pictures.into_par_iter().map(prepare).collect()
}
