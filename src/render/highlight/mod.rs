//! Code in colour: each token gets one class, and the text stays what it was.
//!
//! [`data`], [`shell`], [`script`], [`markdown`] and [`tags`] colour what we understand ourselves, [`grammar`] all other languages.

mod data;
mod grammar;
mod markdown;
mod script;
mod shell;
mod tags;

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, Mutex, PoisonError};

use crate::data::Syntax;

use super::markup::push_escaped;

/// Code above this many bytes stays plain where colouring it is slow; nobody reads that much in colour.
const LIMIT: usize = 256 << 10;

/// What a token is; a class of the style sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Key,
    String,
    Number,
    Constant,
    Keyword,
    Comment,
    Function,
    Type,
    Variable,
    Punctuation,
    Inserted,
    Deleted,
    /// Text like any other.
    Plain,
}

impl Class {
    fn as_str(self) -> &'static str {
        match self {
            Self::Key => "hl-k",
            Self::String => "hl-s",
            Self::Number => "hl-n",
            Self::Constant => "hl-b",
            Self::Keyword => "hl-w",
            Self::Comment => "hl-c",
            Self::Function => "hl-f",
            Self::Type => "hl-t",
            Self::Variable => "hl-v",
            Self::Punctuation => "hl-p",
            Self::Inserted => "hl-i",
            Self::Deleted => "hl-d",
            Self::Plain => "",
        }
    }
}

/// A coloured stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// Its colour.
    pub(super) class: Class,
}

impl Token {
    /// The same token in a text that has `by` bytes more before it.
    fn moved(self, by: usize) -> Self {
        Self { range: self.range.start + by..self.range.end + by, ..self }
    }
}

/// Tokens of one text, by its language.
type Cache = HashMap<(String, blake3::Hash), Arc<[Token]>>;

/// Colours code and remembers what it has coloured.
#[derive(Debug, Default)]
pub(super) struct Highlighter {
    cache: Mutex<Cache>,
}

/// What is said of the lines of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    /// Lines to point out, from one.
    pub(super) highlight: Vec<RangeInclusive<u32>>,
    /// Lines to look at, from one; the others step back.
    pub(super) focus: Vec<RangeInclusive<u32>>,
    /// Lines that begin with `+` and `-` are changes.
    pub(super) diff: bool,
    /// Lines are numbered by the style sheet.
    pub(super) numbers: bool,
}

impl Highlighter {
    /// The code as HTML, without `<pre>` and `<code>`; the lines are elements only where something is said of them.
    pub(super) fn html(&self, code: &str, language: &str, lines: &Lines) -> String {
        let tokens = self.tokens(code, language);
        let mut out = String::with_capacity(code.len() * 3);
        if lines.highlight.is_empty() && lines.focus.is_empty() && !lines.diff && !lines.numbers {
            push_tokens(&mut out, code, &tokens, 0..code.len());
            return out;
        }
        let mut start = 0;
        for (at, line) in code.split_inclusive('\n').enumerate() {
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            out.push_str("<span class=\"");
            out.push_str(&line_class(line, number, lines));
            out.push_str("\">");
            push_tokens(&mut out, code, &tokens, start..start + line.len());
            out.push_str("</span>");
            start += line.len();
        }
        out
    }

    fn tokens(&self, code: &str, language: &str) -> Arc<[Token]> {
        let key = (language.to_owned(), blake3::hash(code.as_bytes()));
        // A thread that panicked while it held the lock has left whole entries behind.
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(tokens) = cached {
            return tokens;
        }
        let tokens: Arc<[Token]> = match language {
            "md" | "markdown" | "mdx" => markdown::tokens(code, tokens).into(),
            _ => tokens(code, language).into(),
        };
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cache.entry(key).or_insert(tokens))
    }
}

/// The tokens of a text that is no Markdown, sorted, without overlaps.
fn tokens(code: &str, language: &str) -> Vec<Token> {
    if let Some(syntax) = Syntax::named(language) {
        return data::tokens(code, syntax);
    }
    match language {
        "sh" | "shell" | "bash" | "zsh" | "curl" => shell::tokens(code),
        "console" | "shellsession" | "terminal" => shell::session(code),
        "html" | "xml" | "svg" => tags::tokens(code),
        // The grammar of Markdown is the heaviest of all; Markdown in Markdown has no colours.
        "md" | "markdown" | "mdx" => Vec::new(),
        _ => script::tokens(code, language).unwrap_or_else(|| grammar::tokens(code, language)),
    }
}

