//! What a file says about its galaxies beside the images: arrays with one entry for each.

use std::collections::BTreeSet;
use std::ops::Range;

use super::arrays::{Array, Arrays, Values};
use super::axes::is_coordinate;
use super::element::Number;
use super::names::{DEC, LABELS, RA};
use super::wide::{self, Wide};
use crate::cutout::About;
use crate::intake::report::identity::{Identities, Identity};
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
const OBJECT: [&str; 6] = ["object", "iauname", "name", "names", "objname", "object_name"];
/// What a column is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    Id,
    Ra,
    Dec,
    Object,
    /// A column of that name.
    Named(String),
    /// Several values for each galaxy.
    Wide(Wide),
}

impl Role {
    /// How many columns it gives.
    fn columns(&self) -> usize {
        match self {
            Self::Wide(wide) => wide.columns(),
            _ => 1,
        }
    }
}

/// The columns that go with the images.
#[derive(Debug, Default)]
pub struct Columns {
    list: Vec<(usize, Role)>,
    /// Sentences about columns that were left out.
    remarks: Vec<String>,
    identities: Identities,
    /// The name of the column of identifiers.
    id_name: String,
}

/// For each axis of the array `of`, whether another one has an entry for each of its places.
pub fn counted(arrays: &[Array], of: usize) -> Vec<bool> {
    let Some(images) = arrays.get(of) else {
        return Vec::new();
    };
    let counts = |length: u64| {
        arrays.iter().enumerate().any(|(index, array)| {
            let rows = array.column_rows().or_else(|| wide::rows(array));
            index != of && rows == Some(length) && !is_coordinate(&array.short())
        })
    };
    images
        .shape
        .iter()
        .map(|length| *length > 1 && counts(*length))
        .collect()
}

fn is_column(array: &Array, rows: u64) -> bool {
    array.column_rows() == Some(rows) && !matches!(array.values, Values::Other(_))
}

