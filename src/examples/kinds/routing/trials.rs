//! What a Config claims, tried on the gateway's own engine: in which order targets are asked, how the load is shared, how often is
//! tried again, and whether an answer that is to be kept is found again.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::{Value, json};

use crate::data::{Document, Node};
use crate::diagnostics::{Code, Problem, Severity};
use crate::gateway::exchange::{Answer, Request, Scheme};
use crate::gateway::portkey::{self, Accounts, Cache, Gateway, Integration, Said, Upstream};
use crate::gateway::routing::{Call, Config, Edition, Heard, Strategy, Target};

/// So many requests share a load.
const REQUESTS: u32 = 400;

/// Targets with fewer expected requests than this are not counted with: the statistic means nothing for them.
const FEWEST: f64 = 5.0;

/// How far a share may be off, in standard deviations of the statistic; chance exceeds it about once in a million.
const DEVIATIONS: f64 = 4.75;

/// What a Config does not do although it says so.
pub(super) fn of(config: &Config, document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut levels = vec![&config.root];
    while let Some(level) = levels.pop() {
        levels.extend(level.targets.iter().rev());
        match &level.strategy {
            Some(Strategy::Fallback { on_status_codes }) => {
                problems.extend(order(level, on_status_codes.as_deref()));
            }
            Some(Strategy::LoadBalance) => problems.extend(shares(level)),
            Some(Strategy::Single | Strategy::Conditional { .. }) => {}
            None => problems.extend(retries(level)),
        }
    }
    problems.extend(kept(config, document));
    problems
}

fn call(seed: u64) -> Call {
    Call { params: json!({}), metadata: json!({}), path: "/v1/chat/completions".to_owned(), seed }
}

