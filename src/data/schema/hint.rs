//! What to do about a wrong key or value.

use serde_json::Value as Json;

use super::shape;
use crate::data::{Member, Node, Number, Path, Step, Value};
use crate::source::Span;

/// A type of JSON Schema in a sentence.
pub(super) fn type_name(name: &str) -> &'static str {
    match name {
        "array" => "an array",
        "boolean" => "a boolean",
        "integer" => "an integer",
        "number" => "a number",
        "object" => "an object",
        "string" => "a string",
        _ => "`null`",
    }
}

/// The type of a value, as JSON Schema names it.
pub(super) fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

pub(super) fn same_type(option: &Json, value: &Value) -> bool {
    matches!(
        (option, value),
        (Json::Null, Value::Null)
            | (Json::Bool(_), Value::Bool(_))
            | (Json::Number(_), Value::Number(_))
            | (Json::String(_), Value::String(_))
            | (Json::Array(_), Value::Array(_))
            | (Json::Object(_), Value::Object(_))
    )
}

/// A value as a person would say it: texts without quotes.
pub(super) fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether one word is surely the other one misspelt: another spelling of it, or one letter away.
pub(super) fn is_certain(word: &str, near: &str) -> bool {
    let fold = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    fold(word) == fold(near) || word.chars().count() > 3 && strsim::damerau_levenshtein(word, near) == 1
}

/// Another key in the place of one, in quotes where that one has quotes; none where it has escapes.
pub(super) fn key_in_place(member: &Member, key: &str) -> Option<String> {
    let written = member.key_span.len() as usize;
    if written == member.key.len() {
        return Some(key.to_owned());
    }
    (written == member.key.len() + 2).then(|| Json::from(key).to_string())
}

/// What stands for a value in a report: its first sign where it is an object or a list.
pub(super) fn short(node: &Node) -> Span {
    let start = node.span.range().start;
    match &node.value {
        Value::Object(members) => match members.first() {
            Some(first) if first.key_span.range().start == start => first.key_span,
            _ if node.span.is_empty() => node.span,
            _ => Span::new(start, start + 1),
        },
        Value::Array(elements) => match elements.first() {
            Some(first) if first.span.range().start == start => short(first),
            _ if node.span.is_empty() => node.span,
            _ => Span::new(start, start + 1),
        },
        _ => node.span,
    }
}

/// The same value written as one of the types, where nothing is lost.
pub(super) fn as_type(node: &Node, wanted: &[&str]) -> Option<String> {
    let wants = |name: &str| wanted.contains(&name);
    match &node.value {
        Value::String(text) => {
            let number = text.parse::<i64>().is_ok_and(|number| number.to_string() == *text);
            let fits = number && (wants("an integer") || wants("a number"))
                || matches!(text.as_str(), "true" | "false") && wants("a boolean");
            fits.then(|| text.clone())
        }
        Value::Number(Number::Integer(number)) => wants("a string").then(|| format!("\"{number}\"")),
        _ => None,
    }
}

/// Where a key belongs that is not known in an object: below it, or beside one that holds it.
pub(super) fn elsewhere(root: &Json, path: &Path, forms: &[&Json], key: &str) -> Option<String> {
    let has = |form: &&Json| shape::names(form).any(|name| name == key);
    let mut level: Vec<(Path, &Json)> = forms.iter().map(|form| (Path::default(), *form)).collect();
    for _ in 0..2 {
        let mut next: Vec<(Path, &Json)> = Vec::new();
        for (way, schema) in &level {
            for form in shape::forms(root, schema) {
                next.extend(shape::children(way, form));
            }
        }
        next.retain(|(way, _)| !matches!(way.0.last(), Some(Step::Key(key)) if key == "*"));
        let mut under: Vec<String> = next
            .iter()
            .filter(|(_, schema)| shape::forms(root, schema).iter().any(has))
            .map(|(way, _)| format!("`{way}`"))
            .collect();
        under.dedup();
        match under.as_slice() {
            [] => {}
            [one] => return Some(format!("`{key}` belongs under {one}")),
            [one, two] => return Some(format!("`{key}` belongs under {one} or {two}")),
            // A key that stands everywhere says nothing about what was meant.
            _ => break,
        }
        level = next;
    }
    for length in (0..path.0.len()).rev() {
        let above = Path(path.0.iter().take(length).cloned().collect());
        if shape::at(root, &above).iter().any(has) {
            let owner = if length == 0 { "the top level".to_owned() } else { format!("`{above}`") };
            return Some(format!("`{key}` is a key of {owner}"));
        }
    }
    None
}
