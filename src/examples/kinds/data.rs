//! Data: it parses.

use super::{Claim, Plan};
use crate::data::{self, Document, Syntax};
use crate::diagnostics::{Parsed, Problem};
use crate::examples::{Check, Kind};
use crate::page::Fence;
use crate::source::Span;

/// How many values in a row are looked at one by one.
const MOST_VALUES: usize = 64;

/// How many mistakes are told one by one.
const MOST_MISTAKES: usize = 5;

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

/// What is wrong in all values of a fence: pages show several in a row, each from a line of its own.
pub(in crate::examples) fn problems(fence: &Fence, syntax: Syntax) -> Vec<Problem> {
    let text = fence.body.text();
    let (_, whole) = read(fence, syntax).into_parts();
    // Lines of YAML and TOML belong together: what stands there twice is a mistake.
    if matches!(syntax, Syntax::Yaml | Syntax::Toml) {
        return whole;
    }
    let mut start = 0;
    let mut first = whole.first().map(|problem| problem.span.start as usize);
    for _ in 0..MOST_VALUES {
        let Some(at) = first.filter(|at| *at > start) else { break };
        let before = text.get(start..at).unwrap_or_default();
        let is_line = before.trim_end_matches([' ', '\t']).ends_with('\n');
        let is_value = !before.trim().is_empty() && data::parse(before, syntax).problems().is_empty();
        if !is_line || !is_value {
            break;
        }
        start = at;
        let (_, rest) = data::parse(text.get(start..).unwrap_or_default(), syntax).into_parts();
        let Some(problem) = rest.first() else { return Vec::new() };
        first = Some(start + problem.span.start as usize);
    }
    if start == 0 {
        return whole;
    }
    let (_, rest) = data::parse(text.get(start..).unwrap_or_default(), syntax).into_parts();
    let by = Span::at(start).start;
    rest.into_iter().map(|problem| Problem { span: problem.span.shifted(by), ..problem }).collect()
}

/// The plan for data that no profile knows.
pub(in crate::examples) fn plan(fence: &Fence, syntax: Syntax) -> Plan<'_> {
    let mut plan = Plan::new(fence, Claim::Example(Kind::Data));
    let mut found = problems(fence, syntax);
    if found.len() > MOST_MISTAKES {
        // It is written in another language, of types or of alternatives; the first place says so.
        let more = found.len() - 1;
        found.truncate(1);
        if let Some(first) = found.first_mut() {
            let label = first.label.take().map(|label| format!("{label}; ")).unwrap_or_default();
            first.label = Some(format!("{label}{more} more places below are wrong"));
        }
    }
    plan.report(found);
    plan.checked.insert(Check::Syntax);
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;
    use crate::source::Source;

    fn check(text: &str, expected: &[&str]) {
        let page = Page::parse(Source::new("a.md", format!("```json\n{text}\n```\n")));
        let found = problems(&page.fences[0], Syntax::Json);
        let found: Vec<_> = found.iter().filter_map(|problem| text.get(problem.span.range())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn one_value_is_data() {
        check("{ \"a\": 1 }", &[]);
    }

    #[test]
    fn values_on_lines_of_their_own_are_data() {
        check("{ \"a\": 1 }\n{ \"b\": 2 }\n\n[3]", &[]);
    }

    #[test]
    fn lines_of_toml_are_one_value() {
        let page = Page::parse(Source::new("a.md", "```toml\na = 1\na = 2\n```\n"));
        assert_eq!(problems(&page.fences[0], Syntax::Toml).len(), 1);
    }

    #[test]
    fn values_on_one_line_are_not() {
        check("{ \"a\": 1 } { \"b\": 2 }", &["{"]);
    }

    #[test]
    fn a_mistake_in_a_later_value_is_found_at_its_place() {
        check("{ \"a\": 1 }\n{ \"b\": nope }", &["nope"]);
    }

    #[test]
    fn a_missing_comma_is_no_second_value() {
        check("{\n\"a\": 1\n\"b\": 2\n}", &["1"]);
    }
}
