//! What is recorded is answered again, and what is not is said.

use super::*;
use crate::gateway::dialects::seed::tests::request;

const HELLO: &str = r#"{"model":"gpt-5","messages":[{"role":"user","content":"hello"}],"temperature":1}"#;

fn exchange(body: &str, answer: Answer) -> Exchange {
    let mut request = request(body);
    request.headers.push(("authorization".to_owned(), "Bearer sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N".to_owned()));
    request.headers.push(("x-request-id".to_owned(), "somebody".to_owned()));
    Exchange {
        request,
        answer,
        provider: Some("openai".to_owned()),
        findings: Vec::new(),
        unsent: None,
        fault: None,
    }
}

fn json(text: &str) -> Answer {
    Answer::text(200, "application/json", text)
        .with("openai-organization", "a-person")
        .with("set-cookie", "a=b")
}

fn cassettes(exchanges: &[Exchange]) -> (Cassettes, String) {
    let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(498_924);
    let text = write(&exchanges.iter().collect::<Vec<_>>(), "live", now);
    let (cassettes, diagnostics) = Cassettes::read(&[Source::new("cassettes/a.json", text.as_str())], now);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    (cassettes, text)
}

#[track_caller]
fn check_answer(cassettes: &Cassettes, body: &str, answer: &str) {
    let found = cassettes.answer(&exchange(body, json("")), "").expect("it was recorded");
    assert_eq!(found.body_text(), answer);
}

#[track_caller]
fn check_missing(cassettes: &Cassettes, body: &str, reason: &str) {
    let (unsent, finding) = *cassettes.answer(&exchange(body, json("")), "").unwrap_err();
    assert_eq!(unsent, Unsent::NotRecorded(reason.to_owned()));
    assert_eq!(finding.message, format!("this request was not recorded: {reason}"));
}

