//! One thing goes wrong, and what then happens.

use super::browser::{Act, Browser};
use super::jobs;
use crate::page_model::pool::{Event, WorkerId};
use crate::page_model::protocol::{Backend, Report, Request};

/// Two CPU workers whose model is ready.
fn ready() -> Browser {
    let mut browser = Browser::start(Backend::Cpu, 2);
    browser.work();
    browser
}

fn encode(first: u32) -> Request {
    Request::Encode { first }
}

/// The workers that took the job with this request, one after another.
fn takers(browser: &Browser, request: &Request) -> Vec<WorkerId> {
    let posted = browser.posted.iter().filter(|(_, posted)| posted == request);
    posted.map(|(worker, _)| *worker).collect()
}

#[test]
fn all_is_well() {
    let mut browser = Browser::start(Backend::WebGpu, 2);
    let kinds = [Backend::Cpu, Backend::Cpu, Backend::WebGpu];
    assert!(browser.workers.values().map(|fake| fake.backend).eq(kinds));
    browser.submit(vec![
        jobs::encode(0),
        jobs::read(1),
        jobs::simulate(2),
        jobs::linkage(),
    ]);
    browser.work();
    assert_eq!(browser.ledger.answered, 4);
    assert!(browser.ledger.lost.is_empty() && browser.dead.is_empty());
    // The model ran where it should, and was loaded there only.
    let gpu = browser.of(Backend::WebGpu);
    assert_eq!(takers(&browser, &encode(0)), gpu);
    let ready = browser.events.iter().filter(|event| {
        matches!(event, Event::Report { report: Report::Ready(ready), .. } if ready.backend == Backend::WebGpu)
    });
    assert_eq!(ready.count(), 1);
    assert!(
        browser
            .posted
            .iter()
            .all(|(worker, request)| { *request == encode(0) || !gpu.contains(worker) })
    );
}

#[test]
fn a_lost_worker_is_replaced_and_its_job_tried_again() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    browser.act(worker, Act::Crash);
    assert_ne!(browser.at(&encode(0)), worker);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
    assert_eq!(browser.workers.len(), 2);
    assert_eq!(browser.dead, [worker]);
    // What it says after its end is not heard.
    browser.say(worker, Report::Encoded { first: 0 });
    browser.act(worker, Act::Error);
    assert_eq!(browser.ledger.answered, 1);
    assert_eq!(browser.dead, [worker]);
}

#[test]
fn a_job_that_kills_every_worker_is_lost_after_three_tries() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    browser.play(|_, fake| if fake.is_at_a_job() { Act::Crash } else { Act::Well });
    assert_eq!(takers(&browser, &encode(0)).len(), 3);
    assert_eq!(browser.ledger.lost, ["index out of bounds"]);
    assert_eq!(browser.workers.len(), 2);
}

#[test]
fn a_silent_worker_is_given_its_deadline_and_a_grace() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    assert_eq!(browser.workers[&worker].seconds, 60);
    browser.act(worker, Act::Time);
    assert_eq!(browser.workers[&worker].seconds, 30);
    assert!(browser.dead.is_empty());
    browser.act(worker, Act::Time);
    assert_eq!(browser.dead, [worker]);
    browser.play(|_, fake| if fake.is_at_a_job() { Act::Time } else { Act::Well });
    assert_eq!(browser.ledger.lost, ["a worker gave no answer for 90 seconds"]);
}

#[test]
fn a_worker_that_answers_within_the_grace_goes_on() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    let late = browser.workers[&worker].timer.unwrap();
    browser.act(worker, Act::Time);
    browser.work();
    browser.fire(worker, late);
    assert_eq!(browser.ledger.answered, 1);
    assert!(browser.dead.is_empty());
}

#[test]
fn progress_starts_the_deadline_anew() {
    let mut browser = ready();
    browser.submit(vec![jobs::linkage()]);
    let worker = browser.at(&jobs::linkage().request);
    for _ in 0..5 {
        browser.act(worker, Act::Time);
        browser.act(worker, Act::Progress);
        assert_eq!(browser.workers[&worker].seconds, 60);
    }
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
    assert!(browser.dead.is_empty());
}

#[test]
fn without_its_script_no_worker_starts_and_everything_is_given_back() {
    let mut browser = Browser::start(Backend::Cpu, 4);
    browser.submit(vec![jobs::read(0), jobs::encode(1)]);
    browser.play(|_, _| Act::Error);
    let reason = "a worker's program could not be loaded";
    assert_eq!(browser.ledger.unusable.as_deref(), Some(reason));
    assert_eq!(browser.ledger.lost, [reason, reason]);
    assert!(matches!(browser.events.last(), Some(Event::Unusable { .. })));
    // The eighth failure was the last; what was still starting was ended.
    assert!(browser.workers.is_empty());
    assert_eq!(browser.dead.len(), 8 + 3);
    // Whoever asks later is answered at once.
    browser.submit(vec![jobs::read(2)]);
    assert_eq!(browser.ledger.lost.len(), 3);
}

