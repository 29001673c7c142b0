//! The body of a page: events become pieces, with headings, fences and links lifted out.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::find::{self, Found, Read};
use super::slug::Slugger;
use super::{Heading, Link, Piece};
use crate::source::{Source, Span};

/// What the body of a page holds.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The pieces in order.
    pub(super) pieces: Vec<(Piece, Span)>,
    /// The headings in order.
    pub(super) headings: Vec<Heading>,
    /// The links in order.
    pub(super) links: Vec<Link>,
    /// The fences in order.
    pub(super) fences: Vec<Found>,
}

/// Reads the body that begins at the byte `start`.
pub(super) fn read(source: &Arc<Source>, start: usize) -> Body {
    find::read(source, start, |read| build(source, read))
}

fn build(source: &Arc<Source>, read: Read<'_>) -> Body {
    let mut builder = Builder {
        source,
        masks: read.masks.into_iter().map(|mask| (mask.span, mask.fence)).collect(),
        next: 0,
        open: Vec::new(),
        waiting: Vec::new(),
        slugger: Slugger::default(),
        body: Body::default(),
    };
    let mut fences = read.fences.into_iter();
    let mut in_fence = false;
    for (event, range) in read.events {
        match event {
            Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(_))) => {
                builder.catch_up(range.start);
                in_fence = true;
                if let Some(fence) = fences.next() {
                    builder.fence(fence);
                }
            }
            Event::End(TagEnd::CodeBlock) if in_fence => in_fence = false,
            _ if in_fence => {}
            Event::Start(tag) => {
                builder.catch_up(range.start);
                builder.start(tag, range);
            }
            Event::End(tag) => builder.end(tag, range),
            leaf => builder.leaf(leaf, range),
        }
    }
    builder.catch_up(usize::MAX);
    let mut body = builder.body;
    body.sort();
    body
}

impl Body {
    /// Puts the fences in the order of the file: one that had to wait for the end of its block comes late.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.fences.len()).collect();
        order.sort_by_key(|index| self.fences.get(*index).map(|fence| fence.span.start));
        if order.is_sorted() {
            return;
        }
        let mut places = vec![0; order.len()];
        for (place, index) in order.iter().enumerate() {
            if let Some(slot) = places.get_mut(*index) {
                *slot = place;
            }
        }
        for (piece, _) in &mut self.pieces {
            if let Piece::Fence(index) = piece {
                *index = places.get(*index).copied().unwrap_or(*index);
            }
        }
        self.fences.sort_by_key(|fence| fence.span.start);
    }
}

/// An element that is open.
struct Open {
    tag: Tag<'static>,
    range: Range<usize>,
    /// A fence divided it; blanks at the division are of no use.
    divided: bool,
    /// The number of pieces when it was opened.
    since: usize,
}

struct Builder<'a> {
    source: &'a Arc<Source>,
    masks: Vec<(Range<usize>, Option<Found>)>,
    /// The next mask.
    next: usize,
    open: Vec<Open>,
    /// Fences that stand in a block which cannot be divided.
    waiting: Vec<Found>,
    slugger: Slugger,
    body: Body,
}

