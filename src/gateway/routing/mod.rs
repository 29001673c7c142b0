//! Portkey Configs: how requests are routed over several targets.
//!
//! [`Config::read`] accepts or refuses a config as an edition of the gateway does (recorded in November 2026) and says what in it does
//! nothing; [`Config::walk`] says which targets are asked and in which order, [`attempts`] how often and after which waits.

mod conditions;
mod engine;
mod hooks;
mod hosts;
mod read;
mod retry;
mod review;
mod shapes;
mod vocabulary;

use std::time::Duration;

use serde_json::Value;

use crate::data::Node;
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

pub use hooks::{Hook, HookCheck, HookKind};
pub use hosts::custom_host_refused;
pub use retry::{Outcome, Tried, attempts};
pub use vocabulary::provider_named;

/// Which of the two gateways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edition {
    /// The open-source gateway, npm `@portkey-ai/gateway` 1.15.2: no accounts, and a closed list of providers.
    Open,
    /// The hosted service, as its version 2.2.3 was recorded: keys, integrations by their slugs, saved configs, a cache.
    #[default]
    Hosted,
}

/// A config that the gateway accepts.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Its outermost level, which is a target as all others are.
    pub root: Target,
}

/// One level of a config: a provider to ask, or targets to choose from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Target {
    /// Where it stands: `config`, `config.targets[1]`.
    pub path: String,
    /// Where it stands in the text that was read.
    pub span: Span,
    /// Its name, for conditions.
    pub name: Option<String>,
    /// `provider`: a name, or `@` and the slug of an integration.
    pub provider: Option<String>,
    /// `virtual_key`: the slug of an integration, as it was written before.
    pub virtual_key: Option<String>,
    /// How it chooses among its targets.
    pub strategy: Option<Strategy>,
    /// What it chooses from.
    pub targets: Vec<Target>,
    /// Whether it says what it chooses from, be it nothing.
    pub has_targets: bool,
    /// Its share of the requests; one where nothing is said.
    pub weight: f64,
    /// How often it is tried.
    pub retry: Option<Retry>,
    /// Whether and how answers are kept.
    pub cache: Option<Cache>,
    /// How long it may take.
    pub request_timeout: Option<Duration>,
    /// The base URL in place of the provider's.
    pub custom_host: Option<String>,
    /// Parameters that replace those of the request.
    pub override_params: serde_json::Map<String, Value>,
    /// The credential of the provider.
    pub api_key: Option<String>,
    /// The headers of the client that are sent on.
    pub forward_headers: Option<Vec<String>>,
    /// Whether answers keep to OpenAI's form; they do where nothing is said.
    pub strict: Option<bool>,
    /// What is checked before a call.
    pub before: Option<Vec<Hook>>,
    /// What is checked after it.
    pub after: Option<Vec<Hook>>,
    /// Settings of one provider, such as `openai_project`, in the camel case that the gateway reads.
    pub settings: serde_json::Map<String, Value>,
}

/// How a target is chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Strategy {
    /// The first one.
    Single,
    /// One by chance, by weight.
    LoadBalance,
    /// One after the other, until one answers.
    Fallback {
        /// The statuses after which the next one is asked; none for everything but 2xx.
        on_status_codes: Option<Vec<u16>>,
    },
    /// The first one whose condition holds.
    Conditional {
        /// The conditions, in their order; none where the key is missing.
        conditions: Option<Vec<Condition>>,
        /// The name of the target where none holds.
        default: Option<String>,
    },
}

/// A condition of conditional routing.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The query over metadata, parameters and path.
    pub query: Value,
    /// The name of a target.
    pub then: String,
}

/// How often a target is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How often it is tried again.
    pub attempts: u32,
    /// After which statuses.
    pub on_status_codes: Vec<u16>,
    /// Whether it waits as long as the provider asks for.
    pub use_retry_after_header: bool,
}

/// Whether and how answers are kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache {
    /// Whether similar requests are answered alike.
    pub semantic: bool,
    /// For how long.
    pub max_age: Option<Duration>,
}

/// What conditions look at, and what chance depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// The metadata of the request.
    pub metadata: Value,
    /// The body of the request.
    pub params: Value,
    /// The path of the request.
    pub path: String,
    /// The seed of load balancing; the same seed chooses the same target.
    pub seed: u64,
}

