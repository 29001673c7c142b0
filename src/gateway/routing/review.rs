//! What an accepted config says in vain: keys that nobody reads, and strategies that do nothing.

use super::read::key_span;
use super::shapes::camel;
use super::vocabulary::{CACHE, CONDITION, LEVEL, OPERATORS, RETRY, STRATEGY, VENDORS};
use super::{Strategy, Target};
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem, Severity, nearest};

/// How deep targets are looked at.
const DEEPEST: usize = 24;

/// Adds what a level and all below it say in vain.
pub(super) fn level(node: &Node, target: &Target, depth: usize, problems: &mut Vec<Problem>) {
    if depth > DEEPEST {
        return;
    }
    let vendor = |key: &str| VENDORS.iter().any(|start| key.starts_with(start));
    unknown(node, LEVEL, ("a target", &vendor), problems);
    if let Some(strategy) = node.get("strategy") {
        unknown(strategy, STRATEGY, ("`strategy`", &|_| false), problems);
        for condition in strategy.get("conditions").map(Node::elements).unwrap_or_default() {
            unknown(condition, CONDITION, ("a condition", &|_| false), problems);
            if let Some(query) = condition.get("query") {
                queries(query, 0, problems);
            }
        }
    }
    if let Some(retry) = node.get("retry") {
        unknown(retry, RETRY, ("`retry`", &|_| false), problems);
        let never = target.retry.as_ref().is_some_and(|retry| retry.attempts == 0);
        if let Some(attempts) = retry.get("attempts").filter(|_| never) {
            let problem = idle(attempts, "no retry is made with 0 attempts")
                .help("write 1 or more, or take `retry` out");
            problems.push(problem.severity(Severity::Warning));
        }
    }
    if let Some(cache) = node.get("cache") {
        unknown(cache, CACHE, ("`cache`", &|_| false), problems);
    }
    if let Some(span) = key_span(node, "on_status_codes") {
        let problem = Problem::new(Code::IgnoredSetting, span, "`on_status_codes` has no effect on a target")
            .help("write it into `strategy` for a fallback, or into `retry`");
        problems.push(problem);
    }
    strategy(node, target, problems);
    let elements = node.get("targets").map(Node::elements).unwrap_or_default();
    for (element, target) in elements.iter().zip(&target.targets) {
        level(element, target, depth + 1, problems);
    }
}

fn idle(node: &Node, message: impl Into<String>) -> Problem {
    Problem::new(Code::IdleConfig, node.span, message)
}

/// Keys that nobody reads; `thing` says of what, and which others are known.
fn unknown(node: &Node, known: &[&str], thing: (&str, &dyn Fn(&str) -> bool), problems: &mut Vec<Problem>) {
    let (thing, also) = thing;
    for member in node.members() {
        let key = member.key.as_str();
        if known.contains(&key) || also(key) {
            continue;
        }
        let problem = |message: String| Problem::new(Code::IgnoredSetting, member.key_span, message);
        problems.push(match known.iter().find(|known| camel(known) == key) {
            Some(right) => {
                problem(format!("`{key}` is read without being checked, which the documented key is not"))
                    .help(format!("write `{right}`"))
                    .fix(format!("\"{right}\""))
            }
            None => match nearest(key, known.iter().copied()) {
                Some(right) => problem(format!("`{key}` is not a key of {thing}, and is ignored"))
                    .help(format!("write `{right}`"))
                    .fix(format!("\"{right}\"")),
                None => problem(format!("`{key}` is not a key of {thing}, and is ignored")),
            },
        });
    }
}

fn strategy(node: &Node, target: &Target, problems: &mut Vec<Problem>) {
    let (Some(strategy), Some(strategy_node)) = (&target.strategy, node.get("strategy")) else { return };
    let warn = |node: &Node, message: &str| idle(node, message).severity(Severity::Warning);
    let Some(targets) = node.get("targets") else {
        problems.push(
            idle(strategy_node, "a strategy without targets is answered with 500").help("add `\"targets\"`"),
        );
        return;
    };
    let count = targets.elements().len();
    if count == 0 {
        problems.push(idle(targets, "with no targets the gateway never answers").help("add a target"));
        return;
    }
    match strategy {
        Strategy::Fallback { on_status_codes } => {
            if count == 1 {
                let problem = warn(targets, "a fallback with one target has nothing to fall back to");
                problems.push(problem.help("add a second target"));
            }
            let ok = on_status_codes.iter().flatten().any(|code| (200..300).contains(code));
            if let Some(codes) = strategy_node.get("on_status_codes").filter(|_| ok) {
                problems.push(warn(
                    codes,
                    "a listed 2xx makes the gateway ask the next target after a good answer",
                ));
            }
        }
        Strategy::LoadBalance => {
            if count == 1 {
                problems
                    .push(warn(targets, "load is not balanced over one target").help("add a second target"));
            }
            if target.targets.iter().all(|target| target.weight <= 0.0) {
                let problem =
                    idle(targets, "with all weights 0 no target is ever picked, and the gateway answers 500");
                problems.push(problem.help("give at least one target a weight above 0"));
            }
        }
        Strategy::Single if count > 1 => {
            problems.push(warn(targets, "`single` asks the first target only"));
        }
        Strategy::Single => {}
        Strategy::Conditional { conditions, default } => {
            conditional(strategy_node, target, (conditions.as_deref(), default.as_deref()), problems);
        }
    }
}

