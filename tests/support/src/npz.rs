//! NPZ files: ZIP archives of NumPy's arrays.

use npyz::{Deserialize, NpyFile};
use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;
use zip::ZipArchive;

/// An open file.
pub struct Npz(ZipArchive<File>);

impl Npz {
    #[track_caller]
    pub fn open(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(ZipArchive::new(file).unwrap())
    }

    /// The names of the arrays.
    pub fn names(&self) -> Vec<String> {
        let members = self.0.file_names().map(|name| name.unwrap().into_owned());
        members
            .filter_map(|member| Some(member.strip_suffix(".npy")?.to_owned()))
            .collect()
    }

    /// An array with its shape and type.
    #[track_caller]
    pub fn array(&mut self, name: &str) -> NpyFile<Cursor<Vec<u8>>> {
        let mut member = self
            .0
            .by_name(&format!("{name}.npy"))
            .unwrap_or_else(|error| panic!("the array {name}: {error}"));
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        NpyFile::new(Cursor::new(bytes)).unwrap()
    }
}

/// One array of an NPZ file, flattened in C order.
#[track_caller]
pub fn read_npz<T: Deserialize>(path: &Path, name: &str) -> Vec<T> {
    Npz::open(path).array(name).into_vec().unwrap()
}
