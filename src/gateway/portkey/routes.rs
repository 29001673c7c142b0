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
    ImageEdit,
    Speech,
    Transcribe,
    Translate,
    UploadFile,
    ListFiles,
    GetFile,
    GetFileContent,
    DeleteFile,
    CreateBatch,
    GetBatch,
    CancelBatch,
    ListBatches,
    Proxy,
}

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// As JSON.
    Json,
    /// As a form of several parts.
    Form,
    /// Not at all: it is handed on as it comes.
    Stream,
    /// Not at all, and nothing is handed on of it.
    Nothing,
    /// As its content type says.
    AsDeclared,
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
            Self::ImageEdit => "imageEdit",
            Self::Speech => "createSpeech",
            Self::Transcribe => "createTranscription",
            Self::Translate => "createTranslation",
            Self::UploadFile => "uploadFile",
            Self::ListFiles => "listFiles",
            Self::GetFile => "retrieveFile",
            Self::GetFileContent => "retrieveFileContent",
            Self::DeleteFile => "deleteFile",
            Self::CreateBatch => "createBatch",
            Self::GetBatch => "retrieveBatch",
            Self::CancelBatch => "cancelBatch",
            Self::ListBatches => "listBatches",
            Self::Proxy => "proxy",
        }
    }

    /// How it reads a body.
    pub(super) fn reads(self) -> Reads {
        match self {
            Self::Chat
            | Self::Complete
            | Self::Embed
            | Self::Messages
            | Self::CountTokens
            | Self::Respond
            | Self::Image
            | Self::Speech
            | Self::CreateBatch => Reads::Json,
            Self::ImageEdit | Self::Transcribe | Self::Translate => Reads::Form,
            Self::UploadFile => Reads::Stream,
            Self::GetResponse
            | Self::DeleteResponse
            | Self::ListInputItems
            | Self::ListFiles
            | Self::GetFile
            | Self::GetFileContent
            | Self::DeleteFile
            | Self::GetBatch
            | Self::CancelBatch
            | Self::ListBatches => Reads::Nothing,
            Self::Proxy => Reads::AsDeclared,
        }
    }

    /// Whether OpenAI is sent a form.
    pub(super) fn is_form(self) -> bool {
        matches!(self.reads(), Reads::Form | Reads::Stream)
    }

    /// Whether what it gets is a stream where its form says so.
    pub(super) fn streams_by_form(self) -> bool {
        matches!(self, Self::ImageEdit | Self::Transcribe)
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

/// Finds what a request asks for; what a batch has brought is taken for something that is proxied (routes of 1.15.2; 2.2.3 takes `PUT`, too).
pub(super) fn find(request: &Request) -> Route {
    let path = request.path.as_str();
    let method = if request.method == "HEAD" { "GET" } else { request.method.as_str() };
    let id = |start: &str, end: &str| {
        let id = path.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
        id.is_some_and(|id| !id.is_empty() && !id.contains('/'))
    };
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
        ("POST", "/v1/images/edits") => Route::Function(Function::ImageEdit),
        ("POST", "/v1/audio/speech") => Route::Function(Function::Speech),
        ("POST", "/v1/audio/transcriptions") => Route::Function(Function::Transcribe),
        ("POST", "/v1/audio/translations") => Route::Function(Function::Translate),
        ("POST", "/v1/files") => Route::Function(Function::UploadFile),
        ("GET", "/v1/files") => Route::Function(Function::ListFiles),
        ("GET", _) if id("/v1/files/", "") => Route::Function(Function::GetFile),
        ("GET", _) if id("/v1/files/", "/content") => Route::Function(Function::GetFileContent),
        ("DELETE", _) if id("/v1/files/", "") => Route::Function(Function::DeleteFile),
        ("POST", "/v1/batches") => Route::Function(Function::CreateBatch),
        ("GET", "/v1/batches") => Route::Function(Function::ListBatches),
        ("GET", _) if id("/v1/batches/", "") => Route::Function(Function::GetBatch),
        ("POST", _) if id("/v1/batches/", "/cancel") => Route::Function(Function::CancelBatch),
        ("GET", _) if id("/v1/responses/", "/input_items") => Route::Function(Function::ListInputItems),
        ("GET", _) if id("/v1/responses/", "") => Route::Function(Function::GetResponse),
        ("DELETE", _) if id("/v1/responses/", "") => Route::Function(Function::DeleteResponse),
        ("POST", _) if path.starts_with("/v1/prompts/") => Route::Prompt,
        ("POST", _) if path.starts_with("/v1/proxy/") => Route::OldProxy,
        ("GET", _) if path.starts_with("/v1/realtime") => Route::Nothing,
        ("GET" | "POST" | "DELETE" | "PUT", _) if path.starts_with("/v1/") => {
            Route::Function(Function::Proxy)
        }
        _ => Route::Nothing,
    }
}
