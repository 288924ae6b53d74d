//! Groups in words: what their galaxies have in common that others have not.
//!
//! Each measure of structure ([`crate::structure`]) is compared between a group's members and all other galaxies by ranks (Mann & Whitney 1947,
//! with Cliff's delta as the size of the difference). A word needs a delta of at least [`EFFECT`] and a chance of at most [`CHANCE`] after
//! Bonferroni's correction for all groups and measures. The words compare within one set of galaxies: `compact` means more concentrated than the others in
//! it.

use crate::count::galaxies;
use crate::grouping::{Difference, Ranked};
use crate::structure::{measure_of_all, place};

/// The smallest difference that is worth a word: "medium" by Romano et al. 2006.
pub const EFFECT: f64 = 0.33;

/// From here on the word is "very ...".
pub const VERY: f64 = 0.75;

/// The largest chance of so much difference between groups that are alike.
pub const CHANCE: f64 = 0.01;

/// Words for one group at most.
const WORDS: usize = 3;

/// What galaxies can look like beside others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nearly as wide as long.
    Round,
    /// Longer than wide.
    Elongated,
    /// The light is concentrated in the middle.
    Compact,
    /// The light is spread out.
    Diffuse,
    /// The same when turned by 180 degrees.
    Symmetric,
    /// Another one when turned by 180 degrees.
    Lopsided,
    /// Without small structure.
    Smooth,
    /// With small structure.
    Clumpy,
}

impl Word {
    /// In English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Elongated => "elongated",
            Self::Compact => "compact",
            Self::Diffuse => "diffuse",
            Self::Symmetric => "symmetric",
            Self::Lopsided => "lopsided",
            Self::Smooth => "smooth",
            Self::Clumpy => "clumpy",
        }
    }
}

/// A measure with the words for less and for more of it.
const SCALES: [(usize, Word, Word); 4] = [
    (place::ELLIPTICITY, Word::Round, Word::Elongated),
    (place::CONCENTRATION, Word::Diffuse, Word::Compact),
    (place::ASYMMETRY, Word::Symmetric, Word::Lopsided),
    (place::SMOOTHNESS, Word::Smooth, Word::Clumpy),
];

/// A word for a group, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trait {
    /// The word.
    pub word: Word,
    /// The measure's place in [`crate::structure::NUMBERS`].
    pub measure: usize,
    /// Members against all others.
    pub difference: Difference,
}

impl Trait {
    /// Whether the difference is large enough for "very".
    #[must_use]
    pub fn is_strong(&self) -> bool {
        self.difference.effect.abs() >= VERY
    }
}

/// A group in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// The largest differences first; none when the group is like the others.
    pub traits: Vec<Trait>,
}

/// How a description is written in a language.
#[derive(Clone, Copy, Debug)]
pub struct Phrases {
    /// A word.
    pub word: fn(Word) -> &'static str,
    /// A word that is meant strongly.
    pub very: fn(&str) -> String,
    /// A group without words.
    pub plain: &'static str,
    /// A number of galaxies.
    pub galaxies: fn(usize) -> String,
    /// The share of trees of two thirds of the galaxies in which a member stays with its group.
    pub steady: fn(f64) -> &'static str,
}

/// English.
pub const ENGLISH: Phrases = Phrases {
    word: Word::english,
    very: |word| format!("very {word}"),
    plain: "like the others",
    galaxies,
    steady: |share| match share {
        share if share >= 0.9 => "steady",
        share if share >= 0.7 => "fairly steady",
        _ => "not steady",
    },
};

impl Description {
    /// Only the words: `very round, compact`.
    #[must_use]
    pub fn words(&self, phrases: &Phrases) -> String {
        if self.traits.is_empty() {
            return phrases.plain.to_owned();
        }
        let words: Vec<String> = self
            .traits
            .iter()
            .map(|found| {
                let word = (phrases.word)(found.word);
                if found.is_strong() {
                    (phrases.very)(word)
                } else {
                    word.to_owned()
                }
            })
            .collect();
        words.join(", ")
    }

    /// A sentence: `round, compact, smooth; 215 galaxies; steady`.
    #[must_use]
    pub fn sentence(&self, phrases: &Phrases, size: usize, steady: Option<f64>) -> String {
        let mut parts = vec![self.words(phrases), (phrases.galaxies)(size)];
        parts.extend(steady.map(|share| (phrases.steady)(share).to_owned()));
        parts.join("; ")
    }
}

