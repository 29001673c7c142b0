//! What configs are accepted, what they say in vain, and how they route.

use serde_json::json;

use super::*;
use crate::data::{Syntax, parse};
use crate::diagnostics::Severity;

fn node(text: &str) -> Node {
    parse(text, Syntax::Json).into_parts().0.root
}

/// What is said about a config: weight, the underlined text, the help.
fn said(text: &str) -> Vec<(Severity, Code, String, String)> {
    let (_, problems) = Config::read(&node(text)).into_parts();
    problems
        .into_iter()
        .map(|problem| {
            let underlined = text.get(problem.span.range()).unwrap_or_default().to_owned();
            (problem.severity, problem.code, underlined, problem.help.unwrap_or_default())
        })
        .collect()
}

#[track_caller]
fn check_refused(text: &str, errors: &[&str]) {
    assert_eq!(accepted(Edition::Hosted, &node(text)).1, errors);
    assert!(Config::read(&node(text)).into_parts().0.is_none());
}

#[track_caller]
fn check_said(text: &str, code: Code, underlined: &str, help: &str) {
    let found = said(text);
    let hit =
        found.iter().any(|(_, found, place, advice)| *found == code && place == underlined && advice == help);
    assert!(hit, "{found:?}");
}

#[track_caller]
fn check_accepted(text: &str) {
    assert_eq!(said(text), []);
    assert!(Config::read(&node(text)).into_parts().0.is_some());
}

#[test]
fn a_slug_is_enough() {
    check_accepted(r#"{"provider": "@openai-prod"}"#);
    check_accepted(r#"{"virtual_key": "openai-prod"}"#);
    check_accepted(r#"{"retry": {"attempts": 1}, "override_params": {"model": "@openai-prod/gpt-4o"}}"#);
    check_accepted(r#"{"cache": {"mode": "simple", "max_age": 60}}"#);
}

#[test]
fn a_fallback_over_two_slugs_is_accepted() {
    check_accepted(
        r#"{"strategy": {"mode": "fallback", "on_status_codes": [429]}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}"#,
    );
}

#[test]
fn a_mode_that_is_none_is_refused() {
    let text = r#"{"strategy": {"mode": "falback"}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}"#;
    let error = "path: strategy,mode, message: Invalid 'mode' value. Must be one of: single, loadbalance, fallback, conditional";
    check_refused(text, &[error]);
    check_said(text, Code::RefusedConfig, "\"falback\"", "write `fallback`");
}

#[test]
fn a_name_needs_a_key() {
    let text =
        r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "openai"}, {"provider": "@b"}]}"#;
    let error = "path: targets,0, message: Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' \
        and 'targets', or 'cache', or 'retry', or 'request_timeout'";
    check_refused(text, &[error]);
    check_said(
        text,
        Code::RefusedConfig,
        "\"openai\"",
        "write `\"@openai\"` for the integration of that slug, or add `\"api_key\"`",
    );
}

#[test]
fn types_are_checked() {
    let text = r#"{"provider": "@a", "retry": {"attempts": "3"}}"#;
    check_refused(text, &["path: retry,attempts, message: Expected number, received string"]);
    check_said(text, Code::RefusedConfig, "\"3\"", "write `3` without quotes");
    check_refused(
        r#"{"provider": "@a", "cache": "simple"}"#,
        &["path: cache, message: Expected object, received string"],
    );
    check_refused(
        r#"{"provider": "@a", "retry": {"on_status_codes": [429]}}"#,
        &["path: retry,attempts, message: Required"],
    );
}

#[test]
fn all_issues_are_named_at_once_in_the_order_of_the_gateway() {
    let text = r#"{"strategy": {"mode": "x", "on_status_codes": ["429"]}, "targets": [{"provider": "@n", "weight": "1"}],
        "cache": {"mode": "y"}}"#;
    let found = accepted(Edition::Hosted, &node(text)).1;
    let paths: Vec<&str> =
        found.iter().filter_map(|line| line.strip_prefix("path: ")?.split(", message").next()).collect();
    assert_eq!(paths, ["strategy,mode", "strategy,on_status_codes,0", "cache,mode", "targets,0,weight"]);
}

#[test]
fn targets_need_a_strategy() {
    let text = r#"{"targets": [{"provider": "@a"}]}"#;
    check_said(text, Code::RefusedConfig, "\"targets\"", "add `\"strategy\": { \"mode\": \"fallback\" }`");
}

