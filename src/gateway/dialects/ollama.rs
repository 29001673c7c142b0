//! Ollama's own dialect: chat and completion as lines of JSON, embeddings, the list of models.

use serde_json::{Value, json};

use super::reply::{
    Choice, End, Last, Number, Reply, Said, THOUGHT, Takes, Tool, Wanted, chosen, heard, last_message,
};
use super::seed::Seed;
use super::tokens;
use crate::gateway::exchange::Answer;

/// When everything happened, as far as this service says.
const TIME: &str = "2026-01-01T00:00:00Z";

/// The answer of `/api/chat` to a body that was found right.
pub(in crate::gateway) fn chat(body: &Value, seed: &Seed) -> Answer {
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(|tool| {
        let function = tool.get("function")?;
        Some(Tool {
            name: function.get("name")?.as_str()?,
            takes: Takes::Arguments(function.get("parameters")),
        })
    });
    let messages = body.get("messages");
    let last = messages.and_then(|messages| messages.as_array()?.last()?.get("role")?.as_str());
    let last = if last == Some("tool") { Last::Tool } else { Last::Other };
    let calls = chosen(tools, Choice::Free, Number::One, last);
    let wanted = Wanted { prompt: last_message(messages), calls, ..wanted(body) };
    let reply = Reply::new(&wanted, seed, 0);
    answer(body, &reply, tokens::conversation(messages), &|piece| {
        let mut message = json!({"role": "assistant", "content": piece.text});
        if let Some(thought) = piece.thought {
            message["thinking"] = json!(thought);
        }
        if !piece.calls.is_empty() {
            let call = |(index, call): (usize, &super::reply::Call)| {
                json!({"id": format!("call_{}", call.id.get(..8).unwrap_or_default()),
                    "function": {"index": index, "name": call.name, "arguments": call.arguments}})
            };
            message["tool_calls"] = piece.calls.iter().enumerate().map(call).collect();
        }
        json!({"message": message})
    })
}

/// The answer of `/api/generate` to a body that was found right.
pub(in crate::gateway) fn generate(body: &Value, seed: &Seed) -> Answer {
    let text = body.get("prompt").and_then(Value::as_str).unwrap_or_default();
    let wanted = Wanted { prompt: heard(text), ..wanted(body) };
    answer(body, &Reply::new(&wanted, seed, 0), tokens::count(text).max(1), &|piece| match piece.thought {
        Some(thought) => json!({"response": piece.text, "thinking": thought}),
        None => json!({"response": piece.text}),
    })
}

/// The answer of `/api/embeddings`, which knows one prompt only.
pub(in crate::gateway) fn embedding(seed: &Seed) -> Answer {
    Answer::json(200, &json!({"embedding": seed.fractions(768)}))
}

/// The answer of `/api/embed`.
pub(in crate::gateway) fn embed(body: &Value, seed: &Seed) -> Answer {
    let count = body.get("input").and_then(Value::as_array).map_or(1, |inputs| inputs.len().min(2048));
    let length = body.get("dimensions").and_then(Value::as_u64).unwrap_or(768).clamp(1, 4096);
    let length = usize::try_from(length).unwrap_or(768);
    let vectors: Vec<Vec<f64>> =
        (0..count).map(|index| seed.derive(&index.to_string()).fractions(length)).collect();
    let tokens = tokens::within(body.get("input").unwrap_or(&Value::Null), 0);
    Answer::json(
        200,
        &json!({"model": model(body), "embeddings": vectors, "total_duration": 1_000_000, "load_duration": 1000,
        "prompt_eval_count": tokens}),
    )
}

/// The answer of `/api/tags`.
pub(in crate::gateway) fn tags<'a>(models: impl Iterator<Item = &'a str>) -> Answer {
    let entry = |name: &str| {
        let digest = blake3::hash(name.as_bytes()).to_hex();
        json!({"name": name, "model": name, "modified_at": TIME, "size": 4_000_000_000_u64, "digest": digest.as_str(),
            "details": details()})
    };
    let models: Vec<Value> = models.map(entry).collect();
    Answer::json(200, &json!({"models": models}))
}

