//! Chat completions, whole and streamed.

use serde_json::{Value, json};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::media;
use super::super::reply::{
    Call, Choice, Last, Number, Reply, Said, Takes, Tool, Wanted, chosen, last_message,
};
use super::super::seed::Seed;
use super::{
    chance, choices, done, event, finish_reason, flag, model_of, stops, stream_of, tokenizer, usage,
};
use crate::gateway::exchange::Answer;

/// The answer to a body that was found right.
pub(in crate::gateway) fn answer(body: &Value, seed: &Seed) -> Answer {
    let wanted = wanted(body);
    let replies: Vec<Reply> = (0..choices(body)).map(|choice| Reply::new(&wanted, seed, choice)).collect();
    if flag(body, "stream") { stream(body, seed, &replies) } else { whole(body, seed, &replies) }
}

fn wanted(body: &Value) -> Wanted<'_> {
    let most = ["max_completion_tokens", "max_tokens"].iter().find_map(|key| body.get(*key)?.as_u64());
    let format = body.get("response_format");
    let schema = match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
        Some("json_object") => Some(&Value::Null),
        Some("json_schema") => {
            format.and_then(|format| format.pointer("/json_schema/schema")).or(Some(&Value::Null))
        }
        _ => None,
    };
    let prompt = last_message(body.get("messages"));
    let calls = if body.get("functions").is_some() { functions(body) } else { calls(body) };
    Wanted { prompt, most, stops: stops(body), schema, calls, tokenizer: tokenizer(body) }
}

/// The tools that the answer calls.
fn calls(body: &Value) -> Vec<Tool<'_>> {
    let tools = body.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(|tool| {
        if let Some(custom) = tool.get("custom") {
            return Some(Tool { name: custom.get("name")?.as_str()?, takes: Takes::Text });
        }
        function(tool.get("function")?)
    });
    let choice = body.get("tool_choice");
    let named = choice.and_then(|choice| choice.pointer("/function/name").or(choice.pointer("/custom/name")));
    let mode = choice.and_then(|choice| choice.as_str().or(choice.pointer("/allowed_tools/mode")?.as_str()));
    let choice = match (named.and_then(Value::as_str), mode) {
        (Some(name), _) => Choice::Named(name),
        (None, Some("none")) => Choice::Nothing,
        (None, Some("required")) => Choice::Needed,
        (None, _) => Choice::Free,
    };
    let number = if flag(body, "parallel_tool_calls") { Number::Each } else { Number::One };
    chosen(tools, choice, number, last(body))
}

/// The same in the words of 2023, which are deprecated.
fn functions(body: &Value) -> Vec<Tool<'_>> {
    let functions =
        body.get("functions").and_then(Value::as_array).into_iter().flatten().filter_map(function);
    let call = body.get("function_call");
    let choice = match (call.and_then(|call| call.get("name")?.as_str()), call.and_then(Value::as_str)) {
        (Some(name), _) => Choice::Named(name),
        (None, Some("none")) => Choice::Nothing,
        (None, _) => Choice::Free,
    };
    chosen(functions, choice, Number::One, last(body))
}

fn function(function: &Value) -> Option<Tool<'_>> {
    Some(Tool { name: function.get("name")?.as_str()?, takes: Takes::Arguments(function.get("parameters")) })
}

fn last(body: &Value) -> Last {
    let messages = body.get("messages").and_then(Value::as_array);
    let role = messages.and_then(|messages| messages.last()?.get("role")?.as_str());
    if matches!(role, Some("tool" | "function")) { Last::Tool } else { Last::Other }
}

/// Why a choice ends; a call in the words of 2023 has a word of its own.
fn reason(body: &Value, reply: &Reply) -> &'static str {
    match finish_reason(reply) {
        "tool_calls" if body.get("functions").is_some() => "function_call",
        reason => reason,
    }
}

