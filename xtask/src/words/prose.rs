//! The words that people read in a file: comments and string literals of Rust code, the text of documents.

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
    let characters: Vec<char> = source.chars().collect();
    let (mut at, mut line) = (0, 1);
    let here = |at: usize| characters.get(at).copied();
    while let Some(c) = here(at) {
        if c == '/' && here(at + 1) == Some('/') {
            let end = end_of(&characters, at, |rest| rest.first() == Some(&'\n'));
            let comment: String = characters.get(at..end).unwrap_or_default().iter().collect();
            add(&mut comments, &without_code(&comment), line);
            // A comment goes on in the next line; anything else ends it.
            let next = characters.get(end..).unwrap_or_default().iter();
            let next: String = next.skip_while(|c| c.is_whitespace()).take(2).collect();
            if next != "//" {
                comments.push(None);
            }
            at = end;
        } else if c == '"' || (c == 'r' && is_raw(&characters, at)) {
            let (inside, end) = string(&characters, at);
            add(&mut texts, &inside, line);
            texts.push(None);
            let lines = characters.get(at..end).unwrap_or_default().iter();
            line += lines.filter(|c| **c == '\n').count();
            at = end;
        } else if c == '\'' && here(at + 2) == Some('\'') {
            at += 3;
        } else if c == '\'' && here(at + 1) == Some('\\') {
            at = 1 + end_of(&characters, at + 3, |rest| rest.first() == Some(&'\''));
        } else if c.is_alphabetic() || c == '_' {
            let end = end_of(&characters, at, |rest| {
                !rest.first().is_some_and(|c| c.is_alphanumeric() || *c == '_')
            });
            let name: String = characters.get(at..end).unwrap_or_default().iter().collect();
            code.push(Some((name, line)));
            code.push(None);
            at = end;
        } else {
            line += usize::from(c == '\n');
            at += 1;
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

/// Where in `characters`, from `at` on, `is_end` holds of what follows; their number when it never does.
fn end_of(characters: &[char], at: usize, is_end: impl Fn(&[char]) -> bool) -> usize {
    (at..characters.len())
        .find(|&end| characters.get(end..).is_some_and(&is_end))
        .unwrap_or(characters.len())
}

/// Whether a raw string begins here.
fn is_raw(characters: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| characters.get(before));
    let mut rest = characters
        .get(at + 1..)
        .unwrap_or_default()
        .iter()
        .skip_while(|c| **c == '#');
    rest.next() == Some(&'"') && !before.is_some_and(|c| c.is_alphanumeric() || *c == '_')
}

/// The inside of the string literal that begins here, and where it ends. Escaped characters become blanks.
fn string(characters: &[char], at: usize) -> (String, usize) {
    let rest = characters.get(at..).unwrap_or_default();
    if rest.first() == Some(&'r') {
        let marks = rest.iter().skip(1).take_while(|c| **c == '#').count();
        let begin = at + marks + 2;
        let end = end_of(characters, begin, |rest| {
            rest.first() == Some(&'"')
                && rest.iter().skip(1).take(marks).filter(|c| **c == '#').count() == marks
        });
        let inside = characters.get(begin..end).unwrap_or_default().iter().collect();
        return (inside, (end + 1 + marks).min(characters.len()));
    }
    let (mut inside, mut end) = (String::new(), at + 1);
    while let Some(&c) = characters.get(end) {
        match c {
            '"' => return (inside, end + 1),
            '\\' => {
                // A line that ends in a backslash goes on in the next one, and counts as a line.
                inside.push(if characters.get(end + 1) == Some(&'\n') {
                    '\n'
                } else {
                    ' '
                });
                end += 2;
            }
            c => {
                inside.push(c);
                end += 1;
            }
        }
    }
    (inside, end)
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
