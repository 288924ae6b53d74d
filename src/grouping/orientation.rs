//! Which splits of a tree are a matter of orientation, and the cut that does without them.
//!
//! Cheng et al. 2021 (arXiv:2009.11932) propose to let the galaxies' orientation decide the number of clusters; they give no rule. This is our
//! reading: from the top down, a split whose sides have the same structure and differ in the angle of their major axes is not made.

use super::cut::Groups;
use super::two_samples::{Difference, axes, numbers};
use super::{Merge, Tree, TreeOrder};
use std::collections::BTreeSet;

/// What a number of a galaxy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Its type, whatever its size.
    Type,
    /// Its size or its light.
    SizeOrLight,
}

/// One number of every galaxy; NaN where it has none.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Its name, for reports.
    pub name: String,
    /// What it is about.
    pub aspect: Aspect,
    /// `[n]`
    pub values: Vec<f64>,
}

/// What a split is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// The sides differ in a measure of type: made.
    Type,
    /// They differ in size or light only: made.
    SizeOrLight,
    /// They differ in the angle only: not made.
    Tilt,
    /// They cannot be distinguished: not made.
    Alike,
    /// A side has too few galaxies to tell: not made.
    TooSmall,
}

/// One split that was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The node.
    pub node: usize,
    /// What it is about.
    pub verdict: Verdict,
    /// The strongest difference of the aspect that decided, by name.
    pub evidence: Option<(String, Difference)>,
    /// The difference of the angles.
    pub angle: Difference,
}

impl Split {
    /// Whether the cut makes it.
    #[must_use]
    pub fn is_made(&self) -> bool {
        matches!(self.verdict, Verdict::Type | Verdict::SizeOrLight)
    }
}

impl OrientationCut {
    /// How many of the splits that were looked at are about this.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let splits = self.splits.iter();
        splits.filter(|split| split.verdict == verdict).count()
    }
}

/// When a difference counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// The chance that any of all comparisons is taken for a difference where there is none (Bonferroni).
    pub chance: f64,
    /// The least effect: of numbers Cliff's delta, where .33 is called medium.
    pub effect: f64,
    /// The least effect on angles, 0 to 1.
    pub angle: f64,
    /// The fewest galaxies of a side.
    pub smallest: usize,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            chance: 0.01,
            effect: 0.33,
            angle: 0.15,
            smallest: 20,
        }
    }
}

/// The groups, and every split that was looked at, from the top down.
#[derive(Clone, Debug, PartialEq)]
pub struct OrientationCut {
    /// The groups.
    pub groups: Groups,
    /// The splits.
    pub splits: Vec<Split>,
}

/// The splits of a tree, each judged when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Splits<'a> {
    tree: &'a Tree,
    order: &'a TreeOrder,
    measures: &'a [Measure],
    angles: &'a [f64],
    thresholds: &'a Thresholds,
    /// The largest chance of one comparison.
    chance: f64,
}

impl<'a> Splits<'a> {
    /// `angles` are those of major axes in degrees, NaN for galaxies that are too round to have one.
    ///
    /// The number of comparisons that the chance is divided by is that of all splits whose sides are large enough, times measures and the angle.
    #[must_use]
    pub fn new(
        tree: &'a Tree,
        order: &'a TreeOrder,
        measures: &'a [Measure],
        angles: &'a [f64],
        thresholds: &'a Thresholds,
    ) -> Self {
        let mut splits = Self {
            tree,
            order,
            measures,
            angles,
            thresholds,
            chance: thresholds.chance,
        };
        let merges = tree.merges().iter();
        let testable = merges
            .filter(|merge| splits.is_large(merge.a) && splits.is_large(merge.b))
            .count();
        splits.chance /= (testable.max(1) * (measures.len() + 1)) as f64;
        splits
    }

    fn is_large(&self, node: usize) -> bool {
        self.tree.size(node) >= self.thresholds.smallest.max(2)
    }

    fn pick(&self, values: &[f64], node: usize) -> Vec<f64> {
        let members = self.order.members(node).iter();
        members.filter_map(|leaf| values.get(*leaf).copied()).collect()
    }

