//! Colours of Markdown, from what its parser finds: what is in it has the colours of its own language.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::data::Syntax;

use super::tags::{self, Form};
use super::{Class, LIMIT, Token, data};

/// The tokens of a text, sorted, without overlaps. `inner` gives those of a fence by its code and language.
pub(super) fn tokens(code: &str, inner: impl Fn(&str, &str) -> Vec<Token>) -> Vec<Token> {
    if code.len() > LIMIT {
        return Vec::new();
    }
    let (mut tokens, start) = front(code);
    let body = code.get(start..).unwrap_or_default();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut found = Vec::new();
    let mut block: Option<Block> = None;
    let mut in_html = false;
    // Where the links that are open begin, and where what they show ends.
    let mut links: Vec<(usize, usize)> = Vec::new();
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        if let (Some(link), false) =
            (links.last_mut(), matches!(event, Event::End(TagEnd::Link | TagEnd::Image)))
        {
            link.1 = link.1.max(range.end);
        }
        match event {
            Event::Start(Tag::CodeBlock(kind)) => block = Some(Block::new(&kind, range)),
            Event::End(TagEnd::CodeBlock) => {
                if let Some(block) = block.take() {
                    block.write(body, &inner, &mut found);
                }
            }
            Event::Text(text) => {
                if let Some(block) = &mut block {
                    block.lines.push((block.code.len(), range));
                    block.code.push_str(&text);
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                in_html = true;
                tags::within(body, range, Form::Jsx, &mut found);
            }
            Event::End(TagEnd::HtmlBlock) => in_html = false,
            Event::InlineHtml(_) if !in_html => tags::within(body, range, Form::Jsx, &mut found),
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => links.push((range.start, range.start)),
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let (start, shown) = links.pop().unwrap_or((range.start, range.start));
                if let Some((_, around)) = links.last_mut() {
                    *around = (*around).max(range.end);
                }
                found.push(target(body, start..range.end, shown));
            }
            event => found.extend(token(body, &event, range)),
        }
    }
    found.sort_by_key(|token| (token.range.start, std::cmp::Reverse(token.range.end)));
    let mut end = 0;
    // A heading is of one colour, whatever stands in it.
    found.retain(|token| {
        token.range.start >= end && {
            end = token.range.end;
            true
        }
    });
    tokens.extend(found.into_iter().map(|token| token.moved(start)));
    tokens
}

/// The tokens of the front matter, and where it ends.
fn front(code: &str) -> (Vec<Token>, usize) {
    let Some(inner) = code.strip_prefix("---\n") else { return (Vec::new(), 0) };
    let Some(length) = inner
        .find("\n---\n")
        .map(|at| at + 1)
        .or_else(|| inner.strip_suffix("\n---").map(|front| front.len() + 1))
    else {
        return (Vec::new(), 0);
    };
    let mut tokens = vec![Token { range: 0..3, class: Class::Punctuation }];
    let values = data::tokens(inner.get(..length).unwrap_or_default(), Syntax::Yaml);
    tokens.extend(values.into_iter().map(|token| token.moved(4)));
    let end = 4 + length + 3;
    tokens.push(Token { range: end - 3..end, class: Class::Punctuation });
    (tokens, end)
}

/// Where a link leads that shows something up to a byte; all of it, where it shows that itself.
fn target(body: &str, range: Range<usize>, shown: usize) -> Token {
    let behind = body.get(shown..range.end).unwrap_or_default();
    let start = if behind.starts_with("](") || behind.starts_with("][") { shown + 1 } else { range.start };
    let end = start + body.get(start..range.end).unwrap_or_default().trim_end().len();
    Token { range: start..end, class: Class::String }
}

/// The token of what begins or stands at a place.
fn token(body: &str, event: &Event<'_>, range: Range<usize>) -> Option<Token> {
    let text = body.get(range.clone())?;
    let text = text.trim_end();
    let start = range.start;
    let (range, class) = match event {
        Event::Start(Tag::Heading { .. }) => (start..start + text.len(), Class::Keyword),
        Event::Start(Tag::Item) => (start..start + text.find(char::is_whitespace)?, Class::Punctuation),
        Event::Start(Tag::BlockQuote(_)) => (start..start + 1, Class::Punctuation),
        Event::Code(_) => (start..start + text.len(), Class::String),
        Event::Rule => (start..start + text.len(), Class::Punctuation),
        Event::TaskListMarker(_) | Event::FootnoteReference(_) => {
            (start..start + text.len(), Class::Constant)
        }
        _ => return None,
    };
    body.get(range.clone()).is_some_and(|text| !text.is_empty()).then_some(Token { range, class })
}

