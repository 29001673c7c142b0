//! The report for people: every diagnostic with its line, then the figures, then one line that says how it stands.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::quote::quote;
use super::{Counted, Report, Summary, Warnings, kind, reason, shareable};
use crate::diagnostics::{Diagnostic, Severity};
use crate::examples::{Asked, Check, Mended, Outcome, Verdict};
use crate::gateway::allowance::Tally;

/// What the text is written on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// Characters alone.
    Plain,
    /// A terminal that understands colours.
    Styled,
}

/// How much is said of what was not tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The reasons, each with a count.
    #[default]
    Reasons,
    /// Each skipped example with its place.
    Places,
}

/// How many reasons and pages a list shows before it says how many more there are.
const LISTED: usize = 10;

/// How many pages with errors there are before the worst are named.
const MANY: usize = 5;

/// The diagnostics, each followed by an empty line.
pub fn diagnostics(diagnostics: &[Diagnostic], paper: Paper) -> String {
    diagnostics.iter().map(|diagnostic| quote(diagnostic, paper) + "\n").collect()
}

/// The figures by kind, why examples were skipped, and the worst pages where there are many.
pub fn summary(report: &Report<'_>, detail: Detail) -> String {
    let mut text = figures(&report.summary);
    kinds(&mut text, &report.outcomes);
    skipped(&mut text, &report.outcomes, detail);
    mended(&mut text, report.mended, detail);
    asked(&mut text, report.asked);
    sent(&mut text, report.sent);
    codes(&mut text, &report.diagnostics);
    worst(&mut text, &report.diagnostics);
    text
}

/// One line: `proofpress: …`.
pub fn conclusion(report: &Report<'_>, warnings: Warnings) -> String {
    let Summary { pages, errors, warnings: misleading, accepted, .. } = report.summary;
    let on = Counted(pages, "page");
    let accepted = match accepted {
        0 => String::new(),
        count => format!("; {} accepted", Counted(count, "finding")),
    };
    if errors + report.failures + misleading == 0 {
        return format!("proofpress: nothing wrong on {on}{accepted}\n");
    }
    let is_denied = errors + report.failures == 0 && report.is_wrong(warnings);
    let denied = if is_denied { "; warnings are denied" } else { "" };
    let (errors, misleading) = (Counted(errors, "error"), Counted(misleading, "warning"));
    format!("proofpress: {errors}, {misleading} on {on}{denied}{accepted}\n")
}

/// One line for each fence: its place, its verdict, its kind, how it was tried or why not.
pub fn list(report: &Report<'_>) -> String {
    let places: Vec<String> =
        report.outcomes.iter().map(|outcome| format!("{}:{}", outcome.file, outcome.line)).collect();
    let width = places.iter().map(|place| place.chars().count()).max().unwrap_or_default().min(60);
    let mut text = String::new();
    for (outcome, place) in report.outcomes.iter().zip(&places) {
        let language = if outcome.language.is_empty() { "-" } else { &outcome.language };
        let said = match reason(outcome) {
            Some(reason) => reason.to_owned(),
            None => checked(outcome),
        };
        let verdict = outcome.verdict.to_string();
        let line = format!("{place:<width$}  {verdict:<8}  {:<7}  {language:<8}  {said}", kind(outcome));
        push_line(&mut text, line.trim_end());
    }
    text
}

fn checked(outcome: &Outcome) -> String {
    outcome.checked.iter().copied().map(Check::as_str).collect::<Vec<_>>().join(", ")
}

fn figures(summary: &Summary) -> String {
    let Summary { pages, fences, .. } = *summary;
    format!(
        "{} with {}: {}\n",
        Counted(pages, "page"),
        Counted(fences, "fence"),
        [counts(summary), vec![format!("{} untested", summary.untested)]].concat().join(", ")
    )
}

fn counts(summary: &Summary) -> Vec<String> {
    let Summary { passed, failed, skipped, .. } = summary;
    vec![format!("{passed} passed"), format!("{failed} failed"), format!("{skipped} skipped")]
}

/// A table of the kinds that occur.
fn kinds(text: &mut String, outcomes: &[&Outcome]) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| !matches!(outcome.verdict, Verdict::Untested(_))) {
        let client = match &outcome.kind {
            Some(crate::examples::Kind::Config(client)) => client.as_str(),
            _ => "",
        };
        kinds.entry((kind(outcome), client)).or_default().push(outcome);
    }
    let name = |(kind, client): (&str, &str)| format!("{kind} {client}").trim_end().to_owned();
    let width = kinds.keys().map(|key| name(*key).chars().count()).max().unwrap_or_default();
    for (key, outcomes) in kinds {
        let summary = Summary::of(&outcomes);
        let line =
            format!("  {:<width$}  {:>5}: {}", name(key), summary.examples(), counts(&summary).join(", "));
        push_line(text, &line);
    }
}

