//! What is known of providers: data in TOML files, read here, embedded in the binary, extended by sites.

mod read;

use std::sync::Arc;

use crate::data::{self, Node, Syntax};
use crate::diagnostics::Diagnostic;
use crate::source::Source;

use super::dialects::Endpoint;
use super::routing::Edition;

/// The files that are built in, in the order in which hosts are looked up.
const BUILT_IN: &[(&str, &str)] = &[
    ("portkey.toml", include_str!("portkey.toml")),
    ("portkey-gateway.toml", include_str!("portkey-gateway.toml")),
    ("openai.toml", include_str!("openai.toml")),
    ("anthropic.toml", include_str!("anthropic.toml")),
    ("openrouter.toml", include_str!("openrouter.toml")),
    ("venice.toml", include_str!("venice.toml")),
    ("google.toml", include_str!("google.toml")),
    ("azure.toml", include_str!("azure.toml")),
    ("mistral.toml", include_str!("mistral.toml")),
    ("groq.toml", include_str!("groq.toml")),
    ("deepseek.toml", include_str!("deepseek.toml")),
    ("xai.toml", include_str!("xai.toml")),
    ("together.toml", include_str!("together.toml")),
    ("fireworks.toml", include_str!("fireworks.toml")),
    ("cloudflare.toml", include_str!("cloudflare.toml")),
    ("vercel.toml", include_str!("vercel.toml")),
    ("kong.toml", include_str!("kong.toml")),
    ("ollama.toml", include_str!("ollama.toml")),
    ("litellm.toml", include_str!("litellm.toml")),
    ("lmstudio.toml", include_str!("lmstudio.toml")),
    ("vllm.toml", include_str!("vllm.toml")),
    ("generic.toml", include_str!("generic.toml")),
];

/// The name of the profile that stands in for hosts that no other profile knows.
pub const GENERIC: &str = "generic";

/// The names by which a machine calls itself; a profile with `local = true` is found at all of them.
pub const LOCAL_HOSTS: &[&str] =
    &["localhost", "127.0.0.1", "0.0.0.0", "::1", "[::1]", "host.docker.internal"];

/// The provider profiles that are known.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    profiles: Vec<Profile>,
}

/// What is known of one provider.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Its name, as configurations call it: `openai`.
    pub name: String,
    /// Its name for people: `OpenAI`.
    pub title: String,
    /// Where the facts are from.
    pub source: String,
    /// When they were looked at, `2026-11-23`.
    pub date: String,
    /// Whether it routes to other providers as Portkey does.
    pub service: Service,
    /// Which of Portkey's gateways it is, where it is one of them.
    pub edition: Edition,
    /// Hosts, in lower case, without ports; one that begins with `*.` stands for all below it. The first is one to write.
    pub hosts: Vec<String>,
    /// Whether it runs on the reader's machine.
    pub local: bool,
    /// The ports; none where the usual ones of the scheme hold.
    pub ports: Vec<u16>,
    /// The base paths and what is served below each; the first is the one to recommend.
    pub bases: Vec<Base>,
    /// Paths with an answer that is always the same.
    pub fixed: Vec<Fixed>,
    /// Starts of paths that it serves and that the mock has no answer for.
    pub elsewhere: Vec<String>,
    /// Whether other things than an API are found at its hosts.
    pub website: bool,
    /// Whether it reads a body only where the content type says that it is JSON.
    pub json_only: bool,
    /// How it authenticates.
    pub authentication: Authentication,
    /// Values of other environment variables that pages use.
    pub variables: Vec<(String, String)>,
    /// What it says of models.
    pub models: Models,
    /// Headers of its own that it understands.
    pub headers: Vec<Header>,
    /// The header of an answer that names the request; empty where there is none.
    pub request_id: String,
    /// What becomes of a parameter that it does not know.
    pub unknown_parameters: UnknownParameters,
    /// Parameters that it takes beside those of the dialect.
    pub parameters: Vec<String>,
    /// Parameters that some of its models do not take.
    pub unsupported: Vec<Unsupported>,
    /// Names by which Portkey integrates other providers, with the profile that answers for each.
    pub integrations: Vec<(String, String)>,
    /// Its errors.
    pub errors: Errors,
    /// How it speaks of its limits.
    pub limits: LimitHeaders,
}

/// How a provider says in headers what is left of a minute's requests and tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitHeaders {
    /// Where that is from.
    pub source: String,
    /// When it was looked at.
    pub date: String,
    /// The header of what is let through; `{what}` stands for `requests` and `tokens`, and without it is for requests.
    pub limit: String,
    /// The header of what is left.
    pub remaining: String,
    /// The header that says when all of it is there again.
    pub reset: String,
    /// How the last one is written.
    pub form: ResetForm,
    /// Whether a refusal has a `retry-after`.
    pub retry_after: bool,
}

