//! Texts that match a pattern, for values that have to.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest text that is made.
const LONGEST: usize = 1024;

/// How many steps a text is made in; a pattern may repeat what adds nothing without end.
const MOST: u32 = 65_536;

/// A text of at least so many characters that matches a pattern; none where the pattern is beyond regular expressions, as those
/// with look-around are.
pub(super) fn matching(pattern: &str, least: usize) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let made = |more: u32| {
        let (mut text, mut left) = (String::new(), MOST);
        add(&hir, more, &mut text, &mut left);
        text
    };
    // What may be repeated is repeated until the text is long enough.
    let length = |text: &str| text.chars().count();
    let first = made(0);
    if length(&first) >= least {
        return Some(first);
    }
    let most = u32::try_from(least.min(LONGEST)).unwrap_or_default();
    (1..=most).map(made).find(|text| length(text) >= least)
}

fn add(hir: &Hir, more: u32, text: &mut String, left: &mut u32) {
    if text.len() > LONGEST || *left == 0 {
        return;
    }
    *left -= 1;
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => text.extend(letter(class)),
        HirKind::Repetition(repetition) => {
            let times = repetition.min.saturating_add(more).min(repetition.max.unwrap_or(u32::MAX));
            for _ in 0..times {
                if text.len() > LONGEST || *left == 0 {
                    return;
                }
                add(&repetition.sub, more, text, left);
            }
        }
        HirKind::Capture(capture) => add(&capture.sub, more, text, left),
        HirKind::Concat(parts) => parts.iter().for_each(|part| add(part, more, text, left)),
        HirKind::Alternation(forms) => {
            if let Some(first) = forms.first() {
                add(first, more, text, left);
            }
        }
    }
}

/// A letter of a class, one that people would write where it has one.
fn letter(class: &Class) -> Option<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
    };
    let holds = |letter: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&letter));
    ['a', 'A', '1', 'x', '-', '_', ' ']
        .into_iter()
        .find(holds)
        .or_else(|| ranges.first().map(|(start, _)| *start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, least: usize, expected: Option<&str>) {
        assert_eq!(matching(pattern, least).as_deref(), expected);
    }

    #[test]
    fn a_text_of_a_pattern() {
        check("^[A-Z]{2}-\\d{4}$", 0, Some("AA-1111"));
        check("^(GET|POST) /[a-z]*$", 8, Some("GET /aaa"));
        check("x", 0, Some("x"));
    }

    #[test]
    fn a_pattern_beyond_regular_expressions_makes_none() {
        check("^(?!a).*$", 0, None);
        check("(", 0, None);
    }

    #[test]
    fn a_pattern_that_wants_too_much_ends() {
        assert!(matching("(a{1000}){1000}", 0).is_none_or(|text| text.len() < 4096));
        assert!(matching("((|a){4000000000}){4000000000}", 0).is_some());
        assert!(matching("^a$", 5).is_none());
    }
}
