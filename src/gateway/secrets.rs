//! Secrets of the environment, and how they are struck out of everything that is shown or kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use reqwest::Url;

use super::credentials;
use super::exchange::{Exchange, STRUCK_OUT, Unsent};
use super::profiles::Profiles;
use super::server::Mode;
use super::session::percent_encoded;

/// Shorter values are no secrets, and striking them out would leave nothing legible.
const LEAST: usize = 8;

/// The values that nobody may see, in every spelling in which they may come along.
#[derive(Default)]
pub(super) struct Secrets {
    /// The longest first, so that none is struck out only in part.
    spellings: Vec<Vec<u8>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Secrets").finish_non_exhaustive()
    }
}

impl Secrets {
    /// The values of all variables that hold credentials by a profile's word, and the passwords in URLs; where answers
    /// come from outside, also of those that only have the name of a credential.
    pub(super) fn of(environment: &BTreeMap<String, String>, profiles: &Profiles, mode: &Mode) -> Self {
        let is_known = |name: &str| {
            profiles.iter().any(|profile| profile.authentication.variables.iter().any(|known| known == name))
        };
        let is_named_so = |name: &str| {
            // A value that only looks like a secret must not change the answers of the mock.
            *mode != Mode::Mock
                && credentials::for_variable(profiles, name)
                    .is_some_and(|value| credentials::is_neutral(&value))
        };
        let is_secret = |name: &str| is_known(name) || is_named_so(name);
        let values =
            environment.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.trim().to_owned());
        let base = if let Mode::Url(base) = mode { Some(base.clone()) } else { None };
        let urls = environment.values().filter_map(|value| Url::parse(value).ok()).chain(base);
        let passwords = urls.filter_map(|url| url.password().map(str::to_owned));
        Self::new(values.chain(passwords))
    }

    fn new(values: impl IntoIterator<Item = String>) -> Self {
        let values = values.into_iter().filter(|value| value.len() >= LEAST);
        let spellings: BTreeSet<String> = values.flat_map(|value| spellings(&value)).collect();
        let mut spellings: Vec<Vec<u8>> = spellings.into_iter().map(String::into_bytes).collect();
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        Self { spellings }
    }

    /// A text without secrets.
    pub(super) fn strike(&self, text: &str) -> String {
        self.spellings.iter().fold(text.to_owned(), |text, spelling| match std::str::from_utf8(spelling) {
            Ok(spelling) => text.replace(spelling, STRUCK_OUT),
            Err(_) => text,
        })
    }

    /// Takes the secrets out of all parts of an exchange.
    pub(super) fn strike_exchange(&self, exchange: &mut Exchange) {
        if self.spellings.is_empty() {
            return;
        }
        let Exchange { request, answer, findings, unsent, .. } = exchange;
        let subject = unsent.as_mut().map(Unsent::subject_mut);
        let texts = [&mut request.host, &mut request.path, &mut request.query].into_iter();
        let values = request.headers.iter_mut().chain(&mut answer.headers).map(|(_, value)| value);
        let told = findings.iter_mut().flat_map(|finding| {
            let more = [&mut finding.label, &mut finding.help, &mut finding.fix];
            std::iter::once(&mut finding.message).chain(more.into_iter().flatten())
        });
        for text in texts.chain(values).chain(told).chain(subject) {
            *text = self.strike(text);
        }
        let mut censor = Censor::default();
        request.body = censor.pass(self, &request.body);
        request.body.extend(censor.rest(self));
        let mut censor = Censor::default();
        for chunk in &mut answer.chunks {
            *chunk = censor.pass(self, chunk);
        }
        let rest = censor.rest(self);
        if let Some(last) = answer.chunks.last_mut() {
            last.extend(rest);
        }
    }
}

/// Strikes secrets out of a stream, also those that two pieces share.
#[derive(Debug, Default)]
pub(super) struct Censor {
    held: Vec<u8>,
}

impl Censor {
    /// What can be shown of the stream after this piece; the beginning of what may become a secret is held back.
    pub(super) fn pass(&mut self, secrets: &Secrets, piece: &[u8]) -> Vec<u8> {
        if secrets.spellings.is_empty() {
            return piece.to_vec();
        }
        self.held.extend_from_slice(piece);
        let (shown, read) = struck(secrets, &self.held, |rest| {
            secrets.spellings.iter().any(|spelling| spelling.len() > rest.len() && spelling.starts_with(rest))
        });
        self.held.drain(..read);
        shown
    }

    /// What was held back, at the end of the stream.
    pub(super) fn rest(self, secrets: &Secrets) -> Vec<u8> {
        struck(secrets, &self.held, |_| false).0
    }
}

/// The bytes without secrets up to where `hold` wants to wait, and how many bytes were read.
fn struck(secrets: &Secrets, bytes: &[u8], hold: impl Fn(&[u8]) -> bool) -> (Vec<u8>, usize) {
    let mut shown = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if hold(rest) {
            break;
        }
        if let Some(spelling) = secrets.spellings.iter().find(|spelling| rest.starts_with(spelling)) {
            shown.extend_from_slice(STRUCK_OUT.as_bytes());
            rest = rest.get(spelling.len()..).unwrap_or_default();
        } else {
            shown.push(*first);
            rest = after;
        }
    }
    (shown, bytes.len() - rest.len())
}

