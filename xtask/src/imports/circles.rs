//! Files of one crate that import each other in a circle, of whatever length.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::arrows::Arrow;
use super::resolve::{Crates, Meaning};

/// Files each of which can reach each other by imports.
#[derive(Debug, PartialEq, Eq)]
pub struct Circle {
    /// The files, sorted.
    pub files: Vec<PathBuf>,
    /// What ties them: from, to, and the words that say so, each with its line.
    pub ties: Vec<(PathBuf, PathBuf, String)>,
}

/// The circles of every crate.
pub fn circles(workspace: &Crates, arrows: &[Arrow]) -> Vec<Circle> {
    let mut found = Vec::new();
    for index in 0..workspace.crates.len() {
        let files = &workspace.crates[index].files;
        let mut ties: BTreeMap<(usize, usize), BTreeSet<(usize, &str)>> = BTreeMap::new();
        let mut next: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); files.len()];
        for arrow in arrows
            .iter()
            .filter(|arrow| arrow.from.0 == index && !arrow.handed_on)
        {
            let Meaning::Item { at, .. } = &arrow.to else {
                continue;
            };
            let (from, to) = (workspace.node(arrow.from).file, workspace.node(*at).file);
            if at.0 == index && from != to {
                next[from].insert(to);
                ties.entry((from, to))
                    .or_default()
                    .insert((arrow.line, &arrow.words));
            }
        }
        for group in groups(&next) {
            let within = |(from, to): &(usize, usize)| group.contains(from) && group.contains(to);
            found.push(Circle {
                files: group.iter().map(|file| files[*file].clone()).collect(),
                ties: ties
                    .iter()
                    .filter(|(ends, _)| within(ends))
                    .map(|((from, to), stated)| (files[*from].clone(), files[*to].clone(), shortly(stated)))
                    .collect(),
            });
        }
    }
    found.sort_by(|a, b| a.files.cmp(&b.files));
    found
}

/// The first few of what ties two files, imports before what they are used for.
fn shortly(stated: &BTreeSet<(usize, &str)>) -> String {
    const MAX_COUNT: usize = 5;
    let mut stated: Vec<_> = stated.iter().collect();
    stated.sort_by_key(|(line, words)| (!words.starts_with("use "), *line));
    let mut parts: Vec<String> = stated
        .iter()
        .take(MAX_COUNT)
        .map(|(line, words)| format!("{words} (line {line})"))
        .collect();
    if stated.len() > MAX_COUNT {
        parts.push(format!("{} more", stated.len() - MAX_COUNT));
    }
    parts.join(", ")
}

/// The sets of two or more that can all reach each other.
fn groups(next: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    let reach: Vec<BTreeSet<usize>> = (0..next.len())
        .map(|start| {
            let mut seen = BTreeSet::new();
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                open.extend(next[at].iter().filter(|to| seen.insert(**to)));
            }
            seen
        })
        .collect();
    let mut found: Vec<BTreeSet<usize>> = Vec::new();
    for start in 0..next.len() {
        if found.iter().any(|group| group.contains(&start)) {
            continue;
        }
        let group: BTreeSet<usize> = reach[start]
            .iter()
            .copied()
            .filter(|other| reach[*other].contains(&start))
            .collect();
        if group.len() > 1 {
            found.push(group);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(usize, usize)], size: usize) -> Vec<BTreeSet<usize>> {
        let mut next = vec![BTreeSet::new(); size];
        for (from, to) in arrows {
            next[*from].insert(*to);
        }
        next
    }

    #[test]
    fn circles_of_any_length_are_found_and_lines_are_none() {
        assert!(groups(&graph(&[(0, 1), (1, 2), (0, 2)], 3)).is_empty());
        let found = groups(&graph(&[(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 2)], 5));
        assert_eq!(found, [BTreeSet::from([0, 1]), BTreeSet::from([2, 3, 4])]);
    }
}
