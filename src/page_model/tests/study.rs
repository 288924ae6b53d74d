//! What is found out after the tree is shown.

use super::world::{Act, World};
use crate::grouping::{Edit, Linkage};
use crate::page_model::protocol::{Backend, Request};
use crate::page_model::session::Session;
use crate::page_model::{Action, Cutting, Stage, Topic};

fn shown(link: &str) -> World {
    let mut world = World::open(link, Backend::Cpu);
    world.work();
    world.check_rest();
    world
}

fn change(world: &mut World, edit: impl FnOnce(&mut Session)) {
    let mut view = world.page.session().clone();
    edit(&mut view);
    world.act(Action::ChangeView(Box::new(view)));
}

#[test]
fn words_and_steadiness_come_by_themselves_and_the_map_on_request() {
    let mut world = shown("set=simulated&seed=3&n=60&by=shape&groups=5");
    let insight = world.page.insight();
    assert!(insight.describer.is_some() && insight.map.is_none());
    assert_eq!(insight.steady.keys().collect::<Vec<_>>(), ["groups 5"]);
    assert_eq!(world.page.collection().measured(), 60);
    change(&mut world, |session| session.map = true);
    assert!(matches!(world.page.insight().progress, Some((Topic::Map, 0, 60))));
    world.work();
    assert_eq!(world.page.insight().map.as_ref().unwrap().len(), 120);
    // Another cut is tested, one that is known is not tested again.
    change(&mut world, |session| session.groups = Some(8));
    world.work();
    change(&mut world, |session| session.groups = Some(5));
    assert_eq!(world.page.insight().progress, None);
    assert_eq!(world.page.insight().steady.len(), 2);
}

#[test]
fn another_recipe_has_another_tree_and_the_measures_stay() {
    let mut world = shown("set=simulated&seed=3&n=60&by=shape&view=map");
    let before = world.page.insight().tree;
    world.act(Action::GroupBy(crate::page_model::GroupedBy::Reference));
    assert!(world.page.insight().describer.is_some());
    world.work();
    world.check_rest();
    assert_ne!(world.page.insight().tree, before);
    assert!(world.page.insight().map.is_some());
}

#[test]
fn what_fails_is_said_and_the_rest_is_found_out() {
    let mut world = World::open("set=simulated&seed=3&n=60&by=shape", Backend::Cpu);
    let is_measuring = |request: &Request| matches!(request, Request::Measure { .. });
    for _ in 0..20_000 {
        let Some(worker) = world.at(is_measuring) else {
            let waited_for = world.workers.iter().find(|(_, fake)| fake.is_waited_for());
            match waited_for.map(|(worker, _)| *worker) {
                Some(worker) => world.worker(worker, Act::Well),
                None if world.settles > 0 => world.settle(),
                None => break,
            }
            continue;
        };
        world.worker(worker, Act::Fail);
    }
    world.check_rest();
    assert_eq!(world.page.insight().failed, [Topic::Structure]);
    assert!(
        world.stated().contains("could not be measured"),
        "{}",
        world.stated()
    );
    assert_eq!(world.page.stage(), &Stage::Ready);
    assert_eq!(world.page.insight().steady.len(), 1);
}

/// Everything goes well until galaxies are being measured.
fn until_measuring(world: &mut World) {
    while world
        .at(|request| matches!(request, Request::Measure { .. }))
        .is_none()
    {
        if world.settles > 0 {
            world.settle();
            continue;
        }
        let waited_for = world.workers.iter().find(|(_, fake)| fake.is_waited_for());
        let worker = *waited_for.unwrap().0;
        world.worker(worker, Act::Well);
    }
}

#[test]
fn files_that_come_meanwhile_are_read_and_everything_is_found_out_again() {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world.drop_files(1..=4);
    until_measuring(&mut world);
    world.drop_files([8, 9]);
    world.work();
    world.check_rest();
    world.check_galaxies();
    assert_eq!(world.page.collection().measured(), world.page.count());
}

