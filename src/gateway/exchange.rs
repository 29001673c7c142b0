//! Requests, answers, and what is wrong with them.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::data::Path;
use crate::diagnostics::{Code, Severity};

/// Whether the connection is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS.
    Https,
}

/// A request as a client sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// The scheme.
    pub scheme: Scheme,
    /// The host as the client names it, in lower case, without a port.
    pub host: String,
    /// The port, also where it is the usual one.
    pub port: u16,
    /// The path, as sent, from `/`.
    pub path: String,
    /// The query without its `?`; empty where there is none.
    pub query: String,
    /// Names in lower case, in the order sent; names may repeat.
    pub headers: Vec<(String, String)>,
    /// The body as sent.
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body in pieces, as it is streamed; one piece where it is not.
    pub chunks: Vec<Vec<u8>>,
}

/// The part of a request that something is wrong with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The host, or the request as a whole.
    Host,
    /// The method.
    Method,
    /// The path.
    Path,
    /// A parameter of the query, by name.
    Query(String),
    /// The credential, wherever it stands (also where it is missing).
    Credential,
    /// A header by its name in lower case.
    Header(String),
    /// A place in the JSON value of a header.
    InHeader(String, Path),
    /// A place in the body; the empty path is the body as a whole.
    Body(Path),
    /// The key at the end of a way into the body, where the key is wrong and not its value.
    BodyKey(Path),
    /// A byte of a body that is not JSON.
    BodyByte(usize),
}

/// One thing that is wrong with a request, or misleads the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The kind of mistake.
    pub code: Code,
    /// An error where the provider refuses the request, a warning where it answers all the same.
    pub severity: Severity,
    /// Where in the request.
    pub place: Place,
    /// One line.
    pub message: String,
    /// What stands under the underlined characters.
    pub label: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// What belongs there, where that is certain.
    pub fix: Option<String>,
}

/// A request with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent; credentials struck out where it is shown, see [`Request::shown`].
    pub request: Request,
    /// What came back.
    pub answer: Answer,
    /// The name of the provider profile that it was judged by; none where no profile fits and nothing was sent.
    pub provider: Option<String>,
    /// What is wrong with the request.
    pub findings: Vec<Finding>,
    /// Why nothing was sent, where nothing was sent.
    pub unsent: Option<Unsent>,
    /// What was made to go wrong on purpose, as it was asked for; nothing where the answer is the provider's own.
    pub fault: Option<String>,
}

/// Why a request was not sent on; as text, the reason in a few words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// No profile knows the host, and path and body belong to no known dialect.
    #[error("no provider profile knows `{0}`")]
    UnknownHost(String),
    /// The provider serves this path, and the mock has no answer for it.
    #[error("the mock has no answer for `{0}`")]
    NotPlayed(String),
    /// The live gateway needs this variable, and the environment does not have it.
    #[error("the environment has no `{0}`")]
    NoCredential(String),
    /// The script of a stand-alone gateway has no reply for it; why none of them fits.
    #[error("no reply of the script is for it: {0}")]
    NotScripted(String),
    /// Nothing like it was recorded; what the nearest recording is, and what differs.
    #[error("no recording of it: {0}")]
    NotRecorded(String),
    /// What live gateways may cost is used up: which limit.
    #[error("the limit of {0} is reached")]
    Exhausted(String),
}

impl Unsent {
    /// What the reason speaks of: a host, a method with its path, a variable.
    pub fn subject(&self) -> &str {
        match self {
            Self::UnknownHost(subject)
            | Self::NotPlayed(subject)
            | Self::NoCredential(subject)
            | Self::NotScripted(subject)
            | Self::NotRecorded(subject)
            | Self::Exhausted(subject) => subject,
        }
    }

