//! TOML as a value that knows where it stands.

use toml_edit::{Document, Item, Key, TableLike, Value as Toml};

use crate::data::{Member, Node, Number, Value};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

/// Reads a text; an empty object where it is no TOML.
pub(super) fn read(text: &str) -> Parsed<Node> {
    let everything = Span::new(0, text.len());
    match Document::parse(text) {
        Ok(document) => Parsed::new(table(document.as_table(), everything), Vec::new()),
        Err(error) => {
            let span = error.span().map_or(everything, Span::from);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            let problem = Problem::new(Code::Syntax, span, message);
            Parsed::new(Node::new(everything, Value::Object(Vec::new())), vec![problem])
        }
    }
}

fn table(table: &dyn TableLike, span: Span) -> Node {
    let members = table.iter().map(|(name, item)| {
        let value = node(item, span);
        let key_span = table.key(name).and_then(Key::span).map_or(value.span, Span::from);
        Member { key: name.to_owned(), key_span, value }
    });
    Node::new(span, Value::Object(members.collect()))
}

fn node(item: &Item, outer: Span) -> Node {
    let span = item.span().map_or(outer, Span::from);
    match item {
        Item::None => Node::new(span, Value::Null),
        Item::Value(value) => scalar(value, span),
        Item::Table(inner) => table(inner, span),
        Item::ArrayOfTables(tables) => {
            let elements = tables.iter().map(|inner| table(inner, inner.span().map_or(span, Span::from)));
            Node::new(span, Value::Array(elements.collect()))
        }
    }
}

fn scalar(value: &Toml, outer: Span) -> Node {
    let span = value.span().map_or(outer, Span::from);
    let value = match value {
        Toml::String(text) => Value::String(text.value().clone()),
        Toml::Integer(number) => Value::Number(Number::Integer(*number.value())),
        Toml::Float(number) => Value::Number(Number::Float(*number.value())),
        Toml::Boolean(value) => Value::Bool(*value.value()),
        Toml::Datetime(date) => Value::String(date.value().to_string()),
        Toml::Array(elements) => Value::Array(elements.iter().map(|element| scalar(element, span)).collect()),
        Toml::InlineTable(inner) => return table(inner, span),
    };
    Node::new(span, value)
}
