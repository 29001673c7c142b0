//! What a model says: a text from the last thing it was told, or calls of tools, whatever the dialect.

use serde_json::{Value, json};

use super::sample::conforming;
use super::script::{self, Line};
use super::seed::Seed;
use super::tokens::{Piece, Tokenizer};

/// What a model thinks aloud where it is asked to.
pub(super) const THOUGHT: &str = "The prompt is repeated as it was heard.";

/// So many tools are called at once at most.
const MOST_CALLS: usize = 8;

/// What a model says in one choice.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    /// What is said.
    pub(super) said: Said,
    /// Why it ends.
    pub(super) end: End,
    /// The text that ended it.
    pub(super) stopped_by: Option<String>,
    /// How many tokens it has.
    pub(super) tokens: usize,
}

/// What is said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Said {
    /// A text in pieces, as a model makes it.
    Text(Vec<String>),
    /// Calls of tools.
    Calls(Vec<Call>),
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    /// What makes its id unlike that of others; dialects put a beginning of their own before it.
    pub(super) id: String,
    pub(super) name: String,
    /// An object; a text where the tool takes one.
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
    /// The tools to call.
    pub(super) calls: Vec<Tool<'a>>,
    /// What counts the tokens of the model.
    pub(super) tokenizer: Tokenizer,
}

/// A tool that may be called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tool<'a> {
    pub(super) name: &'a str,
    pub(super) takes: Takes<'a>,
}

/// What a tool takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes<'a> {
    /// Arguments of a schema; anything where there is none.
    Arguments(Option<&'a Value>),
    /// A text.
    Text,
}

/// Which tools are to be called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice<'a> {
    /// The model may: it does, unless a tool has just answered.
    Free,
    /// None.
    Nothing,
    /// At least one.
    Needed,
    /// The one of this name.
    Named(&'a str),
}

/// How many tools are called at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// One.
    One,
    /// Each that there is, where the client asks for it in so many words.
    Each,
}

/// What the end of a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    /// The answer of a tool.
    Tool,
    /// Anything else.
    Other,
}

/// The tools that a reply calls.
pub(super) fn chosen<'a>(
    mut tools: impl Iterator<Item = Tool<'a>>,
    choice: Choice<'a>,
    number: Number,
    last: Last,
) -> Vec<Tool<'a>> {
    match choice {
        Choice::Nothing => Vec::new(),
        Choice::Free if last == Last::Tool => Vec::new(),
        Choice::Named(name) => tools.find(|tool| tool.name == name).into_iter().collect(),
        Choice::Free | Choice::Needed => {
            let most = if number == Number::One { 1 } else { MOST_CALLS };
            tools.take(most).collect()
        }
    }
}

impl Reply {
    /// The reply of a choice.
    pub(super) fn new(wanted: &Wanted, seed: &Seed, choice: u64) -> Self {
        if let Some(line) = script::line() {
            return Self::told(line, wanted.tokenizer, seed, choice);
        }
        if !wanted.calls.is_empty() {
            let calls = wanted.calls.iter().enumerate().map(|(index, tool)| Call {
                id: seed.derive(&format!("call {choice} {index}")).id("", 24),
                name: tool.name.to_owned(),
                arguments: arguments(tool, &wanted.prompt),
            });
            return Self::calling(calls.collect(), wanted.tokenizer);
        }
        let mut text = match wanted.schema {
            Some(schema) if schema.as_object().is_none_or(serde_json::Map::is_empty) => {
                json!({"answer": wanted.prompt}).to_string()
            }
            Some(schema) => conforming(schema).to_string(),
            None if choice == 0 => format!("The mock gateway heard: {}", wanted.prompt),
            None => format!("The mock gateway heard, and says it in way {}: {}", choice + 1, wanted.prompt),
        };
        let stops = wanted.stops.iter().filter(|stop| !stop.is_empty());
        let first = stops.filter_map(|stop| Some((text.find(stop)?, *stop))).min_by_key(|(at, _)| *at);
        if let Some((at, _)) = first {
            text.truncate(at);
        }
        let most = wanted.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let reply = Self::saying(wanted.tokenizer.pieces(&text), most);
        let stopped_by = first.filter(|_| reply.end == End::Stop).map(|(_, stop)| stop.to_owned());
        Self { stopped_by, ..reply }
    }

