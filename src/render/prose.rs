//! Markdown of the settings as HTML: a line such as that of the banner, or a few blocks.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};

use super::links::Links;

/// A line: without the paragraph around it.
pub(super) fn line(text: &str, links: Links<'_>) -> String {
    let is_around =
        |event: &Event<'_>| matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
    written(events(text, links).filter(|event| !is_around(event))).trim_end().to_owned()
}

/// Blocks.
pub(super) fn blocks(text: &str, links: Links<'_>) -> String {
    written(events(text, links))
}

fn written<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

fn events<'a>(text: &'a str, links: Links<'a>) -> impl Iterator<Item = Event<'a>> {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    Parser::new_ext(text, options).map(move |event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = Cow::<str>::from(links.address(&dest_url)).into_owned().into();
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // Tags of components have no meaning here, and would be none of HTML.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    })
}
