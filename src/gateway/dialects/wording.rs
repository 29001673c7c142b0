//! What a provider says of a mistake in a parameter, in the words of its dialect.
//!
//! Each as users quote it in issues, read 2026-12-01. OpenAI: `nashsu/llm_wiki#336`, `1jehuang/jcode#1028`. Anthropic:
//! `anthropics/claude-code#18947`. Google: `gera2ld/ai.nvim#13`, `zed-industries/zed#44875`, `the-open-agent/openagent#1666`. Ollama passes
//! on the messages of Go's `encoding/json`. Where nobody quotes a mistake, its wording is ours after those that are quoted.

use super::parameters::{Complaint, Fault};
use super::{Dialect, Endpoint};
use crate::data::{Path, Step};

/// What is said, and the code that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway) struct Said {
    /// The message.
    pub(in crate::gateway) message: String,
    /// The code, where the dialect has one for it.
    pub(in crate::gateway) code: Option<&'static str>,
    /// The parameter, where the dialect names it beside the message.
    pub(in crate::gateway) param: Option<String>,
}

/// What the provider says.
pub(in crate::gateway) fn said(endpoint: Endpoint, complaint: &Complaint) -> Said {
    let plain = |message: String| Said { message, code: None, param: None };
    if let Fault::Rule(rule) = &complaint.fault {
        let place = || Some(complaint.path.to_string()).filter(|path| !path.is_empty());
        let param = rule.param.clone().or_else(place);
        return Said { message: rule.said.clone(), code: rule.code, param };
    }
    match endpoint.dialect() {
        Dialect::OpenAi => openai(endpoint, complaint),
        Dialect::Anthropic => plain(anthropic(complaint)),
        Dialect::Google => plain(google(endpoint, complaint)),
        Dialect::Ollama => plain(ollama(endpoint, complaint)),
    }
}

fn openai(endpoint: Endpoint, complaint: &Complaint) -> Said {
    let path = complaint.path.to_string();
    let (message, code) = match &complaint.fault {
        Fault::Missing if path == "model" => ("you must provide a model parameter".to_owned(), None),
        Fault::Missing => {
            (format!("Missing required parameter: '{path}'."), Some("missing_required_parameter"))
        }
        Fault::Type { wanted, found } => (
            format!("Invalid type for '{path}': expected {wanted}, but got {found} instead."),
            Some("invalid_type"),
        ),
        Fault::Below { bound, value, whole } => {
            let (kind, code) = if *whole {
                ("integer", "integer_below_min_value")
            } else {
                ("decimal", "decimal_below_min_value")
            };
            let rest = format!("Expected a value >= {bound}, but got {value} instead.");
            (format!("Invalid '{path}': {kind} below minimum value. {rest}"), Some(code))
        }
        Fault::Above { bound, value, whole } => {
            let (kind, code) = if *whole {
                ("integer", "integer_above_max_value")
            } else {
                ("decimal", "decimal_above_max_value")
            };
            let rest = format!("Expected a value <= {bound}, but got {value} instead.");
            (format!("Invalid '{path}': {kind} above maximum value. {rest}"), Some(code))
        }
        Fault::Value { value, known } => {
            let message = format!("Invalid value: '{value}'. Supported values are: {}.", listed(known));
            (message, Some("invalid_value"))
        }
        Fault::Empty => {
            let rest = "Expected an array with minimum length 1, but got an empty array instead.";
            (format!("Invalid '{path}': empty array. {rest}"), Some("empty_array"))
        }
        Fault::TooMany { most, length } => {
            let rest = format!(
                "Expected an array with maximum length {most}, but got an array with length {length} instead."
            );
            (format!("Invalid '{path}': array too long. {rest}"), Some("array_above_max_length"))
        }
        Fault::Unknown { .. } if endpoint == Endpoint::ChatCompletions && complaint.path.0.len() == 1 => {
            (format!("Unrecognized request argument supplied: {path}"), None)
        }
        Fault::Unknown { .. } => (format!("Unknown parameter: '{path}'."), Some("unknown_parameter")),
        Fault::Rule(rule) => (rule.said.clone(), rule.code),
    };
    Said { message, code, param: code.is_some().then_some(path) }
}

/// `'a', 'b', and 'c'`.
fn listed(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if rest.len() > 1 => format!("{}, and {last}", rest.join(", ")),
        _ => quoted.join(" and "),
    }
}

/// A place with dots between all its steps: `messages.0.content`.
fn dotted(path: &Path) -> String {
    let steps = path.0.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}

