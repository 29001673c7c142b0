//! The keys of front matter and their types; those beside ours are Mintlify's (npm `@mintlify/models` 0.0.362, read
//! 2026-11-27).

use crate::data::{Member, Node, Number, Value};
use crate::diagnostics::{Code, Problem, Severity, nearest};
use crate::page::Placed;

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    Number,
    /// A list of texts.
    Words,
    /// Whatever its reader or a template makes of it.
    Any,
}

/// The keys that we know, each with what it holds.
const KEYS: [(&str, Kind); 46] = [
    ("api", Kind::Text),
    ("asyncapi", Kind::Text),
    ("auth", Kind::Text),
    ("authMethod", Kind::Text),
    ("authors", Kind::Any),
    ("boost", Kind::Number),
    ("canonical", Kind::Text),
    ("contentType", Kind::Text),
    ("contextual", Kind::Any),
    ("createdDate", Kind::Text),
    ("deprecated", Kind::Flag),
    ("description", Kind::Text),
    ("examples", Kind::Any),
    ("graphql", Kind::Any),
    ("groups", Kind::Any),
    ("hidden", Kind::Flag),
    ("hideApiMarker", Kind::Flag),
    ("hideFooterPagination", Kind::Flag),
    ("icon", Kind::Text),
    ("iconType", Kind::Text),
    ("isPublic", Kind::Flag),
    ("keywords", Kind::Words),
    ("lastUpdatedDate", Kind::Text),
    ("math", Kind::Flag),
    ("mode", Kind::Text),
    ("nav_title", Kind::Text),
    ("noindex", Kind::Flag),
    ("openapi", Kind::Text),
    ("openapi-schema", Kind::Text),
    ("permalink", Kind::Text),
    ("playground", Kind::Text),
    ("public", Kind::Flag),
    ("related", Kind::Any),
    ("robots", Kind::Text),
    ("rss", Kind::Flag),
    ("sdk", Kind::Any),
    ("searchable", Kind::Flag),
    ("sidebarTitle", Kind::Text),
    ("summary", Kind::Text),
    ("tag", Kind::Text),
    ("template", Kind::Text),
    ("timestamp", Kind::Flag),
    ("title", Kind::Text),
    ("url", Kind::Text),
    ("version", Kind::Text),
    ("weight", Kind::Any),
];

/// Keys with a closed set of values.
const CHOICES: [(&str, &[&str]); 2] = [
    (
        "iconType",
        &[
            "brands",
            "duotone",
            "light",
            "regular",
            "sharp-duotone-solid",
            "sharp-light",
            "sharp-regular",
            "sharp-solid",
            "sharp-thin",
            "solid",
            "thin",
        ],
    ),
    ("mode", &["default", "wide", "custom", "frame", "center"]),
];

/// Keys whose wrong value takes something from the page; the other ones are only warned of.
const VITAL: [&str; 7] =
    ["title", "nav_title", "sidebarTitle", "description", "summary", "hidden", "examples"];

/// Keys of other generators that look like ours.
const FOREIGN: [&str; 10] = [
    "author",
    "example",
    "group",
    "height",
    "publish",
    "sidebar_label",
    "subtitle",
    "templates",
    "titles",
    "versions",
];

/// The shortest key that is told by a misspelt one; others are near to too many words.
const TELLING: usize = 5;

