//! Telling an archive by its bytes.

use super::directory::special;
use super::tar_header::{BLOCK, is_tar};
use crate::intake::container::unpack::Packing;

/// How an archive is in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Zip,
    Tar,
    PackedTar(Packing),
}

/// Tells an archive by its bytes. A NumPy archive or an office document, though a ZIP, is none: it is one file.
pub(super) fn container(bytes: &[u8]) -> Option<Container> {
    if is_zip(bytes) {
        return special(bytes).is_none().then_some(Container::Zip);
    }
    if let Some(packing) = Packing::detect(bytes) {
        let head = packing.head(bytes, BLOCK);
        return is_tar(&head).then_some(Container::PackedTar(packing));
    }
    is_tar(bytes).then_some(Container::Tar)
}

/// True for the first bytes of a ZIP file, whatever is in it.
pub(in crate::intake) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// True when `walk` can look into it: ZIP, tar, and tar in gzip, bzip2, xz or zstd.
pub fn is_archive(bytes: &[u8]) -> bool {
    container(bytes).is_some()
}
