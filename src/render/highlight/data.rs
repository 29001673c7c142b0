//! Colours of JSON, YAML and TOML: keys and values from where they stand, the rest from what lies between.

use std::ops::Range;

use crate::data::{self, Node, Syntax, Value};

use super::{Class, Token};

/// The tokens of a text, sorted, without overlaps.
pub(super) fn tokens(code: &str, syntax: Syntax) -> Vec<Token> {
    let (document, _problems) = data::parse(code, syntax).into_parts();
    let mut known = Vec::new();
    collect(&document.root, code, &mut known);
    known.sort_by_key(|token| (token.range.start, token.range.end));
    let mut out = Vec::with_capacity(known.len() * 2);
    let mut at = 0;
    for token in known {
        // Dotted keys and tables of TOML share their text; the first one has it.
        if token.range.start < at || code.get(token.range.clone()).is_none() {
            continue;
        }
        between(code, at..token.range.start, syntax, &mut out);
        at = token.range.end;
        out.push(token);
    }
    between(code, at..code.len(), syntax, &mut out);
    out
}

/// The keys and scalars of a value; the reader has bounded its depth.
fn collect(root: &Node, code: &str, out: &mut Vec<Token>) {
    let mut pending = vec![root];
    while let Some(node) = pending.pop() {
        let class = match &node.value {
            Value::Null | Value::Bool(_) => Class::Constant,
            Value::Number(_) => Class::Number,
            Value::String(_) => Class::String,
            Value::Elided => continue,
            Value::Array(elements) => {
                pending.extend(elements);
                continue;
            }
            Value::Object(members) => {
                for member in members {
                    push(member.key_span.range(), Class::Key, code, out);
                    pending.push(&member.value);
                }
                continue;
            }
        };
        push(node.span.range(), class, code, out);
    }
}

fn push(range: Range<usize>, class: Class, code: &str, out: &mut Vec<Token>) {
    if code.get(range.clone()).is_some_and(|text| !text.trim().is_empty()) {
        out.push(Token { range, class });
    }
}

/// What the reader has no value for: brackets, comments, and what it could not read.
fn between(code: &str, range: Range<usize>, syntax: Syntax, out: &mut Vec<Token>) {
    let Some(text) = code.get(range.clone()) else { return };
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let rest = text.get(at..).unwrap_or_default();
        let (length, class) = match letter {
            '#' if matches!(syntax, Syntax::Yaml | Syntax::Toml) && opens(text, at) => {
                (line(rest), Class::Comment)
            }
            '/' if brackets(syntax) && rest.starts_with("//") => (line(rest), Class::Comment),
            '/' if brackets(syntax) && rest.starts_with("/*") => {
                (rest.find("*/").map_or(rest.len(), |end| end + 2), Class::Comment)
            }
            '"' | '\'' => {
                let length = quoted(rest, letter);
                (length, if is_key(rest, length) { Class::Key } else { Class::String })
            }
            '{' | '}' | '[' | ']' | ',' | ':' | '=' | '|' | '>' | '-' => (1, Class::Punctuation),
            _ if letter.is_alphabetic() || letter == '_' || letter == '$' => word(rest, syntax),
            _ => continue,
        };
        let start = range.start + at;
        if class != Class::Variable {
            out.push(Token { range: start..start + length, class });
        }
        while letters.next_if(|(next, _)| *next < at + length).is_some() {}
    }
}

/// Whether comments and structure are those of JSON.
fn brackets(syntax: Syntax) -> bool {
    match syntax {
        Syntax::Json | Syntax::Jsonc | Syntax::Json5 => true,
        Syntax::Yaml | Syntax::Toml => false,
    }
}

/// A `#` opens a comment at the start of a line and after a blank.
fn opens(text: &str, at: usize) -> bool {
    text.get(..at).is_none_or(|before| before.is_empty() || before.ends_with(char::is_whitespace))
        || text.get(..at).is_some_and(|before| before.ends_with([']', '}', ',']))
}

fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// The length of a quoted text that ends on its line, else of the line.
fn quoted(text: &str, quote: char) -> usize {
    let mut escape = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if escape => escape = false,
            '\\' => escape = true,
            _ if letter == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A word that stands before a colon or an equals sign is a key.
fn word(text: &str, syntax: Syntax) -> (usize, Class) {
    let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$' | '-' | '.');
    let length = text.find(|letter| !inside(letter)).unwrap_or(text.len());
    let class = match text.get(..length).unwrap_or_default() {
        "true" | "false" | "null" => Class::Constant,
        _ if is_key(text, length) || (syntax == Syntax::Toml && is_assigned(text, length)) => Class::Key,
        _ => Class::Variable,
    };
    (length, class)
}

fn is_key(text: &str, length: usize) -> bool {
    let rest = text.get(length..).unwrap_or_default().trim_start_matches([' ', '\t']);
    rest.strip_prefix(':').is_some_and(|after| !after.starts_with("//"))
}

fn is_assigned(text: &str, length: usize) -> bool {
    text.get(length..).unwrap_or_default().trim_start_matches([' ', '\t']).starts_with('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(syntax: Syntax, code: &str, expected: &[(&str, Class)]) {
        let tokens = tokens(code, syntax);
        let found: Vec<(&str, Class)> =
            tokens.iter().map(|token| (code.get(token.range.clone()).unwrap_or("?"), token.class)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_read_is_coloured_all_the_same() {
        check(
            Syntax::Json5,
            "a: 'b' } // c",
            &[
                ("a", Class::Key),
                (":", Class::Punctuation),
                ("'b'", Class::String),
                ("}", Class::Punctuation),
                ("// c", Class::Comment),
            ],
        );
    }

    #[test]
    fn an_address_is_no_comment() {
        check(Syntax::Json5, "x \"https://y\"", &[("\"https://y\"", Class::String)]);
    }

    #[test]
    fn a_hash_in_a_word_is_no_comment() {
        check(Syntax::Yaml, "]#b", &[("]", Class::Punctuation), ("#b", Class::Comment)]);
    }
}
