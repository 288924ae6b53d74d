//! Words that several places of the page use.

pub use galaxy_grove::page_model::galaxies;
use galaxy_grove::page_model::protocol::Verdict;

/// What became of a file in which so many galaxies were found: a class name, a mark, and words.
pub fn in_words(verdict: Option<&Verdict>, found: usize) -> (&'static str, &'static str, String) {
    let found = galaxies(found);
    match verdict {
        None => ("waiting", "…", "not read yet".to_owned()),
        Some(Verdict::Accepted) => ("accepted", "✓", found),
        Some(Verdict::Remarked(remarks)) => (
            "remarked",
            "!",
            format!(
                "{found}. {}",
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