#[test]
fn a_condition_needs_a_target() {
    let text = r#"{"strategy": {"mode": "conditional", "conditions": [{"query": {}}]}, "targets": [{"provider": "@a"}]}"#;
    check_refused(text, &["path: strategy,conditions,0,then, message: Required"]);
}

#[test]
fn private_custom_hosts_are_refused() {
    let text = r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "openai", "api_key": "k", "custom_host": "http://10.0.0.5/v1"}]}"#;
    check_refused(text, &["path: targets,0, message: Invalid custom host"]);
}

#[test]
fn the_old_form_is_refused() {
    check_said(
        r#"{"mode": "single", "options": [{"provider": "openai"}]}"#,
        Code::RefusedConfig,
        "\"options\"",
        "write `targets`, with `\"strategy\": { \"mode\": … }` beside it",
    );
}

#[test]
fn keys_that_nobody_reads_are_said() {
    let text = r#"{"provider": "@a", "retrys": {"attempts": 3}}"#;
    check_said(text, Code::IgnoredSetting, "\"retrys\"", "write `retry`");
    let text = r#"{"provider": "@a", "retry": {"attempts": 3, "use_retry_after_headers": true}}"#;
    check_said(text, Code::IgnoredSetting, "\"use_retry_after_headers\"", "write `use_retry_after_header`");
    let text = r#"{"strategy": {"mode": "fallback", "onStatusCodes": [429]}, "targets": [{"provider": "@a"}, {"provider": "@b"}]}"#;
    check_said(text, Code::IgnoredSetting, "\"onStatusCodes\"", "write `on_status_codes`");
}

#[test]
fn strategies_that_do_nothing_are_said() {
    check_said(
        r#"{"strategy": {"mode": "fallback"}, "targets": []}"#,
        Code::IdleConfig,
        "[]",
        "add a target",
    );
    let one = r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@a"}]}"#;
    check_said(one, Code::IdleConfig, r#"[{"provider": "@a"}]"#, "add a second target");
    assert_eq!(said(one)[0].0, Severity::Warning);
    let zero = r#"{"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a", "weight": 0}, {"provider": "@b", "weight": 0}]}"#;
    assert_eq!(said(zero)[0].0, Severity::Error);
}

#[test]
fn a_condition_that_leads_nowhere_is_said() {
    let text = r#"{"strategy": {"mode": "conditional", "conditions": [{"query": {"metadata.plan": "paid"}, "then": "fats"}],
        "default": "slow"}, "targets": [{"name": "fast", "provider": "@a"}, {"name": "slow", "provider": "@b"}]}"#;
    check_said(text, Code::IdleConfig, "\"fats\"", "write `fast`");
}

#[test]
fn configs_are_recognised_and_nothing_else() {
    let claimed = [
        r#"{"strategy": {"mode": "falback"}, "targets": [{"provider": "@a"}]}"#,
        r#"{"provider": "@openai-prod"}"#,
        r#"{"cache": {"mode": "semantic"}}"#,
        r#"{"retry": {"attempts": 3, "on_status_codes": [429]}}"#,
        r#"{"targets": [{"virtual_key": "openai-x"}]}"#,
    ];
    let left = [
        r#"{"retry": {"attempts": 3, "minDelayMs": 400}}"#,
        r#"{"strategy": {"matrix": {"os": ["linux"]}}}"#,
        r#"{"targets": ["chrome", "node"]}"#,
        r#"{"provider": "openai", "model": "gpt-4o"}"#,
        r#"{"model": "@openai/gpt-4o", "messages": []}"#,
        r#"{"cache": {"mode": "max", "key": "x"}}"#,
        r#"{"mode": "fallback"}"#,
        r"[]",
        r"{}",
    ];
    for text in claimed {
        assert!(looks_like_config(&node(text)), "{text}");
    }
    for text in left {
        assert!(!looks_like_config(&node(text)), "{text}");
    }
}

/// What became of a request.
struct Route {
    /// The calls: path of the target, status, and the wait before it.
    attempts: Vec<(String, u16, Duration)>,
    reached: Result<Reached, Unroutable>,
    /// What `x-portkey-retry-attempt-count` says.
    retries: i32,
}

impl Route {
    fn status(&self) -> Option<u16> {
        match self.reached {
            Ok(Reached::Answer(heard)) => Some(heard.status),
            _ => None,
        }
    }

