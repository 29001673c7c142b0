//! OpenAI and the providers that speak its dialect: what each takes, and what becomes of its answers.

use serde_json::{Map, Value, json};

use super::super::javascript;
use super::super::routes::Function;
use super::table::{Answers, Entry, Errors, Streams};
use super::{Edition, Unsupported, errors, rules};

/// The path of a function below the base path, with what the client's own address says.
pub(super) fn path(entry: &Entry, function: Function, address: &str) -> String {
    let own = address.split("/v1").nth(1).unwrap_or_default().to_owned();
    let is_openai = entry.name == "openai";
    match function {
        Function::Chat => entry.chat.clone(),
        Function::Complete => entry.complete.clone().unwrap_or_default(),
        Function::Embed => entry.embed.clone().unwrap_or_default(),
        Function::Image => "/images/generations".to_owned(),
        Function::Speech => "/audio/speech".to_owned(),
        Function::Respond | Function::GetResponse | Function::DeleteResponse | Function::ListInputItems => {
            own
        }
        Function::ImageEdit if is_openai => "/images/edits".to_owned(),
        Function::Transcribe if is_openai => "/audio/transcriptions".to_owned(),
        Function::Translate if is_openai => "/audio/translations".to_owned(),
        Function::UploadFile
        | Function::ListFiles
        | Function::GetFile
        | Function::GetFileContent
        | Function::DeleteFile
        | Function::CreateBatch
        | Function::GetBatch
        | Function::CancelBatch
        | Function::ListBatches
            if is_openai =>
        {
            own
        }
        // What a provider does not have it is asked for at its base path.
        _ => String::new(),
    }
}

/// The body that is sent.
pub(super) fn body(
    entry: &Entry,
    function: Function,
    params: &Map<String, Value>,
) -> Result<Value, Unsupported> {
    let is_openai = entry.name == "openai";
    let (known, model): (&[rules::Rule], Option<&str>) = match function {
        Function::Chat => return Ok(chat(entry, params)),
        Function::Complete if entry.complete.is_some() => (rules::COMPLETE, entry.complete_model.as_deref()),
        Function::Embed if entry.embed.is_some() => (rules::EMBED, entry.embed_model.as_deref()),
        Function::Respond if is_openai => (rules::RESPOND, None),
        Function::Image if is_openai => (rules::IMAGE, Some("dall-e-2")),
        Function::Speech if is_openai => {
            let defaults = [("model", "tts-1"), ("voice", "alloy")];
            return Ok(Value::Object(rules::sent(rules::SPEECH, &defaults, params)));
        }
        Function::CreateBatch if is_openai => {
            let defaults = [("completion_window", "24h")];
            return Ok(Value::Object(rules::sent(rules::BATCH, &defaults, params)));
        }
        Function::CancelBatch if is_openai => return Ok(json!({})),
        _ => return Err(Unsupported),
    };
    let default = model.map(|model| ("model", model));
    Ok(Value::Object(rules::sent(known, default.as_slice(), params)))
}

fn chat(entry: &Entry, params: &Map<String, Value>) -> Value {
    let default = entry.model.as_deref().map(|model| ("model", model));
    let renamed = |name: &str| entry.renames.iter().any(|(from, _)| from == name);
    let left_out =
        |rule: &rules::Rule| renamed(rule.name) || entry.without.iter().any(|name| name == rule.name);
    let own: Vec<rules::Rule> = rules::CHAT.iter().copied().filter(|rule| !left_out(rule)).collect();
    let mut sent = rules::sent(&own, default.as_slice(), params);
    for name in &entry.also {
        if let Some(value) = params.get(name) {
            sent.insert(name.clone(), value.clone());
        }
    }
    if let (true, Some(messages)) = (entry.renames_developer, params.get("messages")) {
        sent.insert("messages".to_owned(), rules::without_developer(messages));
    }
    for (from, to) in &entry.renames {
        let rule = rules::CHAT.iter().find(|rule| rule.name == *to);
        if let Some(value) = params.get(from) {
            sent.insert(to.clone(), rule.map_or_else(|| value.clone(), |rule| rules::held(rule, value)));
        }
    }
    if let (true, Some(thinking)) = (entry.name == "ollama", params.get("thinking")) {
        let off = thinking.get("type").and_then(Value::as_str) == Some("disabled");
        sent.insert("think".to_owned(), json!(!off));
    }
    Value::Object(sent)
}

