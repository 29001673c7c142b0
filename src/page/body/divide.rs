//! Blocks that stand where the Markdown rules know none: what is open ends and begins anew around them.

use std::ops::Range;

use pulldown_cmark::{Tag, TagEnd};

use super::super::components::Place;
use super::super::find::Held;
use super::super::scan::{Mark, What};
use super::super::{Event, Piece, event};
use super::{Builder, Element, Ended, Open};

impl Builder<'_> {
    /// Begins a paragraph for words that stand directly in a component, as they do in a tight list.
    pub(super) fn begin_paragraph(&mut self, range: &Range<usize>) {
        if matches!(self.open.last(), Some(Open { element: Element::Component(_, Place::Block), .. })) {
            self.push(Piece::Markdown(Event::Start(event::Tag::Paragraph)), range);
            let since = self.body.pieces.len();
            self.open.push(Open { element: Element::Paragraph, range: range.clone(), divided: true, since });
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        if matches!(self.open.last(), Some(Open { element: Element::Paragraph, .. }))
            && let Some(open) = self.open.pop()
        {
            self.close(&open, TagEnd::Paragraph, &open.range.clone());
        }
    }

    /// Ends the components that are open from this depth on.
    pub(super) fn end_components(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.end_paragraph();
            if self.open.len() <= depth {
                break;
            }
            let Some(Open { element: Element::Component(index, _), range, .. }) = self.open.pop() else {
                continue;
            };
            self.push(Piece::ComponentEnd(index), &(range.end..range.end));
            self.set_ended(index, Ended::Yes);
        }
    }

    /// Ends the components whose end had to wait.
    pub(super) fn end_ripe(&mut self) {
        if let [
            ..,
            Open { element: Element::Component(index, _), .. },
            Open { element: Element::Paragraph, .. },
        ] = self.open.as_slice()
            && self.ended.get(*index) == Some(&Ended::Soon)
        {
            self.end_paragraph();
        }
        while let Some(Open { element: Element::Component(index, _), .. }) = self.open.last()
            && self.ended.get(*index) == Some(&Ended::Soon)
        {
            let depth = self.open.len() - 1;
            self.end_components(depth);
        }
    }

    pub(super) fn set_ended(&mut self, index: usize, ended: Ended) {
        if let Some(slot) = self.ended.get_mut(index) {
            *slot = ended;
        }
    }

    /// Writes what a mark stands for.
    pub(super) fn mark(&mut self, mark: &Mark) {
        match mark.what {
            What::Expression(index) => return self.expression(index, &mark.span),
            What::Tag(index) => {
                self.begin_paragraph(&mark.span);
                return self.push(Piece::Tag(index), &mark.span);
            }
            What::Start(_) | What::End(_) | What::Whole(_) | What::Nothing => {}
        }
        if let What::Start(index) | What::Whole(index) = mark.what {
            match mark.place {
                Place::Inline => self.begin_paragraph(&mark.span),
                Place::Block => self.end_paragraph(),
            }
            self.push(Piece::ComponentStart(index), &mark.span);
            let element = Element::Component(index, mark.place);
            self.open.push(Open {
                element,
                range: mark.span.clone(),
                divided: false,
                since: self.body.pieces.len(),
            });
        }
        if let What::End(index) | What::Whole(index) = mark.what
            && self.ended.get(index) == Some(&Ended::No)
        {
            if let Some(Open { element: Element::Component(last, _), range, .. }) = self.open.last_mut()
                && *last == index
            {
                *range = mark.span.clone();
            }
            self.set_ended(index, Ended::Soon);
            self.end_ripe();
        }
    }

    pub(super) fn place(&mut self) {
        let Some((_, held)) = self.masks.get_mut(self.next) else { return };
        let held = held.take();
        self.next += 1;
        match held {
            None => {}
            Some(Held::Mark(mark)) if mark.place == Place::Inline || !self.can_divide() => self.mark(&mark),
            Some(held) if self.can_divide() => self.divide(held),
            Some(held) => self.waiting.push(held),
        }
    }

    /// Whether a block can stand here, if need be by ending and beginning anew what is open.
    pub(super) fn can_divide(&self) -> bool {
        let mut leaves = self.open.iter().skip_while(|open| is_container(&open.element));
        let whole = |element: &Element| {
            matches!(
                element,
                Element::Component(..)
                    | Element::Tag(
                        Tag::Heading { .. }
                            | Tag::Table(_)
                            | Tag::TableHead
                            | Tag::TableRow
                            | Tag::TableCell
                            | Tag::DefinitionListTitle
                    )
            )
        };
        let around = self.open.iter().take_while(|open| is_container(&open.element)).last();
        let between = around
            .is_some_and(|open| matches!(open.element, Element::Tag(Tag::List(_) | Tag::DefinitionList)));
        !between && leaves.all(|open| !whole(&open.element))
    }

    pub(super) fn divide(&mut self, held: Held) {
        let is_leaf = |open: &Open| !is_container(&open.element);
        let first = self.open.iter().position(is_leaf).unwrap_or(self.open.len());
        let leaves = self.open.split_off(first);
        for open in leaves.iter().rev() {
            let end = match &open.element {
                Element::Tag(tag) => Some(tag.to_end()),
                Element::Paragraph => Some(TagEnd::Paragraph),
                Element::Component(..) => None,
            };
            if let Some(end) = end {
                let divided = Open {
                    element: open.element.clone(),
                    range: open.range.clone(),
                    divided: true,
                    since: open.since,
                };
                self.close(&divided, end, &open.range);
            }
        }
        match held {
            Held::Fence(fence) => self.fence(*fence),
            Held::Mark(mark) => self.mark(&mark),
            Held::Comment => {}
        }
        for open in leaves {
            if matches!(open.element, Element::Paragraph) {
                continue;
            }
            if let Element::Tag(tag) = &open.element {
                self.push(Piece::Markdown(Event::Start(event::Tag::kept(tag))), &open.range);
            }
            self.open.push(Open { divided: true, since: self.body.pieces.len(), ..open });
        }
    }
}

/// Elements in which a fence can stand as it is.
fn is_container(element: &Element) -> bool {
    matches!(
        element,
        Element::Component(_, Place::Block)
            | Element::Tag(
                Tag::BlockQuote(_)
                    | Tag::List(_)
                    | Tag::Item
                    | Tag::FootnoteDefinition(_)
                    | Tag::DefinitionList
                    | Tag::DefinitionListDefinition
            )
    )
}
