//! The credentials of the environment, and which request gets which of them.

use std::collections::BTreeMap;

use super::credentials;
use super::exchange::{Request, Unsent};
use super::profiles::{CredentialPlace, Profile, Profiles, Service, Takes};

/// The credentials that there are.
pub(super) struct Wallet {
    /// The variables of the environment.
    pub(super) environment: BTreeMap<String, String>,
    /// Whether nothing is sent where a credential is missing; else the request goes as it is.
    pub(super) must_pay: bool,
}

impl Wallet {
    /// The headers with the credentials of the environment in place of placeholders and of those that the mock issues.
    pub(super) fn bind(
        &self,
        profiles: &Profiles,
        profile: &Profile,
        request: &Request,
    ) -> Result<Vec<(String, String)>, Unsent> {
        let carries = |place: &&CredentialPlace| request.header(&place.header).is_some();
        // Beside the best place the others hold something else, such as the credential of a provider behind Portkey.
        let Some(place) = profile.authentication.places.iter().find(carries) else {
            return Ok(request.headers.clone());
        };
        let behind =
            if profile.service == Service::Portkey { behind(profiles, profile, request) } else { None };
        let is_first = profile.authentication.places.first() == Some(place);
        let mut headers = request.headers.clone();
        for (name, value) in &mut headers {
            let is_place = *name == place.header;
            let owner = if is_place { Some(profile) } else { behind };
            let token = token_of(value);
            let is_open = credentials::placeholder(token) || credentials::is_neutral(token);
            let holds_credential = is_place || name == "authorization";
            if holds_credential && is_open {
                if let Some(secret) = owner.map(|owner| self.credential(owner)).transpose()?.flatten() {
                    *value = value.replace(token, &secret);
                }
                continue;
            }
            // Portkey passes the credentials of other providers on; nobody else gets them.
            let passes_on = profile.service == Service::Portkey && is_first && !is_place;
            for other in profiles.iter() {
                let issued = credentials::issued_to(other);
                let may_have = passes_on || (is_place && other.name == profile.name);
                if may_have
                    && value.contains(&issued)
                    && let Some(secret) = self.credential(other)?
                {
                    *value = value.replace(&issued, &secret);
                }
            }
        }
        Ok(headers)
    }

    /// The credential for a provider; none where the request goes as it is.
    fn credential(&self, profile: &Profile) -> Result<Option<String>, Unsent> {
        let variables = &profile.authentication.variables;
        let found = variables
            .iter()
            .filter_map(|variable| self.environment.get(variable))
            .map(|value| value.trim())
            .find(|value| !value.is_empty());
        match (found, variables.first()) {
            (Some(value), _) => Ok(Some(value.to_owned())),
            (None, Some(variable)) if self.must_pay && profile.authentication.takes == Takes::Own => {
                Err(Unsent::NoCredential(variable.clone()))
            }
            (None, _) => Ok(None),
        }
    }
}

/// The provider that Portkey is asked to pass a request on to.
fn behind<'a>(profiles: &'a Profiles, portkey: &Profile, request: &Request) -> Option<&'a Profile> {
    let slug = request.header("x-portkey-provider")?.trim_start_matches('@');
    let named = portkey.integrations.iter().find(|(known, _)| known == slug);
    profiles.get(named.map_or(slug, |(_, name)| name.as_str()))
}

/// The credential in the value of a header, after a word such as `Bearer`.
fn token_of(value: &str) -> &str {
    match value.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => value.trim(),
    }
}
