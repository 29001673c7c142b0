//! The wire formats: what is asked where, and how it is answered.

pub(in crate::gateway) mod anthropic;
mod conversation;
pub(in crate::gateway) mod form;
pub(in crate::gateway) mod google;
mod media;
pub(in crate::gateway) mod ollama;
pub(in crate::gateway) mod openai;
pub(in crate::gateway) mod parameters;
mod pattern;
mod reply;
mod sample;
pub(in crate::gateway) mod script;
pub(in crate::gateway) mod seed;
mod strict;
mod tokens;
pub(in crate::gateway) mod wording;

use std::fmt;

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI's, which most services speak.
    OpenAi,
    /// Anthropic's messages.
    Anthropic,
    /// Google's generation of content.
    Google,
    /// Ollama's own.
    Ollama,
}

/// What is served below a base path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Endpoint {
    /// OpenAI's chat completions.
    ChatCompletions,
    /// OpenAI's completions of a prompt.
    Completions,
    /// OpenAI's embeddings.
    Embeddings,
    /// OpenAI's responses.
    Responses,
    /// OpenAI's responses that it keeps, by their ids, and what went into them.
    StoredResponses,
    /// OpenAI's list of models, and one of them by its id.
    Models,
    /// OpenAI's judgement of texts.
    Moderations,
    /// OpenAI's pictures from a prompt.
    ImageGenerations,
    /// OpenAI's pictures from pictures.
    ImageEdits,
    /// OpenAI's speech from a text.
    Speech,
    /// OpenAI's text from speech.
    Transcriptions,
    /// OpenAI's English text from speech.
    Translations,
    /// OpenAI's files.
    Files,
    /// OpenAI's batches of requests.
    Batches,
    /// Anthropic's messages.
    Messages,
    /// Anthropic's count of the tokens of messages.
    CountMessageTokens,
    /// Anthropic's list of models, and one of them by its id.
    AnthropicModels,
    /// Google's content.
    GenerateContent,
    /// Google's content as a stream.
    StreamGenerateContent,
    /// Google's count of tokens.
    CountTokens,
    /// Google's embedding of one content.
    EmbedContent,
    /// Google's embeddings of several contents.
    BatchEmbedContents,
    /// Google's list of models, and one of them by its id.
    GoogleModels,
    /// Ollama's own chat.
    OllamaChat,
    /// Ollama's own completion of a prompt.
    OllamaGenerate,
    /// Ollama's own embeddings.
    OllamaEmbed,
    /// Ollama's own embedding of one prompt, which `embed` replaces.
    OllamaEmbeddings,
    /// Ollama's list of models.
    OllamaTags,
    /// What Ollama knows of a model.
    OllamaShow,
}

