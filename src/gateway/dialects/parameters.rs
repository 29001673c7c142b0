//! What a body may say at an endpoint: a table of types and bounds, and what a body has against it.

use std::sync::LazyLock;

use serde_json::Value;

use super::Endpoint;
use crate::data::{self, Node, Number, Path, Step};
use crate::diagnostics::nearest;

/// The tables of all endpoints.
static TABLES: LazyLock<Vec<(String, Vec<Parameter>)>> = LazyLock::new(|| {
    let root = crate::gateway::profiles::toml(include_str!("parameters.toml"));
    root.members().iter().map(|table| (table.key.clone(), parameters(&table.value))).collect()
});

/// One parameter.
#[derive(Clone, Debug, Default)]
struct Parameter {
    name: String,
    kinds: Vec<Kind>,
    null: bool,
    required: bool,
    minimum: Option<f64>,
    maximum: Option<f64>,
    /// The least length of a list.
    least: Option<usize>,
    values: Vec<String>,
    keys: Vec<Parameter>,
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

/// What is wrong with a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::gateway) struct Complaint {
    /// Where.
    pub(in crate::gateway) path: Path,
    /// What.
    pub(in crate::gateway) fault: Fault,
}

/// A kind of mistake in a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::gateway) enum Fault {
    /// It is not there.
    Missing,
    /// It is of another type.
    Type {
        /// The types that are taken, in words: `a string`.
        wanted: String,
        /// The type that it has.
        found: &'static str,
    },
    /// It is below the least.
    Below {
        /// The least.
        bound: f64,
        /// The value.
        value: f64,
        /// Whether only whole numbers are taken.
        whole: bool,
    },
    /// It is above the most.
    Above {
        /// The most.
        bound: f64,
        /// The value.
        value: f64,
        /// Whether only whole numbers are taken.
        whole: bool,
    },
    /// It is not in the closed set.
    Value {
        /// The value.
        value: String,
        /// The set.
        known: Vec<String>,
    },
    /// It is an empty list.
    Empty,
    /// It is not known.
    Unknown {
        /// The parameter that was probably meant.
        near: Option<String>,
    },
}

/// What is wrong with a body; `also` names the parameters that the provider takes beside those of the dialect.
pub(in crate::gateway) fn check(endpoint: Endpoint, body: &Value, also: &[String]) -> Vec<Complaint> {
    let name = match endpoint {
        Endpoint::ChatCompletions => "chat",
        Endpoint::Completions => "completions",
        Endpoint::Embeddings => "embeddings",
        Endpoint::Responses => "responses",
        Endpoint::Messages => "messages",
        Endpoint::OllamaChat => "ollama_chat",
        Endpoint::OllamaGenerate => "ollama_generate",
        Endpoint::OllamaEmbed => "ollama_embed",
        Endpoint::OllamaShow => "ollama_show",
        Endpoint::Models | Endpoint::OllamaTags => return Vec::new(),
    };
    let table = TABLES.iter().find(|(table, _)| table == name).map_or(&[][..], |(_, table)| table);
    let mut complaints = Vec::new();
    keys(body, table, also, &Path::default(), &mut complaints);
    if matches!(endpoint, Endpoint::ChatCompletions | Endpoint::Messages) {
        super::messages::check(endpoint, body, &mut complaints);
    }
    complaints
}

fn keys(value: &Value, table: &[Parameter], also: &[String], at: &Path, complaints: &mut Vec<Complaint>) {
    let Some(members) = value.as_object() else { return };
    for parameter in table.iter().filter(|parameter| parameter.required) {
        if !members.contains_key(&parameter.name) {
            complaints.push(Complaint { path: step(at, &parameter.name), fault: Fault::Missing });
        }
    }
    for (key, member) in members {
        let path = step(at, key);
        match table.iter().find(|parameter| parameter.name == *key) {
            Some(parameter) => one(member, parameter, path, complaints),
            None if also.contains(key) => {}
            None => {
                let known = table.iter().map(|parameter| parameter.name.as_str());
                let near = nearest(key, known.chain(also.iter().map(String::as_str))).map(str::to_owned);
                complaints.push(Complaint { path, fault: Fault::Unknown { near } });
            }
        }
    }
}

