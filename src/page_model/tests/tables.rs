//! Tables and fields: what is joined, tried again, forgotten and kept.

use super::world::World;
use crate::cutout::About;
use crate::intake::FieldView;
use crate::page_model::flow::{reading, tables};
use crate::page_model::protocol::{Backend, Request, Verdict};

fn world() -> World {
    let mut world = World::open("set=none", Backend::Cpu);
    world.work();
    world
}

#[test]
fn the_field_that_was_just_opened_stays() {
    let mut world = world();
    let view = || FieldView {
        side: 1,
        grey: vec![0],
        boxes: Vec::new(),
    };
    // The new one comes first in the order of the fields.
    for source in (1..=60).rev() {
        reading::found_field(&mut world.page, source, format!("field {source}"), view());
        let shown = world.page.field().cloned().unwrap();
        assert_eq!(shown.0, source);
        assert!(world.page.fields().contains_key(&shown));
    }
    assert!(world.page.fields().len() < 60);
}

fn joined(world: &mut World, source: u32, name: &str, verdict: Verdict) {
    let joined = tables::Joined {
        name,
        verdict,
        questions: Vec::new(),
        replaced: Default::default(),
        more: false,
    };
    tables::joined(&mut world.page, source, joined);
}

/// The files of the joins that are on their way.
fn asked(world: &mut World) -> Vec<u32> {
    let effects = std::mem::take(&mut world.page.effects);
    let jobs = effects.into_iter().filter_map(|effect| match effect {
        crate::page_model::Effect::Submit(jobs) => Some(jobs),
        _ => None,
    });
    jobs.flatten()
        .filter_map(|job| match job.request {
            Request::Join { file, .. } => Some(file),
            _ => None,
        })
        .collect()
}

#[test]
fn a_table_that_fits_nothing_is_tried_again_after_another_was_joined() {
    let mut world = world();
    world.drop_files(1..=2);
    world.work();
    let sources: Vec<u32> = world.page.files().iter().map(|row| row.source).collect();
    let names: Vec<String> = world.page.files().iter().map(|row| row.name.clone()).collect();
    // Tables give no galaxies.
    world.page.files_mut().iter_mut().for_each(|row| row.galaxies = 0);
    world.page.work.tables = sources.iter().copied().collect();
    asked(&mut world);
    tables::join_all(&mut world.page);
    assert_eq!(asked(&mut world), sources);
    let unmatched_table = || Verdict::Refused {
        reason: "no row".to_owned(),
        remedy: "none".to_owned(),
    };
    joined(&mut world, sources[0], &names[0], unmatched_table());
    assert_eq!(asked(&mut world), [0; 0], "the other is still on its way");
    joined(&mut world, sources[1], &names[1], Verdict::Accepted);
    assert_eq!(asked(&mut world), [sources[0]], "now the first may fit");
    joined(&mut world, sources[0], &names[0], unmatched_table());
    assert_eq!(asked(&mut world), [0; 0], "nothing new was joined: it ends");
    let notice = world.page.notice().unwrap();
    assert!(
        notice.text.contains("was not joined to the galaxies"),
        "{notice:?}"
    );
    assert!(notice.offers.contains(&crate::page_model::Offer::Files));
}

#[test]
fn what_tables_said_is_forgotten_before_they_are_joined_anew() {
    let mut world = world();
    world.drop_files(1..=2);
    world.work();
    let label = |world: &World| {
        let galaxy = world.page.collection.galaxy(0).unwrap();
        galaxy.about.columns.get("kind").cloned()
    };
    let say = |kind: &str| {
        let mut about = About::default();
        about.columns.insert("kind".to_owned(), kind.to_owned());
        vec![(0, about)]
    };
    assert!(world.page.collection.add_facts(say("spiral")).is_empty());
    let replaced = world.page.collection.add_facts(say("ring"));
    assert_eq!(replaced.get("kind"), Some(&1));
    assert_eq!(label(&world).as_deref(), Some("ring"));
    world.page.collection.clear_tables();
    assert_eq!(label(&world), None);
}
