//! JSON, JSONC and JSON5 cut into tokens; what the stricter syntaxes refuse is said here, token by token.

use super::number;
use crate::data::{Number, Syntax};
use crate::diagnostics::{Code, Problem};
use crate::source::Span;

/// A piece of the text that means something.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `{` or `[`.
    Open(Bracket),
    /// `}` or `]`.
    Close(Bracket),
    Colon,
    Comma,
    /// A quoted text, decoded.
    Text(String),
    /// A name as JSON5 writes it without quotes, escapes decoded; `true` and `null` are names as well.
    Name(String),
    Number(Number),
    /// `...` or `…`, a place left open.
    Ellipsis,
    /// What no rule reads; said already where the flag is set.
    Junk {
        said: bool,
    },
    End,
}

/// The two kinds of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bracket {
    Brace,
    Square,
}

impl Bracket {
    pub(super) fn closing(self) -> char {
        match self {
            Self::Brace => '}',
            Self::Square => ']',
        }
    }

    pub(super) fn opening(self) -> char {
        match self {
            Self::Brace => '{',
            Self::Square => '[',
        }
    }
}

/// A text as tokens; the last one is `End`.
pub(super) struct Tokens {
    pub(super) list: Vec<Token>,
    pub(super) problems: Vec<Problem>,
    /// A comment says that something was left out.
    pub(super) sketch: bool,
    /// Where the first text or comment begins that is never closed.
    pub(super) unclosed: Option<Span>,
}

/// Cuts a text into tokens.
pub(super) fn tokens(text: &str, syntax: Syntax) -> Tokens {
    let out = Tokens { list: Vec::new(), problems: Vec::new(), sketch: false, unclosed: None };
    let mut lexer = Lexer { text, at: 0, syntax, out };
    lexer.run();
    lexer.out
}

pub(super) struct Lexer<'a> {
    text: &'a str,
    pub(super) at: usize,
    syntax: Syntax,
    out: Tokens,
}

