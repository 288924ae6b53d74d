//! What files and tables say about galaxies, as columns for exports.

use super::id_column::ID_COLUMN;
use crate::cutout::{About, Wcs};
use std::collections::BTreeSet;

/// One fact of all galaxies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactColumn {
    /// Its name.
    pub name: String,
    /// The values as text; empty where nothing is known. `[N]`
    pub values: Vec<String>,
}

/// The values of a fact as numbers.
#[derive(Clone, Debug, PartialEq)]
pub enum FactNumbers {
    /// Whole numbers: every galaxy has one. `[N]`
    Whole(Vec<i64>),
    /// Any numbers, NaN where there is none. `[N]`
    Real(Vec<f64>),
}

impl FactColumn {
    /// The values as numbers; `None` when a value is not a number, or would come back as another one: doubles end at
    /// 2^53, short of the ids of surveys, and `007` is a name.
    pub fn numbers(&self) -> Option<FactNumbers> {
        let values = || self.values.iter().map(|value| value.trim());
        let whole: Option<Vec<i64>> = values()
            .map(|text| text.parse::<i64>().ok().filter(|value| value.to_string() == text))
            .collect();
        if let Some(whole) = whole.filter(|values| !values.is_empty()) {
            return Some(FactNumbers::Whole(whole));
        }
        let real = |text: &str| {
            if text.is_empty() {
                return Some(f64::NAN);
            }
            let value: f64 = text.parse().ok()?;
            let digits = text.strip_prefix('-').unwrap_or(text);
            let exact = !digits.bytes().all(|byte| byte.is_ascii_digit()) || value.to_string() == text;
            exact.then_some(value)
        };
        values().map(real).collect::<Option<_>>().map(FactNumbers::Real)
    }
}

/// Whether a table has a column of its own by that name: the identifiers, the files, the groups, the codes.
fn is_reserved(name: &str) -> bool {
    let code = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    ["id", "file", "group", ID_COLUMN]
        .iter()
        .any(|own| name.eq_ignore_ascii_case(own))
        || name.strip_prefix(['f', 'F']).is_some_and(code)
}

type Fact = fn(&About) -> Option<String>;

/// The facts that have a place of their own.
const KNOWN: [(&str, Fact); 4] = [
    ("object", |about| about.object.clone()),
    ("ra", |about| about.ra.map(|degrees| degrees.to_string())),
    ("dec", |about| about.dec.map(|degrees| degrees.to_string())),
    ("filter", |about| about.filter.clone()),
];

type Coordinate = fn(&Wcs) -> String;

/// The cutout's world coordinates, under the names of their FITS keywords.
const COORDINATES: [(&str, Coordinate); 10] = [
    ("CTYPE1", |wcs| wcs.ctype[0].clone()),
    ("CTYPE2", |wcs| wcs.ctype[1].clone()),
    ("CRVAL1", |wcs| wcs.crval[0].to_string()),
    ("CRVAL2", |wcs| wcs.crval[1].to_string()),
    ("CRPIX1", |wcs| wcs.crpix[0].to_string()),
    ("CRPIX2", |wcs| wcs.crpix[1].to_string()),
    ("CD1_1", |wcs| wcs.cd[0].to_string()),
    ("CD1_2", |wcs| wcs.cd[1].to_string()),
    ("CD2_1", |wcs| wcs.cd[2].to_string()),
    ("CD2_2", |wcs| wcs.cd[3].to_string()),
];

/// The columns that at least one galaxy fills: object, ra, dec and filter, then those of tables by name, then the world
/// coordinates of the cutouts. A column of a table that has the name of another, or of one that the exports write
/// themselves (a table of groups that is dropped again has them all), gets underscores behind it. Upper and lower case
/// are the same: readers of FITS and of databases do not distinguish them.
pub fn facts(galaxies: &[&About]) -> Vec<FactColumn> {
    let mut columns: Vec<FactColumn> = Vec::new();
    let mut taken = BTreeSet::new();
    let mut add = |name: &str, values: Vec<String>| {
        if values.iter().any(|value| !value.is_empty()) {
            let mut name = name.to_owned();
            while is_reserved(&name) || !taken.insert(name.to_lowercase()) {
                name.push('_');
            }
            columns.push(FactColumn { name, values });
        }
    };
    for (name, fact) in KNOWN {
        let values = galaxies.iter().map(|about| fact(about).unwrap_or_default());
        add(name, values.collect());
    }
    let names: BTreeSet<&String> = galaxies.iter().flat_map(|about| about.columns.keys()).collect();
    for name in names {
        let values = galaxies
            .iter()
            .map(|about| about.columns.get(name).cloned().unwrap_or_default());
        add(name, values.collect());
    }
    for (name, coordinate) in COORDINATES {
        let values = galaxies
            .iter()
            .map(|about| about.wcs.as_ref().map(coordinate).unwrap_or_default());
        add(name, values.collect());
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn only_what_is_known_becomes_a_column() {
        let one = About {
            object: Some("M 51".into()),
            ra: Some(202.47),
            columns: BTreeMap::from([("label".into(), "Sbc".into()), ("ra".into(), "x".into())]),
            ..About::default()
        };
        let columns = facts(&[&one, &About::default()]);
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["object", "ra", "label", "ra_"]);
        assert_eq!(columns[0].values, ["M 51", ""]);
        assert_eq!(columns[0].numbers(), None);
        let Some(FactNumbers::Real(ra)) = columns[1].numbers() else {
            panic!("{:?}", columns[1].numbers())
        };
        assert!(ra[0] == 202.47 && ra[1].is_nan());
        assert!(facts(&[&About::default()]).is_empty());
    }

    #[test]
    fn a_number_that_no_double_holds_keeps_its_digits() {
        let of = |values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            let name = "objid".to_owned();
            FactColumn { name, values }.numbers()
        };
        let id = "1237648720693755918";
        assert_eq!(
            of(&[id, "-3"]),
            Some(FactNumbers::Whole(vec![1_237_648_720_693_755_918, -3]))
        );
        assert_eq!(of(&[id, ""]), None);
        assert_eq!(of(&[id, "1.5"]), None);
        assert_eq!(of(&["99999999999999999999", "1"]), None);
        assert_eq!(of(&["007", "1"]), None);
        assert!(matches!(of(&["3", "", "-4", "1e30"]), Some(FactNumbers::Real(v)) if v[2] == -4.0));
        let large = format!("{}", 3.8e36);
        assert_eq!(of(&[&large, "0.5"]), Some(FactNumbers::Real(vec![3.8e36, 0.5])));
    }

    #[test]
    fn names_of_the_tables_own_columns_are_avoided() {
        let names = [
            "ID",
            "f0",
            "f63",
            "f814w",
            "file",
            "group",
            "Label",
            "label",
            "sdss_objid",
        ];
        let columns = names.iter().map(|name| ((*name).to_owned(), "1".to_owned()));
        let about = About {
            columns: columns.collect(),
            ..About::default()
        };
        let found: Vec<String> = facts(&[&about]).into_iter().map(|column| column.name).collect();
        assert_eq!(
            found,
            [
                "ID_",
                "Label",
                "f0_",
                "f63_",
                "f814w",
                "file_",
                "group_",
                "label_",
                "sdss_objid_"
            ]
        );
    }
}
