//! A guard around decoders of other authors.

use super::kind::Kind;
use crate::refusal::Refusal;

/// Runs a decoder; a panic in it becomes a refusal (where panics unwind).
pub(super) fn guarded<T>(kind: Kind, decode: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        Err(Refusal::new(
            format!(
                "the {} is damaged in a way that its decoder did not expect",
                kind.name()
            ),
            "open it in a viewer; download or copy it again",
        ))
    })
}
