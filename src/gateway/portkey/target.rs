//! One target: its hooks, the body that its provider is sent, the cache, and the retries.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::dialects::seed::Seed;
use super::super::exchange::{Answer, Request};
use super::super::routing::{Edition, Heard, Hook, Outcome, Target, Tried, attempts};
use super::accounts::{Integration, slug_of, slug_of_target};
use super::checks::Seen;
use super::front::{Admitted, Carried, metadata};
use super::hooks::{self, Decision, Results, Side};
use super::providers::{Context, Provider};
use super::response::{Exception, Response};
use super::{Asked, Cache, Call, Gateway, Played, Said, Upstream, failure, javascript};

/// The headers in which providers say how long to wait, the first one first.
const RETRY_AFTER: &[&str] = &["retry-after-ms", "x-ms-retry-after-ms", "retry-after"];

/// Headers of an answer that are the connection's own.
const OF_THE_CONNECTION: &[&str] =
    &["content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"];

/// An answer that a guardrail refuses is asked for no more often than this.
const MOST_ROUNDS: u32 = 100;

/// What comes of a body that was handed on already, with a retry or to the next target.
const HANDED_ON: &str =
    "Message: Response body object should not be disturbed or locked Cause: NA Name: TypeError";

/// Asks targets, and keeps the last answer.
pub(super) struct Asking<'a, 'b> {
    pub(super) admitted: &'a Admitted,
    pub(super) request: &'a Request,
    pub(super) gateway: &'a mut Gateway<'b>,
    pub(super) upstream: &'a mut dyn Upstream,
    pub(super) played: &'a mut Played,
    pub(super) last: Option<Answer>,
    /// Whether a body that is handed on as it comes was handed on.
    pub(super) handed_on: bool,
}

impl Asking<'_, '_> {
    /// Asks a target.
    pub(super) fn ask(&mut self, target: &Target) -> Heard {
        self.played.target = Some(target.path.clone());
        let answer = self.asked(target);
        let (answer, exception) = match answer {
            Ok(answer) => (answer, false),
            Err(Exception(message)) => {
                (failure(500, &message).with("x-portkey-gateway-exception", "true"), true)
            }
        };
        let status = answer.status;
        self.last = Some(answer);
        Heard { status, exception }
    }

    fn asked(&mut self, target: &Target) -> Result<Answer, Exception> {
        let edition = self.gateway.edition;
        let (target, integration) = self.resolved(target);
        let name = target.provider.clone().unwrap_or_default();
        let provider =
            Provider::find(&name, edition).ok_or_else(|| Exception(format!("Provider {name} not found")))?;
        let params = self.params(&target);
        let context = self.context(&target, &params);
        let base = self
            .request
            .filled("x-portkey-custom-host")
            .map(str::to_owned)
            .or_else(|| target.custom_host.clone());
        let request = Value::Object(params.clone());
        let metadata = metadata(self.request);
        let seen =
            Seen { function: context.function, request: &request, answer: &Value::Null, metadata: &metadata };
        let mut results = Results::default();
        let (before, after) = self.hooks(&target);
        if hooks::run(&before, Side::Before, &seen, &mut results) == Decision::Denied {
            let status = (edition == Edition::Hosted).then_some("DISABLED");
            return Ok(self.told(hooks::denied(&results), &target, (status, 0)));
        }
        if let Some(denied) = not_allowed(integration.as_ref(), &params) {
            return Ok(self.told(denied, &target, (Some("DISABLED"), 0)));
        }
        let call = self.call(&target, (provider, &context), (base, integration.map(|found| found.slug)))?;
        let kept = self.kept(&target, &call);
        if let (Some(body), "HIT") = (&kept.body, kept.status) {
            let answer = Answer {
                status: 200,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                chunks: vec![body.clone()],
            };
            return Ok(self.told(answer, &target, (Some("HIT"), 0)));
        }
        let hooked = !before.is_empty() || !after.is_empty();
        let (answer, outcome) = self.tried(&target, &call, &mut |raw| {
            results.after.clear();
            let response = Response::read(raw, provider, &context, (hooked, &results))?;
            Ok(response.guarded(&after, &seen, &mut results))
        })?;
        let retries = target.retries_told(outcome, answer.status);
        let at = self.played.took;
        if let (Some(key), 200) = (kept.key, answer.status) {
            let until = kept.fresh_for.map(|time| self.gateway.now.saturating_add(at).saturating_add(time));
            self.gateway.cache.put(key, javascript_body(&answer), until);
        }
        Ok(self.told(answer, &target, (Some(kept.status), retries)))
    }

