//! What a page holds by our own parse.

use proofpress::page::{AttributeValue, Component, Event, Page, Piece, Tag};
use pulldown_cmark::LinkType;

use super::Fact;

/// The facts of a page in order.
pub(crate) fn facts(page: &Page) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (piece, span) in &page.pieces {
        let line = page.source.position(span.start).line as usize;
        match piece {
            Piece::HeadingStart(index) => {
                if let Some(heading) = page.headings.get(*index) {
                    facts.push(Fact::heading(heading.level, &heading.text, line));
                }
            }
            Piece::Fence(index) => {
                if let Some(fence) = page.fences.get(*index) {
                    let line = page.source.position(fence.span.start).line as usize;
                    facts.push(Fact::fence(page.source.slice(fence.info), fence.body.text(), line));
                }
            }
            Piece::ComponentStart(index) => {
                if let Some(component) = page.components.get(*index) {
                    let line = page.source.position(component.span.start).line as usize;
                    facts.push(Fact::open(&component.name, &attributes(component), line));
                }
            }
            Piece::ComponentEnd(index) => {
                if let Some(component) = page.components.get(*index) {
                    facts.push(Fact::new(format!("</{}>", component.name), line));
                }
            }
            Piece::Markdown(Event::Start(Tag::Link(target))) => {
                let mail = if target.kind == LinkType::Email { "mailto:" } else { "" };
                facts.push(Fact::new(format!("[]({mail}{})", target.address), line));
            }
            Piece::Markdown(Event::Start(Tag::Image(image))) => {
                facts.push(Fact::new(format!("![]({})", image.address), line));
            }
            Piece::HeadingEnd(_) | Piece::Expression(_) | Piece::Tag(_) | Piece::Markdown(_) => {}
        }
    }
    facts
}

/// The attributes of a component as a judge compares them: the value of a text, of all others the name alone.
fn attributes(component: &Component) -> Vec<(String, Option<String>)> {
    let attributes = component.attributes.iter();
    attributes
        .map(|attribute| {
            let value = match &attribute.value {
                AttributeValue::Text(text) => Some(text.clone()),
                AttributeValue::Flag | AttributeValue::Data(_) | AttributeValue::Expression(_) => None,
            };
            (attribute.name.clone(), value)
        })
        .collect()
}
