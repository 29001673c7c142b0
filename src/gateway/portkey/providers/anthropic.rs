//! Anthropic behind OpenAI's chat, and its own messages.

use serde_json::{Map, Value, json};

use super::super::javascript;
use super::super::routes::Function;
use super::{Context, Edition, State, Unsupported, chunk, errors, finish_reason, is_system, rules};

/// The base URL.
pub(super) const BASE: &str = "https://api.anthropic.com/v1";

const NAME: &str = "anthropic";

/// What the hosted service asks for where the client sets no bound; the open-source gateway asks for nothing.
const MOST_TOKENS: u64 = 64_000;

/// The path of a function.
pub(super) fn path(function: Function) -> &'static str {
    match function {
        Function::Complete => "/complete",
        Function::Chat | Function::Messages => "/messages",
        Function::CountTokens => "/messages/count_tokens",
        _ => "",
    }
}

/// The body that is sent.
pub(super) fn body(context: &Context<'_>) -> Result<Value, Unsupported> {
    match context.function {
        Function::Messages | Function::CountTokens => {
            Ok(Value::Object(rules::sent(rules::MESSAGES, &[], context.params)))
        }
        Function::Chat => Ok(Value::Object(chat(context))),
        Function::Complete => Ok(Value::Object(complete(context.params))),
        _ => Err(Unsupported),
    }
}

fn chat(context: &Context<'_>) -> Map<String, Value> {
    let params = context.params;
    let own = [
        rules::free("model"),
        rules::free("max_tokens"),
        rules::within("temperature", 0.0, 1.0),
        rules::from("top_p", -1.0),
        rules::free("top_k"),
        rules::free("stream"),
        rules::free("thinking"),
    ];
    let mut sent = rules::sent(&own, &[("model", "claude-2.1")], params);
    if let Some(messages) = params.get("messages") {
        let messages = messages.as_array().map(Vec::as_slice).unwrap_or_default();
        sent.insert("messages".to_owned(), messages.iter().filter_map(message).collect());
        sent.insert("system".to_owned(), Value::Array(system(messages)));
    }
    if let Some(tools) = params.get("tools") {
        sent.insert("tools".to_owned(), tools.as_array().into_iter().flatten().filter_map(tool).collect());
    }
    if let Some(choice) = params.get("tool_choice") {
        sent.insert("tool_choice".to_owned(), tool_choice(choice));
    }
    let renamed = [("max_completion_tokens", "max_tokens"), ("stop", "stop_sequences")];
    for (from, to) in renamed {
        if let Some(value) = params.get(from) {
            sent.insert(to.to_owned(), value.clone());
        }
    }
    if let Some(user) = params.get("user") {
        sent.insert("metadata".to_owned(), json!({"user_id": user}));
    }
    if context.edition == Edition::Hosted && !sent.contains_key("max_tokens") {
        sent.insert("max_tokens".to_owned(), json!(MOST_TOKENS));
    }
    sent
}

fn complete(params: &Map<String, Value>) -> Map<String, Value> {
    let own = [
        rules::free("model"),
        rules::within("temperature", 0.0, 1.0),
        rules::from("top_p", -1.0),
        rules::free("top_k"),
        rules::free("stream"),
    ];
    let mut sent = rules::sent(&own, &[("model", "claude-instant-1")], params);
    if let Some(prompt) = params.get("prompt") {
        let prompt = format!("\n\nHuman: {}\n\nAssistant:", javascript::text(Some(prompt)));
        sent.insert("prompt".to_owned(), prompt.into());
    }
    if let Some(most) = params.get("max_tokens") {
        sent.insert("max_tokens_to_sample".to_owned(), most.clone());
    }
    if let Some(stop) = params.get("stop") {
        sent.insert("stop_sequences".to_owned(), if stop.is_null() { json!([]) } else { stop.clone() });
    }
    if let Some(user) = params.get("user") {
        sent.insert("metadata".to_owned(), json!({"user_id": user}));
    }
    sent
}

/// A message of a conversation; none where it belongs to the system.
fn message(message: &Value) -> Option<Value> {
    if is_system(message) {
        return None;
    }
    let role = message.get("role").cloned().unwrap_or(Value::Null);
    let content = message.get("content");
    Some(match role.as_str() {
        Some("assistant") => assistant(message),
        Some("tool") => json!({"role": "user", "content": [{
            "type": "tool_result",
            "tool_use_id": message.get("tool_call_id").cloned().unwrap_or_else(|| json!("")),
            "content": content.cloned().unwrap_or(Value::Null),
        }]}),
        _ => match content {
            Some(Value::Array(parts)) if !parts.is_empty() => {
                json!({"role": role, "content": parts.iter().filter_map(part).collect::<Vec<_>>()})
            }
            Some(content) => json!({"role": role, "content": content}),
            None => json!({"role": role}),
        },
    })
}

