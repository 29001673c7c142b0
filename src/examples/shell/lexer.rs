//! From the text of a script to its commands.

mod expansion;

use super::{Assignment, Command, Part, Redirect, Script, Word};
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

/// Reads a whole script.
pub(super) fn read(text: &str) -> Parsed<Script> {
    let mut lexer = Lexer::new(text, 0);
    lexer.list(None);
    let is_control = |letter: &(usize, char)| letter.1.is_control() && !matches!(letter.1, '\n' | '\t');
    if let Some((at, letter)) = text.char_indices().find(is_control) {
        // The shell drops some of them, and takes others for letters.
        lexer.beyond("a control character", Span::new(at, at + letter.len_utf8()));
    }
    Parsed::new(lexer.script, lexer.problems)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    script: Script,
    problems: Vec<Problem>,
    command: Command,
    /// Here-documents whose text begins after the next line break.
    pending: Vec<Pending>,
    /// The first quote that hardly closes where it was meant to.
    suspect: Option<Suspect>,
}

/// A quote by which all that follow are shifted, where one in the end is left open.
#[derive(Clone, Copy)]
struct Suspect {
    span: Span,
    help: &'static str,
}

struct Pending {
    delimiter: String,
    /// Where the delimiter is named.
    named: Span,
    /// No quotes around the delimiter: variables are filled in.
    expands: bool,
    /// `<<-`: leading tabs are taken off.
    tabs: bool,
    /// The index of its command, once that is finished, and of its redirection.
    command: usize,
    redirect: usize,
}

/// The quotes around a part of a word.
#[derive(Clone, Copy)]
enum Quotes {
    None,
    Double,
}

/// What a quote or a bracket ends with.
type Closer = Option<char>;

