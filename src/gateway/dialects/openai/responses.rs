//! Responses, whole and as a stream of named events.

use serde_json::{Value, json};

use super::super::reply::{Call, End, Reply, Said, Wanted, content, heard};
use super::super::seed::Seed;
use super::{flag, model_of};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let wanted = Wanted {
        prompt: prompt(body.get("input")),
        most: body.get("max_output_tokens").and_then(Value::as_u64),
        stops: Vec::new(),
        schema: schema(body),
        calls: calls(body),
    };
    let reply = Reply::new(&wanted, seed, 0);
    let items = items(&reply, seed);
    let complete = response(body, seed, &reply, &items);
    if flag(body, "stream") { stream(&complete, &reply, &items) } else { Answer::json(200, &complete) }
}

fn prompt(input: Option<&Value>) -> String {
    match input {
        Some(Value::String(text)) => heard(text),
        Some(Value::Array(items)) => {
            let of_user = |item: &&Value| item.get("role").and_then(Value::as_str) == Some("user");
            let item = items.iter().rev().find(of_user).or_else(|| items.last());
            heard(&content(item.and_then(|item| item.get("content"))))
        }
        _ => String::new(),
    }
}

fn schema(body: &Value) -> Option<&Value> {
    let format = body.pointer("/text/format")?;
    match format.get("type").and_then(Value::as_str) {
        Some("json_schema") => format.get("schema").or(Some(&Value::Null)),
        Some("json_object") => Some(&Value::Null),
        _ => None,
    }
}

fn calls(body: &Value) -> Vec<(&str, Option<&Value>)> {
    let answered =
        body.get("input").and_then(Value::as_array).and_then(|items| items.last()?.get("type")?.as_str());
    let choice = body.get("tool_choice");
    let may = match choice.and_then(Value::as_str) {
        Some("none") => false,
        Some("required") => true,
        _ => answered != Some("function_call_output"),
    };
    let chosen = choice.and_then(|choice| choice.get("name")).and_then(Value::as_str);
    let mut tools = body
        .get("tools")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tool| Some((tool.get("name")?.as_str()?, tool.get("parameters"))));
    let call = tools.find(|(name, _)| chosen.is_none_or(|chosen| chosen == *name));
    call.filter(|_| may).into_iter().collect()
}

/// What stands in `output`.
fn items(reply: &Reply, seed: &Seed) -> Vec<Value> {
    match &reply.said {
        Said::Text(_) => {
            let part =
                json!({"type": "output_text", "annotations": [], "logprobs": [], "text": reply.text()});
            vec![
                json!({"id": seed.id("msg_", 48), "type": "message", "status": "completed", "content": [part],
                "role": "assistant"}),
            ]
        }
        Said::Calls(calls) => calls.iter().map(|call| function_call(call, seed)).collect(),
    }
}

fn function_call(call: &Call, seed: &Seed) -> Value {
    json!({"id": seed.id("fc_", 48), "type": "function_call", "status": "completed",
        "arguments": call.arguments.to_string(), "call_id": call.id, "name": call.name})
}

fn response(body: &Value, seed: &Seed, reply: &Reply, items: &[Value]) -> Value {
    let or = |key: &str, other: Value| body.get(key).cloned().unwrap_or(other);
    let (status, details) = match reply.end {
        End::Length => ("incomplete", json!({"reason": "max_output_tokens"})),
        End::Stop | End::Calls => ("completed", Value::Null),
    };
    let input = body.get("input").map_or(1, |input| input.to_string().len().div_ceil(4));
    let usage = json!({
        "input_tokens": input,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": reply.tokens(),
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input + reply.tokens(),
    });
    json!({
        "id": seed.id("resp_", 48), "object": "response", "created_at": seed.created(), "status": status,
        "background": false, "error": null, "incomplete_details": details,
        "instructions": or("instructions", Value::Null), "max_output_tokens": or("max_output_tokens", Value::Null),
        "model": model_of(body), "output": items, "parallel_tool_calls": or("parallel_tool_calls", json!(true)),
        "previous_response_id": or("previous_response_id", Value::Null),
        "reasoning": or("reasoning", json!({"effort": null, "summary": null})), "store": or("store", json!(true)),
        "temperature": or("temperature", json!(1.0)), "text": or("text", json!({"format": {"type": "text"}})),
        "tool_choice": or("tool_choice", json!("auto")), "tools": or("tools", json!([])),
        "top_p": or("top_p", json!(1.0)), "truncation": or("truncation", json!("disabled")), "usage": usage,
        "user": null, "metadata": or("metadata", json!({})),
    })
}

