//! What a model says: a text from the last thing it was told, or a call of a tool, whatever the dialect.

use serde_json::{Value, json};

use super::sample::conforming;
use super::seed::Seed;

/// What a model says in one choice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    /// What is said.
    pub(super) said: Said,
    /// Why it ends.
    pub(super) end: End,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// A text in pieces, one a token.
    Text(Vec<String>),
    /// Calls of tools.
    Calls(Vec<Call>),
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: Value,
}

/// Why a reply ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Stop,
    Length,
    Calls,
}

/// What is wanted of a reply.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// The last thing that the user said.
    pub(super) prompt: String,
    /// The most tokens.
    pub(super) most: Option<u64>,
    /// Texts that end it.
    pub(super) stops: Vec<&'a str>,
    /// The schema that the text has to conform to; an empty one for any object.
    pub(super) schema: Option<&'a Value>,
    /// The tools to call: name and schema of the arguments.
    pub(super) calls: Vec<(&'a str, Option<&'a Value>)>,
}

impl Reply {
    /// The reply of a choice.
    pub(super) fn new(wanted: &Wanted, seed: &Seed, choice: u64) -> Self {
        if !wanted.calls.is_empty() {
            let calls = wanted.calls.iter().enumerate().map(|(index, (name, schema))| Call {
                id: seed.derive(&format!("call {choice} {index}")).id("call_", 24),
                name: (*name).to_owned(),
                arguments: schema.map_or_else(|| json!({}), conforming),
            });
            return Self { said: Said::Calls(calls.collect()), end: End::Calls };
        }
        let mut text = match wanted.schema {
            Some(schema) if schema.as_object().is_none_or(serde_json::Map::is_empty) => {
                json!({"answer": wanted.prompt}).to_string()
            }
            Some(schema) => conforming(schema).to_string(),
            None if choice == 0 => format!("The mock gateway heard: {}", wanted.prompt),
            None => format!("The mock gateway heard, and says it in way {}: {}", choice + 1, wanted.prompt),
        };
        if let Some(at) =
            wanted.stops.iter().filter(|stop| !stop.is_empty()).filter_map(|stop| text.find(stop)).min()
        {
            text.truncate(at);
        }
        let mut pieces = tokens(&text);
        let most = wanted.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let end = if pieces.len() > most { End::Length } else { End::Stop };
        pieces.truncate(most);
        Self { said: Said::Text(pieces), end }
    }

    /// The whole text, where it is one.
    pub(super) fn text(&self) -> Option<String> {
        match &self.said {
            Said::Text(pieces) => Some(pieces.concat()),
            Said::Calls(_) => None,
        }
    }

    /// How many tokens it has.
    pub(super) fn tokens(&self) -> usize {
        match &self.said {
            Said::Text(pieces) => pieces.len(),
            Said::Calls(calls) => {
                calls.iter().map(|call| 5 + tokens(&call.arguments.to_string()).len()).sum()
            }
        }
    }
}

/// A text in pieces: each word with the space before it, and long words in parts of eight characters.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for character in text.chars() {
        if length > 0 && (character.is_whitespace() || length >= 8) {
            pieces.push(std::mem::take(&mut piece));
            length = 0;
        }
        piece.push(character);
        length += usize::from(!character.is_whitespace());
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// At most so many characters of a prompt come back, so that answers stay readable on pages.
const LONGEST: usize = 120;

/// The start of a text, in one line.
pub(super) fn heard(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut start: String = line.chars().take(LONGEST).collect();
    if start.len() < line.len() {
        start.push('…');
    }
    start
}

/// The text of a message: a string, or the text parts of a list.
pub(super) fn content(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text").and_then(Value::as_str));
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// The text of the last message of the user; of the last one where none is the user's.
pub(super) fn last_message(messages: Option<&Value>) -> String {
    let messages = messages.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
    let message = messages.iter().rev().find(of_user).or_else(|| messages.last());
    heard(&content(message.and_then(|message| message.get("content"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_make_up_the_text() {
        let text = "Hello  world,\nthis is extraordinarily long";
        assert_eq!(tokens(text).concat(), text);
        assert!(tokens(text).len() > 6);
        assert!(tokens("").is_empty());
    }
}
