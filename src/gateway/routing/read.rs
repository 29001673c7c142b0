//! Accepts or refuses a config by the gateway's own rules, and reads what it says.
//!
//! The rules and their messages are those of the gateway's request validator (version 2.2.3, recorded 2026-11-22).

use std::time::Duration;

use super::shapes::{Issue, Reader, Shape, Way, value, whole};
use super::vocabulary::{CACHE_MODES, MODES, PROVIDERS, TEXTS};
use super::{Cache, Condition, Config, Retry, Strategy, Target};
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// How deep targets may lie in targets.
const DEEPEST: usize = 24;

/// After which statuses the gateway tries again where nothing is said.
const RETRIED: &[u16] = &[429, 500, 502, 503, 504];

/// Reads a config; the issues are in the order in which the gateway names them.
pub(super) fn config(node: &Node) -> (Config, Vec<Issue>) {
    let mut reader = Reader { issues: Vec::new() };
    let (mut root, _) = reader.level(node, &Way::default(), 0);
    "config".clone_into(&mut root.path);
    (Config { root }, reader.issues)
}

impl Reader {
    fn level(&mut self, node: &Node, way: &Way, depth: usize) -> (Target, Shape) {
        let path = format!("config{}", way.target);
        let mut target = Target { path, span: node.span, weight: 1.0, ..Target::default() };
        if !matches!(node.value, Value::Object(_)) || depth > DEEPEST {
            return (target, self.wrong_type(node, way, "object", "target"));
        }
        let mut shape = self.strategy(node, way, &mut target);
        shape = shape.and(self.provider(node, way, &mut target));
        for key in ["api_key", "virtual_key"] {
            shape = shape.and(self.text(node, way, key).0);
        }
        shape = shape.and(self.cache(node, way, &mut target));
        shape = shape.and(self.retry(node, way, &mut target));
        let (weight_shape, weight) = self.number(node, way, "weight");
        target.weight = weight.unwrap_or(1.0);
        shape = shape.and(weight_shape).and(self.codes(node, way).0);
        shape = shape.and(self.targets(node, way, &mut target, depth));
        let (timeout_shape, timeout) = self.number(node, way, "request_timeout");
        target.request_timeout = timeout.and_then(milliseconds);
        shape = shape.and(timeout_shape);
        let (host_shape, host) = self.text(node, way, "custom_host");
        target.custom_host = host;
        shape = shape.and(host_shape).and(self.names(node, way, "forward_headers"));
        for key in TEXTS {
            shape = shape.and(self.text(node, way, key).0);
        }
        shape = shape.and(self.flag(node, way, "strict_open_ai_compliance"));
        target.name = node.get("name").and_then(Node::as_str).map(str::to_owned);
        target.virtual_key = value(node, "virtual_key").and_then(Node::as_str).map(str::to_owned);
        if let Some(serde_json::Value::Object(params)) = value(node, "override_params").map(Node::to_json) {
            target.override_params = params;
        }
        if shape == Shape::Right {
            self.whole(node, way, &target);
        }
        (target, shape)
    }

