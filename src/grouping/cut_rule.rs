//! A cut as a value: where to begin, and what to do to single branches.
//!
//! As text, parts are separated by semicolons:
//!
//! | part | meaning |
//! |---|---|
//! | `groups 9` or `height 2.5` | where to begin; first, and required |
//! | `split 7990` | the group whose topmost node is 7990 becomes its two parts |
//! | `join 7991` | everything below node 7991 becomes one group |
//! | `below 7991 at 1.25` | the groups of node 7991 are the branches of at most this height |
//! | `smallest 10` | at the end: a group of fewer galaxies joins its sibling, again and again |
//!
//! Nodes are SciPy's: leaf i is row i, merge i makes node n + i.

use super::cut::Groups;
use super::{Tree, TreeOrder, cut_at_height, cut_into};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// Where a cut begins.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Start {
    /// So many groups.
    Groups(usize),
    /// All merges of at most this height are kept.
    Height(f64),
}

/// What is done to a branch.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Edit {
    /// A group becomes its two parts.
    Split(usize),
    /// All groups of a branch become one.
    Join(usize),
    /// A branch is cut at a height of its own.
    Below(usize, f64),
}

/// A cut with thresholds for single branches, as Cheng et al. 2021 (arXiv:2009.11932) propose. [`Self::apply`] gives its groups.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CutRule {
    /// Where it begins.
    pub start: Start,
    /// What is done to branches, one after another.
    #[cfg_attr(feature = "serde", serde(default))]
    pub edits: Vec<Edit>,
    /// The fewest galaxies of a group; 0 or 1 for any.
    #[cfg_attr(feature = "serde", serde(default))]
    pub smallest: usize,
}

/// Why a rule cannot be read, or does not fit a tree.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CutRuleError {
    /// The text is no rule.
    #[error(
        "`{0}` is no part of a cut: write `groups K`, `height H`, `split NODE`, `join NODE`, `below NODE at H` or `smallest N`, with semicolons between"
    )]
    Part(String),
    /// The first part does not say where to begin.
    #[error("a cut begins with `groups K` or `height H`, and has one of them")]
    Start,
    /// The tree has no such node.
    #[error("the tree has no node {node}: its nodes are 0 to {last}")]
    UnknownNode {
        /// The node.
        node: usize,
        /// The largest that there is.
        last: usize,
    },
    /// The node is not on top of a group.
    #[error("node {0} is not the top of a group, so it cannot be split")]
    NotAGroup(usize),
    /// The group is one galaxy.
    #[error("node {0} is a single galaxy, so it cannot be split")]
    Leaf(usize),
    /// The node lies inside a group.
    #[error("node {0} lies inside a group: split that first")]
    Inside(usize),
    /// A height that is none.
    #[error("{0} is no height: give 0 or a positive number")]
    Height(f64),
}

impl CutRule {
    /// A cut into k groups.
    #[must_use]
    pub fn groups(k: usize) -> Self {
        Self {
            start: Start::Groups(k),
            edits: Vec::new(),
            smallest: 0,
        }
    }

    /// The groups that it makes of a tree, numbered from left to right. The number of groups is brought into 1 to n.
    ///
    /// # Errors
    /// [`CutRuleError`] names the first part that does not fit the tree.
    ///
    /// # Examples
    /// ```
    /// use galaxy_grove::grouping::{CutRule, TreeOrder, ward_vectors};
    ///
    /// let tree = ward_vectors(&[0.0, 0.1, 5.0, 5.25, 9.0], 1, None)?;
    /// // Merges: 0 and 1 make node 5, 2 and 3 node 6, 6 and 4 node 7, all of them node 8.
    /// let rule: CutRule = "groups 2; split 5".parse()?;
    /// let groups = rule.apply(&tree, &TreeOrder::new(&tree))?;
    /// assert_eq!(groups.len(), 3);
    /// assert_ne!(groups.numbers()[0], groups.numbers()[1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply(&self, tree: &Tree, order: &TreeOrder) -> Result<Groups, CutRuleError> {
        let begun = match self.start {
            Start::Groups(k) => cut_into(tree, order, k),
            Start::Height(height) => cut_at_height(tree, order, checked(height)?),
        };
        let mut tops: BTreeSet<usize> = begun.groups().iter().map(|group| group.node).collect();
        for edit in &self.edits {
            match *edit {
                Edit::Split(node) => {
                    known(tree, node)?;
                    if !tops.contains(&node) {
                        return Err(CutRuleError::NotAGroup(node));
                    }
                    let merge = tree.merge_of(node).ok_or(CutRuleError::Leaf(node))?;
                    tops.remove(&node);
                    tops.extend([merge.a, merge.b]);
                }
                Edit::Join(node) => join(tree, order, &mut tops, node)?,
                Edit::Below(node, height) => {
                    let height = checked(height)?;
                    join(tree, order, &mut tops, node)?;
                    let mut open = vec![node];
                    while let Some(node) = open.pop() {
                        if let Some(merge) = tree.merge_of(node).filter(|merge| merge.height > height) {
                            tops.remove(&node);
                            tops.extend([merge.a, merge.b]);
                            open.extend([merge.a, merge.b]);
                        }
                    }
                }
            }
        }
        // The smallest first; of equally small ones the one of the lowest merge.
        loop {
            let small = tops.iter().filter(|node| tree.size(**node) < self.smallest);
            let first = small.min_by_key(|node| (tree.size(**node), **node)).copied();
            let Some(parent) = first.and_then(|node| order.parent(node)) else {
                break;
            };
            join(tree, order, &mut tops, parent)?;
        }
        Ok(Groups::of_nodes(tree, order, tops))
    }
}

