//! A graphics processor is tried beside the processor.

use super::browser::{Act, Browser};
use super::jobs;
use crate::page_model::pool::{Event, Settings};
use crate::page_model::protocol::{Backend, Ready, Report, Request, TimedWork, Timing, TrialOutcome};

fn trial() -> Browser {
    Browser::with(Settings {
        cpu_workers: 2,
        trial: true,
        ..Settings::default()
    })
}

fn timed(per_second: f64) -> Report {
    Report::Timed(Timing {
        work: TimedWork::Encode,
        per_second,
    })
}

/// The graphics processor passes its test with this speed, while `before` jobs are done by CPU workers of this speed.
fn run(graphics: f64, processor: f64, before: u32) -> Browser {
    let mut browser = trial();
    let candidate = browser.of(Backend::WebGpu)[0];
    browser.submit((0..before).map(jobs::encode).collect());
    browser.play_some(|_, fake| (fake.backend == Backend::Cpu).then_some(Act::Well));
    for worker in browser.of(Backend::Cpu) {
        (0..2).for_each(|_| browser.say(worker, timed(processor)));
    }
    assert_eq!(browser.ledger.answered, before, "nobody waits for the trial");
    browser.act(candidate, Act::Well);
    browser.say(candidate, timed(graphics));
    browser.act(candidate, Act::Well);
    browser
}

/// The devices that the page is shown, one after another, and what they were chosen by.
fn shown(browser: &Browser) -> Vec<(Backend, Option<TrialOutcome>)> {
    let ready = browser.events.iter().filter_map(|event| match event {
        Event::Report {
            report: Report::Ready(Ready { backend, trial, .. }),
            ..
        } => Some((*backend, *trial)),
        _ => None,
    });
    ready.collect()
}

#[test]
fn the_faster_graphics_processor_takes_over() {
    let mut browser = run(50.0, 20.0, 5);
    let outcome = TrialOutcome {
        graphics: 50.0,
        processor: 40.0,
    };
    assert_eq!(shown(&browser).last(), Some(&(Backend::WebGpu, Some(outcome))));
    browser.submit(vec![jobs::encode(9), jobs::read(1)]);
    assert_eq!(
        browser.at(&Request::Encode { first: 9 }),
        browser.of(Backend::WebGpu)[0]
    );
    browser.work();
    assert_eq!(browser.ledger.answered, 7);
}

#[test]
fn the_slower_graphics_processor_is_ended() {
    let mut browser = run(39.0, 20.0, 5);
    assert!(browser.of(Backend::WebGpu).is_empty());
    let (backend, outcome) = *shown(&browser).last().unwrap();
    assert_eq!(backend, Backend::Cpu);
    assert!(outcome.is_some());
    browser.submit(vec![jobs::encode(9)]);
    browser.work();
    assert_eq!(browser.ledger.answered, 6);
    assert!(browser.of(Backend::WebGpu).is_empty(), "it is not started again");
}

#[test]
fn nothing_is_chosen_before_the_processor_has_worked() {
    let mut browser = trial();
    let candidate = browser.of(Backend::WebGpu)[0];
    browser.work();
    browser.say(candidate, timed(1e6));
    assert!(
        shown(&browser)
            .iter()
            .all(|(backend, _)| *backend == Backend::Cpu)
    );
    browser.submit(vec![jobs::encode(1)]);
    assert_ne!(browser.at(&Request::Encode { first: 1 }), candidate);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
}

#[test]
fn a_graphics_processor_that_fails_its_test_changes_nothing() {
    let mut browser = trial();
    let candidate = browser.of(Backend::WebGpu)[0];
    browser.submit(vec![jobs::encode(1)]);
    browser.play(|_, fake| match (fake.backend, fake.loads()) {
        (Backend::WebGpu, true) => Act::LoseDevice,
        _ => Act::Well,
    });
    assert_eq!(browser.dead, [candidate]);
    assert_eq!(browser.ledger.answered, 1);
    // The page gets the reason, and learns that the processor is ready.
    assert!(
        browser
            .events
            .iter()
            .any(|event| matches!(event, Event::FellBack { .. }))
    );
    assert_eq!(shown(&browser).last(), Some(&(Backend::Cpu, None)));
    assert!(browser.of(Backend::WebGpu).is_empty());
}

/// The chosen one fails later: the CPU workers are ready, and the page is shown that.
#[test]
fn when_the_chosen_one_is_lost_the_processor_goes_on() {
    let mut browser = run(50.0, 20.0, 5);
    let gpu = browser.of(Backend::WebGpu)[0];
    browser.submit(vec![jobs::encode(9)]);
    browser.act(gpu, Act::LoseDevice);
    browser.work();
    assert_eq!(browser.ledger.answered, 6);
    assert_eq!(shown(&browser).last(), Some(&(Backend::Cpu, None)));
}
