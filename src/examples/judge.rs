//! From what was sent, answered and printed to a verdict.

use std::sync::Arc;

use super::anchors::Anchors;
use super::kinds::{Claim, Plan};
use super::run::Ran;
use super::{Kind, Outcome, Verdict};
use crate::diagnostics::{Code, Diagnostic, Problem, tidy};
use crate::gateway::exchange::{Exchange, Finding};
use crate::gateway::server::Mode;
use crate::page::{Allowed, ExampleAttributes};
use crate::source::{Source, Span};

/// What was tried, beside the plan.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// What was sent, with the places of it.
    pub exchanges: Vec<(Exchange, Anchors)>,
    /// What became of a script.
    pub ran: Option<Ran>,
    /// Why it could not be tried.
    pub obstacle: Option<String>,
}

/// The outcome of a fence.
///
/// What the site, its page or itself has switched off is not said, whatever it weighs.
pub(super) fn outcome(
    plan: Plan<'_>,
    tried: Tried,
    commands: &[Span],
    allowed: &[Code],
    mode: &Mode,
) -> Outcome {
    let Plan { fence, claim, mut diagnostics, checked, .. } = plan;
    let source = Arc::clone(fence.body.source());
    let mut obstacle = tried.obstacle;
    let of_page = diagnostics.clone();
    let count = tried.exchanges.len();
    for (index, (exchange, anchors)) in tried.exchanges.iter().enumerate() {
        diagnostics.extend(spoken(exchange, anchors, &source, &of_page));
        // What goes wrong on purpose is no mistake where the client tries again.
        if index + 1 == count {
            diagnostics.extend(failed_by_fault(exchange, anchors).map(|problem| problem.of(&source)));
        }
        if let Some(unsent) = &exchange.unsent {
            obstacle.get_or_insert_with(|| unsent.to_string());
        }
    }
    let expected = Expected::of(&fence.attributes.example);
    if let Some(ran) = &tried.ran {
        let refused = diagnostics.iter().any(Diagnostic::is_error);
        // A host that nobody answers for makes the command fail; it has failed for no reason of its own.
        if !refused && obstacle.is_none() && expected.exit.is_none() {
            diagnostics.extend(failure(ran, commands, fence.body.locate(Span::at(0)), &source));
        }
    }
    let last = tried.exchanges.last().map(|(exchange, _)| exchange);
    let unmet = match obstacle {
        None => expected.unmet(&diagnostics, last, tried.ran.as_ref()),
        // What could not be tried has broken no promise.
        Some(_) => None,
    };
    if fence.attributes.example.promises_failure() && obstacle.is_none() {
        diagnostics.retain(|diagnostic| diagnostic.problem.code == Code::RealSecret);
    }
    diagnostics.extend(unmet.map(|problem| problem.of(&source)));
    let own = &fence.attributes.example.allow;
    // What could not be tried may yet say it, and so may the mock of what another gateway took.
    let is_tried = obstacle.is_none()
        && matches!(claim, Claim::Example(_))
        && (*mode == Mode::Mock || tried.exchanges.is_empty());
    let idle = if is_tried { idle(own, &diagnostics) } else { Vec::new() };
    diagnostics.retain(|diagnostic| {
        let code = diagnostic.problem.code;
        !allowed.contains(&code) && !own.iter().any(|own| own.code == code)
    });
    diagnostics.extend(idle.into_iter().map(|problem| problem.of(&source)));
    tidy(&mut diagnostics);
    say_once(&mut diagnostics);
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    let (kind, verdict) = match (claim, obstacle) {
        (Claim::None(_), _) if failed => (None, Verdict::Failed),
        (Claim::None(reason), _) => (None, Verdict::Untested(reason)),
        (Claim::Example(kind) | Claim::Skipped(kind, _), _) if failed => (Some(kind), Verdict::Failed),
        (Claim::Skipped(kind, reason), _) | (Claim::Example(kind), Some(reason)) => {
            (Some(kind), Verdict::Skipped(reason))
        }
        (Claim::Example(kind), None) => (Some(kind), Verdict::Passed),
    };
    Outcome {
        file: source.path().to_owned(),
        line: source.position(fence.span.start).line,
        language: fence.language.clone(),
        kind: kind.filter(|kind| !matches!((kind, &verdict), (Kind::Data, Verdict::Untested(_)))),
        verdict,
        checked: checked.into_iter().collect(),
        exchanges: tried.exchanges.into_iter().map(|(exchange, _)| exchange).collect(),
        diagnostics,
    }
}

