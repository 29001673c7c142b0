//! The body of a page as HTML: Markdown through the writer of its parser, our own pieces between.

use std::collections::HashMap;
use std::fmt::Write as _;

use pulldown_cmark::{BlockQuoteKind, CowStr, Event as Said, Tag as Lent, TagEnd, html};
use pulldown_latex::config::DisplayMode;
use tera::Tera;

use crate::page::{Event, Heading, Html, Piece, Place, Tag};
use crate::site::SitePage;
use crate::source::Span;

use super::components::{Child, Inside, Seat, Stage};
use super::fence::child as fence_child;
use super::icons;
use super::links::Links;
use super::markup::{aliases, escaped, push_escaped};
use super::math::math;

/// A body as HTML.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// What stands in the heading that opens the page, where one does.
    pub(super) heading: Option<String>,
    /// All that follows.
    pub(super) html: String,
}

/// The body; `fences` are the fences of the page as HTML, and `tera` has the templates of components.
pub(super) fn body(
    page: &SitePage,
    links: &Links<'_>,
    fences: &[String],
    tera: &Tera,
) -> Result<Body, tera::Error> {
    let mut events = Events {
        page,
        links,
        fences,
        tera,
        footnotes: Footnotes::default(),
        raw: Html::default(),
        open: Vec::new(),
        children: 0,
        out: Vec::new(),
    };
    let pieces = &page.page.pieces;
    let opening = opening_heading(page);
    let heading = match opening {
        Some(end) => {
            let is_before = |(piece, _): &&(Piece, Span)| !matches!(piece, Piece::HeadingStart(_));
            for (piece, _) in pieces.iter().take(end).skip_while(is_before).skip(1) {
                events.piece(piece)?;
            }
            // The template has its own tag for the title.
            let first = page.page.headings.first();
            let ids = first.iter().flat_map(|heading| heading.aliases.iter().chain([&heading.id]));
            events.children = 0;
            Some(aliases(ids) + &written(std::mem::take(&mut events.out).into_iter()))
        }
        None => None,
    };
    for (piece, _) in pieces.iter().skip(opening.map_or(0, |end| end + 1)) {
        events.piece(piece)?;
    }
    events.close();
    Ok(Body { heading, html: written(events.out.into_iter()) })
}

/// Events as HTML.
pub(super) fn written<'a>(events: impl Iterator<Item = Said<'a>>) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// A name in braces that has no value, as written.
fn literal(page: &SitePage, index: usize) -> Option<Said<'_>> {
    let expression = page.page.expressions.get(index)?;
    Some(Said::Text(CowStr::Borrowed(&expression.text)))
}

/// Where the heading of the first level ends that opens the page, comments above it apart; templates show it by
/// themselves.
pub(super) fn opening_heading(page: &SitePage) -> Option<usize> {
    let pieces = &page.page.pieces;
    let mut shown = pieces.iter().map(|(piece, _)| piece).skip_while(|piece| is_comment(piece));
    let Some(Piece::HeadingStart(index)) = shown.next() else { return None };
    page.page.headings.get(*index).filter(|heading| heading.level == 1)?;
    pieces.iter().position(|(piece, _)| matches!(piece, Piece::HeadingEnd(_)))
}

/// Whether a piece belongs to a comment.
fn is_comment(piece: &Piece) -> bool {
    match piece {
        Piece::Markdown(Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock)) => true,
        Piece::Markdown(Event::Html(text)) => {
            let text = text.trim();
            text.is_empty() || (text.starts_with("<!--") && text.find("-->") == Some(text.len() - 3))
        }
        _ => false,
    }
}

/// The events that the writer gets.
struct Events<'a> {
    page: &'a SitePage,
    links: &'a Links<'a>,
    fences: &'a [String],
    tera: &'a Tera,
    footnotes: Footnotes<'a>,
    /// Reads the raw HTML of the block.
    raw: Html,
    /// The components that are open.
    open: Vec<Around<'a>>,
    /// How many components stand directly in the innermost one so far.
    children: usize,
    out: Vec<Said<'a>>,
}

/// A component that is open, and what the page had said before it.
struct Around<'a> {
    seat: Seat,
    before: Vec<Said<'a>>,
    /// What stands directly in it, where its template asks for that; none once something else stands there too.
    asked: Option<Vec<Child>>,
}