/// What is wrong with a key or its value; a key that is none of ours is the template's.
pub(super) fn check(member: &Member) -> Option<Problem> {
    let Some((key, kind)) = KEYS.iter().find(|(key, _)| *key == member.key) else {
        return misspelt(member);
    };
    let node = &member.value;
    let problem = match (kind, &node.value) {
        (_, Value::Null | Value::Elided)
        | (Kind::Any, _)
        | (Kind::Flag, Value::Bool(_))
        | (Kind::Number, Value::Number(_)) => None,
        (Kind::Text, Value::Array(_) | Value::Object(_)) => {
            Some(wrong(key, node, "a text").help(format!("put the text of `{key}` in quotes")))
        }
        (Kind::Text, _) => no_choice(key, node),
        (Kind::Flag, _) => Some(wrong(key, node, "`true` or `false`").help(format!("write `{key}: true`"))),
        (Kind::Number, _) => {
            Some(wrong(key, node, "a number").help(format!("write a number such as `{key}: 2`")))
        }
        (Kind::Words, Value::Object(_)) => {
            Some(wrong(key, node, "a list of texts").help(format!("write a list such as `{key}: [a, b]`")))
        }
        (Kind::Words, Value::Array(elements)) => {
            let found = elements.iter().find(|element| text_of(element).is_none());
            found.map(|node| wrong(key, node, "a list of texts").help("put the text in quotes"))
        }
        (Kind::Words, _) => None,
    };
    let weight = if VITAL.contains(key) { Severity::Error } else { Severity::Warning };
    problem.map(|problem| problem.severity(weight))
}

/// A value that is none of those that the key takes.
fn no_choice(key: &str, node: &Node) -> Option<Problem> {
    let (_, choices) = CHOICES.iter().find(|(name, _)| *name == key)?;
    let text = text_of(node).filter(|text| !choices.contains(&text.as_str()))?;
    let problem = Problem::new(Code::FrontMatter, node.span, format!("`{key}` cannot be `{text}`"));
    Some(match nearest(&text, choices.iter().copied()) {
        Some(near) => problem.help(format!("write `{near}`")),
        None => problem.help(format!("write one of `{}`", choices.join("`, `"))),
    })
}

/// A key that is nearly one of ours.
fn misspelt(member: &Member) -> Option<Problem> {
    if FOREIGN.contains(&member.key.as_str()) {
        return None;
    }
    let telling = KEYS.iter().map(|(key, _)| *key).filter(|key| key.len() >= TELLING);
    let near = nearest(&member.key, telling)?;
    let message = format!("`{}` is not a key of the front matter", member.key);
    let problem = Problem::new(Code::FrontMatter, member.key_span, message).severity(Severity::Warning);
    Some(problem.help(format!("write `{near}`")).fix(near))
}

pub(super) fn wrong(key: &str, node: &Node, wanted: &str) -> Problem {
    Problem::new(Code::FrontMatter, node.span, format!("`{key}` is not {wanted}"))
}

/// A scalar as text.
fn text_of(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Number(Number::Integer(number)) => Some(number.to_string()),
        Value::Number(Number::Float(number)) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Elided | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The text of the first of `keys` that is there.
pub(super) fn text(root: &Node, keys: &[&str]) -> Option<String> {
    placed(root, keys).map(|placed| placed.value)
}

/// The text of the first of `keys` that is there, and where it stands.
pub(super) fn placed(root: &Node, keys: &[&str]) -> Option<Placed<String>> {
    let node = keys.iter().find_map(|key| root.get(key))?;
    Some(Placed { value: text_of(node)?, span: node.span })
}

/// `true` or `false`, where it is there.
pub(super) fn flag(root: &Node, key: &str) -> Option<bool> {
    root.get(key)?.as_bool()
}

/// The texts of a list, or of a text that commas divide.
pub(super) fn words(root: &Node, key: &str) -> Vec<String> {
    let Some(node) = root.get(key) else { return Vec::new() };
    if let Value::Array(elements) = &node.value {
        return elements.iter().filter_map(text_of).collect();
    }
    let text = text_of(node).unwrap_or_default();
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// What search engines and social networks are told of the page, by name: `robots`, `og:…` and `twitter:…`.
pub(super) fn meta(root: &Node) -> Vec<(String, String)> {
    let is_meta = |key: &str| key == "robots" || key.starts_with("og:") || key.starts_with("twitter:");
    let members = root.members().iter().filter(|member| is_meta(&member.key));
    members.filter_map(|member| Some((member.key.clone(), text_of(&member.value)?))).collect()
}
