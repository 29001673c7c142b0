//! When two requests mean the same: credentials, the order of keys and what clients add of themselves do not matter.

use serde_json::{Value, json};

use crate::data::{Path, Step};
use crate::gateway::dialects::form;
use crate::gateway::exchange::{Place, Request};

/// Headers by which a gateway routes; others do not change an answer.
pub(super) const ROUTING: [&str; 4] =
    ["x-portkey-config", "x-portkey-provider", "x-portkey-virtual-key", "x-portkey-custom-host"];

/// How deep bodies are compared.
const DEEPEST: usize = 64;

/// What a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Meaning(blake3::Hash);

impl Meaning {
    /// The meaning of a request in which credentials are struck out.
    pub(super) fn of(request: &Request) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut put = |text: &str| {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        };
        for part in [
            &request.method,
            request.scheme.as_str(),
            &request.host,
            &request.port.to_string(),
            &request.path,
        ] {
            put(part);
        }
        for pair in pairs(request) {
            put(pair);
        }
        put("");
        for name in ROUTING {
            put(&routing(request, name).map(|value| canonical(&value, DEEPEST)).unwrap_or_default());
        }
        match body(request) {
            Some(body) => put(&canonical(&body, DEEPEST)),
            None => put(&request.text()),
        }
        Self(hasher.finalize())
    }
}

/// A body of JSON, or what a form holds: clients make up a boundary for each that they send.
fn body(request: &Request) -> Option<Value> {
    let of_form = || {
        let parts = form::undeclared(&request.body)?.into_iter().map(|part| {
            let content = String::from_utf8_lossy(&part.content).into_owned();
            match part.file {
                None => (part.name, json!(content)),
                Some(file) => {
                    (part.name, json!({"filename": file, "content_type": part.kind, "content": content}))
                }
            }
        });
        let mut fields = serde_json::Map::new();
        for (name, value) in parts {
            match fields.get_mut(&name) {
                Some(Value::Array(values)) => values.push(value),
                _ => {
                    fields.insert(name, json!([value]));
                }
            }
        }
        Some(Value::Object(fields))
    };
    request.json().or_else(of_form)
}

/// The parameters of the query, in order.
fn pairs(request: &Request) -> Vec<&str> {
    let mut pairs: Vec<&str> = request.query.split('&').filter(|pair| !pair.is_empty()).collect();
    pairs.sort_unstable();
    pairs
}

/// The value of a header that routes; a Config as JSON.
fn routing(request: &Request, name: &str) -> Option<Value> {
    let value = request.header(name)?;
    Some(serde_json::from_str(value).unwrap_or_else(|_| Value::from(value)))
}

/// A value as text, with the keys of objects in order.
fn canonical(value: &Value, depth: usize) -> String {
    if depth == 0 {
        return String::new();
    }
    match value {
        Value::Object(members) => {
            let mut members: Vec<String> = members
                .iter()
                .map(|(key, member)| {
                    format!("{}:{}", Value::from(key.as_str()), canonical(member, depth - 1))
                })
                .collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<String> =
                elements.iter().map(|element| canonical(element, depth - 1)).collect();
            format!("[{}]", elements.join(","))
        }
        // `1.0` means what `1` means.
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => value.to_string(),
    }
}

/// What differs between two requests of one path, each with its name and its place in the second.
pub(super) fn differences(recorded: &Request, request: &Request) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    let (one, other) = (pairs(recorded), pairs(request));
    let names = one
        .iter()
        .filter(|pair| !other.contains(pair))
        .chain(other.iter().filter(|pair| !one.contains(pair)));
    for name in names.filter_map(|pair| pair.split('=').next()) {
        let difference = (format!("?{name}"), Place::Query(name.to_owned()));
        if !found.contains(&difference) {
            found.push(difference);
        }
    }
    for name in ROUTING {
        let of = |request| routing(request, name).map(|value| canonical(&value, DEEPEST));
        if of(recorded) != of(request) {
            found.push((name.to_owned(), Place::Header(name.to_owned())));
        }
    }
    match (body(recorded), body(request)) {
        (Some(one), Some(other)) => compare(&one, &other, &mut Path::default(), &mut found),
        (one, other) if one.is_some() != other.is_some() || recorded.body != request.body => {
            found.push(("the body".to_owned(), Place::Body(Path::default())));
        }
        (_, _) => {}
    }
    found
}

fn compare(one: &Value, other: &Value, path: &mut Path, found: &mut Vec<(String, Place)>) {
    if canonical(one, DEEPEST) == canonical(other, DEEPEST) || path.0.len() > DEEPEST {
        return;
    }
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))) {
                path.0.push(Step::Key(key.clone()));
                match (one.get(key), other.get(key)) {
                    (Some(one), Some(other)) => compare(one, other, path, found),
                    // What is missing has no place.
                    (Some(_), None) => found.push((path.to_string(), Place::Host)),
                    (None, _) => found.push((path.to_string(), Place::BodyKey(path.clone()))),
                }
                path.0.pop();
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                path.0.push(Step::Index(index));
                compare(one, other, path, found);
                path.0.pop();
            }
        }
        (_, _) => found.push((path.to_string(), Place::Body(path.clone()))),
    }
}
