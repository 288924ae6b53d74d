//! Galaxies that show the same as another one, over all files that were given.

use super::gather::Gathered;
use crate::work::spool::Spool;
use galaxy_grove::bundle::Plane;
use galaxy_grove::cutout::{Duplicates, Fingerprint, is_same};

/// Notes in the facts of each galaxy which earlier one it shows again, and with `leave_out` takes it out, which its file's
/// verdict says. Ids must have been given. Returns how many there are.
///
/// # Errors
/// When cutouts cannot be read again.
pub fn mark_duplicates(files: &mut [Gathered], spool: &mut Spool, leave_out: bool) -> std::io::Result<usize> {
    let mut found = Duplicates::default();
    // Of the galaxies so far: where the cutout is, and who it is.
    let mut seen: Vec<(usize, i64)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut count = 0;
    for file in files {
        let mut listed = Vec::new();
        let mut failed = None;
        for row in &mut file.rows {
            let image = spool.read(Plane::Image, row.cutout)?;
            seen.push((row.cutout, row.id.unwrap_or_default()));
            names.push(row.name.clone());
            let first = found.add_with(seen.len() - 1, &Fingerprint::of(&image), |other| {
                let Some((cutout, _)) = seen.get(other) else {
                    return false;
                };
                match spool.read(Plane::Image, *cutout) {
                    Ok(other) => is_same(&other, &image),
                    Err(error) => {
                        failed = Some(error);
                        false
                    }
                }
            });
            if let Some(error) = failed.take() {
                return Err(error);
            }
            let original = first.and_then(|first| seen.get(first));
            // A galaxy that was a duplicate in another set may be none here.
            if original.is_some() || row.about.is_some() {
                row.about_mut()
                    .set_duplicate_of(original.map(|(_, id)| id.to_string()));
            }
            if let Some(name) = first.and_then(|first| names.get(first)) {
                listed.push((row.cutout, format!("{} shows the same as {name}", row.name)));
            }
        }
        count += listed.len();
        if leave_out {
            // Both are in the order of the file.
            let mut gone = listed.iter().map(|(cutout, _)| *cutout).peekable();
            file.rows.retain(|row| gone.next_if_eq(&row.cutout).is_none());
        }
        let fate = if leave_out { " and was left out" } else { "" };
        match listed.as_slice() {
            [] => {}
            [(_, one)] => file.report.remark(format!("{one}{fate}")),
            [(_, one), ..] => file.report.remark(format!(
                "{} of its galaxies show the same as others{}; the first: {one}",
                listed.len(),
                if leave_out { " and were left out" } else { "" }
            )),
        }
    }
    Ok(count)
}
