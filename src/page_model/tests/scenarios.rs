//! Plain stories, one each.

use super::world::{Act, World};
use crate::cutout::prepare::Override;
use crate::intake::QuestionKey;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::protocol::{Backend, Request};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::{Action, DeviceState, Offer, Stage};

/// A page with the user's files 1 to 4, which hold as many galaxies: ten in all.
fn with_files() -> World {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files(1..=4);
    world.work();
    world
}

fn view(world: &World, edit: impl FnOnce(&mut Session)) -> Box<Session> {
    let mut view = world.page.session().clone();
    edit(&mut view);
    Box::new(view)
}

#[test]
fn a_demo_opens() {
    let mut world = World::open("set=simulated&seed=3&n=60", Backend::Cpu);
    assert_eq!(*world.page.stage(), Stage::Reading { done: 0, total: 3 });
    world.work();
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 60));
    assert!(matches!(world.page.device(), DeviceState::Ready(_)));
}

#[test]
fn a_link_gives_its_cut_and_its_galaxy() {
    let mut world = World::open(
        "set=simulated&seed=3&n=60&groups=7&galaxy=12&branch=100",
        Backend::Cpu,
    );
    world.work();
    let session = world.page.session();
    assert_eq!(
        (session.groups, session.galaxy, session.branch),
        (Some(7), Some(12), Some(100))
    );
    // The next set has other nodes, and another galaxy in that row.
    world.act(Action::FollowLink(Box::new(Session::from_fragment(
        "set=hubble-deep-field&groups=99&galaxy=2",
    ))));
    world.work();
    assert_eq!(world.page.count(), 6);
    let session = world.page.session();
    assert_eq!(
        (session.groups, session.galaxy, session.branch),
        (Some(6), Some(2), None)
    );
    // A link to the same set moves the view only, and can be taken back.
    world.act(Action::FollowLink(Box::new(Session::from_fragment(
        "set=hubble-deep-field&groups=3",
    ))));
    assert_eq!(world.page.session().groups, Some(3));
    world.act(Action::Undo);
    assert_eq!(world.page.session().groups, Some(6));
}

#[test]
fn files_are_dropped_and_more_of_them() {
    let mut world = with_files();
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.page.count(), 10);
    // 5 holds nothing; 7 is a table.
    world.drop_files(5..=9);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.page.count(), 10 + 1 + 3 + 4);
    assert_eq!(world.stated(), "1 of 9 files could not be used.");
    assert_eq!(world.page.session().source, SetOrigin::Files);
}

#[test]
fn a_cancel_keeps_the_tree_that_is_shown() {
    let mut world = with_files();
    world.drop_files([6, 8]);
    assert!(world.page.stage().busy());
    world.act(Action::Cancel);
    world.check_rest();
    world.check_galaxies();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 10));
    assert!(world.stated().starts_with("Cancelled."));
    // What was cancelled can be dropped again.
    world.drop_files([6, 8]);
    world.work();
    world.check_rest();
    assert_eq!(world.page.count(), 14);
    assert_eq!(world.page.files().len(), 6);
}

#[test]
fn a_cancel_while_encoding_can_be_gone_on_with() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files([1, 2, 7]);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Read { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    world.act(Action::Cancel);
    world.check_rest();
    assert_eq!(world.page.notice().unwrap().offers, [Offer::GoOn]);
    // The table was not joined yet, and is not forgotten.
    assert_eq!(world.page.work.unjoined.len(), 1);
    world.act(Action::GoOn);
    world.work();
    assert!(world.page.work.unjoined.is_empty());
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 3));
}

#[test]
fn what_a_notice_offers_ends_when_other_work_begins() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files([1, 2]);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Read { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    world.act(Action::Cancel);
    assert_eq!(world.page.notice().unwrap().offers, [Offer::GoOn]);
    world.drop_files([3]);
    assert!(world.page.notice().is_none());
    // A click that was on its way comes too late.
    world.act(Action::GoOn);
    world.act(Action::Sample(2));
    world.drop_files([4]);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 10));
}

