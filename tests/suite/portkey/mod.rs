//! The mock's Portkey gateway beside the real one: what both answer to the same requests, and what both ask of the same upstream.
//!
//! `tests/portkey/open` holds requests with what the open-source gateway 1.15.2 made of them, `tests/portkey/hosted` with what 2.2.3 did,
//! which behaves as the hosted service. The engine has to agree with every recording; where the real gateway is installed
//! (`scripts/portkey-gateway.sh`), it has to agree with the recordings of its own edition, too. What differs on purpose stands with its
//! reason in `tests/portkey/differences.json`; an entry that differs no more fails.

mod case;
#[cfg(unix)]
mod live;
mod real;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use proofpress::gateway::exchange::Answer;
use proofpress::gateway::portkey::{
    Accounts, Cache, Call, Failure, Gateway, Integration, Nobody, Played, Said, Upstream, answer,
};
use proofpress::gateway::routing::Edition;
use serde_json::{Value, json};

use case::{Case, Outcome};

/// Where the upstream is, as the engine is told.
const UP: &str = "http://127.0.0.1:4010";

/// Where nobody listens.
const GONE: &str = "http://127.0.0.1:18999";

/// The upstream of the cases, asked by the engine.
#[derive(Default)]
struct Scripted {
    calls: BTreeMap<String, usize>,
}

impl Upstream for Scripted {
    fn ask(&mut self, call: &Call) -> Said {
        let Some(path) = call.url.strip_prefix(UP) else {
            let address = call.url.trim_start_matches("http://").split('/').next().unwrap_or_default();
            let failure =
                if address.ends_with(":9") { Failure::BadPort } else { Failure::Refused(address.to_owned()) };
            return Said::Failed(failure);
        };
        let calls = self.calls.entry(path.to_owned()).or_default();
        *calls += 1;
        let script = script::said(path, call.body.as_deref().unwrap_or_default(), *calls);
        if script.closes {
            return Said::Failed(Failure::Closed);
        }
        let headers = script.headers.into_iter().map(|(name, value)| (name.to_owned(), value));
        let headers = headers.filter(|(_, value)| !value.is_empty()).collect();
        Said::Answer(Answer { status: script.status, headers, chunks: vec![script.body] }, script.after)
    }
}

/// Whom the hosted service of the recordings knew.
struct Known;

impl Accounts for Known {
    fn knows_key(&self, key: &str) -> bool {
        key == "pk-good"
    }

    fn integration(&self, slug: &str) -> Option<Integration> {
        let (provider, path, models) = match slug {
            "openai-prod" => ("openai", "ok", None),
            "anthropic" => ("anthropic", "ok", None),
            "broken" => ("openai", "s500", None),
            "limited" => ("openai", "ok", Some(vec!["gpt-4o-mini".to_owned()])),
            _ => return None,
        };
        Some(Integration {
            slug: slug.to_owned(),
            provider: provider.to_owned(),
            api_key: format!("sk-upstream-{slug}"),
            custom_host: Some(format!("{UP}/{path}/v1")),
            models,
        })
    }

    fn config(&self, id: &str) -> Option<Value> {
        let targets = json!([{"provider": "@broken"}, {"provider": "@openai-prod", "override_params": {"model": "gpt-4.1"}}]);
        (id == "pc-good").then(|| json!({"strategy": {"mode": "fallback"}, "targets": targets}))
    }

    fn has_guardrail(&self, _id: &str) -> bool {
        false
    }
}

/// What the engine makes of a case.
fn ours(edition: Edition, case: &Case, cache: &mut Cache, now: Duration) -> Outcome {
    let request = case.request.request(UP, GONE);
    let accounts: &dyn Accounts = if edition == Edition::Open { &Nobody } else { &Known };
    let mut gateway = Gateway { edition, accounts, cache, now, seed: 7, judges_answers: true };
    outcome(answer(&request, &mut gateway, &mut Scripted::default()))
}

fn outcome(played: Played) -> Outcome {
    let first = played.asked.first().map(|asked| asked.at).unwrap_or_default();
    let reached = played.asked.iter().filter(|asked| asked.call.url.starts_with(UP));
    let upstream = reached.map(|asked| {
        let call = &asked.call;
        let line = format!("{} {}", call.method, call.url.strip_prefix(UP).unwrap_or_default());
        let after = u64::try_from(asked.at.saturating_sub(first).as_millis()).ok();
        case::called(line, &call.headers, call.body.as_deref().unwrap_or_default(), after)
    });
    let upstream = upstream.collect();
    let answer =
        played.answer.map(|answer| case::answered(answer.status, &answer.headers, &answer.body(), GONE));
    Outcome { answer, upstream }
}

