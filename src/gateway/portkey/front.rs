//! What the gateway looks at before it routes: path, headers, config and body.

use serde_json::{Map, Value, json};

use super::super::dialects::form::{self, Part};
use super::super::exchange::{Answer, Request};
use super::super::routing::{self, Config, Edition, Target, accepted, custom_host_refused, provider_named};
use super::accounts::{self, Integration};
use super::routes::{self, Function, Reads, Route};
use super::{Gateway, failure, javascript};
use crate::data::{self, Syntax};

/// What is said where nothing names a provider.
const NO_PROVIDER: &str = "Either x-portkey-config or x-portkey-provider header is required";

/// What is said where a config names none.
const NO_PROVIDER_IN_CONFIG: &str = "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a \
    valid config with provider details in it.";

/// Node reads no more of a header.
const MOST_OF_HEADERS: usize = 16 * 1024;

/// A request that the gateway takes.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    /// What it asks for.
    pub(super) function: Function,
    /// The config that holds, be it made of headers.
    pub(super) config: Config,
    /// The body, where it is JSON; null where there is none.
    pub(super) body: Value,
    /// What is handed on that is no JSON.
    pub(super) carried: Carried,
    /// The integration that it names outside of its config.
    pub(super) integration: Option<Integration>,
    /// Guardrails that stand in headers.
    pub(super) defaults: [Option<Value>; 2],
}

/// A body that is no JSON; neither conditions nor what a config puts in have to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// There is none.
    Nothing,
    /// A form of several parts, which is taken apart and put together anew.
    Form(Vec<Part>),
    /// Bytes that are handed on as they come, and so once.
    Stream,
}

impl Admitted {
    /// What conditions look at.
    pub(super) fn call(&self, request: &Request, gateway: &Gateway<'_>) -> routing::Call {
        routing::Call {
            metadata: metadata(request),
            params: self.body.clone(),
            path: request.path.clone(),
            seed: gateway.seed,
        }
    }
}

/// The metadata of a request; nothing where it is not JSON.
pub(super) fn metadata(request: &Request) -> Value {
    let text = request.header("x-portkey-metadata").unwrap_or("{}");
    serde_json::from_str(text).unwrap_or_else(|_| json!({}))
}

/// Takes a request, or says why not.
pub(super) fn admit(request: &Request, gateway: &Gateway<'_>) -> Result<Admitted, Answer> {
    let length: usize = request.headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if length > MOST_OF_HEADERS {
        return Err(Answer { status: 431, headers: Vec::new(), chunks: Vec::new() });
    }
    let route = routes::find(request);
    let hosted = gateway.edition == Edition::Hosted;
    if hosted && route == Route::Health {
        return Err(Answer::json(200, &json!({"status": "success", "message": "Server is healthy"})));
    }
    let authorization = if hosted {
        accounts::admit(request, gateway.accounts)?
    } else {
        request.header("authorization").map(str::to_owned)
    };
    let function = match route {
        Route::Greeting => {
            return Err(Answer::text(200, "text/plain; charset=UTF-8", "AI Gateway says hey!"));
        }
        Route::Function(Function::Proxy) if request.method == "PUT" && !hosted => return Err(nothing()),
        Route::Nothing => return Err(nothing()),
        Route::Prompt if hosted => return Err(failure(404, "Invalid prompt id")),
        Route::Function(function) => function,
        Route::Prompt | Route::OldProxy | Route::Health => Function::Proxy,
    };
    if route != Route::OldProxy {
        content_type(request, gateway.edition)?;
    }
    let body = body(request, function, gateway.edition);
    let integration = if hosted {
        let named = match &body {
            // Not seen: where the model stands in a form, its slug is taken for the integration as well.
            Ok((_, Carried::Form(parts))) => form::fields(parts),
            Ok((body, _)) => body.clone(),
            Err(_) => Value::Null,
        };
        accounts::named(request, &named, gateway.accounts)?
    } else {
        None
    };
    let config =
        Front { request, gateway, integration: integration.as_ref(), authorization }.config(route)?;
    if route == Route::Prompt {
        return Err(failure(500, "prompt completions error: Something went wrong"));
    }
    let defaults = ["x-portkey-default-input-guardrails", "x-portkey-default-output-guardrails"];
    let defaults = defaults.map(|name| request.filled(name));
    let broken = |_| failure(500, "Something went wrong");
    let [input, output] = defaults.map(|text| text.map(serde_json::from_str).transpose());
    let (body, carried) = body?;
    Ok(Admitted {
        function,
        config,
        body,
        carried,
        integration,
        defaults: [input.map_err(broken)?, output.map_err(broken)?],
    })
}

