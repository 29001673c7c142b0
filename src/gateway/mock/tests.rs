//! What each provider answers to right and wrong requests.

mod dialects;
mod portkey;

use std::sync::LazyLock;

use super::*;
use crate::diagnostics::Severity;
use crate::gateway::credentials::for_variable;
use crate::gateway::exchange::{Place, Scheme};

const CHAT: &str = r#"{"model": "MODEL", "messages": [{"role": "user", "content": "Hi"}]}"#;

static MOCK: LazyLock<Mock> = LazyLock::new(|| Mock::new(Profiles::builtin()));

fn mock() -> &'static Mock {
    &MOCK
}

/// A request: method and URL, headers with `$VARIABLE`s, body.
fn request(line: &str, headers: &[&str], body: &str) -> Request {
    let (method, url) = line.split_once(' ').unwrap();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let scheme = if scheme == "http" { Scheme::Http } else { Scheme::Https };
    let (host, port) = authority
        .rsplit_once(':')
        .map_or((authority, scheme.usual_port()), |(host, port)| (host, port.parse().unwrap()));
    let profiles = mock().profiles();
    let bound = |value: &str| match value.split_once('$') {
        Some((before, name)) => format!("{before}{}", for_variable(profiles, name).unwrap()),
        None => value.to_owned(),
    };
    let mut headers: Vec<(String, String)> = headers
        .iter()
        .map(|header| header.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), bound(value)))
        .collect();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Request {
        method: method.to_owned(),
        scheme,
        host: host.to_owned(),
        port,
        path: format!("/{path}"),
        query: query.to_owned(),
        headers,
        body: body.as_bytes().to_vec(),
    }
}

/// Status, and each finding as `code at place: help`.
fn outcome(request: &Request) -> (u16, Vec<String>) {
    let exchange = mock().answer(request);
    let findings = exchange.findings.iter().map(|finding| {
        let warning = if finding.severity == Severity::Warning { "warning " } else { "" };
        format!(
            "{warning}{} at {}: {}",
            finding.code.as_str(),
            place(&finding.place),
            finding.help.as_deref().unwrap_or_default()
        )
    });
    (exchange.answer.status, findings.collect())
}

fn place(place: &Place) -> String {
    match place {
        Place::Host => "host".to_owned(),
        Place::Method => "method".to_owned(),
        Place::Path => "path".to_owned(),
        Place::Query(name) => format!("query {name}"),
        Place::Credential => "credential".to_owned(),
        Place::Header(name) => format!("header {name}"),
        Place::InHeader(name, path) => format!("{name} {path}"),
        Place::Body(path) => format!("body {path}"),
        Place::BodyKey(path) => format!("key {path}"),
        Place::BodyByte(at) => format!("byte {at}"),
    }
}

#[track_caller]
fn check(line: &str, headers: &[&str], body: &str, expected: (u16, &[&str])) {
    let (status, findings) = outcome(&request(line, headers, body));
    assert_eq!(
        (status, findings.iter().map(String::as_str).collect::<Vec<_>>()),
        (expected.0, expected.1.to_vec())
    );
}

fn chat(model: &str) -> String {
    CHAT.replace("MODEL", model)
}

const OPENAI: &str = "POST https://api.openai.com/v1/chat/completions";
const PORTKEY: &str = "POST https://api.portkey.ai/v1/chat/completions";
const OPENAI_KEY: &[&str] = &["Authorization: Bearer $OPENAI_API_KEY"];
const PORTKEY_KEY: &[&str] = &["x-portkey-api-key: $PORTKEY_API_KEY"];

#[test]
fn right_requests_are_answered() {
    check(OPENAI, OPENAI_KEY, &chat("gpt-5.5"), (200, &[]));
    check(PORTKEY, PORTKEY_KEY, &chat("@anthropic/claude-sonnet-4-6"), (200, &[]));
    check(PORTKEY, &["Authorization: Bearer $PORTKEY_API_KEY"], &chat("@openai-prod/gpt-5.5"), (200, &[]));
    let openrouter = "POST https://openrouter.ai/api/v1/chat/completions";
    check(
        openrouter,
        &["Authorization: Bearer $OPENROUTER_API_KEY"],
        &chat("anthropic/claude-sonnet-4.6"),
        (200, &[]),
    );
    let venice = "POST https://api.venice.ai/api/v1/chat/completions";
    check(venice, &["Authorization: Bearer $VENICE_API_KEY"], &chat("zai-org-glm-4.7"), (200, &[]));
    check("POST http://localhost:11434/v1/chat/completions", &[], &chat("gpt-oss:20b"), (200, &[]));
    check("POST http://127.0.0.1:11434/api/chat", &[], &chat("gpt-oss:20b"), (200, &[]));
    check(
        "POST http://localhost:4000/chat/completions",
        &["Authorization: Bearer sk-1234"],
        &chat("any"),
        (200, &[]),
    );
    check("GET http://localhost:1234/v1/models", &[], "", (200, &[]));
    check("GET https://api.venice.ai/api/v1/models", &[], "", (200, &[]));
}