    /// The target with the integration that it names put in its place.
    fn resolved(&self, target: &Target) -> (Target, Option<Integration>) {
        if self.gateway.edition == Edition::Open {
            return (target.clone(), None);
        }
        let own = slug_of_target(target).and_then(|slug| self.gateway.accounts.integration(slug));
        let outer = target.provider.is_none() || target.path == "config" && own.is_none();
        let found = own.or_else(|| self.admitted.integration.clone().filter(|_| outer));
        let Some(found) = found else { return (target.clone(), None) };
        let mut target = target.clone();
        target.provider = Some(found.provider.clone());
        target.api_key = Some(found.api_key.clone());
        target.custom_host = target.custom_host.or_else(|| found.custom_host.clone());
        (target, Some(found))
    }

    /// The body of the request with what the config puts in; the hosted service takes the slug out of the model.
    fn params(&self, target: &Target) -> Map<String, Value> {
        match &self.admitted.carried {
            Carried::Nothing => {}
            Carried::Stream => return Map::new(),
            // What a config puts in is lost, and of the form only counts whether it asks for a stream.
            Carried::Form(parts) => {
                let streams = self.admitted.function.streams_by_form()
                    && parts.iter().any(|part| part.name == "stream" && part.content == b"true");
                return streams.then(|| ("stream".to_owned(), json!(true))).into_iter().collect();
            }
        }
        let mut params = self.admitted.body.as_object().cloned().unwrap_or_default();
        params.extend(target.override_params.clone());
        if self.gateway.edition == Edition::Hosted {
            let bare =
                params.get("model").and_then(Value::as_str).and_then(slug_of).map(|(_, model)| json!(model));
            if let Some(bare) = bare {
                params.insert("model".to_owned(), bare);
            }
        }
        params
    }

    fn context<'c>(&self, target: &Target, params: &'c Map<String, Value>) -> Context<'c> {
        let header = self.request.filled("x-portkey-strict-open-ai-compliance");
        let now = self.gateway.now;
        Context {
            edition: self.gateway.edition,
            function: self.admitted.function,
            strict: header != Some("false") && target.strict != Some(false),
            params,
            now: now.as_secs(),
            id: format!("{}-{}", target.provider.as_deref().unwrap_or_default(), now.as_millis()),
        }
    }

    /// The hooks of a target, those of headers last.
    fn hooks(&self, target: &Target) -> (Vec<Hook>, Vec<Hook>) {
        let [input, output] = &self.admitted.defaults;
        let with = |own: &Option<Vec<Hook>>, more: &Option<Value>, side: &'static str| {
            let mut hooks = own.clone().unwrap_or_default();
            hooks.extend(more.iter().flat_map(|list| super::super::routing::guardrails(list, side)));
            hooks
        };
        let after = with(&target.after, output, "output");
        (with(&target.before, input, "input"), if self.gateway.judges_answers { after } else { Vec::new() })
    }

    /// What the cache says to a call.
    fn kept(&self, target: &Target, call: &Call) -> Kept {
        let nothing = Kept { status: "DISABLED", key: None, body: None, fresh_for: None };
        let Some(cache) = target.cache.as_ref().filter(|_| self.gateway.edition == Edition::Hosted) else {
            return nothing;
        };
        let refresh = self.request.header("x-portkey-cache-force-refresh").is_some();
        let namespace = self.request.filled("x-portkey-cache-namespace").unwrap_or_default();
        let body = call.body.clone().unwrap_or_default();
        let key = Cache::key(&[call.url.as_bytes(), &body, namespace.as_bytes(), call.method.as_bytes()]);
        let streams =
            serde_json::from_slice::<Value>(&body).is_ok_and(|body| body.get("stream") == Some(&json!(true)));
        let found = self
            .gateway
            .cache
            .get(&key, self.gateway.now)
            .filter(|_| !refresh && !streams && !cache.semantic);
        let status = match (&found, refresh) {
            (Some(_), _) => "HIT",
            (None, true) => "REFRESH",
            (None, false) => "MISS",
        };
        Kept {
            status,
            body: found.map(<[u8]>::to_vec),
            key: (!streams).then_some(key),
            fresh_for: cache.max_age,
        }
    }

    /// The answer that is not tried again, and its retries: what guardrails make of one is tried again like any other status.
    fn tried(
        &mut self,
        target: &Target,
        call: &Call,
        guard: &mut dyn FnMut(Answer) -> Result<Answer, Exception>,
    ) -> Result<(Answer, Outcome), Exception> {
        let retry = target.retry.as_ref();
        let most = retry.map_or(0, |retry| retry.attempts).min(MOST_ROUNDS);
        let mut made = 0;
        loop {
            let (raw, round) = self.fetched(target, call);
            made += round.made;
            let answer = guard(raw)?;
            let listed = retry.is_some_and(|retry| retry.on_status_codes.contains(&answer.status));
            if !listed || round.given_up || made >= most {
                return Ok((answer, Outcome { made, given_up: round.given_up }));
            }
            made += 1;
        }
    }

    /// What the provider says in the end, after how many retries, and when.
    fn fetched(&mut self, target: &Target, call: &Call) -> (Answer, Outcome) {
        let timeout = self
            .request
            .filled("x-portkey-request-timeout")
            .and_then(javascript::number)
            .filter(|time| *time != 0.0);
        let timeout = timeout.and_then(|time| Duration::try_from_secs_f64(time.max(1.0) / 1000.0).ok());
        let timeout = timeout.or(target.request_timeout);
        let mut clock = self.played.took;
        let mut last = Answer::text(500, "text/plain;charset=UTF-8", "");
        let outcome = attempts(target.retry.as_ref(), &mut |wait, _attempt| {
            clock = clock.saturating_add(wait);
            let at = clock;
            if self.admitted.carried == Carried::Stream && std::mem::replace(&mut self.handed_on, true) {
                last = Answer::text(500, "text/plain;charset=UTF-8", HANDED_ON);
                return Tried { status: None, retry_after: None };
            }
            let (answer, connected) = match self.upstream.ask(call) {
                Said::Answer(_, after) if timeout.is_some_and(|timeout| after > timeout) => {
                    let timeout = timeout.unwrap_or_default();
                    clock = clock.saturating_add(timeout);
                    (timed_out(timeout), true)
                }
                Said::Answer(answer, after) => {
                    clock = clock.saturating_add(after);
                    (answer, true)
                }
                Said::Failed(failure) => {
                    let text = format!("Message: fetch failed Cause: {failure} Name: TypeError");
                    (Answer::text(500, "text/plain;charset=UTF-8", text), false)
                }
            };
            let status = connected.then_some(answer.status);
            self.played.asked.push(Asked { call: call.clone(), status, at });
            let retry_after = retry_after(&answer);
            last = answer;
            Tried { status, retry_after }
        });
        self.played.took = clock;
        (last, outcome)
    }

    /// An answer with the headers that say how it came about.
    fn told(&self, answer: Answer, target: &Target, how: (Option<&str>, i32)) -> Answer {
        let (cache, retries) = how;
        let trace = self.request.header("x-portkey-trace-id").unwrap_or_default();
        let trace = match self.gateway.edition {
            Edition::Hosted if trace.is_empty() => Seed::of(self.request).uuid(),
            _ => trace.to_owned(),
        };
        let mut answer = answer;
        answer.headers.retain(|(name, _)| !OF_THE_CONNECTION.contains(&name.as_str()));
        if let Some(cache) = cache {
            answer = answer.with("x-portkey-cache-status", cache);
        }
        answer = answer.with("x-portkey-last-used-option-index", target.path.as_str());
        if let Some(provider) =
            target.provider.as_deref().filter(|name| !name.is_empty() && *name != "portkey")
        {
            answer = answer.with("x-portkey-provider", provider);
        }
        answer.with("x-portkey-retry-attempt-count", retries.to_string()).with("x-portkey-trace-id", trace)
    }
}

