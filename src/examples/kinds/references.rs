//! References to models: each must lead to a provider and a model that are declared, or that the client knows by itself.

use std::collections::BTreeSet;

use super::config::Placed;
use super::endpoints::{self, Model};
use super::{Probe, Surroundings};
use crate::data::select::Selector;
use crate::data::{Node, Value};
use crate::diagnostics::{Code, Problem, Severity, has_same_numbers, nearest};
use crate::examples::anchors::{Anchors, BodyAnchor};
use crate::examples::clients::{KnownProvider, ReferenceRule};
use crate::examples::probe::{self, Target};
use crate::source::Span;

/// A reference on the page.
struct Reference<'a> {
    text: &'a str,
    /// In the text of the fence, quotes included.
    span: Span,
}

/// Follows all references; counts them, and adds the requests that tell whether a provider takes what is not declared.
pub(super) fn follow(
    placed: &Placed<'_>,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
    probes: &mut Vec<Probe>,
) -> usize {
    let mut count = 0;
    for rule in &placed.client.references {
        let aliases = texts(&rule.aliases, &placed.whole);
        let names = texts(&rule.names, &placed.whole);
        let mut asked = BTreeSet::new();
        for reference in references(rule, &placed.whole) {
            if reference.text.is_empty()
                || reference.text.contains(['<', '$', '{'])
                || aliases.contains(reference.text)
            {
                continue;
            }
            count += 1;
            if rule.providers.is_none() {
                problems.extend(plain(&reference, &names, placed));
                continue;
            }
            let Some((provider, model)) = reference.text.split_once('/') else {
                problems.push(formless(&reference, &aliases));
                continue;
            };
            let follower = Follower { placed, around, rule, reference: &reference, provider, model };
            let asks = probes.len();
            follower.follow(problems, probes);
            // The same reference at two places is one request.
            if !asked.insert(reference.text) {
                probes.truncate(asks);
            }
        }
    }
    count
}

fn references<'a>(rule: &ReferenceRule, whole: &'a Node) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    for selector in &rule.values {
        for (_, node) in selector.select(whole) {
            if let Value::String(text) = &node.value {
                found.push(Reference { text, span: node.span });
            }
        }
    }
    for selector in &rule.keys {
        for (_, node) in selector.select(whole) {
            let keys =
                node.members().iter().map(|member| Reference { text: &member.key, span: member.key_span });
            found.extend(keys);
        }
    }
    found
}

fn texts<'a>(selectors: &[Selector], whole: &'a Node) -> BTreeSet<&'a str> {
    selectors
        .iter()
        .flat_map(|selector| selector.select(whole))
        .filter_map(|(_, node)| node.as_str())
        .collect()
}

/// A reference that is the plain name of something declared.
fn plain(reference: &Reference<'_>, names: &BTreeSet<&str>, placed: &Placed<'_>) -> Option<Problem> {
    // Names of a fragment may be declared outside of it.
    if names.contains(reference.text) || (placed.partial && names.is_empty()) {
        return None;
    }
    let message = format!("`{}` is declared nowhere in this configuration", reference.text);
    let problem = Problem::new(Code::UndeclaredModel, reference.span, message);
    Some(match nearest(reference.text, names.iter().copied()) {
        Some(name) => problem.help(format!("write `{name}`")),
        None => problem.help("declare it, or refer to one that is declared"),
    })
}

fn formless(reference: &Reference<'_>, aliases: &BTreeSet<&str>) -> Problem {
    let message = format!("`{}` is not of the form `provider/model`", reference.text);
    let problem = Problem::new(Code::ReferenceForm, reference.span, message);
    match nearest(reference.text, aliases.iter().copied()) {
        Some(alias) => problem.help(format!("write `{alias}`, the alias")),
        None => problem.help("name the provider before the model, with `/` between"),
    }
}

struct Follower<'a> {
    placed: &'a Placed<'a>,
    around: &'a Surroundings<'a>,
    rule: &'a ReferenceRule,
    reference: &'a Reference<'a>,
    provider: &'a str,
    model: &'a str,
}

