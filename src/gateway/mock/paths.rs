//! Where a request goes: the endpoint of a provider, or what is wrong with the path.

use crate::diagnostics::{Code, nearest};
use crate::gateway::dialects::{Dialect, Endpoint};
use crate::gateway::exchange::{self, Finding, Request};
use crate::gateway::profiles::{Base, Fixed, Profile, Service};

/// What is found at a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// An endpoint of a dialect.
    Endpoint(Place<'a>),
    /// An answer that is always the same.
    Fixed(&'a Fixed),
    /// Something that the provider serves and that the mock does not play.
    Elsewhere,
    /// Something that has nothing to do with an API.
    Stranger,
    /// The method is not taken there.
    WrongMethod(Finding),
    /// Nothing is served there.
    WrongPath(Finding),
}

/// An endpoint that a request goes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The base path that it stands below; none at a host that nobody knows.
    pub(super) base: Option<&'a Base>,
    /// The endpoint.
    pub(super) endpoint: Endpoint,
    /// The path below the base path.
    pub(super) rest: &'a str,
    /// What stands at the open place of the base path: a deployment.
    pub(super) deployment: Option<&'a str>,
}

/// Finds what a request asks a provider for.
pub(super) fn find<'a>(profile: &'a Profile, request: &'a Request) -> Found<'a> {
    let path = request.path.as_str();
    let mut other_method = None;
    for fixed in profile.fixed.iter().filter(|fixed| fixed.path == path) {
        if takes(&fixed.method, &request.method) {
            return Found::Fixed(fixed);
        }
        other_method = Some(fixed.method.as_str());
    }
    for base in &profile.bases {
        if let Some(endpoint) = base.itself.filter(|_| is(&base.path, path)) {
            if takes("POST", &request.method) {
                let rest = endpoint.path();
                return Found::Endpoint(Place { base: Some(base), endpoint, rest, deployment: None });
            }
            other_method = Some("POST");
        }
        let Some((deployment, rest)) = below(&base.path, path) else { continue };
        for endpoint in &base.endpoints {
            let methods = endpoint.methods(rest);
            if methods.iter().any(|method| takes(method, &request.method)) {
                return Found::Endpoint(Place { base: Some(base), endpoint: *endpoint, rest, deployment });
            }
            other_method = methods.first().copied().or(other_method);
        }
    }
    if profile.elsewhere.iter().any(|start| path.starts_with(start.as_str())) {
        return Found::Elsewhere;
    }
    match other_method {
        Some(method) => Found::WrongMethod(wrong_method(profile, request, method)),
        None => wrong_path(profile, request),
    }
}

/// Whether a path is a base path and nothing more.
fn is(base: &str, path: &str) -> bool {
    let fits = |(wanted, segment): (&str, &str)| {
        wanted == segment || (wanted.starts_with('{') && !segment.is_empty())
    };
    base.split('/').count() == path.split('/').count() && base.split('/').zip(path.split('/')).all(fits)
}

/// What stands below a base path, and at the open place for a deployment.
fn below<'a>(base: &str, path: &'a str) -> Option<(Option<&'a str>, &'a str)> {
    if !base.contains('{') {
        return Some((None, path.strip_prefix(base)?.strip_prefix('/')?));
    }
    let (mut rest, mut deployment) = (path, None);
    for wanted in base.split('/').skip(1) {
        let (segment, behind) = split(rest.strip_prefix('/')?)?;
        match wanted.strip_prefix('{') {
            Some(name) if !segment.is_empty() => {
                deployment = if name == "deployment}" { Some(segment) } else { deployment };
            }
            None if segment == wanted => {}
            Some(_) | None => return None,
        }
        rest = behind;
    }
    Some((deployment, rest.strip_prefix('/')?))
}

/// The first segment of a path, and the rest from its slash.
fn split(path: &str) -> Option<(&str, &str)> {
    let at = path.find('/')?;
    Some((path.get(..at)?, path.get(at..)?))
}

