//! What stands behind the gateway: the mock's own providers, which are asked what the gateway makes of a request.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::judgement::{Fill, Judgement, filled};
use super::super::{Mock, credential, endpoint, models};
use super::config;
use super::integrations::{self, Integration};
use crate::data::{Path, Step};
use crate::diagnostics::Code;
use crate::gateway::credentials;
use crate::gateway::dialects::seed::Seed;
use crate::gateway::dialects::{Endpoint, form};
use crate::gateway::exchange::{Answer, Exchange, Finding, Place, Request, Scheme};
use crate::gateway::portkey::{Call, Played, Said, Upstream};
use crate::gateway::profiles::{GENERIC, Profile, Profiles, Service, Takes};
use crate::gateway::routing::{Config, Edition};

/// Providers that take other credentials than a key.
const KEYLESS: &[&str] =
    &["ollama", "triton", "bedrock", "vertex-ai", "sagemaker", "azure-openai", "azure-ai", "oracle"];

/// A host for providers whose own is not known here; it leads nowhere.
const SOMEWHERE: &str = "provider.invalid";

/// The providers of the mock, and what they said.
pub(super) struct Providers<'a> {
    mock: &'a Mock,
    portkey: &'a Profile,
    request: &'a Request,
    heard: Vec<Heard>,
}

/// What a provider found wrong.
struct Heard {
    target: String,
    /// The slug that stands before the model, with what divides them.
    slug: String,
    findings: Vec<Finding>,
    /// Whether the gateway asked at a place where the provider has nothing of the kind.
    lost: bool,
}

impl<'a> Providers<'a> {
    pub(super) fn new(mock: &'a Mock, portkey: &'a Profile, request: &'a Request) -> Self {
        Self { mock, portkey, request, heard: Vec::new() }
    }

    /// The profile of the provider that is called; none where the address is the client's own.
    fn profile(&self, call: &Call) -> Option<&'a Profile> {
        let (_, name) = self.portkey.integrations.iter().find(|(known, _)| *known == call.provider)?;
        let slug = call.slug.as_deref().and_then(|slug| integrations::find(self.portkey, slug));
        let name = slug.map_or_else(|| name.clone(), |integration| integration.profile);
        self.mock.profiles().get(&name).filter(|_| call.custom_host.is_none())
    }

    /// The call as a request of its own, to the host that the profile of its provider names.
    fn request(&self, call: &Call, profile: Option<&Profile>) -> Request {
        let (scheme, rest) = call.url.split_once("://").unwrap_or(("https", ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None if rest.is_empty() => ("", call.url.as_str()),
            None => (rest, "/"),
        };
        let scheme = if scheme == "http" { Scheme::Http } else { Scheme::Https };
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
        let (mut host, mut port) = (host.to_owned(), port.parse().unwrap_or(scheme.usual_port()));
        if host.is_empty() {
            SOMEWHERE.clone_into(&mut host);
        }
        match profile {
            // Any provider may stand behind it, and so none is asked by its name.
            Some(profile) if profile.name == GENERIC => SOMEWHERE.clone_into(&mut host),
            Some(profile) if !profile.local => {
                if let Some(own) = profile.hosts.first() {
                    (host, port) = (own.clone(), 443);
                }
            }
            _ => {}
        }
        // Where the engine does not know the base URL of a provider, its profile does.
        let own = || profile?.bases.iter().map(|base| base.path.as_str()).find(|path| !path.contains('{'));
        let base = if authority.is_empty() { own().unwrap_or_default() } else { "" };
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut request = Request {
            method: call.method.clone(),
            scheme,
            host: host.to_lowercase(),
            port,
            path: format!("{base}{path}"),
            query: query.to_owned(),
            headers: call.headers.clone(),
            body: call.body.clone().unwrap_or_default(),
        };
        if let Some(profile) = profile.filter(|_| !self.brings_key()) {
            issue(&mut request, &credentials::issued_to(profile));
        }
        request
    }

    /// Whether the client's own credential for the provider is judged there; with an account the gateway has them, or it was judged.
    fn brings_key(&self) -> bool {
        let bare = |value: &str| value.trim_start_matches("Bearer ").trim().to_owned();
        let mut keys =
            ["authorization", "x-api-key"].iter().filter_map(|name| self.request.header(name)).map(bare);
        // What the mock has issued for the gateway itself stands for any key.
        let of_gateway = |key: String| {
            let owner = credentials::issued_by_mock(self.mock.profiles(), &key);
            owner.is_some_and(|owner| owner.name == self.portkey.name)
        };
        self.portkey.edition == Edition::Open && keys.any(|key| !of_gateway(key))
    }

    /// Whether the gateway asks at the base path of the provider, which does not have what the client asks for.
    fn is_lost(&self, call: &Call) -> bool {
        let path = call.url.split(['?', '#']).next().unwrap_or_default();
        let asked = self.request.path.rsplit('/').next().unwrap_or_default();
        let ways = ["/v1/audio/", "/v1/images/", "/v1/files", "/v1/batches", "/v1/responses/"];
        ways.iter().any(|way| self.request.path.starts_with(way)) && !path.ends_with(asked)
    }

    fn exchange(&self, call: &Call) -> Option<Exchange> {
        let profile = self.profile(call);
        let request = self.request(call, profile);
        let at_address = self.mock.profiles().at(&request.host, request.port);
        // A gateway behind this one would be asked by itself in the end.
        if at_address.is_some_and(|profile| profile.service == Service::Portkey) {
            return None;
        }
        let exchange = self.mock.answer(&request);
        exchange.unsent.is_none().then_some(exchange)
    }
}

