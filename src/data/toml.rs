//! TOML as nodes; the span of a table reaches from its header over all that belongs to it.

use toml_edit::{Item, Key, Table, Value as Plain};

use super::{Document, Member, Node, Number, Value};
use crate::diagnostics::{Code, Parsed, Problem, Severity};
use crate::source::Span;

/// Reads a text of TOML.
pub(super) fn parse(text: &str) -> Parsed<Document> {
    let (closed, sketch) = without_ellipses(text);
    match toml_edit::Document::parse(closed.as_str()) {
        Ok(document) => {
            let root = table(document.as_table(), Span::new(0, text.len()));
            Parsed::new(Document { root, fragment: false, sketch }, Vec::new())
        }
        Err(error) => {
            let span = error.span().map_or_else(|| Span::at(text.len()), Span::from);
            let message =
                error.message().lines().next().unwrap_or_default().trim_end_matches('.').to_lowercase();
            let problem = if message.contains("duplicate key") {
                Problem::new(Code::DuplicateKey, span, message).severity(Severity::Error)
            } else {
                Problem::new(Code::Syntax, span, message)
            };
            let root = Node::new(Span::new(0, text.len()), Value::Elided);
            Parsed::new(Document { root, fragment: false, sketch }, vec![problem])
        }
    }
}

/// The text with what an ellipsis leaves open blanked, every byte at its place; and whether there is any.
fn without_ellipses(text: &str) -> (String, bool) {
    let mut sketch = false;
    let mut closed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let open = matches!(trimmed, "..." | "…")
            || trimmed.strip_suffix("...").is_some_and(|key| key.trim_end().ends_with('='));
        let says_so = trimmed.starts_with('#') && (trimmed.contains("...") || trimmed.contains('…'));
        sketch |= open || says_so;
        if open {
            closed.extend(
                line.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }),
            );
        } else {
            closed.push_str(line);
        }
    }
    (closed, sketch)
}

fn spanned(span: Option<std::ops::Range<usize>>) -> Option<Span> {
    span.map(Span::from)
}

fn member(key: &Key, item: &Item, outer: Span) -> Member {
    let key_span = spanned(key.span()).unwrap_or(Span::at(outer.range().start));
    Member { key: key.get().to_owned(), key_span, value: node(item, key_span) }
}

/// The node of an item; `outer` is its place where it has none of its own.
fn node(item: &Item, outer: Span) -> Node {
    match item {
        Item::None => Node::new(outer, Value::Elided),
        Item::Value(value) => plain(value, outer),
        Item::Table(inner) => table(inner, spanned(inner.span()).unwrap_or(outer)),
        Item::ArrayOfTables(tables) => {
            let elements: Vec<Node> =
                tables.iter().map(|inner| table(inner, spanned(inner.span()).unwrap_or(outer))).collect();
            let span = elements.iter().map(|element| element.span).reduce(Span::to).unwrap_or(outer);
            Node::new(span, Value::Array(elements))
        }
    }
}

fn table(table: &Table, own: Span) -> Node {
    let members: Vec<Member> =
        table.iter().filter_map(|(name, item)| Some(member(table.key(name)?, item, own))).collect();
    let span = members.iter().fold(own, |span, member| span.to(member.key_span).to(member.value.span));
    Node::new(span, Value::Object(members))
}

fn plain(value: &Plain, outer: Span) -> Node {
    let own = spanned(value.span());
    let inner = match value {
        Plain::String(text) => Value::String(text.value().clone()),
        Plain::Integer(number) => Value::Number(Number::Integer(*number.value())),
        Plain::Float(number) => Value::Number(Number::Float(*number.value())),
        Plain::Boolean(flag) => Value::Bool(*flag.value()),
        Plain::Datetime(date) => Value::String(date.value().to_string()),
        Plain::Array(elements) => {
            Value::Array(elements.iter().map(|element| plain(element, outer)).collect())
        }
        Plain::InlineTable(inline) => {
            let members = inline.iter().filter_map(|(name, _)| {
                let (key, item) = inline.get_key_value(name)?;
                Some(member(key, item, outer))
            });
            Value::Object(members.collect())
        }
    };
    let mut node = Node::new(own.unwrap_or(outer), inner);
    // A dotted key inside an inline table makes a table without a span of its own.
    let members = node.members().iter().map(|member| member.key_span.to(member.value.span)).reduce(Span::to);
    if let Some(members) = members {
        node.span = own.map_or(members, |own| own.to(members));
    }
    node
}
