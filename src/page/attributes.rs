//! The attributes of a fence: what the theme knows and what the verifier knows.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::info::{Word, words};
use crate::data::{Node, Number, Value};
use crate::diagnostics::{Code, Problem, Severity, nearest};
use crate::source::Span;

/// The attributes of a fence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes {
    /// `title=`, `filename=`, `label=`, or bare words.
    pub title: Option<String>,
    /// `{1,3-5}` or `highlight=`: lines from one.
    pub highlight: Vec<RangeInclusive<u32>>,
    /// `focus=`: lines from one.
    pub focus: Vec<RangeInclusive<u32>>,
    /// `lines`: line numbers are shown.
    pub lines: bool,
    /// `wrap`: long lines are broken.
    pub wrap: bool,
    /// `expandable`: shown folded.
    pub expandable: bool,
    /// `nocopy`: there is no button that copies it.
    pub nocopy: bool,
    /// `icon=`.
    pub icon: Option<String>,
    /// `diff`: lines that begin with `+` or `-` are changes.
    pub diff: bool,
    /// What the verifier reads.
    pub example: ExampleAttributes,
    /// Unknown `key=value` pairs, for the theme.
    pub other: Vec<(String, String)>,
}

/// A value with the place of the attribute that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// The attribute in the file.
    pub span: Span,
}

/// A diagnostic that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Its code.
    pub code: Code,
    /// Where the fence says so; none where its page does, for all its fences.
    pub span: Option<Span>,
}

/// The attributes that the verifier reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExampleAttributes {
    /// `ignore="reason"`: not an example.
    pub ignore: Option<Placed<String>>,
    /// `no_run`: checked, but nothing is sent.
    pub no_run: bool,
    /// `should_fail`: it must fail, one way or another.
    pub should_fail: Option<Placed<()>>,
    /// `status=401`: the HTTP status of its last answer.
    pub status: Option<Placed<u16>>,
    /// `exit=22`: the exit status of its command.
    pub exit: Option<Placed<i32>>,
    /// `error="text"`: a text that its failure says.
    pub error: Option<Placed<String>>,
    /// `client=`: the profile whose configuration it is.
    pub client: Option<Placed<String>>,
    /// `schema=`: a schema file, from the root of the site.
    pub schema: Option<Placed<String>>,
    /// `at=models.providers`: where a fragment belongs.
    pub at: Option<Placed<String>>,
    /// `name=`: what others call it.
    pub name: Option<Placed<String>>,
    /// `needs=a,b`: what runs before it.
    pub needs: Vec<Placed<String>>,
    /// `continued`: it goes on where the example before it ended.
    pub continued: bool,
    /// `session=name`: shares its state with others of the name.
    pub session: Option<Placed<String>>,
    /// `response` or `response=name`: an expectation of the example before, or of `name`.
    pub response: Option<Placed<Option<String>>>,
    /// `output`: what the example before prints.
    pub output: bool,
    /// `match=exact|subset|shape`.
    pub matching: Option<Placed<String>>,
    /// `env="K=V"`, in order.
    pub env: Vec<(String, String)>,
    /// `timeout=30s`.
    pub timeout: Option<Duration>,
    /// `retry=2`: further tries.
    pub retry: u32,
    /// `fault=429*2,500`: what goes wrong with its requests, as written; read by the gateway.
    pub fault: Option<Placed<String>>,
    /// `allow=unknown-key,duplicate-key`: diagnostics that are not said of it.
    pub allow: Vec<Allowed>,
    /// `live`: only against a live gateway.
    pub live: bool,
    /// `hidden`: runs, is not shown.
    pub hidden: bool,
}

/// The attributes that stand alone, without a value.
const FLAGS: [&str; 14] = [
    "no_run",
    "should_fail",
    "continued",
    "response",
    "output",
    "live",
    "hidden",
    "lines",
    "wrap",
    "expandable",
    "nocopy",
    "twoslash",
    "diff",
    "ignore",
];