impl Upstream for Providers<'_> {
    fn ask(&mut self, call: &Call) -> Said {
        let model = |headers: &[(String, String)], body: &[u8]| {
            let body = body_of(headers, body)?;
            Some(body.get("model")?.as_str()?.to_owned())
        };
        let slug = model(&self.request.headers, &self.request.body);
        let sent = model(&call.headers, call.body.as_deref().unwrap_or_default()).unwrap_or_default();
        let slug =
            slug.and_then(|model| model.strip_suffix(sent.as_str()).map(str::to_owned)).unwrap_or_default();
        let lost = self.is_lost(call);
        let (answer, findings) = match self.exchange(call) {
            Some(exchange) if lost => {
                let message = format!("the provider `{}` serves no `{}`", call.provider, self.request.path);
                let finding = Finding::new(Code::WrongPath, Place::Path, message);
                (exchange.answer, vec![finding.help("ask a provider that does, such as OpenAI")])
            }
            Some(exchange) => (exchange.answer, exchange.findings),
            None => (made_up(call, &Seed::of(self.request)), Vec::new()),
        };
        self.heard.push(Heard { target: call.target.clone(), slug, findings, lost });
        Said::Answer(answer, Duration::ZERO)
    }
}

/// A body of JSON, or of a form.
fn body_of(headers: &[(String, String)], body: &[u8]) -> Option<Value> {
    let kind = headers.iter().find(|(name, _)| name == "content-type").map_or("", |(_, kind)| kind.as_str());
    serde_json::from_slice(body).ok().or_else(|| form::read(kind, body).ok())
}

/// What may be asked of a provider that is played nowhere: a gateway stands before any.
const ANYWHERE: &[Endpoint] = &[
    Endpoint::Embeddings,
    Endpoint::Moderations,
    Endpoint::ImageGenerations,
    Endpoint::ImageEdits,
    Endpoint::Speech,
    Endpoint::Transcriptions,
    Endpoint::Translations,
    Endpoint::Files,
    Endpoint::Batches,
];

/// Puts a credential that the mock has issued in place of the one that a call carries.
fn issue(request: &mut Request, issued: &str) {
    for (name, value) in &mut request.headers {
        match name.as_str() {
            "authorization" => *value = format!("Bearer {issued}"),
            "x-api-key" | "api-key" => issued.clone_into(value),
            _ => {}
        }
    }
    let query = request.query.split('&').map(|pair| match pair.split_once('=') {
        Some(("key", _)) => format!("key={issued}"),
        _ => pair.to_owned(),
    });
    request.query = query.collect::<Vec<_>>().join("&");
}

