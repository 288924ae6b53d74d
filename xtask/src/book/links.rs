//! Links between documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The links of a document that lead nowhere, as lines. Links to other hosts are not followed.
pub fn broken(path: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for link in links(&text) {
        if link.contains("://") || link.starts_with("mailto:") {
            continue;
        }
        let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
        let target = match file {
            "" => path.to_owned(),
            file => folder.join(file.replace("%20", " ")),
        };
        if !target.exists() {
            found.push(format!("{}: {link}: there is no such file", path.display()));
        } else if !heading.is_empty() && !headings(&fs::read_to_string(&target)?).contains(heading) {
            found.push(format!("{}: {link}: there is no such heading", path.display()));
        }
    }
    Ok(found)
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES)
}

fn links(text: &str) -> Vec<String> {
    parser(text)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                Some(dest_url.into_string())
            }
            _ => None,
        })
        .collect()
}

/// The names of headings in links, as mdBook and GitHub make them.
fn headings(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut words: Option<String> = None;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => words = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                all.extend(words.take().map(|words| name(&words)));
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(words) = &mut words {
                    words.push_str(&part);
                }
            }
            _ => {}
        }
    }
    all
}

fn name(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_headings_are_looked_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(folder.path().join("b.md"), "# One `two`, three\n").unwrap();
        fs::write(
            &path,
            "# Here\n[b](b.md#one-two-three) [h](#here) [w](https://example.org/x)\n```\n[code](none.md)\n```\n| [t](b.md) |\n|---|\n",
        )
        .unwrap();
        assert_eq!(broken(&path).unwrap(), Vec::<String>::new());
        fs::write(&path, "[b](b.md#four) [c](c.md)\n\n![p](p.png) [s](#gone)").unwrap();
        let found = broken(&path).unwrap();
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(
            found[0].ends_with("b.md#four: there is no such heading"),
            "{found:?}"
        );
        assert!(found[1].ends_with("c.md: there is no such file"), "{found:?}");
    }
}