fn line_class(line: &str, number: u32, lines: &Lines) -> String {
    let within = |ranges: &[RangeInclusive<u32>]| ranges.iter().any(|range| range.contains(&number));
    let mut class = String::from("line");
    if within(&lines.highlight) {
        class.push_str(" marked");
    }
    if !lines.focus.is_empty() && !within(&lines.focus) {
        class.push_str(" aside");
    }
    if lines.diff && line.starts_with('+') {
        class.push_str(" inserted");
    }
    if lines.diff && line.starts_with('-') {
        class.push_str(" deleted");
    }
    class
}

/// Appends a stretch of the code; tokens are sorted and do not overlap.
fn push_tokens(out: &mut String, code: &str, tokens: &[Token], range: Range<usize>) {
    let mut at = range.start;
    let first = tokens.partition_point(|token| token.range.end <= range.start);
    for token in tokens.iter().skip(first) {
        let start = token.range.start.max(at);
        let end = token.range.end.min(range.end);
        if start >= range.end {
            break;
        }
        let (Some(before), Some(text)) = (code.get(at..start), code.get(start..end)) else { continue };
        push_escaped(out, before);
        out.push_str("<span class=\"");
        out.push_str(token.class.as_str());
        out.push_str("\">");
        push_escaped(out, text);
        out.push_str("</span>");
        at = end;
    }
    push_escaped(out, code.get(at..range.end).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(html: &str) -> String {
        let mut out = String::new();
        let mut inside = false;
        for letter in html.chars() {
            match letter {
                '<' => inside = true,
                '>' if inside => inside = false,
                _ if inside => {}
                _ => out.push(letter),
            }
        }
        out.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    }

    fn check(language: &str, code: &str, expected: &str) {
        let html = Highlighter::default().html(code, language, &Lines::default());
        assert_eq!(plain(&html), code);
        assert_eq!(html, expected);
    }

    /// The tokens of a text, each with its class; marks are left out.
    #[track_caller]
    pub(super) fn check_tokens(language: &str, code: &str, expected: &str) {
        let tokens = Highlighter::default().tokens(code, language);
        let named = |token: &Token| {
            format!("{}:{}", token.class.as_str(), code.get(token.range.clone()).unwrap_or("?"))
        };
        let seen: Vec<String> =
            tokens.iter().filter(|token| token.class != Class::Punctuation).map(named).collect();
        assert_eq!(seen.join(" "), expected);
    }

    fn check_kept(language: &str, code: &str) {
        let lines = Lines { highlight: vec![1..=2], focus: vec![2..=9], diff: true, numbers: true };
        let highlighter = Highlighter::default();
        assert_eq!(plain(&highlighter.html(code, language, &Lines::default())), code);
        assert_eq!(plain(&highlighter.html(code, language, &lines)), code);
    }

    #[test]
    fn an_unknown_language_is_escaped() {
        check("klingon", "a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;");
    }

    #[test]
    fn no_language_is_escaped() {
        check("", "<b>", "&lt;b&gt;");
    }

    #[test]
    fn lines_are_marked() {
        let lines = Lines { highlight: vec![2..=2], ..Lines::default() };
        let html = Highlighter::default().html("a\nb\n", "text", &lines);
        assert_eq!(html, "<span class=\"line\">a\n</span><span class=\"line marked\">b\n</span>");
    }

    #[test]
    fn lines_out_of_focus_step_back() {
        let lines = Lines { focus: vec![1..=1], ..Lines::default() };
        let html = Highlighter::default().html("a\nb", "text", &lines);
        assert_eq!(html, "<span class=\"line\">a\n</span><span class=\"line aside\">b</span>");
    }

    #[test]
    fn changes_are_marked() {
        let lines = Lines { diff: true, ..Lines::default() };
        let html = Highlighter::default().html("+a\n-b", "text", &lines);
        assert_eq!(html, "<span class=\"line inserted\">+a\n</span><span class=\"line deleted\">-b</span>");
    }

    #[test]
    fn a_marked_line_cuts_a_token_in_two() {
        check_kept("json5", "{ a: 1, /* one\ntwo */ 'b': \"c\" }\n");
    }

    #[test]
    fn broken_code_keeps_its_text() {
        check_kept("json", "{ \"a\": [1, \"b\nc: 'd }} // e");
        check_kept("yaml", "a: [b\n c: |\n  d\n- \"e");
        check_kept("toml", "[a\nb = \"c\n''' d");
        check_kept("bash", "curl \"https://x $(y 'z");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn the_text_is_never_changed(code in "[\\PC\n\"'{}:,#/*\\[\\]=<>&`!-]{0,60}", language in 0_usize..10) {
            let languages = ["json", "jsonc", "json5", "yaml", "toml", "bash", "python", "md", "html", "none"];
            check_kept(languages.get(language).copied().unwrap_or_default(), &code);
        }
    }
}
