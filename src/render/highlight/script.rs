//! Colours of the languages that examples can be run in: JavaScript, TypeScript and Python.
//!
//! The grammars of these are the slowest of all, and their fences are the most after those of data and of shells.

use super::{Class, LIMIT, Token};

/// What one language is told by.
struct Language {
    /// What begins a comment that ends with its line.
    comment: &'static str,
    /// Comments that end with `*/`.
    blocks: bool,
    /// Quotes of strings that may hold line breaks, longest first.
    long: &'static [&'static str],
    keywords: &'static [&'static str],
    constants: &'static [&'static str],
}

/// The words of ECMAScript 2026 and TypeScript 5.9, in order.
const JAVASCRIPT: Language = Language {
    comment: "//",
    blocks: true,
    long: &["`"],
    keywords: &[
        "abstract",
        "as",
        "async",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "finally",
        "for",
        "from",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "is",
        "keyof",
        "let",
        "namespace",
        "new",
        "of",
        "override",
        "private",
        "protected",
        "public",
        "readonly",
        "return",
        "satisfies",
        "static",
        "super",
        "switch",
        "throw",
        "try",
        "type",
        "typeof",
        "using",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ],
    constants: &["Infinity", "NaN", "false", "null", "this", "true", "undefined"],
};

/// The words of Python 3.14, in order.
const PYTHON: Language = Language {
    comment: "#",
    blocks: false,
    long: &["\"\"\"", "'''"],
    keywords: &[
        "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def", "del", "elif",
        "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
        "nonlocal", "not", "or", "pass", "raise", "return", "try", "type", "while", "with", "yield",
    ],
    constants: &["False", "None", "True", "cls", "self"],
};

/// The tokens of a text, sorted, without overlaps; none where the language is none of these.
pub(super) fn tokens(code: &str, language: &str) -> Option<Vec<Token>> {
    let language = match language {
        "js" | "javascript" | "mjs" | "cjs" | "ts" | "typescript" | "mts" | "cts" => &JAVASCRIPT,
        "py" | "python" | "python3" => &PYTHON,
        _ => return None,
    };
    if code.len() > LIMIT {
        return Some(Vec::new());
    }
    let mut lexer = Lexer { code, language, at: 0, tokens: Vec::new() };
    while lexer.at < code.len() {
        lexer.token();
    }
    Some(lexer.tokens)
}

struct Lexer<'a> {
    code: &'a str,
    language: &'static Language,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.code.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, length: usize, class: Class) {
        let range = self.at..self.at + length;
        self.at = range.end;
        match self.tokens.last_mut() {
            Some(last) if last.class == class && last.range.end == range.start => last.range.end = range.end,
            _ => self.tokens.push(Token { range, class }),
        }
    }

    fn token(&mut self) {
        let rest = self.rest();
        let Some(letter) = rest.chars().next() else { return };
        if rest.starts_with(self.language.comment) {
            let length = rest.find('\n').unwrap_or(rest.len());
            self.push(length, Class::Comment);
        } else if self.language.blocks && rest.starts_with("/*") {
            let inner = rest.get(2..).unwrap_or_default();
            let length = inner.find("*/").map_or(rest.len(), |at| at + 4);
            self.push(length, Class::Comment);
        } else if let Some(quote) = self.language.long.iter().find(|quote| rest.starts_with(**quote)) {
            let length = closed(rest, quote).unwrap_or(rest.len());
            self.push(length, Class::String);
        } else if matches!(letter, '"' | '\'') {
            let line = rest.find('\n').unwrap_or(rest.len());
            let quote = if letter == '"' { "\"" } else { "'" };
            let length = closed(rest.get(..line).unwrap_or_default(), quote).unwrap_or(line);
            self.push(length, Class::String);
        } else if letter.is_ascii_digit() {
            let is_digit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
            let length = rest.find(|letter| !is_digit(letter)).unwrap_or(rest.len());
            self.push(length, Class::Number);
        } else if is_name(letter) {
            self.word();
        } else if letter == '@' && rest.chars().nth(1).is_some_and(is_name) {
            let length = 1 + rest
                .get(1..)
                .and_then(|rest| rest.find(|letter| !is_name(letter)))
                .unwrap_or(rest.len() - 1);
            self.push(length, Class::Function);
        } else if letter.is_ascii_punctuation() {
            self.push(1, Class::Punctuation);
        } else {
            self.at += letter.len_utf8();
        }
    }

    fn word(&mut self) {
        let rest = self.rest();
        let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        let behind = rest.get(length..).unwrap_or_default();
        let is_member = self.at.checked_sub(1).and_then(|at| self.code.as_bytes().get(at)) == Some(&b'.');
        let known = |words: &[&str]| words.binary_search(&word).is_ok();
        // A key of an object, or the name of an argument, may be a word of the language.
        let is_key = behind.starts_with(':') && self.language.blocks;
        let class = if known(self.language.constants) {
            Some(Class::Constant)
        } else if known(self.language.keywords) && !is_member && !is_key {
            Some(Class::Keyword)
        } else if behind.starts_with('(') {
            Some(Class::Function)
        } else if is_key {
            Some(Class::Key)
        } else if word.starts_with(char::is_uppercase) {
            Some(Class::Type)
        } else {
            None
        };
        match class {
            Some(class) => self.push(length, class),
            None => self.at += length,
        }
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$')
}

/// The length of a string that begins with its quote, which a backslash can escape; none where it is left open.
fn closed(text: &str, quote: &str) -> Option<usize> {
    let mut at = quote.len();
    loop {
        let rest = text.get(at..)?;
        let next = rest.find(['\\', quote.chars().next()?])?;
        at += next;
        let rest = text.get(at..)?;
        if rest.starts_with(quote) {
            return Some(at + quote.len());
        }
        let escaped = if rest.starts_with('\\') { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
        at += 1 + escaped;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_tokens;
    use super::*;

    #[test]
    fn words_are_in_order() {
        for language in [JAVASCRIPT, PYTHON] {
            assert!(language.keywords.is_sorted() && language.constants.is_sorted());
        }
    }

    #[test]
    fn typescript_has_colours() {
        check_tokens(
            "ts",
            "const a: Map<string> = await b.from({ type: 'x\\'y', n: 1_0 }); // c\n/* d */ `e ${f}` null",
            "hl-w:const hl-k:a hl-t:Map hl-w:await hl-f:from hl-k:type hl-s:'x\\'y' hl-k:n hl-n:1_0 hl-c:// c hl-c:/* d */ hl-s:`e ${f}` hl-b:null",
        );
    }

    #[test]
    fn python_has_colours() {
        check_tokens(
            "python",
            "@app.get\nasync def f(self) -> Any:\n    \"\"\"a\nb\"\"\"\n    return None # c\n",
            "hl-f:@app hl-w:async hl-w:def hl-f:f hl-b:self hl-t:Any hl-s:\"\"\"a\nb\"\"\" hl-w:return hl-b:None hl-c:# c",
        );
    }

    #[test]
    fn what_is_left_open_ends_somewhere() {
        for code in
            ["/*/ a */ b", "'a", "`a", "/* é", "\"\\", "\"\"\"é\\", "@", "é$", "1é", "'é\\é'", "'''a''"]
        {
            for language in ["js", "py"] {
                for token in tokens(code, language).unwrap_or_default() {
                    assert!(code.get(token.range.clone()).is_some(), "{code:?} {token:?}");
                }
            }
        }
    }
}
