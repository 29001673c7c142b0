//! Blocks whose lines are no Markdown: fences, raw HTML, comments.

use super::super::lines::{Opening, run};
use super::{Scanner, State};
use crate::source::Span;

/// How raw HTML begins and ends.
const RAW: [(&str, &str); 8] = [
    ("<pre", "</pre>"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
    ("<!--", "-->"),
    ("<?", "?>"),
    ("<![CDATA[", "]]>"),
    ("<!", ">"),
];

/// The longest beginning of raw HTML.
const LONGEST: usize = 9;

impl Scanner<'_> {
    /// Raw HTML that goes on to a certain end.
    pub(super) fn verbatim_block(&mut self, rest: &str) -> bool {
        if !rest.starts_with('<') {
            return false;
        }
        // A line may be long, and hold many tags.
        let lower: String = rest.chars().take(LONGEST + 1).collect::<String>().to_ascii_lowercase();
        let begins = |(opens, _): &&(&str, &str)| {
            lower.strip_prefix(&opens.to_ascii_lowercase()).is_some_and(|behind| {
                !opens.ends_with(|letter: char| letter.is_ascii_lowercase())
                    || !behind.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '-')
            })
        };
        let Some((opens, closes)) = RAW.iter().find(begins) else { return false };
        self.end_inline();
        self.wrapping = if *opens == "<style" { self.wraps() } else { Vec::new() };
        let column = self.column;
        let mut line = self.rest().to_ascii_lowercase();
        self.copy_line();
        while !line.contains(&closes.to_ascii_lowercase()) && self.at < self.text.len() {
            if !self.goes_on() {
                break;
            }
            line = self.line_text().to_ascii_lowercase();
            self.copy_inner(column);
        }
        self.paragraph = false;
        self.html = false;
        true
    }

    /// A fence at the cursor.
    pub(super) fn fence(&mut self) -> bool {
        let rest = self.rest();
        if !rest.starts_with("```") && !rest.starts_with("~~~") {
            return false;
        }
        let Some(opening) = self.lines.opening_at(self.at, self.quotes(), self.column) else { return false };
        self.end_inline();
        let line = self.lines.at(self.at);
        let in_component = self.component();
        let lenient = self.lines.extent(&opening, line, self.lines.len(), 0).map(|extent| extent.body.end);
        let last = match (lenient, in_component) {
            (Some(last), _) => Some(last),
            (None, Some(index)) => self.last_line(&opening, line, Some(index)),
            (None, None) => self.last_line(&opening, line, None),
        };
        let begin = self.at;
        if in_component.is_some() && self.line.state == State::Fresh {
            let (_, out) = self.base();
            self.begin(self.stack.len(), out);
            self.line.state = State::Filled;
        } else {
            self.prefix();
        }
        let start = self.out.len();
        let (column, marks) = (self.column, opening.count);
        self.copy_line();
        let end = match last {
            Some(last) => last + 1,
            None => self.limit(&opening, line),
        };
        while self.lines.at(self.at) < end && self.at < self.text.len() {
            let is_last = last == Some(self.lines.at(self.at));
            self.copy_inner(if is_last { usize::MAX } else { column });
        }
        if last.is_none() && in_component.is_some() {
            if !self.text.get(..self.at).is_some_and(|text| text.ends_with('\n')) {
                self.out.decoded("\n", Span::at(self.at));
            }
            self.line.state = State::Fresh;
            let (_, out) = self.base();
            self.begin(self.stack.len(), out);
            let mark = self.text.get(begin..begin + marks).unwrap_or_default();
            self.out.decoded(mark, Span::at(self.at));
            self.unclosed.insert(start, self.out.len());
            self.out.decoded("\n", Span::at(self.at));
            self.line.state = State::Fresh;
        }
        self.paragraph = false;
        self.html = false;
        true
    }

    /// A fence that stands too deep for the Markdown rules, copied as it stands for the lenient look.
    pub(super) fn hidden_fence(&mut self) -> bool {
        let rest = self.rest();
        if !rest.starts_with("```") && !rest.starts_with("~~~") {
            return false;
        }
        let Some(opening) = self.lines.opening_at(self.at, self.quotes(), self.column) else { return false };
        let line = self.lines.at(self.at);
        let Some(extent) = self.lines.extent(&opening, line, self.lines.len(), 0) else { return false };
        for _ in line..=extent.body.end {
            self.copy_line();
            self.line.start = self.at;
            self.line.verbatim = true;
        }
        self.paragraph = false;
        true
    }

    fn quotes(&self) -> usize {
        self.stack.iter().filter(|open| matches!(open, super::Container::Quote { .. })).count()
    }

    /// The line that closes a fence by the Markdown rules; none where its container ends before.
    fn last_line(&self, opening: &Opening, line: usize, component: Option<usize>) -> Option<usize> {
        for at in line + 1..self.limit_in(opening, line, component) {
            let rest = self.lines.line(at).trim_start_matches([' ', '\t', '>']);
            let marks = run(rest, opening.mark);
            if marks >= opening.count && rest.get(marks..).is_some_and(|rest| rest.trim().is_empty()) {
                return Some(at);
            }
        }
        None
    }

    /// The line that a fence cannot reach.
    fn limit(&self, opening: &Opening, line: usize) -> usize {
        self.limit_in(opening, line, self.component())
    }

    fn limit_in(&self, opening: &Opening, line: usize, component: Option<usize>) -> usize {
        let closing = component
            .and_then(|index| self.components.get(index))
            .map(|component| format!("</{}", component.name));
        let (inside, _) = self.base();
        for at in line + 1..self.lines.len() {
            let (within, rest, column) = self.lines.behind(opening.quotes, at);
            let is_outside = match &closing {
                Some(closing) => rest.starts_with(closing.as_str()),
                None => !rest.is_empty() && column < inside,
            };
            if !within || is_outside {
                return at;
            }
        }
        self.lines.len()
    }

    /// Whether the line of the cursor still belongs to the innermost container.
    fn goes_on(&self) -> bool {
        let line = self.lines.at(self.at);
        let (within, rest, at) = self.lines.behind(self.quotes(), line);
        let (inside, _) = self.base();
        within && (self.component().is_some() || rest.is_empty() || at >= inside)
    }

    /// Copies a whole line, of which at most so many columns of blanks are left out behind the quote marks.
    fn copy_inner(&mut self, columns: usize) {
        self.line.start = self.at;
        let next = self.next_line();
        if self.component().is_none() {
            self.copy(Span::new(self.at, next));
            self.at = next;
            return;
        }
        self.column = 0;
        let mut cursor = self.cursor();
        cursor.quotes(self.quotes());
        let spare = cursor.indentation(columns);
        let is_blank = cursor.rest().is_empty();
        self.at = self.line.start + cursor.at;
        self.line.state = State::Fresh;
        let (_, out) = self.base();
        self.begin(self.stack.len(), if is_blank && spare == 0 { 0 } else { out });
        if spare > 0 && columns != usize::MAX {
            // A tab that reaches over the border leaves a part of itself.
            let tab = Span::new(self.at - 1, self.at);
            self.out.decoded("    ".get(..spare.min(4)).unwrap_or_default(), tab);
        }
        self.copy(Span::new(self.at, next));
        self.at = next;
    }
}
