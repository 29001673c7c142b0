//! Words that are more than text: raw HTML, and names in braces.

use std::ops::Range;

use pulldown_cmark::{CowStr, Tag};

use super::super::html::Address;
use super::super::module::shown;
use super::super::{Event, Piece};
use super::{Builder, Element, Image};

impl Builder<'_> {
    /// A piece of raw HTML as it is shown; its addresses are links of the page.
    pub(super) fn raw(&mut self, text: &str, range: &Range<usize>) -> CowStr<'static> {
        let (closed, addresses) = self.html.closed(text);
        let closed = closed.into_owned().into();
        let is_same = self.view.text().get(range.clone()) == Some(text);
        for Address { target, range: inner, image } in addresses {
            let place = range.start + inner.start..range.start + inner.end;
            let place = if is_same { place } else { range.clone() };
            self.link(target, &place, if image { Image::Yes } else { Image::No });
        }
        closed
    }

    /// Adds to the text of the heading that is open.
    pub(super) fn head(&mut self, text: &str) {
        let is_open = self.open.iter().any(|open| matches!(open.element, Element::Tag(Tag::Heading { .. })));
        if let Some(heading) = self.body.headings.last_mut().filter(|_| is_open) {
            heading.text.push_str(text);
        }
    }

    /// A name in braces: its value where the page itself has it.
    pub(super) fn expression(&mut self, index: usize, range: &Range<usize>) {
        let Some(expression) = self.expressions.get(index) else { return };
        self.begin_paragraph(range);
        if let Some(text) = self.module.value(&expression.way).and_then(shown) {
            self.head(&text);
            if !text.is_empty() {
                self.push(Piece::Markdown(Event::Text(text.into())), range);
            }
        } else {
            self.head(&expression.text);
            self.body.expressions.push(expression.clone());
            self.push(Piece::Expression(self.body.expressions.len() - 1), range);
        }
    }
}
