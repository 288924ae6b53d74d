//! What a walk through an archive keeps account of.

use super::budget::{Budget, Metered};
use super::detect::{Container, container};
use crate::intake::container::unpack::too_much;
use crate::limits::Limits;
use crate::refusal::Refusal;
use std::{
    io::Read,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What receives the members: the path, with the archive's name in front, and the content or why there is none.
pub type Visit<'v> = dyn FnMut(&str, Result<&[u8], Refusal>) -> ControlFlow<()> + 'v;

/// Why a walk ends before the last member.
pub(super) enum End {
    /// The visitor asked for it.
    Asked,
    /// A limit that holds for everything: nothing more is read.
    Limit(Refusal),
    /// This archive is damaged. The archive around it goes on.
    Damaged(Refusal),
}

/// Opens an archive of a known kind and walks through it, at a depth.
pub(super) type Open = fn(&mut Walker<'_, '_>, &str, &[u8], Container, usize) -> Result<(), End>;

/// The account of a walk: what was handed over, and what is left to spend.
pub(super) struct Walker<'v, 'w> {
    pub(super) limits: &'v Limits,
    pub(super) budget: &'v Budget,
    pub(super) visit: &'v mut Visit<'w>,
    /// How archives inside are opened.
    pub(super) open: Open,
    /// Entries so far, of any kind, in all archives.
    pub(super) entries: usize,
    /// Members handed over so far.
    pub(super) entries_reported: usize,
}

impl Walker<'_, '_> {
    /// Counts an entry of any kind.
    pub(super) fn count(&mut self, entries: usize) -> Result<(), End> {
        self.entries = self.entries.saturating_add(entries);
        if self.entries <= self.limits.members {
            return Ok(());
        }
        Err(End::Limit(Refusal::new(
            format!(
                "the archive has more than {} entries, the limit",
                self.limits.members
            ),
            "unpack it, or pack it into several archives",
        )))
    }

    /// Hands over one result.
    pub(super) fn report(&mut self, path: &str, content: Result<&[u8], Refusal>) -> Result<(), End> {
        self.entries_reported += 1;
        match (self.visit)(path, content) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(End::Asked),
        }
    }

    /// Hands over a member, or the members of an archive that it is.
    pub(super) fn member(&mut self, path: &str, bytes: &[u8], depth: usize) -> Result<(), End> {
        let Some(container) = container(bytes) else {
            return self.report(path, Ok(bytes));
        };
        if depth >= self.limits.nesting {
            let refusal = Refusal::new(
                format!(
                    "it is an archive inside {depth} archives; the limit is {} in all",
                    self.limits.nesting
                ),
                "unpack the outer one",
            );
            return self.report(path, Err(refusal));
        }
        match (self.open)(self, path, bytes, container, depth + 1) {
            Err(End::Damaged(refusal)) => self.report(path, Err(refusal)),
            other => other,
        }
    }

    /// A member's content, at most [`Limits::bytes`] of it; what is unpacked is taken from the budget.
    pub(super) fn content(&self, path: &str, source: impl Read) -> Result<Result<Vec<u8>, Refusal>, End> {
        let most = self.limits.bytes;
        let mut content = Vec::new();
        let outcome = caught(|| {
            Metered::new(source, self.budget)
                .take(most.saturating_add(1))
                .read_to_end(&mut content)
        });
        self.check_budget()?;
        Ok(match outcome {
            None => Err(Refusal::new(
                "it is damaged in a way that its decoder did not expect",
                AGAIN,
            )),
            Some(Err(error)) => Err(Refusal::new(
                format!("it cannot be unpacked: it is damaged ({error})"),
                AGAIN,
            )),
            Some(Ok(_)) => self
                .limits
                .check_size(path, content.len() as u64)
                .map(|()| content),
        })
    }

    pub(super) fn check_budget(&self) -> Result<(), End> {
        if self.budget.is_spent() {
            return Err(End::Limit(too_much(self.budget.all(), self.limits)));
        }
        Ok(())
    }
}

pub(super) const AGAIN: &str = "download or copy the archive again";

/// The path of a member: the archive's name and its own.
pub(super) fn path_of(archive: &str, clean: &str) -> String {
    match (archive, clean) {
        ("", _) => clean.to_owned(),
        (_, "") => format!("{archive}/?"),
        _ => format!("{archive}/{clean}"),
    }
}

/// Runs code of other authors; `None` when it panicked (where panics unwind).
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