/// A value as it is, in JSON, and in a URL.
pub(super) fn spellings(value: &str) -> [String; 3] {
    let json = serde_json::Value::from(value).to_string();
    let json = json.trim_matches('"').to_owned();
    [value.to_owned(), json, percent_encoded(value)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::dialects::seed::tests::request;
    use crate::gateway::exchange::Answer;

    #[track_caller]
    fn check(pieces: &[&str], shown: &str) {
        let secrets = Secrets::new(["sk-secret/1".to_owned(), "sk-secret/1-long".to_owned()]);
        let mut censor = Censor::default();
        let mut bytes: Vec<u8> =
            pieces.iter().flat_map(|piece| censor.pass(&secrets, piece.as_bytes())).collect();
        bytes.extend(censor.rest(&secrets));
        assert_eq!(String::from_utf8(bytes).unwrap(), shown);
    }

    #[test]
    fn a_secret_is_struck_out() {
        check(&["key sk-secret/1."], "key ***.");
    }

    #[test]
    fn a_secret_across_pieces_is_struck_out() {
        check(&["key sk-", "sec", "ret/1."], "key ***.");
    }

    #[test]
    fn the_longer_of_two_secrets_is_struck_out_whole() {
        check(&["sk-secret/1", "-long!"], "***!");
        check(&["sk-secret/1", "-lone!"], "***-lone!");
    }

    #[test]
    fn a_secret_in_a_url_is_struck_out() {
        check(&["?key=sk-secret%2F1&a"], "?key=***&a");
    }

    #[test]
    fn the_beginning_of_a_secret_is_none() {
        check(&["sk-sec", "ond"], "sk-second");
        check(&["sk-sec"], "sk-sec");
    }

    #[test]
    fn what_cannot_become_a_secret_is_not_held_back() {
        let secrets = Secrets::new(["sk-secret/1".to_owned()]);
        assert_eq!(Censor::default().pass(&secrets, b"data: {}\n\n"), b"data: {}\n\n");
    }

    proptest::proptest! {
        #[test]
        fn it_does_not_matter_how_a_stream_is_cut(
            text in "(sk-secret/1|-long|sk-|k-s|[a-z\\-]|%2F1){0,20}",
            cuts in proptest::collection::vec(0_usize..8, 0..40),
        ) {
            let secrets = Secrets::new(["sk-secret/1".to_owned(), "sk-secret/1-long".to_owned(), "k-sk-sk-".to_owned()]);
            let mut whole = Censor::default();
            let mut wanted = whole.pass(&secrets, text.as_bytes());
            wanted.extend(whole.rest(&secrets));
            let mut censor = Censor::default();
            let mut shown = Vec::new();
            let mut rest = text.as_bytes();
            for cut in cuts {
                let (piece, after) = rest.split_at(cut.min(rest.len()));
                shown.extend(censor.pass(&secrets, piece));
                rest = after;
            }
            shown.extend(censor.pass(&secrets, rest));
            shown.extend(censor.rest(&secrets));
            proptest::prop_assert_eq!(&shown, &wanted);
            let shown = String::from_utf8(shown).unwrap();
            proptest::prop_assert!(!shown.contains("sk-secret/1"));
        }
    }

    #[test]
    fn why_nothing_was_sent_is_told_without_secrets() {
        let secrets = Secrets::new(["sk-secret/1".to_owned()]);
        for unsent in [Unsent::NotPlayed, Unsent::NotScripted] {
            let mut exchange = Exchange {
                request: request("{}"),
                answer: Answer::text(502, "text/plain", ""),
                provider: None,
                findings: Vec::new(),
                unsent: Some(unsent("its path is `/sk-secret/1`".to_owned())),
                fault: None,
            };
            secrets.strike_exchange(&mut exchange);
            assert_eq!(exchange.unsent, Some(unsent("its path is `/***`".to_owned())));
        }
    }

    #[test]
    fn the_mock_strikes_out_only_what_is_known_to_be_secret() {
        let environment = BTreeMap::from([
            ("OPENAI_API_KEY".to_owned(), "value-of-openai".to_owned()),
            ("SOME_SERVICE_TOKEN".to_owned(), "completion".to_owned()),
        ]);
        let secrets = Secrets::of(&environment, &Profiles::builtin(), &Mode::Mock);
        assert_eq!(secrets.strike("value-of-openai completion"), "*** completion");
    }

    #[test]
    fn variables_that_hold_credentials_are_secrets() {
        let environment = BTreeMap::from([
            ("OPENAI_API_KEY".to_owned(), "value-of-openai".to_owned()),
            ("SOME_SERVICE_TOKEN".to_owned(), "value-of-token".to_owned()),
            ("HTTPS_PROXY".to_owned(), "http://me:proxy-password@proxy.example:1".to_owned()),
            ("HOME".to_owned(), "/home/somebody".to_owned()),
        ]);
        let secrets = Secrets::of(&environment, &Profiles::builtin(), &Mode::Live);
        assert_eq!(
            secrets.strike("value-of-openai value-of-token proxy-password /home/somebody"),
            "*** *** *** /home/somebody"
        );
    }
}
