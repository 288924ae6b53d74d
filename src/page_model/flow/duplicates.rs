//! Galaxies that show the same as another one.

use crate::page_model::state::PageState;
use std::collections::BTreeMap;

/// Leaves out galaxies that show the same as another one, given as pairs of rows (the first of its kind, a later one), and
/// says so of their files.
pub fn leave_out<F>(page: &mut PageState<F>, pairs: &[(usize, usize)]) {
    if pairs.is_empty() {
        return;
    }
    let originals: BTreeMap<usize, usize> = pairs.iter().map(|&(first, row)| (row, first)).collect();
    let mut by_source: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (&row, &first) in &originals {
        if let (Some(galaxy), Some(first)) = (page.collection.galaxy(row), page.collection.galaxy(first)) {
            let words = format!("{} shows the same as {}", galaxy.name, first.name);
            by_source.entry(galaxy.source).or_default().push(words);
        }
    }
    let all = 0..page.collection.len();
    let kept: Vec<usize> = all.filter(|row| !originals.contains_key(row)).collect();
    page.collection.keep(&kept);
    for file in page.files_mut().iter_mut().filter(|file| !file.is_member) {
        let Some(words) = by_source.get(&file.source) else {
            continue;
        };
        file.galaxies = file.galaxies.saturating_sub(words.len());
        let words = match words.as_slice() {
            [one] => format!("left out: {one}"),
            [one, ..] => format!("{} galaxies were left out; the first: {one}", words.len()),
            [] => continue,
        };
        if let Some(verdict) = &mut file.verdict {
            verdict.remark(words);
        }
    }
}
