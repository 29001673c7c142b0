//! Whether a request carries the credential of the provider that it is sent to.

use std::borrow::Cow;

use crate::diagnostics::Code;
use crate::gateway::credentials;
use crate::gateway::exchange::{Finding, Place, Request};
use crate::gateway::profiles::{CredentialPlace, Profile, Profiles, Takes};

use super::judgement::{Fill, Judgement};

/// Headers that carry a credential at one provider or another.
const USUAL_PLACES: &[&str] =
    &["authorization", "x-api-key", "api-key", "x-portkey-api-key", "x-goog-api-key"];

/// Judges the credential of a request.
pub(super) fn judge(judgement: &mut Judgement, profiles: &Profiles) {
    let profile = judgement.profile;
    if profile.authentication.takes == Takes::Any {
        return;
    }
    let errors = judgement.errors;
    let Some(value) = value(judgement.places, judgement.request) else {
        let finding = missing(profile, judgement.places, judgement.request);
        judgement.refuse(&errors.missing_credential, &Fill::default(), finding);
        return;
    };
    let Some(wrong) = wrong(profile, profiles, &value) else { return };
    judgement.refuse(&errors.wrong_credential, &Fill::default(), wrong);
}

/// The credential that stands at a place where the provider looks.
fn value<'a>(places: &[CredentialPlace], request: &'a Request) -> Option<Cow<'a, str>> {
    let found = places.iter().find_map(|place| at(place, request));
    found.filter(|value| !value.is_empty())
}

fn at<'a>(place: &CredentialPlace, request: &'a Request) -> Option<Cow<'a, str>> {
    if let Some(name) = &place.query {
        return request.query_value(name).map(Cow::Owned);
    }
    let value = request.header(&place.header)?.trim();
    let Some(scheme) = &place.scheme else { return Some(Cow::Borrowed(value)) };
    let (word, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    word.eq_ignore_ascii_case(scheme).then_some(Cow::Borrowed(rest.trim()))
}

fn missing(profile: &Profile, places: &[CredentialPlace], request: &Request) -> Finding {
    let right = places.first().map(|place| written(place, profile)).unwrap_or_default();
    let title = &profile.title;
    let strange =
        USUAL_PLACES.iter().find(|name| request.header(name).is_some_and(|value| !value.trim().is_empty()));
    let finding = |message: String| Finding::new(Code::MissingCredential, Place::Credential, message);
    match strange {
        Some(name) if places.iter().any(|place| place.header == *name) => {
            finding(format!("the `{name}` header has no form that {title} reads"))
                .help(format!("write `{right}`"))
        }
        Some(name) => finding(format!("{title} does not look for its credential in `{name}`"))
            .label("read by nobody there")
            .help(format!("write `{right}`")),
        None => {
            let status = profile.errors.missing_credential.status;
            finding(format!("{title} answers {status} without a credential")).help(format!("send `{right}`"))
        }
    }
}

fn written(place: &CredentialPlace, profile: &Profile) -> String {
    let variable = profile.variable().map_or_else(|| "…".to_owned(), |variable| format!("${variable}"));
    let space = if place.scheme.is_some() { " " } else { "" };
    format!("{}: {}{space}{variable}", canonical(&place.header), place.scheme.as_deref().unwrap_or_default())
}

/// The name of a header as people write it.
fn canonical(name: &str) -> &str {
    if name == "authorization" { "Authorization" } else { name }
}

/// What is wrong with a credential, where something is.
pub(super) fn wrong(profile: &Profile, profiles: &Profiles, value: &str) -> Option<Finding> {
    let title = &profile.title;
    let help = |finding: Finding| match profile.variable() {
        Some(variable) => finding.help(format!("use the credential of {title}, `{variable}`")),
        None => finding.help(format!("use the credential of {title}")),
    };
    let of = |other: &Profile| {
        let variable = other.variable().map_or_else(String::new, |variable| format!(", `{variable}`"));
        let message = format!("this is the credential of {}{variable}, sent to {title}", other.title);
        help(Finding::new(Code::WrongCredential, Place::Credential, message))
    };
    if credentials::is_neutral(value) {
        return None;
    }
    if let Some(owner) = credentials::issued_by_mock(profiles, value) {
        return (owner.name != profile.name).then(|| of(owner));
    }
    let stranger = credentials::stranger(profiles, profile, value);
    if credentials::placeholder(value) {
        // `sk-` alone begins the credentials of many services, and stands on pages for any of them.
        let distinct = |other: &&Profile| {
            let prefixes = other.authentication.prefixes.iter();
            prefixes.filter(|prefix| prefix.len() > 4).any(|prefix| value.starts_with(prefix.as_str()))
        };
        return stranger.filter(distinct).map(of);
    }
    if let Some(other) = stranger {
        return Some(of(other));
    }
    let message = format!("{title} does not know this credential");
    Some(help(Finding::new(Code::WrongCredential, Place::Credential, message)))
}
