//! Ollama's own dialect: chat and completion as lines of JSON, embeddings, the list of models.

use serde_json::{Value, json};

use super::reply::{End, Reply, Said, Wanted, heard, last_message};
use super::seed::Seed;
use crate::gateway::exchange::Answer;

/// When everything happened, as far as this service says.
const TIME: &str = "2026-01-01T00:00:00Z";

/// The answer of `/api/chat` to a body that was found right.
pub(in crate::gateway) fn chat(body: &Value, seed: &Seed) -> Answer {
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    let mut calls = tools.filter_map(|tool| {
        let function = tool.get("function")?;
        Some((function.get("name")?.as_str()?, function.get("parameters")))
    });
    let calls = calls.next().filter(|_| !answered(body)).into_iter().collect();
    let wanted = Wanted { prompt: last_message(body.get("messages")), calls, ..wanted(body) };
    answer(body, &Reply::new(&wanted, seed, 0), &|piece, reply| {
        let mut message = json!({"role": "assistant", "content": piece});
        if let (Said::Calls(calls), true) = (&reply.said, piece.is_empty()) {
            let function =
                |name: &str, arguments: &Value| json!({"function": {"name": name, "arguments": arguments}});
            message["tool_calls"] = calls.iter().map(|call| function(&call.name, &call.arguments)).collect();
        }
        ("message", message)
    })
}

/// The answer of `/api/generate` to a body that was found right.
pub(in crate::gateway) fn generate(body: &Value, seed: &Seed) -> Answer {
    let prompt = heard(body.get("prompt").and_then(Value::as_str).unwrap_or_default());
    let wanted = Wanted { prompt, ..wanted(body) };
    answer(body, &Reply::new(&wanted, seed, 0), &|piece, _| ("response", json!(piece)))
}

/// The answer of `/api/embed`.
pub(in crate::gateway) fn embed(body: &Value, seed: &Seed) -> Answer {
    let count = body.get("input").and_then(Value::as_array).map_or(1, |inputs| inputs.len().min(2048));
    let vectors: Vec<Vec<f64>> = (0..count)
        .map(|index| (0..768).map(|place| seed.derive(&index.to_string()).fraction(place)).collect())
        .collect();
    Answer::json(
        200,
        &json!({"model": model(body), "embeddings": vectors, "total_duration": 1, "load_duration": 1,
        "prompt_eval_count": 1}),
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

fn answered(body: &Value) -> bool {
    let messages = body.get("messages").and_then(Value::as_array);
    messages.and_then(|messages| messages.last()?.get("role")?.as_str()) == Some("tool")
}

fn wanted(body: &Value) -> Wanted<'_> {
    let schema = body.get("format").filter(|format| !format.is_null());
    let most = body.pointer("/options/num_predict").and_then(Value::as_u64);
    let schema = schema.map(|format| if format.is_object() { format } else { &Value::Null });
    Wanted { most, schema, ..Wanted::default() }
}

/// One line for all, or one for each piece where the client has not turned streaming off.
fn answer(body: &Value, reply: &Reply, part: &dyn Fn(&str, &Reply) -> (&'static str, Value)) -> Answer {
    let line = |piece: &str, done: bool| {
        let mut line = json!({"model": model(body), "created_at": TIME});
        let (key, value) = part(piece, reply);
        line[key] = value;
        line["done"] = json!(done);
        if done {
            line["done_reason"] = json!(if reply.end == End::Length { "length" } else { "stop" });
            line["total_duration"] = json!(1_000_000);
            line["load_duration"] = json!(1000);
            line["prompt_eval_count"] = json!(1);
            line["prompt_eval_duration"] = json!(1000);
            line["eval_count"] = json!(reply.tokens());
            line["eval_duration"] = json!(1000);
        }
        line
    };
    if body.get("stream").and_then(Value::as_bool) == Some(false) {
        return Answer::json(200, &line(&reply.text().unwrap_or_default(), true));
    }
    let pieces: &[String] = match &reply.said {
        Said::Text(pieces) => pieces,
        Said::Calls(_) => &[],
    };
    let lines = pieces.iter().map(|piece| line(piece, false)).chain([line("", true)]);
    let chunks = lines.map(|line| format!("{line}\n").into_bytes()).collect();
    Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/x-ndjson".to_owned())],
        chunks,
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
