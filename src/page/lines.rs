//! The lines of a page as the lenient eye sees them: openings and endings of fences at any depth.

use std::cell::Cell;
use std::ops::Range;

use crate::source::{Excerpt, Span};

/// How many lines above a fence its comment can begin.
const LONGEST_COMMENT: usize = 24;

/// How wide a tab is, in columns.
const TAB: usize = 4;

/// The first line of a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// The first mark.
    pub(super) at: usize,
    /// The mark: a backtick or a tilde.
    pub(super) mark: u8,
    /// How many marks.
    pub(super) count: usize,
    /// The info string, blanks around it taken off.
    pub(super) info: Range<usize>,
    /// How many `>` stand before it.
    pub(super) quotes: usize,
    /// Its columns behind the last `>`.
    indent: usize,
}

impl Opening {
    /// The leftmost column of a text that can belong to the same Markdown block as the fence.
    pub(super) fn least(&self) -> usize {
        self.indent.saturating_sub(TAB - 1)
    }
}

/// The lines of a text from a certain byte on.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    /// The line that was asked for last; what is asked for next is mostly on it, or on the next one.
    last: Cell<usize>,
}

/// A comment that sets attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// All of it.
    pub(super) whole: Range<usize>,
    /// The attributes.
    pub(super) attributes: Span,
    /// Markdown alone would show it as text.
    pub(super) is_visible: bool,
}

/// A fence as far as its lines tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    /// The first line of the body and the line after its last one, as indexes.
    pub(super) body: Range<usize>,
    /// Where the fence ends, the line break left out.
    pub(super) end: usize,
    /// Whether a closing line stands there.
    pub(super) closed: bool,
}

impl<'a> Lines<'a> {
    /// The lines of `text` from the byte `start`, which begins a line.
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let breaks = memchr::memchr_iter(b'\n', rest);
        let starts = std::iter::once(start).chain(breaks.map(|at| start + at + 1)).collect();
        Self { text, starts, last: Cell::new(0) }
    }

    /// How many lines there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len()
    }

    /// Where a line begins; the end of the text for all lines beyond.
    pub(super) fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    /// A line without its line break.
    pub(super) fn line(&self, line: usize) -> &'a str {
        let text = self.text.get(self.start(line)..self.start(line + 1)).unwrap_or_default();
        let text = text.strip_suffix('\n').unwrap_or(text);
        text.strip_suffix('\r').unwrap_or(text)
    }

    /// The index of the line that holds the byte `at`.
    pub(super) fn at(&self, at: usize) -> usize {
        let begins = |line: usize| self.starts.get(line).is_some_and(|start| *start <= at);
        let last = self.last.get();
        let line = match (begins(last), begins(last + 1)) {
            (true, false) => return last,
            (true, true) if !begins(last + 2) => last + 1,
            _ => self.starts.partition_point(|start| *start <= at).max(1) - 1,
        };
        self.last.set(line);
        line
    }

    /// The fence that a line opens, whatever stands around it.
    pub(super) fn opening(&self, line: usize) -> Option<Opening> {
        let text = self.line(line);
        let mut marks = memchr::memchr2_iter(b'`', b'~', text.as_bytes());
        let opens =
            |at: usize| text.get(at..).is_some_and(|rest| rest.starts_with("```") || rest.starts_with("~~~"));
        if !marks.any(opens) {
            return None;
        }
        let mut cursor = Cursor::new(text);
        let quotes = cursor.containers();
        self.opening_at(self.start(line) + cursor.at, quotes, cursor.column)
    }

    /// The fence that begins at the byte `at`, behind so many `>` and at so many columns behind the last one.
    pub(super) fn opening_at(&self, at: usize, quotes: usize, indent: usize) -> Option<Opening> {
        let line = self.at(at);
        let rest = self.line(line).get(at - self.start(line)..)?;
        let mark = *rest.as_bytes().first().filter(|byte| matches!(byte, b'`' | b'~'))?;
        let count = run(rest, mark);
        let info = rest.get(count..)?;
        if count < 3 || (mark == b'`' && info.contains('`')) {
            return None;
        }
        let from = at + count + (info.len() - info.trim_start().len());
        let info = from..from + info.trim().len();
        Some(Opening { at, mark, count, info, quotes, indent })
    }

    /// Where the fence ends that `opening` begins on `line`.
    ///
    /// It cannot reach the line `limit`, nor a line that stands left of the column `least`; a line that opens
    /// another fence of the kind shows that the closing line is missing.
    pub(super) fn extent(
        &self,
        opening: &Opening,
        line: usize,
        limit: usize,
        least: usize,
    ) -> Option<Extent> {
        for at in line + 1..limit.min(self.len()) {
            let (within, rest, column) = self.inside(opening, at);
            if !within || (!rest.is_empty() && column < least) {
                return None;
            }
            let marks = run(rest, opening.mark);
            if marks < opening.count {
                continue;
            }
            let after = rest.get(marks..).unwrap_or_default();
            if after.trim().is_empty() {
                let end = self.start(at) + self.line(at).trim_end().len();
                return Some(Extent { body: line + 1..at, end, closed: true });
            }
            if opening.mark == b'~' || !after.contains('`') {
                return None;
            }
        }
        None
    }

    /// A fence that is never closed, up to `limit`.
    pub(super) fn unclosed(&self, line: usize, limit: usize) -> Extent {
        let last = limit.min(self.len()).max(line + 1) - 1;
        Extent { body: line + 1..last + 1, end: self.start(last) + self.line(last).len(), closed: false }
    }

    /// The body of a fence with the indentation of its opening taken off.
    pub(super) fn body(&self, view: &Excerpt, opening: &Opening, extent: &Extent) -> Excerpt {
        let start = u32::try_from(self.start(extent.body.start)).unwrap_or(u32::MAX);
        let mut builder = view.rebuild(start);
        for line in extent.body.clone() {
            let text = self.line(line);
            let mut cursor = Cursor::new(text);
            cursor.quotes(opening.quotes);
            let spare = cursor.indentation(opening.indent);
            let begin = self.start(line) + cursor.at;
            let end = self.start(line) + text.len();
            if spare > 0 {
                // A tab that reaches over the border of the fence leaves a part of itself.
                builder.decoded(&" ".repeat(spare), Span::new(begin - 1, begin));
            }
            builder.copy(Span::new(begin, end));
            let next = self.start(line + 1);
            match next - end {
                0 => {}
                1 => builder.copy(Span::new(end, next)),
                _ => builder.decoded("\n", Span::new(end, next)),
            }
        }
        builder.finish()
    }

    /// The comment directly above a line, blank lines left out, that begins with `example:`.
    pub(super) fn comment_above(&self, line: usize) -> Option<Comment> {
        let last =
            (line.saturating_sub(LONGEST_COMMENT)..line).rev().find(|at| !self.content(*at).1.is_empty())?;
        let text = self.content(last).1;
        let (opens, closes) =
            [("<!--", "-->"), ("{/*", "*/}")].into_iter().find(|kind| text.ends_with(kind.1))?;
        let first = (last.saturating_sub(LONGEST_COMMENT)..=last)
            .rev()
            .find(|at| self.content(*at).1.contains(opens))?;
        let (at, text) = self.content(first);
        let start = at + text.starts_with(opens).then_some(0)?;
        let end = self.content(last).0 + self.content(last).1.len();
        let inner = start + opens.len()..end - closes.len();
        let text = self.text.get(inner.clone())?;
        let attributes = text.trim_start().strip_prefix("example:")?;
        let attributes = Span::new(inner.end - attributes.len(), inner.end);
        Some(Comment { whole: start..end, attributes, is_visible: opens != "<!--" })
    }

    /// What a line says behind its blanks, quote marks and list marks, and where.
    fn content(&self, line: usize) -> (usize, &'a str) {
        let mut cursor = Cursor::new(self.line(line));
        cursor.containers();
        (self.start(line) + cursor.at, cursor.rest().trim_end())
    }

    /// Whether a line still has the quote marks of the opening; what stands behind them, and at which column.
    fn inside(&self, opening: &Opening, line: usize) -> (bool, &'a str, usize) {
        self.behind(opening.quotes, line)
    }

    /// Whether a line has so many quote marks; what stands behind them, and at which column.
    pub(super) fn behind(&self, quotes: usize, line: usize) -> (bool, &'a str, usize) {
        let mut cursor = Cursor::new(self.line(line));
        let within = cursor.quotes(quotes);
        cursor.blanks();
        (within, cursor.rest(), cursor.column)
    }
}

