//! Text made safe for HTML.

/// Appends `text` with the characters escaped that mean something in text and in quoted attributes.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
}

/// The escaped text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_escaped(&mut out, text);
    out
}

/// Places that links to these anchors lead to.
pub(super) fn aliases<'a>(anchors: impl IntoIterator<Item = &'a String>) -> String {
    let mut out = String::new();
    for anchor in anchors.into_iter().filter(|anchor| !anchor.is_empty()) {
        out.push_str("<span id=\"");
        push_escaped(&mut out, anchor);
        out.push_str("\" class=\"alias\"></span>");
    }
    out
}

/// A message of ours, in which backticks stand around what is quoted.
pub(super) fn message(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut parts = text.split('`').peekable();
    let mut quoted = false;
    while let Some(part) = parts.next() {
        // A backtick without its second one is a letter like any other.
        if quoted && parts.peek().is_none() {
            out.push('`');
            push_escaped(&mut out, part);
            break;
        }
        if quoted {
            out.push_str("<code>");
        }
        push_escaped(&mut out, part);
        if quoted {
            out.push_str("</code>");
        }
        quoted = !quoted;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(message(text), expected);
    }

    #[test]
    fn what_is_quoted_is_code() {
        check("`<a>` is not `b`", "<code>&lt;a&gt;</code> is not <code>b</code>");
    }

    #[test]
    fn a_single_backtick_stays() {
        check("a ` b", "a ` b");
        check("`a` b `c", "<code>a</code> b `c");
    }
}
