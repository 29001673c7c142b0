//! Completions of a prompt.

use serde_json::{Value, json};

use super::super::reply::{Reply, Said, Wanted, heard};
use super::super::seed::Seed;
use super::{choices, done, event, finish_reason, flag, model_of, stops, usage};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let prompt = match body.get("prompt") {
        Some(Value::String(prompt)) => heard(prompt),
        Some(Value::Array(prompts)) => heard(prompts.first().and_then(Value::as_str).unwrap_or_default()),
        _ => String::new(),
    };
    // The service completes sixteen tokens where nothing is said (OpenAI's specification, 2026).
    let most = body.get("max_tokens").map_or(Some(16), Value::as_u64);
    let wanted = Wanted { prompt, most, stops: stops(body), ..Wanted::default() };
    let replies: Vec<Reply> = (0..choices(body)).map(|choice| Reply::new(&wanted, seed, choice)).collect();
    let mut whole = json!({
        "id": seed.id("cmpl-", 29),
        "object": "text_completion",
        "created": seed.created(),
        "model": model_of(body),
    });
    if flag(body, "stream") {
        return stream(&whole, &replies);
    }
    let of = |(index, reply): (usize, &Reply)| {
        let text = reply.text().unwrap_or_default();
        json!({"text": text, "index": index, "logprobs": null, "finish_reason": finish_reason(reply)})
    };
    whole["choices"] = replies.iter().enumerate().map(of).collect();
    whole["usage"] = usage(body.get("prompt"), &replies);
    Answer::json(200, &whole)
}

fn stream(head: &Value, replies: &[Reply]) -> Answer {
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
    chunks.push(done());
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks }
}