fn nothing() -> Answer {
    Answer::json(404, &json!({"message": "Not Found", "ok": false}))
}

fn content_type(request: &Request, edition: Edition) -> Result<(), Answer> {
    let Some(kind) = request.header("content-type") else { return Ok(()) };
    let kind = kind.split(';').next().unwrap_or_default();
    if matches!(kind, "application/json" | "multipart/form-data") || kind.starts_with("audio") {
        return Ok(());
    }
    Err(match edition {
        Edition::Open => failure(400, "Invalid content type passed"),
        Edition::Hosted => failure(500, "Cannot read properties of undefined (reading 'fn')"),
    })
}

/// The body of a request; the hosted service takes what is no JSON for an empty one.
fn body(request: &Request, function: Function, edition: Edition) -> Result<(Value, Carried), Answer> {
    let declared = request.header("content-type").unwrap_or_default();
    let has_body = !matches!(request.method.as_str(), "GET" | "DELETE" | "HEAD");
    let reads = match (function.reads(), declared.split(';').next()) {
        (Reads::AsDeclared, Some("application/json")) if has_body => Reads::Json,
        (Reads::AsDeclared, Some("multipart/form-data")) if has_body => Reads::Form,
        (Reads::AsDeclared, _) => return Ok((Value::Null, Carried::Nothing)),
        (reads, _) => reads,
    };
    let proxied = function == Function::Proxy;
    let unread = |proxied_message: &str| {
        let message = if proxied { proxied_message } else { "Something went wrong" };
        Err(failure(500, message))
    };
    match reads {
        Reads::Nothing | Reads::AsDeclared => Ok((json!({}), Carried::Nothing)),
        Reads::Stream => Ok((Value::Null, Carried::Stream)),
        Reads::Form => match form::parts(declared, &request.body) {
            Ok(parts) => Ok((Value::Null, Carried::Form(parts))),
            Err(_) => unread("Proxy error: Failed to parse body as FormData."),
        },
        Reads::Json => match (javascript::parse(&request.body), edition) {
            (Some(body), _) => Ok((body, Carried::Nothing)),
            (None, Edition::Hosted) => Ok((json!({}), Carried::Nothing)),
            (None, Edition::Open) => unread("Proxy error: Unexpected end of JSON input"),
        },
    }
}

struct Front<'a> {
    request: &'a Request,
    gateway: &'a Gateway<'a>,
    integration: Option<&'a Integration>,
    authorization: Option<String>,
}

