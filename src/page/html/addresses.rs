//! The tags in a piece of raw HTML: which addresses they hold, and which of them close themselves.

use std::borrow::Cow;
use std::ops::Range;

use super::is_element;
use crate::page::components::AttributeValue;
use crate::page::jsx;
use crate::page::tag::{Kind, html_tag};

/// Elements that have no end (HTML Living Standard, read 2026-11-27).
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// Elements whose text holds no tags, and how they end.
const TEXTS: [(&str, &str); 3] = [("script", "</script"), ("style", "</style"), ("textarea", "</textarea")];

/// The attributes that hold an address, and whether it is one of a picture, a video or a frame.
const ADDRESSES: [(&str, &str, bool); 10] = [
    ("a", "href", false),
    ("area", "href", false),
    ("audio", "src", true),
    ("embed", "src", true),
    ("iframe", "src", true),
    ("img", "src", true),
    ("source", "src", true),
    ("track", "src", true),
    ("video", "poster", true),
    ("video", "src", true),
];

/// Finds the tags in the pieces of one block of raw HTML, in their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Html {
    /// What has to come before tags are tags again: the end of a comment, or of an element that holds text.
    until: Option<&'static str>,
}

/// An address in raw HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address, entities decoded.
    pub target: String,
    /// Where it stands in the piece, without its quotes.
    pub range: Range<usize>,
    /// Whether it is one of a picture, a video or a frame.
    pub image: bool,
}

/// What the tags of a piece say.
#[derive(Debug, Default)]
struct Found {
    addresses: Vec<Address>,
    /// Where the `/>` of elements stand that have an end, with their names.
    unclosed: Vec<(Range<usize>, String)>,
}

impl Html {
    /// The addresses in a piece.
    pub fn addresses(&mut self, piece: &str) -> Vec<Address> {
        self.read(piece).addresses
    }

    /// A piece in which elements that close themselves, as they do in JSX, have an end, and the addresses as they stand
    /// in `piece`.
    pub fn closed<'p>(&mut self, piece: &'p str) -> (Cow<'p, str>, Vec<Address>) {
        let found = self.read(piece);
        if found.unclosed.is_empty() {
            return (Cow::Borrowed(piece), found.addresses);
        }
        let mut text = String::with_capacity(piece.len() + 16);
        let mut at = 0;
        for (range, name) in found.unclosed {
            text.push_str(piece.get(at..range.start).unwrap_or_default());
            text.extend(["></", name.as_str(), ">"]);
            at = range.end;
        }
        text.push_str(piece.get(at..).unwrap_or_default());
        (Cow::Owned(text), found.addresses)
    }

    fn read(&mut self, piece: &str) -> Found {
        let mut found = Found::default();
        let mut at = 0;
        while let Some(rest) = piece.get(at..) {
            if let Some(end) = self.until {
                let Some(length) = position(rest, end) else { break };
                at += length + end.len();
                self.until = None;
                continue;
            }
            let Some(length) = rest.find('<') else { break };
            at += length;
            if piece.get(at..).is_some_and(|rest| rest.starts_with("<!--")) {
                self.until = Some("-->");
                at += 4;
                continue;
            }
            let Some(tag) = html_tag(piece, at) else {
                at += 1;
                continue;
            };
            at = tag.span.end;
            if tag.kind == Kind::Closes {
                continue;
            }
            let name = tag.name.to_ascii_lowercase();
            for attribute in &tag.attributes {
                let is_it = |(element, known, _): &&(&str, &str, bool)| {
                    *element == name && attribute.name.eq_ignore_ascii_case(known)
                };
                let known = ADDRESSES.iter().find(is_it);
                if let (Some((.., image)), AttributeValue::Text(target)) = (known, &attribute.value) {
                    let range = inner(piece, attribute.value_span.range());
                    found.addresses.push(Address { target: target.clone(), range, image: *image });
                }
            }
            let is_ended = VOID.contains(&name.as_str()) || jsx::is_svg(tag.name);
            if tag.kind == Kind::Whole && !is_ended && (is_element(&name) || name.contains('-')) {
                let shown = piece.get(..tag.span.end - 2).unwrap_or_default().trim_end().len();
                found.unclosed.push((shown..tag.span.end, tag.name.to_owned()));
            } else if tag.kind == Kind::Opens {
                self.until = TEXTS.iter().find(|(text, _)| *text == name).map(|(_, end)| *end);
            }
        }
        found
    }
}

/// Where `end` stands in a text, whatever its case.
fn position(text: &str, end: &str) -> Option<usize> {
    text.as_bytes().windows(end.len()).position(|part| part.eq_ignore_ascii_case(end.as_bytes()))
}

/// A value without its quotes.
fn inner(text: &str, range: Range<usize>) -> Range<usize> {
    let is_quoted = text.get(range.clone()).is_some_and(|value| value.starts_with(['"', '\'']));
    let quote = usize::from(is_quoted);
    range.start + quote..range.end.max(range.start + 2 * quote) - quote
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[&str], closed: &str, addresses: &[&str]) {
        let mut html = Html::default();
        let (mut text, mut found) = (String::new(), Vec::new());
        for piece in pieces {
            let (part, addresses) = html.closed(piece);
            text.push_str(&part);
            found.extend(addresses.iter().map(|address| {
                assert_eq!(
                    piece.get(address.range.clone()).map(|text| text.replace("&amp;", "&")),
                    Some(address.target.clone())
                );
                format!("{}{}", address.target, if address.image { "!" } else { "" })
            }));
        }
        assert_eq!(text, closed);
        assert_eq!(found, addresses);
    }

    #[test]
    fn elements_that_close_themselves_get_an_end() {
        check(&["<a id=\"x\" /><br/><span/>\n"], "<a id=\"x\"></a><br/><span></span>\n", &[]);
        check(
            &["<svg><path d=\"m\" /></svg><url /><my-part />"],
            "<svg><path d=\"m\" /></svg><url /><my-part></my-part>",
            &[],
        );
        check(&["<!-- <b />\n", "<i /> --><u />"], "<!-- <b />\n<i /> --><u></u>", &[]);
    }

    #[test]
    fn addresses_are_found_where_they_stand() {
        check(
            &["<a href=\"/a?b&amp;c\">x</a> <IMG SRC='d.png'> <video poster=e.png src=\"f\">\n"],
            "<a href=\"/a?b&amp;c\">x</a> <IMG SRC='d.png'> <video poster=e.png src=\"f\">\n",
            &["/a?b&c", "d.png!", "e.png!", "f!"],
        );
        check(
            &["<script>\n", "'<a href=\"x\">'\n", "</script>\n"],
            "<script>\n'<a href=\"x\">'\n</script>\n",
            &[],
        );
        check(&["<b href=\"x\">", "<a href>", "a < b"], "<b href=\"x\"><a href>a < b", &[]);
    }
}
