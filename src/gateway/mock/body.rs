//! Whether a body is JSON and says what the endpoint takes, in the words of the provider.

use serde_json::Value;

use crate::data::{Path, Step};
use crate::diagnostics::{Code, nearest};
use crate::gateway::dialects::parameters::{Complaint, Fault, check};
use crate::gateway::dialects::wording::said;
use crate::gateway::dialects::{Endpoint, form};
use crate::gateway::exchange::{Finding, Place};
use crate::gateway::profiles::{Service, UnknownParameters, Unsupported};

use super::judgement::{Fill, Judgement};

/// Reads the body; none where it is no JSON object, which is answered in the provider's words.
pub(super) fn read(judgement: &mut Judgement) -> Option<Value> {
    let (profile, request) = (judgement.profile, judgement.request);
    let kind = request.header("content-type").unwrap_or_default();
    if profile.json_only && !kind.to_lowercase().contains("json") {
        let said = if kind.is_empty() { "no content type".to_owned() } else { format!("`{kind}`") };
        let message = format!(
            "{} reads a body as JSON only where the content type says so, and this is {said}",
            profile.title
        );
        let place = Place::Header("content-type".to_owned());
        let finding =
            Finding::new(Code::BadHeader, place, message).help("send `Content-Type: application/json`");
        judgement.refuse(&judgement.errors.content_type, &Fill::default(), finding);
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(body @ Value::Object(_)) => Some(body),
        Ok(_) => {
            let finding =
                Finding::new(Code::BodySyntax, Place::Body(Path::default()), "the body is not a JSON object");
            refuse_syntax(judgement, "the body is not a JSON object", finding);
            None
        }
        Err(_) if request.body.is_empty() => {
            let finding = Finding::new(Code::BodySyntax, Place::Body(Path::default()), "the body is empty");
            refuse_syntax(judgement, "the body is empty", finding.help("send a JSON object"));
            None
        }
        Err(error) => {
            let reason = reason(&error);
            let at = offset(&request.body, error.line(), error.column());
            let finding = Finding::new(
                Code::BodySyntax,
                Place::BodyByte(at),
                format!("the body is not JSON: {reason}"),
            );
            refuse_syntax(judgement, &reason, finding);
            None
        }
    }
}

/// Reads a form of several parts; none where it is none, which is answered in the provider's words.
pub(super) fn read_form(judgement: &mut Judgement) -> Option<Value> {
    let request = judgement.request;
    match form::read(request.header("content-type").unwrap_or_default(), &request.body) {
        Ok(fields) => Some(fields),
        Err(reason) => {
            let place = Place::Header("content-type".to_owned());
            let message = format!("the body is not a form of several parts: {reason}");
            let help = "send `multipart/form-data`, in curl with `-F name=value` for each field";
            let finding = Finding::new(Code::BadHeader, place, message).help(help);
            refuse_syntax(judgement, reason, finding);
            None
        }
    }
}

fn refuse_syntax(judgement: &mut Judgement, reason: &str, finding: Finding) {
    judgement.refuse(&judgement.errors.body_syntax, &Fill { message: reason, ..Fill::default() }, finding);
}

/// The message without its position, which points into a text that the reader does not see.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_lowercase()
}

/// The byte of a line and column counted from one; at most the end.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let starts = body.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let start = [0].into_iter().chain(starts).nth(line.saturating_sub(1)).unwrap_or(body.len());
    (start + column.saturating_sub(1)).min(body.len())
}

/// Judges the parameters of a body.
pub(super) fn judge(judgement: &mut Judgement, endpoint: Endpoint, body: &Value) {
    let complaints = check(endpoint, body, &judgement.profile.parameters);
    for complaint in &complaints {
        one(judgement, endpoint, complaint);
    }
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    let profile = judgement.profile;
    for rule in profile.unsupported.iter().filter(|rule| rule.endpoints.contains(&endpoint)) {
        let path = Path(vec![Step::Key(rule.parameter.clone())]);
        let wrong_already = complaints.iter().any(|complaint| complaint.path == path);
        let Some(value) = body.get(&rule.parameter).filter(|value| !value.is_null() && !wrong_already) else {
            continue;
        };
        if rule.models.as_ref().is_some_and(|models| models.is_match(model).unwrap_or(false))
            && rule.only.as_ref().is_none_or(|only| value.as_f64() != only.parse().ok())
        {
            unsupported(judgement, rule, path, value);
        }
    }
}

/// A parameter that the model does not take, or not with this value.
fn unsupported(judgement: &mut Judgement, rule: &Unsupported, path: Path, value: &Value) {
    let said = rule.message.replace("{value}", &value.to_string());
    let message = format!("this model of {} does not take `{}`", judgement.profile.title, rule.parameter);
    let finding = Finding::new(Code::BadParameter, Place::Body(path), message);
    let finding = if rule.help.is_empty() { finding } else { finding.help(rule.help.clone()) };
    let code = Some(rule.code.as_str()).filter(|code| !code.is_empty());
    let fill = Fill { message: &said, param: Some(&rule.parameter), code, ..Fill::default() };
    judgement.refuse(&judgement.errors.bad_parameter, &fill, finding);
}

/// What becomes of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    Refused,
    Said,
    Silent,
}

