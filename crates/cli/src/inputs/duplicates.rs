//! Galaxies that show the same as another one, over all files that were given.

use std::collections::BTreeMap;

use super::reading::Outcome;
use galaxy_grove::cutout::{Duplicates, Likeness};

/// Notes in the facts of each galaxy which earlier one it shows again, and with `leave_out` takes it out, which its file's
/// verdict says. Ids must have been given. Returns how many there are.
pub fn mark_duplicates(outcomes: &mut [Outcome], leave_out: bool) -> usize {
    let galaxies: Vec<_> = outcomes
        .iter()
        .flat_map(|outcome| outcome.report.galaxies())
        .collect();
    let image = |row: usize| galaxies.get(row).map_or(&[][..], |galaxy| &galaxy.image);
    let mut found = Duplicates::default();
    let mut originals: BTreeMap<usize, (String, String)> = BTreeMap::new();
    for (row, galaxy) in galaxies.iter().enumerate() {
        let first = found
            .add(row, &Likeness::of(&galaxy.image), image)
            .and_then(|first| galaxies.get(first));
        if let Some(first) = first {
            let id = first.id.map(|id| id.to_string()).unwrap_or_default();
            originals.insert(row, (id, first.name.clone()));
        }
    }
    let mut row = 0;
    for report in outcomes.iter_mut().map(|outcome| &mut outcome.report) {
        let mut told = Vec::new();
        report.retain(|galaxy| {
            let original = originals.get(&row);
            row += 1;
            galaxy.about.set_duplicate_of(original.map(|(id, _)| id.clone()));
            if let Some((_, name)) = original {
                told.push(format!("{} shows the same as {name}", galaxy.name));
            }
            original.is_none() || !leave_out
        });
        let fate = if leave_out { " and was left out" } else { "" };
        match told.as_slice() {
            [] => {}
            [one] => report.remark(format!("{one}{fate}")),
            [one, ..] => report.remark(format!(
                "{} of its galaxies show the same as others{}; the first: {one}",
                told.len(),
                if leave_out { " and were left out" } else { "" }
            )),
        }
    }
    originals.len()
}