/// How many of `mark` a text begins with.
pub(super) fn run(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}

/// Walks over the blanks, quote marks and list marks before the content of a line.
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) at: usize,
    /// Columns behind the last `>`.
    pub(super) column: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, column: 0 }
    }

    /// A walk that goes on in the middle of a line.
    pub(super) fn resumed(text: &'a str, at: usize, column: usize) -> Self {
        Self { text, at, column }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Steps over everything before the content; gives the number of quote marks.
    fn containers(&mut self) -> usize {
        let mut quotes = 0;
        loop {
            self.blanks();
            if self.quote() {
                quotes += 1;
            } else if !self.item() {
                return quotes;
            }
        }
    }

    pub(super) fn blanks(&mut self) {
        self.indentation(usize::MAX);
    }

    /// Steps over at most `columns` of blanks; gives the columns that a tab reaches beyond.
    pub(super) fn indentation(&mut self, columns: usize) -> usize {
        let mut taken = 0;
        while taken < columns {
            let width = match self.next() {
                Some(b' ') => 1,
                Some(b'\t') => TAB - self.column % TAB,
                _ => break,
            };
            self.at += 1;
            self.column += width;
            taken += width;
        }
        taken.saturating_sub(columns)
    }

    /// Steps over `>` and the blank behind it.
    pub(super) fn quote(&mut self) -> bool {
        if self.next() != Some(b'>') {
            return false;
        }
        self.at += 1;
        self.at += usize::from(self.next() == Some(b' '));
        self.column = 0;
        true
    }

    /// Steps over so many quote marks; whether all of them are there.
    pub(super) fn quotes(&mut self, count: usize) -> bool {
        for _ in 0..count {
            self.blanks();
            if !self.quote() {
                return false;
            }
        }
        true
    }

    /// Steps over a list mark and the blank behind it.
    pub(super) fn item(&mut self) -> bool {
        let rest = self.rest().as_bytes();
        let digits = rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        let width = match rest.get(digits) {
            Some(b'-' | b'*' | b'+') if digits == 0 => 1,
            Some(b'.' | b')') if digits > 0 => digits + 1,
            _ => return false,
        };
        if !matches!(rest.get(width), Some(b' ' | b'\t')) {
            return false;
        }
        self.at += width;
        self.column += width;
        true
    }
}
