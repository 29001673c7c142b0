//! Accepts or refuses a config by the gateway's own rules, and reads what it says.
//!
//! The rules and their messages are those of the gateway's request validator (version 2.2.3, recorded 2026-11-22).

use std::time::Duration;

use super::vocabulary::{CACHE_MODES, MODES, PROVIDERS, TEXTS};
use super::{Cache, Condition, Config, Retry, Strategy, Target};
use crate::data::{Node, Number, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// How deep targets may lie in targets.
const DEEPEST: usize = 24;

/// After which statuses the gateway tries again where nothing is said.
const RETRIED: &[u16] = &[429, 500, 502, 503, 504];

/// What keeps the gateway from accepting a config.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Issue {
    /// Where, in the gateway's spelling: `targets,0,weight`.
    pub(super) path: String,
    /// The gateway's message.
    pub(super) message: String,
    /// The same in our words, with its place.
    pub(super) problem: Problem,
}

/// Reads a config; the issues are in the order in which the gateway names them.
pub(super) fn config(node: &Node) -> (Config, Vec<Issue>) {
    let mut reader = Reader { issues: Vec::new() };
    let (mut root, _) = reader.level(node, &Way::default(), 0);
    "config".clone_into(&mut root.path);
    (Config { root }, reader.issues)
}

/// A way into a config, as the gateway spells it in issues and in answers.
#[derive(Clone, Debug, Default)]
struct Way {
    issue: String,
    target: String,
}

impl Way {
    fn key(&self, key: impl std::fmt::Display) -> Self {
        let comma = if self.issue.is_empty() { "" } else { "," };
        Self { issue: format!("{}{comma}{key}", self.issue), target: self.target.clone() }
    }

    fn target(&self, index: usize) -> Self {
        let issue = self.key("targets").key(index).issue;
        Self { issue, target: format!("{}.targets[{index}]", self.target) }
    }
}

struct Reader {
    issues: Vec<Issue>,
}

/// Whether a value has the shape that is wanted; a level whose shape is wrong is not judged as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Right,
    Wrong,
}

impl Shape {
    fn and(self, other: Self) -> Self {
        if self == Self::Right { other } else { self }
    }
}

impl Reader {
    fn refuse(&mut self, way: &Way, message: impl Into<String>, problem: Problem) {
        self.issues.push(Issue { path: way.issue.clone(), message: message.into(), problem });
    }

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

