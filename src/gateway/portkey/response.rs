//! What becomes of a provider's answer: read as the gateway reads it, mapped, and held to the hooks behind it.

use serde_json::{Value, json};

use super::super::exchange::Answer;
use super::super::routing::Hook;
use super::checks::Seen;
use super::hooks::{self, Decision, Results, Side};
use super::providers::{Context, Provider};
use super::routes::Function;
use super::{javascript, stream};

/// An answer as the gateway has read it.
pub(super) struct Response {
    answer: Answer,
    /// What the hooks look at: the answer as JSON, where it is some.
    json: Option<Value>,
}

/// The gateway broke, with its words.
pub(super) struct Exception(pub(super) String);

impl Response {
    /// Reads an answer as the gateway does.
    pub(super) fn read(
        raw: Answer,
        provider: Provider,
        context: &Context<'_>,
        hooked: (bool, &Results),
    ) -> Result<Self, Exception> {
        let broken = || Exception("Something went wrong".to_owned());
        let kind = raw.header("content-type").unwrap_or_default().to_owned();
        let streams = context.params.get("stream") == Some(&json!(true));
        if streams && matches!(raw.status, 200 | 246) {
            return Ok(Self { answer: streamed(raw, provider, context, hooked.1), json: None });
        }
        let bytes = ["audio", "application/octet-stream", "binary/octet-stream", "image/"];
        if bytes.iter().any(|start| kind.starts_with(start)) || (kind.is_empty() && raw.status == 204) {
            let bare = kind.is_empty();
            let answer = if bare { raw.with("content-type", "text/plain; charset=UTF-8") } else { raw };
            return Ok(Self { answer, json: None });
        }
        let reads = provider.reads(context);
        if kind.starts_with("text/plain") || kind.starts_with("text/html") {
            let told = json!({"html-message": raw.body_text()});
            let mapped = provider.mapped(context, raw.status, &told);
            return Ok(Self {
                answer: mapped.map_or(raw.clone(), |mapped| with_json(raw, &mapped)),
                json: None,
            });
        }
        if matches!(raw.status, 408 | 412) {
            let json = javascript::parse(&raw.body()).ok_or_else(broken)?;
            return Ok(Self { answer: raw, json: Some(json) });
        }
        if !reads && !hooked.0 {
            return Ok(Self { answer: raw, json: None });
        }
        let json = javascript::parse(&raw.body()).ok_or_else(broken)?;
        let mapped = provider.mapped(context, raw.status, &json).unwrap_or(json);
        let chunks = vec![javascript::stringify(&mapped)];
        Ok(Self { answer: Answer { chunks, ..raw }, json: Some(mapped) })
    }

    /// The answer after the hooks behind it.
    pub(super) fn guarded(self, after: &[Hook], seen: &Seen<'_>, results: &mut Results) -> Answer {
        let Self { answer, json } = self;
        let Some(json) = json else {
            let status = if results.failed() && answer.status == 200 { 246 } else { answer.status };
            return Answer { status, ..answer };
        };
        if answer.status == 200 {
            let seen = Seen { answer: &json, ..seen.clone() };
            if hooks::run(after, Side::After, &seen, results) == Decision::Denied {
                return hooks::denied(results);
            }
        }
        if results.before.is_empty() && results.after.is_empty() {
            return match json {
                // A list becomes an object of its places.
                Value::Array(elements) => {
                    let members =
                        elements.into_iter().enumerate().map(|(at, element)| (at.to_string(), element));
                    let chunks = vec![javascript::stringify(&Value::Object(members.collect()))];
                    Answer { chunks, ..answer }
                }
                _ => answer,
            };
        }
        let mut json = json;
        if let Value::Object(members) = &mut json {
            members.insert("hook_results".to_owned(), hooks::told_of(results));
        }
        let status = if results.failed() && answer.status == 200 { 246 } else { answer.status };
        Answer { status, chunks: vec![javascript::stringify(&json)], ..answer }
    }
}

fn with_json(answer: Answer, body: &Value) -> Answer {
    let mut headers = answer.headers;
    headers.retain(|(name, _)| name != "content-type");
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    Answer { status: answer.status, headers, chunks: vec![javascript::stringify(body)] }
}

/// A stream as it is handed on; answers that need not keep to OpenAI's form begin with what was checked.
fn streamed(raw: Answer, provider: Provider, context: &Context<'_>, results: &Results) -> Answer {
    let mut mapping = provider.stream(context);
    let mut chunks = Vec::new();
    if !context.strict && !results.before.is_empty() {
        let told = json!({"hook_results": {"before_request_hooks": results.before}});
        let name = if context.function == Function::Messages { "event: hook_results\n" } else { "" };
        chunks.push(format!("{name}data: {told}\n\n").into_bytes());
    }
    chunks.extend(stream::events(&raw.body(), &mut mapping));
    let mut headers = raw.headers;
    if let Some(kind) = mapping.content_type() {
        headers.retain(|(name, _)| name != "content-type");
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    Answer { status: raw.status, headers, chunks }
}