    /// The path of the target whose answer was given.
    fn answered_by(&self) -> Option<&str> {
        let (target, ..) = self.attempts.last().filter(|_| self.status().is_some())?;
        Some(target)
    }
}

/// Plays a config whose targets answer by their provider: `@s500` answers 500, everything else 200; `@flaky` answers 500 once.
fn play(text: &str, call: &Call) -> Route {
    let (config, problems) = Config::read(&node(text)).into_parts();
    let config = config.unwrap_or_else(|| panic!("{problems:?}"));
    let (mut made, mut retries) = (Vec::new(), 0);
    let reached = config.walk(call, &mut |target| {
        let provider = target.provider.as_deref().unwrap_or_default();
        let mut status = 0;
        let outcome = attempts(target.retry.as_ref(), &mut |wait, attempt| {
            status = match provider.strip_prefix("@s").and_then(|code| code.parse().ok()) {
                Some(status) => status,
                None if provider == "@flaky" && attempt == 0 => 500,
                None => 200,
            };
            made.push((target.path.clone(), status, wait));
            Tried { status: Some(status), retry_after: None }
        });
        retries = target.retries_told(outcome, status);
        Heard { status, exception: false }
    });
    Route { attempts: made, reached, retries }
}

#[track_caller]
fn check_route(text: &str, status: u16, asked: &[(&str, u16)], answered_by: &str) {
    let route = play(text, &Call::default());
    let attempts: Vec<(&str, u16)> =
        route.attempts.iter().map(|(target, status, _)| (target.as_str(), *status)).collect();
    assert_eq!(
        (route.status(), attempts.as_slice(), route.answered_by()),
        (Some(status), asked, Some(answered_by))
    );
}

#[test]
fn a_fallback_asks_the_next_target() {
    let text =
        r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@s400"}, {"provider": "@ok"}]}"#;
    check_route(text, 200, &[("config.targets[0]", 400), ("config.targets[1]", 200)], "config.targets[1]");
}

#[test]
fn a_fallback_with_statuses_stops_at_others() {
    let text = r#"{"strategy": {"mode": "fallback", "on_status_codes": [429]}, "targets": [{"provider": "@s500"}, {"provider": "@ok"}]}"#;
    check_route(text, 500, &[("config.targets[0]", 500)], "config.targets[0]");
}

#[test]
fn a_fallback_goes_on_after_a_listed_200() {
    let text = r#"{"strategy": {"mode": "fallback", "on_status_codes": [200]}, "targets": [{"provider": "@ok"}, {"provider": "@b"}]}"#;
    check_route(text, 200, &[("config.targets[0]", 200), ("config.targets[1]", 200)], "config.targets[1]");
}

#[test]
fn the_last_error_is_the_answer_where_all_fail() {
    let text =
        r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@s500"}, {"provider": "@s503"}]}"#;
    check_route(text, 503, &[("config.targets[0]", 500), ("config.targets[1]", 503)], "config.targets[1]");
}

#[test]
fn statuses_of_a_target_have_no_effect() {
    let text = r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@s500", "on_status_codes": [429]}, {"provider": "@ok"}]}"#;
    check_route(text, 200, &[("config.targets[0]", 500), ("config.targets[1]", 200)], "config.targets[1]");
}

