//! A file that is being written: it gets its name when it is whole, and is removed when writing fails.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

/// A file that is in the folder of its place, under a name that no other has, until [`Partial::finish`].
pub struct Partial {
    place: PathBuf,
    file: NamedTempFile,
}

impl Partial {
    /// Makes the file, empty. The second is for writing to it.
    ///
    /// # Errors
    /// With the name and the remedy.
    pub fn create(place: &Path) -> anyhow::Result<(Self, File)> {
        let make = || {
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let prefix = format!(".{name}.");
            let mut builder = Builder::new();
            builder.prefix(&prefix).suffix(".part");
            // As any other new file: what the user's mask allows, not the private rights of temporary files.
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let file = builder.tempfile_in(folder(place))?;
            let writer = file.as_file().try_clone()?;
            Ok((file, writer))
        };
        match make() {
            Ok((file, writer)) => Ok((
                Self {
                    place: place.to_owned(),
                    file,
                },
                writer,
            )),
            Err(error) => Err(failed(place, error)),
        }
    }

    /// What to say when it cannot be written. Nothing of it stays.
    pub fn failed(self, error: std::io::Error) -> anyhow::Error {
        failed(&self.place, error)
    }

    /// Gives the file its name, when all that was written is on the disk.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(self) -> anyhow::Result<()> {
        let Self { place, file } = self;
        file.as_file().sync_all().map_err(|error| failed(&place, error))?;
        match file.persist(&place) {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(&place, error.error)),
        }
    }
}

/// The folder that a file is in.
pub fn folder(place: &Path) -> &Path {
    let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

/// An error about a file that could not be written, with the remedy.
pub fn failed(place: &Path, error: std::io::Error) -> anyhow::Error {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "check that the folder exists, or make its folder first",
        ErrorKind::PermissionDenied => "choose a folder that you may write to",
        ErrorKind::StorageFull => "the disk is full, make room",
        _ => "choose another place",
    };
    anyhow::Error::new(error).context(format!("cannot write {}: {remedy}", place.display()))
}
