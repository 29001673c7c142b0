//! Responses, whole and as a stream of named events.

use serde_json::{Value, json};

use super::super::reply::{
    Call, Choice, End, Last, Number, Reply, Said, THOUGHT, Takes, Tool, Wanted, chosen, content, heard,
};
use super::super::seed::Seed;
use super::{chance, flag, model_of, stream_of, tokenizer};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let wanted = Wanted {
        prompt: prompt(body.get("input")),
        most: body.get("max_output_tokens").and_then(Value::as_u64),
        stops: Vec::new(),
        schema: schema(body),
        calls: calls(body),
        tokenizer: tokenizer(body),
    };
    let reply = Reply::new(&wanted, seed, 0);
    let items = items(body, &reply, seed);
    let complete = response(body, seed, &reply, &items);
    if flag(body, "stream") { stream(&complete, &reply, &items) } else { Answer::json(200, &complete) }
}

/// A response that was kept under an id. Which one it was nobody knows: it is one to the model.
pub(in crate::gateway) fn kept(id: &str, model: &str, seed: &Seed) -> Answer {
    let said = answer(&json!({"model": model}), seed);
    let mut response: Value = serde_json::from_slice(&said.body()).unwrap_or(Value::Null);
    if let Some(members) = response.as_object_mut() {
        members.insert("id".to_owned(), json!(id));
    }
    Answer::json(200, &response)
}

/// What went into a response (openai-openapi, `ResponseItemList`; commit f85dbe2).
pub(in crate::gateway) fn input_items(seed: &Seed) -> Answer {
    let id = seed.id("msg_", 32);
    let content = json!([{"type": "input_text", "text": "Hello"}]);
    let item =
        json!({"type": "message", "id": id, "status": "completed", "role": "user", "content": content});
    Answer::json(
        200,
        &json!({"object": "list", "data": [item], "first_id": id, "last_id": id, "has_more": false}),
    )
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

/// The tools that the answer calls.
fn calls(body: &Value) -> Vec<Tool<'_>> {
    let last =
        body.get("input").and_then(Value::as_array).and_then(|items| items.last()?.get("type")?.as_str());
    let answered = matches!(last, Some("function_call_output" | "custom_tool_call_output"));
    let last = if answered { Last::Tool } else { Last::Other };
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(|tool| {
        let name = tool.get("name")?.as_str()?;
        match tool.get("type").and_then(Value::as_str) {
            Some("custom") => Some(Tool { name, takes: Takes::Text }),
            Some("function") | None => Some(Tool { name, takes: Takes::Arguments(tool.get("parameters")) }),
            Some(_) => None,
        }
    });
    let choice = body.get("tool_choice");
    let named = choice.and_then(|choice| choice.get("name")).and_then(Value::as_str);
    let mode = choice.and_then(|choice| choice.as_str().or(choice.get("mode")?.as_str()));
    let choice = match (named, mode) {
        (Some(name), _) => Choice::Named(name),
        (None, Some("none")) => Choice::Nothing,
        (None, Some("required")) => Choice::Needed,
        (None, _) => Choice::Free,
    };
    let number = if flag(body, "parallel_tool_calls") { Number::Each } else { Number::One };
    chosen(tools, choice, number, last)
}

/// What stands in `output`.
fn items(body: &Value, reply: &Reply, seed: &Seed) -> Vec<Value> {
    let mut items = Vec::new();
    if body.pointer("/reasoning/summary").is_some_and(|summary| !summary.is_null()) {
        let summary = json!([{"type": "summary_text", "text": THOUGHT}]);
        items.push(json!({"id": seed.id("rs_", 48), "type": "reasoning", "summary": summary}));
    }
    match &reply.said {
        Said::Text(pieces) => {
            let part = json!({"type": "output_text", "annotations": [], "logprobs": logprobs(body, pieces, seed),
                "text": reply.text()});
            let status = if reply.end == End::Length { "incomplete" } else { "completed" };
            items.push(
                json!({"id": seed.id("msg_", 48), "type": "message", "status": status, "content": [part],
                "role": "assistant"}),
            );
        }
        Said::Calls(calls) => items.extend(calls.iter().map(|call| called(call, seed))),
    }
    items
}

