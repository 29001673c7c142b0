//! Variables: which a page may set, and what a script makes of them.

use std::collections::BTreeMap;

use super::{Known, Script, Word};

/// Variables that change what a command is, what it reads, or how it reaches the network: those of bash 5.2, curl 8.14, jq
/// 1.7, OpenSSL 3 and the libraries of the system, by their manual pages.
const GUARDED: &[&str] = &[
    "PATH",
    "HOME",
    "IFS",
    "ENV",
    "SHELLOPTS",
    "SHELL",
    "PS0",
    "PS1",
    "PS2",
    "PS3",
    "PS4",
    "CDPATH",
    "GLOBIGNORE",
    "EXECIGNORE",
    "FIGNORE",
    "INPUTRC",
    "MAIL",
    "MAILPATH",
    "POSIXLY_CORRECT",
    "FUNCNEST",
    "TMPDIR",
    "PROMPT_COMMAND",
    "TIMEFORMAT",
    "LANG",
    "LANGUAGE",
    "LOCPATH",
    "NLSPATH",
    "TEXTDOMAIN",
    "TEXTDOMAINDIR",
    "GCONV_PATH",
    "HOSTALIASES",
    "RES_OPTIONS",
    "LOCALDOMAIN",
    "RESOLV_HOST_CONF",
    "GETCONF_DIR",
    "TERMINFO",
    "TERM",
    "TZ",
    "TZDIR",
    "SSLKEYLOGFILE",
    "NETRC",
    "QLOGDIR",
    "PWD",
    "OLDPWD",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "UID",
    "EUID",
    "PPID",
    "OPTIND",
    "OPTERR",
    "OPTARG",
    "_",
];

/// The beginnings of the names of others of that kind.
const GUARDED_PREFIXES: &[&str] = &[
    "BASH", "LD_", "DYLD_", "LC_", "CURL_", "SSL_", "OPENSSL_", "GIT_", "XDG_", "MALLOC_", "GLIBC_", "JQ_",
    "GREP_", "HIST", "COMP_", "COPROC", "DIRSTACK", "GNUTLS_", "KRB5", "GSS_",
];

/// Whether a page must leave a variable alone.
pub fn is_guarded(name: &str) -> bool {
    let upper = name.to_uppercase();
    GUARDED.contains(&upper.as_str())
        || upper.ends_with("_PROXY")
        || GUARDED_PREFIXES.iter().any(|prefix| upper.starts_with(prefix))
}

/// Whether a text can name a variable.
pub fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|letter| letter.is_ascii_alphabetic() || letter == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The name and the value of a word of `export`, as far as it has any; none where the shell would take it for something else.
pub(super) fn exported(word: &Word, text: &str) -> Option<(String, Option<Known>)> {
    let raw = text.get(word.span.range())?;
    let (name, value) = raw.split_once('=').map_or((raw, None), |(name, value)| (name, Some(value)));
    if !is_name(name) {
        return None;
    }
    let value = value.map(|_| match word.literal(text) {
        Some(literal) => Known::Text(literal.get(name.len() + 1..).unwrap_or_default().to_owned()),
        None => Known::Open,
    });
    Some((name.to_owned(), value))
}

/// The values that a script gives to its variables; one that has several is open.
pub fn assigned(script: &Script, text: &str) -> BTreeMap<String, Known> {
    let mut values: BTreeMap<String, Known> = BTreeMap::new();
    let mut note = |name: String, value: Known| {
        let known = values.entry(name).or_insert_with(|| value.clone());
        if *known != value {
            *known = Known::Open;
        }
    };
    for command in &script.commands {
        for assignment in &command.assignments {
            let value = assignment.value.literal(text).filter(|value| !value.starts_with('~'));
            note(assignment.name.clone(), value.map_or(Known::Open, Known::Text));
        }
        let exports =
            command.words.first().and_then(|word| word.literal(text)).is_some_and(|name| name == "export");
        for word in command.words.iter().skip(1).filter(|_| exports) {
            if let Some((name, Some(value))) = exported(word, text) {
                note(name, value);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_commands_is_guarded() {
        for name in
            ["PATH", "https_proxy", "LD_PRELOAD", "BASH_FUNC_curl", "PS4", "OPENSSL_CONF", "XDG_CONFIG_HOME"]
        {
            assert!(is_guarded(name), "{name}");
        }
        for name in ["PORTKEY_API_KEY", "BASE_URL", "MODEL", "PATHS", "ID"] {
            assert!(!is_guarded(name), "{name}");
        }
    }

    #[test]
    fn a_variable_with_two_values_is_open() {
        let text = "A=1\nexport B=x C\nA=2\nD=$(curl x)";
        let (script, _) = super::super::parse(text).into_parts();
        let values = assigned(&script, text);
        let expected = [("A", Known::Open), ("B", Known::Text("x".to_owned())), ("D", Known::Open)];
        assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value)).into());
    }
}
