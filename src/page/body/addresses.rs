//! Addresses that stand in the text as they are, and are links all the same.
//!
//! The rules are those of the section on autolinks of the GFM specification 0.29 (github.github.com/gfm, read
//! 2026-11-27), and what GitHub's own program adds to them: a host may be a single word behind `http://`.

use std::ops::Range;

use pulldown_cmark::{CowStr, LinkType, TagEnd};

use super::super::{Event, Link, Piece, Tag, Target};
use super::Body;
use crate::source::Span;

/// The beginnings of addresses, with what stands before one as a target.
const BEGINNINGS: [(&str, &str); 4] =
    [("http://", ""), ("https://", ""), ("ftp://", ""), ("www.", "http://")];

/// An address in a text.
#[derive(Debug)]
struct Address {
    /// Where it stands.
    range: Range<usize>,
    /// Where it leads; a mail address without `mailto:`.
    target: String,
    link_type: LinkType,
}

impl Body {
    /// Makes links of the addresses in the text.
    pub(super) fn link_addresses(&mut self) {
        // A text may be divided at a colon.
        let is_part = |text: &str| ["//", "www.", "@"].iter().any(|part| text.contains(part));
        let is_bearer = |piece: &Piece| matches!(piece, Piece::Markdown(Event::Text(text)) if is_part(text));
        if !self.pieces.iter().any(|(piece, _)| is_bearer(piece)) {
            return;
        }
        let mut run: Vec<(CowStr<'static>, Span)> = Vec::new();
        // How many links, images and blocks of code are open, in which no link can stand.
        let mut inside = 0_usize;
        let pieces = std::mem::take(&mut self.pieces);
        self.pieces.reserve(pieces.len());
        for (piece, span) in pieces {
            match piece {
                Piece::Markdown(Event::Text(text)) if inside == 0 => {
                    if run.last().is_some_and(|(_, last)| last.end != span.start) {
                        self.write(&mut run);
                    }
                    run.push((text, span));
                    continue;
                }
                Piece::Markdown(Event::Start(Tag::Link(_) | Tag::Image(_) | Tag::CodeBlock(_))) => {
                    inside += 1;
                }
                Piece::Markdown(Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock)) => {
                    inside = inside.saturating_sub(1);
                }
                _ => {}
            }
            self.write(&mut run);
            self.pieces.push((piece, span));
        }
        self.write(&mut run);
        self.links.sort_by_key(|link| link.span.start);
    }

