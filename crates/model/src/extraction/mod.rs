//! Codes of cutouts.
//!
//! The search for the nearest code runs on the host ([`crate::network::Codebook`]): it is a thousandth of the work, it is then the
//! same double-precision arithmetic on every device, and it gives the margin of each choice.

mod extract;
mod known_answer;

#[cfg(feature = "burn")]
pub(crate) use extract::read;
pub use extract::{ExtractError, Extractor};
pub use known_answer::{KnownAnswer, KnownAnswerError, KnownAnswerReport};
