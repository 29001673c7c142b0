//! YAML 1.2 as nodes: aliases are resolved, merge keys merged.

use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use super::json::duplicates;
use super::{Document, Member, Node, Number, Value};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

/// Values deeper than this are left unread.
const DEPTH: usize = 128;

/// Nodes that aliases may add; a text that grows beyond it is an attack, not a configuration.
const COPIES: usize = 50_000;

/// Reads all documents of a text of YAML; never none.
pub(super) fn parse(text: &str) -> Parsed<Vec<Document>> {
    let (documents, problems) = Builder::read(text);
    let Some(closed) = without_ellipses(text).filter(|_| !problems.is_empty() || leaves_text_behind(text))
    else {
        return Parsed::new(documents, problems);
    };
    let (documents, problems) = Builder::read(&closed);
    let sketches = documents.into_iter().map(|document| Document { sketch: true, ..document }).collect();
    Parsed::new(sketches, problems)
}

/// The text with every line that is only an ellipsis made a comment of the same length.
fn without_ellipses(text: &str) -> Option<String> {
    let mut found = false;
    let lines = text.split_inclusive('\n').map(|line| match line.trim() {
        "..." | "…" => {
            found = true;
            line.replacen("...", "#  ", 1).replacen('…', "#  ", 1)
        }
        _ => line.to_owned(),
    });
    let closed = lines.collect();
    found.then_some(closed)
}

/// Whether `...` stands in the middle of what is meant as one document.
fn leaves_text_behind(text: &str) -> bool {
    let mut behind = text.lines().skip_while(|line| line.trim_end() != "...").skip(1);
    behind
        .find(|line| !line.trim().is_empty())
        .is_some_and(|line| !line.starts_with("---") && !line.starts_with('%'))
}

struct Builder<'a> {
    text: &'a str,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    problems: Vec<Problem>,
    sketch: bool,
    /// The events have ended, in an error or in the end of the text.
    over: bool,
}