/// The attributes that have a value.
const KEYS: [&str; 25] = [
    "allow",
    "title",
    "filename",
    "label",
    "highlight",
    "focus",
    "icon",
    "status",
    "exit",
    "error",
    "client",
    "schema",
    "at",
    "name",
    "needs",
    "session",
    "match",
    "env",
    "timeout",
    "retry",
    "fault",
    "validate",
    "test",
    "response",
    "ignore",
];

/// One attribute as written.
struct Written<'a> {
    key: &'a str,
    value: &'a str,
    /// The whole attribute.
    span: Span,
    value_span: Span,
}

impl Attributes {
    /// The names of all attributes that are known; some stand alone or with a value, and come twice.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FLAGS.into_iter().chain(KEYS)
    }

    /// Reads the attributes in `text`, which stands at `base` in its file, over those that are there.
    pub(super) fn read(&mut self, text: &str, base: u32) -> Vec<Problem> {
        let (words, mut problems) = words(text, base);
        let mut title: Vec<&str> = Vec::new();
        for (word, span) in words {
            match word {
                Word::Bare(flag) if FLAGS.contains(&flag) => problems.extend(self.raise(flag, span)),
                Word::Bare(text) | Word::Quoted(text) => title.push(text),
                Word::Braced(text) => match ranges(text) {
                    Some(lines) => self.highlight = lines,
                    None => problems.push(bad_lines(text, span)),
                },
                Word::Pair { key, value, value_span } => {
                    problems.extend(self.set(&Written { key, value, span, value_span }));
                }
            }
        }
        if !title.is_empty() {
            self.title = Some(title.join(" "));
        }
        problems
    }

    /// Sets an attribute that stands alone.
    fn raise(&mut self, flag: &str, span: Span) -> Option<Problem> {
        if flag == "ignore" {
            self.example.ignore = Some(Placed { value: "no reason given".to_owned(), span });
            return Some(
                Problem::new(Code::BadAttribute, span, "`ignore` has no reason")
                    .severity(Severity::Warning)
                    .help("write `ignore=\"reason\"`"),
            );
        }
        self.set(&Written { key: flag, value: "true", span, value_span: span })
    }

    fn set(&mut self, written: &Written<'_>) -> Option<Problem> {
        let text = || Some(written.value.to_owned());
        match written.key {
            "title" | "filename" | "label" => self.title = text(),
            "icon" => self.icon = text(),
            "highlight" => return written.lines(&mut self.highlight),
            "focus" => return written.lines(&mut self.focus),
            "lines" => return written.flag(&mut self.lines),
            "wrap" => return written.flag(&mut self.wrap),
            "expandable" => return written.flag(&mut self.expandable),
            "nocopy" => return written.flag(&mut self.nocopy),
            "diff" => return written.flag(&mut self.diff),
            // What other programs ask of their highlighter says nothing to ours.
            "twoslash" => {}
            key if FLAGS.contains(&key) || KEYS.contains(&key) => return self.example.take(written),
            key => {
                self.other.push((key.to_owned(), written.value.to_owned()));
                return unknown(key, written.span);
            }
        }
        None
    }
}

/// An unknown attribute is the theme's own, unless it looks like one of ours.
fn unknown(key: &str, span: Span) -> Option<Problem> {
    let meant = nearest(key, Attributes::names())?;
    let span = Span::new(span.start as usize, span.start as usize + key.len());
    let message = format!("`{key}` is not an attribute of a fence");
    Some(Problem::new(Code::UnknownAttribute, span, message).help(format!("write `{meant}`")).fix(meant))
}

/// Attributes whose names are kept for what is to come, and that change nothing yet.
const RESERVED: [&str; 4] = ["schema", "session", "match", "retry"];

impl ExampleAttributes {
    /// Whether the example is promised to fail, in whatever way.
    pub fn promises_failure(&self) -> bool {
        let status = self.status.as_ref().is_some_and(|status| !(200..300).contains(&status.value));
        let exit = self.exit.as_ref().is_some_and(|exit| exit.value != 0);
        status || exit || self.should_fail.is_some() || self.error.is_some()
    }