/// Whether a target stands in another one, or is it.
fn is_within(path: &str, target: &Target) -> bool {
    path.strip_prefix(target.path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The targets of a fallback fail by turns, and each time the next one has to be asked.
fn order(level: &Target, codes: Option<&[u16]>) -> Option<Problem> {
    let failing = codes.and_then(|codes| codes.first().copied()).unwrap_or(500);
    let alone = Config { root: level.clone() };
    for (failed, next) in level.targets.iter().enumerate().skip(1) {
        let before = level.targets.get(..failed).unwrap_or_default();
        let asked = RefCell::new(Vec::new());
        let walked = alone.walk(&call(0), &mut |target| {
            asked.borrow_mut().push(target.path.clone());
            let fails = before.iter().any(|before| is_within(&target.path, before));
            Heard { status: if fails { failing } else { 200 }, exception: false }
        });
        // What leads nowhere is said where the Config is read.
        walked.ok()?;
        if !asked.borrow().iter().any(|path| is_within(path, next)) {
            let last = before.last().map_or("", |last| last.path.as_str());
            let message = format!("`{}` is not asked when `{last}` answers {failing}", next.path);
            return Some(Problem::new(Code::IdleConfig, next.span, message));
        }
    }
    None
}

/// The load is shared as the weights say: the statistic of Pearson over seeded requests.
fn shares(level: &Target) -> Option<Problem> {
    let total: f64 = level.targets.iter().map(|target| target.weight.max(0.0)).sum();
    if total <= 0.0 || level.targets.len() < 2 {
        return None;
    }
    let alone = Config { root: level.clone() };
    let mut counts = vec![0_u32; level.targets.len()];
    for seed in 0..u64::from(REQUESTS) {
        let mut chosen = None;
        let walked = alone.walk(&call(seed), &mut |target| {
            chosen = level.targets.iter().position(|known| is_within(&target.path, known));
            Heard { status: 200, exception: false }
        });
        walked.ok()?;
        *counts.get_mut(chosen?)? += 1;
    }
    let expected = |target: &Target| f64::from(REQUESTS) * target.weight.max(0.0) / total;
    let pairs: Vec<(f64, f64)> = level
        .targets
        .iter()
        .zip(&counts)
        .map(|(target, count)| (expected(target), f64::from(*count)))
        .collect();
    if is_shared(&pairs) {
        return None;
    }
    let told: Vec<String> = counts.iter().map(ToString::to_string).collect();
    let message = format!("the load is not shared by weight: {} of {REQUESTS} requests", told.join(", "));
    Some(Problem::new(Code::IdleConfig, level.span, message))
}

/// Whether counts are what chance makes of expected ones; each expected count with the count itself.
fn is_shared(pairs: &[(f64, f64)]) -> bool {
    let counted: Vec<&(f64, f64)> = pairs.iter().filter(|(expected, _)| *expected >= FEWEST).collect();
    let statistic: f64 = counted.iter().map(|(expected, count)| (count - expected).powi(2) / expected).sum();
    let freedom = u32::try_from(counted.len()).unwrap_or(u32::MAX).saturating_sub(1).max(1);
    statistic <= bound(f64::from(freedom))
}

/// What the statistic stays below, by the approximation of Wilson and Hilferty.
fn bound(freedom: f64) -> f64 {
    let part = 2.0 / (9.0 * freedom);
    freedom * (1.0 - part + DEVIATIONS * part.sqrt()).powi(3)
}

/// A target that is to be tried again says after which statuses.
fn retries(target: &Target) -> Option<Problem> {
    target.retry.as_ref().filter(|retry| retry.attempts > 0 && retry.on_status_codes.is_empty())?;
    let problem =
        Problem::new(Code::IdleConfig, target.span, "nothing is tried again: `retry` lists no status");
    Some(problem.severity(Severity::Warning).help("list statuses in `on_status_codes`, or leave it out"))
}

/// The same request twice: where answers are kept, the second one comes from the cache.
fn kept(config: &Config, document: &Document) -> Option<Problem> {
    // A cache of one target among many is not the one that is asked.
    let level = &config.root;
    let kept = level.cache.as_ref().filter(|cache| !cache.semantic)?;
    let mut cache = Cache::default();
    let request = request(&document.root);
    let statuses: Vec<String> = (0..2).filter_map(|_| status(&request, &mut cache)).collect();
    if statuses != ["MISS", "MISS"] {
        return None;
    }
    let streams = |level: &Target| level.override_params.get("stream") == Some(&json!(true));
    let help = match kept.max_age {
        Some(Duration::ZERO) => "give `max_age` in seconds, above 0",
        _ if streams(level) || config.leaves().into_iter().any(streams) => {
            "take `stream` out of `override_params`: streams are not kept"
        }
        // A guardrail did not like the question, which is made up.
        _ => return None,
    };
    let message = "the same request twice is not answered from the cache";
    Some(Problem::new(Code::IdleConfig, level.span, message).severity(Severity::Warning).help(help))
}

/// What the cache says to a request.
fn status(request: &Request, cache: &mut Cache) -> Option<String> {
    let mut gateway = Gateway {
        edition: Edition::Hosted,
        accounts: &Anybody,
        cache,
        now: Duration::ZERO,
        seed: 0,
        judges_answers: false,
    };
    let played = portkey::answer(request, &mut gateway, &mut Willing);
    played.answer?.header("x-portkey-cache-status").map(str::to_owned)
}

fn request(config: &Node) -> Request {
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-portkey-api-key", "any".to_owned()),
        ("x-portkey-provider", "@any".to_owned()),
        ("x-portkey-config", config.to_json().to_string()),
    ];
    Request {
        method: "POST".to_owned(),
        scheme: Scheme::Https,
        host: "api.portkey.ai".to_owned(),
        port: 443,
        path: "/v1/chat/completions".to_owned(),
        query: String::new(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        body: br#"{"model":"any","messages":[{"role":"user","content":"ready?"}]}"#.to_vec(),
    }
}

/// A service that knows everybody.
struct Anybody;

impl Accounts for Anybody {
    fn knows_key(&self, _key: &str) -> bool {
        true
    }

    fn integration(&self, slug: &str) -> Option<Integration> {
        let provider = "openai".to_owned();
        Some(Integration { slug: slug.to_owned(), provider, ..Integration::default() })
    }

    fn config(&self, _id: &str) -> Option<Value> {
        None
    }

    fn has_guardrail(&self, _id: &str) -> bool {
        true
    }
}

/// A provider that answers everything.
struct Willing;

impl Upstream for Willing {
    fn ask(&mut self, _call: &portkey::Call) -> Said {
        let message = json!({"role": "assistant", "content": "ready"});
        let answer = json!({"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]});
        Said::Answer(Answer::json(200, &answer), Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Syntax, parse};

    /// What is said of a Config: its messages.
    fn said(text: &str) -> Vec<String> {
        problems(text).into_iter().map(|problem| problem.message).collect()
    }

    fn problems(text: &str) -> Vec<Problem> {
        let (document, _) = parse(text, Syntax::Json).into_parts();
        let (config, problems) = Config::read(&document.root).into_parts();
        let config = config.unwrap_or_else(|| panic!("{problems:?}"));
        of(&config, &document)
    }

    #[test]
    fn what_does_as_it_says_is_not_spoken_of() {
        let configs = [
            r#"{"strategy": {"mode": "fallback", "on_status_codes": [429, 503]}, "targets": [{"provider": "@a"}, {"provider": "@b"}, {"provider": "@c"}]}"#,
            r#"{"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a", "weight": 0.7}, {"provider": "@b", "weight": 0.3}]}"#,
            r#"{"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a", "weight": 999}, {"provider": "@b", "weight": 1}]}"#,
            r#"{"provider": "@a", "retry": {"attempts": 3, "on_status_codes": [429]}}"#,
            r#"{"provider": "@a", "cache": {"mode": "simple", "max_age": 60}}"#,
            r#"{"provider": "@a", "cache": {"mode": "semantic"}}"#,
            r#"{"cache": {"mode": "simple"}, "strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}"#,
        ];
        for config in configs {
            assert_eq!(said(config), Vec::<String>::new(), "{config}");
        }
    }

    #[test]
    fn retries_without_a_status_do_nothing() {
        let text = r#"{"provider": "@a", "retry": {"attempts": 3, "on_status_codes": []}}"#;
        assert_eq!(said(text), ["nothing is tried again: `retry` lists no status"]);
    }

    #[test]
    fn an_answer_that_is_kept_for_no_time_is_not_found_again() {
        let text = r#"{"provider": "@a", "cache": {"mode": "simple", "max_age": 0}}"#;
        assert_eq!(said(text), ["the same request twice is not answered from the cache"]);
    }

    #[test]
    fn what_keeps_an_answer_out_of_the_cache_is_told() {
        let help = |text: &str| problems(text).pop().and_then(|problem| problem.help);
        let cache = r#""cache": {"mode": "simple", "max_age": 60}"#;
        let zero = help(r#"{"provider": "@a", "cache": {"mode": "simple", "max_age": 0}}"#);
        assert_eq!(zero.as_deref(), Some("give `max_age` in seconds, above 0"));
        let streams =
            help(&format!(r#"{{"provider": "@a", {cache}, "override_params": {{"stream": true}}}}"#));
        assert_eq!(streams.as_deref(), Some("take `stream` out of `override_params`: streams are not kept"));
        let guard = r#"[{"default.contains": {"operator": "any", "words": ["no such"]}}]"#;
        let guarded = format!(r#"{{"provider": "@a", {cache}, "input_guardrails": {guard}}}"#);
        assert_eq!(said(&guarded), Vec::<String>::new());
    }

    #[test]
    fn an_empty_list_of_statuses_never_falls_back() {
        let text = r#"{"strategy": {"mode": "fallback", "on_status_codes": []}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}"#;
        assert_eq!(said(text), ["`config.targets[1]` is not asked when `config.targets[0]` answers 500"]);
    }

    #[test]
    fn a_share_that_chance_does_not_explain_is_found() {
        assert!(is_shared(&[(200.0, 221.0), (200.0, 179.0)]));
        assert!(!is_shared(&[(200.0, 260.0), (200.0, 140.0)]));
        assert!(is_shared(&[(396.0, 400.0), (4.0, 0.0)]));
        assert!(!is_shared(&[(100.0, 170.0), (100.0, 90.0), (100.0, 80.0), (100.0, 60.0)]));
    }
}
