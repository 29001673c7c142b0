//! Formulas that are no TeX.

use pulldown_latex::{Parser, Storage};

use crate::diagnostics::{Code, Diagnostic, Problem};
use crate::page::{Event, LONGEST_FORMULA, Page, Piece};

/// The formulas of a page that cannot be read.
pub(super) fn unread(page: &Page) -> Vec<Diagnostic> {
    if !page.front.math {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (piece, span) in &page.pieces {
        let Piece::Markdown(Event::InlineMath(tex) | Event::DisplayMath(tex)) = piece else { continue };
        if tex.len() > LONGEST_FORMULA {
            let message = format!("this formula is longer than {LONGEST_FORMULA} bytes");
            found.push(Problem::new(Code::Formula, *span, message).help("divide it").of(&page.source));
            continue;
        }
        let storage = Storage::new();
        let Some(error) = Parser::new(tex, &storage).find_map(Result::err) else { continue };
        let error = error.to_string();
        let reason = error.lines().next().and_then(|line| line.split_once(": ")).map(|(_, reason)| reason);
        let message = format!("this formula cannot be read: {}", reason.unwrap_or("it is no TeX"));
        let problem = Problem::new(Code::Formula, *span, message);
        found.push(
            problem.help("write TeX, or `\\$` for a dollar sign that begins no formula").of(&page.source),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let page = Page::parse(Source::new("content/page.md", text));
        let found = unread(&page);
        let seen: Vec<_> = found.iter().map(|said| page.source.slice(said.problem.span)).collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_formula_that_is_no_tex_is_underlined() {
        let text = "---\nmath: true\n---\n$x$ and $x^2^3$\n\n> $$\n> \\end{a}\n> $$\n";
        check(text, &["$x^2^3$", "$$\n> \\end{a}\n> $$"]);
    }

    #[test]
    fn a_formula_has_a_length() {
        let formula = format!("${}$", "\\frac".repeat(8000));
        check(&format!("---\nmath: true\n---\n{formula}\n"), &[formula.as_str()]);
    }

    #[test]
    fn dollars_are_no_formulas_unless_a_page_asks_for_them() {
        check("$x^2^3$\n", &[]);
    }
}
