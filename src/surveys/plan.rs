//! When which request may be sent: a state machine without a clock of its own.
//!
//! The CDS asks for fewer than about five requests a second from one visitor. The plan stays well below: two at once, and
//! at least 300 milliseconds between two starts. What fails for a passing reason is tried again after 2, 4 and 8 seconds;
//! when one target after another fails so, the rest is given up.

use crate::refusal::Refusal;

/// Why a request gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In words.
    pub refusal: Refusal,
    /// It may pass by itself: try again.
    pub retry: bool,
}

impl Failure {
    /// A failure that another try will not change.
    pub fn lasting(refusal: Refusal) -> Self {
        Self {
            refusal,
            retry: false,
        }
    }

    /// The connection to `service` failed; `words` are the browser's.
    pub fn network(service: &str, words: &str) -> Self {
        let refusal = Refusal::new(
            format!("{service} could not be reached ({words})"),
            "check the connection to the internet, and fetch this one again",
        );
        Self { refusal, retry: true }
    }
}

/// How fast requests may follow one another. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Requests under way at once.
    pub at_once: usize,
    /// Time between two starts.
    pub between: f64,
    /// Waits before the second try, the third and so on; after them a request has failed.
    pub waits: Vec<f64>,
    /// The longest wait that a server's own wish (`Retry-After`) can make.
    pub longest_wait: f64,
    /// The run ends after this many targets in a row failed because the service did not answer.
    pub give_up: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 2,
            between: 300.0,
            waits: vec![2_000.0, 4_000.0, 8_000.0],
            longest_wait: 60_000.0,
            give_up: 3,
        }
    }
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The target is complete.
    Done,
    /// This request went well and the target needs another one.
    More,
    /// It failed. `after`: the server wants to be left alone for so many milliseconds.
    Failed {
        /// Why.
        failure: Failure,
        /// The server's wish.
        after: Option<f64>,
    },
}

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Send the request of this target; it is the try of this number, from 0.
    Start {
        /// The target.
        target: usize,
        /// The try.
        attempt: usize,
    },
    /// Nothing for so many milliseconds, or until a request ends.
    Wait(f64),
    /// Nothing until a request ends.
    Idle,
    /// All is over.
    Over,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    /// To be sent, not before this time.
    Waiting(f64),
    Running,
    Done,
    Failed(Refusal),
}

#[derive(Clone, Debug)]
struct Task {
    state: State,
    attempt: usize,
}

/// The requests of one go, target by target.
#[derive(Clone, Debug)]
pub struct Plan {
    pace: Pace,
    tasks: Vec<Task>,
    /// The last two starts: the last may turn out to have sent nothing.
    starts: [f64; 2],
    /// Targets in a row that failed because the service did not answer.
    unreachable: usize,
}

impl Plan {
    /// A plan for so many targets.
    pub fn new(targets: usize, pace: Pace) -> Self {
        let task = Task {
            state: State::Waiting(f64::NEG_INFINITY),
            attempt: 0,
        };
        Self {
            pace,
            tasks: vec![task; targets],
            starts: [f64::NEG_INFINITY; 2],
            unreachable: 0,
        }
    }

    /// What to do at the time `now`, in milliseconds of any clock that only goes forward.
    pub fn next(&mut self, now: f64) -> Step {
        let running = self.count(|state| *state == State::Running);
        let due = |task: &Task| match task.state {
            State::Waiting(from) => Some(from),
            _ => None,
        };
        // The first in order that is due; else the one that is due first.
        let mut next: Option<(usize, f64)> = None;
        for (target, task) in self.tasks.iter().enumerate() {
            let Some(from) = due(task) else {
                continue;
            };
            if from <= now {
                next = Some((target, from));
                break;
            }
            if next.is_none_or(|(_, earliest)| from < earliest) {
                next = Some((target, from));
            }
        }
        let Some((target, from)) = next else {
            return if running > 0 { Step::Idle } else { Step::Over };
        };
        if running >= self.pace.at_once {
            return Step::Idle;
        }
        let open = from.max(self.starts[1] + self.pace.between);
        if open > now {
            return Step::Wait(open - now);
        }
        let Some(task) = self.tasks.get_mut(target) else {
            return Step::Over;
        };
        task.state = State::Running;
        self.starts = [self.starts[1], now];
        Step::Start {
            target,
            attempt: task.attempt,
        }
    }

    /// The start at the time `at` sent nothing, because the answer lay in the cache: the next may follow at once.
    pub fn unsent(&mut self, at: f64) {
        if self.starts[1] == at {
            self.starts[1] = self.starts[0];
        }
    }

    /// Takes in the outcome of a target's request. An answer that comes after [`Self::cancel`] is passed over.
    ///
    /// Returns the milliseconds until the next try, when there will be one.
    pub fn finished(&mut self, target: usize, now: f64, outcome: Outcome) -> Option<f64> {
        let waits = self.pace.waits.clone();
        let task = self
            .tasks
            .get_mut(target)
            .filter(|task| task.state == State::Running)?;
        match outcome {
            Outcome::Done => {
                task.state = State::Done;
                self.unreachable = 0;
            }
            Outcome::More => {
                *task = Task {
                    state: State::Waiting(now),
                    attempt: 0,
                };
                self.unreachable = 0;
            }
            Outcome::Failed { failure, after } => match (failure.retry, waits.get(task.attempt)) {
                (true, Some(wait)) => {
                    let wait = wait.max(after.unwrap_or(0.0).min(self.pace.longest_wait));
                    task.attempt += 1;
                    task.state = State::Waiting(now + wait);
                    return Some(wait);
                }
                (retry, _) => {
                    let mut refusal = failure.refusal;
                    if retry {
                        refusal.reason = format!("{}, {} times", refusal.reason, task.attempt + 1);
                    }
                    task.state = State::Failed(refusal.clone());
                    self.unreachable = if retry { self.unreachable + 1 } else { 0 };
                    if self.unreachable >= self.pace.give_up {
                        self.end_waiting(&Refusal::new(
                            format!(
                                "given up, because {} before it failed: {}",
                                self.unreachable, refusal.reason
                            ),
                            refusal.remedy,
                        ));
                    }
                }
            },
        }
        None
    }

    /// Ends everything. What runs counts as failed.
    pub fn cancel(&mut self) {
        let refusal = Refusal::new("cancelled before it was fetched", "fetch it again");
        for task in &mut self.tasks {
            if task.state == State::Running {
                task.state = State::Failed(refusal.clone());
            }
        }
        self.end_waiting(&refusal);
    }

    fn end_waiting(&mut self, refusal: &Refusal) {
        for task in &mut self.tasks {
            if matches!(task.state, State::Waiting(_)) {
                task.state = State::Failed(refusal.clone());
            }
        }
    }

    fn count(&self, is: impl Fn(&State) -> bool) -> usize {
        self.tasks.iter().filter(|task| is(&task.state)).count()
    }

    /// Targets that are complete or have failed.
    pub fn settled(&self) -> usize {
        self.count(|state| matches!(state, State::Done | State::Failed(_)))
    }

    /// True when nothing is left to do.
    pub fn is_over(&self) -> bool {
        self.settled() == self.tasks.len()
    }

    /// The targets that failed, and why.
    pub fn failures(&self) -> impl Iterator<Item = (usize, &Refusal)> {
        self.tasks
            .iter()
            .enumerate()
            .filter_map(|(target, task)| match &task.state {
                State::Failed(refusal) => Some((target, refusal)),
                _ => None,
            })
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
