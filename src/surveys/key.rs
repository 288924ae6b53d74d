//! What names are compared by.

/// A name in a form in which `M 51`, `m051` and `Messier 51` are the same.
pub(super) fn key(name: &str) -> String {
    let upper = name.to_uppercase();
    let mut key = String::new();
    for letter in upper
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, '+' | '-' | '.'))
    {
        let zero = letter == '0' && key.ends_with(|last: char| last.is_ascii_uppercase());
        if !zero {
            key.push(letter);
        }
    }
    match key.strip_prefix("MESSIER") {
        Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => format!("M{number}"),
        _ => key,
    }
}
