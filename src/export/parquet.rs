//! Tables as Apache Parquet, without Arrow: columns of numbers, one row group.

use super::ExportError;
use parquet::basic::{Compression, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{Int32Type, Int64Type, DoubleType};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::RowAccessor as _;
use parquet::schema::types::Type;
use std::sync::Arc;

/// The numbers of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Numbers {
    /// 64-bit integers, for ids.
    Long(Vec<i64>),
    /// 32-bit integers.
    Int(Vec<i32>),
    /// Doubles.
    Double(Vec<f64>),
}

impl Numbers {
    fn len(&self) -> usize {
        match self {
            Self::Long(values) => values.len(),
            Self::Int(values) => values.len(),
            Self::Double(values) => values.len(),
        }
    }

    fn physical(&self) -> Physical {
        match self {
            Self::Long(_) => Physical::INT64,
            Self::Int(_) => Physical::INT32,
            Self::Double(_) => Physical::DOUBLE,
        }
    }
}

/// A Parquet file with these columns, all of one length.
///
/// # Errors
/// [`ExportError::Length`] for columns of several lengths, [`ExportError::Parquet`] for names that Parquet refuses.
pub fn parquet(columns: &[(String, Numbers)]) -> Result<Vec<u8>, ExportError> {
    let rows = columns.first().map_or(0, |(_, numbers)| numbers.len());
    for (_, numbers) in columns {
        super::error::same_length("a column", numbers.len(), rows)?;
    }
    write(columns).map_err(|error| ExportError::Parquet(error.to_string()))
}

fn write(columns: &[(String, Numbers)]) -> parquet::errors::Result<Vec<u8>> {
    let fields = columns
        .iter()
        .map(|(name, numbers)| {
            let field = Type::primitive_type_builder(name, numbers.physical());
            Ok(Arc::new(field.with_repetition(Repetition::REQUIRED).build()?))
        })
        .collect::<parquet::errors::Result<Vec<_>>>()?;
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_created_by(format!("Galaxy Grove {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut out = Vec::new();
    let mut file = SerializedFileWriter::new(&mut out, schema, Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    let mut columns = columns.iter();
    while let Some(mut writer) = group.next_column()? {
        if let Some((_, numbers)) = columns.next() {
            match (writer.untyped(), numbers) {
                (ColumnWriter::Int64ColumnWriter(_), Numbers::Long(values)) => {
                    writer.typed::<Int64Type>().write_batch(values, None, None)?;
                }
                (ColumnWriter::Int32ColumnWriter(_), Numbers::Int(values)) => {
                    writer.typed::<Int32Type>().write_batch(values, None, None)?;
                }
                (ColumnWriter::DoubleColumnWriter(_), Numbers::Double(values)) => {
                    writer.typed::<DoubleType>().write_batch(values, None, None)?;
                }
                // The schema was made from the same columns.
                _ => {}
            }
        }
        writer.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(out)
}

/// The names of the columns of a Parquet file, and its rows of integers. Columns that hold no integers make it refuse.
///
/// # Errors
/// [`ExportError::Parquet`] for what cannot be read.
pub fn read_integers(bytes: &[u8]) -> Result<(Vec<String>, Vec<Vec<i64>>), ExportError> {
    let failed = |error: parquet::errors::ParquetError| ExportError::Parquet(error.to_string());
    let file = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).map_err(failed)?;
    let schema = file.metadata().file_metadata().schema();
    let names: Vec<String> = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
    let mut rows = Vec::new();
    for row in file.get_row_iter(None).map_err(failed)? {
        let row = row.map_err(failed)?;
        let value = |at: usize| {
            row.get_long(at)
                .or_else(|_| row.get_int(at).map(i64::from))
                .or_else(|_| row.get_short(at).map(i64::from))
                .or_else(|_| row.get_byte(at).map(i64::from))
                .or_else(|_| row.get_ubyte(at).map(i64::from))
        };
        rows.push((0..names.len()).map(value).collect::<Result<_, _>>().map_err(failed)?);
    }
    Ok((names, rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn integers_read_back(rows in prop::collection::vec((any::<i64>(), any::<i32>()), 0..50)) {
            let (a, b): (Vec<i64>, Vec<i32>) = rows.iter().copied().unzip();
            let file = parquet(&[("id".into(), Numbers::Long(a)), ("group".into(), Numbers::Int(b))]).unwrap();
            let (names, read) = read_integers(&file).unwrap();
            prop_assert_eq!(names, ["id", "group"]);
            let expected: Vec<Vec<i64>> = rows.iter().map(|&(a, b)| vec![a, i64::from(b)]).collect();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn ragged_columns_and_foreign_files_are_refused() {
        let ragged = [("a".to_owned(), Numbers::Int(vec![1])), ("b".to_owned(), Numbers::Int(vec![]))];
        assert!(matches!(parquet(&ragged), Err(ExportError::Length { .. })));
        assert!(matches!(read_integers(b"PAR1 no table PAR1"), Err(ExportError::Parquet(_))));
    }
}
