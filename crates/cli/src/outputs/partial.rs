//! A file in the making: it gets its name when it is whole, and leaves nothing behind when it is not to be.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file that stands beside its place, under `<name>.part`, until [`Partial::finish`].
pub struct Partial {
    place: PathBuf,
    beside: PathBuf,
}

impl Partial {
    /// Makes the file, empty.
    ///
    /// # Errors
    /// With the name and the remedy.
    pub fn create(place: &Path) -> anyhow::Result<(Self, File)> {
        let mut beside = place.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let place = place.to_owned();
        match File::create(&beside) {
            Ok(file) => Ok((Self { place, beside }, file)),
            Err(error) => Err(failed(&place, error)),
        }
    }

    /// What to say when it cannot be written. Nothing of it stays.
    pub fn failed(self, error: std::io::Error) -> anyhow::Error {
        failed(&self.place, error)
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> anyhow::Result<()> {
        fs::rename(&self.beside, &self.place).map_err(|error| failed(&self.place, error))
    }
}

fn failed(place: &Path, error: std::io::Error) -> anyhow::Error {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "check that the folder exists, or make its folder first",
        ErrorKind::PermissionDenied => "choose a folder that you may write to",
        ErrorKind::StorageFull => "the disk is full, make room",
        _ => "choose another place",
    };
    anyhow::Error::new(error).context(format!("cannot write {}: {remedy}", place.display()))
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After `finish` it is gone already.
        let _ = fs::remove_file(&self.beside);
    }
}
