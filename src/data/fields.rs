//! Typed reading of a table: what is asked for is known, what is left over is a problem.

use super::{Node, Number, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// A table whose keys are read one by one.
#[derive(Debug)]
pub struct Fields<'a> {
    node: &'a Node,
    /// The table in messages: `` `[site]` ``.
    name: String,
    code: Code,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
}

impl<'a> Fields<'a> {
    /// Reads `node` as the table that people call `name`; problems carry `code`.
    pub fn new(node: &'a Node, name: impl Into<String>, code: Code) -> Self {
        let mut fields = Self { node, name: name.into(), code, known: Vec::new(), problems: Vec::new() };
        if !matches!(node.value, Value::Object(_) | Value::Elided) {
            fields.wrong(node, "a table");
        }
        fields
    }

    /// The value of a key, whatever it is.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.known.push(key);
        self.node.get(key)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let node = self.node(key)?;
        let text = node.as_str().map(str::to_owned);
        self.expect(node, text, "a text")
    }

    /// A boolean.
    pub fn flag(&mut self, key: &'static str) -> Option<bool> {
        let node = self.node(key)?;
        self.expect(node, node.as_bool(), "`true` or `false`")
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, key: &'static str) -> Option<u64> {
        let node = self.node(key)?;
        let count = match node.value {
            Value::Number(Number::Integer(number)) => u64::try_from(number).ok(),
            _ => None,
        };
        self.expect(node, count, "a whole number from 0")
    }

    /// A list of texts; empty where the key is missing.
    pub fn texts(&mut self, key: &'static str) -> Vec<String> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let texts: Option<Vec<String>> = match &node.value {
            Value::Array(elements) => {
                elements.iter().map(|element| element.as_str().map(str::to_owned)).collect()
            }
            _ => None,
        };
        self.expect(node, texts, "a list of texts").unwrap_or_default()
    }

    /// A table, to be read by its own `Fields`.
    pub fn table(&mut self, key: &'static str) -> Option<&'a Node> {
        let node = self.node(key)?;
        let table = matches!(node.value, Value::Object(_)).then_some(node);
        self.expect(node, table, "a table")
    }

    /// A list of tables; empty where the key is missing.
    pub fn tables(&mut self, key: &'static str) -> &'a [Node] {
        let Some(node) = self.node(key) else { return &[] };
        let elements = node.elements();
        let fits = matches!(node.value, Value::Array(_))
            && elements.iter().all(|element| matches!(element.value, Value::Object(_)));
        self.expect(node, fits.then_some(elements), "a list of tables").unwrap_or_default()
    }

    /// A problem of this table at a place.
    pub fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::new(self.code, span, message));
    }

    /// What was wrong, the keys that nobody asked for included.
    pub fn finish(mut self) -> Vec<Problem> {
        for member in self.node.members() {
            if self.known.contains(&member.key.as_str()) {
                continue;
            }
            let message = format!("`{}` is not a key of {}", member.key, self.name);
            let mut problem = Problem::new(self.code, member.key_span, message);
            problem = match nearest(&member.key, self.known.iter().copied()) {
                Some(known) => problem.help(format!("write `{known}`")).fix(known),
                None => problem.help(format!("it knows {}", list(&self.known))),
            };
            self.problems.push(problem);
        }
        self.problems
    }

    fn expect<T>(&mut self, node: &Node, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() && node.value != Value::Elided {
            self.wrong(node, expected);
        }
        value
    }

    fn wrong(&mut self, node: &Node, expected: &str) {
        let message = format!("a value of {} is not {expected}", self.name);
        self.problems.push(Problem::new(self.code, node.span, message).label(format!("expected {expected}")));
    }
}

fn list(keys: &[&str]) -> String {
    let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    quoted.join(", ")
}
