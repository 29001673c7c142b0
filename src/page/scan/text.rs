//! Lines of text: code spans, comments and components among words.

use super::super::components::Place;
use super::super::lines::run;
use super::super::regions::code_span;
use super::super::tag::{Kind, tag};
use super::{Container, Scanner, What, is_break};
use crate::source::Span;

impl Scanner<'_> {
    /// Whether the rest of the line begins a block even where a paragraph is open.
    pub(super) fn begins_block(&self) -> bool {
        let rest = self.rest();
        let first = rest.bytes().next().unwrap_or_default();
        matches!(first, b'#' | b'>' | b'<' | b'{')
            || rest.starts_with("```")
            || rest.starts_with("~~~")
            || is_break(rest)
            || self.cursor().item()
    }

    /// A line of text; whether a block may begin on the rest of it.
    pub(super) fn run_on(&mut self) -> bool {
        let mut end = self.line_end_at(self.at);
        let is_heading = self.rest().starts_with('#');
        let begins_html = self.begins_html();
        // A tag inside of what another one began does not end it.
        let may_be_alone = begins_html && !self.html;
        let mut is_alone = may_be_alone && is_alone(self.rest());
        self.html |= begins_html;
        // The end of what is written so far; nothing is written before it is known what stands first.
        let mut at = self.at;
        while at < end {
            let line = self.text.get(at..end).unwrap_or_default();
            let is_mark = |byte: u8| matches!(byte, b'`' | b'\\' | b'<' | b'{');
            let Some(found) = line.bytes().position(is_mark) else { break };
            at += found;
            let rest = self.text.get(at..end).unwrap_or_default();
            match rest.as_bytes().first() {
                Some(b'`') => at += code_span(rest, run(rest, b'`')),
                Some(b'\\') => at += 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
                Some(b'{') => match self.comment_end(at) {
                    Some(behind) if behind <= end => {
                        self.copy_to(at);
                        self.inline_mark(What::Nothing, &(at..behind));
                        self.step_to(behind);
                        at = behind;
                    }
                    _ => at = self.expression(at, end),
                },
                _ => match self.html_tag(at) {
                    Some(tag) => {
                        // It may reach over lines, of which the last one goes on.
                        (at, end) = (tag.end, self.line_end_at(tag.end));
                        is_alone |= may_be_alone && tag.is_alone;
                    }
                    None => match self.inline_tag(at, end) {
                        Next::Text(next) => at = next,
                        Next::Block => return true,
                    },
                },
            }
        }
        self.copy_line();
        if is_alone {
            // In MDX a tag that closes itself is a block; Markdown would take all lines up to a blank one for HTML.
            self.quote_marks(self.stack.len());
            self.out.decoded("\n", Span::at(self.at));
            self.html = false;
        }
        self.paragraph = !is_heading && !is_alone && !self.html;
        if is_heading {
            self.end_inline();
        }
        false
    }

    /// A tag among words.
    fn inline_tag(&mut self, at: usize, end: usize) -> Next {
        let Some(tag) = tag(self.text, at).filter(|_| !self.refused.contains(&at)) else {
            return Next::Text(at + 1);
        };
        if tag.span.end > end {
            return Next::Text(at + 1);
        }
        if tag.kind == Kind::Closes {
            if let Some(depth) = self.inline.iter().rposition(|index| self.is_named(*index, tag.name)) {
                self.end_inline_from(depth + 1);
                let Some(index) = self.inline.pop() else { return Next::Text(tag.span.end) };
                self.copy_to(at);
                if let Some(component) = self.components.get_mut(index) {
                    component.span = component.span.to(Span::from(tag.span.clone()));
                }
                self.inline_mark(What::End(index), &tag.span);
                self.step_to(tag.span.end);
                return Next::Text(tag.span.end);
            }
            if !self.is_own(&tag) {
                return Next::Text(tag.span.end);
            }
            self.end_inline();
            self.copy_to(at);
            self.close(&tag);
            return Next::Block;
        }
        let Some(place) = self.place(&tag) else { return Next::Text(at + 1) };
        let is_last = self.text.get(tag.span.end..end).is_some_and(|rest| rest.trim().is_empty());
        if place == Place::Block && tag.kind == Kind::Opens && is_last && self.stack.len() < super::DEEPEST {
            self.end_inline();
            self.copy_to(at);
            self.open(tag);
            return Next::Block;
        }
        if self.stack.len() >= super::DEEPEST || self.inline.len() >= super::DEEPEST {
            return Next::Text(at + 1);
        }
        self.copy_to(at);
        let (kind, span) = (tag.kind, tag.span.clone());
        let index = self.register(tag, Place::Inline);
        if kind == Kind::Whole {
            self.inline_mark(What::Whole(index), &span);
        } else {
            self.inline_mark(What::Start(index), &span);
            self.inline.push(index);
        }
        self.step_to(span.end);
        Next::Text(span.end)
    }

    /// Writes the text before `at`.
    pub(super) fn copy_to(&mut self, at: usize) {
        if self.at < at {
            self.prefix();
            self.out.copy(Span::new(self.at, at));
            self.step_to(at);
        } else {
            self.prefix_if_fresh();
        }
    }

    fn prefix_if_fresh(&mut self) {
        if self.line.state == super::State::Fresh {
            self.prefix();
        }
    }

    /// Ends the components that a paragraph leaves open.
    pub(super) fn end_inline(&mut self) {
        self.end_inline_from(0);
    }

    fn end_inline_from(&mut self, depth: usize) {
        if self.inline.len() > depth {
            let mut ended = self.inline.split_off(depth);
            ended.reverse();
            self.say_unclosed(&ended);
        }
    }

    /// Where the comment `{/* … */}` ends that begins at `at`.
    pub(super) fn comment_end(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        if self.no_more_comments || !rest.starts_with("{/*") || self.refused.contains(&at) {
            return None;
        }
        let length = rest.find("*/}");
        self.no_more_comments = length.is_none();
        Some(at + length? + 3)
    }

    /// A comment where a block can begin.
    pub(super) fn comment(&mut self, rest: &str) -> bool {
        let Some(end) = rest.starts_with("{/*").then(|| self.comment_end(self.at)).flatten() else {
            return false;
        };
        let inner = self.text.get(self.at + 3..end).unwrap_or_default();
        let is_last =
            self.text.get(end..self.line_end_at(end)).is_some_and(|behind| behind.trim().is_empty());
        if !is_last {
            return false;
        }
        if inner.trim_start().starts_with("example:") {
            // It belongs to the fence below.
            while self.at < end {
                self.copy_line();
                self.line.start = self.at;
            }
            return true;
        }
        self.end_inline();
        let span = self.at..end;
        self.block_mark(What::Nothing, &span, self.stack.len());
        self.rest_of_line();
        true
    }

    fn begins_html(&self) -> bool {
        let rest = self.rest();
        let Some(name) = rest.strip_prefix("</").or_else(|| rest.strip_prefix('<')) else { return false };
        name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && !self.paragraph
            && matches!(
                self.stack.last(),
                None | Some(Container::Component { .. } | Container::Item { .. } | Container::Quote { .. })
            )
    }
}

/// Whether a line is one HTML tag that closes itself.
fn is_alone(line: &str) -> bool {
    let tag = line.trim_end().strip_prefix('<').and_then(|line| line.strip_suffix("/>"));
    tag.is_some_and(|tag| !tag.contains(['<', '>']))
}

/// What follows a tag in a line.
enum Next {
    /// Text from this byte on.
    Text(usize),
    /// Perhaps a block.
    Block,
}
