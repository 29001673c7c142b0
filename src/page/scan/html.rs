//! Raw HTML with the habits of JSX: tags that the Markdown rules would not know are written as HTML into the view.

use super::super::html::is_element;
use super::super::jsx::{Part, is_svg, rewritten};
use super::super::tag::{Kind, html_tag};
use super::{Container, Scanner, State, What};
use crate::source::Span;

/// The longest text of a style, in bytes, that is taken out of its braces.
const LONGEST_STYLE: usize = 1 << 16;

impl Scanner<'_> {
    /// A tag of HTML at the byte `at`; gives where to go on, none where it is none of an element.
    pub(super) fn html_tag(&mut self, at: usize) -> Option<HtmlTag> {
        if self.refused.contains(&at) {
            return None;
        }
        if let Some(end) = self.fragment(at) {
            return Some(HtmlTag { end, is_alone: false });
        }
        let tag = html_tag(self.text, at)
            .filter(|tag| is_lower(tag.name) && (is_element(tag.name) || is_svg(tag.name)))?;
        let end = tag.span.end;
        let reaches_over = end > self.line_end_at(at);
        let is_quoted = || self.stack.iter().any(|open| matches!(open, Container::Quote { .. }));
        let has_blanks = || {
            self.text
                .get(tag.span.clone())
                .is_some_and(|text| text.lines().any(|line| line.trim().is_empty()))
        };
        if reaches_over && (is_quoted() || has_blanks()) {
            return None;
        }
        let found = if tag.kind == Kind::Closes { None } else { rewritten(self.text, &tag, &self.module) };
        let Some(found) = found else { return (!reaches_over).then_some(HtmlTag { end, is_alone: false }) };
        let begins_line = self.at == at && self.line.state != State::Filled;
        let is_last = self.text.get(end..self.line_end_at(end)).is_some_and(|rest| rest.trim().is_empty());
        let is_alone = begins_line && is_last && tag.kind == Kind::Whole;
        self.copy_to(at);
        if let Some(variable) = found.variable(self.text, Span::from(tag.span.clone())) {
            self.problems.extend(found.problems);
            self.tags.push(variable);
            self.inline_mark(What::Tag(self.tags.len() - 1), &tag.span);
            self.step_to(end);
            return Some(HtmlTag { end, is_alone });
        }
        let start = self.out.len();
        for part in found.parts {
            match part {
                Part::Copied(span) => self.out.copy(span),
                Part::Made(text, from) => self.out.decoded(&text, from),
                Part::Variable { .. } => {}
            }
        }
        self.problems.extend(found.problems);
        self.rewritten.push((start..self.out.len(), at));
        self.step_to(end);
        Some(HtmlTag { end, is_alone })
    }

    /// A fragment in a line of text; gives where to go on.
    fn fragment(&mut self, at: usize) -> Option<usize> {
        let length = self.fragment_length(at)?;
        self.copy_to(at);
        self.inline_mark(What::Nothing, &(at..at + length));
        self.step_to(at + length);
        Some(at + length)
    }

    /// The length of a `<>` that has its `</>` later on the page, and of that one; neither is shown.
    fn fragment_length(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        if rest.starts_with("<>") {
            if self.next_fragment.is_none_or(|next| next < at) {
                self.next_fragment = Some(rest.find("</>").map_or(usize::MAX, |length| at + length));
            }
            if self.next_fragment == Some(usize::MAX) {
                return None;
            }
            self.fragments += 1;
            return Some(2);
        }
        if !rest.starts_with("</>") || self.fragments == 0 {
            return None;
        }
        self.fragments -= 1;
        Some(3)
    }

    /// A line that is `<>` or `</>` alone.
    pub(super) fn fragment_line(&mut self, rest: &str) -> bool {
        if !matches!(rest.trim_end(), "<>" | "</>") || self.refused.contains(&self.at) {
            return false;
        }
        let at = self.at;
        let Some(length) = self.fragment_length(at) else { return false };
        self.end_inline();
        self.block_mark(What::Nothing, &(at..at + length), self.stack.len());
        self.rest_of_line();
        true
    }

    /// The braces and backticks around the text of a `<style>` that begins at the cursor, as MDX wants them.
    pub(super) fn wraps(&self) -> Vec<Span> {
        let Some(tag) = html_tag(self.text, self.at) else { return Vec::new() };
        let limit = self.text.floor_char_boundary(tag.span.end.saturating_add(LONGEST_STYLE));
        let inner = self.text.get(tag.span.end..limit).unwrap_or_default();
        let opens = inner.len() - inner.trim_start().len();
        let Some(length) =
            inner.find("</").filter(|_| inner.get(opens..).is_some_and(|inner| inner.starts_with("{`")))
        else {
            return Vec::new();
        };
        let text = inner.get(..length).unwrap_or_default().trim_end();
        if !text.ends_with("`}") || text.len() < opens + 4 {
            return Vec::new();
        }
        let (first, last) = (tag.span.end + opens, tag.span.end + text.len() - 2);
        vec![Span::new(first, first + 2), Span::new(last, last + 2)]
    }

    /// Copies a piece of the file, apart from what wraps the text of a style.
    pub(super) fn copy(&mut self, span: Span) {
        let mut start = span.start;
        for wrap in &self.wrapping {
            if span.contains(*wrap) && wrap.start >= start {
                self.out.copy(Span { start, end: wrap.start });
                start = wrap.end;
            }
        }
        self.out.copy(Span { start, end: span.end });
    }
}

/// Whether a name begins as those of elements do in JSX; the others are components.
fn is_lower(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase())
}

/// A tag of HTML that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct HtmlTag {
    /// Where to go on.
    pub(super) end: usize,
    /// It was written anew, closes itself and has its lines to itself.
    pub(super) is_alone: bool,
}
