//! Identifiers: from file names, and made unique.

use std::collections::BTreeSet;

use super::file::FileReport;
use super::galaxy::Galaxy;

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
    digits_of_id(name)?.parse().ok()
}

/// The digits of the identifier in a file's name, of any length.
pub(in crate::intake) fn digits_of_id(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let best = digits(stem(file));
    (best.len() >= DIGITS).then_some(best)
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

/// The identifiers in use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    used: BTreeSet<i64>,
    /// No free number is smaller than the one after this.
    last: i64,
}

impl Taken {
    /// The smallest free number from 1 upwards; it is taken now.
    fn free(&mut self) -> i64 {
        loop {
            self.last += 1;
            if self.used.insert(self.last) {
                return self.last;
            }
        }
    }
}

impl Extend<i64> for Taken {
    fn extend<T: IntoIterator<Item = i64>>(&mut self, ids: T) {
        self.used.extend(ids);
    }
}

impl FromIterator<i64> for Taken {
    fn from_iter<T: IntoIterator<Item = i64>>(ids: T) -> Self {
        let used = ids.into_iter().collect();
        Self { used, last: 0 }
    }
}

/// Makes identifiers unique: the first galaxy to name one keeps it; those without one, and later ones that name it
/// again, get the smallest free numbers from 1 upwards. `taken` are those in use elsewhere, to which these are added.
pub fn unique_ids(wanted: &[Option<i64>], taken: &mut Taken) -> Vec<Assigned> {
    let kept: Vec<bool> = wanted
        .iter()
        .map(|id| id.is_some_and(|id| taken.used.insert(id)))
        .collect();
    wanted
        .iter()
        .zip(kept)
        .map(|(id, kept)| match id {
            Some(id) if kept => Assigned {
                id: *id,
                duplicate_of: None,
            },
            other => Assigned {
                id: taken.free(),
                duplicate_of: *other,
            },
        })
        .collect()
}

/// Of a file: how many galaxies had identifiers that were taken, and the first of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renumbered {
    count: usize,
    first: Option<i64>,
}

impl Renumbered {
    /// What one galaxy was given.
    pub fn by(given: &Assigned) -> Self {
        Self {
            count: usize::from(given.duplicate_of.is_some()),
            first: given.duplicate_of,
        }
    }

    /// Together with galaxies of the same file that came after these.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            first: self.first.or(later.first),
        }
    }

    /// A sentence for the file, when there are such galaxies.
    pub fn remark(self) -> Option<String> {
        let (count, id) = (self.count, self.first?);
        Some(match count {
            1 => format!("the id {id} is already in use: a new one was given"),
            _ => format!(
                "{count} galaxies have ids that are already in use (the first is {id}): new ones were given"
            ),
        })
    }

    /// Gives galaxies what [`unique_ids`] chose for them.
    fn of<'a>(galaxies: &mut [Galaxy], assigned: impl Iterator<Item = &'a Assigned>) -> Self {
        let mut renumbered = Self::default();
        for (galaxy, given) in galaxies.iter_mut().zip(assigned) {
            galaxy.is_numbered = galaxy.id != Some(given.id);
            galaxy.id = Some(given.id);
            galaxy.remarks.extend(given.remark());
            renumbered = renumbered.and(Self::by(given));
        }
        renumbered
    }
}

/// Gives some galaxies of one file identifiers that no other has; see [`unique_ids`]. A galaxy whose own identifier was
/// taken gets a remark.
pub fn number_galaxies(galaxies: &mut [Galaxy], taken: &mut Taken) -> Renumbered {
    let wanted: Vec<Option<i64>> = galaxies.iter().map(|galaxy| galaxy.id).collect();
    Renumbered::of(galaxies, unique_ids(&wanted, taken).iter())
}

/// Gives every galaxy of the reports an identifier that no other has; see [`unique_ids`]. A galaxy whose own
/// identifier was taken gets a remark, and so does its file's verdict.
pub fn assign_ids(reports: &mut [FileReport], taken: &mut Taken) {
    let wanted: Vec<Option<i64>> = reports
        .iter()
        .flat_map(|r| r.galaxies().iter().map(|g| g.id))
        .collect();
    let assigned = unique_ids(&wanted, taken);
    let mut assigned = assigned.iter();
    for report in reports {
        if let Some(remark) = Renumbered::of(report.galaxies_mut(), &mut assigned).remark() {
            report.remark(remark);
        }
    }
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
        let ids: Vec<i64> = unique_ids(&wanted, &mut Taken::from_iter([3]))
            .iter()
            .map(|given| given.id)
            .collect();
        // 1, 2 and 7 are kept where they are named first, 3 is taken: 4, 5 and 6 are the free ones.
        assert_eq!(ids, [4, 2, 7, 5, 6, 1]);
    }

    #[test]
    fn part_by_part_no_id_is_given_twice() {
        let mut taken = Taken::from_iter([2]);
        let mut give = |wanted: &[Option<i64>]| -> Vec<i64> {
            unique_ids(wanted, &mut taken)
                .iter()
                .map(|given| given.id)
                .collect()
        };
        assert_eq!(give(&[None, Some(9), None]), [1, 9, 3]);
        assert_eq!(give(&[Some(9), Some(5), None]), [4, 5, 6]);
    }

    proptest::proptest! {
        #[test]
        fn always_unique(wanted: Vec<Option<i8>>, taken: BTreeSet<i8>) {
            let wanted: Vec<Option<i64>> = wanted.into_iter().map(|id| id.map(i64::from)).collect();
            let mut all: BTreeSet<i64> = taken.into_iter().map(i64::from).collect();
            let given = unique_ids(&wanted, &mut all.iter().copied().collect());
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