/// The codes that a fence switches off although nothing says them of it.
fn idle(allowed: &[Allowed], diagnostics: &[Diagnostic]) -> Vec<Problem> {
    let is_said = |code| diagnostics.iter().any(|diagnostic| diagnostic.problem.code == code);
    let idle = allowed.iter().filter(|allowed| !is_said(allowed.code));
    idle.filter_map(|allowed| {
        let message = format!("nothing says `{}` of this example", allowed.code.as_str());
        let problem = Problem::new(Code::UnknownAttribute, allowed.span?, message);
        Some(problem.help("take it out of `allow=`"))
    })
    .collect()
}

/// Leaves one diagnostic for one mistake: what page and provider both say is said once, and a reference is not blamed for
/// a model id that is wrong where it is declared.
fn say_once(diagnostics: &mut Vec<Diagnostic>) {
    let of_model = |code| matches!(code, Code::UndeclaredModel | Code::ModelForm | Code::UnknownModel);
    let meant: Vec<String> = diagnostics
        .iter()
        .filter(|diagnostic| matches!(diagnostic.problem.code, Code::ModelForm | Code::UnknownModel))
        .filter_map(|diagnostic| diagnostic.problem.fix.clone())
        .collect();
    diagnostics.retain(|diagnostic| {
        let text = diagnostic.source.slice(diagnostic.problem.span);
        diagnostic.problem.code != Code::UndeclaredModel || !meant.iter().any(|meant| meant == text)
    });
    // They are sorted by place, and errors come first.
    diagnostics.dedup_by(|later, first| {
        let (later, first) = (&later.problem, &first.problem);
        let same = later.code == first.code || (of_model(later.code) && of_model(first.code));
        same && later.span == first.span
    });
}

/// What the gateway says of a request, at its places on the page, beside what the page has been told already.
fn spoken(
    exchange: &Exchange,
    anchors: &Anchors,
    source: &Arc<Source>,
    told: &[Diagnostic],
) -> Vec<Diagnostic> {
    let is_told = |finding: &&Finding| {
        told.iter().any(|told| told.problem.code == finding.code && told.problem.message == finding.message)
    };
    let findings = exchange.findings.iter().filter(|finding| !is_told(finding)).cloned();
    let mut spoken: Vec<Diagnostic> =
        findings.filter_map(|finding| anchors.place(source, &exchange.request, finding)).collect();
    let explained = exchange.findings.iter().any(Finding::is_error);
    let refused = !exchange.answer.is_success() && exchange.unsent.is_none() && exchange.fault.is_none();
    if refused && !explained {
        let message = format!("the request is answered with {}", exchange.answer.status);
        let problem = Problem::new(Code::Refused, anchors.whole, message);
        spoken.push(problem.label(excerpt(&exchange.answer.body_text())).of(source));
    }
    spoken
}

/// What is said of the last request, where it was made to fail.
fn failed_by_fault(exchange: &Exchange, anchors: &Anchors) -> Option<Problem> {
    let fault = exchange.fault.as_ref().filter(|_| !exchange.answer.is_success())?;
    let message = format!("the request is made to fail by `{fault}`");
    let problem = Problem::new(Code::Refused, anchors.whole, message);
    Some(problem.help("say what the example ends with, such as `status=429`, or let it try again"))
}

