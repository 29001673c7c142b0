//! Where in a page each part of a request stands, so that what is wrong with the request is underlined there.

use std::sync::Arc;

use crate::data::{self, Node, Path, Step, Syntax};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::gateway::exchange::{Finding, Place, Request};
use crate::source::{Excerpt, Source, Span};

/// The places of one request; all spans are those of the file.
#[derive(Clone, Debug)]
pub(super) struct Anchors {
    /// What the request as a whole stands for: a command, a provider's key.
    pub whole: Span,
    /// The address.
    pub url: Option<Excerpt>,
    /// The method.
    pub method: Option<Span>,
    /// The credential.
    pub credential: Option<Span>,
    /// The headers.
    pub headers: Vec<HeaderAnchor>,
    /// The body.
    pub body: BodyAnchor,
}

/// A header on the page.
#[derive(Clone, Debug)]
pub(super) struct HeaderAnchor {
    /// In lower case.
    pub name: String,
    /// The name.
    pub key: Span,
    /// The value as it is sent.
    pub value: Excerpt,
}

/// What of the body stands on the page.
#[derive(Clone, Debug)]
pub(super) enum BodyAnchor {
    /// Nothing.
    None,
    /// Nothing, because it is made up for the trial: what is wrong with it is nobody's mistake.
    MadeUp,
    /// The id of the model.
    Model(Span),
    /// All of it, as it is sent.
    Text(Excerpt),
    /// The fields of a form, each as `name=value`.
    Form(Vec<Excerpt>),
}

impl Anchors {
    /// The places of a request that no command on the page can be seen to send.
    pub(super) fn nowhere(fence: Span) -> Self {
        let start = Span { end: fence.start, ..fence };
        Self {
            whole: start,
            url: None,
            method: None,
            credential: None,
            headers: Vec::new(),
            body: BodyAnchor::None,
        }
    }

    /// Whether a request goes to the address that stands on the page.
    pub(super) fn addresses(&self, request: &Request) -> bool {
        let Some(url) = self.url.as_ref() else { return false };
        let text = url.text();
        let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        reqwest::Url::parse(&text).is_ok_and(|url| {
            url.host_str()
                .is_some_and(|host| host.trim_matches(['[', ']']).eq_ignore_ascii_case(&request.host))
                && url.port_or_known_default() == Some(request.port)
                && url.path() == request.path
        })
    }

    /// The diagnostic for something wrong with the request; none where that part of it is made up.
    pub(super) fn place(
        &self,
        source: &Arc<Source>,
        request: &Request,
        finding: Finding,
    ) -> Option<Diagnostic> {
        let in_body = matches!(finding.place, Place::Body(_) | Place::BodyKey(_) | Place::BodyByte(_));
        if in_body && matches!(self.body, BodyAnchor::MadeUp) {
            return None;
        }
        let mut span = self.span(&finding);
        let in_header = self.in_header(&finding).and_then(|(_, said)| said);
        let mut fix = finding.fix;
        if in_body && matches!(self.body, BodyAnchor::Form(_)) {
            fix = fix.map(|fix| fix.trim_matches('"').to_owned());
        }
        if finding.place == Place::Path {
            fix = fix.and_then(|fix| self.path_fix(request, &fix, source.slice(span)));
        }
        if fix.as_ref().is_some_and(|fix| !fix.starts_with(['"', '\''])) {
            span = inner(span, source);
        }
        let problem = Problem {
            code: finding.code,
            severity: finding.severity,
            span,
            message: finding.message,
            label: finding.label.or(in_header),
            help: finding.help,
            // A fix is certain only where exactly the wrong thing is underlined.
            fix: fix.filter(|_| span != self.whole),
        };
        Some(problem.of(source))
    }