    /// The same, to strike credentials out.
    pub(super) fn subject_mut(&mut self) -> &mut String {
        match self {
            Self::UnknownHost(subject)
            | Self::NotPlayed(subject)
            | Self::NoCredential(subject)
            | Self::NotScripted(subject)
            | Self::NotRecorded(subject)
            | Self::Exhausted(subject) => subject,
        }
    }
}

/// The header of an answer that did not come from a provider; its value is the host, the path or the variable.
pub const UNSENT: &str = "x-proofpress-unsent";

/// What stands in place of a credential where a request is shown.
pub const STRUCK_OUT: &str = "***";

/// Headers whose value is a credential, beside all whose name says so.
const SECRET_HEADERS: &[&str] = &["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Words in the name of a header, a query parameter or a JSON key that say that its value is a credential.
const SECRET_WORDS: &[&str] =
    &["api-key", "apikey", "token", "secret", "password", "credential", "access-key", "private-key"];

impl Scheme {
    /// As it stands in a URL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is left out of a URL.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Request {
    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// The first value of a header without the spaces around it, where it has one.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.header(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value of a query parameter, percent signs and pluses decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| decoded(key) == name).map(|(_, value)| decoded(value))
    }

    /// The host with its port, where it is not the usual one.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') && !self.host.starts_with('[') {
            Cow::Owned(format!("[{}]", self.host))
        } else {
            Cow::Borrowed(self.host.as_str())
        };
        if self.port == self.scheme.usual_port() {
            host.into_owned()
        } else {
            format!("{host}:{}", self.port)
        }
    }

    /// The whole address.
    pub fn url(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}://{}{}{mark}{}", self.scheme.as_str(), self.authority(), self.path, self.query)
    }

    /// The body as text; bytes that are none are replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A copy that can be shown: credentials in headers, in the query and in JSON are struck out.
    #[must_use]
    pub fn shown(&self) -> Self {
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), shown_header(name, value)));
        let query = self.query.split('&').map(|pair| match pair.split_once('=') {
            Some((name, value)) if is_secret_name(name) && !value.is_empty() => {
                format!("{name}={STRUCK_OUT}")
            }
            _ => pair.to_owned(),
        });
        Self { headers: headers.collect(), query: query.collect::<Vec<_>>().join("&"), ..self.clone() }
    }
}

impl Answer {
    /// An answer of JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// An answer of the gateway's own: what is wrong with it, or keeps it from sending a request.
    pub(super) fn of_gateway(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "error": { "message": message, "type": "proofpress_gateway" } }))
    }

    /// An answer of text.
    pub fn text(status: u16, kind: &str, body: impl Into<String>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        Self { status, headers, chunks: vec![body.into().into_bytes()] }
    }

    /// The first value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The whole body.
    pub fn body(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    /// The whole body as text; bytes that are none are replaced.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body()).into_owned()
    }

    /// Whether its status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Finding {
    /// A finding of the code's usual severity.
    pub fn new(code: Code, place: Place, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, severity: code.severity(), place, message, label: None, help: None, fix: None }
    }

    /// Says what stands under the underlined characters.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what belongs there.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }

    /// Weighs as a warning: the provider answers all the same.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Whether the provider refuses the request for it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl Exchange {
    /// Whether it is worth a recording: it was sent, and nobody made it fail.
    pub fn is_recorded(&self) -> bool {
        self.unsent.is_none() && self.fault.is_none()
    }

    /// The exchange where its request is not sent, with the reason as its answer.
    pub(super) fn left(self, unsent: Unsent) -> Self {
        let answer = Answer::of_gateway(502, &format!("{unsent}; nothing was sent"))
            .with(UNSENT, unsent.subject())
            // The next time it would not be sent either.
            .with("x-should-retry", "false");
        let findings = match &unsent {
            Unsent::NotRecorded(_) => self.findings,
            // Nobody has looked at what the mock thinks of it.
            Unsent::UnknownHost(_)
            | Unsent::NotPlayed(_)
            | Unsent::NoCredential(_)
            | Unsent::NotScripted(_)
            | Unsent::Exhausted(_) => Vec::new(),
        };
        Self { answer, findings, unsent: Some(unsent), ..self }
    }
}

