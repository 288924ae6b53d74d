//! What the page shows: a demo, or the user's files, in the order in which they came.

use super::stop::stop;
use super::{encoding, file_list, reading, shelve, tables, view};
use crate::cutout::Recipe;
use crate::intake::passed_over;
use crate::page_model::collection::Collection;
use crate::page_model::files::{Dropped, FileRow, GivenFile, NO_SOURCE};
use crate::page_model::pool::Job;
use crate::page_model::protocol::{Request, Verdict};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::stage::Stage;
use crate::page_model::state::{PageState, Resume};
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

/// Galaxies that one simulating job makes.
const SIMULATE_CHUNK: u32 = 25;
/// Where the Hubble Deep Field stands, as a worker's script in `pkg/` sees it.
const HUBBLE_DEEP_FIELD: &str = "../www/demo/hubble-deep-field.safetensors";

/// From a worker's script in `pkg/` to the page.
const TO_PAGE: &str = "../";

/// Shows another set of galaxies.
pub fn show<F: Clone>(page: &mut PageState<F>, source: SetOrigin) {
    shelve::keep(page);
    let lead = match source {
        SetOrigin::Nothing => "The page is clear.",
        SetOrigin::Hosted(_) => "Your files were set aside for the set of this page.",
        SetOrigin::Simulated { .. } | SetOrigin::HubbleDeepField | SetOrigin::Files => {
            "Your files were set aside for the demo."
        }
    };
    let view = page.session.of_another(source);
    page.set_session(view);
    open(page);
    shelve::offer(page, lead);
}

/// Shows what the session asks for, from the start.
pub fn open<F: Clone>(page: &mut PageState<F>) {
    let source = page.session.source.clone();
    view::hold_galaxy(page);
    clear(page);
    if source != SetOrigin::Files {
        clear_files(page);
    }
    match source {
        SetOrigin::Simulated { seed, count } => {
            let chunks = (0..count).step_by(SIMULATE_CHUNK as usize);
            let requests = chunks.map(|first| {
                let count = SIMULATE_CHUNK.min(count - first);
                move |file| Request::Simulate {
                    file,
                    seed,
                    first,
                    count,
                }
            });
            read_made(page, requests);
        }
        SetOrigin::HubbleDeepField => {
            fetch(page, HUBBLE_DEEP_FIELD.to_owned(), "Hubble Deep Field", None);
        }
        SetOrigin::Hosted(path) => {
            let part = path.has_levels().then(|| path.part());
            fetch(page, format!("{TO_PAGE}{}", path.as_str()), path.name(), part);
        }
        SetOrigin::Files => {
            let missing = page.sources.missing.clone();
            *page.files_mut() = missing;
            let all = page.sources.files.keys().copied().collect();
            read_files(page, all, false);
        }
        SetOrigin::Nothing => page.set_stage(Stage::Idle),
    }
}

/// Fetches a set from the page's host.
fn fetch<F: Clone>(page: &mut PageState<F>, url: String, name: &str, part: Option<u32>) {
    let title = name.to_owned();
    let request = move |file| Request::Fetch {
        file,
        url,
        name: title,
        part,
    };
    let sources = read_made(page, [request]);
    file_list::list(page, sources.into_iter().map(|source| (source, name.to_owned())));
}

/// Shows another part of a set that is opened part by part.
pub fn open_part<F: Clone>(page: &mut PageState<F>, part: u32) {
    let SetOrigin::Hosted(path) = &page.session.source else {
        return;
    };
    if path.has_levels() && path.part() != part {
        let wanted = path.at_part(part);
        show(page, SetOrigin::Hosted(wanted));
    }
}

/// Ends all work and forgets all galaxies. The files themselves are remembered.
fn clear<F>(page: &mut PageState<F>) {
    stop(page);
    page.collection = Collection::default();
    page.files_mut().clear();
    page.fields_mut().clear();
    page.set_notice(None);
    page.set_hover(None);
    page.set_reconstruction(None);
    page.set_tree(None);
    page.set_count(0);
    page.work.cut.clear();
    page.work.fresh.clear();
    page.steps.clear_views();
    page.unsaved = false;
    page.pictures_changed();
}

/// Forgets the user's files: they make way for something else.
fn clear_files<F>(page: &mut PageState<F>) {
    page.sources.files.clear();
    page.sources.missing.clear();
    page.work.tables.clear();
    page.steps.clear();
    page.surveys.clear();
}

/// Adds files to those already here; a demo is replaced by them. `missing` are rows in the list for what gave no file;
/// without any file, what is shown stays.
pub fn add<F: Clone>(page: &mut PageState<F>, files: Vec<Dropped<F>>, mut missing: Vec<FileRow>) {
    let (left, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| passed_over(&file.name));
    missing.extend(left.into_iter().map(|file| FileRow {
        verdict: Some(Verdict::Remarked(vec![
            "passed over: systems leave such files in folders, and nobody means them".to_owned(),
        ])),
        is_member: true,
        ..FileRow::waiting(file.name, NO_SOURCE)
    }));
    if !files.is_empty() {
        add_files(page, files);
    }
    page.files_mut().extend(missing.iter().cloned());
    page.sources.missing.extend(missing);
}

