//! The words of configs: keys and closed sets (gateway 1.15.2 and 2.2.3, and Portkey's published schema, read 2026-11-22).

use super::Edition;
use super::shapes::Wanted;

/// How a target is chosen.
pub(super) const MODES: &[&str] = &["single", "loadbalance", "fallback", "conditional"];

/// How answers are kept.
pub(super) const CACHE_MODES: &[&str] = &["simple", "semantic"];

/// The providers that a gateway knows by name, in the order in which it lists them.
pub(super) fn providers(edition: Edition) -> &'static [&'static str] {
    match edition {
        Edition::Open => OPEN_PROVIDERS,
        Edition::Hosted => HOSTED_PROVIDERS,
    }
}

/// The provider that a gateway knows by a name.
pub fn provider_named(edition: Edition, name: &str) -> Option<&'static str> {
    providers(edition).iter().copied().find(|known| *known == name)
}

/// The providers of the open-source gateway.
const OPEN_PROVIDERS: &[&str] = &[
    "anthropic",
    "anyscale",
    "azure-openai",
    "cohere",
    "google",
    "vertex-ai",
    "mistral-ai",
    "openai",
    "palm",
    "perplexity-ai",
    "reka-ai",
    "together-ai",
    "deepinfra",
    "ncompass",
    "stability-ai",
    "nomic",
    "ollama",
    "ai21",
    "bedrock",
    "groq",
    "segmind",
    "jina",
    "fireworks-ai",
    "workers-ai",
    "moonshot",
    "openrouter",
    "lingyi",
    "zhipu",
    "novita-ai",
    "monsterapi",
    "deepseek",
    "predibase",
    "triton",
    "voyage",
    "azure-ai",
    "github",
    "deepbricks",
    "siliconflow",
    "huggingface",
    "cerebras",
    "inference-net",
    "sambanova",
    "lemonfox-ai",
    "upstage",
    "lambda",
    "dashscope",
    "x-ai",
    "cortex",
    "sagemaker",
    "nebius",
    "recraft-ai",
    "milvus",
    "replicate",
    "portkey",
    "lepton",
    "kluster-ai",
    "nscale",
    "hyperbolic",
    "bytez",
    "featherless-ai",
    "krutrim",
    "qdrant",
    "302ai",
    "cometapi",
    "matterai",
    "meshy",
    "tripo3d",
    "nextbit",
    "modal",
    "z-ai",
    "oracle",
    "iointelligence",
    "aibadgr",
    "ovhcloud",
];

/// The providers of the hosted service.
const HOSTED_PROVIDERS: &[&str] = &[
    "anthropic",
    "anyscale",
    "azure-openai",
    "cohere",
    "google",
    "vertex-ai",
    "mistral-ai",
    "openai",
    "palm",
    "perplexity-ai",
    "reka-ai",
    "together-ai",
    "deepinfra",
    "ncompass",
    "stability-ai",
    "nomic",
    "ollama",
    "ai21",
    "bedrock",
    "groq",
    "segmind",
    "jina",
    "fireworks-ai",
    "workers-ai",
    "moonshot",
    "openrouter",
    "lingyi",
    "zhipu",
    "novita-ai",
    "monsterapi",
    "deepseek",
    "predibase",
    "triton",
    "voyage",
    "azure-ai",
    "github",
    "deepbricks",
    "siliconflow",
    "huggingface",
    "cerebras",
    "inference-net",
    "sambanova",
    "lemonfox-ai",
    "upstage",
    "lambda",
    "dashscope",
    "x-ai",
    "cortex",
    "sagemaker",
    "nebius",
    "recraft-ai",
    "milvus",
    "replicate",
    "portkey",
    "lepton",
    "kluster-ai",
    "nscale",
    "hyperbolic",
    "featherless-ai",
    "krutrim",
    "qdrant",
    "meshy",
    "tripo3d",
    "modal",
    "oracle",
    "iointelligence",
    "aibadgr",
    "ovhcloud",
    "latitude",
    "databricks",
    "pinecone",
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
