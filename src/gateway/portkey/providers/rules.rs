//! Which parameters a provider is sent, and within which bounds.

use serde_json::{Map, Value, json};

use super::super::javascript::number_of;

/// What becomes of one parameter: it is sent under the same name, held to its bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    /// The name.
    pub(super) name: &'static str,
    /// Lower numbers are raised to it.
    pub(super) lowest: Option<f64>,
    /// Higher numbers are lowered to it.
    pub(super) highest: Option<f64>,
}

/// A parameter without bounds.
pub(super) const fn free(name: &'static str) -> Rule {
    Rule { name, lowest: None, highest: None }
}

/// A parameter from a number to another.
pub(super) const fn within(name: &'static str, lowest: f64, highest: f64) -> Rule {
    Rule { name, lowest: Some(lowest), highest: Some(highest) }
}

/// A parameter from a number on.
pub(super) const fn from(name: &'static str, lowest: f64) -> Rule {
    Rule { name, lowest: Some(lowest), highest: None }
}

/// A parameter up to a number.
pub(super) const fn up_to(name: &'static str, highest: f64) -> Rule {
    Rule { name, lowest: None, highest: Some(highest) }
}

/// What OpenAI's chat takes (1.15.2).
pub(super) const CHAT: &[Rule] = &[
    free("model"),
    free("messages"),
    free("functions"),
    free("function_call"),
    from("max_tokens", 0.0),
    within("temperature", 0.0, 2.0),
    within("top_p", 0.0, 1.0),
    free("n"),
    free("stream"),
    free("stop"),
    within("presence_penalty", -2.0, 2.0),
    within("frequency_penalty", -2.0, 2.0),
    free("logit_bias"),
    free("user"),
    free("seed"),
    free("tools"),
    free("tool_choice"),
    free("response_format"),
    free("logprobs"),
    free("top_logprobs"),
    free("stream_options"),
    free("service_tier"),
    free("parallel_tool_calls"),
    free("max_completion_tokens"),
    free("store"),
    free("metadata"),
    free("modalities"),
    free("audio"),
    free("prediction"),
    free("reasoning_effort"),
    free("web_search_options"),
    free("prompt_cache_key"),
    free("safety_identifier"),
    free("verbosity"),
];

/// What OpenAI's completions take.
pub(super) const COMPLETE: &[Rule] = &[
    free("model"),
    free("prompt"),
    from("max_tokens", 0.0),
    within("temperature", 0.0, 2.0),
    within("top_p", 0.0, 1.0),
    free("n"),
    free("stream"),
    up_to("logprobs", 5.0),
    free("echo"),
    free("stop"),
    within("presence_penalty", -2.0, 2.0),
    within("frequency_penalty", -2.0, 2.0),
    free("best_of"),
    free("logit_bias"),
    free("user"),
    free("seed"),
    free("suffix"),
    free("stream_options"),
];

/// What OpenAI's embeddings take.
pub(super) const EMBED: &[Rule] =
    &[free("model"), free("input"), free("encoding_format"), free("dimensions"), free("user")];

/// What OpenAI's responses take.
pub(super) const RESPOND: &[Rule] = &[
    free("background"),
    free("conversation"),
    free("input"),
    free("model"),
    free("include"),
    free("instructions"),
    free("max_tool_calls"),
    free("max_output_tokens"),
    free("metadata"),
    free("modalities"),
    free("parallel_tool_calls"),
    free("previous_response_id"),
    free("prompt"),
    free("prompt_cache_key"),
    free("reasoning"),
    free("safety_identifier"),
    free("service_tier"),
    free("store"),
    free("stream"),
    free("stream_options"),
    free("temperature"),
    free("text"),
    free("tool_choice"),
    free("tools"),
    free("top_logprobs"),
    free("top_p"),
    free("truncation"),
    free("user"),
    free("verbosity"),
];

/// What OpenAI's images take.
pub(super) const IMAGE: &[Rule] = &[
    free("prompt"),
    free("model"),
    within("n", 1.0, 10.0),
    free("quality"),
    free("response_format"),
    free("size"),
    free("style"),
    free("user"),
];

/// What OpenAI's speech takes.
pub(super) const SPEECH: &[Rule] =
    &[free("model"), free("input"), free("voice"), free("response_format"), free("speed")];

/// What OpenAI's batches take.
pub(super) const BATCH: &[Rule] = &[
    free("input_file_id"),
    free("endpoint"),
    free("completion_window"),
    free("metadata"),
    free("output_expires_after"),
];

/// What Anthropic's messages take.
pub(super) const MESSAGES: &[Rule] = &[
    free("model"),
    free("messages"),
    free("max_tokens"),
    free("container"),
    free("mcp_servers"),
    free("metadata"),
    free("service_tier"),
    free("stop_sequences"),
    free("stream"),
    free("system"),
    free("temperature"),
    free("thinking"),
    free("tool_choice"),
    free("tools"),
    free("top_k"),
    free("top_p"),
];

/// The parameters that a provider is sent: those that it takes, held to their bounds, and what stands in for those that are missing.
pub(super) fn sent(
    rules: &[Rule],
    defaults: &[(&str, &str)],
    params: &Map<String, Value>,
) -> Map<String, Value> {
    let mut sent = Map::new();
    for rule in rules {
        let default = defaults.iter().find(|(name, _)| *name == rule.name).map(|(_, value)| json!(value));
        match (params.get(rule.name), default) {
            (Some(Value::String(text)), Some(default)) if text == "portkey-default" => {
                sent.insert(rule.name.to_owned(), default);
            }
            (Some(value), _) => {
                sent.insert(rule.name.to_owned(), held(rule, value));
            }
            (None, Some(default)) => {
                sent.insert(rule.name.to_owned(), default);
            }
            (None, None) => {}
        }
    }
    sent
}

/// A value held to the bounds of its parameter.
pub(super) fn held(rule: &Rule, value: &Value) -> Value {
    let Some(number) = value.as_f64().filter(|_| value.is_number()) else { return value.clone() };
    let bound = match (rule.lowest, rule.highest) {
        (Some(lowest), _) if number < lowest => lowest,
        (_, Some(highest)) if number > highest => highest,
        _ => return value.clone(),
    };
    number_of(bound).map_or(Value::Null, Value::Number)
}

/// Messages whose developer is called system.
pub(super) fn without_developer(messages: &Value) -> Value {
    let Value::Array(messages) = messages else { return messages.clone() };
    let renamed = messages.iter().map(|message| {
        let mut message = message.clone();
        if message.get("role").and_then(Value::as_str) == Some("developer") {
            message["role"] = json!("system");
        }
        message
    });
    Value::Array(renamed.collect())
}
