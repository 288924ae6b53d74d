//! Keeps account of jobs: each must end exactly once.

use crate::page_model::pool::{Event, Job};
use crate::page_model::protocol::{Report, Request};
use std::collections::BTreeMap;

/// The number of all jobs that build a tree, which have none of their own.
const BUILD_TREE: u32 = u32::MAX;

/// The outcome of the jobs.
#[derive(Debug, Default)]
pub struct Ledger {
    open: BTreeMap<u32, u32>,
    pub submitted: u32,
    pub answered: u32,
    pub cancelled: u32,
    /// Why jobs were lost.
    pub lost: Vec<String>,
    /// Why the pool fell back, at most once.
    pub fell_back: Option<String>,
    /// Why the pool gave up, at most once.
    pub unusable: Option<String>,
}

impl Ledger {
    pub fn submit(&mut self, job: &Job<u32>) {
        self.submitted += 1;
        *self.open.entry(number(&job.request)).or_default() += 1;
    }

    pub fn cancel(&mut self) {
        self.cancelled += self.left();
        self.open.clear();
    }

    /// Jobs that have not ended.
    pub fn left(&self) -> u32 {
        self.open.values().sum()
    }

    pub fn record(&mut self, event: &Event) {
        match event {
            Event::Report { report, .. } => {
                if let Some(number) = answered(report) {
                    self.close(number);
                    self.answered += 1;
                }
            }
            Event::Lost { request, reason } => {
                self.close(number(request));
                assert!(!reason.trim().is_empty());
                self.lost.push(reason.clone());
            }
            Event::FellBack { reason } => assert_eq!(self.fell_back.replace(reason.clone()), None),
            Event::Unusable { reason } => assert_eq!(self.unusable.replace(reason.clone()), None),
        }
    }

    fn close(&mut self, number: u32) {
        let open = self.open.get_mut(&number).filter(|open| **open > 0);
        *open.expect("a job ended that was not open") -= 1;
    }
}

fn number(request: &Request) -> u32 {
    match request {
        Request::Read { file, .. }
        | Request::Join { file, .. }
        | Request::Fetch { file, .. }
        | Request::Simulate { file, .. } => *file,
        Request::Encode { first } | Request::Place { first } | Request::ReconstructMany { first } => *first,
        Request::Reconstruct { row } => *row,
        Request::BuildTree { .. } | Request::BuildVectorTree { .. } => BUILD_TREE,
        other => panic!("no job of these tests: {other:?}"),
    }
}

/// The number of the job that this ends.
fn answered(report: &Report) -> Option<u32> {
    match report {
        Report::Cutouts {
            file,
            member: None,
            more: false,
            ..
        }
        | Report::Joined {
            file, more: false, ..
        } => Some(*file),
        Report::Encoded { first } | Report::ReconstructedMany { first } => Some(*first),
        Report::Reconstructed { row } => Some(*row),
        Report::TreeBuilt { .. } => Some(BUILD_TREE),
        _ => None,
    }
}