/// The events of a stream, each with its number.
struct Events {
    chunks: Vec<Vec<u8>>,
}

impl Events {
    fn push(&mut self, kind: &str, mut data: Value) {
        data["type"] = json!(kind);
        data["sequence_number"] = json!(self.chunks.len());
        self.chunks.push(format!("event: {kind}\ndata: {data}\n\n").into_bytes());
    }
}

fn stream(complete: &Value, reply: &Reply, items: &[Value]) -> Answer {
    let mut begun = complete.clone();
    begun["status"] = json!("in_progress");
    begun["output"] = json!([]);
    begun["usage"] = Value::Null;
    begun["incomplete_details"] = Value::Null;
    let mut events = Events { chunks: Vec::new() };
    events.push("response.created", json!({"response": begun.clone()}));
    events.push("response.in_progress", json!({"response": begun}));
    for (index, item) in items.iter().enumerate() {
        let mut opened = item.clone();
        opened["status"] = json!("in_progress");
        let key = if item.get("content").is_some() { "content" } else { "arguments" };
        opened[key] = if key == "content" { json!([]) } else { json!("") };
        events.push("response.output_item.added", json!({"output_index": index, "item": opened}));
        match &reply.said {
            Said::Text(pieces) => text_events(&mut events, index, item, pieces),
            Said::Calls(_) => {
                let place = json!({"item_id": item["id"], "output_index": index});
                let (mut delta, mut whole) = (place.clone(), place);
                delta["delta"] = item["arguments"].clone();
                whole["arguments"] = item["arguments"].clone();
                events.push("response.function_call_arguments.delta", delta);
                events.push("response.function_call_arguments.done", whole);
            }
        }
        events.push("response.output_item.done", json!({"output_index": index, "item": item}));
    }
    let end = if reply.end == End::Length { "response.incomplete" } else { "response.completed" };
    events.push(end, json!({"response": complete}));
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks: events.chunks }
}

fn text_events(events: &mut Events, index: usize, item: &Value, pieces: &[String]) {
    let place = |more: Value| {
        let mut place = json!({"item_id": item["id"], "output_index": index, "content_index": 0});
        if let (Some(place), Value::Object(more)) = (place.as_object_mut(), more) {
            place.extend(more);
        }
        place
    };
    let empty = json!({"type": "output_text", "annotations": [], "logprobs": [], "text": ""});
    events.push("response.content_part.added", place(json!({"part": empty})));
    for piece in pieces {
        events.push("response.output_text.delta", place(json!({"delta": piece, "logprobs": []})));
    }
    let part = item["content"][0].clone();
    events.push("response.output_text.done", place(json!({"text": part["text"], "logprobs": []})));
    events.push("response.content_part.done", place(json!({"part": part})));
}

#[cfg(test)]
mod tests {
    use super::super::super::seed::tests::request;
    use super::*;

    fn ask(body: &Value) -> String {
        answer(body, &Seed::of(&request(&body.to_string()))).body_text()
    }

    #[test]
    fn the_text_stands_in_the_output() {
        let answer: Value = serde_json::from_str(&ask(&json!({"model": "gpt-5.5", "input": "Hi"}))).unwrap();
        assert_eq!(answer["output"][0]["content"][0]["text"], "The mock gateway heard: Hi");
        assert_eq!(answer["status"], "completed");
    }

    #[test]
    fn a_stream_ends_with_the_whole() {
        let text = ask(&json!({"input": [{"role": "user", "content": "Hi"}], "stream": true}));
        let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(names.first(), Some(&"response.created"));
        assert_eq!(names.last(), Some(&"response.completed"));
        assert!(names.contains(&"response.output_text.delta"));
    }

    #[test]
    fn a_tool_is_called() {
        let tools = json!([{"type": "function", "name": "forecast", "parameters": {"type": "object"}}]);
        let answer: Value = serde_json::from_str(&ask(&json!({"input": "Hi", "tools": tools}))).unwrap();
        assert_eq!(answer["output"][0]["type"], "function_call");
    }
}
