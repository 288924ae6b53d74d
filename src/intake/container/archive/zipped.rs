//! The members of a ZIP archive: stored, deflated or packed with bzip2.

use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive, result::ZipError};

use super::directory::names as directory_names;
use super::names::{clean, passed_over};
use super::walker::{AGAIN, End, Walker, caught, path_of};
use crate::refusal::Refusal;

pub fn walk(walker: &mut Walker<'_, '_>, name: &str, bytes: &[u8], depth: usize) -> Result<(), End> {
    // Before the crate makes an entry of each.
    let left = walker.limits.members.saturating_sub(walker.entries);
    let counted = directory_names(bytes).take(left.saturating_add(1)).count();
    walker.count(counted)?;
    let mut archive = match caught(|| ZipArchive::new(Cursor::new(bytes))) {
        Some(Ok(archive)) => archive,
        Some(Err(error)) => return Err(damaged(&error.to_string())),
        None => return Err(damaged("in a way that its reader did not expect")),
    };
    // The crate finds directories in places where this walk does not look.
    walker.count(archive.len().saturating_sub(counted))?;
    for index in 0..archive.len() {
        let own = match archive.name_for_index(index) {
            Some(Ok(own)) => own.into_owned(),
            _ => format!("member {}", index + 1),
        };
        if own.ends_with(['/', '\\']) {
            continue;
        }
        let own = clean(&own);
        if passed_over(&own) {
            continue;
        }
        let path = path_of(name, &own);
        let opened = caught(|| archive.by_index(index)).unwrap_or(Err(ZipError::FileNotFound));
        let content = match opened {
            Ok(file) if file.is_symlink() => continue,
            Ok(file) if !is_read(file.compression()) => {
                // The crate would say so only while reading, as if the member were damaged.
                Err(unread(&name_of(file.compression())))
            }
            Ok(file) => match walker.limits.check_size(&path, file.size()) {
                Ok(()) => walker.content(&path, file)?,
                Err(refusal) => Err(refusal),
            },
            Err(error) => Err(refusal(&error)),
        };
        match content {
            Ok(content) => walker.member(&path, &content, depth)?,
            Err(refusal) => walker.report(&path, Err(refusal))?,
        }
    }
    Ok(())
}

fn is_read(method: CompressionMethod) -> bool {
    matches!(
        method,
        CompressionMethod::Stored | CompressionMethod::Deflated | CompressionMethod::Bzip2
    )
}

fn name_of(method: CompressionMethod) -> String {
    #[allow(
        deprecated,
        reason = "there is no other way to the number of an unknown method"
    )]
    let number = method.to_u16();
    match CompressionMethod::name_from_u16(number) {
        "Unknown" => format!("method {number}"),
        name => name.to_owned(),
    }
}

fn damaged(why: &str) -> End {
    End::Damaged(Refusal::new(
        format!("the ZIP archive is damaged or cut short ({why})"),
        AGAIN,
    ))
}

fn refusal(error: &ZipError) -> Refusal {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            Refusal::new("it is encrypted", "unpack the archive with its password first")
        }
        ZipError::CompressionMethodNotSupported(method) => unread(CompressionMethod::name_from_u16(*method)),
        ZipError::UnsupportedArchive(why) => unread(why),
        other => Refusal::new(format!("it is damaged ({other})"), AGAIN),
    }
}

fn unread(method: &str) -> Refusal {
    Refusal::new(
        format!("it is packed in a way that is not supported ({method})"),
        "unpack the archive, or pack it again as an ordinary ZIP (deflate)",
    )
}
