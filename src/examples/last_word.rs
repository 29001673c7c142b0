//! The last word of the real program: what it takes is no error, and what it refuses is one.

use super::clients::{Issue, Ruling, place};
use super::kinds::Plan;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Diagnostic, Problem, Severity};
use crate::source::Span;

/// What a program decides; the rest is for providers and for the page.
const DECIDED: [Code; 12] = [
    Code::Syntax,
    Code::DuplicateKey,
    Code::UnknownKey,
    Code::WrongType,
    Code::UnknownValue,
    Code::MissingKey,
    Code::OutOfBounds,
    Code::UndeclaredName,
    Code::Schema,
    Code::UnknownProvider,
    Code::UndeclaredModel,
    Code::ReferenceForm,
];

/// Lets a program, by the name `speaker`, have the last word on a configuration whose value is `root`.
pub(super) fn settle(plan: &mut Plan<'_>, root: &Node, ruling: &Ruling, speaker: &str) {
    if ruling.issues.is_empty() {
        let read: Vec<Span> = words(root).into_iter().map(|span| plan.fence.body.locate(span)).collect();
        let is_read = |span: Span| read.iter().any(|word| word.start <= span.start && span.end <= word.end);
        // Of what stands in a comment, or in another configuration of the same fence, it has said nothing.
        let decided = |said: &&mut Diagnostic| {
            let problem = &said.problem;
            said.is_error() && DECIDED.contains(&problem.code) && is_read(problem.span)
        };
        for said in plan.diagnostics.iter_mut().filter(decided) {
            said.problem.severity = Severity::Warning;
            said.problem.label = Some(format!("{speaker} takes it"));
        }
        return;
    }
    for issue in &ruling.issues {
        refuse(plan, root, issue, speaker);
    }
}

/// Where the keys, the plain values, and the first letters of lists and tables of a configuration stand.
fn words(root: &Node) -> Vec<Span> {
    let mut words = Vec::new();
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let is_plain = !matches!(node.value, Value::Object(_) | Value::Array(_));
        words.push(if is_plain { node.span } else { Span { end: node.span.start + 1, ..node.span } });
        open.extend(node.elements());
        words.extend(node.members().iter().map(|member| member.key_span));
        open.extend(node.members().iter().map(|member| &member.value));
    }
    words
}

fn refuse(plan: &mut Plan<'_>, root: &Node, issue: &Issue, speaker: &str) {
    let (mark, whole) = marked(root, issue);
    let body = &plan.fence.body;
    let (mark, whole) = (body.locate(mark), body.locate(whole));
    let is_there = |said: &Diagnostic| {
        let span = said.problem.span;
        DECIDED.contains(&said.problem.code) && span.start < whole.end && whole.start < span.end
    };
    // What we say already has a help, and perhaps a repair.
    if plan.diagnostics.iter().any(|said| said.is_error() && is_there(said)) {
        return;
    }
    let at_mark = |said: &&mut Diagnostic| is_there(said) && said.problem.span == mark;
    if let Some(said) = plan.diagnostics.iter_mut().find(at_mark) {
        said.problem.severity = Severity::Error;
        said.problem.label = Some(format!("refused by {speaker}"));
        return;
    }
    let message = format!("{speaker} refuses this: {}", short(&issue.message));
    let problem = Problem::new(Code::RefusedByProgram, mark, message);
    plan.diagnostics.push(problem.of(plan.fence.body.source()));
}

/// What is underlined for a complaint, and all that it is about.
fn marked(root: &Node, issue: &Issue) -> (Span, Span) {
    let (node, member) = place(root, &issue.path);
    // `Unrecognized key: "modle"` is about the key, and not about all around it.
    let mut quoted = issue.message.split('"').skip(1).step_by(2);
    if let Some(named) = quoted.find_map(|name| node.member(name)) {
        return (named.key_span, named.key_span.to(named.value.span));
    }
    match member {
        Some(member) if matches!(node.value, Value::Object(_) | Value::Array(_)) => {
            (member.key_span, node.span)
        }
        None if matches!(node.value, Value::Object(_) | Value::Array(_)) => {
            (Span { end: node.span.start + 1, ..node.span }, node.span)
        }
        Some(_) | None => (node.span, node.span),
    }
}

/// The first line of a message, not too long.
fn short(message: &str) -> String {
    let line = message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it does not say why");
    match line.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}
