//! The upstream of the cases: what it says follows from the first part of the path that it is asked at.
//!
//! | part | it says |
//! |---|---|
//! | `s500`, `s429ra7`, `s429rm200` | that status, as OpenAI writes it, with `retry-after` in seconds or milliseconds |
//! | `flaky1` | 500 to so many calls, then a good answer |
//! | `slow2` | a good answer after so many seconds |
//! | `html`, `text200`, `badjson`, `plain400` | no JSON, or JSON that is none |
//! | `close` | nothing: it closes the connection |
//! | `midabort` | a stream that ends in the middle |
//! | `tools` | a call of a tool |
//! | anything else | a good answer that names the part |

use std::time::Duration;

use serde_json::{Value, json};

/// What the upstream says.
pub(crate) struct Script {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// How long it takes until it answers.
    pub(crate) after: Duration,
    /// It closes the connection without an answer.
    pub(crate) closes: bool,
    /// It closes the connection after the body, which does not end as a body should.
    pub(crate) breaks: bool,
}

/// What it says to a call; `calls` is how often this path was asked in this case, this call included.
pub(crate) fn said(path: &str, body: &[u8], calls: usize) -> Script {
    let part = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let asked: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let number = |start: &str| part.strip_prefix(start).and_then(|rest| rest.parse::<usize>().ok());
    if let Some(status) =
        part.strip_prefix('s').filter(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
    {
        return failing(status);
    }
    if number("flaky").is_some_and(|fails| calls <= fails) {
        return failing("500");
    }
    let text = |status: u16, kind: &str, body: &str| script(status, kind, body.as_bytes().to_vec());
    match part {
        "html" => return own(text(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")),
        "text200" => return own(text(200, "text/plain", "hello")),
        "plain400" => return own(text(400, "text/plain; charset=utf-8", "no")),
        "badjson" => return own(text(200, "application/json", "{not json")),
        "list" => return own(text(200, "application/json", "[1, 2.0]")),
        "empty204" => return Script { headers: Vec::new(), ..text(204, "", "") },
        "close" => return Script { closes: true, ..text(200, "", "") },
        _ => {}
    }
    let said = match () {
        () if part.starts_with("flaky") => format!("ok after {calls} calls"),
        () => format!("hello from /{part}"),
    };
    let after = Duration::from_secs(number("slow").unwrap_or(0) as u64);
    let good = good(path, &asked, &said);
    Script { after, breaks: part == "midabort", ..good }
}

fn script(status: u16, kind: &str, body: Vec<u8>) -> Script {
    let headers = vec![("content-type", kind.to_owned())];
    Script { status, headers, body, after: Duration::ZERO, closes: false, breaks: false }
}

/// With the headers that services such as OpenAI add.
fn own(script: Script) -> Script {
    let mut headers = script.headers;
    headers.push(("openai-processing-ms", "7".to_owned()));
    headers.push(("x-request-id", "req_fake_1".to_owned()));
    Script { headers, ..script }
}

fn failing(told: &str) -> Script {
    let digits = told.chars().take_while(char::is_ascii_digit).count();
    let (status, wait) = told.split_at(digits);
    let status: u16 = status.parse().unwrap_or(500);
    let (message, kind, code) = match status {
        400 => ("Unrecognized request argument supplied: foo", "invalid_request_error", None),
        401 => (
            "Incorrect API key provided: sk-bad. You can find your API key at https://platform.openai.com/account/api-keys.",
            "invalid_request_error",
            Some("invalid_api_key"),
        ),
        404 => (
            "The model `nope` does not exist or you do not have access to it.",
            "invalid_request_error",
            Some("model_not_found"),
        ),
        429 => (
            "Rate limit reached for gpt-4o in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1.",
            "requests",
            Some("rate_limit_exceeded"),
        ),
        500 => {
            ("The server had an error while processing your request. Sorry about that!", "server_error", None)
        }
        503 => ("The engine is currently overloaded, please try again later", "server_error", None),
        _ => ("", "x", None),
    };
    let message = if message.is_empty() { format!("status {status}") } else { message.to_owned() };
    let error = json!({"error": {"message": message, "type": kind, "param": null, "code": code}});
    let mut script = own(script(status, "application/json", error.to_string().into_bytes()));
    if status == 429 {
        for (name, value) in [("limit", "3"), ("remaining", "0"), ("reset", "20s")] {
            let name = match name {
                "limit" => "x-ratelimit-limit-requests",
                "remaining" => "x-ratelimit-remaining-requests",
                _ => "x-ratelimit-reset-requests",
            };
            script.headers.push((name, value.to_owned()));
        }
    }
    if let Some(seconds) = wait.strip_prefix("ra") {
        script.headers.push(("retry-after", seconds.to_owned()));
    }
    if let Some(milliseconds) = wait.strip_prefix("rm") {
        script.headers.push(("retry-after-ms", milliseconds.to_owned()));
    }
    script
}

/// What a good answer says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    /// A text.
    Text,
    /// The call of a tool.
    Call,
}

/// A good answer, in the dialect of the path.
fn good(path: &str, asked: &Value, said: &str) -> Script {
    let model = asked.get("model").and_then(Value::as_str).unwrap_or("none");
    let streams = asked.get("stream") == Some(&json!(true));
    let says = if said.ends_with("/tools") { Says::Call } else { Says::Text };
    let place = path.split('?').next().unwrap_or_default();
    if place.contains(":streamGenerateContent") {
        return google_stream(says);
    }
    if place.contains(":generateContent") && said.ends_with("/gemini")
        || says == Says::Call && place.contains(":generateContent")
    {
        return json_of(&google(says));
    }
    if place.contains(":embedContent") {
        return json_of(&json!({"embedding": {"values": [0.1, -0.2]}}));
    }
    if place.ends_with("/messages") {
        if streams {
            return anthropic_stream(model, says);
        }
        let mut answer = json_of(&anthropic(model, says));
        answer.headers.push(("request-id", "req_anthropic_1".to_owned()));
        return answer;
    }
    if place.ends_with("/audio/speech") {
        return own(script(200, "audio/mpeg", b"ID3 sound".to_vec()));
    }
    if place.contains("/files/") && place.ends_with("/content") {
        return own(script(200, "application/octet-stream", b"{\"custom_id\":\"1\"}\n".to_vec()));
    }
    let answer = match () {
        () if place.ends_with("/models") => {
            json!({"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model", "created": 1_700_000_000, "owned_by": "fake"}]})
        }
        () if place.ends_with("/embeddings") => json!({
            "object": "list",
            "data": [{"object": "embedding", "index": 0, "embedding": [0.1, -0.2, 0.3]}],
            "model": model,
            "usage": {"prompt_tokens": 2, "total_tokens": 2},
        }),
        () if place.ends_with("/responses") => json!({
            "id": "resp_fake_1", "object": "response", "created_at": 1_700_000_000, "status": "completed", "model": model,
            "output": [{"type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
                "content": [{"type": "output_text", "text": "hello", "annotations": []}]}],
            "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
        }),
        () if place.ends_with("/completions") && !place.ends_with("/chat/completions") => json!({
            "id": "cmpl-fake-1", "object": "text_completion", "created": 1_700_000_000, "model": model,
            "choices": [{"text": "hello", "index": 0, "logprobs": null, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }),
        () if streams => return chat_stream(model, asked, said),
        () => {
            let message = if says == Says::Call {
                json!({"role": "assistant", "content": null, "refusal": null, "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]})
            } else {
                json!({"role": "assistant", "content": said, "refusal": null})
            };
            json!({
                "id": "chatcmpl-fake-1", "object": "chat.completion", "created": 1_700_000_000, "model": model,
                "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
                "system_fingerprint": "fp_fake",
            })
        }
    };
    json_of(&answer)
}

fn json_of(body: &Value) -> Script {
    own(script(200, "application/json", body.to_string().into_bytes()))
}

fn stream(events: &[String]) -> Script {
    let mut script = script(200, "text/event-stream; charset=utf-8", events.concat().into_bytes());
    script.headers.push(("cache-control", "no-cache".to_owned()));
    script.headers.push(("x-request-id", "req_fake_1".to_owned()));
    script
}

fn chat_stream(model: &str, asked: &Value, said: &str) -> Script {
    let counts = asked.pointer("/stream_options/include_usage") == Some(&json!(true));
    let frame = |choices: Value, usage: Option<Value>| {
        let mut frame = json!({"id": "chatcmpl-fake-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": model,
            "system_fingerprint": "fp_fake", "choices": choices});
        if counts {
            frame["usage"] = usage.unwrap_or(Value::Null);
        }
        format!("data: {frame}\n\n")
    };
    let choice = |delta: Value, reason: Value| {
        frame(json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason}]), None)
    };
    let mut events = vec![
        choice(json!({"role": "assistant", "content": "", "refusal": null}), Value::Null),
        choice(json!({"content": "hel"}), Value::Null),
        choice(json!({"content": "lo"}), Value::Null),
    ];
    if said.ends_with("/midabort") {
        return stream(&events);
    }
    events.push(choice(json!({}), json!("stop")));
    if counts {
        events.push(frame(
            json!([]),
            Some(json!({"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12})),
        ));
    }
    events.push("data: [DONE]\n\n".to_owned());
    stream(&events)
}

fn anthropic(model: &str, says: Says) -> Value {
    let (content, reason) = if says == Says::Call {
        (
            json!([{"type": "text", "text": "hm"}, {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"a": 1}}]),
            "tool_use",
        )
    } else {
        (json!([{"type": "text", "text": "hello"}]), "end_turn")
    };
    json!({"id": "msg_fake_1", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": reason, "stop_sequence": null, "usage": {"input_tokens": 9, "output_tokens": 3}})
}

fn anthropic_stream(model: &str, says: Says) -> Script {
    let mut events = vec![
        json!({"type": "message_start", "message": {"id": "msg_fake_1", "type": "message", "role": "assistant",
        "model": model, "content": [], "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 9, "output_tokens": 1}}}),
    ];
    if says == Says::Call {
        events.extend([
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{\"a\":"}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "1}"}}),
        ]);
    } else {
        events.extend([
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hel"}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}}),
        ]);
    }
    let reason = if says == Says::Call { "tool_use" } else { "end_turn" };
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 3}}),
        json!({"type": "message_stop"}),
    ]);
    let written = |event: &Value| {
        let name = event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        format!("event: {name}\ndata: {event}\n\n")
    };
    stream(&events.iter().map(written).collect::<Vec<_>>())
}

fn google(says: Says) -> Value {
    let part = if says == Says::Call {
        json!({"functionCall": {"name": "f", "args": {"a": 1}}})
    } else {
        json!({"text": "hello"})
    };
    json!({
        "candidates": [{"content": {"parts": [part], "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12},
        "modelVersion": "gemini-2.5-flash",
    })
}

fn google_stream(says: Says) -> Script {
    let first = json!({"candidates": [{"content": {"parts": [{"text": "hel"}], "role": "model"}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9}, "modelVersion": "gemini-2.5-flash"});
    let body = format!("[{first}\r\n,\r\n{}\r\n]", google(says));
    script(200, "application/json", body.into_bytes())
}