    /// The reply of a text, as far as so many tokens reach.
    fn saying(pieces: Vec<Piece>, most: usize) -> Self {
        let (all, mut tokens) = (pieces.len(), 0);
        let fits = |piece: &Piece| {
            let fits = tokens + piece.tokens <= most;
            tokens += if fits { piece.tokens } else { 0 };
            fits
        };
        let said: Vec<String> = pieces.into_iter().take_while(fits).map(|piece| piece.text).collect();
        let end = if said.len() < all { End::Length } else { End::Stop };
        Self { said: Said::Text(said), end, stopped_by: None, tokens }
    }

    /// The reply that calls tools.
    fn calling(calls: Vec<Call>, tokenizer: Tokenizer) -> Self {
        let tokens = calls.iter().map(|call| 5 + tokenizer.count(&call.arguments.to_string())).sum();
        Self { said: Said::Calls(calls), end: End::Calls, stopped_by: None, tokens }
    }

    /// The reply that a script has for the model.
    fn told(line: Line, tokenizer: Tokenizer, seed: &Seed, choice: u64) -> Self {
        if line.calls.is_empty() {
            return Self::saying(tokenizer.pieces(&line.text), usize::MAX);
        }
        let calls = line.calls.into_iter().enumerate().map(|(index, (name, arguments))| Call {
            id: seed.derive(&format!("call {choice} {index}")).id("", 24),
            name,
            arguments,
        });
        Self::calling(calls.collect(), tokenizer)
    }

    /// The whole text, where it is one.
    pub(super) fn text(&self) -> Option<String> {
        match &self.said {
            Said::Text(pieces) => Some(pieces.concat()),
            Said::Calls(_) => None,
        }
    }

    /// The calls, where there are any.
    pub(super) fn calls(&self) -> &[Call] {
        match &self.said {
            Said::Text(_) => &[],
            Said::Calls(calls) => calls,
        }
    }
}

impl Call {
    /// Its arguments as the text that they are sent as.
    pub(super) fn written(&self) -> String {
        match &self.arguments {
            Value::String(text) => text.clone(),
            arguments => arguments.to_string(),
        }
    }
}

fn arguments(tool: &Tool, prompt: &str) -> Value {
    match tool.takes {
        Takes::Text => Value::String(prompt.to_owned()),
        Takes::Arguments(schema) => {
            schema.map(conforming).filter(Value::is_object).unwrap_or_else(|| json!({}))
        }
    }
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

/// The text of a message: a string, or the parts of a list, where what is no text is named.
pub(super) fn content(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| match part {
                Value::String(text) => Some(text.as_str()),
                _ => part.get("text").and_then(Value::as_str).or_else(|| thing(part)),
            });
            texts.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    }
}

/// What a part is that is no text.
fn thing(part: &Value) -> Option<&'static str> {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    let media = part.get("inlineData").or_else(|| part.get("inline_data"));
    let media = media.or_else(|| part.get("fileData")).or_else(|| part.get("file_data"));
    let media = media.and_then(|media| media.get("mimeType").or_else(|| media.get("mime_type"))?.as_str());
    match (kind, media) {
        ("image_url" | "image" | "input_image", _) => Some("[image]"),
        ("input_audio", _) => Some("[audio]"),
        ("file" | "document" | "input_file", _) => Some("[file]"),
        (_, Some(media)) if media.starts_with("image/") => Some("[image]"),
        (_, Some(media)) if media.starts_with("audio/") => Some("[audio]"),
        (_, Some(_)) => Some("[file]"),
        _ => None,
    }
}

/// The text of the last message of the user; of the last one where none is the user's.
pub(super) fn last_message(messages: Option<&Value>) -> String {
    let messages = messages.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
    let message = messages.iter().rev().find(of_user).or_else(|| messages.last());
    heard(&content(message.and_then(|message| message.get("content"))))
}