/// The first line of a text, short enough for a label.
fn excerpt(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match line.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

/// A script that did not end well.
fn failure(ran: &Ran, commands: &[Span], start: Span, source: &Arc<Source>) -> Option<Diagnostic> {
    if ran.timed_out {
        let span = commands.last().copied().unwrap_or(start);
        let problem =
            Problem::new(Code::TimedOut, first_line(span, source), "the commands did not end in time");
        return Some(problem.help("give the fence a `timeout=`, or the command an end").of(source));
    }
    let exit = match ran.exit {
        Some(0) => return None,
        Some(exit) => format!("exit status {exit}"),
        None => "a signal".to_owned(),
    };
    let first = source.position(start.start).line as usize;
    let line = ran.failed_line.map(|line| line + first);
    let covers = |span: &&Span| {
        let (from, to) = (source.position(span.start).line as usize, source.position(span.end).line as usize);
        line.is_some_and(|line| (from..=to).contains(&line))
    };
    let span = commands.iter().find(covers).or(commands.last()).copied().unwrap_or(start);
    let problem =
        Problem::new(Code::ExitStatus, first_line(span, source), format!("the command ended with {exit}"));
    let complaint = excerpt(ran.complaint.lines().last().unwrap_or_default());
    Some(if complaint.is_empty() { problem } else { problem.label(complaint) }.of(source))
}

/// The part of a span that stands on its first line.
fn first_line(span: Span, source: &Source) -> Span {
    let line = source.line(source.position(span.start).line).unwrap_or(span);
    Span { start: span.start, end: span.end.min(line.end).max(span.start) }
}

/// What the page says of the outcome.
struct Expected<'a> {
    attributes: &'a ExampleAttributes,
    exit: Option<i32>,
}

impl<'a> Expected<'a> {
    fn of(attributes: &'a ExampleAttributes) -> Self {
        Self { attributes, exit: attributes.exit.as_ref().map(|exit| exit.value) }
    }

    /// The first promise that is not kept.
    fn unmet(
        &self,
        diagnostics: &[Diagnostic],
        last: Option<&Exchange>,
        ran: Option<&Ran>,
    ) -> Option<Problem> {
        let failed = diagnostics.iter().any(Diagnostic::is_error);
        if let Some(status) = &self.attributes.status {
            let found = last.map(|exchange| exchange.answer.status);
            if found != Some(status.value) {
                let found =
                    found.map_or("no request was sent".to_owned(), |found| format!("the answer is {found}"));
                let message = format!("the answer is to be {}, but {found}", status.value);
                return Some(Problem::new(Code::DidNotFail, status.span, message));
            }
        }
        if let Some(exit) = &self.attributes.exit {
            let found = ran.and_then(|ran| ran.exit);
            if found != Some(exit.value) {
                let found = found.map_or("nothing was run".to_owned(), |found| format!("it is {found}"));
                let message = format!("the exit status is to be {}, but {found}", exit.value);
                return Some(Problem::new(Code::DidNotFail, exit.span, message));
            }
        }
        if let Some(error) = &self.attributes.error {
            let text = error.value.as_str();
            let said = diagnostics.iter().any(|diagnostic| diagnostic.problem.message.contains(text))
                || last.is_some_and(|exchange| exchange.answer.body_text().contains(text))
                || ran.is_some_and(|ran| ran.complaint.contains(text));
            if !said {
                let message = format!("nothing says `{text}`");
                return Some(Problem::new(Code::DidNotFail, error.span, message));
            }
        }
        let failing = failed || last.is_some_and(|exchange| !exchange.answer.is_success());
        match &self.attributes.should_fail {
            Some(should_fail) if !failing => {
                let problem = Problem::new(Code::DidNotFail, should_fail.span, "this example does not fail");
                Some(problem.help("take `should_fail` away, or show what fails"))
            }
            _ => None,
        }
    }
}
