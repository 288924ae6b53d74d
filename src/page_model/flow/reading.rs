//! What comes back from the readers: galaxies into the collection, verdicts into the list of files.

use super::file_list::{self, ReportSummary};
use super::{duplicates, encoding, shelve, tables};
use crate::count::counted;
use crate::page_model::action::Effect;
use crate::page_model::collection::CutoutBatch;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::pool::Job;
use crate::page_model::protocol::{FieldView, Level, Verdict};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::stage::{Notice, Offer, Sheet, Stage};
use crate::page_model::state::{MAX_GALAXIES, PageState};
use std::sync::Arc;

/// Fields whose pictures are kept for their sheets: 0.8 MB each.
const MAX_FIELDS: usize = 40;

/// Submits jobs that read sources. With `again`, they replace what came from the same source before.
pub fn submit<F>(page: &mut PageState<F>, jobs: Vec<(u32, Job<F>)>, again: bool) {
    if jobs.is_empty() {
        // Nothing will come back that could end the reading.
        return page.set_stage(Stage::Idle);
    }
    // What was offered for the galaxies that were here would now be done to others.
    let is_overtaken = |offer: &Offer| matches!(offer, Offer::GoOn | Offer::Sample(_));
    if page
        .notice
        .as_ref()
        .is_some_and(|notice| notice.offers.iter().any(is_overtaken))
    {
        page.set_notice(None);
    }
    let sources = jobs.iter().map(|(source, _)| *source);
    if again {
        page.work.again.extend(sources.clone());
    } else {
        page.work.fresh.extend(sources.clone());
    }
    page.work.unread.extend(sources);
    page.work.to_read += jobs.len();
    page.effects.push(Effect::NoteStart);
    show(page);
    let jobs = jobs.into_iter().map(|(_, job)| job);
    page.effects.push(Effect::Submit(jobs.collect()));
}

fn show<F>(page: &mut PageState<F>) {
    let total = page.work.to_read;
    let done = total.saturating_sub(page.work.unread.len());
    page.set_stage(Stage::Reading { done, total });
}

/// One source, or a part of it, was read.
pub fn arrived<F: Clone>(
    page: &mut PageState<F>,
    mut arrival: ReportSummary,
    mut cutout_batch: CutoutBatch,
    has_time: &mut dyn FnMut() -> bool,
) {
    let source = arrival.source;
    // Those that will be replaced make room.
    let replaced = page.work.again.iter();
    let replaced: usize = replaced
        .map(|&source| page.collection.rows_of(source).len())
        .sum();
    let held = page.collection.len() - replaced;
    let room = MAX_GALAXIES.saturating_sub(page.work.waiting + held);
    if cutout_batch.len() > room || page.work.cut.contains(&source) {
        // From here on nothing of this source is taken, so that what was taken is its beginning.
        page.work.cut.insert(source);
        cutout_batch = CutoutBatch::default();
        arrival.verdict = too_many(page, source);
    }
    let found = cutout_batch.len();
    let finished = !arrival.more && arrival.member.is_none();
    let has_tables = arrival.tables;
    file_list::note(page, arrival, found);
    if found > 0 {
        page.work
            .cutout_batches
            .entry(source)
            .or_default()
            .push_back(cutout_batch);
        page.work.waiting += found;
    }
    if finished {
        page.work.unread.remove(&source);
        if has_tables {
            page.work.tables.insert(source);
        }
    }
    show(page);
    settle(page, has_time);
}

/// The verdict on a source that holds more galaxies than the page has room for.
fn too_many<F>(page: &PageState<F>, source: u32) -> Verdict {
    let name = page.dropped(source).map_or("FILE", |dropped| &dropped.name);
    let taken = file_list::galaxies_of(page, source);
    let command = format!("`grove convert \"{name}\" -o galaxies.safetensors`");
    if taken > 0 {
        return Verdict::Remarked(vec![format!(
            "only its first {taken} galaxies were taken: this page takes {MAX_GALAXIES} in all; {command} takes every one"
        )]);
    }
    Verdict::Refused {
        reason: format!("with it there would be more than {MAX_GALAXIES} galaxies, the most this page takes"),
        remedy: format!("let the command line read it: {command}"),
    }
}

/// A picture turned out to be a field of many galaxies.
pub fn found_field<F>(page: &mut PageState<F>, source: u32, name: String, view: FieldView) {
    let text = format!(
        "{name} shows a field: {} of {} sources were taken for galaxies.",
        view.boxes.iter().filter(|of| of.is_taken).count(),
        view.boxes.len()
    );
    let key = (source, name);
    let fields = page.fields_mut();
    fields.insert(key.clone(), Arc::new(view));
    // The one that is about to be shown stays.
    while fields.len() > MAX_FIELDS {
        let Some(other) = fields.keys().find(|other| **other != key).cloned() else {
            break;
        };
        fields.remove(&other);
    }
    page.set_field(Some(key));
    page.set_notice(Some(Notice::plain(text).offering(Offer::Field)));
}

/// Moves parcels into the collection as soon as all sources before them were read, as long as `has_time` says so: the page
/// has to answer in between. When nothing is left to read, goes on to the next step.
pub fn settle<F: Clone>(page: &mut PageState<F>, has_time: &mut dyn FnMut() -> bool) {
    while let Some((source, cutout_batch)) = next_batch(page) {
        page.collection.append(source, cutout_batch);
        if !has_time() {
            if !std::mem::replace(&mut page.work.settling, true) {
                page.effects.push(Effect::SettleLater);
            }
            return;
        }
    }
    if page.work.to_read > 0 && page.work.unread.is_empty() {
        all_read(page);
    }
}

