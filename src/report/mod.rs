//! Diagnostics and verdicts, for people and for machines.
//!
//! [`Report`] gathers what a command found; [`text`] and [`json`] write it, [`progress`] shows the work meanwhile.

pub mod baseline;
pub mod json;
pub mod progress;
mod quote;
pub mod text;

use std::collections::BTreeSet;
use std::fmt;

pub use quote::{one_line, shareable};

use baseline::Sifted;

use crate::diagnostics::{Code, Diagnostic, tidy};
use crate::examples::{Asked, Mended, Outcome, Verdict, Verdicts};
use crate::gateway::allowance::Tally;
use crate::source::Span;

/// All that a command has to say about a site.
#[derive(Debug)]
pub struct Report<'a> {
    /// The figures.
    pub summary: Summary,
    /// The examples that failed, without those whose every error a baseline accepts.
    failures: usize,
    /// What is wrong, in the order of files and places, nothing twice.
    pub diagnostics: Vec<Diagnostic>,
    /// What became of each fence, in the order of the pages.
    pub outcomes: Vec<&'a Outcome>,
    /// The schemas that had to be put right.
    pub mended: &'a [Mended],
    /// The programs that were asked.
    pub asked: &'a [Asked],
    /// What was sent to live gateways.
    pub sent: Option<Tally>,
}

/// The figures of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Pages read.
    pub pages: usize,
    /// Fences on them.
    pub fences: usize,
    /// Examples whose claims hold.
    pub passed: usize,
    /// Examples whose claims do not.
    pub failed: usize,
    /// Examples that could not be tried.
    pub skipped: usize,
    /// Fences that nothing tests.
    pub untested: usize,
    /// Diagnostics that fail a build.
    pub errors: usize,
    /// Diagnostics that mislead.
    pub warnings: usize,
    /// Diagnostics that a baseline accepts; they are counted nowhere else.
    pub accepted: usize,
}

/// What warnings do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Warnings {
    /// They are shown.
    #[default]
    Shown,
    /// They fail like errors.
    Denied,
}

impl<'a> Report<'a> {
    /// The report on the verdicts and on everything else that was `found`.
    ///
    /// The diagnostics of the outcomes are taken in; `found` holds those of pages, site and checks.
    pub fn new(verdicts: &'a Verdicts, found: Vec<Diagnostic>) -> Self {
        Self::sifted(verdicts, found, |found| Sifted { new: found, ..Sifted::default() })
    }

    /// The same, without the diagnostics that `sift` accepts.
    pub fn sifted(
        verdicts: &'a Verdicts,
        found: Vec<Diagnostic>,
        sift: impl FnOnce(Vec<Diagnostic>) -> Sifted,
    ) -> Self {
        let outcomes: Vec<&Outcome> = verdicts.pages.iter().flatten().collect();
        let mut diagnostics = found;
        diagnostics.extend(outcomes.iter().flat_map(|outcome| outcome.diagnostics.iter().cloned()));
        tidy(&mut diagnostics);
        let sifted = sift(diagnostics);
        let mut summary = Summary::of(&outcomes);
        let failures = {
            let new = sifted.places();
            let is_new = |said: &Diagnostic| new.contains(&place(said));
            // An example that failed without a word is accepted by nobody.
            let fails = |outcome: &&&Outcome| {
                let mut errors = outcome.diagnostics.iter().filter(|said| said.is_error()).peekable();
                outcome.verdict == Verdict::Failed && (errors.peek().is_none() || errors.any(is_new))
            };
            outcomes.iter().filter(fails).count()
        };
        let diagnostics = sifted.new;
        summary.accepted = sifted.accepted;
        summary.pages = verdicts.pages.len();
        summary.errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        summary.warnings = diagnostics.len() - summary.errors;
        let Verdicts { mended, asked, sent, .. } = verdicts;
        Self { summary, failures, diagnostics, outcomes, mended, asked, sent: *sent }
    }

    /// Tells whether a diagnostic is one of an example.
    pub fn of_examples(&self) -> impl Fn(&Diagnostic) -> bool {
        let said = self.outcomes.iter().flat_map(|outcome| &outcome.diagnostics);
        let places: BTreeSet<_> = said.map(place).collect();
        move |said| places.contains(&place(said))
    }

    /// Whether the documentation is wrong: an error, a failed example, or a warning where those are denied.
    pub fn is_wrong(&self, warnings: Warnings) -> bool {
        let denied = match warnings {
            Warnings::Shown => 0,
            Warnings::Denied => self.summary.warnings,
        };
        self.summary.errors + self.failures + denied > 0
    }
}

