//! What each provider takes and answers, as the gateway translates it.
//!
//! `openai` serves all that speak OpenAI's dialect, from a table; `anthropic` and `google` translate. Providers that the table does not
//! have are played as if they spoke it.

mod adapter;
mod anthropic;
mod errors;
mod google;
mod openai;
mod rules;
mod table;

use serde_json::{Map, Value};

use super::super::routing::{Edition, Target};
use super::javascript;
use super::routes::Function;
use table::{Entry, Key};

/// A function that a provider does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unsupported;

/// A provider that the gateway can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider {
    OpenAi(&'static Entry),
    Anthropic,
    Google,
    /// One whose dialect is not played; it is taken for one like OpenAI.
    Other(&'static str),
}

/// Names that the gateway takes in headers and has no code for.
const EMPTY: &[&str] = &["portkey", "cortex"];

/// What the client has to do with how an answer is mapped.
#[derive(Clone, Debug)]
pub(super) struct Context<'a> {
    pub(super) edition: Edition,
    pub(super) function: Function,
    /// Whether answers keep to OpenAI's form.
    pub(super) strict: bool,
    /// The body that was sent to the gateway, with what the config puts in.
    pub(super) params: &'a Map<String, Value>,
    /// Seconds since 1970.
    pub(super) now: u64,
    /// The id of a stream whose events have none.
    pub(super) id: String,
}

impl Provider {
    /// The provider of a name; none where the gateway has no code for it.
    pub(super) fn find(name: &str, edition: Edition) -> Option<Self> {
        match name {
            "anthropic" => Some(Self::Anthropic),
            "google" => Some(Self::Google),
            _ if EMPTY.contains(&name) => None,
            _ => {
                let known = super::super::routing::provider_named(edition, name)?;
                Some(table::find(name).map_or(Self::Other(known), Self::OpenAi))
            }
        }
    }

    fn entry(self) -> Option<&'static Entry> {
        match self {
            Self::OpenAi(entry) => Some(entry),
            Self::Other(_) => table::find("openai"),
            Self::Anthropic | Self::Google => None,
        }
    }

    /// Its own base URL.
    pub(super) fn base(self) -> &'static str {
        match self {
            Self::OpenAi(entry) => &entry.base,
            Self::Anthropic => anthropic::BASE,
            Self::Google => google::BASE,
            Self::Other(_) => "",
        }
    }

    /// The headers that it is sent.
    pub(super) fn headers(self, target: &Target, context: &Context<'_>) -> Vec<(String, String)> {
        let key = target.api_key.as_deref();
        let setting = |name: &str| target.settings.get(name).and_then(Value::as_str);
        let mut headers = Vec::new();
        let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
        match self {
            Self::Anthropic => {
                let own = key.filter(|key| !key.is_empty()).or_else(|| setting("anthropicApiKey"));
                add("x-api-key", own.unwrap_or_default());
                let param = |name: &str| context.params.get(name).and_then(Value::as_str);
                let beta = setting("anthropicBeta").or_else(|| param("anthropic_beta"));
                let version = setting("anthropicVersion").or_else(|| param("anthropic_version"));
                add("anthropic-beta", beta.unwrap_or("messages-2023-12-15"));
                add("anthropic-version", version.unwrap_or("2023-06-01"));
            }
            Self::Google => {}
            Self::OpenAi(_) | Self::Other(_) => {
                let entry = self.entry();
                match entry.map_or(Key::Bearer, |entry| entry.key) {
                    Key::Bearer => add("authorization", &format!("Bearer {}", key.unwrap_or("undefined"))),
                    Key::None => {}
                }
                for (name, value) in entry.map(|entry| entry.headers.as_slice()).unwrap_or_default() {
                    add(name, value);
                }
                if matches!(self, Self::OpenAi(entry) if entry.name == "openai") {
                    let own = [
                        ("openai-organization", "openaiOrganization"),
                        ("openai-project", "openaiProject"),
                        ("openai-beta", "openaiBeta"),
                    ];
                    for (header, name) in own {
                        if let Some(value) = setting(name).filter(|value| !value.is_empty()) {
                            add(header, value);
                        }
                    }
                }
            }
        }
        headers
    }

    /// Whether it is sent the form that a function reads.
    pub(super) fn takes_form(self, function: Function) -> bool {
        let openai = match self {
            Self::OpenAi(entry) => entry.name == "openai",
            Self::Other(_) => true,
            Self::Anthropic | Self::Google => false,
        };
        openai && function.is_form()
    }

    /// Whether the hosted service puts a chat in place of messages. Streams are not: none was recorded.
    fn adapts(self, context: &Context<'_>) -> bool {
        let speaks_openai = matches!(self, Self::OpenAi(_) | Self::Other(_));
        let streams = context.params.get("stream") == Some(&Value::Bool(true));
        context.edition == Edition::Hosted
            && context.function == Function::Messages
            && speaks_openai
            && !streams
    }

    /// The path below its base URL; `address` is the one that the client asked for.
    pub(super) fn path(self, target: &Target, context: &Context<'_>, address: &str) -> String {
        match self {
            Self::Anthropic => anthropic::path(context.function).to_owned(),
            Self::Google => google::path(context, target.api_key.as_deref()),
            Self::OpenAi(_) | Self::Other(_) => {
                let function = if self.adapts(context) { Function::Chat } else { context.function };
                self.entry().map(|entry| openai::path(entry, function, address)).unwrap_or_default()
            }
        }
    }

    /// The body that it is sent.
    pub(super) fn body(self, context: &Context<'_>) -> Result<Value, Unsupported> {
        match self {
            Self::Anthropic => anthropic::body(context),
            Self::Google => google::body(context),
            Self::OpenAi(_) | Self::Other(_) => {
                let entry = self.entry().ok_or(Unsupported)?;
                if self.adapts(context) {
                    return openai::body(entry, Function::Chat, &adapter::chat(context.params));
                }
                openai::body(entry, context.function, context.params)
            }
        }
    }

    /// What its answer becomes; none where it is handed on as it came.
    pub(super) fn mapped(self, context: &Context<'_>, status: u16, body: &Value) -> Option<Value> {
        match self {
            Self::Anthropic => anthropic::mapped(context, status, body),
            Self::Google => google::mapped(context, status, body),
            Self::OpenAi(_) | Self::Other(_) if self.adapts(context) => Some(adapter::message(body)),
            Self::Other(name) if context.function == Function::Chat => {
                let error = body.get("error").filter(|_| status != 200);
                Some(error.map_or_else(|| openai::named(name, body), |error| errors::of(name, error)))
            }
            Self::OpenAi(_) | Self::Other(_) => {
                openai::mapped(self.entry()?, context.function, context.edition, (status, body))
            }
        }
    }

    /// Whether answers are read at all, be it that nothing comes of it.
    pub(super) fn reads(self, context: &Context<'_>) -> bool {
        self.mapped(context, 200, &Value::Object(Map::new())).is_some()
    }

    /// What becomes of its streams.
    pub(super) fn stream<'a>(self, context: &'a Context<'a>) -> Mapping<'a> {
        Mapping { provider: self, context, state: State { tool: -1, ..State::default() } }
    }
}