    /// Takes an attribute; what is wrong with it, or that it does nothing.
    fn take(&mut self, written: &Written<'_>) -> Option<Problem> {
        let problem = self.set(written);
        if problem.is_some() || !RESERVED.contains(&written.key) {
            return problem;
        }
        let message = format!("`{}` changes nothing yet", written.key);
        Some(Problem::new(Code::UnknownAttribute, written.span, message).help("take it out until it is read"))
    }

    fn set(&mut self, written: &Written<'_>) -> Option<Problem> {
        match written.key {
            "ignore" => self.ignore = written.text(),
            "validate" if written.value == "false" => self.ignore = written.opted_out(),
            "test" if written.value == "skip" => self.ignore = written.opted_out(),
            "no_run" => return written.flag(&mut self.no_run),
            "should_fail" => {
                let mut raised = false;
                let problem = written.flag(&mut raised);
                self.should_fail = raised.then_some(Placed { value: (), span: written.span });
                return problem;
            }
            "status" => return written.number(&mut self.status, 100..=599, "a status such as `401`"),
            "exit" => return written.number(&mut self.exit, 0..=255, "an exit status such as `22`"),
            "error" => self.error = written.text(),
            "client" => self.client = written.text(),
            "schema" => self.schema = written.text(),
            "at" => self.at = written.text(),
            "name" => self.name = written.text(),
            "session" => self.session = written.text(),
            "fault" => self.fault = written.text(),
            "needs" => {
                let names = written.value.split(',').map(str::trim).filter(|name| !name.is_empty());
                let placed = |name: &str| Placed { value: name.to_owned(), span: written.span };
                self.needs.extend(names.map(placed));
            }
            "continued" => return written.flag(&mut self.continued),
            "response" => {
                let name = (written.value != "true").then(|| written.value.to_owned());
                self.response = Some(Placed { value: name, span: written.span });
            }
            "output" => return written.flag(&mut self.output),
            "match" if ["exact", "subset", "shape"].contains(&written.value) => {
                self.matching = written.text();
            }
            "match" => return Some(written.bad("`exact`, `subset` or `shape`")),
            "env" => match variable(written.value) {
                Some(variable) => self.env.push(variable),
                None => return Some(written.bad("a variable such as `env=\"NAME=value\"`")),
            },
            "timeout" => match duration(written.value) {
                Some(time) => self.timeout = Some(time),
                None => return Some(written.bad("a time such as `30s`, `500ms` or `2m`")),
            },
            "retry" => match written.value.parse() {
                Ok(tries) => self.retry = tries,
                Err(_) => return Some(written.bad("a number of further tries such as `2`")),
            },
            "allow" => return self.allow(written),
            "live" => return written.flag(&mut self.live),
            "hidden" => return written.flag(&mut self.hidden),
            // `validate=true` and `test=…` of other programs ask for what we do anyway.
            _ => {}
        }
        None
    }

    /// Switches diagnostics off; what is wrong with the first name that is no such code.
    fn allow(&mut self, written: &Written<'_>) -> Option<Problem> {
        let mut problem = None;
        let mut at = 0;
        for part in written.value.split(',') {
            let name = part.trim();
            let start = at + (part.len() - part.trim_start().len());
            at += part.len() + 1;
            match Code::to_allow(name) {
                _ if name.is_empty() => {}
                Ok(code) => self.allow.push(Allowed { code, span: Some(written.span) }),
                Err(firm) => {
                    let span = written.part(start, name.len());
                    let wrong = Problem::new(Code::BadAttribute, span, firm.to_string());
                    problem.get_or_insert(wrong.help(firm.help()));
                }
            }
        }
        problem
    }

