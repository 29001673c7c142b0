//! What is shown of an example.

use super::*;
use crate::examples::{Check, Verdict};
use crate::gateway::exchange::{Answer, Exchange, Request, Scheme};

fn exchange() -> Exchange {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exchange {
        request: Request {
            method: "POST".to_owned(),
            scheme: Scheme::Https,
            host: "api.example".to_owned(),
            port: 443,
            path: "/v1/x".to_owned(),
            query: String::new(),
            headers: vec![header("authorization", "Bearer sk-hush"), header("content-length", "9")],
            body: br#"{"a":"<b>"}"#.to_vec(),
        },
        answer: Answer {
            status: 200,
            headers: vec![header("content-type", "text/event-stream"), header("date", "today")],
            chunks: (0..9).map(|number| format!("data: {number}\n\n").into_bytes()).collect(),
        },
        provider: None,
        findings: Vec::new(),
        unsent: None,
        fault: None,
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        file: "content/index.md".to_owned(),
        line: 1,
        language: "json".to_owned(),
        kind: None,
        verdict,
        checked: vec![Check::Syntax, Check::Schema, Check::Request],
        exchanges: Vec::new(),
        diagnostics: Vec::new(),
    }
}

fn check_outcome(outcome: Outcome, expected: &[&str], unexpected: &[&str]) {
    let html = body(&[("content/index.md", "```json\n{}\n```")], &[outcome]);
    for text in expected {
        assert!(html.contains(text), "{text} is not in {html}");
    }
    for text in unexpected {
        assert!(!html.contains(text), "{text} is in {html}");
    }
}

#[test]
fn a_passed_example_says_what_was_checked() {
    let outcome = Outcome { exchanges: vec![exchange(), exchange()], ..outcome(Verdict::Passed) };
    check_outcome(
        outcome,
        &["<strong>Verified</strong> · schema, 2 requests", "<details class=\"evidence\">"],
        &[],
    );
}

#[test]
fn requests_are_said_last() {
    let checked = vec![Check::Request, Check::Run];
    let outcome = Outcome { checked, exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(outcome, &["<strong>Verified</strong> · run, 1 request"], &[]);
}

#[test]
fn an_example_that_is_meant_to_fail_is_not_called_verified() {
    let page = [("content/index.md", "```bash status=401\ncurl x\n```")];
    let html = body(&page, &[outcome(Verdict::Passed)]);
    assert!(html.contains("<strong>Fails as shown</strong>"), "{html}");
}

#[test]
fn credentials_are_never_shown() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(outcome, &["<dt>authorization</dt>"], &["hush", "content-length", "today"]);
}

#[test]
fn a_body_is_laid_out_and_escaped() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(
        outcome,
        &["  <span class=\"hl-k\">&quot;a&quot;</span>", "&quot;&lt;b&gt;&quot;"],
        &["<b>"],
    );
}

#[test]
fn a_stream_is_shortened() {
    let outcome = Outcome { exchanges: vec![exchange()], ..outcome(Verdict::Passed) };
    check_outcome(outcome, &["data: 2\n\n…\n\ndata: 8", "a stream of 9 events, 4 shown"], &["data: 5"]);
}

#[test]
fn a_skipped_example_says_why() {
    let outcome = outcome(Verdict::Skipped("no profile knows `a.example`".to_owned()));
    check_outcome(
        outcome,
        &["<strong>Not run</strong> · no profile knows <code>a.example</code>"],
        &["details"],
    );
}

#[test]
fn a_failed_example_shows_its_diagnostics() {
    let source = crate::source::Source::new("content/index.md", "```json\n{}\n```");
    let problem = Problem::new(Code::UnknownKey, Span::new(8, 9), "`a` is <wrong>").help("write `b`");
    let outcome = Outcome { diagnostics: vec![problem.of(&source)], ..outcome(Verdict::Failed) };
    let expected = [
        "<figure class=\"fence failed\">",
        "<strong>Failed</strong> · 1 error",
        "<code>a</code> is &lt;wrong&gt;",
        "write <code>b</code>",
        "content/index.md:2:1",
    ];
    check_outcome(outcome, &expected, &[]);
}

#[test]
fn an_untested_fence_shows_nothing() {
    check_outcome(outcome(Verdict::Untested("no claim".to_owned())), &[], &["evidence", "no claim"]);
}
