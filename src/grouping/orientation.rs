//! Which splits of a tree are a matter of orientation, and the cut that does without them.
//!
//! Cheng et al. 2021 (arXiv:2009.11932) propose to let the galaxies' orientation decide the number of clusters; they give no rule. This is our
//! reading: from the top down, a split whose sides have the same structure and differ in the angle of their major axes is not made.

use super::cut::Groups;
use super::two_samples::{Difference, axes, numbers};
use super::{Tree, TreeOrder};
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

/// Walks down the tree. `angles` are those of major axes in degrees, NaN for galaxies that are too round to have one.
///
/// The number of comparisons that the chance is divided by is that of all splits whose sides are large enough, times measures and the angle.
pub fn orientation_cut(
    tree: &Tree,
    order: &TreeOrder,
    measures: &[Measure],
    angles: &[f64],
    thresholds: &Thresholds,
) -> OrientationCut {
    let large = |node: usize| tree.size(node) >= thresholds.smallest.max(2);
    let testable = tree
        .merges()
        .iter()
        .filter(|merge| large(merge.a) && large(merge.b))
        .count();
    let chance = thresholds.chance / (testable.max(1) * (measures.len() + 1)) as f64;
    let pick = |values: &[f64], node: usize| -> Vec<f64> {
        let members = order.members(node).iter();
        members.filter_map(|leaf| values.get(*leaf).copied()).collect()
    };
    let mut tops = BTreeSet::new();
    let mut splits = Vec::new();
    let mut open: Vec<usize> = tree.root().into_iter().collect();
    while let Some(node) = open.pop() {
        let Some(merge) = tree.merge_of(node).copied() else {
            tops.insert(node);
            continue;
        };
        let angle = axes(&pick(angles, merge.a), &pick(angles, merge.b));
        if !(large(merge.a) && large(merge.b)) {
            tops.insert(node);
            splits.push(Split {
                node,
                verdict: Verdict::TooSmall,
                evidence: None,
                angle,
            });
            continue;
        }
        // The strongest difference of each aspect that counts.
        let strongest = |aspect: Aspect| {
            measures
                .iter()
                .filter(|measure| measure.aspect == aspect)
                .map(|measure| {
                    let (a, b) = (pick(&measure.values, merge.a), pick(&measure.values, merge.b));
                    (measure.name.clone(), numbers(&a, &b))
                })
                .filter(|(_, found)| found.chance <= chance && found.effect.abs() >= thresholds.effect)
                .max_by(|a, b| a.1.effect.abs().total_cmp(&b.1.effect.abs()))
        };
        let of_type = strongest(Aspect::Type);
        let of_size = strongest(Aspect::SizeOrLight);
        let tilted = angle.chance <= chance && angle.effect >= thresholds.angle;
        let (verdict, evidence) = match (of_type, tilted, of_size) {
            (Some(found), _, _) => (Verdict::Type, Some(found)),
            (None, _, Some(found)) => (Verdict::SizeOrLight, Some(found)),
            (None, true, None) => (Verdict::Tilt, None),
            (None, false, None) => (Verdict::Alike, None),
        };
        if matches!(verdict, Verdict::Type | Verdict::SizeOrLight) {
            // Left first.
            open.extend([merge.b, merge.a]);
        } else {
            tops.insert(node);
        }
        splits.push(Split {
            node,
            verdict,
            evidence,
            angle,
        });
    }
    OrientationCut {
        groups: Groups::of_nodes(tree, order, tops),
        splits,
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
        let found = orientation_cut(&tree, &order, &measures, &angles, &Thresholds::default());
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
        let found = orientation_cut(&tree, &TreeOrder::new(&tree), &[], &[], &Thresholds::default());
        assert!(found.groups.is_empty() && found.splits.is_empty());
    }
}
