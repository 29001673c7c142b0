//! The text behind the language of a fence, cut into words that know their places.

use crate::diagnostics::{Code, Problem};
use crate::source::Span;

/// One word of an info string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// `no_run`, or a part of a title.
    Bare(&'a str),
    /// `"a title"`.
    Quoted(&'a str),
    /// `{1,3-5}`, without the braces.
    Braced(&'a str),
    /// `timeout=30s`; quotes and braces of the value are taken off, its span is that of the value inside them.
    Pair {
        /// What stands before `=`.
        key: &'a str,
        /// What stands behind it.
        value: &'a str,
        /// Where the value stands.
        value_span: Span,
    },
}

/// Cuts `text`, which stands at `base` in its file, into words; what is never closed is a problem.
pub(super) fn words(text: &str, base: u32) -> (Vec<(Word<'_>, Span)>, Vec<Problem>) {
    let mut cutter = Cutter { text, base: base as usize, at: 0, problems: Vec::new() };
    let mut words = Vec::new();
    while let Some(word) = cutter.word() {
        words.push(word);
    }
    (words, cutter.problems)
}

/// The language of an info string, which ends at a blank, a comma or a brace, and the number of bytes it takes.
pub(super) fn language(info: &str) -> (&str, usize) {
    let first = info.split([' ', '\t', '{', ',']).next().unwrap_or_default();
    if first.contains(['=', '"', '\'']) {
        return ("", 0);
    }
    let comma = usize::from(info.get(first.len()..).is_some_and(|rest| rest.starts_with(',')));
    (first, first.len() + comma)
}

struct Cutter<'a> {
    text: &'a str,
    base: usize,
    at: usize,
    problems: Vec<Problem>,
}

impl<'a> Cutter<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start, self.base + end)
    }

    fn word(&mut self) -> Option<(Word<'a>, Span)> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        let start = self.at;
        let word = match self.rest().chars().next()? {
            '"' | '\'' => Word::Quoted(self.quoted().0),
            '{' => Word::Braced(self.braced().0),
            _ => self.bare(),
        };
        Some((word, self.span(start, self.at)))
    }

    fn bare(&mut self) -> Word<'a> {
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|letter: char| letter.is_whitespace() || letter == '=').unwrap_or(rest.len());
        let key = rest.get(..end).unwrap_or_default();
        self.at += end;
        if key.is_empty() || !self.rest().starts_with('=') {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            self.at = start + end;
            return Word::Bare(rest.get(..end).unwrap_or_default());
        }
        self.at += 1;
        let (value, span) = match self.rest().chars().next() {
            Some('"' | '\'') => self.quoted(),
            Some('{') => self.braced(),
            _ => self.plain(),
        };
        Word::Pair { key, value, value_span: self.span(span.start, span.end) }
    }

    fn plain(&mut self) -> (&'a str, std::ops::Range<usize>) {
        let rest = self.rest();
        let value = rest.split(char::is_whitespace).next().unwrap_or_default();
        let start = self.at;
        self.at += value.len();
        (value, start..self.at)
    }

    fn quoted(&mut self) -> (&'a str, std::ops::Range<usize>) {
        let quote = self.rest().chars().next().unwrap_or('"');
        let start = self.at + 1;
        let inner = self.text.get(start..).unwrap_or_default();
        let Some(end) = inner.find(quote) else { return self.unclosed("quote") };
        self.at = start + end + 1;
        (inner.get(..end).unwrap_or_default(), start..start + end)
    }

    fn braced(&mut self) -> (&'a str, std::ops::Range<usize>) {
        let mut depth = 0_usize;
        for (at, letter) in self.rest().char_indices() {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let start = self.at + 1;
                let end = self.at + at;
                self.at = end + 1;
                return (self.text.get(start..end).unwrap_or_default(), start..end);
            }
        }
        self.unclosed("brace")
    }

    /// The rest of the text, as the best that can be had.
    fn unclosed(&mut self, what: &str) -> (&'a str, std::ops::Range<usize>) {
        let start = self.at;
        let message = format!("a {what} in the attributes of a fence is never closed");
        let help = format!("write the closing {what} on the same line");
        let span = self.span(start, self.text.len());
        self.problems.push(Problem::new(Code::BadAttribute, span, message).help(help));
        self.at = self.text.len();
        (self.text.get(start + 1..).unwrap_or_default(), start + 1..self.at)
    }
}
