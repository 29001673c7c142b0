//! Anthropic's messages, whole and streamed.

use serde_json::{Value, json};

use super::reply::{End, Reply, Said, Wanted, last_message};
use super::seed::Seed;
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let stops = body.get("stop_sequences").and_then(Value::as_array).into_iter().flatten();
    let wanted = Wanted {
        prompt: last_message(body.get("messages")),
        most: body.get("max_tokens").and_then(Value::as_u64),
        stops: stops.filter_map(Value::as_str).collect(),
        schema: None,
        calls: calls(body),
    };
    let reply = Reply::new(&wanted, seed, 0);
    let input = body.get("messages").map_or(1, |messages| messages.to_string().len().div_ceil(4));
    let mut message = json!({
        "id": seed.id("msg_", 24),
        "type": "message",
        "role": "assistant",
        "model": body.get("model").cloned().unwrap_or(Value::Null),
        "content": blocks(&reply),
        "stop_reason": stop_reason(&reply),
        "stop_sequence": null,
        "usage": {"input_tokens": input, "output_tokens": reply.tokens()},
    });
    if !body.get("stream").and_then(Value::as_bool).unwrap_or(false) {
        return Answer::json(200, &message);
    }
    message["content"] = json!([]);
    message["stop_reason"] = Value::Null;
    stream(&message, &reply)
}

fn calls(body: &Value) -> Vec<(&str, Option<&Value>)> {
    let choice = body.get("tool_choice");
    let chosen = choice.and_then(|choice| choice.get("name")).and_then(Value::as_str);
    let forced = choice.and_then(|choice| choice.get("type")).and_then(Value::as_str);
    let last = body.get("messages").and_then(Value::as_array).and_then(|messages| messages.last());
    let answered =
        last.and_then(|last| last.pointer("/content/0/type")).and_then(Value::as_str) == Some("tool_result");
    if forced == Some("none") || (answered && forced.is_none_or(|forced| forced == "auto")) {
        return Vec::new();
    }
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten();
    let mut tools = tools.filter_map(|tool| Some((tool.get("name")?.as_str()?, tool.get("input_schema"))));
    tools.find(|(name, _)| chosen.is_none_or(|chosen| chosen == *name)).into_iter().collect()
}

fn stop_reason(reply: &Reply) -> &'static str {
    match reply.end {
        End::Stop => "end_turn",
        End::Length => "max_tokens",
        End::Calls => "tool_use",
    }
}

fn blocks(reply: &Reply) -> Value {
    match &reply.said {
        Said::Text(_) => json!([{"type": "text", "text": reply.text()}]),
        Said::Calls(calls) => calls
            .iter()
            .map(
                |call| json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}),
            )
            .collect(),
    }
}

fn stream(message: &Value, reply: &Reply) -> Answer {
    let mut chunks = Vec::new();
    let mut push = |kind: &str, mut data: Value| {
        data["type"] = json!(kind);
        chunks.push(format!("event: {kind}\ndata: {data}\n\n").into_bytes());
    };
    push("message_start", json!({"message": message}));
    let mut block = |index: usize, start: Value, deltas: Vec<Value>| {
        push("content_block_start", json!({"index": index, "content_block": start}));
        for delta in deltas {
            push("content_block_delta", json!({"index": index, "delta": delta}));
        }
        push("content_block_stop", json!({"index": index}));
    };
    match &reply.said {
        Said::Text(pieces) => {
            let deltas = pieces.iter().map(|piece| json!({"type": "text_delta", "text": piece}));
            block(0, json!({"type": "text", "text": ""}), deltas.collect());
        }
        Said::Calls(calls) => {
            for (index, call) in calls.iter().enumerate() {
                let start = json!({"type": "tool_use", "id": call.id, "name": call.name, "input": {}});
                let delta = json!({"type": "input_json_delta", "partial_json": call.arguments.to_string()});
                block(index, start, vec![delta]);
            }
        }
    }
    let delta = json!({"stop_reason": stop_reason(reply), "stop_sequence": null});
    push("message_delta", json!({"delta": delta, "usage": {"output_tokens": reply.tokens()}}));
    push("message_stop", json!({}));
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks }
}

#[cfg(test)]
mod tests {
    use super::super::seed::tests::request;
    use super::*;

    fn ask(body: &Value) -> String {
        answer(body, &Seed::of(&request(&body.to_string()))).body_text()
    }

    #[test]
    fn the_text_is_a_block() {
        let body = json!({"max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]});
        let answer: Value = serde_json::from_str(&ask(&body)).unwrap();
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
            "message_delta",
            "message_stop",
        ];
        assert_eq!(names, expected);
        assert!(text.contains(r#""stop_reason":"max_tokens""#));
    }
}
