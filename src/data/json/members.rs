//! Objects and lists, with what may be wrong between their parts.

use super::lexer::{Bracket, Kind};
use super::{Frame, Parser, duplicates};
use crate::data::{Member, Node, Syntax, Value};
use crate::diagnostics::{Code, Problem};
use crate::source::Span;

impl Parser<'_> {
    pub(super) fn object(&mut self, start: Span, frame: Frame) -> Node {
        let bracket = (frame == Frame::Braces).then_some(Bracket::Brace);
        self.open.extend(bracket);
        let begin = self.span();
        let mut members = Vec::new();
        while !self.closes(start, bracket) {
            if let Some(member) = self.member() {
                members.push(member);
            }
            self.separator(bracket);
        }
        if bracket.is_some() {
            self.open.pop();
        }
        let span = if bracket.is_some() { start.to(self.previous()) } else { begin.to(self.previous()) };
        for problem in duplicates(&members) {
            self.say(problem);
        }
        Node::new(span, Value::Object(members))
    }

    pub(super) fn array(&mut self, start: Span) -> Node {
        self.open.push(Bracket::Square);
        let mut elements = Vec::new();
        while !self.closes(start, Some(Bracket::Square)) {
            if *self.kind() == Kind::Comma {
                let span = self.span();
                self.say(Problem::new(Code::Syntax, span, "expected a value, found `,`"));
                self.next();
                continue;
            }
            if let Kind::Colon = self.kind() {
                let message = "expected `,` or `]`, found `:`";
                let span = self.span();
                self.say(
                    Problem::new(Code::Syntax, span, message)
                        .help("keys belong into braces: `{ key: value }`"),
                );
                self.next();
                if matches!(self.kind(), Kind::Comma | Kind::Close(_) | Kind::End) {
                    continue;
                }
            }
            let element = self.value(self.open.len());
            elements.push(element);
            self.separator(Some(Bracket::Square));
        }
        self.open.pop();
        Node::new(start.to(self.previous()), Value::Array(elements))
    }

    /// Whether the innermost bracket ends here; takes its closing sign.
    fn closes(&mut self, start: Span, bracket: Option<Bracket>) -> bool {
        loop {
            match *self.kind() {
                Kind::End => {
                    if let Some(bracket) = bracket.filter(|_| self.unclosed.is_none()) {
                        self.unclosed = Some(start);
                        let message = format!("`{}` is never closed", bracket.opening());
                        let help = format!("add `{}` where it ends", bracket.closing());
                        self.say(Problem::new(Code::Syntax, start, message).help(help));
                    }
                    return true;
                }
                Kind::Close(found) if Some(found) == bracket => {
                    self.next();
                    return true;
                }
                Kind::Close(found) if self.open.contains(&found) => {
                    let wanted = closing(bracket);
                    let message = format!("expected `,` or {wanted}, found `{}`", found.closing());
                    let label = format!("the innermost open bracket is closed by {wanted}");
                    let span = self.span();
                    self.say(Problem::new(Code::Syntax, span, message).label(label));
                    return true;
                }
                Kind::Close(found) => {
                    let span = self.span();
                    let message = format!("`{}` closes nothing", found.closing());
                    self.say(
                        Problem::new(Code::Syntax, span, message).help("take it out, or open it before"),
                    );
                    self.next();
                    if *self.kind() == Kind::Comma {
                        self.next();
                    }
                }
                _ => return false,
            }
        }
    }

    /// The text of a token.
    fn written(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    fn member(&mut self) -> Option<Member> {
        let token = self.token().clone();
        let key = match &token.kind {
            Kind::Text(text) => text.clone(),
            Kind::Name(name) => {
                self.unquoted(token.span, name);
                name.clone()
            }
            Kind::Ellipsis => {
                self.sketch = true;
                self.next();
                self.prose(token.span);
                return None;
            }
            // What is a number as a value is a name as a key.
            Kind::Number(_) if self.is_key() && matches!(self.written(token.span), "NaN" | "Infinity") => {
                let name = self.written(token.span).to_owned();
                self.unquoted(token.span, &name);
                name
            }
            Kind::Number(_) | Kind::Junk { .. } if self.is_key() => {
                let key = self.shown(token.span);
                let quoted = serde_json::Value::from(self.text.get(token.span.range()).unwrap_or_default())
                    .to_string();
                let problem = Problem::new(Code::Syntax, token.span, format!("the key `{key}` needs quotes"));
                self.say(problem.help(format!("write `{quoted}`")).fix(quoted));
                self.text.get(token.span.range()).unwrap_or_default().to_owned()
            }
            Kind::Junk { said: true } => {
                self.next();
                self.skip();
                return None;
            }
            _ => {
                let message = format!("expected a key, found {}", self.found());
                self.say(Problem::new(Code::Syntax, token.span, message));
                if *self.kind() == Kind::Comma {
                    return None;
                }
                self.balanced();
                self.skip();
                return None;
            }
        };
        self.next();
        let equals = self.text.get(self.span().range()) == Some("=");
        if *self.kind() == Kind::Colon {
            self.next();
        } else {
            let message =
                format!("expected `:` after the key `{}`, found {}", self.shown(token.span), self.found());
            let ends = matches!(self.kind(), Kind::Comma | Kind::Close(_) | Kind::End) || self.is_key();
            let problem = Problem::new(Code::Syntax, if ends { token.span } else { self.span() }, message);
            if equals {
                self.say(problem.help("write `:`").fix(":"));
                self.next();
            } else {
                self.say(problem);
            }
            if ends {
                let value = Node::new(Span::at(token.span.range().end), Value::Elided);
                return Some(Member { key, key_span: token.span, value });
            }
        }
        let value = self.value(self.open.len());
        Some(Member { key, key_span: token.span, value })
    }

    /// Words behind an ellipsis on its line are prose.
    fn prose(&mut self, ellipsis: Span) {
        while matches!(self.kind(), Kind::Name(_) | Kind::Junk { .. } | Kind::Ellipsis) && !self.is_key() {
            let between = ellipsis.range().end..self.span().range().start;
            if self.text.get(between).is_some_and(|text| text.contains('\n')) {
                return;
            }
            self.next();
        }
    }

    fn unquoted(&mut self, span: Span, name: &str) {
        if self.syntax != Syntax::Json5 {
            let quoted = serde_json::Value::from(name).to_string();
            let message = format!("the key `{}` has no quotes", self.shown(span));
            let problem = Problem::new(Code::Syntax, span, message).label("only JSON5 reads it");
            self.say(problem.help(format!("write `{quoted}`")).fix(quoted));
        }
    }

    /// The comma behind a member or an element.
    fn separator(&mut self, bracket: Option<Bracket>) {
        match self.kind() {
            Kind::Comma => {
                let comma = self.next().span;
                let last = matches!(self.kind(), Kind::Close(_) | Kind::End);
                if last && self.syntax == Syntax::Json && bracket.is_some() {
                    let problem = Problem::new(Code::Syntax, comma, "a comma behind the last value");
                    self.say(problem.label("JSON does not allow it").help("take it out").fix(""));
                }
            }
            Kind::Close(_) | Kind::End | Kind::Ellipsis => {}
            _ if self.tokens[self.at.saturating_sub(1)].kind == Kind::Ellipsis => {}
            Kind::Junk { said: true } => {
                self.next();
                self.skip();
            }
            _ => {
                let message = format!("expected `,` or {}, found {}", closing(bracket), self.found());
                let goes_on = match bracket {
                    Some(Bracket::Square) => !matches!(self.kind(), Kind::Junk { .. } | Kind::Colon),
                    Some(Bracket::Brace) | None => self.is_key(),
                };
                let before = self.previous();
                if goes_on {
                    let fix = format!("{},", self.text.get(before.range()).unwrap_or_default());
                    let problem = Problem::new(Code::Syntax, before, message);
                    self.say(problem.label("a `,` is missing after this").help("write a `,` here").fix(fix));
                } else {
                    let span = self.span();
                    let problem = Problem::new(Code::Syntax, span, message);
                    if self.unclosed == Some(self.previous()) {
                        // The rest of a text over several lines was said to be one already.
                    } else if self.text.get(span.range()) == Some(";") {
                        self.say(problem.help("write `,`").fix(","));
                    } else if self.touches_quote() {
                        self.say(
                            problem
                                .label("the text before ends at its quote")
                                .help("write `\\` before a quote inside of a text"),
                        );
                    } else {
                        self.say(problem);
                    }
                    self.balanced();
                    self.skip();
                    if *self.kind() == Kind::Comma {
                        self.next();
                    }
                }
            }
        }
    }

    /// Whether the token stands right behind a quoted text.
    fn touches_quote(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.is_some_and(|before| {
            matches!(before.kind, Kind::Text(_)) && before.span.end == self.span().start
        })
    }
}

/// What closes a bracket, in a sentence.
fn closing(bracket: Option<Bracket>) -> String {
    bracket.map_or_else(|| "the end".to_owned(), |bracket| format!("`{}`", bracket.closing()))
}
