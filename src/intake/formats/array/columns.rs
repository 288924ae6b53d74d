//! What a file says about its galaxies beside the images: arrays with one entry for each.

use std::collections::BTreeSet;
use std::ops::Range;

use super::arrays::{Array, Arrays, Values};
use super::element::Number;
use crate::cutout::About;
use crate::limits::{FACTS, fact, left_out};
use crate::refusal::Refusal;

/// Names of identifiers, the best first.
const IDS: [&str; 13] = [
    "objid",
    "id",
    "ids",
    "object_id",
    "galaxy_id",
    "galaxyid",
    "gal_id",
    "objids",
    "dr7objid",
    "dr8objid",
    "specobjid",
    "source_id",
    "targetid",
];
const RA: [&str; 5] = ["ra", "ra_deg", "raj2000", "ra_icrs", "right_ascension"];
const DEC: [&str; 6] = ["dec", "dec_deg", "dej2000", "decj2000", "de_icrs", "declination"];
const OBJECT: [&str; 6] = ["object", "iauname", "name", "names", "objname", "object_name"];
const LABELS: [&str; 9] = [
    "ans", "label", "labels", "class", "classes", "target", "targets", "y", "y_train",
];

/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    Id,
    Ra,
    Dec,
    Object,
    /// A column of that name.
    Named(String),
}

/// The columns that go with the images.
#[derive(Debug, Default)]
pub struct Columns {
    list: Vec<(usize, Role)>,
    /// Sentences about columns that were left out.
    pub remarks: Vec<String>,
}

/// True when another array has one entry for each of `rows`.
pub fn has_companions(arrays: &[Array], rows: u64) -> bool {
    arrays.iter().any(|array| is_column(array, rows))
}

fn is_column(array: &Array, rows: u64) -> bool {
    array.column_rows() == Some(rows) && !matches!(array.values, Values::Other(_))
}

impl Columns {
    /// Finds the columns with one entry for each of `rows` galaxies and says what each is for.
    pub fn find(arrays: &[Array], rows: u64) -> Self {
        let columns: Vec<(usize, &Array)> = arrays
            .iter()
            .enumerate()
            .filter(|(_, array)| is_column(array, rows))
            .collect();
        let is_text = |array: &Array| array.values == Values::Text;
        let is_whole = |array: &Array| matches!(array.values, Values::Numbers(element) if element.is_whole());
        let mut list: Vec<(usize, Role)> = Vec::new();
        let mut take = |role: Role, names: &[&str], fits: &dyn Fn(&Array) -> bool| {
            let best = names.iter().find_map(|name| {
                columns.iter().find(|(index, array)| {
                    array.short() == *name && fits(array) && !list.iter().any(|(taken, _)| taken == index)
                })
            });
            if let Some((index, _)) = best {
                list.push((*index, role));
            }
        };
        take(Role::Id, &IDS, &is_whole);
        take(Role::Ra, &RA, &|array| !is_text(array));
        take(Role::Dec, &DEC, &|array| !is_text(array));
        take(Role::Object, &OBJECT, &is_text);
        take(Role::Named("label".to_owned()), &LABELS, &|_| true);
        let mut remarks = Vec::new();
        let mut left = 0;
        let mut names: BTreeSet<String> = ["label".to_owned()].into();
        for (index, array) in columns {
            if list.iter().any(|(taken, _)| *taken == index) {
                continue;
            }
            if list.len() >= FACTS {
                left += 1;
                continue;
            }
            let short = array.name.rsplit('/').next().unwrap_or(&array.name).to_owned();
            // Two groups may hold columns of one name.
            let name = if names.contains(&short) {
                array.name.clone()
            } else {
                short
            };
            names.insert(name.clone());
            list.push((index, Role::Named(name)));
        }
        remarks.extend(left_out(left));
        Self { list, remarks }
    }

    /// What the file says about the galaxies of some rows. A column that cannot be read is left out from then on, with
    /// a remark.
    pub fn read(&mut self, arrays: &dyn Arrays, rows: Range<u64>) -> Vec<(Option<i64>, About)> {
        let count = usize::try_from(rows.end.saturating_sub(rows.start)).unwrap_or(0);
        let mut found = vec![(None, About::default()); count];
        let remarks = &mut self.remarks;
        self.list.retain(
            |(index, role)| match fill(arrays, *index, role, rows.clone(), &mut found) {
                Ok(()) => true,
                Err(refusal) => {
                    remarks.push(format!("{}; this column was left out", refusal.reason));
                    false
                }
            },
        );
        found
    }
}

fn fill(
    arrays: &dyn Arrays,
    index: usize,
    role: &Role,
    rows: Range<u64>,
    found: &mut [(Option<i64>, About)],
) -> Result<(), Refusal> {
    let Some(array) = arrays.list().get(index) else {
        return Ok(());
    };
    if let Values::Numbers(element) = array.values {
        let numbers = element.numbers(&arrays.numbers(index, rows)?);
        for ((id, about), number) in found.iter_mut().zip(numbers) {
            put_number(role, number, id, about);
        }
        return Ok(());
    }
    for ((_, about), text) in found.iter_mut().zip(arrays.texts(index, rows)?) {
        let text = fact(text.trim());
        if text.is_empty() {
            continue;
        }
        match role {
            Role::Object => about.object = Some(text),
            Role::Named(name) => {
                about.columns.insert(name.clone(), text);
            }
            Role::Id | Role::Ra | Role::Dec => {}
        }
    }
    Ok(())
}

fn put_number(role: &Role, number: Number, id: &mut Option<i64>, about: &mut About) {
    match role {
        Role::Id => *id = number.id(),
        Role::Ra => about.ra = number.degrees(),
        Role::Dec => about.dec = number.degrees(),
        Role::Object => about.object = number.text(),
        Role::Named(name) => {
            if let Some(text) = number.text() {
                about.columns.insert(name.clone(), text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::formats::array::element::{Class, Element};

    fn array(name: &str, rows: u64, values: Values) -> Array {
        Array {
            name: name.to_owned(),
            shape: vec![rows],
            values,
            block: 1,
        }
    }

    #[test]
    fn columns_find_their_roles() {
        let whole = || Values::Numbers(Element::new(Class::Signed, 8, false).unwrap());
        let float = || Values::Numbers(Element::new(Class::Float, 8, false).unwrap());
        let arrays = [
            array("id", 3, whole()),
            array("OBJID", 3, whole()),
            array("ra", 3, float()),
            array("table/DEC", 3, float()),
            array("short", 2, float()),
            array("ans", 3, whole()),
            array("y", 3, whole()),
            array("other/y", 3, whole()),
            array("name", 3, Values::Text),
        ];
        assert!(has_companions(&arrays, 3) && !has_companions(&arrays, 4));
        let columns = Columns::find(&arrays, 3);
        let named = |name: &str| Role::Named(name.to_owned());
        assert_eq!(
            columns.list,
            [
                (1, Role::Id),
                (2, Role::Ra),
                (3, Role::Dec),
                (8, Role::Object),
                (5, named("label")),
                (0, named("id")),
                (6, named("y")),
                (7, named("other/y")),
            ]
        );
        let many: Vec<Array> = (0..40).map(|n| array(&format!("c{n}"), 3, float())).collect();
        let columns = Columns::find(&many, 3);
        assert_eq!(columns.list.len(), FACTS);
        assert!(
            columns.remarks[0].contains("8 columns were left out"),
            "{:?}",
            columns.remarks
        );
    }
}
