//! The habits of JSX in raw HTML: what a tag is in HTML whose attributes are those of React.
//!
//! The names and rules are those of react.dev/reference/react-dom/components/common and of the SVG 2 specification, read
//! 2026-11-27.

mod names;

pub(super) use names::is_svg;

use names::{REACT, WORDS, name, style};

use super::components::{Attribute, AttributeValue};
use super::expression::way;
use super::html::Html;
use super::module::{Module, shown};
use super::tag::{Kind, Tag};
use crate::data::Value;
use crate::diagnostics::{Code, Problem};
use crate::source::Span;

/// A tag as HTML.
#[derive(Debug, Default)]
pub(super) struct Rewritten {
    /// Its parts in order.
    pub(super) parts: Vec<Part>,
    /// What is wrong with it.
    pub(super) problems: Vec<Problem>,
}

/// A tag of raw HTML with values that the page does not know by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct HtmlTag {
    /// Where it stands.
    pub span: Span,
    parts: Vec<TagPart>,
}

#[derive(Clone, Debug, PartialEq)]
enum TagPart {
    Text(String),
    Variable { name: String, html_name: String, way: Vec<String> },
}

impl HtmlTag {
    /// The tag as HTML with the values of its variables; an attribute whose value nobody knows is left out.
    pub fn html(&self, value: impl Fn(&[String]) -> Option<Value>) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                TagPart::Text(text) => out.push_str(text),
                TagPart::Variable { name, html_name, way } => {
                    match value(way).map_or(Shown::No, |value| data(name, &value)) {
                        Shown::No => {}
                        Shown::Flag => out.extend([" ", html_name]),
                        Shown::Text(text) => out.extend([" ", html_name, "=", &in_quotes(&text)]),
                    }
                }
            }
        }
        Html::default().closed(&out).0.into_owned()
    }

    /// Its variables.
    pub fn variables(&self) -> impl Iterator<Item = &[String]> {
        self.parts.iter().filter_map(|part| match part {
            TagPart::Text(_) => None,
            TagPart::Variable { way, .. } => Some(way.as_slice()),
        })
    }
}

impl Rewritten {
    /// The tag as a value, where it has variables.
    pub(super) fn variable(&self, text: &str, span: Span) -> Option<HtmlTag> {
        if !self.parts.iter().any(|part| matches!(part, Part::Variable { .. })) {
            return None;
        }
        let parts = self.parts.iter().map(|part| match part {
            Part::Copied(span) => TagPart::Text(text.get(span.range()).unwrap_or_default().to_owned()),
            Part::Made(text, _) => TagPart::Text(text.clone()),
            Part::Variable { name, html_name, way } => {
                TagPart::Variable { name: name.clone(), html_name: html_name.clone(), way: way.clone() }
            }
        });
        Some(HtmlTag { span, parts: parts.collect() })
    }
}

/// A part of a tag.
#[derive(Debug)]
pub(super) enum Part {
    /// As it stands on the page.
    Copied(Span),
    /// In place of what stands there.
    Made(String, Span),
    /// An attribute whose value is a name that the page does not know: as written, in HTML, and its value.
    Variable { name: String, html_name: String, way: Vec<String> },
}

/// The tag as HTML on one line; none where it is that already. Names are looked up in `module`.
pub(super) fn rewritten(text: &str, tag: &Tag<'_>, module: &Module) -> Option<Rewritten> {
    let is_jsx = |attribute: &Attribute| attribute.name.contains(|letter: char| letter.is_ascii_uppercase());
    let whole = text.get(tag.span.clone()).unwrap_or_default();
    if !whole.contains(['{', '\n']) && !tag.attributes.iter().any(is_jsx) {
        return None;
    }
    let mut out = Rewritten::default();
    out.parts.push(Part::Copied(Span::new(tag.span.start, tag.name_span.range().end)));
    for attribute in &tag.attributes {
        out.attribute(text, attribute, tag.name, module);
    }
    let end = if tag.kind == Kind::Whole { " />" } else { ">" };
    out.parts.push(Part::Made(end.to_owned(), Span::at(tag.span.end - 1).to(Span::at(tag.span.end))));
    out.problems.extend(tag.problems.iter().cloned());
    Some(out)
}

impl Rewritten {
    fn attribute(&mut self, text: &str, attribute: &Attribute, element: &str, module: &Module) {
        let written = text.get(attribute.value_span.range()).unwrap_or_default();
        let is_braced = written.starts_with('{');
        let mut letters = attribute.name.chars();
        let is_handler =
            letters.by_ref().take(2).eq("on".chars()) && letters.next().is_some_and(char::is_uppercase);
        if is_handler && is_braced {
            let span = attribute.name_span.to(attribute.value_span);
            let message = format!("`{}` is JavaScript, which is not run", attribute.name);
            let problem = Problem::new(Code::EventHandler, span, message);
            return self
                .problems
                .push(problem.help("take it out, or add a script to the templates of the site"));
        }
        if REACT.contains(&attribute.name.as_str()) {
            return;
        }
        let value = match &attribute.value {
            AttributeValue::Flag => None,
            AttributeValue::Text(_) if !is_braced && !written.contains('\n') => {
                Some(Part::Copied(attribute.value_span))
            }
            AttributeValue::Text(value) => Some(quoted(value, attribute.value_span)),
            AttributeValue::Data(value) => match data(&attribute.name, value) {
                Shown::No => return,
                Shown::Flag => None,
                Shown::Text(value) => Some(quoted(&value, attribute.value_span)),
            },
            AttributeValue::Expression(expression) => {
                let Some(way) = way(expression) else { return self.say_script(attribute) };
                let Some(value) = module.value(&way) else {
                    let html_name = name(&attribute.name, element);
                    return self.parts.push(Part::Variable { name: attribute.name.clone(), html_name, way });
                };
                match data(&attribute.name, value) {
                    Shown::No => return,
                    Shown::Flag => None,
                    Shown::Text(value) => Some(quoted(&value, attribute.value_span)),
                }
            }
        };
        let equals = if value.is_some() { "=" } else { "" };
        self.parts
            .push(Part::Made(format!(" {}{equals}", name(&attribute.name, element)), attribute.name_span));
        self.parts.extend(value);
    }
}

impl Rewritten {
    fn say_script(&mut self, attribute: &Attribute) {
        let message = format!("the value of `{}` is JavaScript, which is not run", attribute.name);
        let span = attribute.name_span.to(attribute.value_span);
        let help = "write a text, a number or an object with its values";
        self.problems.push(Problem::new(Code::ScriptComponent, span, message).help(help));
    }
}

/// What an attribute shows of a value.
enum Shown {
    No,
    Flag,
    Text(String),
}

fn data(name: &str, value: &Value) -> Shown {
    let is_word = name.starts_with("aria-") || name.starts_with("data-") || WORDS.contains(&name);
    match value {
        Value::Bool(value) if is_word => Shown::Text(value.to_string()),
        Value::Bool(true) => Shown::Flag,
        Value::Bool(false) | Value::Null | Value::Elided => Shown::No,
        Value::Object(members) if name == "style" => Shown::Text(style(members)),
        value => shown(value).map_or(Shown::No, Shown::Text),
    }
}

fn quoted(value: &str, span: Span) -> Part {
    Part::Made(in_quotes(value), span)
}

/// A value in quotes, on one line.
fn in_quotes(value: &str) -> String {
    let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
    let lines: Vec<&str> = value.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let value = if value.contains('\n') { lines.join(" ") } else { value };
    format!("\"{value}\"")
}