/// What is told of a case of which two outcomes differ; none where they agree.
fn difference(case: &Case, wanted: &Outcome, found: &Outcome) -> Option<String> {
    if case.by_chance {
        let (wanted, found) = (by_any_target(wanted), by_any_target(found));
        return (wanted != found).then(|| format!("\n      wanted {wanted:?}\n      found  {found:?}"));
    }
    if wanted == found {
        return None;
    }
    let mut told = vec![String::new()];
    let mut tell = |what: &str, wanted: String, found: String| {
        if wanted != found {
            told.push(format!("    {what}\n      wanted {wanted}\n      found  {found}"));
        }
    };
    let status = |outcome: &Outcome| format!("{:?}", outcome.answer.as_ref().map(|answer| answer.status));
    let headers = |outcome: &Outcome| format!("{:?}", outcome.answer.as_ref().map(|answer| &answer.headers));
    let body = |outcome: &Outcome| {
        outcome
            .answer
            .as_ref()
            .and_then(|answer| answer.body.as_ref())
            .map(Value::to_string)
            .unwrap_or_default()
    };
    tell("status", status(wanted), status(found));
    tell("headers", headers(wanted), headers(found));
    tell("body", body(wanted), body(found));
    let calls = wanted.upstream.len().max(found.upstream.len());
    for at in 0..calls {
        let shown = |outcome: &Outcome| match outcome.upstream.get(at) {
            Some(call) => format!(
                "{} {:?} {} {:?}",
                call.line,
                call.headers,
                call.body.clone().unwrap_or_default(),
                call.after
            ),
            None => "nothing".to_owned(),
        };
        tell(&format!("call {at}"), shown(wanted), shown(found));
    }
    Some(told.join("\n"))
}

/// What does not depend on the target that is asked: the status, the names of the headers, and the number of calls.
fn by_any_target(outcome: &Outcome) -> (Option<(u16, Vec<&String>)>, usize) {
    let answer = outcome.answer.as_ref().map(|answer| (answer.status, answer.headers.keys().collect()));
    (answer, outcome.upstream.len())
}

/// What differs on purpose: the names of cases, each with its reason.
fn differences() -> BTreeMap<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/portkey/differences.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Holds the engine to the recordings of an edition, of which there are no fewer than `least`.
fn check(edition: Edition, folder: &str, least: usize) {
    let known = differences();
    let mut unnamed: BTreeSet<&String> =
        known.keys().filter(|name| name.starts_with(&format!("{folder}/"))).collect();
    let (mut wrong, mut stale, mut count) = (Vec::new(), Vec::new(), 0);
    for (group, cases) in case::groups(folder) {
        let mut cache = Cache::default();
        for (at, case) in cases.iter().enumerate() {
            count += 1;
            let now = Duration::from_secs(1_780_000_000 + u64::try_from(at).unwrap());
            let found = ours(edition, case, &mut cache, now);
            let name = format!("{folder}/{group}: {}", case.name);
            unnamed.remove(&name);
            match (difference(case, &case.recorded(), &found), known.contains_key(&name)) {
                (Some(told), false) => wrong.push(format!("  {name}{told}")),
                (None, true) => stale.push(name),
                _ => {}
            }
        }
    }
    assert!(count >= least, "there are only {count} cases");
    assert!(unnamed.is_empty(), "these are no cases: {unnamed:#?}");
    assert!(stale.is_empty(), "these differ no more: {stale:#?}");
    assert!(wrong.is_empty(), "{} of {count} recordings differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_engine_agrees_with_the_open_source_gateway() {
    check(Edition::Open, "open", 350);
}

#[test]
fn the_engine_agrees_with_the_hosted_service() {
    check(Edition::Hosted, "hosted", 200);
}

/// Holds the real gateway to the recordings, all cases beside each other; writes them anew where that is asked for.
#[test]
fn the_real_gateway_answers_as_recorded() {
    let Some(folder) = real::folder() else { return };
    let real = real::Real::start(&folder);
    let mut groups = case::groups("open");
    let cases: Vec<&Case> = groups.iter().flat_map(|(_, cases)| cases).collect();
    let outcomes = play_all(&real, &cases);
    #[expect(clippy::disallowed_methods, reason = "whoever accepts new recordings says so")]
    if std::env::var_os("PROOFPRESS_BLESS").is_some() {
        let mut outcomes = outcomes.into_iter();
        for (group, cases) in &mut groups {
            for case in cases.iter_mut() {
                case.accept(
                    outcomes.next().unwrap(),
                    &ours(Edition::Open, case, &mut Cache::default(), Duration::ZERO),
                );
            }
            case::write("open", group, cases);
        }
        return;
    }
    let wrong: Vec<String> = cases
        .iter()
        .zip(&outcomes)
        .filter_map(|(case, found)| {
            let wanted = with_waits_of(case.recorded(), found);
            Some(format!("  {}{}", case.name, difference(case, &wanted, found)?))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// What is wanted, with the waits that were found where they are long enough: a machine takes longer, and never less.
fn with_waits_of(mut wanted: Outcome, found: &Outcome) -> Outcome {
    let after = |call: &case::Called| call.after.unwrap_or(0);
    // Calls that reach nobody come before the first one that the upstream sees.
    let first = wanted.upstream.first().map_or(0, after);
    for (wanted, found) in wanted.upstream.iter_mut().zip(&found.upstream) {
        let least = (after(wanted) - first).saturating_sub(250);
        wanted.after = if after(found) >= least { found.after } else { Some(after(wanted) - first) };
    }
    wanted
}

/// What the gateway makes of each case; several are asked at once, since some of them wait.
fn play_all(real: &real::Real, cases: &[&Case]) -> Vec<Outcome> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let outcomes: Vec<std::sync::Mutex<Option<Outcome>>> =
        cases.iter().map(|_| std::sync::Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let (Some(case), Some(outcome)) = (cases.get(at), outcomes.get(at)) else { break };
                    *outcome.lock().unwrap() = Some(real.play(at, case));
                }
            });
        }
    });
    outcomes.into_iter().map(|outcome| outcome.into_inner().unwrap().unwrap()).collect()
}
