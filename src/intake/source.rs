//! Bytes that are read where they are needed, so that a file may be larger than memory.

use super::kind::Kind;
use crate::refusal::Refusal;

/// A file (or something like it) that is read in places.
///
/// It is asked from one thread at a time, but HDF5's reader wants it to be `Send` and `Sync`.
pub trait ReadAt: Send + Sync {
    /// Length in bytes.
    fn len(&self) -> u64;

    /// True when there is nothing in it.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Fills `into` with the bytes from `offset` on.
    ///
    /// # Errors
    /// A [`Refusal`] when they cannot be read or end before `into` is full.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal>;
}

/// Bytes in memory.
impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        Vec::len(self) as u64
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        let found = usize::try_from(offset)
            .ok()
            .and_then(|start| self.get(start..start.checked_add(into.len())?));
        match found {
            Some(bytes) => {
                into.copy_from_slice(bytes);
                Ok(())
            }
            None => Err(Refusal::new("the file is cut short", "download or copy it again")),
        }
    }
}

/// Bytes of a file that tell its format.
const HEAD: u64 = 16_384;

/// True for files that [`read_lazy`](super::read_lazy) reads: HDF5. Looks at the first 16 kB only.
pub fn reads_lazily(source: &dyn ReadAt) -> bool {
    let mut head = vec![0; source.len().min(HEAD) as usize];
    source.read_at(0, &mut head).is_ok() && Kind::detect(&head) == Ok(Kind::Hdf5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_end_where_they_end() {
        let bytes: Vec<u8> = (0..10).collect();
        let mut into = [0; 3];
        bytes.read_at(7, &mut into).unwrap();
        assert_eq!(into, [7, 8, 9]);
        assert!(
            bytes
                .read_at(8, &mut into)
                .unwrap_err()
                .reason
                .contains("cut short")
        );
        assert!(bytes.read_at(u64::MAX, &mut into).is_err());
        assert!(!reads_lazily(&bytes));
        assert!(reads_lazily(&b"\x89HDF\r\n\x1a\n...".to_vec()));
        assert!(!reads_lazily(&Vec::new()));
    }
}
