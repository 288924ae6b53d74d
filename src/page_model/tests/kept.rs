//! No click throws a person's galaxies away.

use super::world::{Act, World};
use crate::page_model::protocol::{Backend, Request};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::{Action, Offer, Stage};

const DEMO: SetOrigin = SetOrigin::Simulated { seed: 1, count: 30 };

/// The user's files 1 to 4, which hold as many galaxies, the third galaxy looked at.
fn with_files() -> World {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files(1..=4);
    world.work();
    let view = Session {
        galaxy: Some(2),
        groups: Some(3),
        ..world.page.session().clone()
    };
    world.act(Action::ChangeView(Box::new(view)));
    world
}

#[track_caller]
fn has_its_files(world: &World) {
    world.check_rest();
    world.check_galaxies();
    let session = world.page.session();
    assert_eq!(session.source, SetOrigin::Files);
    assert_eq!((session.groups, session.galaxy), (Some(3), Some(2)));
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 10));
    assert_eq!(world.page.files().len(), 4);
}

fn offers(world: &World) -> Vec<Offer> {
    world
        .page
        .notice()
        .map(|notice| notice.offers.clone())
        .unwrap_or_default()
}

#[test]
fn a_demo_takes_the_place_of_files_and_they_come_back() {
    let mut world = with_files();
    world.act(Action::Show(DEMO));
    assert_eq!(offers(&world), [Offer::BringBack]);
    assert!(
        world.stated().contains("10 galaxies of your files"),
        "{}",
        world.stated()
    );
    world.work();
    assert_eq!((world.page.count(), world.page.files().len()), (30, 0));
    assert_eq!(offers(&world), [Offer::BringBack]);
    world.act(Action::BringBack);
    has_its_files(&world);
    assert!(!world.page.has_shelf());
    // What was done before can still be taken back, and done again.
    world.act(Action::Undo);
    assert_eq!(world.page.session().groups, None);
    world.act(Action::Redo);
    has_its_files(&world);
}

#[test]
fn clearing_is_taken_back_by_undo() {
    let mut world = with_files();
    world.act(Action::Show(SetOrigin::Nothing));
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Idle, 0));
    assert!(world.page.tree().is_none() && world.page.fields().is_empty() && world.page.files().is_empty());
    assert!(
        world.stated().starts_with("The page is clear."),
        "{}",
        world.stated()
    );
    world.act(Action::Undo);
    has_its_files(&world);
}

#[test]
fn files_that_were_being_read_are_read_when_they_come_back() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files(1..=4);
    let reader = world
        .at(|request| matches!(request, Request::Read { .. }))
        .unwrap();
    world.worker(reader, Act::Well);
    world.act(Action::Show(DEMO));
    world.work();
    assert_eq!(world.page.count(), 30);
    world.act(Action::BringBack);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 10));
}

#[test]
fn files_whose_tree_was_being_built_get_it_when_they_come_back() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    // 7 is a table.
    world.drop_files([1, 2, 7]);
    while !matches!(world.page.stage(), Stage::Encoding { .. }) {
        let worker = world.at(|request| matches!(request, Request::Read { .. }));
        worker
            .into_iter()
            .for_each(|worker| world.worker(worker, Act::Well));
        world.settle();
    }
    world.act(Action::Show(DEMO));
    world.act(Action::BringBack);
    world.work();
    world.check_rest();
    assert!(world.page.work.unjoined.is_empty(), "the table is joined");
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 3));
}

#[test]
fn a_set_that_cannot_be_opened_leaves_what_was_shown() {
    let mut world = with_files();
    let fail_every_fetch = |world: &mut World| {
        for _ in 0..5 {
            if let Some(worker) = world.at(|request| matches!(request, Request::Fetch { .. })) {
                world.worker(worker, Act::Fail);
            }
        }
        world.work();
    };
    world.act(Action::Show(SetOrigin::HubbleDeepField));
    fail_every_fetch(&mut world);
    has_its_files(&world);
    assert!(
        world.stated().contains("Hubble Deep Field could not be opened"),
        "{}",
        world.stated()
    );
    // A demo comes back as well, and the files stay on the shelf.
    world.act(Action::Show(DEMO));
    world.work();
    world.act(Action::Show(SetOrigin::HubbleDeepField));
    fail_every_fetch(&mut world);
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, 30));
    assert_eq!(world.page.session().source, DEMO);
    world.act(Action::Undo);
    has_its_files(&world);
}

#[test]
fn a_cancelled_opening_leaves_what_was_shown() {
    let mut world = with_files();
    world.act(Action::Show(SetOrigin::HubbleDeepField));
    world.act(Action::Cancel);
    has_its_files(&world);
    assert!(world.stated().starts_with("Cancelled."));
}

#[test]
fn a_link_does_not_take_the_place_of_files_unasked() {
    let mut world = with_files();
    let link = Session::from_fragment("set=simulated&seed=1&n=30&groups=5&galaxy=20");
    world.act(Action::FollowLink(Box::new(link)));
    has_its_files(&world);
    assert_eq!(offers(&world), [Offer::OpenLink]);
    world.act(Action::OpenLink);
    world.work();
    let session = world.page.session();
    assert_eq!(
        (world.page.count(), session.groups, session.galaxy),
        (30, Some(5), Some(20))
    );
    world.act(Action::BringBack);
    has_its_files(&world);
    // A link that was opened is not opened again by a late click.
    world.act(Action::OpenLink);
    has_its_files(&world);
}

#[test]
fn new_files_do_not_throw_those_on_the_shelf_away() {
    let mut world = with_files();
    world.act(Action::Show(SetOrigin::Nothing));
    world.drop_files([8]);
    world.work();
    assert_eq!(world.page.count(), 3);
    assert!(world.page.has_shelf());
    world.act(Action::BringBack);
    has_its_files(&world);
    // And back again.
    assert_eq!(offers(&world), [Offer::BringBack]);
    world.act(Action::BringBack);
    world.check_rest();
    assert_eq!(world.page.count(), 3);
}

#[test]
fn what_is_not_saved_is_known() {
    let mut world = World::open("set=simulated&n=30", Backend::Cpu);
    world.work();
    assert!(!world.page.has_unsaved(), "a demo is never lost");
    world.drop_files([3]);
    assert!(world.page.has_unsaved(), "reading is work, too");
    world.work();
    assert!(world.page.has_unsaved());
    world.act(Action::Saved);
    assert!(!world.page.has_unsaved());
    world.drop_files([2]);
    world.work();
    assert!(world.page.has_unsaved(), "one more galaxy");
    world.act(Action::Show(SetOrigin::Nothing));
    assert!(world.page.has_unsaved(), "they are on the shelf");
    world.act(Action::BringBack);
    world.act(Action::Saved);
    assert!(!world.page.has_unsaved());
}
