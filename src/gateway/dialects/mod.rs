//! The wire formats: what is asked where, and how it is answered.

pub(in crate::gateway) mod anthropic;
mod messages;
pub(in crate::gateway) mod ollama;
pub(in crate::gateway) mod openai;
pub(in crate::gateway) mod parameters;
mod reply;
mod sample;
pub(in crate::gateway) mod seed;

use std::fmt;

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
    /// OpenAI's list of models, and one of them by its id.
    Models,
    /// Anthropic's messages.
    Messages,
    /// Ollama's own chat.
    OllamaChat,
    /// Ollama's own completion of a prompt.
    OllamaGenerate,
    /// Ollama's own embeddings.
    OllamaEmbed,
    /// Ollama's list of models.
    OllamaTags,
    /// What Ollama knows of a model.
    OllamaShow,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: &'static [Self] = &[
        Self::ChatCompletions,
        Self::Completions,
        Self::Embeddings,
        Self::Responses,
        Self::Models,
        Self::Messages,
        Self::OllamaChat,
        Self::OllamaGenerate,
        Self::OllamaEmbed,
        Self::OllamaTags,
        Self::OllamaShow,
    ];

    /// Its path below the base path, without a slash before it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletions => "chat/completions",
            Self::Completions => "completions",
            Self::Embeddings => "embeddings",
            Self::Responses => "responses",
            Self::Models => "models",
            Self::Messages => "messages",
            Self::OllamaChat => "chat",
            Self::OllamaGenerate => "generate",
            Self::OllamaEmbed => "embed",
            Self::OllamaTags => "tags",
            Self::OllamaShow => "show",
        }
    }

    /// The endpoint of a path below a base path.
    pub fn named(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.as_str() == path)
    }

    /// The method that it takes.
    pub fn method(self) -> &'static str {
        match self {
            Self::Models | Self::OllamaTags => "GET",
            Self::ChatCompletions
            | Self::Completions
            | Self::Embeddings
            | Self::Responses
            | Self::Messages
            | Self::OllamaChat
            | Self::OllamaGenerate
            | Self::OllamaEmbed
            | Self::OllamaShow => "POST",
        }
    }

    /// Whether it serves a path below the base path; the list of models also serves each of them.
    pub fn serves(self, path: &str) -> bool {
        let name = self.as_str();
        path == name
            || (self == Self::Models && path.strip_prefix("models/").is_some_and(|id| !id.is_empty()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
