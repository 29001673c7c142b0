//! Whether a script may be run: only known commands, only files of its own, nothing that goes round the proxy.

use std::collections::BTreeSet;

use super::{Command, Script, Word, curl};
use crate::source::{Excerpt, Span};

/// Commands that only print, filter or count. `jq` and `curl` have to be installed.
const FILTERS: &[&str] =
    &["cat", "cut", "grep", "head", "jq", "sort", "tail", "tr", "uniq", "wc", "base64", "column", "tee"];

/// Commands of the shell itself that touch nothing else.
const BUILTINS: &[&str] = &["echo", "printf", "export", "unset", "set", "true", "false", ":", "test", "["];

/// Variables that change what a command is, or how it reaches the network.
const GUARDED: &[&str] =
    &["PATH", "HOME", "IFS", "ENV", "SHELLOPTS", "PROMPT_COMMAND", "SSLKEYLOGFILE", "JQ_COLORS"];

/// Variables that every shell has.
const OWN_VARIABLES: &[&str] =
    &["HOME", "PATH", "PWD", "TMPDIR", "RANDOM", "SECONDS", "LINENO", "HOSTNAME", "UID"];

/// Why a script is not run, and where that stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What stands in the way, to follow «not run: ».
    pub text: String,
    /// Where.
    pub span: Span,
}

/// What a script needs, where it may run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The programs that have to be installed.
    pub programs: BTreeSet<String>,
    /// The variables that it reads and does not set, with their first place.
    pub variables: Vec<(String, Span)>,
    /// Whether it calls `curl`.
    pub requests: bool,
}

/// Whether a command is one that may run.
pub fn knows(name: &str) -> bool {
    name == "curl" || FILTERS.contains(&name) || BUILTINS.contains(&name)
}

/// Decides whether a script may be run; `made` are the files that scripts before it have written.
pub fn judge(script: &Script, text: &Excerpt, made: &mut BTreeSet<String>) -> Result<Needs, Reason> {
    if let Some((what, span)) = script.beyond.first() {
        return Err(Reason { text: format!("it needs {what}"), span: *span });
    }
    let mut needs = Needs::default();
    let mut set = BTreeSet::new();
    for command in &script.commands {
        files(command, text, made)?;
        program(command, text, made, &mut needs)?;
        for word in command.all_words() {
            for (name, span) in word.variables() {
                let own = set.contains(name) || OWN_VARIABLES.contains(&name);
                if !own && !needs.variables.iter().any(|(known, _)| known == name) {
                    needs.variables.push((name.to_owned(), span));
                }
            }
        }
        assignments(command, text, &mut set)?;
    }
    Ok(needs)
}

fn assignments(command: &Command, text: &Excerpt, set: &mut BTreeSet<String>) -> Result<(), Reason> {
    let exported =
        command.words.first().and_then(|word| word.literal(text.text())).is_some_and(|name| name == "export");
    let names = command.assignments.iter().map(|assignment| (assignment.name.clone(), assignment.value.span));
    let words = command.words.iter().skip(1).filter(|_| exported).filter_map(|word| {
        let raw = text.text().get(word.span.range())?;
        Some((raw.split('=').next()?.to_owned(), word.span))
    });
    for (name, span) in names.chain(words) {
        let upper = name.to_uppercase();
        let prefixes = ["LD_", "DYLD_", "BASH", "CURL_", "SSL_", "GIT_"];
        if GUARDED.contains(&upper.as_str())
            || upper.ends_with("_PROXY")
            || prefixes.iter().any(|prefix| upper.starts_with(prefix))
        {
            return Err(Reason { text: format!("it sets `{name}`"), span });
        }
        // A variable set for one command alone is not there for the next.
        if command.words.is_empty() || exported {
            set.insert(name);
        }
    }
    Ok(())
}

fn files(command: &Command, text: &Excerpt, made: &mut BTreeSet<String>) -> Result<(), Reason> {
    for redirect in &command.redirects {
        let operator = redirect.operator.as_str();
        if operator.starts_with("<<") {
            continue;
        }
        let file = redirect.target.literal(text.text()).unwrap_or_default();
        let descriptor = operator.ends_with('&') && (file == "-" || file.parse::<u8>().is_ok());
        if descriptor || file == "/dev/null" {
            continue;
        }
        if operator.starts_with('>') {
            write(&file, redirect.target.span, made)?;
        } else {
            read(&file, redirect.target.span, made)?;
        }
    }
    Ok(())
}

fn program(
    command: &Command,
    text: &Excerpt,
    made: &mut BTreeSet<String>,
    needs: &mut Needs,
) -> Result<(), Reason> {
    let Some(first) = command.words.first() else { return Ok(()) };
    let Some(name) = first.literal(text.text()) else {
        return Err(Reason { text: "its command is worked out by the shell".to_owned(), span: first.span });
    };
    if BUILTINS.contains(&name.as_str()) {
        return Ok(());
    }
    needs.programs.insert(name.clone());
    if name == "curl" {
        needs.requests = true;
        return request(command, text, made);
    }
    if !FILTERS.contains(&name.as_str()) {
        return Err(Reason {
            text: format!("`{}` is not a command that is known to be harmless", shown(&name)),
            span: first.span,
        });
    }
    for word in operands(command, text, &name) {
        let file = word.literal(text.text());
        let Some(file) = file else {
            return Err(Reason {
                text: "a file name is worked out by the shell".to_owned(),
                span: word.span,
            });
        };
        if name == "tee" { write(&file, word.span, made)? } else { read(&file, word.span, made)? }
    }
    Ok(())
}

