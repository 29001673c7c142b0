//! What became of an example, for readers: what was checked, what was sent, what came back.

use crate::diagnostics::Diagnostic;
use crate::examples::{Check, Outcome, Verdict};
use crate::gateway::exchange::Exchange;
use crate::page::Fence;

use super::highlight::{Highlighter, Lines};
use super::markup::{escaped, message};
use super::views::{DiagnosticView, EvidenceView, ExchangeView};

/// So many exchanges of one example are shown; a configuration with fifty models sends fifty alike.
const EXCHANGES: usize = 12;

/// Bodies are cut after so many lines and characters.
const BODY_LINES: usize = 60;
const BODY_LETTERS: usize = 6000;

/// So many events of a stream are shown, before the last one.
const EVENTS: usize = 3;

/// Headers of requests that say nothing about the example.
const PLUMBING: &[&str] =
    &["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "user-agent"];

/// Headers of answers that a reader can learn from, beside all that begin with `x-`.
const TELLING: &[&str] = &["content-type", "retry-after", "www-authenticate", "location"];

/// What is shown below a fence; nothing where nothing tests it.
pub(super) fn evidence(highlighter: &Highlighter, fence: &Fence, outcome: &Outcome) -> Option<EvidenceView> {
    let (state, word, summary) = match &outcome.verdict {
        Verdict::Untested(_) => return None,
        Verdict::Skipped(reason) => ("skipped", "Not run", message(reason)),
        Verdict::Failed => ("failed", "Failed", failures(outcome)),
        Verdict::Passed if fence.attributes.example.promises_failure() => {
            ("passed", "Fails as shown", escaped(&checked(outcome)))
        }
        Verdict::Passed => ("passed", "Verified", escaped(&checked(outcome))),
    };
    let diagnostics = match outcome.verdict {
        Verdict::Failed => outcome.diagnostics.iter().map(diagnostic).collect(),
        Verdict::Passed | Verdict::Skipped(_) | Verdict::Untested(_) => Vec::new(),
    };
    let shown = outcome.exchanges.iter().take(EXCHANGES);
    Some(EvidenceView {
        state,
        word,
        summary,
        diagnostics,
        exchanges: shown.map(|exchange| exchange_view(highlighter, exchange)).collect(),
        more: outcome.exchanges.len().saturating_sub(EXCHANGES),
    })
}

/// `schema, references, 2 requests`; what the schema reads, it has read.
fn checked(outcome: &Outcome) -> String {
    let mut words = Vec::new();
    for check in &outcome.checked {
        match check {
            Check::Syntax if outcome.checked.len() > 1 => {}
            // What was sent follows from the rest, and is said last.
            Check::Request => {}
            Check::Syntax
            | Check::Schema
            | Check::Program
            | Check::References
            | Check::Routing
            | Check::Run => {
                words.push(check.as_str().to_owned());
            }
        }
    }
    if outcome.checked.contains(&Check::Request) {
        words.push(match outcome.exchanges.iter().filter(|exchange| exchange.unsent.is_none()).count() {
            0 | 1 => "1 request".to_owned(),
            sent => format!("{sent} requests"),
        });
    }
    words.join(", ")
}

fn failures(outcome: &Outcome) -> String {
    match outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count() {
        0 => String::new(),
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    }
}

fn diagnostic(diagnostic: &Diagnostic) -> DiagnosticView {
    let problem = &diagnostic.problem;
    let position = diagnostic.source.position(problem.span.start);
    DiagnosticView {
        severity: problem.severity.as_str(),
        code: problem.code.as_str(),
        message: message(&problem.message),
        help: problem.help.as_deref().map(message),
        file: diagnostic.source.path().to_owned(),
        line: position.line,
        column: position.column,
    }
}

fn exchange_view(highlighter: &Highlighter, exchange: &Exchange) -> ExchangeView {
    let request = exchange.request.shown();
    let answer = &exchange.answer;
    let (answer_body, note) = if exchange.unsent.is_some() {
        (None, None)
    } else if is_stream(exchange) {
        stream(highlighter, &answer.chunks.concat())
    } else {
        body(highlighter, &answer.chunks.concat())
    };
    let made_to_fail = exchange.fault.as_ref().map(|fault| format!("made to fail on purpose: {fault}"));
    let note = made_to_fail.into_iter().chain(note).reduce(|said, more| format!("{said}; {more}"));
    ExchangeView {
        url: request.url(),
        method: request.method,
        request_headers: kept(request.headers, |name| !PLUMBING.contains(&name)),
        request_body: body(highlighter, &request.body).0,
        unsent: exchange.unsent.as_ref().map(|unsent| format!("not sent: {unsent}")),
        status: answer.status,
        reason: reason(answer.status),
        ok: answer.status < 400,
        answer_headers: kept(answer.headers.clone(), |name| {
            TELLING.contains(&name) || name.starts_with("x-")
        }),
        answer_body,
        note,
    }
}

fn kept(headers: Vec<(String, String)>, keep: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    headers.into_iter().filter(|(name, value)| keep(name) && (name != "accept" || value != "*/*")).collect()
}

fn is_stream(exchange: &Exchange) -> bool {
    let headers = &exchange.answer.headers;
    headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/event-stream"))
}

/// A body as HTML, JSON laid out over lines, and what was left out of it.
fn body(highlighter: &Highlighter, bytes: &[u8]) -> (Option<String>, Option<String>) {
    if bytes.is_empty() {
        return (None, None);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return (None, Some(format!("{} bytes that are no text", bytes.len())));
    };
    let json = serde_json::from_str::<serde_json::Value>(text).ok();
    let pretty = json.as_ref().and_then(|value| serde_json::to_string_pretty(value).ok());
    let language = if pretty.is_some() { "json" } else { "text" };
    let (text, note) = shortened(pretty.as_deref().unwrap_or(text));
    (Some(highlighter.html(&text, language, &Lines::default())), note)
}

/// The first lines of a text, and how many are left out.
fn shortened(text: &str) -> (String, Option<String>) {
    let mut out = String::new();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if at >= BODY_LINES || out.len() + line.len() > BODY_LETTERS {
            let start: String = line.chars().take(BODY_LETTERS.saturating_sub(out.len()).min(200)).collect();
            out.push_str(if at == 0 { &start } else { "" });
            out.push('…');
            return (out, Some(format!("shortened: {at} of {} lines", lines.len())));
        }
        if at > 0 {
            out.push('\n');
        }
        out.push_str(line);
    }
    (out, None)
}

/// The first events of a stream and the last one.
fn stream(highlighter: &Highlighter, bytes: &[u8]) -> (Option<String>, Option<String>) {
    let text = String::from_utf8_lossy(bytes);
    let events: Vec<&str> = text.split("\n\n").map(str::trim).filter(|event| !event.is_empty()).collect();
    if events.len() <= EVENTS + 1 {
        let (shown, note) = shortened(&events.join("\n\n"));
        return (Some(highlighter.html(&shown, "text", &Lines::default())), note);
    }
    let mut shown: Vec<&str> = events.iter().take(EVENTS).copied().collect();
    shown.push("…");
    shown.extend(events.last());
    let (shown, _) = shortened(&shown.join("\n\n"));
    let note = format!("a stream of {} events, {} shown", events.len(), EVENTS + 1);
    (Some(highlighter.html(&shown, "text", &Lines::default())), Some(note))
}

/// The names of the IANA registry of HTTP status codes (RFC 9110), of those that gateways give.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
