//! What the HTML of a page tells.

use super::html::{Element, Node};
use super::story::{Item, Story, has_raw_tag, shape_of};

/// Classes of what we add for the reader's use.
const ADDED: [&str; 8] =
    ["alias", "anchor", "card-image", "contents-inline", "copy", "evidence", "expand", "lead"];

/// Classes of the texts that the frame of a component shows.
const FRAME: [&str; 8] = [
    "alert-title",
    "card-cta",
    "code-group-title",
    "component-title",
    "frame-hint",
    "prompt-head",
    "tile-text",
    "update-head",
];

/// The story of a page, and what is wrong with how it is told.
pub(crate) fn story(article: &Element) -> (Story, Vec<String>) {
    let mut reader = Reader::default();
    reader.inside(article);
    reader.story.flush();
    (reader.story, reader.wrong)
}

#[derive(Default)]
struct Reader {
    story: Story,
    /// The places of the components that are open.
    open: Vec<usize>,
    wrong: Vec<String>,
}

impl Reader {
    fn inside(&mut self, parent: &Element) {
        for child in &parent.children {
            match child {
                Node::Text(text) => {
                    if has_raw_tag(text) && parent.name != "code" {
                        self.wrong.push(format!("a raw tag stands in {text:?}"));
                    }
                    self.story.say(text, 0);
                }
                Node::Element(element) => self.element(element),
            }
        }
    }

    fn element(&mut self, element: &Element) {
        let name = element.name.as_str();
        if name == "svg" || ADDED.iter().any(|class| element.has_class(class)) {
            return;
        }
        if name == "h1" && element.attribute("id").is_empty() && self.story.items.is_empty() {
            return;
        }
        if self.is_frame(element) {
            return self.frame(element);
        }
        if name == "figure" && (element.has_class("fence") || element.has_class("diagram")) {
            let code = element.find(&|inner| inner.name == "pre").map(Element::text);
            return self.story.fence(&code.unwrap_or_default(), 0);
        }
        if element.has_class("code-tabs") {
            // The fences of a group, each behind its title.
            for tab in element.elements() {
                tab.elements().filter(|inner| inner.name != "summary").for_each(|inner| self.inside(inner));
            }
            return;
        }
        if let Some(shape) = shape_of(name, &|class| element.has_class(class)) {
            return self.component(element, &shape);
        }
        let is_heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        if is_heading {
            self.story.put(format!("{name}#{}", element.attribute("id")), 0);
        }
        let end = self.story.element_of(element);
        self.inside(element);
        self.story.end(end);
        if is_heading {
            self.story.seal();
        }
    }

    fn component(&mut self, element: &Element, shape: &str) {
        self.story.flush();
        self.open.push(self.story.items.len());
        self.story.items.push(Item { text: shape.to_owned(), ..Item::default() });
        self.inside(element);
        self.story.put(format!("end of {shape}"), 0);
        self.open.pop();
    }

    /// Whether an element belongs to the frame of the innermost component.
    fn is_frame(&self, element: &Element) -> bool {
        let Some(open) = self.open.last().and_then(|open| self.story.items.get(*open)) else { return false };
        let is_summary = element.name == "summary"
            && ["details.", "section.prompt"].iter().any(|shape| open.text.starts_with(shape));
        let is_tip = element.has_class("tip") && open.text == "span.tooltip";
        let is_caption = element.name == "figcaption" && open.text == "figure.frame";
        is_summary || is_caption || is_tip || FRAME.iter().any(|class| element.has_class(class))
    }

    fn frame(&mut self, element: &Element) {
        self.story.flush();
        let Some(open) = self.open.last().and_then(|open| self.story.items.get_mut(*open)) else { return };
        open.said.push(element.text_without("anchor"));
        open.leads |= element.find(&|inner| inner.name == "a" && !inner.has_class("anchor")).is_some();
    }
}

impl Story {
    fn element_of(&mut self, element: &Element) -> Option<&'static str> {
        self.element(&element.name, &|name| element.attribute(name).to_owned(), 0)
    }
}
