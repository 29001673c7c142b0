//! Accepts or refuses a config by the gateway's own rules, and reads what it says.
//!
//! The rules and their messages are those of the gateway's request validator (versions 1.15.2 and 2.2.3, recorded 2026-11-22). They
//! differ in what names a provider: the hosted service puts an integration in place of its slug before it looks.

use std::time::Duration;

use super::hooks::{HookKind, long, short};
use super::shapes::{Issue, Reader, Shape, Way, camel, value, whole};
use super::vocabulary::{CACHE_MODES, MODES, OBJECTS, TEXTS, providers};
use super::{Cache, Condition, Config, Edition, Retry, Strategy, Target};
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem, nearest};
use crate::source::Span;

/// How deep targets may lie in targets.
const DEEPEST: usize = 24;

/// After which statuses the gateway tries again where nothing is said.
const RETRIED: &[u16] = &[429, 500, 502, 503, 504];

/// What is said of a target of `vertex-ai` without its place.
const VERTEX: &str = "Invalid configuration. ('vertex_project_id' and 'vertex_region') or ('vertex_service_account_json' and \
    'vertex_region') are required for 'vertex-ai' provider. Example: { 'provider': 'vertex-ai', 'vertex_project_id': 'my-project-id', \
    'vertex_region': 'us-central1', api_key: 'ya29...' }";

/// Reads a config; the issues are in the order in which the gateway names them.
pub(super) fn config(edition: Edition, node: &Node) -> (Config, Vec<Issue>) {
    let mut reader = Reader { edition, issues: Vec::new() };
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
        shape = shape.and(self.number(node, way, "request_timeout").0);
        shape =
            shape.and(self.text(node, way, "custom_host").0).and(self.names(node, way, "forward_headers"));
        for (key, wanted) in OBJECTS {
            shape = shape.and(self.objects(node, way, (key, *wanted)));
        }
        for key in TEXTS {
            shape = shape.and(self.text(node, way, key).0);
        }
        shape = shape.and(self.flag(node, way, "strict_open_ai_compliance"));
        read_rest(node, &mut target);
        if shape == Shape::Right {
            self.whole(node, way, &target);
        }
        (target, shape)
    }

    /// Whether a level says enough.
    fn whole(&mut self, node: &Node, way: &Way, target: &Target) {
        let enough = match self.edition {
            Edition::Open => is_enough(node),
            Edition::Hosted => names_integration(target) || is_enough(node),
        };
        if !enough {
            self.not_enough(node, way);
        }
        if let Some(member) = node.member("custom_host").filter(|_| custom_host_refused(target)) {
            let problem =
                Problem::new(Code::RefusedConfig, member.value.span, "the gateway refuses this custom host")
                    .help("name a public host, or `localhost`, `127.0.0.1` or `host.docker.internal`");
            self.refuse(way, "Invalid custom host", problem);
        }
        let has = |key: &str| node.get(key).is_some();
        let placed = has("vertex_region") && (has("vertex_project_id") || has("vertex_service_account_json"));
        if target.provider.as_deref() == Some("vertex-ai") && !placed {
            let problem =
                Problem::new(Code::RefusedConfig, node.span, "`vertex-ai` is not told where it runs")
                    .help("add `\"vertex_region\"` and `\"vertex_project_id\"`");
            self.refuse(way, VERTEX, problem);
        }
    }

    fn not_enough(&mut self, node: &Node, way: &Way) {
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
            Some(_) if self.edition == Edition::Open => "add `\"api_key\"`".to_owned(),
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
        let known = || providers(self.edition);
        let slugs = self.edition == Edition::Hosted;
        let strange =
            |name: &&str| !((slugs && name.starts_with('@')) || known().any(|known| known == *name));
        if let (Some(name), Some(found)) = (provider.as_deref().filter(strange), node.get("provider")) {
            let message = format!(
                "Invalid 'provider' value. Must be one of: {}",
                known().collect::<Vec<_>>().join(", ")
            );
            let ours = format!("`{name}` is not a provider of the gateway");
            let problem = Problem::new(Code::RefusedConfig, found.span, ours);
            let problem = match nearest(name, known()) {
                Some(near) if slugs => {
                    problem.help(format!("write `{near}`, or `@` and the slug of an integration"))
                }
                Some(near) => problem.help(format!("write `{near}`")),
                None if slugs => problem.help(format!("write `@{name}` for the integration of that slug")),
                None => problem.help("write the name of a provider, such as `openai`"),
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
        target.has_targets = true;
        let mut shape = Shape::Right;
        for (index, element) in elements.iter().enumerate() {
            let (inner, inner_shape) = self.level(element, &way.target(index), depth + 1);
            target.targets.push(inner);
            shape = shape.and(inner_shape);
        }
        shape
    }
}

/// What a level says beside its shape, in either spelling of its keys.
fn read_rest(node: &Node, target: &mut Target) {
    let text = |key: &str| value(node, key).and_then(Node::as_str).map(str::to_owned);
    let filled = |key: &str| text(key).filter(|text| !text.is_empty());
    target.name = text("name");
    target.virtual_key = text("virtual_key");
    target.api_key = text("api_key");
    target.custom_host = filled("custom_host");
    target.request_timeout = value(node, "request_timeout").and_then(number).and_then(milliseconds);
    target.strict = value(node, "strict_open_ai_compliance").and_then(Node::as_bool);
    target.forward_headers = value(node, "forward_headers")
        .map(|names| names.elements().iter().filter_map(Node::as_str).map(str::to_owned).collect());
    if let Some(serde_json::Value::Object(params)) = value(node, "override_params").map(Node::to_json) {
        target.override_params = params;
    }
    let json = |key: &str| value(node, key).map(Node::to_json);
    let hooks = |own: &str, guards: (&str, &str), side: &'static str| {
        let own = json(own).map(|list| long(&list, side));
        let short = |key: &str, kind: HookKind| json(key).map(|list| short(&list, side, kind));
        let guardrails = short(guards.0, HookKind::Guardrail);
        let mutators = short(guards.1, HookKind::Mutator);
        let found = own.is_some() || guardrails.is_some() || mutators.is_some();
        found.then(|| [own, guardrails, mutators].into_iter().flatten().flatten().collect())
    };
    target.before = hooks("before_request_hooks", ("input_guardrails", "input_mutators"), "input");
    target.after = hooks("after_request_hooks", ("output_guardrails", "output_mutators"), "output");
    for member in node.members() {
        if let Some(text) = member.value.as_str() {
            target.settings.insert(camel(&member.key), text.into());
        }
    }
}

