//! Guardrails: what they decide before and after a call, and how that is told.

use serde_json::{Value, json};

use super::super::exchange::Answer;
use super::super::routing::{Hook, HookCheck, HookKind};
use super::checks::{self, Checked, Seen, Verdict};
use super::routes::Function;

/// What was checked, as it is told in `hook_results`.
#[derive(Clone, Debug, Default)]
pub(super) struct Results {
    /// Before the call.
    pub(super) before: Vec<Value>,
    /// After it.
    pub(super) after: Vec<Value>,
}

impl Results {
    /// Whether a hook failed, on either side.
    pub(super) fn failed(&self) -> bool {
        self.before.iter().chain(&self.after).any(|hook| hook.get("verdict") == Some(&Value::Bool(false)))
    }
}

/// What hooks decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The request goes on.
    Passed,
    /// It is kept back.
    Denied,
}

/// Which side of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// Runs the hooks of one side.
pub(super) fn run(hooks: &[Hook], side: Side, seen: &Seen<'_>, results: &mut Results) -> Decision {
    let mut decision = Decision::Passed;
    for hook in hooks.iter().filter(|hook| !hook.is_async) {
        if is_skipped(hook, side, seen.function) {
            continue;
        }
        let checked: Vec<(bool, Value)> = match hook.kind {
            HookKind::Guardrail => hook.checks.iter().map(|check| one(check, seen, side)).collect(),
            // Mutators are not played: they leave the request as it is.
            HookKind::Mutator | HookKind::Unknown => Vec::new(),
        };
        let passed = checked.iter().all(|(passed, _)| *passed);
        let denied = hook.deny && !passed;
        let told = told(hook, &checked);
        match side {
            Side::Before => results.before.push(told),
            Side::After => results.after.push(told),
        }
        if denied {
            decision = Decision::Denied;
        }
    }
    decision
}

fn is_skipped(hook: &Hook, side: Side, function: Function) -> bool {
    !function.is_guarded()
        || (function == Function::Embed && (side == Side::After || hook.kind == HookKind::Mutator))
}

/// One check, and whether it lets the request pass; one that breaks does.
fn one(check: &HookCheck, seen: &Seen<'_>, side: Side) -> (bool, Value) {
    let fails_on_error = check.parameters.get("failOnError").and_then(Value::as_bool).unwrap_or(false);
    let Checked { verdict, data, error } = checks::run(check, seen, side);
    let mut told = match verdict {
        Verdict::Missing => json!({
            "verdict": false,
            "data": null,
            "id": check.id,
            "execution_time": 0,
            "created_at": CREATED,
        }),
        Verdict::Passed | Verdict::Failed | Verdict::Broken => json!({
            "data": data,
            "verdict": verdict == Verdict::Passed,
            "id": check.id,
            "execution_time": 0,
            "transformed": false,
            "created_at": CREATED,
            "log": null,
            "fail_on_error": fails_on_error,
        }),
    };
    let is_spared = error.is_some() && (verdict == Verdict::Missing || !fails_on_error);
    if let Some(error) = error {
        told["error"] = error;
    }
    (verdict == Verdict::Passed || is_spared, told)
}

/// When a check ran, which differs from run to run.
const CREATED: &str = "2026-11-22T00:00:00.000Z";

fn told(hook: &Hook, checked: &[(bool, Value)]) -> Value {
    let passed = checked.iter().all(|(passed, _)| *passed);
    let checks: Vec<&Value> = checked.iter().map(|(_, told)| told).collect();
    let kind = match hook.kind {
        HookKind::Guardrail => json!("guardrail"),
        HookKind::Mutator => json!("mutator"),
        HookKind::Unknown => Value::Null,
    };
    let id = hook.id.clone().unwrap_or_else(|| format!("{}_guardrail_000", hook.side));
    let mut told = json!({
        "verdict": passed,
        "id": id,
        "transformed": false,
        "checks": checks,
        "feedback": null,
        "execution_time": 0,
        "async": false,
        "created_at": CREATED,
        "deny": hook.deny && !passed,
    });
    if !kind.is_null() {
        told["type"] = kind;
    }
    told
}

/// The answer in place of one that is kept back.
pub(super) fn denied(results: &Results) -> Answer {
    let body = json!({
        "error": {
            "message": "The guardrail checks defined in the config failed. You can find more information in the `hook_results` object.",
            "type": "hooks_failed",
            "param": null,
            "code": null,
        },
        "hook_results": told_of(results),
    });
    Answer::json(446, &body)
}

/// What `hook_results` holds.
pub(super) fn told_of(results: &Results) -> Value {
    json!({"before_request_hooks": results.before, "after_request_hooks": results.after})
}