/// What a target answered, as far as routing looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The status.
    pub status: u16,
    /// Whether the gateway itself broke, after which no other target is asked.
    pub exception: bool,
}

/// Where a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// A target answered.
    Answer(Heard),
    /// No target of a fallback was there to be asked.
    NoTarget,
    /// No target of a load balance was picked.
    NoWeight,
}

/// Why the gateway does not route a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unroutable {
    /// The conditions lead nowhere, in the gateway's words.
    Router(String),
    /// The config breaks the gateway.
    Broken,
}

impl Config {
    /// Reads a config for the hosted service. What the gateway refuses are errors, and then there is no config; what it accepts and
    /// does not do, or ignores, is said beside the config.
    pub fn read(node: &Node) -> Parsed<Option<Self>> {
        Self::read_for(Edition::Hosted, node)
    }

    /// Reads a config for one of the two gateways.
    pub fn read_for(edition: Edition, node: &Node) -> Parsed<Option<Self>> {
        if let Some(problem) = not_a_config(node) {
            return Parsed::new(None, vec![problem]);
        }
        let (config, issues) = read::config(edition, node);
        let accepted = issues.is_empty();
        let mut problems: Vec<Problem> = issues.into_iter().map(|issue| issue.problem).collect();
        review::level(node, &config.root, 0, &mut problems);
        problems.sort_by_key(|problem| problem.span);
        Parsed::new(accepted.then_some(config), problems)
    }

    /// Leads a request over the targets; `ask` says what a target answers, retries and all.
    pub fn walk(&self, call: &Call, ask: &mut dyn FnMut(&Target) -> Heard) -> Result<Reached, Unroutable> {
        engine::walk(self, call, ask)
    }

    /// Every target that can be asked, in the order of the config.
    pub fn leaves(&self) -> Vec<&Target> {
        let mut leaves = Vec::new();
        let mut open = vec![&self.root];
        while let Some(target) = open.pop() {
            match target.strategy {
                None => leaves.push(target),
                Some(_) => open.extend(target.targets.iter().rev()),
            }
        }
        leaves
    }
}

impl Target {
    /// What `x-portkey-retry-attempt-count` says after a target: its retries, `-1` where they were used up or given up.
    pub fn retries_told(&self, outcome: Outcome, status: u16) -> i32 {
        let retry = self.retry.as_ref().filter(|retry| retry.attempts > 0);
        let used_up = retry.is_some_and(|retry| {
            outcome.made >= retry.attempts.min(retry::MOST_RETRIES) && retry.on_status_codes.contains(&status)
        });
        if used_up || outcome.given_up { -1 } else { i32::try_from(outcome.made).unwrap_or(i32::MAX) }
    }
}

/// The guardrails of a list in their short form; `side` is `input` or `output`.
pub fn guardrails(list: &Value, side: &'static str) -> Vec<Hook> {
    hooks::short(list, side, HookKind::Guardrail)
}

/// Whether JSON on a page is a Portkey Config: by what only such a config has, so that no other JSON is claimed.
pub fn looks_like_config(node: &Node) -> bool {
    review::looks_like_config(node)
}

/// A config as a gateway takes it, none where it does not, and what it lists in `errors` when it refuses one: `path: …, message: …`.
pub fn accepted(edition: Edition, node: &Node) -> (Option<Config>, Vec<String>) {
    let (config, issues) = read::config(edition, node);
    let errors: Vec<String> =
        issues.iter().map(|issue| format!("path: {}, message: {}", issue.path, issue.message)).collect();
    let takes = errors.is_empty() && not_a_config(node).is_none();
    (takes.then_some(config), errors)
}

/// What keeps a value from being looked at as a config at all.
fn not_a_config(node: &Node) -> Option<Problem> {
    use crate::data::Value as Data;
    if !matches!(node.value, Data::Object(_)) {
        return Some(Problem::new(Code::RefusedConfig, node.span, "a Portkey Config is an object"));
    }
    let options = node.member("options")?;
    let problem = Problem::new(
        Code::RefusedConfig,
        options.key_span,
        "the gateway no longer reads configs with `options`",
    );
    Some(problem.help("write `targets`, with `\"strategy\": { \"mode\": … }` beside it"))
}

#[cfg(test)]
mod tests;
