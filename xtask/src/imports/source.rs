//! What one file says: its modules, what it imports, which paths it names, what it defines. Code for tests is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::gates::{Gate, Gated, Gates};
use crate::lex::{Kind, Token, tokens};

/// A module that is in a file: the file's own, or one written inline within it.
#[derive(Debug, Default)]
pub struct Module {
    /// `use`, one entry for each name that it brings in.
    pub imports: Vec<Import>,
    /// Paths of two names or more outside `use`.
    pub paths: Vec<Mention>,
    /// Single names outside `use`: what a glob may have brought in, and whether a name that is handed on is used here too.
    pub names: BTreeMap<String, usize>,
    /// What is defined here, but for modules.
    pub defined: BTreeSet<String>,
    /// `mod name;`: a file of its own.
    pub files: Vec<Child>,
    /// `mod name { ... }`.
    pub inline: Vec<(String, Self)>,
}

/// A declared module.
#[derive(Debug)]
pub struct Child {
    /// Its name.
    pub name: String,
    /// What `#[path = "..."]` says.
    pub path: Option<String>,
    /// What it is compiled under.
    pub gate: Gate,
}

/// A path that is named.
#[derive(Debug, Clone)]
pub struct Mention {
    /// Its parts; a leading `::` is an empty one.
    pub path: Vec<String>,
    /// The line it is in.
    pub line: usize,
    /// What it is compiled under.
    pub gate: Gate,
}

/// One name of a `use`.
#[derive(Debug, Clone)]
pub struct Import {
    /// What is imported.
    pub what: Mention,
    /// The name that it has here; `None` for a glob and for `as _`.
    pub name: Option<String>,
    /// `use path::*`.
    pub glob: bool,
    /// `pub use`, `pub(crate) use`: handed on to others.
    pub public: bool,
}

/// Reads a file. `None` if all of it is for tests.
pub fn read(source: &str, gate: &Gate) -> Option<Module> {
    let tokens = tokens(source);
    let mut gates = Gates::new(&tokens, gate);
    let kept = gates.strip()?;
    let mut module = Module::default();
    Parser { tokens: &kept, at: 0 }.module(&mut module);
    Some(module)
}