/// What sets groups apart, for any grouping of the same galaxies.
#[derive(Clone, Debug)]
pub struct Describer {
    measures: Vec<Ranked>,
    knows_nothing: bool,
}

impl Describer {
    /// `structure` has [`MEASURES`](crate::structure::MEASURES) numbers for each galaxy, NaN where there is none.
    #[must_use]
    pub fn new(structure: &[f64]) -> Self {
        let measures = SCALES.map(|(measure, ..)| Ranked::new(&measure_of_all(structure, measure)));
        Self {
            measures: measures.into(),
            knows_nothing: structure.iter().all(|value| value.is_nan()),
        }
    }

    /// True when not one measure of any galaxy is known: then there is nothing to say of groups.
    #[must_use]
    pub fn knows_nothing(&self) -> bool {
        self.knows_nothing
    }

    /// Describes `k` groups; `labels` has a group from 0 for each galaxy.
    ///
    /// # Examples
    /// ```
    /// use galaxy_grove::describe::{Describer, ENGLISH};
    /// use galaxy_grove::structure::{MEASURES, place};
    ///
    /// // 40 galaxies; the second half have a larger ellipticity.
    /// let mut structure = vec![f64::NAN; 40 * MEASURES];
    /// for galaxy in 0..40 {
    ///     structure[galaxy * MEASURES + place::ELLIPTICITY] = 0.01 * galaxy as f64;
    /// }
    /// let labels: Vec<usize> = (0..40).map(|galaxy| galaxy / 20).collect();
    /// let described = Describer::new(&structure).describe(&labels, 2);
    /// assert_eq!(described[1].sentence(&ENGLISH, 20, Some(0.95)), "very elongated; 20 galaxies; steady");
    /// ```
    #[must_use]
    pub fn describe(&self, labels: &[usize], k: usize) -> Vec<Description> {
        let mut all = vec![Description::default(); k];
        let tests = (k * SCALES.len()) as f64;
        for (ranked, (measure, less, more)) in self.measures.iter().zip(SCALES) {
            for (description, difference) in all.iter_mut().zip(ranked.differences(labels, k)) {
                if difference.effect.abs() < EFFECT || difference.chance * tests > CHANCE {
                    continue;
                }
                description.traits.push(Trait {
                    word: if difference.effect > 0.0 { more } else { less },
                    measure,
                    difference,
                });
            }
        }
        for description in &mut all {
            description
                .traits
                .sort_by(|a, b| b.difference.effect.abs().total_cmp(&a.difference.effect.abs()));
            description.traits.truncate(WORDS);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::MEASURES;

    #[test]
    fn one_group_or_too_few_galaxies_have_no_words() {
        let structure: Vec<f64> = (0..6 * MEASURES).map(|at| at as f64).collect();
        let describer = Describer::new(&structure);
        for (labels, k) in [(vec![0; 6], 1), (vec![0, 0, 0, 1, 1, 1], 2)] {
            for description in describer.describe(&labels, k) {
                assert_eq!(description.words(&ENGLISH), "like the others");
            }
        }
        assert!(Describer::new(&[]).describe(&[], 0).is_empty());
    }

    #[test]
    fn the_strongest_words_come_first_and_three_at_most() {
        let mut structure = vec![f64::NAN; 200 * MEASURES];
        for galaxy in 0..200 {
            let at = |measure: usize| galaxy * MEASURES + measure;
            let (inside, along) = (galaxy % 2 == 0, (galaxy / 2) as f64 / 100.0);
            structure[at(place::ELLIPTICITY)] = if inside { along } else { along + 2.0 };
            structure[at(place::CONCENTRATION)] = if inside { along + 0.3 } else { along };
            structure[at(place::ASYMMETRY)] = if inside { along + 0.5 } else { along };
            structure[at(place::SMOOTHNESS)] = if inside { along } else { along + 0.6 };
        }
        let labels: Vec<usize> = (0..200).map(|galaxy| galaxy % 2).collect();
        let described = Describer::new(&structure).describe(&labels, 2);
        assert_eq!(
            described[0].words(&ENGLISH),
            "very round, very smooth, very lopsided"
        );
        assert_eq!(
            described[1].words(&ENGLISH),
            "very elongated, very clumpy, very symmetric"
        );
    }
}
