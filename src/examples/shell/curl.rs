//! What a curl command sends, and where each part of it stands.

use super::{Command, Known, Word};
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
    /// `--form-string`: `@` stands for itself.
    RawForm,
    /// `-u`.
    User,
    /// `--url`.
    Url,
    /// `-T`: a file to read.
    Input,
    /// `-b`: a file, where it holds no `=`.
    Cookie,
    /// `-w`, which reads and writes files as well.
    Format,
    /// `--data-urlencode`: a file behind `@`.
    Encoded,
}

/// The options that a page may use, as `curl --help all` of version 8.14 lists them (2025-06); one that is not listed,
/// such as those that go round the proxy, keeps a command from being run.
const OPTIONS: &[(&str, &str, Option_)] = {
    use Option_::{
        Cookie, Data, Encoded, Flag, Form, Format, Header, Input, Method, Output, RawData, RawForm, Url,
        User, Value,
    };
    &[
        ("-X", "--request", Method),
        ("-H", "--header", Header),
        ("-d", "--data", Data),
        ("", "--data-ascii", Data),
        ("", "--data-binary", Data),
        ("", "--data-raw", RawData),
        ("", "--json", Data),
        ("", "--data-urlencode", Encoded),
        ("-F", "--form", Form),
        ("", "--form-string", RawForm),
        ("-u", "--user", User),
        ("", "--oauth2-bearer", User),
        ("", "--url", Url),
        ("-o", "--output", Output),
        ("-D", "--dump-header", Output),
        ("-c", "--cookie-jar", Output),
        ("-T", "--upload-file", Input),
        ("-b", "--cookie", Cookie),
        ("-A", "--user-agent", Value),
        ("-e", "--referer", Value),
        ("-m", "--max-time", Value),
        ("-r", "--range", Value),
        ("-w", "--write-out", Format),
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
    /// `-F` and `--form-string`, each a field `name=value`.
    pub fields: Vec<Excerpt>,
    /// Files that are read.
    pub inputs: Vec<Excerpt>,
    /// Files that are written.
    pub outputs: Vec<Excerpt>,
}

/// Why a command cannot be read as curl: a part that is not known, and where.
pub type Unknown = (String, Span);

/// Reads the arguments of a curl command; spans in the excerpts point into the page. What only the shell knows is refused
/// wherever it could be another option, or the name of a file.
pub fn read(command: &Command, script: &Excerpt, values: &dyn Fn(&str) -> Known) -> Result<Curl, Unknown> {
    let program = command.words.first().map(|word| word.span).unwrap_or_default();
    let lookup = |name: &str| match values(name) {
        Known::Text(text) => Some(text),
        Known::Unset | Known::Open => None,
    };
    let lookup = &lookup;
    let mut reader =
        Reader { script, values, lookup, curl: Curl::new(program), words: command.words.iter().skip(1) };
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
            fields: Vec::new(),
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
    values: &'a dyn Fn(&str) -> Known,
    lookup: &'a dyn Fn(&str) -> Option<String>,
    curl: Curl,
    words: std::iter::Skip<std::slice::Iter<'a, Word>>,
}

impl<'a> Reader<'a> {
    fn argument(&mut self, word: &'a Word) -> Result<(), Unknown> {
        let decoded = self.decode(word)?;
        let text = decoded.text().to_owned();
        let beginning = word.beginning(self.script.text(), self.values);
        if !beginning.whole {
            // The address may end in what only the shell knows, but not begin with it.
            let address = beginning.text.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
            let letters = beginning.text.strip_prefix('-').unwrap_or_default();
            let option = !letters.is_empty() && !letters.starts_with('-');
            if !address && !option {
                return Err(("an argument of `curl` that the shell works out".to_owned(), word.span));
            }
        }
        if text.starts_with("--") {
            return self.long(&text, word, &decoded);
        }
        if text.starts_with('-') && text.len() > 1 {
            return self.short(&text, word, &decoded);
        }
        self.apply(Option_::Url, decoded, word)
    }

    fn decode(&self, word: &Word) -> Result<Excerpt, Unknown> {
        if word.is_one(self.script.text(), self.values) {
            return Ok(word.decode(self.script, self.lookup));
        }
        Err(("an argument of `curl` that the shell works out".to_owned(), word.span))
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
            Some(value) => self.apply(*option, value, word),
            None => self.next(*option, word.span),
        }
    }

    /// Short options may be joined, the last one with its value: `-sSXPOST`.
    fn short(&mut self, text: &str, word: &Word, decoded: &Excerpt) -> Result<(), Unknown> {
        let whole = word.beginning(self.script.text(), self.values).whole;
        let open = || Err(("an argument of `curl` that the shell works out".to_owned(), word.span));
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
                return if whole { self.next(*option, word.span) } else { open() };
            }
            return self.apply(*option, decoded.part(rest), word);
        }
        if whole { Ok(()) } else { open() }
    }

    fn next(&mut self, option: Option_, span: Span) -> Result<(), Unknown> {
        match self.words.next() {
            Some(word) => {
                let value = self.decode(word)?;
                self.apply(option, value, word)
            }
            None => Err(("an option of `curl` without its value".to_owned(), span)),
        }
    }

    fn apply(&mut self, option: Option_, value: Excerpt, word: &Word) -> Result<(), Unknown> {
        self.trust(option, &value, word)?;
        match option {
            Option_::Flag | Option_::Value | Option_::Cookie | Option_::Format | Option_::Encoded => {}
            Option_::Output => self.curl.outputs.push(value),
            Option_::Method => self.curl.method = Some(value),
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
                self.curl.fields.push(value);
            }
            Option_::RawForm => self.curl.fields.push(value),
            Option_::Input => self.curl.inputs.push(value),
        }
        Ok(())
    }

    /// Whether a value is what its option makes it, whatever the shell puts into it: no name of a file that is not seen.
    fn trust(&self, option: Option_, value: &Excerpt, word: &Word) -> Result<(), Unknown> {
        let beginning = word.beginning(self.script.text(), self.values);
        let whole = beginning.whole;
        let text = value.text();
        // Of a value that stands in one word with its option the beginning is that of the word.
        let known = if whole {
            text.to_owned()
        } else {
            let begun = beginning
                .text
                .len()
                .saturating_sub(word.decode(self.script, self.lookup).text().len() - text.len());
            text.get(..begun.min(text.len())).unwrap_or_default().to_owned()
        };
        let begins = whole || !known.is_empty();
        let key = known.split_once('=').map(|(key, _)| key);
        let fine = match option {
            Option_::Flag | Option_::Value | Option_::User | Option_::RawData | Option_::RawForm => true,
            Option_::Output | Option_::Input | Option_::Method => whole,
            Option_::Url => !known.starts_with(['@', '-']) && begins,
            Option_::Header => begins && !known.starts_with('@'),
            Option_::Data => begins && (whole || !known.starts_with('@')),
            Option_::Cookie => key.is_some(),
            Option_::Format => whole && !known.starts_with('@') && !known.contains("%output"),
            Option_::Encoded => key.map_or(whole && !known.contains('@'), |key| !key.contains('@')),
            Option_::Form => {
                let content = known.split_once('=').map(|(_, content)| content);
                let file = content.is_some_and(|content| content.starts_with(['@', '<']));
                let begun = content.is_some_and(|content| !content.is_empty());
                whole && !known.contains(";headers") || begun && !file && !known.contains(';')
            }
        };
        if fine { Ok(()) } else { Err(("a value of `curl` that may name a file".to_owned(), word.span)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn curl(text: &str) -> Result<Curl, Unknown> {
        let (script, _) = super::super::parse(text).into_parts();
        let excerpt = Excerpt::whole(&Source::new("a.sh", text));
        read(&script.commands[0], &excerpt, &|name| match name {
            "KEY" => Known::Text("secret".to_owned()),
            "FILE" => Known::Text("@/etc/passwd".to_owned()),
            "WORDS" => Known::Text("--noproxy *".to_owned()),
            "OPEN" => Known::Open,
            _ => Known::Unset,
        })
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
        assert!(curl("curl -x '' https://x").is_err());
        assert!(curl("curl -q https://x").is_err());
        assert!(curl("curl --noprox '*' https://x").is_err());
    }

    #[test]
    fn an_option_that_the_shell_works_out_is_refused() {
        assert!(curl("curl $WORDS https://x").is_err());
        assert!(curl("curl $NONE https://x").is_err());
        assert!(curl("curl -H $NONE --noproxy https://x").is_err());
        assert!(curl("curl \"$OPEN\" https://x").is_err());
        assert!(curl("curl \"$(echo --noproxy)\" https://x").is_err());
        assert!(curl("curl {--noproxy,x,https://x}").is_err());
        assert!(curl("curl https://x/v1/batches/$KEY").is_ok());
        assert!(curl("curl \"https://x/v1/batches/$OPEN\"").is_ok());
        assert!(curl("curl https://x/v1/batches/$OPEN").is_err());
        assert!(curl("curl https://x/v1/models?limit=5").is_ok());
    }

    #[test]
    fn a_value_that_may_name_a_file_is_refused() {
        for arguments in [
            "-H @x",
            "-H \"$FILE\"",
            "-H \"$OPEN\"",
            "-d \"$OPEN\"",
            "-d \"@$OPEN\"",
            "-b /etc/passwd",
            "-w @/etc/passwd",
            "-w '%output{/etc/x}'",
            "-w \"$OPEN\"",
            "--url @x",
            "-o \"$OPEN\"",
            "--data-urlencode name@/etc/passwd",
            "--data-urlencode @/etc/passwd",
            "-F 'x=y;headers=@/etc/passwd'",
            "-F \"x=$OPEN\"",
            "-F \"$OPEN\"",
            "-O",
        ] {
            assert!(curl(&format!("curl {arguments} https://x")).is_err(), "{arguments}");
        }
        for arguments in [
            "-H \"x: $OPEN\"",
            "-d \"{$OPEN}\"",
            "--data-raw \"$OPEN\"",
            "-u \"$KEY:\"",
            "-b 'a=b'",
            "--data-urlencode 'q=a@b'",
            "-F \"x=a$OPEN\"",
            "-d\"{$OPEN}\"",
        ] {
            assert!(curl(&format!("curl {arguments} https://x")).is_ok(), "{arguments}");
        }
    }

    #[test]
    fn a_file_in_a_variable_is_an_input() {
        let curl = curl("curl -d \"$FILE\" https://x").expect("it is known");
        assert_eq!(curl.inputs[0].text(), "/etc/passwd");
    }
}
