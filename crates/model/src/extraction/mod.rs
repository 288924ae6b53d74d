//! Codes of cutouts.
//!
//! The search for the nearest code runs on the host ([`crate::network::Codebook`]): it is a thousandth of the work, it is then the
//! same double-precision arithmetic on every device, and it gives the margin of each choice.

mod error;
mod extract;
mod known_answer;
mod values;

pub use error::ExtractError;
pub use extract::Extractor;
pub use known_answer::{KnownAnswer, KnownAnswerError, KnownAnswerReport};
#[cfg(feature = "burn")]
pub(crate) use values::read;
