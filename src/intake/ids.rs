//! Identifiers: from file names, and made unique.

use std::collections::BTreeSet;

use super::FileReport;

/// Fewest digits in a row that count as an identifier: shorter ones are most often running numbers or years.
const DIGITS: usize = 6;

/// The identifier in a file's name: the longest run of at least six digits in its stem (the first of equally long
/// ones), if it fits 64 bits. SDSS identifiers have 18 or 19 digits.
///
/// ```
/// use galaxy_grove::intake::id_from_name;
/// assert_eq!(id_from_name("cutouts/sdss_587736808838987987.jpg"), Some(587736808838987987));
/// assert_eq!(id_from_name("m51_int16_512.fits"), None);
/// ```
pub fn id_from_name(name: &str) -> Option<i64> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let best = digits(stem(file));
    if best.len() < DIGITS {
        None
    } else {
        best.parse().ok()
    }
}

/// A file's name without its endings: `m51` of `m51.fits.gz`, but not less than `m51_0.5` of `m51_0.5.png`.
pub(crate) fn stem(file: &str) -> &str {
    let mut stem = file;
    while let Some((rest, ending)) = stem.rsplit_once('.') {
        if rest.is_empty() || !ending.starts_with(|c: char| c.is_ascii_alphabetic()) || ending.contains(' ') {
            break;
        }
        stem = rest;
    }
    stem
}

/// The longest run of digits, the first of equally long ones.
pub(crate) fn digits(stem: &str) -> &str {
    let mut best = "";
    for run in stem.split(|c: char| !c.is_ascii_digit()) {
        if run.len() > best.len() {
            best = run;
        }
    }
    best
}

/// What [`unique_ids`] gave one galaxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// The identifier, unique.
    pub id: i64,
    /// The identifier that it wanted, when another galaxy already had it.
    pub duplicate_of: Option<i64>,
}

impl Assigned {
    /// A sentence for the galaxy whose own identifier was taken.
    pub fn remark(&self) -> Option<String> {
        self.duplicate_of
            .map(|id| format!("the id {id} is already in use: it was given {} instead", self.id))
    }
}

/// Makes identifiers unique: the first galaxy to name one keeps it; those without one, and later ones that name it
/// again, get the smallest free numbers from 1 upwards. `taken` are those in use elsewhere.
pub fn unique_ids(wanted: &[Option<i64>], taken: &BTreeSet<i64>) -> Vec<Assigned> {
    let mut used = taken.clone();
    let kept: Vec<bool> = wanted
        .iter()
        .map(|id| id.is_some_and(|id| used.insert(id)))
        .collect();
    let mut next = 1;
    let mut free = || {
        while !used.insert(next) {
            next += 1;
        }
        next
    };
    wanted
        .iter()
        .zip(kept)
        .map(|(id, kept)| match id {
            Some(id) if kept => Assigned {
                id: *id,
                duplicate_of: None,
            },
            other => Assigned {
                id: free(),
                duplicate_of: *other,
            },
        })
        .collect()
}

/// Gives every galaxy of the reports an identifier that no other has; see [`unique_ids`]. A galaxy whose own
/// identifier was taken gets a remark, and so does its file's verdict. Returns the number of such galaxies.
pub fn assign_ids(reports: &mut [FileReport], taken: &BTreeSet<i64>) -> usize {
    let wanted: Vec<Option<i64>> = reports
        .iter()
        .flat_map(|r| r.galaxies.iter().map(|g| g.id))
        .collect();
    let mut assigned = unique_ids(&wanted, taken).into_iter();
    let mut duplicates = 0;
    for report in reports {
        let mut here = Vec::new();
        for (galaxy, given) in report.galaxies.iter_mut().zip(assigned.by_ref()) {
            galaxy.id = Some(given.id);
            galaxy.remarks.extend(given.remark());
            here.extend(given.duplicate_of);
        }
        duplicates += here.len();
        match here.as_slice() {
            [] => {}
            [id] => report
                .verdict
                .remark(format!("the id {id} is already in use: a new one was given")),
            [id, ..] => report.verdict.remark(format!(
                "{} galaxies have ids that are already in use (the first is {id}): new ones were given",
                here.len()
            )),
        }
    }
    duplicates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_ids() {
        let cases = [
            ("sdss_587736808838987987.jpg", Some(587_736_808_838_987_987)),
            ("kids_r_G266662.fits.gz", Some(266_662)),
            ("a\\b\\1237648720693755918.png", Some(1_237_648_720_693_755_918)),
            ("galaxy_12345.png", None),
            ("99999999999999999999.png", None),
            ("m51.123456", Some(123_456)),
            ("12345678/x.fits", None),
            (".fits", None),
            ("", None),
        ];
        for (name, id) in cases {
            assert_eq!(id_from_name(name), id, "{name}");
        }
    }

    #[test]
    fn ids_become_unique() {
        let wanted = [None, Some(2), Some(7), Some(2), None, Some(1)];
        let ids: Vec<i64> = unique_ids(&wanted, &BTreeSet::from([3]))
            .iter()
            .map(|given| given.id)
            .collect();
        // 1, 2 and 7 are kept where they are named first, 3 is taken: 4, 5 and 6 are the free ones.
        assert_eq!(ids, [4, 2, 7, 5, 6, 1]);
    }

    proptest::proptest! {
        #[test]
        fn always_unique(wanted: Vec<Option<i8>>, taken: BTreeSet<i8>) {
            let wanted: Vec<Option<i64>> = wanted.into_iter().map(|id| id.map(i64::from)).collect();
            let taken: BTreeSet<i64> = taken.into_iter().map(i64::from).collect();
            let given = unique_ids(&wanted, &taken);
            let mut all = taken.clone();
            for (given, wanted) in given.iter().zip(&wanted) {
                proptest::prop_assert!(all.insert(given.id), "{} twice", given.id);
                proptest::prop_assert!(given.duplicate_of.is_none() || given.duplicate_of == *wanted);
                if let (Some(id), None) = (wanted, given.duplicate_of) {
                    proptest::prop_assert_eq!(given.id, *id);
                }
            }
        }
    }
}
