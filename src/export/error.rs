//! Why results cannot be written.

/// Why results cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// A column's length does not fit the number of galaxies.
    #[error("{found} {column} do not fit {galaxies} galaxies; save again after the run has ended")]
    Length {
        /// What the column holds.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The number of galaxies.
        galaxies: usize,
    },
    /// More columns than a FITS table may have.
    #[error("a FITS table holds at most 998 codes a galaxy, not {width}; save as CSV instead")]
    TooWide {
        /// Codes of one galaxy.
        width: usize,
    },
    /// Facts and groups are more columns than a FITS table may have.
    #[error(
        "a FITS table holds at most 999 columns, not {columns}; save as CSV, or join a table of fewer columns"
    )]
    TooManyColumns {
        /// All columns.
        columns: usize,
    },
    /// The Parquet library refused.
    #[error("the Parquet table cannot be written ({0}); save as CSV instead")]
    Parquet(String),
}

/// Codes of one galaxy, from the number of all codes. 64, that of the published model, when there is no galaxy.
pub(super) fn width_of(codes: usize, galaxies: usize) -> Result<usize, ExportError> {
    match codes.checked_rem(galaxies) {
        None if codes == 0 => Ok(64),
        Some(0) => Ok(codes / galaxies),
        _ => Err(ExportError::Length {
            column: "codes",
            found: codes,
            galaxies,
        }),
    }
}

/// Refuses a column of another length than the ids.
pub(super) fn same_length(column: &'static str, found: usize, galaxies: usize) -> Result<(), ExportError> {
    if found == galaxies {
        Ok(())
    } else {
        Err(ExportError::Length {
            column,
            found,
            galaxies,
        })
    }
}
