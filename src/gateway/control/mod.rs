//! What is asked of a stand-alone gateway itself: its page, its health and numbers, and the switches for faults.
//!
//! | route | does |
//! |---|---|
//! | `GET /health` | says that it is there |
//! | `GET /metrics` | numbers for Prometheus |
//! | `GET /_proofpress/` | the exchanges as a page |
//! | `GET /_proofpress/exchanges?after=N` | the exchanges after a number as JSON; with `wait` it waits for one |
//! | `GET`, `PUT`, `DELETE /_proofpress/faults` | shows, replaces or takes away what goes wrong |
//! | `GET`, `PUT`, `DELETE /_proofpress/limits` | the same for limits |
//! | `POST /_proofpress/reset` | begins anew: no exchanges, counts from zero, faults and limits as at the start |

mod page;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::addresses::is_of_this_machine;
use super::exchange::{Answer, Request};
use super::faults::rules::{self, Rule};
use super::journal::{Entry, Journal};
use super::limits::{self, Limit};
use super::metrics;
use super::proxy::{Phase, Watch};
use super::server::Shared;
use crate::data::{self, Node, Syntax};
use crate::diagnostics::{Parsed, Problem};
use crate::source::Source;

/// Where all but `/health` and `/metrics` stands.
const OWN: &str = "/_proofpress";

/// How long a client waits for news at most.
const PATIENCE: Duration = Duration::from_secs(25);

/// The answer to what is asked of the gateway itself; nothing where a provider is meant.
pub(super) async fn answer(shared: &Shared, request: &Request, watch: Watch) -> Option<Answer> {
    // At its own address it is itself, also where a provider of this machine has the port by custom.
    let is_own = shared.is_self(&request.host, request.port);
    if !is_own && shared.mock.profiles().at(&request.host, request.port).is_some() {
        return None;
    }
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    if request.path == "/health" && reads {
        return Some(Answer::json(200, &json!({ "status": "ok" })));
    }
    let journal = shared.journal.as_ref()?;
    let route = if request.path == "/metrics" { "metrics" } else { request.path.strip_prefix(OWN)? };
    let answer = match refused(shared, request) {
        Some(reason) => Answer::json(403, &json!({ "error": reason })),
        None => routed(shared, journal, (route, request), watch).await,
    };
    let guarded = answer
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("referrer-policy", "no-referrer");
    Some(guarded)
}

/// Why a request is refused: a page of another site has sent it, or the name of another host has led it here.
fn refused(shared: &Shared, request: &Request) -> Option<&'static str> {
    if shared.bound.is_loopback() && !is_of_this_machine(&request.host) {
        return Some("this gateway answers requests to this machine only");
    }
    let from =
        request.header("origin").map(|origin| origin.split_once("://").map_or(origin, |(_, host)| host));
    let is_foreign = from.is_some_and(|from| from != request.authority())
        || request.header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    is_foreign.then_some("this gateway takes no requests from pages of other sites")
}

async fn routed(
    shared: &Shared,
    journal: &Journal,
    (route, request): (&str, &Request),
    watch: Watch,
) -> Answer {
    let nothing = || Answer::json(204, &Value::Null).without_body();
    match (request.method.as_str(), route) {
        ("GET" | "HEAD", "metrics") => Answer::text(200, metrics::KIND, shared.metrics.text()),
        ("GET" | "HEAD", "") => Answer::text(308, "text/plain", "").with("location", format!("{OWN}/")),
        ("GET" | "HEAD", "/") => page::page(shared, &journal.after(0)),
        ("GET" | "HEAD", "/live.js") => Answer::text(200, "text/javascript; charset=utf-8", page::SCRIPT),
        ("GET" | "HEAD", "/exchanges") => {
            let entries = news(journal, request, watch).await;
            Answer::json(
                200,
                &json!({ "exchanges": entries.iter().map(|entry| entry.json()).collect::<Vec<_>>() }),
            )
        }
        ("GET" | "HEAD", "/exchanges.html") => page::fragment(&news(journal, request, watch).await),
        ("DELETE", "/exchanges") => {
            journal.clear();
            nothing()
        }
        ("GET" | "HEAD", "/faults") => faults(shared),
        ("PUT", "/faults") => read(request, |node| rules::read(node, shared.mock.profiles())).map_or_else(
            |refusal| refusal,
            |rules| {
                shared.faults.replace(rules);
                faults(shared)
            },
        ),
        ("DELETE", "/faults") => {
            shared.faults.replace(Vec::new());
            nothing()
        }
        ("GET" | "HEAD", "/limits") => limits(shared),
        ("PUT", "/limits") => read(request, |node| limits::read(node, shared.mock.profiles())).map_or_else(
            |refusal| refusal,
            |set| {
                shared.limits.replace(set);
                limits(shared)
            },
        ),
        ("DELETE", "/limits") => {
            shared.limits.replace(Vec::new());
            nothing()
        }
        ("POST", "/reset") => {
            journal.clear();
            shared.restart();
            nothing()
        }
        (
            _,
            "metrics" | "" | "/" | "/live.js" | "/exchanges" | "/exchanges.html" | "/faults" | "/limits"
            | "/reset",
        ) => Answer::json(405, &json!({ "error": format!("`{}` is not taken here", request.method) })),
        (_, _) => Answer::json(404, &json!({ "error": format!("there is nothing at `{}`", request.path) })),
    }
}

