//! The pages of a TIFF, and which of them to take.

use super::open::{Tiff, open, refusal};
use super::stack::{self, Stack};
use crate::intake::content::Content;
use crate::intake::formats::tiff::page;
use crate::intake::picture::Picture;
use crate::intake::report::key::QuestionKey;
use crate::intake::report::question::Reading;
use crate::limits::Limits;
use crate::refusal::Refusal;
use tiff::tags::Tag;

/// A page that may hold a galaxy.
struct Page {
    /// Its number in the file, from 0.
    index: usize,
    width: u32,
    height: u32,
}

/// True for raw pictures of cameras: they have a version of DNG, or the first page is a thumbnail with the picture hidden below.
fn is_raw(tiff: &mut Tiff<'_>) -> bool {
    const DNG: Tag = Tag::Unknown(50706);
    let mut has = |tag: Tag| tiff.find_tag(tag).is_ok_and(|value| value.is_some());
    let (is_dng, hides) = (has(DNG), has(Tag::Unknown(330)));
    let is_thumbnail = tiff
        .find_tag_unsigned::<u32>(Tag::NewSubfileType)
        .is_ok_and(|kind| kind.is_some_and(|kind| kind & 1 == 1));
    is_dng || hides && is_thumbnail
}

/// Reads a TIFF. Pages of equal size are each a picture; otherwise the first is taken, and it asks.
///
/// # Errors
/// A [`Refusal`] when it is damaged, too large or of a kind that is not read.
pub fn decode(bytes: &[u8], reading: &mut Reading) -> Result<Content, Refusal> {
    let limits = reading.limits;
    let mut tiff = open(bytes, limits)?;
    if is_raw(&mut tiff) {
        return Err(Refusal::new(
            "it is a raw picture of a camera (DNG, NEF, ARW), of which only a thumbnail could be read",
            "develop it, and save it as an ordinary 16-bit TIFF or as FITS",
        ));
    }
    let declared = stack::declared(&mut tiff);
    let (pages, mut remarks) = pages(&mut tiff, limits)?;
    if let [only] = pages.as_slice() {
        tiff.seek_to_image(only.index).map_err(|error| refusal(&error))?;
        match stack::find(&mut tiff, bytes, declared) {
            Ok(Some(stack)) => return stacked(&stack, only, bytes, reading, remarks),
            Ok(None) => {}
            Err(remark) => remarks.push(remark),
        }
    }
    let chosen = choose(&pages, declared.channels, reading, &mut remarks)?;
    let several = chosen.len() > 1;
    let mut pictures = Vec::new();
    let mut failures = Vec::new();
    for page in chosen {
        let read = tiff
            .seek_to_image(page.index)
            .map_err(|error| refusal(&error))
            .and_then(|()| page::read(&mut tiff, page.index + 1, bytes, reading));
        match read {
            Ok(picture) if several => pictures.push(Picture {
                label: Some((page.index + 1).to_string()),
                ..picture
            }),
            Ok(picture) => pictures.push(picture),
            Err(refusal) => failures.push((page.index + 1, refusal)),
        }
    }
    if pictures.is_empty() {
        let first = failures.into_iter().next().map(|(_, refusal)| refusal);
        return Err(first.unwrap_or_else(no_page));
    }
    remarks.extend(
        failures
            .into_iter()
            .map(|(page, refusal)| format!("page {page} was left out: {refusal}")),
    );
    Ok(Content::Pictures { pictures, remarks })
}

/// Reads the pictures of a stack that has a directory for the first only.
fn stacked(
    stack: &Stack,
    first: &Page,
    bytes: &[u8],
    reading: &mut Reading,
    mut remarks: Vec<String>,
) -> Result<Content, Refusal> {
    let limits = reading.limits;
    let area = u64::from(first.width).saturating_mul(first.height.into());
    let too_many =
        stack.count > limits.galaxies as u64 || area.saturating_mul(stack.count) > limits.pixels as u64;
    if too_many {
        return Err(Refusal::new(
            format!(
                "its description declares {} pictures, more than is allowed",
                stack.count
            ),
            "split it into files of fewer pictures",
        ));
    }
    let mut copy = stack.copy(bytes);
    let mut pictures = Vec::new();
    for number in 0..stack.count {
        let mut tiff = stack.open(&mut copy, bytes.len(), number, limits)?;
        let picture = page::read(&mut tiff, 1, bytes, reading)?;
        pictures.push(Picture {
            label: Some((number + 1).to_string()),
            ..picture
        });
    }
    remarks.push(format!(
        "its description declares {} pictures behind one another: each was read",
        stack.count
    ));
    Ok(Content::Pictures { pictures, remarks })
}

