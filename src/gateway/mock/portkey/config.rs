//! The config that comes with a request: the id of a saved one, or JSON.

use serde_json::{Value, json};

use super::super::judgement::Judgement;
use crate::data::{self, Node, Path, Step, Syntax};
use crate::diagnostics::{Code, Problem};
use crate::gateway::credentials::placeholder;
use crate::gateway::exchange::{Finding, Place, Request};
use crate::gateway::portkey::{failure, model_of, slug_of};
use crate::gateway::routing::{Config, Edition, custom_host_refused};
use crate::source::Span;

/// The header.
const HEADER: &str = "x-portkey-config";

/// What came with a request.
#[derive(Debug)]
pub(super) enum Given {
    /// No config.
    Nothing,
    /// The id of a saved one.
    Saved,
    /// One that is refused.
    Refused,
    /// One that is followed.
    Config(Box<Config>),
}

impl Given {
    /// The config that is followed.
    pub(super) fn config(&self) -> Option<&Config> {
        match self {
            Self::Config(config) => Some(config),
            Self::Nothing | Self::Saved | Self::Refused => None,
        }
    }
}

/// A base URL in place of one that the reader fills in: nobody is known there, so that any model may be.
const ANYWHERE: &str = "https://provider.example/v1";

/// The request as the engine plays it: what the reader has to fill in stands for a saved config or, where there are none, for one of
/// any provider; for an integration; and for a base URL.
pub(super) fn played(request: &Request, edition: Edition, given: &Given) -> Request {
    let mut request = request.clone();
    for (name, value) in &mut request.headers {
        match name.as_str() {
            HEADER if matches!(given, Given::Saved) => {
                *value = match edition {
                    Edition::Hosted => "pc-saved".to_owned(),
                    Edition::Open => {
                        json!({"provider": "openai", "api_key": "any", "custom_host": ANYWHERE}).to_string()
                    }
                };
            }
            "x-portkey-custom-host" if custom_host_refused(value) && placeholder(value) => {
                ANYWHERE.clone_into(value);
            }
            "x-portkey-provider" if !value.trim().starts_with('@') && placeholder(value.trim()) => {
                *value = format!("@{}", value.trim());
            }
            _ => *value = value.trim().to_owned(),
        }
    }
    request
}

/// Reads the config of a request.
pub(super) fn given(judgement: &mut Judgement) -> Given {
    let Some(text) = judgement.request.filled(HEADER) else {
        return Given::Nothing;
    };
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        let saved = text.strip_prefix("pc-").is_some_and(|id| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            placeholder(id) || !id.is_empty() && id.bytes().all(letter)
        });
        if judgement.profile.edition == Edition::Open && saved {
            let message = "the open-source gateway has no saved configs";
            let finding = Finding::new(Code::BadHeader, place(&Path::default()), message);
            judgement.note(finding.help("write the config itself, as JSON in one line"));
            return Given::Refused;
        }
        if saved || placeholder(text) {
            return Given::Saved;
        }
        let message = format!("`{HEADER}` is not JSON");
        let finding = Finding::new(Code::BadHeader, place(&Path::default()), message)
            .help("write JSON with double quotes in one line, or the id of a saved config, `pc-…`");
        judgement.refuse_with(failure(400, "Invalid config passed. You need to pass a valid json"), finding);
        return Given::Refused;
    };
    let (document, _) = data::parse(text, Syntax::Json).into_parts();
    let node = document.root;
    if let Some(finding) = refused_at_once(judgement, &value) {
        judgement.note(finding);
        return Given::Refused;
    }
    let (config, problems) = Config::read_for(judgement.profile.edition, &node).into_parts();
    for problem in problems {
        judgement.note(finding(&node, problem));
    }
    config.map_or(Given::Refused, |config| Given::Config(Box::new(config)))
}

/// What is refused before anything else is looked at.
fn refused_at_once(judgement: &Judgement, value: &Value) -> Option<Finding> {
    let finding = |message: &str| Finding::new(Code::RefusedConfig, place(&Path::default()), message);
    if !value.is_object() {
        let help = "write `{\"provider\": \"@…\"}`, or the id of a saved config";
        return Some(finding("a Portkey Config is an object").help(help));
    }
    let request = judgement.request;
    let hosted = judgement.profile.edition == Edition::Hosted;
    // One of the old form is refused for that, whatever it names.
    let keys: &[&str] = if hosted {
        &["provider", "virtual_key", "targets", "options"]
    } else {
        &["provider", "targets", "options"]
    };
    let by_model = || {
        let own = value.pointer("/override_params/model").and_then(Value::as_str).map(str::to_owned);
        let model = model_of(request, &request.json().unwrap_or(Value::Null));
        own.iter().chain(&model).any(|model| slug_of(model).is_some())
    };
    let provided = keys.iter().any(|key| value.get(key).is_some())
        || request.filled("x-portkey-provider").is_some()
        || (hosted && (request.filled("x-portkey-virtual-key").is_some() || by_model()));
    if provided {
        return None;
    }
    let message = "nothing names a provider: neither this config nor a header nor the model";
    Some(finding(message).help(if hosted {
        "add `\"provider\": \"@…\"`, or write the model as `@slug/model`"
    } else {
        "add `\"provider\": \"openai\"` with its `\"api_key\"`, or send `x-portkey-provider`"
    }))
}

/// The finding of a problem in the header.
fn finding(node: &Node, problem: Problem) -> Finding {
    let path = path_at(node, problem.span).unwrap_or_default();
    Finding {
        code: problem.code,
        severity: problem.severity,
        place: place(&path),
        message: problem.message,
        label: problem.label,
        help: problem.help,
        fix: problem.fix,
    }
}

/// A place in the config.
pub(super) fn place(path: &Path) -> Place {
    Place::InHeader(HEADER.to_owned(), path.clone())
}

/// The way to the value, or to the value of the key, that stands at a span.
fn path_at(node: &Node, span: Span) -> Option<Path> {
    let mut open = vec![(node, Path::default())];
    while let Some((node, path)) = open.pop() {
        if node.span == span {
            return Some(path);
        }
        for (index, element) in node.elements().iter().enumerate() {
            open.push((element, longer(&path, Step::Index(index))));
        }
        for member in node.members() {
            let path = longer(&path, Step::Key(member.key.clone()));
            if member.key_span == span {
                return Some(path);
            }
            open.push((&member.value, path));
        }
    }
    None
}

fn longer(path: &Path, step: Step) -> Path {
    let mut path = path.clone();
    path.0.push(step);
    path
}

/// The way to a target: `config.targets[1].targets[0]`.
pub(super) fn path_of(target: &str) -> Path {
    let mut path = Path::default();
    for part in target.split(".targets[").skip(1) {
        path.0.push(Step::Key("targets".to_owned()));
        path.0.extend(part.trim_end_matches(']').parse().ok().map(Step::Index));
    }
    path
}
