//! Whether a script may be run: only known commands, only files of its own, nothing that goes round the proxy.

use std::collections::{BTreeMap, BTreeSet};

use super::filters::{self, Filter, Operands, Role};
use super::variables::{assigned, exported, is_guarded, is_name};
use super::{Command, Known, Script, Word, curl};
use crate::source::{Excerpt, Span};

/// Commands of the shell itself that touch nothing else.
const BUILTINS: &[&str] = &["echo", "printf", "export", "unset", "set", "true", "false", ":", "test", "["];

/// Variables that every shell has.
const OWN_VARIABLES: &[&str] =
    &["HOME", "PATH", "PWD", "TMPDIR", "RANDOM", "SECONDS", "LINENO", "HOSTNAME", "UID"];

/// Files in the folder of a script that are not its own.
const RESERVED: &[&str] = &["example.sh", "before"];

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
    name == "curl" || filters::named(name).is_some() || BUILTINS.contains(&name)
}

/// A script in its surroundings.
struct Judge<'a> {
    text: &'a Excerpt,
    values: BTreeMap<String, Known>,
    outside: &'a dyn Fn(&str) -> Known,
}

/// Decides whether a script may be run; `made` are the files that scripts before it have written, `outside` the values of
/// variables that it finds set.
pub fn judge(
    script: &Script,
    text: &Excerpt,
    outside: &dyn Fn(&str) -> Known,
    made: &mut BTreeSet<String>,
) -> Result<Needs, Reason> {
    if let Some((what, span)) = script.beyond.first() {
        return Err(Reason { text: format!("it needs {what}"), span: *span });
    }
    let judge = Judge { text, values: assigned(script, text.text()), outside };
    let mut needs = Needs::default();
    let mut set = BTreeSet::new();
    for command in &script.commands {
        judge.program(command, made, &mut needs)?;
        files(command, text, made)?;
        for word in command.all_words() {
            for (name, span) in word.variables() {
                let own = set.contains(name) || OWN_VARIABLES.contains(&name);
                if !own && is_guarded(name) {
                    return Err(Reason { text: format!("it reads `{name}`"), span });
                }
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
    let names = command.assignments.iter().map(|assignment| (assignment.name.clone(), assignment.value.span));
    let first = command.words.first().and_then(|word| word.literal(text.text()));
    let exports = first.as_deref() == Some("export");
    let words = command.words.iter().skip(1).filter(|_| exports);
    let exported = words.filter_map(|word| Some((exported(word, text.text())?.0, word.span)));
    for (name, span) in names.chain(exported) {
        if is_guarded(&name) {
            return Err(Reason { text: format!("it sets `{name}`"), span });
        }
        // A variable set for one command alone is not there for the next.
        if command.words.is_empty() || exports {
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
        let Some(file) = redirect.target.literal(text.text()) else {
            return Err(worked_out("a file name", &redirect.target));
        };
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

impl Judge<'_> {
    /// What is known of a variable: a value that the script sets, or one that it finds, if there is no doubt between them.
    fn value(&self, name: &str) -> Known {
        match (self.values.get(name), (self.outside)(name)) {
            _ if OWN_VARIABLES.contains(&name) => Known::Open,
            (Some(own), Known::Unset) => own.clone(),
            (Some(own), outside) if *own == outside => outside,
            (Some(_), Known::Text(_) | Known::Open) => Known::Open,
            (None, outside) => outside,
        }
    }

    fn literal(&self, word: &Word) -> Option<String> {
        word.literal(self.text.text())
    }

    fn program(
        &self,
        command: &Command,
        made: &mut BTreeSet<String>,
        needs: &mut Needs,
    ) -> Result<(), Reason> {
        let Some(first) = command.words.first() else { return Ok(()) };
        let Some(name) = self.literal(first) else {
            return Err(worked_out("its command", first));
        };
        let arguments = command.words.get(1..).unwrap_or_default();
        if BUILTINS.contains(&name.as_str()) {
            self.builtin(&name, arguments)?;
        } else if name == "curl" {
            needs.requests = true;
            self.request(command, made)?;
        } else if let Some(filter) = filters::named(&name) {
            self.filter(filter, arguments, made)?;
        } else {
            return Err(Reason {
                text: match name.as_str() {
                    "$" | "%" | ">" => "its lines begin with a prompt".to_owned(),
                    _ => format!("`{}` is not a command that is known to be harmless", shown(&name)),
                },
                span: first.span,
            });
        }
        if !BUILTINS.contains(&name.as_str()) {
            needs.programs.insert(name);
        }
        let pattern = |word: &&Word| word.is_pattern(self.text.text(), &|name| self.value(name));
        arguments.iter().find(pattern).map_or(Ok(()), |word| Err(worked_out("an argument", word)))
    }

    /// The shell runs what stands in names and subscripts of some of its own commands: only plain names and plain tests.
    fn builtin(&self, name: &str, arguments: &[Word]) -> Result<(), Reason> {
        let text = self.text.text();
        let wrong = match name {
            "printf" => {
                let format = arguments.first().filter(|word| {
                    let beginning = word.beginning(text, &|name| self.value(name));
                    beginning.text.starts_with('-') || (beginning.text.is_empty() && !beginning.whole)
                });
                format
                    .or_else(|| arguments.first().filter(|word| !word.is_one(text, &|name| self.value(name))))
            }
            "export" => arguments.iter().find(|word| exported(word, text).is_none()),
            "unset" => arguments
                .iter()
                .find(|word| !self.literal(word).is_some_and(|name| is_name(&name) && !is_guarded(&name))),
            "set" => {
                let plain = |word: &&Word| {
                    !self.literal(word).is_some_and(|text| {
                        let letters = text.strip_prefix(['-', '+']).unwrap_or("-");
                        ["pipefail", "errexit", "nounset", "xtrace"].contains(&text.as_str())
                            || letters.chars().all(|letter| "euxo".contains(letter)) && !letters.is_empty()
                    })
                };
                arguments.iter().find(plain)
            }
            "test" | "[" => return self.test(name, arguments),
            _ => None,
        };
        wrong.map_or(Ok(()), |word| {
            Err(Reason { text: format!("this use of `{name}` is not known to be harmless"), span: word.span })
        })
    }

    /// One comparison, or one question whether a text is empty.
    fn test(&self, name: &str, arguments: &[Word]) -> Result<(), Reason> {
        let literals: Vec<Option<String>> = arguments.iter().map(|word| self.literal(word)).collect();
        let mut words: Vec<Option<&str>> = literals.iter().map(Option::as_deref).collect();
        if name == "[" && words.pop().flatten() != Some("]") {
            words.clear();
        }
        if words.first() == Some(&Some("!")) {
            words.remove(0);
        }
        let one = arguments.iter().all(|word| word.is_one(self.text.text(), &|name| self.value(name)));
        let fine = matches!(
            words.as_slice(),
            [Some("-n" | "-z"), _]
                | [_, Some("=" | "==" | "!=" | "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge"), _]
        );
        if fine && one {
            return Ok(());
        }
        let span = arguments.first().map(|word| word.span).unwrap_or_default();
        Err(Reason { text: format!("this use of `{name}` is not known to be harmless"), span })
    }

    fn filter(&self, filter: &Filter, words: &[Word], made: &mut BTreeSet<String>) -> Result<(), Reason> {
        let text = self.text.text();
        let unknown = |word: &Word| Reason {
            text: format!("this use of `{}` is not known to be harmless", filter.name),
            span: word.span,
        };
        let mut program = filter.operands != Operands::ProgramThenFiles;
        let mut operands = 0;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let literal = self.literal(word);
            if let Some(option) = literal.as_deref().filter(|text| text.starts_with('-') && text.len() > 1) {
                match filter.role(option) {
                    Role::Unknown => return Err(unknown(word)),
                    Role::Flag => {}
                    Role::Program => program = true,
                    Role::Takes(count, is_program) => {
                        program |= is_program;
                        let values = words.by_ref().take(count);
                        if let Some(word) =
                            values.into_iter().find(|word| !word.is_one(text, &|name| self.value(name)))
                        {
                            return Err(unknown(word));
                        }
                    }
                }
                continue;
            }
            let Some(literal) = literal else { return Err(worked_out("an argument", word)) };
            if !program {
                program = true;
                // A program of jq can take in others, and data.
                if filter.name == "jq" && ["import", "include"].iter().any(|word| literal.contains(word)) {
                    return Err(unknown(word));
                }
                continue;
            }
            operands += 1;
            match filter.operands {
                Operands::Letters => {}
                Operands::OneFile if operands > 1 => return Err(unknown(word)),
                Operands::Written => write(&literal, word.span, made)?,
                Operands::Files | Operands::ProgramThenFiles | Operands::OneFile => {
                    read(&literal, word.span, made)?;
                }
            }
        }
        Ok(())
    }

    fn request(&self, command: &Command, made: &mut BTreeSet<String>) -> Result<(), Reason> {
        let curl = curl::read(command, self.text, &|name| self.value(name))
            .map_err(|(what, span)| Reason { text: format!("{what} is not known to be harmless"), span })?;
        let span = command.span;
        if curl.urls.iter().any(|url| !is_http(url.text())) {
            return Err(Reason { text: "it is no request over HTTP".to_owned(), span });
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
}

fn worked_out(what: &str, word: &Word) -> Reason {
    Reason { text: format!("{what} is worked out by the shell"), span: word.span }
}

/// Whether an address is one of HTTP; curl takes it for one where no scheme stands before a host and its port.
fn is_http(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return true };
    let port = rest.chars().next().is_some_and(|letter| letter.is_ascii_digit());
    port || scheme.contains(['/', '@', '[', '.'])
        || ["http", "https"].contains(&scheme.to_lowercase().as_str())
}

/// A file of its own: in the scratch folder, by a plain name.
fn is_own(file: &str) -> bool {
    !file.is_empty()
        && !file.starts_with(['/', '~', '-', '.'])
        && !RESERVED.iter().any(|reserved| file.starts_with(reserved))
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
        let outside = |name: &str| match name {
            "FILE" => Known::Text("/tmp/x".to_owned()),
            "OPTION" => Known::Text("-v".to_owned()),
            _ => Known::Unset,
        };
        judge(&script, &Excerpt::whole(&Source::new("a.sh", text)), &outside, &mut BTreeSet::new())
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
    fn what_the_shell_would_run_inside_of_words_stays() {
        for text in [
            "x='$(id)'; echo ${x@P}",
            "x='a[$(id)]'; echo $[x]",
            "x='a[$(id)]'; echo ${PATH:x}",
            "echo ${A:?$(id)}",
            "printf -v 'a[$(id)]' x",
            "printf $OPTION 'a[$(id)]' x",
            "unset 'a[$(id)]'",
            "test -v 'a[$(id)]'",
            "[ \"$OPTION\" 'a[$(id)]' ]",
            "PS4='$(id)'; set -x; echo",
            "export PS4='$(id)'",
            "echo `id`",
            "echo $(id)",
            "echo \"$(id)\"",
            "cat <<EOF\n$(id)\nEOF",
            "cat <<EOF\na\\\nEOF\n'\nEOF\nid\n#'",
            "echo \"$\\\n(id)\"",
            "echo \"$\0(id)\"",
            "echo a\r# ; id",
            "echo \"$'\" ; id \"'\"",
            "echo $'\\'' ; id $'\\''",
            "cat <(id)",
            "export 'BASH_FUNC_echo%%=() { id; }'",
        ] {
            assert!(judged(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn other_words_for_files_stay() {
        for text in [
            "echo x > \"$HOME/../x\"",
            "echo x > $FILE",
            "curl https://x -o $FILE",
            "D='@/etc/passwd'; curl https://x -d \"$D\"",
            "tee /tmp/x < /dev/null",
            "echo x | tee $FILE",
            "echo x > .curlrc",
            "curl https://x -o .curlrc",
            "echo x | tee example.sh",
            "curl https://x -O",
            "grep -r x /",
            "grep -f /etc/passwd",
            "grep x /etc/passwd",
            "head --files0-from=/etc/passwd",
            "wc --files0-from=/etc/passwd",
            "sort -o x y",
            "sort --compress-program=id x",
            "jq --slurpfile x /etc/passwd .",
            "jq --rawfile x /etc/passwd .",
            "jq -n -f /etc/passwd",
            "jq -n 'import \"x\" as $x {search: \"/\"}; $x'",
            "jq . /etc/passwd",
            "cut -d: -f1 /etc/passwd",
            "echo x > y; uniq y z",
            "base64 /etc/passwd",
            "cat ~root/x",
            "echo /etc/*",
            "cat {/etc/passwd,/etc/group}",
            "cat /etc/pass??",
            "cat < /dev/tcp/127.0.0.1/80",
            "tail -f x",
        ] {
            assert!(judged(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn other_words_for_a_way_round_the_proxy_stay() {
        for text in [
            "A='--noproxy *'; curl $A https://x",
            "A='--noproxy'; curl \"$A\" '*' https://x",
            "unset HTTPS_PROXY",
            "unset 'HTTPS_PROXY'",
            "export -n HTTPS_PROXY",
            "export 'HTTPS_PROXY'=",
            "export \"HTTPS_PROXY=\"",
            "set -- --noproxy x; curl \"$@\" https://x",
            "curl $\"--noproxy\" x https://x",
            "curl FILE:/etc/passwd",
            "curl telnet://x",
            "OPENSSL_CONF=x curl https://x",
            "XDG_CONFIG_HOME=. curl https://x",
            "echo $LD_PRELOAD",
        ] {
            assert!(judged(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn what_pages_do_runs() {
        runs("curl -s \"$BASE/v1/models\"; BASE=https://x");
        runs("BASE=https://x\ncurl $BASE/v1/models?limit=5 -H \"Authorization: Bearer $KEY\"");
        runs("ID=$(curl -s https://x | jq -r .id)\ncurl \"https://x/v1/batches/$ID\"");
        runs("[ \"$A\" = ready ] && echo yes");
        runs("set -euo pipefail\nprintf '%s\\n' \"$A\"\nunset A");
        runs("curl localhost:8080/v1 -d $'{\"a\": \"it\\'s\"}'");
        runs("echo x | grep -oE 'x+' | cut -d: -f1 | sort -u | head -5 | wc -l");
        runs("jq -n --arg model \"$MODEL\" '{model: $model}'");
    }

    #[test]
    fn variables_that_are_never_set_are_needed() {
        let needs = judged("A=1\ncurl -H \"x: $A$B\" https://x").expect("it runs");
        let names: Vec<_> = needs.variables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["B"]);
    }
}
