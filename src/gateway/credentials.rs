//! The credentials that the mock issues, and what a credential on a page looks like: ours, a placeholder, a real one.

use super::profiles::{Profile, Profiles};
use crate::source::Span;

/// Stands in every credential that is issued, so that none is ever taken for a real one.
const MARK: &str = "proofpress";

/// The credential that every provider takes, for variables that no profile knows.
const NEUTRAL: &str = "proofpress-any-provider-0000";

/// Ends of variable names whose value is a credential.
const SECRET_ENDS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASSWORD", "PAT"];

/// What follows the beginning of a real credential has at least so many bytes.
const REAL_LENGTH: usize = 16;

/// How credentials of well-known services begin, from the key formats that secret scanners publish
/// (GitHub secret scanning patterns, 2026-11); shorter ones of profiles are too common to tell.
const REAL_PREFIXES: &[&str] = &[
    "sk-proj-",
    "sk-svcacct-",
    "sk-admin-",
    "sk-ant-",
    "sk-or-v1-",
    "sk-lf-",
    "sk-",
    "pk-lf-",
    "gsk_",
    "xai-",
    "AIza",
    "hf_",
    "r8_",
    "pplx-",
    "tvly-",
    "vapi_",
    "fw_",
    "nvapi-",
    "csk-",
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "SG.",
    "sk_live_",
    "rk_live_",
];

/// Words that only stand in credentials that are none.
const PLACEHOLDER_WORDS: &[&str] = &[
    "your",
    "xxx",
    "example",
    "placeholder",
    "dummy",
    "fake",
    "changeme",
    "change-me",
    "replace",
    "insert",
    "redacted",
    "sample",
    "not-real",
    "notreal",
    "not-needed",
    "no-key",
    "anything",
    "secret",
    "todo",
    "my-",
    "my_",
    "abc123",
    "abcdef",
    "123456",
    "fedcba",
    "987654",
    "api-key",
    "api_key",
    "apikey",
    "sk-1234",
    "sk-test",
    "test-key",
    "test_key",
    "some-",
    "some_",
    "here",
    "…",
    "...",
    "***",
    "•••",
];

/// The credential that the mock has issued for a provider.
pub fn issued_to(profile: &Profile) -> String {
    let hash = blake3::hash(profile.name.as_bytes()).to_hex();
    let prefix = profile.authentication.prefixes.first().map_or("", String::as_str);
    let tail = hash.get(..12).unwrap_or_default();
    format!("{prefix}{MARK}-{}-{tail}", profile.name)
}

/// The value of an environment variable: the credential of the provider that reads it, another value that its profile
/// gives, a credential that every provider takes where the name looks like one, else none.
pub fn for_variable(profiles: &Profiles, variable: &str) -> Option<String> {
    for profile in profiles.iter() {
        if profile.authentication.variables.iter().any(|name| name == variable) {
            return Some(issued_to(profile));
        }
        if let Some((_, value)) = profile.variables.iter().find(|(name, _)| name == variable) {
            return Some(value.clone());
        }
    }
    // A second key of a kind: `ANTHROPIC_API_KEY_2`.
    if let Some((first, _)) =
        variable.rsplit_once('_').filter(|(_, last)| last.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return for_variable(profiles, first);
    }
    let name = variable.to_uppercase();
    let last = name.rsplit('_').next().unwrap_or_default();
    SECRET_ENDS.contains(&last).then(|| NEUTRAL.to_owned())
}

/// The provider that a credential was issued to.
pub fn issued_by_mock<'a>(profiles: &'a Profiles, value: &str) -> Option<&'a Profile> {
    // The name stands in it, which is looked for before anything is hashed.
    profiles.iter().find(|profile| value.contains(profile.name.as_str()) && issued_to(profile) == value)
}

/// Whether it is the credential that every provider takes.
pub fn is_neutral(value: &str) -> bool {
    value == NEUTRAL
}