/// The pages, without thumbnails, smaller copies and masks. Their sizes are checked, one by one and together.
fn pages(tiff: &mut Tiff<'_>, limits: &Limits) -> Result<(Vec<Page>, Vec<String>), Refusal> {
    let mut pages = Vec::new();
    let mut remarks = Vec::new();
    let mut area = 0u64;
    let mut index = 0;
    let mut broken = None;
    loop {
        if broken.is_none() {
            // Bit 0: a smaller copy of another page; bit 2: a mask.
            let kind: u32 = tiff
                .find_tag_unsigned(Tag::NewSubfileType)
                .ok()
                .flatten()
                .unwrap_or(0);
            if kind & 0b101 == 0 || !tiff.more_images() && pages.is_empty() {
                let (width, height) = tiff.dimensions().map_err(|error| refusal(&error))?;
                limits.check_picture(width.into(), height.into())?;
                area = area.saturating_add(u64::from(width) * u64::from(height));
                pages.push(Page { index, width, height });
            } else {
                remarks.push(format!(
                    "page {} was left out: by its mark it is a smaller copy or a mask",
                    index + 1
                ));
            }
        }
        if !tiff.more_images() {
            break;
        }
        index += 1;
        if index > limits.galaxies {
            return Err(Refusal::new(
                format!("the TIFF has more than {} pages, the limit", limits.galaxies),
                "split it into files of fewer pages",
            ));
        }
        broken = tiff.next_image().err();
        if let Some(error) = &broken {
            remarks.push(format!(
                "page {} was left out: {}",
                index + 1,
                refusal(error).reason
            ));
        }
    }
    if area > limits.pixels as u64 && pages.len() > 1 {
        return Err(Refusal::new(
            format!(
                "the TIFF has {} pages of {:.0} million pixels together; the limit is {:.0} million",
                pages.len(),
                area as f64 / 1e6,
                limits.pixels as f64 / 1e6
            ),
            "split it into files of fewer pages",
        ));
    }
    Ok((pages, remarks))
}

/// Which pages to take.
fn choose(
    pages: &[Page],
    channels: u64,
    reading: &mut Reading,
    remarks: &mut Vec<String>,
) -> Result<Vec<Page>, Refusal> {
    let take = |page: &Page| Page { ..*page };
    let all = || pages.iter().map(take).collect();
    let Some(first) = pages.first() else {
        return Err(no_page());
    };
    if pages.len() == 1 {
        return Ok(all());
    }
    let count = pages.len();
    let equal = pages
        .iter()
        .all(|page| (page.width, page.height) == (first.width, first.height));
    let mut options = vec![format!("all ({count} pages)")];
    options.extend(
        pages
            .iter()
            .map(|page| format!("page {} ({} x {})", page.index + 1, page.width, page.height)),
    );
    let singles = options.len();
    let channels = usize::try_from(channels).unwrap_or(1);
    if equal && channels > 1 && count.is_multiple_of(channels) {
        let each = count / channels;
        options
            .extend((1..=channels).map(|channel| format!("channel {channel} of {channels} ({each} pages)")));
    }
    let answered = reading.answers.get(&QuestionKey::Pages).is_some();
    let default = if options.len() > singles {
        singles + channels / 2
    } else {
        usize::from(!equal)
    };
    let taken = reading.choose(
        QuestionKey::Pages,
        "The TIFF has several pages. Which are galaxies?",
        options,
        default,
    )?;
    if let Some(channel) = taken.checked_sub(singles) {
        if !answered {
            remarks.push(format!(
                "its description declares {channels} channels: channel {} of each galaxy was taken",
                channel + 1
            ));
        }
        return Ok(pages
            .iter()
            .skip(channel)
            .step_by(channels.max(1))
            .map(take)
            .collect());
    }
    if !equal && !answered {
        remarks.push(format!(
            "the TIFF has {count} pages of different sizes: page {} was taken",
            first.index + 1
        ));
    }
    Ok(match taken.checked_sub(1) {
        None => all(),
        Some(at) => pages.get(at).map(take).into_iter().collect(),
    })
}

fn no_page() -> Refusal {
    Refusal::new(
        "the TIFF has no page with a picture",
        "save it again from the program that made it",
    )
}
