//! What an endpoint answers by itself: the request is judged by its dialect, the answer is made in it.

use serde_json::{Value, json};

use super::judgement::{Fill, Judgement, request_id};
use super::paths::Place;
use super::{body, models};
use crate::diagnostics::Code;
use crate::gateway::dialects::google::Framing;
use crate::gateway::dialects::seed::Seed;
use crate::gateway::dialects::{Dialect, Endpoint, anthropic, google, ollama, openai};
use crate::gateway::exchange::{self, Answer, Exchange, Finding};

/// The answer at an endpoint; the credential is judged.
pub(super) fn answer(judgement: Judgement, place: &Place) -> Exchange {
    let name = &judgement.profile.request_id;
    let id = (!name.is_empty()).then(|| request_id(judgement.request));
    let mut exchange = answered(judgement, place);
    if let Some(id) = id {
        exchange.answer.headers.push((name.clone(), id));
    }
    exchange
}

fn answered(mut judgement: Judgement, place: &Place) -> Exchange {
    queried(&mut judgement, place);
    let profile = judgement.profile;
    let known = || profile.models.known.iter().map(String::as_str);
    let id = place.endpoint.id(place.rest);
    let endpoint = place.endpoint;
    match (endpoint, id) {
        (Endpoint::Models | Endpoint::AnthropicModels | Endpoint::GoogleModels, Some(id)) => {
            version(&mut judgement, endpoint);
            models::judge(&mut judgement, id, exchange::Place::Path);
            judgement.answered(|| match endpoint.dialect() {
                Dialect::Anthropic => anthropic::model(id),
                Dialect::Google => google::model(id),
                Dialect::OpenAi | Dialect::Ollama => openai::model(id, &profile.name),
            })
        }
        (Endpoint::Models, None) => judgement.answered(|| openai::models(known(), &profile.name)),
        (Endpoint::AnthropicModels, None) => {
            version(&mut judgement, endpoint);
            judgement.answered(|| anthropic::models(known()))
        }
        (Endpoint::GoogleModels, None) => judgement.answered(|| google::models(known())),
        (Endpoint::OllamaTags, _) => judgement.answered(|| ollama::tags(known())),
        (Endpoint::Files | Endpoint::Batches, id) if id.is_some() || judgement.request.method != "POST" => {
            let request = judgement.request;
            judgement.answered(|| kept(endpoint, id, &request.method, place.rest, &Seed::of(request)))
        }
        (Endpoint::StoredResponses, Some(id)) => {
            let request = judgement.request;
            judgement.answered(|| {
                let (seed, model) = (Seed::of(request), &profile.models.example);
                kept_response((id, model), &request.method, place.rest, &seed)
            })
        }
        _ => with_body(judgement, place),
    }
}

/// What is answered about a response that was kept.
fn kept_response(response: (&str, &str), method: &str, rest: &str, seed: &Seed) -> Answer {
    let (id, model) = response;
    match method {
        "DELETE" => openai::removed(id, "response"),
        _ if rest.ends_with("/input_items") => openai::input_items(seed),
        _ => openai::kept_response(id, model, seed),
    }
}

/// A parameter of the query that is needed and not there.
fn queried(judgement: &mut Judgement, place: &Place) {
    let request = judgement.request;
    let needed = place.base.map(|base| base.query.as_slice()).unwrap_or_default();
    for name in needed.iter().filter(|name| request.query_value(name).is_none()) {
        let message = format!("{} serves `{}` only with `?{name}=…`", judgement.profile.title, request.path);
        let finding = Finding::new(Code::WrongPath, exchange::Place::Path, message)
            .help(format!("add `?{name}=` to the URL"));
        judgement.refuse(&judgement.errors.wrong_path, &Fill::default(), finding);
    }
}

/// What is answered about files and batches, of which none is kept.
pub(super) fn kept(endpoint: Endpoint, id: Option<&str>, method: &str, rest: &str, seed: &Seed) -> Answer {
    match (endpoint, id) {
        (_, None) => openai::whole_list(),
        (Endpoint::Files, Some(id)) if method == "DELETE" => openai::removed(id, "file"),
        (Endpoint::Files, Some(_)) if rest.ends_with("/content") => {
            Answer::text(200, "application/octet-stream", "{\"custom_id\": \"request-1\"}\n")
        }
        (Endpoint::Files, id) => openai::file(&Value::Null, id, seed),
        (_, id) if method == "POST" => openai::batch(&Value::Null, id, "cancelling", seed),
        (_, id) => openai::batch(&Value::Null, id, "completed", seed),
    }
}