impl Front<'_> {
    /// The name of the provider that stands outside of the config.
    fn provider(&self) -> Option<&str> {
        let named = self.integration.map(|integration| integration.provider.as_str());
        named.or_else(|| self.request.filled("x-portkey-provider"))
    }

    /// The config that holds. The proxy of old validates nothing.
    fn config(&self, route: Route) -> Result<Config, Answer> {
        let edition = self.gateway.edition;
        let validated = route != Route::OldProxy;
        let text = self.request.filled("x-portkey-config");
        let plain = self
            .request
            .filled("x-portkey-provider")
            .filter(|name| !name.starts_with('@') || edition == Edition::Open);
        if validated && text.is_none() && self.provider().is_none() {
            return Err(failure(400, NO_PROVIDER));
        }
        if validated && plain.is_some_and(|name| provider_named(edition, name).is_none()) {
            return Err(failure(400, "Invalid provider passed"));
        }
        if self.request.filled("x-portkey-custom-host").is_some_and(custom_host_refused) {
            return Err(failure(400, "Invalid custom host"));
        }
        let Some(text) = text else {
            return Ok(Config {
                root: self.with_headers(Target {
                    path: "config".to_owned(),
                    weight: 1.0,
                    ..Target::default()
                }),
            });
        };
        let text = self.saved(text)?;
        let mut config = self.read(&text)?;
        if config.root.provider.is_none()
            && !config.root.has_targets
            && accounts::slug_of_target(&config.root).is_none()
        {
            config.root = self.with_headers(config.root);
        }
        Ok(config)
    }

    /// The text of a config, out of the saved ones where it is an id.
    fn saved(&self, text: &str) -> Result<String, Answer> {
        if self.gateway.edition == Edition::Open || !text.starts_with("pc-") {
            return Ok(text.to_owned());
        }
        let config = self.gateway.accounts.config(text);
        config.map(|config| config.to_string()).ok_or_else(|| failure(400, "Invalid config id passed"))
    }

    fn read(&self, text: &str) -> Result<Config, Answer> {
        let edition = self.gateway.edition;
        let no_json = || failure(400, "Invalid config passed. You need to pass a valid json");
        let value: Value = serde_json::from_str(text).map_err(|_| no_json())?;
        if value.is_null() && edition == Edition::Open {
            return Err(no_json());
        }
        let (document, _) = data::parse(text, Syntax::Json).into_parts();
        let node = document.root;
        let (config, errors) = accepted(edition, &node);
        let says = ["provider", "targets"].iter().any(|key| javascript::truthy(value.get(key)));
        let slug = config.as_ref().is_some_and(|config| accounts::slug_of_target(&config.root).is_some());
        let hosted = edition == Edition::Hosted;
        if !says && self.provider().is_none() && !(hosted && (slug || value.get("virtual_key").is_some())) {
            return Err(failure(400, NO_PROVIDER_IN_CONFIG));
        }
        if let Some(answer) = config
            .as_ref()
            .filter(|_| hosted)
            .and_then(|config| accounts::unknown(config, self.gateway.accounts))
        {
            return Err(answer);
        }
        if !errors.is_empty() {
            let body = json!({"status": "failure", "message": "Invalid config passed", "errors": errors});
            return Err(Answer::json(400, &body));
        }
        let old =
            "This version of config is not supported in this route. Please migrate to the latest version";
        config.filter(|_| !javascript::truthy(value.get("options"))).ok_or_else(|| failure(400, old))
    }

    /// A root with the provider, the credential and the settings that stand in headers.
    fn with_headers(&self, root: Target) -> Target {
        let bare = |value: &str| value.replacen("Bearer ", "", 1);
        let provider = self.provider().map(str::to_owned);
        let api_key = match self.integration {
            Some(integration) => Some(integration.api_key.clone()),
            None => self.authorization.as_deref().map(bare),
        };
        let custom_host =
            root.custom_host.clone().or_else(|| self.integration.and_then(|found| found.custom_host.clone()));
        let mut settings = root.settings.clone();
        settings.extend(self.settings(provider.as_deref().unwrap_or_default()));
        Target { provider, custom_host, api_key, settings, ..root }
    }

    /// What headers say to one provider.
    fn settings(&self, provider: &str) -> Map<String, Value> {
        let known: &[(&str, &[&str])] = match provider {
            "openai" => &[
                ("openaiOrganization", &["x-portkey-openai-organization"]),
                ("openaiProject", &["x-portkey-openai-project"]),
                ("openaiBeta", &["x-portkey-openai-beta", "openai-beta"]),
            ],
            "anthropic" => &[
                ("anthropicBeta", &["x-portkey-anthropic-beta", "anthropic-beta"]),
                ("anthropicVersion", &["x-portkey-anthropic-version", "anthropic-version"]),
                ("anthropicApiKey", &["x-api-key"]),
            ],
            "azure-openai" => &[
                ("resourceName", &["x-portkey-azure-resource-name"]),
                ("deploymentId", &["x-portkey-azure-deployment-id"]),
                ("apiVersion", &["x-portkey-azure-api-version"]),
            ],
            _ => &[],
        };
        let found = |names: &[&str]| {
            names.iter().find_map(|name| self.request.filled(name)).map(|value| json!(value))
        };
        known.iter().filter_map(|(key, names)| Some(((*key).to_owned(), found(names)?))).collect()
    }
}