fn assistant(message: &Value) -> Value {
    let content =
        message.get("content_blocks").filter(|blocks| !blocks.is_null()).or_else(|| message.get("content"));
    let mut parts = Vec::new();
    match content {
        Some(Value::String(text)) if !text.is_empty() => parts.push(json!({"type": "text", "text": text})),
        Some(Value::Array(blocks)) => {
            let kept = |block: &&Value| block.get("type").and_then(Value::as_str) != Some("tool_use");
            parts.extend(blocks.iter().filter(kept).cloned());
        }
        _ => {}
    }
    for call in message.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
        let text = call.pointer("/function/arguments").and_then(Value::as_str).unwrap_or_default();
        let input = javascript::parse(text.as_bytes()).unwrap_or_else(|| json!({}));
        let name = call.pointer("/function/name").cloned().unwrap_or(Value::Null);
        let id = call.get("id").cloned().unwrap_or(Value::Null);
        parts.push(json!({"type": "tool_use", "name": name, "id": id, "input": input}));
    }
    json!({"role": "assistant", "content": parts})
}

/// A part of a message that the gateway knows.
fn part(part: &Value) -> Option<Value> {
    let cached = javascript::truthy(part.get("cache_control"));
    let mut mapped = match part.get("type").and_then(Value::as_str)? {
        "text" => json!({"type": "text", "text": part.get("text").cloned().unwrap_or(Value::Null)}),
        "image_url" => return image(part),
        _ => return None,
    };
    if cached {
        mapped["cache_control"] = json!({"type": "ephemeral"});
    }
    Some(mapped)
}

fn image(part: &Value) -> Option<Value> {
    let url = part.pointer("/image_url/url").and_then(Value::as_str).filter(|url| !url.is_empty())?;
    if !url.starts_with("data:") {
        return Some(json!({"type": "image", "source": {"type": "url", "url": url}}));
    }
    let (kind, data) = url.split_once(';')?;
    let kind = kind.strip_prefix("data:")?;
    let data = data.split(',').nth(1).filter(|data| !data.is_empty())?;
    let block = if kind == "application/pdf" { "document" } else { "image" };
    let mut mapped = json!({"type": block, "source": {"type": "base64", "media_type": kind, "data": data}});
    if javascript::truthy(part.get("cache_control")) {
        mapped["cache_control"] = json!({"type": "ephemeral"});
    }
    Some(mapped)
}

/// What the system says, in Anthropic's place for it.
fn system(messages: &[Value]) -> Vec<Value> {
    let block = |text: &Value, cached: bool| {
        let mut block = json!({"text": text, "type": "text"});
        if cached {
            block["cache_control"] = json!({"type": "ephemeral"});
        }
        block
    };
    let mut blocks = Vec::new();
    for message in messages.iter().filter(|message| is_system(message)) {
        match message.get("content") {
            Some(Value::String(text)) => {
                blocks.push(block(&json!(text), javascript::truthy(message.get("cache_control"))));
            }
            Some(Value::Array(parts))
                if javascript::truthy(parts.first().and_then(|part| part.get("text"))) =>
            {
                blocks.extend(parts.iter().map(|part| {
                    let text = part.get("text").cloned().unwrap_or(Value::Null);
                    block(&text, javascript::truthy(part.get("cache_control")))
                }));
            }
            _ => {}
        }
    }
    blocks
}

fn tool(tool: &Value) -> Option<Value> {
    let Some(function) = tool.get("function") else {
        let kind = tool.get("type").and_then(Value::as_str).filter(|kind| !kind.is_empty())?;
        let mut mapped = tool.get(kind).and_then(Value::as_object).cloned().unwrap_or_default();
        let name = mapped.get("name").cloned();
        mapped.insert("name".to_owned(), json!(kind));
        match name {
            Some(name) => mapped.insert("type".to_owned(), name),
            None => mapped.remove("type"),
        };
        return Some(Value::Object(mapped));
    };
    let part = |path: &str| function.pointer(path).filter(|value| javascript::truthy(Some(value))).cloned();
    Some(json!({
        "name": function.get("name").cloned().unwrap_or(Value::Null),
        "description": part("/description").unwrap_or_else(|| json!("")),
        "input_schema": {
            "type": part("/parameters/type").unwrap_or_else(|| json!("object")),
            "properties": part("/parameters/properties").unwrap_or_else(|| json!({})),
            "required": part("/parameters/required").unwrap_or_else(|| json!([])),
            "$defs": part("/parameters/$defs").unwrap_or_else(|| json!({})),
        },
    }))
}

