//! Vectors of galaxies in Apache Parquet.

use super::features::FeaturesError;
use super::vectors::{VectorColumns, Vectors};
use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

/// Names of columns of ids, most certain first.
const IDS: [&str; 6] = ["id", "sdss_objid", "objid", "dr7objid", "object_id", "source_id"];

type File = SerializedFileReader<Bytes>;

fn damaged(error: impl std::fmt::Display) -> FeaturesError {
    FeaturesError::Damaged {
        format: "Parquet",
        why: error.to_string(),
    }
}

fn open(bytes: &[u8]) -> Result<File, FeaturesError> {
    SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(damaged)
}

fn is_real(column: &ColumnDescriptor) -> bool {
    matches!(column.physical_type(), Physical::FLOAT | Physical::DOUBLE)
}

/// The name in the table, whatever lies below it.
fn name(column: &ColumnDescriptor) -> &str {
    column.path().parts().first().map_or("", String::as_str)
}

fn columns(file: &File) -> Vec<(usize, &ColumnDescriptor)> {
    let schema = file.metadata().file_metadata().schema_descr();
    (0..schema.num_columns())
        .map(|at| (at, schema.columns()[at].as_ref()))
        .collect()
}

/// A table of codes that has other columns beside them is no table of vectors: its reader names what does not belong there.
pub(super) fn holds_vectors(bytes: &[u8]) -> bool {
    open(bytes).is_ok_and(|file| {
        let all = columns(&file);
        let is_code = |column: &ColumnDescriptor| name(column) == "f0" && !is_real(column);
        all.iter().any(|(_, column)| is_real(column)) && !all.iter().any(|(_, column)| is_code(column))
    })
}

pub(super) fn read(bytes: &[u8], wanted: VectorColumns<'_>) -> Result<Vectors, FeaturesError> {
    let file = open(bytes)?;
    let all = columns(&file);
    let named = |list: &[(usize, &ColumnDescriptor)]| {
        let names: Vec<&str> = list.iter().map(|(_, column)| name(column)).collect();
        names.join(", ")
    };
    let ids = match wanted.ids {
        Some(wanted) => {
            let found = all.iter().find(|(_, column)| name(column) == wanted);
            Some(*found.ok_or_else(|| FeaturesError::NoColumn {
                column: wanted.to_owned(),
                found: named(&all),
            })?)
        }
        None => IDS.iter().find_map(|usual| {
            let is = |(_, column): &&(usize, &ColumnDescriptor)| name(column).eq_ignore_ascii_case(usual);
            all.iter().find(is).copied()
        }),
    };
    let real: Vec<(usize, &ColumnDescriptor)> = all
        .iter()
        .filter(|(_, column)| is_real(column))
        .copied()
        .collect();
    let lists: Vec<_> = real
        .iter()
        .filter(|(_, column)| column.max_rep_level() == 1)
        .copied()
        .collect();
    let chosen = match (wanted.vectors, lists.as_slice()) {
        (Some(wanted), _) => {
            let found: Vec<_> = real
                .iter()
                .filter(|(_, column)| name(column) == wanted)
                .copied()
                .collect();
            if found.is_empty() {
                return Err(FeaturesError::NoColumn {
                    column: wanted.to_owned(),
                    found: named(&real),
                });
            }
            found
        }
        (None, [one]) => vec![*one],
        (None, []) => real
            .iter()
            .filter(|(at, _)| ids.is_none_or(|(id, _)| id != *at))
            .copied()
            .collect(),
        (None, several) => {
            return Err(FeaturesError::SeveralVectors {
                found: named(several),
            });
        }
    };
    if chosen.is_empty() {
        return Err(FeaturesError::NoVectors { found: named(&all) });
    }
    let galaxies = file.metadata().file_metadata().num_rows();
    let galaxies = usize::try_from(galaxies).map_err(damaged)?;
    let ids = ids.map(|(at, column)| whole(&file, at, column)).transpose()?;
    let (values, width) = match chosen.as_slice() {
        [(at, column)] if column.max_rep_level() > 0 => lists_of(&file, *at, column, galaxies)?,
        several => {
            let mut values = vec![0.0; galaxies * several.len()];
            for (place, (at, column)) in several.iter().enumerate() {
                let read = reals(&file, *at, column)?.values;
                for (row, value) in read.into_iter().enumerate() {
                    if let Some(slot) = values.get_mut(row * several.len() + place) {
                        *slot = value;
                    }
                }
            }
            (values, several.len())
        }
    };
    Ok(Vectors {
        ids,
        values,
        width,
        column: named(&chosen),
    })
}