#[test]
fn an_answer_reads_its_file_again_and_undo_takes_it_back() {
    let mut world = with_files();
    let source = world.page.files()[1].source;
    let answer = |answer: &str| Action::Answer {
        source,
        key: QuestionKey::Band,
        answer: answer.to_owned(),
    };
    world.act(Action::ChangeView(view(&world, |view| view.galaxy = Some(5))));
    world.act(answer("g"));
    let again = world.at(|request| matches!(request, Request::Read { file, answers, .. } if *file == source && answers.get(&QuestionKey::Band) == Some("g")));
    assert!(again.is_some());
    assert_eq!(world.page.session().galaxy, None);
    world.work();
    world.check_rest();
    world.check_galaxies();
    // The same galaxy is looked at again.
    assert_eq!(world.page.session().galaxy, Some(5));
    world.act(Action::Undo);
    let back = world.at(|request| matches!(request, Request::Read { answers, .. } if answers.is_empty()));
    assert!(back.is_some());
    world.work();
    world.act(Action::Redo);
    assert!(world.page.stage().busy());
    // Cancelled, the file keeps what it gave before.
    world.act(Action::Cancel);
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.page.count(), 10);
    assert_eq!(world.verdicts()[1], (2, "remarked"));
}

#[test]
fn changes_to_galaxies_are_kept_by_name_and_forgotten_at_once() {
    let mut world = with_files();
    let source = world.page.files()[3].source;
    let change = Override {
        exclude: true,
        ..Override::default()
    };
    let changes = vec![("b".to_owned(), change)];
    world.act(Action::ChangeGalaxies { source, changes });
    world.work();
    assert_eq!(world.page.changes_of(source), 1);
    assert!(world.page.change_of(source, "b").exclude);
    world.act(Action::ForgetChanges(source));
    world.work();
    world.check_rest();
    assert_eq!(world.page.changes_of(source), 0);
}

#[test]
fn undo_goes_back_through_views_and_a_drag_is_one_step() {
    let mut world = with_files();
    let before = Box::new(world.page.session().clone());
    for groups in [4, 5, 6] {
        world.act(Action::DragView(view(&world, |view| view.groups = Some(groups))));
    }
    world.act(Action::RememberView(before.clone()));
    world.act(Action::ChangeView(view(&world, |view| view.galaxy = Some(1))));
    world.act(Action::Undo);
    assert_eq!(world.page.session().groups, Some(6));
    world.act(Action::Undo);
    assert_eq!(*world.page.session(), *before);
    world.act(Action::Redo);
    assert_eq!(world.page.session().groups, Some(6));
    // After another set came, there is one thing to take back: that it did.
    let left = world.page.session().clone();
    world.act(Action::Show(SetOrigin::HubbleDeepField));
    world.work();
    let shown = world.page.session().clone();
    world.act(Action::Redo);
    assert_eq!(*world.page.session(), shown);
    world.act(Action::Undo);
    assert_eq!(*world.page.session(), left);
}

#[test]
fn a_lost_reader_costs_its_file_only() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files([3, 4]);
    let reader = world
        .at(|request| matches!(request, Request::Read { .. }))
        .unwrap();
    world.worker(reader, Act::Crash);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.verdicts(), [(0, "refused"), (4, "accepted")]);
    // One that gave something before keeps it.
    world.drop_files([8]);
    let reader = world
        .at(|request| matches!(request, Request::Read { .. }))
        .unwrap();
    world.worker(reader, Act::Part);
    world.worker(reader, Act::Crash);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.verdicts()[2], (1, "remarked"));
}

#[test]
fn a_silent_worker_is_replaced() {
    let mut world = with_files();
    world.drop_files([8, 9]);
    world.work();
    world.act(Action::Show(SetOrigin::Simulated { seed: 1, count: 30 }));
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Simulate { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    let silent = world
        .at(|request| matches!(request, Request::Encode { .. }))
        .unwrap();
    world.worker(silent, Act::Time);
    // Once more, in case the computer was asleep.
    world.worker(silent, Act::Time);
    assert!(!world.workers.contains_key(&silent));
    world.work();
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 30));
}

