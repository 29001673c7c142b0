//! Typed reading of a table: what is asked for is known, what is left over is a problem.

use super::{Node, Number, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// A table that is read key by key; what was not asked for is unknown.
#[derive(Debug)]
pub struct Table<'a> {
    node: &'a Node,
    /// What it is, for messages.
    thing: &'static str,
    known: Vec<String>,
    problems: Vec<Problem>,
}

impl<'a> Table<'a> {
    /// Reads `node`, which people call `thing`; `problems` are those that were found on the way to it.
    pub fn new(node: &'a Node, thing: &'static str, problems: Vec<Problem>) -> Self {
        Self { node, thing, known: Vec::new(), problems }
    }

    /// The place of the table.
    pub fn span(&self) -> Span {
        self.node.span
    }

    /// Adds a problem with a value that only the reader understands.
    pub fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::new(Code::Setting, span, message));
    }

    /// Adds a problem that says more than what is wrong.
    pub fn add(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Adds that a word is none of those that can stand at its place.
    pub fn unknown_word<'b>(&mut self, word: &str, span: Span, known: impl IntoIterator<Item = &'b str>) {
        let known: Vec<&str> = known.into_iter().collect();
        let problem =
            Problem::new(Code::Setting, span, format!("`{word}` is not a value that is known here"));
        self.problems.push(match nearest(word, known.iter().copied()) {
            Some(near) => problem.help(format!("write `{near}`")),
            None => problem.help(format!("it is one of `{}`", known.join("`, `"))),
        });
    }

    /// A text.
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.take(key, "a text", |node| node.as_str().map(str::to_owned))
    }

    /// A text with its place.
    pub fn spanned_text(&mut self, key: &str) -> Option<(String, Span)> {
        self.take(key, "a text", spanned)
    }

    /// A boolean; false where it is missing.
    pub fn flag(&mut self, key: &str) -> bool {
        self.take(key, "`true` or `false`", Node::as_bool).unwrap_or_default()
    }

    /// A number from 0 to 65535.
    pub fn number(&mut self, key: &str) -> Option<u16> {
        self.take(key, "a number from 0 to 65535", small)
    }

    /// A whole number that is not below zero.
    pub fn count(&mut self, key: &str) -> Option<u64> {
        let read = |node: &Node| match node.value {
            Value::Number(Number::Integer(number)) => u64::try_from(number).ok(),
            _ => None,
        };
        self.take(key, "a whole number", read)
    }

    /// A number, whole or not.
    pub fn decimal(&mut self, key: &str) -> Option<f64> {
        let read = |node: &Node| match node.value {
            #[expect(clippy::cast_precision_loss, reason = "who needs more than 52 bits writes no decimal")]
            Value::Number(Number::Integer(number)) => Some(number as f64),
            Value::Number(Number::Float(number)) => Some(number),
            _ => None,
        };
        self.take(key, "a number", read)
    }

    /// A value as it stands, for a reader of its own.
    pub fn node(&mut self, key: &str) -> Option<&'a Node> {
        self.take(key, "a value", Some)
    }

    /// Numbers from 0 to 65535; none where the key is missing.
    pub fn numbers(&mut self, key: &str) -> Vec<u16> {
        let read = |node: &Node| list(node)?.iter().map(small).collect();
        self.take(key, "a list of numbers from 0 to 65535", read).unwrap_or_default()
    }

    /// Texts; none where the key is missing.
    pub fn texts(&mut self, key: &str) -> Vec<String> {
        self.spanned_texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// Texts with their places.
    pub fn spanned_texts(&mut self, key: &str) -> Vec<(String, Span)> {
        let read = |node: &Node| list(node)?.iter().map(spanned).collect();
        self.take(key, "a list of texts", read).unwrap_or_default()
    }

    /// Values of any type; none where the key is missing.
    pub fn values(&mut self, key: &str) -> Vec<serde_json::Value> {
        let read = |node: &Node| Some(list(node)?.iter().map(Node::to_json).collect());
        self.take(key, "a list", read).unwrap_or_default()
    }

    /// A text alone, or a list of them, with their places; none where the key is missing.
    pub fn spanned_text_or_texts(&mut self, key: &str) -> Vec<(String, Span)> {
        let read = |node: &Node| match spanned(node) {
            Some(text) => Some(vec![text]),
            None => list(node)?.iter().map(spanned).collect(),
        };
        self.take(key, "a text or a list of texts", read).unwrap_or_default()
    }

    /// Texts by their names; none where the key is missing.
    pub fn named_texts(&mut self, key: &str) -> Vec<(String, String)> {
        let read = |node: &Node| {
            let pair = |member: &super::Member| Some((member.key.clone(), member.value.as_str()?.to_owned()));
            is_table(node).then(|| node.members().iter().map(pair).collect())?
        };
        self.take(key, "a table of texts", read).unwrap_or_default()
    }

    /// One of the words of `choices`; the default where it is missing.
    pub fn choice<T: Copy + Default>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let Some((word, span)) = self.spanned_text(key) else { return T::default() };
        let found = choices.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
        if found.is_none() {
            self.unknown_word(&word, span, choices.iter().map(|(name, _)| *name));
        }
        found.unwrap_or_default()
    }

    /// A table, as `read` takes it; the default where it is missing.
    pub fn table<T: Default>(
        &mut self,
        key: &str,
        thing: &'static str,
        read: impl FnOnce(&mut Table<'_>) -> T,
    ) -> T {
        let node = self.take(key, "a table", |node| is_table(node).then_some(node));
        node.map(|node| self.inner(node, thing, read)).unwrap_or_default()
    }

    /// A list of tables, each as `read` takes it.
    pub fn tables<T>(
        &mut self,
        key: &str,
        thing: &'static str,
        read: impl Fn(&mut Table<'_>) -> T,
    ) -> Vec<T> {
        let elements = |node: &'a Node| list(node).filter(|elements| elements.iter().all(is_table));
        let nodes = self.take(key, "a list of tables", elements).unwrap_or_default();
        nodes.iter().map(|node| self.inner(node, thing, &read)).collect()
    }

    /// The problems, those of keys that nobody asked for among them.
    pub fn finish(mut self) -> Vec<Problem> {
        for member in self.node.members() {
            if self.known.contains(&member.key) {
                continue;
            }
            let message = format!("`{}` is not a key of {}", member.key, self.thing);
            let problem = Problem::new(Code::Setting, member.key_span, message);
            let near = nearest(&member.key, self.known.iter().map(String::as_str));
            self.problems.push(match near {
                Some(near) => problem.help(format!("write `{near}`")).fix(near),
                None => problem.help(format!("its keys are `{}`", self.known.join("`, `"))),
            });
        }
        self.problems
    }

    /// The value of a key as `read` takes it; a problem where it is of another type.
    fn take<T>(&mut self, key: &str, wanted: &str, read: impl Fn(&'a Node) -> Option<T>) -> Option<T> {
        self.known.push(key.to_owned());
        let node = self.node.get(key)?;
        let value = read(node);
        if value.is_none() && node.value != Value::Elided {
            self.problem(node.span, format!("`{key}` is not {wanted}"));
        }
        value
    }

    fn inner<T>(&mut self, node: &'a Node, thing: &'static str, read: impl FnOnce(&mut Table<'_>) -> T) -> T {
        let mut inner = Table::new(node, thing, Vec::new());
        let value = read(&mut inner);
        self.problems.append(&mut inner.finish());
        value
    }
}

fn is_table(node: &Node) -> bool {
    matches!(node.value, Value::Object(_))
}

fn list(node: &Node) -> Option<&[Node]> {
    match &node.value {
        Value::Array(elements) => Some(elements),
        _ => None,
    }
}

fn spanned(node: &Node) -> Option<(String, Span)> {
    Some((node.as_str()?.to_owned(), node.span))
}

fn small(node: &Node) -> Option<u16> {
    match node.value {
        Value::Number(Number::Integer(number)) => u16::try_from(number).ok(),
        _ => None,
    }
}
