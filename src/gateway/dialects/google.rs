//! Google's content, whole and as a stream; counts of tokens; embeddings; the list of models.

use serde_json::{Value, json};

use super::reply::{
    Choice, End, Last, Number, Reply, Said, THOUGHT, Takes, Tool, Wanted, chosen, content, heard,
};
use super::seed::Seed;
use super::tokens;
use crate::gateway::exchange::Answer;

/// How a stream is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::gateway) enum Framing {
    /// As one JSON array.
    Array,
    /// As events, with `alt=sse`.
    Events,
}

/// A member by its name, which may also be written with underscores.
fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.get(name).or_else(|| {
        let mut snake = String::with_capacity(name.len() + 4);
        for letter in name.chars() {
            if letter.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(letter.to_ascii_lowercase());
        }
        value.get(snake)
    })
}

fn setting<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    member(member(body, "generationConfig")?, name)
}

/// The answer to a body that was found right.
pub(in crate::gateway) fn generate(model: &str, body: &Value, seed: &Seed) -> Answer {
    let (replies, mut whole) = (replies(body, seed), frame(model, seed));
    let candidates = replies.iter().enumerate().map(|(index, reply)| {
        json!({"content": {"role": "model", "parts": parts(body, reply)}, "finishReason": reason(reply), "index": index})
    });
    whole["candidates"] = candidates.collect();
    whole["usageMetadata"] = usage(body, &replies);
    Answer::json(200, &whole)
}

/// The same as a stream: a piece of text each, and the count of tokens beside each.
pub(in crate::gateway) fn stream(model: &str, body: &Value, seed: &Seed, framing: Framing) -> Answer {
    let replies = replies(body, seed);
    let mut frame = frame(model, seed);
    frame["usageMetadata"] = usage(body, &replies);
    let mut frames = Vec::new();
    for (index, reply) in replies.iter().enumerate() {
        let mut parts: Vec<Value> = match &reply.said {
            Said::Text(pieces) => pieces.iter().map(|piece| json!({"text": piece})).collect(),
            Said::Calls(_) => calls_of(reply),
        };
        if thinks(body) {
            parts.insert(0, json!({"text": THOUGHT, "thought": true}));
        }
        let last = parts.pop().unwrap_or_else(|| json!({"text": ""}));
        for part in parts {
            let mut frame = frame.clone();
            frame["candidates"] = json!([{"content": {"role": "model", "parts": [part]}, "index": index}]);
            frames.push(frame);
        }
        let mut frame = frame.clone();
        let content = json!({"role": "model", "parts": [last]});
        frame["candidates"] = json!([{"content": content, "finishReason": reason(reply), "index": index}]);
        frames.push(frame);
    }
    match framing {
        Framing::Events => {
            let chunks = frames.iter().map(|frame| format!("data: {frame}\r\n\r\n").into_bytes()).collect();
            Answer {
                status: 200,
                headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
                chunks,
            }
        }
        Framing::Array => {
            let mut chunks: Vec<Vec<u8>> = Vec::new();
            for (index, frame) in frames.iter().enumerate() {
                let before = if index == 0 { "[" } else { ",\r\n" };
                chunks.push(format!("{before}{frame}").into_bytes());
            }
            chunks.push(b"\n]\n".to_vec());
            let kind = "application/json; charset=UTF-8".to_owned();
            Answer { status: 200, headers: vec![("content-type".to_owned(), kind)], chunks }
        }
    }
}

/// How many tokens contents have.
pub(in crate::gateway) fn count(body: &Value) -> Answer {
    let request = member(body, "generateContentRequest").unwrap_or(body);
    let total = prompt_tokens(request);
    let details = json!([{"modality": "TEXT", "tokenCount": total}]);
    Answer::json(200, &json!({"totalTokens": total, "promptTokensDetails": details}))
}

/// The embedding of one content.
pub(in crate::gateway) fn embed(body: &Value, seed: &Seed) -> Answer {
    Answer::json(200, &json!({"embedding": {"values": vector(body, seed)}}))
}