/// The providers other than `profile` whose credentials begin like this one, where `profile`'s own do not.
pub fn stranger<'a>(profiles: &'a Profiles, profile: &Profile, value: &str) -> Option<&'a Profile> {
    let longest = |one: &Profile| {
        let prefixes = one.authentication.prefixes.iter();
        prefixes.filter(|prefix| value.starts_with(prefix.as_str())).map(String::len).max().unwrap_or(0)
    };
    let own = longest(profile);
    profiles
        .iter()
        .filter(|other| other.name != profile.name && longest(other) > own)
        .max_by_key(|other| longest(other))
}

/// Whether a text stands where the reader is to put a credential of his own.
pub fn placeholder(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.contains(MARK) {
        return false;
    }
    let lower = text.to_lowercase();
    let plain =
        |inner: &str| inner.chars().all(|letter| letter.is_alphanumeric() || " _-.:".contains(letter));
    // `{team: docs}` and `[a: 1]` are data whose quotes were forgotten.
    let is_data = text.contains(':') && !text.starts_with("{{") && text.starts_with(['{', '[']);
    let wrapped = !is_data
        && [("<", ">"), ("{{", "}}"), ("${", "}"), ("{", "}"), ("[", "]"), ("%", "%")].iter().any(
            |(open, close)| {
                text.strip_prefix(open).and_then(|text| text.strip_suffix(close)).is_some_and(plain)
            },
        );
    let variable = text.starts_with('$') || is_variable_name(text);
    wrapped
        || variable
        || PLACEHOLDER_WORDS.iter().any(|word| lower.contains(word))
        || is_one_character(&lower)
        || is_bare_prefix(text)
}

/// Whether a text looks like a real credential, which has no place on a page; never one that was issued, nor a placeholder.
pub fn looks_real(text: &str) -> bool {
    let text = text.trim();
    let Some(prefix) = REAL_PREFIXES.iter().find(|prefix| text.starts_with(**prefix)) else { return false };
    let rest = text.get(prefix.len()..).unwrap_or_default();
    // After an underscore services put letters and digits only; `hf_` also begins names of files.
    let joined = !prefix.ends_with('_') || *prefix == "github_pat_";
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || (joined && matches!(byte, b'-' | b'_' | b'.'));
    let plain = rest.bytes().all(inner);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    plain
        && rest.len() >= REAL_LENGTH
        && digits >= 2
        && entropy(rest) > 3.2
        && !placeholder(text)
        && !text.contains(MARK)
}

/// Where texts stand that look like real credentials, as bytes.
pub fn real_ones(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let is_part = |at: usize| bytes.get(at).is_some_and(|byte| PART[usize::from(*byte)]);
    let mut found = Vec::new();
    let mut start = 0;
    // Most words of a text are shorter than any credential, and are stepped over from behind.
    while start + REAL_LENGTH <= bytes.len() {
        if let Some(gap) = (start..start + REAL_LENGTH).rev().find(|at| !is_part(*at)) {
            start = gap + 1;
            continue;
        }
        let end = (start + REAL_LENGTH..bytes.len()).find(|at| !is_part(*at)).unwrap_or(bytes.len());
        let span = Span::new(start, end);
        if text.get(span.range()).is_some_and(looks_real) {
            found.push(span);
        }
        start = end + 1;
    }
    found
}

/// By byte, whether it can stand in a credential.
const PART: [bool; 256] = {
    let mut part = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        part[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        byte += 1;
    }
    part
};

