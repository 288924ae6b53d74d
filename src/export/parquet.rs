//! Tables as Apache Parquet, without Arrow: columns of numbers, one row group.

use super::error::ExportError;
use super::features::{Features, FeaturesError, code};
use super::id_column::ID_COLUMN;
use super::sink::FeatureSink;
use bytes::Bytes;
use parquet::basic::{Compression, Repetition, Type as Physical};
use parquet::data_type::{Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::types::Type;
use std::io::{self, Write};
use std::sync::Arc;

/// The numbers of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// 64-bit integers, for ids.
    Long(Vec<i64>),
    /// 32-bit integers.
    Int(Vec<i32>),
}

impl Numbers {
    fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Int(values) => values.len(),
        }
    }

    fn physical(&self) -> Physical {
        match self {
            Self::Long(_) => Physical::INT64,
            Self::Int(_) => Physical::INT32,
        }
    }
}

/// A Parquet file with these columns, all of one length. `made_by` is the program and its version.
///
/// # Errors
/// [`ExportError::Length`] for columns of several lengths, [`ExportError::Parquet`] for names that Parquet refuses.
pub fn parquet(columns: &[(String, Numbers)], made_by: &str) -> Result<Vec<u8>, ExportError> {
    let rows = columns.first().map_or(0, |(_, numbers)| numbers.len());
    for (_, numbers) in columns {
        crate::export::error::same_length("a column", numbers.len(), rows)?;
    }
    write(columns, made_by).map_err(|error| ExportError::Parquet(error.to_string()))
}

fn write(columns: &[(String, Numbers)], made_by: &str) -> parquet::errors::Result<Vec<u8>> {
    let mut out = Vec::new();
    let heads = columns
        .iter()
        .map(|(name, numbers)| (name.clone(), numbers.physical()));
    let mut file = open(&mut out, heads, made_by)?;
    let numbers: Vec<Numbers> = columns.iter().map(|(_, numbers)| numbers.clone()).collect();
    write_group(&mut file, &numbers)?;
    file.close()?;
    Ok(out)
}

fn open<W: Write + Send>(
    out: W,
    columns: impl Iterator<Item = (String, Physical)>,
    made_by: &str,
) -> parquet::errors::Result<SerializedFileWriter<W>> {
    let fields = columns
        .map(|(name, physical)| {
            let field = Type::primitive_type_builder(&name, physical);
            Ok(Arc::new(field.with_repetition(Repetition::REQUIRED).build()?))
        })
        .collect::<parquet::errors::Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_created_by(made_by.to_owned())
        .build();
    SerializedFileWriter::new(out, schema, Arc::new(properties))
}

fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    columns: &[Numbers],
) -> parquet::errors::Result<()> {
    let mut group = file.next_row_group()?;
    let mut columns = columns.iter();
    while let Some(mut writer) = group.next_column()? {
        match columns.next() {
            Some(Numbers::Long(values)) => {
                writer.typed::<Int64Type>().write_batch(values, None, None)?;
            }
            Some(Numbers::Int(values)) => {
                writer.typed::<Int32Type>().write_batch(values, None, None)?;
            }
            // The schema was made from the same columns.
            None => {}
        }
        writer.close()?;
    }
    group.close()?;
    Ok(())
}

/// Codes as a Parquet table with the columns `sdss_objid`, `f0`, `f1`, ...; rows are written in groups as they come.
pub struct ParquetSink<W: Write + Send> {
    file: SerializedFileWriter<W>,
    ids: Vec<i64>,
    codes: Vec<u8>,
    width: usize,
}

/// Rows of one row group: columns long enough to pack well, short enough to wait in memory.
const ROW_GROUP: usize = 16_384;

impl<W: Write + Send> ParquetSink<W> {
    /// A file of `width` codes a galaxy.
    ///
    /// # Errors
    /// What the writer said.
    pub fn new(out: W, width: usize, made_by: &str) -> io::Result<Self> {
        let names = (0..width).map(|position| (format!("f{position}"), Physical::INT32));
        let columns = std::iter::once((ID_COLUMN.to_owned(), Physical::INT64)).chain(names);
        Ok(Self {
            file: open(out, columns, made_by).map_err(io::Error::other)?,
            ids: Vec::new(),
            codes: Vec::new(),
            width,
        })
    }

    fn group(&mut self) -> io::Result<()> {
        let column = |position: usize| {
            let codes = self.codes.iter().skip(position).step_by(self.width);
            Numbers::Int(codes.map(|&code| i32::from(code)).collect())
        };
        let mut columns = vec![Numbers::Long(self.ids.clone())];
        columns.extend((0..self.width).map(column));
        write_group(&mut self.file, &columns).map_err(io::Error::other)?;
        self.ids.clear();
        self.codes.clear();
        Ok(())
    }
}