/// The answer of `/api/show`.
pub(in crate::gateway) fn show() -> Answer {
    let info = json!({"general.architecture": "llama", "llama.context_length": 131_072});
    Answer::json(
        200,
        &json!({"details": details(), "model_info": info, "capabilities": ["completion", "tools"],
        "modified_at": TIME}),
    )
}

fn details() -> Value {
    json!({"parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "8B",
        "quantization_level": "Q4_K_M"})
}

fn model(body: &Value) -> &str {
    body.get("model").and_then(Value::as_str).unwrap_or_default()
}

fn wanted(body: &Value) -> Wanted<'_> {
    let schema = body.get("format").filter(|format| !format.is_null() && *format != "");
    let most = body.pointer("/options/num_predict").and_then(Value::as_u64);
    let schema = schema.map(|format| if format.is_object() { format } else { &Value::Null });
    let stops = body.pointer("/options/stop").and_then(Value::as_array).into_iter().flatten();
    Wanted { most, schema, stops: stops.filter_map(Value::as_str).collect(), ..Wanted::default() }
}

/// What one line says.
#[derive(Clone, Copy, Debug, Default)]
struct Piece<'a> {
    text: &'a str,
    thought: Option<&'static str>,
    calls: &'a [super::reply::Call],
}

/// One line for all, or one for each piece where the client has not turned streaming off.
fn answer(body: &Value, reply: &Reply, prompt: usize, said: &dyn Fn(Piece) -> Value) -> Answer {
    let line = |piece: Piece, done: bool| {
        let mut line = json!({"model": model(body), "created_at": TIME});
        if let (Some(line), Value::Object(said)) = (line.as_object_mut(), said(piece)) {
            line.extend(said);
        }
        line["done"] = json!(done);
        if done {
            line["done_reason"] = json!(if reply.end == End::Length { "length" } else { "stop" });
            line["total_duration"] = json!(1_000_000);
            line["load_duration"] = json!(1000);
            line["prompt_eval_count"] = json!(prompt);
            line["prompt_eval_duration"] = json!(1000);
            line["eval_count"] = json!(reply.tokens);
            line["eval_duration"] = json!(1000);
        }
        line
    };
    let thought =
        body.get("think").is_some_and(|think| *think == true || think.is_string()).then_some(THOUGHT);
    if body.get("stream").and_then(Value::as_bool) == Some(false) {
        let text = reply.text().unwrap_or_default();
        return Answer::json(200, &line(Piece { text: &text, thought, calls: reply.calls() }, true));
    }
    let mut lines = Vec::new();
    lines.extend(thought.map(|_| line(Piece { thought, ..Piece::default() }, false)));
    match &reply.said {
        Said::Text(pieces) => {
            lines.extend(pieces.iter().map(|text| line(Piece { text, ..Piece::default() }, false)));
        }
        Said::Calls(calls) => lines.push(line(Piece { calls, ..Piece::default() }, false)),
    }
    lines.push(line(Piece::default(), true));
    Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/x-ndjson".to_owned())],
        chunks: lines.iter().map(|line| format!("{line}\n").into_bytes()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::seed::tests::request;
    use super::*;

    #[test]
    fn a_chat_is_lines_unless_it_is_turned_off() {
        let seed = Seed::of(&request(""));
        let body = json!({"model": "gpt-oss:20b", "messages": [{"role": "user", "content": "Hi"}]});
        let lines = chat(&body, &seed).body_text();
        assert!(lines.lines().count() > 2);
        assert!(lines.lines().last().is_some_and(|line| line.contains(r#""done":true"#)));
        let mut whole = body;
        whole["stream"] = json!(false);
        assert!(chat(&whole, &seed).body_text().contains("The mock gateway heard: Hi"));
    }
}
