//! Google's Gemini behind OpenAI's chat.

use serde_json::{Map, Value, json};

use super::super::javascript::{self, truthy};
use super::super::routes::Function;
use super::{Context, State, Unsupported, chunk, errors, finish_reason, is_system};

/// The base URL.
pub(super) const BASE: &str = "https://generativelanguage.googleapis.com";

const NAME: &str = "google";

/// The parameters that make up the configuration of an answer.
const CONFIGURED: &[&str] = &[
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "response_format",
    "logprobs",
    "top_logprobs",
    "thinking",
    "seed",
    "modalities",
    "reasoning_effort",
    "image_config",
];

/// Models of old that know no system.
const WITHOUT_SYSTEM: &[&str] = &[
    "gemini-1.0-pro",
    "gemini-1.0-pro-001",
    "gemini-1.0-pro-latest",
    "gemini-1.0-pro-vision-latest",
    "gemini-pro",
    "gemini-pro-vision",
];

/// The path of a function, which names the model and carries the credential.
pub(super) fn path(context: &Context<'_>, key: Option<&str>) -> String {
    let key = key.unwrap_or("undefined");
    let model = javascript::text(context.params.get("model"));
    let version = if model.contains("gemini-2.0-flash-thinking-exp") { "v1alpha" } else { "v1beta" };
    let verb = match context.function {
        Function::Chat if truthy(context.params.get("stream")) => "streamGenerateContent",
        Function::Chat => "generateContent",
        Function::Embed => "embedContent",
        _ => return String::new(),
    };
    format!("/{version}/models/{model}:{verb}?key={key}")
}

/// The body that is sent.
pub(super) fn body(context: &Context<'_>) -> Result<Value, Unsupported> {
    match context.function {
        Function::Chat => Ok(Value::Object(chat(context.params))),
        Function::Embed => Ok(Value::Object(embed(context.params))),
        _ => Err(Unsupported),
    }
}

fn embed(params: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = Map::new();
    if let Some(input) = params.get("input") {
        let inputs = input.as_array().cloned().unwrap_or_else(|| vec![input.clone()]);
        let parts: Vec<Value> = inputs.iter().map(|text| json!({"text": text})).collect();
        sent.insert("content".to_owned(), json!({"parts": parts}));
    }
    let model = params.get("model").cloned().unwrap_or_else(|| json!("embedding-001"));
    sent.insert("model".to_owned(), model);
    sent
}

fn chat(params: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = Map::new();
    sent.insert("model".to_owned(), params.get("model").cloned().unwrap_or_else(|| json!("gemini-1.5-pro")));
    if let Some(messages) = params.get("messages") {
        let messages = messages.as_array().map(Vec::as_slice).unwrap_or_default();
        let model = params.get("model").and_then(Value::as_str).unwrap_or_default();
        sent.insert("contents".to_owned(), Value::Array(contents(messages, model)));
        if let Some(system) = system(messages, model) {
            sent.insert("systemInstruction".to_owned(), system);
        }
    }
    if CONFIGURED.iter().any(|name| params.contains_key(*name)) {
        sent.insert("generationConfig".to_owned(), Value::Object(configuration(params)));
    }
    if let Some(tools) = params.get("tools") {
        let functions: Vec<Value> = tools.as_array().into_iter().flatten().filter_map(declaration).collect();
        let tools =
            if functions.is_empty() { json!([]) } else { json!([{"functionDeclarations": functions}]) };
        sent.insert("tools".to_owned(), tools);
    }
    if let Some(choice) = params.get("tool_choice") {
        sent.insert("tool_config".to_owned(), tool_config(choice));
    }
    sent
}

fn system(messages: &[Value], model: &str) -> Option<Value> {
    let first = messages.first().filter(|first| is_system(first) && !WITHOUT_SYSTEM.contains(&model))?;
    let text = match first.get("content")? {
        Value::String(text) => json!(text),
        parts => parts.pointer("/0/text").filter(|text| truthy(Some(text)))?.clone(),
    };
    Some(json!({"parts": [{"text": text}], "role": "system"}))
}

fn contents(messages: &[Value], model: &str) -> Vec<Value> {
    let mut contents: Vec<Value> = Vec::new();
    let mut last = String::new();
    for message in messages {
        if is_system(message) && !WITHOUT_SYSTEM.contains(&model) {
            continue;
        }
        let role = match message.get("role").and_then(Value::as_str).unwrap_or_default() {
            "assistant" => "model",
            "tool" => "function",
            "developer" => "system",
            other => other,
        };
        let parts = parts(message);
        let joined = contents.last_mut().filter(|_| role == last && !model.contains("vision"));
        match joined.and_then(|content| content.get_mut("parts")).and_then(Value::as_array_mut) {
            Some(before) => before.extend(parts),
            None => contents.push(json!({"role": role, "parts": parts})),
        }
        role.clone_into(&mut last);
    }
    contents
}