    /// Whether a level says enough.
    fn whole(&mut self, node: &Node, way: &Way, target: &Target) {
        if let Some(member) = node.member("custom_host").filter(|_| custom_host_refused(target)) {
            let problem =
                Problem::new(Code::RefusedConfig, member.value.span, "the gateway refuses this custom host")
                    .help("name a public host, or `localhost`, `127.0.0.1` or `host.docker.internal`");
            self.refuse(way, "Invalid custom host", problem);
        }
        let has = |key: &str| node.get(key).is_some();
        let slug = |text: &Option<String>| text.as_deref().is_some_and(|text| text.starts_with('@'));
        let model = target.override_params.get("model").and_then(serde_json::Value::as_str);
        let provider = target.provider.as_deref().unwrap_or_default();
        let enough = (has("provider") && has("api_key"))
            || slug(&target.provider)
            || target.virtual_key.is_some()
            || model.is_some_and(|model| model.starts_with('@'))
            || (has("strategy") && has("targets"))
            || [
                "cache",
                "retry",
                "request_timeout",
                "before_request_hooks",
                "after_request_hooks",
                "input_guardrails",
                "output_guardrails",
            ]
            .iter()
            .any(|key| has(key))
            || (has("aws_access_key_id") && has("aws_secret_access_key"))
            || (matches!(provider, "ollama" | "triton") && has("custom_host"))
            || (provider == "vertex-ai" && (has("vertex_project_id") || has("vertex_service_account_json")))
            || ["azure_auth_mode", "aws_auth_type", "azure_foundry_url"].iter().any(|key| has(key));
        if enough {
            return;
        }
        let message = "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', \
            or 'cache', or 'retry', or 'request_timeout'";
        let (span, problem) = match (node.member("provider"), node.member("targets"), node.member("strategy"))
        {
            (Some(provider), _, _) => {
                (provider.value.span, "a provider by its name needs an `api_key` beside it")
            }
            (None, Some(targets), None) => (targets.key_span, "`targets` needs a `strategy` beside it"),
            (None, None, Some(strategy)) => (strategy.key_span, "`strategy` needs `targets` beside it"),
            _ => (node.span, "the gateway refuses a target that names no provider"),
        };
        let help = match node.get("provider").and_then(Node::as_str) {
            Some(name) => {
                format!("write `\"@{name}\"` for the integration of that slug, or add `\"api_key\"`")
            }
            None if node.get("targets").is_some() => {
                "add `\"strategy\": { \"mode\": \"fallback\" }`".to_owned()
            }
            None => "add `\"provider\": \"@…\"`, or `\"strategy\"` with `\"targets\"`".to_owned(),
        };
        self.refuse(way, message, Problem::new(Code::RefusedConfig, span, problem).help(help));
    }

    fn strategy(&mut self, node: &Node, way: &Way, target: &mut Target) -> Shape {
        let Some(strategy) = node.get("strategy") else { return Shape::Right };
        let way = way.key("strategy");
        if !matches!(strategy.value, Value::Object(_)) {
            return self.wrong_type(strategy, &way, "object", "strategy");
        }
        let (mut shape, mode) = self.choice(strategy, &way, ("mode", "'mode'"), MODES);
        let (codes_shape, codes) = self.codes(strategy, &way);
        let (conditions_shape, conditions) = self.conditions(strategy, &way);
        let (default_shape, default) = self.text(strategy, &way, "default");
        shape = shape.and(codes_shape).and(conditions_shape).and(default_shape);
        target.strategy = match mode.as_deref() {
            Some("single") => Some(Strategy::Single),
            Some("loadbalance") => Some(Strategy::LoadBalance),
            Some("fallback") => Some(Strategy::Fallback { on_status_codes: codes }),
            Some("conditional") => Some(Strategy::Conditional { conditions, default }),
            _ => None,
        };
        shape
    }

