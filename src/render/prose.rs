//! Markdown of the settings as HTML: a line such as that of the banner, or a few blocks.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::body::written;
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

fn events<'a>(text: &'a str, links: Links<'a>) -> impl Iterator<Item = Event<'a>> {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
    Parser::new_ext(text, options).map(move |event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = links.address(&dest_url).into();
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // Tags of components have no meaning here, and would be none of HTML.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        event => event,
    })
}
