//! One Markdown file as a value, read once: everything that follows takes it from here.

mod anchors;
mod attributes;
mod body;
mod components;
mod event;
mod expression;
mod find;
mod front;
mod html;
mod info;
mod jsx;
mod lines;
mod module;
mod regions;
mod scan;
mod slug;
mod tag;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use anchors::Anchors;
pub use attributes::{Allowed, Attributes, ExampleAttributes, Placed, duration};
pub use components::{Attribute, AttributeValue, Component, Names, Place};
pub use event::{Event, Tag, Target};
pub use expression::{Expression, way};
pub use front::{Front, Mode};
pub use html::{Address, Html, is_element};
pub use jsx::HtmlTag;
pub use module::{
    CHILDREN, Export, ExportValue, Import, Imported, ImportedName, Module, Parameter, Parameters, Template,
    member, shown,
};
pub use slug::{Slugger, slug};

use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::source::{Excerpt, Source, Span};

/// A page as read.
#[derive(Clone, Debug)]
pub struct Page {
    /// The file.
    pub source: Arc<Source>,
    /// What stands above the text between `---` lines.
    pub front: Front,
    /// The body in order, each piece with its place in the file.
    pub pieces: Vec<(Piece, Span)>,
    /// The headings in order.
    pub headings: Vec<Heading>,
    /// The fences in order, also those that the Markdown rules would swallow.
    pub fences: Vec<Fence>,
    /// The components in the order of their opening tags.
    pub components: Vec<Component>,
    /// The links and images in order.
    pub links: Vec<Link>,
    /// What it imports and exports.
    pub module: Arc<Module>,
    /// The names in braces whose values the page does not know by itself.
    pub expressions: Vec<Expression>,
    /// The tags of raw HTML with values that the page does not know by itself.
    pub tags: Vec<HtmlTag>,
    /// What is wrong with the page as such.
    pub diagnostics: Vec<Diagnostic>,
    anchors: Anchors,
}

/// A piece of the body.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Markdown that needs no thought.
    Markdown(Event),
    /// The start of the heading of this index.
    HeadingStart(usize),
    /// Its end.
    HeadingEnd(usize),
    /// The fence of this index.
    Fence(usize),
    /// The start of the component of this index; what follows up to its end is inside.
    ComponentStart(usize),
    /// Its end; what starts inside a component or an element ends there.
    ComponentEnd(usize),
    /// The expression of this index; it is shown as written where nobody knows its value.
    Expression(usize),
    /// The tag of raw HTML of this index; there is none in a page as its readers see it.
    Tag(usize),
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The anchor, unique on the page.
    pub id: String,
    /// What it answers to beside, so that links to it keep working that were made for another generator.
    pub aliases: Vec<String>,
    /// Its text without markup.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A fenced code block.
#[derive(Clone, Debug)]
pub struct Fence {
    /// From the opening to the closing line.
    pub span: Span,
    /// The info string.
    pub info: Span,
    /// The first word, in lower case; empty where there is none.
    pub language: String,
    /// Its attributes, those of the page and of a comment above it included.
    pub attributes: Attributes,
    /// The code, without the indentation of the fence.
    pub body: Excerpt,
    /// The Markdown rules would not have shown it as code.
    pub swallowed: bool,
}

/// A formula that is longer is not read: what it nests is read and written one inside the other.
pub const LONGEST_FORMULA: usize = 4096;

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The target as written.
    pub target: String,
    /// Where the link stands.
    pub span: Span,
    /// Whether it is an image.
    pub image: bool,
}

impl Page {
    /// Reads a file; never fails, and what is wrong stands in [`Page::diagnostics`].
    pub fn parse(source: Arc<Source>) -> Self {
        Self::parse_with(source, &Names::default())
    }

    /// Reads a file whose components are those of `names`.
    pub fn parse_with(source: Arc<Source>, names: &Names) -> Self {
        let mut diagnostics = Vec::new();
        let (mut front, start) = front::read(&source, &mut diagnostics);
        let mut problems = Vec::new();
        let dollars = if front.math { find::Dollars::BeginFormulas } else { find::Dollars::AreText };
        let body = body::read(&source, start, names, dollars, &mut problems);
        diagnostics.extend(problems.into_iter().map(|problem| problem.of(&source)));
        let fences = body
            .fences
            .into_iter()
            .map(|found| fence(&source, found, front.examples.as_ref(), &mut diagnostics))
            .collect();
        if front.title.is_empty() {
            let first = body.headings.iter().find(|heading| heading.level == 1);
            front.title = first.map_or_else(|| stem(source.path()), |heading| heading.text.clone());
        }
        let (pieces, headings, links) = (body.pieces, body.headings, body.links);
        let (components, module) = (body.components, Arc::new(body.module));
        let (expressions, tags, anchors) = (body.expressions, body.tags, body.anchors);
        Self {
            source,
            front,
            pieces,
            headings,
            fences,
            components,
            links,
            module,
            expressions,
            tags,
            diagnostics,
            anchors,
        }
    }

    /// Whether a heading, a component or an HTML tag of the page has this anchor, or answers to it.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.anchors.has(anchor)
    }

    /// Looks anew for the anchors of the page, whose headings and components have their ids and aliases.
    pub fn find_anchors(&mut self) {
        self.anchors = Anchors::of(&self.headings, &self.components, &self.pieces);
    }

    /// All anchors of the page in order, aliases included.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        self.anchors.iter()
    }
}

/// The name of a file without its folder and its ending.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

/// Understands what was found: the language, the attributes, and what is wrong with them.
fn fence(
    source: &Arc<Source>,
    found: find::Found,
    defaults: Option<&ExampleAttributes>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Fence {
    let mut say = |problem: Problem| diagnostics.push(problem.of(source));
    let info = Span::from(found.info);
    let span = Span::from(found.span);
    let text = source.slice(info);
    let (language, length) = info::language(text);
    let example = defaults.cloned().unwrap_or_default();
    let mut attributes = Attributes { example, ..Attributes::default() };
    if let Some(comment) = found.comment {
        attributes.read(source.slice(comment), comment.start).into_iter().for_each(&mut say);
    }
    let rest = text.get(length..).unwrap_or_default();
    let start = info.end - Span::new(0, rest.len()).len();
    attributes.read(rest, start).into_iter().for_each(&mut say);
    let line = Span { start: span.start, end: info.end };
    if !found.closed {
        let message = "this fence is never closed";
        say(Problem::new(Code::UnclosedFence, line, message)
            .help("write a line with the same marks where it ends"));
    }
    if found.swallowed && !found.in_component {
        let message = "this fence stands where the Markdown rules do not see it";
        let help = "leave a blank line above and below it, and indent it like the text around it";
        say(Problem::new(Code::HiddenFence, line, message).help(help));
    }
    Fence {
        span,
        info,
        language: language.to_lowercase(),
        attributes,
        body: found.body,
        swallowed: found.swallowed,
    }
}
