//! The mock gateway: one pure function from a request to an exchange.

mod body;
mod credential;
mod judgement;
mod models;
mod paths;
mod portkey;

use serde_json::Value;

use self::judgement::{Judgement, not_sent};
use self::paths::Found;
use super::dialects::seed::Seed;
use super::dialects::{Endpoint, anthropic, ollama, openai};
use super::exchange::{Answer, Exchange, Finding, Place, Request, Unsent};
use super::profiles::{GENERIC, Profile, Profiles, Service};
use crate::diagnostics::Code;

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
            Found::Endpoint(endpoint, rest) => {
                if !profile.authentication.open.contains(&endpoint) {
                    credential::judge(&mut judgement, &self.profiles);
                }
                match profile.service {
                    Service::Portkey => portkey::answer(self, judgement, endpoint),
                    Service::Plain | Service::Generic => at_endpoint(judgement, endpoint, rest),
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
            Some((endpoint, rest)) => at_endpoint(Judgement::new(profile, request), endpoint, rest),
            None => not_sent(request, Unsent::UnknownHost(request.authority())),
        }
    }
}

/// The answer at an endpoint; the credential is judged.
fn at_endpoint(mut judgement: Judgement, endpoint: Endpoint, rest: &str) -> Exchange {
    let profile = judgement.profile;
    let known = || profile.models.known.iter().map(String::as_str);
    match endpoint {
        Endpoint::Models => match rest.strip_prefix("models/") {
            Some(id) => {
                models::judge(&mut judgement, id, Place::Path);
                judgement.answered(|| openai::model(id, &profile.name))
            }
            None => judgement.answered(|| openai::models(known(), &profile.name)),
        },
        Endpoint::OllamaTags => judgement.answered(|| ollama::tags(known())),
        Endpoint::ChatCompletions
        | Endpoint::Completions
        | Endpoint::Embeddings
        | Endpoint::Responses
        | Endpoint::Messages
        | Endpoint::OllamaChat
        | Endpoint::OllamaGenerate
        | Endpoint::OllamaEmbed
        | Endpoint::OllamaShow => with_body(judgement, endpoint),
    }
}

fn with_body(mut judgement: Judgement, endpoint: Endpoint) -> Exchange {
    if endpoint == Endpoint::Messages {
        version(&mut judgement);
    }
    let body = body::read(&mut judgement, None);
    if let Some(body) = &body {
        body::judge(&mut judgement, endpoint, body);
        if let Some(model) = body.get("model").and_then(Value::as_str) {
            models::judge(&mut judgement, model, models::in_body());
        }
    }
    let seed = Seed::of(judgement.request);
    let body = body.unwrap_or(Value::Null);
    judgement.answered(|| said(endpoint, &body, &seed))
}

/// Anthropic's own service refuses messages without the version of its interface.
fn version(judgement: &mut Judgement) {
    let profile = judgement.profile;
    let wanted = profile.headers.iter().any(|header| header.name == "anthropic-version");
    if !wanted || judgement.request.header("anthropic-version").is_some() {
        return;
    }
    let place = Place::Header("anthropic-version".to_owned());
    let message = format!("{} refuses messages without the header `anthropic-version`", profile.title);
    let finding = Finding::new(Code::BadHeader, place, message).help("send `anthropic-version: 2023-06-01`");
    let fill =
        judgement::Fill { message: "anthropic-version: header is required", ..judgement::Fill::default() };
    judgement.refuse(&profile.errors.bad_parameter, &fill, finding);
}

/// What is answered to a body that was found right.
fn said(endpoint: Endpoint, body: &Value, seed: &Seed) -> Answer {
    match endpoint {
        Endpoint::ChatCompletions => openai::chat(body, seed),
        Endpoint::Completions => openai::completions(body, seed),
        Endpoint::Embeddings => openai::embeddings(body, seed),
        Endpoint::Responses => openai::responses(body, seed),
        Endpoint::Messages => anthropic::answer(body, seed),
        Endpoint::OllamaChat => ollama::chat(body, seed),
        Endpoint::OllamaGenerate => ollama::generate(body, seed),
        Endpoint::OllamaEmbed => ollama::embed(body, seed),
        Endpoint::OllamaShow => ollama::show(),
        Endpoint::Models | Endpoint::OllamaTags => Answer::json(404, &Value::Null),
    }
}

#[cfg(test)]
mod tests;