impl<'a> Lexer<'a> {
    fn new(text: &'a str, depth: usize) -> Self {
        Self {
            text,
            at: 0,
            depth,
            script: Script::default(),
            problems: Vec::new(),
            command: Command::default(),
            pending: Vec::new(),
            suspect: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn beyond(&mut self, what: &str, span: Span) {
        self.script.beyond.push((what.to_owned(), span));
    }

    /// Commands up to the end of the text, or to the closing bracket of a substitution.
    fn list(&mut self, closer: Closer) {
        while let Some(letter) = self.peek() {
            let start = self.at;
            if Some(letter) == closer {
                break;
            }
            match letter {
                ' ' | '\t' | '\r' => self.at += 1,
                '\n' => {
                    self.at += 1;
                    self.end_command();
                    self.here_documents();
                }
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '\\' if self.eat("\\\n") || self.eat("\\\r\n") => {}
                ';' | '|' | '&' => self.operator(start),
                '(' | ')' => {
                    self.at += 1;
                    self.end_command();
                    self.beyond("a group of commands", Span::new(start, self.at));
                }
                '<' | '>' => self.redirect(),
                _ => self.word_or_number(),
            }
        }
        self.end_command();
        if closer.is_some() && !self.pending.is_empty() {
            self.beyond("a here-document in a substitution", Span::new(self.at, self.at));
        }
        self.here_documents();
    }

    fn operator(&mut self, start: usize) {
        if self.eat("&>") {
            self.at = start + 1;
            self.redirect();
            return;
        }
        if self.eat("&&")
            || self.eat("||")
            || self.eat(";;")
            || self.eat("|&")
            || self.eat(";")
            || self.eat("|")
        {
            self.end_command();
            return;
        }
        self.at += 1;
        self.end_command();
        self.beyond("a job in the background", Span::new(start, self.at));
    }

    /// A file number before a redirection belongs to it.
    fn word_or_number(&mut self) {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let after = rest.get(digits..).and_then(|rest| rest.chars().next());
        if digits > 0 && matches!(after, Some('<' | '>')) {
            self.at += digits;
            self.redirect();
            return;
        }
        let word = self.word();
        self.push_word(word);
    }

    fn push_word(&mut self, word: Word) {
        if self.command.words.is_empty()
            && let Some(assignment) = self.assignment(&word)
        {
            self.cover(word.span);
            self.command.assignments.push(assignment);
            return;
        }
        self.cover(word.span);
        self.command.words.push(word);
    }

    fn cover(&mut self, span: Span) {
        let empty = self.command.words.is_empty() && self.command.assignments.is_empty();
        self.command.span = if empty { span } else { self.command.span.to(span) };
    }

    fn assignment(&self, word: &Word) -> Option<Assignment> {
        let (name, parts) = word.named_value(self.text)?;
        let span = Span::new(word.span.range().start + name.len() + 1, word.span.range().end);
        let bare = word.bare.iter().filter(|bare| bare.start >= span.start).copied().collect();
        Some(Assignment { name: name.to_owned(), value: Word { span, parts, bare } })
    }

    fn end_command(&mut self) {
        let command = std::mem::take(&mut self.command);
        if command == Command::default() {
            return;
        }
        let first = command.words.first().and_then(|word| word.literal(self.text));
        if let Some(word) = first.filter(|word| is_keyword(word)) {
            self.beyond(&format!("`{word}`"), command.span);
        }
        self.script.commands.push(command);
    }

    fn redirect(&mut self) {
        let start = self.at;
        let operators = ["<<<", "<<-", "<<", "<>", "<&", ">>", ">&", ">|", "<", ">"];
        let found = operators.iter().find(|operator| self.eat(operator));
        let Some(operator) = found else {
            self.at += 1;
            return;
        };
        if self.peek() == Some('(') {
            self.beyond("a process substitution", Span::new(start, self.at));
            return;
        }
        while matches!(self.peek(), Some(' ' | '\t')) {
            self.at += 1;
        }
        let target = self.word();
        self.cover(target.span);
        if operator.starts_with("<<") && *operator != "<<<" {
            let raw = self.text.get(target.span.range()).unwrap_or_default();
            self.pending.push(Pending {
                delimiter: target.literal(self.text).unwrap_or_else(|| raw.to_owned()),
                named: target.span,
                expands: !raw.contains(['\'', '"', '\\']),
                tabs: *operator == "<<-",
                command: self.script.commands.len(),
                redirect: self.command.redirects.len(),
            });
        }
        self.command.redirects.push(Redirect { operator: (*operator).to_owned(), target });
    }

    /// The texts that begin on this line.
    fn here_documents(&mut self) {
        for pending in std::mem::take(&mut self.pending) {
            let word = self.here_document(&pending);
            let redirects =
                self.script.commands.get_mut(pending.command).map(|command| &mut command.redirects);
            if let Some(redirect) = redirects.and_then(|redirects| redirects.get_mut(pending.redirect)) {
                redirect.target = word;
            }
        }
    }

    fn here_document(&mut self, pending: &Pending) -> Word {
        let start = self.at;
        let mut word = Word::default();
        loop {
            let line_start = self.at;
            let rest = self.rest();
            if rest.is_empty() {
                let message = format!("the here-document is never ended by `{}`", pending.delimiter);
                self.problems.push(Problem::new(Code::ShellSyntax, pending.named, message));
                break;
            }
            let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let line = rest.get(..length).unwrap_or_default();
            let skip = if pending.tabs { line.len() - line.trim_start_matches('\t').len() } else { 0 };
            self.at += length;
            if line.trim_end_matches(['\n', '\r']).get(skip..) == Some(pending.delimiter.as_str()) {
                break;
            }
            let span = Span::new(line_start + skip, line_start + length);
            if pending.expands && line.trim_end_matches(['\n', '\r']).ends_with('\\') {
                // The next line is joined to this one before it is held against the delimiter.
                self.beyond("a line that is continued in a here-document", span);
            }
            if pending.expands {
                let end = self.at;
                self.at = span.start as usize;
                self.quoted_parts(&mut word, end);
            } else {
                word.parts.push(Part::Copy(span));
            }
        }
        word.span = Span::new(start, self.at);
        word
    }

    /// A word, up to white space or an operator.
    fn word(&mut self) -> Word {
        let start = self.at;
        let mut word = Word::default();
        while let Some(letter) = self.peek() {
            let at = self.at;
            match letter {
                ' ' | '\t' | '\n' | '\r' | ';' | '|' | '&' | '<' | '>' | '(' | ')' => break,
                '\'' => self.single_quoted(&mut word),
                '"' => self.double_quoted(&mut word),
                '$' => {
                    self.dollar(&mut word, Quotes::None);
                    word.bare.push(Span::new(at, self.at));
                }
                '`' => {
                    self.backquoted(&mut word);
                    word.bare.push(Span::new(at, self.at));
                }
                '\\' => {
                    self.at += 1;
                    match self.bump() {
                        Some('\n') => {}
                        Some(escaped) => {
                            word.parts.push(Part::Escape(Span::new(at, self.at), escaped.to_string()));
                        }
                        None => word.parts.push(Part::Copy(Span::new(at, self.at))),
                    }
                }
                _ => {
                    self.bump();
                    push_copy(&mut word, Span::new(at, self.at));
                    self.push_bare(&mut word, Span::new(at, self.at));
                }
            }
        }
        word.span = Span::new(start, self.at);
        word
    }

    /// Appends text outside of quotes on the text before it; expansions stand alone.
    fn push_bare(&self, word: &mut Word, span: Span) {
        let text =
            |last: &Span| self.text.get(last.range()).is_some_and(|text| !text.starts_with(['$', '`']));
        match word.bare.last_mut().filter(|last| last.end == span.start && text(last)) {
            Some(last) => last.end = span.end,
            None => word.bare.push(span),
        }
    }

    fn single_quoted(&mut self, word: &mut Word) {
        let quote = self.at;
        self.at += 1;
        let Some(length) = self.rest().find('\'') else {
            self.unclosed(quote, "'");
            word.parts.push(Part::Copy(Span::new(quote + 1, self.text.len())));
            return;
        };
        // An empty part keeps an empty word a word.
        word.parts.push(Part::Copy(Span::new(self.at, self.at + length)));
        self.at += length + 1;
        self.suspect(quote);
    }

    /// Keeps in mind a quote that closes in the middle of a word, as an apostrophe does, or only on a line that the line
    /// before it was to be continued by.
    fn suspect(&mut self, quote: usize) {
        let text = self.text.get(quote + 1..self.at - 1).unwrap_or_default();
        let found = if text.contains(" \\\n") || text.contains(" \\\r\n") {
            Suspect {
                span: Span::new(quote, quote + 1),
                help: "close the quote on its own line, before the backslash",
            }
        } else if text.ends_with(char::is_alphabetic)
            && self.text.get(quote..).is_some_and(|rest| rest.starts_with('\''))
            && self.peek().is_some_and(char::is_alphabetic)
        {
            Suspect {
                span: Span::new(self.at - 1, self.at),
                help: "write `\\u0027` for an apostrophe in JSON, `'\\''` in other texts",
            }
        } else {
            return;
        };
        self.suspect.get_or_insert(found);
    }

    fn unclosed(&mut self, quote: usize, mark: &str) {
        let open = Span::new(quote, quote + mark.len());
        let problem = match self.suspect {
            Some(Suspect { span, help }) => {
                let message = "this quote shifts all that follow, and the last one is never closed";
                Problem::new(Code::ShellSyntax, span, message).help(help)
            }
            None => Problem::new(Code::ShellSyntax, open, format!("this `{mark}` is never closed"))
                .help("close the quote, or escape it where it stands for itself"),
        };
        self.problems.push(problem);
        self.at = self.text.len();
    }

    fn double_quoted(&mut self, word: &mut Word) {
        let quote = self.at;
        self.at += 1;
        word.parts.push(Part::Copy(Span::at(self.at)));
        while let Some(letter) = self.peek() {
            if letter == '"' {
                self.at += 1;
                self.suspect(quote);
                return;
            }
            self.quoted_part(word);
        }
        self.unclosed(quote, "\"");
    }

    fn quoted_parts(&mut self, word: &mut Word, end: usize) {
        while self.at < end {
            self.quoted_part(word);
        }
    }

    /// One part of a text in which variables and some escapes count.
    fn quoted_part(&mut self, word: &mut Word) {
        let at = self.at;
        match self.bump() {
            Some('\\') => match self.peek() {
                Some(letter @ ('"' | '\\' | '$' | '`')) => {
                    self.at += 1;
                    word.parts.push(Part::Escape(Span::new(at, self.at), letter.to_string()));
                }
                Some('\n') => self.at += 1,
                _ => push_copy(word, Span::new(at, self.at)),
            },
            Some('$') => {
                self.at = at;
                self.dollar(word, Quotes::Double);
            }
            Some('`') => {
                self.at = at;
                self.backquoted(word);
            }
            _ => push_copy(word, Span::new(at, self.at)),
        }
    }
}

/// Appends text that follows on the part before it.
fn push_copy(word: &mut Word, span: Span) {
    match word.parts.last_mut() {
        Some(Part::Copy(last)) if last.end == span.start && !last.is_empty() => last.end = span.end,
        _ => word.parts.push(Part::Copy(span)),
    }
}

fn is_keyword(word: &str) -> bool {
    let keywords = [
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac",
        "function", "select", "in", "{", "}", "!", "[[", "time", "coproc",
    ];
    keywords.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Excerpt, Source};

    fn words(text: &str) -> Vec<Vec<String>> {
        let (script, _) = read(text).into_parts();
        let excerpt = Excerpt::whole(&Source::new("a.sh", text));
        let lookup = |name: &str| (name == "KEY").then(|| "value".to_owned());
        let decode = |word: &Word| word.decode(&excerpt, &lookup).text().to_owned();
        script.commands.iter().map(|command| command.all_words().map(decode).collect()).collect()
    }

    fn check(text: &str, expected: &[&[&str]]) {
        assert_eq!(words(text), expected, "{text}");
        assert!(read(text).problems().is_empty(), "{text}");
    }

    fn refuses(text: &str, span: Span) {
        let parsed = read(text);
        assert_eq!(parsed.problems().first().map(|problem| problem.span), Some(span), "{text}");
    }

    #[test]
    fn quotes_are_taken_off() {
        check(r#"echo 'a b' "c\"d" e\ f"#, &[&["echo", "a b", "c\"d", "e f"]]);
    }

    #[test]
    fn an_empty_word_is_a_word() {
        check("echo '' \"\"", &[&["echo", "", ""]]);
    }

    #[test]
    fn adjacent_quotes_are_one_word() {
        check(r#"echo 'a'"'"'b'"#, &[&["echo", "a'b"]]);
    }

    #[test]
    fn variables_are_filled_in_outside_single_quotes() {
        check(r#"echo "$KEY" ${KEY} '$KEY' ${NONE:-x}"#, &[&["echo", "value", "value", "$KEY", "x"]]);
    }

    #[test]
    fn a_continued_line_is_one_command() {
        check("curl \\\n  -s url", &[&["curl", "-s", "url"]]);
    }

    #[test]
    fn pipes_and_lists_divide_commands() {
        check("a | b && c; d\ne", &[&["a"], &["b"], &["c"], &["d"], &["e"]]);
    }

    #[test]
    fn a_comment_is_no_command() {
        check("# one\na # two\nb#c", &[&["a"], &["b#c"]]);
    }

    #[test]
    fn a_here_document_is_the_input_of_its_command() {
        check("cat <<EOF\na $KEY\nEOF\nb", &[&["cat", "a value\n"], &["b"]]);
        check("cat <<'EOF' | c\na $KEY\nEOF\n", &[&["cat", "a $KEY\n"], &["c"]]);
    }

    #[test]
    fn a_substitution_is_read_as_commands() {
        check("echo \"$(curl -s x)\"", &[&["curl", "-s", "x"], &["echo", ""]]);
    }

    #[test]
    fn an_assignment_stands_before_its_command() {
        let (script, _) = read("A=1 B='2 3' run x=4").into_parts();
        let names: Vec<_> =
            script.commands[0].assignments.iter().map(|assignment| assignment.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!(script.commands[0].words.len(), 2);
    }

    #[test]
    fn a_redirection_is_no_argument() {
        check("a 2>&1 >out.txt b", &[&["a", "b", "1", "out.txt"]]);
    }

    #[test]
    fn an_open_quote_is_underlined() {
        refuses("echo 'abc", Span::new(5, 6));
        refuses("echo \"abc", Span::new(5, 6));
        refuses("echo $(abc", Span::new(5, 7));
    }

    #[test]
    fn a_quote_that_was_left_open_before_is_underlined() {
        refuses("curl \"a \\\n  -H \"b\"\n", Span::new(5, 6));
        refuses("curl -d '{\"a\": \"What's up\"}'", Span::new(20, 21));
    }

    #[test]
    fn an_open_here_document_is_a_problem() {
        assert_eq!(read("cat <<EOF\nabc\n").problems().len(), 1);
    }

    #[test]
    fn loops_and_jobs_are_beyond() {
        assert_eq!(read("for x in a; do b; done").into_parts().0.beyond.len(), 3);
        assert_eq!(read("server & curl x").into_parts().0.beyond.len(), 1);
        assert_eq!(read("(a)").into_parts().0.beyond.len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z'\"$(){}<>|&;#\\\\ \n`=é-]{0,60}") {
            let (script, problems) = read(&text).into_parts();
            let excerpt = Excerpt::whole(&Source::new("a.sh", text.clone()));
            for word in script.commands.iter().flat_map(Command::all_words) {
                proptest::prop_assert!(text.get(word.span.range()).is_some());
                word.decode(&excerpt, &|_| None);
            }
            for problem in problems {
                proptest::prop_assert!(text.get(problem.span.range()).is_some());
            }
        }
    }
}
