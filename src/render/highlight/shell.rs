//! Colours of shell scripts and of sessions at a prompt, from the commands that the reader of scripts finds.

use std::ops::Range;

use super::{Class, Token};
use crate::examples::shell::{self, Command, Part, Word};
use crate::source::Span;

/// Code above this many bytes stays plain; nobody reads that much in colour.
const LIMIT: usize = 256 << 10;

/// Words that are grammar where a command can stand.
const KEYWORDS: [&str; 21] = [
    "!", "[[", "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if", "in", "select",
    "then", "time", "until", "while", "{", "}", "]]",
];

/// The prompts of a session.
const PROMPTS: [&str; 4] = ["$ ", "# ", "% ", "> "];

/// The tokens of a script, sorted, without overlaps.
pub(super) fn tokens(code: &str) -> Vec<Token> {
    if code.len() > LIMIT {
        return Vec::new();
    }
    let mut paint = Paint { code, classes: vec![None; code.len()] };
    let (script, _) = shell::parse(code).into_parts();
    let mut commands: Vec<&Command> = script.commands.iter().collect();
    // What stands in a substitution is painted over it.
    commands.sort_by_key(|command| std::cmp::Reverse(command.span.len()));
    for command in commands {
        paint.command(command);
    }
    paint.gaps();
    paint.tokens()
}

/// The tokens of a session: what stands behind a prompt is a script, everything else is what it printed.
pub(super) fn session(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut lines = code.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let Some(prompt) = PROMPTS.iter().find(|prompt| line.starts_with(**prompt)) else { continue };
        // A line that ends with a backslash goes on.
        let mut last = line;
        while last.trim_end().ends_with('\\')
            && let Some(next) = lines.next()
        {
            at += next.len();
            last = next;
        }
        let from = start + prompt.len();
        found.push(Token { range: start..start + 1, class: Class::Comment });
        let inner = tokens(code.get(from..at).unwrap_or_default()).into_iter();
        found.extend(inner.map(|token| Token {
            range: from + token.range.start..from + token.range.end,
            class: token.class,
        }));
    }
    found
}

/// The classes of a text, byte by byte.
struct Paint<'a> {
    code: &'a str,
    classes: Vec<Option<Class>>,
}

impl Paint<'_> {
    fn put(&mut self, range: Range<usize>, class: Option<Class>) {
        if let Some(bytes) = self.classes.get_mut(range) {
            bytes.fill(class);
        }
    }

    fn command(&mut self, command: &Command) {
        self.put(command.span.range(), None);
        for assignment in &command.assignments {
            let value = assignment.value.span.start as usize;
            let name = value.saturating_sub(assignment.name.len() + 1);
            self.put(name..value.saturating_sub(1), Some(Class::Variable));
            self.put(value.saturating_sub(1)..value, Some(Class::Punctuation));
            self.word(&assignment.value);
        }
        for (at, word) in command.words.iter().enumerate() {
            self.word(word);
            let text = self.text(word.span);
            let start = word.span.start as usize;
            if at == 0 && KEYWORDS.contains(&text) {
                self.put(word.span.range(), Some(Class::Keyword));
            } else if at == 0 && word.bare.first() == Some(&word.span) {
                self.put(word.span.range(), Some(Class::Function));
            } else if text.starts_with('-') {
                let length = text.find('=').unwrap_or(text.len());
                self.put(start..start + length, Some(Class::Key));
            } else if let Some(length) = name_length(text) {
                self.put(start..start + length, Some(Class::Variable));
                self.put(start + length..start + length + 1, Some(Class::Punctuation));
            }
        }
        for redirect in &command.redirects {
            self.word(&redirect.target);
        }
    }

    /// What stands in quotes is a string; variables and escapes have their own colours.
    fn word(&mut self, word: &Word) {
        self.put(word.span.range(), Some(Class::String));
        for bare in &word.bare {
            // A bare word is what it is; `None` would be taken for a gap.
            self.put(bare.range(), Some(Class::Plain));
        }
        for part in &word.parts {
            match part {
                Part::Variable(span, ..) => self.put(span.range(), Some(Class::Variable)),
                Part::Escape(span, _) => self.put(span.range(), Some(Class::Constant)),
                Part::Copy(_) | Part::Opaque(_) => {}
            }
        }
    }

    /// Comments and operators, which belong to no command.
    fn gaps(&mut self) {
        let mut at = 0;
        while at < self.code.len() {
            if self.classes.get(at).is_some_and(Option::is_some) {
                at += 1;
                continue;
            }
            match self.code.as_bytes().get(at) {
                Some(b'#') if self.begins_word(at) => {
                    let rest = self.code.get(at..).unwrap_or_default();
                    let end = at + rest.find('\n').unwrap_or(rest.len());
                    self.put(at..end, Some(Class::Comment));
                    at = end;
                }
                Some(b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' | b'\\') => {
                    self.put(at..at + 1, Some(Class::Punctuation));
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    fn begins_word(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.code.as_bytes().get(before));
        before
            .is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b';' | b'&' | b'|' | b'(' | b')'))
    }

    fn text(&self, span: Span) -> &str {
        self.code.get(span.range()).unwrap_or_default()
    }

    fn tokens(&self) -> Vec<Token> {
        let mut tokens: Vec<Token> = Vec::new();
        for (at, class) in self.classes.iter().enumerate() {
            let Some(class) = class.filter(|class| *class != Class::Plain) else { continue };
            match tokens.last_mut() {
                Some(last) if last.class == class && last.range.end == at => last.range.end = at + 1,
                _ => tokens.push(Token { range: at..at + 1, class }),
            }
        }
        // A token never divides a letter.
        tokens.retain(|token| {
            self.code.is_char_boundary(token.range.start) && self.code.is_char_boundary(token.range.end)
        });
        tokens
    }
}