/// The embeddings of several.
pub(in crate::gateway) fn embed_each(body: &Value, seed: &Seed) -> Answer {
    let requests = body.get("requests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let vectors = requests
        .iter()
        .take(100)
        .enumerate()
        .map(|(index, request)| json!({"values": vector(request, &seed.derive(&index.to_string()))}));
    Answer::json(200, &json!({"embeddings": vectors.collect::<Vec<_>>()}))
}

/// The list of models.
pub(in crate::gateway) fn models<'a>(ids: impl Iterator<Item = &'a str>) -> Answer {
    Answer::json(200, &json!({"models": ids.map(entry).collect::<Vec<_>>()}))
}

/// One model.
pub(in crate::gateway) fn model(id: &str) -> Answer {
    Answer::json(200, &entry(id))
}

fn entry(id: &str) -> Value {
    let methods = if id.contains("embedding") {
        json!(["embedContent", "countTokens"])
    } else {
        json!(["generateContent", "countTokens", "streamGenerateContent"])
    };
    json!({"name": format!("models/{id}"), "version": "001", "displayName": id, "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536, "supportedGenerationMethods": methods, "temperature": 1, "topP": 0.95, "topK": 64,
        "maxTemperature": 2})
}

fn frame(model: &str, seed: &Seed) -> Value {
    json!({"candidates": [], "usageMetadata": null, "modelVersion": model, "responseId": seed.id("", 22)})
}

fn replies(body: &Value, seed: &Seed) -> Vec<Reply> {
    let contents = member(body, "contents").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_user = |content: &&Value| content.get("role").is_none_or(|role| role == "user");
    let last = contents.iter().rev().find(of_user).or_else(|| contents.last());
    let stops = setting(body, "stopSequences").and_then(Value::as_array).into_iter().flatten();
    let json = setting(body, "responseMimeType").and_then(Value::as_str) == Some("application/json");
    let schema = setting(body, "responseJsonSchema").or_else(|| setting(body, "responseSchema"));
    let schema = schema.map(plain);
    let wanted = Wanted {
        prompt: heard(&content(last.and_then(|last| last.get("parts")))),
        most: setting(body, "maxOutputTokens").and_then(Value::as_u64),
        stops: stops.filter_map(Value::as_str).collect(),
        schema: schema.as_ref().or(Some(&Value::Null).filter(|_| json)),
        ..Wanted::default()
    };
    let declared = declared(body);
    let tools: Vec<(&str, Option<Value>)> =
        declared.iter().map(|(name, schema)| (*name, schema.map(plain))).collect();
    let calls = calls(body, contents, &tools);
    let wanted = Wanted { calls, ..wanted };
    let count = setting(body, "candidateCount").and_then(Value::as_u64).unwrap_or(1).clamp(1, 8);
    (0..count).map(|index| Reply::new(&wanted, seed, index)).collect()
}

/// The functions that are declared, each with the schema of its arguments.
fn declared(body: &Value) -> Vec<(&str, Option<&Value>)> {
    let tools: &[Value] = match member(body, "tools") {
        Some(Value::Array(tools)) => tools,
        Some(tool @ Value::Object(_)) => std::slice::from_ref(tool),
        _ => &[],
    };
    let functions =
        tools.iter().filter_map(|tool| member(tool, "functionDeclarations")?.as_array()).flatten();
    let named = functions.filter_map(|function| Some((function.get("name")?.as_str()?, function)));
    named
        .map(|(name, function)| {
            (name, member(function, "parametersJsonSchema").or_else(|| function.get("parameters")))
        })
        .collect()
}

