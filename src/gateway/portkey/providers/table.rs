//! The providers that speak OpenAI's dialect, as a table.

use std::sync::LazyLock;

use crate::data::Node;
use crate::gateway::profiles::toml;

/// What is known of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gateway::portkey) struct Entry {
    /// Its name.
    pub(super) name: String,
    /// Its base URL.
    pub(super) base: String,
    /// The path of its chat.
    pub(super) chat: String,
    /// The path of its completions.
    pub(super) complete: Option<String>,
    /// The path of its embeddings.
    pub(super) embed: Option<String>,
    /// How it is told the credential.
    pub(super) key: Key,
    /// The model of its chat where the client names none.
    pub(super) model: Option<String>,
    pub(super) complete_model: Option<String>,
    pub(super) embed_model: Option<String>,
    /// What it is not sent of OpenAI's parameters.
    pub(super) without: Vec<String>,
    /// What it is sent beside them.
    pub(super) also: Vec<String>,
    /// Headers that it is sent beside the credential.
    pub(super) headers: Vec<(String, String)>,
    /// What it is sent under another name.
    pub(super) renames: Vec<(String, String)>,
    /// Whether the developer of a conversation is called system.
    pub(super) renames_developer: bool,
    pub(super) answers: Answers,
    pub(super) errors: Errors,
    pub(super) streams: Streams,
}

/// How a provider is told the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Bearer,
    None,
}

/// What becomes of good answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// They are handed on.
    Kept,
    /// They get the name of the provider.
    Named,
    /// They get it, and lose what the gateway does not know.
    Picked,
}

/// What becomes of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errors {
    /// They are handed on.
    Kept,
    /// They are written anew, with all their parts.
    Whole,
    /// Message and kind are kept.
    Kind,
}

/// What becomes of the events of streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Streams {
    /// They are handed on.
    Kept,
    /// They get the name of the provider.
    Named,
    /// They get it, and lose what the gateway does not know.
    Picked,
    /// The same, and of their choices only place, text and end are kept.
    Bare,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let root = toml(include_str!("openai.toml"));
    root.get("provider").map(Node::elements).unwrap_or_default().iter().map(entry).collect()
});

/// The provider of a name.
pub(super) fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

fn entry(node: &Node) -> Entry {
    let text = |key: &str| node.get(key).and_then(Node::as_str);
    let owned = |key: &str| text(key).map(str::to_owned);
    let texts = |key: &str| {
        let elements = node.get(key).map(Node::elements).unwrap_or_default();
        elements.iter().filter_map(Node::as_str).map(str::to_owned).collect()
    };
    let pairs = |key: &str, names: (&str, &str)| {
        let elements = node.get(key).map(Node::elements).unwrap_or_default();
        let pair = |node: &Node| {
            let text = |name: &str| node.get(name).and_then(Node::as_str).map(str::to_owned);
            Some((text(names.0)?, text(names.1)?))
        };
        elements.iter().filter_map(pair).collect::<Vec<_>>()
    };
    Entry {
        name: owned("name").unwrap_or_default(),
        base: owned("base").unwrap_or_default(),
        chat: owned("chat").unwrap_or_else(|| "/chat/completions".to_owned()),
        complete: owned("complete"),
        embed: owned("embed"),
        key: match text("key") {
            Some("none") => Key::None,
            _ => Key::Bearer,
        },
        model: owned("model"),
        complete_model: owned("complete_model"),
        embed_model: owned("embed_model"),
        without: texts("without"),
        also: texts("also"),
        headers: pairs("headers", ("name", "value")),
        renames: pairs("renames", ("from", "to")),
        renames_developer: text("developer") == Some("system"),
        answers: match text("answers") {
            Some("named") => Answers::Named,
            Some("picked") => Answers::Picked,
            _ => Answers::Kept,
        },
        errors: match text("errors") {
            Some("kept") => Errors::Kept,
            Some("kind") => Errors::Kind,
            _ => Errors::Whole,
        },
        streams: match text("streams") {
            Some("named") => Streams::Named,
            Some("picked") => Streams::Picked,
            Some("bare") => Streams::Bare,
            _ => Streams::Kept,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_of_the_table_has_a_name_and_an_address() {
        assert!(ENTRIES.len() > 20);
        for entry in ENTRIES.iter() {
            let local = entry.name == "ollama";
            assert!(!entry.name.is_empty() && (local || entry.base.starts_with("https://")), "{entry:?}");
            assert!(entry.chat.starts_with('/'), "{entry:?}");
        }
    }
}