fn anthropic(complaint: &Complaint) -> String {
    let path = dotted(&complaint.path);
    match &complaint.fault {
        Fault::Missing => format!("{path}: Field required"),
        Fault::Type { wanted, .. } => format!("{path}: Input should be {}", valid(wanted)),
        Fault::Below { bound, .. } => format!("{path}: Input should be greater than or equal to {bound}"),
        Fault::Above { bound, .. } => format!("{path}: Input should be less than or equal to {bound}"),
        Fault::Value { known, .. } => {
            let quoted: Vec<String> = known.iter().map(|value| format!("'{value}'")).collect();
            let list = match quoted.split_last() {
                Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
                _ => quoted.concat(),
            };
            format!("{path}: Input should be {list}")
        }
        Fault::Empty => format!("{path}: at least one message is required"),
        Fault::TooMany { most, length } => {
            format!("{path}: List should have at most {most} items after validation, not {length}")
        }
        Fault::Unknown { .. } => format!("{path}: Extra inputs are not permitted"),
        Fault::Rule(rule) => rule.said.clone(),
    }
}

/// A type in the words of Pydantic, which Anthropic answers in.
fn valid(wanted: &str) -> String {
    match wanted {
        "an array" => "a valid list".to_owned(),
        "an object" => "a valid dictionary".to_owned(),
        "a string or an array" => "a valid string".to_owned(),
        other => other.replacen(' ', " valid ", 1).replacen("an valid", "a valid", 1),
    }
}

/// A place with the names that stand in the definition of the service: `generation_config` for `generationConfig`.
fn defined(path: &Path) -> String {
    let mut text = String::new();
    for letter in path.to_string().chars() {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn google(endpoint: Endpoint, complaint: &Complaint) -> String {
    let request = match endpoint {
        Endpoint::CountTokens => "CountTokensRequest",
        Endpoint::EmbedContent => "EmbedContentRequest",
        Endpoint::BatchEmbedContents => "BatchEmbedContentsRequest",
        _ => "GenerateContentRequest",
    };
    let path = defined(&complaint.path);
    let parent = Path(complaint.path.0.split_last().map(|(_, rest)| rest.to_vec()).unwrap_or_default());
    let parent = defined(&parent);
    let last = complaint.path.0.last().map_or_else(String::new, |step| Path(vec![step.clone()]).to_string());
    let at = if parent.is_empty() { String::new() } else { format!(" at '{parent}'") };
    match &complaint.fault {
        Fault::Missing | Fault::Empty => {
            format!("* {request}.{path}: {path} is not specified\n")
        }
        Fault::Type { .. } => {
            format!("Invalid value at '{path}' (type), the value does not fit the type of the field.")
        }
        Fault::Below { bound, value, .. } | Fault::Above { bound, value, .. } => {
            format!("* {request}.{path}: the value {value} is out of the range that ends at {bound}\n")
        }
        Fault::Value { .. } if last == "role" => "Please use a valid role: user, model.".to_owned(),
        Fault::Value { value, .. } => format!("Invalid value at '{path}' (enum), \"{value}\""),
        Fault::TooMany { most, length } => {
            format!("* {request}.{path}: {length} entries, at most {most} are taken\n")
        }
        Fault::Unknown { .. } => {
            format!("Invalid JSON payload received. Unknown name \"{last}\"{at}: Cannot find field.")
        }
        Fault::Rule(rule) => rule.said.clone(),
    }
}

fn ollama(endpoint: Endpoint, complaint: &Complaint) -> String {
    let path = dotted(&complaint.path);
    match &complaint.fault {
        Fault::Missing => format!("{path} is required"),
        Fault::Type { wanted, found } => {
            let kind = match *found {
                "an integer" | "a decimal number" => "number",
                "a boolean" => "bool",
                other => other.split(' ').next_back().unwrap_or_default(),
            };
            let wanted = match wanted.as_str() {
                "a boolean" => "bool",
                "an integer" => "int",
                "an array" => "[]",
                other => other.split(' ').next_back().unwrap_or_default(),
            };
            let request = match endpoint {
                Endpoint::OllamaChat => "ChatRequest",
                Endpoint::OllamaGenerate => "GenerateRequest",
                Endpoint::OllamaEmbed => "EmbedRequest",
                _ => "Request",
            };
            format!("json: cannot unmarshal {kind} into Go struct field {request}.{path} of type {wanted}")
        }
        Fault::Below { bound, .. } => format!("{path} must be at least {bound}"),
        Fault::Above { bound, .. } => format!("{path} must be at most {bound}"),
        Fault::Value { value, .. } => format!("invalid {path}: {value}"),
        Fault::Empty | Fault::TooMany { .. } => format!("invalid {path}"),
        Fault::Unknown { .. } => format!("unknown {path}"),
        Fault::Rule(rule) => rule.said.clone(),
    }
}