/// What the cache has for a call.
struct Kept {
    status: &'static str,
    key: Option<[u8; 32]>,
    body: Option<Vec<u8>>,
    fresh_for: Option<Duration>,
}

/// The body of an answer as it is kept: written anew where it is JSON.
fn javascript_body(answer: &Answer) -> Vec<u8> {
    let body = answer.body();
    javascript::parse(&body).map_or(body, |value| javascript::stringify(&value))
}

/// What is said where an integration does not have the model.
fn not_allowed(integration: Option<&Integration>, params: &Map<String, Value>) -> Option<Answer> {
    let model = params.get("model").and_then(Value::as_str)?;
    integration?.models.as_ref().filter(|models| !models.iter().any(|known| known == model))?;
    let message = format!("Model {model} is not allowed for this integration");
    let error = json!({"message": message, "type": "model_not_allowed_error", "param": null, "code": null});
    Some(Answer::json(412, &json!({"error": error})))
}

fn timed_out(timeout: Duration) -> Answer {
    let time = javascript::number_of(timeout.as_secs_f64() * 1000.0)
        .map(|time| time.to_string())
        .unwrap_or_default();
    let message = format!("Request exceeded the timeout sent in the request: {time}ms");
    let error = json!({"message": message, "type": "timeout_error", "param": null, "code": null});
    Answer::json(408, &json!({"error": error}))
}

/// How long a provider asks to wait.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let name = RETRY_AFTER.iter().find(|name| answer.header(name).is_some_and(|value| !value.is_empty()))?;
    let time = u64::try_from(javascript::leading_whole(answer.header(name)?)?).ok()?;
    Some(if *name == "retry-after" { Duration::from_secs(time) } else { Duration::from_millis(time) })
}
