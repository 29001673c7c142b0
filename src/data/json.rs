//! JSON, JSONC and JSON5 read with recovery: one mistake is one problem, and the rest is still read.

mod lexer;
mod members;
mod number;
mod text;

use std::collections::HashMap;

use self::lexer::{Bracket, Kind, Token};
use super::{Document, Member, Node, Syntax, Value};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

/// Values deeper than this are left unread; no configuration comes near.
const DEPTH: usize = 128;

/// Problems beyond this many are not said; the text is something else.
const PROBLEMS: usize = 50;

/// Reads up to `most` values, each of which stands behind a blank line or a comment; never none.
pub(super) fn parse(text: &str, syntax: Syntax, most: usize) -> Parsed<Vec<Document>> {
    let read = lexer::tokens(text, syntax);
    let mut parser = Parser {
        text,
        syntax,
        tokens: read.list,
        at: 0,
        open: Vec::new(),
        problems: read.problems,
        sketch: read.sketch,
        unclosed: read.unclosed,
    };
    let fragment = parser.is_key();
    let root = if fragment { parser.object(Span::default(), Frame::Fragment) } else { parser.root() };
    let mut roots = vec![root];
    while roots.len() < most && !fragment && parser.is_another() {
        roots.push(parser.root());
    }
    parser.tail();
    let mut problems = parser.problems;
    if let Some(unclosed) = read.unclosed {
        // A quote inside of a text leaves the last quote of the line without its partner.
        let before = text.get(..unclosed.range().start).unwrap_or_default();
        let line = Span::new(before.rfind('\n').map_or(0, |at| at + 1), before.len());
        let follows = problems.iter().any(|problem| line.contains(problem.span));
        problems.retain(|problem| problem.span != unclosed || !follows);
    }
    problems.sort_by_key(|problem| (problem.span, problem.code));
    problems.truncate(PROBLEMS);
    let sketch = parser.sketch;
    let documents = roots.into_iter().map(|root| Document { root, fragment, sketch }).collect();
    Parsed::new(documents, problems)
}

/// How an object is written.
#[derive(Clone, Copy, PartialEq)]
enum Frame {
    /// Between braces.
    Braces,
    /// Without braces, up to the end of the text.
    Fragment,
}

