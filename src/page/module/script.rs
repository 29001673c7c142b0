//! Where a piece of JavaScript ends, which we read no further: brackets, texts and comments stepped over.

/// The kinds of brackets, by which they are counted.
const KINDS: [(u8, u8); 3] = [(b'(', b')'), (b'[', b']'), (b'{', b'}')];

/// What stands on the stack for `${` in a template.
const TEMPLATE: u8 = b'$';

/// Where a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Here: nothing is open any more.
    At(usize),
    /// Here, by its looks; something stays open up to the end of the text.
    Guessed(usize),
    /// Nowhere.
    Never,
}

/// Where the statement ends whose expression begins at the byte `at`: the end of a line on which nothing is open any
/// more, and that the next one does not go on.
///
/// Tags of JSX may stand in it, whose text may hold brackets and apostrophes that mean nothing.
pub(super) fn end(text: &str, at: usize) -> End {
    let mut script = Script {
        text,
        bytes: text.as_bytes(),
        at,
        open: Vec::new(),
        counts: [0; 3],
        last: [0; 2],
        no_more: [0; 4],
    };
    while let Some(byte) = script.next(0) {
        match byte {
            b'\n' if script.is_complete() && !goes_on(script.rest(1)) => return End::At(script.line_end()),
            b';' if script.open.is_empty() && script.is_last() => return End::At(script.at + 1),
            b'"' | b'\'' => script.quoted(byte),
            b'`' => script.template(1),
            b'/' => script.slash(),
            b'(' | b'[' | b'{' => script.opens(byte),
            b')' | b']' | b'}' => script.closes(byte),
            _ => script.step(1),
        }
    }
    if script.open.is_empty() {
        End::At(text.len())
    } else {
        last_line(text, at).map_or(End::Never, End::Guessed)
    }
}

/// Where a statement ends whose brackets do not match, as they need not in the text of a tag: at the first line of
/// closing brackets alone that is not indented and has a blank line behind it.
fn last_line(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    let mut last = None;
    for line in text.get(at..)?.split_inclusive('\n') {
        if line.trim().is_empty() && last.is_some() {
            return last;
        }
        let shown = line.trim_end();
        let is_closing = end > at
            && shown.starts_with([')', ']', '}'])
            && shown.chars().all(|letter| ")]};".contains(letter));
        last = is_closing.then_some(end + shown.len());
        end += line.len();
    }
    last
}

/// Whether a line goes on with the statement of the line before it.
fn goes_on(line: &str) -> bool {
    let line = line.split('\n').next().unwrap_or_default();
    let first = ["</", "/>", ")", "]", "}", "? ", ": ", "&&", "||"];
    let is_call = line.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    (line.starts_with([' ', '\t']) && !line.trim().is_empty())
        || is_call
        || first.iter().any(|first| line.starts_with(first))
}

struct Script<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// The brackets that are open.
    open: Vec<u8>,
    /// How many of each kind are.
    counts: [usize; 3],
    /// The last two bytes that are no blank.
    last: [u8; 2],
    /// The ends of the lines in which no further `"`, `'`, backtick and `/` closes anything.
    no_more: [usize; 4],
}

