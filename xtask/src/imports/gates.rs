//! Which code is compiled when: code for tests is left out, and what stands behind a feature is marked with it.

use std::rc::Rc;

use crate::lex::{Kind, Token};

/// The features without which a piece of code is not compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gate(Rc<Vec<String>>);

impl Gate {
    /// True if the code needs this feature.
    pub fn has(&self, feature: &str) -> bool {
        self.0.iter().any(|named| named == feature)
    }

    fn and(&self, features: &[String]) -> Self {
        if features.is_empty() {
            return self.clone();
        }
        Self(Rc::new(self.0.iter().chain(features).cloned().collect()))
    }
}

/// A token, and what it is compiled under.
pub type Gated = (Token, Gate);

/// What a `cfg` says, as far as it matters here.
#[derive(Debug, Default)]
struct Condition {
    test: bool,
    features: Vec<String>,
}

/// Goes through a file's tokens.
pub struct Gates<'a> {
    tokens: &'a [Token],
    whole: Gate,
}

impl<'a> Gates<'a> {
    /// For a file that is compiled under `whole`.
    pub fn new(tokens: &'a [Token], whole: &Gate) -> Self {
        Self {
            tokens,
            whole: whole.clone(),
        }
    }

    /// The tokens that are compiled outside tests, without conditions. `None` if the file is for tests as a whole.
    pub fn strip(&mut self) -> Option<Vec<Gated>> {
        let mut kept = Vec::new();
        // Where features end, and what held outside them.
        let mut open: Vec<(usize, Gate)> = Vec::new();
        let mut gate = self.whole.clone();
        let mut at = 0;
        while at < self.tokens.len() {
            while let Some((end, outside)) = open.pop() {
                if at < end {
                    open.push((end, outside));
                    break;
                }
                gate = outside;
            }
            let Some((condition, after, inner)) = self.condition(at) else {
                kept.push((self.tokens[at].clone(), gate.clone()));
                at += 1;
                continue;
            };
            if inner {
                if condition.test {
                    return None;
                }
                gate = gate.and(&condition.features);
                at = after;
            } else if condition.test {
                at = self.item_end(after);
            } else {
                if !condition.features.is_empty() {
                    open.push((self.item_end(after), gate.clone()));
                    gate = gate.and(&condition.features);
                }
                at = after;
            }
        }
        Some(kept)
    }

    /// The condition that begins here: what it says, where it ends, and whether it is an inner one (`#![...]`).
    fn condition(&self, at: usize) -> Option<(Condition, usize, bool)> {
        if !self.tokens[at].is('#') {
            return None;
        }
        let inner = self.tokens.get(at + 1)?.is('!');
        let bracket = at + 1 + usize::from(inner);
        if !self.tokens.get(bracket)?.is('[') {
            return None;
        }
        let end = self.group_end(bracket);
        let mut condition = Condition::default();
        match self.tokens.get(bracket + 1)?.word()? {
            "test" => condition.test = true,
            "cfg" => {
                let body = self.tokens.get(bracket + 2..end)?;
                // `not` and `any` promise nothing, so nothing is concluded from them.
                if !body
                    .iter()
                    .any(|token| token.is_word("not") || token.is_word("any"))
                {
                    condition.test = body.iter().any(|token| token.is_word("test"));
                }
                condition.features = features(body);
            }
            _ => return None,
        }
        Some((condition, end, inner))
    }

    /// Behind the bracket that closes the one at `at`.
    fn group_end(&self, at: usize) -> usize {
        let mut depth = 0usize;
        for (index, token) in self.tokens.iter().enumerate().skip(at) {
            match token.kind {
                Kind::Mark('{' | '(' | '[') => depth += 1,
                Kind::Mark('}' | ')' | ']') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// What kind of item begins at `at`; `None` for a statement, a field or an arm.
    fn keyword(&self, mut at: usize) -> Option<&str> {
        loop {
            let token = self.tokens.get(at)?;
            match &token.kind {
                Kind::Mark('(') => at = self.group_end(at),
                Kind::Text(_) => at += 1,
                Kind::Word(word) => match word.as_str() {
                    "pub" | "unsafe" | "async" | "extern" => at += 1,
                    "const" if self.tokens.get(at + 1).is_some_and(|token| token.is_word("fn")) => at += 1,
                    "fn" | "struct" | "enum" | "union" | "impl" | "mod" | "use" | "const" | "static"
                    | "type" | "trait" | "macro_rules" | "let" => return Some(word),
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Behind the item, statement, field or arm that begins at `at`, its other attributes included.
    fn item_end(&self, mut at: usize) -> usize {
        while self.tokens.get(at).is_some_and(|token| token.is('#'))
            && self.tokens.get(at + 1).is_some_and(|token| token.is('['))
        {
            at = self.group_end(at + 1);
        }
        let keyword = self.keyword(at);
        // The braces of an import or of a value do not end it.
        let is_ended_by_brace = !matches!(keyword, Some("use" | "let" | "const" | "static" | "type"));
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                Kind::Mark('{') => {
                    at = self.group_end(at);
                    if is_ended_by_brace {
                        return at;
                    }
                    continue;
                }
                Kind::Mark('(' | '[') => {
                    at = self.group_end(at);
                    continue;
                }
                Kind::Mark('}' | ')' | ']') => return at,
                Kind::Mark(';') => return at + 1,
                // The commas of an item belong to it: `where A: B, C: D`.
                Kind::Mark(',') if keyword.is_none() => return at + 1,
                _ => at += 1,
            }
        }
        at
    }
}

/// Every `feature = "x"` that must be there: those under `not` or `any` need not be.
fn features(body: &[Token]) -> Vec<String> {
    if body.iter().any(|token| token.is_word("any")) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, token) in body.iter().enumerate() {
        let negated = index >= 2 && body[index - 1].is('(') && body[index - 2].is_word("not");
        if token.is_word("feature")
            && !negated
            && let Some(Kind::Text(name)) = body.get(index + 2).map(|token| &token.kind)
        {
            found.push(name.clone());
        }
    }
    found
}