struct Parser<'a> {
    tokens: &'a [Gated],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead).map(|(token, _)| token)
    }

    fn before(&self) -> Option<&Token> {
        self.at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map(|(token, _)| token)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        self.peek(ahead).and_then(Token::word)
    }

    fn is(&self, ahead: usize, mark: char) -> bool {
        self.peek(ahead).is_some_and(|token| token.is(mark))
    }

    fn gate(&self) -> Gate {
        self.tokens
            .get(self.at)
            .map(|(_, gate)| gate.clone())
            .unwrap_or_default()
    }

    /// Reads items up to the brace that closes this module, or to the end.
    fn module(&mut self, module: &mut Module) {
        let mut depth = 0usize;
        let mut public = false;
        let mut path: Option<String> = None;
        while let Some(token) = self.peek(0) {
            match &token.kind {
                Kind::Mark('{' | '(' | '[') => depth += 1,
                Kind::Mark('}' | ')' | ']') => {
                    let Some(less) = depth.checked_sub(1) else {
                        self.at += 1;
                        return;
                    };
                    depth = less;
                }
                Kind::Mark('#') if self.is(1, '[') && self.word(2) == Some("path") && self.is(3, '=') => {
                    if let Some(Kind::Text(text)) = self.peek(4).map(|token| &token.kind) {
                        path = Some(text.clone());
                    }
                    // The bracket is closed by the loop.
                    depth += 1;
                    self.at += 5;
                    continue;
                }
                Kind::Word(word) => {
                    let word = word.clone();
                    match word.as_str() {
                        "pub" => {
                            public = true;
                            self.at += 1;
                            if self.is(0, '(') {
                                while !self.is(0, ')') && self.peek(0).is_some() {
                                    self.at += 1;
                                }
                                self.at += 1;
                            }
                            continue;
                        }
                        "use" if self.starts_import() => {
                            self.at += 1;
                            self.import(module, public);
                            public = false;
                            continue;
                        }
                        "mod" if self.word(1).is_some() => {
                            let name = self.word(1).unwrap_or_default().to_owned();
                            let gate = self.gate();
                            self.at += 3;
                            let path = path.take();
                            if self.before().is_some_and(|token| token.is('{')) {
                                let mut inner = Module::default();
                                self.module(&mut inner);
                                module.inline.push((name, inner));
                            } else {
                                module.files.push(Child { name, path, gate });
                            }
                            public = false;
                            continue;
                        }
                        _ => {}
                    }
                    public = false;
                    if depth == 0
                        && let Some(name) = self.defines(&word)
                    {
                        module.defined.insert(name);
                    }
                    self.mention(module);
                    continue;
                }
                Kind::Path if !self.before().is_some_and(ends_a_path) && self.word(1).is_some() => {
                    self.mention(module);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// `use` begins an import unless it is `impl Trait + use<'a>`.
    fn starts_import(&self) -> bool {
        !self.is(1, '<')
    }

    /// The name that the item beginning with this keyword defines.
    fn defines(&self, keyword: &str) -> Option<String> {
        let name = match keyword {
            "fn" | "struct" | "enum" | "union" | "trait" | "type" => self.word(1)?,
            "const" | "static" if !self.before().is_some_and(|token| token.is('*') || token.is('&')) => {
                match self.word(1)? {
                    "fn" | "unsafe" | "extern" | "async" => return None,
                    "mut" => self.word(2)?,
                    name => name,
                }
            }
            "macro_rules" if self.is(1, '!') => self.word(2)?,
            _ => return None,
        };
        Some(name.to_owned())
    }

    /// Reads a path, or steps over a word that begins none.
    fn mention(&mut self, module: &mut Module) {
        let method = self.before().is_some_and(|token| token.is('.'));
        let inside = self.before().is_some_and(|token| token.kind == Kind::Path);
        let (line, gate) = (self.peek(0).map_or(0, |token| token.line), self.gate());
        let mut path = Vec::new();
        if self.peek(0).is_some_and(|token| token.kind == Kind::Path) {
            path.push(String::new());
            self.at += 1;
        }
        while let Some(word) = self.word(0) {
            path.push(word.to_owned());
            self.at += 1;
            if self.peek(0).is_some_and(|token| token.kind == Kind::Path) && self.word(1).is_some() {
                self.at += 1;
            } else {
                break;
            }
        }
        if method || inside {
            return;
        }
        match path.as_slice() {
            [name] => *module.names.entry(name.clone()).or_default() += 1,
            [first, ..] => {
                *module.names.entry(first.clone()).or_default() += 1;
                module.paths.push(Mention { path, line, gate });
            }
            [] => self.at += 1,
        }
    }

    /// Reads a tree of imports up to its semicolon.
    fn import(&mut self, module: &mut Module, public: bool) {
        self.branch(module, public, &[]);
        while self.peek(0).is_some_and(|token| !token.is(';')) {
            self.at += 1;
        }
        self.at += 1;
    }

    fn branch(&mut self, module: &mut Module, public: bool, stem: &[String]) {
        let mut path = stem.to_vec();
        let (line, gate) = (self.peek(0).map_or(0, |token| token.line), self.gate());
        if path.is_empty() && self.peek(0).is_some_and(|token| token.kind == Kind::Path) {
            path.push(String::new());
            self.at += 1;
        }
        let mut push = |path: Vec<String>, name: Option<String>, glob: bool| {
            module.imports.push(Import {
                what: Mention {
                    path,
                    line,
                    gate: gate.clone(),
                },
                name,
                glob,
                public,
            });
        };
        loop {
            if self.is(0, '*') {
                self.at += 1;
                return push(path, None, true);
            }
            if self.is(0, '{') {
                self.at += 1;
                while self.peek(0).is_some() && !self.is(0, '}') {
                    if self.is(0, ',') {
                        self.at += 1;
                        continue;
                    }
                    let start = self.at;
                    self.branch(module, public, &path);
                    // Whatever this is, it is not Rust: go on.
                    self.at += usize::from(self.at == start);
                }
                self.at += 1;
                return;
            }
            let Some(word) = self.word(0).map(str::to_owned) else {
                return;
            };
            self.at += 1;
            if word != "self" || path.is_empty() {
                path.push(word);
            }
            if self.peek(0).is_some_and(|token| token.kind == Kind::Path) {
                self.at += 1;
                continue;
            }
            let mut name = path.last().cloned();
            if self.word(0) == Some("as") {
                name = self.word(1).filter(|name| *name != "_").map(str::to_owned);
                self.at += 2;
            }
            return push(path, name, false);
        }
    }
}

fn ends_a_path(token: &Token) -> bool {
    matches!(token.kind, Kind::Word(_)) || token.is('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(source: &str) -> Module {
        read(source, &Gate::default()).unwrap()
    }

    fn imports(module: &Module) -> Vec<String> {
        module
            .imports
            .iter()
            .map(|import| {
                let path = import.what.path.join("::");
                match (&import.name, import.glob) {
                    (_, true) => format!("{path}::*"),
                    (None, _) => format!("{path} as _"),
                    (Some(name), _) => format!("{path} as {name}"),
                }
            })
            .collect()
    }

    fn paths(module: &Module) -> Vec<String> {
        module.paths.iter().map(|path| path.path.join("::")).collect()
    }

    #[test]
    fn trees_of_imports_are_flattened() {
        let module = parsed("pub(crate) use crate::{a::{self, B as C, d::*}, e, f::G as _}; use super::x;");
        assert_eq!(
            imports(&module),
            [
                "crate::a as a",
                "crate::a::B as C",
                "crate::a::d::*",
                "crate::e as e",
                "crate::f::G as _",
                "super::x as x"
            ]
        );
        assert!(module.imports[0].public);
        assert!(!module.imports[5].public);
    }

    #[test]
    fn paths_in_code_count_and_methods_do_not() {
        let module = parsed(
            "fn f(x: super::X) -> Vec<crate::b::Y> { x.a::<crate::c::Z>(); view! { <p>{crate::d::e}</p> } ::std::fs::read(); $crate::m!() }",
        );
        assert_eq!(
            paths(&module),
            [
                "super::X",
                "crate::b::Y",
                "crate::c::Z",
                "crate::d::e",
                "::std::fs::read",
                "crate::m"
            ]
        );
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        let module = parsed(
            "#[cfg(test)] use crate::a; #[cfg(test)] mod tests { use super::*; } #[test] fn t() { crate::b::c() }
             #[cfg(test)] pub(crate) mod testing; fn f() { #[cfg(test)] crate::d::e(); crate::g::h() }
             #[cfg(all(test, feature = \"x\"))] impl X { fn y() { crate::i::j() } } #[cfg(not(test))] use crate::k;",
        );
        assert_eq!(imports(&module), ["crate::k as k"]);
        assert_eq!(paths(&module), ["crate::g::h"]);
        assert!(module.files.is_empty() && module.inline.is_empty());
        assert!(read("#![cfg(test)] use crate::a;", &Gate::default()).is_none());
    }

    #[test]
    fn features_are_remembered() {
        let module = parsed(
            "#[cfg(feature = \"parallel\")] mod fast; #[cfg(feature = \"parallel\")] use rayon::iter; use std::fs;",
        );
        assert!(module.files[0].gate.has("parallel"));
        assert!(module.imports[0].what.gate.has("parallel"));
        assert!(!module.imports[1].what.gate.has("parallel"));
    }

    #[test]
    fn definitions_and_modules_are_found() {
        let module = parsed(
            "#[path = \"other.rs\"] mod a; pub mod b { pub struct In; } pub const fn f() { fn inner() {} } static mut S: u8 = 0;
             pub(crate) unsafe trait T {} type P = *const u8; macro_rules! m { () => {} } impl X for Y { const Z: u8 = 0; }",
        );
        assert_eq!(module.files[0].path.as_deref(), Some("other.rs"));
        assert_eq!(module.inline[0].0, "b");
        let names: Vec<&str> = module.defined.iter().map(String::as_str).collect();
        assert_eq!(names, ["P", "S", "T", "f", "m"]);
    }
}