    /// The attributes that a page sets for all its fences.
    pub(super) fn of_page(node: &Node) -> (Self, Vec<Problem>) {
        let mut attributes = Attributes::default();
        let mut problems = Vec::new();
        if !matches!(node.value, Value::Object(_) | Value::Null) {
            let message = "`examples` is a map of attributes";
            problems.push(
                Problem::new(Code::FrontMatter, node.span, message)
                    .help("write `examples:` and below it lines such as `  client: openclaw`"),
            );
        }
        for member in node.members() {
            let key = member.key.as_str();
            let span = member.key_span.to(member.value.span);
            let mut set = |value: &str| {
                let written = Written { key, value, span, value_span: member.value.span };
                problems.extend(attributes.set(&written).map(|problem| match problem.code {
                    Code::UnknownAttribute => Problem { span: member.key_span, ..problem },
                    _ => problem,
                }));
            };
            match &member.value.value {
                Value::Array(elements) => elements.iter().filter_map(scalar).for_each(|text| set(&text)),
                Value::Object(members) => {
                    for inner in members {
                        set(&format!("{}={}", inner.key, scalar(&inner.value).unwrap_or_default()));
                    }
                }
                _ => set(&scalar(&member.value).unwrap_or_default()),
            }
        }
        let allow =
            attributes.example.allow.iter().map(|allowed| Allowed { span: None, ..*allowed }).collect();
        (Self { allow, ..attributes.example }, problems)
    }
}

/// A scalar as the text of an attribute.
fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(Number::Integer(value)) => Some(value.to_string()),
        Value::Number(Number::Float(value)) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Null => Some("true".to_owned()),
        Value::Array(_) | Value::Object(_) | Value::Elided => None,
    }
}

impl Written<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "every attribute it fills is an option")]
    fn text(&self) -> Option<Placed<String>> {
        Some(Placed { value: self.value.to_owned(), span: self.span })
    }

    #[expect(clippy::unnecessary_wraps, reason = "the attribute it fills is an option")]
    fn opted_out(&self) -> Option<Placed<String>> {
        Some(Placed { value: format!("{}={}", self.key, self.value), span: self.span })
    }

    /// A part of the value by its bytes; the whole value where it is not written as it is read.
    fn part(&self, start: usize, length: usize) -> Span {
        let written = self.value_span.len() as usize;
        let quotes = written.checked_sub(self.value.len()).filter(|more| matches!(more, 0 | 2));
        let Some(quotes) = quotes else { return self.value_span };
        let start = self.value_span.start as usize + quotes / 2 + start;
        Span::new(start, start + length)
    }

    fn flag(&self, slot: &mut bool) -> Option<Problem> {
        match self.value {
            "true" => *slot = true,
            "false" => *slot = false,
            _ => return Some(self.bad("no value at all")),
        }
        None
    }

    fn lines(&self, slot: &mut Vec<RangeInclusive<u32>>) -> Option<Problem> {
        match ranges(self.value) {
            Some(lines) => *slot = lines,
            None => return Some(bad_lines(self.value, self.value_span)),
        }
        None
    }

    fn number<T: std::str::FromStr + PartialOrd>(
        &self,
        slot: &mut Option<Placed<T>>,
        bounds: RangeInclusive<T>,
        wanted: &str,
    ) -> Option<Problem> {
        match self.value.parse() {
            Ok(value) if bounds.contains(&value) => *slot = Some(Placed { value, span: self.span }),
            _ => return Some(self.bad(wanted)),
        }
        None
    }

    fn bad(&self, wanted: &str) -> Problem {
        // A value that is not there is shown by the whole attribute.
        let span = if self.value_span.is_empty() { self.span } else { self.value_span };
        let message = format!("`{}` cannot be `{}`", self.key, self.value);
        Problem::new(Code::BadAttribute, span, message).help(format!("it takes {wanted}"))
    }
}

fn bad_lines(text: &str, span: Span) -> Problem {
    let message = format!("`{}` does not name lines", text.trim());
    Problem::new(Code::BadAttribute, span, message).help("write lines and ranges such as `{1,3-5}`")
}

/// `1,3-5`, with or without the brackets of a list and the quotes that JSX puts around a text: `{"1,3-5"}`.
fn ranges(text: &str) -> Option<Vec<RangeInclusive<u32>>> {
    let text = text.trim_matches(|letter: char| letter.is_whitespace() || "[]{}\"'".contains(letter));
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (1 <= first && first <= last).then_some(first..=last)
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(range).collect()
}

/// `30s`, `500ms`, `2m`, or seconds.
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" | "" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

/// `NAME=value`.
fn variable(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let named = name.chars().enumerate().all(|(at, letter)| {
        letter == '_' || letter.is_ascii_alphabetic() || (at > 0 && letter.is_ascii_digit())
    });
    (named && !name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
}