fn one(value: &Value, parameter: &Parameter, path: Path, complaints: &mut Vec<Complaint>) {
    if value.is_null() && parameter.null {
        return;
    }
    if !parameter.kinds.is_empty() && !parameter.kinds.iter().any(|kind| kind.takes(value)) {
        let wanted = parameter.kinds.iter().map(|kind| kind.in_words()).collect::<Vec<_>>().join(" or ");
        complaints.push(Complaint { path, fault: Fault::Type { wanted, found: kind_of(value) } });
        return;
    }
    let whole = parameter.kinds.contains(&Kind::Integer);
    if let Some(number) = value.as_f64() {
        if let Some(bound) = parameter.minimum.filter(|bound| number < *bound) {
            complaints.push(Complaint { path, fault: Fault::Below { bound, value: number, whole } });
        } else if let Some(bound) = parameter.maximum.filter(|bound| number > *bound) {
            complaints.push(Complaint { path, fault: Fault::Above { bound, value: number, whole } });
        }
        return;
    }
    match value {
        Value::String(text) if !parameter.values.is_empty() && !parameter.values.contains(text) => {
            let fault = Fault::Value { value: text.clone(), known: parameter.values.clone() };
            complaints.push(Complaint { path, fault });
        }
        Value::Array(elements) if parameter.least.is_some_and(|least| elements.len() < least) => {
            complaints.push(Complaint { path, fault: Fault::Empty });
        }
        Value::Object(_) if !parameter.keys.is_empty() => {
            keys(value, &parameter.keys, &[], &path, complaints);
        }
        _ => {}
    }
}

/// One step further.
pub(super) fn step(at: &Path, key: &str) -> Path {
    let mut path = at.clone();
    path.0.push(Step::Key(key.to_owned()));
    path
}

/// The type of a value, as OpenAI calls it.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
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

    fn takes(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    fn in_words(self) -> &'static str {
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

fn parameters(table: &Node) -> Vec<Parameter> {
    let members = table.members().iter();
    members.map(|member| Parameter { name: member.key.clone(), ..parameter(&member.value) }).collect()
}

fn parameter(node: &Node) -> Parameter {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let flag = |key: &str| node.get(key).and_then(Node::as_bool).unwrap_or(false);
    let values = node.get("values").map(Node::elements).unwrap_or_default();
    Parameter {
        name: String::new(),
        kinds: text("type")
            .into_iter()
            .flat_map(|kinds| kinds.split(" or "))
            .filter_map(Kind::named)
            .collect(),
        null: flag("null"),
        required: flag("required"),
        minimum: node.get("minimum").and_then(number),
        maximum: node.get("maximum").and_then(number),
        least: node.get("least").and_then(number).map(|_| 1),
        values: values.iter().filter_map(Node::as_str).map(str::to_owned).collect(),
        keys: node.get("keys").map(parameters).unwrap_or_default(),
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
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check_chat(extra: &Value, path: &str, fault: &Fault) {
        let mut body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "Hi"}]});
        for (key, value) in extra.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let complaints = check(Endpoint::ChatCompletions, &body, &[]);
        let found: Vec<(String, &Fault)> =
            complaints.iter().map(|complaint| (complaint.path.to_string(), &complaint.fault)).collect();
        assert_eq!(found, [(path.to_owned(), fault)]);
    }

    #[test]
    fn every_table_is_read() {
        for endpoint in Endpoint::ALL.iter().filter(|endpoint| endpoint.method() == "POST") {
            let complaints = check(*endpoint, &json!({"zzzz": 1}), &[]);
            assert!(
                complaints.iter().any(|found| found.fault == Fault::Unknown { near: None }),
                "{endpoint}"
            );
            let known = check(*endpoint, &json!({"model": 1}), &[]);
            assert!(known.iter().any(|found| matches!(found.fault, Fault::Type { .. })), "{endpoint}");
        }
    }

    #[test]
    fn a_number_above_its_bound() {
        let fault = Fault::Above { bound: 2.0, value: 5.0, whole: false };
        check_chat(&json!({"temperature": 5}), "temperature", &fault);
    }

    #[test]
    fn a_number_below_its_bound() {
        check_chat(&json!({"n": 0}), "n", &Fault::Below { bound: 1.0, value: 0.0, whole: true });
    }

    #[test]
    fn a_text_is_no_number() {
        let fault = Fault::Type { wanted: "a number".to_owned(), found: "a string" };
        check_chat(&json!({"temperature": "0.7"}), "temperature", &fault);
    }

    #[test]
    fn a_misspelt_parameter_has_a_neighbour() {
        check_chat(
            &json!({"max_token": 1}),
            "max_token",
            &Fault::Unknown { near: Some("max_tokens".to_owned()) },
        );
    }

    #[test]
    fn a_value_outside_of_its_set() {
        let known = vec!["text".to_owned(), "json_object".to_owned(), "json_schema".to_owned()];
        let fault = Fault::Value { value: "json".to_owned(), known };
        check_chat(&json!({"response_format": {"type": "json"}}), "response_format.type", &fault);
    }

    #[test]
    fn an_empty_list_of_messages() {
        check_chat(&json!({"messages": []}), "messages", &Fault::Empty);
    }

    #[test]
    fn null_is_taken_where_the_table_says_so() {
        let body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stop": null});
        assert_eq!(check(Endpoint::ChatCompletions, &body, &[]), []);
    }
}