impl Columns {
    /// Finds the columns with one entry for each of `rows` galaxies, whose pictures are in the array `images`, and says
    /// what each is for.
    pub fn find(file: &dyn Arrays, rows: u64, images: usize) -> Self {
        let arrays = file.list();
        let columns: Vec<(usize, &Array)> = arrays
            .iter()
            .enumerate()
            .filter(|(index, array)| *index != images && is_column(array, rows))
            .collect();
        let is_text = |array: &Array| array.values == Values::Text;
        let is_whole = |array: &Array| matches!(array.values, Values::Numbers(element) if element.is_whole());
        let is_float = |array: &Array| matches!(array.values, Values::Numbers(element) if !element.is_whole() && element.name() != "bool");
        let mut list: Vec<(usize, Role)> = Vec::new();
        let mut take = |role: Role, names: &[&str], fits: &dyn Fn(&Array) -> bool| {
            let best = names.iter().find_map(|name| {
                columns.iter().find(|(index, array)| {
                    array.short() == *name && fits(array) && !list.iter().any(|(taken, _)| taken == index)
                })
            });
            if let Some((index, _)) = best.filter(|_| !list.iter().any(|(_, taken)| *taken == role)) {
                list.push((*index, role));
            }
        };
        take(Role::Id, &IDS, &|array| is_whole(array) || is_text(array));
        // Numbers with a fraction are the last choice: large ones are rounded.
        take(Role::Id, &IDS, &is_float);
        take(Role::Ra, &RA, &|array| !is_text(array));
        take(Role::Dec, &DEC, &|array| !is_text(array));
        take(Role::Object, &OBJECT, &is_text);
        take(Role::Named("label".to_owned()), &LABELS, &|_| true);
        let mut remarks = Vec::new();
        let has_label = list.iter().any(|(_, role)| matches!(role, Role::Named(_)));
        let has_place = list.iter().any(|(_, role)| *role == Role::Ra);
        for (index, wide) in wide::find(file, rows, images, (has_label, has_place), &mut remarks) {
            list.push((index, Role::Wide(wide)));
        }
        let mut left = 0;
        let mut names: BTreeSet<String> = ["label".to_owned()].into();
        for (index, array) in columns {
            if list.iter().any(|(taken, _)| *taken == index) {
                continue;
            }
            let taken: usize = list.iter().map(|(_, role)| role.columns()).sum();
            if taken >= FACTS {
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
        let id = list.iter().find(|(_, role)| *role == Role::Id);
        let id_name = id.and_then(|(index, _)| Some(arrays.get(*index)?.name.clone()));
        Self {
            list,
            remarks,
            identities: Identities::default(),
            id_name: id_name.unwrap_or_default(),
        }
    }

    /// Sentences about columns that were left out and identifiers that were not taken as they are, when all was read.
    pub fn into_remarks(self) -> Vec<String> {
        let mut remarks = self.remarks;
        remarks.extend(self.identities.remarks(&self.id_name));
        remarks
    }

    /// What the file says about the galaxies of some rows. A column that cannot be read is left out from then on, with
    /// a remark.
    pub fn read(&mut self, arrays: &dyn Arrays, rows: Range<u64>) -> Vec<(Option<i64>, About)> {
        let count = usize::try_from(rows.end.saturating_sub(rows.start)).unwrap_or(0);
        let mut found = vec![(None, About::default()); count];
        let (remarks, identities) = (&mut self.remarks, &mut self.identities);
        self.list.retain(|(index, role)| {
            match fill(arrays, *index, role, rows.clone(), &mut found, identities) {
                Ok(()) => true,
                Err(refusal) => {
                    remarks.push(format!("{}; this column was left out", refusal.reason));
                    false
                }
            }
        });
        found
    }
}

fn fill(
    arrays: &dyn Arrays,
    index: usize,
    role: &Role,
    rows: Range<u64>,
    found: &mut [(Option<i64>, About)],
    identities: &mut Identities,
) -> Result<(), Refusal> {
    let Some(array) = arrays.list().get(index) else {
        return Ok(());
    };
    if let Values::Numbers(element) = array.values {
        let bytes = match array.shape.as_slice() {
            [1, n] if *n > 1 => arrays.numbers_along(index, 1, rows)?,
            _ => arrays.numbers(index, rows)?,
        };
        let numbers = element.numbers(&bytes);
        if let Role::Wide(wide) = role {
            for ((_, about), numbers) in found.iter_mut().zip(numbers.chunks(wide.width())) {
                wide.put(numbers, about);
            }
            return Ok(());
        }
        for ((id, about), number) in found.iter_mut().zip(numbers) {
            if *role == Role::Id {
                identities.take(identity(number), id, about);
            } else {
                put_number(role, number, about);
            }
        }
        return Ok(());
    }
    for ((id, about), text) in found.iter_mut().zip(arrays.texts(index, rows)?) {
        if *role == Role::Id {
            identities.take(Identity::Text(&text), id, about);
            continue;
        }
        let text = fact(text.trim());
        if text.is_empty() {
            continue;
        }
        match role {
            Role::Object => about.object = Some(text),
            Role::Named(name) => {
                about.columns.insert(name.clone(), text);
            }
            Role::Id | Role::Ra | Role::Dec | Role::Wide(_) => {}
        }
    }
    Ok(())
}

fn identity(number: Number) -> Identity<'static> {
    match number {
        Number::Whole(value) => Identity::Whole(value),
        Number::Single(value) => Identity::Single(value),
        Number::Double(value) => Identity::Double(value),
        Number::Truth(value) => Identity::Whole(i128::from(value)),
    }
}

fn put_number(role: &Role, number: Number, about: &mut About) {
    match role {
        Role::Ra => about.ra = number.degrees(),
        Role::Dec => about.dec = number.degrees(),
        Role::Object => about.object = number.text(),
        Role::Named(name) => {
            if let Some(text) = number.text() {
                about.columns.insert(name.clone(), text);
            }
        }
        Role::Id | Role::Wide(_) => {}
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
            hints: Default::default(),
        }
    }

    /// Arrays without values.
    struct List(Vec<Array>);

    impl Arrays for List {
        fn list(&self) -> &[Array] {
            &self.0
        }

        fn numbers(&self, _: usize, _: Range<u64>) -> Result<Vec<u8>, Refusal> {
            Ok(Vec::new())
        }

        fn numbers_along(&self, _: usize, _: usize, _: Range<u64>) -> Result<Vec<u8>, Refusal> {
            Ok(Vec::new())
        }

        fn texts(&self, _: usize, _: Range<u64>) -> Result<Vec<String>, Refusal> {
            Ok(Vec::new())
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
        assert_eq!(counted(&arrays, 8), [true], "nine arrays of three");
        let columns = Columns::find(&List(arrays.to_vec()), 3, 99);
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
        let columns = Columns::find(&List(many), 3, 99);
        assert_eq!(columns.list.len(), FACTS);
        assert!(
            columns.remarks[0].contains("8 columns were left out"),
            "{:?}",
            columns.remarks
        );
    }
}
