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
    fold(word) == fold(near) || word.chars().count() > 2 && strsim::damerau_levenshtein(word, near) == 1
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

/// How many keys of a value, at any depth within reason, the schemas know; what they do not know counts against them.
pub(super) fn fit(root: &Json, forms: &[&Json], node: &Node) -> i64 {
    fit_within(root, forms, node, 4)
}

fn fit_within(root: &Json, forms: &[&Json], node: &Node, depth: usize) -> i64 {
    if depth == 0 {
        return 0;
    }
    let members = node.members().iter().map(|member| (Step::Key(member.key.clone()), &member.value));
    let elements = node.elements().iter().take(1).map(|element| (Step::Index(0), element));
    let parts = members.chain(elements).map(|(step, value)| {
        let named = matches!(&step, Step::Key(key) if forms.iter().any(|form| shape::names(form).any(|name| name == key)));
        let below = shape::step(root, forms, &step);
        // A map takes any key, so that only what stands below it tells something.
        if below.is_empty() { -1 } else { i64::from(named) + fit_within(root, &below, value, depth - 1) }
    });
    parts.sum()
}

/// Where a member belongs whose key is not known in an object: below it, or above it.
pub(super) fn elsewhere(root: &Json, path: &Path, forms: &[&Json], member: &Member) -> Option<String> {
    let key = &member.key;
    below(root, forms, member).map(|ways| format!("`{key}` belongs under {ways}")).or_else(|| {
        let lengths = (0..path.0.len()).rev();
        let mut above = lengths.map(|length| Path(path.0.iter().take(length).cloned().collect()));
        let owner = above.find(|above| shape::at(root, above).iter().any(|form| has(form, key)))?;
        let owner = if owner.0.is_empty() { "the top level".to_owned() } else { format!("`{owner}`") };
        Some(format!("`{key}` is a key of {owner}"))
    })
}

fn has(form: &Json, key: &str) -> bool {
    shape::names(form).any(|name| name == key)
}

/// A place below an object where a member may belong.
struct Candidate {
    way: String,
    fit: i64,
}

/// The best places below an object for a member, in a sentence.
fn below(root: &Json, forms: &[&Json], member: &Member) -> Option<String> {
    let mut level: Vec<(Path, &Json)> = forms.iter().map(|form| (Path::default(), *form)).collect();
    for depth in 1..=2 {
        let mut next: Vec<(Path, &Json)> = Vec::new();
        for (way, schema) in &level {
            for form in shape::forms(root, schema) {
                next.extend(shape::children(way, form));
            }
        }
        next.retain(|(way, _)| !matches!(way.0.last(), Some(Step::Key(key)) if key == "*"));
        let mut candidates: Vec<Candidate> =
            next.iter().filter_map(|(way, schema)| candidate(root, way, schema, member)).collect();
        let best = candidates.iter().map(|candidate| candidate.fit).max();
        candidates.retain(|candidate| Some(candidate.fit) == best);
        candidates.dedup_by(|one, other| one.way == other.way);
        match candidates.as_slice() {
            [] => {}
            [one] => return Some(format!("`{}`", one.way)),
            [one, two] => return Some(format!("`{}` or `{}`", one.way, two.way)),
            [one, two, ..] if depth == 1 => {
                return Some(format!("`{}`, `{}` or another key", one.way, two.way));
            }
            // A key that stands everywhere says nothing about what was meant.
            _ => return None,
        }
        level = next;
    }
    None
}

fn candidate(root: &Json, way: &Path, schema: &Json, member: &Member) -> Option<Candidate> {
    let forms = shape::forms(root, schema);
    let named = forms.iter().any(|form| has(form, &member.key));
    let target = shape::step(root, &forms, &Step::Key(member.key.clone()));
    let fit = fit(root, &target, &member.value);
    // A map takes every key; what stands in the value has to speak for it.
    let speaks = named && fit >= 0 || !target.is_empty() && fit >= 2;
    speaks.then(|| Candidate { way: way.to_string(), fit: fit + i64::from(named) })
}
