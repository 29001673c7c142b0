//! The config that comes with a request: the id of a saved one, or JSON.

use serde_json::{Value, json};

use super::super::judgement::Judgement;
use super::{failure, integrations};
use crate::data::{self, Node, Path, Step, Syntax};
use crate::diagnostics::{Code, Problem, Severity};
use crate::gateway::credentials::placeholder;
use crate::gateway::exchange::{Answer, Finding, Place, Request};
use crate::gateway::profiles::Profile;
use crate::gateway::routing::{Config, Edition, custom_host_refused, refusals};
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
    let Some(text) = judgement.request.header(HEADER).map(str::trim).filter(|text| !text.is_empty()) else {
        return Given::Nothing;
    };
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        let saved = text.strip_prefix("pc-").is_some_and(|id| {
            let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            placeholder(id) || !id.is_empty() && id.bytes().all(letter)
        });
        if judgement.profile.edition == Edition::Open && saved {
            let finding = Finding::new(
                Code::BadHeader,
                Place::InHeader(HEADER.to_owned(), Path::default()),
                "the open-source gateway has no saved configs",
            );
            let help = "write the config itself, as JSON in one line";
            judgement.refuse_with(
                failure(400, "Invalid config passed. You need to pass a valid json"),
                finding.help(help),
            );
            return Given::Refused;
        }
        if saved || placeholder(text) {
            return Given::Saved;
        }
        let finding = Finding::new(
            Code::BadHeader,
            Place::InHeader(HEADER.to_owned(), Path::default()),
            format!("`{HEADER}` is not JSON"),
        )
        .help("write JSON with double quotes in one line, or the id of a saved config, `pc-…`");
        judgement.refuse_with(failure(400, "Invalid config passed. You need to pass a valid json"), finding);
        return Given::Refused;
    };
    let (document, _) = data::parse(text, Syntax::Json).into_parts();
    let node = document.root;
    if let Some((answer, finding)) = refused_at_once(judgement, &value, &node) {
        judgement.refuse_with(answer, finding);
        return Given::Refused;
    }
    let edition = judgement.profile.edition;
    let (config, problems) = Config::read_for(edition, &node).into_parts();
    let errors = refusals(edition, &node);
    for problem in problems {
        let refused = problem.severity == Severity::Error && problem.code == Code::RefusedConfig;
        let finding = finding(&node, problem);
        if refused {
            let body = json!({"status": "failure", "message": "Invalid config passed", "errors": errors});
            judgement.refuse_with(Answer::json(400, &body), finding);
        } else {
            judgement.note(finding);
        }
    }
    match config {
        Some(config) => Given::Config(Box::new(config)),
        None => Given::Refused,
    }
}

/// What is refused before anything else is looked at.
fn refused_at_once(judgement: &Judgement, value: &Value, node: &Node) -> Option<(Answer, Finding)> {
    let message = "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config with \
        provider details in it.";
    if value.get("options").is_some() {
        let message =
            "This version of config is not supported in this route. Please migrate to the latest version";
        let (_, problems) = Config::read(node).into_parts();
        let problem = problems.into_iter().next()?;
        return Some((failure(400, message), finding(node, problem)));
    }
    if !value.is_object() {
        let finding =
            Finding::new(Code::RefusedConfig, place(&Path::default()), "a Portkey Config is an object");
        return Some((
            failure(400, message),
            finding.help("write `{\"provider\": \"@…\"}`, or the id of a saved config"),
        ));
    }
    let hosted = judgement.profile.edition == Edition::Hosted;
    let keys: &[&str] =
        if hosted { &["provider", "virtual_key", "targets"] } else { &["provider", "targets"] };
    let says = keys.iter().any(|key| value.get(key).is_some());
    let slug =
        |model: Option<&Value>| model.and_then(Value::as_str).is_some_and(|model| model.starts_with('@'));
    let header = |name: &str| judgement.request.header(name).is_some();
    let body = judgement.request.json();
    let provided = says
        || header("x-portkey-provider")
        || (hosted
            && (slug(value.pointer("/override_params/model"))
                || slug(body.as_ref().and_then(|body| body.get("model")))
                || header("x-portkey-virtual-key")));
    if provided {
        return None;
    }
    let finding = Finding::new(
        Code::RefusedConfig,
        place(&Path::default()),
        "nothing names a provider: neither this config nor a header nor the model",
    )
    .help(if hosted {
        "add `\"provider\": \"@…\"`, or write the model as `@slug/model`"
    } else {
        "add `\"provider\": \"openai\"` with its `\"api_key\"`, or send `x-portkey-provider`"
    });
    Some((failure(400, message), finding))
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

/// The slugs of a config that stand for nothing, as the gateway lists them.
pub(super) fn unknown_slugs(portkey: &Profile, config: &Config) -> String {
    let leaves = config.leaves();
    let unknown = leaves.iter().filter_map(|leaf| integrations::of_target(portkey, leaf)?.err());
    unknown.collect::<Vec<_>>().join(", ")
}