fn skipped(text: &mut String, outcomes: &[&Outcome], detail: Detail) {
    let mut reasons: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        if let Verdict::Skipped(reason) = &outcome.verdict {
            reasons.entry(reason).or_default().push(outcome);
        }
    }
    if reasons.is_empty() {
        return;
    }
    text.push_str("\nskipped:\n");
    match detail {
        Detail::Places => {
            for outcome in outcomes {
                if let Verdict::Skipped(reason) = &outcome.verdict {
                    push_line(text, &format!("  {}:{}: {reason}", outcome.file, outcome.line));
                }
            }
        }
        Detail::Reasons => {
            let counts = reasons.into_iter().map(|(reason, outcomes)| (outcomes.len(), reason.to_owned()));
            ranked(text, counts.collect(), "reason");
        }
    }
}

/// The programs that judged their own configurations.
fn asked(text: &mut String, asked: &[Asked]) {
    for Asked { program, version, judged, trouble } in asked {
        let speaker = format!("{program} {version}");
        let count = Counted(*judged, "configuration");
        push_line(text, &format!("\n{} itself judged {count}", speaker.trim_end()));
        if let Some(trouble) = trouble {
            push_line(text, &format!("  it could not judge them all: {}", shareable(trouble)));
        }
    }
}

/// What was sent to live gateways.
fn sent(text: &mut String, sent: Option<Tally>) {
    let Some(Tally { requests, retries, usage, cost }) = sent else { return };
    let count =
        |count: u64, thing: &'static str| Counted(usize::try_from(count).unwrap_or(usize::MAX), thing);
    let again = if retries == 0 { String::new() } else { format!(" ({retries} of them again)") };
    let cost = cost.map(|cost| format!(", at a cost of {cost:.4}")).unwrap_or_default();
    let (read, written) = (count(usage.input, "token"), usage.output);
    push_line(
        text,
        &format!("\nsent: {}{again}; {read} read, {written} written{cost}", count(requests, "request")),
    );
}

/// What was put right in schemas of the site's own: how much of it, or each place.
fn mended(text: &mut String, mended: &[Mended], detail: Detail) {
    for Mended { client, schema, repairs } in mended {
        let places = Counted(repairs.len(), "place");
        push_line(text, &format!("\nschema `{schema}` of `{client}`: put right in {places}"));
        match detail {
            Detail::Places => {
                for repair in repairs {
                    push_line(text, &format!("  {repair}"));
                }
            }
            Detail::Reasons => {
                let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
                for repair in repairs {
                    *reasons.entry(repair.kind.as_str()).or_default() += 1;
                }
                ranked(
                    text,
                    reasons.into_iter().map(|(reason, count)| (count, reason.to_owned())).collect(),
                    "kind",
                );
            }
        }
    }
}

/// How often each code was said, where there is more than a reader counts; errors go before warnings.
fn codes(text: &mut String, diagnostics: &[Diagnostic]) {
    if diagnostics.len() <= LISTED {
        return;
    }
    for (severity, head) in [(Severity::Error, "errors"), (Severity::Warning, "warnings")] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.problem.severity == severity) {
            *counts.entry(diagnostic.problem.code.as_str()).or_default() += 1;
        }
        if !counts.is_empty() {
            push_line(text, &format!("\n{head} by code:"));
            ranked(text, counts.into_iter().map(|(code, count)| (count, code.to_owned())).collect(), "code");
        }
    }
}

/// The pages with the most errors, where there are too many to see at a glance.
fn worst(text: &mut String, diagnostics: &[Diagnostic]) {
    let mut pages: BTreeMap<&str, usize> = BTreeMap::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
        *pages.entry(diagnostic.source.path()).or_default() += 1;
    }
    if pages.len() <= MANY {
        return;
    }
    push_line(text, &format!("\nerrors on {}, the most on:", Counted(pages.len(), "page")));
    ranked(text, pages.into_iter().map(|(page, count)| (count, page.to_owned())).collect(), "page");
}

/// The largest first; what is left out is counted.
fn ranked(text: &mut String, mut rows: Vec<(usize, String)>, noun: &'static str) {
    rows.sort_by(|(one, first), (other, second)| other.cmp(one).then_with(|| first.cmp(second)));
    for (count, name) in rows.iter().take(LISTED) {
        push_line(text, &format!("  {count:>5}  {name}"));
    }
    if rows.len() > LISTED {
        let more = rows.len() - LISTED;
        push_line(text, &format!("         and {more} more {noun}{}", if more == 1 { "" } else { "s" }));
    }
}

