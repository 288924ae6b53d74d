//! Files that tests write, to have them read.

use crate::golden::golden16;
use galaxy_grove::bundle::{self, Dtype};
use galaxy_grove::cutout::{CutoutSet, PIXELS};
use galaxy_grove::export::{FeatureFormat, features_fits};
use std::path::{Path, PathBuf};

/// Writes galaxies as a bundle; gives the path again.
pub fn write_bundle(path: PathBuf, set: &CutoutSet, dtype: Dtype) -> PathBuf {
    let bytes = bundle::write(set, None, dtype, &Default::default()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A table of the codes of `count` galaxies in `folder`, with ids 1000, 1001, ...
pub fn codes_table(folder: &Path, codes: &[u8], count: usize, format: FeatureFormat) -> PathBuf {
    let ids: Vec<i64> = (0..count as i64).map(|row| 1000 + row).collect();
    let path = folder.join("features.fits");
    std::fs::write(&path, features_fits(&ids, codes, format).unwrap()).unwrap();
    path
}

/// A bundle of the first `count` galaxies of the golden fixture, with ids that do not fit a double.
pub fn bundle_of(folder: &Path, count: usize) -> PathBuf {
    let image = golden16().images[..count * PIXELS].to_vec();
    let ids = (0..count as i64)
        .map(|row| 587_722_952_230_502_863 + row)
        .collect();
    let set = CutoutSet::new(ids, Vec::new(), image.clone(), image).unwrap();
    write_bundle(folder.join("golden.safetensors"), &set, Dtype::F32)
}