impl Lexer<'_> {
    fn run(&mut self) {
        // A byte order mark is no part of the text.
        if self.peek() == Some('\u{feff}') {
            self.bump();
        }
        while let Some(letter) = self.peek() {
            let start = self.at;
            match letter {
                '{' => self.sign(Kind::Open(Bracket::Brace)),
                '}' => self.sign(Kind::Close(Bracket::Brace)),
                '[' => self.sign(Kind::Open(Bracket::Square)),
                ']' => self.sign(Kind::Close(Bracket::Square)),
                ':' => self.sign(Kind::Colon),
                ',' => self.sign(Kind::Comma),
                '"' | '\'' | '`' => self.quoted(letter),
                '“' | '”' | '‘' | '’' => self.typographic(),
                _ if is_space(letter) => self.space(letter),
                _ if self.rest().starts_with("//") => self.comment(start, "\n"),
                _ if self.rest().starts_with("/*") => self.comment(start, "*/"),
                '#' => self.hash(),
                _ => self.bare(),
            }
        }
        self.push(self.at, Kind::End);
    }

    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn since(&self, start: usize) -> &str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    pub(super) fn push(&mut self, start: usize, kind: Kind) {
        self.out.list.push(Token { span: Span::new(start, self.at), kind });
    }

    fn sign(&mut self, kind: Kind) {
        let start = self.at;
        self.bump();
        self.push(start, kind);
    }

    pub(super) fn is_json5(&self) -> bool {
        self.syntax == Syntax::Json5
    }

    pub(super) fn problem(&mut self, start: usize, message: impl Into<String>) -> &mut Problem {
        let span = Span::new(start, self.at);
        self.out.problems.push(Problem::new(Code::Syntax, span, message));
        let last = self.out.problems.len() - 1;
        &mut self.out.problems[last]
    }

    fn space(&mut self, letter: char) {
        let start = self.at;
        self.bump();
        if !self.is_json5() && !matches!(letter, ' ' | '\t' | '\n' | '\r') {
            let message = format!("the invisible character U+{:04X} is not allowed here", u32::from(letter));
            let problem = self.problem(start, message);
            problem.help = Some("write an ordinary space".to_owned());
            problem.fix = Some(" ".to_owned());
        }
    }

    /// A comment up to and without a line break, or up to and with `*/`.
    fn comment(&mut self, start: usize, end: &str) {
        let line = end == "\n";
        let body = self.rest().get(2..).unwrap_or_default();
        let found = if line { body.find(['\n', '\r', '\u{2028}', '\u{2029}']) } else { body.find(end) };
        let sketch = body
            .get(..found.unwrap_or(body.len()))
            .is_some_and(|body| body.contains("...") || body.contains('…'));
        let length = 2 + found.map_or(body.len(), |at| if line { at } else { at + end.len() });
        self.out.sketch |= sketch;
        self.at += length;
        if !line && found.is_none() {
            let whole = self.at;
            self.at = start + 2;
            self.unclosed(start, "a comment that is never closed", "*/");
            self.at = whole;
        } else if self.syntax == Syntax::Json {
            let problem = self.problem(start, "a comment in JSON");
            problem.severity = crate::diagnostics::Severity::Warning;
            problem.label = Some("programs that read JSON refuse it".to_owned());
            problem.help = Some("take it out, or call the language `jsonc` or `json5`".to_owned());
        }
    }

    /// Says that what begins at `start` has no end; only the first time, because the rest of the text follows from it.
    pub(super) fn unclosed(&mut self, start: usize, message: &str, end: &str) {
        if self.out.unclosed.is_none() {
            self.out.unclosed = Some(Span::new(start, self.at));
            self.problem(start, message).help = Some(format!("end it with `{end}`"));
        }
    }

    /// A comment as a shell or YAML writes it.
    fn hash(&mut self) {
        let start = self.at;
        self.bump();
        let json5 = self.syntax != Syntax::Json;
        let problem = self.problem(start, "`#` begins no comment here");
        if json5 {
            problem.help = Some("write `//`".to_owned());
            problem.fix = Some("//".to_owned());
        } else {
            problem.help = Some("take the comment out".to_owned());
        }
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// A run of letters outside quotes: a name, a number, an ellipsis, or nothing that can be read.
    fn bare(&mut self) {
        let start = self.at;
        self.bump();
        if let Some(length) = self.text.get(start..).and_then(placeholder) {
            self.at = start + length;
            return self.push(start, Kind::Junk { said: false });
        }
        while let Some(letter) = self.peek().filter(|_| !matches!(self.since(start), ";" | "=")) {
            let stop = is_space(letter) || "{}[]:,;=\"'`".contains(letter);
            if stop || self.rest().starts_with("//") || self.rest().starts_with("/*") {
                break;
            }
            self.bump();
        }
        let run = self.since(start).to_owned();
        if run.starts_with("...") || run.starts_with('…') {
            return self.push(start, Kind::Ellipsis);
        }
        if let Some(name) = name(&run)
            && number::constant(&run).is_none()
        {
            return self.push(start, Kind::Name(name));
        }
        match number::read(&run) {
            Some((value, form)) => {
                self.push(start, Kind::Number(value));
                if form == number::Form::Json5 && !self.is_json5() {
                    let fix = number::plain(value);
                    let problem = self.problem(start, format!("`{run}` is a number only in JSON5"));
                    problem.help = Some(match &fix {
                        Some(fix) => format!("write `{fix}`"),
                        None => "JSON has no such number".to_owned(),
                    });
                    problem.fix = fix;
                }
            }
            None if run.starts_with(|letter: char| letter.is_ascii_digit() || "+-.".contains(letter))
                && self.is_value(start) =>
            {
                self.wrong_number(start, &run);
            }
            None => self.push(start, Kind::Junk { said: false }),
        }
    }

    /// Whether what was just read is followed by no colon, so that it is no key.
    fn is_value(&self, start: usize) -> bool {
        start < self.at && !self.rest().trim_start().starts_with(':')
    }

    fn wrong_number(&mut self, start: usize, run: &str) {
        let repaired = run.replace('_', "");
        let repaired =
            if repaired.starts_with('0') { repaired.trim_start_matches('0').to_owned() } else { repaired };
        let value = number::read(&repaired).filter(|(_, form)| *form == number::Form::Json);
        let problem = self.problem(start, format!("`{run}` is not a number"));
        if value.is_some() {
            problem.help = Some(format!("write `{repaired}`"));
            problem.fix = Some(repaired);
        } else {
            problem.help = Some("put a text into quotes".to_owned());
        }
        match value {
            Some((value, _)) => self.push(start, Kind::Number(value)),
            None => self.push(start, Kind::Junk { said: true }),
        }
    }
}

/// The length of `<what to write>` or `${NAME}` at the start of a text, which is one thing to say something about.
fn placeholder(text: &str) -> Option<usize> {
    let (close, open) = match text.as_bytes() {
        [b'<', ..] => ('>', 1),
        [b'$', b'{', ..] => ('}', 2),
        _ => return None,
    };
    let mut letters = text.char_indices().skip(open).take(80).take_while(|(_, letter)| *letter != '\n');
    letters.find(|(_, letter)| *letter == close).map(|(at, _)| at + 1)
}

/// White space of JSON5, which holds that of JSON.
fn is_space(letter: char) -> bool {
    letter.is_whitespace() && letter != '\u{85}' || letter == '\u{feff}'
}

/// The name that a run of letters is, escapes decoded; none where it is no ECMAScript 5.1 identifier.
fn name(run: &str) -> Option<String> {
    let mut name = String::new();
    let mut letters = run.chars();
    while let Some(letter) = letters.next() {
        let letter = if letter == '\\' {
            if letters.next() != Some('u') {
                return None;
            }
            let digits: String = letters.by_ref().take(4).collect();
            let code = Some(digits).filter(|digits| {
                digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
            })?;
            char::from_u32(u32::from_str_radix(&code, 16).ok()?)?
        } else {
            letter
        };
        let fits = match letter {
            '$' | '_' => true,
            '\u{200c}' | '\u{200d}' => !name.is_empty(),
            _ if name.is_empty() => unicode_ident::is_xid_start(letter),
            _ => unicode_ident::is_xid_continue(letter),
        };
        if !fits {
            return None;
        }
        name.push(letter);
    }
    (!name.is_empty()).then_some(name)
}
