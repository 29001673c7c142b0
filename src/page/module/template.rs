//! Components whose function only puts tags together: what they show can be told without running them.
//!
//! How the text of JSX is read, its blanks and line breaks, is told by the JSX specification (facebook.github.io/jsx) and, for blanks,
//! by React's manual (react.dev/learn/writing-markup-with-jsx); both read 2026-12-01.

use super::statement::Reader;
use crate::data::{self, Number, Syntax, Value};
use crate::page::components::{AttributeValue, Place};
use crate::page::expression::way;
use crate::page::tag::{Kind, Tag, html_tag};
use crate::source::Span;

/// What a component shows, and the names that it has for its attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// What it calls its attributes.
    pub parameters: Parameters,
    /// What it shows, as the text of a page; its lines are one.
    pub markup: String,
    /// Where that stands in the file.
    pub span: Span,
    /// Whether it is a block or stands in a line of text, by its outermost tag.
    pub place: Place,
}

/// What a component calls its attributes.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// `({ a, b: c = 1 })`
    Each(Vec<Parameter>),
    /// `(props)`
    All(String),
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name on the tag.
    pub name: String,
    /// Its name in the component.
    pub local: String,
    /// Its value where the tag has none.
    pub default: Value,
}

/// Elements of HTML and components that stand in a line of text (html.spec.whatwg.org, phrasing content, read 2026-12-01).
const IN_LINES: &[&str] = &[
    "Badge", "Icon", "Latex", "Tooltip", "a", "abbr", "b", "br", "button", "cite", "code", "data", "del",
    "dfn", "em", "i", "img", "input", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span",
    "strong", "sub", "sup", "time", "u", "var",
];

/// The name of what stands inside the tag of a component.
pub const CHILDREN: &str = "children";

/// A component is no longer than this, in bytes.
const LONGEST: usize = 16 << 10;

/// Tags nest no deeper.
const DEEPEST: usize = 64;

/// Letters that would mean something else on a page than in JSX.
const MARKS: [char; 7] = ['*', '_', '`', '[', ']', '~', '\\'];

impl Reader<'_, '_> {
    /// The component whose parameters begin at the byte `from`, and where its statement ends; none where it has to be run.
    pub(super) fn template(&mut self, from: usize, form: Form) -> Option<(Template, usize)> {
        let text = self.text.get(..self.text.floor_char_boundary(from.saturating_add(LONGEST)))?;
        let length = text.len().saturating_sub(from);
        if *self.budget < length {
            return None;
        }
        let found = Reader { text, at: from, budget: &mut 0 }.read_component(form);
        if found.is_none() {
            *self.budget -= length;
        }
        found
    }

    fn read_component(mut self, form: Form) -> Option<(Template, usize)> {
        let parameters = self.parameters()?;
        let has_block = match form {
            Form::Arrow => self.eat("=>").then(|| self.eat("{"))?,
            Form::Function => self.eat("{").then_some(true)?,
        };
        if has_block && !self.word("return") {
            return None;
        }
        let mut brackets = 0;
        while self.eat("(") {
            brackets += 1;
        }
        self.blanks();
        let at = self.at;
        let markup = self.markup(&parameters)?;
        let span = Span::new(at, self.at);
        let root = html_tag(&markup, 0).map(|tag| tag.name);
        let place =
            if root.is_some_and(|name| IN_LINES.contains(&name)) { Place::Inline } else { Place::Block };
        for _ in 0..brackets {
            self.eat(")").then_some(())?;
        }
        if has_block {
            self.eat(";");
            self.eat("}").then_some(())?;
        }
        let end = self.ends()?;
        Some((Template { parameters, markup, span, place }, end))
    }

    fn parameters(&mut self) -> Option<Parameters> {
        if !self.eat("(") {
            return self.name().map(|(name, _)| Parameters::All(name.to_owned()));
        }
        if self.eat(")") {
            return Some(Parameters::Each(Vec::new()));
        }
        let found = if self.eat("{") {
            Parameters::Each(self.each()?)
        } else {
            Parameters::All(self.name()?.0.to_owned())
        };
        self.eat(")").then_some(found)
    }

    /// `a, b: c, d = 1 }`.
    fn each(&mut self) -> Option<Vec<Parameter>> {
        let mut found = Vec::new();
        while !self.eat("}") {
            let (name, _) = self.name()?;
            let local = if self.eat(":") { self.name()?.0 } else { name };
            let default = if self.eat("=") { self.literal()? } else { Value::Null };
            if name == CHILDREN && default != Value::Null {
                return None;
            }
            found.push(Parameter { name: name.to_owned(), local: local.to_owned(), default });
            if !self.eat(",") {
                self.eat("}").then_some(())?;
                break;
            }
        }
        Some(found)
    }

    /// A text, a number or a word that stands for a value.
    fn literal(&mut self) -> Option<Value> {
        self.blanks();
        if self.rest().starts_with(['"', '\'']) {
            return self
                .quoted()
                .filter(|(text, _)| !text.contains('\\'))
                .map(|(text, _)| Value::String(text.to_owned()));
        }
        let rest = self.rest();
        let length = rest.find([',', '}', '\n'])?;
        let (document, problems) = data::parse(rest.get(..length)?, Syntax::Json5).into_parts();
        self.at += length;
        let is_plain = match document.root.value {
            Value::Null | Value::Bool(_) | Value::Number(Number::Integer(_)) => true,
            // Larger ones are written in another way in JavaScript.
            Value::Number(Number::Float(number)) => number.abs() < 1e21,
            _ => false,
        };
        (problems.is_empty() && is_plain).then_some(document.root.value)
    }