/// Footnotes are numbered as they are referred to and stand at the end.
#[derive(Default)]
struct Footnotes<'a> {
    numbers: HashMap<String, usize>,
    /// What is said so far in each, by number.
    texts: Vec<(usize, Vec<Said<'a>>)>,
    /// The numbers of the open ones, and what the page had said before each.
    open: Vec<(usize, Vec<Said<'a>>)>,
    referred: HashMap<usize, usize>,
}

impl Footnotes<'_> {
    fn number(&mut self, label: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(label.to_owned()).or_insert(next)
    }
}

impl<'a> Events<'a> {
    fn piece(&mut self, piece: &'a Piece) -> Result<(), tera::Error> {
        match piece {
            Piece::Markdown(event) => {
                self.mix(event);
                self.markdown(event);
            }
            Piece::HeadingStart(index) => {
                if let Some(open) = self.open.last_mut() {
                    open.asked = None;
                }
                if let Some(heading) = self.page.page.headings.get(*index) {
                    let id = escaped(&heading.id);
                    let aliases = aliases(&heading.aliases);
                    self.html(format!("<h{} id=\"{id}\">{aliases}", heading.level));
                }
            }
            Piece::HeadingEnd(index) => {
                if let Some(heading) = self.page.page.headings.get(*index) {
                    self.html(heading_end(heading));
                }
            }
            Piece::Fence(index) => {
                if let Some(html) = self.fences.get(*index) {
                    self.out.push(Said::Html(CowStr::Borrowed(html)));
                    let fence = self.page.page.fences.get(*index).filter(|_| !html.is_empty());
                    if let (Some(children), Some(fence)) = (self.asked(), fence) {
                        children.push(fence_child(fence, html));
                    }
                }
            }
            Piece::ComponentStart(index) => {
                let around = self.open.last().map(|open| open.seat.own);
                let seat = Seat { own: *index, index: std::mem::take(&mut self.children), around };
                let before = std::mem::take(&mut self.out);
                let asked = self.stage().wants_children(*index).then(Vec::new);
                self.open.push(Around { seat, before, asked });
            }
            Piece::ComponentEnd(_) => self.end_component()?,
            Piece::Expression(index) => self.out.extend(literal(self.page, *index)),
            // A page as its readers see it has none.
            Piece::Tag(_) => {}
        }
        Ok(())
    }

    /// What is neither a fence nor a component leaves its parent without a list of children.
    fn mix(&mut self, event: &Event) {
        let is_nothing = match event {
            Event::Text(text) => text.trim().is_empty(),
            Event::Html(text) | Event::InlineHtml(text) => {
                text.trim().is_empty() || (text.starts_with("<!--") && text.trim_end().ends_with("-->"))
            }
            Event::SoftBreak | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => true,
            _ => false,
        };
        if let Some(open) = self.open.last_mut().filter(|_| !is_nothing) {
            open.asked = None;
        }
    }

