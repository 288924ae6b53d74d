//! The words that people read in a file: comments and string literals of Rust code, the text of documents.

use crate::lex::{self, Kind, Token};

/// A word, in lower case, and its line, counted from 1. `None` ends a piece of text: no phrase reaches across.
pub type Word = Option<(String, usize)>;

/// Where a word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A comment, or the text of a document.
    Comment,
    /// A string literal.
    Text,
    /// Code: identifiers.
    Code,
}

/// The words of a Rust file: of its comments, of its string literals, and its identifiers as they are written.
///
/// Code in backticks inside comments is left out: it names things of other people too.
pub fn rust(source: &str) -> Vec<(Origin, Vec<Word>)> {
    let (mut comments, mut texts, mut code) = (Vec::new(), Vec::new(), Vec::new());
    for Token { kind, line } in lex::pieces(source) {
        match kind {
            Kind::Comment(comment) => {
                add(&mut comments, &without_code(&comment), line);
                continue;
            }
            Kind::Text(text) => {
                add(&mut texts, &text, line);
                texts.push(None);
            }
            Kind::Word(name) => code.extend([Some((name, line)), None]),
            Kind::Path | Kind::Mark(_) | Kind::Other => {}
        }
        // A comment goes on in the next one; anything else ends it.
        if comments.last().is_some_and(Option::is_some) {
            comments.push(None);
        }
    }
    vec![
        (Origin::Comment, comments),
        (Origin::Text, texts),
        (Origin::Code, code),
    ]
}

/// The words of a document. In Markdown (`is_markdown`) blocks of code and code in backticks are left out.
pub fn document(text: &str, is_markdown: bool) -> Vec<Word> {
    let (mut words, mut in_code) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        if is_markdown && line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.trim().is_empty() {
            words.push(None);
            continue;
        }
        let line = if is_markdown {
            without_code(line)
        } else {
            line.to_owned()
        };
        add(&mut words, &line, index + 1);
    }
    words
}

/// A line without what is in backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join(" ; ")
}

/// Adds the words of a text whose first line has this number. Marks of sentences end a phrase; line breaks do not.
fn add(words: &mut Vec<Word>, text: &str, first: usize) {
    for (index, line) in text.lines().enumerate() {
        let mut word = String::new();
        for c in line.chars().chain([' ']) {
            if c.is_alphabetic() || (c == '\'' && !word.is_empty()) {
                word.extend(c.to_lowercase());
                continue;
            }
            if !word.is_empty() {
                words.push(Some((std::mem::take(&mut word), first + index)));
            }
            if matches!(c, '.' | ';' | ':' | '(' | ')' | '|') {
                words.push(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str, origin: Origin) -> Vec<(String, usize)> {
        let all = rust(source);
        let found = all.into_iter().find(|(from, _)| *from == origin);
        found.map_or_else(Vec::new, |(_, words)| words.into_iter().flatten().collect())
    }

    #[test]
    fn comments_strings_and_code_are_kept_apart() {
        let source = "/// One `two` three\n/// four.\nfn five(c: char) -> &str { let x = 'y'; \"six\\n seven\" } // eight\nr#\"nine \"ten\"#; '\\''; \"\\\" eleven\"\n";
        let comments = of(source, Origin::Comment);
        let expected = [("one", 1), ("three", 1), ("four", 2), ("eight", 3)];
        assert_eq!(comments, expected.map(|(word, line)| (word.to_owned(), line)));
        let texts = of(source, Origin::Text);
        let expected = [("six", 3), ("seven", 3), ("nine", 4), ("ten", 4), ("eleven", 4)];
        assert_eq!(texts, expected.map(|(word, line)| (word.to_owned(), line)));
        let code: Vec<String> = of(source, Origin::Code)
            .into_iter()
            .map(|(word, _)| word)
            .collect();
        assert_eq!(code, ["fn", "five", "c", "char", "str", "let", "x"]);
    }

    #[test]
    fn code_in_documents_is_left_out() {
        let text = "# One\n\n```sh\ntwo\n```\nthree `four` five";
        let words: Vec<String> = document(text, true)
            .into_iter()
            .flatten()
            .map(|(word, _)| word)
            .collect();
        assert_eq!(words, ["one", "three", "five"]);
    }
}