fn tool_choice(choice: &Value) -> Value {
    match choice {
        Value::String(word) => match word.as_str() {
            "required" => json!({"type": "any"}),
            "auto" => json!({"type": "auto"}),
            "none" => json!({"type": "none"}),
            _ => Value::Null,
        },
        Value::Object(_) => {
            json!({"type": "tool", "name": choice.pointer("/function/name").cloned().unwrap_or(Value::Null)})
        }
        _ => Value::Null,
    }
}

/// What an answer becomes.
pub(super) fn mapped(context: &Context<'_>, status: u16, body: &Value) -> Option<Value> {
    let error = body.get("error").filter(|_| status != 200);
    Some(match (context.function, error) {
        (Function::Chat | Function::Messages, Some(error)) => errors::kind_only(NAME, error),
        (Function::Messages, None) if body.get("model").is_some() => body.clone(),
        (Function::Chat, None) if body.get("content").is_some() => answer(context, body),
        (Function::Complete, _) if status != 200 => {
            errors::kind_only(NAME, body.get("error").unwrap_or(&Value::Null))
        }
        (Function::Complete, _) if body.get("completion").is_some() => completion(context, body),
        (Function::Chat | Function::Messages | Function::Complete, _) => errors::invalid(NAME, body),
        _ => return None,
    })
}

fn completion(context: &Context<'_>, body: &Value) -> Value {
    let reason = finish_reason(body.get("stop_reason"), context);
    let mut answer = json!({
        "object": "text_completion",
        "created": context.now,
        "provider": NAME,
        "choices": [{"text": body.get("completion"), "index": 0, "logprobs": null, "finish_reason": reason}],
    });
    for (from, to) in [("log_id", "id"), ("model", "model")] {
        if let Some(value) = body.get(from) {
            answer[to] = value.clone();
        }
    }
    answer
}

fn answer(context: &Context<'_>, body: &Value) -> Value {
    let parts = body.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is = |part: &Value, kind: &str| part.get("type").and_then(Value::as_str) == Some(kind);
    let texts = parts.iter().filter(|part| is(part, "text"));
    let text: String = texts.map(|part| javascript::text(part.get("text"))).collect();
    let calls = parts.iter().filter(|part| is(part, "tool_use")).map(|part| {
        let input = part.get("input").cloned().unwrap_or(Value::Null);
        json!({
            "id": part.get("id"),
            "type": "function",
            "function": {"name": part.get("name"), "arguments": input.to_string()},
        })
    });
    let calls: Vec<Value> = calls.collect();
    let mut message = json!({"role": "assistant", "content": text});
    if !context.strict {
        message["content_blocks"] = parts.iter().filter(|part| !is(part, "tool_use")).cloned().collect();
    }
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    let count = |key: &str| body.pointer(&format!("/usage/{key}")).and_then(Value::as_u64);
    let (input, output) = (count("input_tokens").unwrap_or(0), count("output_tokens").unwrap_or(0));
    let (written, read) = (count("cache_creation_input_tokens"), count("cache_read_input_tokens"));
    let mut usage = json!({
        "prompt_tokens": input,
        "completion_tokens": output,
        "total_tokens": input + output + written.unwrap_or(0) + read.unwrap_or(0),
        "prompt_tokens_details": {"cached_tokens": read.unwrap_or(0)},
    });
    if written.unwrap_or(0) > 0 || read.unwrap_or(0) > 0 {
        for (key, count) in [("cache_read_input_tokens", read), ("cache_creation_input_tokens", written)] {
            if let Some(count) = count {
                usage[key] = json!(count);
            }
        }
    }
    json!({
        "id": body.get("id"),
        "object": "chat.completion",
        "created": context.now,
        "model": body.get("model"),
        "provider": NAME,
        "choices": [{
            "message": message,
            "index": 0,
            "logprobs": null,
            "finish_reason": finish_reason(body.get("stop_reason"), context),
        }],
        "usage": usage,
    })
}

