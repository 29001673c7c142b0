//! The view as it is written, and the cursor in the file.

use std::ops::Range;

use super::super::components::Place;
use super::super::lines::Cursor;
use super::{Container, Line, Mark, Scanner, State, What};
use crate::source::Span;

/// Blanks in stock.
const BLANKS: &str = "                                                                ";

impl<'a> Scanner<'a> {
    /// Where the line of the cursor begins.
    pub(super) fn line_start(&self) -> usize {
        self.lines.start(self.lines.at(self.at))
    }

    /// The line of the cursor.
    pub(super) fn line_text(&self) -> &'a str {
        self.lines.line(self.lines.at(self.at))
    }

    /// Where the line that holds the byte `at` ends, its line break left out.
    pub(super) fn line_end_at(&self, at: usize) -> usize {
        let line = self.lines.at(at);
        self.lines.start(line) + self.lines.line(line).len()
    }

    /// Where the next line begins.
    pub(super) fn next_line(&self) -> usize {
        self.lines.start(self.lines.at(self.at) + 1)
    }

    /// What stands behind the cursor on its line.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..self.line_end_at(self.at)).unwrap_or_default()
    }

    pub(super) fn cursor(&self) -> Cursor<'a> {
        Cursor::resumed(self.line_text(), self.at - self.line_start(), self.column)
    }

    /// Steps over blanks.
    pub(super) fn blanks(&mut self) {
        let mut cursor = self.cursor();
        cursor.blanks();
        self.at = self.line_start() + cursor.at;
        self.column = cursor.column;
    }

    /// The column of the file where the content of the innermost container stands, and that of the view.
    pub(super) fn base(&self) -> (usize, usize) {
        match self.stack.last() {
            Some(Container::Item { inside, out }) => (*inside, *out),
            Some(Container::Component { inside, out, .. }) => (inside.unwrap_or(self.column), *out),
            Some(Container::Quote { .. }) | None => (0, 0),
        }
    }

    /// How far in a block at the cursor stands in the view; what is four columns deep is no code in a component.
    fn indent(&self) -> usize {
        let (inside, out) = self.base();
        let extra = self.column.saturating_sub(inside);
        out + if extra >= 4 { 0 } else { extra }
    }

    pub(super) fn spaces(&mut self, count: usize) {
        let here = Span::at(self.at);
        let mut left = count;
        while left > 0 {
            let some = left.min(BLANKS.len());
            self.out.decoded(BLANKS.get(..some).unwrap_or_default(), here);
            left -= some;
        }
    }

    /// The quote marks of the containers above `depth`.
    pub(super) fn quote_marks(&mut self, depth: usize) {
        for index in 0..depth {
            if let Some(Container::Quote { out }) = self.stack.get(index).copied() {
                self.spaces(out);
                self.out.decoded("> ", Span::at(self.at));
            }
        }
    }

    /// Begins a line of the view at `column` inside the containers above `depth`.
    pub(super) fn begin(&mut self, depth: usize, column: usize) {
        if self.line.state != State::Fresh {
            self.break_line();
        }
        self.quote_marks(depth);
        self.spaces(column);
    }

    pub(super) fn break_line(&mut self) {
        self.out.decoded("\n", Span::at(self.at));
        self.line.state = State::Fresh;
        self.line.verbatim = false;
    }

    /// Writes what stands before the cursor on a line of the view that has nothing yet.
    pub(super) fn prefix(&mut self) {
        if self.line.state == State::Fresh {
            if self.line.verbatim {
                self.out.copy(Span::new(self.line.start, self.at));
            } else {
                let column = self.indent();
                self.begin(self.stack.len(), column);
            }
        }
        self.line.state = State::Filled;
        self.line.verbatim = false;
    }

    /// Writes the marks of a list item or a quote, which end at the byte `end` of the line, and steps over them;
    /// gives the column of the view where they begin.
    pub(super) fn mark_containers(&mut self, end: usize) -> usize {
        let end = self.line_start() + end;
        let column = match self.line.state {
            _ if self.line.verbatim => self.column,
            State::Fresh => {
                let column = self.indent();
                self.begin(self.stack.len(), column);
                column
            }
            State::Marked | State::Filled => self.base().1,
        };
        if !self.line.verbatim {
            let marks = self.text.get(self.at..end).unwrap_or_default();
            let trimmed = marks.trim_end();
            self.out.copy(Span::new(self.at, self.at + trimmed.len()));
            let blanks = marks.get(trimmed.len()..).unwrap_or_default();
            if blanks.contains('\t') {
                // The columns of a tab depend on what stands before it.
                let mut cursor = self.cursor();
                cursor.at += trimmed.len();
                cursor.column += trimmed.len();
                let from = cursor.column;
                cursor.blanks();
                self.spaces((cursor.column - from).min(4));
            } else {
                self.out.copy(Span::new(self.at + trimmed.len(), end));
            }
            self.line.state = State::Marked;
        }
        self.at = end;
        column
    }

    /// Writes the rest of the line as it stands, and its break.
    pub(super) fn copy_line(&mut self) {
        self.prefix();
        let next = self.next_line();
        self.copy(Span::new(self.at, next));
        self.at = next;
        self.line.state = State::Fresh;
    }

    /// Ends a line of which only blanks are left.
    pub(super) fn rest_of_line(&mut self) {
        let next = self.next_line();
        if self.line.verbatim {
            self.out.copy(Span::new(self.line.start, next));
        } else if self.line.state != State::Fresh || self.line.start == self.line_start() {
            if self.line.state == State::Fresh {
                self.quote_marks(self.stack.len());
            }
            let end = self.line_end_at(self.at);
            self.out.copy(Span::new(end, next));
        }
        self.at = next;
        self.line.state = State::Fresh;
    }

    /// Writes a mark on a line of its own, inside the containers above `depth`, and steps over what it stands for.
    pub(super) fn block_mark(&mut self, what: What, tag: &Range<usize>, depth: usize) {
        let is_inside = depth == self.stack.len();
        if self.line.verbatim && is_inside && self.line.state == State::Fresh {
            if self.html {
                self.out.decoded("\n", Span::at(self.line.start));
            }
            self.out.copy(Span::new(self.line.start, self.at));
        } else if self.line.state != State::Marked
            || !is_inside
            || !matches!(what, What::Start(_) | What::Whole(_))
        {
            let column = match self.stack.get(..depth).and_then(<[_]>::last) {
                Some(Container::Item { out, .. } | Container::Component { out, .. }) => *out,
                Some(Container::Quote { .. }) | None => 0,
            };
            if self.html {
                self.begin(depth, 0);
                self.out.decoded("\n", Span::at(self.at));
                self.line.state = State::Fresh;
            }
            self.begin(depth, column);
        }
        self.html = false;
        self.paragraph = false;
        let start = self.out.len();
        let text = match what {
            What::Start(index) | What::Whole(index) => format!("<?{index}?>"),
            What::End(index) => format!("<?/{index}?>"),
            What::Expression(_) | What::Tag(_) | What::Nothing => "<?-?>".to_owned(),
        };
        self.out.decoded(&text, Span::from(tag.clone()));
        self.marks.push(Mark { span: start..self.out.len(), at: tag.start, what, place: Place::Block });
        let end = Span::at(tag.end);
        self.out.decoded("\n", end);
        self.step_to(tag.end);
        // What follows on the line is written by itself.
        self.line = Line { start: usize::MAX, state: State::Fresh, verbatim: false };
    }

    /// Writes a mark in a line of text.
    pub(super) fn inline_mark(&mut self, what: What, tag: &Range<usize>) {
        let start = self.out.len();
        let text = match what {
            What::Start(index) => format!("<x-{index}>"),
            What::Whole(index) => format!("<x-{index}/>"),
            What::End(index) => format!("</x-{index}>"),
            What::Expression(index) => format!("<x-e{index}/>"),
            What::Tag(index) => format!("<x-t{index}/>"),
            What::Nothing => "<x-/>".to_owned(),
        };
        self.out.decoded(&text, Span::from(tag.clone()));
        self.marks.push(Mark { span: start..self.out.len(), at: tag.start, what, place: Place::Inline });
    }

    /// Moves the cursor; a line that was not begun at its start has no columns of its own.
    pub(super) fn step_to(&mut self, at: usize) {
        let line = self.text.get(self.at..at).unwrap_or_default();
        if line.contains('\n') {
            self.column = 0;
            let start = self.lines.start(self.lines.at(at));
            self.column = self.text.get(start..at).map_or(0, |text| text.chars().count());
        } else {
            self.column += line.chars().count();
        }
        self.at = at;
    }
}
