//! Numbers with their nouns: `1 galaxy`, `2 galaxies`.

/// A count with its noun in the singular or the plural.
///
/// # Examples
/// ```
/// use galaxy_grove::count::counted;
///
/// assert_eq!(counted(1, "galaxy", "galaxies"), "1 galaxy");
/// assert_eq!(counted(0, "galaxy", "galaxies"), "0 galaxies");
/// ```
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `1 galaxy`, `2 galaxies`.
#[must_use]
pub fn galaxies(count: usize) -> String {
    counted(count, "galaxy", "galaxies")
}

/// `1 group`, `2 groups`.
#[must_use]
pub fn groups(count: usize) -> String {
    counted(count, "group", "groups")
}
