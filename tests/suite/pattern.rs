//! Expected texts with gaps: `[..]` stands for anything in a line, a line `...` for any lines.

use similar::TextDiff;

/// Whether `actual` is the text that `expected` describes.
pub(crate) fn matches(expected: &str, actual: &str) -> bool {
    let expected: Vec<&str> = expected.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    glob(&expected, &actual, |line| *line == "...", |expected, actual| line_matches(expected, actual))
}

/// What differs, as a unified diff.
pub(crate) fn difference(expected: &str, actual: &str) -> String {
    TextDiff::from_lines(expected, actual).unified_diff().header("expected", "actual").to_string()
}

fn line_matches(expected: &str, actual: &str) -> bool {
    let mut pieces = expected.split("[..]");
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = actual.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// Matches a list with gaps against one without; goes back to the last gap where it fails, so it is never slow.
fn glob<T>(expected: &[T], actual: &[T], is_gap: impl Fn(&T) -> bool, fits: impl Fn(&T, &T) -> bool) -> bool {
    let (mut here, mut there) = (0, 0);
    let mut retry = None;
    loop {
        match (expected.get(here), actual.get(there)) {
            (None, None) => return true,
            (Some(line), _) if is_gap(line) => {
                here += 1;
                retry = Some((here, there));
            }
            (Some(line), Some(other)) if fits(line, other) => {
                here += 1;
                there += 1;
            }
            _ => {
                let Some((after_gap, from)) = retry.filter(|(_, from)| *from < actual.len()) else {
                    return false;
                };
                retry = Some((after_gap, from + 1));
                (here, there) = (after_gap, from + 1);
            }
        }
    }
}

#[test]
fn a_text_matches_itself_and_nothing_else() {
    assert!(matches("a\nb\n", "a\nb\n"));
    assert!(!matches("a\nb\n", "a\n"));
    assert!(!matches("a\n", "a\nb\n"));
}

#[test]
fn a_gap_in_a_line_is_anything_in_it() {
    assert!(matches("port [..] of [..]\n", "port 80 of host\n"));
    assert!(!matches("port [..] of x\n", "port 80 of host\n"));
    assert!(matches("a [..]", "a "));
}

#[test]
fn a_line_of_dots_is_any_lines() {
    assert!(matches("...\nb\n...\n", "a\na\nb\nc\n"));
    assert!(matches("...\nb\n", "b\nb\n"));
    assert!(!matches("...\nx\n...\n", "a\nb\n"));
}
