//! Vectors of another model that are to go with galaxies.

use super::gather::Gathered;
use super::rows::{self, Rows, VectorOptions};
use anyhow::bail;
use galaxy_grove::count::counted;
use std::collections::BTreeMap;
use std::path::Path;

/// Vectors by the ids of their galaxies.
pub struct Attached {
    name: String,
    /// Numbers of one vector.
    pub width: usize,
    /// In the order of the file.
    pub ids: Vec<i64>,
    /// Row by row.
    pub values: Vec<f64>,
}

impl Attached {
    /// Reads a table of vectors.
    ///
    /// # Errors
    /// When it cannot be read, holds codes, or names no galaxies.
    pub fn read(path: &Path, options: &VectorOptions) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        match rows::read_named(path, options)? {
            Rows::Vectors(ids, vectors) => Ok(Self {
                name,
                width: vectors.width,
                ids,
                values: vectors.values,
            }),
            Rows::Codes(_) => bail!("{name} holds codes, not vectors of real numbers"),
        }
    }

    /// The vectors, one for each id.
    pub fn vectors(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The vector of a row; empty where there is no such row.
    pub fn vector(&self, row: usize) -> &[f64] {
        let at = row * self.width..(row + 1) * self.width;
        self.values.get(at).unwrap_or_default()
    }

    /// Gives each galaxy its vector. Says how many vectors belong to none.
    ///
    /// # Errors
    /// When a galaxy has none, with how many and the first.
    pub fn join(&self, files: &mut [Gathered]) -> anyhow::Result<()> {
        let by_id: BTreeMap<i64, &[f64]> = self.ids.iter().copied().zip(self.vectors()).collect();
        let (mut used, mut missing, mut first) = (0, 0, None);
        for row in files.iter_mut().flat_map(|file| &mut file.rows) {
            // A running number says nothing of the galaxy.
            let id = row.id.filter(|_| !row.is_numbered);
            let Some(vector) = id.and_then(|id| by_id.get(&id)) else {
                missing += 1;
                first.get_or_insert_with(|| row.name.clone());
                continue;
            };
            used += 1;
            row.about_mut().vector = vector.to_vec();
        }
        if let Some(first) = first {
            bail!(
                "nothing was written: {} without a vector in {} (the first is {first}). Vectors are joined by the ids of the galaxies: \
                 leave those galaxies out, or add their vectors",
                counted(missing, "galaxy is", "galaxies are"),
                self.name
            );
        }
        if used < self.ids.len() {
            eprintln!(
                "{}: {} to galaxies that are not given, and were left out",
                self.name,
                counted(self.ids.len() - used, "vector belongs", "vectors belong")
            );
        }
        Ok(())
    }
}
