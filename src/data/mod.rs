//! JSON, JSONC, JSON5, YAML and TOML as values that know where they stand.

pub mod commented;
mod json;
pub mod schema;
pub mod select;
pub mod table;
mod toml;
mod yaml;

use std::fmt;

use crate::diagnostics::Parsed;
use crate::source::Span;

/// A language that data is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Syntax {
    /// RFC 8259.
    Json,
    /// JSON with comments and trailing commas.
    Jsonc,
    /// <https://spec.json5.org>, version 1.0.0.
    Json5,
    /// YAML 1.2.
    Yaml,
    /// TOML 1.0.
    Toml,
}

impl Syntax {
    /// How a program reads it that takes JSON5: JSON and JSONC as JSON5, and all else as it is.
    #[must_use]
    pub fn lenient(self) -> Self {
        match self {
            Self::Json | Self::Jsonc => Self::Json5,
            other => other,
        }
    }

    /// The syntax of a language, by the names that fences and profiles give it.
    pub fn named(language: &str) -> Option<Self> {
        match language {
            "json" => Some(Self::Json),
            "jsonc" => Some(Self::Jsonc),
            "json5" => Some(Self::Json5),
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// A value with the span of its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the value stands, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, YAML's `~` and an absent value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; infinities and NaN of JSON5, YAML and TOML are kept.
    Number(Number),
    /// A text, escapes decoded; dates of TOML and YAML are texts as well.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// Members in the order of the text, duplicates included.
    Object(Vec<Member>),
    /// A place left open: `...` in a sketch, or what could not be read.
    Elided,
}

/// A number that remembers whether it was written as a whole one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number that fits.
    Integer(i64),
    /// Everything else.
    Float(f64),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, decoded.
    pub key: String,
    /// Where the key stands, quotes included.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// A text of data as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The value; `Elided` where nothing could be read.
    pub root: Node,
    /// The outer braces were left out, as pages do for a fragment.
    pub fragment: bool,
    /// Something is left open by `...` or a comment that says so.
    pub sketch: bool,
}

/// A way into a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Path(pub Vec<Step>);

/// One step of a way into a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into the member of this key.
    Key(String),
    /// Into the element at this index, from zero.
    Index(usize),
}

impl fmt::Display for Path {
    /// As people write it: `models.providers["a.b"].models[0].id`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(key) if is_plain(key) => write!(out, "{}{key}", if at == 0 { "" } else { "." })?,
                Step::Key(key) => write!(out, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$'))
}

impl Node {
    /// A value at a place.
    pub fn new(span: Span, value: Value) -> Self {
        Self { span, value }
    }

    /// The members of an object; none for every other value.
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of a list; none for every other value.
    pub fn elements(&self) -> &[Node] {
        match &self.value {
            Value::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The member of a key; the last one, as programs read it.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members().iter().rev().find(|member| member.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    /// The value at the end of a way.
    pub fn at(&self, path: &Path) -> Option<&Node> {
        path.0.iter().try_fold(self, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Index(index) => node.elements().get(*index),
        })
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same value for programs that read JSON; of a key that stands twice the last one counts.
    /// What is left open, infinities and NaN are `null`.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null | Value::Elided => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(Number::Integer(number)) => (*number).into(),
            Value::Number(Number::Float(number)) => (*number).into(),
            Value::String(text) => text.as_str().into(),
            Value::Array(elements) => elements.iter().map(Self::to_json).collect(),
            Value::Object(members) => {
                members.iter().map(|member| (member.key.clone(), member.value.to_json())).collect()
            }
        }
    }

    /// Puts another span in place of each of the value and its keys.
    pub fn relocate(&mut self, place: &dyn Fn(Span) -> Span) {
        self.span = place(self.span);
        match &mut self.value {
            Value::Array(elements) => elements.iter_mut().for_each(|element| element.relocate(place)),
            Value::Object(members) => {
                for member in members {
                    member.key_span = place(member.key_span);
                    member.value.relocate(place);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Elided => {}
        }
    }

    /// Moves all spans of the value, for a text that begins at this byte of another one.
    pub fn shift(&mut self, by: u32) {
        self.relocate(&|span| span.shifted(by));
    }

    /// The value that holds nothing but this one, at the end of a way.
    #[must_use]
    pub fn placed(self, at: &Path) -> Self {
        let span = self.span;
        at.0.iter().rev().fold(self, |value, step| match step {
            Step::Key(key) => {
                Self::new(span, Value::Object(vec![Member { key: key.clone(), key_span: span, value }]))
            }
            Step::Index(_) => Self::new(span, Value::Array(vec![value])),
        })
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }
}

/// Reads a text; what is wrong in it are problems, and the value is the best that can be had. Of several documents of YAML
/// it is the first; the others are read for their mistakes.
pub fn parse(text: &str, syntax: Syntax) -> Parsed<Document> {
    let (documents, problems) = documents(text, syntax, 1).into_parts();
    let nothing = || Document {
        root: Node::new(Span::new(0, text.len()), Value::Elided),
        fragment: false,
        sketch: false,
    };
    Parsed::new(documents.into_iter().next().unwrap_or_else(nothing), problems)
}

/// No more values than this are read from one text.
const MOST_VALUES: usize = 64;

/// Reads all values of a text, as pages show alternatives: documents of YAML, and values of JSON that a blank line or a
/// comment divides. There is always one.
pub fn parse_all(text: &str, syntax: Syntax) -> Parsed<Vec<Document>> {
    documents(text, syntax, MOST_VALUES)
}

fn documents(text: &str, syntax: Syntax, most: usize) -> Parsed<Vec<Document>> {
    match syntax {
        Syntax::Json | Syntax::Jsonc | Syntax::Json5 => json::parse(text, syntax, most),
        Syntax::Yaml => yaml::parse(text),
        Syntax::Toml => {
            let (document, problems) = toml::parse(text).into_parts();
            Parsed::new(vec![document], problems)
        }
    }
}

#[cfg(test)]
mod tests;
