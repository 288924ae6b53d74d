//! Opening an HDF5 file from a [`ReadAt`], within limits.

use std::borrow::Cow;
use std::sync::Arc;

use hdf5_reader::{
    BlockCacheStorage, FilterRegistry, Hdf5File, OpenOptions, RangeRequestStorage, Storage, StorageBuffer,
    error::Error,
};

use crate::intake::formats::hdf5::lzf;
use crate::intake::source::ReadAt;
use crate::refusal::Refusal;

pub(in crate::intake) const AGAIN: &str = "check it with `h5dump`, or download it again";

/// Largest chunk, unpacked.
const CHUNK: usize = 256 << 20;
/// Largest selection that is read at once. A little more than the largest piece of rows.
const READ: usize = 272 << 20;
/// Small reads go through a cache of this many blocks of this many bytes: 16 MB. Each costs a call to the browser.
const BLOCK: usize = 256 << 10;
const BLOCKS: usize = 64;

/// How much hdf5-reader may spend, and LZF, which it lacks.
pub fn options() -> OpenOptions {
    let mut filters = FilterRegistry::new();
    filters.register(
        lzf::FILTER,
        Box::new(|about, bytes, _| lzf::filter(about, bytes, CHUNK)),
    );
    OpenOptions::default()
        .with_filter_registry(filters)
        .with_max_read_bytes(READ)
        .with_max_chunk_bytes(CHUNK)
        .with_max_object_header_bytes(4 << 20)
}

/// Opens a file; reads its first bytes only.
///
/// # Errors
/// A [`Refusal`] when it is cut short, damaged or of an unknown version.
pub fn open(source: Arc<dyn ReadAt>) -> Result<Hdf5File, Refusal> {
    let storage = Arc::new(Blocks::new(source));
    Hdf5File::from_storage_with_options(storage, options()).map_err(|error| refusal(&error))
}

/// Opens bytes in memory, which the file keeps: those that nobody else holds are not copied.
///
/// # Errors
/// As [`open`].
pub fn open_bytes(bytes: Cow<'_, [u8]>) -> Result<Hdf5File, Refusal> {
    Hdf5File::from_vec_with_options(bytes.into_owned(), options()).map_err(|error| refusal(&error))
}

/// A source as hdf5-reader wants it: small reads come from a cache of blocks, large ones go past it.
struct Blocks {
    direct: Arc<RangeRequestStorage>,
    cached: BlockCacheStorage,
}

impl Blocks {
    fn new(source: Arc<dyn ReadAt>) -> Self {
        let direct = Arc::new(RangeRequestStorage::new(source.len(), move |offset, length| {
            // The length comes from the file. It was checked against the file's own length, but that may be huge.
            if length > READ {
                return Err(Error::ResourceLimit(format!(
                    "{length} bytes are to be read at once"
                )));
            }
            let mut bytes = vec![0; length];
            source
                .read_at(offset, &mut bytes)
                .map_err(|refusal| Error::Io(std::io::Error::other(refusal)))?;
            Ok(bytes)
        }));
        Self {
            cached: BlockCacheStorage::new(direct.clone(), BLOCK, BLOCKS),
            direct,
        }
    }
}

impl Storage for Blocks {
    fn len(&self) -> u64 {
        self.direct.len()
    }

    fn read_range(&self, offset: u64, length: usize) -> Result<StorageBuffer, Error> {
        if length >= BLOCK {
            self.direct.read_range(offset, length)
        } else {
            self.cached.read_range(offset, length)
        }
    }
}

/// What went wrong with opening a file, in words for its owner.
pub fn refusal(error: &Error) -> Refusal {
    match innermost(error) {
        Error::UnexpectedEof { .. } | Error::OffsetOutOfBounds(_) => {
            Refusal::new("the HDF5 file is cut short", "download or copy it again")
        }
        other => stated(other)
            .unwrap_or_else(|| Refusal::new(format!("the HDF5 file cannot be opened ({error})"), AGAIN)),
    }
}

/// What went wrong with reading a dataset.
pub(in crate::intake) fn damaged(name: &str, error: &Error) -> Refusal {
    stated(innermost(error)).map_or_else(
        || Refusal::new(format!("the dataset {name} cannot be read ({error})"), AGAIN),
        |known| {
            Refusal::new(
                format!("the dataset {name} cannot be read: {}", known.reason),
                known.remedy,
            )
        },
    )
}

pub(super) fn innermost(error: &Error) -> &Error {
    match error {
        Error::Context { source, .. } => innermost(source),
        other => other,
    }
}

/// Errors that have better words than the crate's.
fn stated(error: &Error) -> Option<Refusal> {
    match error {
        // What the source said.
        Error::Io(error) => error.get_ref()?.downcast_ref::<Refusal>().cloned(),
        Error::UnsupportedFilter(text) => {
            let number = text.rsplit(' ').next()?;
            let name = match number {
                "307" => "bzip2",
                "32001" => "Blosc",
                "32004" => "LZ4",
                "32008" => "bitshuffle",
                "32013" => "ZFP",
                "32015" => "Zstandard",
                "32026" => "Blosc2",
                _ => "an unknown method",
            };
            Some(Refusal::new(
                format!("it is compressed with {name} (HDF5 filter {number}), which is not supported"),
                "write it again with gzip: `h5repack -f GZIP=4 IN.h5 OUT.h5`",
            ))
        }
        Error::ResourceLimit(text) => Some(Refusal::new(
            format!("it asks for too much memory at once ({text})"),
            "write it again in chunks of a few MB: `h5repack -l CHUNK=... IN.h5 OUT.h5`",
        )),
        Error::InvalidData(text) if text.contains("platform usize") => Some(Refusal::new(
            format!("it is too large for a browser ({text})"),
            "use the command line: `grove convert FILE -o galaxies.safetensors`",
        )),
        other => {
            let text = other.to_string();
            let file = text
                .strip_prefix("external raw data file ")
                .or_else(|| text.split("external raw data file ").nth(1))?;
            let file = file.split_whitespace().next()?;
            Some(Refusal::new(
                format!("its values are in another file, {file}, which is not supported"),
                "put them into the file: `h5repack IN.h5 OUT.h5` beside that other file",
            ))
        }
    }
}
