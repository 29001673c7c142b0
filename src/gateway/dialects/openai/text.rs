//! Completions of a prompt.

use serde_json::{Value, json};

use super::super::reply::{Reply, Said, Wanted, heard};
use super::super::seed::Seed;
use super::{
    chance, choices, done, event, finish_reason, flag, model_of, stops, stream_of, tokenizer, usage,
};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let prompt = heard(prompt_of(body));
    // The service completes sixteen tokens where nothing is said (OpenAI's specification, 2026).
    let most = body.get("max_tokens").map_or(Some(16), Value::as_u64);
    let wanted = Wanted { prompt, most, stops: stops(body), tokenizer: tokenizer(body), ..Wanted::default() };
    let replies: Vec<Reply> = (0..choices(body)).map(|choice| Reply::new(&wanted, seed, choice)).collect();
    let mut whole = json!({
        "id": seed.id("cmpl-", 29),
        "object": "text_completion",
        "created": seed.created(),
        "model": model_of(body),
    });
    if flag(body, "stream") {
        let with_usage = body.pointer("/stream_options/include_usage").and_then(Value::as_bool) == Some(true);
        let usage = with_usage.then(|| usage(body, "prompt", &replies));
        return stream(&whole, &replies, usage);
    }
    let before = if flag(body, "echo") { prompt_of(body) } else { "" };
    let of = |(index, reply): (usize, &Reply)| {
        let text = format!("{before}{}", reply.text().unwrap_or_default());
        let logprobs = logprobs(body, reply, seed);
        json!({"text": text, "index": index, "logprobs": logprobs, "finish_reason": finish_reason(reply)})
    };
    whole["choices"] = replies.iter().enumerate().map(of).collect();
    whole["usage"] = usage(body, "prompt", &replies);
    Answer::json(200, &whole)
}

/// The first prompt.
fn prompt_of(body: &Value) -> &str {
    match body.get("prompt") {
        Some(Value::String(prompt)) => prompt,
        Some(Value::Array(prompts)) => prompts.first().and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}

/// How likely each piece was, where that was asked for.
fn logprobs(body: &Value, reply: &Reply, seed: &Seed) -> Value {
    let (Said::Text(pieces), Some(_)) = (&reply.said, body.get("logprobs").and_then(Value::as_u64)) else {
        return Value::Null;
    };
    let chances: Vec<f64> = (0..pieces.len()).map(|place| chance(seed, place)).collect();
    let tops: Vec<Value> =
        pieces.iter().zip(&chances).map(|(piece, chance)| json!({piece: chance})).collect();
    let ends = pieces.iter().scan(0, |at, piece| {
        let start = *at;
        *at += piece.chars().count();
        Some(start)
    });
    json!({"tokens": pieces, "token_logprobs": chances, "top_logprobs": tops, "text_offset": ends.collect::<Vec<_>>()})
}

fn stream(head: &Value, replies: &[Reply], usage: Option<Value>) -> Answer {
    let mut chunks = Vec::new();
    for (index, reply) in replies.iter().enumerate() {
        let Said::Text(pieces) = &reply.said else { continue };
        let texts = pieces.iter().map(|piece| (piece.as_str(), Value::Null));
        for (text, reason) in texts.chain([("", json!(finish_reason(reply)))]) {
            let mut chunk = head.clone();
            chunk["choices"] =
                json!([{"text": text, "index": index, "logprobs": null, "finish_reason": reason}]);
            chunks.push(event(&chunk));
        }
    }
    if let Some(usage) = usage {
        let mut chunk = head.clone();
        chunk["choices"] = json!([]);
        chunk["usage"] = usage;
        chunks.push(event(&chunk));
    }
    chunks.push(done());
    stream_of(chunks)
}
