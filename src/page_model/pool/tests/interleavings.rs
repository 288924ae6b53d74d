//! However submits, cancels, answers, silence, deaths and failures follow one another: every job ends exactly once, and
//! nothing is waited for forever.

use super::browser::{Act, Browser};
use super::jobs;
use crate::page_model::pool::{Job, Settings};
use crate::page_model::protocol::Backend;
use proptest::prelude::*;
use proptest::sample::Index;

#[derive(Debug, Clone)]
enum Step {
    Submit(Vec<Kind>),
    Cancel,
    Refresh,
    /// Somebody acts.
    Act(Index, Act),
    /// Somebody who was ended acts.
    Dead(Index, Act),
    /// A timer runs out, out of date or not.
    AnyTimer(Index),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Read,
    Join,
    Simulate,
    Encode,
    ReconstructMany,
    Reconstruct,
    BuildTree,
}

fn job(kind: Kind, number: u32) -> Job<u32> {
    match kind {
        Kind::Read => jobs::read(number),
        Kind::Join => jobs::join(number),
        Kind::Simulate => jobs::simulate(number),
        Kind::Encode => jobs::encode(number),
        Kind::ReconstructMany => jobs::reconstruct_many(number),
        Kind::Reconstruct => jobs::reconstruct(number),
        Kind::BuildTree => jobs::linkage(),
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::Read,
        Kind::Join,
        Kind::Simulate,
        Kind::Encode,
        Kind::Encode,
        Kind::ReconstructMany,
        Kind::Reconstruct,
        Kind::BuildTree,
    ])
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Well),
        3 => bad_act(),
        1 => prop::sample::select(vec![Act::Progress, Act::Nonsense]),
    ]
}

fn bad_act() -> impl Strategy<Value = Act> {
    prop::sample::select(vec![
        Act::Fail,
        Act::Crash,
        Act::LoseDevice,
        Act::Error,
        Act::NotPosted,
        Act::NotSpawned,
        Act::Time,
    ])
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec(kind(), 1..5).prop_map(Step::Submit),
        1 => Just(Step::Cancel),
        1 => Just(Step::Refresh),
        12 => (any::<Index>(), act()).prop_map(|(who, act)| Step::Act(who, act)),
        1 => (any::<Index>(), act()).prop_map(|(who, act)| Step::Dead(who, act)),
        1 => any::<Index>().prop_map(Step::AnyTimer),
    ]
}

/// How a worker is while it starts, and then how it is over its jobs. What cannot be done then is waiting for its timer.
fn nature() -> impl Strategy<Value = (Act, Act)> {
    let one = || prop_oneof![1 => Just(Act::Well), 1 => bad_act()];
    (one(), one())
}

fn take(browser: &mut Browser, step: &Step, next: &mut u32) {
    match step {
        Step::Submit(kinds) => {
            let numbers = *next..;
            let jobs: Vec<_> = kinds.iter().zip(numbers).map(|(&kind, n)| job(kind, n)).collect();
            *next += jobs.len() as u32;
            browser.submit(jobs);
        }
        Step::Cancel => browser.cancel(),
        Step::Refresh => browser.refresh(),
        Step::Act(who, act) => {
            let all: Vec<_> = browser.workers.keys().copied().collect();
            if !all.is_empty() {
                browser.act(*who.get(&all), *act);
            }
        }
        Step::Dead(who, act) => {
            if !browser.dead.is_empty() {
                let before = browser.events.len();
                browser.act(*who.get(&browser.dead), *act);
                assert_eq!(browser.events.len(), before, "the dead were heard");
            }
        }
        Step::AnyTimer(which) => {
            let (worker, timer) = *which.get(&browser.timers);
            browser.fire(worker, timer);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn every_job_ends_exactly_once(
        webgpu: bool,
        trial: bool,
        cpu_workers in 1_usize..4,
        steps in prop::collection::vec(step(), 0..50),
        order: u32,
        natures in prop::collection::vec(nature(), 1..6),
    ) {
        let backend = if webgpu { Backend::WebGpu } else { Backend::Cpu };
        let mut browser = Browser::with(Settings {
            backend,
            trial,
            cpu_workers,
            ..Settings::default()
        });
        let mut next = 0;
        for step in &steps {
            take(&mut browser, step, &mut next);
        }
        // Nobody asks for anything more, and the workers are as they are.
        browser.play_in_order(order, |number, fake| {
            let (first, then) = natures[number as usize % natures.len()];
            match if fake.is_at_a_job() { then } else { first } {
                // Where that cannot happen, nothing does.
                Act::NotSpawned if fake.runs => Act::Time,
                Act::NotPosted if fake.message.is_none() => Act::Time,
                // Before hello nobody was asked for anything.
                Act::Fail if !fake.runs => Act::Time,
                act => act,
            }
        });
        let ledger = &browser.ledger;
        prop_assert_eq!(ledger.left(), 0);
        prop_assert_eq!(ledger.submitted, ledger.answered + ledger.cancelled + ledger.lost.len() as u32);

        // From now on all is well: whoever is there does what is asked, or it was said that nobody is.
        let (answered, lost) = (browser.ledger.answered, browser.ledger.lost.len());
        browser.submit(vec![jobs::encode(next), jobs::simulate(next + 1), jobs::linkage()]);
        browser.work();
        prop_assert_eq!(browser.ledger.left(), 0);
        if browser.ledger.unusable.is_some() {
            prop_assert!(browser.workers.is_empty());
            prop_assert_eq!(browser.ledger.lost.len(), lost + 3);
        } else {
            prop_assert!(!browser.of(Backend::Cpu).is_empty());
            prop_assert_eq!(browser.ledger.answered, answered + 3);
        }
    }
}
