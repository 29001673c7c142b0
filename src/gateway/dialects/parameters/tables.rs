//! The tables of what bodies may say, read out of their files once.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use crate::data::{self, Node, Number};
use crate::gateway::dialects::Endpoint;

/// The files, one a dialect.
const FILES: &[&str] = &[
    include_str!("openai.toml"),
    include_str!("openai-media.toml"),
    include_str!("openai-responses.toml"),
    include_str!("anthropic.toml"),
    include_str!("google.toml"),
    include_str!("ollama.toml"),
];

/// Every table by its name.
static TABLES: LazyLock<HashMap<String, Object>> = LazyLock::new(|| {
    let mut tables = HashMap::new();
    for text in FILES {
        let root = crate::gateway::profiles::toml(text);
        tables.extend(root.members().iter().map(|table| (table.key.clone(), object(&table.value))));
    }
    tables
});

/// What an object may say.
#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    /// The member whose value says which of the cases holds.
    pub(super) by: Option<String>,
    /// The case where that member is missing.
    pub(super) usual: Option<String>,
    /// Whether it may say more than is known.
    pub(super) open: bool,
    pub(super) keys: Vec<Parameter>,
    pub(super) cases: Vec<(String, Object)>,
}

/// One parameter.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) kinds: Vec<Kind>,
    pub(super) null: bool,
    pub(super) required: bool,
    pub(super) minimum: Option<f64>,
    pub(super) maximum: Option<f64>,
    /// The least length of a list.
    pub(super) least: Option<usize>,
    /// The most elements of a list.
    pub(super) most: Option<usize>,
    pub(super) values: Vec<String>,
    /// What is in it, where it is an object.
    pub(super) inside: Inside,
    /// What its elements are, where it is a list.
    pub(super) items: Option<Box<Parameter>>,
    /// What each value is, where it is an object with keys of the caller's own.
    pub(super) each: Option<Box<Parameter>>,
}

/// What is in an object.
#[derive(Clone, Debug, Default)]
pub(super) enum Inside {
    /// Anything.
    #[default]
    Anything,
    /// What a table says that has a name.
    Named(String),
    /// What stands here.
    Here(Object),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

/// The table of an endpoint; none where it reads no body.
pub(super) fn of(endpoint: Endpoint) -> Option<&'static Object> {
    TABLES.get(endpoint.as_str())
}

impl Inside {
    /// The object, where something is known of it.
    pub(super) fn object(&self) -> Option<&Object> {
        match self {
            Self::Anything => None,
            Self::Named(name) => TABLES.get(name),
            Self::Here(object) => Some(object),
        }
    }
}

impl Object {
    /// What it may say where it has these members, by the member that chooses; none where its value is not known.
    pub(super) fn case(&self, value: &str) -> Option<&Object> {
        self.cases.iter().find(|(name, _)| name == value).map(|(_, case)| case)
    }

    /// A parameter by its name.
    pub(super) fn key(&self, name: &str) -> Option<&Parameter> {
        self.keys.iter().find(|parameter| parameter.name == name)
    }
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "number" => Self::Number,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            _ => return None,
        })
    }

    pub(super) fn takes(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Number => "a number",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

fn object(table: &Node) -> Object {
    let text = |key: &str| table.get(key).and_then(Node::as_str).map(str::to_owned);
    let members = || {
        table.members().iter().filter(|member| !member.value.members().is_empty() || is_table(&member.value))
    };
    let by = text("by");
    let open = table.get("open").and_then(Node::as_bool).unwrap_or(false);
    let mut read = Object { usual: text("usual"), open, ..Object::default() };
    if by.is_some() {
        read.cases = members().map(|member| (member.key.clone(), object(&member.value))).collect();
    } else {
        read.keys = members()
            .map(|member| Parameter { name: member.key.clone(), ..parameter(&member.value) })
            .collect();
    }
    read.by = by;
    read
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, data::Value::Object(_))
}

fn parameter(node: &Node) -> Parameter {
    let flag = |key: &str| node.get(key).and_then(Node::as_bool).unwrap_or(false);
    let values = node.get("values").map(Node::elements).unwrap_or_default();
    let count = |key: &str| {
        let number = node.get(key).and_then(number)?;
        format!("{number:.0}").parse().ok()
    };
    let inside = match node.get("keys") {
        Some(keys) => {
            keys.as_str().map_or_else(|| Inside::Here(object(keys)), |name| Inside::Named(name.to_owned()))
        }
        None => Inside::Anything,
    };
    let within = |key: &str| node.get(key).map(|inner| Box::new(parameter(inner)));
    let named = node.get("type").and_then(Node::as_str);
    let mut kinds: Vec<Kind> =
        named.into_iter().flat_map(|kinds| kinds.split(" or ")).filter_map(Kind::named).collect();
    if kinds.is_empty() && !matches!(inside, Inside::Anything) {
        kinds.push(Kind::Object);
    }
    Parameter {
        name: String::new(),
        kinds,
        null: flag("null"),
        required: flag("required"),
        minimum: node.get("minimum").and_then(number),
        maximum: node.get("maximum").and_then(number),
        least: count("least"),
        most: count("most"),
        values: values.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        inside,
        items: within("items"),
        each: within("each"),
    }
}

fn number(node: &Node) -> Option<f64> {
    match node.value {
        data::Value::Number(Number::Float(number)) => Some(number),
        data::Value::Number(Number::Integer(number)) => i32::try_from(number).ok().map(f64::from),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_a_table() {
        fn named(object: &Object, names: &mut Vec<String>) {
            for (_, case) in &object.cases {
                named(case, names);
            }
            let mut open: Vec<&Parameter> = object.keys.iter().collect();
            while let Some(parameter) = open.pop() {
                open.extend(parameter.items.as_deref());
                open.extend(parameter.each.as_deref());
                match &parameter.inside {
                    Inside::Named(name) => names.push(name.clone()),
                    Inside::Here(object) => named(object, names),
                    Inside::Anything => {}
                }
            }
        }
        let mut names = Vec::new();
        for object in TABLES.values() {
            named(object, &mut names);
        }
        names.retain(|name| !TABLES.contains_key(name));
        assert_eq!(names, Vec::<String>::new());
    }
}
