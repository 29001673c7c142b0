//! Answers from a file, for people who test a program of their own against the gateway.

use std::sync::Mutex;

use serde_json::Value as Json;

use super::dialects::script::{Line, prompted};
use super::exchange::{Answer, Exchange, Unsent};
use super::faults::{self, Clock, Delivery, Plan, Turn};
use super::mock::Mock;
use super::pattern::{Pattern, Subject};
use super::profiles::Profiles;
use super::session::locked;
use crate::data::table::Table;
use crate::data::{self, Node, Syntax, Value};
use crate::diagnostics::{Code, Parsed, Problem};

/// A file of answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    replies: Vec<Reply>,
    unmatched: Unmatched,
}

/// What becomes of a request that no reply is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Unmatched {
    /// It is refused, with the reason.
    #[default]
    Refused,
    /// The mock answers it.
    Mock,
}

/// An answer and the requests that it is for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reply {
    pattern: Pattern,
    said: Said,
    status: Option<u16>,
    headers: Vec<(String, String)>,
    fault: Option<Turn>,
}

/// What is answered.
#[derive(Clone, Debug, Default, PartialEq)]
enum Said {
    /// What the mock says by itself, or the error of a status.
    #[default]
    Own,
    /// What a model says, in the dialect of the request.
    Line(Line),
    /// A JSON value.
    Json(Json),
    /// A text as it is.
    Body(String),
    /// The pieces of a stream as they are.
    Stream(Vec<String>),
}

impl Script {
    /// Reads a script; TOML, or JSON where `syntax` says so.
    pub fn parse(text: &str, syntax: Syntax, profiles: &Profiles) -> Parsed<Self> {
        let (document, problems) = data::parse(text, syntax).into_parts();
        let root = document.root;
        if !problems.is_empty() && matches!(root.value, Value::Elided) {
            return Parsed::new(Self::default(), problems);
        }
        let mut table = Table::new(&root, "a script", problems);
        let unmatched =
            table.choice("unmatched", &[("refuse", Unmatched::Refused), ("mock", Unmatched::Mock)]);
        let mut more = Vec::new();
        let mut replies = Vec::new();
        match table.node("replies").map(|node| (&node.value, node)) {
            Some((Value::Array(elements), _)) => {
                for element in elements {
                    let (reply, wrong) = reply(element, profiles).into_parts();
                    replies.push(reply);
                    more.extend(wrong);
                }
            }
            Some((_, node)) => table.problem(node.span, "`replies` is not a list of tables"),
            None => table.problem(root.span, "a script has no `replies`"),
        }
        let mut problems = table.finish();
        problems.extend(more);
        Parsed::new(Self { replies, unmatched }, problems)
    }
}

fn reply(node: &Node, profiles: &Profiles) -> Parsed<Reply> {
    if !matches!(node.value, Value::Object(_)) {
        return Parsed::new(
            Reply::default(),
            vec![Problem::new(Code::Setting, node.span, "a reply is not a table")],
        );
    }
    let mut table = Table::new(node, "a reply", Vec::new());
    let pattern = table.table("match", "`match`", |inner| Pattern::read(inner, profiles));
    let status = table.number("status");
    if status.is_some_and(|status| !(200..600).contains(&status)) {
        table.problem(
            node.get("status").map_or(node.span, |node| node.span),
            "`status` is not from 200 to 599",
        );
    }
    let headers = table.named_texts("headers");
    let text = table.text("text");
    let calls = table.tables("tool_calls", "a call of a tool", |call| {
        let arguments = call.node("arguments").map_or(Json::Object(serde_json::Map::new()), Node::to_json);
        (call.text("name").unwrap_or_default(), arguments)
    });
    let json = table.node("json").map(Node::to_json);
    let body = table.text("body");
    let stream = table.node("stream").map(|_| table.texts("stream"));
    let fault = table.spanned_text("fault");
    let given = [text.is_some() || !calls.is_empty(), json.is_some(), body.is_some(), stream.is_some()];
    if given.iter().filter(|given| **given).count() > 1 {
        table.problem(
            node.span,
            "a reply has more than one of `text` or `tool_calls`, `json`, `body` and `stream`",
        );
    }
    if given == [false; 4] && status.is_none() && fault.is_none() {
        table.problem(node.span, "a reply says nothing");
    }
    let said = match (json, body, stream) {
        (Some(json), ..) => Said::Json(json),
        (_, Some(body), _) => Said::Body(body),
        (.., Some(stream)) => Said::Stream(stream),
        (None, None, None) if given[0] => Said::Line(Line { text: text.unwrap_or_default(), calls }),
        (None, None, None) => Said::Own,
    };
    let mut problems = Vec::new();
    let fault = fault.and_then(|(text, span)| {
        // Behind the quote that opens the text, in TOML as in JSON.
        let (plan, wrong) = Plan::parse(&text, span.start + 1, Code::Setting).into_parts();
        problems.extend(wrong);
        plan.turn(0).cloned()
    });
    problems.extend(table.finish());
    let headers = headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    let status = status.filter(|status| (200..600).contains(status));
    Parsed::new(Reply { pattern, said, status, headers, fault }, problems)
}

