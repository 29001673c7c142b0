//! What the source of a page tells, by the tree that the `markdown` crate reads.

use std::collections::HashMap;

use markdown::mdast::{AttributeContent, AttributeValue, Heading, Node, Table};

use super::mdx;
use super::slug::Slugs;
use super::story::{Item, Story, shape};

/// The attributes whose text readers see.
const SAID: [&str; 14] = [
    "title",
    "description",
    "label",
    "name",
    "path",
    "query",
    "header",
    "body",
    "type",
    "default",
    "caption",
    "tip",
    "headline",
    "cta",
];

/// The components that show their own name where they have no title.
const NAMED: [&str; 6] = ["Check", "Danger", "Info", "Note", "Tip", "Warning"];

/// The story of a page.
pub(crate) fn story(tree: &Node) -> Story {
    let mut teller = Teller { story: Story::default(), slugs: Slugs::default(), definitions: HashMap::new() };
    teller.define(tree);
    teller.node(tree);
    teller.story.flush();
    let mut story = teller.story;
    // A heading of the first level that opens the page is its title, which stands above the text.
    if story.items.first().is_some_and(|first| first.text.starts_with("h1#")) {
        let title = story.items.drain(..2.min(story.items.len())).next_back();
        story.title = title.map(|item| item.text).unwrap_or_default();
    }
    story
}

struct Teller<'a> {
    story: Story,
    slugs: Slugs,
    /// The targets of references by name.
    definitions: HashMap<&'a str, &'a str>,
}

impl<'a> Teller<'a> {
    fn define(&mut self, node: &'a Node) {
        if let Node::Definition(definition) = node {
            self.definitions.entry(&definition.identifier).or_insert(&definition.url);
        }
        for child in node.children().into_iter().flatten() {
            self.define(child);
        }
    }

    fn node(&mut self, node: &'a Node) {
        let line = node.position().map_or(0, |position| position.start.line);
        match node {
            Node::Text(text) => self.story.say(&text.value, line),
            Node::InlineCode(code) => self.story.say(&code.value, line),
            Node::Break(_) => self.story.say(" ", line),
            Node::MdxTextExpression(expression) => self.expression(&expression.value, line),
            Node::MdxFlowExpression(expression) => {
                self.story.flush();
                self.expression(&expression.value, line);
                self.story.flush();
            }
            Node::Code(code) => self.story.fence(&code.value, line),
            Node::ThematicBreak(_) => self.story.put("rule", line),
            Node::Image(image) => self.story.image(&image.alt, line),
            Node::ImageReference(image) => self.story.image(&image.alt, line),
            Node::Link(found) => {
                self.story.link(&found.url, line);
                self.children(node);
            }
            Node::LinkReference(found) => {
                let target = self.definitions.get(found.identifier.as_str()).copied().unwrap_or_default();
                self.story.link(target, line);
                self.children(node);
            }
            Node::Heading(heading) => self.heading(heading, node, line),
            Node::Table(table) => self.table(table),
            Node::MdxJsxFlowElement(element) => {
                self.element(element.name.as_deref(), &element.attributes, node, line);
            }
            Node::MdxJsxTextElement(element) => {
                self.element(element.name.as_deref(), &element.attributes, node, line);
            }
            Node::ListItem(item) => {
                self.story.put("item", line);
                if item.checked.is_some() {
                    self.story.put("[box]", line);
                }
                self.children(node);
                self.story.put("end of item", line);
            }
            Node::Blockquote(_) => self.quote(node, line),
            Node::Paragraph(_) => {
                self.story.flush();
                self.children(node);
                self.story.flush();
            }
            _ => self.children(node),
        }
    }

    fn children(&mut self, node: &'a Node) {
        for child in node.children().into_iter().flatten() {
            self.node(child);
        }
    }

    /// What stands in braces is shown as it is, a comment is not.
    fn expression(&mut self, value: &str, line: usize) {
        if !mdx::is_comment(value) {
            self.story.say(&format!("{{{value}}}"), line);
        }
    }

    fn heading(&mut self, heading: &Heading, node: &'a Node, line: usize) {
        let mut text = String::new();
        mdx::push_text(node, &mut text);
        let id = self.slugs.next(text.trim());
        self.story.put(format!("h{}#{id}", heading.depth), line);
        self.children(node);
        self.story.seal();
    }

    /// Every row has as many cells as the first.
    fn table(&mut self, table: &'a Table) {
        let columns = table.align.len();
        for row in &table.children {
            let cells = row.children().into_iter().flatten().map(Some);
            for cell in cells.chain(std::iter::repeat(None)).take(columns) {
                self.story.put("cell", 0);
                if let Some(cell) = cell {
                    self.children(cell);
                }
            }
        }
        self.story.flush();
    }

    /// A quote, or an alert in the form of GitHub: `> [!NOTE]`.
    fn quote(&mut self, node: &'a Node, line: usize) {
        self.story.put("quote", line);
        self.children(node);
        self.story.put("end of quote", 0);
    }

    fn element(&mut self, name: Option<&str>, attributes: &[AttributeContent], node: &'a Node, line: usize) {
        let text = |wanted: &str| attributes.iter().find_map(|attribute| literal(attribute, wanted));
        let Some(name) = name else { return self.children(node) };
        let Some(shape) = shape(name) else {
            let is_html = name.starts_with(|letter: char| letter.is_ascii_lowercase());
            let attribute = |name: &str| text(name).unwrap_or_default().to_owned();
            let end = if is_html { self.story.element(name, &attribute, line) } else { None };
            self.children(node);
            return self.story.end(end);
        };
        self.story.flush();
        let mut said: Vec<String> = SAID
            .iter()
            .filter_map(|name| text(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect();
        if NAMED.contains(&name) && text("title").is_none() {
            said.push(name.to_owned());
        }
        let leads = text("href").is_some();
        self.story.items.push(Item { text: shape.clone(), line, said, leads, ..Item::default() });
        self.children(node);
        self.story.put(format!("end of {shape}"), 0);
    }
}

/// The text of an attribute of this name.
fn literal<'a>(attribute: &'a AttributeContent, wanted: &str) -> Option<&'a str> {
    match attribute {
        AttributeContent::Property(property) if property.name == wanted => match &property.value {
            Some(AttributeValue::Literal(text)) => Some(text),
            Some(AttributeValue::Expression(_)) | None => None,
        },
        AttributeContent::Property(_) | AttributeContent::Expression(_) => None,
    }
}
