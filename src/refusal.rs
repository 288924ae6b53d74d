//! Why a file gives nothing, and what its owner can do.

/// Why a file (or a part of it) gives no galaxy, and what its owner can do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{reason}; {remedy}")]
pub struct Refusal {
    /// What is wrong, naming the thing.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

impl Refusal {
    /// A refusal out of its two halves.
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            remedy: remedy.into(),
        }
    }
}
