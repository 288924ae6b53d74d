//! The tree and its cut, as the parts of the page share them: made once, then only read.

use super::resemblance::{Resemblance, Typical};
use super::session::GroupOrder;
use crate::cutout::CODES;
use crate::grouping::{
    CutRule, Edit, GroupingError, Groups, Linkage, Start, Tree, TreeOrder, colour_slots, cut_height,
    cut_into, medoids, most_groups, natural_cut, suggested_cuts,
};
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::protocol::Level;

/// Tells one tree of a visit from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TreeId(pub(super) u64);

/// A similarity tree with all that does not depend on the cut.
#[derive(Debug)]
pub struct TreeView {
    /// Its identity: a tree that is built again has another.
    pub id: TreeId,
    /// The tree. Leaf i is row i of the collection.
    pub tree: Tree,
    /// Where its nodes stand.
    pub order: TreeOrder,
    /// A palette slot for each node.
    pub colours: Vec<u8>,
    /// By what galaxies are alike.
    pub resemblance: Resemblance,
    /// The linkage, if it is of codes.
    pub linkage: Linkage,
    /// Galaxies that each leaf stands for; empty where every leaf is a galaxy.
    pub stands_for: Vec<u64>,
    /// Numbers of groups with a large gap around them, the best first.
    pub suggested: Vec<usize>,
    /// The number of groups that the page shows when nobody asked for one.
    pub default_groups: usize,
}

/// Groups for which nobody asked: enough to see, few enough to take in.
const DEFAULT_GROUPS: usize = 9;

impl TreeView {
    /// Checks what a worker sent and lays the tree out.
    ///
    /// # Errors
    /// [`GroupingError`] when the merges make no tree.
    pub fn new(
        id: TreeId,
        leaves: usize,
        (a, b, heights): (&[u32], &[u32], &[f64]),
        resemblance: Resemblance,
        linkage: Linkage,
    ) -> Result<Self, GroupingError> {
        let tree = Tree::from_columns(leaves, a, b, heights)?;
        let order = TreeOrder::new(&tree);
        let colours = colour_slots(&tree, &order);
        let suggested = suggested_cuts(&tree, 5);
        let default_groups = match &resemblance {
            Resemblance::Codes(..) => DEFAULT_GROUPS.min(most_groups(&tree)),
            Resemblance::Vectors { .. } => natural_cut(&tree),
        };
        Ok(Self {
            id,
            tree,
            order,
            colours,
            resemblance,
            linkage,
            stands_for: Vec::new(),
            suggested,
            default_groups,
        })
    }

    /// The same tree as a part of a larger one.
    #[must_use]
    pub fn of_level(mut self, level: Option<&Level>) -> Self {
        self.stands_for = level.map(|level| level.stands_for.clone()).unwrap_or_default();
        self
    }

    /// True when some leaves stand for more than one galaxy.
    pub fn is_summary(&self) -> bool {
        self.stands_for.iter().any(|count| *count > 1)
    }

    /// The galaxies below a node, with all that leaves stand for.
    pub fn galaxies(&self, node: usize) -> u64 {
        let members = self.order.members(node);
        if self.stands_for.is_empty() {
            return members.len() as u64;
        }
        members.iter().filter_map(|row| self.stands_for.get(*row)).sum()
    }

    /// The number of leaves.
    pub fn leaves(&self) -> usize {
        self.tree.leaves()
    }

    /// The recipe that it was built by.
    pub fn recipe(&self) -> GroupedBy {
        match self.resemblance {
            Resemblance::Codes(..) => GroupedBy::Reference,
            Resemblance::Vectors { by, .. } => by,
        }
    }

    /// The cut into so many groups, or a default number, with what is done to single branches.
    pub fn rule(&self, wanted: Option<usize>, edits: &[Edit]) -> CutRule {
        CutRule {
            edits: edits.to_vec(),
            ..CutRule::groups(self.groups_shown(wanted))
        }
    }

