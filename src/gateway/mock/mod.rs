//! The mock gateway: one pure function from a request to an exchange.

mod body;
mod credential;
mod endpoint;
pub(super) mod judgement;
mod models;
mod paths;
mod portkey;

use serde_json::Value;

use self::judgement::{Judgement, not_sent};
use self::paths::Found;
use super::exchange::{Answer, Exchange, Request, Unsent};
use super::profiles::{GENERIC, Profile, Profiles, Service};

/// A gateway that answers as the real services would, and says what is wrong with each request.
#[derive(Clone, Debug)]
pub struct Mock {
    profiles: Profiles,
}

impl Mock {
    /// A gateway for these providers.
    pub fn new(profiles: Profiles) -> Self {
        Self { profiles }
    }

    /// The providers that it answers for.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// The answer to a request, and what is wrong with it; the same request has the same answer, byte for byte.
    pub fn answer(&self, request: &Request) -> Exchange {
        match self.profiles.at(&request.host, request.port) {
            Some(profile) => self.of_provider(profile, request),
            None => self.of_dialect(request),
        }
    }

    /// The answer of a provider that is known.
    fn of_provider(&self, profile: &Profile, request: &Request) -> Exchange {
        let mut judgement = Judgement::new(profile, request);
        let nothing = || Answer::text(404, "text/plain", "");
        let found = paths::find(profile, request);
        // Everything at Portkey lies behind its key, also what is not there.
        if profile.service == Service::Portkey && matches!(found, Found::WrongPath(_) | Found::WrongMethod(_))
        {
            credential::judge(&mut judgement, &self.profiles);
        }
        match found {
            Found::Elsewhere => {
                judgement.unsent(Unsent::NotPlayed(format!("{} {}", request.method, request.path)))
            }
            Found::Stranger => self.of_dialect(request),
            Found::WrongPath(finding) => {
                judgement.refuse(&profile.errors.wrong_path, &judgement::Fill::default(), finding);
                judgement.answered(nothing)
            }
            Found::WrongMethod(finding) => {
                judgement.refuse(&profile.errors.wrong_method, &judgement::Fill::default(), finding);
                judgement.answered(nothing)
            }
            Found::Fixed(fixed) => {
                if !fixed.open {
                    credential::judge(&mut judgement, &self.profiles);
                }
                let json = serde_json::from_str::<Value>(&fixed.body).is_ok();
                let kind = if json { "application/json" } else { "text/plain; charset=utf-8" };
                judgement.answered(|| Answer::text(fixed.status, kind, fixed.body.as_str()))
            }
            Found::Endpoint(place) => {
                if let Some(base) = place.base {
                    judgement = judgement.at(base);
                }
                if !profile.authentication.open.contains(&place.endpoint) {
                    credential::judge(&mut judgement, &self.profiles);
                }
                match profile.service {
                    Service::Portkey => portkey::answer(self, judgement, &place),
                    Service::Plain | Service::Generic => endpoint::answer(judgement, &place),
                }
            }
        }
    }

    /// The answer of whatever is at a host that is not known, where the request belongs to a known dialect.
    fn of_dialect(&self, request: &Request) -> Exchange {
        let Some(profile) = self.profiles.get(GENERIC) else {
            return not_sent(request, Unsent::UnknownHost(request.authority()));
        };
        match paths::of_dialect(request) {
            Some(place) => endpoint::answer(Judgement::new(profile, request), &place),
            None => not_sent(request, Unsent::UnknownHost(request.authority())),
        }
    }
}

#[cfg(test)]
mod tests;
