//! One report for a file, and one for each file in an archive.

use std::ops::ControlFlow;

use super::{Answers, FileReport, Limits, Refusal, archive, read};
use crate::cutout::Recipe;

/// Visits the files that a dropped file stands for: itself, or the members of the archive that it is
/// (see [`archive::walk`]).
///
/// # Errors
/// As [`archive::walk`]; a plain file gives none.
pub fn each_file(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    visit: &mut archive::Visit<'_>,
) -> Result<(), Refusal> {
    if archive::is_archive(bytes) {
        return archive::walk(name, bytes, limits, visit);
    }
    // There is nothing behind a single file that the visitor's answer could end.
    let _ = visit(name, Ok(bytes));
    Ok(())
}

/// Reads a file: one report for a plain file, one for each member of an archive, as they come. An archive that is
/// damaged, empty or over a limit gives a refused report of its own, behind those of the members read until then.
pub fn read_each(
    name: &str,
    bytes: &[u8],
    recipe: &Recipe,
    limits: &Limits,
    answers: &Answers,
    each: &mut dyn FnMut(FileReport),
) {
    let outcome = each_file(name, bytes, limits, &mut |name, content| {
        each(match content {
            Ok(bytes) => read(name, bytes, recipe, limits, answers),
            Err(refusal) => FileReport::refused(name, refusal),
        });
        ControlFlow::Continue(())
    });
    if let Err(refusal) = outcome {
        each(FileReport::refused(name, refusal));
    }
}
