//! Codes of galaxies, as a file gives them.

use super::id_column::ID_COLUMN;

/// Codes of galaxies, as read from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// 64-bit identifiers. `[N]`
    pub ids: Vec<i64>,
    /// Codes, row-major. `[N * width]`
    pub codes: Vec<u8>,
    /// Codes of one galaxy: 64 for the published model.
    pub width: usize,
}

/// Why a file holds no table of codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeaturesError {
    /// None of the formats.
    #[error(
        "this is neither FITS nor Parquet, NPY or safetensors; give the table of codes that `grove extract` writes"
    )]
    Foreign,
    /// Packed.
    #[error("this file is packed with gzip; unpack it first (gunzip)")]
    Packed,
    /// No binary table.
    #[error("the file holds no binary table; give the table that `grove extract` writes, not an image")]
    NoTable,
    /// No column of ids.
    #[error("the table has no column `{ID_COLUMN}`; its columns are: {found}. Rename the column of ids")]
    NoIds {
        /// The columns there are.
        found: String,
    },
    /// No column of codes.
    #[error("the table has no column beside `{ID_COLUMN}`; the codes f0, f1, ... are missing")]
    NoCodes,
    /// A column that does not hold whole numbers.
    #[error("the column `{column}` has the type {form}; ids and codes must be whole numbers")]
    NotInteger {
        /// The column.
        column: String,
        /// Its type, in the format's words.
        form: String,
    },
    /// A code outside 0 to 255.
    #[error("row {row} of the column `{column}` holds {value}; codes run from 0 to 255")]
    CodeRange {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
        /// The value.
        value: i64,
    },
    /// A library could not read the container.
    #[error(
        "the {format} file cannot be read ({why}); copy it again, or write it again with `grove extract`"
    )]
    Damaged {
        /// The format.
        format: &'static str,
        /// What the library said.
        why: String,
    },
    /// An array of another shape.
    #[error("the codes have the shape {found:?} where (galaxies, codes) is needed")]
    Shape {
        /// The shape there is.
        found: Vec<u64>,
    },
    /// Columns of different length.
    #[error("there are {ids} ids for {galaxies} galaxies; give the files of one and the same run")]
    Ids {
        /// Identifiers.
        ids: usize,
        /// Rows of codes.
        galaxies: usize,
    },
    /// None of the formats of vectors.
    #[error(
        "this is neither Parquet nor NPY; write the vectors with numpy.save (N x D, real numbers) or to Parquet"
    )]
    ForeignVectors,
    /// No column of vectors.
    #[error("there are no vectors of real numbers in it; its columns are: {found}")]
    NoVectors {
        /// The columns there are.
        found: String,
    },
    /// Several columns of lists.
    #[error("several columns hold vectors: {found}; name one with --column")]
    SeveralVectors {
        /// The columns.
        found: String,
    },
    /// A column that was named.
    #[error("there is no column `{column}` to take; there are: {found}")]
    NoColumn {
        /// The name.
        column: String,
        /// The columns there are.
        found: String,
    },
    /// Something other than real numbers.
    #[error("`{column}` has the type {form}; vectors must be real numbers of 4 or 8 bytes")]
    NotReal {
        /// The column.
        column: String,
        /// Its type, in the format's words.
        form: String,
    },
    /// An array of another shape than a table.
    #[error("the array has the shape {found:?} where (galaxies, numbers) is needed")]
    VectorShape {
        /// The shape there is.
        found: Vec<u64>,
    },
    /// A list that is longer or shorter than the first one.
    #[error("row {row} of `{column}` has another length than the first; all vectors must have one length")]
    Ragged {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
    },
    /// Nothing where a number is needed.
    #[error("row {row} of `{column}` is empty (null): fill it or leave the galaxy out")]
    Null {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
    },
    /// A value that is no finite number.
    #[error("row {row} of `{column}` has a value that is not finite: replace it or leave the galaxy out")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
    },
    /// A vector of zeros.
    #[error(
        "the vector of row {row} is all zeros, so it has no direction: leave the galaxy out, or do without --unit-length"
    )]
    NoLength {
        /// The row, from 1.
        row: usize,
    },
    /// A format that this build leaves out.
    #[error("this is a Parquet file, which only the command line reads; write FITS instead")]
    NoParquet,
}

/// A code from any whole number.
pub(super) fn code(column: &str, row: usize, value: i64) -> Result<u8, FeaturesError> {
    u8::try_from(value).ok().ok_or_else(|| FeaturesError::CodeRange {
        column: column.to_owned(),
        row: row + 1,
        value,
    })
}