struct Parser<'a> {
    text: &'a str,
    syntax: Syntax,
    tokens: Vec<Token>,
    at: usize,
    /// The brackets that are open.
    open: Vec<Bracket>,
    problems: Vec<Problem>,
    sketch: bool,
    /// What is never closed and has been said; that outer brackets are not closed follows from it.
    unclosed: Option<Span>,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The last token is `End`, and `next` never goes beyond it.
        &self.tokens[self.at]
    }

    fn kind(&self) -> &Kind {
        &self.token().kind
    }

    fn span(&self) -> Span {
        self.token().span
    }

    fn next(&mut self) -> Token {
        let token = self.token().clone();
        if token.kind != Kind::End {
            self.at += 1;
        }
        token
    }

    fn previous(&self) -> Span {
        self.at.checked_sub(1).map(|at| self.tokens[at].span).unwrap_or_default()
    }

    fn shown(&self, span: Span) -> String {
        let text = self.text.get(span.range()).unwrap_or_default();
        let mut short: String = text.chars().take(32).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        short
    }

    fn found(&self) -> String {
        match self.kind() {
            Kind::End => "the end".to_owned(),
            _ => format!("`{}`", self.shown(self.span())),
        }
    }

    /// Keeps a problem, unless one was said at the same place.
    fn say(&mut self, problem: Problem) {
        let again = self.problems.last().is_some_and(|last| last.span == problem.span);
        if !again && self.problems.len() < PROBLEMS * 4 {
            self.problems.push(problem);
        }
    }

    /// Whether a key and its colon come next.
    fn is_key(&self) -> bool {
        let key = matches!(
            self.kind(),
            Kind::Text(_) | Kind::Name(_) | Kind::Number(_) | Kind::Junk { said: false }
        );
        key && self.tokens.get(self.at + 1).is_some_and(|next| next.kind == Kind::Colon)
    }

    fn root(&mut self) -> Node {
        if *self.kind() == Kind::End {
            let span = self.span();
            self.say(Problem::new(Code::Syntax, span, "no value at all").help("write a value, such as `{}`"));
            return Node::new(span, Value::Elided);
        }
        self.value(0)
    }

    /// Whether a value begins on a line of its own, with a blank line or a comment before it.
    fn is_another(&self) -> bool {
        let between = self.text.get(self.previous().range().end..self.span().range().start);
        let divides = |between: &str| {
            let mut lines = between.split('\n').map(str::trim);
            lines.next_back().is_some_and(str::is_empty)
                && lines.next().is_some()
                && (lines.any(str::is_empty) || between.contains("//") || between.contains("/*"))
        };
        matches!(self.kind(), Kind::Open(_)) && between.is_some_and(divides)
    }

    /// What stands behind the value.
    fn tail(&mut self) {
        while *self.kind() == Kind::Ellipsis {
            self.sketch = true;
            self.next();
        }
        let span = self.span();
        match self.kind() {
            Kind::End | Kind::Junk { said: true } => {}
            Kind::Close(bracket) => {
                let message = format!("`{}` closes nothing", bracket.closing());
                self.say(
                    Problem::new(Code::Syntax, span, message).help("take it out, or open it before").fix(""),
                );
            }
            _ => {
                let message = format!("a second value begins here: {}", self.found());
                let help = "a text holds one value; divide it, or put the values into a list";
                self.say(Problem::new(Code::Syntax, span, message).help(help));
            }
        }
    }

    fn value(&mut self, depth: usize) -> Node {
        let token = self.token().clone();
        let value = match token.kind {
            Kind::Open(_) if depth >= DEPTH => return self.too_deep(),
            Kind::Open(Bracket::Brace) => {
                self.next();
                return self.object(token.span, Frame::Braces);
            }
            Kind::Open(Bracket::Square) => {
                self.next();
                return self.array(token.span);
            }
            Kind::Text(text) => Value::String(text),
            Kind::Number(number) => Value::Number(number),
            Kind::Name(name) => self.word(&name, token.span),
            Kind::Ellipsis => {
                self.sketch = true;
                Value::Elided
            }
            Kind::Junk { said } => {
                if !said {
                    let shown = self.shown(token.span);
                    let problem = Problem::new(Code::Syntax, token.span, format!("`{shown}` is not a value"));
                    self.say(problem.help("put a text into quotes"));
                }
                self.next();
                self.skip();
                return Node::new(token.span, Value::Elided);
            }
            Kind::Colon | Kind::Comma | Kind::Close(_) | Kind::End => {
                let message = format!("expected a value, found {}", self.found());
                self.say(Problem::new(Code::Syntax, token.span, message));
                return Node::new(Span::at(self.previous().range().end), Value::Elided);
            }
        };
        self.next();
        Node::new(token.span, value)
    }

    /// A name where a value belongs.
    fn word(&mut self, name: &str, span: Span) -> Value {
        let written = self.text.get(span.range()).unwrap_or_default();
        let meant = match written {
            "null" => return Value::Null,
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "None" | "nil" | "NULL" | "Null" => ("null", Value::Null),
            "True" | "TRUE" => ("true", Value::Bool(true)),
            "False" | "FALSE" => ("false", Value::Bool(false)),
            _ => {
                let message = format!("`{}` is not a value", self.shown(span));
                let quoted = serde_json::Value::from(name).to_string();
                self.say(
                    Problem::new(Code::Syntax, span, message)
                        .help(format!("put a text into quotes: `{quoted}`")),
                );
                return Value::Elided;
            }
        };
        let message = format!("`{written}` is not a value");
        self.say(Problem::new(Code::Syntax, span, message).help(format!("write `{}`", meant.0)).fix(meant.0));
        meant.1
    }

    fn too_deep(&mut self) -> Node {
        let start = self.span();
        let message = format!("values are nested more than {DEPTH} deep");
        self.say(Problem::new(Code::Syntax, start, message));
        self.balanced();
        Node::new(start.to(self.previous()), Value::Elided)
    }

    /// Goes over one value, whatever stands inside.
    fn balanced(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.kind() {
                Kind::End => return,
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// Goes to the next comma or closing bracket of the innermost open bracket.
    fn skip(&mut self) {
        while !matches!(self.kind(), Kind::Comma | Kind::Close(_) | Kind::End) && !self.is_key() {
            self.balanced();
        }
    }
}

/// A problem for each key that an object has had before.
pub(super) fn duplicates(members: &[Member]) -> Vec<Problem> {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    let mut problems = Vec::new();
    for member in members {
        if seen.insert(&member.key, member.key_span).is_some() {
            let message = format!("the key `{}` stands twice in one object", member.key);
            let problem = Problem::new(Code::DuplicateKey, member.key_span, message);
            problems.push(problem.label("the second time").help("keep one of the two"));
        }
    }
    problems
}