/// How a provider writes when its limit is whole again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResetForm {
    /// `6m0s`.
    #[default]
    Duration,
    /// The time, as in RFC 3339.
    Time,
    /// The time in seconds since 1970.
    Unix,
}

/// How a provider comes to its answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// It answers by itself.
    #[default]
    Plain,
    /// It is a Portkey gateway.
    Portkey,
    /// It is whatever speaks a known dialect.
    Generic,
}

/// A base path and what is served below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// The path, from `/`, without a slash at its end; empty for the root. A name in braces stands for one segment of the
    /// caller's own, and `{deployment}` for the model.
    pub path: String,
    /// What is served.
    pub endpoints: Vec<Endpoint>,
    /// What the base path itself serves, for a gateway whose routes are the reader's own.
    pub itself: Option<Endpoint>,
    /// Parameters of the query that are needed there.
    pub query: Vec<String>,
    /// Where a credential may stand there, where that is not as everywhere else.
    pub places: Vec<CredentialPlace>,
    /// Its errors, where they are not those of the rest.
    pub errors: Option<Box<Errors>>,
}

/// A path with an answer that is always the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The method.
    pub method: String,
    /// The whole path.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Whether it answers without a credential.
    pub open: bool,
}

/// How a provider authenticates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// Which credentials are taken.
    pub takes: Takes,
    /// Where a credential may stand, the best place first.
    pub places: Vec<CredentialPlace>,
    /// How its real credentials begin.
    pub prefixes: Vec<String>,
    /// The environment variables that clients read it from, the usual one first.
    pub variables: Vec<String>,
    /// What needs no credential.
    pub open: Vec<Endpoint>,
}

/// Which credentials a provider takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Takes {
    /// Only its own.
    #[default]
    Own,
    /// Any, or none.
    Any,
}

/// A place where a credential may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialPlace {
    /// The header, in lower case; empty where it stands in the query.
    pub header: String,
    /// The parameter of the query, where it stands there.
    pub query: Option<String>,
    /// The word before the credential, such as `Bearer`.
    pub scheme: Option<String>,
}

/// What a provider says of models.
#[derive(Clone, Debug, Default)]
pub struct Models {
    /// The pattern of an id, where ids have one.
    pub form: Option<fancy_regex::Regex>,
    /// The form in words, after «is not»: `` `vendor/model` ``.
    pub words: String,
    /// An id that is known to work.
    pub example: String,
    /// Ids that are known.
    pub known: Vec<String>,
    /// Whether every id outside of `known` is refused.
    pub closed: bool,
    /// Whether a request may name none, because a gateway knows which it is; then the example answers.
    pub optional: bool,
    /// Parts that may follow an id, such as `:free`; they end at the end of the id.
    pub suffixes: Vec<String>,
}

/// A header that a provider understands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its name in lower case.
    pub name: String,
    /// What its value is.
    pub format: Format,
}

/// What the value of a header is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Any text.
    #[default]
    Text,
    /// A JSON object.
    Object,
    /// A Portkey Config or the id of a saved one.
    Config,
    /// A number.
    Number,
    /// Names divided by commas.
    Names,
    /// A URL.
    Url,
    /// `true` or `false`.
    Boolean,
}

/// What becomes of a parameter that a provider does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownParameters {
    /// The request is refused.
    Refused,
    /// The request is refused for one at the top; what is inside of messages is not looked at.
    RefusedAtTop,
    /// It is dropped, and nothing is said.
    #[default]
    Ignored,
    /// It is sent on to a model that may know it.
    PassedOn,
}

/// A parameter that some models of a provider do not take.
#[derive(Clone, Debug, Default)]
pub struct Unsupported {
    /// The parameter.
    pub parameter: String,
    /// Where it would stand.
    pub endpoints: Vec<Endpoint>,
    /// The pattern of the models; none do not take it where there is no pattern.
    pub models: Option<fancy_regex::Regex>,
    /// The only number that they take, as it is written; none where they take nothing.
    pub only: Option<String>,
    /// What the provider says, with `{value}` for what was written.
    pub message: String,
    /// The code that it gives it.
    pub code: String,
    /// What to do.
    pub help: String,
}

/// An error as a provider writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorForm {
    /// The status.
    pub status: u16,
    /// The body, with `{model}`, `{path}`, `{method}`, `{message}`, `{param}`, `{code}`, `{key}` and `{request}` left open.
    pub body: String,
}

