//! Tables that come along with pictures, joined to all galaxies.
//!
//! A table may know only a column that another table gives: tables that fitted no galaxy are tried again after others
//! were joined.

use std::collections::BTreeMap;

use crate::catalogue::replaced;
use crate::intake::QuestionKey;
use crate::page_model::action::Effect;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Known, Question, Request, Verdict};
use crate::page_model::stage::{Notice, Offer};
use crate::page_model::state::PageState;

/// Has all tables joined to all galaxies. What tables said before is forgotten first: they may be joined otherwise now.
pub fn join_all<F: Clone>(page: &mut PageState<F>) {
    page.collection.clear_tables();
    page.work.unjoined = page.work.tables.clone();
    page.work.unmatched_table.clear();
    page.work.joined.clear();
    page.work.replaced.clear();
    join_rest(page);
}

/// Has those tables joined that are not joined yet.
pub fn join_rest<F: Clone>(page: &mut PageState<F>) {
    page.work.has_joined = false;
    if page.work.unjoined.is_empty() {
        return;
    }
    let galaxies: Vec<Known> = page
        .collection
        .galaxies()
        .map(|galaxy| Known::new(galaxy.own_id(), &galaxy.name, &galaxy.about))
        .collect();
    let jobs = page.work.unjoined.iter().filter_map(|source| {
        let dropped = page.dropped(*source)?;
        let request = Request::Join {
            file: *source,
            name: dropped.name.clone(),
            galaxies: galaxies.clone(),
            answers: page.answers_of(*source).cloned().unwrap_or_default(),
        };
        Some(Job::on_file(request, dropped.file.clone()))
    });
    let jobs: Vec<Job<F>> = jobs.collect();
    page.effects.push(Effect::Submit(jobs));
}

/// What a table was found to be.
pub struct Joined<'a> {
    /// Its name: the file's, or that of an archive's member.
    pub name: &'a str,
    /// The outcome of it.
    pub verdict: Verdict,
    /// Which column names the galaxies, where that is open.
    pub questions: Vec<Question>,
    /// Columns that said something else before, with the number of galaxies.
    pub replaced: BTreeMap<String, usize>,
    /// Whether more of the same file may follow.
    pub more: bool,
}

/// Writes the outcome of a table into the list of files.
pub fn joined<F: Clone>(page: &mut PageState<F>, source: u32, joined: Joined<'_>) {
    let key = (source, joined.name.to_owned());
    let all = page.work.replaced.entry(key.clone()).or_default();
    for (column, galaxies) in joined.replaced {
        *all.entry(column).or_default() += galaxies;
    }
    let mut verdict = joined.verdict;
    if let Some(remark) = replaced(all) {
        verdict.remark(remark);
    }
    if !verdict.is_refused() {
        page.work.has_joined |= page.work.joined.insert(key);
    } else if joined.questions.is_empty() {
        // Perhaps another table helps.
        page.work.unmatched_table.insert(source);
    }
    let mut rows = page.files_mut().iter_mut();
    if let Some(row) = rows.find(|row| row.source == source && row.name == joined.name) {
        row.questions.retain(|question| question.key != QuestionKey::Key);
        row.questions.extend(joined.questions);
        row.verdict = Some(if row.galaxies > 0 {
            beside(
                row.when_read
                    .get_or_insert_with(|| row.verdict.take().unwrap_or(Verdict::Accepted)),
                verdict,
            )
        } else {
            verdict
        });
    }
    if joined.more {
        return;
    }
    page.work.unjoined.remove(&source);
    if page.work.unjoined.is_empty() {
        let unmatched_table = std::mem::take(&mut page.work.unmatched_table);
        if page.work.has_joined && !unmatched_table.is_empty() {
            page.work.unjoined = unmatched_table;
            join_rest(page);
        } else {
            report_unjoined_tables(page);
        }
    }
}

/// Says beside what is said already which tables were not joined: nobody should have to look for that.
fn report_unjoined_tables<F>(page: &mut PageState<F>) {
    let tables = &page.work.tables;
    let refused = page
        .files
        .iter()
        .filter(|row| tables.contains(&row.source) && row.is_refused());
    let names: Vec<&str> = refused.clone().map(|row| row.name.as_str()).collect();
    let asks = refused.clone().any(|row| !row.questions.is_empty());
    let sentence = match names.as_slice() {
        [] => return,
        [name] if asks => {
            format!("{name} was not joined to the galaxies: it is not clear which of its columns names them.")
        }
        [name] => format!("{name} was not joined to the galaxies."),
        _ => format!("{} tables were not joined to the galaxies.", names.len()),
    };
    let mut notice = page.notice().cloned().unwrap_or_else(|| Notice::plain(""));
    if notice.text.contains(&sentence) {
        return;
    }
    notice.text = format!("{} {sentence}", notice.text).trim().to_owned();
    if !notice.offers.contains(&Offer::Files) {
        notice.offers.insert(0, Offer::Files);
    }
    page.set_notice(Some(notice));
}

/// What is said of a file of galaxies with a table beside them.
fn beside(read: &Verdict, table: Verdict) -> Verdict {
    let mut verdict = read.clone();
    match table {
        Verdict::Accepted => {}
        Verdict::Remarked(remarks) => remarks.into_iter().for_each(|remark| verdict.remark(remark)),
        Verdict::Refused { reason, .. } => {
            verdict.remark(format!("the table beside its images was not used: {reason}"));
        }
    }
    verdict
}