    /// What belongs in place of the path on the page, which may be only the beginning of the one that is sent, or of the
    /// whole address where it has none.
    fn path_fix(&self, request: &Request, path: &str, underlined: &str) -> Option<String> {
        let url = self.url.as_ref()?.text();
        let written = reqwest::Url::parse(url).ok()?;
        let added = request.path.strip_prefix(written.path().trim_end_matches('/'))?;
        let path = path.strip_suffix(added)?;
        if !underlined.contains("://") {
            return Some(path.to_owned());
        }
        (underlined == url && !url.contains(['?', '#']))
            .then(|| format!("{}{path}", url.trim_end_matches('/')))
    }

    /// The place in the value of a header that is meant as JSON, and what is wrong with it as JSON.
    fn in_header(&self, finding: &Finding) -> Option<(Span, Option<String>)> {
        let Place::InHeader(name, path) = &finding.place else { return None };
        let value = &self.header(name)?.value;
        if !path.0.is_empty() {
            // What is ignored is ignored for its name.
            let part = if finding.code == Code::IgnoredSetting { Part::Key } else { Part::Value };
            return Some((inside(value, path, part), None));
        }
        if !value.text().trim_start().starts_with('{') {
            return Some((value.span(), None));
        }
        let (_, problems) = data::parse(value.text(), Syntax::Json).into_parts();
        match problems.into_iter().next() {
            Some(problem) => Some((value.locate(problem.span), Some(problem.message))),
            None => Some((inside(value, path, Part::Value), None)),
        }
    }

    fn span(&self, finding: &Finding) -> Span {
        match &finding.place {
            Place::Host => self.url_part(UrlPart::Host),
            Place::Path => self.url_part(UrlPart::Path),
            Place::Query(_) => self.url_part(UrlPart::Query),
            Place::Method => self.method.unwrap_or(self.whole),
            Place::Credential => self.credential.unwrap_or(self.whole),
            Place::Header(name) => self.header(name).map_or(self.whole, |header| header.key),
            Place::InHeader(..) => self.in_header(finding).map_or(self.whole, |(span, _)| span),
            Place::Body(path) => self.body(path, Part::Value),
            Place::BodyKey(path) => self.body(path, Part::Key),
            Place::BodyByte(at) => match &self.body {
                BodyAnchor::Text(text) => at_byte(text, *at),
                _ => self.whole,
            },
        }
    }

    fn header(&self, name: &str) -> Option<&HeaderAnchor> {
        self.headers.iter().rev().find(|header| header.name == name)
    }

    fn body(&self, path: &Path, part: Part) -> Span {
        match &self.body {
            BodyAnchor::Model(span) if path.0 == [Step::Key("model".to_owned())] => *span,
            BodyAnchor::Text(text) => inside(text, path, part),
            BodyAnchor::Form(fields) => field(fields, path, part).unwrap_or(self.whole),
            _ => self.whole,
        }
    }

    fn url_part(&self, part: UrlPart) -> Span {
        let Some(url) = &self.url else { return self.whole };
        let text = url.text();
        let host = text.find("://").map_or(0, |at| at + 3);
        let after = |from: usize, mark: &[char]| {
            text.get(from..).and_then(|rest| rest.find(mark)).map_or(text.len(), |at| from + at)
        };
        let path = after(host, &['/', '?', '#']);
        let query = after(path, &['?', '#']);
        let span = match part {
            UrlPart::Host => Span::new(host, path),
            UrlPart::Path => Span::new(path, query),
            UrlPart::Query => Span::new(query, text.len()),
        };
        // An address without a path has nothing of its own to underline.
        if span.is_empty() { url.span() } else { url.locate(span) }
    }
}

/// A text without the quotes around it.
fn inner(span: Span, source: &Source) -> Span {
    let text = source.slice(span);
    let quoted = text.len() >= 2 && text.starts_with(['"', '\'']) && text.ends_with(['"', '\'']);
    if quoted { Span { start: span.start + 1, end: span.end - 1 } } else { span }
}

#[derive(Clone, Copy)]
enum UrlPart {
    Host,
    Path,
    Query,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Key,
    Value,
}

