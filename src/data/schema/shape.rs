//! What a schema allows at a place, read off the schema itself.

use std::collections::HashSet;

use serde_json::Value;

use crate::data::{Path, Step};

/// Places deeper than this are not searched.
const DEPTH: usize = 12;

/// No more places than this are remembered.
const PLACES: usize = 60_000;

/// An object that a schema allows somewhere, with the keys it names.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) path: Path,
    pub(super) keys: HashSet<String>,
}

/// The schemas that may hold for one value: the schema itself, what it refers to, and its alternatives.
pub(super) fn forms<'a>(root: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    collect(root, schema, &mut found, DEPTH);
    found
}

fn collect<'a>(root: &'a Value, schema: &'a Value, found: &mut Vec<&'a Value>, depth: usize) {
    // References may lead in a circle, and two ways may lead to one form.
    if depth == 0 || found.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    if let Some(target) = referred(root, schema) {
        collect(root, target, found, depth - 1);
    }
    found.push(schema);
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for inner in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            collect(root, inner, found, depth - 1);
        }
    }
    for keyword in ["then", "else"] {
        if let Some(inner) = schema.get(keyword) {
            collect(root, inner, found, depth - 1);
        }
    }
}

fn referred<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// The schema at a pointer that may go through references, as `evaluation_path` of a validator does.
pub(super) fn through<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(root, |schema, step| {
        let step = step.replace("~1", "/").replace("~0", "~");
        match schema {
            Value::Object(_) if step == "$ref" => referred(root, schema),
            Value::Object(keywords) => keywords.get(&step),
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => None,
        }
    })
}

/// The names in `properties` of a schema, without those that are refused.
pub(super) fn names(schema: &Value) -> impl Iterator<Item = &str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .filter(|(_, schema)| **schema != Value::Bool(false))
        .map(|(name, _)| name.as_str())
}

/// What the schemas of a map say about any key; `true` and nothing say nothing.
fn wildcards(form: &Value) -> impl Iterator<Item = &Value> {
    let patterns = form
        .get("patternProperties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(_, schema)| schema);
    let others =
        ["additionalProperties", "unevaluatedProperties"].into_iter().filter_map(|keyword| form.get(keyword));
    patterns.chain(others).filter(|schema| schema.is_object())
}

/// The schemas of what one step leads to.
pub(super) fn step<'a>(root: &'a Value, forms: &[&'a Value], step: &Step) -> Vec<&'a Value> {
    let mut found = Vec::new();
    for form in forms {
        match step {
            Step::Key(key) => match form.get("properties").and_then(|properties| properties.get(key)) {
                Some(Value::Bool(false)) => {}
                Some(schema) => found.push(schema),
                None => found.extend(wildcards(form)),
            },
            Step::Index(index) => found.extend(element(form, *index)),
        }
    }
    let mut all = Vec::new();
    for schema in found {
        collect(root, schema, &mut all, DEPTH);
    }
    all
}

fn element(form: &Value, index: usize) -> Option<&Value> {
    let listed = [form.get("prefixItems"), form.get("items")].into_iter().flatten().find_map(Value::as_array);
    let listed = listed.and_then(|schemas| schemas.get(index));
    listed.or_else(|| {
        ["items", "additionalItems"]
            .into_iter()
            .find_map(|keyword| form.get(keyword).filter(|schema| schema.is_object()))
    })
}

/// The schemas of what a way leads to; none where the schema says nothing about it.
pub(super) fn at<'a>(root: &'a Value, path: &Path) -> Vec<&'a Value> {
    path.0.iter().fold(forms(root, root), |forms, one| step(root, &forms, one))
}

/// Whether a schema takes every value.
pub(super) fn is_open(form: &Value) -> bool {
    const SAYING: [&str; 11] = [
        "type",
        "properties",
        "items",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "not",
        "$ref",
        "additionalProperties",
    ];
    form.as_object().is_some_and(|keywords| SAYING.iter().all(|keyword| !keywords.contains_key(*keyword)))
}

/// Every object the schema allows, the nearest to the root first.
pub(super) fn places(root: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    let mut level = vec![(Path::default(), root)];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (path, schema) in level {
            for form in forms(root, schema) {
                let keys: HashSet<String> = names(form).map(str::to_owned).collect();
                if !keys.is_empty() {
                    found.push(Place { path: path.clone(), keys });
                }
                if found.len() + next.len() < PLACES {
                    next.extend(children(&path, form));
                }
            }
        }
        level = next;
    }
    found
}

/// The schemas one step below, each with its way; `*` stands for any key of a map.
pub(super) fn children<'a>(path: &Path, form: &'a Value) -> Vec<(Path, &'a Value)> {
    let below = |step: Step| {
        let mut path = path.clone();
        path.0.push(step);
        path
    };
    let properties = form.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut found: Vec<_> = properties
        .filter(|(_, schema)| schema.is_object())
        .map(|(name, schema)| (below(Step::Key(name.clone())), schema))
        .collect();
    found.extend(wildcards(form).map(|schema| (below(Step::Key("*".to_owned())), schema)));
    found.extend(element(form, 0).map(|schema| (below(Step::Index(0)), schema)));
    found
}