#[test]
fn placeholders_are_bound() {
    check(OPENAI, &["Authorization: Bearer YOUR_API_KEY"], &chat("gpt-5.5"), (200, &[]));
    check(PORTKEY, &["x-portkey-api-key: YOUR_PORTKEY_API_KEY"], &chat("@openai/gpt-5.5"), (200, &[]));
    check(OPENAI, &["Authorization: Bearer sk-..."], &chat("gpt-5.5"), (200, &[]));
}

#[test]
fn a_missing_credential_is_401() {
    let help = "missing-credential at credential: send `Authorization: Bearer $OPENAI_API_KEY`";
    check(OPENAI, &[], &chat("gpt-5.5"), (401, &[help]));
    let help = "missing-credential at credential: send `x-portkey-api-key: $PORTKEY_API_KEY`";
    check(PORTKEY, &[], &chat("@openai/gpt-5.5"), (401, &[help]));
}

#[test]
fn a_credential_in_the_wrong_place_is_401() {
    let help = "missing-credential at credential: write `Authorization: Bearer $OPENAI_API_KEY`";
    check(OPENAI, &["x-api-key: $OPENAI_API_KEY"], &chat("gpt-5.5"), (401, &[help]));
    check(OPENAI, &["Authorization: $OPENAI_API_KEY"], &chat("gpt-5.5"), (401, &[help]));
}

#[test]
fn the_credential_of_another_provider_is_401() {
    let help = "wrong-credential at credential: use the credential of OpenAI, `OPENAI_API_KEY`";
    check(OPENAI, &["Authorization: Bearer $PORTKEY_API_KEY"], &chat("gpt-5.5"), (401, &[help]));
    check(OPENAI, &["Authorization: Bearer sk-or-..."], &chat("gpt-5.5"), (401, &[help]));
    check(OPENAI, &["Authorization: Bearer hunter2"], &chat("gpt-5.5"), (401, &[help]));
    let exchange =
        mock().answer(&request(OPENAI, &["Authorization: Bearer $PORTKEY_API_KEY"], &chat("gpt-5.5")));
    assert_eq!(
        exchange.findings[0].message,
        "this is the credential of Portkey, `PORTKEY_API_KEY`, sent to OpenAI"
    );
}

#[test]
fn a_base_url_without_its_path_is_404() {
    let help = "wrong-path at path: the base URL is `https://api.portkey.ai/v1`";
    check(
        "POST https://api.portkey.ai/chat/completions",
        PORTKEY_KEY,
        &chat("@openai/gpt-5.5"),
        (404, &[help]),
    );
    check(
        "POST https://api.portkey.ai/v1/v1/chat/completions",
        PORTKEY_KEY,
        &chat("@openai/gpt-5.5"),
        (404, &[help]),
    );
    let help = "wrong-path at path: the base URL is `https://openrouter.ai/api/v1`";
    check("POST https://openrouter.ai/v1/chat/completions", &[], &chat("a/b"), (404, &[help]));
    let help = "wrong-path at path: write `/v1/chat/completions`";
    check("POST https://api.openai.com/v1/chat/completion", OPENAI_KEY, &chat("gpt-5.5"), (404, &[help]));
}

#[test]
fn a_wrong_method_is_405() {
    let help = "wrong-method at method: send it with `POST` and a body, in curl with `-d '{…}'`";
    check("GET https://api.openai.com/v1/chat/completions", OPENAI_KEY, "", (405, &[help]));
}

#[test]
fn an_unknown_model_is_404() {
    check(
        OPENAI,
        OPENAI_KEY,
        &chat("gpt-5.4-mimi"),
        (404, &["unknown-model at body model: write `gpt-5.4-mini`"]),
    );
    check(OPENAI, OPENAI_KEY, &chat("openai/gpt-5.5"), (404, &["model-form at body model: write `gpt-5.5`"]));
    check(
        PORTKEY,
        PORTKEY_KEY,
        &chat("@openai/gpt-5.55"),
        (404, &["unknown-model at body model: the nearest is `@openai/gpt-5.5`"]),
    );
}

#[test]
fn a_model_of_another_form_is_400() {
    let openrouter = "POST https://openrouter.ai/api/v1/chat/completions";
    let key = &["Authorization: Bearer $OPENROUTER_API_KEY"];
    check(openrouter, key, &chat("gpt-5.5"), (400, &["model-form at body model: write `openai/gpt-5.5`"]));
    let help = "model-form at body model: write `@anthropic/claude-sonnet-4-6`";
    check(PORTKEY, PORTKEY_KEY, &chat("anthropic/claude-sonnet-4-6"), (400, &[help]));
    check(PORTKEY, PORTKEY_KEY, &chat("claude-sonnet-4-6"), (400, &[help]));
}

