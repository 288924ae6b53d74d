//! Pictures of single galaxies out of sets, by id.

use super::batch::Pixels;
use super::opened::{Opened, Set, open};
use anyhow::{anyhow, bail};
use galaxy_grove::count::counted;
use galaxy_grove::intake::Answers;
use grove_files::list::Input;
use std::collections::HashMap;

/// Ids that are read at once.
const BATCH: usize = 65_536;

/// Sets whose galaxies are read one by one.
pub struct PicturesById {
    sets: Vec<(String, Set)>,
    /// The set and the row of each galaxy.
    places: HashMap<i64, (usize, usize)>,
}

impl PicturesById {
    /// Finds the galaxies of these ids. Says how many others the sets hold.
    ///
    /// # Errors
    /// When an input is no set, an id is in it twice, or a wanted galaxy is in none.
    pub fn open(inputs: &[Input], wanted: &[i64]) -> anyhow::Result<Self> {
        let mut sets = Vec::new();
        let mut places: HashMap<i64, (usize, usize)> = HashMap::new();
        for input in inputs {
            let name = input.path.display().to_string();
            let opened = open(input, &Answers::default()).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
            let Opened::Set(set, count) = opened else {
                bail!(
                    "{name} is no set of cutouts: run `grove convert {name} -o galaxies.safetensors` first"
                );
            };
            set.remarks()
                .iter()
                .for_each(|remark| eprintln!("{name}: {remark}"));
            for start in (0..count).step_by(BATCH) {
                let rows = start..count.min(start + BATCH);
                let ids = set.ids(rows).map_err(|refusal| anyhow!("{name}: {refusal}"))?;
                for (row, id) in (start..).zip(ids) {
                    if places.insert(id, (sets.len(), row)).is_some() {
                        bail!("{name}: the id {id} is there twice, so that its picture is not certain");
                    }
                }
            }
            sets.push((name, set));
        }
        let missing: Vec<i64> = wanted
            .iter()
            .copied()
            .filter(|id| !places.contains_key(id))
            .collect();
        if let Some(first) = missing.first() {
            bail!(
                "{} in none of the sets (the first is {first}): give the sets that hold them, or no set at all",
                counted(
                    missing.len(),
                    "galaxy with a vector is",
                    "galaxies with a vector are"
                )
            );
        }
        let others = places.len() - wanted.len();
        if others > 0 {
            eprintln!(
                "{} without a vector, and were left out",
                counted(others, "galaxy of the sets is", "galaxies of the sets are")
            );
        }
        Ok(Self { sets, places })
    }

    /// A galaxy's name and its picture before the sky was cleared, 255 for 1.
    ///
    /// # Errors
    /// When it cannot be read, or is none.
    pub fn get(&self, id: i64) -> anyhow::Result<(String, Vec<u8>)> {
        let (set, row) = self.places.get(&id).copied().unwrap_or_default();
        let (name, set) = self
            .sets
            .get(set)
            .ok_or_else(|| anyhow!("no set holds the galaxy {id}"))?;
        let batch = set
            .batch(row..row + 1, Pixels::Model)
            .map_err(|refusal| anyhow!("{name}: {refusal}"))?;
        if !batch.images.iter().all(|value| value.is_finite()) {
            bail!(
                "{name}: the picture of galaxy {id} has values that are not finite: leave it out of the vectors"
            );
        }
        let grey = |value: &f32| (value.clamp(0.0, 1.0) * 255.0).round() as u8;
        let image = batch.images.iter().map(grey).collect();
        Ok((
            batch.names.into_iter().next().unwrap_or_else(|| id.to_string()),
            image,
        ))
    }
}