fn checked(height: f64) -> Result<f64, CutRuleError> {
    if height.is_finite() && height >= 0.0 {
        Ok(height)
    } else {
        Err(CutRuleError::Height(height))
    }
}

fn known(tree: &Tree, node: usize) -> Result<(), CutRuleError> {
    match tree.root() {
        Some(last) if node <= last => Ok(()),
        last => Err(CutRuleError::UnknownNode {
            node,
            last: last.unwrap_or(0),
        }),
    }
}

/// All groups below a node become one.
fn join(tree: &Tree, order: &TreeOrder, tops: &mut BTreeSet<usize>, node: usize) -> Result<(), CutRuleError> {
    known(tree, node)?;
    let (start, end) = order.span(node);
    let inside = |top: &usize| {
        let (first, last) = order.span(*top);
        start <= first && last <= end
    };
    let below: Vec<usize> = tops.iter().filter(|top| inside(top)).copied().collect();
    if below.is_empty() {
        return Err(CutRuleError::Inside(node));
    }
    for top in below {
        tops.remove(&top);
    }
    tops.insert(node);
    Ok(())
}

impl fmt::Display for CutRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.start {
            Start::Groups(k) => write!(f, "groups {k}")?,
            Start::Height(height) => write!(f, "height {height}")?,
        }
        for edit in &self.edits {
            match edit {
                Edit::Split(node) => write!(f, "; split {node}")?,
                Edit::Join(node) => write!(f, "; join {node}")?,
                Edit::Below(node, height) => write!(f, "; below {node} at {height}")?,
            }
        }
        if self.smallest > 1 {
            write!(f, "; smallest {}", self.smallest)?;
        }
        Ok(())
    }
}

impl FromStr for CutRule {
    type Err = CutRuleError;

