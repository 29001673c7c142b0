//! The rules of a client that its schema cannot say.

use super::config::Placed;
use crate::data::select::Selector;
use crate::data::{Node, Path, Value};
use crate::diagnostics::{Code, Problem, Severity, nearest};
use crate::examples::clients::{Condition, NameRule, Rule, Test};
use crate::source::Span;

/// What the rules and the names of a client refuse.
pub(super) fn broken(placed: &Placed<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in &placed.client.rules {
        for (path, node) in found(&rule.each, &placed.whole) {
            if breaks(placed, rule, node) {
                problems.push(told(placed, rule, &path, node));
            }
        }
    }
    for rule in &placed.client.names {
        for (path, node) in found(&rule.each, &placed.whole) {
            unknown_names(placed, rule, &path, node, &mut problems);
        }
    }
    problems
}

/// Takes the problems of rules to those that are known: an error of a rule goes before a warning about the same key.
pub(super) fn add(broken: Vec<Problem>, problems: &mut Vec<Problem>) {
    for problem in broken {
        let is_same = |other: &Problem| other.span == problem.span;
        if problems.iter().any(|other| is_same(other) && other.severity == Severity::Error) {
            continue;
        }
        problems.retain(|other| !is_same(other));
        problems.push(problem);
    }
}

fn found<'a>(selectors: &[Selector], node: &'a Node) -> Vec<(Path, &'a Node)> {
    selectors.iter().flat_map(|selector| selector.select(node)).collect()
}

fn breaks(placed: &Placed<'_>, rule: &Rule, node: &Node) -> bool {
    rule.when.iter().all(|condition| holds(condition, node) == Answer::Yes)
        && rule.unless.iter().all(|condition| match holds(condition, node) {
            Answer::No => true,
            Answer::Yes | Answer::Open => false,
            // What a fragment leaves out may stand elsewhere.
            Answer::Absent => !placed.partial,
        })
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Yes,
    No,
    /// Nothing stands there.
    Absent,
    /// What stands there is left to the reader.
    Open,
}

fn holds(condition: &Condition, node: &Node) -> Answer {
    let selected = condition.at.select(node);
    if selected.is_empty() {
        return Answer::Absent;
    }
    let answers: Vec<Answer> = selected.iter().map(|(_, node)| passes(&condition.test, node)).collect();
    let passed = answers.iter().filter(|answer| **answer == Answer::Yes).count();
    if passed >= usize::from(condition.times) {
        Answer::Yes
    } else if answers.contains(&Answer::Open) {
        Answer::Open
    } else {
        Answer::No
    }
}

fn passes(question: &Test, node: &Node) -> Answer {
    let is_open = node.value == Value::Elided || node.as_str().is_some_and(is_left_to_the_reader);
    let answer = |passes: bool| if passes { Answer::Yes } else { Answer::No };
    match question {
        Test::There => answer(true),
        _ if is_open => Answer::Open,
        Test::Is(values) => answer(values.contains(&node.to_json())),
        Test::Matches(pattern) => match &node.value {
            // A pattern that takes too long says nothing.
            Value::String(text) => pattern.is_match(text).map_or(Answer::Open, answer),
            Value::Number(_) => pattern.is_match(&node.to_json().to_string()).map_or(Answer::Open, answer),
            // Of values of other types the schema speaks.
            _ => Answer::Open,
        },
    }
}

fn is_left_to_the_reader(text: &str) -> bool {
    text.contains("${") || text.contains('<') && text.contains('>')
}

fn told(placed: &Placed<'_>, rule: &Rule, path: &Path, node: &Node) -> Problem {
    let marked = rule.mark.as_ref().and_then(|mark| mark.select(node).into_iter().next());
    let (path, node) = match marked {
        Some((inner, node)) => (joined(path, &inner), node),
        None => (path.clone(), node),
    };
    let value = node.as_str().map_or_else(|| node.to_json().to_string(), str::to_owned);
    let message = rule.message.replace("{place}", &path.to_string()).replace("{value}", &value);
    let problem = Problem::new(rule.code, spot(placed, &path, node), message)
        .label(format!("not taken by {} {}", placed.client.title, placed.client.version));
    match &rule.help {
        Some(help) => problem.help(help.clone()),
        None => problem,
    }
}

