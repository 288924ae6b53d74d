//! The ways into an archive.

use super::budget::Budget;
use super::detect::{Container, container};
use super::walker::{End, Visit, Walker};
use super::{tarred, zipped};
use crate::limits::Limits;
use crate::refusal::Refusal;
use std::ops::ControlFlow;

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
            "it is not an archive of a supported kind",
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
        open,
        entries: 0,
        entries_reported: 0,
    };
    match open(&mut walker, name, bytes, container, 1) {
        Ok(()) | Err(End::Asked) => Ok(()),
        Err(End::Limit(refusal) | End::Damaged(refusal)) => Err(refusal),
    }
}

/// Opens an archive and walks through it; one without files is damaged.
fn open(
    walker: &mut Walker<'_, '_>,
    name: &str,
    bytes: &[u8],
    container: Container,
    depth: usize,
) -> Result<(), End> {
    let before = walker.entries_reported;
    match container {
        Container::Zip => zipped::walk(walker, name, bytes, depth)?,
        Container::Tar => tarred::walk(walker, name, bytes, depth)?,
        Container::PackedTar(packing) => tarred::walk_packed(walker, name, bytes, packing, depth)?,
    }
    if walker.entries_reported == before {
        return Err(End::Damaged(Refusal::new(
            "there is no file in the archive",
            "pack it again, or give the files",
        )));
    }
    Ok(())
}