impl<W: Write + Send> FeatureSink for ParquetSink<W> {
    fn push(&mut self, ids: &[i64], codes: &[u8]) -> io::Result<()> {
        crate::export::sink::check(ids, codes, self.width)?;
        self.ids.extend(ids);
        self.codes.extend(codes);
        if self.ids.len() >= ROW_GROUP {
            self.group()
        } else {
            Ok(())
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if !self.ids.is_empty() {
            self.group()?;
        }
        self.file.close().map(|_| ()).map_err(io::Error::other)
    }
}

/// Reads ids and codes from the columns `sdss_objid` and all others.
pub(super) fn read_codes(bytes: &[u8]) -> Result<Features, FeaturesError> {
    let failed = |error: parquet::errors::ParquetError| FeaturesError::Damaged {
        format: "Parquet",
        why: error.to_string(),
    };
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).map_err(failed)?;
    let schema = file.metadata().file_metadata().schema();
    let names: Vec<String> = schema
        .get_fields()
        .iter()
        .map(|field| field.name().to_owned())
        .collect();
    let id_at = names.iter().position(|name| name.eq_ignore_ascii_case(ID_COLUMN));
    let id_at = id_at.ok_or_else(|| FeaturesError::NoIds {
        found: names.iter().take(8).cloned().collect::<Vec<_>>().join(", "),
    })?;
    let mut features = Features {
        width: names.len() - 1,
        ..Features::default()
    };
    if features.width == 0 {
        return Err(FeaturesError::NoCodes);
    }
    for (at, row) in file.get_row_iter(None).map_err(failed)?.enumerate() {
        let row = row.map_err(failed)?;
        for (index, (name, field)) in row.get_column_iter().enumerate() {
            let value = match field {
                Field::Long(value) => *value,
                Field::ULong(value) => *value as i64,
                Field::Int(value) => i64::from(*value),
                Field::UInt(value) => i64::from(*value),
                Field::Short(value) => i64::from(*value),
                Field::UShort(value) => i64::from(*value),
                Field::Byte(value) => i64::from(*value),
                Field::UByte(value) => i64::from(*value),
                other => {
                    return Err(FeaturesError::NotInteger {
                        column: name.clone(),
                        form: format!("{other:?}").chars().take_while(|c| *c != '(').collect(),
                    });
                }
            };
            if index == id_at {
                features.ids.push(value);
            } else {
                features.codes.push(code(name, at, value)?);
            }
        }
    }
    Ok(features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::read::read_features;

    #[test]
    fn ragged_columns_and_foreign_files_are_refused() {
        let ragged = [
            ("a".to_owned(), Numbers::Int(vec![1])),
            ("b".to_owned(), Numbers::Int(vec![])),
        ];
        assert!(matches!(
            parquet(&ragged, "test"),
            Err(ExportError::Length { .. })
        ));
        let damaged = read_features(b"PAR1 no table PAR1");
        assert!(matches!(
            damaged,
            Err(FeaturesError::Damaged {
                format: "Parquet",
                ..
            })
        ));
    }

    /// What is said of codes as doubles.
    fn doubles() -> Result<Features, FeaturesError> {
        let mut out = Vec::new();
        let columns = [(ID_COLUMN, Physical::INT64), ("f0", Physical::DOUBLE)];
        let mut file = open(
            &mut out,
            columns.map(|(name, kind)| (name.to_owned(), kind)).into_iter(),
            "test",
        )
        .unwrap();
        let mut group = file.next_row_group().unwrap();
        let mut ids = group.next_column().unwrap().unwrap();
        ids.typed::<Int64Type>().write_batch(&[5], None, None).unwrap();
        ids.close().unwrap();
        let mut codes = group.next_column().unwrap().unwrap();
        let typed = codes.typed::<parquet::data_type::DoubleType>();
        typed.write_batch(&[1.0], None, None).unwrap();
        codes.close().unwrap();
        group.close().unwrap();
        file.close().unwrap();
        read_features(&out)
    }

    #[test]
    fn columns_of_other_kinds_are_named() {
        let table = |columns: &[(&str, Numbers)]| {
            let columns: Vec<_> = columns
                .iter()
                .map(|(name, n)| ((*name).to_owned(), n.clone()))
                .collect();
            read_features(&parquet(&columns, "test").unwrap())
        };
        let ids = || (ID_COLUMN, Numbers::Long(vec![5, -1]));
        let read = table(&[("f0", Numbers::Int(vec![1, 2])), ids()]).unwrap();
        assert_eq!((read.ids, read.codes, read.width), (vec![5, -1], vec![1, 2], 1));
        assert!(matches!(doubles(), Err(FeaturesError::NotInteger { column, .. }) if column == "f0"));
        let large = table(&[ids(), ("f0", Numbers::Int(vec![1, 256]))]);
        assert!(matches!(
            large,
            Err(FeaturesError::CodeRange {
                row: 2,
                value: 256,
                ..
            })
        ));
        assert_eq!(table(&[ids()]), Err(FeaturesError::NoCodes));
        let nameless = table(&[("f0", Numbers::Int(vec![]))]);
        assert!(matches!(nameless, Err(FeaturesError::NoIds { found }) if found == "f0"));
    }
}
