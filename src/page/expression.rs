//! Names in braces, which stand for a value: `{name}` and `{object.key}`.

use crate::source::Span;

/// A name in braces, in the text of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// The name, and the keys behind it.
    pub way: Vec<String>,
    /// As written, braces included; it is shown where the name stands for nothing.
    pub text: String,
    /// Where it stands, braces included.
    pub span: Span,
}

/// The name in braces that a text begins with, and its length; `at` is where the text stands.
pub(super) fn expression(text: &str, at: usize) -> Option<(Expression, usize)> {
    let inner = text.strip_prefix('{')?;
    let length = inner.find(|letter: char| !is_part(letter) && !matches!(letter, '.' | ' '))?;
    let rest = inner.get(length..)?;
    if !rest.starts_with('}') {
        return None;
    }
    let way = way(inner.get(..length)?)?;
    let length = length + 2;
    let expression =
        Expression { way, text: text.get(..length)?.to_owned(), span: Span::new(at, at + length) };
    Some((expression, length))
}

/// The name and the keys of `name.key.key`; none where it is something else.
pub fn way(text: &str) -> Option<Vec<String>> {
    text.trim().split('.').map(|name| is_name(name).then(|| name.to_owned())).collect()
}

/// Whether a text is a name of JavaScript, as far as ASCII goes.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| is_part(letter) && !letter.is_ascii_digit()) && text.chars().all(is_part)
}

/// Whether a letter can stand in a name.
pub(super) fn is_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')
}