    fn from_str(text: &str) -> Result<Self, CutRuleError> {
        let (mut start, mut edits, mut smallest) = (None, Vec::new(), 0);
        for (at, part) in text.split(';').map(str::trim).enumerate() {
            let unclear = || CutRuleError::Part(part.to_owned());
            let whole = |word: &str| word.parse::<usize>().map_err(|_error| unclear());
            let height = |word: &str| word.parse::<f64>().map_err(|_error| unclear()).and_then(checked);
            let words: Vec<&str> = part.split_whitespace().collect();
            match words.as_slice() {
                ["groups", k] if at == 0 => start = Some(Start::Groups(whole(k)?)),
                ["height", h] if at == 0 => start = Some(Start::Height(height(h)?)),
                ["groups" | "height", _] => return Err(CutRuleError::Start),
                ["split", node] => edits.push(Edit::Split(whole(node)?)),
                ["join", node] => edits.push(Edit::Join(whole(node)?)),
                ["below", node, "at", h] => edits.push(Edit::Below(whole(node)?, height(h)?)),
                ["smallest", n] => smallest = whole(n)?,
                _ => return Err(unclear()),
            }
        }
        Ok(Self {
            start: start.ok_or(CutRuleError::Start)?,
            edits,
            smallest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::any_tree;
    use super::*;
    use proptest::prelude::*;

    fn any_rule() -> impl Strategy<Value = CutRule> {
        let edit = (0_usize..90, 0_u8..30, 0_u8..3).prop_map(|(node, height, kind)| match kind {
            0 => Edit::Split(node),
            1 => Edit::Join(node),
            _ => Edit::Below(node, f64::from(height) * 0.25),
        });
        let start = prop_oneof![
            (0_usize..30).prop_map(Start::Groups),
            (0_u8..30).prop_map(|height| Start::Height(f64::from(height) * 0.25))
        ];
        (start, prop::collection::vec(edit, 0..5), 0_usize..8).prop_map(|(start, edits, smallest)| CutRule {
            start,
            edits,
            smallest: if smallest == 1 { 0 } else { smallest },
        })
    }

    proptest! {
        /// Whatever a rule does, the groups are whole branches that share out all galaxies, and none is too small while there is another.
        #[test]
        fn groups_are_whole_branches(tree in any_tree(40), rule in any_rule()) {
            let order = TreeOrder::new(&tree);
            let Ok(groups) = rule.apply(&tree, &order) else { return Ok(()) };
            let mut place = 0;
            for group in groups.groups() {
                prop_assert_eq!(group.start, place);
                prop_assert_eq!(group.len(), tree.size(group.node));
                prop_assert!(groups.len() == 1 || group.len() >= rule.smallest);
                place = group.end;
            }
            prop_assert_eq!(place, tree.leaves());
        }

        #[test]
        fn a_rule_without_edits_is_a_plain_cut(tree in any_tree(40), k in 1_usize..50) {
            let order = TreeOrder::new(&tree);
            prop_assert_eq!(CutRule::groups(k).apply(&tree, &order).unwrap(), cut_into(&tree, &order, k));
        }

        #[test]
        fn text_and_json_say_the_same(rule in any_rule()) {
            prop_assert_eq!(&rule.to_string().parse::<CutRule>().unwrap(), &rule);
            let json = serde_json::to_string(&rule).unwrap();
            prop_assert_eq!(serde_json::from_str::<CutRule>(&json).unwrap(), rule);
        }
    }

    /// Leaves 0 to 5; nodes 6 = 0 + 1, 7 = 2 + 3, 8 = 7 + 4, 9 = 6 + 8, 10 = 9 + 5.
    fn tree() -> Tree {
        crate::grouping::ward_vectors(&[0.0, 0.1, 5.0, 5.2, 6.0, 30.0], 1, None).unwrap()
    }

    fn numbers(rule: &str) -> Result<Vec<usize>, CutRuleError> {
        let tree = tree();
        let groups = rule.parse::<CutRule>()?.apply(&tree, &TreeOrder::new(&tree))?;
        let names: Vec<usize> = groups
            .group_of()
            .iter()
            .map(|at| groups.groups()[*at].node)
            .collect();
        Ok(names)
    }

    #[test]
    fn each_part_does_what_it_says() {
        assert_eq!(numbers("groups 2").unwrap(), [9, 9, 9, 9, 9, 5]);
        assert_eq!(numbers("groups 2; split 9").unwrap(), [6, 6, 8, 8, 8, 5]);
        assert_eq!(numbers("groups 6; join 8").unwrap(), [0, 1, 8, 8, 8, 5]);
        assert_eq!(numbers("groups 2; below 9 at 0.5").unwrap(), [6, 6, 7, 7, 4, 5]);
        assert_eq!(numbers("height 0.15; smallest 2").unwrap(), [10; 6]);
        assert_eq!(numbers("groups 3; smallest 1").unwrap(), [6, 6, 8, 8, 8, 5]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        assert_eq!(numbers("groups 2; split 6"), Err(CutRuleError::NotAGroup(6)));
        assert_eq!(numbers("groups 2; split 5"), Err(CutRuleError::Leaf(5)));
        assert_eq!(numbers("groups 2; join 7"), Err(CutRuleError::Inside(7)));
        let unknown = CutRuleError::UnknownNode { node: 11, last: 10 };
        assert_eq!(numbers("groups 2; join 11"), Err(unknown));
        assert_eq!(numbers("split 9"), Err(CutRuleError::Start));
        assert_eq!(numbers("groups 2; groups 3"), Err(CutRuleError::Start));
        assert_eq!(numbers("height -1"), Err(CutRuleError::Height(-1.0)));
        assert!(matches!(numbers("groups 2; burn 9"), Err(CutRuleError::Part(_))));
        assert!(matches!(numbers("height NaN"), Err(CutRuleError::Height(_))));
    }
}