impl Builder<'_> {
    fn push(&mut self, piece: Piece, range: &Range<usize>) {
        self.body.pieces.push((piece, Span::from(range.clone())));
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let tag = tag.into_static();
        match &tag {
            Tag::Heading { level, id, .. } => {
                self.body.headings.push(Heading {
                    level: *level as u8,
                    id: id.as_ref().map(ToString::to_string).unwrap_or_default(),
                    text: String::new(),
                    span: Span::from(range.clone()),
                });
                self.push(Piece::HeadingStart(self.body.headings.len() - 1), &range);
            }
            Tag::Link { dest_url, link_type, .. } => {
                let mail = matches!(link_type, pulldown_cmark::LinkType::Email);
                self.link(
                    if mail { format!("mailto:{dest_url}") } else { dest_url.to_string() },
                    &range,
                    Image::No,
                );
                self.push(Piece::Markdown(Event::Start(tag.clone())), &range);
            }
            Tag::Image { dest_url, .. } => {
                self.link(dest_url.to_string(), &range, Image::Yes);
                self.push(Piece::Markdown(Event::Start(tag.clone())), &range);
            }
            _ => self.push(Piece::Markdown(Event::Start(tag.clone())), &range),
        }
        self.open.push(Open { tag, range, divided: false, since: self.body.pieces.len() });
    }

    fn link(&mut self, target: String, range: &Range<usize>, image: Image) {
        let span = Span::from(range.clone());
        self.body.links.push(Link { target, span, image: image == Image::Yes });
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        let Some(open) = self.open.pop() else { return };
        if let TagEnd::Heading(_) = end {
            let index = self.body.headings.len() - 1;
            if let Some(heading) = self.body.headings.get_mut(index) {
                heading.text = heading.text.trim().to_owned();
                let wanted = heading.id.clone();
                heading.id = if wanted.is_empty() {
                    self.slugger.slug(&heading.text)
                } else {
                    self.slugger.unique(&wanted)
                };
            }
            self.push(Piece::HeadingEnd(index), &range);
        } else {
            self.close(&open, end, &range);
        }
        if !self.waiting.is_empty() && self.can_divide() {
            for fence in std::mem::take(&mut self.waiting) {
                self.divide(Some(fence));
            }
        }
    }

    /// Ends an element; one that a fence leaves empty is taken back.
    fn close(&mut self, open: &Open, end: TagEnd, range: &Range<usize>) {
        if open.divided {
            while self.body.pieces.len() > open.since
                && self.body.pieces.last().is_some_and(|(piece, _)| is_blank(piece))
            {
                self.body.pieces.pop();
            }
            if self.body.pieces.len() == open.since {
                self.body.pieces.pop();
                return;
            }
        }
        self.push(Piece::Markdown(Event::End(end)), range);
    }

    fn leaf(&mut self, mut event: Event<'_>, mut range: Range<usize>) {
        self.catch_up(range.start);
        loop {
            let index = self.masks.partition_point(|(mask, _)| mask.end <= range.start);
            let mask = self.masks.get(index).map(|(mask, _)| mask.clone());
            let Some(mask) = mask.filter(|mask| mask.start < range.end && !range.is_empty()) else {
                return self.keep(event, range);
            };
            let before = range.start..mask.start.max(range.start);
            let after = mask.end.min(range.end)..range.end;
            if let Some(event) = again(&event, self.source.slice(Span::from(before.clone()))) {
                self.keep(event, before);
            }
            self.catch_up(mask.end);
            // Further masks may stand in the rest.
            match again(&event, self.source.slice(Span::from(after.clone()))) {
                Some(rest) if !after.is_empty() => (event, range) = (rest, after),
                _ => return,
            }
        }
    }

    /// Keeps a leaf, unless it is a blank at the beginning of what a fence divided.
    fn keep(&mut self, event: Event<'_>, range: Range<usize>) {
        let event = event.into_static();
        if matches!(&event, Event::Text(text) | Event::Html(text) | Event::Code(text) if text.is_empty()) {
            return;
        }
        if self.open.iter().any(|open| matches!(open.tag, Tag::Heading { .. }))
            && let Some(heading) = self.body.headings.last_mut()
        {
            match &event {
                Event::Text(text) | Event::Code(text) => heading.text.push_str(text),
                Event::SoftBreak | Event::HardBreak => heading.text.push(' '),
                _ => {}
            }
        }
        let piece = Piece::Markdown(event);
        let at_division =
            self.open.last().is_some_and(|open| open.divided && open.since == self.body.pieces.len());
        if !(at_division && is_blank(&piece)) {
            self.push(piece, &range);
        }
    }

    /// Places the masks that end before `at`, which no event has shown.
    fn catch_up(&mut self, at: usize) {
        while self.masks.get(self.next).is_some_and(|(span, _)| span.end <= at) {
            self.place();
        }
    }

    fn place(&mut self) {
        let Some((_, fence)) = self.masks.get_mut(self.next) else { return };
        let fence = fence.take();
        self.next += 1;
        if self.can_divide() {
            self.divide(fence);
        } else {
            self.waiting.extend(fence);
        }
    }

    /// Whether a fence can stand here, if need be by ending and beginning anew what is open.
    fn can_divide(&self) -> bool {
        let leaves = self.open.iter().skip_while(|open| is_container(&open.tag));
        let whole = |tag: &Tag<'_>| {
            matches!(
                tag,
                Tag::Heading { .. }
                    | Tag::Table(_)
                    | Tag::TableHead
                    | Tag::TableRow
                    | Tag::TableCell
                    | Tag::DefinitionListTitle
            )
        };
        let around = self.open.iter().take_while(|open| is_container(&open.tag)).last();
        let between = around.is_some_and(|open| matches!(open.tag, Tag::List(_) | Tag::DefinitionList));
        !between && leaves.into_iter().all(|open| !whole(&open.tag))
    }

    fn divide(&mut self, fence: Option<Found>) {
        let first = self.open.iter().position(|open| !is_container(&open.tag)).unwrap_or(self.open.len());
        let leaves = self.open.split_off(first);
        for open in leaves.iter().rev() {
            let divided =
                Open { tag: open.tag.clone(), range: open.range.clone(), divided: true, since: open.since };
            self.close(&divided, open.tag.to_end(), &open.range);
        }
        if let Some(fence) = fence {
            self.fence(fence);
        }
        for open in leaves {
            self.push(Piece::Markdown(Event::Start(open.tag.clone())), &open.range);
            self.open.push(Open { divided: true, since: self.body.pieces.len(), ..open });
        }
    }

    fn fence(&mut self, fence: Found) {
        let span = fence.span.clone();
        self.body.fences.push(fence);
        self.push(Piece::Fence(self.body.fences.len() - 1), &span);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Image {
    Yes,
    No,
}

/// A leaf of the same kind with another text; none for one that is shown whole or not at all.
fn again(event: &Event<'_>, text: &str) -> Option<Event<'static>> {
    match event {
        Event::Html(_) => Some(Event::Html(text.to_owned().into())),
        Event::Text(_) => Some(Event::Text(text.to_owned().into())),
        Event::Code(_) => Some(Event::Code(text.trim_matches(['`', ' ', '\n']).to_owned().into())),
        _ => None,
    }
}

/// Elements in which a fence can stand as it is.
fn is_container(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Item
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListDefinition
    )
}

fn is_blank(piece: &Piece) -> bool {
    match piece {
        Piece::Markdown(Event::Text(text) | Event::Html(text)) => text.trim().is_empty(),
        Piece::Markdown(Event::SoftBreak | Event::HardBreak) => true,
        _ => false,
    }
}