    fn codes(&mut self, node: &Node, way: &Way) -> (Shape, Option<Vec<u16>>) {
        let Some(codes) = value(node, "on_status_codes") else { return (Shape::Right, None) };
        let way = way.key("on_status_codes");
        let Value::Array(elements) = &codes.value else {
            return (self.wrong_type(codes, &way, "array", "on_status_codes"), None);
        };
        let mut shape = Shape::Right;
        let mut read = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match number(element) {
                Some(code) => read.extend(u16::try_from(whole(code)).ok()),
                None => shape = self.wrong_type(element, &way.key(index), "number", "status"),
            }
        }
        (shape, Some(read))
    }

    fn names(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        let Some(names) = node.get(key) else { return Shape::Right };
        let way = way.key(key);
        let Value::Array(elements) = &names.value else { return self.wrong_type(names, &way, "array", key) };
        let mut shape = Shape::Right;
        for (index, element) in elements.iter().enumerate().filter(|(_, element)| element.as_str().is_none())
        {
            shape = self.wrong_type(element, &way.key(index), "string", key);
        }
        shape
    }

    fn text(&mut self, node: &Node, way: &Way, key: &str) -> (Shape, Option<String>) {
        match node.get(key) {
            None | Some(Node { value: Value::Elided, .. }) => (Shape::Right, None),
            Some(Node { value: Value::String(text), .. }) => (Shape::Right, Some(text.clone())),
            Some(other) => (self.wrong_type(other, &way.key(key), "string", key), None),
        }
    }

    fn number(&mut self, node: &Node, way: &Way, key: &str) -> (Shape, Option<f64>) {
        match node.get(key) {
            None => (Shape::Right, None),
            Some(found) => match number(found) {
                Some(number) => (Shape::Right, Some(number)),
                None => (self.wrong_type(found, &way.key(key), "number", key), None),
            },
        }
    }

    fn flag(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        match node.get(key) {
            Some(found) if found.as_bool().is_none() => self.wrong_type(found, &way.key(key), "boolean", key),
            _ => Shape::Right,
        }
    }

    /// A text of a closed set; `name` is the key and what the gateway calls it.
    fn choice(
        &mut self,
        node: &Node,
        way: &Way,
        name: (&str, &str),
        known: &[&str],
    ) -> (Shape, Option<String>) {
        let (key, called) = name;
        let (shape, text) = self.text(node, way, key);
        let Some(found) = node.get(key) else { return (self.missing(node, way, key), None) };
        if let Some(word) = text.as_deref().filter(|word| !known.contains(word)) {
            let problem = Problem::new(
                Code::RefusedConfig,
                found.span,
                format!("`{word}` is not a `{key}` that the gateway knows"),
            );
            let problem = match nearest(word, known.iter().copied()) {
                Some(near) => problem.help(format!("write `{near}`")).fix(format!("\"{near}\"")),
                None => problem.help(format!("it is one of `{}`", known.join("`, `"))),
            };
            let message = format!("Invalid {called} value. Must be one of: {}", known.join(", "));
            self.refuse(&way.key(key), message, problem);
        }
        (shape, text)
    }

    fn missing(&mut self, node: &Node, way: &Way, key: &str) -> Shape {
        let problem = Problem::new(Code::RefusedConfig, node.span, format!("`{key}` is missing"))
            .help(format!("add `\"{key}\"`"));
        self.refuse(&way.key(key), "Required", problem);
        Shape::Wrong
    }

    fn wrong_type(&mut self, node: &Node, way: &Way, wanted: &str, name: &str) -> Shape {
        let found = match node.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
            // A place that is left open can hold what is wanted.
            Value::Elided => return Shape::Right,
        };
        let article = |kind: &'static str| match kind {
            "null" => "null".to_owned(),
            "array" | "object" => format!("an {kind}"),
            _ => format!("a {kind}"),
        };
        let wanted_words =
            if matches!(wanted, "array" | "object") { format!("an {wanted}") } else { format!("a {wanted}") };
        let message = format!("`{name}` is {}, and the gateway wants {wanted_words}", article(found));
        let mut problem =
            Problem::new(Code::RefusedConfig, node.span, message).help(format!("write {wanted_words}"));
        if let (Some(text), "number" | "boolean") = (node.as_str(), wanted) {
            let fits =
                if wanted == "number" { text.parse::<f64>().is_ok() } else { text.parse::<bool>().is_ok() };
            if fits {
                problem = problem.help(format!("write `{text}` without quotes")).fix(text);
            }
        }
        self.refuse(way, format!("Expected {wanted}, received {found}"), problem);
        Shape::Wrong
    }
}

/// The value of a key, also in the camel case that the gateway turns keys into once they are checked.
pub(super) fn value<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).or_else(|| node.get(&camel(key)))
}

/// `on_status_codes` as `onStatusCodes`.
pub(super) fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
}

fn number(node: &Node) -> Option<f64> {
    match node.value {
        #[expect(clippy::cast_precision_loss, reason = "JavaScript reads every number as a double")]
        Value::Number(Number::Integer(number)) => Some(number as f64),
        Value::Number(Number::Float(number)) => Some(number),
        _ => None,
    }
}

/// The whole part of a number that is counted with.
fn whole(number: f64) -> u32 {
    let clamped = number.clamp(0.0, f64::from(u32::MAX));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was clamped to the range"
    )]
    let whole = clamped as u32;
    whole
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
