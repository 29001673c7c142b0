//! One case: a request, and what answer and calls the real gateway made of it.

use std::collections::BTreeMap;
use std::path::Path;

use proofpress::gateway::exchange::{Request, Scheme};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request to a gateway, and what came of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Which target is asked is left to chance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) by_chance: bool,
    pub(crate) request: Asked,
    /// None where the gateway never answers.
    #[serde(default)]
    pub(crate) answer: Option<Answered>,
    #[serde(default)]
    pub(crate) upstream: Vec<Called>,
}

/// A request, with `{UP}` for the address of the upstream and `{GONE}` for one where nobody listens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Method and path.
    pub(crate) line: String,
    #[serde(default)]
    pub(crate) headers: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<String>,
}

/// An answer.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    /// JSON, or text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
}

/// A call of the upstream.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Called {
    /// Method and path.
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body: Option<Value>,
    /// Milliseconds after the first call, in quarters of a second; none where it came at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
}

/// What came of a request, to be compared.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) answer: Option<Answered>,
    pub(crate) upstream: Vec<Called>,
}

/// The cases of an edition, by the file that they stand in.
pub(crate) fn groups(edition: &str) -> Vec<(String, Vec<Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/portkey").join(edition);
    let mut groups = Vec::new();
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the folder of cases is there").flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let text = std::fs::read_to_string(file.path()).expect("a file of cases is UTF-8");
        let cases = serde_json::from_str(&text).expect("a file of cases holds cases");
        let name = file.path().file_stem().expect("it has a name").to_string_lossy().into_owned();
        groups.push((name, cases));
    }
    groups
}

/// Writes the cases of a file anew.
pub(crate) fn write(edition: &str, group: &str, cases: &[Case]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/portkey")
        .join(edition)
        .join(format!("{group}.json"));
    let text = serde_json::to_string_pretty(cases).expect("cases are JSON");
    std::fs::write(path, text + "\n").expect("a file of cases can be written");
}

impl Asked {
    /// The request as it is sent, the upstream being at an address.
    pub(crate) fn request(&self, upstream: &str, gone: &str) -> Request {
        let placed = |text: &str| text.replace("{UP}", upstream).replace("{GONE}", gone);
        let (method, target) = self.line.split_once(' ').expect("a line has a method and a path");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = self.headers.iter().map(|header| header.split_once(": ").unwrap_or((header, "")));
        Request {
            method: method.to_owned(),
            scheme: Scheme::Http,
            host: "127.0.0.1".to_owned(),
            port: 8787,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.map(|(name, value)| (name.to_lowercase(), placed(value))).collect(),
            body: placed(self.body.as_deref().unwrap_or_default()).into_bytes(),
        }
    }
}

/// Headers of answers that follow from the connection.
const OF_THE_CONNECTION: &[&str] =
    &["date", "connection", "keep-alive", "content-length", "transfer-encoding", "server"];

/// Headers that Node adds to what it sends.
const OF_NODE: &[&str] = &[
    "host",
    "connection",
    "accept",
    "accept-language",
    "sec-fetch-mode",
    "user-agent",
    "accept-encoding",
    "content-length",
    "transfer-encoding",
];

/// How the boundaries begin that Node makes up for forms.
const BOUNDARY: &str = "----formdata-undici-";

/// An answer without what differs from run to run.
pub(crate) fn answered(status: u16, headers: &[(String, String)], body: &[u8], gone: &str) -> Answered {
    let kept = headers.iter().filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
    let shown = |name: &str, value: &str| match name {
        "x-portkey-trace-id" if value.len() == 36 && value.matches('-').count() == 4 => "[uuid]".to_owned(),
        _ => value.to_owned(),
    };
    let headers = kept.map(|(name, value)| (name.clone(), shown(name, value))).collect();
    let text = String::from_utf8_lossy(body).replace(gone.trim_start_matches("http://"), "[gone]");
    let body = (!text.is_empty()).then(|| read(&text));
    Answered { status, headers, body }
}

/// A call without what differs from run to run.
pub(crate) fn called(line: String, headers: &[(String, String)], body: &[u8], after: Option<u64>) -> Called {
    let kept = headers.iter().filter(|(name, _)| !OF_NODE.contains(&name.as_str()));
    let text = without_boundary(&String::from_utf8_lossy(body));
    let body = (!text.is_empty()).then(|| read(&text));
    Called {
        line,
        headers: kept.map(|(name, value)| (name.clone(), without_boundary(value))).collect(),
        body,
        after: after.map(quarters).filter(|after| *after > 0),
    }
}

