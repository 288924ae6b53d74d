//! The plan against a clock that the test turns.

use super::*;
use proptest::prelude::*;

fn busy() -> Outcome {
    failed(true)
}

fn failed(retry: bool) -> Outcome {
    let refusal = Refusal::new("the service is busy", "wait");
    Outcome::Failed {
        failure: Failure { refusal, retry },
        after: None,
    }
}

fn start(plan: &mut Plan, now: f64) -> (usize, usize) {
    match plan.next(now) {
        Step::Start { target, attempt } => (target, attempt),
        other => panic!("{other:?} at {now}"),
    }
}

#[test]
fn two_at_once_and_300_milliseconds_between() {
    let mut plan = Plan::new(3, Pace::default());
    assert_eq!(start(&mut plan, 0.0), (0, 0));
    assert_eq!(plan.next(0.0), Step::Wait(300.0));
    assert_eq!(plan.next(299.0), Step::Wait(1.0));
    assert_eq!(start(&mut plan, 300.0), (1, 0));
    assert_eq!(plan.next(5_000.0), Step::Idle, "two are under way");
    assert_eq!(plan.finished(1, 5_000.0, Outcome::Done), None);
    assert_eq!(start(&mut plan, 5_000.0), (2, 0));
    plan.finished(2, 5_100.0, Outcome::Done);
    assert_eq!(plan.next(5_100.0), Step::Idle, "the first still runs");
    plan.finished(0, 5_200.0, Outcome::Done);
    assert_eq!(plan.next(5_200.0), Step::Over);
    assert!(plan.is_over() && plan.failures().next().is_none());
}

#[test]
fn a_busy_service_is_asked_again_after_2_4_and_8_seconds() {
    let mut plan = Plan::new(1, Pace::default());
    let mut now = 0.0;
    for (attempt, wait) in [2_000.0, 4_000.0, 8_000.0].into_iter().enumerate() {
        assert_eq!(start(&mut plan, now), (0, attempt));
        assert_eq!(plan.finished(0, now, busy()), Some(wait));
        assert_eq!(plan.next(now), Step::Wait(wait));
        now += wait;
    }
    assert_eq!(start(&mut plan, now), (0, 3));
    assert_eq!(plan.finished(0, now, busy()), None);
    let failures: Vec<_> = plan.failures().collect();
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].1.reason, "the service is busy, 4 times");
    assert_eq!(plan.next(now), Step::Over);
}

#[test]
fn what_waits_for_another_try_holds_nobody_up() {
    let mut plan = Plan::new(2, Pace::default());
    start(&mut plan, 0.0);
    plan.finished(0, 10.0, busy());
    assert_eq!(start(&mut plan, 300.0), (1, 0));
    plan.finished(1, 400.0, Outcome::Done);
    assert_eq!(plan.next(400.0), Step::Wait(1_610.0));
    assert_eq!(start(&mut plan, 2_010.0), (0, 1));
}

#[test]
fn a_wrong_request_is_not_repeated() {
    let mut plan = Plan::new(1, Pace::default());
    start(&mut plan, 0.0);
    assert_eq!(plan.finished(0, 1.0, failed(false)), None);
    assert_eq!(plan.failures().next().unwrap().1.reason, "the service is busy");
}

#[test]
fn the_servers_own_wish_counts_within_reason() {
    for (wish, wait) in [(30_000.0, 30_000.0), (10.0, 2_000.0), (1e9, 60_000.0)] {
        let mut plan = Plan::new(1, Pace::default());
        start(&mut plan, 0.0);
        let Outcome::Failed { failure, .. } = busy() else {
            unreachable!()
        };
        let outcome = Outcome::Failed {
            failure,
            after: Some(wish),
        };
        assert_eq!(plan.finished(0, 0.0, outcome), Some(wait), "{wish}");
    }
}