fn calls<'a>(body: &'a Value, contents: &[Value], tools: &'a [(&'a str, Option<Value>)]) -> Vec<Tool<'a>> {
    let config = member(body, "toolConfig").and_then(|config| member(config, "functionCallingConfig"));
    let mode = config.and_then(|config| config.get("mode")?.as_str());
    let allowed = config.and_then(|config| member(config, "allowedFunctionNames")?.as_array());
    let allows = |name: &str| allowed.is_none_or(|allowed| allowed.iter().any(|one| one == name));
    let parts = contents.last().and_then(|last| last.get("parts")?.as_array());
    let answered =
        parts.is_some_and(|parts| parts.iter().any(|part| member(part, "functionResponse").is_some()));
    let choice = match mode {
        Some("NONE") => Choice::Nothing,
        Some("ANY") => Choice::Needed,
        _ => Choice::Free,
    };
    let tools = tools
        .iter()
        .filter(|(name, _)| allows(name))
        .map(|(name, schema)| Tool { name, takes: Takes::Arguments(schema.as_ref()) });
    chosen(tools, choice, Number::One, if answered { Last::Tool } else { Last::Other })
}

/// A schema of Google's with its types in the words of JSON Schema: `STRING` is `string`.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| match value {
                Value::String(kind) if key == "type" => (key.clone(), Value::String(kind.to_lowercase())),
                // What stands in these are no schemas.
                _ if matches!(key.as_str(), "enum" | "default" | "example" | "required" | "const") => {
                    (key.clone(), value.clone())
                }
                // Numbers of 64 bits come as texts.
                Value::String(number) if key.starts_with("min") || key.starts_with("max") => (
                    key.clone(),
                    number.parse::<u64>().map_or_else(|_| value.clone(), |number| json!(number)),
                ),
                _ => (key.clone(), plain(value)),
            });
            Value::Object(members.collect())
        }
        Value::Array(elements) => elements.iter().map(plain).collect(),
        other => other.clone(),
    }
}

fn thinks(body: &Value) -> bool {
    let config = setting(body, "thinkingConfig").and_then(|config| member(config, "includeThoughts"));
    config.and_then(Value::as_bool).unwrap_or(false)
}

fn parts(body: &Value, reply: &Reply) -> Vec<Value> {
    let mut parts = match &reply.said {
        Said::Text(_) => vec![json!({"text": reply.text()})],
        Said::Calls(_) => calls_of(reply),
    };
    if thinks(body) {
        parts.insert(0, json!({"text": THOUGHT, "thought": true}));
    }
    parts
}

fn calls_of(reply: &Reply) -> Vec<Value> {
    let call =
        |call: &super::reply::Call| json!({"functionCall": {"name": call.name, "args": call.arguments}});
    reply.calls().iter().map(call).collect()
}

fn reason(reply: &Reply) -> &'static str {
    match reply.end {
        End::Stop | End::Calls => "STOP",
        End::Length => "MAX_TOKENS",
    }
}

fn prompt_tokens(body: &Value) -> usize {
    let rest = ["systemInstruction", "tools"].iter().filter_map(|key| member(body, key));
    tokens::conversation(body.get("contents")) + rest.map(|value| tokens::within(value, 0)).sum::<usize>()
}

fn usage(body: &Value, replies: &[Reply]) -> Value {
    let prompt = prompt_tokens(body);
    let said: usize = replies.iter().map(|reply| reply.tokens).sum();
    let mut usage = json!({"promptTokenCount": prompt, "candidatesTokenCount": said, "totalTokenCount": prompt + said,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt}]});
    if thinks(body) {
        let thought = tokens::count(THOUGHT);
        usage["thoughtsTokenCount"] = json!(thought);
        usage["totalTokenCount"] = json!(prompt + said + thought);
    }
    usage
}

