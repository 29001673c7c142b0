//! Where a link leads, as Markdown: in angle brackets where it has to be, and with a title in quotes.

use super::escape::is_entity;

/// What ends a link to `target`.
pub(super) fn ending(target: &str, title: &str) -> String {
    let mut out = String::from("](");
    let depth = target.bytes().try_fold(0_usize, |depth, byte| match byte {
        b'(' => Some(depth + 1),
        b')' => depth.checked_sub(1),
        _ => Some(depth),
    });
    let is_plain = depth == Some(0)
        && !target.starts_with('<')
        && !target.bytes().any(|byte| byte.is_ascii_control() || byte == b' ');
    let is_bare = is_plain && (title.is_empty() || !target.is_empty());
    if !is_bare {
        out.push('<');
    }
    for (at, letter) in target.char_indices() {
        let rest = target.get(at + letter.len_utf8()..).unwrap_or_default();
        match letter {
            '\n' => out.push_str("%0A"),
            '\r' => out.push_str("%0D"),
            '<' | '>' if !is_bare => out.extend(['\\', letter]),
            '\\' if rest.starts_with(|next: char| next.is_ascii_punctuation()) => out.push_str("\\\\"),
            '\\' if rest.is_empty() => out.push_str("\\\\"),
            '&' if is_entity(rest) => out.push_str("\\&"),
            letter => out.push(letter),
        }
    }
    if !is_bare {
        out.push('>');
    }
    if !title.is_empty() {
        out.push_str(" \"");
        for (at, letter) in title.char_indices() {
            let rest = title.get(at + letter.len_utf8()..).unwrap_or_default();
            match letter {
                '\n' | '\r' => out.push(' '),
                '"' => out.push_str("\\\""),
                '\\' if rest.is_empty() || rest.starts_with(|next: char| next.is_ascii_punctuation()) => {
                    out.push_str("\\\\");
                }
                '&' if is_entity(rest) => out.push_str("\\&"),
                letter => out.push(letter),
            }
        }
        out.push('"');
    }
    out.push(')');
    out
}