/// The length of the name in `NAME=value`.
fn name_length(text: &str) -> Option<usize> {
    let length = text.find('=')?;
    let name = text.get(..length)?;
    let is_name = |(at, letter): (usize, char)| {
        letter == '_' || letter.is_ascii_alphabetic() || at > 0 && letter.is_ascii_digit()
    };
    (!name.is_empty() && name.char_indices().all(is_name)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of a text, each with its class.
    #[track_caller]
    fn check(found: &[Token], code: &str, expected: &str) {
        let seen: Vec<String> = found
            .iter()
            .map(|token| format!("{}:{}", token.class.as_str(), code.get(token.range.clone()).unwrap_or("?")))
            .collect();
        assert_eq!(seen.join(" "), expected);
    }

    #[test]
    fn commands_options_strings_and_variables_have_colours() {
        let code = "curl -H \"Authorization: Bearer $KEY\" --data='{}' https://a.b # now\n";
        check(
            &tokens(code),
            code,
            "hl-f:curl hl-k:-H hl-s:\"Authorization: Bearer  hl-v:$KEY hl-s:\" hl-k:--data hl-s:'{}' hl-c:# now",
        );
    }

    #[test]
    fn assignments_keywords_and_operators_have_colours() {
        let code = "export A=1 && if true; then echo \"$(date -u)\" > f; fi";
        check(
            &tokens(code),
            code,
            "hl-f:export hl-v:A hl-p:= hl-p:&& hl-w:if hl-p:; hl-w:then hl-s:\"$( hl-f:date hl-k:-u hl-s:)\" hl-p:> hl-p:; hl-w:fi",
        );
    }

    #[test]
    fn what_is_no_script_has_the_colours_that_it_has() {
        for code in ["echo 'a", "é $", "\\", "a=", "<<X\n", "$(", "é=\"ü", "#", "\u{1}"] {
            for token in tokens(code).into_iter().chain(session(code)) {
                assert!(code.get(token.range.clone()).is_some(), "{code:?} {token:?}");
            }
        }
    }

    #[test]
    fn a_session_has_prompts_and_what_was_printed() {
        let code = "$ ls -a \\\n  b\nfile -x\n$ true\n";
        check(&session(code), code, "hl-c:$ hl-f:ls hl-k:-a hl-p:\\ hl-c:$ hl-f:true");
    }
}
