//! The guardrails and mutators of a level, in their long and their short form.

use serde_json::{Map, Value};

/// What is checked before or after a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// Its id; the gateway makes one up where the short form has none.
    pub id: Option<String>,
    /// Which side a made-up id names: `input` or `output`.
    pub side: &'static str,
    /// What it does.
    pub kind: HookKind,
    /// Whether a failure keeps the request back.
    pub deny: bool,
    /// Whether it runs beside the request and decides nothing.
    pub is_async: bool,
    /// What it checks.
    pub checks: Vec<HookCheck>,
    /// The id of a saved guardrail, which the hosted service looks up.
    pub saved: Option<String>,
}

/// What a hook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookKind {
    /// It judges.
    Guardrail,
    /// It changes the request.
    Mutator,
    /// It has no type that the gateway knows, and does nothing.
    Unknown,
}

/// One check of a hook.
#[derive(Clone, Debug, PartialEq)]
pub struct HookCheck {
    /// The plugin and its function: `default.contains`.
    pub id: String,
    /// What it is given.
    pub parameters: Value,
}

/// The keys of a short form that belong to the hook; every other one is a check.
const OWN: &[&str] =
    &["deny", "on_fail", "on_success", "async", "id", "type", "guardrail_version_id", "sequential"];

/// The hooks of a list, whichever form its elements have.
pub(super) fn long(list: &Value, side: &'static str) -> Vec<Hook> {
    list.as_array().into_iter().flatten().filter_map(Value::as_object).map(|hook| one(hook, side)).collect()
}

fn one(hook: &Map<String, Value>, side: &'static str) -> Hook {
    let checks = hook.get("checks").and_then(Value::as_array).into_iter().flatten();
    let checks = checks.filter(|check| check.get("is_enabled") != Some(&Value::Bool(false)));
    let check = |check: &Value| HookCheck {
        id: check.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        parameters: check.get("parameters").cloned().unwrap_or(Value::Null),
    };
    let kind = match hook.get("type").and_then(Value::as_str) {
        Some("guardrail") => HookKind::Guardrail,
        Some("mutator") => HookKind::Mutator,
        _ => HookKind::Unknown,
    };
    Hook { kind, checks: checks.map(check).collect(), ..frame(hook, side) }
}

/// The hooks of the short form: each key that is none of the hook's own names a check.
pub(super) fn short(list: &Value, side: &'static str, kind: HookKind) -> Vec<Hook> {
    let hook = |element: &Value| match element {
        Value::Object(hook) => {
            let checks = hook.iter().filter(|(key, _)| !OWN.contains(&key.as_str()));
            let checks = checks.filter(|(_, given)| given.get("is_enabled") != Some(&Value::Bool(false)));
            let check = |(key, given): (&String, &Value)| {
                let id = given.get("id").and_then(Value::as_str).unwrap_or(key);
                let id = if id.contains('.') { id.to_owned() } else { format!("default.{id}") };
                HookCheck { id, parameters: given.clone() }
            };
            Hook { kind, checks: checks.map(check).collect(), ..frame(hook, side) }
        }
        // An id of a saved one is taken apart into its letters, none of which is a check.
        Value::String(id) => {
            let letter = |(at, letter): (usize, char)| HookCheck {
                id: format!("default.{at}"),
                parameters: Value::String(letter.to_string()),
            };
            let checks = id.chars().enumerate().map(letter).collect();
            Hook { kind, checks, saved: Some(id.clone()), ..frame(&Map::new(), side) }
        }
        _ => Hook { kind, ..frame(&Map::new(), side) },
    };
    list.as_array().into_iter().flatten().map(hook).collect()
}

fn frame(hook: &Map<String, Value>, side: &'static str) -> Hook {
    let is = |key: &str| hook.get(key).and_then(Value::as_bool).unwrap_or(false);
    Hook {
        id: hook.get("id").and_then(Value::as_str).map(str::to_owned),
        side,
        kind: HookKind::Unknown,
        deny: is("deny"),
        is_async: is("async"),
        checks: Vec::new(),
        saved: None,
    }
}
