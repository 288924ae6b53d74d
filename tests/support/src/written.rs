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

/// A FITS file of one image of 32-bit floats, its first row at the bottom.
pub fn fits_image(width: usize, values: &[f32]) -> Vec<u8> {
    let cards = [
        ("SIMPLE", "T".to_owned()),
        ("BITPIX", "-32".to_owned()),
        ("NAXIS", "2".to_owned()),
        ("NAXIS1", width.to_string()),
        ("NAXIS2", (values.len() / width).to_string()),
    ];
    let mut file: Vec<u8> = cards
        .iter()
        .flat_map(|(name, value)| format!("{:<80}", format!("{name:<8}= {value:>20}")).into_bytes())
        .collect();
    file.extend(format!("{:<80}", "END").into_bytes());
    file.resize(file.len().next_multiple_of(2880), b' ');
    file.extend(values.iter().flat_map(|value| value.to_be_bytes()));
    file.resize(file.len().next_multiple_of(2880), 0);
    file
}
