//! Galaxies that come with vectors of another model.

use super::answers::{LONGER_VECTORS, VECTORS, VECTORS_ALONE, WITH_VECTORS};
use super::world::World;
use crate::page_model::action::Action;
use crate::page_model::grouped_by::GroupedBy;
use crate::page_model::protocol::{Backend, Request};
use crate::page_model::resemblance::Resemblance;
use crate::page_model::session::Session;
use crate::page_model::stage::Stage;

fn opened(files: &[u32]) -> World {
    let mut world = World::open("set=none&by=shape", Backend::Cpu);
    world.work();
    world.drop_files(files.iter().copied());
    world.work();
    world
}

#[test]
fn dropped_with_pictures_they_are_compared_by_vectors_until_something_else_is_asked_for() {
    let mut world = opened(&[WITH_VECTORS]);
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Vectors);
    let tree = world.page.tree().cloned().unwrap();
    let Resemblance::Vectors { values, width, by } = &tree.resemblance else {
        panic!("codes are compared");
    };
    assert_eq!((values.len(), *width, *by), (VECTORS * 4, 4, GroupedBy::Vectors));
    assert_eq!((values[1], values[11]), (1.0, 121.0));
    assert!(world.page.session().to_fragment().contains("by=vectors"));
    // Nothing was computed of the pictures for it.
    assert_eq!(world.page.collection().placed(), 0);
    world.act(Action::GroupBy(GroupedBy::Shape));
    world.work();
    world.check_rest();
    assert_eq!(world.page.collection().placed(), VECTORS);
    // More of the same kind: the person's choice stays.
    world.drop_files([WITH_VECTORS]);
    world.work();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
}

#[test]
fn without_pictures_nothing_else_can_be_asked_for() {
    let mut world = opened(&[VECTORS_ALONE]);
    world.check_rest();
    assert_eq!((world.page.stage(), world.page.count()), (&Stage::Ready, VECTORS));
    assert_eq!(world.page.session().grouped_by, GroupedBy::Vectors);
    for by in [GroupedBy::Shape, GroupedBy::Reference] {
        world.act(Action::GroupBy(by));
        world.work();
        world.check_rest();
        assert_eq!(world.page.session().grouped_by, GroupedBy::Vectors);
        assert!(world.stated().contains("came as vectors"), "{}", world.stated());
    }
    // Its codes are not known: no picture is painted of them.
    world.act(Action::Reconstruct(0));
    let paints = |request: &Request| matches!(request, Request::Reconstruct { .. });
    assert!(world.at(paints).is_none());
}

#[test]
fn vectors_of_two_lengths_are_not_compared_and_the_page_says_so() {
    for others in [LONGER_VECTORS, 3] {
        let mut world = opened(&[VECTORS_ALONE, others]);
        assert_eq!(world.page.stage(), &Stage::Idle);
        assert!(world.page.tree().is_none());
        assert!(
            world.stated().contains("cannot be compared"),
            "{}",
            world.stated()
        );
        world.work();
    }
}

#[test]
fn some_galaxies_with_vectors_are_grouped_by_shape_with_the_others() {
    let mut world = opened(&[WITH_VECTORS, 3]);
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
    world.act(Action::GroupBy(GroupedBy::Vectors));
    world.work();
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
    assert!(world.stated().contains("3 of 6 galaxies"), "{}", world.stated());
}

#[test]
fn a_link_that_asks_for_vectors_shows_galaxies_without_any_by_shape() {
    let link = "set=simulated&seed=1&n=20&by=vectors";
    assert_eq!(Session::from_fragment(link).to_fragment(), link);
    let mut world = World::open(link, Backend::Cpu);
    world.work();
    world.check_rest();
    assert_eq!(world.page.session().grouped_by, GroupedBy::Shape);
}
