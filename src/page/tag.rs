//! One tag of a component: its name and attributes with their places.

use std::ops::Range;

use super::components::{Attribute, AttributeValue};
use crate::diagnostics::{Code, Problem};
use crate::source::Span;

/// The longest tag in bytes.
const LONGEST: usize = 4096;

/// A tag as read.
#[derive(Clone, Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) name_span: Span,
    pub(super) kind: Kind,
    pub(super) attributes: Vec<Attribute>,
    /// All of it in the text.
    pub(super) span: Range<usize>,
    /// What is wrong with its attributes.
    pub(super) problems: Vec<Problem>,
}

/// What a tag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Opens,
    Closes,
    /// It closes itself.
    Whole,
}

/// The tag that begins at the byte `at` with `<` and has a name in the way of components; none where it is text.
pub(super) fn tag(text: &str, at: usize) -> Option<Tag<'_>> {
    read(text, at, |byte| byte.is_ascii_uppercase())
}

/// The tag of HTML that begins at the byte `at`, with the attributes of JSX as well; its name need not be one of an
/// element.
pub(super) fn html_tag(text: &str, at: usize) -> Option<Tag<'_>> {
    let mut tag = read(text, at, |byte| byte.is_ascii_alphabetic())?;
    // A value without quotes is right in HTML.
    tag.problems.retain(|problem| problem.fix.is_none());
    Some(tag)
}

fn read(text: &str, at: usize, is_first: impl Fn(u8) -> bool) -> Option<Tag<'_>> {
    let end = text.floor_char_boundary(at.saturating_add(LONGEST));
    let mut reader = Reader { text, at: at + 1, end };
    if text.as_bytes().get(at) != Some(&b'<') {
        return None;
    }
    let closes = reader.eat(b'/');
    let start = reader.at;
    if !reader.next().is_some_and(is_first) {
        return None;
    }
    reader.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    let name = text.get(start..reader.at)?;
    let name_span = Span::new(start, reader.at);
    let mut tag = Tag {
        name,
        name_span,
        kind: if closes { Kind::Closes } else { Kind::Opens },
        attributes: Vec::new(),
        span: at..at,
        problems: Vec::new(),
    };
    loop {
        let before = reader.at;
        reader.blanks()?;
        if reader.eat(b'>') {
            break;
        }
        if reader.eat(b'/') {
            if closes || !reader.eat(b'>') {
                return None;
            }
            tag.kind = Kind::Whole;
            break;
        }
        // Attributes are divided from the name and from each other.
        if closes || before == reader.at {
            return None;
        }
        reader.attribute(&mut tag)?;
    }
    tag.span.end = reader.at;
    Some(tag)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl Reader<'_> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|_| self.at < self.end)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.next() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.next().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// Steps over blanks; none at a blank line, which no tag reaches over.
    fn blanks(&mut self) -> Option<()> {
        let mut breaks = 0;
        while let Some(byte) = self.next().filter(u8::is_ascii_whitespace) {
            breaks += usize::from(byte == b'\n');
            self.at += 1;
        }
        (breaks < 2).then_some(())
    }

    fn attribute(&mut self, tag: &mut Tag<'_>) -> Option<()> {
        if self.next() == Some(b'{') {
            let start = self.at;
            self.braced()?;
            if self.text.get(start..self.at).is_some_and(|text| text.starts_with("{/*")) {
                return self.divided();
            }
            let message = "attributes cannot be spread from a variable";
            let span = Span::new(start, self.at);
            tag.problems.push(Problem::new(Code::BadComponent, span, message).help("write them one by one"));
            return self.divided();
        }
        let start = self.at;
        if !self.next().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':' | b'@')) {
            return None;
        }
        self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-' | b'@'));
        let name = self.text.get(start..self.at)?.to_owned();
        let name_span = Span::new(start, self.at);
        let behind = self.at;
        self.blanks()?;
        if !self.eat(b'=') {
            self.at = behind;
            let value_span = Span::at(behind);
            tag.attributes.push(Attribute { name, name_span, value: AttributeValue::Flag, value_span });
            return Some(());
        }
        self.blanks()?;
        let start = self.at;
        let value = match self.next()? {
            quote @ (b'"' | b'\'') => {
                let rest = self.text.get(start + 1..self.end)?;
                let length = rest.find(char::from(quote))?;
                self.at = start + length + 2;
                AttributeValue::quoted(rest.get(..length)?)
            }
            b'{' => {
                self.braced()?;
                AttributeValue::braced(self.text.get(start + 1..self.at - 1)?)
            }
            _ => {
                self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'>' | b'<'));
                let mut text = self.text.get(start..self.at)?;
                if let Some(whole) = text.strip_suffix('/').filter(|_| self.next() == Some(b'>')) {
                    (text, self.at) = (whole, self.at - 1);
                }
                let message = format!("the value of `{name}` stands in no quotes");
                let help = format!("write `{name}=\"{text}\"`");
                let span = Span::new(start, self.at);
                let problem = Problem::new(Code::BadComponent, span, message).help(help);
                tag.problems.push(problem.fix(format!("\"{text}\"")));
                AttributeValue::Text(text.to_owned())
            }
        };
        let value_span = Span::new(start, self.at);
        tag.attributes.push(Attribute { name, name_span, value, value_span });
        self.divided()
    }

    /// Whether an attribute ends here; the tag goes on even where the blank behind it is missing.
    fn divided(&mut self) -> Option<()> {
        self.next().map(|_| ())
    }

    /// Steps over balanced braces, quotes in them left alone.
    fn braced(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        let mut quote = None;
        loop {
            let byte = self.next()?;
            self.at += 1;
            match (quote, byte) {
                (Some(_), b'\\') => self.at += 1,
                (Some(open), _) => quote = quote.filter(|_| open != byte),
                (None, b'"' | b'\'' | b'`') => quote = Some(byte),
                (None, b'{') => depth += 1,
                (None, b'}') => depth -= 1,
                (None, _) => {}
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}
