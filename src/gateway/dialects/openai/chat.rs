//! Chat completions, whole and streamed.

use serde_json::{Value, json};

use super::super::reply::{Call, Reply, Said, Wanted, last_message};
use super::super::seed::Seed;
use super::{choices, done, event, finish_reason, flag, model_of, stops, usage};
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
    Wanted { prompt, most, stops: stops(body), schema, calls: calls(body) }
}

/// The tools that the answer calls: the one that is chosen, or the first one where the model may choose and was not
/// answered by a tool already.
fn calls(body: &Value) -> Vec<(&str, Option<&Value>)> {
    let mut tools = body.get("tools").and_then(Value::as_array).into_iter().flatten().filter_map(|tool| {
        let function = tool.get("function")?;
        Some((function.get("name")?.as_str()?, function.get("parameters")))
    });
    let choice = body.get("tool_choice");
    if let Some(chosen) = choice.and_then(|choice| choice.pointer("/function/name")).and_then(Value::as_str) {
        return tools.find(|(name, _)| *name == chosen).into_iter().collect();
    }
    match choice.and_then(Value::as_str) {
        Some("none") => Vec::new(),
        Some("required") => tools.next().into_iter().collect(),
        _ if answered_by_tool(body) => Vec::new(),
        _ => tools.next().into_iter().collect(),
    }
}

fn answered_by_tool(body: &Value) -> bool {
    let messages = body.get("messages").and_then(Value::as_array);
    let role = messages.and_then(|messages| messages.last()?.get("role")?.as_str());
    matches!(role, Some("tool" | "function"))
}

fn whole(body: &Value, seed: &Seed, replies: &[Reply]) -> Answer {
    let choices: Vec<Value> = replies
        .iter()
        .enumerate()
        .map(|(index, reply)| {
            let mut message = json!({"role": "assistant", "content": reply.text(), "refusal": null, "annotations": []});
            if let Said::Calls(calls) = &reply.said {
                message["tool_calls"] = calls.iter().map(call).collect();
            }
            let logprobs = logprobs(body, reply);
            json!({"index": index, "message": message, "logprobs": logprobs, "finish_reason": finish_reason(reply)})
        })
        .collect();
    let mut whole = head(body, seed, "chat.completion");
    whole["choices"] = Value::Array(choices);
    whole["usage"] = usage(body.get("messages"), replies);
    whole["service_tier"] = json!("default");
    Answer::json(200, &whole)
}

fn head(body: &Value, seed: &Seed, object: &str) -> Value {
    json!({"id": seed.id("chatcmpl-", 29), "object": object, "created": seed.created(), "model": model_of(body)})
}

fn call(call: &Call) -> Value {
    let function = json!({"name": call.name, "arguments": call.arguments.to_string()});
    json!({"id": call.id, "type": "function", "function": function})
}

fn logprobs(body: &Value, reply: &Reply) -> Value {
    match &reply.said {
        Said::Text(pieces) if flag(body, "logprobs") => {
            let content: Vec<Value> = pieces
                .iter()
                .map(|piece| json!({"token": piece, "logprob": -0.125, "bytes": piece.as_bytes(), "top_logprobs": []}))
                .collect();
            json!({"content": content, "refusal": null})
        }
        Said::Text(_) | Said::Calls(_) => Value::Null,
    }
}

fn stream(body: &Value, seed: &Seed, replies: &[Reply]) -> Answer {
    let with_usage = body.pointer("/stream_options/include_usage").and_then(Value::as_bool).unwrap_or(false);
    let chunk = |choices: Value, usage: Option<Value>| {
        let mut chunk = head(body, seed, "chat.completion.chunk");
        chunk["choices"] = choices;
        if with_usage {
            chunk["usage"] = usage.unwrap_or(Value::Null);
        }
        event(&chunk)
    };
    let mut chunks = Vec::new();
    for (index, reply) in replies.iter().enumerate() {
        let last = json!({});
        let deltas = deltas(reply).into_iter().map(|delta| (delta, Value::Null));
        for (delta, reason) in deltas.chain([(last, json!(finish_reason(reply)))]) {
            let choice = json!({"index": index, "delta": delta, "logprobs": null, "finish_reason": reason});
            chunks.push(chunk(json!([choice]), None));
        }
    }
    if with_usage {
        chunks.push(chunk(json!([]), Some(usage(body.get("messages"), replies))));
    }
    chunks.push(done());
    let headers = vec![("content-type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, chunks }
}

/// What a streamed choice consists of, up to its end.
fn deltas(reply: &Reply) -> Vec<Value> {
    match &reply.said {
        Said::Text(pieces) => {
            let first = json!({"role": "assistant", "content": "", "refusal": null});
            let rest = pieces.iter().map(|piece| json!({"content": piece}));
            [first].into_iter().chain(rest).collect()
        }
        Said::Calls(calls) => {
            let mut deltas = vec![json!({"role": "assistant", "content": null})];
            for (index, call) in calls.iter().enumerate() {
                let function = json!({"name": call.name, "arguments": ""});
                let start = json!({"index": index, "id": call.id, "type": "function", "function": function});
                deltas.push(json!({"tool_calls": [start]}));
                let arguments =
                    json!({"index": index, "function": {"arguments": call.arguments.to_string()}});
                deltas.push(json!({"tool_calls": [arguments]}));
            }
            deltas
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
}
