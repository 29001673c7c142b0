//! A cassette as its file: JSON that can be reviewed, without credentials and without what says who has recorded it.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use crate::gateway::exchange::{Answer, Exchange, Request};
use crate::gateway::limits::rfc_3339;

use super::meaning::ROUTING;

/// Headers of requests that are kept, beside those that route.
const ASKED: [&str; 4] = ["content-type", "anthropic-version", "anthropic-beta", "openai-beta"];

/// Headers of answers that are kept; others name accounts, machines and moments.
const ANSWERED: [&str; 7] = [
    "content-type",
    "retry-after",
    "x-should-retry",
    "x-portkey-last-used-option-index",
    "x-portkey-retry-attempt-count",
    "x-portkey-cache-status",
    "x-portkey-provider",
];

/// The file of these exchanges; those that were not sent, or were made to fail, are left out. `gateway` says who has answered.
pub fn write(exchanges: &[&Exchange], gateway: &str, now: SystemTime) -> String {
    let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let date = rfc_3339(since).split('T').next().unwrap_or_default().to_owned();
    let kept = exchanges.iter().filter(|exchange| exchange.is_recorded());
    let kept: Vec<Value> = kept.map(|exchange| written(&exchange.shown())).collect();
    let cassette = json!({ "recorded": date, "gateway": gateway, "exchanges": kept });
    format!("{cassette:#}\n")
}

fn written(exchange: &Exchange) -> Value {
    json!({ "request": request(&exchange.request), "answer": answer(&exchange.answer) })
}

fn request(request: &Request) -> Value {
    let is_kept = |name: &str| ASKED.contains(&name) || ROUTING.contains(&name);
    let mut value = json!({ "method": request.method, "url": request.url() });
    value["headers"] = headers(&request.headers, is_kept);
    if !request.body.is_empty() {
        match request.json() {
            Some(body) => value["json"] = body,
            None => value["text"] = json!(request.text()),
        }
    }
    value
}

fn answer(answer: &Answer) -> Value {
    let mut value = json!({ "status": answer.status });
    value["headers"] = headers(&answer.headers, |name| ANSWERED.contains(&name));
    let body = answer.body();
    if answer.chunks.len() > 1 {
        let pieces = answer.chunks.iter().map(|chunk| String::from_utf8_lossy(chunk).into_owned());
        value["pieces"] = pieces.collect();
    } else if let Ok(json) = serde_json::from_slice::<Value>(&body) {
        value["json"] = json;
    } else if !body.is_empty() {
        value["text"] = json!(String::from_utf8_lossy(&body));
    }
    value
}

fn headers(headers: &[(String, String)], is_kept: impl Fn(&str) -> bool) -> Value {
    let kept = headers.iter().filter(|(name, _)| is_kept(name));
    Value::Object(kept.map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>())
}
