//! What a worker's report means for the job that it is at.

use crate::page_model::protocol::{Report, Request};

/// What a report means for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// More will follow.
    Progress,
    /// The job is done.
    Done,
    /// It does not belong to this job.
    Foreign,
}

/// What a report means for the job with this request.
pub(super) fn meaning(request: &Request, report: &Report) -> Meaning {
    let (ours, more) = match (request, report) {
        (
            Request::Read { file, .. } | Request::Fetch { file, .. } | Request::Simulate { file, .. },
            Report::Cutouts {
                file: of,
                member,
                more,
                ..
            },
            // After the files inside an archive comes the archive itself.
        ) => (file == of, *more || member.is_some()),
        (Request::Fetch { file, .. }, Report::Level { file: of, .. }) => (file == of, true),
        (Request::Read { file, .. } | Request::Fetch { file, .. }, Report::Field { file: of, .. }) => {
            (file == of, true)
        }
        (Request::Join { file, .. }, Report::Joined { file: of, more, .. }) => (file == of, *more),
        (Request::Encode { first }, Report::Encoded { first: of })
        | (Request::Place { first }, Report::Placed { first: of })
        | (Request::ReconstructMany { first }, Report::ReconstructedMany { first: of }) => {
            (first == of, false)
        }
        (Request::Reconstruct { row }, Report::Reconstructed { row: of }) => (row == of, false),
        (Request::Measure { tree, first }, Report::Measured { tree: of, first: at }) => {
            (tree == of && first == at, false)
        }
        (Request::MakeMap { tree, .. }, Report::MapMade { tree: of })
        | (Request::MeasureQuality { tree, .. }, Report::QualityMeasured { tree: of, .. }) => {
            (tree == of, false)
        }
        (Request::TestSteadiness { tree, cut, .. }, Report::SteadinessTested { tree: of, cut: by }) => {
            (tree == of && cut == by, false)
        }
        // A model that is loaded for the first galaxies.
        (Request::Encode { .. } | Request::Place { .. }, Report::Loading { .. })
        | (Request::Reconstruct { .. } | Request::ReconstructMany { .. }, Report::Loading { .. })
        | (Request::Inspect, Report::Loading { .. })
        | (Request::MakeMap { .. }, Report::MakingMap { .. })
        | (Request::TestSteadiness { .. }, Report::TestingSteadiness { .. }) => (true, true),
        (Request::ReconstructMany { .. }, Report::NotReconstructed { .. })
        | (Request::BuildTree { .. } | Request::BuildVectorTree { .. }, Report::TreeBuilt { .. })
        | (Request::UseModel, Report::ModelInUse)
        | (Request::Inspect, Report::Inspected) => (true, false),
        (Request::BuildTree { .. } | Request::BuildVectorTree { .. }, Report::BuildingTree { .. }) => {
            (true, true)
        }
        _ => (false, false),
    };
    match (ours, more) {
        (false, _) => Meaning::Foreign,
        (true, true) => Meaning::Progress,
        (true, false) => Meaning::Done,
    }
}