impl Summary {
    /// The figures of some outcomes alone.
    fn of(outcomes: &[&Outcome]) -> Self {
        let mut summary = Self { fences: outcomes.len(), ..Self::default() };
        for outcome in outcomes {
            *match outcome.verdict {
                Verdict::Passed => &mut summary.passed,
                Verdict::Failed => &mut summary.failed,
                Verdict::Skipped(_) => &mut summary.skipped,
                Verdict::Untested(_) => &mut summary.untested,
            } += 1;
        }
        summary
    }

    /// The number of examples: the fences that something tests.
    pub fn examples(&self) -> usize {
        self.passed + self.failed + self.skipped
    }
}

/// By what a diagnostic of an example is known among all that was found.
fn place(said: &Diagnostic) -> (&str, Span, Code, &str) {
    (said.source.path(), said.problem.span, said.problem.code, &said.problem.message)
}

/// Why an outcome is what it is: the reason given, or the first error; none for what passed.
pub fn reason(outcome: &Outcome) -> Option<&str> {
    match &outcome.verdict {
        Verdict::Passed => None,
        Verdict::Skipped(reason) | Verdict::Untested(reason) => Some(reason),
        Verdict::Failed => {
            let errors = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
            let first = errors.min_by(|one, other| one.order().cmp(&other.order()));
            first.map(|diagnostic| diagnostic.problem.message.as_str())
        }
    }
}

/// The word for the kind of a fence; `none` where nothing tests it.
pub fn kind(outcome: &Outcome) -> &'static str {
    outcome.kind.as_ref().map_or("none", crate::examples::Kind::as_str)
}

/// A number with its noun: `1 error`, `2 errors`.
pub struct Counted(pub usize, pub &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

#[cfg(test)]
pub(crate) mod samples {
    //! Outcomes and diagnostics for the tests of the writers.

    use super::*;
    use crate::diagnostics::{Code, Problem};
    use crate::examples::{Check, Kind};
    use crate::source::{Source, Span};

    /// An outcome in `content/a.md` at a line.
    pub(crate) fn outcome(line: u32, kind: Option<Kind>, verdict: Verdict) -> Outcome {
        Outcome {
            file: "content/a.md".to_owned(),
            line,
            language: "json5".to_owned(),
            kind,
            verdict,
            checked: vec![Check::Syntax, Check::Schema],
            exchanges: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// One page: a failed configuration, a passed command, a skipped one, and a fence that nothing tests.
    pub(crate) fn verdicts() -> Verdicts {
        let source = Source::new("content/a.md", "é {\n  modle: 1,\n}\n");
        let problem = Problem::new(Code::UnknownKey, Span::new(7, 12), "`modle` is not a key of an agent")
            .label("not known")
            .help("write `model`")
            .fix("model");
        let mut failed = outcome(1, Some(Kind::Config("openclaw".to_owned())), Verdict::Failed);
        failed.diagnostics.push(problem.of(&source));
        let skipped = Verdict::Skipped("no profile knows `llm.internal`".to_owned());
        let untested = Verdict::Untested("`text` is not tested".to_owned());
        Verdicts {
            pages: vec![vec![
                failed,
                outcome(5, Some(Kind::Shell), Verdict::Passed),
                outcome(9, Some(Kind::Shell), skipped),
                outcome(12, None, untested),
            ]],
            mended: Vec::new(),
            asked: Vec::new(),
            sent: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_each_fence_once() {
        let verdicts = samples::verdicts();
        let summary = Report::new(&verdicts, Vec::new()).summary;
        assert_eq!((summary.pages, summary.fences, summary.examples()), (1, 4, 3));
        assert_eq!((summary.passed, summary.failed, summary.skipped, summary.untested), (1, 1, 1, 1));
        assert_eq!((summary.errors, summary.warnings), (1, 0));
    }

    #[test]
    fn what_is_said_twice_is_reported_once() {
        let verdicts = samples::verdicts();
        let again = verdicts.pages.iter().flatten().flat_map(|outcome| outcome.diagnostics.clone()).collect();
        assert_eq!(Report::new(&verdicts, again).diagnostics.len(), 1);
    }

    #[test]
    fn a_warning_fails_only_where_warnings_are_denied() {
        let verdicts = Verdicts::default();
        let source = crate::source::Source::new("a.md", "x");
        let problem = crate::diagnostics::Problem::new(
            crate::diagnostics::Code::DuplicateKey,
            crate::source::Span::new(0, 1),
            "twice",
        );
        let report = Report::new(&verdicts, vec![problem.of(&source)]);
        assert!(!report.is_wrong(Warnings::Shown));
        assert!(report.is_wrong(Warnings::Denied));
    }
}