/// A text whose made-up boundaries read `[boundary]`, since their digits differ from run to run.
fn without_boundary(text: &str) -> String {
    let mut parts = text.split(BOUNDARY);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str("[boundary]");
        masked.push_str(part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    }
    masked
}

/// A time in quarters of a second, so that what the machine needs beside the waits does not count.
fn quarters(milliseconds: u64) -> u64 {
    (milliseconds + 125) / 250 * 250
}

/// A body to be compared: JSON, the events of a stream, or text.
pub(crate) fn read(text: &str) -> Value {
    if let Ok(value) = serde_json::from_str(text) {
        return masked(value);
    }
    if !text.contains("\n\n") {
        return json!(text);
    }
    let events = text.split("\n\n").filter(|event| !event.is_empty()).map(|event| {
        let lines = event.lines().map(|line| match line.strip_prefix("data: ") {
            Some(data) => match serde_json::from_str::<Value>(data) {
                Ok(value) => json!({"data": masked(value)}),
                Err(_) => json!(line),
            },
            None => json!(line),
        });
        Value::Array(lines.collect())
    });
    json!({ "events": events.collect::<Vec<_>>() })
}

/// A value without what differs from run to run; numbers are doubles.
pub(crate) fn masked(value: Value) -> Value {
    let is_told = |members: &serde_json::Map<String, Value>| members.contains_key("execution_time");
    match value {
        Value::Object(members) => {
            let told = is_told(&members);
            let members = members.into_iter().map(|(key, value)| {
                let value = match (key.as_str(), &value) {
                    ("created", Value::Number(number)) if number.as_f64() != Some(1_700_000_000.0) => {
                        json!("[time]")
                    }
                    ("execution_time" | "created_at", value) if told && !value.is_null() => json!("[time]"),
                    ("id", Value::String(id)) => json!(id_of(id)),
                    // Each validator of schemas has words of its own.
                    ("validationErrors", Value::Array(errors)) => json!(format!("[{}]", errors.len())),
                    _ => masked_inner(value),
                };
                (key, value)
            });
            Value::Object(members.collect())
        }
        other => masked_inner(other),
    }
}

fn masked_inner(value: Value) -> Value {
    match value {
        Value::Object(_) => masked(value),
        Value::Array(elements) => Value::Array(elements.into_iter().map(masked).collect()),
        Value::Number(number) => number.as_f64().map_or(Value::Null, |number| json!(number)),
        other => other,
    }
}

/// An id without its random part.
fn id_of(id: &str) -> String {
    for start in ["anthropic-", "google-", "portkey-", "input_guardrail_", "output_guardrail_"] {
        if id.starts_with(start) {
            return format!("{start}[random]");
        }
    }
    id.to_owned()
}

impl Case {
    /// Takes what the real gateway made of the request; the waits are those of the engine, since a machine's are not exact.
    pub(crate) fn accept(&mut self, found: Outcome, ours: &Outcome) {
        let wanted = self.recorded();
        let same = wanted.answer == found.answer
            && wanted.upstream.len() == found.upstream.len()
            && wanted
                .upstream
                .iter()
                .zip(&found.upstream)
                .all(|(wanted, found)| Called { after: found.after, ..wanted.clone() } == *found);
        if same || self.by_chance {
            return;
        }
        self.answer = found.answer;
        self.upstream = found.upstream;
        for (call, ours) in self.upstream.iter_mut().zip(&ours.upstream) {
            call.after = ours.after;
        }
    }

    /// What came of the request in the recording.
    pub(crate) fn recorded(&self) -> Outcome {
        let answer = self.answer.clone().map(|answer| Answered {
            body: answer.body.map(|body| match body {
                Value::String(text) => read(&text),
                other => masked(other),
            }),
            ..answer
        });
        let upstream = self.upstream.iter().cloned().map(|call| Called {
            body: call.body.map(|body| match body {
                Value::String(text) => read(&text),
                other => masked(other),
            }),
            ..call
        });
        Outcome { answer, upstream: upstream.collect() }
    }
}