    fn conditions(&mut self, strategy: &Node, way: &Way) -> (Shape, Option<Vec<Condition>>) {
        let Some(node) = strategy.get("conditions") else { return (Shape::Right, None) };
        let way = way.key("conditions");
        let Value::Array(elements) = &node.value else {
            return (self.wrong_type(node, &way, "array", "conditions"), None);
        };
        let mut shape = Shape::Right;
        let mut conditions = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let way = way.key(index);
            if !matches!(element.value, Value::Object(_)) {
                shape = self.wrong_type(element, &way, "object", "condition");
                continue;
            }
            match element.get("query") {
                Some(Node { value: Value::Object(_), .. }) => {}
                Some(other) => shape = self.wrong_type(other, &way.key("query"), "object", "query"),
                None => shape = self.missing(element, &way, "query"),
            }
            let (then_shape, then) = self.text(element, &way, "then");
            shape = shape.and(then_shape);
            if then.is_none() && then_shape == Shape::Right {
                shape = self.missing(element, &way, "then");
            }
            let query = element.get("query").map_or(serde_json::Value::Null, Node::to_json);
            conditions.push(Condition { query, then: then.unwrap_or_default() });
        }
        (shape, Some(conditions))
    }

    fn provider(&mut self, node: &Node, way: &Way, target: &mut Target) -> Shape {
        let (shape, provider) = self.text(node, way, "provider");
        let strange = |name: &&str| !name.starts_with('@') && !PROVIDERS.contains(name);
        if let (Some(name), Some(found)) = (provider.as_deref().filter(strange), node.get("provider")) {
            let message = format!("Invalid 'provider' value. Must be one of: {}", PROVIDERS.join(", "));
            let ours = format!("`{name}` is not a provider of the gateway");
            let problem = Problem::new(Code::RefusedConfig, found.span, ours);
            let problem = match nearest(name, PROVIDERS.iter().copied()) {
                Some(near) => problem.help(format!("write `{near}`, or `@` and the slug of an integration")),
                None => problem.help(format!("write `@{name}` for the integration of that slug")),
            };
            self.refuse(&way.key("provider"), message, problem);
        }
        target.provider = provider;
        shape
    }

    fn cache(&mut self, node: &Node, way: &Way, target: &mut Target) -> Shape {
        let Some(cache) = node.get("cache") else { return Shape::Right };
        let way = way.key("cache");
        if !matches!(cache.value, Value::Object(_)) {
            return self.wrong_type(cache, &way, "object", "cache");
        }
        let (shape, mode) = self.choice(cache, &way, ("mode", "'cache.mode'"), CACHE_MODES);
        let (age_shape, age) = self.number(cache, &way, "max_age");
        let max_age = age.filter(|age| *age >= 0.0).and_then(|age| Duration::try_from_secs_f64(age).ok());
        target.cache = Some(Cache { semantic: mode.as_deref() == Some("semantic"), max_age });
        shape.and(age_shape)
    }

    fn retry(&mut self, node: &Node, way: &Way, target: &mut Target) -> Shape {
        let Some(retry) = node.get("retry") else { return Shape::Right };
        let way = way.key("retry");
        if !matches!(retry.value, Value::Object(_)) {
            return self.wrong_type(retry, &way, "object", "retry");
        }
        let (mut shape, attempts) = self.number(retry, &way, "attempts");
        if attempts.is_none() && shape == Shape::Right {
            shape = self.missing(retry, &way, "attempts");
        }
        let (codes_shape, codes) = self.codes(retry, &way);
        shape = shape.and(codes_shape).and(self.flag(retry, &way, "use_retry_after_header"));
        target.retry = Some(Retry {
            attempts: attempts.map_or(0, whole),
            on_status_codes: codes.unwrap_or_else(|| RETRIED.to_vec()),
            use_retry_after_header: value(retry, "use_retry_after_header")
                .and_then(Node::as_bool)
                .unwrap_or(false),
        });
        shape
    }

    fn targets(&mut self, node: &Node, way: &Way, target: &mut Target, depth: usize) -> Shape {
        let Some(targets) = node.get("targets") else { return Shape::Right };
        let Value::Array(elements) = &targets.value else {
            return self.wrong_type(targets, &way.key("targets"), "array", "targets");
        };
        let mut shape = Shape::Right;
        for (index, element) in elements.iter().enumerate() {
            let (inner, inner_shape) = self.level(element, &way.target(index), depth + 1);
            target.targets.push(inner);
            shape = shape.and(inner_shape);
        }
        shape
    }
}

fn milliseconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number / 1000.0).ok()
}

fn custom_host_refused(target: &Target) -> bool {
    target.custom_host.as_deref().is_some_and(super::custom_host_refused)
}

/// The span of a key in a level, for warnings.
pub(super) fn key_span(node: &Node, key: &str) -> Option<Span> {
    node.member(key).map(|member| member.key_span)
}
