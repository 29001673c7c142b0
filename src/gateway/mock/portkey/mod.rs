//! The hosted Portkey gateway: which provider a request is routed to, and what that provider says.
//!
//! Answers and messages are those of version 2.2.3, recorded 2026-11-22.

mod config;
mod headers;
mod integrations;
mod upstream;

use serde_json::{Value, json};

use self::config::{Given, Read};
use self::integrations::Integration;
use super::judgement::Judgement;
use super::{body, models, said};
use crate::data::{Path, Step};
use crate::diagnostics::{Code, nearest};
use crate::gateway::credentials::placeholder;
use crate::gateway::dialects::seed::Seed;
use crate::gateway::dialects::{Endpoint, openai};
use crate::gateway::exchange::{Answer, Exchange, Finding, Place};
use crate::gateway::profiles::Profiles;
use crate::gateway::routing::Target;

/// The answer at an endpoint; the credential is judged.
pub(super) fn answer(profiles: &Profiles, mut judgement: Judgement, endpoint: Endpoint) -> Exchange {
    headers::judge(&mut judgement);
    if endpoint == Endpoint::Models {
        let ids = integrations::models(profiles, judgement.profile);
        return judgement.answered(|| openai::models(ids.iter().map(String::as_str), "portkey"));
    }
    let given = config::given(&mut judgement);
    let asked = asked(&judgement, &given);
    let body = body_of(&mut judgement, &given, &asked);
    if let Some(body) = &body {
        body::judge(&mut judgement, endpoint, body);
    }
    let body = body.unwrap_or(Value::Null);
    let target = Target { path: "config".to_owned(), weight: 1.0, ..Target::default() };
    let seed = Seed::of(judgement.request);
    let outcome = match &given {
        Given::Nothing => direct(profiles, &mut judgement, &asked, &body).map(|integration| {
            let call = upstream::Call { integration: &integration, target: &target, body: &body };
            let outcome = upstream::ask(profiles, &mut judgement, &call);
            upstream::settle(&mut judgement, &outcome);
            if let Some((answer, finding)) = upstream::without(endpoint, &integration) {
                judgement.refuse_with(answer, finding);
            }
            outcome
        }),
        Given::Saved => {
            let model = body.get("model").cloned().unwrap_or(Value::Null);
            let mut outcome = upstream::Outcome::of(&target);
            "openai".clone_into(&mut outcome.provider);
            outcome.model = model;
            Some(outcome)
        }
        Given::Refused => None,
        Given::Config(read) => routed(profiles, &mut judgement, (&asked, &body), read),
    };
    let request = judgement.request;
    judgement.answered(|| match outcome {
        Some(outcome) => outcome.answer(request, &seed, |body| said(endpoint, body, &seed), &body),
        None => failure(500, "Something went wrong"),
    })
}

/// An answer that the gateway makes itself.
fn failure(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"status": "failure", "message": message}))
}

/// The provider that the headers name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// None, so that the model has to.
    Nobody,
    /// The slug of an integration, and the header that names it.
    Slug(String, &'static str),
    /// A provider by its name, with a key of the client's own.
    Name(String),
}

fn asked(judgement: &Judgement, given: &Given) -> Asked {
    let request = judgement.request;
    if let Some(provider) = request.header("x-portkey-provider").map(str::trim) {
        return match provider.strip_prefix('@') {
            Some(slug) => Asked::Slug(slug.to_owned(), "x-portkey-provider"),
            None if placeholder(provider) => Asked::Slug(provider.to_owned(), "x-portkey-provider"),
            None => Asked::Name(provider.to_owned()),
        };
    }
    match request.header("x-portkey-virtual-key").map(str::trim) {
        Some(slug) if !matches!(given, Given::Config(_)) => {
            Asked::Slug(slug.to_owned(), "x-portkey-virtual-key")
        }
        _ => Asked::Nobody,
    }
}

/// The body; where it is no JSON the gateway takes it for an empty one, and says what it says to that.
fn body_of(judgement: &mut Judgement, given: &Given, asked: &Asked) -> Option<Value> {
    let nobody = *asked == Asked::Nobody && matches!(given, Given::Nothing);
    body::read(judgement, nobody.then(|| failure(400, NO_PROVIDER)))
}

const NO_PROVIDER: &str = "Either x-portkey-config or x-portkey-provider header is required";

/// The integration of a request without a config.
fn direct(
    profiles: &Profiles,
    judgement: &mut Judgement,
    asked: &Asked,
    body: &Value,
) -> Option<Integration> {
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    match asked {
        Asked::Slug(slug, header) => {
            let found = integrations::find(judgement.profile, slug);
            if found.is_none() {
                let shown = if *header == "x-portkey-provider" { "null" } else { slug };
                let finding = unknown_slug(judgement, slug, Place::Header((*header).to_owned()));
                judgement
                    .refuse_with(failure(400, &format!("Following keys are not valid: {shown}")), finding);
            }
            found
        }
        Asked::Name(name) => named(profiles, judgement, name),
        Asked::Nobody => by_model(profiles, judgement, body, model),
    }
}