fn add_files<F: Clone>(page: &mut PageState<F>, files: Vec<Dropped<F>>) {
    if page.session.source == SetOrigin::Files {
        if matches!(page.stage, Stage::Encoding { .. } | Stage::BuildingTree { .. }) {
            // It goes on, with the new galaxies, when they are read. What has codes keeps them.
            page.cancel_jobs();
        }
    } else {
        clear(page);
        clear_files(page);
        page.before = None;
        page.left_files = false;
        let view = page.session.of_another(SetOrigin::Files);
        page.set_session(view);
    }
    let new = files
        .into_iter()
        .map(|dropped| page.sources.add(dropped))
        .collect();
    // What was cancelled and is dropped again is listed once.
    let sources = &page.sources.files;
    page.files
        .retain(|row| row.source == NO_SOURCE || sources.contains_key(&row.source));
    read_files(page, new, false);
}

/// Reads one of the user's files again; its galaxies are replaced. When nothing is shown yet, all are read again.
pub fn read_again<F: Clone>(page: &mut PageState<F>, source: u32) {
    if page.session.unique || page.stage.busy() {
        // Busy: not all is there yet. Unique: what was left out for a galaxy that changes now has to come back.
        return open(page);
    }
    // Answers that are under way refer to rows that will have moved.
    stop(page);
    view::hold_galaxy(page);
    page.work.cut.remove(&source);
    page.work.tables.remove(&source);
    page.fields_mut().retain(|(of, _), _| *of != source);
    let files = page.files_mut();
    files.retain(|row| !(row.is_member && row.source == source));
    for row in files.iter_mut().filter(|row| row.source == source) {
        (row.verdict, row.galaxies) = (None, 0);
    }
    read_files(page, vec![source], true);
}

/// Reads files of the user's; `again`, when they have rows and galaxies already.
fn read_files<F: Clone>(page: &mut PageState<F>, sources: Vec<u32>, again: bool) {
    let recipe = page.session.recipe.clone();
    let files = &page.sources.files;
    let given: Vec<(u32, GivenFile<F>)> = sources
        .into_iter()
        .filter_map(|source| Some((source, files.get(&source)?.clone())))
        .collect();
    if !again {
        let names = given.iter();
        let names = names.map(|(source, given)| (*source, given.dropped.name.clone()));
        file_list::list(page, names);
    }
    let jobs = given.into_iter().map(|(source, given)| {
        let request = Request::Read {
            file: source,
            name: given.dropped.name,
            recipe: recipe.clone(),
            answers: given.answers,
        };
        (source, Job::on_file(request, given.dropped.file))
    });
    reading::submit(page, jobs.collect(), again);
}

/// Reads sources that are not files of the user's.
fn read_made<F, R: FnOnce(u32) -> Request>(
    page: &mut PageState<F>,
    requests: impl IntoIterator<Item = R>,
) -> Vec<u32> {
    let jobs = requests.into_iter().map(|request| {
        let source = page.sources.number();
        (source, Job::new(request(source), Vec::new()))
    });
    let jobs: Vec<(u32, Job<F>)> = jobs.collect();
    let sources = jobs.iter().map(|(source, _)| *source).collect();
    reading::submit(page, jobs, false);
    sources
}

/// Prepares files by another recipe from now on; those that are here are read again.
pub fn prepare<F: Clone>(page: &mut PageState<F>, recipe: Recipe) {
    let view = Session {
        recipe,
        ..page.session.clone()
    };
    page.set_session(view);
    if page.session.source == SetOrigin::Files {
        open(page);
    }
}

/// Keeps a random sample, the same for the same set, and has its tree built.
pub fn sample<F: Clone>(page: &mut PageState<F>, size: usize) {
    // Answers that are under way refer to rows that will have moved.
    stop(page);
    view::hold_galaxy(page);
    let mut rows: Vec<usize> = (0..page.count).collect();
    rows.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
    rows.truncate(size);
    rows.sort_unstable();
    page.collection.keep(&rows);
    // A tree that is shown has other rows.
    page.set_tree(None);
    page.set_count(rows.len());
    page.set_notice(None);
    page.pictures_changed();
    tables::join_all(page);
    encoding::encode(page);
}

/// Goes on with a set that came back while it was not done.
pub fn resume<F: Clone>(page: &mut PageState<F>) {
    match page.work.resume.take() {
        Some(Resume::Reading) => open(page),
        Some(Resume::Encoding) => {
            tables::join_rest(page);
            encoding::encode(page);
        }
        None => {}
    }
}

/// Opens the set that the address named while files were shown.
pub fn open_link<F: Clone>(page: &mut PageState<F>) {
    if let Some(wanted) = page.linked.take() {
        shelve::keep(page);
        page.set_session(*wanted);
        page.work.from_link = true;
        open(page);
        shelve::offer(page, "Opened from the address.");
    }
}

/// Follows an address that was changed by hand.
pub fn follow_link<F: Clone>(page: &mut PageState<F>, wanted: Session) {
    let now = &page.session;
    let is_other = wanted.source != now.source && wanted.source != SetOrigin::Nothing;
    if is_other && now.source == SetOrigin::Files && !page.sources.files.is_empty() {
        shelve::offer_link(page, wanted);
    } else if wanted.source == now.source || now.source == SetOrigin::Files {
        // What is here is not read again, and stays prepared as it is.
        let after = Session {
            source: now.source.clone(),
            recipe: now.recipe.clone(),
            unique: now.unique,
            ..wanted
        };
        if (after.grouped_by, after.linkage) == (now.grouped_by, now.linkage) {
            let after = view::fitting(page, page.tree.clone().as_deref(), after);
            view::change(page, after);
        } else {
            // Its cut belongs to the tree that is built now.
            encoding::group_by(page, after.grouped_by, after.linkage);
            page.work.from_link = page.stage.busy();
            page.set_session(after);
        }
    } else {
        shelve::keep(page);
        page.set_session(wanted);
        page.work.from_link = true;
        open(page);
    }
}
