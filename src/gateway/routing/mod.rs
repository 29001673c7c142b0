//! Portkey Configs: how requests are routed over several targets.
//!
//! [`Config::read`] accepts or refuses a config as the gateway does (its version 2.2.3, November 2026) and says what in it does nothing;
//! [`Config::route`] says which targets are asked, in which order and after which waits.

mod conditions;
mod engine;
mod read;
mod review;
mod shapes;
mod vocabulary;

use std::time::Duration;

use serde_json::Value;

use crate::data::Node;
use crate::diagnostics::{Code, Parsed, Problem};
use crate::source::Span;

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

/// What became of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    /// The calls, in their order.
    pub attempts: Vec<Attempt>,
    /// The path of the target whose answer was given; none where the gateway answered by itself.
    pub answered_by: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The message of the gateway where it answered by itself.
    pub refusal: Option<String>,
    /// What `x-portkey-retry-attempt-count` says: the retries of the last target, `-1` where they were used up.
    pub retries: i32,
}

/// One call of a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The path of the target.
    pub target: String,
    /// The status that it answered.
    pub status: u16,
    /// How long the gateway waited before, on a clock that nobody waits for.
    pub wait: Duration,
}

impl Config {
    /// Reads a config. What the gateway refuses are errors, and then there is no config; what it accepts and does not do, or
    /// ignores, is said beside the config.
    pub fn read(node: &Node) -> Parsed<Option<Self>> {
        if let Some(problem) = not_a_config(node) {
            return Parsed::new(None, vec![problem]);
        }
        let (config, issues) = read::config(node);
        let accepted = issues.is_empty();
        let mut problems: Vec<Problem> = issues.into_iter().map(|issue| issue.problem).collect();
        review::level(node, &config.root, 0, &mut problems);
        problems.sort_by_key(|problem| problem.span);
        Parsed::new(accepted.then_some(config), problems)
    }

    /// Plays a request over the targets; `outcome` says which status a target answers at which attempt, counted from
    /// zero. Nothing is waited for: the waits stand in the route.
    pub fn route(&self, call: &Call, outcome: &mut dyn FnMut(&Target, u32) -> u16) -> Route {
        engine::route(self, call, outcome)
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

/// Whether JSON on a page is a Portkey Config: by what only such a config has, so that no other JSON is claimed.
pub fn looks_like_config(node: &Node) -> bool {
    review::looks_like_config(node)
}

/// What the gateway lists in `errors` when it refuses a config: `path: …, message: …`.
pub fn refusals(node: &Node) -> Vec<String> {
    let (_, issues) = read::config(node);
    issues.iter().map(|issue| format!("path: {}, message: {}", issue.path, issue.message)).collect()
}

/// Whether the gateway refuses a base URL of one's own: private and link-local addresses, names that lead nowhere, credentials,
/// and itself (its version 2.2.3, recorded 2026-11-22).
pub fn custom_host_refused(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return true };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") || authority.contains('@') {
        return true;
    }
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let host = host.to_lowercase();
    if matches!(host.as_str(), "localhost" | "127.0.0.1" | "host.docker.internal") {
        return false;
    }
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        return address.is_private()
            || address.is_link_local()
            || address.is_loopback()
            || address.is_unspecified();
    }
    let ends = [".test", ".local", ".internal", ".localhost", ".invalid", ".onion"];
    host.is_empty()
        || host.starts_with("api.portkey")
        || ends.iter().any(|end| host.ends_with(end))
        || host.parse::<std::net::Ipv6Addr>().is_ok()
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
