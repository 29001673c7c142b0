//! Anthropic's messages, whole and streamed; the count of their tokens; the list of models.

use serde_json::{Value, json};

use super::reply::{
    Call, Choice, End, Last, Number, Reply, Said, THOUGHT, Takes, Tool, Wanted, chosen, last_message,
};
use super::seed::Seed;
use super::tokens;
use crate::gateway::exchange::Answer;

/// When models were made, as far as this service says.
const CREATED: &str = "2026-01-01T00:00:00Z";

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let stops = body.get("stop_sequences").and_then(Value::as_array).into_iter().flatten();
    let wanted = Wanted {
        prompt: last_message(body.get("messages")),
        most: body.get("max_tokens").and_then(Value::as_u64),
        stops: stops.filter_map(Value::as_str).collect(),
        schema: body.pointer("/output_config/format/schema").or(body.pointer("/output_format/schema")),
        calls: calls(body),
        ..Wanted::default()
    };
    let reply = Reply::new(&wanted, seed, 0);
    let blocks = blocks(body, &reply, seed);
    let output = reply.tokens + if thinks(body) { tokens::count(THOUGHT) } else { 0 };
    let usage = json!({"input_tokens": input(body), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        "output_tokens": output, "service_tier": "standard"});
    let mut message = json!({
        "id": seed.id("msg_", 24),
        "type": "message",
        "role": "assistant",
        "model": body.get("model").cloned().unwrap_or(Value::Null),
        "content": blocks,
        "stop_reason": stop_reason(&reply),
        "stop_sequence": reply.stopped_by,
        "usage": usage,
    });
    if !body.get("stream").and_then(Value::as_bool).unwrap_or(false) {
        return Answer::json(200, &message);
    }
    message["content"] = json!([]);
    message["stop_reason"] = Value::Null;
    message["stop_sequence"] = Value::Null;
    message["usage"]["output_tokens"] = json!(1);
    stream(&message, &blocks, &reply, output)
}

/// How many tokens a body has, as `/v1/messages/count_tokens` says.
pub(in crate::gateway) fn count(body: &Value) -> Answer {
    Answer::json(200, &json!({"input_tokens": input(body)}))
}

/// The list of models.
pub(in crate::gateway) fn models<'a>(ids: impl Iterator<Item = &'a str>) -> Answer {
    let data: Vec<Value> = ids.map(entry).collect();
    let id = |entry: Option<&Value>| entry.map_or(Value::Null, |entry| entry["id"].clone());
    let (first, last) = (id(data.first()), id(data.last()));
    Answer::json(200, &json!({"data": data, "has_more": false, "first_id": first, "last_id": last}))
}

/// One model.
pub(in crate::gateway) fn model(id: &str) -> Answer {
    Answer::json(200, &entry(id))
}

fn entry(id: &str) -> Value {
    // `claude-sonnet-4-6` is shown as `Claude Sonnet 4.6`; eight digits are a date, which is left out.
    let mut name = String::new();
    for part in
        id.split('-').filter(|part| part.len() < 8 || part.contains(|letter: char| letter.is_alphabetic()))
    {
        let number = part.bytes().all(|byte| byte.is_ascii_digit());
        let after_number = name.ends_with(|letter: char| letter.is_ascii_digit());
        if !name.is_empty() {
            name.push(if number && after_number { '.' } else { ' ' });
        }
        let mut letters = part.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    json!({"type": "model", "id": id, "display_name": name, "created_at": CREATED, "lifecycle": "active",
        "max_input_tokens": 200_000, "max_tokens": 64_000})
}

/// Tokens of the system prompt, the messages and the tools.
fn input(body: &Value) -> usize {
    let rest = ["system", "tools"].iter().filter_map(|key| body.get(*key));
    tokens::conversation(body.get("messages")) + rest.map(|value| tokens::within(value, 0)).sum::<usize>()
}

/// The tools that the answer calls; those that the service runs itself are not.
fn calls(body: &Value) -> Vec<Tool<'_>> {
    let choice = body.get("tool_choice");
    let named = choice.and_then(|choice| choice.get("name")).and_then(Value::as_str);
    let mode = choice.and_then(|choice| choice.get("type")).and_then(Value::as_str);
    let each = choice.and_then(|choice| choice.get("disable_parallel_tool_use")).and_then(Value::as_bool);
    let last = body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
    let results = last.and_then(|last| last.get("content")?.as_array());
    let answered = results.is_some_and(|blocks| blocks.iter().any(|block| block["type"] == "tool_result"));
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(|tool| {
        let own = tool.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "custom");
        let name = tool.get("name")?.as_str()?;
        own.then(|| Tool { name, takes: Takes::Arguments(tool.get("input_schema")) })
    });
    let choice = match (named, mode) {
        (Some(name), _) => Choice::Named(name),
        (None, Some("none")) => Choice::Nothing,
        (None, Some("any")) => Choice::Needed,
        (None, _) => Choice::Free,
    };
    // Several calls are the service's habit; here only where they are asked for in so many words.
    let number = if each == Some(false) { Number::Each } else { Number::One };
    chosen(tools, choice, number, if answered { Last::Tool } else { Last::Other })
}

fn stop_reason(reply: &Reply) -> &'static str {
    match reply.end {
        End::Stop if reply.stopped_by.is_some() => "stop_sequence",
        End::Stop => "end_turn",
        End::Length => "max_tokens",
        End::Calls => "tool_use",
    }
}

/// Whether thoughts are shown.
fn thinks(body: &Value) -> bool {
    body.pointer("/thinking/type").and_then(Value::as_str) == Some("enabled")
}

