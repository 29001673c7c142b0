//! The call of a provider: its address, its headers and its body.

use serde_json::{Value, json};

use super::super::dialects::form::{self, Part};
use super::super::routing::{Edition, Target};
use super::accounts::slug_of;
use super::front::Carried;
use super::providers::{Context, Provider};
use super::response::Exception;
use super::routes::Function;
use super::target::Asking;
use super::{Call, javascript};

/// Headers of the client that the proxy keeps back.
const KEPT_BACK: &[&str] = &["content-length", "expect", "host", "connection", "transfer-encoding"];

/// What is sent to a provider.
struct Parcel {
    body: Vec<u8>,
    /// The content type in place of that of JSON.
    kind: Option<String>,
    /// Whether it is sent though the client did not say what its own body is.
    undeclared: bool,
}

impl Parcel {
    fn json(body: &Value) -> Self {
        Self { body: javascript::stringify(body), kind: None, undeclared: false }
    }
}

impl Asking<'_, '_> {
    /// The call of the provider.
    pub(super) fn call(
        &self,
        target: &Target,
        provider: (Provider, &Context<'_>),
        place: (Option<String>, Option<String>),
    ) -> Result<Call, Exception> {
        let ((provider, context), (custom_host, slug)) = (provider, place);
        let method = self.request.method.clone();
        let base = custom_host.clone().unwrap_or_else(|| provider.base().to_owned());
        let address = format!(
            "{}{}{}",
            self.request.path,
            if self.request.query.is_empty() { "" } else { "?" },
            self.request.query
        );
        let url = if context.function == Function::Proxy {
            let path =
                address.replacen(if address.contains("/v1/proxy") { "/v1/proxy" } else { "/v1" }, "", 1);
            let url = format!("{base}{path}");
            if provider == Provider::Anthropic { url.replacen("/v1/v1/", "/v1/", 1) } else { url }
        } else {
            format!("{base}{}", provider.path(target, context, &address))
        };
        let parcel = self.parcel(target, provider, context)?;
        let declared = parcel.undeclared || self.request.filled("content-type").is_some();
        let sent = !matches!(method.as_str(), "GET" | "DELETE") && declared;
        let mut headers = self.headers(target, provider, context);
        if method == "GET" {
            headers.retain(|(name, _)| name != "content-type");
        } else if let Some(kind) = parcel.kind {
            headers.retain(|(name, _)| name != "content-type");
            headers.push(("content-type".to_owned(), kind));
        }
        let body = sent.then_some(parcel.body);
        Ok(Call {
            target: target.path.clone(),
            provider: target.provider.clone().unwrap_or_default(),
            slug,
            custom_host,
            method,
            url,
            headers,
            body,
        })
    }

    /// What is sent. A form goes to those alone that take one; others are sent an empty object.
    fn parcel(
        &self,
        target: &Target,
        provider: Provider,
        context: &Context<'_>,
    ) -> Result<Parcel, Exception> {
        let function = context.function;
        match &self.admitted.carried {
            Carried::Form(parts) if function == Function::Proxy || provider.takes_form(function) => {
                let (kind, body) = form::written(&self.bare(parts));
                Ok(Parcel { body, kind: Some(kind), undeclared: true })
            }
            Carried::Form(_) => Ok(Parcel::json(&json!({}))),
            Carried::Stream if provider.takes_form(function) => Ok(Parcel {
                body: self.request.body.clone(),
                kind: self.request.filled("content-type").map(str::to_owned),
                undeclared: true,
            }),
            Carried::Stream => Err(Exception("Something went wrong".to_owned())),
            Carried::Nothing if function == Function::Proxy => Ok(Parcel::json(&self.admitted.body)),
            Carried::Nothing if self.request.method == "POST" => {
                let body = provider.body(context).map_err(|_| {
                    let name = target.provider.as_deref().unwrap_or_default();
                    Exception(format!("{} is not supported by {name}", function.name()))
                })?;
                Ok(Parcel::json(&body))
            }
            Carried::Nothing => Ok(Parcel::json(&Value::Null)),
        }
    }

    /// The parts of a form; the hosted service takes the slug out of the model.
    fn bare(&self, parts: &[Part]) -> Vec<Part> {
        let mut parts = parts.to_vec();
        if self.gateway.edition == Edition::Hosted {
            for part in parts.iter_mut().filter(|part| part.name == "model" && part.file.is_none()) {
                let bare =
                    std::str::from_utf8(&part.content).ok().and_then(slug_of).map(|(_, model)| model.into());
                part.content = bare.unwrap_or_else(|| std::mem::take(&mut part.content));
            }
        }
        parts
    }

    /// The headers that a provider is sent.
    fn headers(&self, target: &Target, provider: Provider, context: &Context<'_>) -> Vec<(String, String)> {
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let mut put = |name: &str, value: &str| match headers.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => headers.push((name.to_owned(), value.to_owned())),
        };
        for (name, value) in provider.headers(target, context) {
            put(&name, &value);
        }
        let listed = self.request.filled("x-portkey-forward-headers");
        let listed =
            listed.map(|names| names.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>());
        for name in listed.or_else(|| target.forward_headers.clone()).unwrap_or_default() {
            let name = name.to_lowercase();
            if let Some(value) = self.request.filled(&name) {
                put(&name, value);
            }
        }
        if context.function == Function::Proxy {
            for (name, value) in &self.request.headers {
                if !name.starts_with("x-portkey-") && !KEPT_BACK.contains(&name.as_str()) {
                    put(name, value);
                }
            }
        }
        headers
    }
}
