//! The front matter of a page: split off, read, and held against what we know.

mod keys;

use std::sync::Arc;

use super::attributes::{ExampleAttributes, Placed};
use crate::data::{self, Node, Number, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity};
use crate::source::{Excerpt, Source, Span};

use keys::{flag, placed, text};

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
    /// The name of its icon.
    pub icon: Option<String>,
    /// The style of its icon.
    pub icon_type: Option<String>,
    /// A word that stands beside its title in the navigation.
    pub tag: Option<String>,
    /// Not shown in the navigation.
    pub hidden: bool,
    /// Whether search engines are asked to leave it out; none where it does not say.
    pub noindex: Option<bool>,
    /// What it describes is not to be used any more.
    pub deprecated: bool,
    /// `$…$` and `$$…$$` are formulas.
    pub math: bool,
    /// How its template lays it out.
    pub mode: Mode,
    /// The address that it wants in place of that of its file.
    pub permalink: Option<Placed<String>>,
    /// The address elsewhere that its entry in the navigation leads to.
    pub url: Option<Placed<String>>,
    /// The operation that it describes, behind the key that names it: `openapi`, `api` or `asyncapi`.
    pub api: Option<(&'static str, Placed<String>)>,
    /// Words that it is found by.
    pub keywords: Vec<String>,
    /// The address that search engines are to name in place of its own.
    pub canonical: Option<String>,
    /// What search engines and social networks are told of it, by name: `robots`, `og:…` and `twitter:…`.
    pub meta: Vec<(String, String)>,
    /// Attributes for all fences of the page (`examples:`), as the text of an info string without language.
    pub examples: Option<ExampleAttributes>,
    /// All of it, for templates; its spans are those of the file.
    pub data: Option<Node>,
}

/// How a page is laid out, by the words of Mintlify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// With the navigation and its contents.
    #[default]
    Default,
    /// Without its contents.
    Wide,
    /// The text alone, over the whole width.
    Custom,
    /// As [`Mode::Custom`], with the navigation.
    Frame,
    /// Without navigation and contents, in the middle.
    Center,
}

impl Mode {
    fn of(text: &str) -> Self {
        match text {
            "wide" => Self::Wide,
            "custom" => Self::Custom,
            "frame" => Self::Frame,
            "center" => Self::Center,
            _ => Self::Default,
        }
    }

    /// The word that a page writes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Wide => "wide",
            Self::Custom => "custom",
            Self::Frame => "frame",
            Self::Center => "center",
        }
    }
}

/// Where the front matter stands, and where the body begins.
struct Parts {
    syntax: Syntax,
    inner: Span,
    body: usize,
}

/// Reads the front matter; the number is the byte where the body begins.
pub(super) fn read(source: &Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> (Front, usize) {
    let start = if source.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let parts = match split(source.text(), start) {
        Ok(Some(parts)) => parts,
        Ok(None) => return (Front::default(), start),
        Err(problem) => {
            diagnostics.push(problem.of(source));
            return (Front::default(), start);
        }
    };
    let excerpt = Excerpt::verbatim(source, parts.inner);
    let (document, problems) = data::parse(excerpt.text(), parts.syntax).into_parts();
    let is_read = problems.is_empty();
    diagnostics.extend(problems.into_iter().map(|problem| {
        let problem = Problem { code: Code::FrontMatter, ..problem };
        problem.within(&excerpt)
    }));
    let mut root = document.root;
    root.shift(parts.inner.start);
    let mut problems = Vec::new();
    let front = understand(root, &mut problems);
    // What could not be read is not blamed for what it holds.
    diagnostics.extend(problems.into_iter().filter(|_| is_read).map(|problem| problem.of(source)));
    (front, parts.body)
}

/// Front matter stands between two equal lines at the very top; an error where the second one is missing.
fn split(text: &str, start: usize) -> Result<Option<Parts>, Problem> {
    let mut lines = text.get(start..).unwrap_or_default().split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    let (mark, syntax) = match first.trim_end() {
        "---" => ("---", Syntax::Yaml),
        "+++" => ("+++", Syntax::Toml),
        _ => return Ok(None),
    };
    let begin = start + first.len();
    let mut at = begin;
    let mut is_mapping = None;
    for line in lines {
        if line.trim_end() == mark {
            return Ok(Some(Parts { syntax, inner: Span::new(begin, at), body: at + line.len() }));
        }
        is_mapping.get_or_insert_with(|| looks_like_data(line));
        at += line.len();
    }
    if is_mapping != Some(true) {
        // A page may begin with a rule.
        return Ok(None);
    }
    let message = format!("the front matter that begins with `{mark}` never ends");
    let span = Span::new(start, start + mark.len());
    Err(Problem::new(Code::FrontMatter, span, message).help(format!("write a line `{mark}` where it ends")))
}

fn looks_like_data(line: &str) -> bool {
    let end = line.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '-');
    let rest = end.and_then(|end| line.get(end..)).unwrap_or_default().trim_start();
    end.is_some_and(|end| end > 0) && rest.starts_with([':', '='])
}

