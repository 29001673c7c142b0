//! An exchange as it may be shown to anybody: every credential in it is struck out, wherever it stands.

use std::borrow::Cow;

use base64::Engine as _;
use serde_json::Value;

use super::credentials;
use super::exchange::{Exchange, Request, STRUCK_OUT, Unsent, is_secret_name};
use super::secrets::spellings;

/// Shorter values are no secrets, and striking them out would leave nothing legible.
const LEAST: usize = 8;

/// How deep a body is searched for credentials.
const DEEPEST: usize = 64;

impl Exchange {
    /// The exchange without credentials: those at the places where they belong are struck out there and wherever else
    /// they are repeated, and so is what looks like one.
    #[must_use]
    pub fn shown(&self) -> Self {
        shown(self)
    }
}

fn shown(exchange: &Exchange) -> Exchange {
    let mut values = carried(&exchange.request);
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.dedup();
    let clean = |text: &str| cleaned(text, &values);
    let mut request = exchange.request.shown();
    request.path = clean(&request.path);
    request.query = clean(&request.query);
    for (_, value) in &mut request.headers {
        *value = clean(value);
    }
    request.body = clean_bytes(&exchange.request.body, &values);
    let mut answer = exchange.answer.clone();
    for (name, value) in &mut answer.headers {
        *value = if is_secret_name(name) { STRUCK_OUT.to_owned() } else { clean(value) };
    }
    // A credential may stand in two pieces; then no piece stays as it is.
    let whole = answer.body();
    let struck = clean_bytes(&whole, &values);
    if struck != whole {
        answer.chunks = vec![struck];
    }
    let mut findings = exchange.findings.clone();
    for finding in &mut findings {
        finding.message = clean(&finding.message);
        for text in [&mut finding.label, &mut finding.help, &mut finding.fix].into_iter().flatten() {
            *text = clean(text);
        }
    }
    let mut unsent = exchange.unsent.clone();
    if let Some(subject) = unsent.as_mut().map(Unsent::subject_mut) {
        *subject = clean(subject);
    }
    Exchange { request, answer, findings, unsent, ..exchange.clone() }
}

/// The credentials that a request carries, each in every spelling.
fn carried(request: &Request) -> Vec<String> {
    let mut values = Vec::new();
    for (name, value) in &request.headers {
        if is_secret_name(name) {
            let token = value.trim().split_once(' ').map_or(value.trim(), |(_, token)| token.trim());
            values.push(token.to_owned());
            values.extend(of_user(token));
        }
        if let Ok(json) = serde_json::from_str::<Value>(value) {
            named(&json, DEEPEST, &mut values);
        }
    }
    let pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
    for (name, value) in pairs.filter(|(name, _)| is_secret_name(name)) {
        values.push(value.to_owned());
        values.extend(request.query_value(name));
    }
    if let Some(body) = request.json() {
        named(&body, DEEPEST, &mut values);
    }
    values.into_iter().filter(|value| value.len() >= LEAST).flat_map(|value| spellings(&value)).collect()
}

/// The name and the password of `Basic` credentials.
fn of_user(token: &str) -> Vec<String> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(token).ok();
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    text.split(':').map(str::to_owned).collect()
}

/// The values whose names say that they are credentials.
fn named(value: &Value, depth: usize, values: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if is_secret_name(key) => values.push(text.clone()),
                    _ => named(member, depth - 1, values),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| named(element, depth - 1, values)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A text without these values, and without what looks like a credential.
pub(super) fn cleaned(text: &str, values: &[String]) -> String {
    let mut text = Cow::Borrowed(text);
    for value in values {
        if text.contains(value.as_str()) {
            text = Cow::Owned(text.replace(value.as_str(), STRUCK_OUT));
        }
    }
    let mut found: Vec<_> =
        credentials::real_ones(&text).into_iter().map(crate::source::Span::range).collect();
    found.sort_by_key(|range| std::cmp::Reverse(range.start));
    let mut owned = text.into_owned();
    for range in found {
        if owned.get(range.clone()).is_some() {
            owned.replace_range(range, STRUCK_OUT);
        }
    }
    owned
}

fn clean_bytes(bytes: &[u8], values: &[String]) -> Vec<u8> {
    let legible = String::from_utf8_lossy(bytes);
    let cleaned = cleaned(&legible, values);
    // What is no text stays as it is, where there was nothing to strike out.
    if cleaned == legible { bytes.to_vec() } else { cleaned.into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::Answer;

    const KEY: &str = "correct-horse-battery";

    #[track_caller]
    fn check(change: impl FnOnce(&mut Exchange)) {
        let mut exchange = Exchange {
            request: request(&format!(r#"{{"note":"it is {KEY}"}}"#)),
            answer: Answer::text(401, "text/plain", format!("not {KEY}")),
            provider: None,
            findings: Vec::new(),
            unsent: None,
            fault: None,
        };
        exchange.request.path = format!("/v1/{KEY}");
        change(&mut exchange);
        let seen = exchange.shown();
        let all = format!("{seen:?} {} {}", seen.request.text(), seen.answer.body_text());
        assert!(!all.contains(KEY), "{all}");
        assert!(all.contains("not ***"), "{all}");
    }

    fn header(name: &'static str, value: String) -> impl FnOnce(&mut Exchange) {
        move |exchange| exchange.request.headers.push((name.to_owned(), value))
    }

    #[test]
    fn a_credential_is_struck_out_wherever_it_is_repeated() {
        check(header("authorization", format!("Bearer {KEY}")));
        check(header("x-api-key", KEY.to_owned()));
        check(header("x-portkey-config", format!(r#"{{"targets":[{{"api_key":"{KEY}"}}]}}"#)));
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("me:{KEY}"));
        check(header("authorization", format!("Basic {basic}")));
        check(|exchange| exchange.request.query = format!("alt=sse&key={KEY}"));
        check(|exchange| exchange.request.body = format!(r#"{{"api_key":"{KEY}"}}"#).into_bytes());
    }

    #[test]
    fn a_credential_is_struck_out_in_every_spelling() {
        check_spelt("Bearer my/secret+key9zz", "x=my%2Fsecret%2Bkey9zz", "x=***");
    }

    #[track_caller]
    fn check_spelt(authorization: &str, query: &str, shown: &str) {
        let mut request = request("{}");
        request.headers.push(("authorization".to_owned(), authorization.to_owned()));
        request.query = query.to_owned();
        let answer = Answer::text(401, "text/plain", "");
        let exchange =
            Exchange { request, answer, provider: None, findings: Vec::new(), unsent: None, fault: None };
        assert_eq!(exchange.shown().request.query, shown);
    }

    #[test]
    fn what_looks_like_a_credential_is_struck_out() {
        assert_eq!(cleaned("see sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N, please", &[]), "see ***, please");
    }

    #[test]
    fn a_credential_in_two_pieces_is_struck_out() {
        check(|exchange| {
            exchange.request.headers.push(("x-api-key".to_owned(), KEY.to_owned()));
            exchange.answer.chunks = vec![b"not correct-horse".to_vec(), b"-battery".to_vec()];
        });
    }
}
