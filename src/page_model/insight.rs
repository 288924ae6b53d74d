//! What is found out about the galaxies and their groups after the tree is shown.

use super::tree_view::{Cutting, TreeId};
use crate::describe::Describer;
use crate::splits::Sides;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One thing that is found out by a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The structure of each galaxy.
    Structure,
    /// How often galaxies stay with their group when a third is left out.
    Steadiness,
    /// How good each number of groups is.
    Quality,
    /// The map.
    Map,
}

/// How steady the groups of one cut are.
#[derive(Debug, Clone, PartialEq)]
pub struct Steady {
    /// For each galaxy, the share of trees of two thirds of the galaxies where it is with its group.
    pub galaxies: Vec<f64>,
    /// The mean of that over each group's members; groups as in the cut.
    pub groups: Vec<f64>,
}

/// How good one number of groups is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rated {
    /// The number of groups.
    pub groups: usize,
    /// The mean silhouette: 1 for tight groups far apart, 0 for groups that touch.
    pub silhouette: Option<f64>,
    /// The index of Davies & Bouldin: smaller is better. Only of vectors.
    pub davies_bouldin: Option<f64>,
}

/// How good a tree and its cuts are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rating {
    /// The correlation of the galaxies' distances with the heights at which the tree joins them.
    pub cophenetic: Option<f64>,
    /// From 2 groups on.
    pub cuts: Vec<Rated>,
}

impl Rating {
    /// The cut into so many groups, if it was rated.
    pub fn of(&self, groups: usize) -> Option<Rated> {
        self.cuts.iter().find(|cut| cut.groups == groups).copied()
    }

    /// The cut with the largest silhouette; of equals the fewest groups.
    pub fn best(&self) -> Option<Rated> {
        let rated = self.cuts.iter().filter(|cut| cut.silhouette.is_some());
        rated
            .rev()
            .max_by(|a, b| a.silhouette.partial_cmp(&b.silhouette).unwrap_or(Ordering::Equal))
            .copied()
    }
}

/// What is known about the tree that is shown.
#[derive(Debug, Clone, Default)]
pub struct Insight {
    /// The tree.
    pub tree: TreeId,
    /// What sets groups apart, as soon as all galaxies are measured.
    pub describer: Option<Arc<Describer>>,
    /// By what the sides of splits are compared; there with the describer.
    pub sides: Option<Arc<Sides>>,
    /// How good each number of groups is.
    pub rating: Option<Arc<Rating>>,
    /// x and y of each galaxy.
    pub map: Option<Arc<Vec<f32>>>,
    /// For each cut that was shown, by its rule as text.
    pub steady: BTreeMap<String, Arc<Steady>>,
    /// The part that is under way: what, how many are done, of how many.
    pub progress: Option<(Topic, usize, usize)>,
    /// What could not be found out.
    pub failed: Vec<Topic>,
}

impl Insight {
    /// How steady the groups of a cut are, as far as that was tested.
    pub fn steady_of(&self, cutting: &Cutting) -> Option<&Steady> {
        let is_same = self.tree == cutting.tree;
        self.steady
            .get(&cutting.rule.to_string())
            .filter(|_| is_same)
            .map(Arc::as_ref)
    }
}
