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
        let mut names = texts(&rule.names, &placed.whole);
        names.extend(around.companions.names.iter().map(String::as_str));
        count += follow_pairs(rule, placed, around, problems, probes);
        let mut asked = BTreeSet::new();
        for reference in references(rule, &placed.whole) {
            if reference.text.is_empty()
                || reference.text.contains(['<', '$', '{'])
                || aliases.contains(reference.text)
            {
                continue;
            }
            count += 1;
            if rule.providers.is_empty() {
                problems.extend(plain(&reference, &names, placed));
                continue;
            }
            let Some((provider, model)) = reference.text.split_once('/') else {
                problems.push(formless(&reference, &aliases));
                continue;
            };
            let follower = Follower {
                placed,
                around,
                rule,
                provider: Named {
                    text: provider,
                    span: part_span(placed, &reference, provider, |text, part| text.find(part)),
                },
                // It stands behind the provider, whose name may hold its own.
                model: Named {
                    text: model,
                    span: part_span(placed, &reference, model, |text, part| text.rfind(part)),
                },
                whole: reference.span,
            };
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

/// Follows the pairs of a rule, whose provider and model stand apart; counts them.
fn follow_pairs(
    rule: &ReferenceRule,
    placed: &Placed<'_>,
    around: &Surroundings<'_>,
    problems: &mut Vec<Problem>,
    probes: &mut Vec<Probe>,
) -> usize {
    let mut count = 0;
    for (_, pair) in rule.pairs.iter().flat_map(|pairs| pairs.select(&placed.whole)) {
        let named = |selector: &Option<Selector>| {
            let (_, node) = selector.as_ref()?.select(pair).into_iter().next()?;
            let text = node.as_str().filter(|text| !text.is_empty() && !text.contains(['<', '$', '{']))?;
            Some(Named { text, span: node.span })
        };
        let model = named(&rule.model);
        let usual = || {
            // What a fragment leaves out may name another provider.
            let text = rule.default_provider.as_deref().filter(|_| !placed.partial)?;
            Some(Named { text, span: model.as_ref()?.span })
        };
        let Some(provider) = named(&rule.provider).or_else(usual) else { continue };
        count += 1;
        let whole = model.as_ref().map_or(provider.span, |model| model.span);
        let open = || Named { text: "", span: whole };
        let model = model.unwrap_or_else(open);
        Follower { placed, around, rule, provider, model, whole }.follow(problems, probes);
    }
    count
}

/// A part of a reference: its text, and where it stands in the text of the fence.
struct Named<'a> {
    text: &'a str,
    span: Span,
}

/// Where a part of a reference stands, as it is found there.
fn part_span(
    placed: &Placed<'_>,
    reference: &Reference<'_>,
    part: &str,
    find: fn(&str, &str) -> Option<usize>,
) -> Span {
    let text = placed.fence.body.text().get(reference.span.range()).unwrap_or_default();
    match find(text, part) {
        Some(at) if !part.is_empty() => {
            let start = reference.span.start as usize + at;
            Span::new(start, start + part.len())
        }
        _ => reference.span,
    }
}

struct Follower<'a> {
    placed: &'a Placed<'a>,
    around: &'a Surroundings<'a>,
    rule: &'a ReferenceRule,
    provider: Named<'a>,
    /// The empty text where none is given.
    model: Named<'a>,
    /// The whole of the reference.
    whole: Span,
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
        let own = declared.iter().find_map(|table| table.get(self.provider.text));
        let known = self.placed.client.providers.iter().find(|known| known.name == self.provider.text);
        match (own, known) {
            (Some(own), _) if !self.model.text.is_empty() => self.declared(own, known, problems, probes),
            (None, Some(known)) if !self.model.text.is_empty() => probes.extend(self.known_probe(known)),
            (Some(_), _) | (None, Some(_)) => {}
            (None, None) if self.around.companions.declared.contains(self.provider.text) => {}
            (None, None) => problems.extend(self.unknown_provider(&declared)),
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
        let values = self.rule.models.iter().flat_map(|models| models.select(own));
        let mut models: Vec<&str> = values.filter_map(|(_, node)| node.as_str()).collect();
        for (_, table) in self.rule.model_keys.iter().flat_map(|keys| keys.select(own)) {
            models.extend(table.members().iter().map(|member| member.key.as_str()));
        }
        let lists_models = self.rule.models.is_some() || self.rule.model_keys.is_some();
        if models.contains(&self.model.text) || (models.is_empty() && lists_models) {
            return;
        }
        let span = self.model.span;
        let near = nearest(self.model.text, models.iter().copied());
        // Of a provider that the client knows it may know more models: only what looks misspelt is worth a word.
        if lists_models && (known.is_none() || (near.is_some() && !self.offered())) {
            let message = format!("`{}` declares no model `{}`", self.provider.text, self.model.text);
            let problem = Problem::new(Code::UndeclaredModel, span, message);
            let sent = known.is_some() || self.rule.sends_undeclared;
            let problem = problem.severity(if sent { Severity::Warning } else { Severity::Error });
            problems.push(match near {
                Some(model) if has_same_numbers(model, self.model.text) => {
                    problem.help(format!("write `{model}`")).fix(model)
                }
                Some(model) => problem.help(format!("the nearest is `{model}`")),
                None => problem.help(format!("add it to the models of `{}`", self.provider.text)),
            });
        }
        if let Some(endpoint) = endpoints::named(self.placed, self.provider.text) {
            let model = Model { id: self.model.text, span };
            probes.extend(endpoint.probe(self.placed, self.around, &model, &mut Vec::new()));
        }
    }

    /// Whether the provider of this name is known to offer the model.
    fn offered(&self) -> bool {
        let profile = self.around.mock.profiles().get(self.provider.text);
        profile.is_some_and(|profile| profile.models.known.iter().any(|known| known == self.model.text))
    }

    /// What a client sends that knows the provider by itself.
    fn known_probe(&self, known: &KnownProvider) -> Option<Probe> {
        let variable = |name: &str| self.placed.variable(self.around, name);
        let base_url =
            known.base_variable.as_deref().and_then(variable).or_else(|| known.base_url.clone())?;
        let credential = known.variable.as_deref().and_then(variable);
        let prefix =
            known.bare_prefix.as_deref().filter(|_| !self.model.text.contains('/')).unwrap_or_default();
        let model = format!("{prefix}{}", self.model.text);
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
            whole: body.locate(self.whole),
            url: None,
            method: None,
            credential: None,
            headers: Vec::new(),
            body: BodyAnchor::Model(body.locate(self.model.span)),
        };
        Some(Probe { request, anchors })
    }

    fn unknown_provider(&self, declared: &[&Node]) -> Option<Problem> {
        let own: Vec<&str> =
            declared.iter().flat_map(|table| table.members()).map(|member| member.key.as_str()).collect();
        let client = self.placed.client;
        let message =
            format!("no provider `{}` is declared, and {} knows none", self.provider.text, client.title);
        let mut problem = Problem::new(Code::UnknownProvider, self.provider.span, message);
        // Without providers of its own, the snippet may rely on those of another file.
        if own.is_empty() || self.rule.takes_unknown || self.rule.knows_more_providers {
            problem = problem.severity(Severity::Warning);
        }
        let known = client.providers.iter().map(|known| known.name.as_str());
        match nearest(self.provider.text, own.iter().copied().chain(known)) {
            Some(name) => Some(problem.help(format!("write `{name}`")).fix(name)),
            None if self.rule.knows_more_providers => None,
            None => {
                Some(problem.help(format!("declare `{}` with its address and models", self.provider.text)))
            }
        }
    }
}