/// What an event of a stream becomes.
pub(super) fn event(context: &Context<'_>, state: &mut State, piece: &str) -> Result<Option<String>, ()> {
    let piece = piece.trim();
    if piece.starts_with("event: ping") || piece.starts_with("event: content_block_stop") {
        return Ok(Some(String::new()));
    }
    if piece.starts_with("event: message_stop") {
        return Ok(Some("data: [DONE]\n\n".to_owned()));
    }
    let named = ["content_block_delta", "content_block_start", "message_delta", "message_start", "error"];
    let data = named.iter().find_map(|name| piece.strip_prefix(&format!("event: {name}"))).unwrap_or(piece);
    let data = data.trim_start_matches(['\r', '\n']);
    let event = javascript::parse(data.strip_prefix("data: ").unwrap_or(data).trim().as_bytes()).ok_or(())?;
    let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
    if let ("error", Some(error)) = (kind, event.get("error")) {
        let mut last =
            frame(context, state, json!([{"finish_reason": error.get("type"), "delta": {"content": ""}}]));
        last["model"] = json!("");
        return Ok(Some(format!("{}data: [DONE]\n\n", chunk(&last))));
    }
    let used = event.pointer("/message/usage");
    if let ("message_start", Some(usage)) = (kind, used) {
        start(state, &event, usage);
        let delta = json!({"content": "", "role": "assistant"});
        let choice = json!([{"delta": delta, "index": 0, "logprobs": null, "finish_reason": null}]);
        return Ok(Some(chunk(&frame(context, state, choice))));
    }
    if let ("message_delta", Some(usage)) = (kind, event.get("usage")) {
        let reason = finish_reason(event.pointer("/delta/stop_reason"), context);
        let mut last = frame(context, state, json!([{"index": 0, "delta": {}, "finish_reason": reason}]));
        last["usage"] = total(state, usage);
        return Ok(Some(chunk(&last)));
    }
    Ok(Some(chunk(&delta(context, state, &event, kind))))
}

fn frame(context: &Context<'_>, state: &State, choices: Value) -> Value {
    let mut frame = json!({
        "id": context.id,
        "object": "chat.completion.chunk",
        "created": context.now,
        "model": state.model,
        "provider": NAME,
    });
    frame["choices"] = choices;
    frame
}

fn start(state: &mut State, event: &Value, usage: &Value) {
    event.pointer("/message/model").and_then(Value::as_str).unwrap_or_default().clone_into(&mut state.model);
    state.usage.clear();
    if let Some(tokens) = usage.get("input_tokens") {
        state.usage.insert("prompt_tokens".to_owned(), tokens.clone());
    }
    let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"];
    if cached.iter().any(|key| javascript::truthy(usage.get(*key))) {
        for key in cached {
            if let Some(count) = usage.get(key) {
                state.usage.insert(key.to_owned(), count.clone());
            }
        }
    }
}

fn total(state: &State, usage: &Value) -> Value {
    let told = |key: &str| state.usage.get(key).and_then(Value::as_u64).unwrap_or(0);
    let output = usage.get("output_tokens").and_then(Value::as_u64);
    let sum = told("prompt_tokens")
        + told("cache_creation_input_tokens")
        + told("cache_read_input_tokens")
        + output.unwrap_or(0);
    let mut total = Value::Object(state.usage.clone());
    if let Some(output) = output {
        total["completion_tokens"] = json!(output);
    }
    total["total_tokens"] = json!(sum);
    total["prompt_tokens_details"] = json!({"cached_tokens": told("cache_read_input_tokens")});
    total
}

fn delta(context: &Context<'_>, state: &mut State, event: &Value, kind: &str) -> Value {
    let block = event.get("content_block");
    let is_call = kind == "content_block_start"
        && block.and_then(|block| block.get("type")) == Some(&json!("tool_use"));
    let partial =
        event.pointer("/delta/partial_json").filter(|part| kind == "content_block_delta" && !part.is_null());
    let mut calls = Vec::new();
    if let (true, Some(block)) = (is_call, block) {
        state.tool += 1;
        calls.push(json!({
            "index": state.tool,
            "id": block.get("id"),
            "type": "function",
            "function": {"name": block.get("name"), "arguments": ""},
        }));
    } else if let Some(partial) = partial {
        calls.push(json!({"index": state.tool, "function": {"arguments": partial}}));
    }
    let mut delta = Map::new();
    if context.edition == Edition::Hosted {
        delta.insert("role".to_owned(), json!("assistant"));
    }
    if let Some(text) = event.pointer("/delta/text") {
        delta.insert("content".to_owned(), text.clone());
    }
    if !context.strict && calls.is_empty() {
        let mut inner = event.get("delta").or(block).cloned().unwrap_or_else(|| json!({}));
        if let Value::Object(members) = &mut inner {
            members.remove("type");
        }
        let mut entry = Map::new();
        if let Some(index) = event.get("index") {
            entry.insert("index".to_owned(), index.clone());
        }
        entry.insert("delta".to_owned(), inner);
        delta.insert("content_blocks".to_owned(), json!([entry]));
    }
    if !calls.is_empty() {
        delta.insert("tool_calls".to_owned(), Value::Array(calls));
    }
    frame(context, state, json!([{"delta": delta, "index": 0, "logprobs": null, "finish_reason": null}]))
}
