//! A cassette as its file: JSON that can be reviewed, without credentials and without what says who has recorded it.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
    // The network cuts an answer anywhere; only the pieces of a stream mean something.
    let is_whole = answer.chunks.len() < 2 || answer.header("content-type").is_some_and(is_json);
    let json = || serde_json::from_slice::<Value>(&body).ok().filter(|_| is_whole);
    match str::from_utf8(&body) {
        Err(_) => value["base64"] = json!(STANDARD.encode(&body)),
        Ok("") => {}
        Ok(text) => match json() {
            Some(json) => value["json"] = json,
            None if answer.chunks.len() < 2 => value["text"] = json!(text),
            None => value["pieces"] = json!(pieces(&answer.chunks)),
        },
    }
    value
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind == "application/json" || kind.ends_with("+json")
}

/// The pieces of a stream as texts; a letter that two of them share goes to the second.
fn pieces(chunks: &[Vec<u8>]) -> Vec<String> {
    let mut held = Vec::new();
    let mut pieces = Vec::new();
    for chunk in chunks {
        held.extend_from_slice(chunk);
        let legible = match str::from_utf8(&held) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let rest = held.split_off(legible);
        let piece = String::from_utf8_lossy(&held).into_owned();
        pieces.extend(Some(piece).filter(|piece| !piece.is_empty()));
        held = rest;
    }
    pieces
}

fn headers(headers: &[(String, String)], is_kept: impl Fn(&str) -> bool) -> Value {
    let kept = headers.iter().filter(|(name, _)| is_kept(name));
    Value::Object(kept.map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>())
}
