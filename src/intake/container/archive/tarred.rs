//! The members of a tar archive, as it is or packed with gzip, bzip2, xz or zstd.

use super::budget::Metered;
use super::names::{clean, passed_over};
use super::walker::{AGAIN, End, Walker, caught, path_of};
use crate::intake::container::unpack::Packing;
use crate::refusal::Refusal;
use std::io::Read;
use tar::{Archive, EntryType};

/// An archive whose members are in the bytes as they are.
pub fn walk(walker: &mut Walker<'_, '_>, name: &str, bytes: &[u8], depth: usize) -> Result<(), End> {
    each(walker, name, bytes, Some(bytes), depth)
}

/// An archive that is unpacked as it is walked. It is never whole in memory.
pub fn walk_packed(
    walker: &mut Walker<'_, '_>,
    name: &str,
    bytes: &[u8],
    packing: Packing,
    depth: usize,
) -> Result<(), End> {
    let budget = walker.budget;
    each(
        walker,
        name,
        Metered::new(packing.reader(bytes), budget),
        None,
        depth,
    )
}

/// `whole` is what the positions in the archive refer to, when it is at hand.
fn each(
    walker: &mut Walker<'_, '_>,
    name: &str,
    source: impl Read,
    whole: Option<&[u8]>,
    depth: usize,
) -> Result<(), End> {
    let mut archive = Archive::new(source);
    let mut entries = archive.entries().map_err(|error| damaged(&error.to_string()))?;
    loop {
        let next = caught(|| entries.next());
        walker.check_budget()?;
        let mut entry = match next {
            Some(None) => return Ok(()),
            Some(Some(Ok(entry))) => entry,
            Some(Some(Err(error))) => return Err(damaged(&error.to_string())),
            None => return Err(damaged("in a way that its reader did not expect")),
        };
        walker.count(1)?;
        let kind = entry.header().entry_type();
        let is_sparse = kind == EntryType::GNUSparse;
        if !(kind.is_file() || kind == EntryType::Continuous || is_sparse) {
            continue;
        }
        let own = clean(&String::from_utf8_lossy(&entry.path_bytes()));
        if passed_over(&own) {
            continue;
        }
        let path = path_of(name, &own);
        let size = entry.size();
        if let Err(refusal) = walker.limits.check_size(&path, size) {
            walker.report(&path, Err(refusal))?;
            continue;
        }
        let in_place = whole.filter(|_| !is_sparse).map(|whole| {
            let start = usize::try_from(entry.raw_file_position()).ok()?;
            whole.get(start..start.checked_add(usize::try_from(size).ok()?)?)
        });
        match in_place {
            Some(Some(content)) => walker.member(&path, content, depth)?,
            Some(None) => walker.report(&path, Err(cut()))?,
            None => {
                let mut content = Vec::new();
                // The source pays for what a packed archive unpacks to, but not for the holes of a sparse file.
                let outcome = if is_sparse {
                    caught(|| Metered::new(&mut entry, walker.budget).read_to_end(&mut content))
                } else {
                    caught(|| entry.read_to_end(&mut content))
                };
                walker.check_budget()?;
                match outcome {
                    Some(Ok(_)) if content.len() as u64 == size => walker.member(&path, &content, depth)?,
                    Some(Ok(_)) => walker.report(&path, Err(cut()))?,
                    Some(Err(error)) => {
                        let refusal = Refusal::new(format!("the archive is damaged here ({error})"), AGAIN);
                        walker.report(&path, Err(refusal))?;
                    }
                    None => {
                        let refusal =
                            Refusal::new("the archive is damaged in a way that was not expected", AGAIN);
                        walker.report(&path, Err(refusal))?;
                    }
                }
            }
        }
    }
}

fn cut() -> Refusal {
    Refusal::new("the archive is cut short: the end of this file is missing", AGAIN)
}

fn damaged(why: &str) -> End {
    End::Damaged(Refusal::new(
        format!("the tar archive is damaged or cut short ({why})"),
        AGAIN,
    ))
}