fn understand(root: Node, problems: &mut Vec<Problem>) -> Front {
    match root.value {
        Value::Object(_) => {}
        Value::Null | Value::Elided => return Front { data: Some(root), ..Front::default() },
        _ => {
            let message = "the front matter is not a map of keys and values";
            problems.push(
                Problem::new(Code::FrontMatter, root.span, message)
                    .help("write lines such as `title: A page`"),
            );
            return Front { data: Some(root), ..Front::default() };
        }
    }
    problems.extend(root.members().iter().filter_map(keys::check));
    let examples = root.get("examples").map(|node| {
        let (attributes, found) = ExampleAttributes::of_page(node);
        problems.extend(found);
        attributes
    });
    let meta = keys::meta(&root);
    let robots = meta.iter().find(|(name, _)| name == "robots");
    let is_left_out = robots.is_some_and(|(_, robots)| robots.to_lowercase().contains("noindex"));
    Front {
        title: text(&root, &["title"]).unwrap_or_default(),
        nav_title: text(&root, &["nav_title", "sidebarTitle"]),
        description: text(&root, &["description", "summary"]),
        weight: weight(&root, problems),
        icon: text(&root, &["icon"]),
        icon_type: text(&root, &["iconType"]),
        tag: text(&root, &["tag"]),
        hidden: flag(&root, "hidden").unwrap_or_default(),
        noindex: flag(&root, "noindex").or(is_left_out.then_some(true)),
        deprecated: flag(&root, "deprecated").unwrap_or_default(),
        math: flag(&root, "math").unwrap_or_default(),
        mode: text(&root, &["mode"]).map_or(Mode::Default, |mode| Mode::of(&mode)),
        permalink: placed(&root, &["permalink"]),
        url: address(&root, problems),
        api: ["openapi", "api", "asyncapi"].into_iter().find_map(|key| Some((key, placed(&root, &[key])?))),
        keywords: keys::words(&root, "keywords"),
        canonical: text(&root, &["canonical"]),
        meta,
        examples,
        data: Some(root),
    }
}

fn weight(root: &Node, problems: &mut Vec<Problem>) -> Option<i64> {
    let node = root.get("weight")?;
    match node.value {
        Value::Number(Number::Integer(number)) => Some(number),
        Value::Null | Value::Elided => None,
        _ => {
            let problem = keys::wrong("weight", node, "a whole number");
            problems.push(problem.help("write a number such as `weight: 10`"));
            None
        }
    }
}

/// The address elsewhere that the entry of the page leads to.
fn address(root: &Node, problems: &mut Vec<Problem>) -> Option<Placed<String>> {
    let found = placed(root, &["url"])?;
    if ["https://", "http://", "mailto:"].iter().any(|scheme| found.value.starts_with(scheme)) {
        return Some(found);
    }
    let message = format!("`url` cannot be `{}`", found.value);
    let problem = Problem::new(Code::FrontMatter, found.span, message).severity(Severity::Warning);
    problems.push(problem.help("write a whole address such as `https://example.com`"));
    None
}