#[test]
fn work_that_fails_again_and_again_is_given_up_and_can_be_gone_on_with() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files([3, 4]);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Read { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    for _ in 0..3 {
        let worker = world
            .at(|request| matches!(request, Request::Encode { .. }))
            .unwrap();
        world.worker(worker, Act::Fail);
    }
    world.check_rest();
    assert_eq!(*world.page.stage(), Stage::Idle);
    assert!(world.stated().contains("given up"), "{}", world.stated());
    world.act(Action::GoOn);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 7));
}

#[test]
fn a_missing_script_is_reported() {
    let mut world = World::open("set=simulated&seed=1&n=50", Backend::Cpu);
    world.play(|_| Act::Error);
    world.check_rest();
    assert!(matches!(world.page.device(), DeviceState::Unusable(_)));
    assert!(
        world.stated().contains("cannot run in this browser"),
        "{}",
        world.stated()
    );
    // And so it is with what comes later.
    world.drop_files([3]);
    world.work();
    world.check_rest();
    assert_eq!(world.verdicts(), [(0, "refused")]);
}

#[test]
fn a_lost_device_falls_back_to_the_processor() {
    let mut world = World::open("set=none", Backend::WebGpu);
    world.work();
    world.drop_files([3, 4]);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Read { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    let gpu = world
        .at(|request| matches!(request, Request::Encode { .. }))
        .unwrap();
    assert_eq!(world.workers[&gpu].backend, Backend::WebGpu);
    world.worker(gpu, Act::LoseDevice);
    assert!(world.stated().contains("processor"), "{}", world.stated());
    world.work();
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 7));
}

#[test]
fn more_than_memory_allows_is_refused_with_the_offer_of_a_sample() {
    // 100 kB hold the distances of 158 galaxies in double precision.
    let mut world = World::open("set=simulated&seed=1&n=500", Backend::Cpu);
    world.work();
    world.check_rest();
    assert_eq!(*world.page.stage(), Stage::Idle);
    let Some(Offer::Sample(size)) = world
        .page
        .notice()
        .and_then(|notice| notice.offers.first().copied())
    else {
        panic!("no sample is offered: {}", world.stated());
    };
    world.act(Action::Sample(size));
    world.work();
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, size));
}

#[test]
fn the_other_recipe_groups_the_same_galaxies_and_what_was_computed_is_kept() {
    let mut world = World::open("set=simulated&seed=1&n=20", Backend::Cpu);
    world.work();
    world.check_rest();
    world.act(Action::GroupBy(GroupedBy::Shape));
    assert!(
        world
            .at(|request| matches!(request, Request::Place { .. }))
            .is_some()
    );
    world.work();
    world.check_rest();
    assert_eq!(
        (
            world.page.collection().encoded(),
            world.page.collection().placed()
        ),
        (20, 20)
    );
    assert!(world.page.session().to_fragment().contains("by=shape"));
    // Back again: nothing is encoded a second time.
    world.act(Action::GroupBy(GroupedBy::Reference));
    assert!(
        world
            .at(|request| matches!(request, Request::Encode { .. }))
            .is_none()
    );
    assert!(
        world
            .at(|request| matches!(request, Request::BuildTree { .. }))
            .is_some()
    );
    world.work();
    world.check_rest();
    // A link with the other recipe brings its own cut.
    let link = "set=simulated&seed=1&n=20&groups=3&by=shape";
    world.act(Action::FollowLink(Box::new(Session::from_fragment(link))));
    world.work();
    world.check_rest();
    assert_eq!(
        (world.page.session().groups, world.page.session().grouped_by),
        (Some(3), GroupedBy::Shape)
    );
}

#[test]
fn a_change_of_recipe_while_galaxies_are_encoded_starts_over_with_the_other() {
    let mut world = World::open("set=simulated&seed=1&n=50", Backend::Cpu);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world
            .workers
            .iter()
            .find(|(_, fake)| fake.is_waited_for())
            .map(|(worker, _)| *worker);
        world.worker(worker.unwrap(), Act::Well);
        world.settle();
    }
    world.act(Action::GroupBy(GroupedBy::Shape));
    world.work();
    world.check_rest();
    assert_eq!(
        (world.page.stage(), world.page.collection().placed()),
        (&Stage::Ready, 50)
    );
    // Cancelled, the tree that is shown is still that of the recipe that is named.
    world.act(Action::GroupBy(GroupedBy::Reference));
    world.act(Action::Cancel);
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
}
