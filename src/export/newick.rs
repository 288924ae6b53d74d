//! The tree as Newick text.

use super::error::ExportError;
use super::error::same_length;
use crate::grouping::Tree;
use std::fmt::Write as _;

/// The tree in Newick's format with branch lengths, ending in `;` and a line break.
///
/// `labels` names the leaves (ids or file names) by row. A branch is as long as the height of the node above it less
/// its own (leaves are at 0), so a leaf's way up to any merge adds up to that merge's height. Lengths are written so
/// that they read back exactly. Children are in the order in which the tree is drawn.
///
/// # Errors
/// [`ExportError::Length`] when there is not one label for each leaf.
pub fn newick<S: ToString>(tree: &Tree, labels: &[S]) -> Result<String, ExportError> {
    same_length("labels", labels.len(), tree.leaves())?;
    let mut out = String::with_capacity(tree.leaves() * 48);
    let mut todo: Vec<Step> = tree
        .root()
        .map(|root| Step::Node {
            node: root,
            above: None,
        })
        .into_iter()
        .collect();
    while let Some(step) = todo.pop() {
        match step {
            Step::Text(text) => out.push(text),
            Step::Close { length } => {
                out.push(')');
                push_length(&mut out, length);
            }
            Step::Node { node, above } => {
                let length = above.map(|above| above - tree.height(node));
                if let Some(merge) = tree.merge_of(node) {
                    let above = Some(merge.height);
                    out.push('(');
                    // Last in, first out.
                    todo.push(Step::Close { length });
                    todo.push(Step::Node { node: merge.b, above });
                    todo.push(Step::Text(','));
                    todo.push(Step::Node { node: merge.a, above });
                } else if let Some(label) = labels.get(node) {
                    push_label(&mut out, &label.to_string());
                    push_length(&mut out, length);
                }
            }
        }
    }
    out.push_str(";\n");
    Ok(out)
}

/// What is still to write.
enum Step {
    Node { node: usize, above: Option<f64> },
    Close { length: Option<f64> },
    Text(char),
}

fn push_length(out: &mut String, length: Option<f64>) {
    if let Some(length) = length {
        let _ = write!(out, ":{length}");
    }
}

/// A label, in single quotes (doubled inside) where Newick's rules ask for them: for its own signs, blanks, and the
/// underscore, which unquoted would be read as a blank.
fn push_label(out: &mut String, label: &str) {
    let special = |c: char| c.is_whitespace() || c.is_control() || "()[]{}:;,'_\"".contains(c);
    if label.is_empty() || label.contains(special) {
        let _ = write!(out, "'{}'", label.replace('\'', "''"));
    } else {
        out.push_str(label);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grouping::tree::tests::any_tree;
    use crate::grouping::{Merge, TreeOrder};
    use proptest::prelude::*;

    /// What a reader finds: leaves from left to right as (label, depth from the root, branch length), and the number of
    /// inner nodes. Iterative, by a stack of open brackets.
    fn parse(text: &str) -> (Vec<String>, Vec<f64>, usize) {
        let chars: Vec<char> = text.trim_end().chars().collect();
        let (mut labels, mut depths) = (Vec::new(), Vec::new());
        // For each open bracket: the first leaf inside.
        let mut open: Vec<usize> = Vec::new();
        // The leaves that the next length belongs to.
        let mut subject = 0..0;
        let mut inner = 0;
        let mut at = 0;
        while chars[at] != ';' {
            match chars[at] {
                '(' => {
                    open.push(labels.len());
                    at += 1;
                }
                ')' => {
                    subject = open.pop().unwrap()..labels.len();
                    inner += 1;
                    at += 1;
                }
                ',' => at += 1,
                ':' => {
                    let end = at + chars[at..].iter().position(|c| "),;".contains(*c)).unwrap();
                    let length: f64 = chars[at + 1..end].iter().collect::<String>().parse().unwrap();
                    assert!(length >= 0.0);
                    for depth in &mut depths[subject.clone()] {
                        *depth += length;
                    }
                    at = end;
                }
                '\'' => {
                    let mut label = String::new();
                    at += 1;
                    loop {
                        if chars[at] == '\'' {
                            at += 1;
                            if chars[at] != '\'' {
                                break;
                            }
                        }
                        label.push(chars[at]);
                        at += 1;
                    }
                    labels.push(label);
                    depths.push(0.0);
                    subject = labels.len() - 1..labels.len();
                }
                _ => {
                    let end = at + chars[at..].iter().position(|c| ":),;".contains(*c)).unwrap();
                    labels.push(chars[at..end].iter().collect());
                    depths.push(0.0);
                    subject = labels.len() - 1..labels.len();
                    at = end;
                }
            }
        }
        assert!(open.is_empty());
        (labels, depths, inner)
    }

    proptest! {
        #[test]
        fn a_reader_finds_the_tree(tree in any_tree(40), names in prop::collection::vec("[ -~é\t]{0,6}", 40)) {
            let names = &names[..tree.leaves()];
            let (labels, depths, inner) = parse(&newick(&tree, names).unwrap());
            let order = TreeOrder::new(&tree);
            let expected: Vec<&String> = order.leaves().iter().map(|&leaf| &names[leaf]).collect();
            prop_assert_eq!(labels.iter().collect::<Vec<_>>(), expected);
            prop_assert_eq!(inner, tree.merges().len());
            prop_assert!(depths.iter().all(|depth| (depth - tree.max_height()).abs() < 1e-9));
        }
    }

    #[test]
    fn the_text_to_the_letter() {
        let merge = |a, b, height, size| Merge { a, b, height, size };
        let tree = Tree::from_merges(3, vec![merge(0, 2, 0.1, 2), merge(1, 3, 0.75, 3)]).unwrap();
        let ids = [587722952230502863_i64, -7, 3];
        assert_eq!(
            newick(&tree, &ids).unwrap(),
            "(-7:0.75,(587722952230502863:0.1,3:0.1):0.65);\n"
        );
        assert_eq!(
            newick(&tree, &["it's", "a_b", ""]).unwrap(),
            "('a_b':0.75,('it''s':0.1,'':0.1):0.65);\n"
        );
        assert!(newick(&tree, &ids[..2]).is_err());
    }

    #[test]
    fn trees_without_merges() {
        let tree = |n| Tree::from_merges(n, vec![]).unwrap();
        assert_eq!(newick::<i64>(&tree(0), &[]).unwrap(), ";\n");
        assert_eq!(newick(&tree(1), &[5]).unwrap(), "5;\n");
    }

    #[test]
    fn a_deep_comb_does_not_overflow_the_stack() {
        let n = 50_000;
        let merges = (0..n - 1)
            .map(|i| if i == 0 { (0, 1) } else { (i + 1, n + i - 1) })
            .enumerate()
            .map(|(i, (a, b))| Merge {
                a,
                b,
                height: i as f64,
                size: i + 2,
            })
            .collect();
        let text = newick(
            &Tree::from_merges(n, merges).unwrap(),
            &(0..n).collect::<Vec<_>>(),
        )
        .unwrap();
        assert_eq!(text.matches('(').count(), n - 1);
    }
}
