//! What a path and a method ask the gateway for.

use super::super::exchange::Request;

/// What the gateway is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Function {
    Chat,
    Complete,
    Embed,
    Messages,
    CountTokens,
    Respond,
    GetResponse,
    DeleteResponse,
    ListInputItems,
    Image,
    Speech,
    Proxy,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The greeting at the root.
    Greeting,
    /// Whether the hosted service is well.
    Health,
    /// A saved prompt.
    Prompt,
    /// A function, validated before.
    Function(Function),
    /// The proxy of old, which validates nothing.
    OldProxy,
    /// Nothing.
    Nothing,
}

impl Function {
    /// Its name, as the gateway puts it in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chat => "chatComplete",
            Self::Complete => "complete",
            Self::Embed => "embed",
            Self::Messages => "messages",
            Self::CountTokens => "messagesCountTokens",
            Self::Respond => "createModelResponse",
            Self::GetResponse => "getModelResponse",
            Self::DeleteResponse => "deleteModelResponse",
            Self::ListInputItems => "listResponseInputItems",
            Self::Image => "imageGenerate",
            Self::Speech => "createSpeech",
            Self::Proxy => "proxy",
        }
    }

    /// Whether it reads a body of JSON.
    pub(super) fn has_body(self) -> bool {
        !matches!(self, Self::GetResponse | Self::DeleteResponse | Self::ListInputItems)
    }

    /// Whether it says why conditions lead nowhere.
    pub(super) fn tells_router_errors(self) -> bool {
        matches!(self, Self::Chat | Self::Messages | Self::CountTokens | Self::Proxy)
    }

    /// Whether guardrails look at it.
    pub(super) fn is_guarded(self) -> bool {
        matches!(self, Self::Chat | Self::Complete | Self::Embed | Self::Messages)
    }
}

/// Finds what a request asks for (routes of 1.15.2; 2.2.3 takes `PUT`, too).
pub(super) fn find(request: &Request) -> Route {
    let path = request.path.as_str();
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    let id = |start: &str| path.strip_prefix(start).is_some_and(|id| !id.is_empty() && !id.contains('/'));
    let items = path.strip_prefix("/v1/responses/").and_then(|rest| rest.strip_suffix("/input_items"));
    match (method, path) {
        ("GET", "/") => Route::Greeting,
        ("GET", "/v1/health") => Route::Health,
        ("POST", "/v1/chat/completions") => Route::Function(Function::Chat),
        ("POST", "/v1/completions") => Route::Function(Function::Complete),
        ("POST", "/v1/embeddings") => Route::Function(Function::Embed),
        ("POST", "/v1/messages") => Route::Function(Function::Messages),
        ("POST", "/v1/messages/count_tokens") => Route::Function(Function::CountTokens),
        ("POST", "/v1/responses") => Route::Function(Function::Respond),
        ("POST", "/v1/images/generations") => Route::Function(Function::Image),
        ("POST", "/v1/audio/speech") => Route::Function(Function::Speech),
        ("GET", _) if items.is_some_and(|id| !id.is_empty() && !id.contains('/')) => {
            Route::Function(Function::ListInputItems)
        }
        ("GET", _) if id("/v1/responses/") => Route::Function(Function::GetResponse),
        ("DELETE", _) if id("/v1/responses/") => Route::Function(Function::DeleteResponse),
        ("POST", _) if path.starts_with("/v1/prompts/") => Route::Prompt,
        ("POST", _) if path.starts_with("/v1/proxy/") => Route::OldProxy,
        ("GET", _) if path.starts_with("/v1/realtime") => Route::Nothing,
        ("GET" | "POST" | "DELETE" | "PUT", _) if path.starts_with("/v1/") => {
            Route::Function(Function::Proxy)
        }
        _ => Route::Nothing,
    }
}
