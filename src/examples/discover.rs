//! From the fences of a page to what has to be done for each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::clients::{Clients, Mentions};
use super::kinds::shell::Run;
use super::kinds::{Claim, Plan, Surroundings, Work, config, data as data_kind, routing, shell};
use crate::data::{Document, Syntax};
use crate::diagnostics::{Code, Parsed, Problem, nearest};
use crate::gateway::credentials;
use crate::gateway::mock::Mock;
use crate::page::{Fence, Page};
use crate::source::Span;

/// The plans for all fences of a page, in their order.
pub(super) fn plans<'a>(page: &'a Page, clients: &Clients, mock: &Mock) -> Vec<Plan<'a>> {
    let parsed: Vec<Option<Data>> = page.fences.iter().map(Data::read).collect();
    let mentions = clients.mentioned(page.source.text());
    let mut around = Surroundings {
        page,
        clients,
        mock,
        declared: declared(clients, &page.fences, &parsed, &mentions),
        mentions,
        variables: BTreeMap::new(),
        opened: BTreeSet::new(),
        files: BTreeSet::new(),
    };
    let mut plans = Vec::with_capacity(page.fences.len());
    for (fence, data) in page.fences.iter().zip(parsed) {
        let mut plan = plan(fence, data, &mut around);
        if !matches!(&plan.claim, Claim::None(_)) {
            prepend(fence, &mut plan, &plans);
        }
        let secrets = credentials::real_ones(fence.body.text()).into_iter().map(Problem::real_secret);
        plan.report(secrets.collect());
        plans.push(plan);
    }
    plans
}

/// Data as read, before it is known whose it is.
struct Data {
    syntax: Syntax,
    /// Its values, of which there is at least one.
    documents: Parsed<Vec<Document>>,
}

impl Data {
    fn read(fence: &Fence) -> Option<Self> {
        let syntax = Syntax::named(&fence.language)?;
        // Clients that take JSON5 take it under the name of JSON as well; whether it is JSON is asked when no client claims it.
        let lenient = if matches!(syntax, Syntax::Json | Syntax::Jsonc) { Syntax::Json5 } else { syntax };
        Some(Self { syntax, documents: crate::data::parse_all(fence.body.text(), lenient) })
    }

    fn documents(&self) -> Vec<Document> {
        self.documents.clone().into_parts().0
    }
}

fn plan<'a>(fence: &'a Fence, data: Option<Data>, around: &mut Surroundings<'_>) -> Plan<'a> {
    let example = &fence.attributes.example;
    if let Some(reason) = &example.ignore {
        return Plan::untested(fence, format!("ignored: {}", reason.value));
    }
    if example.response.is_some() || example.output {
        return Plan::untested(fence, "an expectation of the example before it");
    }
    if fence.attributes.diff {
        return Plan::untested(fence, "lines of a change");
    }
    if let Some(data) = data {
        return data_plan(fence, data, around);
    }
    if shell::speaks(&fence.language) {
        return shell::plan(fence, around);
    }
    Plan::untested(
        fence,
        match fence.language.as_str() {
            "" => "it names no language".to_owned(),
            language => format!("nothing is claimed by `{language}`"),
        },
    )
}

fn data_plan<'a>(fence: &'a Fence, data: Data, around: &Surroundings<'_>) -> Plan<'a> {
    let named = match &fence.attributes.example.client {
        Some(name) => match around.clients.named(&name.value) {
            Some(client) => Some(client),
            None => return unknown_client(fence, name.span, &name.value, around),
        },
        None => None,
    };
    let documents = data.documents();
    let whose = |document: &Document| {
        named.or_else(|| around.clients.recognise(fence, data.syntax, document, &around.mentions))
    };
    let owned: Vec<_> = documents.iter().map(|document| (document, whose(document))).collect();
    // Each of several values is judged as if it stood alone; one that nobody claims has been read.
    let configs = owned.into_iter().filter_map(|(document, client)| Some((document, client?)));
    let plans = configs.map(|(document, client)| config::plan(fence, client, document.clone(), around));
    if let Some(mut plan) = together(plans) {
        plan.report(data.documents.into_parts().1);
        return plan;
    }
    if data.syntax != Syntax::Yaml && data.syntax != Syntax::Toml {
        let routed = documents.iter().filter(|document| routing::recognises(document));
        if let Some(mut plan) = together(routed.map(|document| routing::plan(fence, document, around))) {
            plan.report(data_kind::problems(fence, data.syntax));
            return plan;
        }
    }
    let mut plan = data_kind::plan(fence, data.syntax);
    if let Some(at) = &fence.attributes.example.at {
        let message = format!("no client has a place `{}` in its configuration", at.value);
        let problem = Problem::new(Code::BadAttribute, at.span, message);
        let help = "name the keys that lead to the text of the fence, divided by dots";
        plan.diagnostics.push(problem.help(help).of(&around.page.source));
    }
    plan
}

