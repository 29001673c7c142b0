//! What a curl command sends, and where each part of it stands.

use super::{Command, Word};
use crate::source::{Excerpt, Span};

/// How an option of curl is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Option_ {
    /// Stands alone.
    Flag,
    /// Takes a value that we need not know.
    Value,
    /// Takes a file to write.
    Output,
    /// `-X`.
    Method,
    /// `-H`.
    Header,
    /// `-d` and its kin; a value from `@` is a file.
    Data,
    /// `--data-raw`: `@` stands for itself.
    RawData,
    /// `-F`; `=@` names a file.
    Form,
    /// `-u`.
    User,
    /// `--url`.
    Url,
    /// `-T`, `-K`, …: a file to read.
    Input,
}

/// The options that a page may use, as `curl --help all` of version 8.14 lists them (2025-06); one that is not listed,
/// such as those that go round the proxy, keeps a command from being run.
const OPTIONS: &[(&str, &str, Option_)] = {
    use Option_::{Data, Flag, Form, Header, Input, Method, Output, RawData, Url, User, Value};
    &[
        ("-X", "--request", Method),
        ("-H", "--header", Header),
        ("-d", "--data", Data),
        ("", "--data-ascii", Data),
        ("", "--data-binary", Data),
        ("", "--data-raw", RawData),
        ("", "--json", Data),
        ("", "--data-urlencode", Value),
        ("-F", "--form", Form),
        ("", "--form-string", Value),
        ("-u", "--user", User),
        ("", "--oauth2-bearer", User),
        ("", "--url", Url),
        ("-o", "--output", Output),
        ("-D", "--dump-header", Output),
        ("-c", "--cookie-jar", Output),
        ("-T", "--upload-file", Input),
        ("-b", "--cookie", Value),
        ("-A", "--user-agent", Value),
        ("-e", "--referer", Value),
        ("-m", "--max-time", Value),
        ("-r", "--range", Value),
        ("-w", "--write-out", Value),
        ("", "--connect-timeout", Value),
        ("", "--limit-rate", Value),
        ("", "--max-redirs", Value),
        ("", "--retry", Value),
        ("", "--retry-delay", Value),
        ("", "--retry-max-time", Value),
        ("", "--max-filesize", Value),
        ("", "--expect100-timeout", Value),
        ("-f", "--fail", Flag),
        ("", "--fail-with-body", Flag),
        ("-s", "--silent", Flag),
        ("-S", "--show-error", Flag),
        ("-L", "--location", Flag),
        ("-i", "--include", Flag),
        ("", "--show-headers", Flag),
        ("-I", "--head", Flag),
        ("-v", "--verbose", Flag),
        ("-N", "--no-buffer", Flag),
        ("-G", "--get", Flag),
        ("-g", "--globoff", Flag),
        ("-k", "--insecure", Flag),
        ("-O", "--remote-name", Flag),
        ("-J", "--remote-header-name", Flag),
        ("-#", "--progress-bar", Flag),
        ("", "--no-progress-meter", Flag),
        ("", "--compressed", Flag),
        ("-0", "--http1.0", Flag),
        ("", "--http1.1", Flag),
        ("", "--http2", Flag),
        ("-4", "--ipv4", Flag),
        ("-6", "--ipv6", Flag),
        ("", "--retry-all-errors", Flag),
        ("", "--retry-connrefused", Flag),
        ("", "--tlsv1.2", Flag),
        ("", "--tlsv1.3", Flag),
        ("", "--create-dirs", Flag),
    ]
};

/// What a curl command sends.
#[derive(Clone, Debug)]
pub struct Curl {
    /// The program's word in the script.
    pub program: Span,
    /// The addresses; curl takes several.
    pub urls: Vec<Excerpt>,
    /// `-X`.
    pub method: Option<Excerpt>,
    /// `-H`, each a line `Name: value`.
    pub headers: Vec<Excerpt>,
    /// `-u` and the like.
    pub user: Option<Excerpt>,
    /// What `-d` and its kin hold, in order.
    pub data: Vec<Excerpt>,
    /// Files that are read.
    pub inputs: Vec<Excerpt>,
    /// Files that are written.
    pub outputs: Vec<Excerpt>,
}

/// Why a command cannot be read as curl: a part that is not known, and where.
pub type Unknown = (String, Span);

