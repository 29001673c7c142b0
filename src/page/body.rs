//! The body of a page: events become pieces, with headings, fences and links lifted out.

mod addresses;
mod divide;
mod words;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event as Said, Tag, TagEnd};

use super::anchors::Anchors;
use super::components::{Component, Names, Place};
use super::event::{self, Event};
use super::expression::Expression;
use super::find::{self, Dollars, Found, Held, Read};
use super::html::{Html, is_html};
use super::jsx::HtmlTag;
use super::module::Module;
use super::scan::{self, Mark, Scanned};
use super::{Heading, Link, Piece};
use crate::diagnostics::Problem;
use crate::source::{Excerpt, Source, Span};

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
    /// The components in the order of their opening tags.
    pub(super) components: Vec<Component>,
    /// All anchors.
    pub(super) anchors: Anchors,
    /// The names in braces whose values are not known here.
    pub(super) expressions: Vec<Expression>,
    /// The tags of raw HTML with variables.
    pub(super) tags: Vec<HtmlTag>,
    /// What the page imports and exports.
    pub(super) module: Module,
}

/// How often a page is scanned at most; after that, its tags are text.
const ROUNDS: usize = 4;

/// Reads the body that begins at the byte `start`; what is wrong with its components is added to `problems`.
pub(super) fn read(
    source: &Arc<Source>,
    start: usize,
    names: &Names,
    dollars: Dollars,
    problems: &mut Vec<Problem>,
) -> Body {
    let mut refused = BTreeSet::new();
    for _ in 0..ROUNDS {
        let mut scanned = scan::scan(source, start, names, &refused);
        let more = match find::read(&scanned, dollars, |read| build(&scanned, read)) {
            Ok(mut body) => {
                (body.components, body.module) = (scanned.components, scanned.module);
                body.tags = scanned.tags;
                for component in &mut body.components {
                    component.resolve(|way| body.module.value(way).cloned());
                }
                body.anchors = Anchors::give(&mut body);
                problems.append(&mut scanned.problems);
                return body;
            }
            Err(more) => more,
        };
        // A tag that the Markdown rules do not show as one stands in code, in a link or in a comment.
        refused.extend(more);
    }
    let plain = scan::plain(source, start);
    let mut body = find::read(&plain, dollars, |read| build(&plain, read)).unwrap_or_default();
    body.anchors = Anchors::give(&mut body);
    body
}

/// Makes pieces of events; where a mark is not among them as a tag, the places in the file that have to be text.
fn build(scanned: &Scanned, read: Read<'_>) -> Result<Body, Vec<usize>> {
    let unseen = unseen(scanned, &read);
    if !unseen.is_empty() {
        return Err(unseen);
    }
    let mut builder = Builder {
        view: &scanned.view,
        module: &scanned.module,
        expressions: &scanned.expressions,
        masks: read.masks.into_iter().map(|mask| (mask.span, Some(mask.held))).collect(),
        next: 0,
        open: Vec::new(),
        waiting: Vec::new(),
        ended: vec![Ended::No; scanned.components.len()],
        html: Html::default(),
        body: Body { pieces: Vec::with_capacity(read.events.len()), ..Body::default() },
    };
    let mut fences = read.fences.into_iter();
    let mut in_fence = false;
    for (event, range) in read.events {
        match event {
            Said::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Fenced(_))) => {
                builder.catch_up(range.start);
                in_fence = true;
                if let Some(fence) = fences.next() {
                    builder.fence(fence);
                }
            }
            Said::End(TagEnd::CodeBlock) if in_fence => in_fence = false,
            _ if in_fence => {}
            Said::Start(tag) => {
                builder.catch_up(range.start);
                builder.start(tag, range);
            }
            Said::End(tag) => builder.end(tag, range),
            leaf => builder.leaf(leaf, range),
        }
    }
    builder.catch_up(usize::MAX);
    builder.end_components(0);
    let mut body = builder.body;
    body.sort();
    body.link_addresses();
    body.pieces.shrink_to_fit();
    Ok(body)
}