/// A script, and how often each of its replies was meant.
#[derive(Debug)]
pub(super) struct Scripted {
    script: Script,
    counts: Mutex<Vec<u64>>,
}

impl Scripted {
    pub(super) fn new(script: Script) -> Self {
        Self { counts: Mutex::new(vec![0; script.replies.len()]), script }
    }

    /// Begins to count anew.
    pub(super) fn restart(&self) {
        locked(&self.counts).fill(0);
    }

    /// The exchange as a reply has it, and how its answer goes out; where no reply is for it, the exchange that others
    /// answer or nobody does. `judged` is what the mock says.
    pub(super) fn answer(
        &self,
        judged: Exchange,
        mock: &Mock,
        clock: &Clock,
    ) -> Result<(Exchange, Delivery), Box<Exchange>> {
        match self.meant(&judged) {
            Ok(reply) => Ok(reply.answer(judged, mock, clock)),
            Err(_) if self.script.unmatched == Unmatched::Mock => Err(Box::new(judged)),
            Err(reason) => Err(Box::new(Exchange { unsent: Some(Unsent::NotScripted(reason)), ..judged })),
        }
    }

    /// The first reply that is for a request; or why none is.
    fn meant(&self, judged: &Exchange) -> Result<&Reply, String> {
        let subject = Subject::of(judged);
        let mut counts = locked(&self.counts);
        let mut reasons = Vec::new();
        let mut found = None;
        for (index, (reply, count)) in self.script.replies.iter().zip(counts.iter_mut()).enumerate() {
            let reason = reply.pattern.mismatch(&subject).or_else(|| {
                *count += 1;
                let nth = reply.pattern.nth.filter(|nth| nth != count)?;
                Some(format!("it is number {count}, not {nth}"))
            });
            match reason {
                None => found = found.or(Some(reply)),
                Some(reason) => reasons.push(format!("reply {}: {reason}", index + 1)),
            }
        }
        found.ok_or_else(|| reasons.join("; "))
    }
}

impl Reply {
    fn answer(&self, judged: Exchange, mock: &Mock, clock: &Clock) -> (Exchange, Delivery) {
        let mut exchange = match &self.said {
            Said::Own => self.with_status(judged, mock, clock),
            Said::Line(line) => prompted(line.clone(), || mock.answer(&judged.request)),
            Said::Json(json) => Exchange { answer: Answer::json(200, json), unsent: None, ..judged },
            Said::Body(body) => Exchange {
                answer: Answer::text(200, "text/plain; charset=utf-8", body),
                unsent: None,
                ..judged
            },
            Said::Stream(pieces) => {
                let headers =
                    vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
                let chunks = pieces.iter().map(|piece| piece.clone().into_bytes()).collect();
                Exchange { answer: Answer { status: 200, headers, chunks }, unsent: None, ..judged }
            }
        };
        if let Some(status) = self.status {
            exchange.answer.status = status;
        }
        for (name, value) in &self.headers {
            exchange.answer.headers.retain(|(known, _)| known != name);
            exchange.answer.headers.push((name.clone(), value.clone()));
        }
        match &self.fault {
            Some(turn) => faults::shape(turn, exchange, mock.profiles(), clock),
            None => (exchange, Delivery::default()),
        }
    }

    /// What the mock says; the error of the provider where the status is one.
    fn with_status(&self, judged: Exchange, mock: &Mock, clock: &Clock) -> Exchange {
        let Some(status) = self.status.filter(|status| *status >= 400) else { return judged };
        let turn = Turn { text: status.to_string(), status: Some(status), ..Turn::default() };
        let (exchange, _) = faults::shape(&turn, judged, mock.profiles(), clock);
        Exchange { fault: None, ..exchange }
    }
}

