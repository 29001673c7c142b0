//! OpenAI's dialect: chat completions, completions, embeddings, responses, models, and what goes with them.

mod chat;
mod embeddings;
mod models;
mod responses;
mod rest;
mod text;

use serde_json::{Value, json};

use super::reply::{End, Reply};
use super::seed::Seed;
use super::tokens::Tokenizer;
use crate::gateway::exchange::Answer;

pub(in crate::gateway) use chat::answer as chat;
pub(in crate::gateway) use embeddings::answer as embeddings;
pub(in crate::gateway) use models::{list as models, one as model};
pub(in crate::gateway) use responses::{answer as responses, input_items, kept as kept_response};
pub(in crate::gateway) use rest::{
    batch, file, images, moderations, removed, speech, transcription, whole_list,
};
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

/// What counts the tokens of the model that is asked for.
fn tokenizer(body: &Value) -> Tokenizer {
    Tokenizer::of(model_of(body))
}

/// The count of tokens; the prompt is what stands in the body by this key.
fn usage(body: &Value, key: &str, replies: &[Reply]) -> Value {
    let prompt = tokenizer(body).conversation(body.get(key));
    let completion: usize = replies.iter().map(|reply| reply.tokens).sum();
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

/// The chance of a piece of a text, as its logarithm.
fn chance(seed: &Seed, place: usize) -> f64 {
    -(seed.fraction(place).abs() / 2.0)
}

/// An answer that is streamed as events.
fn stream_of(chunks: Vec<Vec<u8>>) -> Answer {
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks }
}

/// One event of a stream.
fn event(data: &Value) -> Vec<u8> {
    format!("data: {data}\n\n").into_bytes()
}

/// The end of a stream.
fn done() -> Vec<u8> {
    b"data: [DONE]\n\n".to_vec()
}
