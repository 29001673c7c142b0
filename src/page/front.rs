//! The front matter of a page: split off, read, and held against what we know.

use std::sync::Arc;

use super::attributes::ExampleAttributes;
use crate::data::{self, Member, Node, Number, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity, nearest};
use crate::source::{Excerpt, Source, Span};

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
    /// All of it, for templates; its spans are those of the file.
    pub data: Option<Node>,
}

/// The keys that we read.
const KEYS: &[&str] =
    &["title", "nav_title", "sidebarTitle", "description", "summary", "weight", "hidden", "examples"];

/// Keys of other generators that look like ours.
const FOREIGN: &[&str] = &["titles", "subtitle", "example", "height"];

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
    problems.extend(root.members().iter().filter_map(misspelt));
    let examples = root.get("examples").map(|node| {
        let (attributes, found) = ExampleAttributes::of_page(node);
        problems.extend(found);
        attributes
    });
    Front {
        title: text(&root, &["title"], problems).unwrap_or_default(),
        nav_title: text(&root, &["nav_title", "sidebarTitle"], problems),
        description: text(&root, &["description", "summary"], problems),
        weight: weight(&root, problems),
        hidden: flag(&root, "hidden", problems),
        examples,
        data: Some(root),
    }
}

/// A key that is nearly one of ours; every other one is the template's.
fn misspelt(member: &Member) -> Option<Problem> {
    if KEYS.iter().chain(FOREIGN).any(|known| *known == member.key) {
        return None;
    }
    let near = nearest(&member.key, KEYS.iter().copied())?;
    let message = format!("`{}` is not a key of the front matter", member.key);
    let problem = Problem::new(Code::FrontMatter, member.key_span, message).severity(Severity::Warning);
    Some(problem.help(format!("write `{near}`")).fix(near))
}

/// The text of the first of `keys` that is there.
fn text(root: &Node, keys: &[&str], problems: &mut Vec<Problem>) -> Option<String> {
    let (key, node) = keys.iter().find_map(|key| Some((*key, root.get(key)?)))?;
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Number(Number::Integer(number)) => Some(number.to_string()),
        Value::Number(Number::Float(number)) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Elided => None,
        Value::Array(_) | Value::Object(_) => {
            problems.push(wrong(key, node, "a text").help(format!("put the text of `{key}` in quotes")));
            None
        }
    }
}

fn weight(root: &Node, problems: &mut Vec<Problem>) -> Option<i64> {
    let node = root.get("weight")?;
    match node.value {
        Value::Number(Number::Integer(number)) => Some(number),
        Value::Null | Value::Elided => None,
        _ => {
            problems
                .push(wrong("weight", node, "a whole number").help("write a number such as `weight: 10`"));
            None
        }
    }
}

fn flag(root: &Node, key: &str, problems: &mut Vec<Problem>) -> bool {
    let Some(node) = root.get(key) else { return false };
    match node.value {
        Value::Bool(value) => value,
        Value::Null | Value::Elided => false,
        _ => {
            problems.push(wrong(key, node, "`true` or `false`").help(format!("write `{key}: true`")));
            false
        }
    }
}

fn wrong(key: &str, node: &Node, wanted: &str) -> Problem {
    Problem::new(Code::FrontMatter, node.span, format!("`{key}` is not {wanted}"))
}