fn whole(body: &Value, seed: &Seed, replies: &[Reply]) -> Answer {
    let choices: Vec<Value> = replies
        .iter()
        .enumerate()
        .map(|(index, reply)| {
            let message = message(body, reply, seed);
            let logprobs = logprobs(body, reply, seed);
            json!({"index": index, "message": message, "logprobs": logprobs, "finish_reason": reason(body, reply)})
        })
        .collect();
    let mut whole = head(body, seed, "chat.completion");
    whole["choices"] = Value::Array(choices);
    whole["usage"] = usage(body, "messages", replies);
    whole["service_tier"] = json!("default");
    whole["system_fingerprint"] = Value::Null;
    Answer::json(200, &whole)
}

fn message(body: &Value, reply: &Reply, seed: &Seed) -> Value {
    let mut message =
        json!({"role": "assistant", "content": reply.text(), "refusal": null, "annotations": []});
    match &reply.said {
        Said::Calls(calls) if body.get("functions").is_some() => {
            let first = calls.first();
            message["function_call"] =
                first.map_or(Value::Null, |call| json!({"name": call.name, "arguments": call.written()}));
        }
        Said::Calls(calls) => message["tool_calls"] = calls.iter().map(call).collect(),
        Said::Text(_) if speaks(body) => {
            message["content"] = Value::Null;
            message["audio"] = json!({"id": seed.id("audio_", 24), "data": STANDARD.encode(media::silence()),
                "expires_at": seed.created() + 3600, "transcript": reply.text()});
        }
        Said::Text(_) => {}
    }
    message
}

/// Whether the answer is to be heard.
fn speaks(body: &Value) -> bool {
    let modalities = body.get("modalities").and_then(Value::as_array);
    modalities.is_some_and(|modalities| modalities.iter().any(|modality| modality == "audio"))
}

fn head(body: &Value, seed: &Seed, object: &str) -> Value {
    json!({"id": seed.id("chatcmpl-", 29), "object": object, "created": seed.created(), "model": model_of(body)})
}

fn call(call: &Call) -> Value {
    let id = format!("call_{}", call.id);
    if call.arguments.is_string() {
        let custom = json!({"name": call.name, "input": call.written()});
        return json!({"id": id, "type": "custom", "custom": custom});
    }
    let function = json!({"name": call.name, "arguments": call.written()});
    json!({"id": id, "type": "function", "function": function})
}

fn logprobs(body: &Value, reply: &Reply, seed: &Seed) -> Value {
    match &reply.said {
        Said::Text(pieces) if flag(body, "logprobs") => {
            let content = pieces.iter().enumerate().map(|(place, piece)| likely(body, seed, place, piece));
            json!({"content": content.collect::<Vec<_>>(), "refusal": null})
        }
        Said::Text(_) | Said::Calls(_) => Value::Null,
    }
}

/// How likely a piece was, and what was likely beside it.
fn likely(body: &Value, seed: &Seed, place: usize, piece: &str) -> Value {
    let most = body.get("top_logprobs").and_then(Value::as_u64).unwrap_or(0).min(20);
    let own = chance(seed, place);
    let mut tops = Vec::new();
    for rank in 0..most {
        let (token, chance) = match rank {
            0 => (piece.to_owned(), own),
            _ => (format!("{piece}{rank}"), own - 1.5 * f64::from(u32::try_from(rank).unwrap_or_default())),
        };
        tops.push(json!({"token": token, "logprob": chance, "bytes": token.as_bytes()}));
    }
    json!({"token": piece, "logprob": own, "bytes": piece.as_bytes(), "top_logprobs": tops})
}

