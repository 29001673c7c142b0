//! Text made safe for HTML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::links::based;

/// Appends `text` with the characters escaped that mean something in text and in quoted attributes.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
}

/// The escaped text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(&mut out, text);
    out
}

/// Places that links to these anchors lead to.
pub(super) fn aliases<'a>(anchors: impl IntoIterator<Item = &'a String>) -> String {
    let mut out = String::new();
    for anchor in anchors.into_iter().filter(|anchor| !anchor.is_empty()) {
        out.push_str("<span id=\"");
        push_escaped(&mut out, anchor);
        out.push_str("\" class=\"alias\"></span>");
    }
    out
}

/// How the Markdown of an attribute is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Inline<'a> {
    /// Without links, of which only the text stays: it may stand in one, or in what is pressed.
    Plain,
    /// With links; those of the site are served below this path.
    Linked(&'a str),
}

/// The text of an attribute, which may hold code, emphasis and strikethrough; what is more stays as it is written.
pub(super) fn inline(text: &str, how: Inline<'_>) -> String {
    if !text.contains(['`', '*', '_', '~', '[', '\\']) {
        return escaped(text);
    }
    // Behind a letter nothing is a list, a heading or a quote.
    let source = format!("{FIRST}{}", text.replace('\n', " "));
    let mut out = String::with_capacity(text.len() + 32);
    for event in Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
            Event::Text(text) | Event::InlineHtml(text) => push_escaped(&mut out, &text),
            Event::Code(text) => {
                out.push_str("<code>");
                push_escaped(&mut out, &text);
                out.push_str("</code>");
            }
            Event::Start(Tag::Emphasis) => out.push_str("<em>"),
            Event::End(TagEnd::Emphasis) => out.push_str("</em>"),
            Event::Start(Tag::Strong) => out.push_str("<strong>"),
            Event::End(TagEnd::Strong) => out.push_str("</strong>"),
            Event::Start(Tag::Strikethrough) => out.push_str("<del>"),
            Event::End(TagEnd::Strikethrough) => out.push_str("</del>"),
            Event::Start(Tag::Link { dest_url, .. }) => push_link(&mut out, &dest_url, how),
            Event::End(TagEnd::Link) => out.push_str(match how {
                Inline::Linked(_) => "</a>",
                Inline::Plain => "",
            }),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            // A picture, and what no paragraph can be: shown as written.
            _ => return escaped(text),
        }
    }
    out.strip_prefix(FIRST).map_or_else(|| escaped(text), ToOwned::to_owned)
}

/// Stands before a text while it is read.
const FIRST: &str = "x: ";

fn push_link(out: &mut String, target: &str, how: Inline<'_>) {
    let Inline::Linked(base) = how else { return };
    out.push_str("<a href=\"");
    push_escaped(out, &based(base, target));
    out.push_str("\">");
}

/// A message of ours, in which backticks stand around what is quoted.
pub(super) fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut parts = text.split('`').peekable();
    let mut quoted = false;
    while let Some(part) = parts.next() {
        // A backtick without its second one is a letter like any other.
        if quoted && parts.peek().is_none() {
            out.push('`');
            push_escaped(&mut out, part);
            break;
        }
        if quoted {
            out.push_str("<code>");
        }
        push_escaped(&mut out, part);
        if quoted {
            out.push_str("</code>");
        }
        quoted = !quoted;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(message(text), expected);
    }

    #[test]
    fn what_is_quoted_is_code() {
        check("`<a>` is not `b`", "<code>&lt;a&gt;</code> is not <code>b</code>");
    }

    #[test]
    fn titles_hold_code_and_emphasis() {
        assert_eq!(inline("Run `a < b`", Inline::Plain), "Run <code>a &lt; b</code>");
        assert_eq!(inline("1. **One** & <T>", Inline::Plain), "1. <strong>One</strong> &amp; &lt;T&gt;");
        assert_eq!(inline("[a](/b) ~~c~~", Inline::Plain), "a <del>c</del>");
        assert_eq!(inline("[a](/b)", Inline::Linked("/docs")), "<a href=\"/docs/b\">a</a>");
        assert_eq!(inline("![a](/b) & c", Inline::Plain), "![a](/b) &amp; c");
        assert_eq!(inline("snake_case_name", Inline::Plain), "snake_case_name");
    }

    #[test]
    fn a_single_backtick_stays() {
        check("a ` b", "a ` b");
        check("`a` b `c", "<code>a</code> b `c");
    }
}