#[test]
fn a_body_that_is_no_json_is_underlined_where_it_breaks() {
    check(OPENAI, OPENAI_KEY, r#"{"model": "gpt-5.5",}"#, (400, &["body-syntax at byte 20: "]));
    check(OPENAI, OPENAI_KEY, "{\n \"a\" 1}", (400, &["body-syntax at byte 7: "]));
    check(OPENAI, OPENAI_KEY, "", (400, &["body-syntax at body : send a JSON object"]));
}

#[test]
fn parameters_are_refused_where_the_provider_refuses_them() {
    let body = r#"{"model": "gpt-5.5", "messages": [{"role": "human", "content": "Hi"}], "temperature": 5, "max_token": 1}"#;
    let (status, findings) = outcome(&request(OPENAI, OPENAI_KEY, body));
    assert_eq!(status, 400);
    let expected = [
        "bad-parameter at body temperature: write 2 or less",
        "unknown-parameter at key max_token: write `max_tokens`",
        "bad-parameter at body messages[0].role: it is one of `system`, `assistant`, `user`, `function`, `tool`, `developer`",
    ];
    assert_eq!(findings, expected);
}

#[test]
fn anthropic_wants_its_version_and_a_length() {
    let line = "POST https://api.anthropic.com/v1/messages";
    let key = "x-api-key: $ANTHROPIC_API_KEY";
    let body = r#"{"model": "claude-sonnet-4-6", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}"#;
    check(line, &[key, "anthropic-version: 2023-06-01"], body, (200, &[]));
    let help = "bad-header at header anthropic-version: send `anthropic-version: 2023-06-01`";
    check(line, &[key], body, (400, &[help]));
    let help = "bad-parameter at body : add `max_tokens`";
    check(line, &[key, "anthropic-version: 2023-06-01"], &chat("claude-sonnet-4-6"), (400, &[help]));
}

#[test]
fn a_form_is_not_read_as_json() {
    let mut wrong = request(OPENAI, OPENAI_KEY, &chat("gpt-5.5"));
    wrong.headers.retain(|(name, _)| name != "content-type");
    wrong.headers.push(("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()));
    let (status, findings) = outcome(&wrong);
    assert_eq!(
        (status, findings),
        (400, vec!["bad-header at header content-type: send `Content-Type: application/json`".to_owned()])
    );
}

#[test]
fn an_unknown_host_is_answered_where_it_speaks_a_dialect() {
    check("POST https://llm.example.com/v1/chat/completions", &[], &chat("any"), (200, &[]));
    check("POST https://llm.example.com/v1/chat/completions", &[], "{", (400, &["body-syntax at byte 0: "]));
    let exchange = mock().answer(&request("GET https://example.com/page", &[], ""));
    assert_eq!(exchange.unsent, Some(Unsent::UnknownHost("example.com".to_owned())));
    let exchange = mock().answer(&request("GET http://localhost:8000/api/items", &[], ""));
    assert_eq!(exchange.unsent, Some(Unsent::UnknownHost("localhost:8000".to_owned())));
}

#[test]
fn what_the_mock_does_not_play_is_not_judged() {
    let exchange =
        mock().answer(&request("POST https://api.openai.com/v1/fine_tuning/jobs", OPENAI_KEY, "{}"));
    assert_eq!(exchange.unsent, Some(Unsent::NotPlayed("POST /v1/fine_tuning/jobs".to_owned())));
}

#[test]
fn the_same_request_has_the_same_bytes() {
    let request = request(PORTKEY, PORTKEY_KEY, &chat("@openai/gpt-5.5"));
    assert_eq!(mock().answer(&request), mock().answer(&request));
}

#[test]
fn no_answer_repeats_a_credential() {
    for value in ["Bearer sk-proj-4f9cQ2mZ8LkT1vWxYb3N", "Bearer hunter2hunter2"] {
        let header = format!("Authorization: {value}");
        let exchange = mock().answer(&request(OPENAI, &[&header], &chat("gpt-5.5")));
        let secret = value.strip_prefix("Bearer ").unwrap();
        let shown = format!("{:?} {}", exchange.findings, exchange.answer.body_text());
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn hostile_requests_are_answered(path in "(/v1)?/(chat/completions|messages|embeddings|responses|models/[^ ]{0,9}|.{0,12})",
        name in "(x-portkey-[a-z-]{0,9}|authorization|x-portkey-config|x-portkey-metadata)", value in ".{0,40}",
        body in "(\\{\"(model|messages|n|tools|stop|input)\": ?(\\[|\\{|\"|-?[0-9]{1,30}|null|.{0,9}){0,3}\\}|.{0,40})") {
        for host in ["api.portkey.ai", "api.openai.com", "api.anthropic.com", "localhost", "example.com"] {
            let mut request = request("POST https://example.com/", &[], &body);
            host.clone_into(&mut request.host);
            request.path.clone_from(&path);
            request.headers.push((name.clone(), value.clone()));
            let exchange = mock().answer(&request);
            proptest::prop_assert!(exchange.answer.status >= 200);
        }
    }
}
