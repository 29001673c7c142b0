//! The words of configs: keys and closed sets (gateway 1.15.2 and 2.2.3, and Portkey's published schema, read 2026-11-22).

use super::Edition;
use super::shapes::Wanted;

/// How a target is chosen.
pub(super) const MODES: &[&str] = &["single", "loadbalance", "fallback", "conditional"];

/// How answers are kept.
pub(super) const CACHE_MODES: &[&str] = &["simple", "semantic"];

/// The providers that a gateway knows by name, in the order in which it lists them.
pub(super) fn providers(edition: Edition) -> impl Iterator<Item = &'static str> {
    let known = PROVIDERS.iter().filter(move |(_, alone)| alone.is_none_or(|alone| alone == edition));
    known.map(|(name, _)| *name)
}

/// The provider that a gateway knows by a name.
pub fn provider_named(edition: Edition, name: &str) -> Option<&'static str> {
    providers(edition).find(|known| *known == name)
}

/// The providers, each with the edition that alone knows it; none where both do.
const PROVIDERS: &[(&str, Option<Edition>)] = &[
    ("anthropic", None),
    ("anyscale", None),
    ("azure-openai", None),
    ("cohere", None),
    ("google", None),
    ("vertex-ai", None),
    ("mistral-ai", None),
    ("openai", None),
    ("palm", None),
    ("perplexity-ai", None),
    ("reka-ai", None),
    ("together-ai", None),
    ("deepinfra", None),
    ("ncompass", None),
    ("stability-ai", None),
    ("nomic", None),
    ("ollama", None),
    ("ai21", None),
    ("bedrock", None),
    ("groq", None),
    ("segmind", None),
    ("jina", None),
    ("fireworks-ai", None),
    ("workers-ai", None),
    ("moonshot", None),
    ("openrouter", None),
    ("lingyi", None),
    ("zhipu", None),
    ("novita-ai", None),
    ("monsterapi", None),
    ("deepseek", None),
    ("predibase", None),
    ("triton", None),
    ("voyage", None),
    ("azure-ai", None),
    ("github", None),
    ("deepbricks", None),
    ("siliconflow", None),
    ("huggingface", None),
    ("cerebras", None),
    ("inference-net", None),
    ("sambanova", None),
    ("lemonfox-ai", None),
    ("upstage", None),
    ("lambda", None),
    ("dashscope", None),
    ("x-ai", None),
    ("cortex", None),
    ("sagemaker", None),
    ("nebius", None),
    ("recraft-ai", None),
    ("milvus", None),
    ("replicate", None),
    ("portkey", None),
    ("lepton", None),
    ("kluster-ai", None),
    ("nscale", None),
    ("hyperbolic", None),
    ("bytez", Some(Edition::Open)),
    ("featherless-ai", None),
    ("krutrim", None),
    ("qdrant", None),
    ("302ai", Some(Edition::Open)),
    ("cometapi", Some(Edition::Open)),
    ("matterai", Some(Edition::Open)),
    ("meshy", None),
    ("tripo3d", None),
    ("nextbit", Some(Edition::Open)),
    ("modal", None),
    ("z-ai", Some(Edition::Open)),
    ("oracle", None),
    ("iointelligence", None),
    ("aibadgr", None),
    ("ovhcloud", None),
    ("latitude", Some(Edition::Hosted)),
    ("databricks", Some(Edition::Hosted)),
    ("pinecone", Some(Edition::Hosted)),
];

/// Keys of a level whose value is a text.
pub(super) const TEXTS: &[&str] = &[
    "vertex_project_id",
    "vertex_region",
    "azure_resource_name",
    "azure_deployment_id",
    "azure_api_version",
    "azure_model_name",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_region",
    "aws_session_token",
    "openai_organization",
    "openai_project",
    "huggingface_base_url",
    "stability_client_id",
    "snowflake_account",
];

/// Keys of a level.
pub(super) const LEVEL: &[&str] = &[
    "strategy",
    "provider",
    "api_key",
    "virtual_key",
    "cache",
    "retry",
    "weight",
    "on_status_codes",
    "targets",
    "request_timeout",
    "custom_host",
    "forward_headers",
    "override_params",
    "before_request_hooks",
    "after_request_hooks",
    "input_guardrails",
    "output_guardrails",
    "default_input_guardrails",
    "default_output_guardrails",
    "strict_open_ai_compliance",
    "name",
    "id",
    "default_params",
    "drop_params",
    "cb_config",
    "passthrough",
    "prompt_id",
    "metadata",
    "description",
    "auth_type",
    "api_version",
    "deployment_id",
    "resource_name",
    "output_guardrails_mode",
    "input_mutators",
    "output_mutators",
];

/// Starts of keys of a level that belong to one provider.
pub(super) const VENDORS: &[&str] = &[
    "vertex_",
    "azure_",
    "aws_",
    "openai_",
    "anthropic_",
    "workers_ai_",
    "huggingface_",
    "snowflake_",
    "oracle_",
    "stability_",
    "mistral_",
    "amzn_",
    "fireworks_",
    "cortex_",
];

/// Keys of a strategy.
pub(super) const STRATEGY: &[&str] = &["mode", "on_status_codes", "conditions", "default", "sticky"];

/// Keys of a condition.
pub(super) const CONDITION: &[&str] = &["query", "then"];

/// Keys of a retry.
pub(super) const RETRY: &[&str] = &["attempts", "on_status_codes", "use_retry_after_header"];

/// Keys of a cache.
pub(super) const CACHE: &[&str] = &["mode", "max_age"];

/// Keys of a level that hold objects, with their shape.
pub(super) const OBJECTS: &[(&str, Wanted)] = &[
    ("after_request_hooks", Wanted::Hooks),
    ("before_request_hooks", Wanted::Hooks),
    ("input_guardrails", Wanted::Guardrails),
    ("output_guardrails", Wanted::Guardrails),
    ("vertex_service_account_json", Wanted::Texts),
];

/// Operators of conditions.
pub(super) const OPERATORS: &[&str] =
    &["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$regex", "$and", "$or"];