/// The endpoint that a path of an unknown service ends in, where method and body belong to its dialect.
pub(super) fn of_dialect(request: &Request) -> Option<Place<'_>> {
    let path = request.path.as_str();
    let post = request.method == "POST";
    let ends = |end: &str| path.ends_with(end);
    // Read only where the path belongs to a dialect.
    let body = std::cell::LazyCell::new(|| request.json());
    let has = |key: &str| body.as_ref().is_none_or(|body| body.get(key).is_some());
    let google = |action: &str| post && path.rsplit_once(':').is_some_and(|(_, end)| end == action);
    let endpoint = match () {
        () if post && ends("/chat/completions") => Endpoint::ChatCompletions,
        () if post && ends("/completions") && has("prompt") => Endpoint::Completions,
        () if post && ends("/embeddings") && has("input") => Endpoint::Embeddings,
        () if post && ends("/responses") && has("input") => Endpoint::Responses,
        () if post && ends("/v1/messages") && has("messages") => Endpoint::Messages,
        () if post && ends("/v1/messages/count_tokens") && has("messages") => Endpoint::CountMessageTokens,
        () if google("generateContent") && has("contents") => Endpoint::GenerateContent,
        () if google("streamGenerateContent") && has("contents") => Endpoint::StreamGenerateContent,
        () if google("countTokens") => Endpoint::CountTokens,
        () if post && ends("/api/chat") && has("messages") => Endpoint::OllamaChat,
        () if post && ends("/api/generate") && has("prompt") => Endpoint::OllamaGenerate,
        () if post && ends("/api/embed") && has("input") => Endpoint::OllamaEmbed,
        () if request.method == "GET" && ends("/api/tags") => Endpoint::OllamaTags,
        () if request.method == "GET" && ends("/v1/models") => Endpoint::Models,
        () => return None,
    };
    // What Google's paths name stands in their last two segments.
    let start = path.rfind("/models/").filter(|_| endpoint.dialect() == Dialect::Google);
    let rest = start.and_then(|at| path.get(at + 1..)).unwrap_or(endpoint.path());
    Some(Place { base: None, endpoint, rest, deployment: None })
}

fn takes(method: &str, asked: &str) -> bool {
    method == asked || (method == "GET" && asked == "HEAD")
}

fn wrong_method(profile: &Profile, request: &Request, method: &str) -> Finding {
    let message = format!("{} does not take `{}` at `{}`", profile.title, request.method, request.path);
    let finding = Finding::new(Code::WrongMethod, exchange::Place::Method, message)
        .help(format!("send it with `{method}`"));
    if method == "POST" && request.body.is_empty() {
        return finding.help("send it with `POST` and a body, in curl with `-d '{…}'`");
    }
    finding.fix(method)
}

/// What stands at a path where nothing is served, and what was meant.
fn wrong_path<'a>(profile: &Profile, request: &Request) -> Found<'a> {
    let path = request.path.as_str();
    let Some(base) = profile.bases.first() else { return Found::Stranger };
    let message = format!("{} serves nothing at `{path}`", profile.title);
    let finding = Finding::new(Code::WrongPath, exchange::Place::Path, message);
    let url = |base: &str| format!("{}://{}{base}", request.scheme.as_str(), request.authority());
    let fixed = || profile.bases.iter().filter(|base| !base.path.contains('{'));
    for base in fixed() {
        let meant = base.endpoints.iter().find_map(|endpoint| Some((endpoint, before(path, *endpoint)?)));
        let Some((endpoint, before)) = meant else { continue };
        let right = format!("{}/{}", base.path, tail(path, *endpoint));
        let doubled = !base.path.is_empty() && before == format!("{0}{0}", base.path);
        let label =
            if doubled { format!("`{}` stands twice", base.path) } else { "not the base path".to_owned() };
        let help = format!("the base URL is `{}`", url(&base.path));
        return Found::WrongPath(finding.label(label).help(help).fix(right));
    }
    let whole = base.endpoints.iter().filter(|endpoint| !endpoint.path().contains("{}"));
    let known = whole.map(|endpoint| format!("{}/{}", base.path, endpoint.path())).collect::<Vec<_>>();
    if let Some(near) = nearest(path, known.iter().map(String::as_str)) {
        return Found::WrongPath(finding.help(format!("write `{near}`")).fix(near));
    }
    let outside = !path.starts_with(&format!("{}/", base.path)) || base.path.is_empty();
    let plain = profile.local || profile.website || profile.service == Service::Generic;
    if plain && outside {
        return Found::Stranger;
    }
    Found::WrongPath(finding.help(format!(
        "the base URL is `{}`, and below it stands `{}`",
        url(&base.path),
        list(base)
    )))
}

fn list(base: &Base) -> String {
    let told = base.endpoints.iter().filter(|endpoint| **endpoint != Endpoint::StoredResponses);
    told.map(|endpoint| endpoint.path()).collect::<Vec<_>>().join("`, `")
}

/// What stands before an endpoint at the end of a path.
fn before(path: &str, endpoint: Endpoint) -> Option<&str> {
    let path = path.trim_end_matches('/');
    let before = match endpoint.path().split_once("{}") {
        None => path.strip_suffix(endpoint.path())?.strip_suffix('/')?,
        Some((start, end)) => path.strip_suffix(end)?.rsplit_once(&format!("/{start}"))?.0,
    };
    // `/completions` also ends `/chat/completions`, which is another endpoint.
    (endpoint != Endpoint::Completions || !before.ends_with("/chat")).then_some(before)
}

/// The endpoint as it stands at the end of a path.
fn tail(path: &str, endpoint: Endpoint) -> &str {
    let path = path.trim_end_matches('/');
    before(path, endpoint).and_then(|before| path.get(before.len() + 1..)).unwrap_or(endpoint.path())
}
