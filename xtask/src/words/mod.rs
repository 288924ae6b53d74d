//! `cargo xtask words`: plain words in code, documents and the page, by a list of what is not written here.
//!
//! | module | what it does |
//! |---|---|
//! | [`prose`] | the words of a file: comments, messages, documents, names |
//! | [`banned`] | what is not written, and what to write instead |

mod banned;
mod prose;

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

use crate::workspace::Workspace;
use prose::{Origin, Word};

/// Folders that are not checked: files of others, or made by programs.
const NOT_CHECKED: &[&str] = &[
    "tests/fixtures/",
    "research/",
    "proptest-regressions/",
    "fuzz/corpus/",
];

/// The list itself, and its tests.
const LIST: &str = "xtask/src/words/";

/// A banned word in a file.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    line: usize,
    found: String,
    instead: &'static str,
}

/// Checks all files that git knows. Prints what was found.
///
/// # Errors
/// When something banned is written somewhere, or a file cannot be read.
pub fn check(workspace: &Workspace) -> Result<()> {
    let (mut files, mut count) = (0, 0);
    for name in names(&workspace.root)? {
        let is_list = name.starts_with(LIST);
        if is_list || NOT_CHECKED.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let Some(kind) = kind(&name) else { continue };
        let path = workspace.root.join(&name);
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        files += 1;
        for Finding { line, found, instead } in findings(&text, kind) {
            println!("{name}:{line}: `{found}`: write {instead}");
            count += 1;
        }
    }
    if count > 0 {
        bail!("{count} words that are not used here; xtask/src/words/banned.rs is the list");
    }
    println!("  {files} files: plain words");
    Ok(())
}

/// The files of the working tree that git tracks or would track, and that exist.
fn names(root: &Path) -> Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root)
        .output()
        .context("could not start git, which lists the files to check")?;
    if !listed.status.success() {
        bail!(
            "git could not list the files: {}",
            String::from_utf8_lossy(&listed.stderr)
        );
    }
    let names = listed.stdout.split(|byte| *byte == 0);
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    Ok(names
        .filter(|name| !name.is_empty() && root.join(name).is_file())
        .collect())
}

/// How a file is read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Rust,
    Markdown,
    Page,
}

fn kind(name: &str) -> Option<Kind> {
    match Path::new(name).extension()?.to_str()? {
        "rs" => Some(Kind::Rust),
        "md" => Some(Kind::Markdown),
        "html" => Some(Kind::Page),
        _ => None,
    }
}

/// All that is banned in a text, in the order of its lines.
fn findings(text: &str, kind: Kind) -> Vec<Finding> {
    let mut found = Vec::new();
    match kind {
        Kind::Rust => {
            for (origin, words) in prose::rust(text) {
                match origin {
                    Origin::Comment => {
                        search(&words, banned::PHRASES, &mut found);
                        search(&words, banned::SPELLINGS, &mut found);
                    }
                    Origin::Text => search(&words, banned::PHRASES, &mut found),
                    Origin::Code => search_names(&words, &mut found),
                }
            }
        }
        Kind::Markdown => {
            let words = prose::document(text, true);
            search(&words, banned::PHRASES, &mut found);
            search(&words, banned::SPELLINGS, &mut found);
        }
        Kind::Page => search(&prose::document(text, false), banned::PHRASES, &mut found),
    }
    found.sort_by_key(|finding| finding.line);
    found
}

/// Looks for phrases: their words one after another, also across the end of a line.
fn search(words: &[Word], list: &'static [(&'static str, &'static str)], found: &mut Vec<Finding>) {
    for (phrase, instead) in list {
        let parts: Vec<&str> = phrase.split([' ', '-']).collect();
        for window in words.windows(parts.len()) {
            let is_here = window
                .iter()
                .zip(&parts)
                .all(|(word, part)| word.as_ref().is_some_and(|(word, _)| word == part));
            if let (true, Some(Some((_, line)))) = (is_here, window.first()) {
                found.push(Finding {
                    line: *line,
                    found: (*phrase).to_owned(),
                    instead,
                });
            }
        }
    }
}

fn search_names(words: &[Word], found: &mut Vec<Finding>) {
    for (name, line) in words.iter().flatten() {
        let hit = banned::NAMES.iter().find(|(banned, _)| {
            banned
                .strip_suffix('*')
                .map_or(name == banned, |start| name.starts_with(start))
        });
        if let Some((_, instead)) = hit {
            found.push(Finding {
                line: *line,
                found: name.clone(),
                instead,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, kind: Kind) -> Vec<(usize, String)> {
        let found = findings(text, kind).into_iter();
        found.map(|finding| (finding.line, finding.found)).collect()
    }

    #[test]
    fn banned_words_are_found_in_comments_messages_and_names() {
        let source = "/// Draws the merger\n/// tree.\nfn depict() { say(\"it stands in the way\"); }\nconst MOST_ROWS: u8 = 1;\n";
        let found = lines(source, Kind::Rust);
        let expected = [
            (1, "merger tree"),
            (3, "stands in"),
            (3, "depict"),
            (4, "MOST_ROWS"),
        ];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (line, word) in expected {
            assert!(found.contains(&(line, word.to_owned())), "{word}: {found:?}");
        }
    }

    #[test]
    fn plain_words_code_and_other_sentences_pass() {
        let source = "/// A merger. Tree one; `merger tree`.\nfn telling(painted: u8) {}\n";
        assert_eq!(lines(source, Kind::Rust), []);
        assert_eq!(lines("`for ever`\n\n```\nkin\n```\n", Kind::Markdown), []);
    }

    #[test]
    fn spellings_count_in_documents_but_not_in_style_sheets_within_code() {
        assert_eq!(lines("The color.", Kind::Markdown), [(1, "color".to_owned())]);
        assert_eq!(lines("fn f() -> &str { \"color: red\" }", Kind::Rust), []);
    }

    /// The check itself, so that `cargo test` fails too when a banned word is written.
    #[test]
    fn this_repository_uses_plain_words() {
        let workspace = Workspace::find().unwrap();
        check(&workspace).unwrap();
    }
}
