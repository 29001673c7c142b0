//! The Portkey gateway itself, in both editions: what it does with a request, what it asks providers, and what it answers.
//!
//! [`answer`] takes a request through these steps:
//!
//! 1. `accounts` admits it to the hosted service and puts integrations in place of their slugs; the open-source gateway has none;
//! 2. `front` validates headers and config as the gateway does, and says which config holds;
//! 3. [`routing`](super::routing) leads it over the targets, and `target` asks each: hooks, cache, retries, with a `call`: address, headers, body;
//! 4. `providers` knows what each provider takes and answers, `response` what becomes of an answer and `stream` of a stream.
//!
//! Nothing here knows of profiles, findings or pages, and nothing waits: the clock is the one of [`Gateway`]. The answers are those of
//! the real gateway, seen in its versions 1.15.2 and 2.2.3; `tests/portkey/` holds the cases.

mod accounts;
mod cache;
mod call;
mod checks;
mod front;
mod hooks;
mod javascript;
mod providers;
mod response;
mod routes;
mod stream;
mod target;

use std::time::Duration;

use serde_json::Value;

use super::exchange::{Answer, Request};
use super::routing::{Edition, Reached, Unroutable};
use routes::Function;

pub use accounts::{Accounts, Integration, Nobody, model_of, slug_of};
pub use cache::Cache;

/// A gateway: what it is, what it knows, and what time it is there.
pub struct Gateway<'a> {
    /// Which one.
    pub edition: Edition,
    /// Whom it knows.
    pub accounts: &'a dyn Accounts,
    /// What it keeps.
    pub cache: &'a mut Cache,
    /// The time since 1970.
    pub now: Duration,
    /// What chance follows from.
    pub seed: u64,
    /// Whether guardrails look at answers; where these are made up, it means nothing what they find.
    pub judges_answers: bool,
}

/// What stands behind a gateway.
pub trait Upstream {
    /// What it says to a call.
    fn ask(&mut self, call: &Call) -> Said;
}

/// A call of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The way to the target in the config: `config.targets[1]`.
    pub target: String,
    /// The name of the provider.
    pub provider: String,
    /// The slug of the integration that it was called through.
    pub slug: Option<String>,
    /// The base URL that the client or the config puts in place of the provider's.
    pub custom_host: Option<String>,
    /// In capitals.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; none where nothing is sent.
    pub body: Option<Vec<u8>>,
}

/// What a provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// An answer, so long after the call.
    Answer(Answer, Duration),
    /// No connection came about, or it ended before an answer.
    Failed(Failure),
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody listens.
    #[error("Error: connect ECONNREFUSED {0}")]
    Refused(String),
    /// The connection was closed.
    #[error("SocketError: other side closed")]
    Closed,
    /// A port that browsers, and so this gateway, do not call.
    #[error("Error: bad port")]
    BadPort,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// The answer; none where the gateway never answers.
    pub answer: Option<Answer>,
    /// The calls, in their order.
    pub asked: Vec<Asked>,
    /// The way to the target that was asked last.
    pub target: Option<String>,
    /// Why it was not routed, where that is the config's doing.
    pub unroutable: Option<Unroutable>,
    /// How long it took.
    pub took: Duration,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The call.
    pub call: Call,
    /// The status; none where no answer came.
    pub status: Option<u16>,
    /// How long after the request it was made.
    pub at: Duration,
}

/// What the gateway does with a request.
pub fn answer(request: &Request, gateway: &mut Gateway<'_>, upstream: &mut dyn Upstream) -> Played {
    let mut played =
        Played { answer: None, asked: Vec::new(), target: None, unroutable: None, took: Duration::ZERO };
    let admitted = match front::admit(request, gateway) {
        Ok(admitted) => admitted,
        Err(answer) => {
            played.answer = Some(pretty(request, answer));
            return played;
        }
    };
    let call = admitted.call(request, gateway);
    let mut asking = target::Asking {
        admitted: &admitted,
        request,
        gateway,
        upstream,
        played: &mut played,
        last: None,
        handed_on: false,
    };
    let reached = admitted.config.walk(&call, &mut |target| asking.ask(target));
    let last = asking.last.take();
    let edition = gateway.edition;
    played.answer = match (reached, last) {
        (Ok(Reached::Answer(_)), last) => last,
        // The open-source gateway leaves the client waiting here.
        (Ok(Reached::NoTarget | Reached::NoWeight), _) if edition == Edition::Open => None,
        (Ok(Reached::NoTarget), _) => {
            Some(Answer::text(500, "text/plain", "Error: res.body.getReader is not a function"))
        }
        (Ok(Reached::NoWeight), _) => Some(broken(admitted.function)),
        (Err(unroutable), _) => {
            let answer = match &unroutable {
                Unroutable::Router(message) if admitted.function.tells_router_errors() => {
                    failure(400, message)
                }
                Unroutable::Router(_) | Unroutable::Broken => broken(admitted.function),
            };
            played.unroutable = Some(unroutable);
            Some(answer)
        }
    };
    played.answer = played.answer.map(|answer| pretty(request, answer));
    if let (Some(answer), "HEAD") = (&mut played.answer, request.method.as_str()) {
        answer.chunks.clear();
    }
    played
}

/// An answer that the gateway makes itself.
pub(super) fn failure(status: u16, message: &str) -> Answer {
    Answer::json(status, &serde_json::json!({"status": "failure", "message": message}))
}

/// The answer where the gateway breaks outside of a target.
fn broken(function: Function) -> Answer {
    match function {
        Function::Proxy => failure(500, "Proxy error: Cannot read properties of undefined (reading '0')"),
        _ => failure(500, "Something went wrong"),
    }
}

/// With `?pretty` in the address, JSON is written over several lines.
fn pretty(request: &Request, answer: Answer) -> Answer {
    let wanted = request.query.split('&').any(|pair| pair.split('=').next() == Some("pretty"));
    let json = answer.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
    if !wanted || !json {
        return answer;
    }
    let Some(text) = serde_json::from_slice::<Value>(&answer.body())
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
    else {
        return answer;
    };
    Answer { chunks: vec![text.into_bytes()], ..answer }
}