/// What an answer becomes; none where it is handed on as it came.
pub(super) fn mapped(
    entry: &Entry,
    function: Function,
    edition: Edition,
    answer: (u16, &Value),
) -> Option<Value> {
    let (status, body) = answer;
    let error = body.get("error").filter(|_| status != 200);
    match function {
        Function::Respond | Function::GetResponse | Function::DeleteResponse => Some(match error {
            Some(error) => errors::of(&entry.name, error),
            None => named(&entry.name, body),
        }),
        Function::Chat if entry.answers == Answers::Kept && entry.errors == Errors::Kept => None,
        // The hosted service hands the answers of OpenAI on as they come.
        _ if entry.name == "openai" && edition == Edition::Hosted => None,
        Function::Chat => Some(match (error, entry.errors) {
            (Some(_), Errors::Kept) => body.clone(),
            (Some(error), Errors::Whole) => errors::of(&entry.name, error),
            (Some(error), Errors::Kind) => errors::kind_only(&entry.name, error),
            (None, _) => good(entry, body),
        }),
        Function::Embed
        | Function::Messages
        | Function::CountTokens
        | Function::ListInputItems
        | Function::Proxy => None,
        Function::Complete
        | Function::Image
        | Function::ImageEdit
        | Function::Speech
        | Function::Transcribe
        | Function::Translate
        | Function::UploadFile
        | Function::ListFiles
        | Function::GetFile
        | Function::GetFileContent
        | Function::DeleteFile
        | Function::CreateBatch
        | Function::GetBatch
        | Function::CancelBatch
        | Function::ListBatches => {
            let own = entry.name == "openai";
            own.then(|| error.map_or_else(|| body.clone(), |error| errors::of(&entry.name, error)))
        }
    }
}

fn good(entry: &Entry, body: &Value) -> Value {
    match entry.answers {
        Answers::Kept => body.clone(),
        Answers::Named => named(&entry.name, body),
        Answers::Picked if body.get("choices").is_some() => picked(&entry.name, body, &["choices", "usage"]),
        Answers::Picked => errors::invalid(&entry.name, body),
    }
}

/// An answer with the name of its provider.
pub(super) fn named(provider: &str, body: &Value) -> Value {
    let mut body = body.clone();
    if let Value::Object(members) = &mut body {
        members.insert("provider".to_owned(), json!(provider));
    }
    body
}

/// The parts of an answer that are handed on.
fn picked(provider: &str, body: &Value, last: &[&str]) -> Value {
    let mut picked = Map::new();
    for key in ["id", "object", "created", "model"] {
        if let Some(value) = body.get(key) {
            picked.insert(key.to_owned(), value.clone());
        }
    }
    picked.insert("provider".to_owned(), json!(provider));
    for key in last {
        if let Some(value) = body.get(key) {
            picked.insert((*key).to_owned(), value.clone());
        }
    }
    Value::Object(picked)
}

/// What an event of a stream becomes; none where it is handed on as it came.
pub(super) fn event(entry: &Entry, piece: &str) -> Result<Option<String>, ()> {
    if entry.streams == Streams::Kept {
        return Ok(None);
    }
    let piece = piece.trim();
    let data = piece.strip_prefix("data: ").unwrap_or(piece).trim();
    if data == "[DONE]" {
        return Ok(Some("data: [DONE]\n\n".to_owned()));
    }
    let mut chunk = javascript::parse(data.as_bytes()).ok_or(())?;
    if entry.streams == Streams::Named {
        return Ok(Some(super::chunk(&named(&entry.name, &chunk))));
    }
    if let (Streams::Bare, Some(Value::Array(choices))) = (entry.streams, chunk.get_mut("choices")) {
        for choice in choices.iter_mut().filter_map(Value::as_object_mut) {
            choice.retain(|key, _| matches!(key.as_str(), "index" | "delta" | "finish_reason"));
        }
    }
    Ok(Some(super::chunk(&picked(&entry.name, &chunk, &["choices"]))))
}