/// The integration that the model names.
fn by_model(
    profiles: &Profiles,
    judgement: &mut Judgement,
    body: &Value,
    model: &str,
) -> Option<Integration> {
    let Some((slug, _)) = integrations::slug_of(model) else {
        if !body.is_null() {
            let finding = without_slug(profiles, judgement, model);
            judgement.refuse_with(failure(400, NO_PROVIDER), finding);
        }
        return None;
    };
    let found = integrations::find(judgement.profile, slug);
    if found.is_none() {
        let finding = unknown_slug(judgement, slug, models::in_body());
        judgement.refuse_with(failure(400, "Following keys are not valid: null"), finding);
    }
    found
}

/// A provider by its name, whose key has to stand beside Portkey's.
fn named(profiles: &Profiles, judgement: &mut Judgement, name: &str) -> Option<Integration> {
    let names = || judgement.profile.integrations.iter().map(|(slug, _)| slug.as_str());
    if !names().any(|known| known == name) {
        let place = Place::Header("x-portkey-provider".to_owned());
        let finding =
            Finding::new(Code::BadHeader, place, format!("`{name}` is not a provider that Portkey knows"));
        let finding = match nearest(name, names()) {
            Some(near) => finding.help(format!("write `{near}`, or `@` and the slug of an integration")),
            None => finding.help(format!("write `@{name}` for the integration of that slug")),
        };
        judgement.refuse_with(failure(400, "Invalid provider passed"), finding);
        return None;
    }
    let integration = integrations::find(judgement.profile, name)?;
    upstream::own_key(profiles, judgement, &integration);
    Some(integration)
}

fn unknown_slug(judgement: &Judgement, slug: &str, place: Place) -> Finding {
    let message = format!("Portkey has no integration of the slug `{slug}`");
    let finding = Finding::new(Code::UnknownModel, place, message);
    match nearest(slug, judgement.profile.integrations.iter().map(|(slug, _)| slug.as_str())) {
        Some(near) => finding.help(format!("write `@{near}`")),
        None => finding.help("name the slug of an integration, such as `@openai` or `@openai-prod`"),
    }
}

/// A model without the slug of an integration, and nothing else that names a provider.
fn without_slug(profiles: &Profiles, judgement: &Judgement, model: &str) -> Finding {
    if model.is_empty() {
        return Finding::new(
            Code::BadParameter,
            Place::Body(Path::default()),
            "nothing names a provider: `model` is missing",
        )
        .help(format!("add `\"model\": \"{}\"`", judgement.profile.models.example));
    }
    let message =
        format!("`{model}` is not a model id of Portkey, which are {}", judgement.profile.models.words);
    let finding = Finding::new(Code::ModelForm, models::in_body(), message);
    let slug = model.split('/').next().unwrap_or_default();
    let full = if model.contains('/') && integrations::find(judgement.profile, slug).is_some() {
        Some(format!("@{model}"))
    } else {
        let offers = |slug: &&(String, String)| {
            profiles.get(&slug.1).is_some_and(|profile| profile.models.knows(model))
        };
        judgement.profile.integrations.iter().find(offers).map(|(slug, _)| format!("@{slug}/{model}"))
    };
    match full {
        Some(full) => finding.help(format!("write `{full}`")).fix(full),
        None => finding.help(format!(
            "write `@` and the slug of an integration before it, as in `{}`",
            judgement.profile.models.example
        )),
    }
}

/// Plays a config.
fn routed(
    profiles: &Profiles,
    judgement: &mut Judgement,
    asked: (&Asked, &Value),
    read: &Read,
) -> Option<upstream::Outcome> {
    let (asked, body) = asked;
    let mut integrations = Vec::new();
    for leaf in read.config.leaves() {
        let place = config::place(&config::path_of(&leaf.path));
        match integrations::of_target(judgement.profile, leaf) {
            Some(Ok(found)) => integrations.push((leaf.path.clone(), found)),
            Some(Err(slug)) => {
                let finding = unknown_slug(judgement, &slug, place);
                let all = config::unknown_slugs(judgement.profile, &read.config);
                judgement.refuse_with(failure(400, &format!("Following keys are not valid: {all}")), finding);
            }
            None => {
                // The target leaves the provider to the headers or to the model.
                let found = direct(profiles, judgement, asked, body)?;
                integrations.push((leaf.path.clone(), found));
            }
        }
    }
    if judgement.is_refused() {
        return None;
    }
    let metadata = judgement.request.header("x-portkey-metadata");
    let call = crate::gateway::routing::Call {
        metadata: metadata.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null),
        params: body.clone(),
        path: judgement.request.path.clone(),
        seed: Seed::of(judgement.request).number(),
    };
    let mut outcomes: Vec<upstream::Outcome> = Vec::new();
    let route = read.config.route(&call, &mut |target, _| {
        let found = integrations.iter().find(|(path, _)| *path == target.path);
        let Some((_, integration)) = found else { return 500 };
        let outcome = upstream::ask(profiles, judgement, &upstream::Call { integration, target, body });
        let status = outcome.status();
        outcomes.push(outcome);
        status
    });
    if let Some(message) = route.refusal {
        let place = config::place(&Path(vec![Step::Key("strategy".to_owned())]));
        let finding = Finding::new(Code::Refused, place, format!("the gateway cannot route this: {message}"));
        let answer = match route.status {
            500 if message.starts_with("Error:") => Answer::text(500, "text/plain", message),
            status => failure(status, &message),
        };
        judgement.refuse_with(answer, finding);
        return None;
    }
    let mut last = outcomes.pop()?;
    last.retries = route.retries;
    upstream::masked(judgement, &last, outcomes);
    Some(last)
}
