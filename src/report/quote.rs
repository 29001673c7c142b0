//! One diagnostic as people read it: the message, the place, the line with the exact characters underlined, the help.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet, normalize_untrusted_str,
};

use super::text::Paper;
use crate::diagnostics::{Diagnostic, Problem, Severity};
use crate::gateway::credentials;
use crate::source::{Source, Span};

/// The longest stretch of one line that is underlined, in characters.
const UNDERLINED: usize = 100;

/// How many characters are kept on each side of a place in a very long line; the renderer cuts further.
const AROUND: usize = 400;

/// How many characters of a credential are shown: its prefix, by which people know it.
const BEGINNING: usize = 6;

/// The longest line that a suggested change is shown in, in bytes.
const PATCHED: usize = 160;

/// The diagnostic, ending in a line break.
pub(crate) fn quote(diagnostic: &Diagnostic, paper: Paper) -> String {
    let problem = &diagnostic.problem;
    let window = Window::of(&diagnostic.source, problem.span);
    let mut annotation = AnnotationKind::Primary.span(window.marked.clone());
    if let Some(label) = &problem.label {
        annotation = annotation.label(one_line(label));
    }
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(one_line(&problem.message)).id(problem.code.as_str());
    let path = one_line(diagnostic.source.path());
    let snippet =
        Snippet::source(window.text.as_ref()).line_start(window.line).path(&path).annotation(annotation);
    // Where there is no text, as in a folder, the path is the place.
    let shown = if diagnostic.source.text().is_empty() {
        title.element(Origin::path(&path))
    } else {
        title.element(snippet)
    };
    let mut groups = vec![shown];
    groups.extend(help(problem, &window));
    let mut text = window.renumbered(&renderer(paper).render(&groups), &path);
    text.push('\n');
    text
}

fn renderer(paper: Paper) -> Renderer {
    match paper {
        Paper::Plain => Renderer::plain(),
        Paper::Styled => Renderer::styled(),
    }
}

/// The help, with the change as a patch where the words do not already say all of it.
fn help<'a>(problem: &'a Problem, window: &'a Window<'_>) -> Option<Group<'a>> {
    let Some(fix) = &problem.fix else {
        let words = problem.help.as_ref()?;
        return Some(Group::with_title(Level::HELP.secondary_title(one_line(words))));
    };
    let bare = fix.trim_matches(['"', '\'']);
    let words = match &problem.help {
        Some(words) => one_line(words),
        None if bare.is_empty() => "take it out".to_owned(),
        None if fix.contains('\n') => "write this".to_owned(),
        None => one_line(&format!("write `{bare}`")),
    };
    let told = !bare.is_empty() && [bare, fix].iter().any(|text| words.contains(&format!("`{text}`")));
    let title = Level::HELP.secondary_title(words);
    if told || !window.whole || window.text.len() > PATCHED || fix.len() > PATCHED {
        return Some(Group::with_title(title));
    }
    let patch = Patch::new(window.marked.clone(), one_line(fix));
    Some(title.element(Snippet::source(window.text.as_ref()).line_start(window.line).patch(patch)))
}

/// A text in one line, without anything that would move the cursor of a terminal or looks like a real credential.
pub fn one_line(text: &str) -> String {
    let joined = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
    shareable(&harmless(&normalize_untrusted_str(&joined.join(" ")))).into_owned()
}

/// The text without the control characters of eight-bit terminals, which the renderer lets through.
///
/// What stands in their place has as many bytes, so that spans still fit.
fn harmless(text: &str) -> Cow<'_, str> {
    let control = |letter: char| ('\u{80}'..='\u{9f}').contains(&letter);
    if text.contains(control) { Cow::Owned(text.replace(control, "¤")) } else { Cow::Borrowed(text) }
}

/// A text as it may be shown anywhere: of what looks like a real credential only the beginning.
pub fn shareable(text: &str) -> Cow<'_, str> {
    without_secrets(text, 0..text.len(), 0..text.len())
}

/// A part of a text as it is shown; `around` is a wider part. Of what looks like a real credential only the
/// beginning is shown, for reports are kept where pages are not.
fn without_secrets(text: &str, around: Range<usize>, part: Range<usize>) -> Cow<'_, str> {
    let mut shown = harmless(text.get(part.clone()).unwrap_or_default());
    for secret in credentials::real_ones(text.get(around.clone()).unwrap_or_default()) {
        let from =
            (secret.start as usize + around.start + BEGINNING).clamp(part.start, part.end) - part.start;
        let to = (secret.end as usize + around.start).clamp(part.start, part.end) - part.start;
        if from < to && shown.is_char_boundary(from) && shown.is_char_boundary(to) {
            // A credential is of ASCII alone, so that no place moves.
            shown.to_mut().replace_range(from..to, &"*".repeat(to - from));
        }
    }
    shown
}

