//! The line that words are written to: breaks wait for what comes next, and bars of tables are escaped.

use super::inline::{Part, Shape};

/// The line that is being written.
pub(super) struct Line<'a> {
    pub(super) out: &'a mut String,
    pub(super) prefix: &'a str,
    pub(super) shape: Shape,
    /// The break that is to be written before what comes next.
    pub(super) broken: Option<Part>,
    /// How many further lines are empty.
    pub(super) empty: usize,
    /// Nothing stands on the line so far.
    pub(super) is_start: bool,
}

impl Line<'_> {
    pub(super) fn end(&mut self, part: Part) {
        if self.is_start {
            self.empty += usize::from(part == Part::Hard && self.broken.is_some());
            return;
        }
        while self.out.ends_with([' ', '\t']) {
            self.out.pop();
        }
        if self.shape == Shape::Paragraph {
            self.broken = Some(part);
            self.is_start = true;
        } else {
            self.out.push(' ');
        }
    }

    fn begin(&mut self) {
        if let Some(part) = self.broken.take() {
            if part == Part::Hard {
                self.out.push('\\');
            }
            self.out.push('\n');
            self.out.push_str(self.prefix);
            for _ in 0..std::mem::take(&mut self.empty) {
                self.out.push_str("\\\n");
                self.out.push_str(self.prefix);
            }
        }
        self.is_start = false;
    }

    pub(super) fn push(&mut self, letter: char) {
        self.begin();
        if letter == '|' && self.shape == Shape::Cell {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    pub(super) fn push_str(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        self.begin();
        if self.shape != Shape::Cell {
            return self.out.push_str(words);
        }
        for (index, words) in words.split('|').enumerate() {
            if index > 0 {
                self.out.push_str("\\|");
            }
            self.out.push_str(words);
        }
    }
}
