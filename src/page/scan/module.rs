//! Statements and the names that they give: taken out of the view, and known to what follows.

use std::collections::BTreeSet;

use super::super::module::begins;

use super::super::components::Place;
use super::super::expression::{Expression, expression};
use super::super::module::statement;
use super::super::tag::{Kind, Tag};
use super::{Scanner, State, What};
use crate::diagnostics::Code;

/// How far an address is looked for before a brace, in bytes.
const LONGEST_ADDRESS: usize = 256;

impl Scanner<'_> {
    /// An `import` or `export` at the beginning of a line of the page itself; nothing of it is shown.
    pub(super) fn statement(&mut self, rest: &str) -> bool {
        let is_here = self.stack.is_empty() && self.line.verbatim && self.at == self.line.start;
        if !is_here || self.paragraph || self.html || !begins(rest) || self.refused.contains(&self.at) {
            return false;
        }
        let Some(statement) = statement(self.text, self.at, &mut self.budget) else { return false };
        self.end_inline();
        let span = self.at..statement.end;
        self.module.add(statement);
        self.block_mark(What::Nothing, &span, self.stack.len());
        self.rest_of_line();
        true
    }

    /// A name in braces at the byte `at`, or text; gives where to go on.
    pub(super) fn expression(&mut self, at: usize, end: usize) -> usize {
        let is_inner =
            at.checked_sub(1).is_some_and(|before| self.text.as_bytes().get(before) == Some(&b'{'));
        let rest = self.text.get(at..end).unwrap_or_default();
        let found = expression(rest, at).filter(|_| !is_inner && !self.refused.contains(&at));
        let is_known =
            |expression: &Expression| self.is_snippet || self.module.value(&expression.way).is_some();
        // `https://example.com/{id}` is an address, unless the name is one of ours.
        let found = found.filter(|(expression, _)| is_known(expression) || !self.is_address(at));
        let Some((expression, length)) = found else { return at + 1 };
        let begins_line = self.at == at && self.line.state != State::Filled;
        self.copy_to(at);
        self.expressions.push(expression);
        let span = at..at + length;
        self.inline_mark(What::Expression(self.expressions.len() - 1), &span);
        if begins_line {
            // A tag that has a line of the view to itself would be a block.
            self.inline_mark(What::Nothing, &(span.end..span.end));
        }
        self.step_to(at + length);
        at + length
    }

    /// Whether the byte `at` stands in an address.
    fn is_address(&self, at: usize) -> bool {
        let from = self.text.ceil_char_boundary(at.saturating_sub(LONGEST_ADDRESS));
        let before = self.text.get(from..at).unwrap_or_default();
        before.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("://"))
    }

    /// Where a component of this tag may stand; none for an unknown name. What the page imports or exports is a block
    /// where it has its line to itself.
    pub(super) fn place(&self, tag: &Tag<'_>) -> Option<Place> {
        let known = self.names.place(tag.name);
        if known.is_some() || !self.module.names(tag.name) {
            return known;
        }
        let line = self.text.get(tag.span.end..self.line_end_at(tag.span.end)).unwrap_or_default().trim();
        let closes = || line.strip_suffix('>').is_some_and(|line| line.trim_end().ends_with(tag.name));
        let is_block = line.is_empty() || (tag.kind == Kind::Opens && closes());
        Some(if is_block { Place::Block } else { Place::Inline })
    }

    /// Knows the components whose names the page gives only below them.
    pub(super) fn know(&mut self) {
        let mut known = BTreeSet::new();
        for component in &mut self.components {
            if !component.known && self.module.names(&component.name) {
                component.known = true;
                known.insert(component.name_span);
            }
        }
        self.problems
            .retain(|problem| problem.code != Code::UnknownComponent || !known.contains(&problem.span));
    }
}
