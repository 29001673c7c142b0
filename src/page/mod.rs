//! One Markdown file as a value, read once: everything that follows takes it from here.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use pulldown_cmark::Event;

use crate::data::Node;
use crate::diagnostics::Diagnostic;
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
    /// The links and images in order.
    pub links: Vec<Link>,
    /// What is wrong with the page as such.
    pub diagnostics: Vec<Diagnostic>,
}

/// The front matter of a page.
#[derive(Clone, Debug, Default)]
pub struct Front {
    /// The title; else the first heading of level one, else the file name.
    pub title: String,
    /// The title in the navigation, where it differs.
    pub nav_title: Option<String>,
    /// What the page says, in a sentence (`description`, or `summary`).
    pub description: Option<String>,
    /// The place among its siblings; smaller comes first, pages without one last by title.
    pub weight: Option<i64>,
    /// Not shown in the navigation.
    pub hidden: bool,
    /// Attributes for all fences of the page (`examples:`), as the text of an info string without language.
    pub examples: Option<ExampleAttributes>,
    /// All of it, for templates.
    pub data: Option<Node>,
}

/// A piece of the body.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Markdown that needs no thought.
    Markdown(Event<'static>),
    /// The start of the heading of this index.
    HeadingStart(usize),
    /// Its end.
    HeadingEnd(usize),
    /// The fence of this index.
    Fence(usize),
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The anchor, unique on the page.
    pub id: String,
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

/// The attributes of a fence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// `title=`, `filename=`, `label=`, or bare words.
    pub title: Option<String>,
    /// `{1,3-5}` or `highlight=`: lines from one.
    pub highlight: Vec<RangeInclusive<u32>>,
    /// `focus=`: lines from one.
    pub focus: Vec<RangeInclusive<u32>>,
    /// `lines`: line numbers are shown.
    pub lines: bool,
    /// `wrap`: long lines are broken.
    pub wrap: bool,
    /// `expandable`: shown folded.
    pub expandable: bool,
    /// `icon=`.
    pub icon: Option<String>,
    /// `diff`: lines that begin with `+` or `-` are changes.
    pub diff: bool,
    /// What the verifier reads.
    pub example: ExampleAttributes,
    /// Unknown `key=value` pairs, for the theme.
    pub other: Vec<(String, String)>,
}

/// A value with the place of the attribute that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// The attribute in the file.
    pub span: Span,
}

/// The attributes that the verifier reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExampleAttributes {
    /// `ignore="reason"`: not an example.
    pub ignore: Option<Placed<String>>,
    /// `no_run`: checked, but nothing is sent.
    pub no_run: bool,
    /// `should_fail`: it must fail, one way or another.
    pub should_fail: Option<Placed<()>>,
    /// `status=401`: the HTTP status of its last answer.
    pub status: Option<Placed<u16>>,
    /// `exit=22`: the exit status of its command.
    pub exit: Option<Placed<i32>>,
    /// `error="text"`: a text that its failure says.
    pub error: Option<Placed<String>>,
    /// `client=`: the profile whose configuration it is.
    pub client: Option<Placed<String>>,
    /// `schema=`: a schema file, from the root of the site.
    pub schema: Option<Placed<String>>,
    /// `at=models.providers`: where a fragment belongs.
    pub at: Option<Placed<String>>,
    /// `name=`: what others call it.
    pub name: Option<Placed<String>>,
    /// `needs=a,b`: what runs before it.
    pub needs: Vec<Placed<String>>,
    /// `continued`: it goes on where the example before it ended.
    pub continued: bool,
    /// `session=name`: shares its state with others of the name.
    pub session: Option<Placed<String>>,
    /// `response` or `response=name`: an expectation of the example before, or of `name`.
    pub response: Option<Placed<Option<String>>>,
    /// `output`: what the example before prints.
    pub output: bool,
    /// `match=exact|subset|shape`.
    pub matching: Option<Placed<String>>,
    /// `env="K=V"`, in order.
    pub env: Vec<(String, String)>,
    /// `timeout=30s`.
    pub timeout: Option<Duration>,
    /// `retry=2`: further tries.
    pub retry: u32,
    /// `fault=429*2,500`: as written; read by the gateway.
    pub fault: Option<Placed<String>>,
    /// `live`: only against a live gateway.
    pub live: bool,
    /// `hidden`: runs, is not shown.
    pub hidden: bool,
}

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