/// What is answered where the mock plays nothing: a provider of a dialect that it does not speak.
fn made_up(call: &Call, seed: &Seed) -> Answer {
    if call.url.contains(":streamGenerateContent") || call.url.contains(":generateContent") {
        let part = json!({"content": {"parts": [{"text": "ready"}], "role": "model"}, "finishReason": "STOP", "index": 0});
        let usage = json!({"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2});
        let answer = json!({"candidates": [part], "usageMetadata": usage});
        let streams = call.url.contains(":streamGenerateContent");
        return if streams {
            Answer::text(200, "application/json", format!("[{answer}\r\n]"))
        } else {
            Answer::json(200, &answer)
        };
    }
    let path = call.url.split('?').next().unwrap_or_default();
    let endpoint = ANYWHERE.iter().find(|endpoint| path.ends_with(endpoint.path()));
    let body = body_of(&call.headers, call.body.as_deref().unwrap_or_default());
    match (endpoint, body, call.method.as_str()) {
        (Some(endpoint), Some(body), "POST") => endpoint::said(*endpoint, &body, seed),
        _ => Answer::json(200, &json!({"object": "list", "data": []})),
    }
}

/// Says what the providers found wrong. What the last target refused is the request's own; what came before it was hidden by the
/// strategy.
pub(super) fn tell(
    judgement: &mut Judgement,
    providers: &Providers<'_>,
    played: &Played,
    config: Option<&Config>,
) {
    let failed = played.answer.as_ref().is_none_or(|answer| !answer.is_success());
    let refused = judgement.is_refused();
    let mut told: Vec<Finding> = Vec::new();
    for heard in &providers.heard {
        let last = failed && played.target.as_deref() == Some(heard.target.as_str());
        // What else is wrong the gateway's own judgement says already, where it says something.
        let said = |finding: &&Finding| finding.is_error() && (!refused || is_of_model(finding));
        for finding in heard.findings.iter().filter(said) {
            let finding = if heard.lost { finding.clone() } else { placed(finding, heard, config) };
            let finding = if last { finding } else { finding.warning() };
            if !told.contains(&finding) {
                told.push(finding);
            }
        }
    }
    for finding in told {
        judgement.note(finding);
    }
}

/// A finding of a provider at the place that it has in the request to the gateway.
fn placed(finding: &Finding, heard: &Heard, config: Option<&Config>) -> Finding {
    if is_of_model(finding) {
        return of_model(finding, heard, config);
    }
    let place = match &finding.place {
        Place::Credential => Place::Header("authorization".to_owned()),
        place @ (Place::Header(_) | Place::Body(_) | Place::BodyKey(_)) => place.clone(),
        Place::Host
        | Place::Method
        | Place::Path
        | Place::Query(_)
        | Place::InHeader(..)
        | Place::BodyByte(_) => Place::Body(Path::default()),
    };
    Finding { place, fix: None, ..finding.clone() }
}

fn is_of_model(finding: &Finding) -> bool {
    matches!(finding.code, Code::UnknownModel | Code::ModelForm)
}

/// What is wrong with the model, at the place where it stands: in the body, or in what the config puts in.
fn of_model(finding: &Finding, heard: &Heard, config: Option<&Config>) -> Finding {
    let leaves = config.map(Config::leaves).unwrap_or_default();
    let target = leaves.iter().find(|leaf| leaf.path == heard.target);
    let overridden = target.is_some_and(|target| target.override_params.contains_key("model"));
    if overridden {
        let mut path = config::path_of(&heard.target);
        path.0.extend([Step::Key("override_params".to_owned()), Step::Key("model".to_owned())]);
        return Finding { place: config::place(&path), ..finding.clone() };
    }
    // The ids that it names are those of the integration.
    let fix = finding.fix.clone().map(|near| format!("{}{near}", heard.slug));
    let help = finding.help.clone().map(|help| help.replacen('`', &format!("`{}", heard.slug), 1));
    Finding { place: models::in_body(), help, fix, ..finding.clone() }
}

/// A provider that is called by its name needs a key of the client's own, beside Portkey's.
pub(super) fn own_key(profiles: &Profiles, judgement: &mut Judgement, integration: &Integration) {
    let request = judgement.request;
    if KEYLESS.contains(&integration.provider.as_str()) || request.header("x-portkey-custom-host").is_some() {
        return;
    }
    let beside = request.filled("x-portkey-api-key").and_then(|_| request.filled("authorization"));
    let own = beside.or_else(|| request.filled("x-api-key").filter(|_| integration.provider == "anthropic"));
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
    let Some(profile) = profile.filter(|profile| profile.name != GENERIC) else { return };
    if credentials::placeholder(value) {
        return;
    }
    if let Some(mut finding) = credential::wrong(profile, profiles, value) {
        finding.place = Place::Header("authorization".to_owned());
        judgement.refuse_with(answer(false), finding);
    }
}