/// A block of code in the text.
struct Block {
    language: Option<String>,
    range: Range<usize>,
    code: String,
    /// Where each piece of the code begins in it, and where it stands in the text.
    lines: Vec<(usize, Range<usize>)>,
}

impl Block {
    fn new(kind: &CodeBlockKind<'_>, range: Range<usize>) -> Self {
        let language = match kind {
            CodeBlockKind::Fenced(info) => {
                Some(info.split([' ', ',', '{']).next().unwrap_or_default().to_lowercase())
            }
            CodeBlockKind::Indented => None,
        };
        Self { language, range, code: String::new(), lines: Vec::new() }
    }

    fn write(&self, body: &str, inner: impl Fn(&str, &str) -> Vec<Token>, out: &mut Vec<Token>) {
        let Some(language) = &self.language else { return };
        let text = body.get(self.range.clone()).unwrap_or_default().trim_end();
        let first = text.lines().next().unwrap_or_default();
        let start = self.range.start;
        out.push(Token { range: start..start + first.trim_end().len(), class: Class::Punctuation });
        let last = text.rsplit('\n').next().unwrap_or_default().trim_start_matches([' ', '\t', '>']);
        if first.len() < text.len() && last.starts_with(['`', '~']) {
            let end = start + text.len();
            out.push(Token { range: end - last.len()..end, class: Class::Punctuation });
        }
        let mut lines = self.lines.iter().peekable();
        for token in inner(&self.code, language) {
            let mut at = token.range.start;
            while let Some((begin, place)) = lines.peek() {
                let end = begin + place.len();
                if at < end {
                    let range = place.start + at - begin..place.start + token.range.end.min(end) - begin;
                    out.push(Token { range, class: token.class });
                    at = end;
                }
                if token.range.end <= end {
                    break;
                }
                lines.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_tokens;

    #[test]
    fn blocks_have_colours() {
        check_tokens("md", "# A `b`\n\n- [x] c\n1. d\n\n> e\n\n---\n", "hl-w:# A `b` hl-b:[x]");
    }

    #[test]
    fn words_have_colours() {
        check_tokens(
            "markdown",
            "a `b` [c](/d \"e\") <f> **g** <Note title=\"h\">",
            "hl-s:`b` hl-s:(/d \"e\") hl-w:f hl-w:Note hl-k:title hl-s:\"h\"",
        );
    }

    #[test]
    fn html_over_lines_is_one() {
        check_tokens(
            "md",
            "<!--\na <b>c</b>\n-->\n\n<div\n  class=\"x\">\n<script>\nlet a = 1\n</script>\n</div>\n",
            "hl-c:<!--\na <b>c</b>\n--> hl-w:div hl-k:class hl-s:\"x\" hl-w:script hl-w:let hl-n:1 hl-w:script hl-w:div",
        );
    }

    #[test]
    fn a_link_is_coloured_behind_what_it_shows() {
        check_tokens(
            "md",
            "[a](b \"c](d\") [![e](f)](g) [h][i]\n\n[i]: /j\n",
            "hl-s:(b \"c](d\") hl-s:(f) hl-s:(g) hl-s:[i]",
        );
    }

    #[test]
    fn front_matter_is_yaml() {
        check_tokens("md", "---\na: b\n---\n# c\n", "hl-k:a hl-s:b hl-w:# c");
    }

    #[test]
    fn front_matter_may_stand_alone() {
        check_tokens("md", "---\na: b\n---", "hl-k:a hl-s:b");
    }

    #[test]
    fn fences_have_the_colours_of_their_language() {
        check_tokens(
            "mdx",
            "1. a\n\n   ```json\n   {\n     \"b\": \"c\"\n   }\n   ```\n",
            "hl-k:\"b\" hl-s:\"c\"",
        );
    }
}
