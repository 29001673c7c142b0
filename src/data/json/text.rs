//! Texts in quotes, as JSON and JSON5 write them.

use super::lexer::{Kind, Lexer};

impl Lexer<'_> {
    /// A text in quotes, escapes decoded.
    pub(super) fn quoted(&mut self, quote: char) {
        let start = self.at;
        self.bump();
        let mut value = String::new();
        loop {
            match self.peek() {
                Some(letter) if letter == quote => {
                    self.bump();
                    break;
                }
                None | Some('\n' | '\r') => {
                    value = self.guess_end(start);
                    self.unclosed(start, "a text that is never closed", &quote.to_string());
                    break;
                }
                Some('\\') => self.escape(&mut value),
                Some(letter) => {
                    let at = self.at;
                    self.bump();
                    value.push(letter);
                    if letter < ' ' && !self.is_json5() {
                        let escaped = serde_json::Value::from(letter.to_string()).to_string();
                        let escaped = escaped.trim_matches('"').to_owned();
                        let problem = self.problem(
                            at,
                            format!("a control character inside a text, written raw: `{escaped}`"),
                        );
                        problem.help = Some(format!("write `{escaped}`"));
                        problem.fix = Some(escaped);
                    }
                }
            }
        }
        if quote == '`' || quote == '\'' && !self.is_json5() {
            let fix = serde_json::Value::from(value.as_str()).to_string();
            let name = if quote == '`' { "backticks" } else { "single quotes" };
            let problem = self.problem(start, format!("{name} around a text"));
            problem.label = (quote == '\'').then(|| "only JSON5 reads them".to_owned());
            problem.help = Some(format!("write `{fix}`"));
            problem.fix = Some(fix);
        }
        self.push(start, Kind::Text(value));
    }

    /// Takes back the commas and brackets at the end of the line, which surely stand outside of the text.
    fn guess_end(&mut self, start: usize) -> String {
        let line = self.since(start);
        let kept = line
            .trim_end_matches(|letter: char| letter.is_whitespace() || ",]}".contains(letter))
            .len()
            .max(1);
        self.at = start + kept;
        self.since(start).chars().skip(1).collect()
    }

    /// An escape inside quotes; the lexer stands before the backslash.
    fn escape(&mut self, value: &mut String) {
        let start = self.at;
        self.bump();
        let Some(letter) = self.peek() else { return };
        if letter == '\n' || letter == '\r' {
            if !self.is_json5() {
                return;
            }
            self.bump();
            if letter == '\r' && self.peek() == Some('\n') {
                self.bump();
            }
            return;
        }
        self.bump();
        let simple = match letter {
            '"' | '\\' | '/' => Some(letter),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'u' => return self.unicode(start, value),
            _ if !self.is_json5() => None,
            'v' => Some('\u{b}'),
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => Some('\0'),
            'x' => self.hexadecimal(2).and_then(char::from_u32),
            '\u{2028}' | '\u{2029}' => return,
            '0'..='9' => None,
            other => Some(other),
        };
        if let Some(letter) = simple {
            value.push(letter);
            return;
        }
        let shown = self.since(start).to_owned();
        value.push(letter);
        self.problem(start, format!("`{shown}` is not an escape")).help =
            Some("write `\\\\` for a backslash".to_owned());
    }

    /// `\uXXXX`, two of them where they are a surrogate pair; the lexer stands behind the `u`.
    fn unicode(&mut self, start: usize, value: &mut String) {
        let Some(high) = self.hexadecimal(4) else {
            let shown = self.since(start).to_owned();
            value.push('\u{fffd}');
            self.problem(start, format!("`{shown}` is not an escape")).help =
                Some("write four hexadecimal digits after `\\u`".to_owned());
            return;
        };
        let mut code = high;
        if (0xd800..0xdc00).contains(&high) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            match self.hexadecimal(4) {
                Some(low) if (0xdc00..0xe000).contains(&low) => {
                    code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                }
                _ => self.at = before,
            }
        }
        // Half of a surrogate pair is no character; JavaScript keeps it, Rust cannot.
        value.push(char::from_u32(code).unwrap_or('\u{fffd}'));
    }

    /// Exactly `count` hexadecimal digits.
    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let digits = self
            .rest()
            .get(..count)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let code = u32::from_str_radix(digits, 16).ok()?;
        self.at += count;
        Some(code)
    }

    /// A text between quotation marks of a word processor.
    pub(super) fn typographic(&mut self) {
        let start = self.at;
        self.bump();
        let inner = self.at;
        let length = self.rest().find(['“', '”', '‘', '’', '\n', '"']).unwrap_or(self.rest().len());
        self.at += length;
        let value = self.since(inner).to_owned();
        if self.peek().is_some_and(|letter| letter != '\n') {
            self.bump();
        }
        let fix = serde_json::Value::from(value.as_str()).to_string();
        let problem = self.problem(start, "typographic quotation marks around a text");
        problem.help = Some(format!("write `{fix}`"));
        problem.fix = Some(fix);
        self.push(start, Kind::Text(value));
    }
}