fn blocks(body: &Value, reply: &Reply, seed: &Seed) -> Vec<Value> {
    let mut blocks = Vec::new();
    if thinks(body) {
        blocks.push(json!({"type": "thinking", "thinking": THOUGHT, "signature": seed.id("", 64)}));
    }
    match &reply.said {
        Said::Text(_) => blocks.push(json!({"type": "text", "text": reply.text()})),
        Said::Calls(calls) => blocks.extend(calls.iter().map(called)),
    }
    blocks
}

fn called(call: &Call) -> Value {
    json!({"type": "tool_use", "id": format!("toolu_{}", call.id), "name": call.name, "input": call.arguments})
}

/// The events of a stream.
struct Events(Vec<Vec<u8>>);

impl Events {
    fn push(&mut self, kind: &str, members: Value) {
        // The type goes first, as the service writes it.
        let mut data = json!({"type": kind});
        if let (Value::Object(data), Value::Object(members)) = (&mut data, members) {
            data.extend(members);
        }
        self.0.push(format!("event: {kind}\ndata: {data}\n\n").into_bytes());
    }

    fn block(&mut self, index: usize, start: &Value, deltas: Vec<Value>) {
        self.push("content_block_start", json!({"index": index, "content_block": start}));
        for delta in deltas {
            self.push("content_block_delta", json!({"index": index, "delta": delta}));
        }
        self.push("content_block_stop", json!({"index": index}));
    }
}

fn stream(message: &Value, blocks: &[Value], reply: &Reply, output: usize) -> Answer {
    let mut events = Events(Vec::new());
    events.push("message_start", json!({"message": message}));
    for (index, block) in blocks.iter().enumerate() {
        let mut start = block.clone();
        let deltas = match (block["type"].as_str(), &reply.said) {
            (Some("thinking"), _) => {
                start["thinking"] = json!("");
                start["signature"] = json!("");
                vec![
                    json!({"type": "thinking_delta", "thinking": block["thinking"]}),
                    json!({"type": "signature_delta", "signature": block["signature"]}),
                ]
            }
            (Some("text"), Said::Text(pieces)) => {
                start["text"] = json!("");
                pieces.iter().map(|piece| json!({"type": "text_delta", "text": piece})).collect()
            }
            _ => {
                start["input"] = json!({});
                vec![json!({"type": "input_json_delta", "partial_json": block["input"].to_string()})]
            }
        };
        events.block(index, &start, deltas);
        if index == 0 {
            events.push("ping", json!({}));
        }
    }
    let delta = json!({"stop_reason": stop_reason(reply), "stop_sequence": reply.stopped_by});
    events.push("message_delta", json!({"delta": delta, "usage": {"output_tokens": output}}));
    events.push("message_stop", json!({}));
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks: events.0 }
}

#[cfg(test)]
mod tests {
    use super::super::seed::tests::request;
    use super::*;

    fn ask(body: &Value) -> String {
        answer(body, &Seed::of(&request(&body.to_string()))).body_text()
    }

    fn asked(body: &Value) -> Value {
        serde_json::from_str(&ask(body)).unwrap()
    }

    #[test]
    fn the_text_is_a_block() {
        let body = json!({"max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]});
        let answer = asked(&body);
        assert_eq!(answer["content"][0]["text"], "The mock gateway heard: Hi");
        assert_eq!(answer["stop_reason"], "end_turn");
    }

    #[test]
    fn a_stream_has_its_events_in_order() {
        let text = ask(&json!({"max_tokens": 2, "stream": true, "messages": []}));
        let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        let expected = [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "ping",
            "message_delta",
            "message_stop",
        ];
        assert_eq!(names, expected);
        assert!(text.contains(r#""stop_reason":"max_tokens""#));
    }

    #[test]
    fn the_sequence_that_ended_it_is_named() {
        let body = json!({"max_tokens": 64, "stop_sequences": [" heard"], "messages": []});
        let answer = asked(&body);
        assert_eq!(answer["stop_reason"], "stop_sequence");
        assert_eq!(answer["stop_sequence"], " heard");
    }

    #[test]
    fn a_schema_is_kept() {
        let schema =
            json!({"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}});
        let body = json!({"max_tokens": 64, "messages": [],
            "output_config": {"format": {"type": "json_schema", "schema": schema}}});
        assert_eq!(asked(&body)["content"][0]["text"], r#"{"city":"city"}"#);
    }

    #[test]
    fn a_tool_is_used_and_its_result_is_not_asked_for_again() {
        let tools = json!([{"name": "forecast", "input_schema": {"type": "object"}}]);
        let answer = asked(&json!({"max_tokens": 64, "tools": tools, "messages": []}));
        assert!(answer["content"][0]["id"].as_str().unwrap().starts_with("toolu_"));
        let result = json!([{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "sun"}]}]);
        let answer = asked(&json!({"max_tokens": 64, "tools": tools, "messages": result}));
        assert_eq!(answer["stop_reason"], "end_turn");
    }

    #[test]
    fn thoughts_come_before_the_text() {
        let body = json!({"max_tokens": 2048, "thinking": {"type": "enabled", "budget_tokens": 1024}, "messages": []});
        assert_eq!(asked(&body)["content"][0]["type"], "thinking");
    }

    #[test]
    fn tokens_are_counted_alike() {
        let body =
            json!({"max_tokens": 64, "system": "Be short.", "messages": [{"role": "user", "content": "Hi"}]});
        let counted: Value = serde_json::from_str(&count(&body).body_text()).unwrap();
        assert_eq!(asked(&body)["usage"]["input_tokens"], counted["input_tokens"]);
    }

    #[test]
    fn a_model_has_a_name_for_people() {
        assert_eq!(entry("claude-sonnet-4-5-20250929")["display_name"], "Claude Sonnet 4.5");
    }
}
