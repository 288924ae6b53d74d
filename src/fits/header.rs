//! Walking through a FITS file: headers, and where each one's data lie.
//!
//! The walk is ours rather than `fitskit`'s because it has to be checked before anything is allocated, because a file
//! that is cut short must be distinguished from one that ends well, and because real headers hold cards that no standard
//! allows: one bad card costs that card only. `fitskit` parses the cards.

use std::{collections::BTreeMap, ops::Range};

use fitskit::{HeaderValue, Keyword};

use crate::limits::{Limits, size};
use crate::refusal::Refusal;

/// Bytes of one card.
const CARD: usize = 80;
/// FITS files come in blocks of this many bytes.
const BLOCK: usize = 2880;
/// Most axes that the standard allows.
const AXES: i64 = 999;
/// Most cards of one header: far more than any instrument writes, and some 10 MB of memory.
const CARDS: usize = 72_000;
/// Longest text that CONTINUE cards may build, in bytes.
const TEXT: usize = 100_000;

/// A header: the values of its cards by name. Of several cards of one name the first counts.
#[derive(Clone, Debug, Default)]
pub struct Header {
    values: BTreeMap<String, HeaderValue>,
}

impl Header {
    /// A header of these cards: names and values as they are written.
    #[cfg(test)]
    pub(crate) fn of(cards: &[(&str, &str)]) -> Self {
        let mut header = Self::default();
        for (name, value) in cards {
            let mut card = [b' '; CARD];
            let text = format!("{name:<8}= {value}");
            card[..text.len()].copy_from_slice(text.as_bytes());
            header.take(&card, None);
        }
        header
    }

    fn value(&self, name: &str) -> Option<&HeaderValue> {
        self.values.get(name)
    }

    /// Takes a card in; `open` is the name of the text that the card before left to be continued. Returns the name of the
    /// text that this one leaves so.
    fn take(&mut self, card: &[u8; CARD], open: Option<String>) -> Option<String> {
        let ends_open = ends_open(card.get(10..).unwrap_or_default());
        if let (Some(name), Some(rest)) = (open, card.strip_prefix(b"CONTINUE  ")) {
            // A continuation has no `= `: read it as the value of a card that has one.
            let card = [b"CONTINUE= ", rest].concat();
            let more = Keyword::parse(card.first_chunk()?).ok()?.value?;
            let (HeaderValue::String(more), Some(HeaderValue::String(text))) =
                (more, self.values.get_mut(&name))
            else {
                return None;
            };
            text.push_str(&more);
            return (ends_open && text.len() < TEXT).then_some(name);
        }
        let keyword = Keyword::parse(card).ok()?;
        let (name, value) = (keyword.name, keyword.value?);
        let is_text = matches!(value, HeaderValue::String(_));
        if self.values.contains_key(&name) {
            return None;
        }
        self.values.insert(name.clone(), value);
        (ends_open && is_text).then_some(name)
    }

    /// An integer card; also one that is written as text.
    pub fn int(&self, name: &str) -> Option<i64> {
        let value = self.value(name)?;
        if let Some(text) = value.as_str() {
            return text.trim().parse().ok();
        }
        // Some writers give whole numbers as `16.`.
        value.as_int().or_else(|| {
            value
                .as_float()
                .filter(|v| v.fract() == 0.0 && v.abs() < 1e15)
                .map(|v| v as i64)
        })
    }

    /// A number card; also one that is written as text.
    pub fn float(&self, name: &str) -> Option<f64> {
        let value = self.value(name)?;
        let written = || value.as_str()?.trim().replace(['D', 'd'], "E").parse().ok();
        value
            .as_float()
            .or_else(written)
            .filter(|value: &f64| value.is_finite())
    }

    /// A text card, without the blanks behind it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str().map(str::trim)
    }

    /// A logical card.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    /// The lengths of the axes, `prefix` being `NAXIS` or `ZNAXIS`; the fastest first.
    pub fn axes(&self, prefix: &str) -> Option<Vec<u64>> {
        let count = self.int(prefix).filter(|n| (0..=AXES).contains(n))?;
        (1..=count)
            .map(|i| {
                self.int(&format!("{prefix}{i}"))
                    .and_then(|n| u64::try_from(n).ok())
            })
            .collect()
    }
}

