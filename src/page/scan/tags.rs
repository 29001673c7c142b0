//! Tags of components: where they may stand, what they open and what they close.

use std::collections::BTreeSet;

use super::super::components::{Component, Place};
use super::super::regions::Regions;
use super::super::tag::{Kind, Tag, tag};
use super::{Container, DEEPEST, Scanner, What};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

impl<'a> Scanner<'a> {
    /// A tag where a block can begin; whether another block may begin behind it.
    pub(super) fn block_tag(&mut self) -> Option<bool> {
        let tag = self.tag()?;
        let behind = self.line_end_at(tag.span.end);
        let is_alone = self.text.get(tag.span.end..behind).is_some_and(|rest| rest.trim().is_empty());
        if tag.kind == Kind::Closes {
            let is_inline = self.inline.iter().any(|index| self.is_named(*index, tag.name));
            if is_inline || !self.is_own(&tag) {
                return None;
            }
            self.end_inline();
            self.close(&tag);
            return Some(true);
        }
        let is_block = match self.place(&tag) {
            Some(Place::Block) => true,
            Some(Place::Inline) => is_alone && !self.paragraph,
            None => self.looks_like_component(&tag) && (is_alone || tag.kind == Kind::Opens),
        };
        if !is_block || self.stack.len() >= DEEPEST {
            return None;
        }
        self.end_inline();
        self.open(tag);
        Some(true)
    }

    /// The tag at the cursor, unless it was refused.
    pub(super) fn tag(&self) -> Option<Tag<'a>> {
        tag(self.text, self.at).filter(|tag| !self.refused.contains(&tag.span.start))
    }

    /// Whether a closing tag is one of a component that is open, or of a known one.
    pub(super) fn is_own(&self, tag: &Tag<'_>) -> bool {
        self.place(tag).is_some() || self.opened(tag.name).is_some()
    }

    pub(super) fn looks_like_component(&mut self, tag: &Tag<'_>) -> bool {
        let shouts = tag.name.len() > 1 && tag.name.bytes().all(|byte| !byte.is_ascii_lowercase());
        if shouts {
            return false;
        }
        if tag.kind == Kind::Whole {
            return true;
        }
        let (text, lines) = (self.text, &self.lines);
        self.regions.get_or_insert_with(|| Regions::new(text, lines)).begins(tag.span.start)
    }

    /// Opens a component where a block can begin.
    pub(super) fn open(&mut self, tag: Tag<'a>) {
        let (kind, span) = (tag.kind, tag.span.clone());
        let (_, out) = self.base();
        let index = self.register(tag, Place::Block);
        let what = if kind == Kind::Whole { What::Whole(index) } else { What::Start(index) };
        self.block_mark(what, &span, self.stack.len());
        if kind == Kind::Opens {
            self.stack.push(Container::Component { index, inside: None, out });
        }
    }

    /// Ends the component that a closing tag names, and those inside it.
    pub(super) fn close(&mut self, tag: &Tag<'_>) {
        let Some(depth) = self.opened(tag.name) else {
            self.block_mark(What::Nothing, &tag.span, self.stack.len());
            let message = format!("`</{}>` closes nothing", tag.name);
            let open = self.stack.iter().rev().find_map(|open| self.name_of(*open));
            let help = match nearest(tag.name, open.as_deref()).or(open.as_deref()) {
                Some(open) => format!("close `<{open}>` first, or take it out"),
                None => format!("write `<{}>` where it begins, or take it out", tag.name),
            };
            self.problems
                .push(Problem::new(Code::StrayTag, Span::from(tag.span.clone()), message).help(help));
            return;
        };
        self.pop(depth + 1);
        let Some(Container::Component { index, .. }) = self.stack.pop() else { return };
        if let Some(component) = self.components.get_mut(index) {
            component.span = component.span.to(Span::from(tag.span.clone()));
        }
        self.block_mark(What::End(index), &tag.span, depth);
    }

    /// Ends what is open from this depth on; components there are not closed.
    pub(super) fn pop(&mut self, depth: usize) {
        let mut ended = Vec::new();
        while self.stack.len() > depth {
            let Some(Container::Component { index, .. }) = self.stack.pop() else { continue };
            ended.push(index);
            let here = self.at.min(self.text.len());
            self.block_mark(What::End(index), &(here..here), self.stack.len());
        }
        self.say_unclosed(&ended);
        self.paragraph = false;
    }

    /// Says which components end without a closing tag, the innermost first; of one name only the outermost.
    pub(super) fn say_unclosed(&mut self, indexes: &[usize]) {
        let mut said = BTreeSet::new();
        for index in indexes.iter().rev() {
            let end = self.at.min(self.text.len());
            let Some(component) = self.components.get_mut(*index) else { continue };
            let opening = component.span;
            component.span = opening.to(Span::new(opening.end as usize, end));
            if !said.insert(component.name.clone()) {
                continue;
            }
            let message = format!("`<{}>` is never closed", component.name);
            let help = format!("write `</{}>` where it ends, or `/>` at the end of its tag", component.name);
            self.problems.push(Problem::new(Code::UnclosedComponent, opening, message).help(help));
        }
    }

    /// The depth of the innermost open component of this name.
    pub(super) fn opened(&self, name: &str) -> Option<usize> {
        let is_it = |open: &Container| match open {
            Container::Component { index, .. } => self.is_named(*index, name),
            Container::Quote { .. } | Container::Item { .. } => false,
        };
        self.stack.iter().rposition(is_it)
    }

    pub(super) fn name_of(&self, open: Container) -> Option<String> {
        match open {
            Container::Component { index, .. } => {
                self.components.get(index).map(|component| component.name.clone())
            }
            Container::Quote { .. } | Container::Item { .. } => None,
        }
    }

    pub(super) fn is_named(&self, index: usize, name: &str) -> bool {
        self.components.get(index).is_some_and(|component| component.name == name)
    }

    /// The innermost open component.
    pub(super) fn component(&self) -> Option<usize> {
        self.stack.iter().rev().find_map(|open| match open {
            Container::Component { index, .. } => Some(*index),
            Container::Quote { .. } | Container::Item { .. } => None,
        })
    }

    /// Takes a component down with what is wrong in its tag.
    pub(super) fn register(&mut self, tag: Tag<'_>, place: Place) -> usize {
        let known = self.place(&tag).is_some();
        if !known {
            let message = format!("there is no component `{}`", tag.name);
            let problem = Problem::new(Code::UnknownComponent, tag.name_span, message);
            self.problems.push(match nearest(tag.name, self.names.iter()) {
                Some(name) => problem.help(format!("write `{name}`")),
                None => problem.help("add a template of its name to `templates/components`"),
            });
        }
        self.problems.extend(tag.problems);
        let mut seen = BTreeSet::new();
        for attribute in &tag.attributes {
            if !seen.insert(attribute.name.as_str()) {
                let message = format!("`{}` stands twice in one tag", attribute.name);
                let problem = Problem::new(Code::BadComponent, attribute.name_span, message);
                self.problems.push(problem.help("keep one of them"));
            }
        }
        self.components.push(Component {
            name: tag.name.to_owned(),
            name_span: tag.name_span,
            span: Span::from(tag.span),
            attributes: tag.attributes,
            place,
            known,
            id: None,
            aliases: Vec::new(),
            home: None,
        });
        self.components.len() - 1
    }
}