/// A path below a base, with `{}` for an id, and the methods that it takes.
type Served = (&'static str, &'static [&'static str]);

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];

impl Endpoint {
    /// Every endpoint.
    pub const ALL: &'static [Self] = &[
        Self::ChatCompletions,
        Self::Completions,
        Self::Embeddings,
        Self::Responses,
        Self::StoredResponses,
        Self::Models,
        Self::Moderations,
        Self::ImageGenerations,
        Self::ImageEdits,
        Self::Speech,
        Self::Transcriptions,
        Self::Translations,
        Self::Files,
        Self::Batches,
        Self::Messages,
        Self::CountMessageTokens,
        Self::AnthropicModels,
        Self::GenerateContent,
        Self::StreamGenerateContent,
        Self::CountTokens,
        Self::EmbedContent,
        Self::BatchEmbedContents,
        Self::GoogleModels,
        Self::OllamaChat,
        Self::OllamaGenerate,
        Self::OllamaEmbed,
        Self::OllamaEmbeddings,
        Self::OllamaTags,
        Self::OllamaShow,
    ];

    /// Its name in profiles and messages: the path below the base, where no other endpoint has the same.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat/completions",
            Self::Completions => "completions",
            Self::Embeddings => "embeddings",
            Self::Responses => "responses",
            Self::StoredResponses => "stored-responses",
            Self::Models => "models",
            Self::Moderations => "moderations",
            Self::ImageGenerations => "images/generations",
            Self::ImageEdits => "images/edits",
            Self::Speech => "audio/speech",
            Self::Transcriptions => "audio/transcriptions",
            Self::Translations => "audio/translations",
            Self::Files => "files",
            Self::Batches => "batches",
            Self::Messages => "messages",
            Self::CountMessageTokens => "messages/count_tokens",
            Self::AnthropicModels => "anthropic-models",
            Self::GenerateContent => "generateContent",
            Self::StreamGenerateContent => "streamGenerateContent",
            Self::CountTokens => "countTokens",
            Self::EmbedContent => "embedContent",
            Self::BatchEmbedContents => "batchEmbedContents",
            Self::GoogleModels => "google-models",
            Self::OllamaChat => "chat",
            Self::OllamaGenerate => "generate",
            Self::OllamaEmbed => "embed",
            Self::OllamaEmbeddings => "ollama-embeddings",
            Self::OllamaTags => "tags",
            Self::OllamaShow => "show",
        }
    }

    /// What it serves below the base path; the first is the one that people mean.
    fn served(self) -> &'static [Served] {
        match self {
            Self::ChatCompletions => &[("chat/completions", POST)],
            Self::Completions => &[("completions", POST)],
            Self::Embeddings | Self::OllamaEmbeddings => &[("embeddings", POST)],
            Self::Responses => &[("responses", POST)],
            Self::StoredResponses => {
                &[("responses/{}/input_items", GET), ("responses/{}", &["GET", "DELETE"])]
            }
            Self::Models | Self::AnthropicModels | Self::GoogleModels => {
                &[("models", GET), ("models/{}", GET)]
            }
            Self::Moderations => &[("moderations", POST)],
            Self::ImageGenerations => &[("images/generations", POST)],
            Self::ImageEdits => &[("images/edits", POST), ("images/variations", POST)],
            Self::Speech => &[("audio/speech", POST)],
            Self::Transcriptions => &[("audio/transcriptions", POST)],
            Self::Translations => &[("audio/translations", POST)],
            Self::Files => {
                &[("files", &["POST", "GET"]), ("files/{}/content", GET), ("files/{}", &["GET", "DELETE"])]
            }
            Self::Batches => {
                &[("batches", &["POST", "GET"]), ("batches/{}/cancel", POST), ("batches/{}", GET)]
            }
            Self::Messages => &[("messages", POST)],
            Self::CountMessageTokens => &[("messages/count_tokens", POST)],
            Self::GenerateContent => &[("models/{}:generateContent", POST)],
            Self::StreamGenerateContent => &[("models/{}:streamGenerateContent", POST)],
            Self::CountTokens => &[("models/{}:countTokens", POST)],
            Self::EmbedContent => &[("models/{}:embedContent", POST)],
            Self::BatchEmbedContents => &[("models/{}:batchEmbedContents", POST)],
            Self::OllamaChat => &[("chat", POST)],
            Self::OllamaGenerate => &[("generate", POST)],
            Self::OllamaEmbed => &[("embed", POST)],
            Self::OllamaTags => &[("tags", GET)],
            Self::OllamaShow => &[("show", POST)],
        }
    }

    /// The wire format that it belongs to.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::ChatCompletions
            | Self::Completions
            | Self::Embeddings
            | Self::Responses
            | Self::StoredResponses
            | Self::Models
            | Self::Moderations
            | Self::ImageGenerations
            | Self::ImageEdits
            | Self::Speech
            | Self::Transcriptions
            | Self::Translations
            | Self::Files
            | Self::Batches => Dialect::OpenAi,
            Self::Messages | Self::CountMessageTokens | Self::AnthropicModels => Dialect::Anthropic,
            Self::GenerateContent
            | Self::StreamGenerateContent
            | Self::CountTokens
            | Self::EmbedContent
            | Self::BatchEmbedContents
            | Self::GoogleModels => Dialect::Google,
            Self::OllamaChat
            | Self::OllamaGenerate
            | Self::OllamaEmbed
            | Self::OllamaEmbeddings
            | Self::OllamaTags
            | Self::OllamaShow => Dialect::Ollama,
        }
    }

    /// The endpoint of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.as_str() == name)
    }

    /// Its path below the base path, without a slash before it; `{}` stands for the id of a model.
    pub fn path(self) -> &'static str {
        self.served().first().map_or("", |(path, _)| path)
    }

    /// The methods that it takes at a path below the base path; none where it does not serve it.
    pub fn methods(self, path: &str) -> &'static [&'static str] {
        let found = self.served().iter().find(|(pattern, _)| filled(pattern, path).is_some());
        found.map_or(&[], |(_, methods)| methods)
    }

    /// The id that a path below the base path names: of a model, a file, a batch.
    pub fn id(self, path: &str) -> Option<&str> {
        let found = self.served().iter().find_map(|(pattern, _)| filled(pattern, path));
        found.filter(|id| !id.is_empty())
    }

    /// Whether it reads a form in several parts in place of JSON.
    pub fn takes_form(self) -> bool {
        matches!(self, Self::ImageEdits | Self::Transcriptions | Self::Translations | Self::Files)
    }
}

/// What stands at the open place of a pattern; empty where the pattern has none.
fn filled<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    match pattern.split_once("{}") {
        None => (pattern == path).then_some(""),
        Some((before, behind)) => {
            let id = path.strip_prefix(before)?.strip_suffix(behind)?;
            // What is asked of one of Google's models stands behind a colon, and is no part of its id.
            let is_action = behind.is_empty() && id.rsplit_once(':').is_some_and(|(_, end)| is_action(end));
            (!id.is_empty() && !is_action).then_some(id)
        }
    }
}

/// Whether a word is something that is asked of one of Google's models.
fn is_action(word: &str) -> bool {
    const ACTIONS: &[&str] =
        &["generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents"];
    ACTIONS.contains(&word)
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_endpoint_has_a_name_of_its_own() {
        for endpoint in Endpoint::ALL {
            assert_eq!(Endpoint::named(endpoint.as_str()), Some(*endpoint));
            assert!(!endpoint.methods(endpoint.path()).is_empty(), "{endpoint}");
        }
    }

    #[test]
    fn an_id_is_read_out_of_a_path() {
        assert_eq!(Endpoint::Models.id("models/openai/gpt-5.5"), Some("openai/gpt-5.5"));
        assert_eq!(Endpoint::Models.id("models"), None);
        assert_eq!(Endpoint::Files.id("files/file-1/content"), Some("file-1"));
        assert_eq!(Endpoint::CountTokens.id("models/gemini-3-pro:countTokens"), Some("gemini-3-pro"));
    }

    #[test]
    fn the_list_of_googles_models_serves_no_action() {
        assert!(Endpoint::GoogleModels.methods("models/gemini-3-pro:generateContent").is_empty());
        assert!(!Endpoint::GoogleModels.methods("models/gemini-3-pro").is_empty());
        // The tag of a model of Ollama is none.
        assert!(!Endpoint::Models.methods("models/gpt-oss:20b").is_empty());
    }

    #[test]
    fn a_file_is_read_and_deleted() {
        assert_eq!(Endpoint::Files.methods("files/file-1"), ["GET", "DELETE"]);
        assert_eq!(Endpoint::Files.methods("files/file-1/content"), ["GET"]);
    }
}
