//! Where components and comments stand: what the Markdown rules take for HTML, if they see it at all.

use std::ops::Range;

use super::lines::{Lines, run};

/// How deep components are followed.
const DEEPEST: usize = 64;

/// The longest opening tag in bytes.
const LONGEST_TAG: usize = 4096;

/// The components and comments of a page.
#[derive(Debug, Default)]
pub(super) struct Regions {
    /// Components, ordered by their start; they nest.
    components: Vec<Component>,
    /// Comments in order.
    comments: Vec<Range<usize>>,
}

#[derive(Debug)]
struct Component {
    span: Range<usize>,
    parent: Option<usize>,
}

/// An opening tag that waits for its closing one.
struct Open<'a> {
    name: &'a str,
    start: usize,
}

/// A thing that stands in a line of text.
enum Mark<'a> {
    Opens(&'a str, Range<usize>),
    Closes(&'a str, Range<usize>),
    Comment(Range<usize>),
}

impl Regions {
    /// Finds the components and comments of a text, those in fences and code spans left out.
    pub(super) fn new(text: &str, lines: &Lines<'_>) -> Self {
        let mut regions = Self::default();
        let mut finder = Finder { text, no_more: [false; 2] };
        let mut open: Vec<Open<'_>> = Vec::new();
        let mut line = 0;
        let mut skip = 0;
        while line < lines.len() {
            let fence = lines.opening(line).filter(|opening| opening.at >= skip);
            if let Some(extent) = fence.and_then(|opening| lines.extent(&opening, line, lines.len(), 0)) {
                line = extent.body.end + 1;
                continue;
            }
            let end = lines.start(line) + lines.line(line).len();
            let mut at = lines.start(line).max(skip);
            while let Some(mark) = finder.next(at, end) {
                at = match mark {
                    Mark::Comment(span) => {
                        regions.comments.push(span.clone());
                        span.end
                    }
                    Mark::Opens(name, span) => {
                        if open.len() < DEEPEST {
                            open.push(Open { name, start: span.start });
                        }
                        span.end
                    }
                    Mark::Closes(name, span) => {
                        if let Some(index) = open.iter().rposition(|open| open.name == name) {
                            let start = open.get(index).map_or(span.start, |open| open.start);
                            open.truncate(index);
                            regions.components.push(Component { span: start..span.end, parent: None });
                        }
                        span.end
                    }
                };
                skip = at;
            }
            line += 1;
        }
        regions.nest();
        regions
    }

    /// The innermost component around the byte `at`.
    pub(super) fn component(&self, at: usize) -> Option<Range<usize>> {
        let index = self.components.partition_point(|component| component.span.start <= at);
        let mut next = index.checked_sub(1);
        while let Some(component) = next.and_then(|index| self.components.get(index)) {
            if component.span.contains(&at) {
                return Some(component.span.clone());
            }
            next = component.parent;
        }
        None
    }

    /// Whether a component that is closed begins at the byte `at`.
    pub(super) fn begins(&self, at: usize) -> bool {
        self.components.binary_search_by_key(&at, |component| component.span.start).is_ok()
    }

    /// Whether the byte `at` is part of a comment.
    pub(super) fn in_comment(&self, at: usize) -> bool {
        let index = self.comments.partition_point(|comment| comment.start <= at);
        index.checked_sub(1).and_then(|index| self.comments.get(index)).is_some_and(|span| span.contains(&at))
    }

    fn nest(&mut self) {
        self.components.sort_by_key(|component| component.span.start);
        let mut around: Vec<usize> = Vec::new();
        for index in 0..self.components.len() {
            let Some(start) = self.components.get(index).map(|component| component.span.start) else { break };
            while around
                .last()
                .and_then(|last| self.components.get(*last))
                .is_some_and(|last| last.span.end <= start)
            {
                around.pop();
            }
            if let Some(component) = self.components.get_mut(index) {
                component.parent = around.last().copied();
            }
            around.push(index);
        }
    }
}

/// Finds tags and comments in text, code spans left out.
struct Finder<'a> {
    text: &'a str,
    /// No `-->`, no `*/}` in the rest of the text.
    no_more: [bool; 2],
}

impl<'a> Finder<'a> {
    /// The first mark that begins between `at` and `end`.
    fn next(&mut self, mut at: usize, end: usize) -> Option<Mark<'a>> {
        while at < end {
            let line = self.text.get(at..end)?;
            at += memchr::memchr3(b'`', b'<', b'{', line.as_bytes())?;
            let rest = self.text.get(at..end)?;
            let marks = run(rest, b'`');
            if marks > 0 {
                at += code_span(rest, marks);
                continue;
            }
            if let Some(mark) = self.comment(at).or_else(|| self.tag(at)) {
                return Some(mark);
            }
            at += 1;
        }
        None
    }

    fn comment(&mut self, at: usize) -> Option<Mark<'a>> {
        let rest = self.text.get(at..)?;
        let kinds = [("<!--", "-->"), ("{/*", "*/}")];
        let (index, (opens, closes)) =
            kinds.into_iter().enumerate().find(|(_, kind)| rest.starts_with(kind.0))?;
        let no_more = self.no_more.get_mut(index)?;
        if *no_more {
            return None;
        }
        let Some(length) = rest.get(opens.len()..)?.find(closes) else {
            *no_more = true;
            return None;
        };
        Some(Mark::Comment(at..at + opens.len() + length + closes.len()))
    }

    fn tag(&self, at: usize) -> Option<Mark<'a>> {
        let rest = self.text.get(at..)?;
        let closing = rest.starts_with("</");
        let name = rest.get(if closing { 2 } else { 1 }..)?;
        if !name.starts_with(|letter: char| letter.is_ascii_uppercase()) {
            return None;
        }
        let length = name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.')?;
        let (name, behind) = name.split_at_checked(length)?;
        let start = at + rest.len() - name.len() - behind.len();
        if closing {
            let blanks = behind.len() - behind.trim_start().len();
            return behind.trim_start().starts_with('>').then(|| {
                let end = start + length + blanks + 1;
                Mark::Closes(name, at..end)
            });
        }
        if !behind.starts_with(|letter: char| letter.is_whitespace() || letter == '>' || letter == '/') {
            return None;
        }
        let end = tag_end(behind)?;
        let is_whole = behind.get(..end).is_some_and(|tag| tag.ends_with('/'));
        // A tag that closes itself has nothing inside.
        (!is_whole).then(|| Mark::Opens(name, at..start + length + end + 1))
    }
}

/// How many bytes to step over at a run of `marks` backticks: the code span, or the run alone.
pub(super) fn code_span(rest: &str, marks: usize) -> usize {
    let mut at = marks;
    while let Some(found) = rest.get(at..).and_then(|inner| memchr::memchr(b'`', inner.as_bytes())) {
        let count = run(rest.get(at + found..).unwrap_or_default(), b'`');
        at += found + count;
        if count == marks {
            return at;
        }
    }
    marks
}

/// Where the `>` of a tag stands, quotes and braces stepped over.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(LONGEST_TAG) {
        match (quote, byte) {
            (Some(open), _) => quote = quote.filter(|_| open != byte),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') => depth = depth.saturating_sub(1),
            (None, b'>') if depth == 0 => return Some(at),
            (None, b'<') if depth == 0 => return None,
            (None, _) => {}
        }
    }
    None
}
