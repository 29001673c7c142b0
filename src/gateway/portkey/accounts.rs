//! The hosted service's door: a key, and integrations, saved configs and guardrails by their names.

use serde_json::{Value, json};

use super::super::exchange::{Answer, Request};
use super::super::routing::{Config, HookKind, Target};
use super::failure;

/// Whom a gateway knows.
pub trait Accounts {
    /// Whether a key is one of the service's.
    fn knows_key(&self, key: &str) -> bool;
    /// The integration of a slug.
    fn integration(&self, slug: &str) -> Option<Integration>;
    /// The config of an id.
    fn config(&self, id: &str) -> Option<Value>;
    /// Whether a guardrail is saved under an id.
    fn has_guardrail(&self, id: &str) -> bool;
}

/// What stands behind a slug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Integration {
    /// The slug.
    pub slug: String,
    /// The name of the provider.
    pub provider: String,
    /// The credential.
    pub api_key: String,
    /// A base URL in place of the provider's.
    pub custom_host: Option<String>,
    /// The only models that may be asked for; none where all may.
    pub models: Option<Vec<String>>,
}

/// The accounts of a gateway that has none.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Accounts for Nobody {
    fn knows_key(&self, _key: &str) -> bool {
        false
    }

    fn integration(&self, _slug: &str) -> Option<Integration> {
        None
    }

    fn config(&self, _id: &str) -> Option<Value> {
        None
    }

    fn has_guardrail(&self, _id: &str) -> bool {
        false
    }
}

/// Whether a request carries a key of the service; the credential that is left for the provider.
pub(super) fn admit(request: &Request, accounts: &dyn Accounts) -> Result<Option<String>, Answer> {
    let bare = |value: &str| value.strip_prefix("Bearer ").unwrap_or(value).to_owned();
    let authorization = request.filled("authorization");
    let own = request.filled("x-portkey-api-key").map(str::to_owned);
    let key = own.clone().or_else(|| authorization.map(bare));
    let Some(key) = key.filter(|key| accounts.knows_key(key)) else {
        let message = "Portkey Error: Invalid API Key. Error Code: 03";
        let body =
            json!({"status": "failure", "message": message, "error": {"message": message, "code": "03"}});
        let answer = Answer::text(401, "application/json;charset=UTF-8", body.to_string());
        return Err(match request.filled("origin") {
            Some(origin) => answer
                .with("access-control-allow-origin", origin)
                .with("access-control-expose-headers", "x-portkey-cache-status"),
            None => answer,
        });
    };
    // The key itself never reaches a provider.
    Ok(authorization.filter(|value| own.is_some() && bare(value) != key).map(str::to_owned))
}

/// The slug and the rest of a model id such as `@slug/model`; ids of Cloudflare and Hugging Face that start alike have none.
pub fn slug_of(model: &str) -> Option<(&str, &str)> {
    let rest = model.strip_prefix('@')?;
    if rest.starts_with("cf/") || rest.starts_with("hf/") {
        return None;
    }
    match rest.split_once('/') {
        Some((slug, name)) => Some((slug, name)),
        // Without a model after it the id is sent on as it is.
        None => Some((rest, model)),
    }
}

/// The model of a request to the hosted service: in its body, else in its address.
pub fn model_of(request: &Request, body: &Value) -> Option<String> {
    let model = body.get("model").and_then(Value::as_str).map(str::to_owned);
    model.or_else(|| request.query_value("model"))
}

/// The integration that a request names outside of its config: in a header, else in its model, else in its address.
pub(super) fn named(
    request: &Request,
    body: &Value,
    accounts: &dyn Accounts,
) -> Result<Option<Integration>, Answer> {
    let model = model_of(request, body);
    let by_model = || model.as_deref().and_then(slug_of).map(|(slug, _)| slug.to_owned());
    let by_header = request.filled("x-portkey-provider").and_then(|provider| provider.strip_prefix('@'));
    let virtual_key = request.filled("x-portkey-virtual-key");
    let Some(slug) = by_header.or(virtual_key).map(str::to_owned).or_else(by_model) else { return Ok(None) };
    let found = accounts.integration(&slug);
    let shown = virtual_key.filter(|_| by_header.is_none()).unwrap_or("null");
    found.map(Some).ok_or_else(|| failure(400, &format!("Following keys are not valid: {shown}")))
}

/// The slug that a target names by itself.
pub(super) fn slug_of_target(target: &Target) -> Option<&str> {
    let provider = target.provider.as_deref().and_then(|provider| provider.strip_prefix('@'));
    let model = target.override_params.get("model").and_then(Value::as_str);
    let by_model = || model.and_then(slug_of).map(|(slug, _)| slug);
    let own = target.provider.is_some() && provider.is_none();
    provider
        .or_else(|| target.virtual_key.as_deref().filter(|_| !own))
        .or_else(|| by_model().filter(|_| !own))
        .map(|slug| slug.trim_start_matches('@'))
}

/// What is said where a config names what the service does not know.
pub(super) fn unknown(config: &Config, accounts: &dyn Accounts) -> Option<Answer> {
    let leaves = config.leaves();
    let slugs = leaves.iter().filter_map(|leaf| slug_of_target(leaf));
    let strange: Vec<&str> = slugs.filter(|slug| accounts.integration(slug).is_none()).collect();
    if !strange.is_empty() {
        return Some(failure(400, &format!("Following keys are not valid: {}", strange.join(", "))));
    }
    let hooks = leaves.iter().flat_map(|leaf| leaf.before.iter().chain(&leaf.after).flatten());
    let saved =
        hooks.filter(|hook| hook.kind == HookKind::Guardrail).filter_map(|hook| hook.saved.as_deref());
    let strange: Vec<&str> = saved.filter(|id| !accounts.has_guardrail(id)).collect();
    (!strange.is_empty())
        .then(|| failure(400, &format!("Following guardrails are not valid: {}", strange.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_keeps_its_slashes() {
        assert_eq!(slug_of("@openai/meta/llama"), Some(("openai", "meta/llama")));
        assert_eq!(slug_of("@cf/meta/llama"), None);
        assert_eq!(slug_of("@openai"), Some(("openai", "@openai")));
        assert_eq!(slug_of("gpt-5"), None);
    }
}