/// The errors of a provider; where its profile is silent, those with the usual status and nothing in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errors {
    /// There is no credential.
    pub missing_credential: ErrorForm,
    /// The credential is not its own.
    pub wrong_credential: ErrorForm,
    /// The model is not offered.
    pub unknown_model: ErrorForm,
    /// The model id is of another form.
    pub model_form: ErrorForm,
    /// The path is not served.
    pub wrong_path: ErrorForm,
    /// The method is not taken.
    pub wrong_method: ErrorForm,
    /// The body is not said to be JSON.
    pub content_type: ErrorForm,
    /// The body is not JSON.
    pub body_syntax: ErrorForm,
    /// A parameter is refused.
    pub bad_parameter: ErrorForm,
    /// A parameter is refused that is not known; as `bad_parameter` where there is no body.
    pub unknown_parameter: ErrorForm,
    /// There were too many requests, or too many tokens, in a minute; `{message}` says which, `{param}` in one word.
    pub rate_limit: ErrorForm,
    /// The service has failed.
    pub server_error: ErrorForm,
    /// The service has too much to do.
    pub overloaded: ErrorForm,
    /// The account has nothing left.
    pub budget: ErrorForm,
}

impl Default for Errors {
    fn default() -> Self {
        let usual = |status| ErrorForm { status, body: String::new() };
        Self {
            missing_credential: usual(401),
            wrong_credential: usual(401),
            unknown_model: usual(404),
            model_form: usual(404),
            wrong_path: usual(404),
            wrong_method: usual(405),
            content_type: usual(415),
            body_syntax: usual(400),
            bad_parameter: usual(400),
            unknown_parameter: usual(400),
            rate_limit: usual(429),
            server_error: usual(500),
            overloaded: usual(503),
            budget: usual(402),
        }
    }
}

/// The value of a TOML text that is embedded; what cannot be read is left out.
pub(in crate::gateway) fn toml(text: &str) -> Node {
    data::parse(text, Syntax::Toml).into_parts().0.root
}

impl Profiles {
    /// The profiles that are built in.
    pub fn builtin() -> Self {
        let mut profiles = Self::default();
        for (name, text) in BUILT_IN {
            // The unit tests hold that the embedded files have no problems.
            drop(profiles.add(&Source::new(format!("profiles/{name}"), *text)));
        }
        profiles
    }

    /// Adds the profile of a TOML file, in place of one of the same name; says what is wrong with it.
    pub fn add(&mut self, source: &Arc<Source>) -> Vec<Diagnostic> {
        let (profile, problems) = read::profile(source.text()).into_parts();
        if let Some(profile) = profile {
            match self.profiles.iter_mut().find(|known| known.name == profile.name) {
                Some(known) => *known = profile,
                // A site's own profile goes before the generic one, and before the built-in ones of its host.
                None if problems.is_empty() && profile.service != Service::Generic => {
                    let at = self.profiles.iter().position(|known| known.service == Service::Generic);
                    self.profiles.insert(at.unwrap_or(self.profiles.len()), profile);
                }
                None => self.profiles.push(profile),
            }
        }
        problems.into_iter().map(|problem| problem.of(source)).collect()
    }

    /// Every profile.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.iter()
    }

    /// The profile of a name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The profile of the service at an address; the generic one is not looked at.
    pub fn at(&self, host: &str, port: u16) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.is_at(host, port))
    }
}

impl Profile {
    /// Whether it is found at an address.
    pub fn is_at(&self, host: &str, port: u16) -> bool {
        let is = |known: &str| match known.strip_prefix('*') {
            Some(end) => {
                let split = host.len().checked_sub(end.len()).filter(|at| *at > 0);
                split.and_then(|at| host.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
            }
            None => host.eq_ignore_ascii_case(known),
        };
        let named = self.hosts.iter().any(|known| is(known))
            || (self.local && LOCAL_HOSTS.iter().any(|known| is(known)));
        named && (self.ports.contains(&port) || (self.ports.is_empty() && matches!(port, 80 | 443)))
    }

    /// The environment variable that holds its credential.
    pub fn variable(&self) -> Option<&str> {
        self.authentication.variables.first().map(String::as_str)
    }

    /// The base path to recommend; what is the caller's own in it is named without its braces.
    pub fn base(&self) -> String {
        self.bases.first().map_or_else(String::new, |base| base.path.replace(['{', '}'], ""))
    }
}

impl Models {
    /// Whether an id is known, with or without one of the suffixes.
    pub fn knows(&self, id: &str) -> bool {
        let bare = |known: &&String| {
            id.strip_prefix(known.as_str()).is_some_and(|rest| {
                rest.is_empty() || self.suffixes.iter().any(|suffix| rest.starts_with(suffix.as_str()))
            })
        };
        self.known.iter().any(|known| known == id) || self.known.iter().any(|known| bare(&known))
    }

    /// Whether an id has the form that the provider reads.
    pub fn is_of_form(&self, id: &str) -> bool {
        self.form.as_ref().is_none_or(|form| form.is_match(id).unwrap_or(false))
    }
}