/// The numbers of a column, and where each row begins (repetition 0).
struct Leaf<T> {
    values: Vec<T>,
    repetitions: Vec<i16>,
}

fn leaf<D: DataType>(
    reader: &mut ColumnReaderImpl<D>,
    rows: usize,
    into: &mut Leaf<D::T>,
    column: &ColumnDescriptor,
) -> Result<(), FeaturesError> {
    let mut definitions = Vec::new();
    let (before, first) = (into.values.len(), into.repetitions.len());
    let mut read = 0;
    while read < rows {
        let (records, _, levels) = reader
            .read_records(
                rows - read,
                Some(&mut definitions),
                Some(&mut into.repetitions),
                &mut into.values,
            )
            .map_err(damaged)?;
        read += records;
        if records == 0 && levels == 0 {
            return Err(damaged("it ends early"));
        }
    }
    // What is not there at the deepest level is null, or an empty list.
    let missing = definitions
        .iter()
        .position(|level| *level < column.max_def_level());
    let holes = missing.or((column.max_def_level() == 0 && into.values.len() - before != rows).then_some(0));
    if let Some(at) = holes {
        let starts = into.repetitions.get(first..first + at + 1).unwrap_or_default();
        let row = match starts.is_empty() {
            true => at + 1,
            false => starts.iter().filter(|level| **level == 0).count(),
        };
        return Err(FeaturesError::Null {
            column: name(column).to_owned(),
            row,
        });
    }
    Ok(())
}

fn not_real(column: &ColumnDescriptor) -> FeaturesError {
    FeaturesError::NotReal {
        column: name(column).to_owned(),
        form: column.physical_type().to_string(),
    }
}

fn reals(file: &File, at: usize, column: &ColumnDescriptor) -> Result<Leaf<f64>, FeaturesError> {
    let mut all = Leaf {
        values: Vec::new(),
        repetitions: Vec::new(),
    };
    for index in 0..file.num_row_groups() {
        let group = file.get_row_group(index).map_err(damaged)?;
        let rows = usize::try_from(group.metadata().num_rows()).map_err(damaged)?;
        match group.get_column_reader(at).map_err(damaged)? {
            ColumnReader::DoubleColumnReader(mut reader) => leaf(&mut reader, rows, &mut all, column)?,
            ColumnReader::FloatColumnReader(mut reader) => {
                let mut part = Leaf {
                    values: Vec::new(),
                    repetitions: Vec::new(),
                };
                leaf(&mut reader, rows, &mut part, column)?;
                all.values.extend(part.values.into_iter().map(f64::from));
                all.repetitions.extend(part.repetitions);
            }
            _ => return Err(not_real(column)),
        }
    }
    Ok(all)
}

fn whole(file: &File, at: usize, column: &ColumnDescriptor) -> Result<Vec<i64>, FeaturesError> {
    let mut ids = Vec::new();
    for index in 0..file.num_row_groups() {
        let group = file.get_row_group(index).map_err(damaged)?;
        let rows = usize::try_from(group.metadata().num_rows()).map_err(damaged)?;
        match group.get_column_reader(at).map_err(damaged)? {
            ColumnReader::Int64ColumnReader(mut reader) => {
                let mut part = Leaf {
                    values: Vec::new(),
                    repetitions: Vec::new(),
                };
                leaf(&mut reader, rows, &mut part, column)?;
                ids.extend(part.values);
            }
            ColumnReader::Int32ColumnReader(mut reader) => {
                let mut part = Leaf {
                    values: Vec::new(),
                    repetitions: Vec::new(),
                };
                leaf(&mut reader, rows, &mut part, column)?;
                ids.extend(part.values.into_iter().map(i64::from));
            }
            _ => {
                return Err(FeaturesError::NotInteger {
                    column: name(column).to_owned(),
                    form: column.physical_type().to_string(),
                });
            }
        }
    }
    Ok(ids)
}

/// A column of lists: all must have one length.
fn lists_of(
    file: &File,
    at: usize,
    column: &ColumnDescriptor,
    galaxies: usize,
) -> Result<(Vec<f64>, usize), FeaturesError> {
    let Leaf { values, repetitions } = reals(file, at, column)?;
    let width = values.len().checked_div(galaxies).unwrap_or(0);
    let begins = |row: usize| repetitions.get(row * width) == Some(&0);
    let starts = repetitions.iter().filter(|level| **level == 0).count();
    let ragged = (0..galaxies).find(|row| !begins(*row));
    if let Some(row) = ragged.or((starts != galaxies || width * galaxies != values.len()).then_some(galaxies))
    {
        return Err(FeaturesError::Ragged {
            column: name(column).to_owned(),
            row: row.max(1),
        });
    }
    Ok((values, width))
}
