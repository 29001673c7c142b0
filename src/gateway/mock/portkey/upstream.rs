//! What the provider behind an integration says, and what the gateway makes of it.

use serde_json::{Value, json};

use super::super::judgement::{Fill, Judgement, filled};
use super::super::{credential, models};
use super::config;
use super::integrations::{Integration, slug_of};
use crate::data::Step;
use crate::diagnostics::Code;
use crate::gateway::credentials;
use crate::gateway::dialects::Endpoint;
use crate::gateway::dialects::seed::Seed;
use crate::gateway::exchange::{Answer, Finding, Place, Request};
use crate::gateway::profiles::{GENERIC, Profiles, Takes};
use crate::gateway::routing::Target;

/// Providers that take other credentials than a key.
const KEYLESS: &[&str] =
    &["ollama", "triton", "bedrock", "vertex-ai", "sagemaker", "azure-openai", "azure-ai", "oracle"];

/// A call of a provider.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    /// The integration.
    pub(super) integration: &'a Integration,
    /// The target of the config.
    pub(super) target: &'a Target,
    /// The body of the request.
    pub(super) body: &'a Value,
}

/// The provider has no embeddings, and the gateway answers in its place (recorded for Anthropic, 2026-11-22).
pub(super) fn without(endpoint: Endpoint, integration: &Integration) -> Option<(Answer, Finding)> {
    if endpoint != Endpoint::Embeddings || integration.provider != "anthropic" {
        return None;
    }
    let body = json!({"status": "failure", "message": "embed is not supported by anthropic"});
    let answer = Answer::json(500, &body).with("x-portkey-gateway-exception", "true");
    let finding = Finding::new(Code::WrongPath, Place::Path, "the provider `anthropic` has no embeddings");
    Some((answer, finding.help("ask a provider that has them, such as `@openai`")))
}

/// What a provider said.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// The name of the provider, for the header of the answer.
    pub(super) provider: String,
    /// The model that it was asked for.
    pub(super) model: Value,
    /// Retries used, `-1` where they were used up.
    pub(super) retries: i32,
    path: String,
    cached: bool,
    params: serde_json::Map<String, Value>,
    refusal: Option<(Answer, Finding)>,
}

impl Outcome {
    /// A good one of a target.
    pub(super) fn of(target: &Target) -> Self {
        Self {
            provider: String::new(),
            model: Value::Null,
            retries: 0,
            path: target.path.clone(),
            cached: target.cache.is_some(),
            params: target.override_params.clone(),
            refusal: None,
        }
    }

    /// Its status.
    pub(super) fn status(&self) -> u16 {
        self.refusal.as_ref().map_or(200, |(answer, _)| answer.status)
    }

    /// The answer of the gateway: the provider's, with the headers that say how it came about.
    pub(super) fn answer(
        self,
        request: &Request,
        seed: &Seed,
        said: impl FnOnce(&Value) -> Answer,
        body: &Value,
    ) -> Answer {
        let mut sent = body.clone();
        if let Value::Object(members) = &mut sent {
            members.extend(self.params);
            members.insert("model".to_owned(), self.model);
        }
        let mut answer = said(&sent);
        let named = self.provider != "openai" && answer.header("content-type") == Some("application/json");
        if let (true, Ok(Value::Object(mut members))) = (named, serde_json::from_slice(&answer.body())) {
            members.insert("provider".to_owned(), json!(self.provider));
            answer.chunks = vec![Value::Object(members).to_string().into_bytes()];
        }
        let headers = Headers {
            path: &self.path,
            provider: &self.provider,
            retries: self.retries,
            cached: self.cached,
        };
        headers.add(answer, request, seed)
    }
}

/// The headers that the gateway adds to the answer of a provider.
struct Headers<'a> {
    path: &'a str,
    provider: &'a str,
    retries: i32,
    cached: bool,
}

impl Headers<'_> {
    fn add(&self, answer: Answer, request: &Request, seed: &Seed) -> Answer {
        let trace = request.header("x-portkey-trace-id").filter(|trace| !trace.is_empty());
        answer
            .with("x-portkey-cache-status", if self.cached { "MISS" } else { "DISABLED" })
            .with("x-portkey-last-used-option-index", self.path)
            .with("x-portkey-provider", self.provider)
            .with("x-portkey-retry-attempt-count", self.retries.to_string())
            .with("x-portkey-trace-id", trace.map_or_else(|| seed.uuid(), str::to_owned))
    }
}

