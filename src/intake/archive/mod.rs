//! ZIP and tar archives, packed or not, nested: one member after another, with an end to all of it.
//!
//! [`walk`] hands over the members one at a time. Nothing is written anywhere, so a member's name does no harm. What is
//! unpacked is counted while it is unpacked, over all members and all archives inside archives ([`Limits::unpacked`]).

mod budget;
mod directory;
mod names;
mod tarred;
mod zipped;

use std::{
    io::Read,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use self::budget::{Budget, Metered};
pub use self::directory::{Special, special};
pub(super) use self::tarred::is_tar;
use super::{Limits, Refusal, unpack::Packing, unpack::too_much};

/// What receives the members: the path, with the archive's name in front, and the content or why there is none.
pub type Visit<'v> = dyn FnMut(&str, Result<&[u8], Refusal>) -> ControlFlow<()> + 'v;

/// How an archive stands in its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Zip,
    Tar,
    PackedTar(Packing),
}

/// Tells an archive by its bytes. A NumPy archive or an office document, though a ZIP, is none: it is one file.
fn container(bytes: &[u8]) -> Option<Container> {
    if is_zip(bytes) {
        return special(bytes).is_none().then_some(Container::Zip);
    }
    if let Some(packing) = Packing::detect(bytes) {
        let head = packing.head(bytes, tarred::BLOCK);
        return is_tar(&head).then_some(Container::PackedTar(packing));
    }
    is_tar(bytes).then_some(Container::Tar)
}

/// True for the first bytes of a ZIP file, whatever is in it.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// True when [`walk`] can look into it: ZIP, tar, and tar in gzip, bzip2, xz or zstd.
pub fn is_archive(bytes: &[u8]) -> bool {
    container(bytes).is_some()
}

/// Visits the files in an archive, one in memory at a time, and those in the archives inside it.
///
/// A member's path is the archive's name and its own path in it, `set.zip/spirals/m51.fits`. Folders, links, hidden
/// files and what systems leave behind (`__MACOSX/`, `.DS_Store`) are passed over. A member that cannot be read (it
/// is damaged, encrypted, too large or packed in an unknown way) is visited with its [`Refusal`], and the others go on.
/// The visitor ends the walk by [`ControlFlow::Break`].
///
/// # Errors
/// A [`Refusal`] when the archive itself is none, is damaged or empty, or asks for more than the limits allow:
/// [`Limits::members`], [`Limits::expanded`], [`Limits::ratio`]. Members visited until then were sound.
pub fn walk(name: &str, bytes: &[u8], limits: &Limits, visit: &mut Visit<'_>) -> Result<(), Refusal> {
    limits.check_size(name, bytes.len() as u64)?;
    let container = container(bytes).ok_or_else(|| {
        Refusal::new(
            "it is no archive that is read here",
            "give a ZIP or tar archive, or the files",
        )
    })?;
    start(name, bytes, container, limits, visit)
}

/// Visits the files that a dropped file stands for: itself, or the members of the archive that it is (see [`walk`]).
///
/// # Errors
/// As [`walk`]; a plain file gives none.
pub fn each_file(name: &str, bytes: &[u8], limits: &Limits, visit: &mut Visit<'_>) -> Result<(), Refusal> {
    let Some(container) = container(bytes) else {
        // There is nothing behind a single file that the visitor's answer could end.
        let _ = visit(name, Ok(bytes));
        return Ok(());
    };
    limits.check_size(name, bytes.len() as u64)?;
    start(name, bytes, container, limits, visit)
}

