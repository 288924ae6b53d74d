//! The one way in: an action changes the state, and says what the page wants done.

use super::action::{Action, Effect};
use super::flow::{
    answers, cancel, encoding, open, orientation, reading, shelve, study, tables, view, worker,
};
use super::session::Session;
use super::stage::{Notice, Sheet};
use super::state::{Changes, PageState};
use super::steps::Direction;

/// Changes the state of a page by what happened. Returns the parts that changed, for the views, and what the
/// page wants done, in order.
///
/// `has_time` is asked while many galaxies are moved; when it says no, the rest is left for [`Action::Settle`], so that a
/// page answers in between.
pub fn apply<F: Clone>(
    page: &mut PageState<F>,
    action: Action<F>,
    has_time: &mut dyn FnMut() -> bool,
) -> (Changes, Vec<Effect<F>>) {
    match action {
        Action::Start { remark } => {
            page.work.from_link = true;
            open::open(page);
            page.set_notice(remark.map(Notice::plain));
        }
        Action::Show(source) => open::show(page, source),
        Action::FollowLink(wanted) => open::follow_link(page, *wanted),
        Action::OpenLink => open::open_link(page),
        Action::BringBack => shelve::restore_shelved(page),
        Action::Saved => page.unsaved = false,
        Action::Add { files, missing } => open::add(page, files, missing),
        Action::Cancel => cancel::cancel(page),
        // A button of a notice that work has overtaken does nothing.
        Action::GoOn | Action::Sample(_) if page.stage.busy() => {}
        Action::GoOn => {
            page.set_notice(None);
            tables::join_rest(page);
            encoding::encode(page);
        }
        Action::Sample(size) => open::sample(page, size),
        Action::LeaveOutDuplicates(unique) => {
            let view = Session {
                unique,
                ..page.session.clone()
            };
            page.set_session(view);
            open::open(page);
        }
        Action::GroupBy(recipe) => encoding::group_by(page, recipe, page.session.linkage),
        Action::LinkBy(linkage) => encoding::group_by(page, page.session.grouped_by, linkage),
        Action::CutByOrientation => orientation::cut(page),
        Action::Prepare(recipe) => open::prepare(page, recipe),
        Action::Answer { source, key, answer } => {
            answers::answer_for_source(page, source, |answers| answers.set(key, answer))
        }
        Action::ChangeGalaxies { source, changes } => answers::answer_for_source(page, source, |stated| {
            for (galaxy, change) in changes {
                stated.change(&galaxy, change);
            }
        }),
        Action::ForgetChanges(source) => {
            answers::answer_for_source(page, source, |answers| answers.clear_changes())
        }
        Action::ChangeView(after) => view::change(page, *after),
        Action::DragView(after) => view::drag(page, *after),
        Action::RememberView(before) => view::remember(page, before),
        Action::Undo => answers::step(page, Direction::Undo),
        Action::Redo => answers::step(page, Direction::Redo),
        Action::StepThroughTree(by) => view::step_through_tree(page, by),
        Action::OpenPart(part) => open::open_part(page, part),
        Action::Reconstruct(row) => encoding::reconstruct(page, row),
        Action::ShowSheet(sheet) => page.set_sheet(sheet),
        Action::ShowField(source, name) => {
            page.set_field(Some((source, name)));
            page.set_sheet(Some(Sheet::Field));
        }
        Action::Hover(node) => page.set_hover(node),
        Action::ShowNotice(notice) => page.set_notice(notice),
        Action::NoteSurvey(key) => {
            page.surveys.insert(key);
        }
        Action::Settle => {
            page.work.settling = false;
            reading::settle(page, has_time);
        }
        Action::Worker(event) => worker::on_worker_event(page, event, has_time),
    }
    open::resume(page);
    study::go_on(page);
    (page.take_changes(), std::mem::take(&mut page.effects))
}
