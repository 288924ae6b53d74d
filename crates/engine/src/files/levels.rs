//! One part of a tree that is too large to be read at once.

use super::reading::{limits, send};
use crate::outbox::post;
use galaxy_grove::cutout::Recipe;
use galaxy_grove::intake::{self, Answers, FileReport, Outcome, Refusal};
use galaxy_grove::levels::{Head, Level, read_level};
use galaxy_grove::page_model::protocol::Report;
use grove_browser::{Envelope, FetchError, fetch_range};

/// Bytes that are read first. The places of a thousand parts take 8 kB.
const FIRST: u64 = 128 * 1024;

/// The longest list of places that is read: six million parts.
const LONGEST: u64 = 50_000_000;

/// Fetches and reads a part.
pub async fn fetch(file: u32, url: &str, name: &str, part: u32) {
    match read(url, part as usize).await {
        Err(refusal) => send(file, None, FileReport::refused(name, refusal), false),
        Ok((bytes, level)) => {
            let mut report = intake::read(name, &bytes, &Recipe::default(), &limits(), &Answers::default());
            let found = match &report.outcome {
                Outcome::Vectors(vectors) => vectors.ids.len(),
                _ => report.galaxies().len(),
            };
            if found == level.leaves() {
                post(Envelope::new(Report::Level { file, level }));
            } else if !report.verdict().is_refused() {
                // Its tree would belong to other galaxies.
                let reason = format!(
                    "part {part} has {} leaves and {found} galaxies that can be read",
                    level.leaves()
                );
                report = FileReport::refused(
                    name,
                    Refusal::new(reason, "make the file again with `grove levels`"),
                );
            }
            send(file, None, report, false);
        }
    }
}

async fn read(url: &str, part: usize) -> Result<(Vec<u8>, Level), Refusal> {
    let failed = |error: FetchError| {
        let remedy = match error {
            FetchError::NoRanges { .. } => "put it on another host, or open it with `grove serve`",
            _ => "reload the page and try again",
        };
        Refusal::new(error.to_string(), remedy)
    };
    let wrong = |reason: String| Refusal::new(reason, "make the file again with `grove levels`");
    let mut begin = fetch_range(url, 0..FIRST).await.map_err(failed)?;
    let first = begin.first_chunk::<8>().copied().unwrap_or_default();
    let length = Head::length(first).map_err(|error| wrong(error.to_string()))?;
    let header = upto(url, &mut begin, length as u64).await.map_err(failed)?;
    let head =
        Head::new(header.get(..length).unwrap_or_default()).map_err(|error| wrong(error.to_string()))?;
    if head.list.end > LONGEST {
        return Err(wrong(format!(
            "its list of parts takes {} bytes, more than a page can read",
            head.list.end
        )));
    }
    let list = head.list.start as usize..head.list.end as usize;
    let known = upto(url, &mut begin, head.list.end).await.map_err(failed)?;
    let index = head
        .index(known.get(list).unwrap_or_default())
        .map_err(|error| wrong(error.to_string()))?;
    let place = index.place(part).map_err(|error| wrong(error.to_string()))?;
    let wanted = place.end - place.start;
    let bytes = fetch_range(url, place).await.map_err(failed)?;
    if bytes.len() as u64 != wanted {
        return Err(wrong(format!(
            "the file is cut short: part {part} has {} of {wanted} bytes",
            bytes.len()
        )));
    }
    let level = read_level(&bytes).map_err(|error| wrong(error.to_string()))?;
    if level.part as usize != part {
        // The list and the part are of two files: it was replaced in between.
        return Err(Refusal::new(
            format!(
                "part {} came where part {part} was asked for: the file has changed on the host",
                level.part
            ),
            "reload the page",
        ));
    }
    Ok((bytes, level))
}

/// Reads on to this length, if need be.
async fn upto<'a>(url: &str, begin: &'a mut Vec<u8>, length: u64) -> Result<&'a [u8], FetchError> {
    if (begin.len() as u64) < length.min(LONGEST) {
        let rest = fetch_range(url, begin.len() as u64..length).await?;
        begin.extend(rest);
    }
    Ok(begin)
}