/// Asks a provider. A refusal stands in the outcome; it becomes a finding where it is the answer.
pub(super) fn ask(profiles: &Profiles, judgement: &mut Judgement, call: &Call) -> Outcome {
    let Call { integration, target, body } = *call;
    let asked = target.override_params.get("model").or_else(|| body.get("model"));
    let id = asked.and_then(Value::as_str).unwrap_or_default();
    let model = slug_of(id).map_or(id, |(_, model)| model);
    let mut outcome =
        Outcome { provider: integration.provider.clone(), model: json!(model), ..Outcome::of(target) };
    let profile = profiles.get(&integration.profile).or_else(|| profiles.get(GENERIC));
    let Some(profile) = profile.filter(|_| !model.is_empty() && target.custom_host.is_none()) else {
        return outcome;
    };
    if judgement.request.header("x-portkey-custom-host").is_some() {
        return outcome;
    }
    let overridden = target.override_params.contains_key("model");
    let place = if overridden {
        let mut path = config::path_of(&target.path);
        path.0.extend([Step::Key("override_params".to_owned()), Step::Key("model".to_owned())]);
        config::place(&path)
    } else {
        models::in_body()
    };
    if let Some(finding) = models::wrong(profile, model, place) {
        let form = if finding.code == Code::ModelForm {
            &profile.errors.model_form
        } else {
            &profile.errors.unknown_model
        };
        let answer =
            filled(form, &Fill { model, param: Some("model"), ..Fill::default() }, judgement.request);
        // The ids that it names are those of the integration.
        let slug = id.strip_suffix(model).unwrap_or_default();
        let fix = finding.fix.clone().map(|near| format!("{slug}{near}"));
        let help = finding.help.clone().map(|help| help.replacen('`', &format!("`{slug}"), 1));
        let seed = Seed::of(judgement.request);
        let headers = Headers {
            path: &target.path,
            provider: &integration.provider,
            retries: 0,
            cached: outcome.cached,
        };
        let answer = headers.add(answer, judgement.request, &seed);
        outcome.refusal = Some((answer, Finding { help, fix, ..finding }));
    }
    outcome
}

/// Says what the providers refused: the last answer is the request's own; what came before it was hidden by the strategy.
pub(super) fn masked(judgement: &mut Judgement, last: &Outcome, before: Vec<Outcome>) {
    for (_, finding) in before.into_iter().filter_map(|outcome| outcome.refusal) {
        judgement.note(finding.warning());
    }
    settle(judgement, last);
}

/// Makes the refusal of a provider the answer.
pub(super) fn settle(judgement: &mut Judgement, outcome: &Outcome) {
    if let Some((answer, finding)) = &outcome.refusal {
        judgement.refuse_with(answer.clone(), finding.clone());
    }
}

/// A provider that is called by its name needs a key of the client's own, beside Portkey's.
pub(super) fn own_key(profiles: &Profiles, judgement: &mut Judgement, integration: &Integration) {
    let request = judgement.request;
    if KEYLESS.contains(&integration.provider.as_str()) || request.header("x-portkey-custom-host").is_some() {
        return;
    }
    let header = |name: &str| request.header(name).map(str::trim).filter(|value| !value.is_empty());
    let beside = header("x-portkey-api-key").and_then(|_| header("authorization"));
    let own = beside.or_else(|| header("x-api-key").filter(|_| integration.provider == "anthropic"));
    let profile =
        profiles.get(&integration.profile).filter(|profile| profile.authentication.takes == Takes::Own);
    let provider = &integration.provider;
    let variable = profile.and_then(|profile| profile.variable()).unwrap_or("PROVIDER_API_KEY");
    let form = profile.map(|profile| &profile.errors);
    let answer = |missing: bool| match form {
        Some(errors) => {
            let form = if missing { &errors.missing_credential } else { &errors.wrong_credential };
            filled(form, &Fill::default(), request)
        }
        None => Answer::json(
            401,
            &json!({"error": {"message": "Unauthorized", "type": "invalid_request_error", "param": null, "code": null}}),
        ),
    };
    let Some(own) = own else {
        let message = format!("`{provider}` is called without a credential of its own");
        let finding = Finding::new(Code::MissingCredential, Place::Credential, message).help(format!(
            "name an integration, `x-portkey-provider: @{provider}`, or send `Authorization: Bearer ${variable}` beside `x-portkey-api-key`"
        ));
        judgement.refuse_with(answer(true), finding);
        return;
    };
    let value = own.split_once(' ').map_or(own, |(_, value)| value.trim());
    let Some(profile) = profile else { return };
    if credentials::placeholder(value) {
        return;
    }
    if let Some(mut finding) = credential::wrong(profile, profiles, value) {
        finding.place = Place::Header("authorization".to_owned());
        judgement.refuse_with(answer(false), finding);
    }
}