#[test]
fn retries_wait_twice_as_long_each_time() {
    let route = play(r#"{"provider": "@s500", "retry": {"attempts": 3}}"#, &Call::default());
    let waits: Vec<u64> = route.attempts.iter().map(|(_, _, wait)| wait.as_secs()).collect();
    assert_eq!((waits.as_slice(), route.retries), (&[0, 1, 2, 4][..], -1));
}

#[test]
fn retries_end_with_a_good_answer() {
    let route = play(r#"{"provider": "@flaky", "retry": {"attempts": 2}}"#, &Call::default());
    assert_eq!((route.status(), route.attempts.len(), route.retries), (Some(200), 2, 1));
}

#[test]
fn statuses_that_are_not_listed_are_not_tried_again() {
    let route = play(r#"{"provider": "@s529", "retry": {"attempts": 2}}"#, &Call::default());
    assert_eq!((route.status(), route.attempts.len(), route.retries), (Some(529), 1, 0));
    let route = play(
        r#"{"provider": "@s500", "retry": {"attempts": 2, "on_status_codes": [429]}}"#,
        &Call::default(),
    );
    assert_eq!(route.attempts.len(), 1);
}

#[test]
fn many_retries_end() {
    let route = play(r#"{"provider": "@s500", "retry": {"attempts": 4000000000}}"#, &Call::default());
    assert_eq!(route.attempts.len(), 101);
}

#[test]
fn retries_are_inherited() {
    let text = r#"{"strategy": {"mode": "fallback"}, "retry": {"attempts": 1}, "targets": [{"provider": "@s500"}, {"provider": "@ok"}]}"#;
    let asked = [("config.targets[0]", 500), ("config.targets[0]", 500), ("config.targets[1]", 200)];
    check_route(text, 200, &asked, "config.targets[1]");
}

#[test]
fn parameters_are_merged_downward() {
    let text = r#"{"strategy": {"mode": "single"}, "override_params": {"temperature": 0.1, "model": "a"},
        "targets": [{"provider": "@ok", "override_params": {"model": "b"}}]}"#;
    let config = Config::read(&node(text)).into_parts().0.unwrap();
    let mut seen = Value::Null;
    let _reached = config.walk(&Call::default(), &mut |target| {
        seen = Value::Object(target.override_params.clone());
        Heard { status: 200, exception: false }
    });
    assert_eq!(seen, json!({"temperature": 0.1, "model": "b"}));
}

#[test]
fn targets_lie_in_targets() {
    let text = r#"{"strategy": {"mode": "fallback"}, "targets": [{"provider": "@s500"}, {"strategy": {"mode": "loadbalance"},
        "targets": [{"provider": "@ok", "weight": 1}, {"provider": "@b", "weight": 0}]}]}"#;
    let asked = [("config.targets[0]", 500), ("config.targets[1].targets[0]", 200)];
    check_route(text, 200, &asked, "config.targets[1].targets[0]");
}

#[test]
fn load_is_shared_by_weight() {
    let text = r#"{"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a", "weight": 7}, {"provider": "@b", "weight": 3},
        {"provider": "@c", "weight": 0}]}"#;
    let mut counts = [0; 3];
    for seed in 0..400 {
        let route = play(text, &Call { seed, ..Call::default() });
        let index = ["config.targets[0]", "config.targets[1]", "config.targets[2]"]
            .iter()
            .position(|path| route.answered_by() == Some(path));
        counts[index.unwrap()] += 1;
    }
    assert!((240..=320).contains(&counts[0]) && counts[2] == 0, "{counts:?}");
}

#[test]
fn what_the_gateway_cannot_route_it_refuses() {
    let reached = |text: &str| play(text, &Call::default()).reached;
    let zero = r#"{"strategy": {"mode": "loadbalance"}, "targets": [{"provider": "@a", "weight": 0}]}"#;
    assert_eq!(reached(zero), Ok(Reached::NoWeight));
    let unmet = r#"{"strategy": {"mode": "conditional", "conditions": [{"query": {"metadata.plan": "paid"}, "then": "a"}]},
        "targets": [{"name": "a", "provider": "@a"}]}"#;
    let told = "Query router did not resolve to any valid target".to_owned();
    assert_eq!(reached(unmet), Err(Unroutable::Router(told)));
    let none = r#"{"strategy": {"mode": "conditional"}, "targets": [{"name": "a", "provider": "@a"}]}"#;
    let told = "No conditions passed in the query router".to_owned();
    assert_eq!(reached(none), Err(Unroutable::Router(told)));
}

#[test]
fn the_first_condition_that_holds_decides() {
    let text = r#"{"strategy": {"mode": "conditional", "conditions": [{"query": {"metadata.plan": "paid"}, "then": "b"},
        {"query": {"metadata.plan": "paid"}, "then": "a"}], "default": "a"},
        "targets": [{"name": "a", "provider": "@a"}, {"name": "b", "provider": "@b"}]}"#;
    let call = Call { metadata: json!({"plan": "paid"}), ..Call::default() };
    assert_eq!(play(text, &call).answered_by(), Some("config.targets[1]"));
    assert_eq!(play(text, &Call::default()).answered_by(), Some("config.targets[0]"));
}

#[test]
fn deep_configs_end() {
    let depth = 60;
    let open = r#"{"strategy": {"mode": "single"}, "targets": ["#.repeat(depth);
    let text = format!("{open}{{\"provider\": \"@a\"}}{}", "]}".repeat(depth));
    let (config, _) = Config::read(&node(&text)).into_parts();
    assert!(config.is_none());
}