    /// Writes texts that stand side by side, with the addresses in them as links.
    fn write(&mut self, texts: &mut Vec<(CowStr<'static>, Span)>) {
        let whole: String = texts.iter().map(|(text, _)| text.as_ref()).collect();
        let found = if may_hold(&whole) { addresses(&whole) } else { Vec::new() };
        if found.is_empty() {
            let texts = texts.drain(..);
            self.pieces.extend(texts.map(|(text, span)| (Piece::Markdown(Event::Text(text)), span)));
            return;
        }
        let run = Run::new(whole, texts);
        let mut at = 0;
        for Address { range, target, link_type } in found {
            self.text(&run, at..range.start);
            let span = run.place(&range);
            let mail = if link_type == LinkType::Email { "mailto:" } else { "" };
            self.links.push(Link { target: format!("{mail}{target}"), span, image: false });
            let target = Target { kind: link_type, address: target.into(), title: "".into() };
            let start = Tag::Link(Box::new(target));
            self.pieces.push((Piece::Markdown(Event::Start(start)), span));
            self.text(&run, range.clone());
            self.pieces.push((Piece::Markdown(Event::End(TagEnd::Link)), span));
            at = range.end;
        }
        self.text(&run, at..run.whole.len());
        texts.clear();
    }

    fn text(&mut self, run: &Run, range: Range<usize>) {
        if let Some(text) = run.whole.get(range.clone()).filter(|text| !text.is_empty()) {
            let event = Event::Text(text.to_owned().into());
            self.pieces.push((Piece::Markdown(event), run.place(&range)));
        }
    }
}

/// Texts that stand side by side.
struct Run {
    whole: String,
    /// Where each begins in the whole, and where it stands in the file.
    parts: Vec<(usize, Span)>,
}

impl Run {
    fn new(whole: String, texts: &[(CowStr<'static>, Span)]) -> Self {
        let mut at = 0;
        let part = |(text, span): &(CowStr<'static>, Span)| {
            at += text.len();
            (at - text.len(), *span)
        };
        let parts = texts.iter().map(part).collect();
        Self { whole, parts }
    }

    /// Where a range stands in the file. A text that is not written as it reads has one place.
    fn place(&self, range: &Range<usize>) -> Span {
        self.at(range.start, range).to(self.at(range.end.saturating_sub(1), range))
    }

    /// Where the part of a range stands that lies in the text with the byte `at`.
    fn at(&self, at: usize, range: &Range<usize>) -> Span {
        let index = self.parts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        let Some((start, span)) = self.parts.get(index).copied() else { return Span::default() };
        let end = self.parts.get(index + 1).map_or(self.whole.len(), |(next, _)| *next);
        if span.range().len() != end - start {
            return span;
        }
        let within = range.start.max(start) - start..range.end.min(end).saturating_sub(start);
        Span::new(span.range().start + within.start, span.range().start + within.end)
    }
}

/// Whether a text may hold an address.
fn may_hold(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

/// The addresses in a text, in order.
fn addresses(text: &str) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let mut at = 0;
    // Where the letters of a host end that was looked at last.
    let mut host_end = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let step = rest.chars().next().map_or(1, char::len_utf8);
        let end = found.last().map_or(0, |last| last.range.end);
        let address =
            if rest.starts_with('@') { mail(text, at, end) } else { web(rest, at, before, &mut host_end) };
        match address {
            Some(address) => {
                at = address.range.end;
                found.push(address);
            }
            None => at += step,
        }
    }
    found
}

/// The address of the web that stands at the beginning of `rest`, which stands at `at` behind the letter `last`.
fn web(rest: &str, at: usize, last: Option<char>, host_end: &mut usize) -> Option<Address> {
    let (beginning, before) = BEGINNINGS.iter().find(|(beginning, _)| has_prefix(rest, beginning))?;
    // `www.` is a part of the host.
    let is_whole = before.is_empty();
    let may_begin = |last: char| {
        if is_whole { !last.is_alphabetic() } else { last.is_whitespace() || "*_~([".contains(last) }
    };
    if !last.is_none_or(may_begin) {
        return None;
    }
    let before_host = if is_whole { beginning.len() } else { 0 };
    let host = rest.get(before_host..)?;
    let start = at + before_host;
    if *host_end <= start {
        *host_end = start + host_length(host);
    }
    let host = host.get(..*host_end - start).filter(|host| is_host(host, if is_whole { 1 } else { 2 }))?;
    let from = before_host + host.len();
    let tail = rest.get(from..)?;
    let tail_length = tail.find(|letter: char| letter.is_whitespace() || letter == '<').unwrap_or(tail.len());
    let length = trimmed(rest.get(..from + tail_length)?);
    let link_type = if is_whole { LinkType::Autolink } else { LinkType::Inline };
    let target = format!("{before}{}", rest.get(..length)?);
    (length >= from.min(beginning.len() + 1)).then_some(Address { range: at..at + length, target, link_type })
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The length of the host at the beginning of a text.
fn host_length(text: &str) -> usize {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    text.find(|letter: char| !is_part(letter)).unwrap_or(text.len())
}

/// Whether a host is one: no underscore in its last two parts, and so many of them at least.
fn is_host(host: &str, least: usize) -> bool {
    let host = host.trim_end_matches('.');
    let ends: Vec<&str> = host.rsplit('.').take(2).collect();
    !host.is_empty() && ends.len() >= least && ends.iter().all(|part| !part.is_empty() && !part.contains('_'))
}

/// The length of an address without the marks behind it that belong to the sentence.
fn trimmed(address: &str) -> usize {
    let mut text = address;
    let mut surplus = isize::try_from(text.matches(')').count()).unwrap_or(isize::MAX)
        - isize::try_from(text.matches('(').count()).unwrap_or(isize::MAX);
    loop {
        let Some(last) = text.chars().next_back() else { return 0 };
        let shorter = match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' | ']' => text.strip_suffix(last),
            ')' if surplus > 0 => {
                surplus -= 1;
                text.strip_suffix(last)
            }
            ';' => without_entity(text).or_else(|| text.strip_suffix(last)),
            _ => None,
        };
        match shorter {
            Some(shorter) => text = shorter,
            None => return text.len(),
        }
    }
}

/// A text without what looks like an entity at its end.
fn without_entity(text: &str) -> Option<&str> {
    let inner = text.strip_suffix(';')?;
    let before = inner.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric());
    before.strip_suffix('&').filter(|_| before.len() < inner.len())
}