    fn stage(&self) -> Stage<'a> {
        Stage { tera: self.tera, page: self.page, links: self.links }
    }

    /// The children of the innermost component, where somebody asks for them.
    fn asked(&mut self) -> Option<&mut Vec<Child>> {
        self.open.last_mut()?.asked.as_mut()
    }

    fn end_component(&mut self) -> Result<(), tera::Error> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let inside = std::mem::replace(&mut self.out, open.before);
        self.children = open.seat.index + 1;
        let Some(value) = self.page.page.components.get(open.seat.own) else { return Ok(()) };
        let inside = Inside { html: written(inside.into_iter()), children: open.asked.unwrap_or_default() };
        let stage = self.stage();
        let html = stage.component(open.seat, inside)?;
        if let Some(children) = self.asked() {
            children.push(stage.child(open.seat.own, html.clone()));
        }
        self.out.push(match value.place {
            Place::Block => Said::Html(html.into()),
            Place::Inline => Said::InlineHtml(html.into()),
        });
        Ok(())
    }

    fn markdown(&mut self, event: &'a Event) {
        match event {
            Event::Start(Tag::Table(_)) => {
                self.html(
                    "<div class=\"table\" role=\"region\" aria-label=\"Table\" tabindex=\"0\">".to_owned(),
                );
                self.out.push(event.lent());
            }
            Event::End(TagEnd::Table) => {
                self.out.push(event.lent());
                self.html("</div>\n".to_owned());
            }
            Event::Start(Tag::BlockQuote(Some(kind))) => self.html(alert_start(*kind)),
            Event::End(TagEnd::BlockQuote(Some(_))) => self.html("</aside>\n".to_owned()),
            Event::Start(Tag::Link(target) | Tag::Image(target)) => {
                let mut lent = event.lent();
                if let Said::Start(Lent::Link { dest_url, .. } | Lent::Image { dest_url, .. }) = &mut lent {
                    *dest_url = self.links.target(self.page, &target.address).into();
                }
                self.out.push(lent);
            }
            Event::Start(Tag::HtmlBlock) => {
                self.raw = Html::default();
                self.out.push(event.lent());
            }
            Event::Html(text) => {
                let addresses = self.raw.addresses(text);
                self.out.push(Said::Html(self.links.raw(self.page, text, addresses)));
            }
            Event::InlineHtml(text) => {
                let addresses = Html::default().addresses(text);
                self.out.push(Said::InlineHtml(self.links.raw(self.page, text, addresses)));
            }
            Event::InlineMath(tex) => self.out.push(Said::InlineHtml(math(tex, DisplayMode::Inline).into())),
            Event::DisplayMath(tex) => self.out.push(Said::InlineHtml(math(tex, DisplayMode::Block).into())),
            Event::FootnoteReference(label) => self.reference(label),
            Event::TaskListMarker(is_done) => {
                let (checked, label) = if *is_done { (" checked=\"\"", "Done") } else { ("", "To do") };
                let html =
                    format!("<input disabled=\"\" type=\"checkbox\"{checked} aria-label=\"{label}\"/>\n");
                self.out.push(Said::InlineHtml(html.into()));
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let number = self.footnotes.number(label);
                let before = std::mem::take(&mut self.out);
                self.footnotes.open.push((number, before));
            }
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((number, before)) = self.footnotes.open.pop() {
                    let text = std::mem::replace(&mut self.out, before);
                    self.footnotes.texts.push((number, text));
                }
            }
            _ => self.out.push(event.lent()),
        }
    }

    fn reference(&mut self, label: &str) {
        let number = self.footnotes.number(label);
        let times = self.footnotes.referred.entry(number).or_default();
        *times += 1;
        // Only the first reference is led back to, so only it has an anchor.
        let anchor = if *times == 1 { format!(" id=\"footnote-ref-{number}\"") } else { String::new() };
        let html = format!(
            "<sup class=\"footnote-reference\"><a{anchor} href=\"#footnote-{number}\" \
             aria-label=\"Footnote {number}\">{number}</a></sup>"
        );
        self.out.push(Said::InlineHtml(html.into()));
    }

    /// Appends the footnotes.
    fn close(&mut self) {
        let mut texts = std::mem::take(&mut self.footnotes.texts);
        if texts.is_empty() {
            return;
        }
        texts.sort_by_key(|(number, _)| *number);
        self.html("<section class=\"footnotes\" aria-label=\"Footnotes\">\n<ol>\n".to_owned());
        for (number, text) in texts {
            self.html(format!("<li id=\"footnote-{number}\" value=\"{number}\">\n"));
            // The way back stands at the end of the last line, where there is one.
            let last = matches!(text.last(), Some(Said::End(TagEnd::Paragraph)));
            let kept = text.len() - usize::from(last);
            let mut text = text.into_iter();
            self.out.extend(text.by_ref().take(kept));
            if self.footnotes.referred.contains_key(&number) {
                let html = format!(
                    " <a class=\"footnote-back\" href=\"#footnote-ref-{number}\" \
                     aria-label=\"Back to the text\">\u{21a9}\u{fe0e}</a>"
                );
                self.out.push(Said::InlineHtml(html.into()));
            }
            self.out.extend(text);
            self.html("</li>\n".to_owned());
        }
        self.html("</ol>\n</section>\n".to_owned());
    }

    fn html(&mut self, html: String) {
        self.out.push(Said::Html(html.into()));
    }
}

fn heading_end(heading: &Heading) -> String {
    let mut out = String::from("<a class=\"anchor\" href=\"#");
    push_escaped(&mut out, &heading.id);
    out.push_str("\" aria-label=\"Link to “");
    push_escaped(&mut out, &heading.text);
    // Writing to a string cannot fail.
    let _written = writeln!(out, "”\">#</a></h{}>", heading.level);
    out
}

fn alert_start(kind: BlockQuoteKind) -> String {
    let (class, title, icon) = match kind {
        BlockQuoteKind::Note => ("note", "Note", "info"),
        BlockQuoteKind::Tip => ("tip", "Tip", "lightbulb"),
        BlockQuoteKind::Important => ("important", "Important", "message-square-warning"),
        BlockQuoteKind::Warning => ("warning", "Warning", "triangle-alert"),
        BlockQuoteKind::Caution => ("caution", "Caution", "octagon-alert"),
    };
    let icon = icons::html(icon, "", "");
    format!(
        "<aside class=\"alert {class}\" aria-label=\"{title}\">\n<p class=\"alert-title\">{icon}{title}</p>\n"
    )
}
