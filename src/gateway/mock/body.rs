//! Whether a body is JSON and says what the endpoint takes, in the words of the provider.

use serde_json::Value;

use crate::data::Path;
use crate::diagnostics::{Code, nearest};
use crate::gateway::dialects::Endpoint;
use crate::gateway::dialects::parameters::{Complaint, Fault, check};
use crate::gateway::exchange::{Answer, Finding, Place};
use crate::gateway::profiles::{Service, UnknownParameters};

use super::judgement::{Fill, Judgement};

/// Reads the body; none where it is no JSON object, which is answered with `refusal` or else in the provider's words.
pub(super) fn read(judgement: &mut Judgement, refusal: Option<Answer>) -> Option<Value> {
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
        judgement.refuse(&profile.errors.content_type, &Fill::default(), finding);
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(body @ Value::Object(_)) => Some(body),
        Ok(_) => {
            let finding =
                Finding::new(Code::BodySyntax, Place::Body(Path::default()), "the body is not a JSON object");
            refuse_syntax(judgement, refusal, "the body is not a JSON object", finding);
            None
        }
        Err(_) if request.body.is_empty() => {
            let finding = Finding::new(Code::BodySyntax, Place::Body(Path::default()), "the body is empty");
            refuse_syntax(judgement, refusal, "the body is empty", finding.help("send a JSON object"));
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
            refuse_syntax(judgement, refusal, &reason, finding);
            None
        }
    }
}

fn refuse_syntax(judgement: &mut Judgement, refusal: Option<Answer>, reason: &str, finding: Finding) {
    let form = &judgement.profile.errors.body_syntax;
    match refusal {
        Some(answer) => judgement.refuse_with(answer, finding),
        None => judgement.refuse(form, &Fill { message: reason, ..Fill::default() }, finding),
    }
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
    for complaint in check(endpoint, body, &judgement.profile.parameters) {
        one(judgement, endpoint, &complaint);
    }
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
            let param = complaint.path.to_string();
            let param = said.code.is_some().then_some(param.as_str());
            let fill = Fill { message: &said.message, param, code: said.code, ..Fill::default() };
            judgement.refuse(&profile.errors.bad_parameter, &fill, finding);
        }
    }
}

/// Whether the provider refuses it: OpenAI and Anthropic everything, other hosted services what has the wrong shape, servers of
/// the reader's own only what they cannot work with.
fn weight(judgement: &Judgement, complaint: &Complaint) -> Weight {
    let profile = judgement.profile;
    let strict = profile.unknown_parameters == UnknownParameters::Refused;
    let own = profile.local || profile.service == Service::Generic;
    let is_model = complaint.path.to_string() == "model";
    match &complaint.fault {
        _ if strict => Weight::Refused,
        Fault::Unknown { near } => match profile.unknown_parameters {
            UnknownParameters::PassedOn if near.is_none() => Weight::Silent,
            _ => Weight::Said,
        },
        Fault::Missing if is_model && profile.service == Service::Portkey => Weight::Said,
        Fault::Below { .. } | Fault::Above { .. } if profile.service == Service::Portkey || own => {
            Weight::Said
        }
        // Other providers have more values than OpenAI, but not more roles.
        Fault::Value { .. } if own || complaint.path.0.len() == 1 => Weight::Said,
        Fault::Missing
        | Fault::Type { .. }
        | Fault::Empty
        | Fault::Below { .. }
        | Fault::Above { .. }
        | Fault::Value { .. } => Weight::Refused,
    }
}

/// What the provider says.
struct Said {
    message: String,
    code: Option<&'static str>,
}

fn said(endpoint: Endpoint, complaint: &Complaint) -> Said {
    if endpoint == Endpoint::Messages {
        return Said { message: said_by_anthropic(complaint), code: None };
    }
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
        Fault::Unknown { .. } if endpoint == Endpoint::ChatCompletions && complaint.path.0.len() == 1 => {
            (format!("Unrecognized request argument supplied: {path}"), None)
        }
        Fault::Unknown { .. } => (format!("Unknown parameter: '{path}'."), Some("unknown_parameter")),
    };
    Said { message, code }
}

/// `'a', 'b', and 'c'`.
fn listed(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    match quoted.split_last() {
        Some((last, rest)) if rest.len() > 1 => format!("{}, and {last}", rest.join(", ")),
        _ => quoted.join(" and "),
    }
}

fn said_by_anthropic(complaint: &Complaint) -> String {
    let path = complaint.path.to_string().replace('[', ".").replace(']', "");
    match &complaint.fault {
        Fault::Missing => format!("{path}: Field required"),
        Fault::Type { wanted, .. } => format!("{path}: Input should be {wanted}"),
        Fault::Below { bound, .. } => format!("{path}: Input should be greater than or equal to {bound}"),
        Fault::Above { bound, .. } => format!("{path}: Input should be less than or equal to {bound}"),
        Fault::Value { known, .. } => format!("{path}: Input should be {}", listed(known)),
        Fault::Empty => format!("{path}: at least one message is required"),
        Fault::Unknown { .. } => format!("{path}: Extra inputs are not permitted"),
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