#[test]
fn single_branches_are_split_and_joined_and_undo_takes_it_back() {
    let mut world = shown("set=simulated&seed=3&n=60&by=shape&groups=3");
    let groups = |world: &World| {
        let (tree, session) = (world.page.tree().unwrap(), world.page.session());
        Cutting::new(tree, tree.rule(session.groups, &session.edits))
    };
    // The largest group, whose topmost merge is two below the tree's.
    let top = groups(&world)
        .groups
        .groups()
        .iter()
        .max_by_key(|group| group.len())
        .unwrap()
        .node;
    change(&mut world, |session| session.edits.push(Edit::Split(top)));
    assert_eq!(groups(&world).len(), 4);
    world.work();
    world.check_rest();
    let rule = format!("groups 3; split {top}");
    assert!(world.page.insight().steady.contains_key(&rule));
    // The link gives the same.
    let link = world.page.session().to_fragment();
    let again = shown(&link);
    assert_eq!(groups(&again).rule.to_string(), rule);
    // A branch inside a group becomes one of its own.
    let cutting = groups(&world);
    let tree = world.page.tree().unwrap();
    let parts = tree.tree.merge_of(top).unwrap();
    let larger = if tree.tree.size(parts.a) > tree.tree.size(parts.b) {
        parts.a
    } else {
        parts.b
    };
    let inside = tree.tree.merge_of(larger).unwrap().a;
    assert_eq!(tree.edits_for(&cutting.groups, top), None);
    assert_eq!(tree.edits_for(&cutting.groups, larger), Some(Vec::new()));
    let edits = tree.edits_for(&cutting.groups, inside).unwrap();
    change(&mut world, |session| session.edits.extend(edits));
    assert!(
        groups(&world)
            .groups
            .groups()
            .iter()
            .any(|group| group.node == inside)
    );
    // With another number of groups they go, and undo brings them back.
    change(&mut world, |session| session.groups = Some(6));
    assert!(world.page.session().edits.is_empty() && world.stated().contains("undo"));
    world.act(Action::Undo);
    assert!(!world.page.session().edits.is_empty());
    assert_eq!(world.page.session().groups, Some(3));
}

#[test]
fn a_link_whose_changes_do_not_fit_says_so() {
    let world = shown("set=simulated&seed=3&n=60&by=shape&groups=3&edits=split:9999,join:oops");
    assert!(world.page.session().edits.is_empty());
    assert!(world.stated().contains("no node 9999"), "{}", world.stated());
}

#[test]
fn another_linkage_has_another_tree_and_its_link_gives_it_back() {
    let mut world = shown("set=simulated&seed=3&n=60&by=reference");
    world.act(Action::LinkBy(Linkage::Average));
    assert!(world.page.stage().busy());
    world.work();
    world.check_rest();
    assert_eq!(world.page.tree().unwrap().linkage, Linkage::Average);
    let again = shown(&world.page.session().to_fragment());
    assert_eq!(again.page.tree().unwrap().linkage, Linkage::Average);
    // What is cancelled leaves the linkage of the tree that is shown.
    world.act(Action::LinkBy(Linkage::Single));
    world.act(Action::Cancel);
    world.work();
    world.check_rest();
    assert_eq!(world.page.session().linkage, Linkage::Average);
}

#[test]
fn cuts_are_rated_and_what_was_not_measured_is_absent() {
    let world = shown("set=simulated&seed=3&n=60&by=shape");
    let rating = world.page.insight().rating.clone().unwrap();
    assert_eq!(rating.cuts.len(), 30);
    assert_eq!(rating.cophenetic, Some(0.5));
    // The fake's silhouettes fall; its other numbers are not finite.
    assert_eq!(rating.best().unwrap().groups, 2);
    assert_eq!(rating.of(4).unwrap().silhouette, Some(0.25));
    assert_eq!(rating.of(4).unwrap().davies_bouldin, None);
    assert_eq!(rating.of(32), None);
    // A tree of few galaxies has few cuts.
    let few = shown("set=simulated&seed=3&n=4&by=shape");
    assert_eq!(few.page.insight().rating.clone().unwrap().cuts.len(), 2);
}

#[test]
fn orientation_decides_the_number_of_groups_and_undo_takes_it_back() {
    let mut world = shown("set=simulated&seed=3&n=60&by=shape&groups=5");
    world.act(Action::CutByOrientation);
    // All galaxies of the fake have the same structure: the split at the top is not explained, or its sides are too small.
    assert_eq!(world.page.session().groups, Some(1));
    assert!(world.page.session().edits.is_empty());
    assert!(
        world.stated().starts_with("1 group. Splits made: 0 of type"),
        "{}",
        world.stated()
    );
    world.work();
    world.check_rest();
    world.act(Action::Undo);
    assert_eq!(world.page.session().groups, Some(5));
    // Before the galaxies are measured it says so.
    let mut world = World::open("set=simulated&seed=3&n=60&by=shape&groups=5", Backend::Cpu);
    until_measuring(&mut world);
    world.act(Action::CutByOrientation);
    assert!(
        world.stated().contains("still being measured"),
        "{}",
        world.stated()
    );
    assert_eq!(world.page.session().groups, Some(5));
}
