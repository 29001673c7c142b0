//! Data: it parses.

use super::{Claim, Plan};
use crate::data::{self, Document, Syntax};
use crate::diagnostics::Parsed;
use crate::examples::{Check, Kind};
use crate::page::Fence;

/// The syntax of a fence's language.
pub(in crate::examples) fn syntax(language: &str) -> Option<Syntax> {
    match language {
        "json" => Some(Syntax::Json),
        "jsonc" => Some(Syntax::Jsonc),
        "json5" => Some(Syntax::Json5),
        "yaml" | "yml" => Some(Syntax::Yaml),
        "toml" => Some(Syntax::Toml),
        _ => None,
    }
}

/// Reads the text of a fence. JSON with comments is a sketch of JSON: what the comments alone make wrong is not.
pub(in crate::examples) fn read(fence: &Fence, syntax: Syntax) -> Parsed<Document> {
    let parsed = data::parse(fence.body.text(), syntax);
    if syntax != Syntax::Json || parsed.problems().is_empty() {
        return parsed;
    }
    let commented = data::parse(fence.body.text(), Syntax::Jsonc);
    let only_comments = parsed.problems().iter().all(|problem| {
        fence.body.text().get(problem.span.range()).is_some_and(|text| text.starts_with(['/', '#']))
    });
    if only_comments && commented.problems().is_empty() { commented } else { parsed }
}

/// The plan for data that no profile knows.
pub(in crate::examples) fn plan(fence: &Fence, parsed: Parsed<Document>) -> Plan<'_> {
    let mut plan = Plan::new(fence, Claim::Example(Kind::Data));
    let (_, problems) = parsed.into_parts();
    plan.report(problems);
    plan.checked.insert(Check::Syntax);
    plan
}