/// Where in the file the components and comments stand whose marks the parser does not show as HTML.
fn unseen(scanned: &Scanned, read: &Read<'_>) -> Vec<usize> {
    if scanned.marks.is_empty() && scanned.rewritten.is_empty() {
        return Vec::new();
    }
    let is_html = |event: &Said<'_>| matches!(event, Said::Html(_) | Said::InlineHtml(_));
    let mut html: Vec<&Range<usize>> =
        read.events.iter().filter(|(event, _)| is_html(event)).map(|(_, range)| range).collect();
    html.sort_by_key(|range| range.start);
    let fences: BTreeSet<usize> = read.fences.iter().map(|fence| fence.span.start).collect();
    if scanned.unclosed.keys().any(|start| !fences.contains(start)) {
        // A fence that is ended for its author stands in code, and that end would be shown.
        return scanned.marks.iter().map(|mark| mark.at).collect();
    }
    let masks: BTreeSet<usize> = read.masks.iter().map(|mask| mask.span.start).collect();
    let is_shown = |span: &Range<usize>| {
        let index = html.partition_point(|range| range.start <= span.start);
        let around = index.checked_sub(1).and_then(|index| html.get(index));
        around.is_some_and(|range| span.end <= range.end)
    };
    let is_seen = |mark: &Mark| masks.contains(&mark.span.start) && is_shown(&mark.span);
    let lost: Vec<&Mark> = scanned.marks.iter().filter(|mark| !is_seen(mark)).collect();
    let components: BTreeSet<usize> = lost.iter().filter_map(|mark| mark.what.component()).collect();
    let is_lost = |mark: &&Mark| mark.what.component().is_some_and(|index| components.contains(&index));
    let whole = scanned.marks.iter().filter(is_lost).map(|mark| mark.at);
    // What the parser reads in the place of a fence is no tag.
    let fences: Vec<&Range<usize>> = read
        .masks
        .iter()
        .filter(|mask| matches!(mask.held, Held::Fence(_) | Held::Comment))
        .map(|mask| &mask.span)
        .collect();
    let is_covered = |span: &Range<usize>| {
        let index = fences.partition_point(|fence| fence.start <= span.start);
        index.checked_sub(1).and_then(|index| fences.get(index)).is_some_and(|fence| span.start < fence.end)
    };
    let tags = scanned.rewritten.iter().filter(|(span, _)| !is_shown(span) || is_covered(span));
    let tags = tags.map(|(_, at)| *at);
    whole.chain(lost.iter().map(|mark| mark.at)).chain(tags).collect()
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
    element: Element,
    range: Range<usize>,
    /// A fence divided it; blanks at the division are of no use.
    divided: bool,
    /// The number of pieces when it was opened.
    since: usize,
}

/// What is open.
#[derive(Clone)]
enum Element {
    Tag(Tag<'static>),
    /// A paragraph that the parser left out, because its list is tight.
    Paragraph,
    /// The component of this index.
    Component(usize, Place),
}

/// Whether a component is at its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    /// Its end stands inside an element that begins in it, and has to wait for the end of that.
    Soon,
    Yes,
}

struct Builder<'a> {
    view: &'a Excerpt,
    module: &'a Module,
    expressions: &'a [Expression],
    masks: Vec<(Range<usize>, Option<Held>)>,
    /// The next mask.
    next: usize,
    open: Vec<Open>,
    /// Fences that stand in a block which cannot be divided.
    waiting: Vec<Held>,
    /// By the index of the component.
    ended: Vec<Ended>,
    /// Reads the raw HTML of the block.
    html: Html,
    body: Body,
}