fn one(judgement: &mut Judgement, endpoint: Endpoint, complaint: &Complaint) {
    let profile = judgement.profile;
    let finding = finding(endpoint, complaint, &profile.title);
    match weight(judgement, complaint) {
        Weight::Silent => {}
        Weight::Said => {
            let finding = match (&complaint.fault, profile.service) {
                (Fault::Below { bound, .. } | Fault::Above { bound, .. }, Service::Portkey) => {
                    finding.help(format!("the gateway sends {bound} in its place"))
                }
                (Fault::Unknown { near: None }, Service::Portkey) => {
                    finding.help("take it out: the gateway does not send it on")
                }
                (Fault::Missing, Service::Portkey) => {
                    finding.help("name a model: the gateway puts in one of its own")
                }
                _ => finding,
            };
            judgement.note(finding.warning());
        }
        Weight::Refused => {
            let said = said(endpoint, complaint);
            let (param, code) = (said.param.as_deref(), said.code);
            let fill = Fill { message: &said.message, param, code, ..Fill::default() };
            let errors = judgement.errors;
            let unknown =
                matches!(complaint.fault, Fault::Unknown { .. }) && !errors.unknown_parameter.body.is_empty();
            let form = if unknown { &errors.unknown_parameter } else { &errors.bad_parameter };
            // Some name a parameter in every error, with or without a code.
            let path = complaint.path.to_string();
            let fill = if unknown { Fill { param: Some(&path), ..fill } } else { fill };
            judgement.refuse(form, &fill, finding);
        }
    }
}

/// Whether the provider refuses it: OpenAI and Anthropic everything, other hosted services what has the wrong shape, servers of
/// the reader's own only what they cannot work with.
fn weight(judgement: &Judgement, complaint: &Complaint) -> Weight {
    let profile = judgement.profile;
    let strict = profile.unknown_parameters == UnknownParameters::Refused;
    let own = profile.local || profile.service == Service::Generic;
    let last = complaint.path.0.last();
    let is = |name: &str| matches!(last, Some(Step::Key(key)) if key == name);
    let deep = complaint.path.0.len() > 1;
    let is_model = !deep && is("model");
    match &complaint.fault {
        _ if strict => Weight::Refused,
        // Which keys a part of a message may have differs from model to model.
        Fault::Unknown { near: None } if deep => Weight::Silent,
        Fault::Rule(_) => Weight::Silent,
        Fault::Unknown { near } => match profile.unknown_parameters {
            UnknownParameters::RefusedAtTop if !deep => Weight::Refused,
            UnknownParameters::PassedOn if near.is_none() => Weight::Silent,
            _ => Weight::Said,
        },
        Fault::Missing if is_model && profile.service == Service::Portkey => Weight::Said,
        Fault::Below { .. } | Fault::Above { .. } if profile.service == Service::Portkey || own => {
            Weight::Said
        }
        // Other providers have more values than OpenAI, but not more roles.
        Fault::Value { .. } if own || !deep => Weight::Said,
        Fault::Value { .. } if !is("role") && step(0, complaint) != Some("response_format") => Weight::Silent,
        Fault::TooMany { .. } => Weight::Said,
        Fault::Missing
        | Fault::Type { .. }
        | Fault::Empty
        | Fault::Below { .. }
        | Fault::Above { .. }
        | Fault::Value { .. } => Weight::Refused,
    }
}

/// The key at a place of the way to a complaint.
fn step(at: usize, complaint: &Complaint) -> Option<&str> {
    match complaint.path.0.get(at) {
        Some(Step::Key(key)) => Some(key),
        Some(Step::Index(_)) | None => None,
    }
}

/// What we say.
fn finding(endpoint: Endpoint, complaint: &Complaint, title: &str) -> Finding {
    let path = &complaint.path;
    let bad = |message: String| Finding::new(Code::BadParameter, Place::Body(path.clone()), message);
    match &complaint.fault {
        Fault::Missing => {
            let parent = Path(path.0.split_last().map(|(_, parent)| parent.to_vec()).unwrap_or_default());
            let message = format!("`{path}` is missing");
            Finding::new(Code::BadParameter, Place::Body(parent), message)
                .help(format!("add `{}`", last(path)))
        }
        Fault::Type { wanted, found } => {
            bad(format!("`{path}` is {found}, not {wanted}")).help(format!("write {wanted}"))
        }
        Fault::Below { bound, value, .. } => {
            bad(format!("`{path}` is {value}, below {bound}, the least that is taken"))
                .help(format!("write {bound} or more"))
        }
        Fault::Above { bound, value, .. } => {
            bad(format!("`{path}` is {value}, above {bound}, the most that is taken"))
                .help(format!("write {bound} or less"))
        }
        Fault::Value { value, known } => {
            let finding = bad(format!("`{value}` is not a value of `{path}`"));
            match nearest(value, known.iter().map(String::as_str)) {
                Some(near) => finding.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
                None => finding.help(format!("it is one of `{}`", known.join("`, `"))),
            }
        }
        Fault::Empty => bad(format!("`{path}` is an empty list")).help("put at least one element into it"),
        Fault::TooMany { most, length } => {
            bad(format!("`{path}` has {length} elements, more than the {most} that are taken"))
                .help(format!("write {most} or fewer"))
        }
        Fault::Rule(rule) => bad(rule.message.clone()).help(rule.help.clone()),
        Fault::Unknown { near } => {
            let message = format!("`{path}` is not a parameter of `{endpoint}` at {title}");
            let finding = Finding::new(Code::UnknownParameter, Place::BodyKey(path.clone()), message);
            match near {
                Some(near) => finding.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
                None => finding,
            }
        }
    }
}

fn last(path: &Path) -> String {
    path.0.last().map_or_else(String::new, |step| Path(vec![step.clone()]).to_string())
}
