//! The names of members: made harmless, and those that no user means.

/// A member's path with `/` between its parts, without `..`, drive letters and a leading `/`: names are only shown and
/// joined to tables, never written to.
pub fn clean(name: &str) -> String {
    let parts: Vec<String> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "." | "..") && !is_drive(part))
        .map(|part| part.replace(char::is_control, " "))
        .collect();
    parts.join("/")
}

fn is_drive(part: &str) -> bool {
    part.len() == 2 && part.ends_with(':')
}

/// True for what programs leave behind in folders: hidden files, macOS's and Windows' notes.
pub fn passed_over(clean: &str) -> bool {
    clean.split('/').any(|part| {
        part.starts_with('.')
            || part == "__MACOSX"
            || part == "$RECYCLE.BIN"
            || part == "Icon\r"
            || part.starts_with("~$")
            || part.eq_ignore_ascii_case("thumbs.db")
            || part.eq_ignore_ascii_case("ehthumbs.db")
            || part.eq_ignore_ascii_case("desktop.ini")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_harmless() {
        for (name, expected) in [
            ("spirals/m51.fits", "spirals/m51.fits"),
            ("../../etc/passwd", "etc/passwd"),
            ("/abs/x.png", "abs/x.png"),
            ("C:\\galaxies\\x.png", "galaxies/x.png"),
            ("./a//b\n.png", "a/b .png"),
            ("..", ""),
        ] {
            assert_eq!(clean(name), expected);
        }
    }

    #[test]
    fn notes_of_programs_are_passed_over() {
        for name in ["__MACOSX/._a.png", ".DS_Store", "a/.hidden/b.png", "x/Thumbs.db"] {
            assert!(passed_over(name), "{name}");
        }
        assert!(!passed_over("a.b/c.d.png"));
    }
}