fn vector(body: &Value, seed: &Seed) -> Vec<f64> {
    // 3072 is what `gemini-embedding-001` has where nothing is said (Google's manual on embeddings, 2026).
    let length = member(body, "outputDimensionality").and_then(Value::as_u64).unwrap_or(3072).clamp(1, 3072);
    let length = usize::try_from(length).unwrap_or(3072);
    let raw = seed.fractions(length);
    let norm = raw.iter().map(|value| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    raw.into_iter().map(|value| value / norm).collect()
}

#[cfg(test)]
mod tests {
    use super::super::seed::tests::request;
    use super::*;

    fn seed() -> Seed {
        Seed::of(&request(""))
    }

    fn asked(body: &Value) -> Value {
        serde_json::from_str(&generate("gemini-3-pro", body, &seed()).body_text()).unwrap()
    }

    fn prompt(text: &str) -> Value {
        json!([{"role": "user", "parts": [{"text": text}]}])
    }

    #[test]
    fn the_prompt_is_heard() {
        let answer = asked(&json!({"contents": prompt("Hi")}));
        assert_eq!(answer["candidates"][0]["content"]["parts"][0]["text"], "The mock gateway heard: Hi");
        assert_eq!(answer["candidates"][0]["finishReason"], "STOP");
        let usage = &answer["usageMetadata"];
        let sum =
            usage["promptTokenCount"].as_u64().unwrap() + usage["candidatesTokenCount"].as_u64().unwrap();
        assert_eq!(usage["totalTokenCount"], sum);
    }

    #[test]
    fn names_may_have_underscores() {
        let body = json!({"contents": prompt("Hi"), "generation_config": {"max_output_tokens": 2}});
        assert_eq!(asked(&body)["candidates"][0]["finishReason"], "MAX_TOKENS");
    }

    #[test]
    fn a_schema_of_googles_is_kept() {
        let schema =
            json!({"type": "OBJECT", "required": ["city"], "properties": {"city": {"type": "STRING"}}});
        let config = json!({"responseMimeType": "application/json", "responseSchema": schema});
        let answer = asked(&json!({"contents": prompt("Hi"), "generationConfig": config}));
        assert_eq!(answer["candidates"][0]["content"]["parts"][0]["text"], r#"{"city":"city"}"#);
    }

    #[test]
    fn a_function_is_called() {
        let parameters = json!({"type": "OBJECT", "properties": {"days": {"type": "INTEGER", "minimum": 3}}});
        let tools = json!([{"functionDeclarations": [{"name": "forecast", "parameters": parameters}]}]);
        let answer = asked(&json!({"contents": prompt("Hi"), "tools": tools}));
        let call = &answer["candidates"][0]["content"]["parts"][0]["functionCall"];
        assert_eq!((&call["name"], &call["args"]), (&json!("forecast"), &json!({"days": 3})));
        let config = json!({"functionCallingConfig": {"mode": "NONE"}});
        let answer = asked(&json!({"contents": prompt("Hi"), "tools": tools, "toolConfig": config}));
        assert!(answer["candidates"][0]["content"]["parts"][0]["text"].is_string());
    }

    #[test]
    fn a_stream_is_an_array_or_events() {
        let body = json!({"contents": prompt("Hi")});
        let array = stream("gemini-3-pro", &body, &seed(), Framing::Array);
        let frames: Vec<Value> = serde_json::from_str(&array.body_text()).unwrap();
        let events = stream("gemini-3-pro", &body, &seed(), Framing::Events).body_text();
        let sent: Vec<Value> = events
            .split_terminator("\r\n\r\n")
            .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
            .collect();
        assert_eq!(frames, sent);
        let text = |frame: &Value| {
            frame["candidates"][0]["content"]["parts"][0]["text"].as_str().unwrap().to_owned()
        };
        assert_eq!(frames.iter().map(text).collect::<String>(), "The mock gateway heard: Hi");
        assert_eq!(frames.last().unwrap()["candidates"][0]["finishReason"], "STOP");
    }

    #[test]
    fn each_content_has_a_vector() {
        let request = |text: &str| json!({"content": {"parts": [{"text": text}]}, "outputDimensionality": 4});
        let answer = embed_each(&json!({"requests": [request("a"), request("b")]}), &seed());
        let answer: Value = serde_json::from_str(&answer.body_text()).unwrap();
        assert_eq!(answer["embeddings"][1]["values"].as_array().unwrap().len(), 4);
        assert_ne!(answer["embeddings"][0], answer["embeddings"][1]);
    }
}