fn number(node: &Node) -> Option<f64> {
    super::shapes::number(node).filter(|number| *number != 0.0)
}

/// Whether a level names an integration of the hosted service, which puts provider and credential in its place.
fn names_integration(target: &Target) -> bool {
    let slug = |text: Option<&str>| text.is_some_and(|text| text.starts_with('@'));
    slug(target.provider.as_deref())
        || target.virtual_key.is_some()
        || slug(target.override_params.get("model").and_then(serde_json::Value::as_str))
}

/// Whether a level has what both editions want of one.
fn is_enough(node: &Node) -> bool {
    let has = |key: &str| node.get(key).is_some();
    // JavaScript takes an empty text, zero and null for nothing.
    let filled = |key: &str| {
        node.get(key).is_some_and(|value| match &value.value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            _ => super::shapes::number(value) != Some(0.0),
        })
    };
    let provider = node.get("provider").and_then(Node::as_str).unwrap_or_default();
    let any = [
        "cache",
        "retry",
        "request_timeout",
        "before_request_hooks",
        "after_request_hooks",
        "input_guardrails",
        "output_guardrails",
    ];
    (has("provider") && has("api_key"))
        || (has("strategy") && has("targets"))
        || any.iter().any(|key| filled(key))
        || (filled("aws_access_key_id") && filled("aws_secret_access_key"))
        || matches!(provider, "ollama" | "triton")
        || (provider == "vertex-ai"
            && filled("vertex_region")
            && (filled("vertex_service_account_json") || filled("vertex_project_id")))
        || (provider == "azure-openai" && filled("azure_auth_mode"))
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
