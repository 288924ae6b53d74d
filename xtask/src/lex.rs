//! Rust's source text as tokens, as far as the checks of imports and of words need them: a comment is one token, and so is a
//! string.

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word(String),
    /// `::`.
    Path,
    /// Any other single character of punctuation.
    Mark(char),
    /// A comment, with its slashes.
    Comment(String),
    /// A string, with what is between its quotes. An escaped line break is one; other escapes are blanks.
    Text(String),
    /// A number, a character, a lifetime: of no interest.
    Other,
}

/// A token and the line, counted from 1, that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: Kind,
    pub line: usize,
}

impl Token {
    /// The name or keyword that this is.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// True for this name or keyword.
    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    /// True for this punctuation.
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// The tokens of a file, without its comments.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut found = pieces(source);
    found.retain(|token| !matches!(token.kind, Kind::Comment(_)));
    found
}

/// The tokens of a file, its comments among them. Text that no compiler would accept gives some tokens or other: the compiler says so better.
pub fn pieces(source: &str) -> Vec<Token> {
    let mut reader = Reader {
        text: source.chars().collect(),
        at: 0,
        line: 1,
    };
    let mut found = Vec::new();
    while let Some(first) = reader.peek(0) {
        let line = reader.line;
        if let Some(kind) = reader.token(first) {
            found.push(Token { kind, line });
        }
    }
    found
}

struct Reader {
    text: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(next == '\n');
        Some(next)
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.next();
        }
    }

    /// The text from a place up to here.
    fn since(&self, start: usize) -> String {
        self.text.get(start..self.at).unwrap_or_default().iter().collect()
    }

    fn token(&mut self, first: char) -> Option<Kind> {
        let second = self.peek(1);
        match first {
            '/' if second == Some('/') => {
                let start = self.at;
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.next();
                }
                Some(Kind::Comment(self.since(start)))
            }
            '/' if second == Some('*') => {
                let start = self.at;
                self.block_comment();
                Some(Kind::Comment(self.since(start)))
            }
            '"' => {
                self.next();
                Some(Kind::Text(self.quoted()))
            }
            '\'' => {
                self.character_or_lifetime();
                Some(Kind::Other)
            }
            ':' if second == Some(':') => {
                self.skip(2);
                Some(Kind::Path)
            }
            _ if first.is_ascii_digit() => {
                self.word();
                Some(Kind::Other)
            }
            _ if is_word(first) => Some(self.word_or_string()),
            _ => {
                self.next();
                (!first.is_whitespace()).then_some(Kind::Mark(first))
            }
        }
    }

    /// Comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0usize;
        while let Some(first) = self.peek(0) {
            match (first, self.peek(1)) {
                ('/', Some('*')) => {
                    depth += 1;
                    self.skip(2);
                }
                ('*', Some('/')) => {
                    depth -= 1;
                    self.skip(2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.skip(1),
            }
        }
    }

    /// What follows up to the closing quote.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.next() {
            match next {
                '"' => break,
                '\\' => text.push(if self.next() == Some('\n') { '\n' } else { ' ' }),
                _ => text.push(next),
            }
        }
        text
    }

    /// What follows `r` up to the closing quote with as many `#`; nothing if this is no raw string.
    fn raw(&mut self) -> Option<String> {
        let mut hashes = 0;
        while self.peek(hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(hashes) != Some('"') {
            return None;
        }
        self.skip(hashes + 1);
        let mut text = String::new();
        while let Some(next) = self.next() {
            if next == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.skip(hashes);
                break;
            }
            text.push(next);
        }
        Some(text)
    }

    /// `'a'`, `'\''` and `'\u{1F30C}'` are characters, `'a` is a lifetime.
    fn character_or_lifetime(&mut self) {
        self.next();
        if self.peek(0) == Some('\\') {
            self.skip(2);
            while self.next().is_some_and(|c| c != '\'') {}
        } else if self.peek(1) == Some('\'') {
            self.skip(2);
        } else {
            self.word();
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(next) = self.peek(0).filter(|c| is_word(*c)) {
            word.push(next);
            self.next();
        }
        word
    }

    /// A name; or a string or character with a prefix: `b"..."`, `r#"..."#`, `b'x'`. A raw name is listed without its `r#`.
    fn word_or_string(&mut self) -> Kind {
        let word = self.word();
        match (word.as_str(), self.peek(0)) {
            ("b" | "c", Some('"')) => {
                self.next();
                Kind::Text(self.quoted())
            }
            ("b", Some('\'')) => {
                self.character_or_lifetime();
                Kind::Other
            }
            ("r" | "br" | "cr", Some('"' | '#')) => match self.raw() {
                Some(text) => Kind::Text(text),
                None if word == "r" && self.peek(1).is_some_and(is_word) => {
                    self.next();
                    Kind::Word(self.word())
                }
                None => Kind::Word(word),
            },
            _ => Kind::Word(word),
        }
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source)
            .iter()
            .filter_map(|token| token.word().map(str::to_owned))
            .collect()
    }

    #[test]
    fn comments_and_strings_hold_no_words() {
        let source = r####"
            // crate::a
            /* crate::b /* nested */ crate::c */
            /// crate::d
            let x = "crate::e \" crate::f"; let y = r#"crate::g " crate::h"#; let z = b"crate::i";
            let q = '"'; let l: &'static str = '\''.as_str(); let u = '\u{41}'; let b = b'"';
        "####;
        assert_eq!(
            words(source),
            [
                "let", "x", "let", "y", "let", "z", "let", "q", "let", "l", "str", "let", "u", "let", "b"
            ]
            .iter()
            .flat_map(|word| match *word {
                "str" => vec!["str", "as_str"],
                other => vec![other],
            })
            .collect::<Vec<_>>()
        );
    }

    #[test]
    fn lines_are_counted_through_all_of_them() {
        let source = "/* a\n b */ \"c\nd\" r\"e\n\"\nhere";
        let last = tokens(source).pop().unwrap();
        assert_eq!((last.word(), last.line), (Some("here"), 5));
    }

    #[test]
    fn raw_names_and_numbers() {
        assert_eq!(
            words("r#type::x 1.0e5 0x_ff 3usize.max r"),
            ["type", "x", "max", "r"]
        );
    }
}