/// The next parcel that can go into the collection: of the first source, when all before it were read. What replaces
/// other galaxies waits until all is read.
fn next_batch<F>(page: &mut PageState<F>) -> Option<(u32, CutoutBatch)> {
    let work = &mut page.work;
    let front = work.unread.first().copied().unwrap_or(u32::MAX);
    let mut waiting = work.cutout_batches.keys();
    let source = *waiting.find(|source| !work.again.contains(source))?;
    let cutout_batches = work.cutout_batches.get_mut(&source).filter(|_| source <= front)?;
    let cutout_batch = cutout_batches.pop_front();
    if cutout_batches.is_empty() {
        work.cutout_batches.remove(&source);
    }
    let cutout_batch = cutout_batch?;
    work.waiting -= cutout_batch.len();
    Some((source, cutout_batch))
}

/// Moves all that was read into the collection. Returns the pairs of rows that show the same.
pub fn keep_what_was_read<F>(page: &mut PageState<F>) -> Vec<(usize, usize)> {
    let work = &mut page.work;
    (work.to_read, work.waiting) = (0, 0);
    let cutout_batches = std::mem::take(&mut work.cutout_batches);
    let unread = std::mem::take(&mut work.unread);
    let mut again = std::mem::take(&mut work.again);
    for (source, cutout_batches) in cutout_batches {
        if !again.remove(&source) {
            for cutout_batch in cutout_batches {
                page.collection.append(source, cutout_batch);
            }
        } else if !unread.contains(&source) {
            replace(page, source, cutout_batches.into());
        }
        // Of a source that was not read to its end again, the galaxies that it gave before stay.
    }
    for source in again.difference(&unread) {
        replace(page, *source, Vec::new());
    }
    page.collection.name_ids();
    page.collection.mark_duplicates()
}

fn replace<F>(page: &mut PageState<F>, source: u32, cutout_batches: Vec<CutoutBatch>) {
    // Rows move: what is shown and what was selected would refer to other galaxies.
    page.set_tree(None);
    page.collection.replace(source, cutout_batches);
}

fn all_read<F: Clone>(page: &mut PageState<F>) {
    let pairs = keep_what_was_read(page);
    // The tree of a part belongs to all its galaxies: none is left out, and it is not offered.
    let has_level = page.collection.level().is_some();
    let unique = page.session.unique && !has_level;
    if unique {
        duplicates::leave_out(page, &pairs);
    }
    tables::join_all(page);
    let duplicates = if has_level { 0 } else { pairs.len() };
    let refused = report_problems(page, duplicates, unique);
    let count = page.collection.len();
    page.set_count(count);
    page.pictures_changed();
    if count > 0 {
        shelve::arrived(page);
        take_vectors(page);
        return encoding::encode(page);
    }
    if page.session.source != SetOrigin::Files {
        return nothing_came(page);
    }
    page.set_stage(Stage::Idle);
    if refused > 0 {
        page.set_sheet(Some(Sheet::Files));
    }
}

/// Who drops galaxies that all have vectors wants them compared by these, until they ask for something else.
fn take_vectors<F>(page: &mut PageState<F>) {
    let has_vectors = page.collection.vector_width().is_some();
    if has_vectors && !page.work.has_vectors && page.session.source == SetOrigin::Files {
        let view = Session {
            grouped_by: GroupedBy::Vectors,
            ..page.session.clone()
        };
        page.set_session(view);
    }
    page.work.has_vectors = has_vectors;
}

/// The galaxies that come next are a part of a larger tree. What was cancelled meanwhile is not awaited any more.
pub fn found_level<F>(page: &mut PageState<F>, source: u32, level: Level) {
    if page.work.unread.contains(&source) && page.collection.is_empty() {
        page.collection.set_level(level);
    }
}

/// The set that was to be shown could not be opened: what was shown before is shown again.
fn nothing_came<F: Clone>(page: &mut PageState<F>) {
    let reason = page.files.iter().find_map(|row| match &row.verdict {
        Some(Verdict::Refused { reason, remedy }) => Some(format!("{reason}; {remedy}")),
        _ => None,
    });
    let reason = reason.unwrap_or_else(|| "nothing came".to_owned());
    let set = match page.session.source {
        SetOrigin::HubbleDeepField => "The Hubble Deep Field",
        SetOrigin::Hosted(_) => "The set of this page",
        _ => "The simulated galaxies",
    };
    let text = format!("{set} could not be opened: {reason}.");
    if shelve::back_to_before(page) {
        page.complain(format!("{text} The previous set is shown again."));
    } else {
        page.set_stage(Stage::Idle);
        page.complain(text);
    }
}

/// Says above the panels how many files were refused, and how many galaxies are here twice. Returns the first number.
fn report_problems<F>(page: &mut PageState<F>, duplicates: usize, left_out: bool) -> usize {
    let refused = page.files.iter().filter(|file| file.is_refused()).count();
    let all = page.files.len();
    let (mut words, mut offers) = (Vec::new(), Vec::new());
    if refused > 0 {
        words.push(format!("{refused} of {all} files could not be used."));
        offers.push(Offer::Files);
    }
    let number = counted(duplicates, "duplicate", "duplicates");
    let why = if duplicates == 1 {
        "its image equals that of another galaxy"
    } else {
        "their images equal those of other galaxies"
    };
    if duplicates > 0 && left_out {
        words.push(format!("{number} removed: {why}."));
        offers = vec![Offer::Files];
    } else if duplicates > 0 {
        words.push(format!("{number}: {why}."));
        offers.push(Offer::Unique);
    }
    if !words.is_empty() {
        if page.shelf.is_some() && page.session.source != SetOrigin::Files {
            offers.push(Offer::BringBack);
        }
        page.set_notice(Some(Notice {
            text: words.join(" "),
            bad: refused > 0 && refused == all,
            offers,
        }));
    }
    refused
}