/// The syntax of a script by the name of its file.
pub fn syntax_of(path: &std::path::Path) -> Syntax {
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if is_json { Syntax::Json } else { Syntax::Toml }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::credentials;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::Request;

    fn asked(body: &str) -> Request {
        let profiles = Profiles::builtin();
        let mut request = request(body);
        let key = credentials::issued_to(profiles.get("openai").unwrap());
        request.headers.push(("authorization".to_owned(), format!("Bearer {key}")));
        request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
        request
    }

    fn chat(text: &str) -> String {
        format!(r#"{{"model":"gpt-5","messages":[{{"role":"user","content":"{text}"}}]}}"#)
    }

    /// The bodies of the answers to these messages.
    fn answers(script: &str, messages: &[&str]) -> Vec<Exchange> {
        let profiles = Profiles::builtin();
        let (script, problems) = Script::parse(script, Syntax::Toml, &profiles).into_parts();
        assert_eq!(problems, []);
        let scripted = Scripted::new(script);
        let mock = Mock::new(profiles);
        let one = |text: &&str| {
            let answered = scripted.answer(mock.answer(&asked(&chat(text))), &mock, &Clock::default());
            answered.map_or_else(|left| *left, |(exchange, _)| exchange)
        };
        messages.iter().map(one).collect()
    }

    #[track_caller]
    fn check_wrong(script: &str, message: &str, underlined: &str) {
        let (_, problems) = Script::parse(script, Syntax::Toml, &Profiles::builtin()).into_parts();
        let found: Vec<_> = problems
            .iter()
            .map(|problem| (problem.message.as_str(), script.get(problem.span.range()).unwrap_or_default()))
            .collect();
        assert_eq!(found, [(message, underlined)]);
    }

    #[test]
    fn a_text_is_said_in_the_dialect_of_the_request() {
        let script = "[[replies]]\nmatch = { message = \"weather\" }\ntext = \"It rains.\"\n[[replies]]\ntext = \"What?\"";
        let answers = answers(script, &["the weather?", "hello"]);
        let said = |exchange: &Exchange| exchange.answer.body_text();
        assert!(said(&answers[0]).contains(r#""content":"It rains.""#), "{}", said(&answers[0]));
        assert!(said(&answers[1]).contains(r#""content":"What?""#));
    }

    #[test]
    fn a_tool_is_called() {
        let script =
            "[[replies]]\ntool_calls = [{ name = \"get_weather\", arguments = { city = \"Paris\" } }]";
        let body = answers(script, &["hello"])[0].answer.body_text();
        assert!(body.contains(r#""name":"get_weather""#) && body.contains("Paris"), "{body}");
        assert!(body.contains("tool_calls"));
    }

    #[test]
    fn replies_are_given_in_turn() {
        let script = "[[replies]]\nmatch = { nth = 1 }\nstatus = 500\n[[replies]]\nmatch = { nth = 2 }\nbody = \"two\"\n[[replies]]\njson = { n = 3 }\nheaders = { X-Test = \"y\" }";
        let answers = answers(script, &["a", "a", "a"]);
        assert_eq!(answers[0].answer.status, 500);
        assert!(answers[0].answer.body_text().contains("server_error"));
        assert_eq!(answers[1].answer.body_text(), "two");
        assert_eq!(answers[2].answer.body_text(), r#"{"n":3}"#);
        assert_eq!(answers[2].answer.header("x-test"), Some("y"));
    }

    #[test]
    fn a_request_that_no_reply_is_for_says_why() {
        let script = "[[replies]]\nmatch = { model = \"gpt-4*\" }\ntext = \"no\"\n[[replies]]\nmatch = { message = \"bye\" }\ntext = \"no\"";
        let unsent = answers(script, &["hello"])[0].unsent.clone();
        let reason = "reply 1: its model is `gpt-5`, not `gpt-4*`; reply 2: the last message of its user does not say `bye`";
        assert_eq!(unsent, Some(Unsent::NotScripted(reason.to_owned())));
        let script = format!("unmatched = \"mock\"\n{script}");
        assert_eq!(answers(&script, &["hello"])[0].answer.status, 200);
    }

    #[test]
    fn what_is_wrong_with_a_script_is_underlined() {
        check_wrong("[[replies]]\ntxt = \"a\"\nstatus = 500", "`txt` is not a key of a reply", "txt");
        check_wrong(
            "[[replies]]\ntext = \"a\"\nmatch = { modle = \"x\" }",
            "`modle` is not a key of `match`",
            "modle",
        );
        check_wrong("[[replies]]\ntext = \"a\"\nfault = \"rset\"", "`rset` is not a fault", "rset");
        check_wrong("replies = 1", "`replies` is not a list of tables", "1");
        check_wrong("", "a script has no `replies`", "");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]a-z= \"{}\n]{0,60}") {
            let _ = Script::parse(&text, Syntax::Toml, &Profiles::builtin()).into_parts();
            let _ = Script::parse(&text, Syntax::Json, &Profiles::builtin()).into_parts();
        }
    }
}