#[test]
fn what_runs_elsewhere_is_given_back_too() {
    let mut browser = Browser::start(Backend::WebGpu, 1);
    let gpu = browser.of(Backend::WebGpu)[0];
    browser.act(gpu, Act::Well);
    browser.act(gpu, Act::Well);
    browser.submit(vec![jobs::encode(0), jobs::encode(1), jobs::read(2)]);
    assert_eq!(browser.at(&encode(0)), gpu);
    for _ in 0..8 {
        browser.act(browser.of(Backend::Cpu)[0], Act::Error);
    }
    assert!(browser.ledger.unusable.is_some());
    assert_eq!(browser.ledger.lost.len(), 3);
    assert!(browser.workers.is_empty() && browser.dead.contains(&gpu));
}

#[test]
fn a_worker_that_is_not_started_at_all_counts_as_failed() {
    let mut browser = Browser::start(Backend::Cpu, 1);
    browser.submit(vec![jobs::encode(0)]);
    browser.play(|_, _| Act::NotSpawned);
    assert!(browser.ledger.unusable.is_some());
    assert_eq!(browser.ledger.lost.len(), 1);
}

#[test]
fn a_device_without_memory_for_all_workers_does_with_fewer() {
    let mut browser = Browser::start(Backend::Cpu, 4);
    // The first two load the model; nobody else can.
    browser.play(|number, fake| match (number, fake.loads()) {
        (3.., true) => Act::Crash,
        _ => Act::Well,
    });
    assert_eq!(browser.ledger.unusable, None);
    assert_eq!(browser.workers.len(), 2);
    browser.submit(vec![jobs::encode(0), jobs::encode(1), jobs::encode(2)]);
    browser.work();
    assert_eq!(browser.ledger.answered, 3);
}

#[test]
fn a_failed_answer_is_tried_elsewhere_and_costs_no_worker() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    browser.act(worker, Act::Fail);
    assert_ne!(browser.at(&encode(0)), worker);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
    assert!(browser.dead.is_empty());

    browser.submit(vec![jobs::encode(1)]);
    browser.play(|_, _| Act::Fail);
    assert_eq!(browser.ledger.lost, ["it does not fit"]);
    assert!(browser.dead.is_empty());
}

#[test]
fn a_failed_answer_of_the_only_worker_is_tried_there_again() {
    let mut browser = Browser::start(Backend::WebGpu, 2);
    browser.work();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    browser.act(worker, Act::Fail);
    assert_eq!(browser.at(&encode(0)), worker);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
}

#[test]
fn what_cannot_be_posted_is_tried_elsewhere_even_a_file() {
    let mut browser = ready();
    browser.submit(vec![jobs::read(0)]);
    let request = jobs::read(0).request;
    let worker = browser.at(&request);
    browser.act(worker, Act::NotPosted);
    assert_ne!(browser.at(&request), worker);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);

    browser.submit(vec![jobs::read(1)]);
    browser.play(|_, _| Act::NotPosted);
    assert_eq!(
        browser.ledger.lost,
        ["the browser could not send a worker its task"]
    );
    assert!(browser.dead.is_empty());
}

#[test]
fn a_model_that_cannot_be_asked_for_is_a_failed_start() {
    let mut browser = Browser::start(Backend::Cpu, 1);
    browser.play(|_, fake| if fake.loads() { Act::NotPosted } else { Act::Well });
    assert!(browser.ledger.unusable.is_some());
    assert_eq!(browser.dead.len(), 8);
}

#[test]
fn when_the_device_is_lost_the_cpu_workers_load_the_model() {
    for act in [Act::LoseDevice, Act::Crash, Act::Error] {
        let mut browser = Browser::start(Backend::WebGpu, 2);
        browser.work();
        browser.submit(vec![jobs::encode(0), jobs::read(1), jobs::read(2), jobs::read(3)]);
        let gpu = browser.at(&encode(0));
        browser.act(gpu, act);
        assert!(browser.ledger.fell_back.is_some());
        assert!(browser.of(Backend::WebGpu).is_empty());
        // They are at files, and load the model after those.
        assert!(browser.workers.values().all(|fake| fake.is_at_a_job()));
        browser.work();
        assert_eq!(browser.ledger.answered, 4);
        assert_eq!(takers(&browser, &encode(0)).len(), 2);
        assert!(browser.of(Backend::WebGpu).is_empty());
    }
}

