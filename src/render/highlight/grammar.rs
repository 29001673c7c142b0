//! Colours of the languages that we do not read ourselves, by the grammars of syntect and two-face.

use std::ops::Range;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use super::{Class, LIMIT, Token};

/// A line above this many bytes stays plain; the regular expressions of some grammars grow faster than it.
const LINE_LIMIT: usize = 8 << 10;

/// The grammars, read when the first fence wants them.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scopes and their classes; a scope takes the class of its longest prefix here.
const CLASSES: &[(&str, Class)] = &[
    ("comment", Class::Comment),
    ("string", Class::String),
    ("string.unquoted.argument", Class::Variable),
    ("constant.numeric", Class::Number),
    ("constant.language", Class::Constant),
    ("constant.character.escape", Class::Constant),
    ("constant.other", Class::Constant),
    ("keyword", Class::Keyword),
    ("keyword.operator", Class::Punctuation),
    ("storage", Class::Keyword),
    ("storage.type.function", Class::Keyword),
    ("entity.name.function", Class::Function),
    ("support.function", Class::Function),
    ("variable.function", Class::Function),
    ("entity.name.type", Class::Type),
    ("entity.name.class", Class::Type),
    ("entity.name.tag", Class::Keyword),
    ("entity.other.attribute-name", Class::Key),
    ("support.type", Class::Type),
    ("support.class", Class::Type),
    ("support.type.property-name", Class::Key),
    ("variable.parameter.option", Class::Key),
    ("variable.other.readwrite", Class::Variable),
    ("variable.language", Class::Constant),
    ("markup.inserted", Class::Inserted),
    ("markup.deleted", Class::Deleted),
    ("markup.heading", Class::Keyword),
    ("punctuation.definition.string", Class::String),
    ("punctuation.definition.comment", Class::Comment),
    ("punctuation.definition.parameter", Class::Key),
    ("punctuation.definition.variable", Class::Variable),
    ("punctuation", Class::Punctuation),
];

/// The same, in the form in which scopes are compared fast.
static SCOPES: LazyLock<Vec<(Scope, Class)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(name, class)| Some((Scope::new(name).ok()?, *class))).collect()
});

/// The tokens of a text, sorted, without overlaps; none where the language is unknown.
pub(super) fn tokens(code: &str, language: &str) -> Vec<Token> {
    let Some(grammar) = grammar(language).filter(|_| code.len() <= LIMIT) else { return Vec::new() };
    let mut tokens = Vec::new();
    let mut state = ParseState::new(grammar);
    let mut scopes = ScopeStack::new();
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        if line.len() > LINE_LIMIT || colour(line, start, &mut state, &mut scopes, &mut tokens).is_none() {
            // What follows would be coloured from a wrong state.
            break;
        }
        start += line.len();
    }
    tokens
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let name = match language {
        "" | "text" | "txt" | "plain" | "plaintext" | "output" | "http" | "mermaid" => {
            return None;
        }
        "tsx" => "tsx",
        "jsx" => "js",
        "env" | "dotenv" => "env",
        "dockerfile" | "docker" => "Dockerfile",
        other => other,
    };
    GRAMMARS.find_syntax_by_token(name)
}

/// Colours a line; none where the grammar fails.
fn colour(
    line: &str,
    start: usize,
    state: &mut ParseState,
    scopes: &mut ScopeStack,
    out: &mut Vec<Token>,
) -> Option<()> {
    let changes = state.parse_line(line, &GRAMMARS).ok()?;
    let mut at = 0;
    for (place, change) in changes {
        push(line, at..place, start, scopes, out);
        at = at.max(place);
        scopes.apply(&change).ok()?;
    }
    push(line, at..line.len(), start, scopes, out);
    Some(())
}

fn push(line: &str, range: Range<usize>, start: usize, scopes: &ScopeStack, out: &mut Vec<Token>) {
    let Some(text) = line.get(range.clone()).filter(|text| !text.trim().is_empty()) else { return };
    let Some(class) = class(scopes) else { return };
    let blank = text.len() - text.trim_end().len();
    let range = start + range.start..start + range.end - blank;
    match out.last_mut() {
        Some(last) if last.class == class && last.range.end == range.start => last.range.end = range.end,
        _ => out.push(Token { range, class }),
    }
}

/// The class of the innermost scope that has one.
fn class(scopes: &ScopeStack) -> Option<Class> {
    scopes.as_slice().iter().rev().find_map(|scope| {
        let known = SCOPES.iter().filter(|(prefix, _)| prefix.is_prefix_of(*scope));
        known.max_by_key(|(prefix, _)| prefix.len()).map(|(_, class)| *class)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: &str, code: &str, word: &str, expected: Option<Class>) {
        let at = code.find(word).expect("the word stands in the code");
        let tokens = tokens(code, language);
        let token = tokens.iter().find(|token| token.range.contains(&at));
        assert_eq!(token.map(|token| token.class), expected, "{tokens:?}");
    }

    #[test]
    fn a_call_is_a_function() {
        check("go", "func main() { print(\"a\") }\n", "main", Some(Class::Function));
    }

    #[test]
    fn a_quoted_text_is_a_string() {
        check("go", "x := \"a b\"\n", "a b", Some(Class::String));
    }

    #[test]
    fn a_comment_is_a_comment() {
        check("ruby", "x = 1  # why\n", "why", Some(Class::Comment));
    }

    #[test]
    fn a_keyword_stands_out() {
        check("rust", "fn a() {}\n", "fn", Some(Class::Keyword));
    }

    #[test]
    fn plain_text_has_no_colour() {
        check("text", "const a = 1", "const", None);
    }
}
