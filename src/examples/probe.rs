//! The request that a client would send for a model at an endpoint.

use serde_json::json;

use crate::gateway::exchange::{Request, Scheme};

/// What a request is made of.
#[derive(Clone, Debug)]
pub(super) struct Target<'a> {
    /// The base URL as written.
    pub base_url: &'a str,
    /// The dialect, by our name.
    pub dialect: &'a str,
    /// The model, as it goes into the request.
    pub model: &'a str,
    /// The credential.
    pub credential: Option<&'a str>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
}

/// Why no request can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The base URL is no address.
    NotAnAddress(String),
    /// The dialect is one that the gateway does not speak.
    Dialect(String),
}

/// The request; a stream is asked for, as clients that talk to people do.
pub(super) fn request(target: Target<'_>) -> Result<Request, Obstacle> {
    let question = "Reply with the word ready.";
    let messages = json!([{ "role": "user", "content": question }]);
    let model = target.model;
    let Some(path) = path(target.dialect) else {
        return Err(Obstacle::Dialect(target.dialect.to_owned()));
    };
    let body = match target.dialect {
        "openai-responses" => json!({ "model": model, "input": question, "stream": true }),
        "anthropic-messages" => {
            json!({ "model": model, "max_tokens": 64, "messages": messages, "stream": true })
        }
        "google-generative-ai" => {
            json!({ "contents": [{ "role": "user", "parts": [{ "text": question }] }] })
        }
        _ => json!({ "model": model, "messages": messages, "stream": true }),
    };
    let mut request = address(target.base_url)?;
    let base = request.path.trim_end_matches('/');
    // Clients of Anthropic take a base with its version as well as one without.
    let base = if target.dialect == "anthropic-messages" { base.trim_end_matches("/v1") } else { base };
    request.path = match target.dialect {
        "google-generative-ai" => format!("{base}/models/{model}:streamGenerateContent"),
        _ => format!("{base}{path}"),
    };
    if target.dialect == "google-generative-ai" {
        "alt=sse".clone_into(&mut request.query);
    }
    request.body = body.to_string().into_bytes();
    request.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    if let Some(credential) = target.credential {
        request.headers.push(match target.dialect {
            "anthropic-messages" => ("x-api-key".to_owned(), credential.to_owned()),
            "google-generative-ai" => ("x-goog-api-key".to_owned(), credential.to_owned()),
            _ => ("authorization".to_owned(), format!("Bearer {credential}")),
        });
    }
    if target.dialect == "anthropic-messages" {
        request.headers.push(("anthropic-version".to_owned(), "2023-06-01".to_owned()));
    }
    for (name, value) in target.headers {
        request.headers.retain(|(known, _)| *known != name);
        request.headers.push((name, value));
    }
    Ok(request)
}

/// What clients of a dialect put behind the base URL.
pub(super) fn path(dialect: &str) -> Option<&'static str> {
    match dialect {
        "openai-completions" => Some("/chat/completions"),
        "openai-responses" => Some("/responses"),
        "anthropic-messages" => Some("/v1/messages"),
        "ollama" => Some("/api/chat"),
        // The model stands in the path.
        "google-generative-ai" => Some(""),
        _ => None,
    }
}

/// The path of a dialect that a base URL has already, so that it would stand there twice.
pub(super) fn doubled(base_url: &str, dialect: &str) -> Option<&'static str> {
    let path = path(dialect).filter(|path| !path.is_empty())?;
    let url = reqwest::Url::parse(base_url).ok()?;
    url.path().trim_end_matches('/').ends_with(path).then_some(path)
}

/// An empty `POST` to a base URL.
fn address(base_url: &str) -> Result<Request, Obstacle> {
    let wrong = || Obstacle::NotAnAddress(base_url.to_owned());
    let url = reqwest::Url::parse(base_url).map_err(|_| wrong())?;
    let scheme = match url.scheme() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return Err(wrong()),
    };
    Ok(Request {
        method: "POST".to_owned(),
        scheme,
        host: url.host_str().ok_or_else(wrong)?.trim_matches(['[', ']']).to_lowercase(),
        port: url.port_or_known_default().ok_or_else(wrong)?,
        path: url.path().to_owned(),
        query: url.query().unwrap_or_default().to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target<'a>(base_url: &'a str, dialect: &'a str) -> Target<'a> {
        Target { base_url, dialect, model: "m", credential: Some("k"), headers: Vec::new() }
    }

    fn check(base_url: &str, dialect: &str, url: (&str, u16, &str)) {
        let request = request(target(base_url, dialect)).expect("it is an address");
        assert_eq!((request.host.as_str(), request.port, request.path.as_str()), url);
    }

    #[test]
    fn the_path_of_the_dialect_follows_the_base() {
        check(
            "https://api.portkey.ai/v1",
            "openai-completions",
            ("api.portkey.ai", 443, "/v1/chat/completions"),
        );
        check("http://localhost:1234/v1/", "openai-responses", ("localhost", 1234, "/v1/responses"));
        check("https://api.anthropic.com", "anthropic-messages", ("api.anthropic.com", 443, "/v1/messages"));
        check("https://api.portkey.ai/v1", "anthropic-messages", ("api.portkey.ai", 443, "/v1/messages"));
        let google = ("generativelanguage.googleapis.com", 443, "/v1beta/models/m:streamGenerateContent");
        check("https://generativelanguage.googleapis.com/v1beta", "google-generative-ai", google);
        check("http://127.0.0.1:11434", "ollama", ("127.0.0.1", 11434, "/api/chat"));
        check("http://[::1]:11434", "ollama", ("::1", 11434, "/api/chat"));
    }

    #[test]
    fn a_text_is_no_address() {
        let text = request(target("api.portkey.ai/v1", "openai-completions"));
        assert_eq!(text, Err(Obstacle::NotAnAddress("api.portkey.ai/v1".to_owned())));
        let file = request(target("file:///etc/passwd", "ollama"));
        assert_eq!(file, Err(Obstacle::NotAnAddress("file:///etc/passwd".to_owned())));
    }

    #[test]
    fn a_header_of_the_page_goes_before_ours() {
        let mut target = target("https://x/v1", "openai-completions");
        target.headers = vec![("authorization".to_owned(), "Basic x".to_owned())];
        let request = request(target).expect("it is an address");
        let found: Vec<_> = request.headers.iter().filter(|(name, _)| name == "authorization").collect();
        assert_eq!(found, [&("authorization".to_owned(), "Basic x".to_owned())]);
    }
}