/// Reads the arguments of a curl command; spans in the excerpts point into the page.
pub fn read(
    command: &Command,
    script: &Excerpt,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Curl, Unknown> {
    let program = command.words.first().map(|word| word.span).unwrap_or_default();
    let mut reader = Reader { script, lookup, curl: Curl::new(program), words: command.words.iter().skip(1) };
    while let Some(word) = reader.words.next() {
        reader.argument(word)?;
    }
    for redirect in command.redirects.iter().filter(|redirect| redirect.operator.starts_with("<<")) {
        let text = redirect.target.decode(script, lookup);
        let stdin = |data: &Excerpt| data.text() == "@-" || data.text() == "@/dev/stdin";
        for data in reader.curl.data.iter_mut().filter(|data| stdin(data)) {
            *data = text.clone();
        }
        reader.curl.inputs.retain(|input| input.text() != "-");
    }
    Ok(reader.curl)
}

impl Curl {
    fn new(program: Span) -> Self {
        Self {
            program,
            urls: Vec::new(),
            method: None,
            headers: Vec::new(),
            user: None,
            data: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// The header of a name in lower case: the whole line, and its value.
    pub fn header(&self, name: &str) -> Option<(&Excerpt, Excerpt)> {
        self.headers.iter().rev().find_map(|line| {
            let (found, _) = line.text().split_once(':')?;
            let start = found.len() + 1;
            let value = line.text().get(start..)?;
            let space = value.len() - value.trim_start().len();
            let span = Span::new(start + space, line.text().len());
            found.trim().eq_ignore_ascii_case(name).then(|| (line, line.part(span)))
        })
    }
}

struct Reader<'a> {
    script: &'a Excerpt,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    curl: Curl,
    words: std::iter::Skip<std::slice::Iter<'a, Word>>,
}

impl<'a> Reader<'a> {
    fn argument(&mut self, word: &'a Word) -> Result<(), Unknown> {
        let decoded = word.decode(self.script, self.lookup);
        let text = decoded.text().to_owned();
        if text.starts_with("--") {
            return self.long(&text, word, &decoded);
        }
        if text.starts_with('-') && text.len() > 1 {
            return self.short(&text, word, &decoded);
        }
        self.curl.urls.push(decoded);
        Ok(())
    }

    fn long(&mut self, text: &str, word: &Word, decoded: &Excerpt) -> Result<(), Unknown> {
        let (name, value) = match text.split_once('=') {
            Some((name, _)) => (name, Some(decoded.part(Span::new(name.len() + 1, text.len())))),
            None => (text, None),
        };
        let found = OPTIONS.iter().find(|(_, long, _)| *long == name);
        let Some((_, _, option)) = found else {
            return Err((format!("`curl {name}`"), word.span));
        };
        if *option == Option_::Flag {
            return Ok(());
        }
        match value {
            Some(value) => self.apply(*option, value, word.span),
            None => self.next(*option, word.span),
        }
    }

    /// Short options may be joined, the last one with its value: `-sSXPOST`.
    fn short(&mut self, text: &str, word: &Word, decoded: &Excerpt) -> Result<(), Unknown> {
        for (at, letter) in text.char_indices().skip(1) {
            let name = format!("-{letter}");
            let found = OPTIONS.iter().find(|(short, _, _)| *short == name);
            let Some((_, _, option)) = found else {
                return Err((format!("`curl {name}`"), word.span));
            };
            if *option == Option_::Flag {
                continue;
            }
            let rest = Span::new(at + letter.len_utf8(), text.len());
            if rest.is_empty() {
                return self.next(*option, word.span);
            }
            return self.apply(*option, decoded.part(rest), word.span);
        }
        Ok(())
    }

    fn next(&mut self, option: Option_, span: Span) -> Result<(), Unknown> {
        match self.words.next() {
            Some(word) => {
                let value = word.decode(self.script, self.lookup);
                self.apply(option, value, word.span)
            }
            None => Err(("an option of `curl` without its value".to_owned(), span)),
        }
    }

    fn apply(&mut self, option: Option_, value: Excerpt, span: Span) -> Result<(), Unknown> {
        match option {
            Option_::Flag | Option_::Value => {}
            Option_::Output => self.curl.outputs.push(value),
            Option_::Method => self.curl.method = Some(value),
            Option_::Header if value.text().starts_with('@') => {
                return Err(("headers from a file".to_owned(), span));
            }
            Option_::Header => self.curl.headers.push(value),
            Option_::User => self.curl.user = Some(value),
            Option_::Url => self.curl.urls.push(value),
            Option_::RawData => self.curl.data.push(value),
            Option_::Data => {
                if let Some(file) = value.text().strip_prefix('@') {
                    let start = value.text().len() - file.len();
                    self.curl.inputs.push(value.part(Span::new(start, value.text().len())));
                }
                self.curl.data.push(value);
            }
            Option_::Form => {
                if let Some((field, _)) =
                    value.text().split_once("=@").or_else(|| value.text().split_once("=<"))
                {
                    self.curl.inputs.push(value.part(Span::new(field.len() + 2, value.text().len())));
                }
            }
            Option_::Input => self.curl.inputs.push(value),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn curl(text: &str) -> Result<Curl, Unknown> {
        let (script, _) = super::super::parse(text).into_parts();
        let excerpt = Excerpt::whole(&Source::new("a.sh", text));
        read(&script.commands[0], &excerpt, &|name| (name == "KEY").then(|| "secret".to_owned()))
    }

    #[test]
    fn joined_options_are_read() {
        let curl = curl("curl -sSXPOST https://x/v1 -d'{}'").expect("it is known");
        assert_eq!(curl.method.expect("there").text(), "POST");
        assert_eq!(curl.urls[0].text(), "https://x/v1");
        assert_eq!(curl.data[0].text(), "{}");
    }

    #[test]
    fn a_header_value_points_to_its_place() {
        let text = r#"curl https://x -H "Authorization: Bearer $KEY""#;
        let curl = curl(text).expect("it is known");
        let (_, value) = curl.header("authorization").expect("there");
        assert_eq!(value.text(), "Bearer secret");
        assert_eq!(text.get(value.span().range()), Some("Bearer $KEY"));
    }

    #[test]
    fn a_body_from_a_here_document_is_found() {
        let curl = curl("curl https://x -d @- <<'EOF'\n{}\nEOF\n").expect("it is known");
        assert_eq!(curl.data[0].text(), "{}\n");
    }

    #[test]
    fn what_goes_round_the_proxy_is_not_known() {
        assert!(curl("curl --noproxy '*' https://x").is_err());
        assert!(curl("curl -x http://y https://x").is_err());
        assert!(curl("curl -K file").is_err());
    }
}