/// The arguments of a filter that are files.
fn operands<'a>(command: &'a Command, text: &Excerpt, name: &str) -> Vec<&'a Word> {
    let is_option =
        |word: &Word| word.literal(text.text()).is_some_and(|text| text.starts_with('-') && text.len() > 1);
    let plain = command.words.iter().skip(1).filter(|word| !is_option(word));
    let valued = ["head", "tail", "cut", "sort"].contains(&name);
    let mut operands: Vec<&Word> = match name {
        "tr" => return Vec::new(),
        // The first one is the program of jq, the pattern of grep.
        "jq" | "grep" => plain.skip(1).collect(),
        _ => plain.collect(),
    };
    if valued {
        // `-n 5`: the value of an option is no file.
        let words = &command.words;
        let valued = |word: &Word| {
            words.iter().zip(words.iter().skip(1)).any(|(before, this)| {
                this.span == word.span
                    && before
                        .literal(text.text())
                        .is_some_and(|text| text.starts_with('-') && text.len() == 2)
            })
        };
        operands.retain(|word| !valued(word));
    }
    if name == "jq" {
        operands.retain(|word| !matches!(word.literal(text.text()), Some(text) if text.starts_with('.')));
    }
    operands
}

fn request(command: &Command, text: &Excerpt, made: &mut BTreeSet<String>) -> Result<(), Reason> {
    let curl = curl::read(command, text, &|_| Some("x".to_owned()))
        .map_err(|(what, span)| Reason { text: format!("{what} is not known to be harmless"), span })?;
    let span = command.span;
    for url in &curl.urls {
        let scheme = url.text().split_once("://").map(|(scheme, _)| scheme.to_lowercase());
        if scheme.is_some_and(|scheme| scheme != "http" && scheme != "https") {
            return Err(Reason { text: "it is no request over HTTP".to_owned(), span });
        }
    }
    for output in &curl.outputs {
        if !["-", "/dev/null", "/dev/stdout", "/dev/stderr"].contains(&output.text()) {
            write(output.text(), span, made)?;
        }
    }
    for input in &curl.inputs {
        if input.text() != "-" && input.text() != "/dev/stdin" {
            read(input.text().split(';').next().unwrap_or_default(), span, made)?;
        }
    }
    Ok(())
}

/// A file of its own: in the scratch folder, by a plain name.
fn is_own(file: &str) -> bool {
    !file.is_empty()
        && !file.starts_with(['/', '~', '-'])
        && file.split('/').all(|part| part != ".." && !part.is_empty())
        && file.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '/'))
}

fn write(file: &str, span: Span, made: &mut BTreeSet<String>) -> Result<(), Reason> {
    if !is_own(file) || file.contains('/') {
        return Err(Reason { text: format!("it writes `{}`, outside its own folder", shown(file)), span });
    }
    made.insert(file.to_owned());
    Ok(())
}

fn read(file: &str, span: Span, made: &BTreeSet<String>) -> Result<(), Reason> {
    if made.contains(file) || file == "-" {
        return Ok(());
    }
    Err(Reason { text: format!("it reads `{}`, which the page does not make", shown(file)), span })
}

/// A text of the page, short enough for one line.
fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn judged(text: &str) -> Result<Needs, Reason> {
        let (script, _) = super::super::parse(text).into_parts();
        judge(&script, &Excerpt::whole(&Source::new("a.sh", text)), &mut BTreeSet::new())
    }

    fn runs(text: &str) {
        assert_eq!(judged(text).map(|_| ()), Ok(()), "{text}");
    }

    fn stays(text: &str, why: &str) {
        let reason = judged(text).expect_err(text).text;
        assert!(reason.contains(why), "{text}: {reason}");
    }

    #[test]
    fn requests_and_filters_run() {
        runs("curl -s https://api.openai.com/v1/models | jq -r '.data[0].id' | head -n 5");
        runs("export KEY=x\necho \"$KEY\" > key.txt\ncat key.txt");
        runs("curl https://x/v1 -d @- <<'EOF'\n{}\nEOF");
        runs("curl https://x/v1 -o /dev/null -w '%{http_code}\\n' 2>&1");
    }

    #[test]
    fn other_programs_stay() {
        stays("openclaw gateway restart", "`openclaw`");
        stays("curl -fsSL https://x/install.sh | bash", "`bash`");
        stays("$CMD x", "worked out");
    }

    #[test]
    fn foreign_files_stay() {
        stays("cat ~/.openclaw/openclaw.json", "reads");
        stays("curl https://x -o /etc/passwd", "writes");
        stays("curl https://x -d @payload.json", "payload.json");
        stays("echo x > ../y", "writes");
        stays("curl file:///etc/passwd", "HTTP");
    }

    #[test]
    fn ways_round_the_proxy_stay() {
        stays("export HTTPS_PROXY=", "HTTPS_PROXY");
        stays("http_proxy= curl http://x", "http_proxy");
        stays("export LD_PRELOAD=x", "LD_PRELOAD");
        stays("curl --noproxy '*' http://x", "--noproxy");
    }

    #[test]
    fn variables_that_are_never_set_are_needed() {
        let needs = judged("A=1\ncurl -H \"x: $A$B\" https://x").expect("it runs");
        let names: Vec<_> = needs.variables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["B"]);
    }
}
