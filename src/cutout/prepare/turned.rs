//! What was done about each galaxy's orientation, reported for many galaxies together.

use crate::cutout::about::About;

/// The column that says of each galaxy whether and how it was turned, where that was asked for.
pub const ORIENTATION: &str = "orientation";
/// What it says of cutouts that came prepared.
pub const AS_IT_CAME: &str = "Not turned: it came as a prepared cutout.";

/// How many galaxies were turned, and how many were not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// Turned so that their major axis is horizontal.
    pub turned: usize,
    /// Looked at and left as they were: round, or too faint to tell.
    pub round: usize,
    /// Left as they came: prepared cutouts, or galaxies that came from elsewhere.
    pub as_they_came: usize,
}

impl Turned {
    /// Counts what the galaxies' facts say.
    pub fn count<'a>(galaxies: impl IntoIterator<Item = &'a About>) -> Self {
        let mut counted = Self::default();
        for about in galaxies {
            match about.columns.get(ORIENTATION).map(String::as_str) {
                Some(words) if words.starts_with("Oriented") => counted.turned += 1,
                None | Some(AS_IT_CAME) => counted.as_they_came += 1,
                Some(_) => counted.round += 1,
            }
        }
        counted
    }

    /// The totals in a sentence.
    pub fn sentence(self) -> String {
        let mut parts = vec![format!("{} galaxies were turned", self.turned)];
        if self.round > 0 {
            parts.push(format!(
                "{} were left as they are, because they are round or too faint to tell",
                self.round
            ));
        }
        if self.as_they_came > 0 {
            parts.push(format!(
                "{} were left as they came, because they came as prepared cutouts",
                self.as_they_came
            ));
        }
        format!("Orientation: {}.", parts.join("; "))
    }

    /// What a file's name says: that all were turned where that was possible, that only some were, or nothing.
    pub fn in_names(self) -> &'static str {
        match (self.turned, self.as_they_came) {
            (0, _) => "",
            (_, 0) => "-oriented",
            _ => "-partly-oriented",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn galaxies_are_counted_by_what_was_done() {
        let stated = |words: Option<&str>| {
            let mut about = About::default();
            if let Some(words) = words {
                about.columns.insert(ORIENTATION.to_owned(), words.to_owned());
            }
            about
        };
        let all = [
            stated(Some(
                "Oriented: turned by 12 degrees so that the major axis is horizontal.",
            )),
            stated(Some("Not turned.")),
            stated(Some(AS_IT_CAME)),
            stated(None),
        ];
        let counted = Turned::count(&all);
        assert_eq!((counted.turned, counted.round, counted.as_they_came), (1, 1, 2));
        assert!(counted.sentence().contains("1 galaxies were turned; 1 were left"));
        assert_eq!(counted.in_names(), "-partly-oriented");
        assert_eq!(Turned::count(&all[..2]).in_names(), "-oriented");
        assert_eq!(Turned::count(&all[1..]).in_names(), "");
    }
}
