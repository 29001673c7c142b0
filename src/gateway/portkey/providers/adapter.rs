//! Anthropic's messages in front of a provider that speaks OpenAI's dialect, as the hosted service adapts them (recorded from 2.2.3).

use serde_json::{Map, Value, json};

/// The parameters of a chat that messages stand for.
pub(super) fn chat(params: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = Map::new();
    for name in ["model", "temperature", "top_p"] {
        if let Some(value) = params.get(name) {
            sent.insert(name.to_owned(), value.clone());
        }
    }
    for (from, to) in [("max_tokens", "max_completion_tokens"), ("stop_sequences", "stop")] {
        if let Some(value) = params.get(from) {
            sent.insert(to.to_owned(), value.clone());
        }
    }
    let system = params.get("system").map(|system| json!({"role": "system", "content": system}));
    let messages = params.get("messages").and_then(Value::as_array).cloned().unwrap_or_default();
    sent.insert("messages".to_owned(), system.into_iter().chain(messages).collect());
    sent
}

/// The message that the answer of a chat stands for; errors stay as they are.
pub(super) fn message(answer: &Value) -> Value {
    let Some(choice) = answer.pointer("/choices/0") else { return answer.clone() };
    let text = choice.pointer("/message/content").and_then(Value::as_str).unwrap_or_default();
    let reason = match choice.get("finish_reason").and_then(Value::as_str) {
        Some("length") => "max_tokens",
        Some("tool_calls") => "tool_use",
        _ => "end_turn",
    };
    let count = |key: &str| answer.pointer(&format!("/usage/{key}")).cloned().unwrap_or_else(|| json!(0));
    json!({
        "id": answer.get("id"),
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": text}],
        "model": answer.get("model"),
        "stop_reason": reason,
        "stop_sequence": null,
        "usage": {"input_tokens": count("prompt_tokens"), "output_tokens": count("completion_tokens")},
    })
}
