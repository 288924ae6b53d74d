//! Tables that come along with pictures, joined to all galaxies.

use crate::page_model::action::Effect;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Request, Verdict};
use crate::page_model::state::PageState;

/// Has all tables joined to all galaxies.
pub fn join_all<F: Clone>(page: &mut PageState<F>) {
    page.work.unjoined = page.work.tables.clone();
    join_rest(page);
}

/// Has those tables joined that are not joined yet.
pub fn join_rest<F: Clone>(page: &mut PageState<F>) {
    if page.work.unjoined.is_empty() {
        return;
    }
    let galaxies: Vec<(String, String)> = page
        .collection
        .galaxies()
        .map(|galaxy| (galaxy.id.to_string(), galaxy.name.clone()))
        .collect();
    let jobs = page.work.unjoined.iter().filter_map(|source| {
        let dropped = page.dropped(*source)?;
        let request = Request::Join {
            file: *source,
            name: dropped.name.clone(),
            galaxies: galaxies.clone(),
        };
        Some(Job::on_file(request, dropped.file.clone()))
    });
    let jobs: Vec<Job<F>> = jobs.collect();
    page.effects.push(Effect::Submit(jobs));
}

/// Writes into the list of files what became of a table; of the same file, `more` may follow.
pub fn joined<F>(page: &mut PageState<F>, source: u32, name: &str, verdict: Verdict, more: bool) {
    if !more {
        page.work.unjoined.remove(&source);
    }
    let mut rows = page.files_mut().iter_mut();
    if let Some(row) = rows.find(|row| row.source == source && row.name == name) {
        row.verdict = Some(verdict);
    }
}