fn push_line(text: &mut String, line: &str) {
    // A `String` takes everything.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Problem};
    use crate::examples::{Kind, Verdicts};
    use crate::report::samples;
    use crate::source::{Source, Span};

    fn problem(code: Code, path: &str) -> Diagnostic {
        Problem::new(code, Span::new(0, 1), "wrong").of(&Source::new(path, "x"))
    }

    #[test]
    fn the_summary_counts_by_kind_and_groups_reasons() {
        let verdicts = samples::verdicts();
        let expected = "1 page with 4 fences: 1 passed, 1 failed, 1 skipped, 1 untested\n  \
                        config openclaw      1: 0 passed, 1 failed, 0 skipped\n  \
                        shell                2: 1 passed, 0 failed, 1 skipped\n\n\
                        skipped:\n      1  no profile knows `llm.internal`\n";
        assert_eq!(summary(&Report::new(&verdicts, Vec::new()), Detail::Reasons), expected);
    }

    #[test]
    fn each_skipped_example_is_named_on_demand() {
        let verdicts = samples::verdicts();
        let text = summary(&Report::new(&verdicts, Vec::new()), Detail::Places);
        assert!(text.ends_with("skipped:\n  content/a.md:9: no profile knows `llm.internal`\n"), "{text}");
    }

    #[test]
    fn reasons_come_by_number_and_the_rest_is_counted() {
        let skipped = |reason: usize| {
            samples::outcome(1, Some(Kind::Shell), Verdict::Skipped(format!("reason {reason:02}")))
        };
        let outcomes = (0..12).flat_map(|reason| vec![skipped(reason); 12 - reason]).collect();
        let text = summary(
            &Report::new(&Verdicts { pages: vec![outcomes], ..Verdicts::default() }, Vec::new()),
            Detail::Reasons,
        );
        let (_, listed) = text.split_once("skipped:\n").unwrap();
        let lines: Vec<&str> = listed.lines().collect();
        assert_eq!((lines[0], lines[9]), ("     12  reason 00", "      3  reason 09"));
        assert_eq!(lines[10..], ["         and 2 more reasons"]);
    }

    #[test]
    fn the_worst_pages_come_first_where_there_are_many() {
        let verdicts = Verdicts::default();
        let on = |page: usize| (0..page).map(move |_| page);
        let mut found: Vec<Diagnostic> =
            (1..8).flat_map(on).map(|page| problem(Code::UnknownKey, &format!("{page}.md"))).collect();
        for (at, diagnostic) in found.iter_mut().enumerate() {
            diagnostic.problem.message = format!("wrong {at}");
        }
        let text = summary(&Report::new(&verdicts, found.clone()), Detail::Reasons);
        assert!(text.contains("\nerrors on 7 pages, the most on:\n      7  7.md\n      6  6.md\n"), "{text}");
        found.truncate(15);
        assert!(!summary(&Report::new(&verdicts, found), Detail::Reasons).contains("the most on"));
    }

    #[test]
    fn the_list_shows_every_fence() {
        let verdicts = samples::verdicts();
        let expected = "content/a.md:1   failed    config   json5     `modle` is not a key of an agent\n\
                        content/a.md:5   passed    shell    json5     syntax, schema\n\
                        content/a.md:9   skipped   shell    json5     no profile knows `llm.internal`\n\
                        content/a.md:12  untested  none     json5     `text` is not tested\n";
        assert_eq!(list(&Report::new(&verdicts, Vec::new())), expected);
    }

    #[test]
    fn the_last_line_says_how_it_stands() {
        let check = |found: Vec<Diagnostic>, warnings: Warnings, expected: &str| {
            let verdicts = Verdicts { pages: vec![Vec::new(), Vec::new()], ..Verdicts::default() };
            assert_eq!(
                conclusion(&Report::new(&verdicts, found), warnings),
                format!("proofpress: {expected}\n")
            );
        };
        let warning = || problem(Code::DuplicateKey, "a.md");
        assert_eq!(warning().problem.severity, Severity::Warning);
        check(vec![], Warnings::Denied, "nothing wrong on 2 pages");
        check(vec![problem(Code::Syntax, "a.md")], Warnings::Shown, "1 error, 0 warnings on 2 pages");
        check(vec![warning()], Warnings::Shown, "0 errors, 1 warning on 2 pages");
        check(vec![warning()], Warnings::Denied, "0 errors, 1 warning on 2 pages; warnings are denied");
    }

    #[test]
    fn diagnostics_are_divided_by_an_empty_line() {
        let found = [problem(Code::Syntax, "a.md"), problem(Code::Syntax, "b.md")];
        let text = diagnostics(&found, Paper::Plain);
        assert!(text.contains("  | ^\n\nerror[syntax]: wrong\n --> b.md:1:1\n"), "{text}");
    }
}