fn parts(message: &Value) -> Vec<Value> {
    let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
    if let (true, Some(calls)) = (role == "assistant", message.get("tool_calls").and_then(Value::as_array)) {
        let call = |call: &Value| {
            let text = call.pointer("/function/arguments").and_then(Value::as_str).unwrap_or_default();
            let given = javascript::parse(text.as_bytes()).unwrap_or(Value::Null);
            json!({"functionCall": {"name": call.pointer("/function/name"), "args": given}})
        };
        return calls.iter().map(call).collect();
    }
    if role == "tool" {
        let name = message.get("name").cloned().unwrap_or_else(|| json!("gateway-tool-filler-name"));
        let output = message.get("content").cloned().unwrap_or_else(|| json!(""));
        return vec![json!({"functionResponse": {"name": name, "response": {"output": output}}})];
    }
    match message.get("content") {
        Some(Value::String(text)) => vec![json!({"text": text})],
        Some(Value::Array(parts)) => parts.iter().filter_map(part).collect(),
        _ => Vec::new(),
    }
}

fn part(part: &Value) -> Option<Value> {
    match part.get("type").and_then(Value::as_str)? {
        "text" => Some(json!({"text": part.get("text")})),
        "image_url" => {
            let url = part.pointer("/image_url/url").and_then(Value::as_str).filter(|url| !url.is_empty())?;
            let (kind, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
            Some(json!({"inlineData": {"mimeType": kind, "data": data}}))
        }
        _ => None,
    }
}

fn configuration(params: &Map<String, Value>) -> Map<String, Value> {
    let mut sent = Map::new();
    let names = [
        ("temperature", "temperature"),
        ("top_p", "topP"),
        ("top_k", "topK"),
        ("max_tokens", "maxOutputTokens"),
        ("max_completion_tokens", "maxOutputTokens"),
        ("top_logprobs", "logprobs"),
        ("seed", "seed"),
    ];
    for (from, to) in names {
        if let Some(value) = params.get(from).filter(|value| !value.is_null()) {
            sent.insert(to.to_owned(), value.clone());
        }
    }
    for (from, to) in [("stop", "stopSequences"), ("logprobs", "responseLogprobs")] {
        if let Some(value) = params.get(from).filter(|value| truthy(Some(value))) {
            sent.insert(to.to_owned(), value.clone());
        }
    }
    let form = params.get("response_format");
    match form.and_then(|form| form.get("type")).and_then(Value::as_str) {
        Some("json_object") => {
            sent.insert("responseMimeType".to_owned(), json!("application/json"));
        }
        Some("json_schema") => {
            let wrapped = form.and_then(|form| form.get("json_schema")).cloned().unwrap_or(Value::Null);
            let mut schema = wrapped.get("schema").cloned().unwrap_or(wrapped);
            clean(&mut schema, 0);
            sent.insert("responseMimeType".to_owned(), json!("application/json"));
            sent.insert("responseSchema".to_owned(), schema);
        }
        _ => {}
    }
    if let Some(thinking) = params.get("thinking").filter(|thinking| truthy(Some(thinking))) {
        let budget = thinking.get("budget_tokens");
        let on = thinking.get("type").and_then(Value::as_str) == Some("enabled") && truthy(budget);
        let mut config = json!({"include_thoughts": on});
        if let Some(budget) = budget {
            config["thinking_budget"] = budget.clone();
        }
        sent.insert("thinking_config".to_owned(), config);
    }
    if let Some(Value::Array(kinds)) = params.get("modalities") {
        let kinds = kinds.iter().map(|kind| javascript::text(Some(kind)).to_uppercase());
        sent.insert("responseModalities".to_owned(), kinds.collect());
    }
    let effort = params.get("reasoning_effort").filter(|effort| truthy(Some(effort)));
    if let Some(effort) = effort.filter(|effort| **effort != json!("none")) {
        sent.insert("thinkingConfig".to_owned(), json!({"thinkingLevel": effort}));
    }
    sent
}

/// Takes out of a schema what Gemini does not know.
fn clean(schema: &mut Value, depth: usize) {
    if depth > 64 {
        return;
    }
    match schema {
        Value::Object(members) => {
            for key in ["additional_properties", "additionalProperties", "$schema"] {
                members.remove(key);
            }
            members.values_mut().for_each(|member| clean(member, depth + 1));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| clean(element, depth + 1)),
        _ => {}
    }
}

fn declaration(tool: &Value) -> Option<Value> {
    let function =
        tool.get("function").filter(|_| tool.get("type").and_then(Value::as_str) == Some("function"))?;
    let mut function = function.clone();
    if let Value::Object(members) = &mut function {
        members.remove("strict");
        if let Some(parameters) = members.get_mut("parameters") {
            clean(parameters, 0);
        }
    }
    Some(function)
}

fn tool_config(choice: &Value) -> Value {
    let mode = match choice {
        Value::Object(_) if choice.get("type").and_then(Value::as_str) == Some("function") => Some("ANY"),
        Value::String(word) => match word.as_str() {
            "auto" => Some("AUTO"),
            "none" => Some("NONE"),
            "required" => Some("ANY"),
            _ => None,
        },
        _ => None,
    };
    if !truthy(Some(choice)) {
        return json!({});
    }
    let mut config = Map::new();
    if let Some(mode) = mode {
        config.insert("mode".to_owned(), json!(mode));
    }
    if let Some(name) = choice.pointer("/function/name") {
        config.insert("allowed_function_names".to_owned(), json!([name]));
    }
    json!({"function_calling_config": config})
}

/// What an answer becomes.
pub(super) fn mapped(context: &Context<'_>, status: u16, body: &Value) -> Option<Value> {
    if !matches!(context.function, Function::Chat | Function::Embed) {
        return None;
    }
    if let Some(error) = body.get("error").filter(|_| status != 200) {
        let part = |key: &str| error.get(key).cloned().unwrap_or(Value::Null);
        let message = part("message").as_str().map(str::to_owned).unwrap_or_default();
        let written =
            json!({"message": message, "type": part("status"), "param": null, "code": part("code")});
        return Some(errors::of(NAME, &written));
    }
    Some(match context.function {
        Function::Chat if body.get("candidates").is_some() => answer(context, body),
        Function::Embed if body.get("embedding").is_some() => json!({
            "object": "list",
            "data": [{"object": "embedding", "embedding": body.pointer("/embedding/values"), "index": 0}],
            "model": context.params.get("model").cloned().unwrap_or_else(|| json!("")),
            "usage": {"prompt_tokens": -1, "total_tokens": -1},
        }),
        _ => errors::invalid(NAME, body),
    })
}

fn answer(context: &Context<'_>, body: &Value) -> Value {
    let count =
        |key: &str| body.pointer(&format!("/usageMetadata/{key}")).cloned().unwrap_or_else(|| json!(0));
    let candidates = body.get("candidates").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let choices = candidates.iter().enumerate().map(|(at, candidate)| choice(context, at, candidate));
    let mut answer = json!({
        "id": format!("portkey-{}", context.id),
        "object": "chat.completion",
        "created": context.now,
        "provider": NAME,
        "choices": choices.collect::<Vec<_>>(),
        "usage": {
            "prompt_tokens": count("promptTokenCount"),
            "completion_tokens": count("candidatesTokenCount"),
            "total_tokens": count("totalTokenCount"),
            "completion_tokens_details": {"reasoning_tokens": count("thoughtsTokenCount"), "audio_tokens": 0},
            "prompt_tokens_details": {"cached_tokens": count("cachedContentTokenCount"), "audio_tokens": 0},
        },
    });
    if let Some(model) = body.get("modelVersion") {
        answer["model"] = model.clone();
    }
    answer
}

fn choice(context: &Context<'_>, at: usize, candidate: &Value) -> Value {
    let parts =
        candidate.pointer("/content/parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (mut calls, mut text, mut blocks) = (Vec::new(), String::new(), Vec::new());
    for part in parts {
        if let Some(call) = part.get("functionCall") {
            calls.push(call_of(context, calls.len(), call));
        } else if let Some(said) = part.get("text").and_then(Value::as_str).filter(|said| !said.is_empty()) {
            if truthy(part.get("thought")) {
                blocks.push(json!({"type": "thinking", "thinking": said}));
            } else {
                text.push_str(said);
                blocks.push(json!({"type": "text", "text": said}));
            }
        } else if let Some(data) = part.get("inlineData") {
            let shown = |key: &str| javascript::text(data.get(key));
            let url = format!("data:{};base64,{}", shown("mimeType"), shown("data"));
            blocks.push(json!({"type": "image_url", "image_url": {"url": url}}));
        }
    }
    let mut message = json!({"role": "assistant"});
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    if !text.is_empty() {
        message["content"] = json!(text);
    }
    if !context.strict && !blocks.is_empty() {
        message["content_blocks"] = Value::Array(blocks);
    }
    json!({
        "message": message,
        "index": candidate.get("index").cloned().unwrap_or_else(|| json!(at)),
        "finish_reason": finish_reason(candidate.get("finishReason"), context),
    })
}

fn call_of(context: &Context<'_>, at: usize, call: &Value) -> Value {
    let given = call.get("args").cloned().unwrap_or(Value::Null);
    json!({
        "id": format!("portkey-{}-{at}", context.id),
        "type": "function",
        "function": {"name": call.get("name"), "arguments": given.to_string()},
    })
}

/// What an event of a stream becomes.
pub(super) fn event(context: &Context<'_>, state: &mut State, piece: &str) -> Result<String, ()> {
    let mut piece = piece.trim();
    piece = piece.strip_prefix('[').unwrap_or(piece);
    piece = piece.strip_suffix(',').unwrap_or(piece);
    piece = piece.strip_suffix("\n]").or_else(|| piece.strip_suffix("]")).unwrap_or(piece);
    let piece = piece.strip_prefix("data: ").unwrap_or(piece).trim();
    if piece == "[DONE]" {
        return Ok("data: [DONE]\n\n".to_owned());
    }
    let event = javascript::parse(piece.as_bytes()).ok_or(())?;
    let candidates = event.get("candidates").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let choices: Vec<Value> = candidates
        .iter()
        .enumerate()
        .map(|(at, candidate)| streamed(context, state, (at, candidate)))
        .collect();
    let mut data = json!({
        "id": context.id,
        "object": "chat.completion.chunk",
        "created": context.now,
        "provider": NAME,
        "choices": choices,
    });
    if let Some(model) = event.get("modelVersion") {
        data["model"] = model.clone();
    }
    let usage = event.get("usageMetadata");
    if let Some(usage) = usage.filter(|usage| truthy(usage.get("candidatesTokenCount"))) {
        data["usage"] = counted(usage);
    }
    Ok(chunk(&data))
}

/// The count of tokens in a stream; what Google does not say is left out.
fn counted(usage: &Value) -> Value {
    let mut counted = Map::new();
    let names = [
        ("prompt_tokens", "promptTokenCount"),
        ("completion_tokens", "candidatesTokenCount"),
        ("total_tokens", "totalTokenCount"),
    ];
    for (to, from) in names {
        if let Some(count) = usage.get(from) {
            counted.insert(to.to_owned(), count.clone());
        }
    }
    let thoughts = usage.get("thoughtsTokenCount").cloned().unwrap_or_else(|| json!(0));
    counted.insert("completion_tokens_details".to_owned(), json!({"reasoning_tokens": thoughts}));
    let cached =
        usage.get("cachedContentTokenCount").map(|count| ("cached_tokens".to_owned(), count.clone()));
    counted.insert("prompt_tokens_details".to_owned(), Value::Object(cached.into_iter().collect()));
    Value::Object(counted)
}

fn streamed(context: &Context<'_>, state: &mut State, candidate: (usize, &Value)) -> Value {
    let (at, candidate) = candidate;
    let parts =
        candidate.pointer("/content/parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut delta = json!({"role": "assistant", "content": ""});
    let first = parts.first();
    if first.is_some_and(|part| truthy(part.get("text"))) {
        let mut blocks = Vec::new();
        let mut text = String::new();
        for part in parts {
            let said = part.get("text").and_then(Value::as_str).unwrap_or_default();
            if truthy(part.get("thought")) {
                blocks.push(json!({"index": 0, "delta": {"thinking": said}}));
                state.thinks = true;
            } else {
                text.push_str(said);
                blocks.push(json!({"index": u8::from(state.thinks), "delta": {"text": said}}));
            }
        }
        delta["content"] = json!(text);
        if !context.strict {
            delta["content_blocks"] = Value::Array(blocks);
        }
    } else if first.is_some_and(|part| part.get("functionCall").is_some()) {
        let calls = parts.iter().enumerate().filter_map(|(index, part)| {
            let mut call = call_of(context, index, part.get("functionCall")?);
            call["index"] = json!(index);
            Some(call)
        });
        delta = json!({"role": "assistant", "tool_calls": calls.collect::<Vec<_>>()});
    }
    let reason = candidate.get("finishReason").filter(|reason| truthy(Some(reason)));
    json!({
        "delta": delta,
        "index": candidate.get("index").cloned().unwrap_or_else(|| json!(at)),
        "finish_reason": reason.map_or(Value::Null, |reason| finish_reason(Some(reason), context)),
    })
}
