//! Words that several places of the page use.

pub use galaxy_grove::count::{galaxies, groups};
use galaxy_grove::page_model::protocol::{Ready, Verdict};

/// What is known of the answers that a device gives to what is known.
pub fn known_answers(ready: &Ready) -> String {
    match ready.compared {
        0 => "Each model gives known answers before its first galaxy, or is not used".to_owned(),
        codes => format!("Known-answer test: {codes} codes, all right"),
    }
}

/// Why this device was chosen, where that was measured.
pub fn choice(ready: &Ready) -> String {
    ready.trial.map_or_else(String::new, |trial| {
        format!(
            ". Chosen by a trial: {:.0} galaxies a second on the graphics card, {:.0} on the processor",
            trial.graphics, trial.processor
        )
    })
}

/// The outcome of a file: a class name, a mark, and a sentence. A table gives no galaxies of its own, so that their number
/// (`found`) is left out where it is 0.
pub fn in_words(verdict: Option<&Verdict>, found: usize) -> (&'static str, &'static str, String) {
    let found = if found > 0 {
        galaxies(found) + ". "
    } else {
        String::new()
    };
    match verdict {
        None => ("waiting", "…", "not read yet".to_owned()),
        Some(Verdict::Accepted) => ("accepted", "✓", found.trim_end_matches(". ").to_owned()),
        Some(Verdict::Remarked(remarks)) => (
            "remarked",
            "!",
            format!(
                "{found}{}",
                remarks
                    .iter()
                    .map(|remark| sentence(remark))
                    .collect::<Vec<_>>()
                    .join(" ")
            ),
        ),
        Some(Verdict::Refused { reason, remedy }) => (
            "refused",
            "✕",
            format!("Refused. {} {}", sentence(reason), sentence(remedy)),
        ),
    }
}

/// Capital first, unless a file's name comes first; full stop last.
fn sentence(words: &str) -> String {
    let first_word = words.split([' ', ':']).next().unwrap_or_default();
    if first_word.contains(['.', '[', '`']) {
        return format!("{}.", words.trim_end_matches('.'));
    }
    let mut rest = words.chars();
    let capital = rest
        .next()
        .map(|first| first.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let stop = if words.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{capital}{}{stop}", rest.as_str())
}

/// Galaxies of a large set: `1,204 galaxies`.
pub fn many_galaxies(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + 8);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + if count == 1 { " galaxy" } else { " galaxies" }
}
