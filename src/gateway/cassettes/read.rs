//! A cassette out of its file; whatever is wrong with it is said, and the rest is used.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use crate::data::table::Table;
use crate::data::{self, Node, Syntax, Value};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::gateway::exchange::{Answer, Request, Scheme};
use crate::source::Span;

/// The largest file that is read.
const MOST: usize = 64 << 20;

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Cassette {
    /// When it was recorded, in days since 1970, and where that stands.
    pub(super) recorded: Option<(u64, Span)>,
    pub(super) exchanges: Vec<(Request, Answer)>,
}

/// Reads the text of a file.
pub(super) fn cassette(text: &str) -> Parsed<Cassette> {
    if text.len() > MOST {
        let problem = Problem::new(Code::Setting, Span::at(0), "a cassette is longer than 64 MiB");
        return Parsed::new(Cassette::default(), vec![problem]);
    }
    let (document, problems) = data::parse(text, Syntax::Json).into_parts();
    let root = document.root;
    if !problems.is_empty() || !matches!(root.value, Value::Object(_)) {
        let mut problems = problems;
        if problems.is_empty() {
            problems.push(Problem::new(Code::Setting, root.span, "a cassette is a JSON object"));
        }
        return Parsed::new(Cassette::default(), problems);
    }
    let mut table = Table::new(&root, "a cassette", Vec::new());
    let recorded = table.spanned_text("recorded").and_then(|(text, span)| {
        let days = days(&text);
        if days.is_none() {
            table.problem(span, format!("`{text}` is not a date such as `2026-12-01`"));
        }
        Some((days?, span))
    });
    // It is for those who read the file.
    let _ = table.text("gateway");
    let exchanges = table.tables("exchanges", "an exchange", |exchange| {
        let request = exchange.table("request", "a request", request);
        let answer = exchange.table("answer", "an answer", answer);
        if request.is_none() {
            exchange.problem(exchange.span(), "an exchange has no `request` with a `method` and a `url`");
        }
        if answer.is_none() {
            exchange.problem(exchange.span(), "an exchange has no `answer` with a `status` from 100 to 599");
        }
        request.zip(answer)
    });
    let exchanges = exchanges.into_iter().flatten().collect();
    Parsed::new(Cassette { recorded, exchanges }, table.finish())
}

fn request(table: &mut Table<'_>) -> Option<Request> {
    let method = table.text("method");
    let url = table.spanned_text("url");
    let headers = named(table);
    let body = body(table);
    let (text, span) = url?;
    let Some((scheme, url)) = address(&text) else {
        table.problem(span, format!("`{text}` is not an address"));
        return None;
    };
    Some(Request {
        method: method?.to_uppercase(),
        scheme,
        host: url.host_str()?.trim_matches(['[', ']']).to_lowercase(),
        port: url.port_or_known_default()?,
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        headers,
        body,
    })
}

fn address(text: &str) -> Option<(Scheme, Url)> {
    let url = Url::parse(text).ok()?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    url.has_host().then_some((scheme, url))
}

fn answer(table: &mut Table<'_>) -> Option<Answer> {
    let status = table.number("status").filter(|status| (100..600).contains(status));
    let headers = named(table);
    let pieces = table.texts("pieces");
    let bytes = table.spanned_text("base64").and_then(|(text, span)| {
        let bytes = STANDARD.decode(&text).ok();
        if bytes.is_none() {
            let help =
                "write the bytes of the answer in Base64, with `=` at the end, or an answer of text as `text`";
            let message = "`base64` of an answer is not Base64";
            table.add(Problem::new(Code::Setting, span, message).help(help));
        }
        bytes
    });
    let body = body(table);
    let body = bytes.unwrap_or(body);
    let chunks = if pieces.is_empty() {
        if body.is_empty() { Vec::new() } else { vec![body] }
    } else {
        pieces.into_iter().map(String::into_bytes).collect()
    };
    Some(Answer { status: status?, headers, chunks })
}

fn named(table: &mut Table<'_>) -> Vec<(String, String)> {
    table.named_texts("headers").into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect()
}

/// The body: a JSON value, or a text.
fn body(table: &mut Table<'_>) -> Vec<u8> {
    let json = table.node("json").map(Node::to_json);
    let text = table.text("text");
    match json {
        Some(json) => json.to_string().into_bytes(),
        None => text.unwrap_or_default().into_bytes(),
    }
}

/// A date in days since 1970, in the calendar of today (Howard Hinnant, «chrono-Compatible Low-Level Date Algorithms»,
/// `days_from_civil`).
fn days(text: &str) -> Option<u64> {
    let mut parts = text.split('-');
    let mut part = || parts.next()?.parse::<u64>().ok();
    let (year, month, day) = (part()?, part()?, part()?);
    if !(1970..10_000).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_counted_in_days() {
        assert_eq!(days("1970-01-01"), Some(0));
        assert_eq!(days("2026-12-01"), Some(1_796_126_400 / 86_400));
        assert_eq!(days("2000-02-29"), Some(11_016));
        for wrong in ["", "2026", "2026-13-01", "x-y-z", "1969-12-31", "99999-01-01"] {
            assert_eq!(days(wrong), None, "{wrong}");
        }
    }

    #[track_caller]
    fn check(text: &str, message: &str) {
        let (_, problems) = cassette(text).into_parts();
        let found: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert!(found.contains(&message), "{message} in {found:?}");
    }

    #[test]
    fn a_hostile_cassette_is_a_problem() {
        check("[]", "a cassette is a JSON object");
        check(
            r#"{"exchanges":[{"request":{"method":"GET","url":"file:///etc/passwd"},"answer":{"status":200}}]}"#,
            "`file:///etc/passwd` is not an address",
        );
        check(
            r#"{"exchanges":[{"request":{"method":"GET","url":"http://a"},"answer":{"status":9}}]}"#,
            "an exchange has no `answer` with a `status` from 100 to 599",
        );
        check(r#"{"exchanges":[{"requst":{}}]}"#, "`requst` is not a key of an exchange");
        check(
            r#"{"exchanges":[{"request":{"method":"GET","url":"http://a"},"answer":{"status":200,"base64":"?"}}]}"#,
            "`base64` of an answer is not Base64",
        );
        check(r#"{"recorded":"yesterday"}"#, "`yesterday` is not a date such as `2026-12-01`");
        let deep = "[".repeat(100_000);
        let (cassette, problems) = cassette(&deep).into_parts();
        assert!(cassette.exchanges.is_empty() && !problems.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]{}\":,a-z0-9 ]{0,80}") {
            let _ = cassette(&text).into_parts();
        }
    }
}