impl Follower<'_> {
    fn follow(&self, problems: &mut Vec<Problem>, probes: &mut Vec<Probe>) {
        let whole = &self.placed.whole;
        let declared: Vec<&Node> = self
            .rule
            .providers
            .iter()
            .flat_map(|tables| tables.select(whole))
            .map(|(_, node)| node)
            .collect();
        let own = declared.iter().find_map(|table| table.get(self.provider));
        let known = self.placed.client.providers.iter().find(|known| known.name == self.provider);
        match (own, known) {
            (Some(own), _) => self.declared(own, known, problems, probes),
            (None, Some(known)) => probes.extend(self.known_probe(known)),
            (None, None) if self.around.declared.contains(self.provider) => {}
            (None, None) => problems.push(self.unknown_provider(&declared)),
        }
    }

    /// The provider is declared: so must be its model, unless the client knows more of them.
    fn declared(
        &self,
        own: &Node,
        known: Option<&KnownProvider>,
        problems: &mut Vec<Problem>,
        probes: &mut Vec<Probe>,
    ) {
        let models: Vec<&str> = self
            .rule
            .models
            .iter()
            .flat_map(|models| models.select(own))
            .filter_map(|(_, node)| node.as_str())
            .collect();
        if models.contains(&self.model) || models.is_empty() {
            return;
        }
        let span = self.model_span();
        let near = nearest(self.model, models.iter().copied());
        // Of a provider that the client knows it may know more models: only what looks misspelt is worth a word.
        if known.is_none() || (near.is_some() && !self.offered()) {
            let message = format!("`{}` declares no model `{}`", self.provider, self.model);
            let problem = Problem::new(Code::UndeclaredModel, span, message);
            let sent = known.is_some() || self.rule.sends_undeclared;
            let problem = problem.severity(if sent { Severity::Warning } else { Severity::Error });
            problems.push(match near {
                Some(model) if has_same_numbers(model, self.model) => {
                    problem.help(format!("write `{model}`")).fix(model)
                }
                Some(model) => problem.help(format!("the nearest is `{model}`")),
                None => problem.help(format!("add it to the models of `{}`", self.provider)),
            });
        }
        if let Some(endpoint) = endpoints::named(self.placed, self.provider) {
            let model = Model { id: self.model, span };
            probes.extend(endpoint.probe(self.placed, self.around, &model, &mut Vec::new()));
        }
    }

    /// Whether the provider of this name is known to offer the model.
    fn offered(&self) -> bool {
        let profile = self.around.mock.profiles().get(self.provider);
        profile.is_some_and(|profile| profile.models.known.iter().any(|known| known == self.model))
    }

    /// The part of the reference that names the model.
    fn model_span(&self) -> Span {
        let text = self.placed.fence.body.text().get(self.reference.span.range()).unwrap_or_default();
        match text.find(self.model) {
            Some(at) if !self.model.is_empty() => {
                let start = self.reference.span.start as usize + at;
                Span::new(start, start + self.model.len())
            }
            _ => self.reference.span,
        }
    }

    fn provider_span(&self) -> Span {
        let text = self.placed.fence.body.text().get(self.reference.span.range()).unwrap_or_default();
        let start = self.reference.span.start as usize + text.find(self.provider).unwrap_or_default();
        Span::new(start, start + self.provider.len())
    }

    /// What a client sends that knows the provider by itself.
    fn known_probe(&self, known: &KnownProvider) -> Option<Probe> {
        let variable = |name: &str| self.placed.variable(self.around, name);
        let base_url =
            known.base_variable.as_deref().and_then(variable).or_else(|| known.base_url.clone())?;
        let credential = known.variable.as_deref().and_then(variable);
        let prefix = known.bare_prefix.as_deref().filter(|_| !self.model.contains('/')).unwrap_or_default();
        let model = format!("{prefix}{}", self.model);
        let target = Target {
            base_url: &base_url,
            dialect: known.dialect.as_deref()?,
            model: &model,
            credential: credential.as_deref(),
            headers: Vec::new(),
        };
        let request = probe::request(target).ok()?;
        let body = &self.placed.fence.body;
        let anchors = Anchors {
            whole: body.locate(self.reference.span),
            url: None,
            method: None,
            credential: None,
            headers: Vec::new(),
            body: BodyAnchor::Model(body.locate(self.model_span())),
        };
        Some(Probe { request, anchors })
    }

    fn unknown_provider(&self, declared: &[&Node]) -> Problem {
        let own: Vec<&str> =
            declared.iter().flat_map(|table| table.members()).map(|member| member.key.as_str()).collect();
        let client = self.placed.client;
        let message = format!("no provider `{}` is declared, and {} knows none", self.provider, client.title);
        let mut problem = Problem::new(Code::UnknownProvider, self.provider_span(), message);
        // Without providers of its own, the snippet may rely on those of another file.
        if own.is_empty() || self.rule.takes_unknown {
            problem = problem.severity(Severity::Warning);
        }
        let known = client.providers.iter().map(|known| known.name.as_str());
        match nearest(self.provider, own.iter().copied().chain(known)) {
            Some(name) => problem.help(format!("write `{name}`")).fix(name),
            None => problem.help(format!("declare `{}` with its address and models", self.provider)),
        }
    }
}
