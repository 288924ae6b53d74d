//! What a request comes to.

use galaxy_grove::page_model::protocol::Report;
use grove_browser::Envelope;

/// The report with its arrays, or the report of what went wrong.
pub type Answer = Result<Envelope<Report>, Report>;
