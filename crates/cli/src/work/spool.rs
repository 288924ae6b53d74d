//! Cutouts on disk while a set is put together, so that memory holds none of them.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use galaxy_grove::bundle::Plane;
use galaxy_grove::cutout::PIXELS;

const BYTES: usize = PIXELS * 4;

/// Cutouts in two unnamed temporary files, which vanish with it.
pub struct Spool {
    raw: File,
    image: File,
    count: usize,
    /// True when the files' places are behind the last cutout.
    at_end: bool,
}

impl Spool {
    /// An empty one, in a folder that has room for the cutouts: 32 kB for each galaxy.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            raw: tempfile::tempfile_in(folder)?,
            image: tempfile::tempfile_in(folder)?,
            count: 0,
            at_end: true,
        })
    }

    /// Appends a galaxy's cutouts of 4096 values each, and returns its number.
    ///
    /// # Errors
    /// When the disk is full, or the lengths are others.
    pub fn push(&mut self, raw: &[f32], image: &[f32]) -> io::Result<usize> {
        if raw.len() != PIXELS || image.len() != PIXELS {
            let words = format!("cutouts of {} and {} values", raw.len(), image.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, words));
        }
        if !self.at_end {
            self.raw.seek(SeekFrom::End(0))?;
            self.image.seek(SeekFrom::End(0))?;
            self.at_end = true;
        }
        self.raw.write_all(&bytes(raw))?;
        self.image.write_all(&bytes(image))?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// The values of a galaxy.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn read(&mut self, plane: Plane, galaxy: usize) -> io::Result<Vec<f32>> {
        let file = match plane {
            Plane::Raw => &mut self.raw,
            Plane::Image => &mut self.image,
        };
        self.at_end = false;
        let place = galaxy as u64 * BYTES as u64;
        if file.stream_position()? != place {
            file.seek(SeekFrom::Start(place))?;
        }
        let mut bytes = vec![0; BYTES];
        file.read_exact(&mut bytes)?;
        let (values, _) = bytes.as_chunks::<4>();
        Ok(values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutouts_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path()).unwrap();
        let of = |value: f32| vec![value; PIXELS];
        assert_eq!(spool.push(&of(1.0), &of(2.0)).unwrap(), 0);
        assert_eq!(spool.read(Plane::Image, 0).unwrap(), of(2.0));
        assert_eq!(spool.push(&of(3.0), &of(4.0)).unwrap(), 1);
        assert_eq!(spool.read(Plane::Raw, 1).unwrap(), of(3.0));
        assert_eq!(spool.read(Plane::Raw, 0).unwrap(), of(1.0));
        assert!(spool.read(Plane::Raw, 2).is_err());
        assert!(spool.push(&[1.0], &of(1.0)).is_err());
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "the files have no names"
        );
    }
}
