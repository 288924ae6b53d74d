//! What files and tables say about galaxies, as columns for exports.

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

impl FactColumn {
    /// The values as numbers, NaN where there is none; `None` when any value is not a number.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        self.values
            .iter()
            .map(|value| match value.trim() {
                "" => Some(f64::NAN),
                text => text.parse().ok(),
            })
            .collect()
    }
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
/// coordinates of the cutouts. A column of a table that has the name of another gets an underscore behind it.
pub fn facts(galaxies: &[&About]) -> Vec<FactColumn> {
    let mut columns: Vec<FactColumn> = Vec::new();
    let mut add = |name: &str, values: Vec<String>| {
        if values.iter().any(|value| !value.is_empty()) {
            let mut name = name.to_owned();
            while columns.iter().any(|column| column.name == name) {
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
        let ra = columns[1].numbers().unwrap();
        assert!(ra[0] == 202.47 && ra[1].is_nan());
        assert!(facts(&[&About::default()]).is_empty());
    }
}