/// The place of a way into a JSON text; the nearest place above it where the end is not there.
fn inside(text: &Excerpt, path: &Path, part: Part) -> Span {
    let (document, _) = data::parse(text.text(), Syntax::Json5).into_parts();
    let mut node = &document.root;
    let mut key = None;
    for step in &path.0 {
        let next = match step {
            Step::Key(name) => node.member(name).map(|member| (Some(member.key_span), &member.value)),
            Step::Index(index) => node.elements().get(*index).map(|element| (None, element)),
        };
        let Some((key_span, value)) = next else { return text.locate(opening(node)) };
        (key, node) = (key_span, value);
    }
    match (part, key) {
        (Part::Key, Some(key)) => text.locate(key),
        _ if path.0.is_empty() => text.locate(opening(node)),
        _ => text.locate(node.span),
    }
}

/// The place of a field in a form; none where it is not there.
fn field(fields: &[Excerpt], path: &Path, part: Part) -> Option<Span> {
    let Some(Step::Key(name)) = path.0.first() else { return None };
    let index = path.0.get(1).map_or(0, |step| match step {
        Step::Index(index) => *index,
        Step::Key(_) => 0,
    });
    let named = |field: &&Excerpt| {
        field.text().split_once('=').is_some_and(|(key, _)| key.trim_end_matches("[]") == name)
    };
    let field = fields.iter().filter(named).nth(index)?;
    let (key, value) = field.text().split_once('=')?;
    Some(match part {
        Part::Key => field.locate(Span::new(0, key.len())),
        // What follows a semicolon says of which type a value is.
        Part::Value => {
            let end = value.split_once(";type=").map_or(value.len(), |(value, _)| value.len());
            field.locate(Span::new(key.len() + 1, key.len() + 1 + end))
        }
    })
}

/// The first character of what goes over lines; underlining all of it would say nothing.
fn opening(node: &Node) -> Span {
    match node.value {
        data::Value::Object(_) | data::Value::Array(_) => {
            Span { end: node.span.end.min(node.span.start + 1), ..node.span }
        }
        _ => node.span,
    }
}

fn at_byte(text: &Excerpt, at: usize) -> Span {
    let (document, problems) = data::parse(text.text(), Syntax::Json).into_parts();
    // Our own reader knows the whole token that is wrong where it stumbles at the same place.
    if let Some(problem) = problems.first() {
        return text.locate(problem.span);
    }
    let end = text.text().len();
    let at = at.min(end);
    let width = text.text().get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    if width == 0 { text.locate(opening(&document.root)) } else { text.locate(Span::new(at, at + width)) }
}

/// The text of a string as an excerpt of its file: quotes off, escapes decoded.
pub(super) fn string(node: &Node, body: &Excerpt) -> Option<Excerpt> {
    let decoded = node.as_str()?;
    let raw = body.text().get(node.span.range())?;
    let mut text = body.rebuild(node.span.start);
    let start = node.span.start as usize;
    let quoted = raw.starts_with(['"', '\'']) && raw.len() >= 2;
    let inner = if quoted { raw.get(1..raw.len() - 1)? } else { raw };
    let offset = start + usize::from(quoted);
    let mut letters = inner.char_indices().peekable();
    let mut plain = 0;
    while let Some((at, letter)) = letters.next() {
        if letter != '\\' {
            continue;
        }
        let (_, escaped) = letters.next()?;
        text.copy(Span::new(offset + plain, offset + at));
        let length = if escaped == 'u' { 6 } else { 1 + escaped.len_utf8() };
        let sequence = inner.get(at..at + length)?;
        let value: String =
            serde_json::from_str(&format!("\"{sequence}\"")).unwrap_or_else(|_| escaped.to_string());
        text.decoded(&value, Span::new(offset + at, offset + at + length));
        plain = at + length;
        while letters.next_if(|(next, _)| *next < plain).is_some() {}
    }
    text.copy(Span::new(offset + plain, offset + inner.len()));
    let text = text.finish();
    // What is written in another way (a folded YAML text) stands for itself as a whole.
    if text.text() == decoded {
        return Some(text);
    }
    let mut whole = body.rebuild(node.span.start);
    whole.decoded(decoded, node.span);
    Some(whole.finish())
}