    /// What makes a branch that lies inside a group a group of its own: nothing for a group's own branch; `None` when it holds several groups.
    pub fn edits_for(&self, groups: &Groups, node: usize) -> Option<Vec<Edit>> {
        let (start, end) = self.order.span(node);
        let group = groups.groups().get(groups.at_place(start)?)?;
        if group.end < end {
            return None;
        }
        let (mut top, mut edits) = (group.node, Vec::new());
        while top != node {
            edits.push(Edit::Split(top));
            let merge = self.tree.merge_of(top)?;
            let holds = |part: &usize| {
                let (first, last) = self.order.span(*part);
                first <= start && end <= last
            };
            top = [merge.a, merge.b].into_iter().find(holds)?;
        }
        Some(edits)
    }

    /// The number of groups that the page shows when so many are wanted.
    pub fn groups_shown(&self, wanted: Option<usize>) -> usize {
        wanted
            .unwrap_or(self.default_groups)
            .clamp(1, self.leaves().max(1))
    }

    /// The palette slot of a node.
    pub fn colour(&self, node: usize) -> u8 {
        self.colours.get(node).copied().unwrap_or(0)
    }

    /// The galaxies below a node, the most typical first.
    pub fn typical(&self, node: usize) -> Vec<Typical> {
        self.resemblance.typical(self.order.members(node))
    }

    /// The `count` galaxies that are most similar to one, and the distance of each: the share of the codes that differ, or the distance of
    /// the vectors.
    pub fn nearest(&self, row: usize, count: usize) -> Vec<(usize, f64)> {
        self.resemblance.nearest(row, count)
    }

    /// How many groups a line at `height` cuts the tree into.
    pub fn groups_at(&self, height: f64) -> usize {
        let kept = self.tree.merges().partition_point(|merge| merge.height <= height);
        (self.leaves() - kept).max(1)
    }
}

/// A tree cut into groups.
#[derive(Debug)]
pub struct Cutting {
    /// The groups, left to right.
    pub groups: Groups,
    /// The medoid's row of each group.
    pub medoids: Vec<usize>,
    /// Where the line stands.
    pub height: f64,
    /// Galaxies of each group, with all that leaves stand for.
    pub galaxies: Vec<u64>,
    /// The tree that was cut.
    pub tree: TreeId,
    /// How.
    pub rule: CutRule,
}

impl Cutting {
    /// Cuts by a rule; what does not fit the tree is cut without changes of single branches.
    pub fn new(view: &TreeView, rule: CutRule) -> Self {
        let fitting = rule.apply(&view.tree, &view.order).map(|groups| (groups, rule));
        let (groups, rule) = fitting.unwrap_or_else(|_error| {
            let plain = CutRule::groups(view.groups_shown(None));
            (cut_into(&view.tree, &view.order, view.groups_shown(None)), plain)
        });
        let k = match rule.start {
            Start::Groups(k) => k,
            Start::Height(_) => groups.len(),
        };
        let medoids = match &view.resemblance {
            Resemblance::Codes(codes, _) => medoids(codes, CODES, &view.order, &groups),
            Resemblance::Vectors { .. } => {
                let nodes = groups.groups().iter().map(|group| group.node);
                nodes
                    .map(|node| view.typical(node).first().map_or(0, |typical| typical.row))
                    .collect()
            }
        };
        let nodes = groups.groups().iter().map(|group| group.node);
        Self {
            galaxies: nodes.map(|node| view.galaxies(node)).collect(),
            groups,
            medoids,
            height: cut_height(&view.tree, k),
            tree: view.id,
            rule,
        }
    }

    /// The number of groups.
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// True when there is no group, which no cut of a tree gives.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// True when both cut the same tree by the same rule.
    pub fn same_as(&self, other: &Self) -> bool {
        self.tree == other.tree && self.rule == other.rule
    }

    /// Group indices as they are listed.
    pub fn listed(&self, order: GroupOrder) -> Vec<usize> {
        let mut indices: Vec<usize> = (0..self.len()).collect();
        if order == GroupOrder::Size {
            indices.sort_by_key(|&index| std::cmp::Reverse(self.galaxies.get(index).copied().unwrap_or(0)));
        }
        indices
    }
}