    /// What a node's split is about; `None` for a single galaxy.
    #[must_use]
    pub fn of(&self, node: usize) -> Option<Split> {
        let merge = self.tree.merge_of(node)?;
        let angle = axes(&self.pick(self.angles, merge.a), &self.pick(self.angles, merge.b));
        let (verdict, evidence) = if self.is_large(merge.a) && self.is_large(merge.b) {
            let tilted = angle.chance <= self.chance && angle.effect >= self.thresholds.angle;
            match (
                self.strongest(Aspect::Type, merge),
                tilted,
                self.strongest(Aspect::SizeOrLight, merge),
            ) {
                (Some(found), _, _) => (Verdict::Type, Some(found)),
                (None, _, Some(found)) => (Verdict::SizeOrLight, Some(found)),
                (None, true, None) => (Verdict::Tilt, None),
                (None, false, None) => (Verdict::Alike, None),
            }
        } else {
            (Verdict::TooSmall, None)
        };
        Some(Split {
            node,
            verdict,
            evidence,
            angle,
        })
    }

    /// The strongest difference of an aspect that counts.
    fn strongest(&self, aspect: Aspect, merge: &Merge) -> Option<(String, Difference)> {
        let measures = self.measures.iter().filter(|measure| measure.aspect == aspect);
        let differences = measures.map(|measure| {
            let (a, b) = (
                self.pick(&measure.values, merge.a),
                self.pick(&measure.values, merge.b),
            );
            (measure.name.clone(), numbers(&a, &b))
        });
        differences
            .filter(|(_, found)| found.chance <= self.chance && found.effect.abs() >= self.thresholds.effect)
            .max_by(|a, b| a.1.effect.abs().total_cmp(&b.1.effect.abs()))
    }

    /// Walks down the tree and makes the splits of type and of size or light.
    #[must_use]
    pub fn cut(&self) -> OrientationCut {
        let mut tops = BTreeSet::new();
        let mut splits = Vec::new();
        let mut open: Vec<usize> = self.tree.root().into_iter().collect();
        while let Some(node) = open.pop() {
            let Some(split) = self.of(node) else {
                tops.insert(node);
                continue;
            };
            match self.tree.merge_of(node) {
                // Left first.
                Some(merge) if split.is_made() => open.extend([merge.b, merge.a]),
                _ => {
                    tops.insert(node);
                }
            }
            splits.push(split);
        }
        OrientationCut {
            groups: Groups::of_nodes(self.tree, self.order, tops),
            splits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::ward_vectors;

    /// Round galaxies at one place; thin ones at two places far from it, by their angle alone.
    #[test]
    fn a_tilt_is_not_made_and_a_type_is() {
        let mut vectors = Vec::new();
        let (mut ellipticity, mut angles, mut size) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..120_u32 {
            let spread = f64::from(i * 37 % 101) / 100.0;
            let kind = i % 3;
            let (x, y, e, angle) = match kind {
                0 => (0.0, 0.0, 0.05, f64::NAN),
                1 => (20.0, 4.0, 0.7, 20.0),
                _ => (20.0, -4.0, 0.7, 110.0),
            };
            vectors.extend([x + spread, y + f64::from(i * 53 % 97) / 97.0]);
            ellipticity.push(e + 0.1 * spread);
            angles.push(angle + 10.0 * spread);
            size.push(f64::from(i * 71 % 89));
        }
        let tree = ward_vectors(&vectors, 2, None).unwrap();
        let order = TreeOrder::new(&tree);
        let measures = [
            Measure {
                name: "ellipticity".to_owned(),
                aspect: Aspect::Type,
                values: ellipticity,
            },
            Measure {
                name: "radius".to_owned(),
                aspect: Aspect::SizeOrLight,
                values: size,
            },
        ];
        let found = Splits::new(&tree, &order, &measures, &angles, &Thresholds::default()).cut();
        assert_eq!(found.groups.len(), 2);
        let verdicts: Vec<Verdict> = found.splits.iter().map(|split| split.verdict).collect();
        assert_eq!(found.splits[0].verdict, Verdict::Type);
        assert_eq!(found.splits[0].evidence.as_ref().unwrap().0, "ellipticity");
        assert!(verdicts.contains(&Verdict::Tilt), "{verdicts:?}");
        let tilt = found
            .splits
            .iter()
            .find(|split| split.verdict == Verdict::Tilt)
            .unwrap();
        assert_eq!(tree.size(tilt.node), 80);
        assert!(tilt.angle.effect > 0.8);
    }

    #[test]
    fn nothing_to_walk() {
        let tree = ward_vectors(&[], 2, None).unwrap();
        let found = Splits::new(&tree, &TreeOrder::new(&tree), &[], &[], &Thresholds::default()).cut();
        assert!(found.groups.is_empty() && found.splits.is_empty());
    }
}
