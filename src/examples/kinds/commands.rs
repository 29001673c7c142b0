//! Commands that set one key of a configuration: `openclaw config set gateway.port 19001`.
//!
//! What the commands of a fence set is put together and judged like a configuration that stands on the page, with each
//! key where the command names it. Nothing is run.

use super::{Claim, Plan, Surroundings, config};
use crate::data::{self, Document, Member, Node, Path, Syntax, Value};
use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::examples::clients::{Client, CommandRule};
use crate::examples::shell::{Command, Known, Part, Script, Word};
use crate::page::Fence;
use crate::source::Span;

/// The plan for a fence with such commands; none where it has none that can be read.
pub(super) fn plan<'a>(fence: &'a Fence, script: &Script, around: &Surroundings<'_>) -> Option<Plan<'a>> {
    let read = |client: &'_ Client| {
        let found = script.commands.iter().filter_map(|command| read(fence, command, client, around));
        let found: Vec<Setting> = found.collect();
        (!found.is_empty()).then_some(found)
    };
    let (client, settings) = around.clients.iter().find_map(|client| Some((client, read(client)?)))?;
    let judged = |root: Node| {
        let document = Document { root, fragment: true, sketch: false };
        config::plan_at(&Path::default(), fence, client, document, around)
    };
    let mut documents: Vec<Node> = Vec::new();
    for setting in &settings {
        match documents.last_mut().filter(|last| is_free(last, &setting.path)) {
            Some(last) => put(last, &setting.path, setting.value.clone()),
            // What is set again is another way, and not a part of the first.
            None => documents.push(setting.alone()),
        }
    }
    let mut plans = documents.into_iter().map(judged);
    let mut plan = plans.next()?;
    for other in plans {
        plan.take(other);
    }
    let is_bare = |said: &Diagnostic| said.problem.code == Code::UnknownKey && said.problem.help.is_none();
    if plan.diagnostics.iter().any(is_bare) {
        // The key that was meant may be set by another command, and is no candidate beside it.
        let alone: Vec<Diagnostic> =
            settings.iter().flat_map(|setting| judged(setting.alone()).diagnostics).collect();
        for said in plan.diagnostics.iter_mut().filter(|said| is_bare(said)) {
            let same = |other: &&Diagnostic| {
                other.problem.span == said.problem.span && other.problem.code == said.problem.code
            };
            if let Some(other) = alone.iter().find(same) {
                said.problem = other.problem.clone();
            }
        }
    }
    plan.report(settings.into_iter().flat_map(|setting| setting.problems).collect());
    matches!(plan.claim, Claim::Example(_) | Claim::Skipped(..)).then_some(plan)
}

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As JSON5, else as a text.
    Any,
    /// As JSON.
    Json,
}

/// Deeper than any configuration, and than the readers of data go.
const DEEPEST: usize = 128;

/// What one command sets.
struct Setting {
    /// Where the command stands in the fence.
    span: Span,
    /// The keys, each with its place.
    path: Vec<(String, Span)>,
    value: Node,
    problems: Vec<Problem>,
}

impl Setting {
    /// A configuration of nothing else.
    fn alone(&self) -> Node {
        let mut root = Node::new(self.span, Value::Object(Vec::new()));
        put(&mut root, &self.path, self.value.clone());
        root
    }
}

/// Reads a command; none where it is another one, or one that does more than set a value.
fn read(fence: &Fence, command: &Command, client: &Client, around: &Surroundings<'_>) -> Option<Setting> {
    let text = fence.body.text();
    let rule = client.commands.iter().find(|rule| begins(command, rule, text))?;
    let mut given = Vec::new();
    let mut form = Form::Any;
    for word in command.words.get(rule.words.len()..)? {
        match word.literal(text).filter(|word| word.starts_with('-')) {
            Some(option) if rule.json_options.contains(&option) => form = Form::Json,
            Some(option) if rule.options.contains(&option) => {}
            // Its value would be taken for that of the key.
            Some(option) if option.parse::<f64>().is_err() => return None,
            _ => given.push(word),
        }
    }
    let [path, value] = given.as_slice() else { return None };
    let path = keys(path, text)?;
    let (value, problems) = value_of(value, form, fence, around);
    Some(Setting { span: command.span, path, value, problems })
}

fn begins(command: &Command, rule: &CommandRule, text: &str) -> bool {
    !rule.words.is_empty()
        && command.words.len() > rule.words.len()
        && command.words.iter().zip(&rule.words).all(|(word, name)| word.literal(text).as_ref() == Some(name))
}