fn joined(path: &Path, inner: &Path) -> Path {
    Path(path.0.iter().chain(&inner.0).cloned().collect())
}

/// What is underlined: a value that stands on one line, the key of every other one, or its first sign.
fn spot(placed: &Placed<'_>, path: &Path, node: &Node) -> Span {
    match (&node.value, placed.member(path)) {
        (Value::Object(_) | Value::Array(_), Some(member)) => member.key_span,
        (Value::Object(_) | Value::Array(_), None) if !node.span.is_empty() => {
            let start = node.span.range().start;
            node.members().first().map_or(Span::new(start, start + 1), |first| {
                if first.key_span.start == node.span.start {
                    first.key_span
                } else {
                    Span::new(start, start + 1)
                }
            })
        }
        _ => node.span,
    }
}

fn unknown_names(
    placed: &Placed<'_>,
    rule: &NameRule,
    path: &Path,
    node: &Node,
    problems: &mut Vec<Problem>,
) {
    let names = names(rule, node);
    if names.is_empty() {
        return;
    }
    let tables = found(&rule.declared, node);
    // Who declares nothing relies on what is declared elsewhere.
    let says_names = |(_, table): &(Path, &Node)| !table.members().is_empty() || table.as_str().is_some();
    if !rule.is_closed() && (placed.partial || !tables.iter().any(says_names)) {
        return;
    }
    let keys = tables.iter().flat_map(|(_, table)| table.members()).map(|member| member.key.as_str());
    let texts = tables.iter().filter_map(|(_, table)| table.as_str());
    let own = rule.known.iter().chain(&rule.always).map(String::as_str);
    let taken: Vec<&str> = own.chain(keys).chain(texts).collect();
    let is_taken = |name: &str| {
        // What an empty text stands for has to be declared, even where the name itself would be taken.
        let unsaid = rule.empty.as_deref().filter(|_| name.trim().is_empty());
        let meant = unsaid.unwrap_or(name).trim().to_lowercase();
        let counts = |taken: &&str| unsaid.is_none() || !rule.always.iter().any(|always| always == taken);
        let is_declared = unsaid.is_some() && tables.iter().any(|(_, table)| table.get(&meant).is_some());
        is_declared
            || taken.iter().filter(|taken| counts(taken)).any(|taken| taken.to_lowercase() == meant)
            || rule.form.as_ref().is_some_and(|form| form.is_match(name).unwrap_or(true))
            || is_left_to_the_reader(name)
    };
    let owner = tables.first().filter(|_| !rule.is_closed());
    let owner = owner.map(|(inner, _)| joined(path, inner));
    for (name, span) in names {
        if is_taken(name) {
            continue;
        }
        let message = match &owner {
            Some(owner) => format!("`{owner}` declares no {} `{name}`", rule.thing),
            None => {
                format!("{} {} knows no {} `{name}`", placed.client.title, placed.client.version, rule.thing)
            }
        };
        let problem = Problem::new(Code::UndeclaredName, span, message);
        problems.push(match (nearest(name, taken.iter().copied()), &rule.help) {
            (Some(near), _) => problem.help(format!("write `{near}`")),
            (None, Some(help)) => problem.help(help.clone()),
            (None, None) => problem,
        });
    }
}

/// The names that a rule is about, each with its place.
fn names<'a>(rule: &NameRule, node: &'a Node) -> Vec<(&'a str, Span)> {
    let values = found(&rule.values, node).into_iter();
    let values = values.filter_map(|(_, value)| Some((value.as_str()?, value.span)));
    let tables = found(&rule.keys, node).into_iter().flat_map(|(_, table)| table.members());
    values.chain(tables.map(|member| (member.key.as_str(), member.key_span))).collect()
}