/// What becomes of a stream, event by event.
pub(super) struct Mapping<'a> {
    provider: Provider,
    context: &'a Context<'a>,
    state: State,
}

/// What the events of a stream have told.
#[derive(Clone, Debug, Default)]
struct State {
    model: String,
    usage: Map<String, Value>,
    tool: i64,
    thinks: bool,
}

impl Mapping<'_> {
    /// What stands between the events of the provider.
    pub(super) fn end_of_event(&self) -> &'static str {
        if self.provider == Provider::Google { "\r\n" } else { "\n\n" }
    }

    /// The kind of content that the stream is said to have; none where it stays as it was.
    pub(super) fn content_type(&self) -> Option<&'static str> {
        let own = self.provider == Provider::Google && self.context.function == Function::Chat;
        own.then_some("text/event-stream")
    }

    /// What becomes of an event; none where it is handed on as it came. An event that cannot be read ends the stream.
    pub(super) fn event(&mut self, piece: &str) -> Result<Option<String>, ()> {
        if self.context.function != Function::Chat {
            return Ok(None);
        }
        match self.provider {
            Provider::Anthropic => anthropic::event(self.context, &mut self.state, piece),
            Provider::Google => google::event(self.context, &mut self.state, piece).map(Some),
            Provider::OpenAi(entry) => openai::event(entry, piece),
            Provider::Other(_) => Ok(None),
        }
    }
}

/// Whether a message of a chat says what the system says.
fn is_system(message: &Value) -> bool {
    matches!(message.get("role").and_then(Value::as_str), Some("system" | "developer"))
}

/// Why a provider stopped, in OpenAI's words (1.15.2): all that is not known is a stop.
fn finish_reason(reason: Option<&Value>, context: &Context<'_>) -> Value {
    let Some(word) = reason.and_then(Value::as_str).filter(|word| !word.is_empty()) else {
        return "stop".into();
    };
    if !context.strict {
        return word.into();
    }
    match word {
        "max_tokens" | "MAX_TOKENS" | "LENGTH" | "length" | "model_length" => "length",
        "tool_use" | "tool_calls" | "TOOL_CALL" => "tool_calls",
        "SAFETY"
        | "PROHIBITED_CONTENT"
        | "BLOCKLIST"
        | "SPII"
        | "LANGUAGE"
        | "IMAGE_SAFETY"
        | "guardrail_intervened"
        | "content_filtered"
        | "content_filter" => "content_filter",
        "function_call" => "function_call",
        _ => "stop",
    }
    .into()
}

/// One event of OpenAI's form.
fn chunk(data: &Value) -> String {
    format!("data: {}\n\n", String::from_utf8_lossy(&javascript::stringify(data)))
}