/// How likely each piece was, where that was asked for.
fn logprobs(body: &Value, pieces: &[String], seed: &Seed) -> Value {
    let include = body.get("include").and_then(Value::as_array);
    if !include.is_some_and(|include| include.iter().any(|one| one == "message.output_text.logprobs")) {
        return json!([]);
    }
    let likely = |(place, piece): (usize, &String)| json!({"token": piece, "bytes": piece.as_bytes(), "logprob": chance(seed, place), "top_logprobs": []});
    pieces.iter().enumerate().map(likely).collect()
}

fn called(call: &Call, seed: &Seed) -> Value {
    let seed = seed.derive(&call.id);
    let call_id = format!("call_{}", call.id);
    if call.arguments.is_string() {
        return json!({"id": seed.id("ctc_", 48), "type": "custom_tool_call", "status": "completed",
            "input": call.written(), "call_id": call_id, "name": call.name});
    }
    json!({"id": seed.id("fc_", 48), "type": "function_call", "status": "completed",
        "arguments": call.written(), "call_id": call_id, "name": call.name})
}

fn response(body: &Value, seed: &Seed, reply: &Reply, items: &[Value]) -> Value {
    let or = |key: &str, other: Value| body.get(key).cloned().unwrap_or(other);
    let (status, details) = match reply.end {
        End::Length => ("incomplete", json!({"reason": "max_output_tokens"})),
        End::Stop | End::Calls => ("completed", Value::Null),
    };
    // A text alone is what a user says.
    let said = body.get("input").filter(|input| input.is_string());
    let said = said.map(|text| json!([{"role": "user", "content": text}]));
    let input = tokenizer(body).conversation(said.as_ref().or(body.get("input")));
    let usage = json!({
        "input_tokens": input,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": reply.tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": input + reply.tokens,
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
        let (key, empty) = match item["type"].as_str() {
            Some("message") => ("content", json!([])),
            Some("reasoning") => ("summary", json!([])),
            Some("custom_tool_call") => ("input", json!("")),
            _ => ("arguments", json!("")),
        };
        opened[key] = empty;
        if key != "summary" {
            opened["status"] = json!("in_progress");
        }
        events.push("response.output_item.added", json!({"output_index": index, "item": opened}));
        match (key, &reply.said) {
            ("summary", _) => summary_events(&mut events, index, item),
            ("content", Said::Text(pieces)) => text_events(&mut events, index, item, pieces),
            _ => {
                let kind = if key == "input" { "custom_tool_call_input" } else { "function_call_arguments" };
                let place = json!({"item_id": item["id"], "output_index": index});
                let (mut delta, mut whole) = (place.clone(), place);
                delta["delta"] = item[key].clone();
                whole[key] = item[key].clone();
                events.push(&format!("response.{kind}.delta"), delta);
                events.push(&format!("response.{kind}.done"), whole);
            }
        }
        events.push("response.output_item.done", json!({"output_index": index, "item": item}));
    }
    let end = if reply.end == End::Length { "response.incomplete" } else { "response.completed" };
    events.push(end, json!({"response": complete}));
    stream_of(events.chunks)
}

fn summary_events(events: &mut Events, index: usize, item: &Value) {
    let place = |key: &str, value: Value| {
        let mut place = json!({"item_id": item["id"], "output_index": index, "summary_index": 0});
        place[key] = value;
        place
    };
    let part = |text: &str| json!({"type": "summary_text", "text": text});
    events.push("response.reasoning_summary_part.added", place("part", part("")));
    events.push("response.reasoning_summary_text.delta", place("delta", json!(THOUGHT)));
    events.push("response.reasoning_summary_text.done", place("text", json!(THOUGHT)));
    events.push("response.reasoning_summary_part.done", place("part", part(THOUGHT)));
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