impl<'a> Builder<'a> {
    fn read(text: &'a str) -> (Vec<Document>, Vec<Problem>) {
        let events = Parser::new_from_str(text);
        let anchors = HashMap::new();
        let problems = Vec::new();
        let mut builder = Self { text, events, anchors, copies: 0, problems, sketch: false, over: false };
        let mut roots = Vec::new();
        while let Some((event, span)) = builder.next() {
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => {
                    let root = builder.node(event, span, 0);
                    roots.push(root);
                }
            }
        }
        if roots.is_empty() {
            roots.push(Node::new(Span::at(0), Value::Null));
        }
        let sketch = builder.sketch;
        let document = |root| Document { root, fragment: false, sketch };
        (roots.into_iter().map(document).collect(), builder.problems)
    }

    /// The next event that is no comment; none after an error.
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        while !self.over {
            match self.events.next() {
                None => self.over = true,
                Some(Ok((Event::Comment(comment, _), _))) => {
                    self.sketch |= comment.contains("...") || comment.contains('…');
                }
                Some(Ok((event, span))) => {
                    let span = span.byte_range().map(Span::from).unwrap_or_default();
                    return Some((event, self.clamped(span)));
                }
                Some(Err(error)) => {
                    self.over = true;
                    let at = error.marker().byte_offset().unwrap_or(self.text.len());
                    let span = self.word_at(at);
                    let message = first_line(&error.kind().to_string());
                    let mut problem = Problem::new(Code::Syntax, span, message);
                    if problem.message.starts_with("tabs") {
                        problem = problem.help("indent with spaces");
                    } else if problem.message.starts_with("mapping values") {
                        problem = problem.help("put a text that holds `: ` into quotes");
                    }
                    self.problems.push(problem);
                }
            }
        }
        None
    }

    fn clamped(&self, span: Span) -> Span {
        let border = |at: u32| {
            let mut at = (at as usize).min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        Span::new(border(span.start), border(span.end))
    }

    /// The word that begins at a byte.
    fn word_at(&self, at: usize) -> Span {
        let start = self.clamped(Span::at(at)).range().start;
        let rest = self.text.get(start..).unwrap_or_default();
        let first = rest.chars().next().filter(|letter| !letter.is_whitespace()).map_or(0, char::len_utf8);
        let length = rest
            .find(|letter: char| letter.is_whitespace() || ":,[]{}".contains(letter))
            .unwrap_or(rest.len());
        Span::new(start, start + length.max(first))
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Node {
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let text_tag = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let value = if style == ScalarStyle::Plain && !text_tag {
                    self.plain(&text)
                } else {
                    Value::String(text.into_owned())
                };
                (Node::new(self.trimmed(span, style), value), anchor)
            }
            Event::Alias(anchor) => (self.copy(anchor, span), 0),
            Event::SequenceStart(style, anchor, _) => (self.sequence(span, style, depth), anchor),
            Event::MappingStart(style, anchor, _) => (self.mapping(span, style, depth), anchor),
            _ => (Node::new(span, Value::Elided), 0),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        node
    }

    /// The span of a block scalar without the line breaks behind it.
    fn trimmed(&self, span: Span, style: ScalarStyle) -> Span {
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            let text = self.text.get(span.range()).unwrap_or_default();
            return Span::new(span.range().start, span.range().start + text.trim_end().len());
        }
        span
    }

    fn plain(&mut self, text: &str) -> Value {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            "..." | "…" => {
                self.sketch = true;
                Value::Elided
            }
            _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
        }
    }

    /// A copy of what an anchor names; it stands where the alias stands.
    fn copy(&mut self, anchor: usize, span: Span) -> Node {
        let Some(node) = self.anchors.get(&anchor) else {
            let problem = Problem::new(Code::Syntax, span, "an alias inside of what it names");
            self.problems.push(problem);
            return Node::new(span, Value::Elided);
        };
        // To count what is not copied any more would itself take too long.
        if self.copies > COPIES {
            return Node::new(span, Value::Elided);
        }
        self.copies += size(node);
        if self.copies > COPIES {
            let message = format!("aliases make the text larger than {COPIES} values");
            self.problems.push(Problem::new(Code::Syntax, span, message));
            return Node::new(span, Value::Elided);
        }
        moved(node, span)
    }

    fn sequence(&mut self, start: Span, style: StructureStyle, depth: usize) -> Node {
        if depth >= DEPTH {
            return self.too_deep(start);
        }
        let mut elements: Vec<Node> = Vec::new();
        let mut end = start;
        while let Some((event, span)) = self.next() {
            if event == Event::SequenceEnd {
                end = if style == StructureStyle::Flow { span } else { end };
                break;
            }
            let element = self.node(event, span, depth + 1);
            end = element.span;
            elements.push(element);
        }
        Node::new(start.to(end), Value::Array(elements))
    }

    fn mapping(&mut self, start: Span, style: StructureStyle, depth: usize) -> Node {
        if depth >= DEPTH {
            return self.too_deep(start);
        }
        let mut members: Vec<Member> = Vec::new();
        let mut merged: Vec<Member> = Vec::new();
        let mut end = start;
        while let Some((event, span)) = self.next() {
            if event == Event::MappingEnd {
                end = if style == StructureStyle::Flow { span } else { end };
                break;
            }
            let plain_key = matches!(event, Event::Scalar(_, ScalarStyle::Plain, ..));
            let written = match &event {
                Event::Scalar(text, ..) => Some(text.clone().into_owned()),
                _ => None,
            };
            let key = self.node(event, span, depth + 1);
            end = end.to(key.span);
            let value = match self.next() {
                Some((event, span)) => self.node(event, span, depth + 1),
                None => Node::new(Span::at(key.span.range().end), Value::Elided),
            };
            end = end.to(value.span);
            match written.or_else(|| key.as_str().map(str::to_owned)) {
                Some(name) if name == "<<" && plain_key => merged.extend(merge(value)),
                Some(name) => members.push(Member { key: name, key_span: key.span, value }),
                None if key.value == Value::Elided => {}
                None => {
                    let message = "a key that is no text";
                    self.problems
                        .push(Problem::new(Code::Syntax, key.span, message).help("write a text as the key"));
                }
            }
        }
        self.problems.extend(duplicates(&members));
        // What stands in the mapping itself wins, then what was merged first.
        let mut known: HashSet<String> = HashSet::new();
        if !merged.is_empty() {
            known.extend(members.iter().map(|member| member.key.clone()));
        }
        members.extend(merged.into_iter().filter(|member| known.insert(member.key.clone())));
        Node::new(start.to(end), Value::Object(members))
    }

    fn too_deep(&mut self, start: Span) -> Node {
        let message = format!("values are nested more than {DEPTH} deep");
        self.problems.push(Problem::new(Code::Syntax, start, message));
        let mut depth = 1_usize;
        let mut end = start;
        while depth > 0
            && let Some((event, span)) = self.next()
        {
            end = span;
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
                Event::SequenceEnd | Event::MappingEnd => depth -= 1,
                _ => {}
            }
        }
        Node::new(start.to(end), Value::Elided)
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim_end_matches('.').replace('\'', "`")
}

/// The members that a merge key brings.
fn merge(node: Node) -> Vec<Member> {
    match node.value {
        Value::Object(members) => members,
        Value::Array(elements) => elements.into_iter().flat_map(merge).collect(),
        _ => Vec::new(),
    }
}

fn size(node: &Node) -> usize {
    let members = node.members().iter().map(|member| size(&member.value)).sum::<usize>();
    1 + members + node.elements().iter().map(size).sum::<usize>()
}

/// The same value with every span at one place.
fn moved(node: &Node, span: Span) -> Node {
    let mut node = node.clone();
    node.relocate(&|_| span);
    node
}

/// A number of the core schema (YAML 1.2.2, 10.3.2).
fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => return Some(Number::Float(f64::NEG_INFINITY)),
        ".inf" | ".Inf" | ".INF" => return Some(Number::Float(f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" if unsigned == text => return Some(Number::Float(f64::NAN)),
        _ => {}
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return i64::from_str_radix(digits, radix).ok().filter(|value| *value >= 0).map(Number::Integer);
        }
    }
    let begins = unsigned.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.');
    let made = unsigned.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    if !begins || !made || unsigned == "." {
        return None;
    }
    if unsigned.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(value) = text.parse()
    {
        return Some(Number::Integer(value));
    }
    text.parse().ok().map(Number::Float)
}