/// The lines of a source that a diagnostic speaks of.
struct Window<'a> {
    /// Their text.
    text: Cow<'a, str>,
    /// The number of the first one.
    line: usize,
    /// What is underlined, as bytes of `text`.
    marked: Range<usize>,
    /// How many characters of the first line stand before `text`.
    before: usize,
    /// Nothing was cut: the text holds whole lines, and the whole span is underlined.
    whole: bool,
}

impl<'a> Window<'a> {
    fn of(source: &'a Source, span: Span) -> Self {
        let text = source.text();
        let start = boundary(text, span.start as usize);
        let end = boundary(text, span.end as usize).max(start);
        let first = source.position(span.start);
        let top = source.line(first.line).unwrap_or(Span::at(start));
        // A span that ends with a line break ends on the line that it breaks, not on the next one.
        let inside = end.saturating_sub(usize::from(end > start));
        let last = source.position(u32::try_from(inside).unwrap_or(u32::MAX));
        let bottom = source.line(last.line).unwrap_or(top);
        let wide = |line: Span| line.len() as usize > AROUND;
        let marked = if first.line == last.line {
            start..forward(text, start, UNDERLINED).min(end)
        } else if wide(top) || wide(bottom) {
            start..forward(text, start, UNDERLINED).min(top.end as usize).max(start)
        } else {
            start..end
        };
        let cut = marked.end < end;
        let from = backward(text, start, AROUND).max((top.start as usize).min(start));
        let below = if cut || first.line == last.line { top } else { bottom };
        let to = forward(text, marked.end, AROUND).min((below.end as usize).max(marked.end));
        // Far enough to see all of a credential whose end alone is shown.
        let around = backward(text, from, AROUND)..forward(text, to, AROUND);
        Self {
            text: without_secrets(text, around, from..to),
            line: first.line as usize,
            marked: marked.start - from..marked.end - from,
            before: text.get(top.start as usize..from).map_or(0, |head| head.chars().count()),
            whole: !cut && from == top.start as usize && to >= below.end as usize,
        }
    }

    /// The rendered text with the column that the place has in its whole line.
    fn renumbered(&self, text: &str, path: &str) -> String {
        let Some((title, rest)) = text.split_once('\n').filter(|_| self.before > 0) else {
            return text.to_owned();
        };
        let shown = self.text.get(..self.marked.start).map_or(0, |head| head.chars().count()) + 1;
        let place = |column: usize| format!("{path}:{}:{column}", self.line);
        format!("{title}\n{}", rest.replacen(&place(shown), &place(shown + self.before), 1))
    }
}

/// The character border at or before a byte.
fn boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// The place some characters further on.
fn forward(text: &str, at: usize, characters: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.char_indices().nth(characters).map_or(text.len(), |(offset, _)| at + offset)
}