impl Builder<'_> {
    /// Where a range of the view stands in the file.
    fn span(&self, range: &Range<usize>) -> Span {
        self.view.locate(Span::from(range.clone()))
    }

    fn push(&mut self, piece: Piece, range: &Range<usize>) {
        self.body.pieces.push((piece, self.span(range)));
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let tag = tag.into_static();
        let kept = event::Tag::kept(&tag);
        if kept.is_inline() {
            self.begin_paragraph(&range);
        } else {
            self.end_paragraph();
        }
        self.html = Html::default();
        match &tag {
            Tag::Heading { level, id, .. } => {
                let span = self.span(&range);
                self.body.headings.push(Heading {
                    level: *level as u8,
                    id: id.as_ref().map(ToString::to_string).unwrap_or_default(),
                    aliases: Vec::new(),
                    text: String::new(),
                    span,
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
                self.push(Piece::Markdown(Event::Start(kept)), &range);
            }
            Tag::Image { dest_url, .. } => {
                self.link(dest_url.to_string(), &range, Image::Yes);
                self.push(Piece::Markdown(Event::Start(kept)), &range);
            }
            _ => self.push(Piece::Markdown(Event::Start(kept)), &range),
        }
        let element = Element::Tag(tag);
        self.open.push(Open { element, range, divided: false, since: self.body.pieces.len() });
    }

    fn link(&mut self, target: String, range: &Range<usize>, image: Image) {
        let span = self.span(range);
        self.body.links.push(Link { target, span, image: image == Image::Yes });
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        let depth = self.open.iter().rposition(|open| matches!(open.element, Element::Tag(_)));
        self.end_components(depth.map_or(0, |depth| depth + 1));
        let Some(open) = self.open.pop() else { return };
        if let TagEnd::Heading(_) = end {
            let index = self.body.headings.len() - 1;
            if let Some(heading) = self.body.headings.get_mut(index) {
                heading.text = heading.text.trim().to_owned();
            }
            self.push(Piece::HeadingEnd(index), &range);
        } else {
            self.close(&open, end, &range);
        }
        if !self.waiting.is_empty() && self.can_divide() {
            for held in std::mem::take(&mut self.waiting) {
                self.divide(held);
            }
        }
        self.end_ripe();
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

    fn leaf(&mut self, mut event: Said<'_>, mut range: Range<usize>) {
        self.catch_up(range.start);
        loop {
            let index = self.masks.partition_point(|(mask, _)| mask.end <= range.start);
            let mask = self.masks.get(index).map(|(mask, _)| mask.clone());
            let Some(mask) = mask.filter(|mask| mask.start < range.end && !range.is_empty()) else {
                return self.keep(event, range);
            };
            let before = range.start..mask.start.max(range.start);
            let after = mask.end.min(range.end)..range.end;
            if let Some(event) = again(&event, self.view.text().get(before.clone()).unwrap_or_default()) {
                self.keep(event, before);
            }
            self.catch_up(mask.end);
            // Further masks may stand in the rest.
            match again(&event, self.view.text().get(after.clone()).unwrap_or_default()) {
                Some(rest) if !after.is_empty() => (event, range) = (rest, after),
                _ => return,
            }
        }
    }

    /// Keeps a leaf, unless it is a blank at the beginning of what a fence divided.
    fn keep(&mut self, event: Said<'_>, range: Range<usize>) {
        let event = match Event::kept(event) {
            // A placeholder such as `<TOKEN>` would vanish as a tag.
            Event::Html(text) | Event::InlineHtml(text) if !is_html(&text) => Event::Text(text),
            Event::Html(text) => Event::Html(self.raw(&text, &range)),
            Event::InlineHtml(text) => {
                self.html = Html::default();
                Event::InlineHtml(self.raw(&text, &range))
            }
            event => event,
        };
        if matches!(&event, Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) | Event::Code(text) if text.is_empty())
        {
            return;
        }
        match &event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => self.head(text),
            Event::SoftBreak | Event::HardBreak => self.head(" "),
            _ => {}
        }
        let piece = Piece::Markdown(event);
        if !is_blank(&piece) && !matches!(piece, Piece::Markdown(Event::Html(_) | Event::Rule)) {
            self.begin_paragraph(&range);
        } else if matches!(piece, Piece::Markdown(Event::Rule)) {
            self.end_paragraph();
        }
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

    fn fence(&mut self, mut fence: Found) {
        self.end_paragraph();
        self.push(Piece::Fence(self.body.fences.len()), &fence.span);
        fence.span = self.span(&fence.span).range();
        fence.info = self.span(&fence.info).range();
        fence.comment = fence.comment.map(|comment| self.view.locate(comment));
        self.body.fences.push(fence);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Image {
    Yes,
    No,
}

/// A leaf of the same kind with another text; none for one that is shown whole or not at all.
fn again(event: &Said<'_>, text: &str) -> Option<Said<'static>> {
    match event {
        Said::Html(_) => Some(Said::Html(text.to_owned().into())),
        Said::InlineHtml(_) => Some(Said::InlineHtml(text.to_owned().into())),
        Said::Text(_) | Said::InlineMath(_) | Said::DisplayMath(_) => {
            Some(Said::Text(text.to_owned().into()))
        }
        Said::Code(_) => Some(Said::Code(text.trim_matches(['`', ' ', '\n']).to_owned().into())),
        _ => None,
    }
}

fn is_blank(piece: &Piece) -> bool {
    match piece {
        Piece::Markdown(Event::Text(text) | Event::Html(text)) => text.trim().is_empty(),
        Piece::Markdown(Event::SoftBreak | Event::HardBreak) => true,
        _ => false,
    }
}