fn conditional(
    node: &Node,
    target: &Target,
    rules: (Option<&[super::Condition]>, Option<&str>),
    problems: &mut Vec<Problem>,
) {
    let (conditions, default) = rules;
    let names: Vec<&str> = target.targets.iter().filter_map(|target| target.name.as_deref()).collect();
    let nobody = |place: Option<&Node>, name: &str| {
        let place = place.filter(|_| !names.contains(&name))?;
        let problem = idle(place, format!("no target is named `{name}`, which the gateway answers with 400"));
        Some(match nearest(name, names.iter().copied()) {
            Some(near) => problem.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
            None => problem.help(format!("give a target `\"name\": \"{name}\"`")),
        })
    };
    if conditions.is_none_or(<[_]>::is_empty) {
        problems.push(
            idle(node, "conditional routing without conditions is answered with 400")
                .help("add `\"conditions\"`"),
        );
    }
    let elements = node.get("conditions").map(Node::elements).unwrap_or_default();
    for (element, condition) in elements.iter().zip(conditions.unwrap_or_default()) {
        problems.extend(nobody(element.get("then"), &condition.then));
    }
    if let Some(default) = default {
        problems.extend(nobody(node.get("default"), default));
        return;
    }
    let problem =
        idle(node, "a request that meets no condition is answered with 400").severity(Severity::Warning);
    problems.push(problem.help("add `\"default\"` with the name of a target"));
}

/// Operators and keys of a query.
fn queries(query: &Node, depth: usize, problems: &mut Vec<Problem>) {
    if depth > DEEPEST {
        return;
    }
    for member in query.members() {
        let key = member.key.as_str();
        if matches!(key, "$and" | "$or") {
            for element in member.value.elements() {
                queries(element, depth + 1, problems);
            }
            continue;
        }
        let mut parts = key.split('.');
        let place = parts.next().unwrap_or_default();
        if !matches!(place, "metadata" | "params" | "url") || parts.count() != 1 {
            let message =
                format!("`{key}` is never met: keys are `metadata.…`, `params.…` and `url.pathname`");
            problems.push(Problem::new(Code::IgnoredSetting, member.key_span, message));
        }
        for operator in member.value.members() {
            if !OPERATORS.contains(&operator.key.as_str()) {
                let message =
                    format!("`{}` is not an operator, which the gateway answers with 400", operator.key);
                let problem = Problem::new(Code::IdleConfig, operator.key_span, message);
                problems.push(match nearest(&operator.key, OPERATORS.iter().copied()) {
                    Some(near) => problem.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
                    None => problem.help(format!("it is one of `{}`", OPERATORS.join("`, `"))),
                });
            }
        }
    }
}

/// Whether JSON on a page is a Portkey Config: by what only such a config has, so that no other JSON is claimed.
pub(super) fn looks_like_config(node: &Node) -> bool {
    let vendor = |key: &str| VENDORS.iter().any(|start| key.starts_with(start));
    let known =
        |key: &str, table: &[&str]| table.contains(&key) || table.iter().any(|known| camel(known) == key);
    let all_known =
        |node: &Node, table: &[&str]| node.members().iter().all(|member| known(&member.key, table));
    if !matches!(node.value, Value::Object(_)) || node.members().is_empty() {
        return false;
    }
    let text = |node: &Node, key: &str| node.get(key).and_then(Node::as_str).is_some();
    let is_target = |node: &Node| {
        text(node, "provider")
            || text(node, "virtual_key")
            || node.get("override_params").is_some()
            || (node.get("strategy").is_some() && node.get("targets").is_some())
    };
    let targets = node.get("targets").map(Node::elements).unwrap_or_default();
    if targets.iter().any(is_target) || (node.get("targets").is_some() && mode(node)) {
        return true;
    }
    let mut strange =
        node.members().iter().filter(|member| !known(&member.key, LEVEL) && !vendor(&member.key));
    if strange.next().is_some() {
        return false;
    }
    let slug = node.get("provider").and_then(Node::as_str).is_some_and(|slug| slug.starts_with('@'));
    let retry = node.get("retry").is_some_and(|retry| {
        let plural = |member: &crate::data::Member| member.key == "use_retry_after_headers";
        let keys = retry.members().iter().all(|member| known(&member.key, RETRY) || plural(member));
        keys && retry.get("attempts").is_some() && (retry.members().len() > 1 || node.members().len() > 1)
    });
    let cached =
        node.get("cache").is_some_and(|cache| cache.get("mode").is_some() && all_known(cache, CACHE));
    let keyed = text(node, "provider") && text(node, "api_key");
    slug || text(node, "virtual_key") || retry || cached || mode(node) || keyed
}

/// Whether there is a strategy with a mode that is, or nearly is, one of the gateway's.
fn mode(node: &Node) -> bool {
    let modes = super::vocabulary::MODES;
    let mode = node.get("strategy").and_then(|strategy| strategy.get("mode")).and_then(Node::as_str);
    mode.is_some_and(|mode| modes.contains(&mode) || nearest(mode, modes.iter().copied()).is_some())
}
