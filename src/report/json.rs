//! The report as one JSON document, which is a promise to those who read it.

use serde_json::{Value, json};

use super::{Report, kind, reason, shareable};
use crate::diagnostics::Diagnostic;
use crate::examples::{Asked, Check, Mended, Outcome, Verdict};

/// Which fences the document lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Those that are examples.
    Examples,
    /// All of them.
    Fences,
}

/// The document, pretty, with a line break at its end.
///
/// Where live gateways were asked, `sent` says how much. Where schemas of the site's own were put right before they judged, `schemas` says what was done. Lines and columns count from one, a column being a character; the end is the place after the last character.
pub fn write(report: &Report<'_>, listing: Listing) -> String {
    let listed = |outcome: &&&Outcome| match listing {
        Listing::Fences => true,
        Listing::Examples => !matches!(outcome.verdict, Verdict::Untested(_)),
    };
    let summary = report.summary;
    let mut document = json!({
        "summary": {
            "pages": summary.pages,
            "fences": summary.fences,
            "passed": summary.passed,
            "failed": summary.failed,
            "skipped": summary.skipped,
            "untested": summary.untested,
            "errors": summary.errors,
            "warnings": summary.warnings,
            "accepted": summary.accepted,
        },
        "diagnostics": report.diagnostics.iter().map(diagnostic).collect::<Vec<_>>(),
        "examples": report.outcomes.iter().filter(listed).map(|outcome| example(outcome)).collect::<Vec<_>>(),
    });
    if !report.mended.is_empty() {
        document["schemas"] = report.mended.iter().map(mended).collect();
    }
    if !report.asked.is_empty() {
        document["programs"] = report.asked.iter().map(asked).collect();
    }
    if let Some(sent) = &report.sent {
        document["sent"] = json!({
            "requests": sent.requests,
            "retries": sent.retries,
            "input_tokens": sent.usage.input,
            "output_tokens": sent.usage.output,
            "cost": sent.cost,
        });
    }
    format!("{document:#}\n")
}

fn asked(asked: &Asked) -> Value {
    json!({
        "program": asked.program,
        "version": asked.version,
        "judged": asked.judged,
        "trouble": asked.trouble.as_deref().map(shareable),
    })
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let problem = &diagnostic.problem;
    let start = diagnostic.source.position(problem.span.start);
    let end = diagnostic.source.position(problem.span.end);
    json!({
        "code": problem.code.as_str(),
        "severity": problem.severity.as_str(),
        "message": shareable(&problem.message),
        "help": problem.help.as_deref().map(shareable),
        "file": diagnostic.source.path(),
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}

fn mended(mended: &Mended) -> Value {
    json!({
        "client": mended.client,
        "file": mended.schema,
        "repairs": mended.repairs.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn example(outcome: &Outcome) -> Value {
    json!({
        "file": outcome.file,
        "line": outcome.line,
        "kind": kind(outcome),
        "verdict": outcome.verdict.to_string(),
        "reason": reason(outcome).map(shareable),
        "checked": outcome.checked.iter().copied().map(Check::as_str).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn document(listing: Listing) -> Value {
        let verdicts = samples::verdicts();
        serde_json::from_str(&write(&Report::new(&verdicts, Vec::new()), listing)).unwrap()
    }

    #[test]
    fn a_diagnostic_counts_characters_from_one() {
        let said = json!({
            "code": "unknown-key", "severity": "error", "message": "`modle` is not a key of an agent",
            "help": "write `model`", "file": "content/a.md",
            "line": 2, "column": 3, "end_line": 2, "end_column": 8,
        });
        assert_eq!(document(Listing::Examples)["diagnostics"], json!([said]));
    }

    #[test]
    fn the_summary_stands_first() {
        let verdicts = samples::verdicts();
        let text = write(&Report::new(&verdicts, Vec::new()), Listing::Examples);
        assert!(text.starts_with("{\n  \"summary\": {\n    \"pages\": 1,\n    \"fences\": 4,\n"), "{text}");
    }

    #[test]
    fn a_failed_example_gives_its_first_error_as_the_reason() {
        let failed = json!({
            "file": "content/a.md", "line": 1, "kind": "config", "verdict": "failed",
            "reason": "`modle` is not a key of an agent", "checked": ["syntax", "schema"],
        });
        assert_eq!(document(Listing::Examples)["examples"][0], failed);
    }

    #[test]
    fn examples_leave_out_what_nothing_tests() {
        assert_eq!(document(Listing::Examples)["examples"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn fences_hold_what_nothing_tests() {
        let fences = document(Listing::Fences);
        assert_eq!(fences["examples"][3]["kind"], "none");
        assert_eq!(fences["examples"][3]["verdict"], "untested");
    }
}
