//! A set that stands beside the page on its host: which addresses are taken, and how they are written in links.

use crate::levels::EXTENSION;
use serde::{Deserialize, Serialize};

/// The address of a file on the page's own host, relative to the page: `data/grove.safetensors`. Nothing else is taken, so that a link cannot
/// make the page speak to another host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostedPath {
    path: String,
    /// Of a file of levels ([`crate::levels`]), the part that is shown.
    part: u32,
}

impl HostedPath {
    /// The longest address.
    const LONGEST: usize = 300;

    /// `None` for another host, an absolute path, a step upwards, and what would have to be written otherwise in an address.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.strip_prefix("./").unwrap_or(text);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
        let good = !text.is_empty()
            && text.len() <= Self::LONGEST
            && text.bytes().all(plain)
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        good.then(|| Self {
            path: text.to_owned(),
            part: 0,
        })
    }

    /// The address, relative to the page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// True for a file that is opened part by part.
    #[must_use]
    pub fn has_levels(&self) -> bool {
        self.path
            .rsplit_once('.')
            .is_some_and(|(_, end)| end == EXTENSION)
    }

    /// The same file at another part.
    #[must_use]
    pub fn at_part(&self, part: u32) -> Self {
        Self {
            path: self.path.clone(),
            part,
        }
    }

    /// The part that is shown; 0 for a file without parts.
    #[must_use]
    pub fn part(&self) -> u32 {
        self.part
    }

    /// The name of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_beside_the_page_are_taken() {
        for (text, name) in [
            ("grove.safetensors", "grove.safetensors"),
            ("./data/my-set_2.h5", "my-set_2.h5"),
            ("a/b/c.zip", "c.zip"),
        ] {
            assert_eq!(HostedPath::new(text).unwrap().name(), name);
        }
        for text in [
            "",
            "/etc/passwd",
            "//example.org/a",
            "https://example.org/a",
            "data/../../a",
            "..",
            "a//b",
            "a/./b",
            "a?b",
            "a#b",
            "a&b",
            "a%2e",
            "a b",
            "\\\\host\\a",
            "data:text/plain,a",
        ] {
            assert_eq!(HostedPath::new(text), None, "{text}");
        }
        assert_eq!(HostedPath::new(&"a".repeat(301)), None);
    }
}
