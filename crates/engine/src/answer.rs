//! What a request comes to.

use galaxy_grove::page_model::protocol::Report;
use grove_browser::Envelope;
use grove_model::ExtractError;

/// The report with its arrays, or the report of what went wrong.
pub type Answer = Result<Envelope<Report>, Report>;

/// A device that failed cannot be trusted again; anything else concerns this request only.
pub fn failure(error: &ExtractError) -> Report {
    let reason = error.to_string();
    match error {
        ExtractError::Device(_) => Report::Unusable { reason },
        _ => Report::Failed { reason },
    }
}
