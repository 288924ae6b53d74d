//! Columns of numbers in a table, by the ids of galaxies.

use anyhow::{Context as _, anyhow, bail};
use galaxy_grove::catalogue;
use galaxy_grove::intake::Limits;
use std::collections::BTreeMap;
use std::path::Path;

/// Names of columns of ids, most certain first.
pub const IDS: [&str; 5] = ["id", "sdss_objid", "objid", "dr7objid", "source_id"];

/// What a table says of some galaxies.
#[derive(Debug)]
pub struct NumberTable {
    /// The table's name.
    pub name: String,
    /// Columns of numbers, one value for each galaxy; NaN where it has none.
    pub columns: Vec<(String, Vec<f64>)>,
    /// Columns without any number.
    pub left_out: Vec<String>,
    /// Galaxies with a row.
    pub matched: usize,
    /// Rows without a galaxy.
    pub unmatched: usize,
}

/// Reads a table's columns of numbers for these galaxies. A column holds numbers when every cell of theirs that is not empty is one.
///
/// # Errors
/// With the file's name and the remedy: when it cannot be read, has no column of ids, no row of these galaxies, or two rows of one.
pub fn numeric_columns(path: &Path, galaxies: &[i64]) -> anyhow::Result<NumberTable> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let table = catalogue::read(&name, &bytes, &Limits::default())
        .map_err(|refusal| anyhow!("{name}: {}. What to do: {}", refusal.reason, refusal.remedy))?;
    let ids = IDS.iter().find_map(|id| table.find(id));
    let ids = ids.ok_or_else(|| {
        anyhow!(
            "{name} has no column of ids: call one of its columns {}",
            IDS.join(", or ")
        )
    })?;
    let places: BTreeMap<i64, usize> = galaxies.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let cell = |column: usize, row: usize| {
        let column = table.columns.get(column);
        column
            .and_then(|column| column.cells.get(row))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let mut row_of: Vec<Option<usize>> = vec![None; galaxies.len()];
    let mut unmatched = 0;
    for row in 0..table.rows() {
        let id = cell(ids, row);
        match id.parse().ok().and_then(|id: i64| places.get(&id)) {
            None => unmatched += 1,
            Some(place) => {
                let before = row_of.get_mut(*place).and_then(|known| known.replace(row));
                if before.is_some() {
                    bail!("{name}: the id {id} has two rows: keep one for each galaxy");
                }
            }
        }
    }
    let matched = row_of.iter().flatten().count();
    if matched == 0 {
        bail!("{name}: none of its ids is that of a galaxy here");
    }
    let (mut columns, mut left_out) = (Vec::new(), Vec::new());
    for (at, column) in table.columns.iter().enumerate().filter(|(at, _)| *at != ids) {
        let cells = row_of
            .iter()
            .map(|row| row.map_or_else(String::new, |row| cell(at, row)));
        let values: Option<Vec<f64>> = cells
            .map(|text| {
                if text.is_empty() {
                    Some(f64::NAN)
                } else {
                    text.parse().ok()
                }
            })
            .collect();
        match values.filter(|values| values.iter().any(|value| value.is_finite())) {
            Some(values) => columns.push((column.name.clone(), values)),
            None => left_out.push(column.name.clone()),
        }
    }
    Ok(NumberTable {
        name,
        columns,
        left_out,
        matched,
        unmatched,
    })
}
