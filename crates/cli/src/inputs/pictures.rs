//! Pictures of single galaxies out of sets, by id.
//!
//! Sets are read once, from their beginning to their end, into a temporary file where each picture has its place: single rows of a compressed set would each cost
//! the reading of many.

use super::batch::Pixels;
use super::opened::{Opened, open};
use crate::outputs::partial::failed;
use anyhow::{anyhow, bail};
use galaxy_grove::count::counted;
use galaxy_grove::cutout::PIXELS;
use galaxy_grove::intake::Answers;
use grove_files::list::Input;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::Duration;

/// Galaxies that are read at once: 8 MB of pixels.
const BATCH: usize = 512;

/// The pictures of some galaxies as bytes, 255 for 1.
pub struct Pictures {
    file: File,
    /// Names that are not just the ids.
    names: HashMap<usize, String>,
}

impl Pictures {
    /// Reads the galaxies of these ids, each of which has its place in the list. The temporary file is made in `folder`. Says how many others the sets hold.
    ///
    /// # Errors
    /// When an input is no set, an id is there twice, a picture has values that are not finite, or a wanted galaxy is in none of the sets.
    pub fn read(inputs: &[Input], wanted: &[i64], folder: &Path) -> anyhow::Result<Self> {
        let on_disk = |error| failed(folder, error);
        let places: HashMap<i64, usize> = wanted.iter().copied().zip(0..).collect();
        let mut found = vec![false; wanted.len()];
        let (mut others, mut clipped) = (0_usize, 0_usize);
        let mut pictures = Self {
            file: tempfile::tempfile_in(folder).map_err(on_disk)?,
            names: HashMap::new(),
        };
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} pictures, {eta} left")?;
        let bar = ProgressBar::new(wanted.len() as u64).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(500));
        for input in inputs {
            let name = input.path.display();
            let refused = |refusal: galaxy_grove::intake::Refusal| anyhow!("{name}: {refusal}");
            let Opened::Set(set, count) = open(input, &Answers::default()).map_err(refused)? else {
                bail!(
                    "{name} is no set of cutouts: run `grove convert {name} -o galaxies.safetensors` first"
                );
            };
            for remark in set.remarks() {
                bar.suspend(|| eprintln!("{name}: {remark}"));
            }
            for start in (0..count).step_by(BATCH) {
                let batch = set
                    .batch(start..count.min(start + BATCH), Pixels::Model)
                    .map_err(refused)?;
                let rows = batch
                    .ids
                    .iter()
                    .zip(batch.names)
                    .zip(batch.images.chunks_exact(PIXELS));
                for ((id, own_name), image) in rows {
                    let Some(place) = places.get(id).copied() else {
                        others += 1;
                        continue;
                    };
                    match found.get_mut(place) {
                        Some(found) if !*found => *found = true,
                        _ => bail!("{name}: the id {id} is there twice, so that its picture is not certain"),
                    }
                    if !image.iter().all(|value| value.is_finite()) {
                        bail!(
                            "{name}: the picture of galaxy {id} has values that are not finite: leave it out of the vectors"
                        );
                    }
                    clipped += usize::from(image.iter().any(|value| !(0.0..=1.0).contains(value)));
                    pictures.put(place, image).map_err(on_disk)?;
                    if own_name != id.to_string() {
                        pictures.names.insert(place, own_name);
                    }
                    bar.inc(1);
                }
            }
        }
        bar.finish_and_clear();
        let mut missing = found.iter().zip(wanted).filter(|(found, _)| !**found);
        let count = missing.clone().count();
        if let Some((_, first)) = missing.next() {
            bail!(
                "{} in none of the sets (the first is {first}): give the sets that hold them, or no set at all",
                counted(count, "galaxy with a vector is", "galaxies with a vector are")
            );
        }
        if clipped > 0 {
            eprintln!(
                "{} values below 0 or above 1, which are shown as 0 and 1",
                counted(clipped, "picture has", "pictures have")
            );
        }
        if others > 0 {
            eprintln!(
                "{} without a vector, and were left out",
                counted(others, "galaxy of the sets is", "galaxies of the sets are")
            );
        }
        Ok(pictures)
    }

    fn put(&mut self, place: usize, image: &[f32]) -> io::Result<()> {
        let grey = |value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let bytes: Vec<u8> = image.iter().map(grey).collect();
        self.file.seek(SeekFrom::Start((place * PIXELS) as u64))?;
        self.file.write_all(&bytes)
    }

    /// The name of a galaxy, where it is not its id.
    pub fn name(&self, place: usize) -> Option<&str> {
        self.names.get(&place).map(String::as_str)
    }

    /// The picture of a galaxy, by its place in the list: 4096 bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn get(&self, place: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; PIXELS];
        let mut file = &self.file;
        file.seek(SeekFrom::Start((place * PIXELS) as u64))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