/// The mail address whose `@` stands at `at`; it begins at `from` or later.
fn mail(text: &str, at: usize, from: usize) -> Option<Address> {
    let before = text.get(from..at)?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+');
    let name = before.rsplit(|letter: char| !is_name(letter)).next().filter(|name| !name.is_empty())?;
    let start = at - name.len();
    // `//user@host` is a part of another kind of address.
    if text.get(..start).is_some_and(|before| before.ends_with(['/', ':'])) {
        return None;
    }
    let after = text.get(at + 1..)?;
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let length = after.find(|letter: char| !is_part(letter)).unwrap_or(after.len());
    let host = after.get(..length)?.trim_end_matches('.');
    let is_whole = host.contains('.') && !host.starts_with('.') && !host.ends_with(['-', '_']);
    let range = start..at + 1 + host.len();
    let target = text.get(range.clone())?.to_owned();
    is_whole.then_some(Address { range, target, link_type: LinkType::Email })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The targets in a text, with a blank between them.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = addresses(text);
        let seen: Vec<&str> = found.iter().map(|address| address.target.as_str()).collect();
        assert_eq!(seen.join(" "), expected);
    }

    #[test]
    fn addresses_of_the_web_are_found() {
        check("see https://a.b/c?d=e#f and www.a.b", "https://a.b/c?d=e#f http://www.a.b");
        check(
            "http://localhost:8000 or (http://127.0.0.1:18789/)",
            "http://localhost:8000 http://127.0.0.1:18789/",
        );
        check("HTTPS://A.B", "HTTPS://A.B");
    }

    #[test]
    fn the_sentence_keeps_its_marks() {
        check("https://a.b. https://a.b/c, https://a.b/d!", "https://a.b https://a.b/c https://a.b/d");
        check("(https://a.b/(c)) https://a.b/c&amp;", "https://a.b/(c) https://a.b/c");
    }

    #[test]
    fn addresses_of_mail_are_found() {
        check("a.b+c@d.e. and f@g, h@i.j-", "a.b+c@d.e");
        check("a@b.c,d@e.f", "a@b.c d@e.f");
    }

    #[test]
    fn what_is_in_a_word_or_has_no_host_is_text() {
        check("xhttps://a.b https:// http://_ www. www.a_b.c wss://a.b scp://u@h.i", "");
    }

    #[test]
    fn many_beginnings_are_read_once() {
        assert!(addresses(&"a@".repeat(50_000)).is_empty());
        assert!(addresses(&"http://_".repeat(50_000)).is_empty());
        assert!(addresses(&" www._".repeat(50_000)).is_empty());
        assert!(addresses(&"_www._".repeat(50_000)).is_empty());
    }
}
