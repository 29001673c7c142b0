//! Colours of HTML and XML: tags, comments and entities; scripts in HTML have those of their language.

use std::ops::Range;

use super::{Class, Token, script};

/// The tokens of a text, sorted, without overlaps.
pub(super) fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    within(code, 0..code.len(), Form::Html, &mut tokens);
    tokens
}

/// Adds the tokens of what stands at a place of a text.
pub(super) fn within(code: &str, range: Range<usize>, form: Form, out: &mut Vec<Token>) {
    let Some(text) = code.get(..range.end) else { return };
    let (start, end) = (range.start, range.end);
    let mut lexer = Lexer { text, at: start, form, out };
    while lexer.at < end {
        lexer.piece();
    }
}

/// How tags are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As in HTML and XML.
    Html,
    /// As in Markdown with components, which has comments in braces.
    Jsx,
}

/// A comment in braces.
const IN_BRACES: (&str, &str, Class) = ("{/*", "*/}", Class::Comment);

/// What a reader takes as one, from its beginning to its end.
const WHOLE: &[(&str, &str, Class)] = &[
    ("<!--", "-->", Class::Comment),
    ("<![CDATA[", "]]>", Class::String),
    ("<?", "?>", Class::Keyword),
    ("<!", ">", Class::Keyword),
];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    form: Form,
    out: &'a mut Vec<Token>,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, length: usize, class: Class) {
        let range = self.at..self.at + length;
        self.at = range.end;
        self.out.push(Token { range, class });
    }

    /// Passes over what has no colour.
    fn pass(&mut self, is_passed: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(is_passed).len();
    }

    fn piece(&mut self) {
        self.pass(|letter| !matches!(letter, '<' | '&' | '{'));
        let rest = self.rest();
        let braces = (self.form == Form::Jsx).then_some(&IN_BRACES);
        let whole = WHOLE.iter().chain(braces).find(|(start, ..)| rest.starts_with(start));
        if let Some((start, end, class)) = whole {
            let inner = rest.get(start.len()..).unwrap_or_default();
            let length = inner.find(end).map_or(rest.len(), |at| start.len() + at + end.len());
            return self.push(length, *class);
        }
        let is_name =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '#' | '.' | '-' | '_' | ':');
        let (mark, class) = match rest.as_bytes() {
            [b'<', b'/', next, ..] if next.is_ascii_alphabetic() => (2, Class::Keyword),
            [b'<', next, ..] if next.is_ascii_alphabetic() => (1, Class::Keyword),
            [b'&', ..] => {
                let name = rest.get(1..).unwrap_or_default();
                let length = name.find(|letter| !is_name(letter)).unwrap_or(name.len());
                let is_entity = length > 0 && name.get(length..).is_some_and(|rest| rest.starts_with(';'));
                return if is_entity { self.push(length + 2, Class::Constant) } else { self.at += 1 };
            }
            [_, ..] => return self.at += 1,
            [] => return,
        };
        self.push(mark, Class::Punctuation);
        let rest = self.rest();
        let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
        let is_script =
            mark == 1 && rest.get(..length).is_some_and(|name| name.eq_ignore_ascii_case("script"));
        self.push(length, class);
        self.attributes();
        if is_script {
            self.script();
        }
    }

    /// What stands in a tag, with its end.
    fn attributes(&mut self) {
        loop {
            self.pass(char::is_whitespace);
            let rest = self.rest();
            match rest.chars().next() {
                None | Some('<') => return,
                Some('>') => return self.push(1, Class::Punctuation),
                Some('/' | '=') => self.push(1, Class::Punctuation),
                Some(quote @ ('"' | '\'')) => {
                    let inner = rest.get(1..).unwrap_or_default();
                    self.push(inner.find(quote).map_or(rest.len(), |at| at + 2), Class::String);
                }
                Some('{') => self.at += braces(rest),
                Some(_) => {
                    let ends =
                        |letter: char| letter.is_whitespace() || matches!(letter, '=' | '>' | '<' | '{');
                    let length = rest.find(ends).unwrap_or(rest.len());
                    let is_value = self.text.get(..self.at).is_some_and(|before| before.ends_with('='));
                    self.push(length, if is_value { Class::String } else { Class::Key });
                }
            }
        }
    }

    /// What stands in a script, up to its closing tag.
    fn script(&mut self) {
        let rest = self.rest();
        let closes =
            |at: &usize| rest.get(at + 2..at + 8).is_some_and(|name| name.eq_ignore_ascii_case("script"));
        let length = rest.match_indices("</").map(|(at, _)| at).find(closes).unwrap_or(rest.len());
        let inner = rest.get(..length).unwrap_or_default();
        let tokens = script::tokens(inner, "javascript").unwrap_or_default();
        let at = self.at;
        self.out.extend(tokens.into_iter().map(|token| token.moved(at)));
        self.at += length;
    }
}

/// The length of an expression in braces; that of all that follows where it is left open.
fn braces(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::tests::check_tokens;

    #[test]
    fn tags_have_colours() {
        check_tokens(
            "html",
            "<!-- a --><a href=\"b\" c=d e>f &amp; & g</a>",
            "hl-c:<!-- a --> hl-w:a hl-k:href hl-s:\"b\" hl-k:c hl-s:d hl-k:e hl-b:&amp; hl-w:a",
        );
    }

    #[test]
    fn declarations_have_colours() {
        check_tokens(
            "xml",
            "<?xml version=\"1.0\"?>\n<a:b><![CDATA[<c>]]></a:b>",
            "hl-w:<?xml version=\"1.0\"?> hl-w:a:b hl-s:<![CDATA[<c>]]> hl-w:a:b",
        );
    }

    #[test]
    fn scripts_have_the_colours_of_their_language() {
        check_tokens("html", "<script>const a = 1;</script>", "hl-w:script hl-w:const hl-n:1 hl-w:script");
    }

    #[test]
    fn expressions_are_left_alone() {
        check_tokens("html", "<A b={{c: \"d\"}} e />", "hl-w:A hl-k:b hl-k:e");
        check_tokens("html", "{/*<b>*/}", "hl-w:b");
    }
}