/// Whether a text value ends in `&`, so that the next card may continue it. (`fitskit` takes the `&` off.)
fn ends_open(value: &[u8]) -> bool {
    let Some(text) = value.trim_ascii_start().strip_prefix(b"'") else {
        return false;
    };
    let mut last = b' ';
    let mut letters = text.iter().peekable();
    while let Some(letter) = letters.next() {
        if *letter == b'\'' && letters.next_if(|next| **next == b'\'').is_none() {
            break;
        }
        if *letter != b' ' {
            last = *letter;
        }
    }
    last == b'&'
}

/// What a header-data unit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A header only.
    Nothing,
    /// An image (or cube).
    Image,
    /// An image, compressed in tiles, in the guise of a binary table.
    Tiles,
    /// A binary table.
    Table,
    /// A table in text.
    TextTable,
    /// Random groups or an extension of another kind.
    Other,
}

/// One header-data unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its number; the primary one is 0.
    pub index: usize,
    /// Its header.
    pub header: Header,
    /// What it holds.
    pub holds: Holds,
    /// Where its data lie in the file, without the padding.
    pub data: Range<usize>,
}

impl Unit {
    /// True for a table that is compressed, as `fpack` does it.
    pub fn is_compressed(&self) -> bool {
        self.header.flag("ZTABLE") == Some(true)
    }
}

/// All header-data units of a file.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The units in order.
    pub units: Vec<Unit>,
    /// Sentences on what was passed over.
    pub remarks: Vec<String>,
}

/// Finds the units of a FITS file.
///
/// # Errors
/// A [`Refusal`] when the file is cut short (saying how many bytes are missing), a header is not valid, or there are
/// more units than [`Limits::hdus`].
pub fn walk(bytes: &[u8], limits: &Limits) -> Result<Walk, Refusal> {
    units(bytes, limits, true)
}

/// The same of the beginning of a file: up to the unit that is cut off, with the data of it that are there.
///
/// # Errors
/// As [`walk`], but for what is cut short.
#[cfg(feature = "tables")]
pub fn walk_head(bytes: &[u8], limits: &Limits) -> Result<Walk, Refusal> {
    units(bytes, limits, false)
}

fn units(bytes: &[u8], limits: &Limits, is_whole: bool) -> Result<Walk, Refusal> {
    let mut walk = Walk::default();
    let mut offset = 0;
    while offset < bytes.len() {
        let index = walk.units.len();
        if index > 0
            && !bytes
                .get(offset..)
                .is_some_and(|rest| rest.starts_with(b"XTENSION"))
        {
            let rest = bytes.get(offset..).unwrap_or_default();
            if rest.iter().any(|byte| !matches!(byte, 0 | b' ')) {
                walk.remarks.push(format!(
                    "{} behind the last image were not read",
                    size(rest.len() as u64)
                ));
            }
            break;
        }
        if index >= limits.hdus {
            return Err(Refusal::new(
                format!("it has more than {} header-data units, the limit", limits.hdus),
                "split it into smaller files",
            ));
        }
        let (header, begin) = match header(bytes, offset, index) {
            Err(_) if !is_whole => break,
            found => found?,
        };
        let (holds, length) = contents(&header, index)?;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| begin.checked_add(length));
        let end = match end.filter(|end| *end <= bytes.len()) {
            Some(end) => end,
            None if is_whole => {
                return Err(cut_short(index, length, bytes.len().saturating_sub(begin) as u64));
            }
            None => bytes.len(),
        };
        walk.units.push(Unit {
            index,
            header,
            holds,
            data: begin.min(end)..end,
        });
        // The last block's padding is often missing; that harms nobody.
        offset = end.next_multiple_of(BLOCK);
    }
    Ok(walk)
}

fn cut_short(index: usize, needed: u64, found: u64) -> Refusal {
    Refusal::new(
        format!(
            "the file is cut short: the data of its header-data unit {index} need {needed} bytes and only {found} are \
             there, so {} bytes are missing",
            needed - found.min(needed)
        ),
        "download or copy it again",
    )
}

