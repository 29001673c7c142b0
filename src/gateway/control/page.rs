//! The exchanges of a stand-alone gateway as a page; it can be read without scripts, and with them it is always new.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use crate::gateway::exchange::{Answer, Exchange};
use crate::gateway::journal::Entry;
use crate::gateway::server::{Base, Shared};

/// What fetches new exchanges.
pub(super) const SCRIPT: &str = include_str!("live.js");

/// How it looks.
const STYLE: &str = include_str!("page.css");

/// How many exchanges a page shows.
const MOST: usize = 100;

/// How much of a body is shown, in characters.
const BODY: usize = 8000;

/// The whole page, the newest exchange first.
pub(super) fn page(shared: &Shared, entries: &[Arc<Entry>]) -> Answer {
    let last = entries.last().map_or(0, |entry| entry.number);
    let shown: String = entries.iter().rev().take(MOST).map(|entry| article(entry)).collect();
    let empty = if entries.is_empty() { "" } else { " hidden" };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Proofpress gateway</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>Proofpress gateway</h1>\n<p>It listens at <code>http://{address}</code>.</p>\n\
         <details>\n<summary>Base URLs and credentials</summary>\n{bases}</details>\n</header>\n\
         <main>\n<h2>Exchanges</h2>\n\
         <p id=\"news\" role=\"status\"><a href=\"\">Reload</a> to see new ones.</p>\n\
         <p id=\"empty\"{empty}>Nothing was asked yet.</p>\n\
         <div id=\"exchanges\" data-last=\"{last}\">\n{shown}</div>\n</main>\n\
         <script src=\"live.js\" defer></script>\n</body>\n</html>\n",
        address = shared.address,
        bases = bases(&shared.bases()),
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    Answer::text(200, "text/html; charset=utf-8", html).with("content-security-policy", policy)
}

/// Exchanges to put before those that a page has.
pub(super) fn fragment(entries: &[Arc<Entry>]) -> Answer {
    let shown: String = entries.iter().rev().take(MOST).map(|entry| article(entry)).collect();
    Answer::text(200, "text/html; charset=utf-8", shown)
}

fn bases(bases: &[Base]) -> String {
    let mut table = String::from(
        "<div class=\"wide\" role=\"region\" aria-label=\"Base URLs and credentials\" tabindex=\"0\">\n<table>\n\
         <thead><tr><th scope=\"col\">Provider</th><th scope=\"col\">Base URL</th><th scope=\"col\">Credential</th></tr></thead>\n<tbody>\n",
    );
    for base in bases {
        // A `String` takes everything.
        let _ = writeln!(
            table,
            "<tr><th scope=\"row\">{}</th><td><code>{}</code></td><td><code>{}</code></td></tr>",
            escaped(&base.provider),
            escaped(&base.url),
            escaped(&base.credential)
        );
    }
    table.push_str("</tbody>\n</table>\n</div>\n");
    table
}

/// One exchange.
fn article(entry: &Entry) -> String {
    let exchange = entry.shown();
    let (state, status) = match &exchange.unsent {
        Some(_) => ("skipped", "not sent".to_owned()),
        None if exchange.answer.is_success() => ("fine", exchange.answer.status.to_string()),
        None => ("wrong", exchange.answer.status.to_string()),
    };
    let mut html = format!(
        "<article id=\"x{number}\" data-number=\"{number}\">\n<details>\n<summary>\
         <span class=\"{state}\">{status}</span> <b>{method}</b> <span class=\"url\">{url}</span> {marks}\
         <time datetime=\"{time}\">{time}</time></summary>\n",
        number = entry.number,
        method = escaped(&exchange.request.method),
        url = escaped(&exchange.request.url()),
        marks = marks(&exchange),
        time = entry.time(),
    );
    if let Some(unsent) = &exchange.unsent {
        let _ = writeln!(html, "<p class=\"note\">Not sent: {}</p>", escaped(&unsent.to_string()));
    }
    if let Some(fault) = &exchange.fault {
        let _ =
            writeln!(html, "<p class=\"note\">Made to fail on purpose: <code>{}</code></p>", escaped(fault));
    }
    html.push_str(&findings(&exchange));
    html.push_str(&part("Request", (&exchange.request.headers, &exchange.request.body)));
    if exchange.unsent.is_none() {
        let body = exchange.answer.body();
        html.push_str(&part("Answer", (&exchange.answer.headers, &body)));
        if exchange.answer.chunks.len() > 1 {
            let _ = writeln!(html, "<p class=\"note\">Sent in {} pieces.</p>", exchange.answer.chunks.len());
        }
    }
    html.push_str("</details>\n</article>\n");
    html
}

/// How much is wrong, in a word.
fn marks(exchange: &Exchange) -> String {
    let errors = exchange.findings.iter().filter(|finding| finding.is_error()).count();
    let warnings = exchange.findings.len() - errors;
    let counted = |count: usize, thing: &str| match count {
        0 => String::new(),
        1 => format!("<span class=\"mark {thing}\">1 {thing}</span> "),
        count => format!("<span class=\"mark {thing}\">{count} {thing}s</span> "),
    };
    format!("{}{}", counted(errors, "error"), counted(warnings, "warning"))
}

fn findings(exchange: &Exchange) -> String {
    if exchange.findings.is_empty() {
        return String::new();
    }
    let mut html = String::from("<h3>What is wrong</h3>\n<ul class=\"findings\">\n");
    for finding in &exchange.findings {
        let _ = write!(
            html,
            "<li><span class=\"mark {severity}\">{severity}</span> <code>{}</code> {}",
            finding.code.as_str(),
            escaped(&finding.message),
            severity = finding.severity.as_str(),
        );
        if let Some(help) = &finding.help {
            let _ = write!(html, "<br>Help: {}", escaped(help));
        }
        html.push_str("</li>\n");
    }
    html.push_str("</ul>\n");
    html
}

/// Headers and body of a request or an answer.
fn part(title: &str, (headers, body): (&[(String, String)], &[u8])) -> String {
    let mut html = format!("<h3>{title}</h3>\n");
    if !headers.is_empty() {
        html.push_str("<dl>\n");
        for (name, value) in headers {
            let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value));
        }
        html.push_str("</dl>\n");
    }
    if !body.is_empty() {
        let label = format!("{title}: body");
        let _ = writeln!(
            html,
            "<pre tabindex=\"0\" role=\"region\" aria-label=\"{label}\"><code>{}</code></pre>",
            escaped(&laid_out(body))
        );
    }
    html
}

/// A body as people read it: JSON on lines of its own, and not all of it where it is long.
fn laid_out(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
    {
        Some(text) => text,
        None => String::from_utf8_lossy(body).into_owned(),
    };
    match text.char_indices().nth(BODY) {
        Some((at, _)) => format!("{}\n…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// A text in HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_body_is_markup() {
        assert_eq!(escaped("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        let html = part("Answer", (&[("a<".to_owned(), "<script>".to_owned())], b"<img onerror=x>"));
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("a<<"), "{html}");
    }

    #[test]
    fn a_body_is_laid_out_and_cut() {
        assert_eq!(laid_out(br#"{"a":1}"#), "{\n  \"a\": 1\n}");
        assert_eq!(laid_out("ü".repeat(9000).as_bytes()).chars().count(), BODY + 2);
    }
}
