//! One line for each part of a file, for `grove info`.

use crate::fits::header::{Holds, walk};
// Tables of facts are read by the module `catalogue`, those of codes in a file of their own by `export`: over the same
// walk and the same cells.
use crate::limits::Limits;
use crate::refusal::Refusal;

/// One line for each header-data unit: what it holds, for `grove info`.
///
/// # Errors
/// As `decode`.
pub fn list(bytes: &[u8], limits: &Limits) -> Result<Vec<Entry>, Refusal> {
    let walk = walk(bytes, limits)?;
    Ok(walk
        .units
        .iter()
        .map(|unit| {
            let tiles = unit.holds == Holds::Tiles;
            let prefix = if tiles { "Z" } else { "" };
            Entry {
                index: unit.index,
                name: unit
                    .header
                    .text("EXTNAME")
                    .unwrap_or_default()
                    .to_ascii_uppercase(),
                holds: match unit.holds {
                    Holds::Nothing => "header only",
                    Holds::Image => "image",
                    Holds::Tiles => "image compressed in tiles",
                    Holds::Table => "table",
                    Holds::TextTable => "table in text",
                    Holds::Other => "other",
                },
                bitpix: unit.header.int(&format!("{prefix}BITPIX")).unwrap_or(0),
                axes: unit.header.axes(&format!("{prefix}NAXIS")).unwrap_or_default(),
                object: unit.header.text("OBJECT").unwrap_or_default().to_owned(),
            }
        })
        .collect())
}

/// What one header-data unit holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Its number; the primary one is 0.
    pub index: usize,
    /// EXTNAME in capitals, or nothing.
    pub name: String,
    /// What it holds, in words.
    pub holds: &'static str,
    /// BITPIX of the image.
    pub bitpix: i64,
    /// Lengths of the axes, the fastest first.
    pub axes: Vec<u64>,
    /// OBJECT, or nothing.
    pub object: String,
}