#[test]
fn a_webgpu_worker_that_never_comes_is_given_up_after_its_deadline() {
    let mut browser = Browser::start(Backend::WebGpu, 1);
    browser.submit(vec![jobs::encode(0)]);
    browser.play(|_, fake| match fake.backend {
        Backend::Cpu => Act::Well,
        Backend::WebGpu => Act::Time,
    });
    let reason = browser.ledger.fell_back.as_deref();
    assert_eq!(reason, Some("a worker gave no answer for 120 seconds"));
    assert_eq!(browser.ledger.answered, 1);
}

#[test]
fn cancelled_jobs_end_without_a_word() {
    let mut browser = ready();
    let encodes = (0..5).map(jobs::encode).collect();
    browser.submit(encodes);
    let at_work: Vec<_> = browser.workers.keys().copied().collect();
    browser.act(at_work[0], Act::Well);
    let events = browser.events.len();
    browser.cancel();
    assert_eq!(browser.dead, at_work);
    for worker in at_work {
        browser.say(worker, Report::Encoded { first: 2 });
    }
    assert_eq!(browser.events.len(), events);
    assert_eq!((browser.ledger.answered, browser.ledger.cancelled), (1, 4));
    browser.submit(vec![jobs::encode(9)]);
    browser.work();
    assert_eq!(browser.ledger.answered, 2);
}

#[test]
fn a_cancel_leaves_those_alone_who_load_the_model() {
    let mut browser = Browser::start(Backend::Cpu, 2);
    browser.submit(vec![jobs::encode(0)]);
    browser.act(browser.of(Backend::Cpu)[0], Act::Well);
    browser.cancel();
    assert!(browser.dead.is_empty());
    browser.work();
    assert_eq!((browser.ledger.answered, browser.ledger.cancelled), (0, 1));
}

#[test]
fn a_file_that_kills_its_reader_is_lost_at_once() {
    for (job, act) in [
        (jobs::read(0), Act::Crash),
        (jobs::read(0), Act::Error),
        (jobs::join(0), Act::Crash),
        (jobs::read(0), Act::Fail),
    ] {
        let mut browser = ready();
        let request = job.request.clone();
        browser.submit(vec![job]);
        let worker = browser.at(&request);
        browser.act(worker, Act::Progress);
        browser.act(worker, act);
        assert_eq!(browser.ledger.lost.len(), 1);
        browser.work();
        assert_eq!(takers(&browser, &request), [worker]);
        assert_eq!(browser.workers.len(), 2);
    }
}

#[test]
fn any_number_of_files_may_kill_their_readers() {
    let mut browser = ready();
    browser.submit((0..30).map(jobs::read).collect());
    browser.play(|_, fake| if fake.is_at_a_job() { Act::Crash } else { Act::Well });
    assert_eq!(browser.ledger.lost.len(), 30);
    assert_eq!(browser.ledger.unusable, None);
}

#[test]
fn idle_workers_give_their_memory_back() {
    let mut browser = Browser::start(Backend::WebGpu, 2);
    browser.work();
    browser.submit(vec![jobs::read(0)]);
    let (busy, gpu) = (browser.at(&jobs::read(0).request), browser.of(Backend::WebGpu));
    browser.refresh();
    assert_eq!(browser.dead.len(), 1);
    assert!(browser.workers.contains_key(&busy));
    assert_eq!(browser.of(Backend::WebGpu), gpu);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
    assert_eq!(browser.workers.len(), 3);
}

#[test]
fn the_answer_to_another_question_is_not_taken() {
    let mut browser = ready();
    browser.submit(vec![jobs::encode(0)]);
    let worker = browser.at(&encode(0));
    browser.say(worker, Report::Encoded { first: 1 });
    browser.say(worker, Report::ReconstructedMany { first: 0 });
    browser.say(worker, Report::Hello);
    assert_eq!(browser.ledger.answered, 0);
    browser.work();
    assert_eq!(browser.ledger.answered, 1);
}

#[test]
fn codes_that_the_model_cannot_paint_are_an_answer() {
    let mut browser = ready();
    browser.submit(vec![jobs::reconstruct_many(0)]);
    let worker = browser.at(&Request::ReconstructMany { first: 0 });
    browser.workers.get_mut(&worker).unwrap().message = None;
    let reason = "they are another model's".to_owned();
    let report = Report::NotReconstructed { reason };
    browser.say(worker, report.clone());
    let buffers = Vec::new();
    assert_eq!(browser.events.last(), Some(&Event::Report { report, buffers }));
    browser.submit(vec![jobs::encode(1)]);
    browser.submit(vec![jobs::encode(2)]);
    // It is free again: two jobs are under way.
    assert_ne!(browser.at(&encode(1)), browser.at(&encode(2)));
}
