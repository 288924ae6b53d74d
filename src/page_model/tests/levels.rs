//! A set that is opened part by part.

use super::answers::{VECTORS, level};
use super::world::World;
use crate::page_model::action::Action;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::pool::Event;
use crate::page_model::protocol::{Backend, Report, Request};
use crate::page_model::session::{Session, SetOrigin};
use crate::page_model::stage::Stage;

/// Lets the worker say where the part is that it was asked for, and then do all the rest.
fn fetched(world: &mut World) {
    for _ in 0..200 {
        let wanted = std::cell::Cell::new(None);
        world.at(|request| {
            if let Request::Fetch {
                file,
                part: Some(part),
                ..
            } = request
            {
                wanted.set(Some((*file, *part)));
            }
            wanted.get().is_some()
        });
        if let Some((file, part)) = wanted.get() {
            world.act(Action::Worker(Event::Report {
                report: Report::Level {
                    file,
                    level: level(part),
                },
                buffers: Vec::new(),
            }));
            break;
        }
        assert!(world.step(), "no part is asked for");
    }
    world.work();
    world.check_rest();
}

fn opened(link: &str) -> World {
    let mut world = World::open(link, Backend::Cpu);
    fetched(&mut world);
    world
}

#[test]
fn the_tree_that_came_with_a_part_is_shown_and_groups_count_what_pictures_stand_for() {
    let mut world = opened("set=hosted&data=many.levels");
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, VECTORS));
    assert_eq!(world.page.session().grouped_by, GroupedBy::Vectors);
    let tree = world.page.tree().cloned().unwrap();
    assert_eq!(tree.tree.heights(), [2.5, 8.25]);
    assert_eq!((tree.galaxies(4), tree.galaxies(3)), (1_000, 100));
    // Another way of grouping would be of the pictures only.
    world.act(Action::GroupBy(GroupedBy::Shape));
    world.work();
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Vectors);
    assert!(world.stated().contains("part by part"), "{}", world.stated());
    // Nothing is said of the galaxies that was found out of the pictures alone.
    assert!(world.page.insight().describer.is_none());
}

#[test]
fn parts_are_opened_and_left_again_and_links_name_them() {
    let mut world = opened("set=hosted&data=many.levels");
    world.act(Action::OpenPart(2));
    fetched(&mut world);
    let level = world.page.collection().level().cloned().unwrap();
    assert_eq!((level.part, level.up, level.here()), (2, Some(0), 3));
    let link = world.page.session().to_fragment();
    assert!(link.contains("data=many.levels&part=2"), "{link}");
    let SetOrigin::Hosted(path) = Session::from_fragment(&link).source else {
        panic!("{link}");
    };
    assert_eq!(path.part(), 2);
    // Here every picture is a galaxy, and all is found out about them.
    assert!(world.page.insight().describer.is_some());
    world.act(Action::OpenPart(0));
    fetched(&mut world);
    assert_eq!(world.page.collection().level().unwrap().part, 0);
    // A set without parts has none to be opened.
    let mut world = World::open("set=simulated&seed=1&n=20", Backend::Cpu);
    world.work();
    world.act(Action::OpenPart(3));
    world.work();
    world.check_rest();
    assert_eq!(world.page.count(), 20);
}

#[test]
fn the_next_set_has_nothing_of_the_parts_before() {
    let mut world = opened("set=hosted&data=many.levels");
    world.act(Action::Show(SetOrigin::Simulated { seed: 1, count: 20 }));
    world.work();
    world.check_rest();
    assert!(world.page.collection().level().is_none());
    assert!(!world.page.tree().unwrap().is_summary());
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
}

#[test]
fn without_some_of_its_galaxies_a_part_has_no_tree() {
    let mut world = opened("set=hosted&data=many.levels");
    world.act(Action::Sample(2));
    world.work();
    assert!(world.page.tree().is_none());
    assert!(world.stated().contains("reload the page"), "{}", world.stated());
}
