//! Components: tags of a page that a template shows.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser};

use super::expression::way;
use super::slug::slug;
use crate::data::{self, Syntax, Value};
use crate::source::{Source, Span};

/// A component of a page.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name as written.
    pub name: String,
    /// Where the name stands in the opening tag.
    pub name_span: Span,
    /// From the opening to the closing tag.
    pub span: Span,
    /// Its attributes in order, duplicates included.
    pub attributes: Vec<Attribute>,
    /// Whether it stands in a line of text.
    pub place: Place,
    /// Whether its name is one of [`Names`].
    pub known: bool,
    /// Its anchor, unique on the page, where its title or name gives one.
    pub id: Option<String>,
    /// What it answers to beside, so that links to it keep working that were made for another generator.
    pub aliases: Vec<String>,
    /// The file in which it stands, where it comes from another one than the page.
    pub home: Option<Arc<Source>>,
}

/// The attributes that give a component its anchor, and what stands before it; the anchors are those of
/// mintlify.com/docs, read 2026-11-23.
const TITLES: [(&str, &[&str], &str); 8] = [
    ("Accordion", &["title"], ""),
    ("Expandable", &["title"], ""),
    ("ParamField", &["query", "path", "body", "header"], "param-"),
    ("ResponseField", &["name"], "param-"),
    ("Step", &["title"], ""),
    ("Tab", &["title"], ""),
    ("Update", &["label"], ""),
    ("View", &["title"], ""),
];

impl Component {
    /// The value of an attribute, where it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|attribute| attribute.name == name).and_then(|attribute| match &attribute
            .value
        {
            AttributeValue::Text(text) => Some(text.as_str()),
            AttributeValue::Flag | AttributeValue::Data(_) | AttributeValue::Expression(_) => None,
        })
    }

    /// Puts the values of variables in place of their names in the attributes, where `value` knows them.
    pub fn resolve(&mut self, value: impl Fn(&[String]) -> Option<Value>) {
        for attribute in &mut self.attributes {
            if let AttributeValue::Expression(text) = &attribute.value
                && let Some(found) = way(text).and_then(|way| value(&way))
            {
                attribute.value = AttributeValue::from(&found);
            }
        }
    }

    /// The anchor that its attributes ask for: an `id`, or one of its title or name.
    pub fn wanted_id(&self) -> Option<String> {
        if let Some(id) = self.text("id").filter(|id| !id.is_empty()) {
            return Some(id.to_owned());
        }
        let (_, _, prefix) = TITLES.iter().find(|(name, ..)| *name == self.name)?;
        let id = slug(&self.title()?);
        (!id.is_empty()).then(|| format!("{prefix}{id}"))
    }

    /// The text that readers see of the title or name that gives it its anchor.
    pub(super) fn title(&self) -> Option<Cow<'_, str>> {
        let (_, attributes, prefix) = TITLES.iter().find(|(name, ..)| *name == self.name)?;
        let title = attributes.iter().find_map(|name| self.text(name).filter(|text| !text.is_empty()))?;
        Some(if prefix.is_empty() { without_markup(title) } else { Cow::Borrowed(title) })
    }
}

/// A title without the marks of Markdown.
fn without_markup(title: &str) -> Cow<'_, str> {
    if !title.contains(['`', '*', '_', '[', '~', '\\', '&']) {
        return Cow::Borrowed(title);
    }
    // Behind a word, nothing but the marks of a line means anything.
    let line = format!("title {title}");
    let mut out = String::with_capacity(line.len());
    for event in Parser::new_ext(&line, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => out.push_str(&text),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            _ => {}
        }
    }
    out.strip_prefix("title ").map_or(Cow::Borrowed(title), |text| Cow::Owned(text.to_owned()))
}

/// Where a component stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Among blocks, with blocks inside.
    Block,
    /// In a line of text.
    Inline,
}

/// An attribute of a component.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Its value.
    pub value: AttributeValue,
    /// Where the value stands, quotes or braces included; empty, behind the name, for a flag.
    pub value_span: Span,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    /// No value: the name alone.
    Flag,
    /// A text in quotes, entities decoded.
    Text(String),
    /// `{2}`, `{true}`, `{["a", "b"]}`: data in braces; its spans count from the opening brace on.
    Data(Value),
    /// Something else in braces, as written.
    Expression(String),
}

impl AttributeValue {
    /// The value of what stands between braces.
    pub(super) fn braced(text: &str) -> Self {
        let trimmed = text.trim();
        let template = trimmed.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
        if let Some(plain) = template.filter(|text| !text.contains(['`', '\\']) && !text.contains("${")) {
            return Self::Text(plain.to_owned());
        }
        let (document, problems) = data::parse(text, Syntax::Json5).into_parts();
        let is_data = problems.is_empty() && !document.fragment && !document.sketch;
        match document.root.value {
            Value::String(text) if is_data => Self::Text(text),
            Value::Elided => Self::Expression(trimmed.to_owned()),
            value if is_data && !trimmed.is_empty() => Self::Data(value),
            _ => Self::Expression(trimmed.to_owned()),
        }
    }

    /// The value of a text in quotes.
    pub(super) fn quoted(text: &str) -> Self {
        Self::Text(unescaped(text))
    }
}

/// The text of an attribute with its entities decoded.
pub(super) fn unescaped(text: &str) -> String {
    let mut decoded = text.to_owned();
    if decoded.contains('&') {
        // The ampersand comes last, or `&amp;lt;` would be decoded twice.
        for (entity, letter) in ENTITIES {
            decoded = decoded.replace(entity, letter);
        }
    }
    decoded
}

/// The entities that stand in attributes.
const ENTITIES: [(&str, &str); 7] = [
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", "\u{a0}"),
    ("&amp;", "&"),
];

/// The names of the components that pages can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(BTreeMap<String, Place>);

/// Components that stand in a line of text.
const INLINE: [&str; 4] = ["Badge", "Icon", "Latex", "Tooltip"];

/// Components that hold blocks. The names of both are those of mintlify.com/docs/components, read 2026-11-23.
const BLOCK: [&str; 46] = [
    "Accordion",
    "AccordionGroup",
    "Banner",
    "Callout",
    "Card",
    "CardGroup",
    "Check",
    "CodeGroup",
    "Color",
    "Color.Item",
    "Color.Row",
    "Column",
    "Columns",
    "Danger",
    "Expandable",
    "FileTree",
    "Frame",
    "GitHub.Repo",
    "Github.Repo",
    "Info",
    "Mermaid",
    "Note",
    "Panel",
    "ParamField",
    "Popup",
    "PopupContent",
    "PopupTrigger",
    "Prompt",
    "RequestExample",
    "ResponseExample",
    "ResponseField",
    "Snippet",
    "Step",
    "Steps",
    "Tab",
    "Tabs",
    "Tile",
    "Tiles",
    "Tip",
    "Tree",
    "Tree.File",
    "Tree.Folder",
    "Update",
    "View",
    "Visibility",
    "Warning",
];

impl Default for Names {
    /// The built-in components.
    fn default() -> Self {
        let block = BLOCK.iter().map(|name| ((*name).to_owned(), Place::Block));
        let inline = INLINE.iter().map(|name| ((*name).to_owned(), Place::Inline));
        Self(block.chain(inline).collect())
    }
}

impl Names {
    /// Adds a component of a site; one that is built in keeps its place.
    pub fn add(&mut self, name: &str) {
        self.0.entry(name.to_owned()).or_insert(Place::Block);
    }

    /// Where the component of this name stands; none for an unknown name.
    pub fn place(&self, name: &str) -> Option<Place> {
        self.0.get(name).copied()
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
