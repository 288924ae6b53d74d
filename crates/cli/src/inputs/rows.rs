//! What a tree is made of: codes, or vectors of any model.

use super::codes;
use anyhow::{Context as _, bail};
use galaxy_grove::export::{Features, VectorColumns, Vectors, holds_vectors, read_vectors};
use std::path::Path;

/// How vectors are found in a file.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct VectorOptions {
    /// Of a Parquet table with several columns of vectors, this one.
    #[arg(long, value_name = "NAME")]
    column: Option<String>,
    /// The column of ids of a Parquet table, where it has no usual name (id, sdss_objid, objid, object_id, source_id).
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Make every vector one long first, so that directions are compared (as cosines do), not lengths.
    #[arg(long)]
    unit_length: bool,
}

impl VectorOptions {
    /// Refuses these flags where there is no file of vectors.
    ///
    /// # Errors
    /// When one was given.
    pub fn refuse_for_a_folder(&self) -> anyhow::Result<()> {
        if self.is_used() {
            bail!(
                "--column, --id-column and --unit-length are for files of vectors, not for a folder of sorted galaxies"
            );
        }
        Ok(())
    }

    /// Refuses these flags where no vectors are given.
    ///
    /// # Errors
    /// When one was given.
    pub fn refuse_without_vectors(&self) -> anyhow::Result<()> {
        if self.is_used() {
            bail!(
                "--column, --id-column and --unit-length are for the file of --vectors, which is not given"
            );
        }
        Ok(())
    }

    fn is_used(&self) -> bool {
        self.column.is_some() || self.id_column.is_some() || self.unit_length
    }
}

/// One row for each galaxy.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Codes, by Hamming distances.
    Codes(Features),
    /// Vectors, by Euclidean distances; with ids from the file, or from 1.
    Vectors(Vec<i64>, Vectors),
}

impl Rows {
    /// The ids.
    pub fn ids(&self) -> &[i64] {
        match self {
            Self::Codes(features) => &features.ids,
            Self::Vectors(ids, _) => ids,
        }
    }
}

/// Reads codes, or vectors, from a file: at least two galaxies, each id once.
///
/// # Errors
/// With the file's name and the remedy.
pub fn read(path: &Path, options: &VectorOptions) -> anyhow::Result<Rows> {
    read_with(path, options, true)
}

/// As [`read`], of a file that names its galaxies.
///
/// # Errors
/// As [`read`], and when it names none.
pub fn read_named(path: &Path, options: &VectorOptions) -> anyhow::Result<Rows> {
    read_with(path, options, false)
}

fn read_with(path: &Path, options: &VectorOptions, may_number: bool) -> anyhow::Result<Rows> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    if !holds_vectors(&bytes) {
        if options.is_used() {
            bail!(
                "{name} holds no vectors of real numbers, so --column, --id-column and --unit-length mean nothing"
            );
        }
        return Ok(Rows::Codes(codes::parse(path, &bytes)?));
    }
    let columns = VectorColumns {
        vectors: options.column.as_deref(),
        ids: options.id_column.as_deref(),
    };
    let mut vectors = read_vectors(&bytes, columns).with_context(|| format!("{name}"))?;
    let (n, width) = (vectors.galaxies(), vectors.width);
    codes::galaxies_needed(&name.to_string(), n)?;
    if options.unit_length {
        vectors.make_unit().with_context(|| format!("{name}"))?;
    }
    let beside = codes::ids_beside(path);
    let ids = match vectors.ids.take() {
        Some(ids) => ids,
        None if bytes.starts_with(b"\x93NUMPY") && beside.exists() => codes::read_ids(&beside, n, path)?,
        None if !may_number => bail!(
            "{name} names no galaxies: give a Parquet table with a column of ids (--id-column), or {} beside an NPY file",
            beside.display()
        ),
        None => {
            eprintln!("{name} names no galaxies: ids are the rows, from 1");
            (1..=n as i64).collect()
        }
    };
    codes::each_once(&name.to_string(), &ids)?;
    eprintln!("{name}: {n} vectors of {width} numbers ({})", vectors.column);
    Ok(Rows::Vectors(ids, vectors))
}
