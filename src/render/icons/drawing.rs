//! A drawing that an author writes as an expression: `icon={<svg …>…</svg>}`, kept where it is nothing but a drawing.

use super::super::markup::push_escaped;

/// The elements that draw, or hold what draws.
const ELEMENTS: [&str; 16] = [
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "mask",
    "path",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "stop",
    "svg",
];

/// The attributes whose names SVG itself writes with capitals; JSX writes all others so too.
const CAPITALS: [&str; 10] = [
    "clipPathUnits",
    "gradientTransform",
    "gradientUnits",
    "maskContentUnits",
    "maskUnits",
    "pathLength",
    "patternUnits",
    "preserveAspectRatio",
    "spreadMethod",
    "viewBox",
];

/// The longest drawing in bytes.
const LONGEST: usize = 16 * 1024;

/// The drawing as HTML; none where it holds anything else, or is not whole.
pub(super) fn plain(text: &str) -> Option<String> {
    let mut rest = text.trim();
    if rest.len() > LONGEST || !rest.starts_with("<svg") {
        return None;
    }
    let mut out = String::with_capacity(rest.len());
    let mut open: Vec<&str> = Vec::new();
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<')?;
            let (between, next) = rest.split_at_checked(end)?;
            // Text is no part of a drawing, and an expression could be anything.
            if !between.trim().is_empty() {
                return None;
            }
            rest = next;
            continue;
        };
        if let Some(closing) = tag.strip_prefix('/') {
            let (name, next) = closing.split_once('>')?;
            if open.pop() != Some(name.trim()) {
                return None;
            }
            out.push_str("</");
            out.push_str(name.trim());
            out.push('>');
            rest = next;
        } else {
            let (name, next) = word(tag)?;
            ELEMENTS.binary_search(&name).ok()?;
            out.push('<');
            out.push_str(name);
            let (next, is_whole) = attributes(next, &open, &mut out)?;
            if is_whole {
                out.push_str("/>");
            } else {
                out.push('>');
                open.push(name);
            }
            rest = next;
        }
        if open.is_empty() {
            return rest.trim().is_empty().then_some(out);
        }
    }
    None
}

/// Copies the attributes of a tag inside of those that are `open`, up to and with its end; what follows, and whether
/// the tag closes itself.
fn attributes<'a>(mut rest: &'a str, open: &[&str], out: &mut String) -> Option<(&'a str, bool)> {
    loop {
        rest = rest.trim_start();
        if let Some(next) = rest.strip_prefix("/>") {
            return Some((next, true));
        }
        if let Some(next) = rest.strip_prefix('>') {
            return Some((next, false));
        }
        let (name, next) = word(rest)?;
        let (value, next) = value(next.strip_prefix('=')?)?;
        rest = next;
        // The size is that of the text around it.
        let is_size = open.is_empty() && ["width", "height", "class", "className"].contains(&name);
        if is_size || ["style", "xmlns", "key"].contains(&name) {
            continue;
        }
        let folded = value.to_ascii_lowercase();
        let is_elsewhere = folded.contains("url(") && !folded.contains("url(#");
        if name.starts_with("on") || name.contains("ref") || is_elsewhere {
            return None;
        }
        out.push(' ');
        push_name(out, name);
        out.push_str("=\"");
        push_escaped(out, value);
        out.push('"');
    }
}

/// A name of letters, digits, `-`, `_` and `:`.
fn word(text: &str) -> Option<(&str, &str)> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_:".contains(letter);
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}

/// `"text"`, `'text'`, `{2}` or `{"text"}`.
fn value(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next()?;
    let inner = text.get(quote.len_utf8()..)?;
    match quote {
        '"' | '\'' => inner.split_once(quote),
        '{' => {
            // `style={{…}}` is left out, so that its value has only to be passed by.
            let end = if inner.starts_with('{') { "}}" } else { "}" };
            let (value, rest) = inner.split_once(end)?;
            Some((value.trim().trim_matches(['"', '\'']), rest))
        }
        _ => None,
    }
}

/// `strokeWidth` is `stroke-width`, `className` is `class`.
fn push_name(out: &mut String, name: &str) {
    if name == "className" {
        out.push_str("class");
    } else if CAPITALS.contains(&name) {
        out.push_str(name);
    } else {
        for letter in name.chars() {
            if letter.is_ascii_uppercase() {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(plain(text).as_deref(), expected);
    }

    #[test]
    fn the_elements_are_in_order() {
        assert!(ELEMENTS.is_sorted());
    }

    #[test]
    fn a_drawing_is_written_as_html() {
        check(
            "<svg width=\"20\" viewBox=\"0 0 24 24\" strokeWidth={2}>\n <path d='M1 2' className=\"a\" /></svg>",
            Some("<svg viewBox=\"0 0 24 24\" stroke-width=\"2\"><path d=\"M1 2\" class=\"a\"/></svg>"),
        );
    }

    #[test]
    fn what_is_more_than_a_drawing_is_left_out() {
        check("<svg onload=\"alert(1)\"></svg>", None);
        check("<svg><script>alert(1)</script></svg>", None);
        check("<svg><use href=\"https://example.com\"/></svg>", None);
        check("<svg><path d=\"M1 2\"></svg>", None);
        check("<svg>{children}</svg>", None);
        check("<svg", None);
        check("<svg fill=\"url(https://example.com)\"></svg>", None);
        check("<svg></svg><p></p>", None);
    }
}
