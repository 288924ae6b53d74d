//! The documents as the site has them: links to what is not in the site name the file instead.

use std::path::{Component, Path};

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The text of a document of the site, whose name is relative to `docs/`.
pub fn of(name: &str, text: &str) -> String {
    let mut made = text.to_owned();
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let mut outside: Vec<_> = events
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some((file(name, &dest_url)?, range)),
            _ => None,
        })
        .collect();
    // From the end: what lies before a change stays where it is.
    outside.reverse();
    for (file, range) in outside {
        let link = text.get(range.clone()).unwrap_or_default();
        let label = link
            .strip_prefix('[')
            .and_then(|rest| rest.rsplit_once("]("))
            .map(|(label, _)| label);
        if let Some(label) = label {
            let bare = label.trim_matches('`');
            let new = match file.ends_with(bare) || bare.ends_with(&file) {
                true => format!("`{file}`"),
                false => format!("{label} (`{file}` in the source)"),
            };
            made.replace_range(range, &new);
        }
    }
    made
}

/// The file that a link means, from the project's root, if it is none of `docs/`.
fn file(name: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with('#') {
        return None;
    }
    let link = link.split('#').next()?;
    let mut parts: Vec<&str> = vec!["docs"];
    parts.extend(name.split('/'));
    parts.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::Normal(part) => parts.push(part.to_str()?),
            _ => {}
        }
    }
    (parts.first() != Some(&"docs")).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_site_become_names() {
        assert_eq!(
            of(
                "a.md",
                "[x](b.md), [the card](../www/CARD.md#y) and [README.md](../README.md)."
            ),
            "[x](b.md), the card (`www/CARD.md` in the source) and `README.md`."
        );
        assert_eq!(
            of("t/a.md", "[x](../b.md) [y](https://a.org)"),
            "[x](../b.md) [y](https://a.org)"
        );
        assert_eq!(of("t/a.md", "[x](../../c.rs)"), "x (`c.rs` in the source)");
        assert_eq!(of("a.md", "```\n[x](../y.md)\n```"), "```\n[x](../y.md)\n```");
    }
}