/// Reads the cards from `offset` to END. Returns the header and where the data begin.
fn header(bytes: &[u8], offset: usize, index: usize) -> Result<(Header, usize), Refusal> {
    let mut header = Header::default();
    let mut at = offset;
    let mut open = None;
    loop {
        if at - offset >= CARDS * CARD {
            return Err(Refusal::new(
                format!("the header of its header-data unit {index} has more than {CARDS} cards"),
                "check the file with `fitsverify`; it may be damaged",
            ));
        }
        let Some(card) = bytes
            .get(at..at + CARD)
            .and_then(|card| <[u8; CARD]>::try_from(card).ok())
        else {
            return Err(Refusal::new(
                format!("the file is cut short: it ends inside the header of its header-data unit {index}"),
                "download or copy it again",
            ));
        };
        at += CARD;
        // The standard allows ASCII only, and the parser relies on it; comments hold degree signs all the same.
        let card = card.map(|byte| if byte.is_ascii() { byte } else { b'?' });
        if card.trim_ascii_end() == b"END" {
            break;
        }
        open = header.take(&card, open);
    }
    Ok((header, offset + (at - offset).next_multiple_of(BLOCK)))
}

/// What a unit holds and how many bytes its data take: |BITPIX|/8 * GCOUNT * (PCOUNT + NAXIS1 * NAXIS2 * ...).
fn contents(header: &Header, index: usize) -> Result<(Holds, u64), Refusal> {
    let senseless = |what: &str| {
        Refusal::new(
            format!("the header of its header-data unit {index} is not valid: {what}"),
            "check the file with `fitsverify`, or write it again",
        )
    };
    let axes = header
        .axes("NAXIS")
        .ok_or_else(|| senseless("NAXIS or one of NAXISn is missing or negative"))?;
    let bitpix = header
        .int("BITPIX")
        .ok_or_else(|| senseless("BITPIX is missing"))?;
    if ![8, 16, 32, 64, -32, -64].contains(&bitpix) {
        return Err(senseless(&format!("BITPIX is {bitpix}")));
    }
    let groups = index == 0 && header.flag("GROUPS") == Some(true) && axes.first() == Some(&0);
    let count = |name: &str, usual: i64| u64::try_from(header.int(name).unwrap_or(usual)).ok();
    let (pcount, gcount) = if index == 0 && !groups {
        (Some(0), Some(1))
    } else {
        (count("PCOUNT", 0), count("GCOUNT", 1))
    };
    let counted = if groups {
        axes.get(1..).unwrap_or_default()
    } else {
        axes.as_slice()
    };
    let length = if axes.is_empty() {
        Some(0)
    } else {
        let values = counted
            .iter()
            .try_fold(1u64, |product, n| product.checked_mul(*n));
        values
            .zip(pcount)
            .and_then(|(values, pcount)| values.checked_add(pcount))
            .zip(gcount)
            .and_then(|(values, gcount)| values.checked_mul(gcount))
            .and_then(|values| values.checked_mul(bitpix.unsigned_abs() / 8))
    };
    let length = length.ok_or_else(|| senseless("the size of its data has no meaning"))?;
    let extension = header.text("XTENSION").unwrap_or_default();
    let holds = match extension {
        _ if groups => Holds::Other,
        "BINTABLE" | "A3DTABLE" if header.flag("ZIMAGE") == Some(true) => Holds::Tiles,
        // A table without rows is a table.
        "BINTABLE" | "A3DTABLE" => Holds::Table,
        "TABLE" => Holds::TextTable,
        _ if length == 0 => Holds::Nothing,
        "IMAGE" | "IUEIMAGE" => Holds::Image,
        _ if index == 0 => Holds::Image,
        _ => Holds::Other,
    };
    Ok((holds, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(cards: &[&str], data: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for card in cards.iter().chain(&["END"]) {
            let mut card = card.as_bytes().to_vec();
            card.resize(CARD, b' ');
            bytes.extend(card);
        }
        bytes.resize(bytes.len().next_multiple_of(BLOCK), b' ');
        bytes.resize(bytes.len() + data, 0);
        bytes
    }

    const SMALL: [&str; 5] = [
        "SIMPLE  =                    T",
        "BITPIX  =                  -32",
        "NAXIS   =                    2",
        "NAXIS1  =                   10",
        "NAXIS2  =                    5",
    ];

    #[test]
    fn numbers_may_be_text() {
        let header = Header::of(&[
            ("BSCALE", "'0.01'"),
            ("BLANK", "'-32768 '"),
            ("CD1_1", "1.5D-4"),
            ("CD2_2", "'1.5D-4'"),
            ("RA", "'12:30:00'"),
        ]);
        assert_eq!(header.float("BSCALE"), Some(0.01));
        assert_eq!(header.int("BLANK"), Some(-32_768));
        assert_eq!(header.float("CD1_1"), Some(1.5e-4));
        assert_eq!(header.float("CD2_2"), Some(1.5e-4));
        assert_eq!(header.float("RA"), None);
    }

    #[test]
    fn missing_bytes_are_counted() {
        let whole = walk(&file(&SMALL, 200), &Limits::default()).unwrap();
        assert_eq!(whole.units[0].holds, Holds::Image);
        assert_eq!(whole.units[0].data, 2880..3080);
        let refusal = walk(&file(&SMALL, 123), &Limits::default()).unwrap_err();
        assert!(
            refusal
                .reason
                .contains("need 200 bytes and only 123 are there, so 77 bytes are missing"),
            "{refusal}"
        );
        let refusal = walk(&file(&SMALL, 0)[..400], &Limits::default()).unwrap_err();
        assert!(refusal.reason.contains("inside the header"), "{refusal}");
    }

    #[test]
    fn absurd_sizes_do_not_overflow() {
        for huge in ["9223372036854775807", "-5", "4000000000"] {
            let card = format!("NAXIS1  = {huge:>20}");
            let cards = [
                SMALL[0],
                SMALL[1],
                SMALL[2],
                card.as_str(),
                "NAXIS2  =           4000000000",
            ];
            assert!(walk(&file(&cards, 200), &Limits::default()).is_err(), "{huge}");
        }
    }

    #[test]
    fn bad_cards_cost_themselves_only() {
        let mut cards = SMALL.to_vec();
        cards.insert(1, "OBJECT  = 'no end of quote");
        cards.insert(2, "1234567\u{b0}= odd");
        let walk = walk(&file(&cards, 200), &Limits::default()).unwrap();
        assert_eq!(walk.units[0].header.int("NAXIS1"), Some(10));
    }

    #[test]
    fn long_texts_are_put_together() {
        let mut cards = SMALL.to_vec();
        cards.extend([
            "OBJECT  = 'NGC 4321 &'         / a name in three cards",
            "CONTINUE  'in the Virgo &'",
            "CONTINUE  'cluster'            / done",
            "CONTINUE  'of nobody'",
            "FILTER  = 'B&W     '",
        ]);
        let walk = walk(&file(&cards, 200), &Limits::default()).unwrap();
        let header = &walk.units[0].header;
        assert_eq!(header.text("OBJECT"), Some("NGC 4321 in the Virgo cluster"));
        assert_eq!(header.text("FILTER"), Some("B&W"));
    }

    #[test]
    fn headers_have_an_end() {
        let mut bytes = file(&SMALL, 0)[..5 * CARD].to_vec();
        bytes.resize((CARDS + 40) * CARD, b' ');
        let refusal = walk(&bytes, &Limits::default()).unwrap_err();
        assert!(refusal.reason.contains("more than 72000 cards"), "{refusal}");
    }

    #[test]
    fn junk_behind_the_end_is_remarked() {
        let mut bytes = file(&SMALL, 200);
        bytes.resize(2 * BLOCK, 0);
        bytes.extend_from_slice(b"junk");
        assert_eq!(walk(&bytes, &Limits::default()).unwrap().remarks.len(), 1);
    }
}
