//! Who is asked: what is wrong with the slugs, names and models that say so.

use serde_json::Value;

use super::super::judgement::Judgement;
use super::super::models;
use super::config::{self, Given};
use super::integrations::Integration;
use super::{integrations, upstream};
use crate::data::{Path, Step};
use crate::diagnostics::{Code, nearest};
use crate::gateway::credentials::placeholder;
use crate::gateway::exchange::{Finding, Place};
use crate::gateway::portkey::{model_of, slug_of};
use crate::gateway::profiles::Profiles;
use crate::gateway::routing::{Config, Edition, Target, provider_named};

/// The first level that says that answers are kept.
fn keeps(config: &Config) -> Option<&Target> {
    let mut levels = vec![&config.root];
    while let Some(level) = levels.pop() {
        if level.cache.is_some() {
            return Some(level);
        }
        levels.extend(level.targets.iter().rev());
    }
    None
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
    if let Some(provider) = request.filled("x-portkey-provider") {
        return match provider.strip_prefix('@') {
            Some(slug) => Asked::Slug(slug.to_owned(), "x-portkey-provider"),
            None if placeholder(provider) => Asked::Slug(provider.to_owned(), "x-portkey-provider"),
            None => Asked::Name(provider.to_owned()),
        };
    }
    match request.filled("x-portkey-virtual-key") {
        Some(slug) if !matches!(given, Given::Config(_)) => {
            Asked::Slug(slug.to_owned(), "x-portkey-virtual-key")
        }
        _ => Asked::Nobody,
    }
}

/// Says what is wrong with who is asked.
pub(super) fn provider(profiles: &Profiles, judgement: &mut Judgement, given: &Given, body: &Value) {
    if judgement.profile.edition == Edition::Open {
        return open(judgement, given, body);
    }
    let asked = asked(judgement, given);
    match given {
        Given::Nothing => {
            direct(profiles, judgement, &asked, body);
        }
        Given::Saved | Given::Refused => {}
        Given::Config(config) => targets(profiles, judgement, (&asked, body), config),
    }
}

/// Says which targets name what the service does not know.
fn targets(profiles: &Profiles, judgement: &mut Judgement, asked: (&Asked, &Value), config: &Config) {
    let (asked, body) = asked;
    for leaf in config.leaves() {
        let place = config::place(&config::path_of(&leaf.path));
        match integrations::of_target(judgement.profile, leaf) {
            Some(Ok(_)) => {}
            Some(Err(slug)) => {
                judgement.note(unknown_slug(judgement, &slug, place));
            }
            // The target leaves the provider to the headers or to the model.
            None => {
                if direct(profiles, judgement, asked, body).is_none() {
                    return;
                }
            }
        }
    }
}

/// What is wrong with who is asked, where there are no accounts.
fn open(judgement: &mut Judgement, given: &Given, body: &Value) {
    let header = judgement.request.filled("x-portkey-provider");
    let place = || Place::Header("x-portkey-provider".to_owned());
    match header {
        Some(name) if provider_named(Edition::Open, name).is_none() => {
            let names = || judgement.profile.integrations.iter().map(|(name, _)| name.as_str());
            let bare = name.trim_start_matches('@');
            let message = match name.strip_prefix('@') {
                Some(_) => format!("`{name}` is a slug of the hosted service, and this gateway has none"),
                None => format!("`{name}` is not a provider that the gateway knows"),
            };
            let finding = Finding::new(Code::BadHeader, place(), message);
            let near = names().find(|known| *known == bare).or_else(|| nearest(bare, names()));
            let finding = match near {
                Some(near) => finding.help(format!("write `{near}`")).fix(near),
                None => finding.help("write the name of a provider, such as `openai`"),
            };
            judgement.note(finding);
        }
        None if matches!(given, Given::Nothing) => {
            let finding = Finding::new(Code::BadHeader, Place::Host, "nothing names a provider")
                .help("send `x-portkey-provider: openai`, or a config in `x-portkey-config`");
            judgement.note(finding);
        }
        _ => {}
    }
    if let Some(level) = given.config().and_then(keeps) {
        let mut path = config::path_of(&level.path);
        path.0.push(Step::Key("cache".to_owned()));
        let message = "the open-source gateway keeps no answers: every request is asked anew";
        judgement.note(Finding::new(Code::IdleConfig, config::place(&path), message).warning());
    }
    let model = body.get("model").and_then(Value::as_str).unwrap_or_default();
    if slug_of(model).is_some() {
        let message = format!("`{model}` is an id of the hosted service; this gateway sends it on as it is");
        let finding = Finding::new(Code::ModelForm, models::in_body(), message);
        judgement.note(finding.help("write the model as its provider calls it").warning());
    }
}

/// The integration of a request without a config.
fn direct(
    profiles: &Profiles,
    judgement: &mut Judgement,
    asked: &Asked,
    body: &Value,
) -> Option<Integration> {
    match asked {
        Asked::Slug(slug, header) => {
            let found = integrations::find(judgement.profile, slug);
            if found.is_none() {
                judgement.note(unknown_slug(judgement, slug, Place::Header((*header).to_owned())));
            }
            found
        }
        Asked::Name(name) => named(profiles, judgement, name),
        Asked::Nobody => by_model(profiles, judgement, body),
    }
}

/// The integration that the model names, be it in the body or in the address.
fn by_model(profiles: &Profiles, judgement: &mut Judgement, body: &Value) -> Option<Integration> {
    let model = model_of(judgement.request, body).unwrap_or_default();
    let in_address = !model.is_empty() && !body.get("model").is_some_and(Value::is_string);
    let place = if in_address { Place::Query("model".to_owned()) } else { models::in_body() };
    let Some((slug, _)) = slug_of(&model) else {
        if !body.is_null() {
            let finding = without_slug(profiles, judgement, &model, place);
            judgement.note(finding);
        }
        return None;
    };
    let found = integrations::find(judgement.profile, slug);
    if found.is_none() {
        judgement.note(unknown_slug(judgement, slug, place));
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
        judgement.note(finding);
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
fn without_slug(profiles: &Profiles, judgement: &Judgement, model: &str, place: Place) -> Finding {
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
    let finding = Finding::new(Code::ModelForm, place, message);
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
