//! How the gateway writes the errors of providers.

use serde_json::{Value, json};

use super::super::javascript::{stringify, text};

/// An error of a provider, in OpenAI's form.
pub(super) fn of(provider: &str, error: &Value) -> Value {
    let part = |key: &str| error.get(key).cloned().unwrap_or(Value::Null);
    written(provider, error, [part("type"), part("param"), part("code")])
}

/// An error of which only message and kind are kept.
pub(super) fn kind_only(provider: &str, error: &Value) -> Value {
    let kind = error.get("type").cloned().unwrap_or(Value::Null);
    written(provider, error, [kind, Value::Null, Value::Null])
}

fn written(provider: &str, error: &Value, parts: [Value; 3]) -> Value {
    let [kind, param, code] = parts;
    let message = format!("{provider} error: {}", text(error.get("message")));
    json!({"error": {"message": message, "type": kind, "param": param, "code": code}, "provider": provider})
}

/// An answer that the gateway does not understand.
pub(super) fn invalid(provider: &str, answer: &Value) -> Value {
    let shown = String::from_utf8_lossy(&stringify(answer)).into_owned();
    let message = format!("Invalid response received from {provider}: {shown}");
    json!({"error": {"message": message, "type": null, "param": null, "code": null}, "provider": provider})
}