/// The exchanges after a number; where there are none, and the client wants to wait, those that come.
async fn news(journal: &Journal, request: &Request, mut watch: Watch) -> Vec<Arc<Entry>> {
    let after = request.query_value("after").and_then(|number| number.parse().ok()).unwrap_or_default();
    let mut news = journal.news();
    let found = journal.after(after);
    let waits = request.query.split('&').any(|pair| pair == "wait" || pair.starts_with("wait="));
    if !found.is_empty() || !waits {
        return found;
    }
    tokio::select! {
        _ = news.wait_for(|last| *last > after) => {}
        () = tokio::time::sleep(PATIENCE) => {}
        () = watch.until(Phase::Closing) => {}
    }
    journal.after(after)
}

/// The list in the body of a request; or why it cannot be read.
fn read<T>(request: &Request, read: impl FnOnce(&Node) -> Parsed<Vec<T>>) -> Result<Vec<T>, Answer> {
    let text = request.text().into_owned();
    let (document, mut problems) = data::parse(&text, Syntax::Json).into_parts();
    let mut list = Vec::new();
    if problems.is_empty() {
        let (found, wrong) = read(&document.root).into_parts();
        list = found;
        problems = wrong;
    }
    if problems.is_empty() {
        return Ok(list);
    }
    let source = Source::new("body", text);
    let told = |problem: &Problem| {
        let place = source.position(problem.span.start);
        json!({
            "message": problem.message,
            "help": problem.help,
            "line": place.line,
            "column": place.column,
        })
    };
    Err(Answer::json(400, &json!({ "errors": problems.iter().map(told).collect::<Vec<_>>() })))
}

fn faults(shared: &Shared) -> Answer {
    let told = |rule: &Rule| {
        let pattern = &rule.pattern;
        let mut value = json!({ "fault": rule.text });
        let words = [
            ("provider", &pattern.provider),
            ("method", &pattern.method),
            ("path", &pattern.path),
            ("model", &pattern.model),
            ("message", &pattern.message),
        ];
        for (name, word) in words {
            if let Some(word) = word {
                value[name] = json!(word);
            }
        }
        if !pattern.headers.is_empty() {
            let names = pattern.headers.iter().map(|(name, _)| (name.clone(), json!("***")));
            value["headers"] = Value::Object(names.collect());
        }
        if let Some(nth) = pattern.nth {
            value["nth"] = json!(nth);
        }
        if rule.chance < 1_000_000 {
            value["probability"] = json!(f64::from(rule.chance) / 1e6);
            value["seed"] = json!(rule.seed);
        }
        value
    };
    Answer::json(200, &shared.faults.all().iter().map(told).collect())
}

fn limits(shared: &Shared) -> Answer {
    let told = |limit: &Limit| {
        json!({
            "provider": limit.provider,
            "requests": limit.requests,
            "tokens": limit.tokens,
            "budget": limit.budget,
        })
    };
    Answer::json(200, &shared.limits.all().iter().map(told).collect())
}

impl Answer {
    fn without_body(mut self) -> Self {
        self.headers.clear();
        self.chunks.clear();
        self
    }
}