fn stream(body: &Value, seed: &Seed, replies: &[Reply]) -> Answer {
    let with_usage = body.pointer("/stream_options/include_usage").and_then(Value::as_bool).unwrap_or(false);
    let head = head(body, seed, "chat.completion.chunk");
    let chunk = |choices: Value, usage: Option<Value>| {
        let mut chunk = head.clone();
        chunk["choices"] = choices;
        if with_usage {
            chunk["usage"] = usage.unwrap_or(Value::Null);
        }
        event(&chunk)
    };
    let mut chunks = Vec::new();
    for (index, reply) in replies.iter().enumerate() {
        let last = (json!({}), Value::Null);
        let deltas = deltas(body, reply, seed);
        let end = deltas.len();
        for (at, (delta, logprobs)) in deltas.into_iter().chain([last]).enumerate() {
            let reason = if at == end { json!(reason(body, reply)) } else { Value::Null };
            let choice =
                json!({"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": reason});
            chunks.push(chunk(json!([choice]), None));
        }
    }
    if with_usage {
        chunks.push(chunk(json!([]), Some(usage(body, "messages", replies))));
    }
    chunks.push(done());
    stream_of(chunks)
}

/// What a streamed choice consists of, up to its end, each with how likely it was.
fn deltas(body: &Value, reply: &Reply, seed: &Seed) -> Vec<(Value, Value)> {
    match &reply.said {
        Said::Text(pieces) => {
            let mut deltas =
                vec![(json!({"role": "assistant", "content": "", "refusal": null}), Value::Null)];
            for (place, piece) in pieces.iter().enumerate() {
                let logprobs = if flag(body, "logprobs") {
                    json!({"content": [likely(body, seed, place, piece)], "refusal": null})
                } else {
                    Value::Null
                };
                deltas.push((json!({"content": piece}), logprobs));
            }
            deltas
        }
        Said::Calls(calls) => {
            let mut deltas = vec![json!({"role": "assistant", "content": null})];
            if let (Some(call), true) = (calls.first(), body.get("functions").is_some()) {
                deltas.push(json!({"function_call": {"name": call.name, "arguments": ""}}));
                deltas.push(json!({"function_call": {"arguments": call.written()}}));
            } else {
                for (index, one) in calls.iter().enumerate() {
                    let key = if one.arguments.is_string() {
                        ("custom", "input")
                    } else {
                        ("function", "arguments")
                    };
                    let mut start = call(one);
                    start[key.0][key.1] = json!("");
                    start["index"] = json!(index);
                    deltas.push(json!({"tool_calls": [start]}));
                    let rest = json!({"index": index, key.0: {key.1: one.written()}});
                    deltas.push(json!({"tool_calls": [rest]}));
                }
            }
            deltas.into_iter().map(|delta| (delta, Value::Null)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::seed::tests::request;
    use super::*;

    fn ask(body: &Value) -> Answer {
        answer(body, &Seed::of(&request(&body.to_string())))
    }

    fn asked(body: &Value) -> Value {
        serde_json::from_str(&ask(body).body_text()).unwrap()
    }

    #[test]
    fn the_prompt_is_heard() {
        let body = json!({"model": "gpt-5.5", "messages": [{"role": "user", "content": "Say hi"}]});
        let answer = asked(&body);
        assert_eq!(answer["choices"][0]["message"]["content"], "The mock gateway heard: Say hi");
        assert_eq!(answer["model"], "gpt-5.5");
        assert_eq!(ask(&body), ask(&body));
    }

    #[test]
    fn as_many_choices_as_wanted() {
        assert_eq!(asked(&json!({"n": 3}))["choices"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn the_length_is_kept() {
        let answer = asked(&json!({"max_tokens": 2, "messages": [{"role": "user", "content": "Hi"}]}));
        assert_eq!(answer["choices"][0]["message"]["content"], "The mock");
        assert_eq!(answer["choices"][0]["finish_reason"], "length");
        assert_eq!(answer["usage"]["completion_tokens"], 2);
    }

    #[test]
    fn a_stop_ends_it() {
        let answer = asked(&json!({"stop": [" heard"], "messages": []}));
        assert_eq!(answer["choices"][0]["message"]["content"], "The mock gateway");
    }

    #[test]
    fn a_schema_is_kept() {
        let schema =
            json!({"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}});
        let format = json!({"type": "json_schema", "json_schema": {"name": "place", "schema": schema}});
        let answer = asked(&json!({"response_format": format}));
        assert_eq!(answer["choices"][0]["message"]["content"], r#"{"city":"city"}"#);
    }

    #[test]
    fn a_tool_is_called() {
        let parameters = json!({"type": "object", "properties": {"days": {"type": "integer", "minimum": 3}}});
        let tools = json!([{"type": "function", "function": {"name": "forecast", "parameters": parameters}}]);
        let answer = asked(&json!({"tools": tools, "tool_choice": "required"}));
        let choice = &answer["choices"][0];
        assert_eq!(choice["finish_reason"], "tool_calls");
        assert_eq!(choice["message"]["content"], Value::Null);
        assert_eq!(choice["message"]["tool_calls"][0]["function"]["arguments"], r#"{"days":3}"#);
    }

    #[test]
    fn an_answered_tool_is_not_called_again() {
        let tools = json!([{"type": "function", "function": {"name": "forecast"}}]);
        let messages = json!([{"role": "tool", "tool_call_id": "a", "content": "sun"}]);
        let answer = asked(&json!({"tools": tools, "messages": messages}));
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
    }

    #[test]
    fn a_stream_says_the_same_and_ends() {
        let body = json!({"stream": true, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": "Hi"}]});
        let answer = ask(&body);
        assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
        let text = answer.body_text();
        let events: Vec<&str> = text.split_terminator("\n\n").collect();
        assert_eq!(events.last(), Some(&"data: [DONE]"));
        let said: String = events
            .iter()
            .filter_map(|event| serde_json::from_str::<Value>(event.strip_prefix("data: ")?).ok())
            .filter_map(|event| Some(event["choices"][0]["delta"]["content"].as_str()?.to_owned()))
            .collect();
        assert_eq!(said, "The mock gateway heard: Hi");
        assert!(events[events.len() - 2].contains(r#""choices":[],"usage":{"prompt_tokens""#));
        assert!(events[0].contains(r#""usage":null"#));
    }
    #[test]
    fn each_tool_is_called_where_several_are_asked_for() {
        let tool = |name: &str| json!({"type": "function", "function": {"name": name}});
        let answer = asked(&json!({"tools": [tool("a"), tool("b")], "parallel_tool_calls": true}));
        let calls = answer["choices"][0]["message"]["tool_calls"].as_array().unwrap().clone();
        assert_eq!(calls.len(), 2);
        assert_ne!(calls[0]["id"], calls[1]["id"]);
    }

    #[test]
    fn functions_are_called_in_their_own_words() {
        let answer = asked(&json!({"functions": [{"name": "forecast"}]}));
        let choice = &answer["choices"][0];
        assert_eq!(choice["finish_reason"], "function_call");
        assert_eq!(choice["message"]["function_call"]["name"], "forecast");
    }

    #[test]
    fn a_custom_tool_takes_a_text() {
        let body = json!({"tools": [{"type": "custom", "custom": {"name": "run"}}],
            "messages": [{"role": "user", "content": "ls"}]});
        assert_eq!(asked(&body)["choices"][0]["message"]["tool_calls"][0]["custom"]["input"], "ls");
    }

    #[test]
    fn what_was_likely_is_said_where_it_is_asked_for() {
        let answer = asked(&json!({"logprobs": true, "top_logprobs": 2, "messages": []}));
        let first = &answer["choices"][0]["logprobs"]["content"][0];
        assert_eq!(first["top_logprobs"].as_array().unwrap().len(), 2);
        assert!(first["logprob"].as_f64().unwrap() <= 0.0);
    }

    #[test]
    fn a_picture_is_heard_of() {
        let parts = json!([{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]);
        let answer = asked(&json!({"messages": [{"role": "user", "content": parts}]}));
        assert_eq!(answer["choices"][0]["message"]["content"], "The mock gateway heard: What is it? [image]");
    }
}
