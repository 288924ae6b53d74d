//! What the splits of a tree are about, by the structure of the galaxies on their sides: type, size or light, or only the angle.

use crate::grouping::{Aspect, Measure, Split, Splits, Thresholds, Tree, TreeOrder, Verdict};
use crate::structure::{NUMBERS, measure_of_all, place};

/// What sides are compared by.
const COMPARED: [(usize, Aspect); 9] = [
    (place::CONCENTRATION, Aspect::Type),
    (place::ASYMMETRY, Aspect::Type),
    (place::SMOOTHNESS, Aspect::Type),
    (place::GINI, Aspect::Type),
    (place::M20, Aspect::Type),
    (place::ELLIPTICITY, Aspect::Type),
    (place::ENTROPY, Aspect::Type),
    (place::HALF_LIGHT_RADIUS, Aspect::SizeOrLight),
    (place::SIGNAL_TO_NOISE, Aspect::SizeOrLight),
];

/// Rounder galaxies have no angle.
const ROUND: f64 = 0.1;

/// The measures that the sides of splits are compared by.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    measures: Vec<Measure>,
    angles: Vec<f64>,
    unmeasured: usize,
}

impl Sides {
    /// From the structure of each galaxy, `[N * 12]`, NaN where a measure would mean nothing.
    #[must_use]
    pub fn new(structure: &[f64]) -> Self {
        let measure = |(place, aspect): (usize, Aspect)| Measure {
            name: NUMBERS.get(place).map_or("", |name| *name).replace('_', " "),
            aspect,
            values: measure_of_all(structure, place),
        };
        let ellipticities = measure_of_all(structure, place::ELLIPTICITY);
        let shapes = ellipticities
            .into_iter()
            .zip(measure_of_all(structure, place::POSITION_ANGLE));
        let angles = shapes.map(|(ellipticity, angle)| if ellipticity >= ROUND { angle } else { f64::NAN });
        let gini = measure_of_all(structure, place::GINI);
        Self {
            angles: angles.collect(),
            measures: COMPARED.into_iter().map(measure).collect(),
            unmeasured: gini.iter().filter(|value| value.is_nan()).count(),
        }
    }

    /// Galaxies that could not be measured in full, and take part in no comparison.
    #[must_use]
    pub fn unmeasured(&self) -> usize {
        self.unmeasured
    }

    /// The splits of a tree of these galaxies.
    #[must_use]
    pub fn splits<'a>(
        &'a self,
        tree: &'a Tree,
        order: &'a TreeOrder,
        thresholds: &'a Thresholds,
    ) -> Splits<'a> {
        Splits::new(tree, order, &self.measures, &self.angles, thresholds)
    }
}

/// What a split is about, without its evidence: `size or light`.
#[must_use]
pub fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Type => "type",
        Verdict::SizeOrLight => "size or light",
        Verdict::Tilt => "tilt",
        Verdict::Alike => "alike",
        Verdict::TooSmall => "too small",
    }
}

/// A split as a sentence without its full stop: `a matter of type: the sides differ most in ellipticity (Cliff's delta 0.62)`.
#[must_use]
pub fn sentence(split: &Split) -> String {
    let most = split.evidence.as_ref().map_or_else(String::new, |(name, found)| {
        format!(
            ": the sides differ most in {name} (Cliff's delta {:.2})",
            found.effect.abs()
        )
    });
    match split.verdict {
        Verdict::Type => format!("a matter of type{most}"),
        Verdict::SizeOrLight => format!("a matter of size or light{most}"),
        Verdict::Tilt => format!(
            "a matter of tilt: the sides have the same structure and other angles (effect {:.2})",
            split.angle.effect
        ),
        Verdict::Alike => "not explained: the sides differ neither in structure nor in angle".to_owned(),
        Verdict::TooSmall => "not tested: a side has too few galaxies".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::ward_vectors;
    use crate::structure::MEASURES;

    /// 60 round galaxies on one side, 60 thin ones at two angles on the other.
    #[test]
    fn measures_of_type_make_a_split_and_angles_alone_do_not() {
        let (mut vectors, mut structure) = (Vec::new(), Vec::new());
        for i in 0..120_u32 {
            let spread = f64::from(i * 37 % 101) / 100.0;
            let (x, y, ellipticity, angle) = match i % 4 {
                0 | 1 => (0.0, 0.0, 0.05, 90.0 * spread),
                2 => (40.0, 6.0, 0.7, 20.0),
                _ => (40.0, -6.0, 0.7, 110.0),
            };
            vectors.extend([x + spread, y + f64::from(i * 53 % 97) / 97.0]);
            let mut row = vec![f64::from(i * 71 % 89); MEASURES];
            row[place::ELLIPTICITY] = ellipticity + 0.04 * spread;
            row[place::POSITION_ANGLE] = angle + 5.0 * spread;
            structure.extend(row);
        }
        structure[place::GINI] = f64::NAN;
        let sides = Sides::new(&structure);
        assert_eq!(sides.unmeasured(), 1);
        let tree = ward_vectors(&vectors, 2, None).unwrap();
        let (order, thresholds) = (TreeOrder::new(&tree), Thresholds::default());
        let splits = sides.splits(&tree, &order, &thresholds);
        let found = splits.cut();
        assert_eq!(found.groups.len(), 2);
        let stated: Vec<String> = found.splits.iter().map(sentence).collect();
        assert!(
            stated[0]
                .starts_with("a matter of type: the sides differ most in ellipticity (Cliff's delta 1.00)"),
            "{stated:?}"
        );
        assert!(
            stated.iter().any(|line| line.starts_with("a matter of tilt")),
            "{stated:?}"
        );
        // The angles of round galaxies count for nothing.
        let round = found
            .splits
            .iter()
            .find(|split| tree.size(split.node) == 60 && split.verdict != Verdict::Tilt);
        assert_eq!(round.unwrap().verdict, Verdict::Alike);
        assert_eq!(splits.of(0), None);
    }
}
