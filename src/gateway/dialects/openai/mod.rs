//! OpenAI's dialect: chat completions, completions, embeddings, responses, models.

mod chat;
mod embeddings;
mod models;
mod responses;
mod text;

use serde_json::{Value, json};

use super::reply::{End, Reply};

pub(in crate::gateway) use chat::answer as chat;
pub(in crate::gateway) use embeddings::answer as embeddings;
pub(in crate::gateway) use models::{list as models, one as model};
pub(in crate::gateway) use responses::answer as responses;
pub(in crate::gateway) use text::answer as completions;

/// The model that is asked for.
fn model_of(body: &Value) -> &str {
    body.get("model").and_then(Value::as_str).unwrap_or("gpt-5.5")
}

/// How many choices are wanted.
fn choices(body: &Value) -> u64 {
    body.get("n").and_then(Value::as_u64).unwrap_or(1).clamp(1, 128)
}

fn flag(body: &Value, key: &str) -> bool {
    body.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The texts that end an answer.
fn stops(body: &Value) -> Vec<&str> {
    match body.get("stop") {
        Some(Value::String(stop)) => vec![stop],
        Some(Value::Array(stops)) => stops.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn finish_reason(reply: &Reply) -> &'static str {
    match reply.end {
        End::Stop => "stop",
        End::Length => "length",
        End::Calls => "tool_calls",
    }
}

/// The count of tokens; the prompt is counted by its JSON, four bytes a token.
fn usage(prompt: Option<&Value>, replies: &[Reply]) -> Value {
    let prompt = prompt.map_or(1, |prompt| prompt.to_string().len().div_ceil(4));
    let completion: usize = replies.iter().map(Reply::tokens).sum();
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// One event of a stream.
fn event(data: &Value) -> Vec<u8> {
    format!("data: {data}\n\n").into_bytes()
}

/// The end of a stream.
fn done() -> Vec<u8> {
    b"data: [DONE]\n\n".to_vec()
}