/// The keys of a path in dots and brackets; none where the reader fills something in, or a list is meant.
fn keys(word: &Word, text: &str) -> Option<Vec<(String, Span)>> {
    let (path, start) = plain(word, text)?;
    if path.is_empty() || path.contains(['<', '>', '$', '*']) {
        return None;
    }
    let mut keys = Vec::new();
    let mut at = 0;
    while let Some(rest) = path.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(inner) = rest.strip_prefix('[') {
            let length = inner.find(']')?;
            let name = inner.get(..length)?;
            let bare = name.trim_matches(['"', '\'']);
            if bare.len() == name.len() {
                return None;
            }
            keys.push((bare.to_owned(), Span::new(start + at + 2, start + at + 2 + bare.len())));
            at += length + 2;
        } else {
            let rest = rest.strip_prefix('.').filter(|_| at > 0).unwrap_or(rest);
            at = path.len() - rest.len();
            let length = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = rest.get(..length).filter(|name| !name.is_empty())?;
            // A number can be a place in a list as well as a key.
            if name.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            keys.push((name.to_owned(), Span::new(start + at, start + at + length)));
            at += length;
        }
        if keys.len() > DEEPEST {
            return None;
        }
    }
    Some(keys)
}

/// The text of a word that stands on the page as the program gets it, and where it begins in the fence.
fn plain<'t>(word: &Word, text: &'t str) -> Option<(&'t str, usize)> {
    match word.parts.as_slice() {
        [Part::Copy(span)] => Some((text.get(span.range())?, span.range().start)),
        _ => None,
    }
}

/// The value as the client reads it.
fn value_of(word: &Word, form: Form, fence: &Fence, around: &Surroundings<'_>) -> (Node, Vec<Problem>) {
    let body = &fence.body;
    let known = |name: &str| match around.variable(fence, name) {
        _ if around.opened.contains(name) => Known::Open,
        Some(value) => Known::Text(value),
        None => Known::Open,
    };
    let beginning = word.beginning(body.text(), &known);
    if !beginning.whole {
        return (Node::new(word.span, Value::Elided), Vec::new());
    }
    let text = beginning.text;
    let start = plain(word, body.text()).map(|(_, start)| start);
    let syntax = match form {
        Form::Json => Syntax::Json,
        Form::Any => Syntax::Json5,
    };
    let (document, mut problems) = data::parse(&text, syntax).into_parts();
    let mut root = document.root;
    if document.sketch {
        return (Node::new(word.span, Value::Elided), Vec::new());
    }
    if form == Form::Any && (document.fragment || !problems.is_empty()) {
        return (Node::new(word.span, Value::String(text)), Vec::new());
    }
    if let Some(start) = start {
        root.shift(Span::at(start).start);
        for problem in &mut problems {
            problem.span = problem.span.shifted(Span::at(start).start);
        }
    } else {
        // Where escapes stand, only the whole word has a place.
        place(&mut root, word.span);
        for problem in &mut problems {
            problem.span = word.span;
            problem.fix = None;
        }
    }
    (root, problems)
}

fn place(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::Object(members) => members.iter_mut().for_each(|member| {
            member.key_span = span;
            place(&mut member.value, span);
        }),
        Value::Array(elements) => elements.iter_mut().for_each(|element| place(element, span)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Elided => {}
    }
}

/// Whether nothing is set at a path, nor above it.
fn is_free(root: &Node, path: &[(String, Span)]) -> bool {
    let mut here = root;
    for (key, _) in path {
        match (&here.value, here.get(key)) {
            (Value::Object(_), Some(next)) => here = next,
            (Value::Object(_), None) => return true,
            (_, _) => return false,
        }
    }
    false
}

/// Puts a value at a path that is free.
fn put(root: &mut Node, path: &[(String, Span)], value: Node) {
    let Some(((key, key_span), rest)) = path.split_first() else {
        *root = value;
        return;
    };
    let Value::Object(members) = &mut root.value else { return };
    let at = members.iter().position(|member| member.key == *key);
    let at = at.unwrap_or_else(|| {
        let inner = Node::new(*key_span, Value::Object(Vec::new()));
        members.push(Member { key: key.clone(), key_span: *key_span, value: inner });
        members.len() - 1
    });
    if let Some(member) = members.get_mut(at) {
        put(&mut member.value, rest, value);
    }
}