#[test]
fn a_target_may_need_two_requests() {
    let mut plan = Plan::new(1, Pace::default());
    start(&mut plan, 0.0);
    plan.finished(0, 50.0, busy());
    assert_eq!(start(&mut plan, 2_050.0), (0, 1));
    plan.finished(0, 2_060.0, Outcome::More);
    assert_eq!(
        plan.next(2_060.0),
        Step::Wait(290.0),
        "the second request keeps the distance too"
    );
    assert_eq!(start(&mut plan, 2_350.0), (0, 0), "and counts its tries again");
    plan.finished(0, 2_360.0, Outcome::Done);
    assert!(plan.is_over());
}

#[test]
fn what_the_cache_answers_costs_no_time() {
    let mut plan = Plan::new(3, Pace::default());
    start(&mut plan, 0.0);
    plan.unsent(0.0);
    plan.finished(0, 1.0, Outcome::Done);
    assert_eq!(start(&mut plan, 1.0), (1, 0));
    plan.unsent(0.0);
    plan.finished(1, 2.0, Outcome::Done);
    assert_eq!(
        plan.next(2.0),
        Step::Wait(299.0),
        "only the start that sent nothing is forgotten"
    );
}

#[test]
fn cancelling_ends_everything_and_late_answers_are_passed_over() {
    let mut plan = Plan::new(4, Pace::default());
    start(&mut plan, 0.0);
    plan.finished(0, 1.0, Outcome::Done);
    start(&mut plan, 300.0);
    plan.cancel();
    assert_eq!(plan.next(300.0), Step::Over);
    assert_eq!(plan.finished(1, 400.0, Outcome::Done), None);
    let failed: Vec<usize> = plan.failures().map(|(target, _)| target).collect();
    assert_eq!(failed, [1, 2, 3]);
    assert!(plan.failures().all(|(_, why)| why.reason.contains("cancelled")));
}

#[test]
fn a_service_that_is_down_is_not_asked_200_times() {
    let mut plan = Plan::new(200, Pace::default());
    let (mut now, mut sent) = (0.0, 0);
    loop {
        match plan.next(now) {
            Step::Start { target, .. } => {
                sent += 1;
                plan.finished(target, now, busy());
            }
            Step::Wait(time) => now += time,
            Step::Idle => panic!("nothing runs"),
            Step::Over => break,
        }
    }
    // In 14 seconds of tries for the first three, others get their turn as well.
    assert!(sent < 150, "{sent} requests");
    assert_eq!(plan.failures().count(), 200);
    assert!(
        plan.failures()
            .last()
            .unwrap()
            .1
            .reason
            .starts_with("given up, because 3")
    );
}

proptest! {
    /// Whatever the answers and however long they take: never too many at once, never too fast, and it ends.
    #[test]
    fn the_pace_is_kept(answers in prop::collection::vec((0..4_u8, 1.0..900.0_f64), 1..60), targets in 1..12_usize) {
        let pace = Pace { give_up: 100, ..Pace::default() };
        let mut plan = Plan::new(targets, pace);
        let (mut now, mut last) = (0.0_f64, f64::NEG_INFINITY);
        let mut running: Vec<(f64, usize, u8)> = Vec::new();
        let mut answers = answers.into_iter().cycle();
        for _ in 0..10_000 {
            let step = plan.next(now);
            let until = match step {
                Step::Start { target, .. } => {
                    prop_assert!(now - last >= 300.0 - 1e-9);
                    last = now;
                    let (answer, time) = answers.next().unwrap();
                    running.push((now + time, target, answer));
                    prop_assert!(running.len() <= 2);
                    continue;
                }
                Step::Wait(time) => now + time,
                Step::Idle => f64::INFINITY,
                Step::Over => break,
            };
            running.sort_by(|a, b| a.0.total_cmp(&b.0));
            match running.first().copied() {
                Some((end, target, answer)) if end <= until => {
                    running.remove(0);
                    now = end;
                    // A target that wants more and more never ends: only the first answer may.
                    let outcome = match answer {
                        0 => busy(),
                        1 => failed(false),
                        _ => Outcome::Done,
                    };
                    plan.finished(target, now, outcome);
                }
                _ => now = until,
            }
        }
        prop_assert!(plan.is_over() && running.is_empty());
    }
}
