//! What an input turns out to be, and the rows of a set, read where they are.

use std::ops::Range;
use std::sync::Arc;

use super::batch::{Batch, Pixels};
use galaxy_grove::bundle::{Rows, header_length};
use galaxy_grove::intake::{self, Answers, Hdf5Set, Kind, Limits, ReadAt as _, Reading, Refusal};
use grove_files::list::Input;
use grove_files::source::DiskFile;

/// Bytes of a file that tell its format.
const HEAD: u64 = 16_384;

/// Where a set keeps its rows.
pub enum Set {
    /// HDF5 in the reference layout.
    Hdf5(Box<Hdf5Set>),
    /// A bundle.
    Bundle(Box<Rows>, DiskFile),
}

/// What an input turned out to be.
pub enum Opened {
    /// A set of this many galaxies.
    Set(Set, usize),
    /// Pictures in an HDF5 file, so many of them.
    Rows(usize),
    /// Pictures in an array of NumPy's.
    Array,
    /// Files in an archive.
    Archive,
    /// What is to be read as pictures, or refused.
    Picture,
}

/// Looks at an input; reads no galaxy.
///
/// # Errors
/// A [`Refusal`] when it cannot be opened, or is a set that cannot be read.
pub fn open(input: &Input, answers: &Answers) -> Result<Opened, Refusal> {
    let source = DiskFile::open(&input.path)?;
    let head = source.head(HEAD)?;
    match Kind::detect(&head) {
        Ok(Kind::Hdf5) => {
            let source = Arc::new(source);
            let file = intake::open_hdf5(source.clone())?;
            if !intake::is_reference(&file) {
                let limits = Limits::native();
                let mut reading = Reading::new(&limits, answers);
                return Ok(Opened::Rows(intake::count_lazy(source, &mut reading)?));
            }
            let set = Hdf5Set::new(&file)?;
            let count = set.len() as usize;
            Ok(Opened::Set(Set::Hdf5(Box::new(set)), count))
        }
        Ok(Kind::Safetensors) => {
            let length = head.first_chunk().and_then(|first| header_length(*first));
            let header = source.head(length.unwrap_or_default() as u64)?;
            let rows = Rows::new(&header).map_err(|error| {
                let remedy = error.remedy();
                Refusal::new(error.to_string(), remedy)
            })?;
            let (found, needed) = (source.len(), rows.end());
            if found < needed {
                return Err(Refusal::new(
                    format!("the bundle is cut short: {found} bytes where {needed} are needed"),
                    "download or copy it again",
                ));
            }
            let count = rows.count();
            Ok(Opened::Set(Set::Bundle(Box::new(rows), source), count))
        }
        Ok(Kind::Npy) => Ok(Opened::Array),
        _ if intake::archive::is_archive(&head) => Ok(Opened::Archive),
        // Foreign files too: the reader of pictures says what they seem to be.
        _ => Ok(Opened::Picture),
    }
}

impl Set {
    /// Sentences for the user.
    pub fn remarks(&self) -> Vec<String> {
        match self {
            Self::Hdf5(set) => set.remarks(),
            Self::Bundle(..) => Vec::new(),
        }
    }

    /// The identifiers of some galaxies.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read.
    pub fn ids(&self, rows: Range<usize>) -> Result<Vec<i64>, Refusal> {
        match self {
            Self::Hdf5(set) => set.ids(rows.start as u64..rows.end as u64),
            Self::Bundle(layout, file) => Ok(layout.ids(&piece(file, layout.id_bytes(rows))?)),
        }
    }

    /// Some galaxies.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read.
    pub fn batch(&self, rows: Range<usize>, pixels: Pixels) -> Result<Batch, Refusal> {
        let ids = self.ids(rows.clone())?;
        let ids_as_names = || ids.iter().map(ToString::to_string).collect();
        let (names, images) = match self {
            Self::Hdf5(set) => {
                let rows = rows.start as u64..rows.end as u64;
                let images = match pixels {
                    Pixels::Model => set.images(rows)?,
                    Pixels::Raw => set.raw(rows)?,
                };
                (ids_as_names(), images)
            }
            Self::Bundle(layout, file) => {
                let names = match layout.names(rows.clone()) {
                    [] => ids_as_names(),
                    names => names.to_vec(),
                };
                let at = match pixels {
                    Pixels::Model => layout.image_bytes(rows),
                    Pixels::Raw => layout.raw_bytes(rows),
                };
                (names, layout.images(&piece(file, at)?))
            }
        };
        Ok(Batch {
            ids,
            names,
            images,
            structure: Vec::new(),
        })
    }
}

fn piece(file: &DiskFile, at: Range<u64>) -> Result<Vec<u8>, Refusal> {
    let mut bytes = vec![0; at.end.saturating_sub(at.start) as usize];
    file.read_at(at.start, &mut bytes)?;
    Ok(bytes)
}
