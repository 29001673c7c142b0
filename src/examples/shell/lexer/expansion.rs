//! What begins with `$` or a backquote in a word.

use super::{Lexer, Part, Quotes, Word, push_copy};
use crate::examples::shell::variables::is_name;
use crate::source::Span;

/// Substitutions deeper than this are left to the shell.
const DEEPEST: usize = 16;

impl Lexer<'_> {
    pub(super) fn dollar(&mut self, word: &mut Word, quotes: Quotes) {
        let start = self.at;
        self.at += 1;
        match (self.peek(), quotes) {
            (Some('{'), _) => self.braced(word, start),
            (Some('('), _) => self.substitution(word, start),
            (Some('\''), Quotes::None) => self.escaped_quote(word, start),
            (Some('"'), Quotes::None) => self.beyond("a text to translate", Span::new(start, self.at + 1)),
            (Some(letter), _) if letter.is_ascii_alphabetic() || letter == '_' => {
                while matches!(self.peek(), Some(letter) if letter.is_ascii_alphanumeric() || letter == '_') {
                    self.at += 1;
                }
                let name = self.text.get(start + 1..self.at).unwrap_or_default().to_owned();
                word.parts.push(Part::Variable(Span::new(start, self.at), name, None));
                self.no_continuation(start);
            }
            (Some('?' | '#' | '$'), _) => {
                self.at += 1;
                word.parts.push(Part::Opaque(Span::new(start, self.at)));
            }
            (Some('!' | '@' | '*' | '-' | '0'..='9'), _) => {
                self.at += 1;
                self.beyond("arguments of its own", Span::new(start, self.at));
                word.parts.push(Part::Opaque(Span::new(start, self.at)));
            }
            (Some('['), _) => {
                self.beyond("arithmetic", Span::new(start, self.at + 1));
                push_copy(word, Span::new(start, self.at));
            }
            _ => {
                push_copy(word, Span::new(start, self.at));
                self.no_continuation(start);
            }
        }
    }

    /// A line that is continued in the middle of an expansion belongs to it, which is not followed here.
    fn no_continuation(&mut self, start: usize) {
        if self.rest().starts_with("\\\n") {
            self.beyond("a name over two lines", Span::new(start, self.at));
        }
    }

    /// `$'…'`, in which a backslash escapes the quote; other escapes than the usual ones are left to the shell.
    fn escaped_quote(&mut self, word: &mut Word, start: usize) {
        self.at += 1;
        word.parts.push(Part::Copy(Span::at(self.at)));
        loop {
            let at = self.at;
            match self.bump() {
                None => {
                    self.unclosed(start, "$'");
                    return;
                }
                Some('\'') => return,
                Some('\\') => {
                    let meant = match self.bump() {
                        Some('n') => "\n",
                        Some('t') => "\t",
                        Some('\'') => "'",
                        Some('"') => "\"",
                        Some('\\') => "\\",
                        _ => {
                            self.beyond("an escape of the shell", Span::new(at, self.at));
                            continue;
                        }
                    };
                    word.parts.push(Part::Escape(Span::new(at, self.at), meant.to_owned()));
                }
                Some(_) => push_copy(word, Span::new(at, self.at)),
            }
        }
    }

    fn braced(&mut self, word: &mut Word, start: usize) {
        let Some(length) = self.rest().find('}') else {
            self.unclosed(start, "${");
            return;
        };
        let inner = self.text.get(self.at + 1..self.at + length).unwrap_or_default();
        self.at += length + 1;
        let span = Span::new(start, self.at);
        let (name, default) = match inner.split_once(":-").or_else(|| inner.split_once('-')) {
            Some((name, default)) => (name, Some(default)),
            // `${NAME:?message}` is the variable, which has to be there.
            None => match inner.split_once(":?") {
                Some((name, message)) if is_plain(message) => (name, None),
                _ => (inner, None),
            },
        };
        if is_name(name) && default.is_none_or(is_plain) {
            word.parts.push(Part::Variable(span, name.to_owned(), default.map(str::to_owned)));
        } else {
            // Patterns, arithmetic and worse may stand in there.
            self.beyond("an expansion that only the shell knows", span);
            word.parts.push(Part::Opaque(span));
        }
    }

    fn substitution(&mut self, word: &mut Word, start: usize) {
        if self.rest().starts_with("((") || self.depth >= DEEPEST {
            self.beyond("arithmetic", Span::new(start, self.at + 1));
            self.at += 1;
            word.parts.push(Part::Opaque(Span::new(start, self.at)));
            return;
        }
        self.at += 1;
        let mut inner = Lexer::new(self.text, self.depth + 1);
        inner.at = self.at;
        inner.list(Some(')'));
        let text = self.text.get(self.at..inner.at).unwrap_or_default();
        if text.contains('\n') && (!self.pending.is_empty() || text.contains("<<")) {
            self.beyond("a here-document in a substitution", Span::new(start, self.at));
        }
        self.at = inner.at;
        self.problems.append(&mut inner.problems);
        self.script.commands.append(&mut inner.script.commands);
        self.script.beyond.append(&mut inner.script.beyond);
        if !self.eat(")") {
            self.unclosed(start, "$(");
        }
        word.parts.push(Part::Opaque(Span::new(start, self.at)));
    }

    pub(super) fn backquoted(&mut self, word: &mut Word) {
        let start = self.at;
        self.at += 1;
        let Some(length) = self.rest().find('`') else {
            self.unclosed(start, "`");
            return;
        };
        self.at += length + 1;
        let span = Span::new(start, self.at);
        self.beyond("a substitution in backquotes", span);
        word.parts.push(Part::Opaque(span));
    }
}

/// Whether a text holds nothing that the shell would do something with.
fn is_plain(text: &str) -> bool {
    !text.contains(['$', '`', '"', '\'', '\\', '{', '\n', '~'])
}