fn with_body(mut judgement: Judgement, place: &Place) -> Exchange {
    let endpoint = place.endpoint;
    version(&mut judgement, endpoint);
    let body = if is_form(&judgement, endpoint) {
        body::read_form(&mut judgement)
    } else {
        body::read(&mut judgement)
    };
    let in_path = endpoint.id(place.rest);
    let body = body.map(|mut body| {
        // The name of a deployment stands in for the model.
        if let (Some(deployment), Some(members)) = (place.deployment, body.as_object_mut()) {
            members.entry("model").or_insert_with(|| json!(deployment));
        }
        let models = &judgement.profile.models;
        if let (true, Some(members)) = (models.optional, body.as_object_mut()) {
            members.entry("model").or_insert_with(|| json!(models.example));
        }
        body::judge(&mut judgement, endpoint, &body);
        let in_body = body.get("model").and_then(Value::as_str).filter(|_| place.deployment.is_none());
        match (in_path, in_body) {
            (Some(id), _) => models::judge(&mut judgement, id, exchange::Place::Path),
            (None, Some(id)) => models::judge(&mut judgement, id, models::in_body()),
            (None, None) => {}
        }
        body
    });
    let seed = Seed::of(judgement.request);
    let mut body = body.unwrap_or(Value::Null);
    let framing = match judgement.request.query_value("alt").as_deref() {
        Some("sse") => Framing::Events,
        _ => Framing::Array,
    };
    if let (Some(id), Some(members)) = (in_path, body.as_object_mut()) {
        members.insert("model".to_owned(), json!(id));
    }
    judgement.answered(|| match endpoint {
        Endpoint::StreamGenerateContent => google::stream(model(&body), &body, &seed, framing),
        _ => said(endpoint, &body, &seed),
    })
}

/// Whether the body is read as a form; pictures may also be named in JSON.
fn is_form(judgement: &Judgement, endpoint: Endpoint) -> bool {
    let kind = judgement.request.header("content-type").unwrap_or_default();
    endpoint.takes_form() && !(endpoint == Endpoint::ImageEdits && kind.contains("json"))
}

/// Anthropic's own service refuses requests without the version of its interface.
fn version(judgement: &mut Judgement, endpoint: Endpoint) {
    let profile = judgement.profile;
    let wanted = profile.headers.iter().any(|header| header.name == "anthropic-version");
    let speaks = endpoint.dialect() == Dialect::Anthropic;
    if !speaks || !wanted || judgement.request.header("anthropic-version").is_some() {
        return;
    }
    let place = exchange::Place::Header("anthropic-version".to_owned());
    let message = format!("{} refuses messages without the header `anthropic-version`", profile.title);
    let finding = Finding::new(Code::BadHeader, place, message).help("send `anthropic-version: 2023-06-01`");
    let fill = Fill { message: "anthropic-version: header is required", ..Fill::default() };
    judgement.refuse(&judgement.errors.bad_parameter, &fill, finding);
}

fn model(body: &Value) -> &str {
    body.get("model").and_then(Value::as_str).unwrap_or_default()
}

/// What is answered to a body that was found right; the model that a path names stands in it as `model`.
pub(super) fn said(endpoint: Endpoint, body: &Value, seed: &Seed) -> Answer {
    match endpoint {
        Endpoint::ChatCompletions => openai::chat(body, seed),
        Endpoint::Completions => openai::completions(body, seed),
        Endpoint::Embeddings => openai::embeddings(body, seed),
        Endpoint::Responses => openai::responses(body, seed),
        Endpoint::Moderations => openai::moderations(body, seed),
        Endpoint::ImageGenerations | Endpoint::ImageEdits => openai::images(body, seed),
        Endpoint::Speech => openai::speech(body),
        Endpoint::Transcriptions | Endpoint::Translations => openai::transcription(body),
        Endpoint::Files => openai::file(body, None, seed),
        Endpoint::Batches => openai::batch(body, None, "validating", seed),
        Endpoint::Messages => anthropic::answer(body, seed),
        Endpoint::CountMessageTokens => anthropic::count(body),
        Endpoint::GenerateContent => google::generate(model(body), body, seed),
        Endpoint::StreamGenerateContent => google::stream(model(body), body, seed, Framing::Events),
        Endpoint::CountTokens => google::count(body),
        Endpoint::EmbedContent => google::embed(body, seed),
        Endpoint::BatchEmbedContents => google::embed_each(body, seed),
        Endpoint::OllamaChat => ollama::chat(body, seed),
        Endpoint::OllamaGenerate => ollama::generate(body, seed),
        Endpoint::OllamaEmbed => ollama::embed(body, seed),
        Endpoint::OllamaEmbeddings => ollama::embedding(seed),
        Endpoint::OllamaShow => ollama::show(),
        Endpoint::StoredResponses
        | Endpoint::Models
        | Endpoint::AnthropicModels
        | Endpoint::GoogleModels
        | Endpoint::OllamaTags => Answer::json(404, &Value::Null),
    }
}
