//! Where a request goes: the endpoint of a provider, or what is wrong with the path.

use crate::diagnostics::{Code, nearest};
use crate::gateway::dialects::Endpoint;
use crate::gateway::exchange::{Finding, Place, Request};
use crate::gateway::profiles::{Fixed, Profile, Service};

/// What is found at a path.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// An endpoint of a dialect, with the path below its base.
    Endpoint(Endpoint, &'a str),
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
        let Some(rest) = path.strip_prefix(base.path.as_str()).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        for endpoint in base.endpoints.iter().filter(|endpoint| endpoint.serves(rest)) {
            if takes(endpoint.method(), &request.method) {
                return Found::Endpoint(*endpoint, rest);
            }
            other_method = Some(endpoint.method());
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

/// The endpoint that a path of an unknown service ends in, where method and body belong to its dialect.
pub(super) fn of_dialect(request: &Request) -> Option<(Endpoint, &str)> {
    let path = request.path.as_str();
    let post = request.method == "POST";
    let ends = |end: &str| path.ends_with(end);
    let body = request.json();
    let has = |key: &str| body.as_ref().is_none_or(|body| body.get(key).is_some());
    let endpoint = match () {
        () if post && ends("/chat/completions") => Endpoint::ChatCompletions,
        () if post && ends("/completions") && has("prompt") => Endpoint::Completions,
        () if post && ends("/embeddings") && has("input") => Endpoint::Embeddings,
        () if post && ends("/responses") && has("input") => Endpoint::Responses,
        () if post && ends("/v1/messages") && has("messages") => Endpoint::Messages,
        () if post && ends("/api/chat") && has("messages") => Endpoint::OllamaChat,
        () if post && ends("/api/generate") && has("prompt") => Endpoint::OllamaGenerate,
        () if post && ends("/api/embed") && has("input") => Endpoint::OllamaEmbed,
        () if request.method == "GET" && ends("/api/tags") => Endpoint::OllamaTags,
        () if request.method == "GET" && ends("/v1/models") => Endpoint::Models,
        () => return None,
    };
    Some((endpoint, endpoint.as_str()))
}

fn takes(method: &str, asked: &str) -> bool {
    method == asked || (method == "GET" && asked == "HEAD")
}

fn wrong_method(profile: &Profile, request: &Request, method: &str) -> Finding {
    let message = format!("{} does not take `{}` at `{}`", profile.title, request.method, request.path);
    let finding =
        Finding::new(Code::WrongMethod, Place::Method, message).help(format!("send it with `{method}`"));
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
    let finding = Finding::new(Code::WrongPath, Place::Path, message);
    let url = |base: &str| format!("{}://{}{base}", request.scheme.as_str(), request.authority());
    for base in &profile.bases {
        let meant = base.endpoints.iter().find_map(|endpoint| Some((endpoint, before(path, *endpoint)?)));
        let Some((endpoint, before)) = meant else { continue };
        let right = format!("{}/{endpoint}", base.path);
        let doubled = !base.path.is_empty() && before == format!("{0}{0}", base.path);
        let label =
            if doubled { format!("`{}` stands twice", base.path) } else { "not the base path".to_owned() };
        let help = format!("the base URL is `{}`", url(&base.path));
        return Found::WrongPath(finding.label(label).help(help).fix(right));
    }
    let known = base.endpoints.iter().map(|endpoint| format!("{}/{endpoint}", base.path)).collect::<Vec<_>>();
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

fn list(base: &crate::gateway::profiles::Base) -> String {
    base.endpoints.iter().map(|endpoint| endpoint.as_str()).collect::<Vec<_>>().join("`, `")
}

/// What stands before an endpoint at the end of a path.
fn before(path: &str, endpoint: Endpoint) -> Option<&str> {
    let name = endpoint.as_str();
    let before = path.trim_end_matches('/').strip_suffix(name)?.strip_suffix('/')?;
    // `/completions` also ends `/chat/completions`, which is another endpoint.
    (endpoint != Endpoint::Completions || !before.ends_with("/chat")).then_some(before)
}
