//! Tables of codes, as `grove extract` and the reference write them: `sdss_objid` and `f0`, `f1`, ... with integers of
//! any width.

use crate::fits::table::{Column, Table, whole};
use crate::intake::codes::Codes;
use crate::limits::Limits;
use crate::refusal::Refusal;

/// The reference's name of the column of identifiers.
const IDS: &str = "sdss_objid";

/// The columns of codes of a table, in order, with the column of identifiers; `None` when it is no table of codes.
pub(in crate::intake) fn columns<'t>(table: &'t Table<'_>) -> Option<(&'t Column, Vec<&'t Column>)> {
    let is_code = |name: &str| {
        let digits = name.strip_prefix(['f', 'F']);
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let ids = table.find(IDS).filter(|column| column.repeat == 1)?;
    let codes: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| is_code(&column.name))
        .collect();
    let all_there = (0..codes.len()).all(|i| table.find(&format!("f{i}")).is_some());
    let alone = codes.len() + 1 == table.columns.len();
    (alone && all_there && codes.len() > 1).then_some((ids, codes))
}

/// Reads a table of codes. `None` when it is a table of something else. Columns are taken in the order of the file, as
/// the reference does.
///
/// # Errors
/// A [`Refusal`] that names the column or the row which holds no code.
pub(in crate::intake) fn read(table: &Table<'_>, limits: &Limits) -> Option<Result<Codes, Refusal>> {
    let (ids, codes) = columns(table)?;
    Some(rows(table, ids, &codes, limits))
}

fn rows(table: &Table<'_>, ids: &Column, codes: &[&Column], limits: &Limits) -> Result<Codes, Refusal> {
    const AGAIN: &str = "write it again with `grove extract`";
    for column in codes.iter().copied().chain([ids]) {
        if column.repeat != 1 || column.is_array() || whole(column).is_none() {
            return Err(Refusal::new(
                format!(
                    "the column `{}` of the table of codes does not hold whole numbers",
                    column.name
                ),
                AGAIN,
            ));
        }
    }
    if table.rows == 0 {
        return Err(Refusal::new("the table of codes has no rows", AGAIN));
    }
    let count = limits.check_galaxies(table.rows as u64)?;
    let mut read = Codes {
        codes: Vec::with_capacity(count * codes.len()),
        ids: Vec::with_capacity(count),
    };
    for row in 0..count {
        let Some(id) = table.integer(row, ids) else {
            return Err(Refusal::new(
                format!("row {} of the table of codes has no identifier", row + 1),
                AGAIN,
            ));
        };
        read.ids.push(id);
        for column in codes {
            let value = table.integer(row, column);
            let Some(code) = value.and_then(|value| u8::try_from(value).ok()) else {
                return Err(Refusal::new(
                    format!(
                        "row {} of the column `{}` holds {}; codes run from 0 to 255",
                        row + 1,
                        column.name,
                        value.map_or_else(|| "nothing".to_owned(), |value| value.to_string())
                    ),
                    AGAIN,
                ));
            };
            read.codes.push(code);
        }
    }
    Ok(read)
}