fn first<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Whether a value of this name is a credential.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_lowercase().replace('_', "-");
    let counts = name.contains("max-tokens") || name.ends_with("-tokens") || name == "tokens";
    name == "key"
        || SECRET_HEADERS.contains(&name.as_str())
        || (!counts && SECRET_WORDS.iter().any(|word| name.contains(word)))
}

fn shown_header(name: &str, value: &str) -> String {
    if !is_secret_name(name) {
        // A Portkey Config in a header may carry the keys of its targets.
        let Ok(mut json) = serde_json::from_str::<Value>(value) else { return value.to_owned() };
        return if strike(&mut json, 0) { json.to_string() } else { value.to_owned() };
    }
    match value.split_once(' ') {
        Some((scheme, rest)) if scheme.chars().all(char::is_alphabetic) && !rest.is_empty() => {
            format!("{scheme} {STRUCK_OUT}")
        }
        _ if value.is_empty() => String::new(),
        _ => STRUCK_OUT.to_owned(),
    }
}

/// Strikes out the credentials in a value; whether there were any.
fn strike(value: &mut Value, depth: usize) -> bool {
    if depth > 64 {
        *value = Value::String(STRUCK_OUT.to_owned());
        return true;
    }
    let mut struck = false;
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if is_secret_name(key) && member.is_string() {
                    *member = Value::String(STRUCK_OUT.to_owned());
                    struck = true;
                } else {
                    struck |= strike(member, depth + 1);
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                struck |= strike(element, depth + 1);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    struck
}

/// A part of a query with its escapes decoded.
fn decoded(text: &str) -> String {
    // In a query a space may be written as `+`.
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)], query: &str) -> Request {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Request {
            method: "GET".to_owned(),
            scheme: Scheme::Https,
            host: "api.openai.com".to_owned(),
            port: 443,
            path: "/v1/models".to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body: Vec::new(),
        }
    }

    #[track_caller]
    fn check_shown(name: &str, value: &str, shown: &str) {
        assert_eq!(request(&[(name, value)], "").shown().header(name), Some(shown));
    }

    #[test]
    fn a_bearer_keeps_its_scheme() {
        check_shown("authorization", "Bearer sk-1", "Bearer ***");
    }

    #[test]
    fn a_bare_key_is_struck_out() {
        check_shown("x-portkey-api-key", "pk-1", "***");
        check_shown("x-goog-api-key", "AIza", "***");
        check_shown("cookie", "session=1", "***");
    }

    #[test]
    fn a_config_keeps_all_but_its_keys() {
        let config = r#"{"targets":[{"provider":"openai","api_key":"sk-1"}],"max_tokens":1}"#;
        let shown = r#"{"targets":[{"provider":"openai","api_key":"***"}],"max_tokens":1}"#;
        check_shown("x-portkey-config", config, shown);
    }

    #[test]
    fn other_headers_stay() {
        check_shown("content-type", "application/json", "application/json");
        check_shown("x-portkey-metadata", "{\"team\": \"docs\"}", "{\"team\": \"docs\"}");
    }

    #[test]
    fn a_key_in_the_query_is_struck_out() {
        assert_eq!(request(&[], "key=AIza&alt=sse").shown().query, "key=***&alt=sse");
    }

    #[test]
    fn a_query_value_is_decoded() {
        assert_eq!(request(&[], "a=1&model=a%2Fb+c").query_value("model").as_deref(), Some("a/b c"));
    }

    #[test]
    fn the_usual_port_is_left_out() {
        let mut request = request(&[], "a=b");
        assert_eq!(request.url(), "https://api.openai.com/v1/models?a=b");
        request.port = 8443;
        assert_eq!(request.url(), "https://api.openai.com:8443/v1/models?a=b");
    }
}
