//! What is found out about one request: the findings, and the answer of the first thing that is refused.

use serde_json::Value;

use crate::gateway::dialects::seed::Seed;
use crate::gateway::exchange::{Answer, Exchange, Finding, Request, STRUCK_OUT, Unsent};
use crate::gateway::profiles::{Base, CredentialPlace, ErrorForm, Errors, Profile};

/// The judgement of one request, as it grows.
#[derive(Debug)]
pub(super) struct Judgement<'a> {
    /// The provider that judges.
    pub(super) profile: &'a Profile,
    /// The request.
    pub(super) request: &'a Request,
    /// The errors of the provider where the request goes.
    pub(super) errors: &'a Errors,
    /// Where a credential may stand there, the best place first.
    pub(super) places: &'a [CredentialPlace],
    refusal: Option<Answer>,
    findings: Vec<Finding>,
}

/// What fills the places that the form of an error leaves open.
#[derive(Clone, Debug, Default)]
pub(in crate::gateway) struct Fill<'a> {
    pub(in crate::gateway) model: &'a str,
    pub(in crate::gateway) message: &'a str,
    pub(in crate::gateway) param: Option<&'a str>,
    pub(in crate::gateway) code: Option<&'a str>,
}

impl<'a> Judgement<'a> {
    pub(super) fn new(profile: &'a Profile, request: &'a Request) -> Self {
        let (errors, places) = (&profile.errors, profile.authentication.places.as_slice());
        Self { profile, request, errors, places, refusal: None, findings: Vec::new() }
    }

    /// The same at a base path, which may have errors and places of credentials of its own.
    pub(super) fn at(self, base: &'a Base) -> Self {
        let places = if base.places.is_empty() { self.places } else { &base.places };
        Self { errors: base.errors.as_deref().unwrap_or(self.errors), places, ..self }
    }

    /// Notes what does not keep the provider from answering.
    pub(super) fn note(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Notes what the provider refuses, with the error that it answers; the first error is the answer.
    pub(super) fn refuse(&mut self, form: &ErrorForm, fill: &Fill, finding: Finding) {
        let answer = filled(form, fill, self.request);
        self.refuse_with(answer, finding);
    }

    /// Notes what the provider refuses, with its answer; the first one is the answer.
    pub(super) fn refuse_with(&mut self, answer: Answer, finding: Finding) {
        self.refusal.get_or_insert(answer);
        self.findings.push(finding);
    }

    /// Whether something was refused.
    pub(super) fn is_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// Whether an error was noted, whatever is answered.
    pub(super) fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// The exchange with an answer that goes before every refusal.
    pub(super) fn answered_with(self, answer: Answer) -> Exchange {
        Self { refusal: Some(answer), ..self }.answered(|| Answer::text(500, "text/plain", ""))
    }

    /// The exchange: the refusal, or the answer.
    pub(super) fn answered(self, answer: impl FnOnce() -> Answer) -> Exchange {
        Exchange {
            request: self.request.clone(),
            answer: self.refusal.unwrap_or_else(answer),
            provider: Some(self.profile.name.clone()),
            findings: self.findings,
            unsent: None,
            fault: None,
        }
    }

    /// The exchange of a request that is not sent.
    pub(super) fn unsent(self, unsent: Unsent) -> Exchange {
        Exchange { provider: Some(self.profile.name.clone()), ..not_sent(self.request, unsent) }
    }
}

/// The exchange of a request that goes nowhere.
pub(super) fn not_sent(request: &Request, unsent: Unsent) -> Exchange {
    let answer = Answer { status: 502, headers: Vec::new(), chunks: Vec::new() };
    Exchange {
        request: request.clone(),
        answer,
        provider: None,
        findings: Vec::new(),
        unsent: Some(unsent),
        fault: None,
    }
}

/// An error with its open places filled, in JSON inside of its texts, so that nothing needs escaping.
pub(in crate::gateway) fn filled(form: &ErrorForm, fill: &Fill, request: &Request) -> Answer {
    match serde_json::from_str::<Value>(&form.body) {
        Ok(mut body) => {
            fill_value(&mut body, fill, request);
            Answer::json(form.status, &body)
        }
        Err(_) => {
            Answer::text(form.status, "text/plain; charset=utf-8", fill_text(&form.body, fill, request))
        }
    }
}

/// The id that a provider gives a request.
pub(super) fn request_id(request: &Request) -> String {
    Seed::of(request).id("req_", 24)
}

fn fill_value(value: &mut Value, fill: &Fill, request: &Request) {
    match value {
        Value::String(text) => {
            let whole = match text.as_str() {
                "{param}" => Some(fill.param),
                "{code}" => Some(fill.code),
                _ => None,
            };
            *value = match whole {
                Some(inner) => inner.map_or(Value::Null, |inner| Value::String(inner.to_owned())),
                None => Value::String(fill_text(text, fill, request)),
            };
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| fill_value(element, fill, request)),
        Value::Object(members) => {
            for (key, mut member) in std::mem::take(members) {
                fill_value(&mut member, fill, request);
                members.insert(fill_text(&key, fill, request), member);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Fills in one pass, so that what is filled in is never read as an open place.
fn fill_text(text: &str, fill: &Fill, request: &Request) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let value = match name {
            "model" => fill.model,
            "message" => fill.message,
            "param" => fill.param.unwrap_or_default(),
            "code" => fill.code.unwrap_or_default(),
            "path" => &request.path,
            "method" => &request.method,
            "key" => STRUCK_OUT,
            "request" => {
                out.push_str(&request_id(request));
                ""
            }
            _ => {
                out.push('{');
                rest = after;
                continue;
            }
        };
        out.push_str(value);
        rest = behind;
    }
    out.push_str(rest);
    out
}