/// The place some characters before.
fn backward(text: &str, at: usize, characters: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    head.char_indices().rev().take(characters).last().map_or(at, |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Code;

    fn problem(span: Range<usize>) -> Problem {
        Problem::new(Code::UnknownKey, Span::from(span), "`modle` is not a key")
    }

    /// The quote of `needle` in `text`, compared with what stands below the message.
    fn check(text: &str, span: Range<usize>, expected: &str) {
        check_problem(text, problem(span).label("not known"), expected);
    }

    fn check_problem(text: &str, problem: Problem, expected: &str) {
        let quoted = quote(&problem.of(&Source::new("a.md", text)), Paper::Plain);
        let (title, rest) = quoted.split_once('\n').unwrap();
        assert_eq!(title, "error[unknown-key]: `modle` is not a key");
        assert_eq!(rest, expected, "\n{quoted}");
    }

    #[test]
    fn the_exact_characters_are_underlined() {
        check("x\nb: modle\n", 5..10, " --> a.md:2:4\n  |\n2 | b: modle\n  |    ^^^^^ not known\n");
    }

    #[test]
    fn a_tab_and_a_wide_letter_before_do_not_move_the_underline() {
        check("é\té: modle\n", 7..12, " --> a.md:1:6\n  |\n1 | é    é: modle\n  |         ^^^^^ not known\n");
        check("日本 modle\n", 7..12, " --> a.md:1:4\n  |\n1 | 日本 modle\n  |      ^^^^^ not known\n");
    }

    #[test]
    fn a_carriage_return_is_not_shown() {
        check("a\r\nb modle\r\n", 5..10, " --> a.md:2:3\n  |\n2 | b modle\n  |   ^^^^^ not known\n");
    }

    #[test]
    fn an_empty_span_is_one_caret_also_at_the_end_of_the_file() {
        check("a\n", 2..2, " --> a.md:2:1\n  |\n2 |\n  | ^ not known\n");
    }

    #[test]
    fn where_there_is_no_text_the_path_is_the_place() {
        check("", 0..0, "--> a.md\n");
    }

    #[test]
    fn a_line_break_is_shown_on_the_line_that_it_ends() {
        check("ab\ncd", 2..3, " --> a.md:1:3\n  |\n1 | ab\n  |   ^ not known\n");
    }

    #[test]
    fn a_long_span_is_folded() {
        let expected = "  --> a.md:2:2\n   |\n 2 |   line\n   |  __^\n 3 | | line\n 4 | | line\n 5 | | line\n\
                        ...  |\n24 | | line\n25 | | line\n   | |__^ not known\n";
        check(&"line\n".repeat(50), 6..122, expected);
    }

    #[test]
    fn a_very_long_line_is_cut_and_keeps_its_column() {
        let text = format!("{}modle {}", "x ".repeat(5000), "y ".repeat(5000));
        let quoted = quote(&problem(10_000..10_005).of(&Source::new("a.md", text)), Paper::Plain);
        assert!(quoted.contains(" --> a.md:1:10001\n"), "{quoted}");
        assert!(quoted.lines().all(|line| line.len() < 160), "{quoted}");
        let lines: Vec<&str> = quoted.lines().collect();
        assert_eq!(lines[3].find("modle"), lines[4].find("^^^^^"), "{quoted}");
    }

    #[test]
    fn a_very_long_span_is_underlined_at_its_start() {
        let quoted = quote(&problem(10..9000).of(&Source::new("a.md", "x ".repeat(5000))), Paper::Plain);
        assert_eq!(quoted.matches('^').count(), UNDERLINED, "{quoted}");
    }

    #[test]
    fn a_help_that_says_the_change_needs_no_patch() {
        let expected =
            " --> a.md:1:5\n  |\n1 | a: {\"modle\": 1}\n  |     ^^^^^^^\n  |\nhelp: write `model`\n";
        check_problem("a: {\"modle\": 1}", problem(4..11).help("write `model`").fix("\"model\""), expected);
        check_problem("a: {\"modle\": 1}", problem(4..11).fix("\"model\""), expected);
    }

    #[test]
    fn a_change_that_words_do_not_say_is_a_patch() {
        let expected = " --> a.md:1:5\n  |\n1 | a: 1,\n  |     ^\n  |\nhelp: take the comma out\n  |\n\
                        1 - a: 1,\n1 + a: 1\n  |\n";
        check_problem("a: 1,", problem(4..5).help("take the comma out").fix(""), expected);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let hostile = problem(0..1).label("\u{1b}[31m\rx").help("\u{1b}]0;x\u{7}\nsecond").fix("\u{1b}[2J");
        let quoted =
            quote(&hostile.of(&Source::new("\u{1b}a\n.md", "\u{1b}[31m\u{9b}\u{202e}")), Paper::Plain);
        let control = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!quoted.chars().any(control), "{quoted:?}");
    }

    #[test]
    fn a_terminal_gets_colours() {
        let quoted = quote(&problem(0..1).of(&Source::new("a.md", "abc")), Paper::Styled);
        assert!(quoted.contains("\u{1b}["), "{quoted}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_and_no_span_is_too_strange(
            text in "[a-zé日\u{200d}\t\r\n \u{1b}]{0,60}",
            start in 0usize..70,
            length in 0usize..70,
            fix in proptest::option::of("[a\n\"é]{0,4}"),
        ) {
            let problem = Problem { fix, ..problem(start..start + length) };
            let quoted = quote(&problem.label("here").of(&Source::new("a.md", text)), Paper::Plain);
            proptest::prop_assert!(quoted.starts_with("error[unknown-key]: "));
        }
    }
}