/// `PORTKEY_API_KEY`: capitals, digits and at least one underscore.
fn is_variable_name(text: &str) -> bool {
    text.contains('_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && text.bytes().filter(u8::is_ascii_uppercase).count() > 4
}

/// `xxxx`, `sk-1111`: after a prefix, one character again and again.
fn is_one_character(lower: &str) -> bool {
    let tail = lower.rsplit(['-', '_']).next().unwrap_or_default();
    let mut characters = tail.chars();
    characters.next().is_some_and(|first| tail.chars().count() >= 3 && characters.all(|next| next == first))
}

/// `sk-`, `pk-`, `vapi_`: a prefix with nothing after it.
fn is_bare_prefix(text: &str) -> bool {
    text.ends_with(['-', '_']) && text.len() <= 12
}

/// Bits per character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = u32::try_from(text.len()).map_or(f64::from(u32::MAX), f64::from);
    let share = |count: u32| f64::from(count) / length;
    counts.iter().filter(|count| **count > 0).map(|count| -share(*count) * share(*count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_placeholder(text: &str) {
        assert!(placeholder(text), "{text} is a placeholder");
        assert!(!looks_real(text), "{text} is not real");
    }

    #[track_caller]
    fn check_real(text: &str) {
        assert!(looks_real(text), "{text} looks real");
        assert!(!placeholder(text), "{text} is no placeholder");
    }

    #[test]
    fn real_ones_are_found_among_words() {
        let key = "sk-proj-9fK2mQ8xLw4ZbT7cRv1NsYdE";
        for text in
            [key.to_owned(), format!("a {key}"), format!("KEY={key}, and more words"), format!("({key})")]
        {
            let found: Vec<&str> =
                real_ones(&text).into_iter().map(|span| text.get(span.range()).unwrap_or("?")).collect();
            assert_eq!(found, [key], "{text}");
        }
        assert_eq!(real_ones(&format!("{key} {key}")).len(), 2);
        assert_eq!(real_ones("words of a text, none of them long"), []);
    }

    #[test]
    fn capitals_are_placeholders() {
        check_placeholder("YOUR_API_KEY");
        check_placeholder("PORTKEY_API_KEY");
        check_placeholder("OPENAI_API_KEY");
    }

    #[test]
    fn dots_and_stars_are_placeholders() {
        check_placeholder("sk-...");
        check_placeholder("sk-or-...");
        check_placeholder("pk-***");
        check_placeholder("vapi_xxxxxxxxxxxx");
        check_placeholder("xxx");
    }

    #[test]
    fn brackets_are_placeholders() {
        check_placeholder("<token>");
        check_placeholder("{{PORTKEY_API_KEY}}");
        check_placeholder("${OPENAI_API_KEY}");
        check_placeholder("$OPENAI_API_KEY");
        check_placeholder("[key]");
    }

    #[test]
    fn data_without_its_quotes_is_no_placeholder() {
        assert!(!placeholder("{team: docs}"));
        assert!(!placeholder("[a: 1]"));
        check_placeholder("{{vault:key}}");
    }

    #[test]
    fn words_are_placeholders() {
        check_placeholder("your-portkey-api-key");
        check_placeholder("example-anthropic-key-not-real");
        check_placeholder("sk-1111");
        check_placeholder("sk-1234");
        check_placeholder("sk-1234567890abcdef");
    }

    #[test]
    fn a_random_tail_looks_real() {
        check_real("sk-proj-4f9cQ2mZ8LkT1vWxYb3N");
        check_real("sk-or-v1-7d1e0a9c3b5f48269e0d1c7b3a5f9e8d7c");
        check_real("gsk_8Jk2LmQ9ZtRwXcV4bN7pYh3D");
    }

    #[test]
    fn words_after_a_prefix_do_not_look_real() {
        assert!(!looks_real("sk-local"));
        assert!(!looks_real("vllm-local"));
        assert!(!looks_real("hello-world"));
        assert!(!looks_real("hf_ggml-org_embeddinggemma-300m-qat-Q8_0.gguf"));
        assert!(!looks_real("ghp_fedcba9876543210fedcba9876543210"));
    }

    #[test]
    fn an_issued_credential_is_known_by_its_owner() {
        let profiles = Profiles::builtin();
        for profile in profiles.iter() {
            let value = issued_to(profile);
            assert_eq!(issued_by_mock(&profiles, &value).map(|found| &found.name), Some(&profile.name));
            assert!(!looks_real(&value) && !placeholder(&value), "{value}");
        }
    }

    #[test]
    fn variables_lead_to_credentials() {
        let profiles = Profiles::builtin();
        let portkey = profiles.get("portkey").map(issued_to);
        assert_eq!(for_variable(&profiles, "PORTKEY_API_KEY"), portkey);
        assert_eq!(for_variable(&profiles, "COHERE_API_KEY").as_deref(), Some(NEUTRAL));
        assert_eq!(for_variable(&profiles, "HOME"), None);
        assert_eq!(for_variable(&profiles, "KEYBOARD"), None);
    }
}