impl Script<'_> {
    fn next(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn rest(&self, ahead: usize) -> &str {
        self.text.get(self.at + ahead..).unwrap_or_default()
    }

    /// Steps over bytes of the statement.
    fn step(&mut self, count: usize) {
        if let Some(byte) = self.next(count - 1).filter(|byte| !byte.is_ascii_whitespace()) {
            self.last = [self.last[1], byte];
        }
        self.at += count;
    }

    /// The end of the line of the cursor, which stands at its break.
    fn line_end(&self) -> usize {
        let is_return = self.at.checked_sub(1).is_some_and(|before| self.bytes.get(before) == Some(&b'\r'));
        self.at - usize::from(is_return)
    }

    /// Whether nothing but blanks follows on the line.
    fn is_last(&self) -> bool {
        self.rest(1).split('\n').next().is_none_or(|rest| rest.trim().is_empty())
    }

    /// Whether the statement can end here.
    fn is_complete(&self) -> bool {
        let is_arrow = self.last == *b"=>";
        self.open.is_empty() && !is_arrow && !b"=,&|?:+-*/.<(".contains(&self.last[1]) && self.last[1] != 0
    }

    /// Where the next `mark` stands on the line, one behind a backslash left out.
    fn closing(&mut self, mark: u8, kind: usize) -> Option<usize> {
        let is_known = self.no_more.get(kind).is_some_and(|end| self.at < *end);
        if is_known {
            return None;
        }
        let mut at = self.at + 1;
        let mut in_class = false;
        while let Some(byte) = self.bytes.get(at).copied().filter(|byte| *byte != b'\n') {
            match byte {
                b'\\' => at += 1,
                b'[' if mark == b'/' => in_class = true,
                b']' => in_class = false,
                _ if byte == mark && !in_class => return Some(at),
                _ => {}
            }
            at += 1;
        }
        if let Some(known) = self.no_more.get_mut(kind) {
            *known = at;
        }
        None
    }

    fn quoted(&mut self, quote: u8) {
        let before = self.at.checked_sub(1).and_then(|before| self.bytes.get(before));
        let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let is_apostrophe = quote == b'\'' && is_letter(before) && is_letter(self.bytes.get(self.at + 1));
        let end = if is_apostrophe { None } else { self.closing(quote, usize::from(quote == b'\'')) };
        self.step(end.map_or(1, |end| end + 1 - self.at));
    }

    /// Steps over a template, up to its end or to `${`; the cursor stands `ahead` bytes before its text.
    fn template(&mut self, ahead: usize) {
        self.step(ahead);
        while let Some(byte) = self.next(0) {
            match byte {
                b'\\' => self.at += 1,
                b'`' => return self.step(1),
                b'$' if self.next(1) == Some(b'{') => {
                    self.stays_open();
                    return self.step(2);
                }
                _ => {}
            }
            self.at += 1;
        }
        self.stays_open();
    }

    /// What is open now is closed by a `}`, or by nothing where the text is at its end.
    fn stays_open(&mut self) {
        self.open.push(TEMPLATE);
        self.count(TEMPLATE, |count| count + 1);
    }

    fn slash(&mut self) {
        let before = self.at.checked_sub(1).and_then(|before| self.bytes.get(before)).copied();
        match self.next(1) {
            Some(b'/') if before != Some(b':') => {
                self.at += self.rest(0).find('\n').unwrap_or(self.rest(0).len());
            }
            Some(b'*') => {
                let length = self.rest(2).find("*/");
                self.at = length.map_or(self.bytes.len(), |length| self.at + length + 4);
                if length.is_none() {
                    self.stays_open();
                }
            }
            Some(b'>' | b'/') => self.step(1),
            _ if b"(,=:[!&|?{};".contains(&self.last[1]) => {
                let end = self.closing(b'/', 3);
                self.step(end.map_or(1, |end| end + 1 - self.at));
            }
            _ => self.step(1),
        }
    }

    fn opens(&mut self, bracket: u8) {
        self.open.push(bracket);
        self.count(bracket, |count| count + 1);
        self.step(1);
    }

    /// Closes the innermost bracket of the kind, and those inside it, which the text of a tag left open.
    fn closes(&mut self, bracket: u8) {
        let kind = KINDS.iter().position(|(_, closes)| *closes == bracket).unwrap_or_default();
        if self.counts.get(kind) == Some(&0) {
            return self.step(1);
        }
        while let Some(open) = self.open.pop() {
            self.count(open, |count| count.saturating_sub(1));
            if open == TEMPLATE && bracket == b'}' {
                return self.template(1);
            }
            if KINDS.contains(&(open, bracket)) {
                break;
            }
        }
        self.step(1);
    }

    fn count(&mut self, bracket: u8, change: impl Fn(usize) -> usize) {
        let kind = KINDS.iter().position(|(opens, _)| *opens == bracket);
        if let Some(count) = self.counts.get_mut(kind.unwrap_or(KINDS.len() - 1)) {
            *count = change(*count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is taken of a text whose expression begins at its start.
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let seen = match end(text, 0) {
            End::At(end) | End::Guessed(end) => text.get(..end),
            End::Never => None,
        };
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_literal_ends_with_its_line() {
        check("1\ntext\n", Some("1"));
        check("'it\\'s';  \ntext", Some("'it\\'s';"));
        check("`a\n\nb`\ntext", Some("`a\n\nb`"));
        check("{\n a: 1,\n\n b: \"}\" // }\n}\n\ntext", Some("{\n a: 1,\n\n b: \"}\" // }\n}"));
        check("1\r\ntext", Some("1"));
    }

    #[test]
    fn a_function_ends_with_its_brackets() {
        check(
            "() => {\n\n  return `a${b ? `c` : '}'}`;\n}\n\ntext",
            Some("() => {\n\n  return `a${b ? `c` : '}'}`;\n}"),
        );
        check(
            "() =>\n\n  (<b>\n   don't) {x}\n  </b>\n)\n\ntext",
            Some("() =>\n\n  (<b>\n   don't) {x}\n  </b>\n)"),
        );
        check("() => (\n  <b>\n   :( {x}\n  </b>\n);\n\ntext", Some("() => (\n  <b>\n   :( {x}\n  </b>\n);"));
        check("() => <b>\n  a\n</b>\n\ntext", Some("() => <b>\n  a\n</b>"));
        check("(x) => x.replace(/[/(]/g, '')\ntext", Some("(x) => x.replace(/[/(]/g, '')"));
        check("a\n  ? b\n  : c\ntext", Some("a\n  ? b\n  : c"));
        check(
            "() => (<a href=\"https://x.y/(\">https://x.y</a>)\ntext",
            Some("() => (<a href=\"https://x.y/(\">https://x.y</a>)"),
        );
    }

    #[test]
    fn what_does_not_end_is_none() {
        check("{ a: 1\n\ntext", None);
        check("() => {\n text", None);
        check("`a\n\ntext", None);
        check("1 /* a\n\ntext", None);
    }
}