    /// One tag with all that stands in it, on one line.
    fn markup(&mut self, parameters: &Parameters) -> Option<String> {
        let mut out = String::new();
        let mut open: Vec<&str> = Vec::new();
        // Text that follows would stand where a block of Markdown can begin.
        let mut begins = true;
        loop {
            if self.rest().starts_with("<>") {
                open.push("");
                self.at += 2;
            } else if self.rest().starts_with("</>") {
                open.pop().filter(|name| name.is_empty())?;
                self.at += 3;
            } else {
                let tag = html_tag(self.text, self.at).filter(is_plain)?;
                match tag.kind {
                    Kind::Opens => open.push(tag.name),
                    Kind::Closes => {
                        open.pop().filter(|name| *name == tag.name)?;
                    }
                    Kind::Whole => {}
                }
                let lines: Vec<&str> = self.text.get(tag.span.clone())?.lines().map(str::trim).collect();
                out.push_str(&lines.join(" "));
                begins = !IN_LINES.contains(&tag.name);
                self.at = tag.span.end;
            }
            if open.is_empty() {
                return Some(out);
            }
            if open.len() > DEEPEST {
                return None;
            }
            begins = self.words(&mut out, (parameters, begins))?;
        }
    }

    /// What stands before the next tag: text, and values in braces.
    fn words(&mut self, out: &mut String, (parameters, begins): (&Parameters, bool)) -> Option<bool> {
        let mut begins = begins;
        loop {
            let rest = self.rest();
            let length = rest.find(['<', '{'])?;
            let text = rest.get(..length)?;
            if text.contains(MARKS) || text.contains('}') || (begins && begins_block(text)) {
                return None;
            }
            push_text(out, text);
            begins &= text.trim().is_empty();
            self.at += length;
            if self.rest().starts_with('<') {
                return Some(begins);
            }
            let before = out.len();
            self.braces(out, parameters)?;
            let added = out.get(before..).unwrap_or_default();
            if begins && begins_block(added) {
                return None;
            }
            begins &= added.trim().is_empty();
        }
    }

    /// `{name}`, `{"text"}` or `{/* comment */}`.
    fn braces(&mut self, out: &mut String, parameters: &Parameters) -> Option<()> {
        let rest = self.rest();
        if let Some(comment) = rest.strip_prefix("{/*") {
            let behind = comment.get(comment.find("*/")? + 2..)?.trim_start().strip_prefix('}')?;
            self.at += rest.len() - behind.len();
            return Some(());
        }
        let length = rest.find('}')? + 1;
        let whole = rest.get(..length)?;
        let inner = whole.get(1..length - 1)?;
        if let Some(way) = way(inner) {
            let name = if parameters.is_children(&way) { CHILDREN.to_owned() } else { way.join(".") };
            out.extend(["{", &name, "}"]);
        } else {
            match AttributeValue::braced(inner) {
                AttributeValue::Text(text)
                    if !text.contains(MARKS) && !text.contains(['<', '&', '{', '\n']) =>
                {
                    out.push_str(&text);
                }
                _ => return None,
            }
        }
        self.at += length;
        Some(())
    }
}

impl Parameters {
    /// Whether a way leads to what stands inside the tag.
    fn is_children(&self, way: &[String]) -> bool {
        match (self, way) {
            (Self::Each(parameters), [local]) => {
                parameters.iter().any(|parameter| parameter.local == *local && parameter.name == CHILDREN)
            }
            (Self::All(all), [first, second]) => first == all && second == CHILDREN,
            _ => false,
        }
    }
}

/// How a component is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `() => …`
    Arrow,
    /// `function name() { … }`
    Function,
}

/// Whether all attributes of a tag are values, or names of them.
fn is_plain(tag: &Tag<'_>) -> bool {
    let is_handler = |name: &str| {
        name.strip_prefix("on")
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()))
    };
    tag.problems.is_empty()
        && tag.attributes.iter().all(|attribute| {
            let is_known = match &attribute.value {
                AttributeValue::Expression(text) => way(text).is_some(),
                AttributeValue::Flag | AttributeValue::Text(_) | AttributeValue::Data(_) => true,
            };
            is_known && !is_handler(&attribute.name)
        })
}

/// Whether a text would begin a heading, a list, a quote, a line across or the like on a page.
fn begins_block(text: &str) -> bool {
    let text = text.trim_start();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.starts_with(['#', '-', '+', '>', '=', ':', '|'])
        || (digits > 0 && text.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')'])))
}

/// Text as JSX reads it: without the blanks at breaks of lines, and without empty lines.
fn push_text(out: &mut String, text: &str) {
    let last = text.split('\n').count() - 1;
    let lines = text.split('\n').enumerate().map(|(at, line)| {
        let line = if at > 0 { line.trim_start() } else { line };
        if at < last { line.trim_end() } else { line }
    });
    for (at, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(line);
    }
}