/// One plan for all that a fence holds.
fn together<'a>(mut plans: impl Iterator<Item = Plan<'a>>) -> Option<Plan<'a>> {
    let mut first = plans.next()?;
    plans.for_each(|plan| first.take(plan));
    Some(first)
}

fn unknown_client<'a>(fence: &'a Fence, span: Span, name: &str, around: &Surroundings<'_>) -> Plan<'a> {
    let mut plan = Plan::new(fence, Claim::Example(super::Kind::Data));
    let message = format!("no client profile is named `{name}`");
    let problem = Problem::new(Code::BadAttribute, span, message);
    let problem = match nearest(name, around.clients.names()) {
        Some(known) => problem.help(format!("write `client={known}`")),
        None => problem.help("name a built-in profile, or add one to the site"),
    };
    plan.diagnostics.push(problem.of(&around.page.source));
    plan
}

/// The providers that the configurations of a page declare.
fn declared(
    clients: &Clients,
    fences: &[Fence],
    parsed: &[Option<Data>],
    mentions: &Mentions,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (fence, data) in fences.iter().zip(parsed) {
        let Some(data) = data else { continue };
        for document in data.documents() {
            let Some(client) = clients.recognise(fence, data.syntax, &document, mentions) else { continue };
            for selector in client.references.iter().flat_map(|rule| &rule.providers) {
                for (_, table) in selector.select(&document.root) {
                    names.extend(table.members().iter().map(|member| member.key.clone()));
                }
            }
        }
    }
    names
}

/// How many scripts may run before one in its shell: each of a chain runs all before it.
const LONGEST_CHAIN: usize = 32;

/// Puts before a script what it goes on from: the script before it, or those that it names.
fn prepend(fence: &Fence, plan: &mut Plan<'_>, earlier: &[Plan<'_>]) {
    let example = &fence.attributes.example;
    let mut found: Vec<Run> = Vec::new();
    if example.continued {
        found.extend(earlier.iter().rev().find_map(script));
    }
    for need in &example.needs {
        let name_of =
            |plan: &Plan<'_>| plan.fence.attributes.example.name.as_ref().map(|name| name.value.clone());
        if let Some(needed) = earlier.iter().find(|plan| name_of(plan).as_ref() == Some(&need.value)) {
            found.extend(script(needed));
            continue;
        }
        let names: Vec<String> = earlier.iter().filter_map(name_of).collect();
        let message = format!("no example before this one is named `{}`", need.value);
        let problem = Problem::new(Code::UnknownExample, need.span, message);
        let problem = match nearest(&need.value, names.iter().map(String::as_str)) {
            Some(name) => problem.help(format!("write `needs={name}`")),
            None => problem.help("give the example that it needs a `name=`"),
        };
        plan.diagnostics.push(problem.of(fence.body.source()));
    }
    if found.iter().map(|run| run.before.len() + 1).sum::<usize>() > LONGEST_CHAIN {
        let Claim::Example(kind) = plan.claim.clone() else { return };
        plan.claim = Claim::Skipped(kind, format!("it needs more than {LONGEST_CHAIN} examples before it"));
        plan.work = Work::None;
        return;
    }
    if let Work::Script(run) = &mut plan.work {
        for mut before in found {
            run.before.append(&mut before.before);
            run.before.push(before.text);
            for (name, value) in before.env {
                if !run.env.iter().any(|(known, _)| *known == name) {
                    run.env.push((name, value));
                }
            }
        }
    }
}

/// The script of a plan.
fn script(plan: &Plan<'_>) -> Option<Run> {
    match &plan.work {
        Work::Script(run) => Some(run.clone()),
        Work::None | Work::Requests(_) => None,
    }
}