#[test]
fn what_means_the_same_is_answered() {
    let (cassettes, _) = cassettes(&[exchange(HELLO, json(r#"{"a":1}"#))]);
    check_answer(&cassettes, HELLO, r#"{"a":1}"#);
    let turned =
        r#"{ "temperature": 1.0, "messages": [ { "content": "hello", "role": "user" } ], "model": "gpt-5" }"#;
    check_answer(&cassettes, turned, r#"{"a":1}"#);
}

#[test]
fn one_request_is_answered_in_turn() {
    let (cassettes, _) = cassettes(&[exchange(HELLO, json("[1]")), exchange(HELLO, json("[2]"))]);
    for answer in ["[1]", "[2]", "[2]"] {
        check_answer(&cassettes, HELLO, answer);
    }
}

#[test]
fn what_was_not_recorded_is_said_with_the_nearest() {
    let (cassettes, _) =
        cassettes(&[exchange(HELLO, json("[1]")), exchange(r#"{"model":"o3","n":1}"#, json("[2]"))]);
    check_missing(
        &cassettes,
        &HELLO.replace("hello", "bye"),
        "the nearest one, in `cassettes/a.json`, differs in `messages[0].content`",
    );
    check_missing(
        &cassettes,
        r#"{"model":"o4","n":2,"stop":"x","seed":1}"#,
        "the nearest one, in `cassettes/a.json`, differs in `model`, `n`, `stop` and 1 more",
    );
    let mut elsewhere = exchange(HELLO, json(""));
    elsewhere.request.path = "/v1/responses".to_owned();
    let (unsent, _) = *cassettes.answer(&elsewhere, "").unwrap_err();
    assert_eq!(unsent.subject(), "nothing was recorded for `POST /v1/responses` of `api.openai.com`");
}

#[test]
fn a_stream_keeps_its_pieces() {
    let pieces = Answer { chunks: vec![b"data: 1\n\n".to_vec(), b"data: 2\n\n".to_vec()], ..json("") };
    let (cassettes, _) = cassettes(&[exchange(HELLO, pieces.clone())]);
    let found = cassettes.answer(&exchange(HELLO, json("")), "").unwrap();
    assert_eq!(found.chunks, pieces.chunks);
}

fn pieces(kind: &str, pieces: &[&[u8]]) -> Answer {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Answer { status: 200, headers, chunks: pieces.iter().map(|piece| piece.to_vec()).collect() }
}

#[test]
fn a_letter_that_two_pieces_share_stays_whole() {
    let answer =
        pieces("text/event-stream", &[b"data: gr\xc3", b"\xbc", b"\xc3\x9f\n", b"\ndata: \xe2\x82\xac\n\n"]);
    let (cassettes, text) = cassettes(&[exchange(HELLO, answer.clone())]);
    check_answer(&cassettes, HELLO, &answer.body_text());
    assert!(!text.contains('\u{fffd}'), "{text}");
    assert!(text.contains("pieces"), "{text}");
}

#[test]
fn json_that_came_in_two_reads_is_reviewed_as_json() {
    let (cassettes, text) = cassettes(&[exchange(HELLO, pieces("application/json", &[b"{\"a\":", b"1}"]))]);
    check_answer(&cassettes, HELLO, r#"{"a":1}"#);
    assert!(!text.contains("pieces"), "{text}");
    let lines = pieces("application/x-ndjson", &[b"{\"a\":1}", b"\n"]);
    assert!(self::cassettes(&[exchange(HELLO, lines)]).1.contains("pieces"));
}

#[test]
fn an_answer_that_is_no_text_is_kept_as_it_is() {
    let sound = b"ID3\x04\xff\xfb\x90\x00\xfe";
    for answer in [pieces("audio/mpeg", &[sound]), pieces("audio/mpeg", &[&sound[..5], &sound[5..]])] {
        let (cassettes, _) = cassettes(&[exchange(HELLO, answer)]);
        let found = cassettes.answer(&exchange(HELLO, json("")), "").expect("it was recorded");
        assert_eq!(found.body(), sound);
    }
}

#[test]
fn nothing_that_is_secret_or_personal_is_written() {
    let answer = json(r#"{"error":"not sk-or-v1-4711-9Xk2LmQ8ZtRwVb3N"}"#);
    let (_, text) = cassettes(&[exchange(HELLO, answer)]);
    for personal in ["sk-or-v1", "somebody", "a-person", "set-cookie", "authorization"] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    assert!(text.contains("not ***"));
}

#[test]
fn what_was_not_sent_or_made_to_fail_is_left_out() {
    let failed = Exchange { fault: Some("429".to_owned()), ..exchange(HELLO, json("[1]")) };
    let unsent =
        Exchange { unsent: Some(Unsent::UnknownHost("x".to_owned())), ..exchange(HELLO, json("[1]")) };
    let (cassettes, _) = cassettes(&[failed, unsent]);
    assert!(cassettes.recordings.is_empty());
}

#[test]
fn an_old_recording_is_said() {
    let source = Source::new("cassettes/a.json", r#"{ "recorded": "2026-08-01", "exchanges": [] }"#);
    let day = |number: u64| SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(24 * number);
    let said = |now| {
        let (_, diagnostics) = Cassettes::read(&[Arc::clone(&source)], now);
        diagnostics.into_iter().map(|diagnostic| diagnostic.problem.message).collect::<Vec<_>>()
    };
    assert_eq!(said(day(20_666 + 90)), Vec::<String>::new());
    assert_eq!(said(day(20_666 + 91)), ["this was recorded 91 days ago"]);
}

#[test]
fn bytes_that_are_not_base64_are_said() {
    let text = r#"{ "exchanges": [ { "request": { "method": "GET", "url": "https://api.openai.com/v1/models" }, "answer": { "status": 200, "base64": "SUQz*" } } ] }"#;
    let (_, diagnostics) = Cassettes::read(&[Source::new("cassettes/a.json", text)], SystemTime::UNIX_EPOCH);
    let said: Vec<_> =
        diagnostics.into_iter().map(|said| (said.problem.message, said.problem.help)).collect();
    let help = "write the bytes of the answer in Base64, with `=` at the end, or an answer of text as `text`";
    assert_eq!(said, [("`base64` of an answer is not Base64".to_owned(), Some(help.to_owned()))]);
}

#[test]
fn where_mock_and_live_disagree_is_said() {
    let taken = exchange(HELLO, json("{}"));
    let refused = Exchange {
        findings: vec![Finding::new(Code::UnknownModel, Place::Host, "no such model")],
        answer: Answer::text(404, "", ""),
        ..taken.clone()
    };
    let said = |mock: &Exchange, status: u16| {
        drift(mock, &Answer::text(status, "", "")).map(|finding| finding.message)
    };
    let message = "`api.openai.com` takes a request that the mock refuses: no such model";
    assert_eq!(said(&refused, 200).as_deref(), Some(message));
    assert_eq!(said(&taken, 404).as_deref(), Some("`api.openai.com` refuses a request that the mock takes"));
    for (mock, status) in [(&taken, 200), (&refused, 404), (&taken, 401), (&taken, 429), (&taken, 500)] {
        assert_eq!(said(mock, status), None, "{status}");
    }
}

fn form(boundary: &str, model: &str) -> String {
    let part = |head: &str, content: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    };
    let file = part("name=\"file\"; filename=\"talk.mp3\"\r\nContent-Type: audio/mpeg", "sound");
    format!("{file}{}--{boundary}--\r\n", part("name=\"model\"", model))
}

#[test]
fn a_form_means_what_it_holds_whatever_stands_between_its_parts() {
    let (cassettes, _) = cassettes(&[exchange(&form("--one", "whisper-1"), json("[1]"))]);
    check_answer(&cassettes, &form("--another", "whisper-1"), "[1]");
    check_missing(
        &cassettes,
        &form("--another", "whisper-2"),
        "the nearest one, in `cassettes/a.json`, differs in `model[0]`",
    );
}