/// All members of a ZIP file with their names, for formats that are ZIP files inside (`.npz`).
///
/// # Errors
/// A [`Refusal`] as [`walk`], and when any member cannot be read.
pub fn members(bytes: &[u8], limits: &Limits) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let mut members = Vec::new();
    let mut failure = None;
    start("", bytes, Container::Zip, limits, &mut |name, content| {
        match content {
            Ok(content) => members.push((name.to_owned(), content.to_vec())),
            Err(refusal) => {
                failure = Some(Refusal::new(
                    format!("`{name}` in it: {}", refusal.reason),
                    refusal.remedy,
                ));
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    })?;
    failure.map_or(Ok(members), Err)
}

fn start(
    name: &str,
    bytes: &[u8],
    container: Container,
    limits: &Limits,
    visit: &mut Visit<'_>,
) -> Result<(), Refusal> {
    let budget = Budget::new(limits.unpacked(bytes.len() as u64));
    let mut walker = Walker {
        limits,
        budget: &budget,
        visit,
        entries: 0,
        told: 0,
    };
    match walker.open(name, bytes, container, 1) {
        Ok(()) | Err(End::Asked) => Ok(()),
        Err(End::Limit(refusal) | End::Damaged(refusal)) => Err(refusal),
    }
}

/// Why a walk ends before the last member.
enum End {
    /// The visitor asked for it.
    Asked,
    /// A limit that holds for everything: nothing more is read.
    Limit(Refusal),
    /// This archive is damaged. The archive around it goes on.
    Damaged(Refusal),
}

struct Walker<'v, 'w> {
    limits: &'v Limits,
    budget: &'v Budget,
    visit: &'v mut Visit<'w>,
    /// Entries so far, of any kind, in all archives.
    entries: usize,
    /// Members handed over so far.
    told: usize,
}

impl Walker<'_, '_> {
    fn open(&mut self, name: &str, bytes: &[u8], container: Container, depth: usize) -> Result<(), End> {
        let before = self.told;
        match container {
            Container::Zip => zipped::walk(self, name, bytes, depth)?,
            Container::Tar => tarred::walk(self, name, bytes, depth)?,
            Container::PackedTar(packing) => tarred::walk_packed(self, name, bytes, packing, depth)?,
        }
        if self.told == before {
            return Err(End::Damaged(Refusal::new(
                "there is no file in the archive",
                "pack it again, or give the files",
            )));
        }
        Ok(())
    }

    /// Counts an entry of any kind.
    fn count(&mut self, entries: usize) -> Result<(), End> {
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
    fn tell(&mut self, path: &str, content: Result<&[u8], Refusal>) -> Result<(), End> {
        self.told += 1;
        match (self.visit)(path, content) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(End::Asked),
        }
    }

    /// Hands over a member, or the members of an archive that it is.
    fn member(&mut self, path: &str, bytes: &[u8], depth: usize) -> Result<(), End> {
        let Some(container) = container(bytes) else {
            return self.tell(path, Ok(bytes));
        };
        if depth >= self.limits.nesting {
            let refusal = Refusal::new(
                format!(
                    "it is an archive inside {depth} archives; the limit is {} in all",
                    self.limits.nesting
                ),
                "unpack the outer one",
            );
            return self.tell(path, Err(refusal));
        }
        match self.open(path, bytes, container, depth + 1) {
            Err(End::Damaged(refusal)) => self.tell(path, Err(refusal)),
            other => other,
        }
    }

    /// A member's content, at most [`Limits::bytes`] of it; what is unpacked is taken from the budget.
    fn content(&self, path: &str, source: impl Read) -> Result<Result<Vec<u8>, Refusal>, End> {
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

    fn check_budget(&self) -> Result<(), End> {
        if self.budget.is_spent() {
            return Err(End::Limit(too_much(self.budget.all(), self.limits)));
        }
        Ok(())
    }
}

const AGAIN: &str = "download or copy the archive again";

/// The path of a member: the archive's name and its own.
fn path_of(archive: &str, clean: &str) -> String {
    match (archive, clean) {
        ("", _) => clean.to_owned(),
        (_, "") => format!("{archive}/?"),
        _ => format!("{archive}/{clean}"),
    }
}

/// Runs somebody else's code; `None` when it panicked (where panics unwind).
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests;
